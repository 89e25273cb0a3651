//! An axis is a range with the places that are marked on it.

use super::amount::{Scale, Unit};
use crate::quantity::PeriodUnit;

/// A range of values with its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The value at the near end.
    pub low: f64,
    /// The value at the far end; always greater than `low`.
    pub high: f64,
    /// The marked values with their labels.
    pub marks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis that holds all of the values, ends on marks, and has about `parts` parts.
    ///
    /// Values that are not finite are left out; a single value gets room on both sides.
    pub fn values(unit: Unit, values: impl IntoIterator<Item = f64>, parts: u32) -> Self {
        let finite = values.into_iter().filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = roomy(unit, low, high);
        let step = round_step((high - low) / f64::from(parts));
        // The allowance keeps a value that lies on a mark, but for rounding, from adding one more part.
        let (first, last) = (libm::floor(low / step + 1e-6), libm::ceil(high / step - 1e-6));
        let scale = Scale::of(unit, first.abs().max(last.abs()) * step);
        let decimals = scale.decimals_of_step(step);
        let marks = count(last - first).map(|i| {
            let value = (first + i) * step;
            // Nothing is nothing in any thousands.
            let label = if value == 0.0 && unit != Unit::Share { "0".to_owned() } else { scale.write(value, decimals) };
            (value, label)
        });
        Self { low: first * step, high: last * step, marks: marks.collect() }
    }

    /// An axis of times from `first` to the horizon, marked at round numbers of periods.
    pub fn times(unit: PeriodUnit, first: u64, horizon: u64, parts: u64) -> Self {
        // Within a year parts of it, and then 1, 2, 5, 10, 20, 50 ... years.
        let (within, year): (&[u64], u64) = match unit {
            PeriodUnit::Day => (&[1, 2, 7, 14, 28, 91, 182], 365),
            PeriodUnit::Week => (&[1, 2, 4, 13, 26], 52),
            PeriodUnit::Month => (&[1, 2, 3, 6], 12),
            PeriodUnit::Quarter => (&[1, 2], 4),
            PeriodUnit::Year => (&[], 1),
        };
        let years = (0..12).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power) * year));
        let step = within.iter().copied().chain(years).find(|step| horizon / step <= parts).unwrap_or(horizon.max(1));
        let first = first.min(horizon);
        let times = (0..=horizon / step).map(|n| n * step).filter(|time| *time >= first);
        let mut marks: Vec<(f64, String)> = times.map(|time| (time as f64, time.to_string())).collect();
        if marks.first().is_none_or(|(time, _)| *time - first as f64 >= 0.6 * step as f64) {
            marks.insert(0, (first as f64, first.to_string()));
        }
        // The end is marked as well, in place of a mark that stands too near.
        if marks.last().is_some_and(|(time, _)| *time < horizon as f64) {
            let near = marks.last().is_some_and(|(time, _)| horizon as f64 - *time < 0.6 * step as f64);
            marks.truncate(marks.len() - usize::from(near && marks.len() > 1));
            marks.push((horizon as f64, horizon.to_string()));
        }
        // A single time stands in the middle.
        let room = if horizon > first { 0.0 } else { 0.5 };
        Self { low: first as f64 - room, high: horizon as f64 + room, marks }
    }

    /// Where a value lies between the ends: 0 at `low`, 1 at `high`.
    pub fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Which of so many times are drawn: all, or one in so many, the first and the last always.
pub fn times(count: usize, most: usize) -> Vec<usize> {
    let every = count.div_ceil(most).max(1);
    (0..count).filter(|time| *time == 0 || (count - 1 - time).is_multiple_of(every)).collect()
}

/// Room around a range that has no width, or hardly any for numbers of its size.
fn roomy(unit: Unit, low: f64, high: f64) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if low > high || size <= 1e-290 {
        return (0.0, if unit == Unit::Points { 0.01 } else { 1.0 });
    }
    if high - low > 1e-9 * size && high - low > 1e-290 {
        return (low.max(-1e300), high.min(1e300));
    }
    let room = 0.5 * size.min(1e300);
    let room = if unit == Unit::Points { room.min(0.01) } else { room };
    (low - room, high + room)
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(least)));
    let found = [1.0, 2.0, 2.5, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= least * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

/// 0, 1, ... up to `last`, which is small.
fn count(last: f64) -> impl Iterator<Item = f64> {
    (0..=64_u32).map(f64::from).take_while(move |i| *i <= last + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.marks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn marks_are_round_and_share_their_thousands() {
        let axis = Axis::values(Unit::Number, [0.0, 1_430_000.0], 5);
        assert_eq!(labels(&axis), ["0", "0.5 M", "1.0 M", "1.5 M"]);
        let axis = Axis::values(Unit::Share, [0.42, 1.0], 5);
        assert_eq!(labels(&axis), ["40%", "60%", "80%", "100%"]);
    }

    #[test]
    fn any_range_gives_an_axis_with_two_finite_ends() {
        let ranges = [(0.0, 0.0), (5.0, 5.0), (-1e300, 1e300), (1e-300, 2e-300), (1e15, 1e15 + 1.0), (-3.0, -1.0)];
        for (low, high) in ranges {
            let axis = Axis::values(Unit::Number, [low, high], 5);
            assert!(axis.low.is_finite() && axis.high.is_finite() && axis.low < axis.high, "{low} {high}");
            assert!(axis.low <= low && high <= axis.high && axis.marks.len() > 1, "{low} {high} {axis:?}");
        }
        let axis = Axis::values(Unit::Number, [f64::NAN], 5);
        assert!(axis.low < axis.high);
    }

    #[test]
    fn months_are_marked_by_the_year() {
        assert_eq!(labels(&Axis::times(PeriodUnit::Month, 0, 36, 8)), ["0", "6", "12", "18", "24", "30", "36"]);
        assert_eq!(labels(&Axis::times(PeriodUnit::Month, 1, 36, 8)), ["1", "6", "12", "18", "24", "30", "36"]);
        assert_eq!(labels(&Axis::times(PeriodUnit::Month, 1, 1, 8)), ["1"]);
        assert_eq!(labels(&Axis::times(PeriodUnit::Month, 0, 35, 8)), ["0", "6", "12", "18", "24", "30", "35"]);
        assert_eq!(
            labels(&Axis::times(PeriodUnit::Day, 0, 200, 8)),
            ["0", "28", "56", "84", "112", "140", "168", "200"]
        );
        assert_eq!(labels(&Axis::times(PeriodUnit::Day, 0, 3650, 8)), ["0", "730", "1460", "2190", "2920", "3650"]);
    }
}
