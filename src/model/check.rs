//! Checks of a whole model: no row passes 1 anywhere, and every stage can be reached.

mod drawn;
mod points;
mod rates;
mod risk;
mod supposition;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::Model;
use super::change::Op;
use super::draw::Draw;
use super::journey::{Clock, Stage};
use super::param::{Meaning, ParamSet};
use super::rows::{Moment, combinations};
use super::timeline::{Force, OutOfRange, Timeline};
use crate::study::path::ParamPath as Path;
use rates::Rates;
use supposition::Supposition;

/// Rounding of sums such as 0.7 + 0.2 + 0.1 is no fault.
pub const ROUNDING: f64 = 1e-9;

/// Faults in the rows of a model in its middle, as planned, with each rule acted on and with each shock that comes by
/// chance; what only several rules together would do is warned of.
pub fn rows(model: &Model) -> Vec<Diagnostic> {
    let central = model.central();
    let mut seen = Seen { told: BTreeSet::new(), rates: Rates::new(model) };
    let mut found = alone(model, &central, &mut seen);
    found.extend(drawn::draws(model, &seen.told));
    let together =
        everywhere(model, &central, &mut seen, |scenario| Supposition::together(model, scenario).into_iter().collect());
    found.extend(together.into_iter().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }.mend(
        "let the changes do less; where the rules exclude each other, leave it: numbers stop at the ends of their ranges",
    )));
    found.extend(seen.rates.faults());
    found
}

/// Faults in the rows of a model in its middle, one thing happening at a time: what takes no more than a moment.
pub fn middle_rows(model: &Model) -> Vec<Diagnostic> {
    let mut seen = Seen { told: BTreeSet::new(), rates: Rates::new(model) };
    alone(model, &model.central(), &mut seen)
}

fn alone(model: &Model, central: &Draw, seen: &mut Seen) -> Vec<Diagnostic> {
    everywhere(model, central, seen, |scenario| Supposition::alone(model, scenario, true))
}

/// What was seen on the way.
struct Seen {
    /// The numbers (`true`) and rows (`false`) that were told.
    told: BTreeSet<(u32, bool)>,
    /// How often customers buy.
    rates: Rates,
}

/// The most changes, each in every period, that are laid out to find how many rows there are; it takes some seconds.
const MOST_CHANGES: u64 = 1_000_000_000;

/// How many changes may be in force in all periods, segments and scenarios.
fn changes_over_time(model: &Model) -> u64 {
    let aside = model.patterns.len() + model.shocks.iter().map(|shock| shock.effects.len()).sum::<usize>();
    let effects = |place: &usize| {
        let its = &model.initiatives[*place];
        its.effects.len() + its.dip.as_ref().map_or(0, |dip| dip.effects.len()) + 1
    };
    let segments: usize = model.segments.iter().map(|segment| segment.changes.len()).sum();
    let of_scenario = |scenario: &super::roadmap::Scenario| {
        let plan: usize = scenario.plan.iter().map(|its| effects(&its.initiative)).sum();
        let rules =
            scenario.rules.iter().map(|rule| rule.changes.len() + rule.initiatives.iter().map(effects).sum::<usize>());
        let own = aside + plan + scenario.changes.len() + rules.sum::<usize>();
        (own as u64).saturating_mul(model.segments.len() as u64).saturating_add(segments as u64)
    };
    let all = model.scenarios.iter().map(of_scenario).fold(0, u64::saturating_add);
    all.saturating_mul(u64::from(model.run.horizon) + 1)
}

