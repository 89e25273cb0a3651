//! Classes of tags: what they drive, against closed forms, and what every mechanism has to hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text, with};
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::mechanism::schedule::Schedule;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::Summary;
use polku::inside::stats::estimate::Estimate;
use polku::inside::stats::moments::Moments;
use serde_json::Value;

/// Two fifths are gold for life; nobody leaves unless `MORE` says so.
const TIERS: &str = r#"
run = { period = "month", horizon = 8, customers = 100_000, agents = 20_000, replications = 20, seed = 7 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[traits.wealth]
law = "uniform(0, 10)"
[tags.tier]
on = "wealth"
bands = { plain = 2, gold = 6 }
[tags.phase]
on = "tenure"
bands = { new = 1, regular = 4 }
[stages.gone]
[stages.active]
retained = true
"#;

const STAYS: &str = "to = { gone = 0 }\n";

fn tiers(more: &str) -> Summary {
    summary(&model(&format!("{TIERS}{more}")))
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

/// A chance whose log-odds are moved by a weight.
fn moved(chance: f64, weight: f64) -> f64 {
    let odds = chance / (1.0 - chance) * libm::exp(weight);
    odds / (1.0 + odds)
}

#[test]
fn a_class_bends_whether_a_touchpoint_comes_how_it_ends_and_what_follows() {
    let run = tiers(&format!(
        "{STAYS}[touchpoints.offer]\nchance = 0.3\ndrivers = {{ \"tier.gold\" = 0.8 }}\n\
         ends.taken = {{ chance = 0.2, drivers = {{ \"tier.gold\" = -0.5 }} }}\n\
         [touchpoints.thanks]\non = \"offer\"\nchance = 0.4\ndrivers = {{ \"tier.gold\" = 1.2 }}\n\
         [touchpoints.visit]\nrate = 0.5\ndrivers = {{ \"tier.gold\" = 0.4, \"tier.plain\" = -0.3 }}\n"
    ));
    let of = |plain: f64, gold: f64| 8.0 * 100_000.0 * (0.6 * plain + 0.4 * gold);
    let offer = moved(0.3, 0.8);
    near(&run, "touchpoints.offer", of(0.3, offer));
    near(&run, "touchpoints.offer.taken", of(0.3 * 0.2, offer * moved(0.2, -0.5)));
    near(&run, "touchpoints.thanks", of(0.3 * 0.4, offer * moved(0.4, 1.2)));
    near(&run, "touchpoints.visit", of(0.5 * libm::exp(-0.3), 0.5 * libm::exp(0.4)));
}

#[test]
fn a_class_bends_moves_and_purchases() {
    let run = tiers(
        "to = { gone = { chance = 0.05, drivers = { \"tier.gold\" = -0.7 } } }\n\
         purchases = { rate = 0.8, basket = 10, drivers = { \"tier.gold\" = 0.6 } }\n",
    );
    let (plain, gold) = (0.95, 1.0 - moved(0.05, -0.7));
    let stay = |stays: f64| libm::pow(stays, 8.0);
    near(&run, "active_customers", 100_000.0 * (0.6 * stay(plain) + 0.4 * stay(gold)));
    // Purchases are made after the move of the period.
    let lived = |stays: f64| stays * (1.0 - stay(stays)) / (1.0 - stays);
    let bought = 0.6 * lived(plain) * 0.8 + 0.4 * lived(gold) * 0.8 * libm::exp(0.6);
    near(&run, "purchases", 100_000.0 * bought);
}

#[test]
fn a_class_bends_where_a_touchpoint_takes_people() {
    let away = "[stages.away]\nto = { gone = 0 }\n";
    let call = "[touchpoints.call]\nchance = 1\nto = { away = { chance = 0.1, drivers = { \"tier.gold\" = 0.9 } } }\n";
    let run = tiers(&format!("{STAYS}{away}{call}"));
    let stay = |goes: f64| libm::pow(1.0 - goes, 8.0);
    near(&run, "active_customers", 100_000.0 * (0.6 * stay(0.1) + 0.4 * stay(moved(0.1, 0.9))));
}

#[test]
fn moves_read_a_class_as_the_period_leaves_it_and_touchpoints_as_it_began() {
    // Regular from the fourth period on: at the move of that period, and at the touchpoints of the next.
    let run = tiers(
        "to = { gone = { chance = 0.1, drivers = { \"phase.regular\" = -1 } } }\n\
         [stages.gone.purchases]\nrate = 0\nbasket = 1\n[touchpoints.call]\nin = [\"active\"]\nchance = 0.2\ndrivers = { \"phase.regular\" = 0.5 }\n",
    );
    let (early, late) = (0.9, 1.0 - moved(0.1, -1.0));
    let at = |time: i32| libm::pow(early, f64::from(time.min(3))) * libm::pow(late, f64::from((time - 3).max(0)));
    near(&run, "active_customers", 100_000.0 * at(8));
    let met: f64 = (0..8).map(|time| at(time) * if time < 4 { 0.2 } else { moved(0.2, 0.5) }).sum();
    near(&run, "touchpoints.call", 100_000.0 * met);
}

#[test]
fn a_class_of_a_yes_or_no_drives_as_the_yes_or_no_does() {
    // To the last digit: where a weight is 0 nothing is added.
    let both = |of_trait: &str, of_class: &str| {
        let study = with(
            TIERS,
            &[("\"uniform(0, 10)\"", "\"bernoulli(0.4)\""), ("{ plain = 2, gold = 6 }", "{ plain = 0, gold = 1 }")],
        );
        let drivers = format!("drivers = {{ wealth = {of_trait}, \"tier.gold\" = {of_class} }}");
        let more = format!(
            "to = {{ gone = {{ chance = 0.05, {drivers} }} }}\npurchases = {{ rate = 0.8, basket = \"exponential(mean=10)\", {drivers} }}\n\
             [touchpoints.offer]\nrate = 0.6\n{drivers}\n[touchpoints.taken]\non = \"offer\"\nchance = 0.3\n{drivers}\n"
        );
        text(&summary(&model(&(study + &more))))
    };
    assert_eq!(both("0.8", "0"), both("0", "0.8"));
    assert_ne!(both("0", "0"), both("0", "0.8"));
}

#[test]
fn a_driver_of_weight_0_changes_nothing() {
    // What is simulated, replication by replication: expectations follow classes nowhere.
    let study = |driver: &str| {
        let more = format!(
            "to = {{ gone = {{ chance = 0.05, drivers = {{ wealth = 0.1{driver} }} }} }}\n\
             purchases = {{ rate = 0.8, basket = \"exponential(mean=10)\", drivers = {{ wealth = 0.05{driver} }} }}\n"
        );
        let runs = Experiment::new(&model(&format!("{TIERS}{more}"))).threads(2).run().unwrap();
        ["retention", "purchases", "revenue", "tags.tier.gold"].map(|metric| runs.levels(0, metric))
    };
    assert_eq!(study(""), study(", \"tier.gold\" = 0, \"phase.regular\" = 0"));
}

/// Customers who climb and fall by what they buy, and who are kept by it.
const CLIMBERS: &str = r#"
run = { period = "month", horizon = 10, customers = 50_000, agents = 3_000, replications = 60, seed = 12 }
scenarios.today = {}
scenarios.kept.changes = [ { target = "stages.active.to.gone", odds = 0.6 } ]
scenarios.spoilt.changes = [ { target = 'stages.active.to.gone.drivers."tier.gold"', set = -1.5, from = 3 } ]
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
[states.value]
range = [0, 1000]
adds = { purchases = 30, offer = 5 }
half_life = 3
[tags.tier]
on = "value"
bands = { bronze = 0, silver = 20, gold = 60 }
every = 2
cut = true
[tags.phase]
on = "periods_in_stage"
bands = { fresh = 1, settled = 4 }
[tags.mood]
on = "satisfaction"
bands = { sour = 0, sweet = 0.6 }
cut = true
[stages.active]
retained = true
quality = "normal(0.62, 0.1)"
to = { risky = { chance = 0.08, drivers = { "tier.gold" = -0.5, "mood.sweet" = -0.4, fit = 0.2 } }, gone = { chance = 0.04, drivers = { satisfaction = -3, "tier.gold" = -0.8, "tier.silver" = -0.3 } } }
purchases = { rate = 0.8, basket = "lognormal(mean=30, sd=10)", drivers = { "tier.gold" = 0.3, fit = 0.1 } }
[stages.risky]
retained = true
to = { active = 0.2, gone = { chance = 0.1, drivers = { "phase.settled" = 0.5 } } }
[stages.gone]
[touchpoints.offer]
rate = { active = 0.4, risky = 0.1 }
drivers = { "tier.bronze" = -0.4, "phase.settled" = 0.2 }
quality = 0.7
values = { offer_cost = 2 }
ends.taken = { chance = 0.2, drivers = { "mood.sweet" = 0.6 } }
[touchpoints.thanks]
on = "purchase"
chance = 0.3
drivers = { "tier.gold" = 1 }
quality = 0.8
"#;

/// Where customers come later no difference is forced.
const COMING: (&str, &str) = ("inflow = { per_period = 900, start = { active = 1 } }\n", "");

#[test]
fn neither_names_nor_order_threads_blocks_nor_instructions_move_a_number() {
    let small = with(CLIMBERS, &[("agents = 3_000", "agents = 9_000"), ("replications = 60", "replications = 3")]);
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
    let hearing = with(&small, &HEARING);
    let told = |threads, block| {
        text(&Experiment::new(&model(&hearing)).threads(threads).block(block).run().unwrap().summary())
    };
    assert!(told(1, 2048) == told(8, 300), "where all go together");
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let at = |table: &str| small.find(table).unwrap();
    let (tier, phase, mood, stages) = (at("[tags.tier]"), at("[tags.phase]"), at("[tags.mood]"), at("[stages.active]"));
    let moved = [&small[..tier], &small[mood..stages], &small[phase..mood], &small[tier..phase], &small[stages..]];
    assert_eq!(sorted(&text(&summary(&model(&moved.concat())))), sorted(&first));
    let renamed = small.replace("tier", "alevel").replace("gold", "zinc").replace("settled", "at_home");
    let told = text(&summary(&model(&renamed)));
    let told = told.replace("alevel", "tier").replace("zinc", "gold").replace("at_home", "settled");
    assert_eq!(sorted(&told), sorted(&first));
}

#[test]
fn forced_differences_agree_with_paired_ones() {
    let model = model(&with(CLIMBERS, &[COMING]));
    assert!(Schedule::new(&model, true).shares_paths());
    let with = |grain| Experiment::new(&model).threads(2).forced(&[None, grain, grain]).run().unwrap();
    let (paired, forced) = (with(None).summary(), with(Some(Resolution(2))));
    for (place, scenario) in [(1, "kept"), (2, "spoilt")] {
        let pairs = paired.contrasts.iter().find(|contrast| contrast.scenario == scenario).unwrap();
        for metric in [
            "retention",
            "revenue",
            "touchpoints.offer",
            "touchpoints.thanks",
            "states.value",
            "tags.tier.gold",
            "tags.tier.gold.retained",
            "tags.tier.gold.purchases",
            "tags.tier.silver.spent",
            "tags.tier.gold.touchpoints",
        ] {
            let sample: Moments = forced.forced_differences(place, metric).into_iter().collect();
            let error = libm::sqrt(sample.variance().unwrap() / 60.0);
            let pair = &pairs.metrics[metric].estimate;
            let z = (sample.mean() - pair.mean) / libm::hypot(error, pair.standard_error.unwrap());
            assert!(z.abs() < 4.5, "{scenario}, {metric}: {} forced, {} paired, z = {z}", sample.mean(), pair.mean);
            assert!(sample.mean() != 0.0, "{scenario}, {metric}");
        }
    }
}

#[test]
fn a_class_that_drives_is_followed_exactly_nowhere_and_the_reason_is_told() {
    let study = "to = { gone = { chance = 0.05, drivers = { \"tier.gold\" = -0.7 } } }\n";
    let runs = Experiment::new(&model(&format!("{TIERS}{study}"))).run().unwrap();
    assert_eq!(runs.why_not_exact(), ["the class `gold` of `tier` drives moves, purchases or touchpoints"]);
    let runs = Experiment::new(&model(&format!("{TIERS}{STAYS}"))).run().unwrap();
    assert!(runs.why_not_exact().is_empty(), "a class that drives nothing stands in nobody's way");
}

/// A metric of a run in or at every time, of one segment or of `all`.
fn over_time(runs: &Runs, segment: &str, metric: &str) -> Vec<f64> {
    let series = runs.series();
    let its = series.iter().find(|its| its.scenario == "today" && its.segment == segment && its.metric == metric);
    its.unwrap_or_else(|| panic!("{metric} of {segment}")).values.iter().map(|value| value.mean).collect()
}

/// The sum of some metrics, time by time.
fn sum(runs: &Runs, metrics: &[&str]) -> Vec<f64> {
    let each: Vec<Vec<f64>> = metrics.iter().map(|metric| over_time(runs, "all", metric)).collect();
    (0..each[0].len()).map(|t| each.iter().map(|its| its[t]).sum()).collect()
}

fn equal(one: &[f64], other: &[f64], what: &str) {
    assert_eq!(one.len(), other.len(), "{what}");
    for (t, (one, other)) in one.iter().zip(other).enumerate() {
        assert!((one - other).abs() <= 1e-9 * other.abs(), "{what} at {t}: {one}, {other}");
    }
    assert!(other.iter().any(|value| *value > 0.0), "{what} is nothing");
}

#[test]
fn what_is_counted_by_classes_that_are_segments_is_what_segments_count() {
    let study = r#"
run = { period = "month", horizon = 9, customers = 60_000, agents = 3_000, replications = 6, seed = 5 }
scenarios.today = {}
segments.plain = { share = 0.6, start = { active = 0.7, away = 0.3 }, traits = { wealth = 0 } }
segments.gold = { share = 0.4, start = { active = 0.9, away = 0.1 }, traits = { wealth = 1 } }
[traits.wealth]
[traits.size]
law = "gamma(mean=1, sd=0.5)"
[tags.tier]
on = "wealth"
bands = { plain = 0, gold = 1 }
cut = true
[stages.active]
retained = true
to = { gone = { chance = 0.05, drivers = { "tier.gold" = -0.7 } }, away = { chance = 0.04, on = "purchase" } }
purchases = { rate = 0.8, basket = "lognormal(mean=30, sd=12)", basket_trait = "size", drivers = { "tier.gold" = 0.6 } }
[stages.wholesale]
retained = true
to = { gone = 0.1 }
purchases = { rate = 5_000, basket = "lognormal(mean=3, sd=1)" }
[stages.away]
to = { gone = 0.1 }
[stages.gone]
[touchpoints.offer]
rate = 0.4
drivers = { "tier.gold" = 0.5 }
ends.taken = { chance = 0.1, to = { wholesale = 0.2 } }
[touchpoints.thanks]
on = "purchase"
in = ["active"]
"#;
    let runs = Experiment::new(&model(study)).threads(2).run().unwrap();
    for segment in ["plain", "gold"] {
        let of_class = |what: &str| over_time(&runs, "all", &format!("tags.tier.{segment}{what}"));
        let of_segment = |metric: &str| over_time(&runs, segment, metric);
        equal(&of_class(""), &of_segment("active_customers"), segment);
        equal(&of_class(".purchases"), &of_segment("purchases"), segment);
        equal(&of_class(".spent"), &of_segment("revenue"), segment);
        let met = [of_segment("touchpoints.offer"), of_segment("touchpoints.thanks")];
        let met: Vec<f64> = met[0].iter().zip(&met[1]).map(|(one, other)| one + other).collect();
        equal(&of_class(".touchpoints"), &met, segment);
    }
    // Nobody comes back here, so that who stays is who is there of those who were.
    let still = with(study, &[(", to = { wholesale = 0.2 } }", " }")]);
    let runs = Experiment::new(&model(&still)).threads(2).run().unwrap();
    for segment in ["plain", "gold"] {
        let stays = runs.levels(0, &format!("tags.tier.{segment}.retained"));
        let there = over_time(&runs, segment, "active_customers");
        let truth = there[1..].iter().sum::<f64>() / there[..9].iter().sum::<f64>();
        let mean = stays.iter().sum::<f64>() / stays.len() as f64;
        assert!((mean - truth).abs() < 1e-3, "{segment}: {mean}, {truth}");
    }
}

#[test]
fn what_is_counted_by_class_adds_up_to_what_is_counted_of_all() {
    let study = with(CLIMBERS, &[("replications = 60", "replications = 4")]);
    // Alone, and where all go through a period together.
    adds_up(&study);
    adds_up(&with(&study, &HEARING));
}

/// Word of mouth.
const HEARING: [(&str, &str); 2] = [
    ("retained = true\nquality", "retained = true\ntalks = true\nquality"),
    ("to = { active = 0.2,", "to = { active = { chance = 0.2, word_of_mouth = 0.1 },"),
];

fn adds_up(study: &str) {
    let runs = Experiment::new(&model(study)).threads(2).run().unwrap();
    for (tag, classes) in [("tier", &["bronze", "silver", "gold"] as &[&str]), ("mood", &["sour", "sweet"])] {
        let all = |what: &str| {
            let names: Vec<String> = classes.iter().map(|class| format!("tags.{tag}.{class}{what}")).collect();
            sum(&runs, &names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        equal(&all(""), &over_time(&runs, "all", "active_customers"), tag);
        equal(&all(".purchases"), &over_time(&runs, "all", "purchases"), tag);
        equal(&all(".spent"), &over_time(&runs, "all", "revenue"), tag);
        equal(&all(".touchpoints"), &sum(&runs, &["touchpoints.offer", "touchpoints.thanks"]), tag);
    }
    assert!(runs.model().tags.iter().any(|tag| tag.name == "phase" && tag.cut.is_none()));
    assert!(!runs.summary().scenarios[0].metrics.contains_key("tags.phase.fresh.purchases"), "it is not cut");
}

#[test]
fn who_stays_is_told_by_the_class_that_the_period_leaves_them_in() {
    let cut = with(TIERS, &[("regular = 4 }", "regular = 4 }\ncut = true")]);
    let leaving = "to = { gone = { chance = 0.1, drivers = { \"phase.regular\" = -1 } } }\n";
    let at = |horizon: &str| summary(&model(&(with(&cut, &[("horizon = 8", horizon)]) + leaving)));
    let (early, late) = (at("horizon = 3"), at("horizon = 8"));
    near(&early, "tags.phase.new.retained", 0.9);
    near(&late, "tags.phase.regular.retained", 1.0 - moved(0.1, -1.0));
    assert_eq!(level(&early, "tags.phase.regular.retained").mean, 0.0, "nobody is regular yet");
    // Over the horizon all periods count together, though nobody is new at its end.
    near(&late, "tags.phase.new.retained", 0.9);
    assert_eq!(level(&late, "tags.phase.new").mean, 0.0);
}

/// Without what is counted by class.
fn without(value: Value) -> Value {
    let is_cut = |key: &str| key.starts_with("tags.") && key.split('.').count() == 4;
    match value {
        Value::Object(entries) => {
            entries.into_iter().filter(|(key, _)| !is_cut(key)).map(|(key, value)| (key, without(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without).collect(),
        other => other,
    }
}

#[test]
fn what_is_counted_by_class_changes_nothing_else() {
    let small = with(CLIMBERS, &[("replications = 60", "replications = 5")]);
    let counted = |study: &str| serde_json::to_value(summary(&model(study))).unwrap();
    let (cut, plain) = (counted(&small), counted(&small.replace("cut = true\n", "")));
    assert_ne!(cut, plain);
    assert_eq!(without(cut), plain);
}

#[test]
fn targets_may_name_what_is_counted_by_class() {
    let targets = "[targets.gold]\nmetric = \"tags.tier.gold.retained\"\nat_least = 0.9\n\
                   [targets.silver]\nmetric = \"tags.tier.silver.spent\"\nat_least = 0.05\nrelative_to_baseline = true\n";
    let study = with(CLIMBERS, &[("replications = 60", "replications = 4")]) + targets;
    let runs = Experiment::new(&model(&study)).threads(2).run().unwrap();
    let business = runs.business();
    let names: Vec<&str> = business.targets.iter().map(|its| its.metric.as_str()).collect();
    assert_eq!(names, ["tags.tier.gold.retained", "tags.tier.silver.spent"]);
    assert!(business.targets.iter().all(|its| !its.scenarios.is_empty()));
}
