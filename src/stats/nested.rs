//! Replications hold two doubts, one inside the other: numbers that nobody knows, and what chance does under each of them.
//!
//! One-way analysis of variance with random effects: Searle, Casella & McCulloch (1992), "Variance components", chapter 3;
//! for simulations O'Hagan, Stevenson & Madan (2007), "Monte Carlo probabilistic sensitivity analysis for patient level
//! simulation models: efficient estimation of mean and variance using ANOVA", Health Economics 16(10). The customers of a
//! replication are cut into batches that share its uncertain numbers; how batches differ shows what chance does.

#![expect(clippy::doc_markdown, reason = "the name of an author is no code")]

use super::components::{Variance, difference};
use super::moments::Moments;
use super::order::Bounded;
use super::special::incomplete_beta;

/// The chance at which no parameter variance at all would still look like some.
const LEVEL: f64 = 0.05;

/// Replications seen one at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nested {
    values: Moments,
    /// The sums of the third and fourth powers of what values differ from their mean by.
    cubes: f64,
    fourths: f64,
    /// The variance that chance gives the value of a replication, times its degrees of freedom.
    chance: f64,
    freedom: f64,
}

impl Nested {
    /// Takes one more replication: its value, and what each batch of its customers alone says that value is.
    ///
    /// A batch's figure stands for the whole business, as the value does: a total is multiplied by the number of batches.
    /// Batches are of one size. The value need not be their mean, as a ratio of totals is not; fewer than two batches say
    /// nothing of chance.
    pub fn push(&mut self, value: f64, batches: &[f64]) {
        self.push_powers(value);
        self.values.push(value);
        let around: Moments = batches.iter().copied().collect();
        if let Some(variance) = around.variance() {
            let freedom = batches.len() as f64 - 1.0;
            self.chance += freedom * variance / batches.len() as f64;
            self.freedom += freedom;
        }
    }

    /// Terriberry's recurrence for sums of higher powers: Pébay (2008), "Formulas for robust, one-pass parallel computation
    /// of covariances and arbitrary-order statistical moments", Sandia report SAND2008-6212.
    fn push_powers(&mut self, value: f64) {
        let before = self.values.count() as f64;
        let count = before + 1.0;
        let far = value - self.values.mean();
        let (step, squares) = (far / count, self.values.variance().unwrap_or(0.0) * (before - 1.0).max(0.0));
        let weight = far * step * before;
        self.fourths += weight * step * step * (count * count - 3.0 * count + 3.0) + 6.0 * step * step * squares
            - 4.0 * step * self.cubes;
        self.cubes += weight * step * (count - 2.0) - 3.0 * step * squares;
    }

    /// How many normal values would tell as much of the variance as these do, less one: fewer where a few lie far out.
    /// The variance of a sample variance is that of its kurtosis (Cramér 1946, "Mathematical methods of statistics", 27.4).
    fn freedom_of_total(&self, total: f64) -> f64 {
        let count = self.values.count() as f64;
        let normal = 2.0 / (count - 1.0);
        let squares = total * (count - 1.0);
        let excess = if squares > 0.0 { count * self.fourths / (squares * squares) - 3.0 } else { 0.0 };
        2.0 / (normal + excess.max(0.0) / count)
    }

    /// The doubts apart; none with fewer than two replications, or without batches.
    pub fn components(&self) -> Option<Components> {
        let total = self.values.variance().filter(|_| self.freedom > 0.0)?;
        let within = self.chance / self.freedom;
        let freedom = self.values.count() as f64 - 1.0;
        Some(Components {
            mean: self.values.mean(),
            standard_error: libm::sqrt(total / self.values.count() as f64),
            chance_error: libm::sqrt(within / self.values.count() as f64),
            within,
            between: (total - within).max(0.0),
            below_noise: chance_of_more(total, within, freedom, self.freedom) > LEVEL,
            count: self.values.count(),
            total: Variance { value: total, freedom: self.freedom_of_total(total) },
            freedom: self.freedom,
        })
    }
}

