//! J3a in plain Rust: one life after the other, chunks of customers in parallel, a small generator for each chunk.
//!
//! `rust_plain_j3a J3a [-n CUSTOMERS] [-t PERIODS] [--threads N] [--seed SEED] [--totals]` prints one line of JSON. With
//! `--totals` it has what was counted in every period. The work is `benches/studies/j3a.toml`; `docs/model.md` has the
//! equations.

#![allow(clippy::disallowed_methods, reason = "no result of polku comes from here")]

use std::time::Instant;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution, LogNormal, Normal, Poisson};
use rayon::prelude::*;

const STAGES: [&str; 6] = ["prospect", "onboarding", "active", "at_risk", "lapsed", "churned"];
const PROSPECT: usize = 0;
const ONBOARDING: usize = 1;
const ACTIVE: usize = 2;
const AT_RISK: usize = 3;
const LAPSED: usize = 4;
const CHURNED: usize = 5;
/// How many customers a thread takes at a time.
const CHUNK: usize = 16_384;

const NEUTRAL: f64 = 0.6;
const LEARNING: f64 = 0.3;
const GAIN: f64 = 0.2;
const LOSS: f64 = 0.45;
const ADAPTS: f64 = 0.1;
const PEAK_WEIGHS: f64 = 0.5;
const HALF_LIFE: f64 = 12.0;
const RISE: f64 = 0.04;
const FALL: f64 = 0.08;

const QUESTION_RATE: f64 = 0.15;
const ADVICE_CHANCE: f64 = 0.1;
const WRONG_CHANCE: f64 = 0.1;
const WRONG_QUALITY: f64 = 0.3;
const FAILURE_RATE: f64 = 0.05;
const FAILURE_EFFORT: f64 = 0.05;

/// How satisfaction bends a chance.
#[derive(Clone, Copy)]
enum Driver {
    Free,
    /// Log-odds of -3 for each unit of satisfaction.
    Worse,
    /// Log-odds of 3.
    Better,
}
use Driver::{Better, Free, Worse};

/// A way out of a stage: where it leads, its chance at neutral satisfaction, and what bends that.
type Exit = (usize, f64, Driver);

struct Stage {
    stay: f64,
    exits: &'static [Exit],
    /// The mean quality of a period.
    quality: Option<f64>,
    /// The rate of purchases; 0 where there are none.
    purchases: f64,
}

const JOURNEY: [Stage; 6] = [
    Stage { stay: 0.75, exits: &[(ONBOARDING, 0.20, Free), (CHURNED, 0.05, Worse)], quality: None, purchases: 0.0 },
    Stage {
        stay: 0.30,
        exits: &[(ACTIVE, 0.60, Free), (AT_RISK, 0.05, Worse), (CHURNED, 0.05, Worse)],
        quality: Some(0.65),
        purchases: 0.3,
    },
    Stage {
        stay: 0.90,
        exits: &[(AT_RISK, 0.07, Worse), (LAPSED, 0.02, Worse), (CHURNED, 0.01, Worse)],
        quality: Some(0.70),
        purchases: 1.2,
    },
    Stage {
        stay: 0.45,
        exits: &[(ACTIVE, 0.35, Better), (LAPSED, 0.12, Free), (CHURNED, 0.08, Free)],
        quality: Some(0.45),
        purchases: 0.5,
    },
    Stage { stay: 0.75, exits: &[(ACTIVE, 0.15, Better), (CHURNED, 0.10, Free)], quality: None, purchases: 0.0 },
    Stage { stay: 1.0, exits: &[], quality: None, purchases: 0.0 },
];

/// The laws that are drawn from, made once.
struct Laws {
    satisfaction: Normal<f64>,
    expectation: Normal<f64>,
    commitment: Normal<f64>,
    quality: [Option<Normal<f64>>; 6],
    basket: LogNormal<f64>,
    questions: Poisson<f64>,
    question: Normal<f64>,
    advice: Normal<f64>,
    failures: Poisson<f64>,
    failure: Beta<f64>,
}

