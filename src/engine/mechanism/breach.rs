//! A breach is an occurrence that breaks a pillar: it is counted, and changes no life.

use super::occur::{Ends, Occurring};
use super::vow::Breaks;
use crate::engine::count::counts::Counts;
use crate::engine::state::occasions::Group;
use crate::model::pillar::{BREACHES, OCCASIONS};

impl Occurring<'_> {
    /// Counts what these occurrences are to the pillars.
    pub(super) fn hold(&self, some: &Group, ends: &Ends<'_>, counts: &mut Counts<i128>) {
        for vow in &self.point.vows {
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
            let cells = counts.cells_at(&vow.place, self.now.t as usize);
            cells[BREACHES] += sign * breaks as i128;
            if sign > 0 {
                cells[OCCASIONS] += some.count as i128;
            }
        }
    }
}