/// What doubts are made of. Variances are in the square of the value's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Components {
    /// The mean over replications.
    pub mean: f64,
    /// Its standard error: what more replications would take away, in which numbers and chance are both drawn again.
    pub standard_error: f64,
    /// The part of the standard error that chance alone makes: what more customers in each replication would take away.
    pub chance_error: f64,
    /// The variance that chance gives one replication's value.
    pub within: f64,
    /// The variance that the uncertain numbers give it: that of values less `within`, 0 where that is below 0.
    pub between: f64,
    /// Whether `between` cannot be told from 0: the F test of no parameter variance is not refused at 5 %.
    pub below_noise: bool,
    /// The number of replications.
    count: u64,
    /// The variance of values, and what it rests on.
    total: Variance,
    /// The degrees of freedom of `within`.
    freedom: f64,
}

impl Components {
    /// The variance of what a business of `customers` will see where the simulation has `agents`: what the numbers make,
    /// and as much chance as that many customers have. Chance has to be independent between customers, or nearly so.
    pub fn outcome_variance(&self, customers: f64, agents: f64) -> f64 {
        self.between + self.within * agents / customers
    }

    /// The variance that chance gives, and what it rests on.
    fn chance(&self) -> Variance {
        Variance { value: self.within, freedom: self.freedom }
    }

    /// [`Components::chance_error`] with its interval at `level`.
    pub fn chance_error_bounded(&self, level: f64) -> Bounded {
        let ends = self.chance().ends(level);
        bounded(self.chance_error, ends.map(|end| end / self.count as f64))
    }

    /// The standard deviation that the uncertain numbers give, with its interval at `level`.
    pub fn between_bounded(&self, level: f64) -> Bounded {
        bounded(libm::sqrt(self.between), difference(self.total, self.chance(), level))
    }

    /// The standard deviation of [`Components::outcome_variance`] with its interval at `level`; `uncertain` says whether any
    /// number is, so that there is anything but chance.
    pub fn outcome_bounded(&self, (customers, agents): (f64, f64), uncertain: bool, level: f64) -> Bounded {
        let share = agents / customers;
        if !uncertain {
            return bounded(libm::sqrt(self.within * share), self.chance().ends(level).map(|end| end * share));
        }
        let less = Variance { value: self.within * (1.0 - share).max(0.0), freedom: self.freedom };
        bounded(libm::sqrt(self.outcome_variance(customers, agents)), difference(self.total, less, level))
    }

    /// How many agents leave chance with less than a tenth of the parameter variance, where these had `agents`; none where
    /// there is no parameter variance.
    pub fn agents_that_would_do(&self, agents: u64) -> Option<u64> {
        let wanted = 10.0 * self.within / self.between * agents as f64;
        (self.between > 0.0 && wanted < 1e18).then(|| whole(wanted) + 1)
    }
}

