//! Touchpoints after every change: chances that pass 1 together, and what comes too often.

use crate::diagnostic::Diagnostic;
use crate::model::param::ParamSet;
use crate::model::rows::ROUNDING;
use crate::model::timeline::Timeline;
use crate::model::touchpoint::{Cause, MOST_IN_THE_MEAN, MOST_OCCURRENCES, Occurs, Touchpoint};
use crate::quantity::ParamId;
use crate::study::path::ParamPath as Path;

use super::changes::{changes_of, deed, round};
use super::place::Place;

/// What becomes of those whom chances leave over.
const REST: &str = "ends or stays as it is";

impl Place<'_> {
    /// What is wrong with touchpoints in a period, each with the path by which it is told once. What is wrong as it is
    /// written was told before.
    pub fn touchpoints(&self, timeline: &Timeline<'_>, (values, t): (&ParamSet, u32)) -> Vec<(String, Diagnostic)> {
        let mut found = Vec::new();
        for its in &self.model.touchpoints {
            let ends: Vec<ParamId> = its.ends.iter().filter_map(|end| end.chance).collect();
            found.extend(self.passes_one(timeline, &ends, (values, t), ("of how this ends", REST)));
            for end in &its.ends {
                let ways: Vec<ParamId> = end.ways.iter().map(|way| way.chance).collect();
                found.extend(self.passes_one(timeline, &ways, (values, t), ("to be taken elsewhere", REST)));
            }
            found.extend(self.too_often(timeline, its, (values, t)));
        }
        found
    }

    pub(super) fn passes_one(
        &self,
        timeline: &Timeline<'_>,
        chances: &[ParamId],
        (values, t): (&ParamSet, u32),
        (what, rest): (&str, &str),
    ) -> Option<(String, Diagnostic)> {
        let all: f64 = chances.iter().map(|id| values[*id]).sum();
        if all <= 1.0 + ROUNDING {
            return None;
        }
        let mut fault = Diagnostic::error(format!("the chances {what} add up to {}", round(all)));
        for id in chances {
            fault = fault.at(self.model.params[id.index()].written.to_string());
        }
        let told = self.model.params[chances[0].index()].path.to_string();
        let fault = Self::changed(timeline, fault, chances, t);
        let why =
            format!("what they leave over {rest}, so they may add up to 1 at most; this happens {}", self.when(t));
        Some((told, fault.why(why).help("lower the chances, or let the changes do less")))
    }

    fn too_often(
        &self,
        timeline: &Timeline<'_>,
        its: &Touchpoint,
        (values, t): (&ParamSet, u32),
    ) -> Option<(String, Diagnostic)> {
        let by_rate = its.rows.iter().filter(|row| row.cause == Cause::Rate);
        let rates = by_rate.flat_map(|row| row.stages.iter().flatten()).filter_map(|occurs| match occurs {
            Occurs::With(id) => Some(*id),
            Occurs::Always => None,
        });
        let id = rates.max_by(|a, b| values[*a].total_cmp(&values[*b]))?;
        if values[id] <= MOST_IN_THE_MEAN {
            return None;
        }
        let path: &Path = &self.model.params[id.index()].path;
        let fault = Diagnostic::error(format!("`{path}` becomes {}", round(values[id])));
        let fault = Self::changed(timeline, fault.at(self.model.params[id.index()].written.to_string()), &[id], t);
        let why = format!(
            "more than {MOST_OCCURRENCES} in one period are not told apart, and {MOST_IN_THE_MEAN} in the mean hardly pass that; this happens {}",
            self.when(t)
        );
        Some((path.to_string(), fault.why(why).help("let the changes do less, or use a shorter period of the run")))
    }

    pub(super) fn changed(timeline: &Timeline<'_>, fault: Diagnostic, of: &[ParamId], t: u32) -> Diagnostic {
        let touching = changes_of(timeline, |id| of.iter().any(|its| its.index() == id), t);
        touching.iter().fold(fault, |fault, change| fault.at_with(change.written.to_string(), deed(change, t)))
    }
}
