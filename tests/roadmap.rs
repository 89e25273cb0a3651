//! Roadmaps over time: effects, dips, waits, shocks, rules and rows that are uncertain together, against what is written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::Summary;
use polku::inside::model::Model;
use polku::inside::model::counter::CUSTOMERS;
use polku::inside::model::course::{RoadmapTimeline, Run};
use polku::inside::model::timeline::Timeline;
use polku::inside::quantity::{ParamId, ScenarioId, SegmentId};
use polku::inside::stats::moments::Moments;
use polku::inside::study::Study;
use polku::inside::study::source::Source;

const RUN: &str = r#"
[run]
period = "month"
horizon = 24
customers = 3_000
agents = 300
replications = 20
seed = 5

[segments.all]
share = 1
start = { active = 1 }
[stages.active]
retained = true
to = { gone = 0.05 }
values = { revenue = 10 }
[stages.gone]
"#;

/// The study of `RUN` with more.
fn with(more: &str) -> String {
    format!("{RUN}\n{more}")
}

fn at(model: &Model, path: &str) -> ParamId {
    ParamId::from(model.params.iter().position(|param| param.path.to_string() == path).unwrap())
}

/// How an initiative goes in a course.
fn run<'m>(course: &RoadmapTimeline<'m>, name: &str) -> Option<Run<'m>> {
    course.runs.iter().find(|run| run.initiative.name == name).copied()
}

/// A number over time in a scenario, for the draw of a replication.
fn over_time(model: &Model, scenario: usize, replication: u32, path: &str) -> Vec<f64> {
    let drawn = Design::of(model).drawn(model, replication);
    let timeline = Timeline::new(model, &drawn, ScenarioId::from(scenario), SegmentId(0));
    (0..=model.run.horizon).map(|t| timeline.values(t).0[at(model, path)]).collect()
}

#[test]
fn an_effect_grows_wears_out_and_is_copied_as_written() {
    let effect = "effects = [ { target = \"stages.active.values.revenue\", add = 8 } ]";
    let plan = "[scenarios.today]\n[scenarios.plan]\ninitiatives = { it = 2 }";
    let gains = |keys: &str| -> Vec<f64> {
        let model = model(&with(&format!("[initiatives.it]\nbuild = 3\n{keys}\n{effect}\n{plan}")));
        over_time(&model, 1, 0, "stages.active.values.revenue").iter().map(|value| (value - 10.0) / 8.0).collect()
    };
    let close = |found: &[f64], wanted: &dyn Fn(f64) -> f64, from: usize| {
        for (t, share) in found.iter().enumerate() {
            let grown = t as f64 - 4.0;
            let wanted = if t < from { 0.0 } else { wanted(grown) };
            assert!((share - wanted).abs() < 1e-12, "period {t}: {share}, not {wanted}");
        }
    };
    // Live in period 5: the first period of effect has grown = 1.
    close(&gains(""), &|_| 1.0, 5);
    close(&gains("ramp = 4"), &|grown| (grown / 4.0).min(1.0), 5);
    let logistic = |x: f64| 1.0 / (1.0 + libm::exp(-10.0 * (x - 0.5)));
    let curve = |grown: f64| {
        if grown >= 5.0 { 1.0 } else { (logistic(grown / 5.0) - logistic(0.0)) / (logistic(1.0) - logistic(0.0)) }
    };
    close(&gains("ramp = { periods = 5, shape = \"logistic\" }"), &curve, 5);
    // Bass (1969): F(t) = (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t).
    let bass = |t: f64| (1.0 - libm::exp(-0.41 * t)) / (1.0 + 0.38 / 0.03 * libm::exp(-0.41 * t));
    close(
        &gains("ramp = { periods = 8, shape = \"adoption\" }"),
        &|grown| if grown >= 8.0 { 1.0 } else { bass(grown) / bass(8.0) },
        5,
    );
    close(
        &gains("ramp = 2\nhalf_life = 6"),
        &|grown| (grown / 2.0).min(1.0) * libm::pow(0.5, (grown - 2.0).max(0.0) / 6.0),
        5,
    );
    close(&gains("catch_up = 0.1"), &|grown| libm::pow(0.9, grown - 1.0), 5);
    let until: Vec<f64> = gains("until = 9");
    assert_eq!(until[9], 1.0);
    assert!(until[10..].iter().all(|share| *share == 0.0));
    close(&gains("waves = { all = 4 }"), &|_| 1.0, 9);
    // A dip turns the effect round and fades evenly; nobody else is in the way.
    let dipped = gains("dip = { periods = 2, share = 1.5 }");
    assert_eq!(dipped[4..8], [0.0, -0.5, 0.25, 1.0]);
}