impl Laws {
    fn new() -> Self {
        let normal = |mean, sd| Normal::new(mean, sd).unwrap();
        Laws {
            satisfaction: normal(0.6, 0.1),
            expectation: normal(0.65, 0.08),
            commitment: normal(0.5, 0.15),
            quality: JOURNEY.map(|stage| stage.quality.map(|mean| normal(mean, 0.15))),
            basket: LogNormal::new(3.4, 0.5).unwrap(),
            questions: Poisson::new(QUESTION_RATE).unwrap(),
            question: normal(0.72, 0.12),
            advice: normal(0.75, 0.12),
            failures: Poisson::new(FAILURE_RATE).unwrap(),
            failure: Beta::new(2.0, 6.0).unwrap(),
        }
    }
}

/// What is counted of a period. Those in the last stage are counted where they come to it; states are sums over the others.
#[derive(Clone, Default)]
struct Period {
    customers: [u64; 6],
    purchases: u64,
    revenue: f64,
    advice: u64,
    wrong: u64,
    questions: u64,
    failures: u64,
    satisfaction: f64,
    expectation: f64,
    peak: f64,
    last: f64,
    commitment: f64,
}

impl Period {
    fn add(&mut self, other: &Period) {
        self.customers.iter_mut().zip(other.customers).for_each(|(sum, count)| *sum += count);
        self.purchases += other.purchases;
        self.revenue += other.revenue;
        self.advice += other.advice;
        self.wrong += other.wrong;
        self.questions += other.questions;
        self.failures += other.failures;
        self.satisfaction += other.satisfaction;
        self.expectation += other.expectation;
        self.peak += other.peak;
        self.last += other.last;
        self.commitment += other.commitment;
    }

    /// All numbers, under the names that polku gives them.
    fn named(&self) -> Vec<(String, f64)> {
        let customers =
            STAGES.iter().zip(self.customers).map(|(stage, count)| (format!("customers.{stage}"), count as f64));
        let others = [
            ("purchases", self.purchases as f64),
            ("revenue", self.revenue),
            ("touchpoints.advice", self.advice as f64),
            ("touchpoints.advice.wrong", self.wrong as f64),
            ("touchpoints.question", self.questions as f64),
            ("touchpoints.failure", self.failures as f64),
            ("satisfaction", self.satisfaction),
            ("states.expectation", self.expectation),
            ("states.peak", self.peak),
            ("states.last", self.last),
            ("states.memory", PEAK_WEIGHS * self.peak + (1.0 - PEAK_WEIGHS) * self.last),
            ("states.commitment", self.commitment),
        ];
        customers.chain(others.map(|(name, number)| (name.to_owned(), number))).collect()
    }
}

/// What a customer feels, expects, remembers, and holds to.
struct Mind {
    satisfaction: f64,
    expectation: f64,
    peak: f64,
    last: f64,
    commitment: f64,
}

impl Mind {
    /// What is met moves satisfaction by how it feels, then what is expected and what is remembered.
    fn meet(&mut self, quality: f64) {
        let met = quality.clamp(0.0, 1.0);
        let differs = met - self.expectation;
        let felt = met + differs * if differs >= 0.0 { GAIN } else { LOSS };
        self.satisfaction = (self.satisfaction + LEARNING * (felt - self.satisfaction)).clamp(0.0, 1.0);
        self.expectation += ADAPTS * (met - self.expectation);
        if (met - NEUTRAL).abs() > (self.peak - NEUTRAL).abs() {
            self.peak = met;
        }
        self.last = met;
    }
}

