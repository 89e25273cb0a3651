//! The ratio of two means, with its interval.

use super::order::Bounded;
use super::special::student_t_quantile;

/// Pairs of a numerator and a denominator seen one at a time: moments of both and of their product, as
/// [`super::moments::Moments`] has them.
///
/// What is estimated is the ratio of their expectations. The mean of ratios would be another figure, in which a pair with a
/// small denominator weighs as much as one with a large one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ratio {
    count: u64,
    above: f64,
    below: f64,
    squares_above: f64,
    squares_below: f64,
    products: f64,
}

impl Ratio {
    /// Takes one more pair.
    pub fn push(&mut self, above: f64, below: f64) {
        self.count += 1;
        let count = self.count as f64;
        let (far_above, far_below) = (above - self.above, below - self.below);
        self.above += far_above / count;
        self.below += far_below / count;
        self.squares_above += far_above * (above - self.above);
        self.squares_below += far_below * (below - self.below);
        self.products += far_above * (below - self.below);
    }

    /// The ratio of the means with its interval at `level`; none where the mean of the denominators is not above 0.
    ///
    /// The interval holds every ratio r for which Student's t does not tell the mean of numerator - r · denominator from 0:
    /// Fieller (1954), "Some problems in interval estimation", Journal of the Royal Statistical Society B 16(2). Both ends
    /// are open with a single pair, and where the mean of the denominators cannot be told from 0.
    pub fn bounded(&self, level: f64) -> Option<Bounded> {
        if self.below <= 0.0 {
            return None;
        }
        let value = self.above / self.below;
        let open = Bounded { value, low: None, high: None };
        if self.count < 2 {
            return Some(open);
        }
        let freedom = self.count as f64 - 1.0;
        let quantile = student_t_quantile(f64::midpoint(1.0, level), freedom);
        // Shares of the square of the denominators' mean, so that no amount is too large to be squared.
        let scale = quantile * quantile / (freedom * self.count as f64) / (self.below * self.below);
        let [below, above, both] = [self.squares_below, self.squares_above, self.products].map(|sum| sum * scale);
        let lead = 1.0 - below;
        if lead <= 0.0 {
            return Some(open);
        }
        let middle = value - both;
        let reach = libm::sqrt((middle * middle - lead * (value * value - above)).max(0.0));
        let ends = [(middle - reach) / lead, (middle + reach) / lead];
        Some(Bounded { value, low: Some(ends[0].min(value)), high: Some(ends[1].max(value)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_fieller() {
        let mut ratio = Ratio::default();
        [(10.0, 4.0), (14.0, 5.0), (9.0, 5.0), (17.0, 6.0)].into_iter().for_each(|(a, b)| ratio.push(a, b));
        let found = ratio.bounded(0.95).unwrap();
        assert!((found.value - 2.5).abs() < 1e-12);
        // At both ends the t of numerator - end * denominator is the quantile.
        for end in [found.low.unwrap(), found.high.unwrap()] {
            let rest: super::super::moments::Moments =
                [10.0 - end * 4.0, 14.0 - end * 5.0, 9.0 - end * 5.0, 17.0 - end * 6.0].into_iter().collect();
            let t = rest.mean() / (rest.variance().unwrap() / 4.0).sqrt();
            assert!((t.abs() - student_t_quantile(0.975, 3.0)).abs() < 1e-9, "{end}: {t}");
        }
    }

    #[test]
    fn what_never_varies_has_an_interval_of_no_width() {
        let mut ratio = Ratio::default();
        (0..5).for_each(|_| ratio.push(30.0, 4.0));
        assert_eq!(ratio.bounded(0.95), Some(Bounded { value: 7.5, low: Some(7.5), high: Some(7.5) }));
    }

    #[test]
    fn ends_are_open_where_nothing_is_known_of_them() {
        let mut ratio = Ratio::default();
        ratio.push(3.0, 2.0);
        assert_eq!(ratio.bounded(0.95), Some(Bounded { value: 1.5, low: None, high: None }));
        ratio.push(3.0, -1.9);
        let found = ratio.bounded(0.95).unwrap();
        assert_eq!((found.low, found.high), (None, None), "a denominator that may be nothing");
        ratio.push(3.0, -9.0);
        assert_eq!(ratio.bounded(0.95), None);
    }
}
