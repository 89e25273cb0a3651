//! States that customers carry: closed forms, all lives of a small study, and what every mechanism has to hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text, with};
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::Summary;
use polku::inside::stats::estimate::Estimate;
use polku::inside::stats::moments::Moments;

/// Customers who stay, so that a state's mean is that of its law.
const STILL: &str = r#"
run = { period = "month", horizon = HORIZON, customers = 100_000, agents = 20_000, replications = 20, seed = 7 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[experience]
start = 0.5
neutral = 0.6
learning = 0.3
[stages.active]
retained = true
quality = QUALITY
purchases = { rate = 0.5, basket = 10 }
to = { gone = 0 }
[stages.gone]
"#;

fn still(horizon: u32, quality: &str, states: &str) -> Summary {
    let horizon = horizon.to_string();
    let study = with(STILL, &[("HORIZON", horizon.as_str()), ("QUALITY", quality)]);
    summary(&model(&(study + states)))
}

fn level<'s>(run: &'s Summary, scenario: &str, metric: &str) -> &'s Estimate {
    &run.scenarios.iter().find(|its| its.name == scenario).unwrap().metrics[metric]
}

/// Holds a mean against what it has to be, within 4.5 standard errors, or the rounding of single numbers where nothing is
/// drawn.
fn near(run: &Summary, metric: &str, truth: f64) {
    let is = level(run, "today", metric);
    let z = (is.mean - truth) / is.standard_error.unwrap().max(truth.abs() * 1e-6 + 1e-7);
    assert!(z.abs() < 4.5, "{metric}: {} instead of {truth}, z = {z}", is.mean);
}

#[test]
fn a_state_follows_quality_as_satisfaction_does_and_each_way_at_its_own_pace() {
    let states = r#"
[states.mood]
start = 0.5
follows = "quality"
rise = 0.3
[states.slow_to_forgive]
start = 0.9
follows = "quality"
rise = 0.05
fall = 0.4
"#;
    let run = still(9, "0.7", states);
    near(&run, "states.mood", 0.7 - 0.2 * libm::pow(0.7, 9.0));
    near(&run, "states.slow_to_forgive", 0.7 + 0.2 * libm::pow(0.6, 9.0));
    let run = still(9, "\"normal(0.7, 0.05)\"", states);
    let (mood, satisfaction) = (level(&run, "today", "states.mood"), level(&run, "today", "satisfaction"));
    // Satisfaction is the same smoothing, of the same draws.
    assert!((mood.mean - satisfaction.mean).abs() < 1e-6, "{} {}", mood.mean, satisfaction.mean);
}

#[test]
fn what_is_added_and_forgotten_has_its_closed_form() {
    // Half-lives of two periods; what was bought in period t counts from t + 1 on.
    let states = r"
[states.fatigue]
range = [0, 1000]
adds = { purchases = 1 }
half_life = 2
[states.trust]
range = [-4, 8]
start = 6
neutral = 1
rest = 2
half_life = { above = 3, below = 5 }
[states.doubt]
range = [-4, 8]
start = -3
neutral = 1
rest = 2
half_life = { above = 3, below = 5 }
";
    let run = still(12, "0.7", states);
    let left = libm::sqrt(0.5);
    let sum: f64 = (0..11).map(|age| libm::pow(left, f64::from(age))).sum();
    near(&run, "states.fatigue", 0.5 * sum);
    near(&run, "states.trust", 2.0 + 4.0 * libm::pow(0.5, 4.0));
    near(&run, "states.doubt", 2.0 - 5.0 * libm::pow(0.5, 2.4));
    // Long after, the mean of a Poisson stream that wears off: r / (1 - 2^(-1/h)).
    let run = still(80, "0.7", states);
    near(&run, "states.fatigue", 1.707_107);
}

