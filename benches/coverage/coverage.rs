//! Coverage: how often intervals contain the true value, by situation and number of replications, as CSV.
//!
//! `coverage [EXPERIMENTS] [MOST_REPLICATIONS] [SITUATION]`; it ends with 1 where a bar is missed. Nothing in it reads a clock.
//! `benches/summarise coverage` makes the table of `docs/validation.md` from it.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints a table, or says why not"
)]

mod experiment;

use experiment::{Coverage, Kind, Situation, situations};

const REPLICATIONS: [u32; 5] = [5, 10, 20, 50, 200];
/// As many as tell 0.93 from 0.95.
const EXPERIMENTS: u32 = 2_000;
const KINDS: [(Kind, &str); 5] = [
    (Kind::Level, "levels"),
    (Kind::Midway, "midway"),
    (Kind::Difference, "differences"),
    (Kind::Controlled, "controlled"),
    (Kind::Better, "chance to be better"),
];

fn main() {
    let mut asked = std::env::args().skip(1);
    let experiments = asked.next().and_then(|count| count.parse().ok()).unwrap_or(EXPERIMENTS);
    let most = asked.next().and_then(|count| count.parse().ok()).unwrap_or(u32::MAX);
    let only = asked.next();
    let replications: Vec<u32> = REPLICATIONS.into_iter().filter(|count| *count <= most).collect();
    println!("situation,replications,figures,least,greatest");
    let mut missed = Vec::new();
    for situation in situations().iter().filter(|its| only.as_deref().is_none_or(|only| its.name == only)) {
        let found = situation.covered(&replications, experiments);
        for (replications, coverage) in replications.iter().zip(&found) {
            for (kind, figures) in KINDS {
                println!("{},{replications},{figures},{}", situation.name, extremes(coverage, kind, experiments));
            }
            missed.extend(
                outside(situation, coverage, experiments)
                    .into_iter()
                    .map(|what| format!("{}, {replications}: {what}", situation.name)),
            );
        }
    }
    missed.iter().for_each(|what| eprintln!("{what}"));
    if !missed.is_empty() {
        std::process::exit(1);
    }
}

/// The least and the greatest coverage of one kind of figures; empty where no figure of the kind is offered.
fn extremes(coverage: &Coverage, kind: Kind, experiments: u32) -> String {
    let shares: Vec<f64> = coverage
        .iter()
        .filter(|((its, _), tally)| *its == kind && tally.told == experiments)
        .map(|(_, tally)| tally.share())
        .collect();
    let (least, most) =
        shares.iter().fold((1.0_f64, 0.0_f64), |(least, most), share| (least.min(*share), most.max(*share)));
    if shares.is_empty() { ",".to_owned() } else { format!("{least:.3},{most:.3}") }
}

/// What misses a bar. Chances are exact, and so wide; what is known without doubt always covers.
fn outside(situation: &Situation, coverage: &Coverage, experiments: u32) -> Vec<String> {
    let one = |((kind, name), tally): (&(Kind, String), &experiment::Tally)| {
        let share = tally.share();
        let wide = *kind != Kind::Better && share < 1.0 && situation.most.is_some_and(|most| share > most);
        let sometimes = tally.told != experiments;
        (share < situation.least || wide || sometimes)
            .then(|| format!("{kind:?} {name} {share:.4}, told in {}", tally.told))
    };
    coverage.iter().filter_map(one).collect()
}
