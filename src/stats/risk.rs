//! Risk: the quantiles of a sample, and what one loses at its lower end.

/// The quantile of a sample at `p` in [0, 1]: type 7 of Hyndman & Fan (1996), "Sample quantiles in statistical packages",
/// The American Statistician 50(4), which goes in straight lines between the ordered numbers. In the sample's unit; none
/// of no numbers.
pub fn quantile(sample: &[f64], p: f64) -> Option<f64> {
    of_sorted(&sorted(sample), p)
}

/// [`quantile`] of a sample that is in rising order.
fn of_sorted(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = p.clamp(0.0, 1.0) * last as f64;
    let (below, between) = (whole(at), at - libm::floor(at));
    let low = sorted[below];
    // A tail of infinite numbers is not turned into what is no number at all.
    if between == 0.0 { Some(low) } else { Some(low + between * (sorted[(below + 1).min(last)] - low)) }
}

/// The loss that is passed with chance `tail` in (0, 1): minus the [`quantile`] there. A positive amount is a loss.
pub fn value_at_risk(sample: &[f64], tail: f64) -> Option<f64> {
    quantile(sample, tail).map(|quantile| -quantile)
}

/// The mean loss over the worst share `tail` in (0, 1] of a sample; a positive amount is a loss.
///
/// Acerbi & Tasche (2002), "On the coherence of expected shortfall", Journal of Banking & Finance 26(7), definition 2.6 for
/// the empirical distribution: where `tail` times the count is not whole, the next number weighs the rest. It is never
/// less than the [`value_at_risk`].
pub fn expected_shortfall(sample: &[f64], tail: f64) -> Option<f64> {
    let sorted = sorted(sample);
    let last = sorted.len().checked_sub(1)?;
    let count = (tail.clamp(0.0, 1.0) * sorted.len() as f64).max(f64::MIN_POSITIVE);
    let full = whole(count).min(sorted.len());
    let rest = count - full as f64;
    let sum = sorted[..full].iter().sum::<f64>() + if rest > 0.0 { rest * sorted[full.min(last)] } else { 0.0 };
    // A share that holds less than one number is that number.
    if full == 0 { Some(-sorted[0]) } else { Some(-sum / count) }
}

fn sorted(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not below 0, and at most a sample's length"
)]
fn whole(x: f64) -> usize {
    x as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::special::{normal_density, normal_quantile};

    #[test]
    fn quantiles_are_those_of_type_7() {
        // R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .9, 1)) with its default type.
        let sample = [8.0, 1.0, 16.0, 2.0, 4.0];
        for (p, is) in [(0.0, 1.0), (0.1, 1.4), (0.25, 2.0), (0.5, 4.0), (0.9, 12.8), (1.0, 16.0)] {
            assert!((quantile(&sample, p).unwrap() - is).abs() < 1e-12, "{p}");
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.05), Some(3.0));
    }

    #[test]
    fn a_share_of_a_number_weighs_its_share() {
        let sample = [-10.0, -4.0, 1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        assert_eq!(expected_shortfall(&sample, 0.1), Some(10.0));
        // 1.5 numbers: all of the first and half of the second.
        assert!((expected_shortfall(&sample, 0.15).unwrap() - 12.0 / 1.5).abs() < 1e-12);
        assert_eq!(expected_shortfall(&sample, 0.05), Some(10.0));
        assert!((expected_shortfall(&sample, 1.0).unwrap() + 2.7).abs() < 1e-12);
        assert_eq!(expected_shortfall(&[], 0.05), None);
    }

    #[test]
    fn a_normal_sample_has_the_normal_tail() {
        let sample: Vec<f64> = (0..20_000).map(|i| normal_quantile((f64::from(i) + 0.5) / 20_000.0)).collect();
        let z = normal_quantile(0.05);
        assert!((value_at_risk(&sample, 0.05).unwrap() + z).abs() < 1e-3);
        assert!((expected_shortfall(&sample, 0.05).unwrap() - normal_density(z) / 0.05).abs() < 1e-3);
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
            let of = |sample: &[f64]| expected_shortfall(sample, tail).unwrap();
            prop_assert!(of(&a) >= value_at_risk(&a, tail).unwrap() - 1e-9, "not below the value at risk");
            prop_assert!(of(&sum) <= of(&a) + of(&b) + 1e-9, "what is spread loses no more");
            let moved: Vec<f64> = a.iter().map(|x| scale * x + shift).collect();
            prop_assert!((of(&moved) - (scale * of(&a) - shift)).abs() < 1e-8);
        }
    }
}