#[test]
fn losses_grow_with_the_square_of_what_is_got_used_to_at_once() {
    let one = |name: &str| {
        format!(
            "[initiatives.{name}]\ndip = {{ periods = 2, share = 0.1, effects = [ {{ target = \"stages.active.values.revenue\", add = -10 }} ] }}\n"
        )
    };
    let text = with(&format!(
        "{}{}{}[roadmap]\nchange_capacity = 1\n[scenarios.today]\n[scenarios.one]\ninitiatives = {{ a = 2 }}\n[scenarios.three]\ninitiatives = {{ a = 2, b = 2, c = 2 }}\n[scenarios.staged]\ninitiatives = {{ a = 2, b = 4, c = 6 }}\n",
        one("a"),
        one("b"),
        one("c")
    ));
    let model = model(&text);
    let loss = |scenario: usize| -> f64 {
        over_time(&model, scenario, 0, "stages.active.values.revenue").iter().map(|value| 10.0 - value).sum()
    };
    let alone = loss(1);
    assert!((alone - 1.5).abs() < 1e-12, "{alone}");
    assert!((loss(2) - 9.0 * alone).abs() < 1e-9 && (loss(3) - 3.0 * alone).abs() < 1e-9);
}

#[test]
fn who_waits_starts_when_the_capability_is_there_and_who_fails_never_provides() {
    let text = with(
        r#"
[capabilities.skill]
kind = "skill"
[initiatives.teach]
build = 2
slip = "uniform(0, 6)"
success = 0.7
provides = ["skill"]
[initiatives.use]
requires = { skill = 0.5 }
build = 1
effects = [ { target = "stages.active.values.revenue", add = 1 } ]
[initiatives.scaled]
requires = { skill = 1 }
gate = "scale"
effects = [ { target = "stages.active.values.revenue", add = 100 } ]
[scenarios.today]
[scenarios.plan]
initiatives = { teach = 1, use = 3, scaled = 1 }
[scenarios.other]
initiatives = { teach = 1 }
"#,
    );
    let model = model(&text.replace("replications = 20", "replications = 400"));
    let (mut slips, mut works) = (Moments::default(), 0);
    for replication in 0..400 {
        let drawn = Design::of(&model).drawn(&model, replication);
        let course = |scenario: u32| RoadmapTimeline::new(&model, &drawn, ScenarioId(scenario), &[]);
        let (plan, other) = (course(1), course(2));
        let teach = run(&plan, "teach").unwrap();
        let same = run(&other, "teach").unwrap();
        assert_eq!((teach.arrival, teach.works), (same.arrival, same.works), "luck of the world is one");
        slips.push(f64::from(teach.arrival - 3));
        works += u32::from(teach.works);
        match run(&plan, "use") {
            Some(waiting) => assert_eq!(waiting.start, teach.live().unwrap().max(3)),
            None => assert!(!teach.works),
        }
        let revenue = over_time(&model, 1, replication, "stages.active.values.revenue");
        let ready = teach.live().unwrap_or(u32::MAX) as usize;
        assert!(revenue.iter().enumerate().all(|(t, value)| (*value >= 110.0) == (t >= ready)), "{revenue:?}");
    }
    // Rounded from a uniform law on 0 to 6: 0 and 6 have half the chance of the others; mean 3, variance 38/12.
    let z = (slips.mean() - 3.0) / (38.0_f64 / 12.0 / 400.0).sqrt();
    assert!(z.abs() < 4.5, "slips: z = {z}");
    let z = (f64::from(works) - 280.0) / (400.0_f64 * 0.7 * 0.3).sqrt();
    assert!(z.abs() < 4.5, "success: z = {z}");
}

