//! Checks of a whole model: no row passes 1 anywhere, and every stage can be reached.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::Model;
use super::param::ParamSet;
use super::rows::{Moment, combinations};
use super::timeline::{OutOfRange, Timeline};
use crate::study::path::ParamPath as Path;

/// Rounding of sums such as 0.7 + 0.2 + 0.1 is no fault.
pub const ROUNDING: f64 = 1e-9;

/// Faults in the rows of a model with every uncertain number at its median.
pub fn rows(model: &Model) -> Vec<Diagnostic> {
    let central = model.central();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for scenario in 0..model.scenarios.len() {
        for segment in 0..model.segments.len() {
            let place = Place {
                model,
                scenario: ScenarioId::from(scenario),
                segment: SegmentId::from(segment),
                replication: None,
            };
            place.check(&central, &mut seen, &mut faults);
        }
    }
    faults
}

/// Faults in the rows of one replication, whose uncertain numbers were drawn.
pub fn drawn_rows(model: &Model, drawn: &ParamSet, replication: u32) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for scenario in 0..model.scenarios.len() {
        for segment in 0..model.segments.len() {
            let place = Place {
                model,
                scenario: ScenarioId::from(scenario),
                segment: SegmentId::from(segment),
                replication: Some(replication),
            };
            place.check(drawn, &mut seen, &mut faults);
        }
    }
    faults
}

/// Warnings of stages that no customer can ever be in.
pub fn reach(model: &Model) -> Vec<Diagnostic> {
    let mut reached: BTreeSet<StageId> = model
        .segments
        .iter()
        .flat_map(|segment| segment.start.iter().filter(|(_, share)| *share > 0.0).map(|(id, _)| *id))
        .collect();
    let mut fresh: Vec<StageId> = reached.iter().copied().collect();
    while let Some(stage) = fresh.pop() {
        for exit in &model.stages[stage.index()].exits {
            if reached.insert(exit.to) {
                fresh.push(exit.to);
            }
        }
    }
    model
        .stage_order
        .iter()
        .filter(|id| !reached.contains(id))
        .map(|id| {
            let name = &model.stages[id.index()].name;
            Diagnostic::warning(format!("no customer can ever be in `{name}`"))
                .at(Path::of(["stages", name]).to_string())
                .why("no segment starts there and nothing leads there")
        })
        .collect()
}

/// The scenario and segment whose rows are checked.
struct Place<'m> {
    model: &'m Model,
    scenario: ScenarioId,
    segment: SegmentId,
    replication: Option<u32>,
}

impl Place<'_> {
    /// Checks every period; each fault is told once, where it first shows.
    fn check(&self, drawn: &ParamSet, seen: &mut BTreeSet<(u32, bool)>, faults: &mut Vec<Diagnostic>) {
        let timeline = Timeline::new(self.model, drawn, self.scenario, self.segment);
        let follows = self.model.stages.iter().any(super::journey::Stage::follows_the_period);
        for t in 0..=self.model.run.horizon {
            if t > 0 && timeline.epoch(t) != t && !(t == 1 || follows) {
                continue;
            }
            let (values, out) = timeline.values(t);
            for fault in &out {
                if seen.insert((fault.param.0, true)) {
                    faults.push(self.out_of_range(fault, t));
                }
            }
            if out.is_empty() && t > 0 {
                self.check_rows(&values, t, seen, faults);
            }
        }
    }

    fn check_rows(&self, values: &ParamSet, t: u32, seen: &mut BTreeSet<(u32, bool)>, faults: &mut Vec<Diagnostic>) {
        for (place, stage) in self.model.stages.iter().enumerate() {
            let lengths = stage.clock_lengths();
            let worst = combinations(&lengths)
                .map(|clocks| stage.chances(&Moment { values, period: t, clocks: &clocks, talkers: 1.0 }))
                .max_by(|a, b| a.iter().sum::<f64>().total_cmp(&b.iter().sum()));
            let Some(chances) = worst else { continue };
            let leaves: f64 = stage
                .leaves()
                .map(|exit| match exit.chance {
                    super::journey::Chance::Fixed(id) => values[id],
                    _ => 0.0,
                })
                .sum();
            let total: f64 = chances.iter().sum::<f64>().max(leaves);
            let row = u32::try_from(place).unwrap_or(u32::MAX);
            if total > 1.0 + ROUNDING && seen.insert((row, false)) {
                faults.push(self.row_passes_one(place, &chances, total, t));
            }
        }
    }

    fn row_passes_one(&self, stage: usize, chances: &[f64], total: f64, t: u32) -> Diagnostic {
        let stage = &self.model.stages[stage];
        let mut fault =
            Diagnostic::error(format!("the chances of leaving `{}` add up to {}", stage.name, round(total)));
        for (exit, chance) in stage.moves().zip(chances) {
            let to = &self.model.stages[exit.to.index()].name;
            fault = fault.at_with(
                Path::of(["stages", &stage.name, "to", to]).to_string(),
                format!("{} -> {to}   {}", stage.name, round(*chance)),
            );
        }
        let row = Path::of(["stages", &stage.name, "to"]);
        let touching = self.changes_of(|id| row.holds(&self.model.params[id].path), t);
        let talk = if stage.moves().any(|exit| exit.word_of_mouth.is_some()) {
            "; word of mouth counts as if everyone talked"
        } else {
            ""
        };
        fault
            .why(format!("{}{}{talk}", self.when(t), if touching.is_empty() { String::new() } else { format!("; changed by {}", touching.join(", ")) }))
            .mend("lower them, or give effects as `odds`; with `drivers` on one of them the row still has to fit at neutral")
    }

    fn out_of_range(&self, fault: &OutOfRange, t: u32) -> Diagnostic {
        let param = &self.model.params[fault.param.index()];
        let touching = self.changes_of(|id| id == fault.param.index(), t);
        let mut diagnostic = Diagnostic::error(format!("`{}` becomes {}", param.path, round(fault.value)))
            .at(touching.last().cloned().unwrap_or_default())
            .at(param.written.to_string())
            .why(format!("it must be {}; {}", param.meaning.range(), self.when(t)));
        if matches!(param.meaning, super::param::Meaning::Chance | super::param::Meaning::Share) {
            diagnostic = diagnostic.mend("give the effect as `odds` or `hazard`, which cannot leave [0, 1]");
        }
        diagnostic
    }

    fn when(&self, t: u32) -> String {
        let scenario = &self.model.scenarios[self.scenario.index()].name;
        let segment = &self.model.segments[self.segment.index()].name;
        let draw =
            self.replication.map_or(String::new(), |r| format!(", with the uncertain numbers of replication {r}"));
        format!("in scenario `{scenario}`, segment `{segment}`, period {t}{draw}")
    }

    /// Where the changes in force at `t` on certain parameters were written.
    fn changes_of(&self, concerns: impl Fn(usize) -> bool, t: u32) -> Vec<String> {
        let own = &self.model.segments[self.segment.index()].changes;
        own.iter()
            .chain(&self.model.scenarios[self.scenario.index()].changes)
            .filter(|change| change.share(t) > 0.0 && change.targets.iter().any(|id| concerns(id.index())))
            .map(|change| change.written.to_string())
            .collect()
    }
}

fn round(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
