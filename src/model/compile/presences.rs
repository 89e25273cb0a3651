//! Compiles presences: what the values of a stage are multiplied by, where that is not the number of its customers.

use crate::diagnostic::Diagnostic;
use crate::model::counter::Counter;
use crate::model::presence::Presence;
use crate::model::rate::Rate;
use crate::quantity::{StageId, TraitId};
use crate::study::journey::Stage as Written;
use crate::study::path::ParamPath as Path;

use super::amount::Per;
use super::compiler::Compiler;

impl Compiler<'_> {
    /// What the values of a stage are for one of: a customer there, or of the trait that they carry.
    pub(super) fn presence(&mut self, stage: StageId, own: Option<TraitId>) -> Per {
        let known = self.presences.iter().position(|its| (its.stage, its.own) == (stage, own));
        let place = known.unwrap_or_else(|| {
            let counter = Rate::counter_of(0);
            self.presences.push(Presence { stage, own, counter });
            self.presences.len() - 1
        });
        Per::Present(place, 0)
    }

    /// The counters of presences, which come after those of rates.
    pub(super) fn count_presences(&mut self) -> Vec<Counter> {
        let mut presences = std::mem::take(&mut self.presences);
        let first = self.rates.len();
        let counter = |(place, its): (usize, &mut Presence)| {
            its.counter = Rate::counter_of(first + place);
            let stage = self.stages.get_index(its.stage.index()).map_or_else(String::new, |(name, _)| name.clone());
            let of = its.own.and_then(|of| self.traits.get_index(of.index())).map(|(name, _)| name.clone());
            let laws = of.map_or_else(Vec::new, |of| self.laws_of(&of));
            its.counter(&stage, &laws.into_iter().map(|(_, law)| law).collect::<Vec<_>>())
        };
        let counters = presences.iter_mut().enumerate().map(counter).collect();
        self.presences = presences;
        counters
    }

    /// The trait that the values of a stage are multiplied by, or faults.
    pub(super) fn values_trait(&mut self, at: &Path, written: &Written) -> Option<TraitId> {
        const KEY: &str = "values_trait";
        let name = written.values_trait.as_deref()?;
        if written.values.is_empty() {
            self.fault(
                Diagnostic::error("`values_trait` multiplies nothing")
                    .at(at.child(KEY).to_string())
                    .why("it multiplies the `values` of the stage, and there are none; `on_move` is the same for all")
                    .help("list the amounts under `values`, or take it out"),
            );
        }
        if self.study.traits.get(name).is_some_and(|its| its.ages) {
            self.fault(
                Diagnostic::error(format!("`{name}` ages, so it cannot multiply values"))
                    .at(at.child(KEY).to_string())
                    .why("values accrue between two periods, and it would not be the same in both")
                    .help("use a trait that does not age"),
            );
        }
        self.multiplier(at, KEY, Some(name))
    }
}
