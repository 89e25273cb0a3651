//! Coming: those whom a touchpoint is about to meet, listed occurrence by occurrence.

use super::point::Point;
use crate::engine::chance::narrow::whole;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::column::room;
use crate::engine::state::columns::{ColumnId, Lasting};
use crate::engine::state::occasions::Happened;

/// Whose turn it is: everybody's is every so many of their periods, from a first one on that is their own.
pub fn in_turn(block: &Block, now: Period<'_>, (point, every): (&Point, u32), count: &mut [u32]) {
    let turn = u64::from(now.age % every);
    let words = point.turns.map(|id| block.columns.words(id)).unwrap_or_default();
    for (count, word) in count.iter_mut().zip(words) {
        let its = (u64::from(*word) * u64::from(every)) >> 32;
        *count = u32::from(its == turn);
    }
}

/// Lists what was put off until now, occurrence by occurrence.
pub fn come_now(block: &mut Block, next: ColumnId<u32, Lasting>, coming: &mut Happened) {
    coming.clear();
    let live = block.live;
    let words = &mut block.columns.words_mut(next)[..live];
    for number in 0..16 {
        for (place, _) in words.iter().enumerate().filter(|(_, word)| **word >> number & 1 == 1) {
            coming.push(whole(place), number, 0);
        }
    }
    words.fill(0);
}

/// Lists who meets a touchpoint, occurrence by occurrence.
pub fn list((now, live): (Period<'_>, usize), counts: &[u32], most: u32, coming: &mut Happened) {
    coming.place.resize(room(live), 0);
    let mut listed = now.world.set.run(Those { counts, live, place: &mut coming.place });
    coming.place.truncate(listed);
    coming.number.resize(listed, 0);
    let mut first = 0;
    for number in 1..most {
        let end = listed;
        for at in first..end {
            let place = coming.place[at];
            if counts[place as usize] > number {
                coming.push(place, number, 0);
                listed += 1;
            }
        }
        if listed == end {
            break;
        }
        first = end;
    }
}

/// Lists the places of those who are counted at least once.
struct Those<'a> {
    counts: &'a [u32],
    live: usize,
    place: &'a mut [u32],
}

impl Kernel for Those<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let n = l.steps(self.live);
        let counts = l.words(self.counts, n);
        let mut places = l.places();
        let step = l.u(whole(L::N));
        let mut listed = 0;
        for count in counts {
            let meets = l.ge(l.load(count), l.u(1));
            // Few customers meet most touchpoints.
            if l.mask(meets) != 0 {
                listed += l.pack(self.place, listed, meets, places);
            }
            places = l.add(places, step);
        }
        listed
    }
}
