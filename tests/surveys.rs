//! Surveys and pillars: closed forms, what stays hidden, and that nothing they measure moves anybody.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text, with};
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::Summary;

/// Customers whose satisfaction never moves: only who answers what is drawn.
const STILL: &str = r#"
run = { period = "month", horizon = 1, customers = 100_000, agents = AGENTS, replications = 400, seed = 5 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[experience]
start = START
neutral = 0.6
learning = 0
[stages.active]
retained = true
to = { gone = 0 }
[stages.gone]
[surveys.nps]
sample = 2000
reads = "satisfaction"
slope = 7
cuts = [4.0, 5.4]
"#;

fn still(start: &str, agents: &str, more: &str) -> Runs {
    let study = with(STILL, &[("START", start), ("AGENTS", agents)]) + more;
    Experiment::new(&model(&study)).threads(2).run().unwrap()
}

fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

fn variance(sample: &[f64]) -> f64 {
    let mean = mean(sample);
    sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (sample.len() - 1) as f64
}

fn share(odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-odds))
}

#[test]
fn a_wave_is_a_sample_of_its_answers() {
    let runs = still("0.7", "200", "[surveys.nps.response]\nchance = 0.3\n");
    let (detractors, promoters) = (share(4.0 - 4.9), share(4.9 - 5.4));
    let score = runs.levels(0, "surveys.nps");
    let answers = runs.levels(0, "surveys.nps.answers");
    let truth = 100.0 * (promoters - detractors);
    for said in ["surveys.nps.truth", "surveys.nps.respondents"] {
        assert!(runs.levels(0, said).iter().all(|its| (its - truth).abs() < 0.01), "{said}");
    }
    // Binomial: 2000 people at .3.
    let z = (mean(&answers) - 600.0) / libm::sqrt(2000.0 * 0.3 * 0.7 / 400.0);
    assert!(z.abs() < 4.5, "{} answers, z = {z}", mean(&answers));
    let z = (variance(&answers) / 420.0 - 1.0) / libm::sqrt(2.0 / 399.0);
    assert!(z.abs() < 4.5, "variance {}, z = {z}", variance(&answers));
    // The score of a wave has the variance (P + D - (P - D)^2) / answers.
    let one = promoters + detractors - (promoters - detractors) * (promoters - detractors);
    let z = (mean(&score) - truth) / libm::sqrt(1e4 * one / 600.0 / 400.0);
    assert!(z.abs() < 4.5, "{} instead of {truth}, z = {z}", mean(&score));
    let z = (variance(&score) / (1e4 * one / 600.0) - 1.0) / libm::sqrt(2.0 / 399.0);
    assert!(z.abs() < 4.5, "variance {}, z = {z}", variance(&score));
}

/// In how many of 400 waves the interval that the company would compute holds the score of everybody.
fn covered(response: &str) -> u32 {
    let runs = still("\"beta(2, 1)\"", "20000", response);
    let of = |said: &str| runs.levels(0, &format!("surveys.nps{said}"));
    let (score, truth, answers) = (of(""), of(".truth"), of(".answers"));
    let (promoters, detractors) = (of(".promoters"), of(".detractors"));
    let holds = |at: usize| {
        let (p, d) = (promoters[at], detractors[at]);
        let error = 100.0 * libm::sqrt((p + d - (p - d) * (p - d)) / answers[at]);
        (score[at] - truth[at]).abs() <= 1.96 * error
    };
    (0..score.len()).map(|at| u32::from(holds(at))).sum()
}

#[test]
fn intervals_hold_the_truth_where_who_answers_is_like_who_does_not_and_not_otherwise() {
    let fair = covered("[surveys.nps.response]\nchance = 0.2\n");
    assert!((93 * 4..=97 * 4).contains(&fair), "{fair} of 400");
    let strong = covered("[surveys.nps.response]\nchance = 0.05\nstrong = 8\n");
    assert!(strong < 340, "who feels strongly answers more: {strong} of 400");
}

