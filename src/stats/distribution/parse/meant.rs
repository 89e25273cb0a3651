//! The number that was meant by a text which is none: `10%`, `€49`, `220k`, `0,5`, `1/12`, `0.5-0.8`.

/// What a text was meant to say, as a study writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The number, or the interval with its quotes.
    pub written: String,
    /// Why it is written so.
    pub why: &'static str,
}

impl Meant {
    /// How to fix it: `write 0.1 (a percentage is written as a share)`.
    pub fn help(&self) -> String {
        format!("write {} ({})", self.written, self.why)
    }

    /// Whether it is an interval, which cannot stand where a number has to be known.
    pub fn is_interval(&self) -> bool {
        self.written.starts_with('"')
    }
}

const SHARE: &str = "a percentage is written as a share";
const CURRENCY: &str = "the currency is named once, in `currency`";
const DIGITS: &str = "numbers are written in digits; `_` may part them";
const COMMA: &str = "a number has a decimal point, and no comma";
const POINT: &str = "a point stands between digits";
const FRACTION: &str = "a fraction is written as a decimal number";
const PLAIN: &str = "a number stands alone; what is uncertain is an interval, such as \"0.05 to 0.09\"";
const INTERVAL: &str = "an interval in quotes, with `to`: 90 in 100 lie between";

/// What is multiplied by a power of ten, by what stands behind the digits.
const SCALES: [(&str, i32, &str); 14] = [
    ("%", -2, SHARE),
    ("percent", -2, SHARE),
    ("per cent", -2, SHARE),
    ("‰", -3, SHARE),
    ("thousand", 3, DIGITS),
    ("k", 3, DIGITS),
    ("K", 3, DIGITS),
    ("million", 6, DIGITS),
    ("mio", 6, DIGITS),
    ("mn", 6, DIGITS),
    ("m", 6, DIGITS),
    ("M", 6, DIGITS),
    ("bn", 9, DIGITS),
    ("billion", 9, DIGITS),
];

const SYMBOLS: [&str; 12] = ["€", "$", "£", "¥", "₹", "₽", "₩", "₺", "₴", "₪", "zł", "kr"];

/// What a text was meant to say where it is no number: a number, or an interval.
pub fn meant(text: &str) -> Option<Meant> {
    let text = text.trim();
    if let Some(amount) = Amount::read(text) {
        let why = amount.why?;
        return Some(Meant { written: written(amount.value()?), why });
    }
    interval(text)
}

/// The interval from one number to another.
pub fn between(low: f64, high: f64) -> Meant {
    Meant { written: format!("\"{} to {}\"", written(low), written(high)), why: INTERVAL }
}

/// Two amounts with something between them: the unit of the second holds for a first without one.
fn interval(text: &str) -> Option<Meant> {
    let inner =
        text.strip_prefix("between ").unwrap_or(text).trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    for mark in [" to ", "...", "..", " and ", "–", "—", "−", "±", "+/-", "+-", "-"] {
        for (at, _) in inner.match_indices(mark).filter(|(at, _)| *at > 0) {
            let ends = (Amount::read(&inner[..at]), Amount::read(&inner[at + mark.len()..]));
            let (Some(mut first), Some(second)) = ends else { continue };
            if first.scale == 0 {
                first.scale = second.scale;
            }
            let why = first.why.or(second.why).unwrap_or(INTERVAL);
            let (a, b) = (first.value()?, second.value()?);
            let is_spread = matches!(mark, "±" | "+/-" | "+-");
            let (low, high) = if is_spread { (tidy(a - b), tidy(a + b)) } else { (a, b) };
            // What does not rise is something else, such as a date: `2027-06`.
            return (low < high).then(|| Meant { why, ..between(low, high) });
        }
    }
    None
}

/// A sum without the last digits that binary numbers add to it.
fn tidy(number: f64) -> f64 {
    format!("{number:.12e}").parse().unwrap_or(number)
}

/// Digits, the power of ten that they are multiplied by, and what was odd about them.
struct Amount {
    digits: String,
    divisor: Option<String>,
    scale: i32,
    why: Option<&'static str>,
}

impl Amount {
    fn read(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut why = None;
        for about in ["~", "≈", "about ", "ca. "] {
            if let Some(after) = rest.strip_prefix(about) {
                (rest, why) = (after.trim(), Some(PLAIN));
            }
        }
        if let Some(bare) = without_currency(rest) {
            (rest, why) = (bare, Some(CURRENCY));
        }
        let mut scale = 0;
        let scaled = SCALES.iter().find_map(|(name, power, reason)| Some((rest.strip_suffix(name)?, power, reason)));
        if let Some((before, power, reason)) = scaled {
            (rest, scale, why) = (before.trim(), *power, why.or(Some(*reason)));
        }
        if let Some((above, below)) = rest.split_once('/') {
            let (digits, divisor) = (plain(above.trim())?.0, plain(below.trim())?.0);
            return Some(Self { digits, divisor: Some(divisor), scale, why: why.or(Some(FRACTION)) });
        }
        let (digits, is_odd) = plain(rest)?;
        // Nobody writes a tenth of a cent with its currency.
        let digits = if why == Some(CURRENCY) && may_part_thousands(rest) { rest.replace('.', "") } else { digits };
        Some(Self { digits, divisor: None, scale, why: why.or(is_odd) })
    }