/// The share of an initiative's effect in force over time, for one segment and the draw of the first replication.
fn shares(model: &Model, name: &str, segment: usize) -> Vec<f64> {
    let drawn = Design::of(model).drawn(model, 0);
    let course = RoadmapTimeline::new(model, &drawn, ScenarioId(1), &[]);
    let run = run(&course, name).unwrap();
    (0..=model.run.horizon).map(|t| course.share(&run, SegmentId::from(segment), t)).collect()
}

#[test]
fn two_who_wait_for_each_other_start_as_soon_as_others_in_the_plan_let_them() {
    let initiatives = r#"
[capabilities.x]
kind = "data"
[capabilities.y]
kind = "data"
[initiatives.a]
requires = ["x"]
provides = ["y"]
[initiatives.b]
requires = ["y"]
provides = ["x"]
build = 2
[initiatives.c]
provides = ["x"]
[initiatives.d]
build = 1
provides = ["y"]
[scenarios.today]
[scenarios.plan]
"#;
    let starts = |plan: &str| {
        let model = model(&with(&format!("{initiatives}initiatives = {{ {plan} }}")));
        let drawn = Design::of(&model).drawn(&model, 0);
        let course = RoadmapTimeline::new(&model, &drawn, ScenarioId(1), &[]);
        ["a", "b"].map(|name| run(&course, name).map(|run| run.start))
    };
    assert_eq!(starts("d = 1, b = 3, a = 6"), [Some(6), Some(3)], "`b` provides what `a` waits for from 5 on");
    assert_eq!(starts("d = 1, b = 3, a = 6, c = 20"), [Some(6), Some(3)], "a later provider puts nothing off");
    assert_eq!(starts("c = 2, a = 3, b = 4"), [Some(3), Some(4)], "the same the other way round");
    assert_eq!(starts("c = 2, d = 9, a = 3, b = 4"), [Some(3), Some(4)]);
}

#[test]
fn what_could_start_only_after_its_end_never_does_and_costs_nothing() {
    let text = with(
        r#"
[capabilities.skill]
kind = "skill"
[initiatives.teach]
slip = "uniform(14.9, 15.1)"
provides = ["skill"]
[initiatives.late]
requires = ["skill"]
until = 10
cost = { once = 1000, build = 600, per_period = 50, per_customer = 1 }
build = 2
dip = { periods = 4, share = 0.5 }
effects = [ { target = "stages.active.values.revenue", add = 5 } ]
[scenarios.today]
[scenarios.plan]
initiatives = { teach = 1, late = 1 }
"#,
    );
    let model = model(&text);
    let drawn = Design::of(&model).drawn(&model, 0);
    assert!(run(&RoadmapTimeline::new(&model, &drawn, ScenarioId(1), &[]), "late").is_none());
    let summary = summary(&model);
    assert_eq!(summary.scenarios[1].metrics["initiative_cost"].mean, 0.0);
    assert_eq!(summary.scenarios[0].metrics, summary.scenarios[1].metrics);
}

#[test]
fn a_segment_that_is_not_reached_before_the_end_is_not_disturbed() {
    let text = with(
        r#"
[segments.other]
share = 0.5
start = { active = 1 }
inflow = { per_period = 1 }
[initiatives.it]
until = 8
waves = { other = 10 }
dip = { periods = 4, share = 0.5 }
effects = [ { target = "stages.active.values.revenue", add = 5 } ]
[initiatives.near]
waves = { other = 9 }
dip = { periods = 4, share = 0.5 }
effects = [ { target = "stages.active.values.revenue", add = 5 } ]
[roadmap]
change_capacity = 1
[scenarios.today]
[scenarios.plan]
initiatives = { it = 2, near = 2 }
"#,
    )
    .replacen("share = 1", "share = 0.5", 1);
    let model = model(&text);
    let other = model.segments.iter().position(|segment| segment.name == "other").unwrap();
    assert!(
        shares(&model, "it", other).iter().all(|share| *share == 0.0),
        "its wave would come in 12, and it ends in 8"
    );
    let near = shares(&model, "near", other);
    assert_eq!(near[10..16], [0.0, 0.5, 0.625, 0.75, 0.875, 1.0], "nor does it count as something to get used to");
    let reached = shares(&model, "it", 1 - other);
    assert_eq!(reached[1..11], [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.0, 0.0], "what begins goes on");
}

