//! Where customers start, after what changes their shares.
//!
//! A share that a change names takes its new value, and the others are scaled so that all sum to 1: they keep their
//! proportions, as the shares of a composition do (Aitchison 1986, "The statistical analysis of compositional data").
//! Customers choose by one random number each, and as few as possible choose otherwise than before: those of a stage that
//! loses customers stay in the first part of its range, and the rest go to the stages that win (a maximal coupling:
//! Lindvall 2002, "Lectures on the coupling method").

use crate::quantity::{ParamId, StageId};

use super::Model;
use super::param::ParamSet;
use super::people::Segment;
use super::timeline::Timeline;

/// What sums of shares may differ from 1 by.
const ROUNDING: f64 = 1e-9;

/// Where customers start whose shares a change has moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Pieces of the range of the random number by which they choose, in its order: the stage, and how wide it is. A stage
    /// may have several.
    pub pieces: Vec<(StageId, f64)>,
    /// Why the shares could not be made to sum to 1 as they are told to; they were scaled all the same.
    pub amiss: Option<Amiss>,
}

/// Why shares cannot sum to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amiss {
    /// Those that changes name add up to this, which is more than 1.
    PassOne(f64),
    /// Those that changes name add up to this, which is less than 1, and there is no other share to be scaled.
    NothingElse(f64),
}

/// Where customers of a segment start who come at time `t`, where a change moves their shares; none where they start as
/// written.
pub fn changed(model: &Model, timeline: &Timeline<'_>, segment: usize, t: u32) -> Option<Start> {
    let segment = &model.segments[segment];
    let ids = segment.start_ids_at(t as usize);
    let named: Vec<bool> = ids.iter().map(|id| is_named(timeline, *id, t)).collect();
    named.contains(&true).then(|| start(segment, (t as usize, ids), &named, &timeline.values(t).0))
}

/// Whether anything changes a number at time `t`.
fn is_named(timeline: &Timeline<'_>, id: ParamId, t: u32) -> bool {
    let mut forces = timeline.forces().iter().filter(|force| force.share(t) != 0.0 && force.targets.contains(&id));
    forces.any(|force| !force.op.does_nothing(force.amount(t)))
}

fn start(segment: &Segment, (entry, ids): (usize, &[ParamId]), named: &[bool], values: &ParamSet) -> Start {
    let written = segment.start_at(entry);
    let sum = |wanted: bool, share: &dyn Fn(usize) -> f64| -> f64 {
        (0..written.len()).filter(|place| named[*place] == wanted).map(share).sum()
    };
    let new = |place: usize| values[ids[place]];
    let (of_named, of_others) = (sum(true, &new), sum(false, &|place| written[place].1));
    let amiss = if of_named > 1.0 + ROUNDING {
        Some(Amiss::PassOne(of_named))
    } else if of_others <= 0.0 && of_named < 1.0 - ROUNDING {
        Some(Amiss::NothingElse(of_named))
    } else {
        None
    };
    let (for_named, for_others) = match amiss {
        None if of_others > 0.0 => (1.0, (1.0 - of_named).max(0.0) / of_others),
        _ if of_named > 0.0 => (1.0 / of_named, 0.0),
        // All of them were changed to nothing: they start as written.
        _ => return Start { pieces: written.to_vec(), amiss },
    };
    let share = |place: usize| if named[place] { new(place) * for_named } else { written[place].1 * for_others };
    Start { pieces: pieces(written, (0..written.len()).map(share).collect()), amiss }
}

/// The pieces by which customers choose who chose by the shares in `written` before, and now do by others.
fn pieces(written: &[(StageId, f64)], shares: Vec<f64>) -> Vec<(StageId, f64)> {
    // What each stage wins, which is given out in their order.
    let mut won: Vec<f64> = written.iter().zip(&shares).map(|((_, before), now)| (now - before).max(0.0)).collect();
    let mut winner = 0;
    let mut pieces = Vec::new();
    for ((stage, before), now) in written.iter().zip(shares) {
        pieces.push((*stage, before.min(now)));
        let mut lost = (before - now).max(0.0);
        while lost > 0.0 && winner < won.len() {
            let given = won[winner].min(lost);
            if given > 0.0 {
                pieces.push((written[winner].0, given));
            }
            (lost, won[winner]) = (lost - given, won[winner] - given);
            winner += usize::from(won[winner] <= 0.0);
        }
    }
    pieces.retain(|(_, width)| *width > 0.0);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(widths: &[f64]) -> Vec<(StageId, f64)> {
        widths.iter().enumerate().map(|(place, width)| (StageId::from(place), *width)).collect()
    }

    #[test]
    fn as_few_as_possible_choose_otherwise() {
        let written = of(&[0.5, 0.3, 0.2]);
        let found = pieces(&written, vec![0.25, 0.25, 0.5]);
        let stages: Vec<usize> = found.iter().map(|(stage, _)| stage.index()).collect();
        assert_eq!(stages, [0, 2, 1, 2, 2]);
        // Who starts elsewhere than before: half the sum of what all shares differ by.
        let (mut at, mut moved) = (0.0, 0.0);
        for (stage, width) in &found {
            let middle = at + width / 2.0;
            let before = if middle < 0.5 { 0 } else { 1 + usize::from(middle >= 0.8) };
            moved += if before == stage.index() { 0.0 } else { *width };
            at += width;
        }
        assert!((moved - 0.3).abs() < 1e-12 && (at - 1.0).abs() < 1e-12, "{moved} {at}");
        for (stage, share) in [0.25, 0.25, 0.5].into_iter().enumerate() {
            let sum: f64 = found.iter().filter(|(its, _)| its.index() == stage).map(|(_, width)| width).sum();
            assert!((sum - share).abs() < 1e-12, "{stage}");
        }
        assert_eq!(pieces(&written, vec![0.5, 0.3, 0.2]), written, "what does not change moves nobody");
        assert_eq!(pieces(&of(&[1.0, 0.0]), vec![0.25, 0.75]), of(&[0.25, 0.75]));
    }
}
