//! Warnings of channels to which more comes in the first period than their people can do, in the middle of what is uncertain.
//!
//! It is what follows from rates and chances as they are written: drivers are taken at their neutral values, and who comes by
//! entry, by the class of a tag or by what others told is left out.

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::channel::{Changed, Channel};
use crate::model::journey::Stage;
use crate::model::param::ParamSet;
use crate::model::people::Segment;
use crate::model::timeline::Timeline;
use crate::model::touchpoint::{Cause, End, Occurs, Row, Touchpoint};
use crate::quantity::{ParamId, SegmentId};
use crate::stats::switchboard::{self, Block, Desk, Exchange, Group, Switchboard, Way};
use crate::study::path::ParamPath as Path;

/// What is so little above all that people can do is not told.
const HARDLY_MORE: f64 = 1.005;

/// Channels whose people have too much to do.
pub fn too_much(model: &Model) -> Vec<Diagnostic> {
    if !model.waits() {
        return Vec::new();
    }
    let central = model.central();
    let company = Timeline::of_company(model, &central, model.baseline, &[]).values(1).0;
    let group = |(place, segment): (usize, &Segment)| {
        let timeline = Timeline::new(model, &central, model.baseline, SegmentId::from(place));
        group(model, (place, segment), &timeline.values(1).0)
    };
    let exchange = Exchange {
        channels: model.channels.iter().map(|its| channel(its, &company)).collect(),
        groups: model.segments.iter().enumerate().map(group).collect(),
    };
    let mut solved = Switchboard::default();
    solved.solve(&exchange);
    let told =
        model.channels.iter().zip(&exchange.channels).zip(&solved.channels).filter_map(|((its, channel), solved)| {
            let desk = channel.desk.as_ref()?;
            let present: f64 = desk.blocks.iter().map(|block| block.staff * block.hours).sum();
            let hours: f64 = desk.blocks.iter().map(|block| block.hours).sum();
            let load = channel.open * solved.attempts * solved.handle / (60.0 * present);
            (load > HARDLY_MORE).then(|| told(model, its, [load, present / hours, solved.gives_up_of_all]))
        });
    told.collect()
}

fn told(model: &Model, its: &Channel, [load, staff, gives_up]: [f64; 3]) -> Diagnostic {
    let staff = format!("{staff:.2}");
    let staff = staff.trim_end_matches('0').trim_end_matches('.');
    let people = if staff == "1" { "1 person" } else { &format!("{staff} people") };
    let at = Path::of(["channels", &its.name]);
    let key = if its.desk.as_ref().is_some_and(|desk| desk.peaks.len() > 1) { "peaks" } else { "staff" };
    let scenario = &model.scenarios[model.baseline.index()].name;
    let what = if load.is_finite() {
        format!("`{}` gets {load:.2} of what {people} can do: {:.0} % give up", its.name, 100.0 * gives_up)
    } else {
        format!("nobody is at work in `{}`, so that all who come give up", its.name)
    };
    Diagnostic::warning(what)
    .at_key(at.child(key).to_string())
    .why(format!(
        "so it is in the first period of scenario `{scenario}`, with uncertain numbers at their medians and drivers at their neutral values"
    ))
    .help("raise `staff`, or let a contact take fewer minutes; where it is meant, leave it")
}

fn channel(its: &Channel, company: &ParamSet) -> switchboard::Channel {
    let Some(desk) = &its.desk else { return switchboard::Channel { open: 1.0, desk: None } };
    let block =
        |peak: &crate::model::channel::Peak| Block { share: peak.share, hours: peak.hours, staff: company[peak.staff] };
    switchboard::Channel {
        open: desk.open.map_or(1.0, |id| company[id]),
        desk: Some(Desk {
            blocks: desk.peaks.iter().map(block).collect(),
            handle: company[desk.handle],
            patience: company[desk.patience],
            variability: desk.variability.map_or(1.0, |id| company[id]),
        }),
    }
}

/// The customers of a segment, as many as turn to each channel at first.
fn group(model: &Model, (place, segment): (usize, &Segment), values: &ParamSet) -> Group {
    let count = model.channels.len();
    let loads = loads(model, (place, segment), values);
    let mut group = Group {
        ways: model.channels.iter().zip(&loads).map(|(its, load)| way(its, *load, values)).collect(),
        switch: vec![0.0; count * count],
        again: vec![0.0; count * count],
    };
    for (from, its) in model.channels.iter().enumerate() {
        for (onward, chances) in [(&its.switch, &mut group.switch), (&its.again, &mut group.again)] {
            onward.iter().for_each(|(to, chance)| chances[from * count + to] = values[*chance]);
        }
    }
    group
}