#[test]
fn what_is_not_built_by_the_end_is_not_paid() {
    let text = with(
        r"
[initiatives.it]
build = 6
until = 4
cost = { once = 10, build = 60, per_period = 1 }
[scenarios.today]
[scenarios.plan]
initiatives = { it = 2 }
",
    );
    // Three of six parts, in periods 2 to 4, and three periods of running it.
    let cost = &summary(&model(&text)).scenarios[1].metrics["initiative_cost"];
    assert_eq!(cost.mean, 10.0 + 30.0 + 3.0);
}

#[test]
fn what_an_initiative_provides_itself_does_not_scale_its_effect() {
    let text = with(
        r#"
[capabilities.skill]
kind = "skill"
level = 0.25
[initiatives.it]
requires = { skill = 0.5 }
provides = { skill = 1.0 }
gate = "scale"
effects = [ { target = "stages.active.values.revenue", add = 5 } ]
[scenarios.today]
[scenarios.plan]
initiatives = { it = 2 }
"#,
    );
    assert_eq!(shares(&model(&text), "it", 0)[1..4], [0.0, 0.5, 0.5]);
}

#[test]
fn shocks_are_the_same_in_every_scenario_come_as_often_as_written_and_are_got_over() {
    let text = with(
        r#"
[[shocks]]
hazard = 0.2
half_life = 2
effects = [ { target = "stages.active.values.revenue", add = "normal(-3, 1)" } ]
[scenarios.today]
[scenarios.more]
changes = [ { target = "stages.active.to.gone", odds = 0.9 } ]
"#,
    );
    let model = model(&text);
    let (mut count, mut sizes) = (0_usize, Moments::default());
    for replication in 0..300 {
        let drawn = Design::of(&model).drawn(&model, replication);
        count += drawn.struck.len();
        drawn.struck.iter().for_each(|struck| sizes.push(struck.amounts[0]));
        let of = |scenario| over_time(&model, scenario, replication, "stages.active.values.revenue");
        assert_eq!(of(0), of(1));
        let revenue = of(0);
        for t in 0..=24_u32 {
            let since = |struck: &&polku::inside::model::draw::ShockEvent| struck.period <= t;
            let felt = drawn.struck.iter().filter(since);
            let wanted: f64 = felt.map(|its| its.amounts[0] * libm::pow(0.5, f64::from(t - its.period) / 2.0)).sum();
            assert!((revenue[t as usize] - 10.0 - wanted).abs() < 1e-9);
        }
    }
    let (n, p) = (300.0 * 24.0, 0.2);
    let z = (count as f64 - n * p) / (n * p * (1.0 - p)).sqrt();
    assert!(z.abs() < 4.5, "arrivals: z = {z}");
    let z = (sizes.mean() + 3.0) * (count as f64).sqrt();
    assert!(z.abs() < 4.5, "sizes: z = {z}");
}

#[test]
fn seasons_and_trends_multiply_numbers_and_the_odds_of_chances() {
    let text = with(
        r#"
[[over_time]]
target = "stages.active.values.revenue"
season = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5]
trend = 0.21
[[over_time]]
target = "stages.active.to.gone"
trend = 1.0
[scenarios.today]
"#,
    )
    .replace("seed = 5", "seed = 5\nfirst_month = 12");
    let model = model(&text);
    let revenue = over_time(&model, 0, 0, "stages.active.values.revenue");
    let odds = over_time(&model, 0, 0, "stages.active.to.gone");
    for t in 1..=24_usize {
        let month = (t + 10) % 12;
        let season = [1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5][month];
        let wanted = 10.0 * season * libm::pow(1.21, t as f64 / 12.0);
        assert!((revenue[t] - wanted).abs() < 1e-9, "period {t}: {} not {wanted}", revenue[t]);
        let wanted = 0.05 / 0.95 * libm::pow(2.0, t as f64 / 12.0);
        assert!((odds[t] / (1.0 - odds[t]) - wanted).abs() < 1e-12);
    }
}

