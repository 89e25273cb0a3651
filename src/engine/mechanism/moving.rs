//! Moving: how a number that customers carry moves, customer by customer.

use crate::engine::lanes::{Kernel, Lanes, Strip};
use crate::engine::state::at::Period;
use crate::engine::state::columns::ColumnSpec;
use crate::engine::table::program::Program;
use crate::engine::table::reach::reach;

/// The states of every customer that live by themselves, by their places in the model.
pub const CARRIED: ColumnSpec = ColumnSpec::new("state");

/// A signal of every customer, and whom it reaches.
#[derive(Clone, Copy)]
pub struct Weighed<'a> {
    pub now: Period<'a>,
    /// The stages in which it is felt, all bits or none; none where it is felt in all.
    pub felt: Option<&'a Strip>,
    pub stage: &'a [u32],
    pub signal: &'a [f32],
    pub live: usize,
}

impl Weighed<'_> {
    /// What a number becomes in lanes whose customers the signal reaches; elsewhere it stays.
    #[inline(always)]
    fn reached<L: Lanes>(&self, l: L, stage: &L::Words, (was, moved): (L::F, L::F)) -> L::F {
        match self.felt {
            Some(felt) => {
                let here = reach(l, self.now.program().reach, felt, l.load(stage));
                l.pick_f(l.eq(here, l.u(u32::MAX)), moved, was)
            }
            None => moved,
        }
    }
}

/// Takes a share of the distance to rest away: x = rest + (x - rest) · left.
pub struct Forget<'a> {
    pub x: &'a mut [f32],
    pub live: usize,
    pub rest: f32,
    /// What is left above rest, and below.
    pub left: [f32; 2],
}

impl Kernel for Forget<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let x = l.numbers_mut(self.x, n);
        let (rest, above, below) = (l.f(self.rest), l.f(self.left[0]), l.f(self.left[1]));
        for i in 0..n {
            let was = l.load_f(&x[i]);
            let left = l.pick_f(l.ge_f(was, rest), above, below);
            l.store_f(&mut x[i], l.mul_add(left, l.sub_f(was, rest), rest));
        }
    }
}

/// Goes a share of the way to the signal: x = x + pace · (signal - x).
pub struct Toward<'a> {
    pub x: &'a mut [f32],
    pub of: Weighed<'a>,
    /// The share up, and down.
    pub paces: [f32; 2],
}

impl Kernel for Toward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.of.live);
        let x = l.numbers_mut(self.x, n);
        let (signal, stage) = (l.numbers(self.of.signal, n), l.words(self.of.stage, n));
        let (up, down) = (l.f(self.paces[0]), l.f(self.paces[1]));
        for i in 0..n {
            let (was, z) = (l.load_f(&x[i]), l.load_f(&signal[i]));
            let pace = l.pick_f(l.ge_f(z, was), up, down);
            let moved = l.mul_add(pace, l.sub_f(z, was), was);
            l.store_f(&mut x[i], self.of.reached(l, &stage[i], (was, moved)));
        }
    }
}

/// How a number turns all at once.
#[derive(Clone, Copy)]
pub struct Turning {
    pub pace: f32,
    pub hardness: f32,
    pub slope: f32,
    /// Where the signal pulls neither way.
    pub neutral: f32,
}

/// Turns all at once: x = x + pace / 4 · (slope (signal - neutral) + hardness y - y³), with y = 4 x - 2.
///
/// The cusp of Oliva, Oliver & `MacMillan` (1992), "A catastrophe model for developing service satisfaction strategies",
/// Journal of Marketing 56(3), as a step towards the nearer settled level.
pub struct Turn<'a> {
    pub x: &'a mut [f32],
    pub of: Weighed<'a>,
    pub turning: Turning,
}

impl Kernel for Turn<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.of.live);
        let (x, signal) = (l.numbers_mut(self.x, n), l.numbers(self.of.signal, n));
        let Turning { pace, hardness, slope, neutral } = self.turning;
        let (step, hardness, slope, neutral) = (l.f(0.25 * pace), l.f(hardness), l.f(slope), l.f(neutral));
        let (two, four) = (l.f(2.0), l.f(4.0));
        for i in 0..n {
            let was = l.load_f(&x[i]);
            let y = l.sub_f(l.mul_f(four, was), two);
            let pull = l.mul_f(slope, l.sub_f(l.load_f(&signal[i]), neutral));
            let back = l.mul_f(y, l.sub_f(hardness, l.mul_f(y, y)));
            l.store_f(&mut x[i], l.mul_add(step, l.add_f(pull, back), was));
        }
    }
}

/// How a period feels against what was expected, and what that does to satisfaction.
pub struct Surprise<'a> {
    pub now: Period<'a>,
    pub stage: &'a [u32],
    /// What the period was like, and what was expected.
    pub met: &'a [f32],
    pub expected: &'a [f32],
    /// How much more counts what passes expectation, and what falls short of it.
    pub more: [f32; 2],
    /// How fast satisfaction learns, by stage; 0 where nothing is felt.
    pub learning: &'a Strip,
    pub satisfaction: &'a mut [f32],
    pub felt: &'a mut [f32],
    pub live: usize,
}

