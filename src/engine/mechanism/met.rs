//! What is met at a touchpoint moves what customers carry, those side by side who meet it; `docs/model.md` has the equations.

use crate::engine::chance::exp::exp;
use crate::engine::lanes::{Kernel, Lanes};

/// How what was met feels against what was expected, and what that does to satisfaction.
pub struct Feels<'a> {
    pub quality: &'a [f32],
    /// What was expected; none where it feels as it is.
    pub expected: Option<&'a [f32]>,
    /// How much more counts what passes expectation, and what falls short of it.
    pub more: [f32; 2],
    pub weight: &'a [f32],
    pub learning: f32,
    pub satisfaction: &'a mut [f32],
    pub felt: &'a mut [f32],
    pub count: usize,
}

impl Kernel for Feels<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let (quality, weight) = (l.numbers(self.quality, n), l.numbers(self.weight, n));
        let expected = l.numbers(self.expected.unwrap_or_default(), self.expected.map_or(0, |_| n));
        let (satisfaction, felt) = (l.numbers_mut(self.satisfaction, n), l.numbers_mut(self.felt, n));
        let (gain, loss, zero, one) = (l.f(self.more[0]), l.f(self.more[1]), l.f(0.0), l.f(1.0));
        let learning = l.f(self.learning);
        for i in 0..n {
            let mut feels = l.load_f(&quality[i]);
            if i < expected.len() {
                let differs = l.sub_f(feels, l.load_f(&expected[i]));
                feels = l.mul_add(l.pick_f(l.ge_f(differs, zero), gain, loss), differs, feels);
            }
            l.store_f(&mut felt[i], feels);
            let pace = l.min_f(l.mul_f(learning, l.load_f(&weight[i])), one);
            let was = l.load_f(&satisfaction[i]);
            let learned = l.mul_add(pace, l.sub_f(feels, was), was);
            l.store_f(&mut satisfaction[i], l.within(learned, zero, one));
        }
    }
}

/// Goes a share of the way to a signal, by what it weighs: x = x + min(1, pace · weight) (signal - x).
pub struct Toward<'a> {
    pub x: &'a mut [f32],
    pub signal: &'a [f32],
    pub weight: &'a [f32],
    /// The share up, and down.
    pub paces: [f32; 2],
    pub count: usize,
}

impl Kernel for Toward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let (signal, weight) = (l.numbers(self.signal, n), l.numbers(self.weight, n));
        let x = l.numbers_mut(self.x, n);
        let (up, down, one) = (l.f(self.paces[0]), l.f(self.paces[1]), l.f(1.0));
        for i in 0..n {
            let (was, z) = (l.load_f(&x[i]), l.load_f(&signal[i]));
            let pace = l.mul_f(l.pick_f(l.ge_f(z, was), up, down), l.load_f(&weight[i]));
            let moved = l.mul_add(l.min_f(pace, one), l.sub_f(z, was), was);
            l.store_f(&mut x[i], moved);
        }
    }
}

/// Keeps the value farthest from neutral, by what it weighs: the signal is neutral + min(1, weight) (signal - neutral).
pub struct Peak<'a> {
    pub x: &'a mut [f32],
    pub signal: &'a [f32],
    pub weight: &'a [f32],
    pub neutral: f32,
    pub count: usize,
}

impl Kernel for Peak<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let (signal, weight) = (l.numbers(self.signal, n), l.numbers(self.weight, n));
        let x = l.numbers_mut(self.x, n);
        let (neutral, one) = (l.f(self.neutral), l.f(1.0));
        for i in 0..n {
            let was = l.load_f(&x[i]);
            let share = l.min_f(l.load_f(&weight[i]), one);
            let new = l.mul_f(share, l.sub_f(l.load_f(&signal[i]), neutral));
            let kept = l.sub_f(was, neutral);
            // What lies no farther on the other side does not replace what is kept.
            let keeps = l.ge_f(l.mul_f(kept, kept), l.mul_f(new, new));
            l.store_f(&mut x[i], l.pick_f(keeps, was, l.add_f(neutral, new)));
        }
    }
}

/// Adds an amount for each unit of a signal, times what its timing does: x = x + amount · signal · timing.
pub struct Add<'a> {
    pub x: &'a mut [f32],
    pub signal: &'a [f32],
    pub timing: &'a [f32],
    pub amount: f32,
    pub count: usize,
}

impl Kernel for Add<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let (signal, timing) = (l.numbers(self.signal, n), l.numbers(self.timing, n));
        let x = l.numbers_mut(self.x, n);
        let amount = l.f(self.amount);
        for i in 0..n {
            let added = l.mul_f(amount, l.mul_f(l.load_f(&signal[i]), l.load_f(&timing[i])));
            let sum = l.add_f(l.load_f(&x[i]), added);
            l.store_f(&mut x[i], sum);
        }
    }
}

/// What is left of quality after trouble, held in [0, 1].
pub struct AfterTrouble<'a> {
    pub quality: &'a mut [f32],
    /// What is added to it: its mean where the law is centred, less the trouble.
    pub added: f32,
    pub count: usize,
}

impl Kernel for AfterTrouble<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let quality = l.numbers_mut(self.quality, n);
        let (added, zero, one) = (l.f(self.added), l.f(0.0), l.f(1.0));
        for i in 0..n {
            let left = l.within(l.add_f(l.load_f(&quality[i]), added), zero, one);
            l.store_f(&mut quality[i], left);
        }
    }
}

/// Makes powers of sums.
pub struct Powers<'a> {
    pub sums: &'a mut [f32],
    pub count: usize,
}

impl Kernel for Powers<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let sums = l.numbers_mut(self.sums, n);
        for i in 0..n {
            let power = exp(l, l.load_f(&sums[i]));
            l.store_f(&mut sums[i], power);
        }
    }
}