#[test]
fn a_row_that_is_uncertain_together_follows_a_dirichlet_distribution() {
    let text = with("[stages.lost]\n[scenarios.today]")
        .replace("gone = 0.05 }", "gone = 0.2, lost = 0.3, effective_size = 40 }");
    let model = model(&text);
    let (gone, lost) = (at(&model, "stages.active.to.gone"), at(&model, "stages.active.to.lost"));
    let draws: Vec<(f64, f64)> = (0..4_000)
        .map(|replication| {
            let drawn = Design::of(&model).drawn(&model, replication);
            (drawn[gone], drawn[lost])
        })
        .collect();
    assert!(draws.iter().all(|(a, b)| *a >= 0.0 && *b >= 0.0 && a + b <= 1.0));
    let n = draws.len() as f64;
    for (place, mean) in [(0, 0.2), (1, 0.3)] {
        let values: Moments = draws.iter().map(|pair| if place == 0 { pair.0 } else { pair.1 }).collect();
        let variance = mean * (1.0 - mean) / 41.0;
        assert!(((values.mean() - mean) / (variance / n).sqrt()).abs() < 4.5);
        assert!((values.variance().unwrap() / variance - 1.0).abs() < 4.5 * (2.5 / n).sqrt());
    }
    let products: Moments = draws.iter().map(|(a, b)| (a - 0.2) * (b - 0.3)).collect();
    let z = (products.mean() + 0.2 * 0.3 / 41.0) / (products.variance().unwrap() / n).sqrt();
    assert!(z.abs() < 4.5, "covariance: z = {z}");
}

#[test]
fn numbers_that_are_drawn_together_keep_their_laws_and_have_the_rank_correlation() {
    let text = with(
        r#"
[initiatives.a]
effects = [ { target = "stages.active.values.revenue", add = "normal(2, 1)" } ]
cost = { once = "lognormal(mean=100, sd=40)" }
[[correlated]]
paths = ["initiatives.a.effects.0.add", "initiatives.a.cost.once"]
rank = -0.7
[scenarios.today]
"#,
    );
    let model = model(&text);
    let ids = [at(&model, "initiatives.a.effects.0.add"), at(&model, "initiatives.a.cost.once")];
    let draws: Vec<[f64; 2]> =
        (0..3_000).map(|r| Design::of(&model).drawn(&model, r)).map(|d| ids.map(|id| d[id])).collect();
    let n = draws.len() as f64;
    let cost: Moments = draws.iter().map(|pair| pair[1]).collect();
    assert!(((cost.mean() - 100.0) / (40.0 / n.sqrt())).abs() < 4.5);
    let ranks = |place: usize| {
        let mut order: Vec<usize> = (0..draws.len()).collect();
        order.sort_by(|a, b| draws[*a][place].total_cmp(&draws[*b][place]));
        let mut ranks = vec![0.0; draws.len()];
        order.iter().enumerate().for_each(|(rank, at)| ranks[*at] = rank as f64);
        ranks
    };
    let apart: f64 = ranks(0).iter().zip(ranks(1)).map(|(a, b)| (a - b) * (a - b)).sum();
    let correlation = 1.0 - 6.0 * apart / (n * (n * n - 1.0));
    // The standard error of a rank correlation is below 1.1 (1 - r²) / sqrt(n).
    assert!((correlation + 0.7).abs() < 4.5 * 1.1 * (1.0 - 0.49) / n.sqrt(), "{correlation}");
}