#[test]
fn who_answers_is_bent_by_strong_feelings_drivers_and_rewards() {
    // Everybody is .8: .2 from neutral.
    let response =
        "[surveys.nps.response]\nchance = 0.1\nstrong = 3\nincentive = 0.4\ndrivers = { satisfaction = 2 }\n";
    let runs = still("0.8", "200", response);
    let expected = share(libm::log(0.1 / 0.9) + 3.0 * 0.2 + 0.4 + 2.0 * 0.2);
    assert!(runs.levels(0, "surveys.nps.response").iter().all(|its| (its - expected).abs() < 2e-5));
}

/// Customers who buy, are delivered to, complain and are answered.
const SHOP: &str = r#"
run = { period = "month", horizon = 9, customers = 50_000, agents = 3_000, replications = 30, seed = 12 }
scenarios.today = {}
scenarios.punctual.changes = [ { target = "touchpoints.delivery.ends.late.chance", times = 0.2, from = 3 } ]
[segments.all]
share = 1
start = { active = 1 }
inflow = { per_period = 900, start = { active = 1 } }
[experience]
start = "normal(0.6, 0.1)"
neutral = 0.6
learning = 0.3
gain = 0.2
loss = 0.45
expectation = { start = 0.65, adapts = 0.1 }
memory = { peak = 0.5 }
[traits.fit]
law = "normal(0, 1)"
[stages.active]
retained = true
to = { gone = { chance = 0.04, drivers = { satisfaction = -3 } } }
purchases = { rate = 0.8, basket = 30, drivers = { fit = 0.1 } }
[stages.gone]
[touchpoints.delivery]
on = "purchase"
quality = "normal(0.74, 0.12)"
ends.late = { chance = 0.1, quality = "beta(2, 6)" }
[touchpoints.complaint]
on = "delivery.late"
chance = 0.4
[touchpoints.reply]
on = "complaint"
chance = 0.7
answer = "lognormal(median=1.5, sigma=1)"
quality = 0.7
[touchpoints.visit]
rate = 0.4
quality = 0.5
"#;

const WATCHED: &str = r#"
[surveys.nps]
every = 3
sample = 700
reads = "memory"
slope = 7
cuts = [4.0, 5.4]
response = { chance = 0.12, strong = 6, drivers = { fit = 0.3 } }
[surveys.after]
on = "delivery.late"
sample = 50
reads = "satisfaction"
slope = 7
cuts = [4.0, 5.4]
[pillars.answered]
on = "complaint"
never = { without = "reply", within = 2 }
[pillars.punctual]
on = "delivery"
never = { end = "late" }
[pillars.as_expected]
on = "visit"
never = { short_by = 0.1 }
[pillars.never_bad]
on = "visit"
never = { short_by = 0.9 }
"#;

fn level(run: &Summary, metric: &str) -> f64 {
    run.scenarios[0].metrics[metric].mean
}

#[test]
fn what_is_measured_moves_nobody() {
    let (plain, more) = (summary(&model(SHOP)), summary(&model(&(SHOP.to_owned() + WATCHED))));
    for (plain, more) in plain.scenarios.iter().zip(&more.scenarios) {
        assert!(plain.metrics.len() > 15);
        for (metric, estimate) in &plain.metrics {
            assert_eq!(estimate, &more.metrics[metric], "{metric}");
        }
    }
    for (plain, more) in plain.contrasts.iter().zip(&more.contrasts) {
        assert_eq!(plain.affected_agents, more.affected_agents);
        for (metric, difference) in &plain.metrics {
            assert_eq!(difference, &more.metrics[metric], "{metric}");
        }
    }
}