#[test]
fn peaks_and_ends_are_those_of_all_lives() {
    // Each period is fine with chance 0.8, or a disaster; memory is half the peak and half the last period.
    let states = r#"
[states.worst]
start = 0.6
neutral = 0.6
peak = "quality"
half_life = { above = 8, below = 16 }
[states.last]
start = 0.6
neutral = 0.6
follows = "quality"
rise = 1
[states.memory]
neutral = 0.6
blend = { worst = 0.5, last = 0.5 }
"#;
    let run = still(8, "\"bernoulli(0.8)\"", states);
    let (mut peak, mut last) = (0.0, 0.0);
    for life in 0..256_u32 {
        let (mut chance, mut worst, mut end) = (1.0, 0.6_f64, 0.6);
        for period in 0..8 {
            let half_life = if worst >= 0.6 { 8.0 } else { 16.0 };
            worst = 0.6 + (worst - 0.6) * libm::pow(0.5, 1.0 / half_life);
            end = f64::from(life >> period & 1);
            chance *= if end > 0.5 { 0.8 } else { 0.2 };
            if (end - 0.6).abs() > (worst - 0.6).abs() {
                worst = end;
            }
        }
        peak += chance * worst;
        last += chance * end;
    }
    near(&run, "states.worst", peak);
    near(&run, "states.last", last);
    near(&run, "states.memory", 0.5 * (peak + last));
    assert!((0.0..0.6).contains(&peak), "a disaster outweighs what is fine: {peak}");
}

#[test]
fn states_that_follow_each_other_read_what_the_others_were_before() {
    let states = r#"
[states.one]
start = 1
follows = "two"
rise = 0.5
[states.two]
start = 0
follows = "one"
rise = 0.25
"#;
    let run = still(3, "0.7", states);
    let (mut one, mut two) = (1.0, 0.0);
    for _ in 0..3 {
        (one, two) = (one + 0.5 * (two - one), two + 0.25 * (one - two));
    }
    near(&run, "states.one", one);
    near(&run, "states.two", two);
}

/// States that drive moves and purchases, and newcomers.
const DRIVEN: &str = r#"
run = { period = "month", horizon = 10, customers = 50_000, agents = 3_000, replications = 60, seed = 12 }
scenarios.today = {}
scenarios.better.changes = [ { target = "stages.active.quality", add = 0.1, from = 3 } ]
scenarios.kept.changes = [ { target = "stages.active.to.risky", odds = 0.6 } ]
[segments.all]
share = 1
start = { active = 0.8, risky = 0.2 }
inflow = { per_period = 900, start = { active = 1 } }
[experience]
start = "normal(0.5, 0.1)"
neutral = 0.6
learning = 0.3
[states.trust]
start = "normal(0.5, 0.15)"
neutral = 0.5
follows = "satisfaction"
rise = 0.04
fall = 0.08
[states.fatigue]
range = [0, 20]
adds = { purchases = 1 }
half_life = 2
[states.both]
range = [-20, 20]
blend = { trust = 1, fatigue = -0.1 }
[stages.active]
retained = true
quality = "normal(0.7, 0.1)"
to = { risky = { chance = 0.08, drivers = { trust = -2, fatigue = 0.1 } }, gone = 0.01 }
purchases = { rate = 0.4, basket = "lognormal(mean=30, sd=10)", drivers = { both = 0.5 } }
[stages.risky]
retained = true
quality = 0.5
to = { active = { chance = 0.3, drivers = { both = 1 } }, gone = 0.1 }
[stages.gone]
"#;

#[test]
fn neither_names_nor_order_threads_nor_blocks_move_a_number() {
    let small = with(DRIVEN, &[("agents = 3_000", "agents = 9_000"), ("replications = 60", "replications = 3")]);
    let first = text(&summary(&model(&small)));
    let run =
        |threads, block| text(&Experiment::new(&model(&small)).threads(threads).block(block).run().unwrap().summary());
    for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
        assert!(run(threads, block) == first, "{threads} threads, blocks of {block}");
    }
    let (trust, fatigue) = (small.find("[states.trust]").unwrap(), small.find("[states.fatigue]").unwrap());
    let both = small.find("[states.both]").unwrap();
    let moved = [&small[..trust], &small[fatigue..both], &small[trust..fatigue], &small[both..]].concat();
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!(sorted(&text(&summary(&model(&moved)))), sorted(&first));
    let renamed = small.replace("trust", "zeal").replace("fatigue", "aversion");
    let told = text(&summary(&model(&renamed))).replace("zeal", "trust").replace("aversion", "fatigue");
    assert_eq!(sorted(&told), sorted(&first));
}