#[test]
fn a_rule_that_does_nothing_changes_nothing_and_one_that_acts_does_so_from_the_next_period() {
    let plain =
        with("[scenarios.today]\n[scenarios.plan]\nchanges = [ { target = \"stages.active.to.gone\", odds = 0.9 } ]\n");
    let idle =
        format!("{plain}\n[[scenarios.plan.rules]]\nwhen = {{ metric = \"retention\", below = 0.9 }}\nthen = {{}}\n");
    assert_eq!(text(&summary(&model(&plain))), text(&summary(&model(&idle))));
    let never = idle
        .replace("below = 0.9", "above = 0.999, from = 20")
        .replace("then = {}", "then = { changes = [ { target = \"stages.active.values.revenue\", add = 5 } ] }");
    let (base, armed) = (summary(&model(&plain)), summary(&model(&never)));
    // Customers of a study with rules may resemble each other, so that shares have other intervals.
    let told = |summary: &Summary| {
        let metrics = summary.scenarios[1].metrics.iter();
        metrics.map(|(name, its)| (name.clone(), its.mean, its.standard_error)).collect::<Vec<_>>()
    };
    assert_eq!(told(&base), told(&armed), "a rule that never acts leaves the scenario as it is");

    let acting = never.replace("above = 0.999, from = 20", "below = 0.75, from = 4");
    let model = model(&acting);
    let mut seen = 0;
    Simulation::new(&model, Design::of(&model))
        .threads(2)
        .run(|replication| {
            let [from] = replication.fired[1][0][..] else { panic!("retention falls below 0.75 within two years") };
            seen += 1;
            let share = |t: usize| {
                let ledgers = replication.ledgers[1].iter();
                let active = |ledger: &Counts<i128>| ledger.cells(CUSTOMERS, t)[0];
                ledgers.map(active).sum::<i128>() as f64 / 300.0
            };
            let due = (4..=24).find(|t| share(*t) < 0.75).unwrap();
            assert_eq!(from as usize, due + 1);
        })
        .unwrap();
    assert_eq!(seen, 20);
    let runs = Experiment::new(&model).threads(2).run().unwrap();
    assert_eq!(runs.business().roadmaps[1].rules[0].share.unwrap().share, 1.0);
}

#[test]
fn rules_that_act_together_leave_every_number_in_its_range() {
    let rule = |change: &str| {
        format!(
            "[[scenarios.plan.rules]]\nwhen = {{ metric = \"retention\", below = 0.99 }}\nthen = {{ changes = [ {change} ] }}\n"
        )
    };
    let more = "{ target = \"stages.active.to.gone\", add = 0.6 }";
    let text = with(&format!("[scenarios.today]\n[scenarios.plan]\n{}{}", rule(more), rule(more)));
    let model = model(&text);
    Simulation::new(&model, Design::of(&model))
        .run(|replication| {
            let from = replication.fired[1][0][0];
            assert_eq!(replication.fired[1][1], [from]);
            let left: i128 =
                replication.ledgers[1].iter().map(|ledger| ledger.cells(CUSTOMERS, from as usize)[0]).sum();
            assert_eq!(left, 0, "a chance of 1.25 is one of 1");
            let drawn = Design::of(&model).drawn(&model, 0);
            let timeline = Timeline::with_rules(&model, &drawn, ScenarioId(1), &replication.fired[1], SegmentId(0));
            assert_eq!(timeline.values(from).0[at(&model, "stages.active.to.gone")], 1.0);
        })
        .unwrap();
}

#[test]
fn a_rule_is_told_as_it_is_written() {
    let text = with(
        r#"
[stages.second]
to = { gone = 0.1 }
[scenarios.today]
[scenarios.plan]
[[scenarios.plan.rules]]
when = { metric = "retention", below = 0.9 }
[scenarios.plan.rules.then]
changes = [
    { target = "stages.*.to.gone", odds = "0.8 to 0.9" },
    { target = "stages.active.values.revenue", add = 1234.5 },
]
"#,
    );
    let text = text.replace("start = { active = 1 }", "start = { active = 0.5, second = 0.5 }");
    let model = model(&text);
    let runs = Experiment::new(&model).run().unwrap();
    let told = &runs.business().roadmaps[1].rules[0].then;
    assert_eq!(told, "stages.*.to.gone: multiply the odds by about 0.849; stages.active.values.revenue: add 1234.5");
}

