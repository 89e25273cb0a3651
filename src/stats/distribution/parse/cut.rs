//! Truncated laws as a study writes them: `truncated(normal(0.02, 0.02), 0, 1)`.

use super::super::{Density, Distribution, LEAST_KEPT, Truncated};
use super::call::Call;
use super::kind::{Kind, Law, Parsed, fault};

/// `truncated(LAW, low, high)`: the ends in order or by name, one of which may be left out where they are named.
pub fn truncated(own: &Law, inside: &str, kind: Kind) -> Parsed {
    let (written, ends) = first_argument(inside);
    let written = written.trim();
    if written.is_empty() || written.starts_with("truncated") {
        let what = if written.is_empty() { "truncated lacks its law" } else { "a truncated law is truncated again" };
        return fault(what, format!("write {}", own.example()));
    }
    let law = Distribution::parse(written, kind)?;
    let call = Call::read(own, ends)?;
    let [low, high] = match call.parameters[..] {
        [(Some("low"), low)] => [low, f64::INFINITY],
        [(Some("high"), high)] => [f64::NEG_INFINITY, high],
        _ => call.take([&["low", "high"]], true)?.1,
    };
    call.in_order(low, high)?;
    if matches!(law.density(), Density::Points(_)) {
        return fault(
            format!("truncated: there is nothing to cut off `{written}`"),
            "write it alone; what is truncated is a distribution over a range, such as normal(mean=3, sd=1)",
        );
    }
    match Truncated::new(law, low, high) {
        Some(its) => Ok(Distribution::Truncated(Box::new(its))),
        None => fault(
            format!("truncated: nothing to speak of is left of `{written}` from {low} to {high}"),
            format!("keep at least {LEAST_KEPT} of the law, or give a law that lies there"),
        ),
    }
}

/// What stands before the first comma that is not in brackets, and what stands behind it.
fn first_argument(inside: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, letter) in inside.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return (&inside[..at], &inside[at + 1..]),
            _ => {}
        }
    }
    (inside, "")
}
