//! What happens after the move where touchpoints follow purchases, or coming to a stage: who leaves after a purchase meets them in
//! the stage that they come to, forward and backward.
//!
//! Of a Poisson stream λ of purchases, thinned by a chance c of leaving after each, those who stay have made a Poisson number of
//! mean λ (1 - c), and those who leave have made n with the chance that the stream brings n or more times (1 - c)^(n-1) c.

use crate::engine::count::counts::Counts;
use crate::model::counter::MOVES;

use super::layout::Layout;
use super::rows::Rows;
use super::tally::{Tally, sum};
use super::touching::Touching;

/// Some kinds of customers after the move.
#[derive(Clone, Copy)]
pub struct Afterwards<'s, 'a> {
    /// Where they are kept.
    pub layout: &'s Layout,
    /// Their rows.
    pub rows: &'s Rows<'a>,
    /// What touchpoints do to them.
    pub touching: &'s Touching<'a>,
    /// Numbers of a cell: one for each kind and satisfaction.
    pub width: usize,
    /// The satisfactions that are told apart.
    pub nodes: usize,
}

impl Afterwards<'_, '_> {
    /// Takes those who leave after a purchase out of where they are, lets them meet what follows, and adds them where they go.
    pub fn leave(self, lane: &mut [f64], there: &mut [f64], tally: &mut Tally) {
        let (mut gone, mut felt) = (vec![0.0; self.width], vec![0.0; self.nodes]);
        for (place, (stage, rows)) in self.layout.stages.iter().zip(&self.rows.stages).enumerate() {
            for (ever, cell) in stage.both() {
                let weights = lane[cell * self.width..][..self.width].to_vec();
                for (at, (way, shares)) in stage.leaves.iter().zip(&rows.left).enumerate() {
                    let Some(to) = way.to[ever] else { continue };
                    gone.iter_mut()
                        .zip(weights.iter().zip(shares))
                        .for_each(|(gone, (weight, share))| *gone = weight * share);
                    let staying = lane[cell * self.width..][..self.width].iter_mut();
                    staying.zip(&gone).for_each(|(staying, gone)| *staying -= gone);
                    if let Some(slot) = way.slot {
                        tally.cells(MOVES)[slot] += sum(&gone);
                    }
                    let effects = self.touching.after_leaving(place, at);
                    for (kind, gone) in gone.chunks_exact_mut(self.nodes).enumerate() {
                        if let Some(effect) = effects.of(kind) {
                            effect.feel(gone, &mut felt, tally);
                        }
                    }
                    let into = there[to * self.width..][..self.width].iter_mut();
                    into.zip(&gone).for_each(|(into, gone)| *into += gone);
                }
            }
        }
    }

    /// From the values of those who stay, after purchases, to those of all before: `there` are the values at the end of the
    /// period.
    pub fn value(self, there: &[f64], values: &mut [f64], (rewards, t): (&Counts<f64>, usize)) {
        let (mut gone, mut expected) = (vec![0.0; self.width], vec![0.0; self.nodes]);
        for (place, (stage, rows)) in self.layout.stages.iter().zip(&self.rows.stages).enumerate() {
            for (ever, cell) in stage.both() {
                let staying = values[cell * self.width..][..self.width].to_vec();
                for (at, (way, shares)) in stage.leaves.iter().zip(&rows.left).enumerate() {
                    let worth = way.slot.map_or(0.0, |slot| rewards.cells(MOVES, t)[slot]);
                    match way.to[ever] {
                        Some(to) => gone.copy_from_slice(&there[to * self.width..][..self.width]),
                        None => gone.fill(0.0),
                    }
                    let effects = self.touching.after_leaving(place, at);
                    for (kind, gone) in gone.chunks_exact_mut(self.nodes).enumerate() {
                        if let Some(effect) = effects.of(kind) {
                            effect.expect(gone, &mut expected, (rewards, t));
                        }
                    }
                    let values = values[cell * self.width..][..self.width].iter_mut();
                    for ((value, share), (gone, staying)) in values.zip(shares).zip(gone.iter().zip(&staying)) {
                        *value += share * (gone + worth - staying);
                    }
                }
            }
        }
    }
}