/// A standard deviation with the interval of its square.
fn bounded(value: f64, squares: [f64; 2]) -> Bounded {
    let [low, high] = squares.map(|square| libm::sqrt(square.max(0.0)));
    Bounded { value, low: Some(low.min(value)), high: Some(high.max(value)) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not below 0 and below 1e18")]
fn whole(x: f64) -> u64 {
    x as u64
}

/// The chance that two estimates of one variance come out at least this unlike: the upper tail of F, by DLMF 8.17.
fn chance_of_more(above: f64, below: f64, freedom_above: f64, freedom_below: f64) -> f64 {
    if above <= 0.0 {
        return 1.0;
    }
    let rest = freedom_below * below;
    incomplete_beta(rest / (rest + freedom_above * above), freedom_below / 2.0, freedom_above / 2.0)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;

    const BATCHES: usize = 10;

    fn normal(luck: &mut SmallRng) -> f64 {
        StandardNormal.sample(luck)
    }

    /// Replications of a mean of customers: normal around a normal parameter.
    fn normal_normal(replications: u32, agents: usize, parameter_sd: f64, customer_sd: f64) -> Nested {
        let mut nested = Nested::default();
        let mut luck = SmallRng::seed_from_u64(2026);
        for _ in 0..replications {
            let parameter = 7.0 + parameter_sd * normal(&mut luck);
            let size = agents / BATCHES;
            let mut batch =
                || (0..size).map(|_| parameter + customer_sd * normal(&mut luck)).sum::<f64>() / size as f64;
            let batches: Vec<f64> = (0..BATCHES).map(|_| batch()).collect();
            nested.push(batches.iter().sum::<f64>() / BATCHES as f64, &batches);
        }
        nested
    }

    #[test]
    fn the_doubt_of_a_number_is_found_under_chance_that_is_larger() {
        let found = normal_normal(1_000, 1_000, 1.0, 50.0).components().unwrap();
        let naive = found.standard_error * libm::sqrt(1_000.0);
        assert!((naive - libm::sqrt(3.5)).abs() < 0.187, "{naive} where 1.87 is expected");
        assert!((libm::sqrt(found.between) - 1.0).abs() < 0.1, "{found:?}");
        assert!((found.within - 2.5).abs() < 0.15 && !found.below_noise);
        assert!((found.mean - 7.0).abs() < 3.0 * found.standard_error);
        // What a business of a million customers sees: 1 + 2500 / 1e6.
        let outcome = libm::sqrt(found.outcome_variance(1e6, 1_000.0));
        assert!((outcome - libm::sqrt(1.0025)).abs() < 0.1, "{outcome}");
        // Chance of 2500 / agents is a tenth of 1 at 25,000 agents.
        let agents = found.agents_that_would_do(1_000).unwrap();
        assert!((20_000..32_000).contains(&agents), "{agents}");
    }

    #[test]
    fn no_doubt_of_numbers_is_mostly_told_as_such() {
        let lost = (1..=40).filter(|salt| {
            let mut nested = Nested::default();
            let mut luck = SmallRng::seed_from_u64(*salt);
            for _ in 0..60 {
                let batches: Vec<f64> = (0..BATCHES).map(|_| normal(&mut luck)).collect();
                nested.push(batches.iter().sum::<f64>() / BATCHES as f64, &batches);
            }
            nested.components().unwrap().below_noise
        });
        // 95 % of 40 are 38, give or take 1.4.
        let lost = lost.count();
        assert!((34..=40).contains(&lost), "{lost}");
    }

    #[test]
    fn values_without_chance_are_all_parameter() {
        let mut nested = Nested::default();
        for value in [1.0, 2.0, 3.0] {
            nested.push(value, &[value; 4]);
        }
        let found = nested.components().unwrap();
        assert_eq!((found.within, found.between, found.below_noise), (0.0, 1.0, false));
        assert_eq!(found.agents_that_would_do(500), Some(1));
    }

    #[test]
    fn values_without_any_variance_have_no_parameter_doubt() {
        let mut nested = Nested::default();
        (0..3).for_each(|_| nested.push(4.0, &[4.0, 4.0]));
        let found = nested.components().unwrap();
        assert!(found.between == 0.0 && found.below_noise);
        assert_eq!(found.agents_that_would_do(500), None);
    }

    #[test]
    fn too_little_tells_nothing() {
        let mut nested = Nested::default();
        nested.push(1.0, &[1.0, 2.0]);
        assert_eq!(nested.components(), None);
        let mut single = Nested::default();
        (0..9).for_each(|i| single.push(f64::from(i), &[f64::from(i)]));
        assert_eq!(single.components(), None);
    }

    #[test]
    fn the_tail_of_f_is_that_of_the_tables() {
        // F(0.95; 4, 20) = 2.866 and F(0.95; 10, 10) = 2.978.
        assert!((chance_of_more(2.8661, 1.0, 4.0, 20.0) - 0.05).abs() < 1e-5);
        assert!((chance_of_more(2.9782, 1.0, 10.0, 10.0) - 0.05).abs() < 1e-5);
    }
}
