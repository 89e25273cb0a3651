//! Part: two scenarios agree on a customer's move, or part.
//!
//! Where their rows differ, the customer takes the move that both would take, and the chance that they would not
//! have agreed is noted: the coupled estimator. From a noted moment each scenario goes its own way by what its row has
//! over. See `agreement.rs` for the chances, and `divergence.rs` for what becomes of those who part.

use super::bend::{Bent, share, weigh};
use super::row::destination;
use super::transition::Transition;
use crate::engine::lanes::{Eight, Kernel, Lanes, Many, Reach, Sixteen, Strip};
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::state::column::room;
use crate::engine::state::columns::{ColumnId, Lasting};
use crate::engine::state::scratch::{Bends, Scratch};
use crate::engine::table::agreement::{Meeting, PlainMeeting};
use crate::engine::table::program::{Program, Reached};
use crate::engine::table::reach::reach;
use crate::engine::table::row_table::RowTable;

/// The most places of a row that are held in an array of the compiler's.
const MOST_PLACES: usize = 256;

/// Columns of a block whose customers may part.
pub struct Fork {
    /// The chance of each to part at this move, given that they have not before.
    chance: Vec<f32>,
    /// The next stage of each, where rows are bent.
    next: Vec<u32>,
    /// The places of those who part.
    pub place: Vec<u32>,
    /// How many pairs of branches begin with each of them.
    pub count: Vec<u32>,
    /// What the scenario's rows are bent by.
    bends: Bends,
}

impl Fork {
    /// Columns for up to `size` customers.
    pub fn new(program: &Program, size: usize) -> Self {
        let (words, numbers) = (vec![0; room(size)], vec![0.0; room(size)]);
        Self {
            chance: numbers,
            next: words.clone(),
            place: words.clone(),
            count: words,
            bends: Bends::new(program, size),
        }
    }
}

/// Which of the moves at a fork is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The one that both scenarios take.
    Shared,
    /// The baseline's own.
    Baseline,
    /// The scenario's own.
    Scenario,
}

/// What customers on a shared path carry.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The chance that each has parted so far.
    pub parted: ColumnId<f32, Lasting>,
    /// Where between two steps of that chance each began.
    pub grid: ColumnId<f32, Lasting>,
    /// How finely chances are cut: a pair of branches stands for 2^-grain of a customer.
    pub grain: u8,
}

/// The move of one period in which two scenarios may part: the baseline's period first.
#[derive(Clone, Copy)]
pub struct Parting<'a> {
    /// How customers move.
    pub transition: &'a Transition,
    /// The period in both scenarios.
    pub now: [Period<'a>; 2],
    /// How the two agree.
    pub meeting: &'a Meeting,
}

