//! Touchpoints: closed forms, all lives of a small study, and what every mechanism has to hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{STILL, model, summary, text, with};
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::mechanism::schedule::Schedule;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::Summary;
use polku::inside::stats::estimate::Estimate;
use polku::inside::stats::moments::Moments;

fn still(horizon: u32, more: &str) -> Summary {
    let horizon = horizon.to_string();
    summary(&model(&(with(STILL, &[("HORIZON", horizon.as_str())]) + more)))
}

fn level<'s>(run: &'s Summary, metric: &str) -> &'s Estimate {
    &run.scenarios.iter().find(|its| its.name == "today").unwrap().metrics[metric]
}

/// Holds a mean against what it has to be, within 4.5 standard errors, or the rounding of single numbers where nothing is
/// drawn.
fn near(run: &Summary, metric: &str, truth: f64) {
    let is = level(run, metric);
    let z = (is.mean - truth) / is.standard_error.unwrap().max(truth.abs() * 1e-6 + 1e-7);
    assert!(z.abs() < 4.5, "{metric}: {} instead of {truth}, z = {z}", is.mean);
}

#[test]
fn a_poisson_touchpoint_moves_satisfaction_as_its_closed_form_says() {
    // E[s_t] = q + (s_0 - q) exp(-rate learning t): .652614.
    let run = still(6, "[touchpoints.visit]\nrate = 0.8\nquality = 0.7\n");
    near(&run, "satisfaction", 0.7 - 0.2 * libm::exp(-0.8 * 0.3 * 6.0));
    near(&run, "touchpoints.visit", 6.0 * 0.8 * 100_000.0);
    // Half the importance is half the pace, and trouble takes from the quality.
    let run = still(6, "[touchpoints.visit]\nrate = 0.8\nquality = 0.75\neffort = 0.05\nimportance = 0.5\n");
    near(&run, "satisfaction", 0.7 - 0.2 * libm::exp(-0.8 * 0.15 * 6.0));
}

#[test]
fn once_a_period_for_sure_is_what_a_period_in_the_stage_is() {
    let quality = "\"normal(0.65, 0.08)\"";
    let touched = still(9, &format!("[touchpoints.visit]\nchance = 1\nquality = {quality}\n"));
    near(&touched, "satisfaction", 0.65 - 0.15 * libm::pow(0.7, 9.0));
    near(&touched, "touchpoints.visit", 900_000.0);
}

#[test]
fn what_touchpoints_add_wears_off_as_its_closed_form_says() {
    let tired = "[states.tired]\nrange = [0, 1000]\nadds = { call = 1 }\nhalf_life = 2\n";
    // Every three periods: just after, 1 / (1 - 2^(-3/2)) = 1.546918; customers are a third each in the three places.
    let run = still(81, &format!("{tired}[touchpoints.call]\nevery = 3\n"));
    let left = libm::sqrt(0.5);
    near(&run, "states.tired", 1.546_918 * (1.0 + left + left * left) / 3.0);
    near(&run, "touchpoints.call", 27.0 * 100_000.0);
    // Poisson: the mean is rate / (1 - 2^(-1/2)) = 1.707107.
    let run = still(80, &format!("{tired}[touchpoints.call]\nrate = 0.5\n"));
    near(&run, "states.tired", 1.707_107);
}

#[test]
fn what_falls_short_of_expectation_has_its_closed_form() {
    let experience = "learning = 0.3\ngain = 0.2\nloss = 0.45\nexpectation = { start = 0.8, adapts = 0.1 }";
    for (horizon, truth) in [("6", 0.555_902_980_0), ("24", 0.589_276_551_8)] {
        let study =
            with(STILL, &[("HORIZON", horizon), ("start = 0.5", "start = 0.7"), ("learning = 0.3", experience)]);
        let run = summary(&model(&(study + "[touchpoints.visit]\nchance = 1\nquality = 0.6\n")));
        near(&run, "satisfaction", truth);
    }
}

