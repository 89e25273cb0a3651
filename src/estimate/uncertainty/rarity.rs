//! A rarity is something that is drawn once per replication and that so few replications see that they cannot say what it
//! is worth: a success, a shock, an uncertain number that is mostly the same.
//!
//! Whether something is rare depends on the study and the number of replications, never on what was drawn: a study that told
//! intervals only where luck happened to show something would tell them too narrow.

use crate::model::Model;
use crate::model::roadmap::Scenario;
use crate::model::world::Occurrence;
use crate::quantity::ParamId;
use crate::stats::distribution::Distribution;

/// How many replications have to be expected either way. The intervals of Student's t of a number that is one thing or
/// another cover what they promise from about there on (Brown, Cai & Das Gupta 2001, "Interval estimation for a binomial
/// proportion", Statistical Science 16(2)); from 10 on, those of 95 % were found to cover 92 %.
const ENOUGH: f64 = 15.0;
/// What is less likely than this, in all replications together, is taken for impossible.
const NEVER: f64 = 1e-9;

/// Something that is rare, or rarely fails to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Rarity {
    /// What it is, in words.
    pub what: String,
    /// The chance, in each of so many trials of a replication, that the rarer of both happens.
    pub chance: f64,
    trials: f64,
    /// Whether it is its failing that is rare.
    mostly: bool,
}

impl Rarity {
    fn of(what: String, chance: f64, trials: f64) -> Option<Self> {
        let rarer = chance.min(1.0 - chance);
        (rarer > NEVER).then_some(Self { what, chance: rarer, trials, mostly: chance > 0.5 })
    }

    /// Whether it is rare in so many replications.
    pub fn is_rare(&self, replications: u64) -> bool {
        self.chance * self.trials * (replications as f64) < ENOUGH
    }

    /// How often it is to be expected, in words: `comes about 2 times in 10 replications`.
    pub fn how_often(&self, replications: u64) -> String {
        let expected = self.chance * self.trials * replications as f64;
        let rarely = if self.mostly { "fails to come " } else { "comes " };
        let times = match expected {
            none if none < 0.5 => "hardly ever".to_owned(),
            one if one < 1.5 => "about once".to_owned(),
            some => format!("about {some:.0} times"),
        };
        format!("{rarely}{times} in {replications} replications")
    }

    /// How many replications would do.
    pub fn enough(&self) -> f64 {
        libm::ceil(ENOUGH / (self.chance * self.trials))
    }
}

/// Everything that may be rare in a scenario.
pub fn rarities(model: &Model, scenario: &Scenario) -> Vec<Rarity> {
    let mean = |id: ParamId| model.params[id.index()].law.mean();
    let planned = scenario.plan.iter().map(|planned| planned.initiative);
    let mut initiatives: Vec<usize> =
        planned.chain(scenario.rules.iter().flat_map(|rule| rule.initiatives.iter().copied())).collect();
    initiatives.sort_unstable();
    initiatives.dedup();
    let successes = initiatives.into_iter().filter_map(|place| {
        let initiative = &model.initiatives[place];
        let (chance, _) = initiative.success?;
        Rarity::of(format!("the success of “{}”", initiative.title), mean(chance), 1.0)
    });
    let shocks = model.shocks.iter().filter_map(|shock| {
        let what = format!("the shock “{}”", shock.title);
        let horizon = f64::from(model.run.horizon);
        match shock.when {
            Occurrence::Hazard(hazard) => Rarity::of(what, mean(hazard), horizon),
            Occurrence::In(period) => Rarity::of(what, model.params[period.index()].law.cdf(horizon + 0.5), 1.0),
        }
    });
    let numbers = model.params.iter().filter_map(|param| match param.law {
        Distribution::Bernoulli { p } => Rarity::of(format!("`{}`", param.path), p, 1.0),
        _ => None,
    });
    successes.chain(shocks).chain(numbers).collect()
}