/// The rows that [`rows`] looks at, about.
pub fn work(model: &Model) -> u64 {
    let changes = changes_over_time(model);
    if changes > MOST_CHANGES {
        return changes;
    }
    let central = model.central();
    let rows: u64 = model
        .stages
        .iter()
        .map(|stage| stage.clock_lengths().iter().map(|length| *length as u64).product::<u64>())
        .sum();
    let follows = model.stages.iter().any(Stage::follows_the_period);
    let mut work = 0_u64;
    for scenario in 0..model.scenarios.len() {
        for segment in 0..model.segments.len() {
            let timeline = Timeline::new(model, &central, ScenarioId::from(scenario), SegmentId::from(segment));
            let epochs = (1..=model.run.horizon).filter(|t| *t == 1 || timeline.epoch(*t) == *t).count() as u64;
            let periods = if follows { u64::from(model.run.horizon) } else { epochs };
            let one =
                epochs.saturating_mul(rows).saturating_add(periods.saturating_mul(model.params.len() as u64 / 8 + 1));
            let scenario = ScenarioId::from(scenario);
            let times = Supposition::alone(model, scenario, true).len()
                + usize::from(Supposition::together(model, scenario).is_some());
            work = work.saturating_add(one.saturating_mul(times as u64));
        }
    }
    work
}

/// Faults in the rows of every scenario and segment under some suppositions; each is told once, where it first shows.
fn everywhere(
    model: &Model,
    drawn: &Draw,
    seen: &mut Seen,
    suppositions: impl Fn(ScenarioId) -> Vec<Supposition>,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for scenario in (0..model.scenarios.len()).map(ScenarioId::from) {
        for supposed in suppositions(scenario) {
            let drawn = &*supposed.draw(model, drawn);
            for segment in (0..model.segments.len()).map(SegmentId::from) {
                Place { model, scenario, segment, share: None, drawn, supposed }.check(seen, &mut faults);
            }
        }
    }
    faults
}

/// The stages that customers can ever be in.
pub fn reached(model: &Model) -> BTreeSet<StageId> {
    let starts = model
        .segments
        .iter()
        .flat_map(|segment| segment.start.iter().chain(segment.inflow.iter().flat_map(|inflow| &inflow.start)));
    let mut reached: BTreeSet<StageId> = starts.filter(|(_, share)| *share > 0.0).map(|(id, _)| *id).collect();
    let mut fresh: Vec<StageId> = reached.iter().copied().collect();
    while let Some(stage) = fresh.pop() {
        for exit in &model.stages[stage.index()].exits {
            if reached.insert(exit.to) {
                fresh.push(exit.to);
            }
        }
    }
    reached
}

/// Warnings of stages that no customer can ever be in.
pub fn reach(model: &Model) -> Vec<Diagnostic> {
    let reached = reached(model);
    model
        .stage_order
        .iter()
        .filter(|id| !reached.contains(id))
        .map(|id| {
            let name = &model.stages[id.index()].name;
            Diagnostic::warning(format!("no customer can ever be in `{name}`"))
                .at(Path::of(["stages", name]).to_string())
                .why("no segment starts there, nor do its newcomers, and nothing that customers can reach leads there")
                .mend("let a transition lead there, let a segment start there, or take the stage out")
        })
        .collect()
}