#[test]
fn the_middle_of_a_chance_is_that_it_works() {
    let text = with(
        "[initiatives.rarely]\nsuccess = 0.01\n[initiatives.never]\nsuccess = 0\n[scenarios.today]\n[scenarios.plan]\ninitiatives = { rarely = 1, never = 1 }",
    );
    let model = model(&text);
    let central = model.central();
    let course = RoadmapTimeline::new(&model, &central, ScenarioId(1), &[]);
    assert_eq!(["rarely", "never"].map(|name| run(&course, name).unwrap().works), [true, false]);
}

#[test]
fn the_contingency_of_the_shipped_roadmap_makes_a_difference() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/transformation.toml");
    let shipped = std::fs::read_to_string(path).unwrap();
    let small = shipped.replace("agents = 8_000", "agents = 500").replace("replications = 200", "replications = 12");
    let start = small.find("[[scenarios.staged.rules]]").unwrap();
    let without = format!("{}{}", &small[..start], &small[start + small[start..].find("[scenarios.leap]").unwrap()..]);
    let npv = |text: &str| {
        let model = model(text);
        let runs = Experiment::new(&model).threads(2).run().unwrap();
        let place = model.scenarios.iter().position(|scenario| scenario.name == "staged").unwrap();
        let share = runs.business().roadmaps[place].rules.first().map_or(0.0, |rule| rule.share.unwrap().share);
        (runs.levels(place, "npv"), share)
    };
    let ((with, share), (without, _)) = (npv(&small), npv(&without));
    let differ = with.iter().zip(&without).filter(|(with, without)| with != without).count();
    assert!((1..12).contains(&differ), "{differ}");
    assert_eq!(share, differ as f64 / 12.0, "it is told to have acted exactly where it changed anything");
}

#[test]
fn with_dips_staging_beats_the_leap_and_without_them_they_differ_in_timing_alone() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/transformation.toml");
    let shipped = std::fs::read_to_string(path).unwrap();
    let small = shipped.replace("agents = 8_000", "agents = 2_000").replace("replications = 200", "replications = 40");
    let differences = |text: &str| {
        let model = model(text);
        let runs = Experiment::new(&model).threads(2).run().unwrap();
        let place = |name: &str| model.scenarios.iter().position(|scenario| scenario.name == name).unwrap();
        let [staged, leap] = ["staged", "leap"].map(|name| runs.levels(place(name), "npv"));
        staged.iter().zip(leap).map(|(staged, leap)| staged - leap).collect::<Moments>()
    };
    let with_dips = differences(&small);
    assert!(with_dips.mean() > 0.0, "{with_dips:?}");
    let smooth: Vec<&str> = small.lines().filter(|line| !line.starts_with("dip = ")).collect();
    let without = differences(&smooth.join("\n"));
    let z = without.mean() / (without.variance().unwrap() / 40.0).sqrt();
    assert!(z < -4.5, "who has the effects earlier is better off where nothing disturbs: z = {z}");
    // When everything has long been live and nothing wears out, both plans have come to the same numbers.
    let lasting: Vec<String> = smooth
        .iter()
        .filter(|line| !(line.starts_with("half_life") || line.starts_with("catch_up") || line.starts_with("until")))
        .map(|line| (*line).to_owned())
        .collect();
    let model = model(&lasting.join("\n"));
    for replication in 0..5 {
        let drawn = Design::of(&model).drawn(&model, replication);
        let end = |name: &str| {
            let place = model.scenarios.iter().position(|scenario| scenario.name == name).unwrap();
            Timeline::new(&model, &drawn, ScenarioId::from(place), SegmentId(0)).values(model.run.horizon).0
        };
        for (a, b) in end("staged").0.iter().zip(&end("leap").0) {
            assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{a} {b}");
        }
    }
}

