//! Conversion: who of those who started or came in a stage that is not retained has been in a retained one since, and how
//! long that took.
//!
//! Both follow from whole numbers: how many come so, how many have not been retained so far, and how many periods these have
//! waited. Who converts in a period leaves the two latter. (A renewal argument: Little 1961, "A proof for the queuing formula
//! L = λW", Operations Research 9(3).)

use serde::{Deserialize, Serialize};

/// Sums up to each time, from 0 to the horizon; empty where nobody may convert.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Conversion {
    /// Those who started or came in a stage that is not retained.
    pub fresh: Vec<f64>,
    /// Those of them who have been in a retained stage since.
    pub converted: Vec<f64>,
    /// The periods that these took, from coming to the end of the period of their first moment in one.
    pub waited: Vec<f64>,
}

impl Conversion {
    /// That of customers of whom so many come in a stage that is not retained, have not been retained so far, and for so many
    /// periods together, by time.
    ///
    /// With F(t) those who come so in period t, N(t) those not retained up to t, and P(t) the periods that these have been
    /// there: N(t) = N(t - 1) + F(t) - converted in t; P(t) = P(t - 1) + N(t - 1) + F(t) - the periods of who converts in
    /// t, since who comes in a period has been there for one at its end, and nobody at the start for any.
    pub fn of([fresh, waiting, waited]: [&[f64]; 3]) -> Self {
        let mut sums = Self::default();
        let (mut came, mut lasted) = (0.0, 0.0);
        for t in 0..fresh.len() {
            came += fresh[t];
            lasted += if t > 0 { fresh[t] } else { 0.0 };
            sums.fresh.push(came);
            // Nobody is nobody: rounding leaves less than any customer who can be simulated.
            let or_none = |value: f64, of: f64| if value.abs() <= 1e-12 * of { 0.0 } else { value };
            sums.converted.push(or_none(came - waiting[t], came));
            sums.waited.push(or_none(lasted - waited[t], lasted));
            lasted += waiting[t];
        }
        sums
    }

    /// Adds that of other customers.
    pub fn add(&mut self, other: &Self) {
        let columns = [&mut self.fresh, &mut self.converted, &mut self.waited];
        for (into, from) in columns.into_iter().zip([&other.fresh, &other.converted, &other.waited]) {
            into.resize(into.len().max(from.len()), 0.0);
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
    }
}
