//! A vow is a pillar as it is counted at a touchpoint: occasions, and breaches among them. It changes no life.

use super::needs::{Needs, Shown};
use super::occur::{Ends, Occurring};
use super::point::TOUCHED;
use crate::engine::chance::narrow::{single, whole};
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::state::columns::{Columns, Passing};
use crate::engine::state::occasions::Group;
use crate::model::Model;
use crate::model::pillar::{BREACHES, Never, OCCASIONS, Pillar};

/// A pillar at a touchpoint.
pub struct Vow {
    place: Place,
    /// The end that alone is an occasion; none where all are.
    end: Option<usize>,
    breaks: Breaks,
}

/// What an occurrence does to a pillar.
#[derive(Clone, Copy)]
pub enum Breaks {
    /// It breaks where it ends so.
    End(usize),
    /// It breaks where quality falls short of expectation by more than this.
    Short(f32),
    /// It breaks, unless it is answered.
    UntilAnswered,
    /// It answers what had broken, where it comes within so many days.
    Answers(f32),
}

impl Vow {
    /// The pillars at the touchpoint at a place: those that break there, and those that it answers.
    pub fn all(model: &Model, needs: &mut Needs<'_>, place: usize) -> Vec<Self> {
        let mut at_this = |pillar: &Pillar| {
            let counted = needs.counter(pillar.counter, Shown::ByEvent(TOUCHED));
            let vow = |end, breaks| Self { place: counted, end, breaks };
            let here = pillar.on.index() == place;
            match pillar.never {
                Never::End(end) => here.then(|| vow(pillar.end, Breaks::End(end))),
                Never::ShortBy(short) => here.then(|| vow(pillar.end, Breaks::Short(single(short)))),
                Never::Without { .. } if here => Some(vow(pillar.end, Breaks::UntilAnswered)),
                Never::Without { by, within } => {
                    let days = within.map_or(f32::INFINITY, single);
                    (by.index() == place).then(|| vow(None, Breaks::Answers(days)))
                }
            }
        };
        model.pillars.iter().filter_map(&mut at_this).collect()
    }

    /// Whether it has to be known by how much an occurrence falls short.
    pub fn asks_for_shortfall(&self) -> bool {
        matches!(self.breaks, Breaks::Short(_))
    }
}

impl Occurring<'_> {
    /// Counts what these occurrences are to the pillars, and notes it where lives are compared.
    pub(super) fn hold(
        &self,
        columns: &mut Columns<Passing>,
        some: &Group,
        ends: &Ends<'_>,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        for (at, vow) in self.point.vows.iter().enumerate() {
            if vow.end.is_some_and(|end| end != ends.place) {
                continue;
            }
            let gap = &some.gap[..if ends.ending.quality.is_some() { some.count } else { 0 }];
            let days = &some.days[..some.count];
            let (breaks, sign): (usize, i128) = match vow.breaks {
                Breaks::End(end) => (if end == ends.place { some.count } else { 0 }, 1),
                Breaks::UntilAnswered => (some.count, 1),
                Breaks::Short(short) => (gap.iter().filter(|gap| **gap < -short).count(), 1),
                Breaks::Answers(within) => (days.iter().filter(|days| **days <= within).count(), -1),
            };
            if let Some(touched) = self.reached.touched {
                let touched = columns.words_mut(touched);
                let code = self.point.luck.wrapping_add(whole(at)).wrapping_mul(2).wrapping_add(1);
                for (nth, place) in some.place[..some.count].iter().enumerate() {
                    let tells = match vow.breaks {
                        // How it ends is noted already.
                        Breaks::End(_) | Breaks::UntilAnswered => false,
                        Breaks::Short(short) => gap.get(nth).is_some_and(|gap| *gap < -short),
                        Breaks::Answers(within) => days[nth] > within,
                    };
                    if tells {
                        let touched = &mut touched[*place as usize];
                        *touched = touched.wrapping_mul(31).wrapping_add(code);
                    }
                }
            }
            if let Some(counts) = counts.as_deref_mut() {
                let cells = counts.cells_at(&vow.place, self.now.t as usize);
                cells[BREACHES] += sign * breaks as i128;
                if sign > 0 {
                    cells[OCCASIONS] += some.count as i128;
                }
            }
        }
    }
}