#[test]
fn peaks_and_ends_are_those_of_all_lives() {
    // Peak and last weigh half each. One occurrence a period, .2 with chance .2 or else .8; the mean of memory over all 2^8 lives is .506063.
    let memory = "learning = 0.3\nmemory = { peak = 0.5, half_life = { above = 8, below = 16 } }";
    let study = with(STILL, &[("HORIZON", "8"), ("start = 0.5", "start = 0.6"), ("learning = 0.3", memory)]);
    let visit = "[touchpoints.visit]\nchance = 1\nquality = 0.8\nends.bad = { chance = 0.2, quality = 0.2 }\n";
    let run = summary(&model(&(study + visit)));
    let mut mean = 0.0;
    for life in 0..256_u32 {
        let (mut chance, mut peak, mut last) = (1.0, 0.6_f64, 0.6_f64);
        for period in 0..8 {
            let left = |x: f64| libm::exp2(-1.0 / if x > 0.6 { 8.0 } else { 16.0 });
            peak = 0.6 + (peak - 0.6) * left(peak);
            let quality = if life >> period & 1 == 1 { 0.2 } else { 0.8 };
            chance *= if quality < 0.5 { 0.2 } else { 0.8 };
            if (quality - 0.6_f64).abs() > (peak - 0.6).abs() {
                peak = quality;
            }
            last = quality;
        }
        mean += chance * (peak + last) / 2.0;
    }
    assert!((mean - 0.506_063).abs() < 1e-6, "{mean}");
    near(&run, "states.memory", mean);
    near(&run, "touchpoints.visit.bad", 0.2 * 8.0 * 100_000.0);
}

#[test]
fn an_over_promise_lowers_the_lowest_satisfaction() {
    let experience = "start = 0.6\nneutral = 0.6\nlearning = 0.3\ngain = 0.2\nloss = 0.45\n\
                      expectation = { start = 0.6, adapts = 0.1, hears = 0.5 }";
    // What is promised for six periods, .9 against .6, and then no more.
    let lowest = |promise: &str| {
        let today = "scenarios.today.changes = [ { target = \"experience.expectation.hears\", set = 0, from = 7 } ]";
        let study =
            with(STILL, &[("start = 0.5\nneutral = 0.6\nlearning = 0.3", experience), ("scenarios.today = {}", today)]);
        let study = study + &format!("[touchpoints.visit]\nchance = 1\nquality = 0.62\npromise = {promise}\n");
        let lives = |horizon: u32| {
            let horizon = horizon.to_string();
            let study = with(&study, &[("HORIZON", horizon.as_str()), ("replications = 20", "replications = 2")]);
            level(&summary(&model(&study)), "satisfaction").mean
        };
        (1..=9).map(lives).fold(1.0, f64::min)
    };
    let (fair, over) = (lowest("0.6"), lowest("0.9"));
    assert!((over - 0.522).abs() < 5e-4 && (fair - 0.607).abs() < 5e-4, "{over} {fair}");
}

/// Customers who buy, are delivered to, complain, are answered, and leave.
const SHOP: &str = r#"
run = { period = "month", horizon = 10, customers = 50_000, agents = 3_000, replications = 60, seed = 12 }
scenarios.today = {}
scenarios.better.changes = [ { target = "touchpoints.reply.chance", odds = 4, from = 3 } ]
scenarios.fewer.changes = [ { target = "touchpoints.visit.rate.active", times = 0.8 } ]
scenarios.kept.changes = [ { target = "stages.active.to.gone", odds = 0.6 } ]
[segments.all]
share = 1
start = { active = 0.8, risky = 0.2 }
inflow = { per_period = 900, start = { active = 1 } }
[traits.fit]
law = "normal(0, 1)"
[experience]
start = "normal(0.5, 0.1)"
neutral = 0.6
learning = 0.3
gain = 0.2
loss = 0.45
expectation = { start = 0.65, adapts = 0.1, hears = 0.5 }
memory = { peak = 0.5 }
[states.tired]
range = [0, 20]
adds = { visit = 1, "delivery.late" = 2 }
half_life = 2
[stages.active]
retained = true
to = { risky = { chance = 0.08, drivers = { memory = -2 } }, gone = { chance = 0.02, drivers = { satisfaction = -3 } } }
purchases = { rate = 0.8, basket = "lognormal(mean=30, sd=10)" }
[stages.risky]
retained = true
to = { active = 0.2, gone = 0.1 }
[stages.gone]
[touchpoints.delivery]
on = "purchase"
quality = "normal(0.74, 0.12)"
values = { delivery_cost = 4 }
ends.late = { chance = 0.1, drivers = { fit = 0.5 }, quality = "beta(2, 6)", values = { compensation_cost = 3 } }
ends.storm = { chance = 0.02, quality = 0.35, importance = 0.4, values = { delivery_cost = 9 } }
[touchpoints.complaint]
on = "delivery.late"
chance = 0.4
drivers = { satisfaction = -2 }
[touchpoints.reply]
on = "complaint"
chance = 0.5
answer = "lognormal(median=1.5, sigma=1)"
fades = 8
quality = 0.5
ends.made_good = { chance = 0.6, quality = 0.88, values = { compensation_cost = 30 } }
[touchpoints.visit]
rate = { active = 0.5, risky = 0.2 }
drivers = { tired = -0.2 }
quality = "bernoulli(0.7)"
promise = 0.7
[touchpoints.sorry]
on = "visit"
chance = 0.3
values = { sorry_cost = 1 }
[tags.tier]
on = "tired"
bands = { fresh = 0, busy = 1, worn = 2.5 }
every = 2
[touchpoints.call]
in = ["risky"]
every = 3
quality = 0.7
[touchpoints.care]
quality = 0.7
where = { segment = ["all"] }
plan = [
  { where = { tier = ["worn"], stage = ["active"] }, chance = 0.1 },
  { where = { tier = ["busy", "worn"] }, every = 2 },
  { rate = 0.2 },
]
[touchpoints.hello]
on = "entry"
in = ["risky"]
quality = 0.6
timing = { best = 1, width = 1, miss = 0.2 }
"#;

