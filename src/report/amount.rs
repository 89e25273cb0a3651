//! How numbers are written for people: `1.2 M`, `45 k`, `63.1%`, `12.34 ± 0.05 M`.

use crate::model::facts::Dimension;
use crate::model::reported::dimension_of;
use crate::quantity::UNITS_PER_ONE;
use crate::stats::estimate::Estimate;

/// What kind of number it is, which decides how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain number: customers, or money in the study's currency.
    Number,
    /// A share between 0 and 1, written in percent.
    Share,
    /// A difference of two shares, written in percentage points.
    Points,
}

impl Unit {
    /// The unit of a metric's value, by the name that outputs use.
    pub fn of(metric: &str) -> Self {
        match dimension_of(metric) {
            Dimension::Share => Self::Share,
            Dimension::Score
            | Dimension::Customers
            | Dimension::Purchases
            | Dimension::Times
            | Dimension::Minutes
            | Dimension::People
            | Dimension::Periods
            | Dimension::Money
            | Dimension::Own => Self::Number,
        }
    }

    /// The unit of a difference between two values of a metric.
    pub fn of_difference(metric: &str) -> Self {
        match Self::of(metric) {
            Self::Share | Self::Points => Self::Points,
            Self::Number => Self::Number,
        }
    }
}

/// What a metric is measured in, in words.
pub fn measured_in(dimension: Dimension, currency: &str) -> &str {
    match dimension {
        Dimension::Share => "percent",
        Dimension::Score => "from 0 to 1",
        Dimension::Customers => "customers",
        Dimension::Purchases => "purchases",
        Dimension::Times => "times",
        Dimension::Minutes => "minutes",
        Dimension::People => "full-time people",
        Dimension::Periods => "periods",
        Dimension::Money => currency,
        Dimension::Own => "in its own unit",
    }
}

/// A unit with its thousands: what a value is divided by, and the letters that say so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    divisor: f64,
    suffix: &'static str,
}

/// From these sizes on a number is written in thousands, millions and so on; four digits are read as they are.
const SCALES: [(f64, f64, &str); 4] =
    [(999_500e6, 1e12, " trn"), (999.5e6, 1e9, " bn"), (999_500.0, 1e6, " M"), (9_999.5, 1e3, " k")];

/// From this size on there is no word, and digits are written with their power of ten.
const LARGEST: f64 = 1e16;

impl Scale {
    /// The scale that suits numbers up to `largest` in size.
    pub fn of(unit: Unit, largest: f64) -> Self {
        match unit {
            Unit::Share => Self { divisor: 0.01, suffix: "%" },
            Unit::Points => Self { divisor: 0.01, suffix: " pp" },
            Unit::Number if largest.abs() >= LARGEST => Self { divisor: 1.0, suffix: "" },
            Unit::Number => SCALES
                .into_iter()
                .find(|(from, ..)| largest.abs() >= *from)
                .map_or(Self { divisor: 1.0, suffix: "" }, |(_, divisor, suffix)| Self { divisor, suffix }),
        }
    }