/// Takes one customer through all periods, or until they churn.
fn live(periods: &mut [Period], laws: &Laws, left: f64, rng: &mut SmallRng) {
    let mut stage = PROSPECT;
    let mut mind = Mind {
        satisfaction: laws.satisfaction.sample(rng).clamp(0.0, 1.0),
        expectation: laws.expectation.sample(rng).clamp(0.0, 1.0),
        peak: NEUTRAL,
        last: NEUTRAL,
        commitment: laws.commitment.sample(rng).clamp(0.0, 1.0),
    };
    for period in periods {
        // Forget.
        mind.peak = NEUTRAL + (mind.peak - NEUTRAL) * left;
        mind.last = NEUTRAL + (mind.last - NEUTRAL) * left;
        // Feel what a period in the stage is like.
        if let Some(quality) = &laws.quality[stage] {
            mind.meet(quality.sample(rng));
        }
        // Touchpoints, in polku's order.
        if rng.random::<f64>() < ADVICE_CHANCE {
            period.advice += 1;
            if rng.random::<f64>() < WRONG_CHANCE {
                period.wrong += 1;
                mind.meet(WRONG_QUALITY);
            } else {
                mind.meet(laws.advice.sample(rng));
            }
        }
        for _ in 0..laws.questions.sample(rng) as u32 {
            period.questions += 1;
            mind.meet(laws.question.sample(rng));
        }
        for _ in 0..laws.failures.sample(rng) as u32 {
            period.failures += 1;
            mind.meet(laws.failure.sample(rng) - FAILURE_EFFORT);
        }
        // Commitment follows satisfaction.
        let pull = mind.satisfaction - mind.commitment;
        mind.commitment += pull * if pull >= 0.0 { RISE } else { FALL };
        // Move.
        let off = mind.satisfaction - NEUTRAL;
        let worse = f64::exp(-3.0 * off);
        let bent = [1.0, worse, 1.0 / worse];
        let its = &JOURNEY[stage];
        let weights: f64 = its.exits.iter().map(|(_, chance, driver)| chance * bent[*driver as usize]).sum();
        let mut goal = rng.random::<f64>() * (its.stay + weights) - its.stay;
        if goal >= 0.0 {
            for (to, chance, driver) in its.exits {
                stage = *to;
                goal -= chance * bent[*driver as usize];
                if goal < 0.0 {
                    break;
                }
            }
        }
        period.customers[stage] += 1;
        if stage == CHURNED {
            return;
        }
        // Buy.
        let rate = JOURNEY[stage].purchases;
        if rate > 0.0 {
            let bought = Poisson::new(rate * off.exp()).unwrap().sample(rng) as u32;
            period.purchases += u64::from(bought);
            for _ in 0..bought {
                period.revenue += laws.basket.sample(rng);
            }
        }
        period.satisfaction += mind.satisfaction;
        period.expectation += mind.expectation;
        period.peak += mind.peak;
        period.last += mind.last;
        period.commitment += mind.commitment;
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str, default: u64| {
        arguments.iter().position(|a| a == name).map_or(default, |at| arguments[at + 1].parse().unwrap())
    };
    let n = option("-n", 1_000_000) as usize;
    let t = option("-t", 60) as usize;
    let threads = option("--threads", 1) as usize;
    let seed = option("--seed", 1);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let start = Instant::now();
    let laws = Laws::new();
    let left = f64::exp2(-1.0 / HALF_LIFE);
    let mut periods = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut rng = SmallRng::seed_from_u64(seed << 32 | chunk as u64);
            let mut periods = vec![Period::default(); t];
            for _ in 0..CHUNK.min(n - chunk * CHUNK) {
                live(&mut periods, &laws, left, &mut rng);
            }
            periods
        })
        .reduce(
            || vec![Period::default(); t],
            |mut sum, chunk| {
                sum.iter_mut().zip(&chunk).for_each(|(sum, period)| sum.add(period));
                sum
            },
        );
    // Nobody leaves the last stage.
    for at in 1..t {
        periods[at].customers[CHURNED] += periods[at - 1].customers[CHURNED];
    }
    let seconds = start.elapsed().as_secs_f64();
    let totals = if arguments.iter().any(|a| a == "--totals") { totals(&periods) } else { String::new() };
    println!(
        r#"{{"peer":"rust_plain","version":"rand 0.10","job":"J3a","n":{n},"t":{t},"threads":{threads},"sim_s":{seconds:.6},"rate":{}{totals}}}"#,
        (n * t) as f64 / seconds,
    );
}

/// What was counted, period by period, as a further field of the line.
fn totals(periods: &[Period]) -> String {
    let by_period: Vec<_> = periods.iter().map(Period::named).collect();
    let series = (0..by_period[0].len()).map(|place| {
        let numbers: Vec<f64> = by_period.iter().map(|period| period[place].1).collect();
        format!(r#""{}":{numbers:?}"#, by_period[0][place].0)
    });
    format!(r#","totals":{{{}}}"#, series.collect::<Vec<_>>().join(","))
}
