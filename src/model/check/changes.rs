//! What changes do to numbers, in a few words.

use crate::model::change::Op;
use crate::model::timeline::{Force, Timeline};

/// The changes in force at `t` that do anything to certain parameters.
pub fn changes_of<'t, 'm>(timeline: &'t Timeline<'m>, concerns: impl Fn(usize) -> bool, t: u32) -> Vec<&'t Force<'m>> {
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
pub fn deed(force: &Force<'_>, t: u32) -> String {
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

pub fn round(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