/// Takes the segment out of what says whom it is for.
const WHERE: (&str, &str) = ("where = { segment = [\"all\"] }\n", "");

/// The same, where touchpoints take people elsewhere too.
fn moving() -> String {
    with(
        SHOP,
        &[(
            "[touchpoints.call]\nin = [\"risky\"]\n",
            "[touchpoints.call]\nin = [\"risky\"]\nto = { active = { chance = 0.3, drivers = { fit = 0.4 } } }\n",
        )],
    )
}

#[test]
fn neither_names_nor_order_threads_blocks_nor_instructions_move_a_number() {
    let small = with(&moving(), &[("agents = 3_000", "agents = 9_000"), ("replications = 60", "replications = 3")]);
    let first = text(&summary(&model(&small)));
    let run =
        |threads, block| text(&Experiment::new(&model(&small)).threads(threads).block(block).run().unwrap().summary());
    for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
        assert!(run(threads, block) == first, "{threads} threads, blocks of {block}");
    }
    for set in InstructionSet::available() {
        let told = text(&Experiment::new(&model(&small)).threads(2).instructions(set).run().unwrap().summary());
        assert!(told == first, "{}", set.name());
    }
    let (visit, sorry) = (small.find("[touchpoints.visit]").unwrap(), small.find("[touchpoints.sorry]").unwrap());
    let delivery = small.find("[touchpoints.delivery]").unwrap();
    let moved = [&small[..delivery], &small[sorry..], &small[visit..sorry], &small[delivery..visit]].concat();
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!(sorted(&text(&summary(&model(&moved)))), sorted(&first));
    let renamed = small.replace("delivery", "arrival").replace("complaint", "protest").replace("late", "tardy");
    let told = text(&summary(&model(&renamed)));
    let told = told.replace("arrival", "delivery").replace("protest", "complaint").replace("tardy", "late");
    assert_eq!(sorted(&told), sorted(&first));
}

#[test]
fn a_touchpoint_that_changes_nothing_changes_nothing_else() {
    let before = with(&moving(), &[("replications = 60", "replications = 5")]);
    let idle = [
        "[touchpoints.unused]\nrate = 0\nquality = 0.1\nvalues = { unused_cost = 5 }\n",
        "[touchpoints.unfelt]\nrate = 0.4\nquality = \"normal(0.3, 0.1)\"\nimportance = 0\n",
        "[touchpoints.unread]\non = \"delivery\"\nchance = 0.4\nends.odd = 0.3\n",
    ];
    let idle = idle.map(|more| more.replace("ends.odd = 0.3", "ends.odd = { chance = 0.3 }"));
    let (plain, more) = (summary(&model(&before)), summary(&model(&(before.clone() + &idle.concat()))));
    for (plain, more) in plain.scenarios.iter().zip(&more.scenarios) {
        for (metric, estimate) in &plain.metrics {
            assert_eq!(estimate, &more.metrics[metric], "{metric}");
        }
        assert_eq!(more.metrics["touchpoints.unused"].mean, 0.0);
        assert!(more.metrics["touchpoints.unread.odd"].mean > 0.0);
    }
}

