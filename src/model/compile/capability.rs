//! Compiles capabilities: what the company is able to do today, known or uncertain.

use crate::diagnostic::{Diagnostic, in_percent};
use crate::model::param::Meaning;
use crate::model::roadmap::{Capability, Today};
use crate::stats::distribution::Distribution;
use crate::stats::distribution::parse::kind::Kind;
use crate::study::initiative as written;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

/// What is rarer than this is taken for what never happens.
const NEVER: f64 = 1e-6;

/// Whether a level is there today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum There {
    /// In every draw.
    Surely,
    /// With this chance.
    Perhaps(f64),
    /// In no draw.
    Never,
}

impl Compiler<'_> {
    /// Compiles the capabilities, in the order of the file.
    pub(super) fn capabilities(&mut self) -> Vec<Capability> {
        let study = self.study;
        let one = |(name, its): (&String, &written::Capability)| {
            let at = Path::of(["capabilities", name, "level"]);
            let level = match &its.level {
                Number::Known(level) => {
                    self.check_level(*level, &at);
                    Today::Known(*level)
                }
                uncertain @ Number::Uncertain(_) => {
                    Today::Drawn(self.numbers.fixed(&at, &at, Meaning::Share, uncertain))
                }
            };
            let title = its.title.clone().unwrap_or_else(|| name.clone());
            Capability { name: name.clone(), title, kind: its.kind, level }
        };
        study.capabilities.iter().map(one).collect()
    }

    pub(super) fn check_level(&mut self, level: f64, at: &Path) {
        if !(0.0..=1.0).contains(&level) {
            let usual = "give a number from 0 (nothing) to 1 (all of it)";
            self.fault(
                Diagnostic::error(format!("a level cannot be {level}"))
                    .at(at.to_string())
                    .why("it says how much of a capability is there")
                    .help(in_percent(level).map_or_else(|| usual.to_owned(), |percent| format!("{usual}: {percent}"))),
            );
        }
    }
}

impl written::Capability {
    /// Whether a level is there today.
    pub(super) fn has(&self, level: f64) -> There {
        // What is wrong with a law was told, and nothing is to follow from it.
        let chance = match &self.level {
            Number::Known(today) => f64::from(u8::from(*today >= level)),
            Number::Uncertain(text) => Distribution::parse(text, Kind::Chance)
                .ok()
                .filter(|law| law.cdf(0.0_f64.next_down()) < NEVER && law.cdf(1.0) > 1.0 - NEVER)
                .map_or(1.0, |law| 1.0 - law.cdf(level.next_down())),
        };
        match chance {
            chance if chance >= 1.0 - NEVER => There::Surely,
            chance if chance < NEVER => There::Never,
            chance => There::Perhaps(chance),
        }
    }

    /// Today's level in words: where it is at.
    pub(super) fn today(&self) -> String {
        match &self.level {
            Number::Known(level) => format!("at {level}"),
            Number::Uncertain(law) => format!("at `{law}`"),
        }
    }
}

impl There {
    /// A chance in words: in how many of 100 draws.
    pub fn of_hundred(chance: f64) -> String {
        match (chance * 100.0).round() {
            few if few < 1.0 => "fewer than 1 of 100 draws".to_owned(),
            many if many > 99.0 => "more than 99 of 100 draws".to_owned(),
            some => format!("{some} of 100 draws"),
        }
    }
}
