//! Count: the ledger takes the period.

use crate::engine::count::ledger::Ledger;
use crate::engine::lanes::{Eight, Kernel, Lanes, Reach, Sixteen};
use crate::engine::state::population::{Block, Period, World};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::program::{Program, Reached};

use crate::engine::table::reach::reach;

/// Counts customers by stage, the acquired, and satisfaction.
pub fn count(block: &mut Block, world: &World<'_>, t: u32, ledger: &mut Ledger) {
    let (program, live) = (world.program, block.live);
    block.count_gone(t, ledger);
    let mut row = ledger.row(t);
    if program.tallies.is_empty() {
        for stage in &block.stage[..live] {
            row.customers(*stage as usize, 1);
        }
    }
    for (four, _) in program.tallies.iter().enumerate() {
        let counts = world.set.run(Tally { program, four, stage: &block.stage, live });
        for (stage, count) in (four * 4..program.stages).zip(counts) {
            row.customers(stage, count);
        }
    }
    row.acquired(acquire(block, world));
    if program.remembers {
        let parts = world.set.run(Sum { program, stage: &block.stage, satisfaction: &block.satisfaction, live });
        row.satisfaction(i128::from(parts));
    }
}

/// Notes who is retained now; returns how many of the block's customers, those dropped left out, have ever been.
pub fn acquire(block: &mut Block, world: &World<'_>) -> u64 {
    let (program, live) = (world.program, block.live);
    if program.acquires {
        world.set.run(Acquire { program, stage: &block.stage, acquired: &mut block.acquired, live })
    } else {
        live as u64
    }
}

/// Counts four stages: each has a byte in every lane, emptied before it can overflow.
struct Tally<'a> {
    program: &'a Program,
    four: usize,
    stage: &'a [u32],
    live: usize,
}

impl Kernel for Tally<'_> {
    type Output = [u64; 4];
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> [u64; 4] {
        match self.program.reach {
            Reached::Eight => self.tally::<L, Eight>(l),
            Reached::Sixteen | Reached::Many => self.tally::<L, Sixteen>(l),
        }
    }
}

impl Tally<'_> {
    #[inline(always)]
    fn tally<L: Lanes, R: Reach>(self, l: L) -> [u64; 4] {
        /// What a byte can hold.
        const MOST: usize = 255;
        let strip = R::ready(l, &self.program.tallies[self.four]);
        let mut counts = [0; 4];
        for stages in l.words(self.stage, l.steps(self.live)).chunks(MOST) {
            let mut bytes = l.u(0);
            for stage in stages {
                bytes = l.add(bytes, R::look(l, strip, l.load(stage)));
            }
            for lane in l.lanes(bytes) {
                for (count, byte) in counts.iter_mut().zip(lane.to_le_bytes()) {
                    *count += u64::from(byte);
                }
            }
        }
        counts
    }
}

/// Notes who is retained now; returns how many have ever been.
struct Acquire<'a> {
    program: &'a Program,
    stage: &'a [u32],
    acquired: &'a mut [u32],
    live: usize,
}

impl Kernel for Acquire<'_> {
    type Output = u64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> u64 {
        let n = l.steps(self.live);
        let (stage, acquired) = (l.words(self.stage, n), l.words_mut(self.acquired, n));
        let mut count = 0;
        for i in 0..n {
            let retained = reach(l, self.program.reach, &self.program.retained, l.load(&stage[i]));
            let ever = l.or(l.load(&acquired[i]), retained);
            l.store(&mut acquired[i], ever);
            let mut mask = l.mask(l.eq(ever, l.u(u32::MAX)));
            // Places behind the last customer may hold what dropped ones left.
            if i + 1 == n {
                mask &= u32::MAX >> (32 - (self.live - i * L::N));
            }
            count += u64::from(mask.count_ones());
        }
        count
    }
}

/// The sum of satisfaction over retained customers, in 2^-24 parts.
struct Sum<'a> {
    program: &'a Program,
    stage: &'a [u32],
    satisfaction: &'a [f32],
    live: usize,
}