#[test]
fn neither_names_nor_order_threads_blocks_nor_instructions_move_a_number() {
    let study = with(&(SHOP.to_owned() + WATCHED), &[("replications = 30", "replications = 3")]);
    let first = text(&summary(&model(&study)));
    for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
        let run = Experiment::new(&model(&study)).threads(threads).block(block).run().unwrap().summary();
        assert!(text(&run) == first, "{threads} threads, blocks of {block}");
    }
    for set in InstructionSet::available() {
        let run = Experiment::new(&model(&study)).threads(2).instructions(set).run().unwrap().summary();
        assert!(text(&run) == first, "{}", set.name());
    }
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let (nps, after) = (study.find("[surveys.nps]").unwrap(), study.find("[surveys.after]").unwrap());
    let (answered, bad) = (study.find("[pillars.answered]").unwrap(), study.find("[pillars.never_bad]").unwrap());
    let moved =
        [&study[..nps], &study[bad..], &study[answered..bad], &study[after..answered], &study[nps..after]].concat();
    assert_eq!(sorted(&text(&summary(&model(&moved)))), sorted(&first));
    let renamed = study.replace("nps", "score").replace("answered", "replied");
    let told = text(&summary(&model(&renamed))).replace("score", "nps").replace("replied", "answered");
    assert_eq!(sorted(&told), sorted(&first));
}

#[test]
fn pillars_are_what_happened_at_their_touchpoints() {
    let run = summary(&model(&(SHOP.to_owned() + WATCHED)));
    let is = |metric: &str| level(&run, metric);
    assert_eq!(is("pillars.punctual"), is("touchpoints.delivery.late"));
    let share = is("touchpoints.delivery.late") / is("touchpoints.delivery");
    assert!((is("pillars.punctual.share") / share - 1.0).abs() < 0.01, "a mean of ratios, not a ratio of means");
    // A complaint is left alone for two days unless a reply comes, with .7, and within two days: its law's share.
    let timely = 0.5 * libm::erfc(-libm::log(2.0 / 1.5) / core::f64::consts::SQRT_2);
    let (broken, all) = (is("pillars.answered"), is("touchpoints.complaint"));
    let chance = 1.0 - 0.7 * timely;
    // 50,000 / 3,000 real customers for a simulated one, in 30 runs.
    let z = (broken / all - chance) / libm::sqrt(chance * (1.0 - chance) / (all * 30.0 * 3.0 / 50.0));
    assert!(z.abs() < 4.5, "{broken} of {all} instead of {chance}, z = {z}");
    // A visit is .5; who expected more than .6 is let down, and nobody expects 1.4.
    assert_eq!(is("pillars.never_bad"), 0.0);
    let let_down = is("pillars.as_expected");
    assert!(let_down > 0.0 && let_down < is("touchpoints.visit"), "{let_down}");
}

#[test]
fn a_pillar_without_days_breaks_where_nothing_follows() {
    let study = with(&(SHOP.to_owned() + WATCHED), &[(", within = 2", "")]);
    let run = summary(&model(&study));
    let is = |metric: &str| level(&run, metric);
    let unanswered = is("touchpoints.complaint") - is("touchpoints.reply");
    assert!((is("pillars.answered") - unanswered).abs() < 1e-6 * unanswered);
}

#[test]
fn expectations_at_the_moment_decide_what_falls_short() {
    // Everybody expects .8 at first and adapts by a tenth of the way to .5 at each visit: .5 + .3 · .9^n.
    // More than .1 short while .3 · .9^n > .1: for the first 11 visits.
    let study = with(
        STILL,
        &[
            ("START", "0.5"),
            ("AGENTS", "100"),
            ("horizon = 1,", "horizon = 20,"),
            ("replications = 400", "replications = 2"),
        ],
    );
    let study =
        with(&study, &[("learning = 0", "learning = 0\ngain = 0.1\nexpectation = { start = 0.8, adapts = 0.1 }")]);
    let more =
        "[touchpoints.visit]\nchance = 1\nquality = 0.5\n[pillars.kept]\non = \"visit\"\nnever = { short_by = 0.1 }\n";
    let run = summary(&model(&(study + more)));
    assert_eq!(level(&run, "pillars.kept"), 11.0 * 100_000.0);
    assert!((level(&run, "pillars.kept.share") - 11.0 / 20.0).abs() < 1e-12);
}

