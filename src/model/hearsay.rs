//! Hearsay in numbers: what customers tell others of touchpoints, whom it reaches, and that it is heard one period later.
//!
//! What is told in a period is heard in the next one by everybody alike: with A told within the market and M customers who
//! have come so far, each hears it a Poisson number of times, of mean A / M (homogeneous mixing, as in the chain-binomial
//! model: Abbey 1952, "An examination of the Reed-Frost theory of epidemics", Human Biology 24(3)).

use crate::quantity::{CounterId, HearsayId, ParamId, TraitId};

/// In how many parts of one person what is told is counted: whole numbers add up to the same total in any order.
pub const PARTS: f64 = 65_536.0;

/// Nobody hears anything more often in the mean of a period.
pub const MOST_HEARD: f64 = 4.0;

/// What customers tell others.
#[derive(Clone, Debug)]
pub struct Hearsay {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What tells its draws from those of others.
    pub luck: u32,
    /// Whether a touchpoint or an inflow waits for it; otherwise nobody has to be looked at together.
    pub is_heard: bool,
    /// What counts whom it reaches in the market, in the period in which it is told.
    pub told: CounterId,
    /// What counts how often it is heard; it has no cell where nothing waits for it.
    pub heard: CounterId,
}

/// What others hear of a touchpoint that ends so.
#[derive(Clone, Copy, Debug)]
pub struct Tells {
    /// As what it is heard.
    pub of: HearsayId,
    /// How many people hear it.
    pub reach: Reach,
    /// The share of them who are customers or prospects.
    pub in_market: ParamId,
}

/// How many people hear something.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    /// The same number of whoever tells it.
    Same(ParamId),
    /// A trait of the teller; below 0 it counts as 0.
    Own(TraitId),
}

/// What is told within the market by one who reaches so many people, in [`PARTS`]; never below 0.
pub fn parts(reach: f64, in_market: f64) -> i128 {
    /// So much told by one customer at once is past any market, and so many of them add up without loss.
    const MOST: f64 = 1e15;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 6.6e19, which 128 bits hold")]
    let parts = libm::round((reach * in_market).clamp(0.0, MOST) * PARTS) as i128;
    parts
}

/// What newcomers of a period come of: what customers said one period before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overheard {
    /// How many real customers were in stages that talk.
    pub talkers: f64,
    /// How often real customers hear what was told, by hearsay.
    pub hearings: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_a_whole_number_of_parts_and_never_negative() {
        assert_eq!(parts(5.0, 0.3), 98_304);
        assert_eq!((parts(-3.0, 0.3), parts(5.0, 0.0), parts(f64::NAN, 1.0)), (0, 0, 0));
        assert_eq!(parts(1e300, 1.0), parts(1e15, 1.0));
    }
}
