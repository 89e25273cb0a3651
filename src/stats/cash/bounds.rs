//! Between which internal rates of return that of an expected flow lies.

use super::{Calendar, Irr, RATE_RANGE};
use crate::stats::moments::Moments;
use crate::stats::special::student_t_quantile;

/// The steps in which the range of log(1 + rate) is searched.
const STEPS: usize = 64;
/// How often an end is halved: to less than 1e-9 of a step.
const HALVINGS: usize = 32;

impl Calendar {
    /// The interval at `level` of the internal rate of return of the expected flow, of which `flows` are independent draws
    /// and `irr` is that of their mean; an end is none where it is open.
    ///
    /// It reaches from the lowest to the highest rate a year at which Student's t does not tell the mean net present value
    /// from 0: at the true rate that value is 0, so that it is covered as often as an interval of a net present value
    /// covers. A rate that exists for no draw alone does no harm, as it would to a bootstrap. Both ends are none with fewer
    /// than two draws, and where every rate has a net present value that differs from 0.
    pub fn internal_rate_bounds(self, flows: &[Vec<f64>], irr: &Irr, level: f64) -> [Option<f64>; 2] {
        if flows.len() < 2 {
            return [None, None];
        }
        let quantile = student_t_quantile(f64::midpoint(1.0, level), flows.len() as f64 - 1.0);
        let range = [RATE_RANGE.0, RATE_RANGE.1].map(libm::log1p);
        let step = (range[1] - range[0]) / STEPS as f64;
        let grid = |place: usize| range[0] + step * place as f64;
        let held: Vec<bool> = (0..=STEPS).map(|place| self.is_held(flows, grid(place), quantile)).collect();
        let roots: &[f64] = match irr {
            Irr::Rate(rate) => std::slice::from_ref(rate),
            Irr::Several(rates) => rates,
            Irr::None => &[],
        };
        let roots = || roots.iter().map(|rate| libm::log1p(*rate));
        let end = |first: Option<usize>, root: Option<f64>, is_low: bool| -> Option<f64> {
            // The outermost point that is held, and the next of the grid that is not.
            let (sign, edge) = if is_low { (1.0, 0) } else { (-1.0, STEPS) };
            let seen = first.map(grid).into_iter().chain(root).min_by(|a, b| (sign * a).total_cmp(&(sign * b)))?;
            if held[edge] {
                return None;
            }
            let outside = (0..=STEPS).map(grid).filter(|x| sign * x < sign * seen);
            let outside = outside.max_by(|a, b| (sign * a).total_cmp(&(sign * b)))?;
            Some(libm::expm1(self.halved(flows, (outside, seen), quantile)))
        };
        let (first, last) = (held.iter().position(|held| *held), held.iter().rposition(|held| *held));
        [end(first, roots().reduce(f64::min), true), end(last, roots().reduce(f64::max), false)]
    }

    /// Where the rates begin that are held, between one that is not and one that is.
    fn halved(self, flows: &[Vec<f64>], (mut outside, mut inside): (f64, f64), quantile: f64) -> f64 {
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(outside, inside);
            if self.is_held(flows, middle, quantile) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    }

    /// Whether the mean net present value at a log(1 + rate) is within so many standard errors of 0.
    fn is_held(self, flows: &[Vec<f64>], log_rate: f64, quantile: f64) -> bool {
        let times = flows.first().map_or(0, Vec::len);
        // In the money of the time that weighs most, so that no factor is too large.
        let most = if log_rate < 0.0 { self.years(times.saturating_sub(1)) } else { 0.0 };
        let factors: Vec<f64> = (0..times).map(|t| libm::exp(-log_rate * (self.years(t) - most))).collect();
        let worth = |flow: &Vec<f64>| flow.iter().zip(&factors).map(|(money, factor)| money * factor).sum::<f64>();
        let moments: Moments = flows.iter().map(worth).collect();
        let error = libm::sqrt(moments.variance().unwrap_or(0.0) / moments.count() as f64);
        libm::fabs(moments.mean()) <= quantile * error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEARS: Calendar = Calendar { years_per_period: 1.0, valued_before_end: 0.0 };

    fn bounds(flows: &[Vec<f64>]) -> [Option<f64>; 2] {
        let times = flows[0].len();
        let mean: Vec<f64> =
            (0..times).map(|t| flows.iter().map(|flow| flow[t]).sum::<f64>() / flows.len() as f64).collect();
        YEARS.internal_rate_bounds(flows, &YEARS.internal_rate(&mean), 0.95)
    }

    #[test]
    fn the_ends_are_the_rates_of_the_ends_of_the_only_uncertain_amount() {
        // 100 now for x in a year: the rate is x / 100 - 1, and its interval is that of the mean of x.
        let returns: [f64; 5] = [104.0, 118.0, 109.0, 112.0, 107.0];
        let flows: Vec<Vec<f64>> = returns.iter().map(|x| vec![-100.0, *x]).collect();
        let moments: Moments = returns.into_iter().collect();
        let half = student_t_quantile(0.975, 4.0) * (moments.variance().unwrap() / 5.0).sqrt();
        let [low, high] = bounds(&flows).map(Option::unwrap);
        assert!((low - (moments.mean() - half) / 100.0 + 1.0).abs() < 1e-7, "{low}");
        assert!((high - (moments.mean() + half) / 100.0 + 1.0).abs() < 1e-7, "{high}");
    }

    #[test]
    fn a_flow_that_never_varies_has_an_interval_of_no_width() {
        let [low, high] = bounds(&vec![vec![-100.0, 60.0, 60.0]; 4]).map(Option::unwrap);
        assert!((high - low).abs() < 1e-8 && (low - 0.130_662_386).abs() < 1e-8, "{low} {high}");
    }

    #[test]
    fn an_end_is_open_where_no_rate_is_out_of_the_question() {
        // The return may be nothing at all: every low rate is possible.
        let [low, high] = bounds(&[vec![-100.0, 0.0], vec![-100.0, 300.0], vec![-100.0, 130.0]]);
        assert!(low.is_none() && high.is_some_and(|high| high > 1.0), "{low:?} {high:?}");
        assert_eq!(bounds(&[vec![-100.0, 130.0]]), [None, None], "a single draw");
        assert_eq!(bounds(&[vec![100.0, 130.0], vec![90.0, 130.0]]), [None, None], "money never goes out");
    }
}