#[test]
fn an_initiative_starts_as_often_as_what_is_there_today_is_enough() {
    // Of a level uniform from 0.2 to 0.7, two in five are at least 0.5.
    let study = |gate: &str, more: &str| {
        with(&format!(
            "[capabilities.analysts]\nkind = \"people\"\nlevel = \"uniform(0.2, 0.7)\"\n\
             [initiatives.it]\nrequires = {{ analysts = 0.5 }}\ngate = \"{gate}\"\ncost = {{ once = 1_000, per_period = 100 }}\n\
             effects = [ {{ target = \"stages.active.values.revenue\", add = 8 }} ]\n{more}\n\
             [scenarios.today]\n[scenarios.plan]\ninitiatives = {{ it = 2 }}\n[scenarios.later]\ninitiatives = {{ it = 3 HIRING }}\n"
        ))
        .replace("HIRING", if more.is_empty() { "" } else { ", hiring = 1" })
    };
    let wanted = 0.4;
    let waiting = model(&study("start", ""));
    let draws = 2_000;
    let (mut starts, mut both) = (0, 0);
    for draw in 0..draws {
        let drawn = Design::of(&waiting).drawn(&waiting, draw);
        let level = drawn[at(&waiting, "capabilities.analysts.level")];
        let of = |scenario| run(&RoadmapTimeline::new(&waiting, &drawn, ScenarioId(scenario), &[]), "it").is_some();
        assert_eq!(of(1), level >= 0.5);
        starts += u32::from(of(1));
        both += u32::from(of(1) == of(2));
    }
    let error = libm::sqrt(wanted * (1.0 - wanted) / f64::from(draws));
    let share = f64::from(starts) / f64::from(draws);
    assert!((share - wanted).abs() < 4.5 * error, "{share}");
    assert_eq!(both, draws, "a level is the same in every scenario");
    // What never starts costs nothing: in the mean, two fifths of 1,000 and of 23 times 100.
    let found = Experiment::new(&waiting).threads(2).run().unwrap();
    let costs = |scenario: usize| found.summary().scenarios[scenario].metrics["initiative_cost"].mean;
    let among = |scenario: usize| {
        let of = |draw| {
            let drawn = Design::of(&waiting).drawn(&waiting, draw);
            run(&RoadmapTimeline::new(&waiting, &drawn, ScenarioId::from(scenario), &[]), "it").is_some()
        };
        (0..20).filter(|draw| of(*draw)).count() as f64 / 20.0
    };
    assert!((costs(1) - among(1) * 3_300.0).abs() < 1e-6, "{} for {}", costs(1), among(1));
    assert!((costs(2) - among(2) * 3_200.0).abs() < 1e-6, "{} for {}", costs(2), among(2));

    // Where somebody is hired, it waits until then.
    let hiring = model(&study("start", "[initiatives.hiring]\nbuild = 5\nprovides = { analysts = 0.9 }"));
    for draw in 0..200 {
        let drawn = Design::of(&hiring).drawn(&hiring, draw);
        let level = drawn[at(&hiring, "capabilities.analysts.level")];
        let course = RoadmapTimeline::new(&hiring, &drawn, ScenarioId(2), &[]);
        assert_eq!(run(&course, "it").unwrap().start, if level >= 0.5 { 3 } else { 6 });
        assert!((course.level(0, 2) - level).abs() < 1e-15 && course.level(0, 6) >= 0.9);
    }

    // Scaled, it does as much as the level allows.
    let scaled = model(&study("scale", ""));
    for draw in 0..200 {
        let level = Design::of(&scaled).drawn(&scaled, draw)[at(&scaled, "capabilities.analysts.level")];
        let found = over_time(&scaled, 1, draw, "stages.active.values.revenue")[10];
        assert!((found - 10.0 - 8.0 * (level / 0.5).min(1.0)).abs() < 1e-12, "{found} at {level}");
    }
    let of = |threads| text(&Experiment::new(&scaled).threads(threads).run().unwrap().summary());
    assert_eq!(of(1), of(2));
}

#[test]
fn a_range_that_only_a_level_in_some_draws_leaves_is_told() {
    let study = with(
        "[capabilities.analysts]\nkind = \"people\"\nlevel = \"uniform(0.2, 0.6)\"\n[initiatives.it]\nrequires = { analysts = 0.5 }\n\
         effects = [ { target = \"stages.active.to.gone\", add = 0.97 } ]\n[scenarios.today]\n[scenarios.plan]\ninitiatives = { it = 2 }\n",
    );
    let source = Source::new("test.toml", "", &study);
    let faults = Model::compile(&Study::parse(&source).unwrap()).unwrap_err();
    assert!(format!("{faults:?}").contains("of what may be drawn"), "{faults:?}");
}
