//! Compiles when touchpoints happen and to whom: rows of a plan, stages, rates and chances.

use crate::diagnostic::Diagnostic;
use crate::model::param::Meaning;
use crate::model::tag::Whom;
use crate::model::touchpoint::{Cause, MOST_IN_THE_MEAN, MOST_OCCURRENCES, Occurs, Row};
use crate::quantity::{ParamId, StageId};
use crate::study::journey::Occasion;
use crate::study::names::STAGES;
use crate::study::path::ParamPath as Path;
use crate::study::tag::Row as WrittenRow;
use crate::study::touchpoint::{ByStage, Touchpoint as Written};

use super::compiler::Compiler;
use super::touchpoints::round;

impl Compiler<'_> {
    /// When it happens and to whom: one row, or those of its plan.
    pub(super) fn rows(&mut self, at: &Path, written: &Written, cause: Cause) -> Vec<Row> {
        let is_sure = written.rate.is_none() && written.chance.is_none() && written.plan.is_empty();
        if !written.drivers.is_empty() && is_sure && (written.on.is_some() || written.every.is_some()) {
            self.fault(
                Diagnostic::error("what happens each time cannot be driven")
                    .at(at.child("drivers").to_string())
                    .why("drivers bend a rate or a chance, and this touchpoint has none")
                    .help("add `chance = 0.9`, or take `drivers` out"),
            );
        }
        let mut here = self.stages_of(at, written, cause);
        let whom = self.whom(&at.child("where"), &written.whom, &mut here);
        if written.plan.is_empty() {
            let rate = written.rate.as_ref().map(|rate| ("rate", rate));
            let often = rate.or_else(|| written.chance.as_ref().map(|chance| ("chance", chance)));
            if let Some((key, ByStage::Each(_))) = often
                && !written.stages.is_empty()
            {
                self.told_twice(at, key);
            }
            let channels = self.channels_named(&at.child("channels"), &written.channels);
            return vec![Row { whom, cause, stages: self.occurs(at, often, cause, &here), channels }];
        }
        let channels = self.channels_named(&at.child("channels"), &written.channels);
        let rows = written.plan.iter().enumerate().map(|(place, row)| {
            let at = at.child("plan").child(&place.to_string());
            Row { channels: self.channels_of_row(&at, row, &channels), ..self.row(&at, row, (&whom, &here)) }
        });
        rows.collect()
    }

    /// A row of a plan, for those whom the touchpoint is for.
    fn row(&mut self, at: &Path, written: &WrittenRow, (all, here): (&Whom, &[bool])) -> Row {
        let mut here = here.to_vec();
        let mut whom = self.whom(&at.child("where"), &written.whom, &mut here);
        whom.classes.extend(&all.classes);
        if !all.segments.is_empty() {
            let both = |(place, of_all): (usize, &bool)| *of_all && whom.segments.get(place).is_none_or(|fits| *fits);
            whom.segments = all.segments.iter().enumerate().map(both).collect();
        }
        let cause = match (&written.rate, &written.chance, written.every) {
            (Some(_), None, None) => Cause::Rate,
            (None, Some(_), None) => Cause::Chance,
            (None, _, Some(every)) => self.turns(at, Some(every)),
            _ => {
                self.fault(
                    Diagnostic::error("a row of a plan says once how often")
                        .at(at.to_string())
                        .why("it has one of `rate`, `chance` and `every`; `chance` may stand beside `every`")
                        .help("write for example `every = 3`; whom no row fits is never met"),
                );
                Cause::Chance
            }
        };
        let rate = written.rate.clone().map(|rate| ("rate", ByStage::One(rate)));
        let often = rate.or_else(|| written.chance.clone().map(|chance| ("chance", ByStage::One(chance))));
        let often = often.as_ref().map(|(key, number)| (*key, number));
        Row { whom, cause, stages: self.occurs(at, often, cause, &here), channels: Vec::new() }
    }

    /// The channels of a row of a plan: those of the touchpoint where it names none.
    fn channels_of_row(&mut self, at: &Path, row: &WrittenRow, of_all: &[usize]) -> Vec<usize> {
        if row.channels.is_empty() {
            return of_all.to_vec();
        }
        self.channels_named(&at.child("channels"), &row.channels)
    }

    fn told_twice(&mut self, at: &Path, key: &str) {
        self.fault(
            Diagnostic::error(format!("the stages of this touchpoint are told twice, by `in` and by `{key}`"))
                .at_key(at.child("in").to_string())
                .at_key(at.child(key).to_string())
                .why(format!("`{key}` by stage says where it happens"))
                .help("take `in` out"),
        );
    }

    /// For each stage, how often or with which chance it happens where it does.
    fn occurs(
        &mut self,
        at: &Path,
        often: Option<(&str, &ByStage)>,
        cause: Cause,
        here: &[bool],
    ) -> Vec<Option<Occurs>> {
        let meaning = if cause == Cause::Rate { Meaning::Positive } else { Meaning::Chance };
        let everywhere = |occurs: Occurs| here.iter().map(|here| here.then_some(occurs)).collect();
        match often {
            None => everywhere(Occurs::Always),
            Some((key, ByStage::One(number))) => {
                let at = at.child(key);
                let id = self.number(&at, meaning, number);
                self.check_often(&at, id, cause);
                everywhere(Occurs::With(id))
            }
            Some((key, ByStage::Each(numbers))) => {
                let mut stages = vec![None; here.len()];
                for (stage, number) in numbers {
                    let at = at.child(key).child(stage);
                    let id = self.number(&at, meaning, number);
                    self.check_often(&at, id, cause);
                    if let Some(stage) = self.place_of_touchpoint((stage, true), &at, cause) {
                        stages[stage.index()] = here[stage.index()].then_some(Occurs::With(id));
                    }
                }
                stages
            }
        }
    }

    fn check_often(&mut self, at: &Path, id: ParamId, cause: Cause) {
        let mean = self.numbers.params[id.index()].law.mean();
        if cause == Cause::Rate && mean > MOST_IN_THE_MEAN {
            self.fault(
                Diagnostic::error(format!("a touchpoint cannot come {} times a period in the mean", round(mean)))
                    .at(at.to_string())
                    .why(format!(
                        "more than {MOST_OCCURRENCES} in one period are not told apart, and {MOST_IN_THE_MEAN} in the mean hardly pass that"
                    ))
                    .help("use a shorter period of the run, or let one touchpoint stand for several"),
            );
        }
    }

    /// The stages where it happens.
    fn stages_of(&mut self, at: &Path, written: &Written, cause: Cause) -> Vec<bool> {
        let study = self.study;
        let mut here = vec![false; self.stages.len()];
        for (item, stage) in written.stages.iter().enumerate() {
            let at = at.child("in").child(&item.to_string());
            if let Some(stage) = self.place_of_touchpoint((stage, false), &at, cause) {
                here[stage.index()] = true;
            }
        }
        if written.stages.is_empty() {
            for (name, stage) in &self.stages {
                let its = &study.stages[name];
                // Who has left after a purchase is met all the same.
                let left_to = cause == Cause::Purchase
                    && study
                        .stages
                        .values()
                        .any(|from| from.to.get(name).is_some_and(|way| way.is_on(Occasion::Purchase)));
                here[stage.index()] =
                    !its.to.is_empty() || (cause == Cause::Purchase && its.purchases.is_some()) || left_to;
            }
        }
        here
    }

    /// A stage where a touchpoint may happen: one that something leads out of, unless it is what coming there brings about.
    fn place_of_touchpoint(&mut self, (name, is_key): (&str, bool), at: &Path, cause: Cause) -> Option<StageId> {
        let here = |fault: Diagnostic| if is_key { fault.at_key(at.to_string()) } else { fault.at(at.to_string()) };
        let Some(&stage) = self.stages.get(name) else {
            let help = STAGES.suggest(name, self.study);
            self.fault(here(STAGES.missing(name)).help(help));
            return None;
        };
        if self.study.stages[name].to.is_empty() && !matches!(cause, Cause::Entry | Cause::Purchase) {
            self.fault(
                here(Diagnostic::error(format!("this cannot happen in `{name}`")))
                    .why("nothing leads out of it: there only `on = \"entry\"` and `on = \"purchase\"` happen")
                    .help("let something lead out of it, or take it out here"),
            );
        }
        Some(stage)
    }
}