impl Parting<'_> {
    /// Notes everybody's chance to part at this move; lists those with whom pairs of branches begin, and returns how
    /// many they are. Nobody moves yet: [`Parting::follow`] does that.
    pub fn agree(self, block: &mut Block, shared: Shared, scratch: &mut Scratch, fork: &mut Fork) -> usize {
        let now = self.now[0];
        self.transition.set_out(block, now, scratch);
        match self.meeting {
            Meeting::Same => return 0,
            Meeting::Plain(meeting) => {
                let row = scratch.bends.rows();
                now.world.set.run(LookUp { block, now, row, strip: &meeting.chance, chance: &mut fork.chance });
            }
            Meeting::Bent { same_factors } => self.couple(block, *same_factors, scratch, fork, Way::Shared),
        }
        let Fork { chance, place, count, .. } = fork;
        let mut parted = block.columns.take_numbers(shared.parted);
        let grid = block.columns.numbers(shared.grid);
        let scale = f32::from_bits((127 + u32::from(shared.grain)) << 23);
        let listed =
            now.world.set.run(Note { live: block.live, chance, parted: &mut parted, grid, scale, place, count });
        block.columns.put_numbers(shared.parted, parted);
        listed
    }

    /// Takes the move that [`Parting::agree`] has prepared.
    pub fn follow(self, block: &mut Block, scratch: &Scratch, fork: &Fork) {
        self.take(block, scratch, fork, |meeting| &meeting.shared);
    }

    /// Takes the move of those who part, in one of the two scenarios.
    pub fn split(self, block: &mut Block, way: Way, scratch: &mut Scratch, fork: &mut Fork) {
        self.transition.set_out(block, self.now[0], scratch);
        if let Meeting::Bent { same_factors } = self.meeting {
            self.couple(block, *same_factors, scratch, fork, way);
        }
        self.take(block, scratch, fork, |meeting| &meeting.rest[usize::from(way == Way::Scenario)]);
    }

    fn take(self, block: &mut Block, scratch: &Scratch, fork: &Fork, rows: impl Fn(&PlainMeeting) -> &RowTable) {
        let (now, transition) = (self.now[0], self.transition);
        match self.meeting {
            Meeting::Plain(meeting) => transition.plain(block, (now, rows(meeting)), scratch),
            _ => block.stage[..block.live].copy_from_slice(&fork.next[..block.live]),
        }
        transition.settle(block, now, scratch);
    }

    /// Meets two bent rows customer by customer.
    fn couple(self, block: &mut Block, same_factors: bool, scratch: &mut Scratch, fork: &mut Fork, way: Way) {
        let now = self.now;
        let Scratch { columns, bends, .. } = scratch;
        weigh(block, now[0], columns, bends);
        if !same_factors {
            // Both read the same rows.
            std::mem::swap(&mut fork.bends.row, &mut bends.row);
            weigh(block, now[1], columns, &mut fork.bends);
            std::mem::swap(&mut fork.bends.row, &mut bends.row);
        }
        let (live, own, bends) = (block.live, now[0].program().rows.own.as_slice(), &*bends);
        let base = Bent { rows: &now[0].table.rows, own, bends, live };
        let rows = &now[1].table.rows;
        let other = if same_factors { Bent { rows, ..base } } else { Bent { rows, own, bends: &fork.bends, live } };
        let couple = Couple {
            now: now[0],
            words: now[0].bits.of(self.transition.bits, now[0].t),
            row: bends.rows(),
            bent: [base, other],
            way,
            block,
            chance: &mut fork.chance,
            next: &mut fork.next,
        };
        now[0].world.set.run(couple);
    }
}

/// The chance to part, by row.
struct LookUp<'a> {
    block: &'a Block,
    now: Period<'a>,
    row: Option<&'a [u32]>,
    strip: &'a Strip,
    chance: &'a mut [f32],
}

impl Kernel for LookUp<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let reached = if self.row.is_some() { Reached::Many } else { self.now.program().reach };
        let n = l.steps(self.block.live);
        let rows = l.words(self.row.unwrap_or(&self.block.stage), n);
        let chance = l.numbers_mut(self.chance, n);
        for i in 0..n {
            let bits = reach(l, reached, self.strip, l.load(&rows[i]));
            l.store_f(&mut chance[i], l.of_bits(bits));
        }
    }
}

/// Adds everybody's chance to part, and lists those for whom it passes a step of the grid.
struct Note<'a> {
    live: usize,
    chance: &'a [f32],
    parted: &'a mut [f32],
    grid: &'a [f32],
    /// The steps of the grid in a whole customer.
    scale: f32,
    place: &'a mut [u32],
    count: &'a mut [u32],
}

impl Kernel for Note<'_> {
    type Output = usize;
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> usize {
        let n = l.steps(self.live);
        let (chance, grid) = (l.numbers(self.chance, n), l.numbers(self.grid, n));
        let parted = l.numbers_mut(self.parted, n);
        let (one, scale) = (l.f(1.0), l.f(self.scale));
        let mut places = l.places();
        let step = l.u(u32::try_from(L::N).unwrap_or(0));
        // Lanes behind the last customer hold what dropped ones left.
        let live = l.u(u32::try_from(self.live).unwrap_or(u32::MAX));
        let mut listed = 0;
        for i in 0..n {
            let (before, grid) = (l.load_f(&parted[i]), l.load_f(&grid[i]));
            let after = l.mul_add(l.sub_f(one, before), l.load_f(&chance[i]), before);
            l.store_f(&mut parted[i], after);
            let steps = l.whole(l.mul_add(after, scale, grid));
            let passed = l.sub(steps, l.whole(l.mul_add(before, scale, grid)));
            let yes = l.both(l.ge(passed, l.u(1)), l.ge(live, l.add(places, l.u(1))));
            l.pack(self.count, listed, yes, passed);
            listed += l.pack(self.place, listed, yes, places);
            places = l.add(places, step);
        }
        listed
    }
}

