//! Warnings of channels that change nothing: nobody comes, chooses or feels, or nothing follows from how people are.

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::channel::{Channel, within_reach};
use crate::model::touchpoint::Touchpoint;
use crate::stats::distribution::Distribution;
use crate::study::path::ParamPath as Path;

/// What of channels changes nothing.
pub fn idle(model: &Model) -> Vec<Diagnostic> {
    let named: Vec<usize> = model.touchpoints.iter().flat_map(Touchpoint::channels).collect();
    let reached = within_reach(&model.channels, &named);
    let mut found = Vec::new();
    for (place, its) in model.channels.iter().enumerate() {
        if !reached[place] {
            found.push(unmet(its));
            continue;
        }
        let is_chosen = model
            .touchpoints
            .iter()
            .flat_map(|its| &its.rows)
            .any(|row| row.channels.len() > 1 && row.channels.contains(&place));
        found.extend(unchosen(model, its).filter(|_| !is_chosen));
        found.extend(unfelt(model, (place, its)));
        found.extend(idle_team(its));
    }
    found
}

fn at(its: &Channel) -> Path {
    Path::of(["channels", &its.name])
}

/// A channel that nobody comes to.
fn unmet(its: &Channel) -> Diagnostic {
    let name = &its.name;
    Diagnostic::warning(format!("nobody ever comes to `{name}`"))
        .at(at(its).to_string())
        .why("no touchpoint has it among its `channels`, and no channel that customers come to leads there")
        .help(format!("name `{name}` under the `channels` of a touchpoint, or take it out"))
}

/// What bends a choice that nobody has.
fn unchosen(model: &Model, its: &Channel) -> Option<Diagnostic> {
    let numbers =
        [("appeal", its.appeal), ("shuns", its.shuns), ("drivers", its.drivers.first().map(|driver| driver.weight))];
    let keys: Vec<&str> = numbers.into_iter().filter(|(_, id)| id.is_some()).map(|(key, _)| key).collect();
    let fault = Diagnostic::warning(format!("nobody chooses between `{}` and another channel", its.name))
        .why("what weighs in the choice changes nothing where a touchpoint names one channel alone")
        .help(format!("take `{}` out, or let a touchpoint name several `channels`", keys.join("`, `")));
    let at = at(its);
    let fault = keys.iter().fold(fault, |fault, key| fault.at_key(at.child(key).to_string()));
    (!keys.is_empty() && !model.touchpoints.is_empty()).then_some(fault)
}

/// Giving up that is like something, where nothing is felt.
fn unfelt(model: &Model, (place, its): (usize, &Channel)) -> Option<Diagnostic> {
    if !its.is_staffed() || its.given_up.law == Distribution::Constant(0.0) {
        return None;
    }
    let is_felt = model.touchpoints.iter().any(|touchpoint| {
        let named: Vec<usize> = touchpoint.channels().collect();
        within_reach(&model.channels, &named)[place]
            && touchpoint.ends.iter().any(|end| end.given_up && end.quality.is_some())
    });
    let fault = || {
        Diagnostic::warning("nobody feels what giving up is like here")
            .at(at(its).child("given_up").to_string())
            .why("no touchpoint that leads here has a `quality`")
            .help("give the touchpoint a `quality`, or take `given_up` out")
    };
    (!is_felt).then(fault)
}

/// People whose spirits change nothing.
fn idle_team(its: &Channel) -> Option<Diagnostic> {
    let team = its.desk.as_ref()?.team?;
    let fault = || {
        Diagnostic::warning(format!("how the people of `{}` feel changes nothing", its.name))
            .at_key(at(its).child("team").to_string())
            .why("`team` has none of `quality`, `handle` and `solves`")
            .help("say what their spirits change, such as `quality = 0.2`, or take `team` out")
    };
    (!team.changes_anything()).then(fault)
}
