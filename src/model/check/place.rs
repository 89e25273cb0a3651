//! A place is a scenario and segment whose rows are checked, period by period.

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::journey::{Clock, Exit, Stage};
use crate::model::param::{Meaning, ParamSet};
use crate::model::rows::{Moment, ROUNDING, combinations};
use crate::model::starts::Amiss;
use crate::model::timeline::{OutOfRange, Timeline};
use crate::quantity::{ParamId, ScenarioId, SegmentId};
use crate::study::path::ParamPath as Path;

use super::changes::{changes_of, deed, round};
use super::supposition::Supposition;

/// The scenario and segment whose rows are checked.
pub struct Place<'m> {
    pub model: &'m Model,
    pub scenario: ScenarioId,
    pub segment: SegmentId,
    /// The share of what may be drawn in which it happens, where that is not all of it.
    pub share: Option<f64>,
    pub drawn: &'m Draw,
    pub supposed: Supposition,
}

/// A row at its worst.
struct Worst<'w> {
    /// The chances of the exits taken once a period.
    chances: &'w [f64],
    /// The places in lists at which they are highest.
    clocks: &'w [usize],
    /// The sum of the chances taken after a purchase.
    leaves: f64,
    /// The first period.
    period: u32,
}

impl Place<'_> {
    /// The fault of a row at its worst.
    pub fn row(&self, timeline: &Timeline<'_>, (values, t): (&ParamSet, u32), stage: &Stage) -> Option<Diagnostic> {
        let lengths = stage.clock_lengths();
        let worst = combinations(&lengths)
            .map(|clocks| (stage.chances(&Moment { values, period: t, clocks: &clocks, talkers: 1.0 }), clocks))
            .max_by(|(a, _), (b, _)| a.iter().sum::<f64>().total_cmp(&b.iter().sum()));
        let (chances, clocks) = worst?;
        let leaves: f64 = stage
            .leaves()
            .map(|exit| match exit.chance {
                crate::model::journey::Chance::Fixed(id) => values[id],
                _ => 0.0,
            })
            .sum();
        let total: f64 = chances.iter().sum::<f64>().max(leaves);
        (total > 1.0 + ROUNDING).then(|| {
            self.row_passes_one(timeline, stage, &Worst { chances: &chances, clocks: &clocks, leaves, period: t })
        })
    }

    fn row_passes_one(&self, timeline: &Timeline<'_>, stage: &Stage, worst: &Worst<'_>) -> Diagnostic {
        let name = &stage.name;
        let row = Path::of(["stages", name, "to"]);
        let moves = worst.chances.iter().sum::<f64>();
        let (total, occasion) = if moves > 1.0 + ROUNDING { (moves, "") } else { (worst.leaves, " after a purchase") };
        let mut fault =
            Diagnostic::error(format!("the chances of leaving `{name}`{occasion} add up to {}", round(total)));
        if occasion.is_empty() {
            for (exit, chance) in stage.moves().zip(worst.chances) {
                let to = &self.model.stages[exit.to.index()].name;
                fault = fault.at_with(row.child(to).to_string(), format!("{name} -> {to}   {}", round(*chance)));
            }
        } else {
            for exit in stage.leaves() {
                fault = fault.at(row.child(&self.model.stages[exit.to.index()].name).to_string());
            }
        }
        let touching = changes_of(timeline, |id| row.holds(&self.model.params[id].path), worst.period);
        for change in &touching {
            fault = fault.at_with(change.written.to_string(), deed(change, worst.period));
        }
        let talks = stage.moves().any(|exit| exit.word_of_mouth.is_some());
        let mut why = vec![format!(
            "what is left over stays, so they may add up to 1 at most; this happens {}",
            self.when(worst.period)
        )];
        for (clock, place) in stage.clocks().iter().zip(worst.clocks).filter(|_| occasion.is_empty()) {
            why.push(match clock {
                Clock::Age(of) => format!(", at `{}` {place}", self.model.traits[of.index()].name),
                Clock::Tenure => format!(", in period {} since they came", place + 1),
                _ => format!(", in period {} of a stay", place + 1),
            });
        }
        why.extend(talks.then(|| "; word of mouth counts as if everyone talked".to_owned()));
        let help =
            if touching.is_empty() { "lower the chances" } else { "lower the chances, or let the changes do less" };
        let competes = occasion.is_empty() && stage.moves().any(Exit::competes);
        let per = if competes { "; ways out that all have `rate` or `per` compete, and never pass 1" } else { "" };
        fault.why(why.concat()).help(format!("{help}{per}"))
    }

    pub fn out_of_range(&self, timeline: &Timeline<'_>, fault: &OutOfRange, t: u32) -> Diagnostic {
        let param = &self.model.params[fault.param.index()];
        let touching = changes_of(timeline, |id| id == fault.param.index(), t);
        let mut diagnostic = Diagnostic::error(format!("`{}` becomes {}", param.path, round(fault.value)));
        for change in touching.iter().rev() {
            diagnostic = diagnostic.at_with(change.written.to_string(), deed(change, t));
        }
        let help = match param.meaning {
            Meaning::Chance | Meaning::Share => "give the effect as `odds` or `hazard`, which cannot leave [0, 1]",
            Meaning::Positive => "give the effect as `times`, which cannot pass 0, or let it do less",
            Meaning::Real | Meaning::Growth => "let the change do less",
        };
        diagnostic
            .at(param.written.to_string())
            .why(format!("it must be {}; this happens {}", param.meaning.range(), self.when(t)))
            .help(help)
    }

    /// The fault of shares of the start that cannot sum to 1.
    pub fn start_amiss(&self, timeline: &Timeline<'_>, (ids, amiss): (&[ParamId], Amiss), t: u32) -> Diagnostic {
        let touching = changes_of(timeline, |id| ids.iter().any(|its| its.index() == id), t);
        let first = &self.model.params[ids[0].index()].path;
        let table = first.parent().unwrap_or_default();
        let (mut fault, help) = match amiss {
            Amiss::PassOne(sum) => (
                Diagnostic::error(format!("the shares of `{table}` that change add up to {}", round(sum))),
                "let the changes do less",
            ),
            Amiss::NothingElse(sum) => (
                Diagnostic::error(format!("the shares of `{table}` add up to {} after the changes", round(sum))),
                "name the stage there in which the others are to start, with a share of 0, and let a change aim at that",
            ),
        };
        for change in &touching {
            fault = fault.at_with(change.written.to_string(), deed(change, t));
        }
        fault
            .why(format!(
                "the shares that no change names are scaled so that all sum to 1{}; this happens {}",
                if matches!(amiss, Amiss::NothingElse(_)) { ", and there are none" } else { "" },
                self.when(t)
            ))
            .help(help)
    }

    pub fn when(&self, t: u32) -> String {
        let scenario = &self.model.scenarios[self.scenario.index()].name;
        let segment = &self.model.segments[self.segment.index()].name;
        let draw = self.share.map_or(String::new(), |share| {
            format!(", in {} % of what may be drawn", format!("{:.1e}", share * 100.0).parse().unwrap_or(share))
        });
        let from = if t <= 1 { "from the start".to_owned() } else { format!("from period {t} on") };
        let supposed = self.supposed.words(self.model, self.scenario);
        format!("in scenario `{scenario}`, segment `{segment}`, {from}{draw}{supposed}")
    }
}
