//! Preferences: which share of what they buy customers would give to one of two, and what becomes of the mean when all odds
//! are multiplied by the same.
//!
//! Shares are beta distributed, as in the Dirichlet model of brand choice with one brand against the rest (Goodhardt,
//! Ehrenberg & Chatfield 1984, "The Dirichlet: a comprehensive model of buying behaviour", Journal of the Royal Statistical
//! Society A 147(5)). Means over them are sums over even steps of the log-odds: the trapezoidal rule, which converges
//! geometrically for what is smooth on the whole line (Trefethen & Weideman 2014, "The exponentially convergent trapezoidal
//! rule", SIAM Review 56(3)).

use super::distribution::Distribution;

/// The logarithm of what is too little to count.
const NOTHING: f64 = 45.0;
/// The farthest that log-odds are moved.
pub const FARTHEST: f64 = 80.0;
/// The widest step of log-odds.
const STEP: f64 = 0.4;
/// The steps to a standard deviation of the log-odds where they differ little.
const STEPS_TO_A_DEVIATION: f64 = 3.0;
/// More halvings of a bracket than this tell nothing apart.
const MOST_TRIES: u32 = 100;

/// Beta distributed shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Preference {
    /// The mean share, between 0 and 1.
    pub share: f64,
    /// The sum of the two parameters, above 0.
    pub spread: f64,
    /// Log-odds with their weights, which sum to 1.
    nodes: Vec<(f64, f64)>,
}

impl Preference {
    /// Shares of a mean between 0 and 1 and a spread above 0, neither of them an end of its range.
    pub fn new(share: f64, spread: f64) -> Self {
        let [a, b] = [spread * share, spread * (1.0 - share)];
        let mode = libm::log(a / b);
        let log_weight = |y: f64| -a * softplus(-y) - b * softplus(y);
        let peak = log_weight(mode);
        let step = STEP.min(libm::sqrt(1.0 / a + 1.0 / b) / STEPS_TO_A_DEVIATION);
        let mut nodes = vec![(mode, 1.0)];
        for (side, rate) in [(-1.0, a), (1.0, b)] {
            let mut y = mode + side * step;
            loop {
                let weight = libm::exp(log_weight(y) - peak);
                // Far out weights fall by the same factor in every step: all that follows is one sum.
                if y * side > FARTHEST + NOTHING {
                    nodes.push((y, weight / -libm::expm1(-rate * step)));
                    break;
                }
                if weight < libm::exp(-NOTHING) {
                    break;
                }
                nodes.push((y, weight));
                y += side * step;
            }
        }
        let all: f64 = nodes.iter().map(|(_, weight)| weight).sum();
        nodes.iter_mut().for_each(|(_, weight)| *weight /= all);
        Self { share, spread, nodes }
    }

    /// The distribution of shares.
    pub fn law(&self) -> Distribution {
        Distribution::Beta { a: self.spread * self.share, b: self.spread * (1.0 - self.share) }
    }

    /// The mean share when so much is added to everybody's log-odds.
    pub fn mean(&self, added: f64) -> f64 {
        if added == 0.0 {
            return self.share;
        }
        let added = added.clamp(-FARTHEST, FARTHEST);
        self.nodes.iter().map(|(y, weight)| weight * share_at(y + added)).sum()
    }

    /// What has to be added to everybody's log-odds so that the mean share is another one: held where no number does it.
    pub fn added_for(&self, share: f64) -> f64 {
        if share.to_bits() == self.share.to_bits() {
            return 0.0;
        }
        let (mut low, mut high) = (-FARTHEST, FARTHEST);
        let mut added = (log_odds(share) - log_odds(self.share)).clamp(low, high);
        for _ in 0..MOST_TRIES {
            let mean = self.mean(added);
            if mean < share {
                low = added;
            } else {
                high = added;
            }
            // The log-odds of the mean are nearly straight in what is added, and rise no faster.
            let next = added + log_odds(share) - log_odds(mean);
            let next = if next > low && next < high { next } else { 0.5 * (low + high) };
            if (next - added).abs() < 1e-14 * added.abs().max(1.0) || high - low < 1e-14 {
                return next;
            }
            added = next;
        }
        added
    }
}

/// The share at some log-odds.
pub fn share_at(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

/// The log-odds of a share; those of 0 and 1 have no end.
pub fn log_odds(share: f64) -> f64 {
    libm::log(share) - libm::log1p(-share)
}

/// log(1 + e^y).
fn softplus(y: f64) -> f64 {
    y.max(0.0) + libm::log1p(libm::exp(-y.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_the_distribution() {
        for (share, spread) in [(0.3, 1.2), (0.05, 0.2), (0.5, 2.0), (0.9, 40.0), (0.2, 1e6), (0.01, 0.01)] {
            let its = Preference::new(share, spread);
            let mean: f64 = its.nodes.iter().map(|(y, weight)| weight * share_at(*y)).sum();
            assert!((mean - share).abs() < 1e-12, "{share} {spread}: {mean}");
            let squares: f64 = its.nodes.iter().map(|(y, weight)| weight * share_at(*y) * share_at(*y)).sum();
            let variance = share * (1.0 - share) / (1.0 + spread);
            assert!((squares - mean * mean - variance).abs() < 1e-12, "{share} {spread}");
        }
    }

    #[test]
    fn an_even_spread_against_twice_the_rest_has_a_known_mean() {
        // Uniform shares: the mean of p / (p + 2 (1 - p)) is the integral of p / (2 - p), which is 2 ln 2 - 1.
        let its = Preference::new(0.5, 2.0);
        let mean = its.mean(-std::f64::consts::LN_2);
        assert!((mean - (2.0 * std::f64::consts::LN_2 - 1.0)).abs() < 1e-14, "{mean}");
    }

    #[test]
    fn an_entrant_of_a_quarter_of_the_weight_of_rivals_takes_what_it_takes() {
        let mean = Preference::new(0.3, 1.2).mean(-libm::log(1.25));
        assert!((mean - 0.2749).abs() < 5e-5, "{mean}");
    }

    #[test]
    fn what_is_added_for_a_share_gives_that_share() {
        for (share, spread) in [(0.3, 1.2), (0.5, 0.5), (0.05, 10.0), (0.2, 1e5)] {
            let its = Preference::new(share, spread);
            for wanted in [0.001, 0.1, 0.3, 0.31, 0.7, 0.999] {
                let mean = its.mean(its.added_for(wanted));
                assert!((mean - wanted).abs() < 1e-12, "{share} {spread} {wanted}: {mean}");
            }
            assert_eq!(its.added_for(share), 0.0);
            assert!(its.added_for(0.0) <= -FARTHEST + 1e-9 && its.mean(its.added_for(1.0)) > 0.999);
        }
    }
}