    /// The decimals that show `digits` significant digits of a number of this size, once it is rounded to them.
    fn decimals(self, size: f64, digits: i32) -> usize {
        let size = size.abs() / self.divisor;
        if !size.is_finite() || size <= 0.0 {
            return 0;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is within ±324")]
        let magnitude = libm::floor(libm::log10(size * (1.0 + 0.5 * libm::pow(10.0, f64::from(-digits))))) as i32;
        // Nobody asks for a smaller part of a percent.
        let most = if self.divisor < 1.0 { 4 } else { 12 };
        usize::try_from(digits - 1 - magnitude).unwrap_or(0).min(most)
    }

    /// The decimals that tell numbers apart that lie `step` apart.
    pub fn decimals_of_step(self, step: f64) -> usize {
        let mut decimals = self.decimals(step, 1);
        // A step of 2.5 needs one decimal more than its first digit.
        let scaled = step / self.divisor * libm::pow(10.0, decimals as f64);
        if libm::fabs(scaled - libm::round(scaled)) > 1e-6 {
            decimals += 1;
        }
        decimals
    }

    /// The number alone, without the letters.
    fn digits(self, value: f64, decimals: usize) -> String {
        let scaled = value / self.divisor;
        // Neither a small nor a huge number can be read with that many zeros.
        let plain = if libm::fabs(scaled) >= 1e6 || decimals > 8 {
            power_of_ten(scaled)
        } else {
            group(&format!("{scaled:.decimals$}"))
        };
        let is_zero = !plain.contains(|c: char| ('1'..='9').contains(&c));
        match plain.strip_prefix('-') {
            Some(size) if is_zero => size.to_owned(),
            Some(size) => format!("−{size}"),
            None => plain,
        }
    }

    /// The number with its letters.
    pub fn write(self, value: f64, decimals: usize) -> String {
        self.digits(value, decimals) + self.suffix
    }
}

/// Three digits and the power of ten, without zeros that say nothing: `1.25e18`, `4e−7`.
fn power_of_ten(value: f64) -> String {
    let text = format!("{value:.2e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}e{}", power.replace('-', "−"))
}

/// Puts commas between the thousands of the whole part.
fn group(plain: &str) -> String {
    let (sign, size) = plain.strip_prefix('-').map_or(("", plain), |size| ("-", size));
    let (whole, part) = size.split_once('.').map_or((size, None), |(whole, part)| (whole, Some(part)));
    let mut text = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(part) = part {
        text.push('.');
        text.push_str(part);
    }
    text
}

/// The decimals for one number on its own: three digits, and never a fraction of a large count.
fn own_decimals(scale: Scale, value: f64) -> usize {
    scale.decimals(value, 3)
}

/// A number on its own.
pub fn write(unit: Unit, value: f64) -> String {
    let scale = Scale::of(unit, value);
    let decimals = own_decimals(scale, value);
    let text = scale.write(value, decimals);
    if text.contains(|c: char| ('1'..='9').contains(&c)) { text } else { scale.write(0.0, 0) }
}

/// A heading or sentence begins with a capital.
pub fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A rate or a level of chance as people name it: `8%`, `2.5%`, never a smaller part than a tenth of a percent.
pub fn write_rate(rate: f64) -> String {
    let whole = libm::fabs(100.0 * rate - libm::round(100.0 * rate)) < 0.05;
    Scale::of(Unit::Share, 1.0).write(rate, usize::from(!whole))
}

/// A period, or a number of periods, which is whole: a percentile between two of them says no more than the nearest.
pub fn write_period(period: f64) -> String {
    Scale::of(Unit::Share, 1.0).digits(libm::round(period) / 100.0, 0)
}

/// A count in full: `20,000`.
pub fn write_count(count: u64) -> String {
    group(&count.to_string())
}

/// A number with its sign, plus included, as a difference needs it.
pub fn write_signed(unit: Unit, value: f64) -> String {
    signed(write(unit, value), value)
}

fn signed(text: String, value: f64) -> String {
    if text.starts_with(|c: char| c.is_ascii_digit()) && value > 0.0 { format!("+{text}") } else { text }
}

/// A mean and the ends of its interval, all three in the same thousands: `0.94 M`, `0.40 to 1.48 M`.
pub fn write_ranged(unit: Unit, mean: f64, low: f64, high: f64) -> (String, String) {
    let largest = low.abs().max(high.abs()).max(mean.abs());
    let scale = Scale::of(unit, largest);
    let own = own_decimals(scale, largest);
    let ends = own.max(scale.decimals(high - low, 1).min(own + 3));
    // Beside large ends a small mean keeps its second digit.
    let decimals = ends.max(scale.decimals(mean, 2).min(ends + 1));
    (scale.write(mean, decimals), format!("{} to {}", scale.digits(low, ends), scale.write(high, ends)))
}

/// [`write_ranged`] with the sign of the mean, as a difference needs it.
pub fn write_ranged_signed(unit: Unit, mean: f64, low: f64, high: f64) -> (String, String) {
    let (text, ends) = write_ranged(unit, mean, low, high);
    (signed(text, mean), ends)
}

/// An estimate with its interval in brackets, where it has any: `0.94 M [0.40 to 1.48 M]`.
pub fn write_bracketed(unit: Unit, estimate: &Estimate) -> String {
    let Estimate { mean, standard_error, low, high } = *estimate;
    if standard_error.is_none() || low >= high {
        return write(unit, mean);
    }
    let (mean, ends) = write_ranged(unit, mean, low, high);
    format!("{mean} [{ends}]")
}

/// [`write_bracketed`] with the sign of the mean.
pub fn write_signed_bracketed(unit: Unit, estimate: &Estimate) -> String {
    signed(write_bracketed(unit, estimate), estimate.mean)
}

/// A mean with half the width of its interval: `12.34 ± 0.05 M`; with both ends where the interval leans to one side, and the
/// mean alone where nothing is known of the error.
pub fn write_estimate(unit: Unit, estimate: &Estimate) -> String {
    /// The part of half the width by which the middle may be off the mean.
    const LEAST_LEAN: f64 = 0.1;
    if estimate.standard_error.is_none() {
        return write(unit, estimate.mean);
    }
    let half = half_width(estimate);
    if libm::fabs(f64::midpoint(estimate.low, estimate.high) - estimate.mean) > LEAST_LEAN * half {
        return write_bracketed(unit, estimate);
    }
    let (scale, decimals) = scale_of_estimate(unit, estimate);
    format!("{} ± {}", scale.digits(estimate.mean, decimals), scale.write(half, decimals))
}

/// A number to compare with an estimate, in the same thousands and with the same decimals.
pub fn write_beside(unit: Unit, value: f64, estimate: &Estimate) -> String {
    let (scale, decimals) = scale_of_estimate(unit, estimate);
    scale.write(value, decimals)
}

/// Thousands and decimals that show half the width with two digits, or three of the mean where it has no width.
fn scale_of_estimate(unit: Unit, estimate: &Estimate) -> (Scale, usize) {
    let half = half_width(estimate);
    let size = estimate.mean.abs().max(half);
    let scale = Scale::of(unit, size);
    let own = own_decimals(scale, size);
    (scale, if half > 0.0 { scale.decimals(half, 2).min(own + 3) } else { own })
}

/// Half the width of an interval.
fn half_width(estimate: &Estimate) -> f64 {
    (estimate.high - estimate.low) / 2.0
}

/// A probability in whole percent; near both ends it says so rather than claim certainty.
pub fn write_probability(probability: f64) -> String {
    match probability {
        p if p > 0.0 && p < 0.01 => "under 1%".to_owned(),
        p if p < 1.0 && p > 0.99 => "over 99%".to_owned(),
        p => format!("{:.0}%", p * 100.0),
    }
}

/// An amount of money without what is smaller than half a unit of the books: that is rounding, and shown as 0.
pub fn booked(estimate: &Estimate) -> Estimate {
    let held = |money: f64| if money.abs() < 0.5 / UNITS_PER_ONE { 0.0 } else { money };
    Estimate { mean: held(estimate.mean), low: held(estimate.low), high: held(estimate.high), ..*estimate }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_below_half_a_unit_of_the_books_is_nothing() {
        let rounding = Estimate { mean: 1.47e-9, low: -3e-9, high: 4e-5, standard_error: Some(1e-9) };
        let Estimate { mean, low, high, .. } = booked(&rounding);
        assert_eq!([mean, low, high], [0.0; 3]);
        assert_eq!(booked(&Estimate { mean: -0.01, ..rounding }).mean, -0.01);
    }

    #[test]
    fn numbers_keep_three_digits_and_take_a_letter_for_their_thousands() {
        let cases = [
            (0.0, "0"),
            (1_234.4, "1,234"),
            (45_000.0, "45.0 k"),
            (999_499.0, "999 k"),
            (999_999.0, "1.00 M"),
            (1_234_567.0, "1.23 M"),
            (-1_234_567.0, "−1.23 M"),
            (3.2e9, "3.20 bn"),
            (7.1e12, "7.10 trn"),
            (1.25e20, "1.25e20"),
            (0.012_34, "0.0123"),
            (-1e-9, "−1e−9"),
        ];
        for (value, text) in cases {
            assert_eq!(write(Unit::Number, value), text);
        }
    }

    #[test]
    fn shares_become_percent_and_their_differences_percentage_points() {
        assert_eq!(write(Unit::Share, 0.6314), "63.1%");
        assert_eq!(write_signed(Unit::Points, 0.034), "+3.40 pp");
        assert_eq!(write_signed(Unit::Points, -0.034), "−3.40 pp");
        assert_eq!(write_signed(Unit::Points, 0.0), "0 pp");
        assert_eq!(write(Unit::Share, 1e-40), "0%");
    }

    #[test]
    fn a_mean_shows_no_more_digits_than_its_error_allows() {
        let estimate = |mean: f64, half: f64| Estimate {
            mean,
            standard_error: Some(half / 2.0),
            low: mean - half,
            high: mean + half,
        };
        assert_eq!(write_estimate(Unit::Number, &estimate(12_344_000.0, 52_000.0)), "12.344 ± 0.052 M");
        assert_eq!(write_estimate(Unit::Share, &estimate(0.631, 0.012)), "63.1 ± 1.2%");
        assert_eq!(write_estimate(Unit::Number, &estimate(200.0, 45_000.0)), "0 ± 45 k");
        assert_eq!(write_estimate(Unit::Number, &estimate(1_200.0, 0.0)), "1,200 ± 0");
        assert_eq!(write_beside(Unit::Number, 12_351_234.0, &estimate(12_344_000.0, 52_000.0)), "12.351 M");
        let alone = Estimate { mean: 0.5, standard_error: None, low: 0.5, high: 0.5 };
        assert_eq!(write_estimate(Unit::Share, &alone), "50.0%");
    }

    /// The ends of an interval, with the mean in its middle.
    fn ends(low: f64, high: f64) -> String {
        write_ranged(Unit::Number, f64::midpoint(low, high), low, high).1
    }

    #[test]
    fn both_ends_of_an_interval_are_written_alike() {
        assert_eq!(ends(-20_000.0, 1_500_000.0), "−0.02 to 1.50 M");
        assert_eq!(ends(1_231_000.0, 1_234_000.0), "1.231 to 1.234 M");
    }

    #[test]
    fn a_mean_and_its_interval_are_in_the_same_thousands() {
        let bracketed = |mean: f64, low: f64, high: f64| {
            let estimate = Estimate { mean, standard_error: Some(1.0), low, high };
            write_signed_bracketed(Unit::Number, &estimate)
        };
        assert_eq!(bracketed(3_831.0, -96_000.0, 104_000.0), "+3.8 k [−96 to 104 k]");
        assert_eq!(bracketed(938_000.0, 0.4e6, 1.48e6), "+0.94 M [0.40 to 1.48 M]");
        assert_eq!(bracketed(6_724.0, 3_512.0, 9_936.0), "+6,724 [3,512 to 9,936]");
        assert_eq!(bracketed(-137_000.0, -182_000.0, -92_000.0), "−137 k [−182 to −92 k]");
        assert_eq!(bracketed(0.0, 0.0, 0.0), "0", "what is the same everywhere has no interval");
    }

    #[test]
    fn periods_are_whole() {
        assert_eq!([8.9, 54.5, 17.0].map(write_period), ["9", "55", "17"]);
    }

    #[test]
    fn no_probability_is_rounded_to_certainty() {
        let texts: Vec<String> = [0.0, 0.004, 0.5, 0.996, 1.0].into_iter().map(write_probability).collect();
        assert_eq!(texts, ["0%", "under 1%", "50%", "over 99%", "100%"]);
    }
}
