//! A breach is an occurrence that breaks a pillar: it is counted, and changes no life.

use super::occur::{Ends, Occurring};
use super::vow::Breaks;
use crate::engine::count::counts::Counts;
use crate::engine::state::occasions::{Group, Tried};
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
            let tried = |breaks: &dyn Fn(&Tried) -> bool| some.tried.iter().filter(|its| breaks(its)).count();
            let (breaks, sign): (usize, i128) = match vow.breaks {
                Breaks::End(end) => (if end == ends.place { some.count } else { 0 }, 1),
                Breaks::UntilAnswered => (some.count, 1),
                Breaks::Short(short) => (gap.iter().filter(|gap| **gap < -short).count(), 1),
                Breaks::Wait(minutes) => (tried(&|its| its.wait > minutes), 1),
                Breaks::Attempts(most) => (tried(&|its| its.attempt == most), 1),
                Breaks::Lost => (tried(&|its| its.lost), 1),
                Breaks::Answers(within) => (days.iter().filter(|days| **days <= within).count(), -1),
            };
            let cells = counts.cells_at(&vow.place, self.now.t as usize);
            cells[BREACHES] += sign * breaks as i128;
            let occasions = match vow.breaks {
                Breaks::Attempts(_) => tried(&|its| its.attempt == 0),
                _ => some.count,
            };
            if sign > 0 {
                cells[OCCASIONS] += occasions as i128;
            }
        }
    }
}