#[test]
fn a_state_that_nothing_reads_changes_nothing_else() {
    let more = with(DRIVEN, &[("replications = 60", "replications = 5")]);
    let unread = more.clone() + "\n[states.unread]\nstart = \"uniform(0, 1)\"\nfollows = \"quality\"\nrise = 0.2\n";
    let (before, after) = (summary(&model(&more)), summary(&model(&unread)));
    for (before, after) in before.scenarios.iter().zip(&after.scenarios) {
        for (metric, estimate) in &before.metrics {
            assert_eq!(estimate, &after.metrics[metric], "{metric}");
        }
        assert!(after.metrics.contains_key("states.unread"));
    }
    for (before, after) in before.contrasts.iter().zip(&after.contrasts) {
        assert_eq!(before.affected_customers, after.affected_customers);
        assert_eq!(before.metrics["npv"], after.metrics["npv"]);
    }
}

#[test]
fn where_a_state_drives_nothing_is_called_exact_and_the_reason_is_told() {
    let runs = Experiment::new(&model(&with(DRIVEN, &[("replications = 60", "replications = 2")]))).run().unwrap();
    let why = runs.why_not_exact();
    assert!(why.iter().any(|why| why.contains("drives moves or purchases")), "{why:?}");
}

#[test]
fn forced_differences_agree_with_paired_ones() {
    // Where customers come later no difference is forced.
    let model = model(&with(DRIVEN, &[("inflow = { per_period = 900, start = { active = 1 } }\n", "")]));
    let with = |grain| Experiment::new(&model).threads(2).forced(&[None, None, grain]).run().unwrap();
    let (paired, forced) = (with(None).summary(), with(Some(Resolution(2))));
    let pairs = paired.contrasts.iter().find(|contrast| contrast.scenario == "kept").unwrap();
    for metric in ["retention", "purchases", "revenue", "states.trust", "states.fatigue", "states.both"] {
        let sample: Moments = forced.forced_differences(2, metric).into_iter().collect();
        let error = libm::sqrt(sample.variance().unwrap() / 60.0);
        let pair = &pairs.metrics[metric].estimate;
        let z = (sample.mean() - pair.mean) / libm::hypot(error, pair.standard_error.unwrap());
        assert!(z.abs() < 4.5, "{metric}: {} forced, {} paired, z = {z}", sample.mean(), pair.mean);
        assert!(sample.mean() != 0.0, "{metric}");
    }
}

#[test]
fn what_falls_short_of_expectation_has_its_closed_form() {
    let with_experience = |horizon: u32, keys: &str| {
        let (horizon, keys) = (horizon.to_string(), format!("learning = 0.3\n{keys}"));
        let study = with(STILL, &[("HORIZON", horizon.as_str()), ("QUALITY", "0.6"), ("start = 0.5", "start = 0.7")]);
        summary(&model(&with(&study, &[("learning = 0.3", keys.as_str())])))
    };
    let keys = "gain = 0.2\nloss = 0.45\nexpectation = { start = 0.8, adapts = 0.1 }\n";
    for (horizon, truth) in [(6, 0.555_902_980_0), (24, 0.589_276_551_8)] {
        let run = with_experience(horizon, keys);
        near(&run, "satisfaction", truth);
        let (a, l) = (libm::pow(0.9, f64::from(horizon)), libm::pow(0.7, f64::from(horizon)));
        near(&run, "states.expectation", 0.6 + 0.2 * a);
        // s_t = q + (s_0 - q)(1 - l)^t - loss (e_0 - q) l ((1 - a)^t - (1 - l)^t) / (l - a)
        assert!((0.6 + 0.1 * l - 0.45 * 0.2 * 0.3 * (a - l) / 0.2 - truth).abs() < 1e-9);
    }
    // What passes expectation counts by its own weight: from below the sign is turned.
    let run = with_experience(6, "gain = 0.2\nloss = 0.45\nexpectation = { start = 0.4, adapts = 0.1 }\n");
    let (a, l) = (libm::pow(0.9, 6.0), libm::pow(0.7, 6.0));
    near(&run, "satisfaction", 0.6 + 0.1 * l + 0.2 * 0.2 * 0.3 * (a - l) / 0.2);
    // Without weights satisfaction moves by what is met, whatever was expected.
    let run = with_experience(6, "expectation = { start = 0.8, adapts = 0.1 }\n");
    near(&run, "satisfaction", 0.6 + 0.1 * l);
}