impl Kernel for Sum<'_> {
    type Output = u64;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> u64 {
        /// Up to 2^24 fits this often into 32 bits.
        const MOST: usize = 255;
        let n = l.steps(self.live);
        let (stage, satisfaction) = (l.words(self.stage, n), l.numbers(self.satisfaction, n));
        let mut sum = 0;
        for (stage, satisfaction) in stage.chunks(MOST).zip(satisfaction.chunks(MOST)) {
            let mut parts = l.u(0);
            for (stage, satisfaction) in stage.iter().zip(satisfaction) {
                let retained = reach(l, self.program.reach, &self.program.retained, l.load(stage));
                let whole = l.whole(l.mul_f(l.load_f(satisfaction), l.f(16_777_216.0)));
                parts = l.add(parts, l.and(whole, retained));
            }
            for lane in l.lanes(parts) {
                sum += u64::from(lane);
            }
        }
        sum
    }
}

/// Counts the moves of this period that money is booked on.
pub fn moves(block: &Block, now: Period<'_>, scratch: &mut Scratch, ledger: &mut Ledger) {
    let program = now.program();
    let (before, stage) = (&scratch.before, &block.stage);
    let count = now.world.set.run(Moved { before, stage, live: block.live, place: &mut scratch.subset.place });
    let mut row = ledger.row(now.t);
    for place in &scratch.subset.place[..count] {
        let (from, to) = (before[*place as usize] as usize, stage[*place as usize] as usize);
        let slot = program.move_slot[from * program.stages + to];
        if slot > 0 {
            row.moves(slot as usize - 1, 1);
        }
    }
}

/// Lists the customers whose stage has changed.
struct Moved<'a> {
    before: &'a [u32],
    stage: &'a [u32],
    live: usize,
    place: &'a mut [u32],
}

impl Kernel for Moved<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let n = l.steps(self.live);
        let (before, stage) = (l.words(self.before, n), l.words(self.stage, n));
        let mut places = l.places();
        let step = l.u(u32::try_from(L::N).unwrap_or(0));
        let mut count = 0;
        for i in 0..n {
            let same = l.eq(l.load(&before[i]), l.load(&stage[i]));
            let moved = l.eq(l.plus_one(l.u(0), same), l.u(0));
            count += l.pack(self.place, count, moved, places);
            places = l.add(places, step);
        }
        count
    }
}

/// Takes the period into every fingerprint: two customers with the same life have the same one.
///
/// Each period has an odd weight of its own, so that the same events at other times tell apart. Who could change
/// no more before the period is left out, so that dropping them, early or late, changes nothing.
pub fn fingerprint(block: &mut Block, now: Period<'_>, scratch: &Scratch) {
    let weight = scattered(now.t) | 1;
    let bought = now.program().buys.then_some(scratch.bought.as_slice());
    let Block { stage, digest, live, .. } = block;
    now.world.set.run(Mix {
        program: now.program(),
        weight,
        before: &scratch.before,
        stage,
        bought,
        digest,
        live: *live,
    });
}

/// A period's number with its bits mixed (the finalizer of `MurmurHash3`), so that no small sums of weights cancel.
fn scattered(t: u32) -> u32 {
    let mut x = t;
    x = (x ^ x >> 16).wrapping_mul(0x85EB_CA6B);
    x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
    x ^ x >> 16
}

struct Mix<'a> {
    program: &'a Program,
    weight: u32,
    before: &'a [u32],
    stage: &'a [u32],
    bought: Option<&'a [u32]>,
    digest: &'a mut [u32],
    live: usize,
}

impl Kernel for Mix<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (before, stage) = (l.words(self.before, n), l.words(self.stage, n));
        let bought = l.words(self.bought.unwrap_or_default(), self.bought.map_or(0, |_| n));
        let digest = l.words_mut(self.digest, n);
        for i in 0..n {
            let inert = reach(l, self.program.reach, &self.program.inert, l.load(&before[i]));
            let mut code = l.add(l.load(&stage[i]), l.u(1));
            if i < bought.len() {
                code = l.add(code, l.mul(l.load(&bought[i]), l.u(257)));
            }
            let code = l.mul(l.and_not(code, inert), l.u(self.weight));
            let sum = l.add(l.load(&digest[i]), code);
            l.store(&mut digest[i], sum);
        }
    }
}
