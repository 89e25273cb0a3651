//! Distributions as a study writes them: `beta(2, 5)`, `normal(mean=3, sd=1)`, `0.05 to 0.09`.

mod call;
mod cut;
mod interval;
pub mod kind;
pub mod laws;
pub mod meant;

use super::Distribution;
use crate::diagnostic::nearest;

use call::Call;
use kind::{Kind, Parsed, fault, not_a_number, number};
use laws::{LAWS, TRUNCATED, all};

impl Distribution {
    /// Reads a distribution: a number, a 90 % interval `low to high` (its ends the 5th and 95th
    /// percentiles of the law that `kind` names), or a law with its parameters in order or by
    /// name; `truncated(LAW, low, high)` cuts one. Whether the law fits `kind` is for the caller to ask, by [`Distribution::support`].
    pub fn parse(text: &str, kind: Kind) -> Parsed {
        let text = text.trim();
        if let Some((name, rest)) = text.split_once('(') {
            let Some(inside) = rest.trim_end().strip_suffix(')') else {
                return fault(format!("`{text}` lacks its closing bracket"), format!("write `{text})`"));
            };
            return law(name.trim(), inside, kind);
        }
        if let Some((low, high)) = interval::ends(text) {
            let (low, high) = (number(low), number(high));
            if low.is_err() || high.is_err() {
                return Err(not_a_number(text));
            }
            return interval::law(low?, high?, kind);
        }
        if let Some(law) = all().find(|law| law.name == text) {
            return fault(format!("`{text}` lacks its parameters"), format!("write {}", law.example()));
        }
        number(text).map(Distribution::Constant)
    }
}

fn law(name: &str, inside: &str, kind: Kind) -> Parsed {
    if name == TRUNCATED.name {
        return cut::truncated(&TRUNCATED, inside, kind);
    }
    if let Some(row) = LAWS.iter().find(|row| row.law.name == name) {
        return (row.read)(&Call::read(&row.law, inside)?);
    }
    let near = nearest(&name.to_ascii_lowercase(), all().map(|law| law.name));
    let near = near.and_then(|near| all().find(|law| law.name == near));
    let help = match near {
        Some(near) => format!("did you mean {}?", near.example()),
        None => format!("known are {}", all().map(|law| law.name).collect::<Vec<_>>().join(", ")),
    };
    fault(format!("there is no distribution `{name}`"), help)
}