impl Kernel for Surprise<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (met, expected) = (l.numbers(self.met, n), l.numbers(self.expected, n));
        let (satisfaction, felt) = (l.numbers_mut(self.satisfaction, n), l.numbers_mut(self.felt, n));
        let stage = l.words(self.stage, n);
        let (gain, loss, zero, one) = (l.f(self.more[0]), l.f(self.more[1]), l.f(0.0), l.f(1.0));
        let reached = self.now.program().reach;
        for i in 0..n {
            let quality = l.load_f(&met[i]);
            let differs = l.sub_f(quality, l.load_f(&expected[i]));
            let more = l.pick_f(l.ge_f(differs, zero), gain, loss);
            let feels = l.mul_add(more, differs, quality);
            l.store_f(&mut felt[i], feels);
            let learning = l.of_bits(reach(l, reached, self.learning, l.load(&stage[i])));
            let was = l.load_f(&satisfaction[i]);
            let learned = l.mul_add(learning, l.sub_f(feels, was), was);
            l.store_f(&mut satisfaction[i], l.within(learned, zero, one));
        }
    }
}

/// Adds an amount for each unit of the signal: x = x + amount · signal.
pub struct Add<'a> {
    pub x: &'a mut [f32],
    pub of: Weighed<'a>,
    pub amount: f32,
}

impl Kernel for Add<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.of.live);
        let x = l.numbers_mut(self.x, n);
        let (signal, stage) = (l.numbers(self.of.signal, n), l.words(self.of.stage, n));
        let amount = l.f(self.amount);
        for i in 0..n {
            let was = l.load_f(&x[i]);
            let moved = l.mul_add(amount, l.load_f(&signal[i]), was);
            l.store_f(&mut x[i], self.of.reached(l, &stage[i], (was, moved)));
        }
    }
}

/// Adds a part of a weighted sum: x = x + weight · part.
pub struct Mix<'a> {
    pub x: &'a mut [f32],
    pub part: &'a [f32],
    pub weight: f32,
    pub live: usize,
}

impl Kernel for Mix<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (x, part) = (l.numbers_mut(self.x, n), l.numbers(self.part, n));
        let weight = l.f(self.weight);
        for i in 0..n {
            let sum = l.mul_add(weight, l.load_f(&part[i]), l.load_f(&x[i]));
            l.store_f(&mut x[i], sum);
        }
    }
}

/// Keeps the value farthest from neutral: the signal where it lies farther than what was kept.
pub struct Peak<'a> {
    pub x: &'a mut [f32],
    pub of: Weighed<'a>,
    pub neutral: f32,
}

impl Kernel for Peak<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.of.live);
        let x = l.numbers_mut(self.x, n);
        let (signal, stage) = (l.numbers(self.of.signal, n), l.words(self.of.stage, n));
        let neutral = l.f(self.neutral);
        for i in 0..n {
            let (was, z) = (l.load_f(&x[i]), l.load_f(&signal[i]));
            let (kept, new) = (l.sub_f(was, neutral), l.sub_f(z, neutral));
            // What lies no farther on the other side does not replace what is kept.
            let keeps = l.ge_f(l.mul_f(kept, kept), l.mul_f(new, new));
            let moved = l.pick_f(keeps, was, z);
            l.store_f(&mut x[i], self.of.reached(l, &stage[i], (was, moved)));
        }
    }
}

/// Holds a number in its range.
pub struct Hold<'a> {
    pub x: &'a mut [f32],
    pub live: usize,
    pub range: (f32, f32),
}

impl Kernel for Hold<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let x = l.numbers_mut(self.x, n);
        let (low, high) = (l.f(self.range.0), l.f(self.range.1));
        for i in 0..n {
            let held = l.within(l.load_f(&x[i]), low, high);
            l.store_f(&mut x[i], held);
        }
    }
}

/// The sum over retained customers of the place in the range, 0 to 1, in 2^-24 parts, and how many of them there are.
pub struct Sum<'a> {
    pub program: &'a Program,
    pub stage: &'a [u32],
    pub x: &'a [f32],
    pub low: f32,
    pub width: f32,
    pub live: usize,
}

impl Kernel for Sum<'_> {
    type Output = (u64, u64);
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> (u64, u64) {
        /// Up to 2^24 fits this often into 32 bits.
        const MOST: usize = 255;
        let n = l.steps(self.live);
        let (stage, x) = (l.words(self.stage, n), l.numbers(self.x, n));
        let (low, scale) = (l.f(self.low), l.f(16_777_216.0 / self.width));
        let (mut sum, mut retained) = (0, 0);
        for (stage, x) in stage.chunks(MOST).zip(x.chunks(MOST)) {
            let (mut parts, mut count) = (l.u(0), l.u(0));
            for (stage, x) in stage.iter().zip(x) {
                let here = reach(l, self.program.reach, &self.program.retained, l.load(stage));
                let place = l.min_f(l.mul_f(l.sub_f(l.load_f(x), low), scale), l.f(16_777_216.0));
                parts = l.add(parts, l.and(l.whole(place), here));
                count = l.add(count, l.and(l.u(1), here));
            }
            for (parts, count) in l.lanes(parts).into_iter().zip(l.lanes(count)) {
                sum += u64::from(parts);
                retained += u64::from(count);
            }
        }
        (sum, retained)
    }
}