#[test]
fn rules_act_on_what_the_company_sees() {
    let study = |rule: &str| {
        let rules = format!(
            "scenarios.rule.rules = [ {{ when = {{ {rule} }}, then = {{ changes = [ {{ target = \"touchpoints.delivery.ends.late.chance\", times = 0.2 }} ] }} }} ]\n"
        );
        SHOP.replace("scenarios.today = {}", &("scenarios.today = {}\n".to_owned() + &rules)) + WATCHED
    };
    let difference = |run: &Summary, scenario: &str| {
        let contrast = run.contrasts.iter().find(|its| its.scenario == scenario).unwrap();
        contrast.metrics["touchpoints.delivery.late"].estimate.mean
    };
    // The score is never below -100 and never above 100: no rule acts, not even in periods in which nobody is asked.
    for rule in ["metric = \"surveys.nps\", below = -100", "metric = \"surveys.nps\", above = 100"] {
        assert_eq!(difference(&summary(&model(&study(rule))), "rule"), 0.0, "{rule}");
    }
    // Always passed at the first wave, at the end of period 3: as a change from period 4 on.
    let acting = summary(&model(&study("metric = \"surveys.nps\", below = 100.5")));
    let planned = SHOP.replace("from = 3", "from = 4") + WATCHED;
    // A study with rules goes through time together; the same luck all the same.
    let planned = summary(&model(&planned));
    assert_eq!(difference(&acting, "rule"), difference(&planned, "punctual"));
    // Breaches and touchpoints are seen in the very period.
    for rule in ["metric = \"pillars.punctual\", above = 1", "metric = \"touchpoints.delivery.late\", above = 1"] {
        assert!(difference(&summary(&model(&study(rule))), "rule") < 0.0, "{rule}");
    }
}

/// The first wave of three from which on the difference is 2.8016 standard errors or more: 1.96 + .8416.
fn by_hand(study: &str) -> Option<u64> {
    let runs = Experiment::new(&model(study)).threads(2).run().unwrap();
    let at =
        |scenario: &str, said: &str, t: usize| runs.over_time(scenario, &format!("surveys.nps{said}"), t).unwrap().mean;
    let variance = |scenario: &str, t: usize| {
        let (p, d) = (at(scenario, ".promoters", t), at(scenario, ".detractors", t));
        1e4 * (p + d - (p - d) * (p - d)) / at(scenario, ".answers", t)
    };
    let found = |t: usize| {
        let difference = at("punctual", ".respondents", t) - at("today", ".respondents", t);
        difference.abs() >= 2.8016 * libm::sqrt(variance("punctual", t) + variance("today", t))
    };
    [3_usize, 6, 9].into_iter().find(|t| (*t..=9).step_by(3).all(found)).map(|t| t as u64)
}

#[test]
fn an_effect_is_visible_from_the_wave_on_from_which_a_test_finds_it() {
    let run = summary(&model(&(SHOP.to_owned() + WATCHED)));
    let visible = run.contrasts[0].visible["nps"];
    assert!(visible.power > 0.05 && visible.power < 1.0, "{visible:?}");
    let many = with(&(SHOP.to_owned() + WATCHED), &[("sample = 700", "sample = 40000")]);
    let seen = summary(&model(&many)).contrasts[0].visible["nps"];
    assert!(seen.power > visible.power);
    assert_eq!(seen.period, Some(3), "so many answers tell it in the very period: {seen:?}");
    assert_eq!(visible.period, by_hand(&(SHOP.to_owned() + WATCHED)));
    let none = with(&many, &[("times = 0.2, from = 3", "times = 1, from = 3")]);
    let none = summary(&model(&none)).contrasts[0].visible["nps"];
    assert_eq!(none.period, None);
    assert!((none.power - 0.05).abs() < 1e-9, "{none:?}");
}