/// How customers fare in a channel, in the mean over who is recognised and whose context is lost.
fn way(its: &Channel, load: f64, values: &ParamSet) -> Way {
    let number = |id: Option<ParamId>, default: f64| id.map_or(default, |id| values[id]);
    let (recognised, kept) = (number(its.recognises, 1.0), number(its.carries, 1.0));
    let solves = number(its.solves, 1.0);
    let mixed = |of: &dyn Fn(&[&Changed]) -> f64| {
        let (known, lost) = (&its.known, &its.lost);
        let first = recognised * of(&[known]) + (1.0 - recognised) * of(&[]);
        let with = kept * of(&[known]) + (1.0 - kept) * of(&[known, lost]);
        [first, recognised * with + (1.0 - recognised) * of(&[lost])]
    };
    Way {
        load,
        first: false,
        solves: mixed(&|changes| {
            let odds = changes.iter().fold(solves, |odds, its| odds * number(its.solves, 1.0));
            if solves >= 1.0 { 1.0 } else { odds / (1.0 - solves + odds) }
        }),
        handle: mixed(&|changes| changes.iter().fold(1.0, |minutes, its| minutes * (1.0 + number(its.handle, 0.0)))),
    }
}

/// How many of a segment turn to each channel first.
fn loads(model: &Model, (place, segment): (usize, &Segment), values: &ParamSet) -> Vec<f64> {
    let mut loads = vec![0.0; model.channels.len()];
    let customers = model.run.customers as f64 * segment.share;
    for (stage, share) in &segment.start {
        let mut met: Vec<f64> = Vec::new();
        for its in &model.touchpoints {
            let (often, row) =
                often(its, (&model.stages[stage.index()], stage.index(), place), (&met, &model.touchpoints), values);
            met.push(often);
            let Some(row) = row else { continue };
            let weigh = |channel: usize| {
                let appeal = model.channels[channel].appeal.map_or(0.0, |id| values[id]);
                libm::exp(appeal)
            };
            let all: f64 = row.channels.iter().map(|channel| weigh(*channel)).sum();
            row.channels
                .iter()
                .for_each(|channel| loads[*channel] += customers * share * often * weigh(*channel) / all);
        }
    }
    loads
}

/// How often a customer meets a touchpoint in a period, and the row by which; never where that is not known.
fn often<'m>(
    its: &'m Touchpoint,
    (stage, at, segment): (&Stage, usize, usize),
    (met, all): (&[f64], &[Touchpoint]),
    values: &ParamSet,
) -> (f64, Option<&'m Row>) {
    for row in &its.rows {
        let fits = row.whom.segments.get(segment).is_none_or(|fits| *fits);
        let Some(occurs) = row.stages.get(at).copied().flatten().filter(|_| fits) else { continue };
        if !row.whom.classes.is_empty() {
            return (0.0, None);
        }
        let times = match occurs {
            Occurs::Always => 1.0,
            Occurs::With(id) => values[id],
        };
        let often = times
            * match row.cause {
                Cause::Rate | Cause::Chance => 1.0,
                Cause::Every(periods) => 1.0 / f64::from(periods.max(1)),
                Cause::Purchase => stage.purchases.as_ref().map_or(0.0, |its| values[its.rate]),
                Cause::Entry | Cause::Heard(_) => 0.0,
                Cause::After { of, end } => {
                    let share = end.map_or(1.0, |end| share(&all[of.index()], end, values));
                    met.get(of.index()).map_or(0.0, |often| often * share)
                }
            };
        if often > 0.0 {
            return (often, Some(row));
        }
    }
    (0.0, None)
}

/// The share of a touchpoint's occurrences that ends so; none of giving up, which hangs on the load.
fn share(its: &Touchpoint, end: usize, values: &ParamSet) -> f64 {
    let chance = |end: &End| end.chance.map_or(0.0, |id| values[id]);
    match its.choices().get(end) {
        Some(own) if own.name.is_none() => 1.0 - its.choices().iter().map(chance).sum::<f64>(),
        Some(end) => chance(end),
        None => 0.0,
    }
}