/// Draws the move that both scenarios take, or what one has over; writes the chance that they part.
struct Couple<'a> {
    now: Period<'a>,
    words: &'a [u32],
    row: Option<&'a [u32]>,
    bent: [Bent<'a>; 2],
    way: Way,
    block: &'a Block,
    chance: &'a mut [f32],
    next: &'a mut [u32],
}

impl Kernel for Couple<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let reached = if self.row.is_some() { Reached::Many } else { self.now.program().reach };
        match (reached, self.now.program().rows.width) {
            (Reached::Eight, 4) => self.couple::<L, Eight, 4>(l),
            (Reached::Sixteen, 4) => self.couple::<L, Sixteen, 4>(l),
            (Reached::Many, 4) => self.couple::<L, Many, 4>(l),
            (_, 8) => self.couple::<L, Many, 8>(l),
            _ => self.couple::<L, Many, MOST_PLACES>(l),
        }
    }
}

impl Couple<'_> {
    #[inline(always)]
    fn couple<L: Lanes, R: Reach, const PLACES: usize>(self, l: L) {
        let (live, places) = (self.block.live, self.now.program().rows.width.min(PLACES));
        let n = l.steps(live);
        let rows = l.words(self.row.unwrap_or(&self.block.stage), n);
        let words = l.words(self.words, n);
        let (chance, next) = (l.numbers_mut(self.chance, n), l.words_mut(self.next, n));
        let zero = l.f(0.0);
        let mut sums = [zero; PLACES];
        for i in 0..n {
            let row = l.load(&rows[i]);
            let whole = [
                l.div_f(l.f(1.0), self.bent[0].weight::<L, R>(l, places - 1, row, i)),
                l.div_f(l.f(1.0), self.bent[1].weight::<L, R>(l, places - 1, row, i)),
            ];
            let (mut before, mut sum, mut lost, mut gained) = ([zero; 2], zero, zero, zero);
            for (place, up_to_here) in sums[..places].iter_mut().enumerate() {
                let up_to = [
                    l.mul_f(self.bent[0].weight::<L, R>(l, place, row, i), whole[0]),
                    l.mul_f(self.bent[1].weight::<L, R>(l, place, row, i), whole[1]),
                ];
                // Sums of products are rounded, so that one may fall short of the one before.
                let p = l.max_f(l.sub_f(up_to[0], before[0]), zero);
                let q = l.max_f(l.sub_f(up_to[1], before[1]), zero);
                before = up_to;
                let both = l.min_f(p, q);
                let (less, more) = (l.sub_f(p, both), l.sub_f(q, both));
                lost = l.add_f(lost, less);
                gained = l.add_f(gained, more);
                let taken = match self.way {
                    Way::Shared => both,
                    Way::Baseline => less,
                    Way::Scenario => more,
                };
                sum = l.add_f(sum, taken);
                *up_to_here = sum;
            }
            // Nobody may part who has no place to go to in one of the two.
            l.store_f(&mut chance[i], l.min_f(l.min_f(lost, gained), l.f(1.0)));
            let goal = l.mul_f(share(l, l.load(&words[i])), sum);
            let mut passed = l.u(0);
            for sum in &sums[..places - 1] {
                passed = l.plus_one(passed, l.ge_f(goal, *sum));
            }
            l.store(&mut next[i], destination::<L, R>(l, &self.now.table.rows.to, row, passed));
        }
    }
}
