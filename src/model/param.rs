//! A parameter is a number of the study that has a path; uncertain ones are drawn once per replication.

use crate::quantity::ParamId;
use crate::stats::distribution::Distribution;
use serde::{Deserialize, Serialize};

use crate::study::path::ParamPath as Path;

/// What a parameter means, and so where it may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A chance per period, in [0, 1].
    Chance,
    /// A share or rate of something, in [0, 1].
    Share,
    /// A quantity that cannot be negative.
    Positive,
    /// Growth a year: at worst all there is is lost.
    Growth,
    /// Any finite number.
    Real,
}

impl Meaning {
    /// Whether a value may stand there.
    pub fn allows(self, value: f64) -> bool {
        match self {
            Self::Chance | Self::Share => (0.0..=1.0).contains(&value),
            Self::Positive => value >= 0.0 && value.is_finite(),
            Self::Growth => value >= -1.0 && value.is_finite(),
            Self::Real => value.is_finite(),
        }
    }

    /// The least and the greatest value that may stand there.
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::Chance | Self::Share => (0.0, 1.0),
            Self::Positive => (0.0, f64::MAX),
            Self::Growth => (-1.0, f64::MAX),
            Self::Real => (f64::MIN, f64::MAX),
        }
    }

    /// The value that may stand there and is nearest to a number.
    pub fn held(self, value: f64) -> f64 {
        let (least, greatest) = self.ends();
        value.clamp(least, greatest)
    }

    /// What may stand there, in words.
    pub fn range(self) -> &'static str {
        match self {
            Self::Chance | Self::Share => "a number from 0 to 1",
            Self::Positive => "a number that is not negative",
            Self::Growth => "a number that is not below -1",
            Self::Real => "a finite number",
        }
    }
}

/// A number of the study that has a path.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its path; the elements of a list share the path of the list.
    pub path: Path,
    /// Its place in a list.
    pub element: Option<usize>,
    /// Where it was written, for diagnostics; differs from `path` inside a table (`... .chance`).
    pub written: Path,
    /// What it means.
    pub meaning: Meaning,
    /// Its value, or the distribution of an uncertain number.
    pub law: Distribution,
    /// The number that fixes its luck, whatever its name or place in the file is.
    pub luck: u64,
    /// Whether scenarios may change it over time.
    pub changeable: bool,
    /// Whether it stands for each customer's own chance, so that `law` is not used.
    pub own: bool,
}

impl Param {
    /// Whether the number is drawn anew for each replication.
    pub fn is_uncertain(&self) -> bool {
        !matches!(self.law, Distribution::Constant(_))
    }

    /// Whether it is the rate of a way out of a stage.
    pub fn is_transition_rate(&self) -> bool {
        matches!(self.written.names()[..], ["stages", _, "to", _, "rate"])
    }

    /// Its value at a probability, held within its range: a law may leave it once in a million draws, see
    /// [`super::outside`].
    pub fn at(&self, probability: f64) -> f64 {
        match self.law {
            Distribution::Constant(value) => value,
            ref law => self.meaning.held(law.quantile(probability)),
        }
    }
}

/// One value for each parameter: a draw of all uncertain numbers, or their medians.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ParamSet(pub Vec<f64>);

impl ParamSet {
    /// Draws each uncertain number at the probability that `luck` gives for its luck number.
    pub fn drawn(params: &[Param], luck: impl Fn(u64) -> f64) -> Self {
        let value = |param: &Param| if param.is_uncertain() { param.at(luck(param.luck)) } else { param.at(0.5) };
        Self(params.iter().map(value).collect())
    }
}

impl std::ops::Index<ParamId> for ParamSet {
    type Output = f64;

    fn index(&self, id: ParamId) -> &f64 {
        &self.0[id.index()]
    }
}
