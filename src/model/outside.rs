//! What lies outside: how far the law of an uncertain number leaves the range of the number.

use crate::diagnostic::Diagnostic;
use crate::stats::distribution::parse::kind::Kind;
use crate::stats::distribution::{Distribution, LEAST_KEPT};
use crate::study::path::ParamPath as Path;

use super::param::Meaning;

/// The largest amount that the engine counts to the ten-thousandth without loss.
pub const LARGEST: f64 = 1e12;
/// The share of draws that may lie outside, and is held at the end of the range.
pub const MAY_BE_OUTSIDE: f64 = 1e-6;

/// The fault of an uncertain number whose law, written as it is, leaves the range of the number.
pub fn leaves(at: &Path, meaning: Meaning, (law, written): (&Distribution, &str)) -> Option<Diagnostic> {
    let (least, greatest) = meaning.ends();
    let (below, above) = (law.below(least), law.above(greatest));
    if below + above > MAY_BE_OUTSIDE {
        let share = |share: f64, side: &str, end: f64| {
            (share > 0.0).then(|| format!("{} of its draws lie {side} {end}", percent(share)))
        };
        let shares: Vec<String> =
            [share(below, "below", least), share(above, "above", greatest)].into_iter().flatten().collect();
        return Some(
            Diagnostic::error(format!("`{at}` can leave its range: {}", shares.join(" and ")))
                .at(at.to_string())
                .why(format!(
                    "it must be {}; one draw in a million may lie outside, and is held at the end",
                    meaning.range()
                ))
                .help(within(meaning, law, written.trim())),
        );
    }
    (law.below(-LARGEST) + law.above(LARGEST) > MAY_BE_OUTSIDE || law.quantile(0.5).is_nan())
        .then(|| too_large(at, String::new()))
}

/// The fault of a number past [`LARGEST`].
pub fn too_large(at: &Path, shown: String) -> Diagnostic {
    Diagnostic::error(format!("`{at}` is larger than the engine counts exactly"))
        .at_with(at.to_string(), shown)
        .why("amounts are counted in whole ten-thousandths, up to 1e12")
        .help("use a larger unit, such as thousands")
}

/// Laws that lie within the range: the same cut off, and one of like mean and spread.
fn within(meaning: Meaning, law: &Distribution, written: &str) -> String {
    let chance = matches!(meaning, Meaning::Chance | Meaning::Share);
    let ends = match meaning {
        Meaning::Chance | Meaning::Share => "0, 1",
        Meaning::Growth => "low=-1",
        Meaning::Positive | Meaning::Real => "low=0",
    };
    let cut = format!("truncated({}, {ends})", written.strip_prefix("truncated").unwrap_or(written));
    let (least, greatest) = meaning.ends();
    let kept = 1.0 - law.below(least) - law.above(greatest);
    // A law with jumps cannot be cut, nor can one that is cut already.
    let can_be_cut = kept > LEAST_KEPT && Distribution::parse(&cut, Kind::Real).is_ok();
    let (mean, sd) = (rounded(law.mean()), rounded(law.sd()));
    let like = match meaning {
        Meaning::Chance | Meaning::Share => format!("beta(mean={mean}, sd={sd})"),
        Meaning::Positive => format!("lognormal(mean={mean}, sd={sd})"),
        Meaning::Growth | Meaning::Real => String::new(),
    };
    let like = Some(like).filter(|like| Distribution::parse(like, Kind::Real).is_ok());
    match (can_be_cut, like) {
        (true, Some(like)) => format!("write \"{cut}\", or a law that fits, such as \"{like}\""),
        (true, None) => format!("write \"{cut}\""),
        (false, Some(like)) => format!("write a law that fits, such as \"{like}\""),
        (false, None) if chance => {
            "use a distribution between 0 and 1, such as \"beta(2, 5)\" or \"0.05 to 0.09\"".to_owned()
        }
        (false, None) if meaning == Meaning::Growth => "give a law above -1".to_owned(),
        (false, None) => "use a distribution of positive numbers, such as \"lognormal(mean=42, sd=25)\"".to_owned(),
    }
}

/// A number in three digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

/// A share in percent, in two digits; all but none or all of it is told as such.
fn percent(share: f64) -> String {
    if share > 0.9999 {
        "all".to_owned()
    } else {
        format!("{} %", format!("{:.1e}", share * 100.0).parse().unwrap_or(share))
    }
}