#[test]
fn forced_differences_agree_with_paired_ones() {
    // Where customers come later no difference is forced.
    let coming = ("inflow = { per_period = 900, start = { active = 1 } }\n", "");
    let shares = |study: &str| Schedule::new(&model(study), true).shares_paths();
    assert!(!shares(&with(SHOP, &[coming])), "branches do not know the segment that `where` names");
    assert!(!shares(&with(&moving(), &[WHERE])), "who is taken elsewhere moves by no row");
    let model = model(&with(SHOP, &[coming, WHERE]));
    let with = |grain| Experiment::new(&model).threads(2).forced(&[None, None, None, grain]).run().unwrap();
    let (paired, forced) = (with(None).summary(), with(Some(Resolution(2))));
    let pairs = paired.contrasts.iter().find(|contrast| contrast.scenario == "kept").unwrap();
    for metric in
        ["retention", "cost", "touchpoints.delivery", "touchpoints.reply", "touchpoints.visit", "states.tired"]
    {
        let sample: Moments = forced.forced_differences(3, metric).into_iter().collect();
        let error = libm::sqrt(sample.variance().unwrap() / 60.0);
        let pair = &pairs.metrics[metric].estimate;
        let z = (sample.mean() - pair.mean) / libm::hypot(error, pair.standard_error.unwrap());
        assert!(z.abs() < 4.5, "{metric}: {} forced, {} paired, z = {z}", sample.mean(), pair.mean);
        assert!(sample.mean() != 0.0, "{metric}");
    }
}

#[test]
fn occurrences_that_remain_keep_their_followers() {
    // Visits come by one fifth less often: what vanishes takes at most one apology along, and nothing else changes.
    let alone = with(SHOP, &[("drivers = { tired = -0.2 }\n", ""), ("replications = 60", "replications = 30")]);
    let runs = Experiment::new(&model(&alone)).threads(2).run().unwrap();
    let of = |scenario: usize, metric: &str| runs.levels(scenario, metric);
    let (all, few) = (of(0, "touchpoints.visit"), of(2, "touchpoints.visit"));
    let (sorry, fewer) = (of(0, "touchpoints.sorry"), of(2, "touchpoints.sorry"));
    assert_eq!(all.len(), 30);
    for at in 0..all.len() {
        let (gone, lost) = (all[at] - few[at], sorry[at] - fewer[at]);
        assert!(gone > 0.0 && lost >= 0.0 && lost <= gone, "{gone} visits less, {lost} apologies less");
    }
}

#[test]
fn ends_and_followers_come_as_often_as_their_chances_say() {
    let study = with(SHOP, &[("drivers = { satisfaction = -2 }\n", ""), (", drivers = { fit = 0.5 }", "")]);
    let run = summary(&model(&study));
    let mean = |metric: &str| level(&run, metric).mean;
    let many = |part: &str, whole: &str, chance: f64| {
        // Of independent occurrences; a simulated customer stands for 50,000 / 3,000 real ones, and there are 60 runs.
        let (part, whole) = (mean(part), mean(whole));
        let z = (part / whole - chance) / libm::sqrt(chance * (1.0 - chance) / (whole * 60.0 * 3_000.0 / 50_000.0));
        assert!(z.abs() < 4.5, "{part} of {whole} instead of {chance}, z = {z}");
    };
    many("touchpoints.delivery.late", "touchpoints.delivery", 0.1);
    many("touchpoints.delivery.storm", "touchpoints.delivery", 0.02);
    many("touchpoints.complaint", "touchpoints.delivery.late", 0.4);
    many("touchpoints.reply", "touchpoints.complaint", 0.5);
    many("touchpoints.reply.made_good", "touchpoints.reply", 0.6);
    many("touchpoints.sorry", "touchpoints.visit", 0.3);
    assert_eq!(
        mean("touchpoints.delivery"),
        mean("purchases"),
        "each purchase is delivered, those of the last period too"
    );
    // What ends otherwise may cost otherwise: a storm 9 instead of 4, a late one 3 more.
    let (late, storm) = (mean("touchpoints.delivery.late"), mean("touchpoints.delivery.storm"));
    let costs = 4.0 * (mean("touchpoints.delivery") - storm) + 9.0 * storm + 3.0 * late;
    let costs = costs + 30.0 * mean("touchpoints.reply.made_good") + mean("touchpoints.sorry");
    assert!((mean("cost") - costs).abs() < 1e-6 * costs, "{} {costs}", mean("cost"));
}