#[test]
fn memory_is_the_blend_of_peak_and_last_period() {
    let states = "[states.worst]\nstart = 0.6\nneutral = 0.6\npeak = \"quality\"\nhalf_life = { above = 8, below = 16 }\n\
                  [states.end]\nstart = 0.6\nneutral = 0.6\nfollows = \"quality\"\nrise = 1\nhalf_life = { above = 8, below = 16 }\n";
    let preset = "learning = 0.3\nmemory = { peak = 0.3, half_life = { above = 8, below = 16 } }";
    let study = with(STILL, &[("HORIZON", "8"), ("QUALITY", "\"bernoulli(0.8)\""), ("learning = 0.3", preset)]);
    let run = summary(&model(&(study + states)));
    let mean = |metric: &str| level(&run, "today", metric).mean;
    assert_eq!(mean("states.peak"), mean("states.worst"));
    assert_eq!(mean("states.last"), mean("states.end"));
    let blend = 0.3 * mean("states.peak") + 0.7 * mean("states.last");
    assert!((mean("states.memory") - blend).abs() < 1e-6, "{} {blend}", mean("states.memory"));
}

/// Commitment long after it began at `start`, where satisfaction stays at `satisfaction`.
fn settled(start: f64, satisfaction: f64, cusp: f64) -> f64 {
    let commitment = format!("learning = 0.3\ncommitment = {{ start = {start}, rise = 0.1, cusp = {cusp} }}");
    let (s, start) = (format!("start = {satisfaction}\n"), satisfaction.to_string());
    let study = with(STILL, &[("HORIZON", "2000"), ("QUALITY", start.as_str()), ("start = 0.5\n", s.as_str())]);
    let study = with(&study, &[("learning = 0.3", commitment.as_str()), ("agents = 20_000", "agents = 2")]);
    let study = with(&study, &[("replications = 20", "replications = 2")]);
    level(&summary(&model(&study)), "today", "states.commitment").mean
}

#[test]
fn commitment_turns_where_the_cusp_says_and_the_way_down_is_not_the_way_up() {
    for cusp in [1.0_f64, 1.5] {
        // Two settled levels while |6 (s - neutral)| < 2 (b / 3)^1.5.
        let jump = 2.0 * libm::pow(cusp / 3.0, 1.5) / 6.0;
        for side in [-1.0, 1.0] {
            let (stays, leaves) = (0.6 - side * 0.98 * jump, 0.6 - side * 1.02 * jump);
            let from = 0.5 + side * 0.4;
            let kept = settled(from, stays, cusp);
            assert!((kept - 0.5) * side > 0.05, "{cusp}: {kept} from {from} at {stays}");
            let turned = settled(from, leaves, cusp);
            assert!((turned - 0.5) * side < -0.05, "{cusp}: {turned} from {from} at {leaves}");
        }
    }
    // Without hardness there is one level, wherever it began.
    assert!((settled(0.9, 0.62, 0.0) - settled(0.1, 0.62, 0.0)).abs() < 1e-4);
}

#[test]
fn commitment_follows_satisfaction_at_its_paces() {
    let study = with(
        STILL,
        &[
            ("HORIZON", "9"),
            ("QUALITY", "0.5"),
            ("learning = 0.3", "learning = 0.3\ncommitment = { start = 0.9, rise = 0.04, fall = 0.08 }"),
        ],
    );
    near(&summary(&model(&study)), "states.commitment", 0.5 + 0.4 * libm::pow(0.92, 9.0));
}
