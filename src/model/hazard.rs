//! A hazard is how fast customers take a way out of a stage, declared for a span of time, however long a period is.
//!
//! Hazards are constant within a period, and compete. With the total L over a period, 1 - exp(-L) of the customers leave,
//! and a hazard h takes the share h / L of them: competing risks (Kalbfleisch & Prentice 2002, "The statistical analysis of
//! failure time data", 2nd edition, chapter 8; Welton & Ades 2005, "Estimation of Markov chain transition probabilities and
//! rates from fully and partially observed data", Medical Decision Making 25(6)).

use crate::quantity::ParamId;

/// The hazard of a way out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hazard {
    /// The number as it is declared.
    pub number: ParamId,
    /// What the number is.
    pub form: HazardForm,
    /// How many of the spans that it is declared for make one period: a twelfth where it is per year and periods are months.
    pub spans: f64,
}

/// What a hazard is declared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HazardForm {
    /// A rate r, 0 or more.
    Rate,
    /// The chance p to leave within one span where nothing else leads out: the rate -ln(1 - p), which has no end at 1.
    Chance,
}

impl Hazard {
    /// The hazard over one period, from the number in force; infinite where that is a chance of 1.
    pub fn over_a_period(&self, number: f64) -> f64 {
        let rate = match self.form {
            HazardForm::Rate => number,
            HazardForm::Chance => -libm::log1p(-number),
        };
        rate * self.spans
    }
}

/// Turns the hazards of a row over a period into chances. Those without end share all customers evenly.
pub fn compete(hazards: &mut [&mut f64]) {
    if hazards.iter().any(|hazard| hazard.is_infinite()) {
        for hazard in hazards.iter_mut() {
            **hazard = if hazard.is_infinite() { 1.0 } else { 0.0 };
        }
        let count: f64 = hazards.iter().map(|hazard| **hazard).sum();
        return hazards.iter_mut().for_each(|hazard| **hazard /= count);
    }
    let total: f64 = hazards.iter().map(|hazard| **hazard).sum();
    if total > 0.0 {
        let leaving = leaving(total);
        hazards.iter_mut().for_each(|hazard| **hazard = **hazard / total * leaving);
    }
}

/// The share of customers who leave in a period at a total hazard.
pub fn leaving(total: f64) -> f64 {
    -libm::expm1(-total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chances(mut hazards: Vec<f64>) -> Vec<f64> {
        compete(&mut hazards.iter_mut().collect::<Vec<_>>());
        hazards
    }

    #[test]
    fn a_chance_a_year_leaves_the_same_customers_in_twelve_months() {
        for chance in [0.0, 1e-12, 0.15, 0.999_999] {
            let hazard = Hazard { number: ParamId(0), form: HazardForm::Chance, spans: 1.0 / 12.0 };
            let month = chances(vec![hazard.over_a_period(chance)])[0];
            let year = 1.0 - libm::pow(1.0 - month, 12.0);
            assert!((year - chance).abs() < 1e-15 + 1e-12 * chance, "{chance}: {year}");
        }
    }

    #[test]
    fn hazards_share_those_who_leave_in_proportion() {
        let found = chances(vec![0.1, 0.0, 0.3]);
        let leave = 1.0 - libm::exp(-0.4);
        for (chance, share) in found.iter().zip([0.25, 0.0, 0.75]) {
            assert!((chance - share * leave).abs() < 1e-16, "{found:?}");
        }
        assert_eq!(chances(vec![0.0, 0.0]), [0.0, 0.0]);
        assert_eq!(chances(vec![]), [0.0; 0]);
    }

    #[test]
    fn a_chance_of_one_stays_one_whatever_competes_with_it() {
        let hazard = Hazard { number: ParamId(0), form: HazardForm::Chance, spans: 0.25 };
        assert_eq!(chances(vec![5.0, hazard.over_a_period(1.0)]), [0.0, 1.0]);
        assert_eq!(chances(vec![f64::INFINITY, 5.0, f64::INFINITY]), [0.5, 0.0, 0.5]);
        assert!(chances(vec![1e300, 1e300]).iter().all(|chance| (chance - 0.5).abs() < 1e-15));
    }
}
