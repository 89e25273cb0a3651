//! Won: what is counted of customers who start or come in a stage that is not retained, and when they are won.
//!
//! What `estimate/conversion.rs` makes of it stands there; `Count` does it, when it counts the period.

use super::needs::{Needs, Shown};
use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting};
use crate::engine::state::world::World;
use crate::engine::table::program::Program;
use crate::engine::table::reach::reach;
use crate::model::Model;
use crate::model::counter;

/// Whether each customer started or came in a stage that is not retained: all bits or none.
const FRESH: ColumnSpec = ColumnSpec::new("fresh");

/// When each customer was won, in a word: twice the period of the first moment in a retained stage plus 1, and 1 more where
/// the customer is in one now; 0 for those who were in none yet, [`THERE`] for those who came in one.
const WON: ColumnSpec = ColumnSpec::new("won");
/// The word of those who came in a retained stage.
const THERE: u32 = u32::MAX;

/// What is counted of customers who start or come in a stage that is not retained.
pub(super) struct Converts {
    /// Which newcomers did, with its place among flags; none where nobody comes later.
    fresh: Option<(ColumnId<u32, Lasting>, usize)>,
    /// When each was won: see [`WON`].
    since: ColumnId<u32, Lasting>,
    /// Where those are counted who come so, who were never retained so far, and how long these have been there.
    places: [Place; 3],
    /// Where it is counted that those who were won come and go.
    at_returns: Place,
}

impl Converts {
    /// What a model counts; none where nobody converts.
    pub(super) fn of(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        model.converts().then(|| Self {
            fresh: model.has_inflow().then(|| needs.flag(FRESH)),
            since: needs.words(WON),
            at_returns: needs.counter(counter::RETURNS, Shown::ByStage),
            places: [
                needs.counter(counter::FRESH, Shown::ByStage),
                needs.counter(counter::WAITING, Shown::ByStage),
                needs.counter(counter::WAITED, Shown::ByStage),
            ],
        })
    }

    /// Notes who begins in a retained stage; `acquired` are those: all bits or none.
    pub(super) fn begin(&self, block: &mut Block, acquired: ColumnId<u32, Lasting>) {
        let live = block.live;
        let acquired = block.columns.words(acquired)[..live].to_vec();
        if let Some((fresh, _)) = self.fresh {
            for (fresh, ever) in block.columns.words_mut(fresh).iter_mut().zip(&acquired) {
                *fresh = !ever;
            }
        }
        // All bits are the word of those who came in a retained stage.
        block.columns.words_mut(self.since)[..live].copy_from_slice(&acquired);
    }

    /// Notes who is retained at time `t`, and who of those that were won comes to retained stages or leaves them. Returns how
    /// many of the block's customers, those dropped left out, have ever been retained, and by periods since they were won how
    /// many more come.
    pub(super) fn acquire(
        &self,
        block: &mut Block,
        world: &World<'_>,
        (acquired, t): (ColumnId<u32, Lasting>, u32),
    ) -> (u64, Vec<i64>) {
        let mut returns = vec![0; t as usize + 1];
        let mut won = block.columns.take_words(self.since);
        let (program, stage, live) = (world.program, &block.stage, block.live);
        let acquired = block.columns.words_mut(acquired);
        let ever = world.set.run(Won { program, stage, acquired, since: &mut won, live, t, returns: &mut returns });
        block.columns.put_words(self.since, won);
        (ever, returns)
    }

    /// Counts a block of whom so many have ever been retained: who came not retained, once, and how long all have waited who
    /// never were.
    pub(super) fn count(&self, (block, t): (&Block, usize), ever: u64, (returns, counts): (&[i64], &mut Counts<i128>)) {
        let [at_fresh, at_waiting, at_waited] = &self.places;
        let never = block.count() as u64 - ever;
        let now = block.entry() as usize == t;
        if now {
            let fresh = self.fresh.filter(|_| t > 0).map_or(never, |(fresh, flag)| {
                let live = block.columns.words(fresh)[..block.live].iter().filter(|word| **word != 0);
                live.count() as u64 + block.gone.with_flag[flag]
            });
            counts.cells_at(at_fresh, t)[0] += i128::from(fresh);
        }
        counts.cells_at(at_waiting, t)[0] += i128::from(never);
        if t > 0 {
            // The age of a block at time 0 is no period.
            let age = u64::from(block.age(whole(t)));
            counts.cells_at(at_waited, t)[0] += i128::from(never * age);
        }
        for (since, net) in returns.iter().enumerate().filter(|(_, net)| **net != 0) {
            counts.cells_at(&self.at_returns, block.entry() as usize + since)[0] += i128::from(*net);
        }
    }
}

/// Notes who is retained now, and who was won; lists whoever of them comes or goes, by periods since being won. Returns how many
/// have ever been retained.
struct Won<'a> {
    program: &'a Program,
    stage: &'a [u32],
    acquired: &'a mut [u32],
    since: &'a mut [u32],
    live: usize,
    t: u32,
    returns: &'a mut [i64],
}

impl Kernel for Won<'_> {
    type Output = u64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> u64 {
        let n = l.steps(self.live);
        let (stage, acquired) = (l.words(self.stage, n), l.words_mut(self.acquired, n));
        let won = l.words_mut(self.since, n);
        let (one, now) = (l.u(1), l.u((self.t + 1) << 1));
        let mut count = 0;
        for i in 0..n {
            // Places behind the last customer may hold what dropped ones left.
            let last = if i + 1 == n { self.live - i * L::N } else { L::N };
            let taken = u32::MAX >> (32 - last);
            let retained = reach(l, self.program.reach, &self.program.retained, l.load(&stage[i]));
            let ever = l.or(l.load(&acquired[i]), retained);
            l.store(&mut acquired[i], ever);
            count += u64::from((l.mask(l.eq(ever, l.u(u32::MAX))) & taken).count_ones());
            let here = l.and(retained, one);
            let before = l.load(&won[i]);
            let first = l.and(l.or(now, here), ever);
            let later = l.or(l.and_not(before, one), here);
            let after = l.pick(l.eq(before, l.u(0)), first, later);
            let after = l.pick(l.eq(before, l.u(THERE)), before, after);
            l.store(&mut won[i], after);
            let mut moved = !l.mask(l.eq(before, after)) & taken;
            if moved != 0 {
                let (before, after) = (l.lanes(before), l.lanes(after));
                while moved != 0 {
                    let lane = moved.trailing_zeros() as usize;
                    moved &= moved - 1;
                    let net = i64::from(after[lane] & 1) - i64::from(before[lane] & 1);
                    let periods = self.t + 1 - (after[lane] >> 1);
                    self.returns[periods as usize] += net;
                }
            }
        }
        count
    }
}
