//! Whole numbers on the command line, written as studies write them: `20000`, `20_000` or `2e4`.

/// 2^53: beyond it a floating-point number no longer tells whole numbers apart.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// A whole number from 0 on.
///
/// # Errors
/// What may be written.
pub fn whole(text: &str) -> Result<u64, String> {
    let fault = || "give a whole number without a sign, such as 20000, 20_000 or 2e4".to_owned();
    // As in TOML, an underscore stands between two digits.
    let apart = text.split('_').enumerate().all(|(place, part)| {
        let (first, last) = (part.chars().next(), part.chars().last());
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        (place == 0 || digit(first)) && (!text.contains('_') || digit(last))
    });
    let plain = text.replace('_', "");
    if !apart || !plain.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(fault());
    }
    if let Ok(number) = plain.parse() {
        return Ok(number);
    }
    match plain.parse::<f64>() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
        Ok(number) if number % 1.0 == 0.0 && (0.0..=LARGEST).contains(&number) => Ok(number as u64),
        _ => Err(fault()),
    }
}

/// A whole number from 1 on.
///
/// # Errors
/// What may be written.
pub fn positive(text: &str) -> Result<u64, String> {
    match whole(text)? {
        0 => Err("give a whole number from 1 on".to_owned()),
        number => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_written_as_in_a_study() {
        for (text, number) in
            [("0", 0), ("20_000", 20_000), ("2.5e2", 250), ("1e9", 1_000_000_000), ("18446744073709551615", u64::MAX)]
        {
            assert_eq!(whole(text), Ok(number), "{text}");
        }
        for text in ["", "-5", "+5", "_1", "1_", "1__0", "1.5", "1e300", "nan", "inf", "few", "0x10", "1_e3"] {
            assert!(whole(text).is_err(), "{text}");
        }
        assert!(positive("0").is_err() && positive("1") == Ok(1));
    }
}