#[test]
fn drivers_bend_chances_in_log_odds() {
    // fit is normal(0, 1): the chance is that of a logit, averaged over customers.
    let study = "[traits.fit]\nlaw = \"normal(0, 1)\"\n\
                 [touchpoints.offer]\nchance = 0.3\ndrivers = { fit = 0.8 }\nends.taken = { chance = 0.2, drivers = { fit = -0.5 } }\n\
                 [touchpoints.thanks]\non = \"offer\"\nchance = 0.4\ndrivers = { fit = 1.2 }\n";
    let run = still(4, study);
    let logit = |chance: f64, weight: f64, x: f64| {
        let odds = chance / (1.0 - chance) * libm::exp(weight * x);
        odds / (1.0 + odds)
    };
    // A fine grid of quantiles is as good as the integral here.
    let over = |of: &dyn Fn(f64) -> f64| {
        let (mut sum, mut all) = (0.0, 0.0);
        for step in -8_000..=8_000 {
            let x = f64::from(step) / 1_000.0;
            let density = libm::exp(-0.5 * x * x);
            sum += density * of(x);
            all += density;
        }
        4.0 * 100_000.0 * sum / all
    };
    near(&run, "touchpoints.offer", over(&|x| logit(0.3, 0.8, x)));
    near(&run, "touchpoints.offer.taken", over(&|x| logit(0.3, 0.8, x) * logit(0.2, -0.5, x)));
    near(&run, "touchpoints.thanks", over(&|x| logit(0.3, 0.8, x) * logit(0.4, 1.2, x)));
}

#[test]
fn who_is_taken_elsewhere_does_not_move_again() {
    // In each period a third of the waiting is called, half of those go to trial, all others by their own chance of a tenth.
    let study = with(
        STILL,
        &[
            ("HORIZON", "3"),
            ("start = { active = 1 }", "start = { waiting = 1 }"),
            (
                "[stages.active]",
                "[stages.waiting]\nto = { active = 0.1 }\n[stages.trial]\nto = { gone = 0 }\n[stages.active]",
            ),
        ],
    );
    let call = "[touchpoints.call]\nin = [\"waiting\"]\nchance = 0.3333333333\nto = { trial = 0.5 }\n\
                [touchpoints.welcome]\non = \"entry\"\nin = [\"trial\"]\n";
    let run = summary(&model(&(study + call)));
    let sent = 0.333_333_333_3 * 0.5;
    let stays: f64 = (1.0 - sent) * 0.9;
    let over = |each: f64| 100_000.0 * each * (1.0 - libm::pow(stays, 3.0)) / (1.0 - stays);
    let stages = &run.scenarios[0].stages_at_end;
    for (stage, truth) in
        [("trial", over(sent)), ("active", over((1.0 - sent) * 0.1)), ("waiting", 100_000.0 * libm::pow(stays, 3.0))]
    {
        let its = &stages[stage];
        let z = (its.mean - truth) / its.standard_error.unwrap();
        assert!(z.abs() < 4.5, "{stage}: {} instead of {truth}, z = {z}", its.mean);
    }
    assert_eq!(level(&run, "touchpoints.welcome").mean, stages["trial"].mean, "who comes is welcomed once");
}

#[test]
fn a_call_adds_most_in_its_best_period() {
    // Weeks 1 to 5 count -.21 .45 1 .45 -.21 with a miss of -.4.
    let ready = "[states.ready]\nrange = [-3, 3]\nadds = { call = 1 }\n\
                 [touchpoints.call]\nchance = 1\ntiming = { best = 3, width = 1, miss = -0.4 }\n";
    let added: Vec<f64> = (1..=5).map(|horizon| level(&still(horizon, ready), "states.ready").mean).collect();
    let each: Vec<f64> = (0..5).map(|at| added[at] - if at > 0 { added[at - 1] } else { 0.0 }).collect();
    for (week, (is, truth)) in each.iter().zip([-0.210_53, 0.449_14, 1.0, 0.449_14, -0.210_53]).enumerate() {
        assert!((is - truth).abs() < 1e-4, "week {}: {is} instead of {truth}", week + 1);
    }
}