    fn value(&self) -> Option<f64> {
        // By its exponent, so that 7.1 % is 0.071 to the last digit.
        let number: f64 = format!("{}e{}", self.digits, self.scale).parse().ok()?;
        let divisor = self.divisor.as_ref().map_or(Some(1.0), |divisor| divisor.parse().ok())?;
        let value = number / divisor;
        let value = if self.divisor.is_some() { format!("{value:.3e}").parse().ok()? } else { value };
        value.is_finite().then_some(value)
    }
}

/// Whether the point of a number may part thousands: it stands between one to three digits and three.
pub fn may_part_thousands(written: &str) -> bool {
    let Some((thousands, rest)) = written.split_once('.') else { return false };
    let all_digits = [thousands, rest].iter().all(|part| part.chars().all(|digit| digit.is_ascii_digit()));
    all_digits && (1..=3).contains(&thousands.len()) && rest.len() == 3 && !thousands.starts_with('0')
}

/// A text without the sign or code of a currency at one of its ends.
fn without_currency(text: &str) -> Option<&str> {
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let cut = SYMBOLS.iter().find_map(|sign| text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)));
    let front = text.get(..3).filter(|code| is_code(code)).and_then(|_| text.get(3..));
    let back = || {
        let at = text.len().checked_sub(3)?;
        text.get(at..).filter(|code| is_code(code)).and_then(|_| text.get(..at))
    };
    cut.or(front).or_else(back).map(str::trim).filter(|rest| !rest.is_empty())
}

/// Digits with a point, from digits as people group them; and what was odd about them.
fn plain(text: &str) -> Option<(String, Option<&'static str>)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = |part: &str| part.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let known = |c: char| c.is_ascii_digit() || "._,'’ \u{a0}\u{202f}".contains(c);
    if !starts(unsigned) || !unsigned.chars().all(known) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let joined: String = unsigned.chars().filter(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
    let grouped = unsigned.contains(|c: char| "'’ \u{a0}\u{202f}".contains(c));
    let is_thousands = |mark: char| {
        let mut groups = joined.split(mark);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3)
    };
    let digits = match (joined.rfind(','), joined.rfind('.')) {
        (None, _) if joined.matches('.').count() > 1 && is_thousands('.') => joined.replace('.', ""),
        (None, _) => joined.clone(),
        (Some(comma), Some(point)) if comma < point => joined.replace(',', ""),
        (Some(_), None) if is_thousands(',') => joined.replace(',', ""),
        _ => joined.replace('.', "").replace(',', "."),
    };
    let reason = if joined.contains(',') {
        Some(COMMA)
    } else {
        let is_open = joined.starts_with('.') || joined.ends_with('.');
        (grouped || digits != joined).then_some(DIGITS).or(is_open.then_some(POINT))
    };
    digits.parse::<f64>().is_ok().then(|| (format!("{sign}{digits}"), reason))
}

/// A number as a study writes it, with `_` between thousands.
pub fn written(number: f64) -> String {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut parted = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            parted.push('_');
        }
        parted.push(digit);
    }
    let decimals = decimals.map_or_else(String::new, |decimals| format!(".{decimals}"));
    format!("{sign}{parted}{decimals}")
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_number_as_people_write_it_is_rewritten_as_a_study_does() {
        for (text, wanted) in [
            ("10%", "0.1"),
            ("7,1 %", "0.071"),
            ("-2%", "-0.02"),
            ("5 percent", "0.05"),
            ("€49", "49"),
            ("49 EUR", "49"),
            ("USD 1,250.50", "1_250.5"),
            ("€1.2M", "1_200_000"),
            ("220k", "220_000"),
            ("1.5 million", "1_500_000"),
            ("4,000", "4_000"),
            ("1.234.567", "1_234_567"),
            ("1.234,5", "1_234.5"),
            ("0,08", "0.08"),
            ("12 000", "12_000"),
            ("1/12", "0.08333"),
            (".08", "0.08"),
            ("~0.3", "0.3"),
        ] {
            assert_eq!(meant(text).map(|meant| meant.written).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn two_numbers_are_rewritten_as_an_interval() {
        for (text, wanted) in [
            ("0.5-0.8", "\"0.5 to 0.8\""),
            ("0.5 – 0.8", "\"0.5 to 0.8\""),
            ("0.5..0.8", "\"0.5 to 0.8\""),
            ("60-90%", "\"0.6 to 0.9\""),
            ("60% to 90%", "\"0.6 to 0.9\""),
            ("€60k to €90k", "\"60_000 to 90_000\""),
            ("between 3 and 5", "\"3 to 5\""),
            ("0.7 ± 0.1", "\"0.6 to 0.8\""),
            ("-0.5--0.2", "\"-0.5 to -0.2\""),
        ] {
            assert_eq!(meant(text).map(|meant| meant.written).unwrap_or_default(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_a_right_one_is_left_alone() {
        for text in
            ["", "many", "0.07", "1_000", "month", "2026-01-01", "2027-06", "beta(2, 5)", "k", "%", "€", "1.2.3", "a-b"]
        {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
