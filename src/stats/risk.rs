//! Risk: the quantiles of a sample, and what one loses at its lower end.

use super::order::{Bounded, percentile};

/// The loss that is passed with chance `tail` in (0, 1), with its interval at `level`: minus the percentile there of
/// numbers in rising order. A positive amount is a loss. None where the [`percentile`] is not known.
pub fn value_at_risk(sorted: &[f64], tail: f64, level: f64) -> Option<Bounded> {
    percentile(sorted, tail, level).map(|its| -its)
}

/// A sample in rising order.
pub fn sorted(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::order::{between, rank};
    use super::super::shortfall::mean_loss;
    use super::*;
    use crate::stats::special::{normal_density, normal_quantile};

    /// The quantile of a sample; none of no numbers.
    fn quantile(sample: &[f64], p: f64) -> Option<f64> {
        let sorted = sorted(sample);
        between(&sorted, rank(sorted.len(), p))
    }

    /// The mean loss over the worst share of a sorted sample.
    fn expected_shortfall(sorted: &[f64], tail: f64) -> f64 {
        mean_loss(sorted, tail * sorted.len() as f64)
    }

    #[test]
    fn quantiles_are_those_of_type_8() {
        // R: quantile(c(1, 2, 4, 8, 16), c(0, .25, .5, .75, 1), type = 8).
        let sample = [8.0, 1.0, 16.0, 2.0, 4.0];
        for (p, is) in [(0.0, 1.0), (0.25, 1.0 + 2.0 / 3.0), (0.5, 4.0), (0.75, 10.0 + 2.0 / 3.0), (1.0, 16.0)] {
            assert!((quantile(&sample, p).unwrap() - is).abs() < 1e-12, "{p}");
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.05), Some(3.0));
    }

    #[test]
    fn a_share_of_a_number_weighs_its_share() {
        let sample = [-10.0, -4.0, 1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        assert_eq!(expected_shortfall(&sample, 0.1), 10.0);
        // 1.5 numbers: all of the first and half of the second.
        assert!((expected_shortfall(&sample, 0.15) - 12.0 / 1.5).abs() < 1e-12);
        assert_eq!(expected_shortfall(&sample, 0.05), 10.0);
        assert!((expected_shortfall(&sample, 1.0) + 2.7).abs() < 1e-12);
    }

    #[test]
    fn a_normal_sample_has_the_normal_tail() {
        let sample: Vec<f64> = (0..20_000).map(|i| normal_quantile((f64::from(i) + 0.5) / 20_000.0)).collect();
        let z = normal_quantile(0.05);
        assert!((value_at_risk(&sample, 0.05, 0.95).unwrap().value + z).abs() < 1e-3);
        assert!((expected_shortfall(&sample, 0.05) - normal_density(z) / 0.05).abs() < 1e-3);
    }

    proptest! {
        #[test]
        fn shortfall_is_coherent(
            pairs in prop::collection::vec((-1e3_f64..1e3, -1e3_f64..1e3), 1..50), tail in 0.001_f64..1.0,
            shift in -10.0_f64..10.0, scale in 0.1_f64..10.0,
        ) {
            let a: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
            let b: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
            let sum: Vec<f64> = pairs.iter().map(|pair| pair.0 + pair.1).collect();
            let of = |sample: &[f64]| expected_shortfall(&sorted(sample), tail);
            prop_assert!(of(&a) >= -quantile(&a, tail).unwrap() - 1e-9, "not below the value at risk");
            prop_assert!(of(&sum) <= of(&a) + of(&b) + 1e-9, "what is spread loses no more");
            let moved: Vec<f64> = a.iter().map(|x| scale * x + shift).collect();
            prop_assert!((of(&moved) - (scale * of(&a) - shift)).abs() < 1e-8);
        }
    }
}
