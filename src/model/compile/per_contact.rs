//! Compiles what an initiative costs each time that a touchpoint happens.

use indexmap::IndexMap;

use crate::model::param::Meaning;
use crate::model::roadmap::ContactCost;
use crate::study::names::TOUCHPOINTS;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

impl Compiler<'_> {
    /// What each occurrence costs, by touchpoint, or by one of its ends, in the order of what counts them: sums round alike
    /// whatever the order in the file is.
    pub(super) fn per_contact(&mut self, at: &Path, written: &IndexMap<String, Number>) -> Vec<ContactCost> {
        let mut costs = Vec::new();
        for (named, number) in written {
            let at = at.child(named);
            let amount = self.numbers.fixed(&at, &at, Meaning::Positive, number);
            let (name, end) = named.split_once('.').map_or((named.as_str(), None), |(name, end)| (name, Some(end)));
            let Some(of) = self.touchpoint_named(name) else {
                let help = if self.study.touchpoints.is_empty() {
                    format!("add `[{}]`, or take it out", Path::of([TOUCHPOINTS.root, name]))
                } else {
                    TOUCHPOINTS.suggest(name, self.study)
                };
                self.fault(TOUCHPOINTS.missing(name).at_key(at.to_string()).help(help));
                continue;
            };
            let place = match end.map(|end| self.end_named(of, end)).transpose() {
                Ok(place) => place,
                Err(fault) => {
                    self.fault(fault.at_key(at.to_string()));
                    continue;
                }
            };
            let its = &self.touchpoints[of.index()];
            let cell = place.map_or(0, |place| its.cell(place));
            costs.push(ContactCost { counter: its.counter, cell, amount });
        }
        costs.sort_by_key(|its| (its.counter, its.cell));
        costs
    }
}
