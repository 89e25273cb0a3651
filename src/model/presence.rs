//! A presence is what is counted of the customers in a stage where its values are not the same for all of them: how many
//! they are by their place in a list, or the sum of a trait over them. Prices multiply it, so that no mechanism sees one.

use crate::quantity::{CounterId, StageId, TraitId};
use crate::stats::distribution::Distribution;

use super::counter::{Counter, Measure, Shape};

/// What is counted of the customers in a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Presence {
    /// The stage.
    pub stage: StageId,
    /// The trait that is summed over them; where there is none, they are counted.
    pub own: Option<TraitId>,
    /// What counts it: whole numbers of the parts that its unit says.
    pub counter: CounterId,
}

impl Presence {
    /// Its counter, in a model with these laws of the trait.
    pub fn counter(&self, name: &str, laws: &[Distribution]) -> Counter {
        let unit = if self.own.is_some() { parts(laws) } else { 1.0 };
        Counter { unit, ..Counter::new(&format!("values of {name}"), Shape::ByItem(1), Measure::State) }
    }
}

/// In how many parts one of a trait is counted: a power of two, by which the largest mean of its laws comes to 2^23 to 2^24
/// parts. So it is counted about as finely as it is drawn, and a level 2^27 times the mean still has room.
fn parts(laws: &[Distribution]) -> f64 {
    let mean = laws.iter().map(Distribution::mean).filter(|mean| mean.is_finite()).fold(0.0, f64::max);
    let (_, exponent) = libm::frexp(mean);
    libm::ldexp(1.0, (24 - exponent).clamp(-64, 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_as_many_parts_as_a_number_of_single_precision() {
        for mean in [1e-9, 0.3, 1.0, 7.0, 1e12] {
            let parts = parts(&[Distribution::Constant(0.0), Distribution::Constant(mean)]) * mean;
            assert!((8_388_608.0..=16_777_216.0).contains(&parts), "{mean}: {parts}");
        }
        assert!(parts(&[Distribution::Constant(0.0)]) >= 1.0);
    }
}
