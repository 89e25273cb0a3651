//! A control is a number with a known mean that varies with the one that is wanted: what chance did to it can be taken out.
//!
//! Lavenberg & Welch (1981), "A perspective on the use of control variables to increase the efficiency of Monte Carlo
//! simulations", Management Science 27(3); Glasserman (2004), "Monte Carlo methods in financial engineering", ch. 4.1.

use super::estimate::Estimate;
use super::moments::Moments;

/// What is left of a control beside those before it, relative to its own size, below which it says nothing new.
const NOTHING_NEW: f64 = 1e-10;

/// The mean of a sample by least squares on controls, one number of each per replication, less their known means.
///
/// The sample is regressed on the controls, and the estimate is the regression where all controls are at their means. Where
/// the two do not hang together in a straight line that would be somewhat biased and its error told too small, so the
/// regression is made without each replication in turn: the jackknife of Nelson (1990), "Control variate remedies",
/// Operations Research 38(6). The interval is Student's, with one degree of freedom fewer for each control. Controls that
/// do not vary, or follow from those before, are left out. Returned with the number of controls used; none where no
/// degree of freedom is left.
pub fn controlled(sample: &[f64], controls: &[Vec<f64>], level: f64) -> Option<(Estimate, usize)> {
    let replications = sample.len() as f64;
    let axes = axes(controls);
    let freedom = replications - axes.len() as f64 - 1.0;
    if freedom < 1.0 {
        return None;
    }
    let (mut mean, mut rest) = centred(sample);
    // What each replication weighs in the estimate, and in the regression at its own place.
    let mut weights = vec![1.0 / replications; sample.len()];
    let mut leverages = weights.clone();
    for Axis { mean: of, around, squares } in &axes {
        let slope = dot(around, &rest) / squares;
        mean -= slope * of;
        for (((rest, weight), leverage), x) in rest.iter_mut().zip(&mut weights).zip(&mut leverages).zip(around) {
            *rest -= slope * x;
            *weight -= of * x / squares;
            *leverage += x * x / squares;
        }
    }
    let without = rest.iter().zip(weights).zip(leverages).map(|((rest, weight), leverage)| {
        // A replication that alone decides its control is met exactly, and says nothing of the error.
        let moved = if leverage < 1.0 - 1e-9 { weight * rest / (1.0 - leverage) } else { 0.0 };
        mean + (replications - 1.0) * moved
    });
    let pseudo: Moments = without.collect();
    let error = libm::sqrt(pseudo.variance()? / replications);
    Some((Estimate::about(pseudo.mean(), error, freedom, level), axes.len()))
}

/// A control less what it shares with those before it.
struct Axis {
    mean: f64,
    around: Vec<f64>,
    squares: f64,
}

/// Gram and Schmidt's method, as modified for rounding (Björck 1967, "Solving linear least squares problems", BIT 7).
fn axes(controls: &[Vec<f64>]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for control in controls {
        let (mut mean, mut around) = centred(control);
        let before = dot(&around, &around);
        for axis in &axes {
            let slope = dot(&axis.around, &around) / axis.squares;
            around.iter_mut().zip(&axis.around).for_each(|(x, of)| *x -= slope * of);
            mean -= slope * axis.mean;
        }
        let squares = dot(&around, &around);
        let rounding = control.len() as f64 * mean * mean * 1e-24;
        if squares > NOTHING_NEW * before && squares > rounding {
            axes.push(Axis { mean, around, squares });
        }
    }
    axes
}

fn centred(numbers: &[f64]) -> (f64, Vec<f64>) {
    let mean = numbers.iter().copied().collect::<Moments>().mean();
    (mean, numbers.iter().map(|x| x - mean).collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::special::normal_quantile;

    /// Unit normal numbers without chance: a sequence of low discrepancy put through the quantile.
    fn numbers(n: usize, step: f64) -> Vec<f64> {
        (1..=n).map(|k| normal_quantile((k as f64 * step).fract())).collect()
    }

    #[test]
    fn a_sample_that_is_a_sum_of_controls_is_known_without_error() {
        let (a, b) = (numbers(30, 0.618_033_988_75), numbers(30, 0.414_213_562_37));
        let sample: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 7.0 + 2.0 * a - 0.5 * b).collect();
        let (estimate, used) = controlled(&sample, &[a.clone(), b.clone()], 0.95).unwrap();
        assert!((estimate.mean - 7.0).abs() < 1e-12 && estimate.standard_error.unwrap() < 1e-12);
        assert_eq!(used, 2);
        let twice: Vec<f64> = a.iter().map(|a| 3.0 * a).collect();
        let (again, used) = controlled(&sample, &[a, vec![0.0; 30], twice, b], 0.95).unwrap();
        assert_eq!(used, 2, "a control that says nothing new is left out");
        assert!((again.mean - 7.0).abs() < 1e-12);
    }

    #[test]
    fn without_controls_the_estimate_is_the_plain_one() {
        let sample = numbers(25, 0.618_033_988_75);
        let (estimate, used) = controlled(&sample, &[], 0.9).unwrap();
        let plain = Estimate::of(&sample.iter().copied().collect(), 0.9);
        assert_eq!(used, 0);
        for (a, b) in [(estimate.mean, plain.mean), (estimate.low, plain.low), (estimate.high, plain.high)] {
            assert!((a - b).abs() < 1e-14, "{a} is not {b}");
        }
    }

    #[test]
    fn too_few_replications_give_nothing() {
        assert!(controlled(&[1.0, 2.0], &[vec![1.0, 0.0]], 0.95).is_none());
    }
}