#[test]
fn an_answer_weighs_less_the_later_it_comes() {
    // Two half-lives late, a quarter of the pace.
    let study = "[touchpoints.failure]\nchance = 1\n[touchpoints.reply]\non = \"failure\"\nanswer = 16\nfades = 8\nquality = 0.9\n";
    near(&still(4, study), "satisfaction", 0.9 - 0.4 * libm::pow(1.0 - 0.3 / 4.0, 4.0));
}

#[test]
fn what_cannot_be_followed_exactly_is_named() {
    let runs = Experiment::new(&model(&with(SHOP, &[("replications = 60", "replications = 2")]))).run().unwrap();
    let why = runs.why_not_exact();
    assert!(why.iter().any(|why| why == "whom `care` meets depends on the tag `tier`"), "{why:?}");
}

#[test]
fn a_tag_has_the_classes_of_its_bands_and_who_is_told_apart_is_met_by_them() {
    // Everybody is new for six periods. Traits tell two fifths from the others; nobody is below the first class.
    let tags = "[traits.wealth]\nlaw = \"uniform(0, 10)\"\n[tags.phase]\non = \"tenure\"\nbands = { new = 1, regular = 7 }\n\
                [tags.tier]\non = \"wealth\"\nbands = { plain = 2, gold = 6 }\n";
    let met = "[touchpoints.gold_call]\nwhere = { tier = [\"gold\"] }\nrate = 0.5\n\
               [touchpoints.late_call]\nwhere = { tier = [\"gold\"], phase = [\"regular\"] }\nchance = 0.5\n\
               [touchpoints.thanks]\non = \"gold_call\"\nwhere = { phase = [\"new\"] }\n";
    let study = format!("{tags}{met}");
    let run = still(10, &study);
    near(&run, "tags.tier.gold", 40_000.0);
    near(&run, "tags.tier.plain", 60_000.0);
    assert_eq!(level(&run, "tags.phase.regular").mean, 100_000.0);
    assert_eq!(level(&still(6, &study), "tags.phase.new").mean, 100_000.0);
    near(&run, "touchpoints.gold_call", 40_000.0 * 0.5 * 10.0);
    // Classes are those that customers had when the period began: regular from the seventh period on is met from the eighth.
    near(&run, "touchpoints.late_call", 40_000.0 * 0.5 * 3.0);
    near(&run, "touchpoints.thanks", 40_000.0 * 0.5 * 7.0);
}

#[test]
fn the_first_row_of_a_plan_that_fits_counts_and_whom_none_fits_is_never_met() {
    let plan = "[traits.wealth]\nlaw = \"uniform(0, 10)\"\n\
                [tags.tier]\non = \"wealth\"\nbands = { bronze = 0, silver = 5, gold = 9 }\n\
                [touchpoints.care_call]\nplan = [ { where = { tier = [\"gold\"] }, every = 1 }, \
                { where = { tier = [\"silver\", \"gold\"] }, every = 3, chance = 0.5 }, { where = { tier = [\"gold\"] }, rate = 2 } ]\n";
    // Gold once a period, silver every third one with a half; the last row fits nobody whom the first does not.
    let run = still(6, plan);
    near(&run, "touchpoints.care_call", 100_000.0 * (0.1 * 6.0 + 0.4 * 2.0 * 0.5));
    // A row that is switched off lets the next one count: then gold is met as silver is.
    let off = with(
        STILL,
        &[
            ("HORIZON", "6"),
            (
                "scenarios.today = {}",
                "scenarios.today.changes = [ { target = \"touchpoints.care_call.plan.0.chance\", set = 0 } ]",
            ),
        ],
    );
    let off = off + &plan.replace("every = 1 }", "every = 1, chance = 1 }");
    near(&summary(&model(&off)), "touchpoints.care_call", 100_000.0 * 0.5 * 2.0 * 0.5);
}

/// Guests who were promised something, are let down, complain, and are answered or not.
const GUESTS: &str = r#"
run = { period = "month", horizon = 24, customers = 50_000, agents = 5_000, replications = 30, seed = 3 }
scenarios.never = {}
scenarios.always.changes = [ { target = "touchpoints.reply.chance", set = 1 } ]
scenarios.promised.changes = [ { target = "touchpoints.advert.promise", set = 0.9 } ]
segments.all = { share = 1, start = { guest = 1 } }
[experience]
start = 0.65
neutral = 0.65
learning = 0.3
gain = 0.2
loss = 0.45
expectation = { start = 0.7, adapts = 0.1, hears = 0.5 }
[stages.guest]
retained = true
purchases = { rate = 0.5, basket = 100, margin = 0.4, drivers = { satisfaction = 1 } }
to = { gone = { chance = 0.03, drivers = { satisfaction = -4 } } }
[stages.gone]
[touchpoints.advert]
rate = 0.3
promise = 0.7
[touchpoints.stay]
on = "purchase"
quality = "normal(0.7, 0.1)"
ends.failed = { chance = 0.1, quality = 0.2 }
[touchpoints.reply]
on = "stay.failed"
chance = 0
quality = 0.9
values = { compensation_cost = AMENDS }
"#;