/// The scenario and segment whose rows are checked.
struct Place<'m> {
    model: &'m Model,
    scenario: ScenarioId,
    segment: SegmentId,
    /// The share of what may be drawn in which it happens, where that is not all of it.
    share: Option<f64>,
    drawn: &'m Draw,
    supposed: Supposition,
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
    /// Checks every period; each fault is told once, where it first shows.
    fn check(&self, seen: &mut Seen, faults: &mut Vec<Diagnostic>) {
        let fired = self.supposed.fired(self.model, self.scenario);
        let timeline = Timeline::with_rules(self.model, self.drawn, self.scenario, &fired, self.segment);
        let follows = self.model.stages.iter().any(Stage::follows_the_period);
        for t in 0..=self.model.run.horizon {
            if t > 0 && timeline.epoch(t) != t && !(t == 1 || follows) {
                continue;
            }
            let (values, out) = timeline.values(t);
            for fault in &out {
                if seen.told.insert((fault.param.0, true)) {
                    faults.push(self.out_of_range(&timeline, fault, t));
                }
            }
            if out.is_empty() && t > 0 {
                let all = t == 1 || timeline.epoch(t) == t;
                if all {
                    seen.rates.see(self, &timeline, (&values, t));
                }
                self.check_rows(&timeline, (&values, t, all), seen, faults);
            }
        }
    }

    fn check_rows(
        &self,
        timeline: &Timeline<'_>,
        (values, t, all): (&ParamSet, u32, bool),
        seen: &mut Seen,
        faults: &mut Vec<Diagnostic>,
    ) {
        for (place, stage) in
            self.model.stages.iter().enumerate().filter(|(_, stage)| all || stage.follows_the_period())
        {
            let row = u32::try_from(place).unwrap_or(u32::MAX);
            if let Some(fault) = self.row(timeline, (values, t), stage)
                && seen.told.insert((row, false))
            {
                faults.push(fault);
            }
        }
    }

    /// The fault of a row at its worst.
    fn row(&self, timeline: &Timeline<'_>, (values, t): (&ParamSet, u32), stage: &Stage) -> Option<Diagnostic> {
        let lengths = stage.clock_lengths();
        let worst = combinations(&lengths)
            .map(|clocks| (stage.chances(&Moment { values, period: t, clocks: &clocks, talkers: 1.0 }), clocks))
            .max_by(|(a, _), (b, _)| a.iter().sum::<f64>().total_cmp(&b.iter().sum()));
        let (chances, clocks) = worst?;
        let leaves: f64 = stage
            .leaves()
            .map(|exit| match exit.chance {
                super::journey::Chance::Fixed(id) => values[id],
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
        fault.why(why.concat()).mend(if touching.is_empty() {
            "lower the chances"
        } else {
            "lower the chances, or let the changes do less"
        })
    }

    fn out_of_range(&self, timeline: &Timeline<'_>, fault: &OutOfRange, t: u32) -> Diagnostic {
        let param = &self.model.params[fault.param.index()];
        let touching = changes_of(timeline, |id| id == fault.param.index(), t);
        let mut diagnostic = Diagnostic::error(format!("`{}` becomes {}", param.path, round(fault.value)));
        for change in touching.iter().rev() {
            diagnostic = diagnostic.at_with(change.written.to_string(), deed(change, t));
        }
        let mend = match param.meaning {
            Meaning::Chance | Meaning::Share => "give the effect as `odds` or `hazard`, which cannot leave [0, 1]",
            Meaning::Positive => "give the effect as `times`, which cannot pass 0, or let it do less",
            Meaning::Real | Meaning::Growth => "let the change do less",
        };
        diagnostic
            .at(param.written.to_string())
            .why(format!("it must be {}; this happens {}", param.meaning.range(), self.when(t)))
            .mend(mend)
    }

    fn when(&self, t: u32) -> String {
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

/// The changes in force at `t` that do anything to certain parameters.
fn changes_of<'t, 'm>(timeline: &'t Timeline<'m>, concerns: impl Fn(usize) -> bool, t: u32) -> Vec<&'t Force<'m>> {
    let in_force = timeline.forces().iter().filter(|force| force.share(t) != 0.0);
    in_force
        .filter(|force| force.targets.iter().any(|id| concerns(id.index())))
        .filter(|force| {
            let nothing = match force.op {
                Op::Set => None,
                Op::Add => Some(0.0),
                Op::Times | Op::Odds | Op::Hazard => Some(1.0),
            };
            nothing != Some(force.amount(t))
        })
        .collect()
}

/// What a change does, in a few words.
fn deed(force: &Force<'_>, t: u32) -> String {
    let amount = round(force.amount(t));
    let deed = match force.op {
        Op::Set => format!("sets {amount}"),
        Op::Add => format!("adds {amount}"),
        Op::Times => format!("multiplies by {amount}"),
        Op::Odds => format!("multiplies the odds by {amount}"),
        Op::Hazard => format!("multiplies the hazard by {amount}"),
    };
    let share = force.share(t);
    if share < 1.0 { format!("{deed}; {} % of it in force in period {t}", round(share * 100.0)) } else { deed }
}

fn round(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
