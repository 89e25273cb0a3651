//! Channels after every change: chances to turn elsewhere that pass 1 together, and times that shrink to nothing.

use crate::diagnostic::Diagnostic;
use crate::model::channel::Desk;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::quantity::ParamId;

use super::place::Place;

impl Place<'_> {
    /// What is wrong with channels in a period, each with the path by which it is told once. What is wrong as it is written
    /// was told before.
    pub fn channels(&self, timeline: &Timeline<'_>, (values, t): (&ParamSet, u32)) -> Vec<(String, Diagnostic)> {
        let mut found = Vec::new();
        for its in &self.model.channels {
            for onward in [&its.switch, &its.again] {
                let chances: Vec<ParamId> = onward.iter().map(|(_, chance)| *chance).collect();
                found.extend(self.passes_one(timeline, &chances, (values, t), ("to turn elsewhere", "lets it be")));
            }
            let ids = its.desk.iter().flat_map(Desk::above_nothing);
            found.extend(ids.filter_map(|id| self.comes_to_nothing(timeline, id, (values, t))));
        }
        found
    }

    fn comes_to_nothing(
        &self,
        timeline: &Timeline<'_>,
        id: ParamId,
        (values, t): (&ParamSet, u32),
    ) -> Option<(String, Diagnostic)> {
        let param = &self.model.params[id.index()];
        if values[id] > 0.0 {
            return None;
        }
        let fault = Diagnostic::error(format!("`{}` becomes {}", param.path, values[id]));
        let fault = Self::changed(timeline, fault.at(param.written.to_string()), &[id], t);
        let why = format!("it must be above 0; this happens {}", self.when(t));
        Some((param.path.to_string(), fault.why(why).help("let the changes do less")))
    }
}