#[test]
fn amends_pay_up_to_the_difference_that_they_make() {
    let at = |amends: f64| summary(&model(&with(GUESTS, &[("AMENDS", &amends.to_string())])));
    let free = at(0.0);
    let gain =
        |run: &Summary| run.contrasts.iter().find(|its| its.scenario == "always").unwrap().metrics["npv"].estimate;
    let replies = &free.scenarios.iter().find(|its| its.name == "always").unwrap().metrics["touchpoints.reply"];
    let worth = gain(&free);
    assert!(worth.mean > 20.0 * worth.standard_error.unwrap(), "an answer keeps people: {worth:?}");
    // What one answer is worth is the most that it may cost: there the difference is nothing, and beyond it a loss.
    let most = worth.mean / replies.mean;
    let (even, more) = (gain(&at(most)), gain(&at(1.1 * most)));
    assert!(even.mean.abs() < 1e-6 * worth.mean, "{even:?} at {most}");
    assert!((more.mean + 0.1 * worth.mean).abs() < 1e-6 * worth.mean, "{more:?}");
}

#[test]
fn promising_more_than_there_is_loses_purchases_though_nothing_else_changed() {
    let run = summary(&model(&with(GUESTS, &[("AMENDS", "0")])));
    let promised = run.contrasts.iter().find(|its| its.scenario == "promised").unwrap();
    for metric in ["satisfaction", "purchases", "retention"] {
        let lost = &promised.metrics[metric].estimate;
        assert!(lost.mean < -10.0 * lost.standard_error.unwrap(), "{metric}: {lost:?}");
    }
    assert!(promised.metrics["states.expectation"].estimate.mean > 0.0);
}

#[test]
fn a_second_failure_hurts_more_than_one_though_both_are_answered() {
    let failing = |until: u32| {
        let change = |op: &str| format!("{{ target = \"touchpoints.failure.chance\", {op} }}");
        let changes =
            format!("changes = [ {}, {} ]", change("set = 1, from = 2"), change(&format!("set = 0, from = {until}")));
        let study = with(
            STILL,
            &[
                ("HORIZON", "6"),
                ("start = 0.5", "start = 0.6"),
                ("scenarios.today = {}", "scenarios.today = { CHANGES }"),
            ],
        );
        let study = study.replace("CHANGES", &changes);
        let met =
            "[touchpoints.failure]\nchance = 0\nquality = 0.2\n[touchpoints.reply]\non = \"failure\"\nquality = 0.7\n";
        summary(&model(&(study + met)))
    };
    // Each moves satisfaction by .3 of the way: .6, .48, .546, and the second time .4422, .51954.
    near(&failing(3), "satisfaction", 0.546);
    near(&failing(4), "satisfaction", 0.519_54);
}

#[test]
fn what_ends_better_is_remembered_better_though_it_lasts_longer() {
    // Kahneman et al. (1993): more pain in all, and a better memory of it.
    let memory = "learning = 0.3\nmemory = { peak = 0.5 }";
    let lives = |changes: &str| {
        let today = format!("scenarios.today = {{ changes = [ {changes} ] }}");
        let study = with(
            STILL,
            &[
                ("HORIZON", "6"),
                ("start = 0.5", "start = 0.6"),
                ("learning = 0.3", memory),
                ("scenarios.today = {}", today.as_str()),
            ],
        );
        summary(&model(&(study + "[touchpoints.pain]\nchance = 1\nquality = 0.2\n")))
    };
    let shorter = lives("{ target = \"touchpoints.pain.chance\", set = 0, from = 5 }");
    let longer = lives("{ target = \"touchpoints.pain.quality\", set = 0.5, from = 5 }");
    near(&shorter, "states.memory", 0.2);
    near(&longer, "states.memory", 0.35);
    assert!(level(&longer, "touchpoints.pain").mean > level(&shorter, "touchpoints.pain").mean);
}
