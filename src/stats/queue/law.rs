//! The law of the offered wait: how long one would wait who never gives up.
//!
//! Its tail is tabulated at 65 waits, by the sixth-order trapezoidal rule with end corrections (Abramowitz & Stegun 1964,
//! 25.4.19 and its kin), and interpolated by rational quadratics, which keep it falling: Gregory & Delbourgo (1982), "Piecewise
//! rational quadratic interpolation to monotonic data", IMA Journal of Numerical Analysis 2(2). Shares are right to
//! about 2e-5, and between whole numbers of people to 2e-4.

use super::wait::{Density, Wait};

/// The waits at which a law is tabulated.
const POINTS: usize = 65;
/// Of the cells of a wait with a mode above 0, those below it at most: in 16 parts.
const BELOW: f64 = 7.0 / 16.0;

/// The law of an offered wait, to draw from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// Waits in minutes, rising.
    times: [f64; POINTS],
    /// The chance of a longer wait at each, falling. The first is that of any wait, the last that of an endless one.
    tails: [f64; POINTS],
    /// The density a minute at each.
    densities: [f64; POINTS],
}

/// A part of the customers, as a share of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// Nobody.
    None,
    /// Those who would wait for ever.
    Endless(f64),
    /// Those who wait, with their wait.
    Waits(f64, Wait),
}

impl Default for Law {
    /// Nobody waits.
    fn default() -> Self {
        Self { times: [0.0; POINTS], tails: [0.0; POINTS], densities: [0.0; POINTS] }
    }
}

impl Law {
    /// The law of customers in two parts; all others do not wait. `patience` is the mean one in minutes.
    pub(super) fn new(shares: [Share; 2], patience: f64) -> Self {
        let mut law = Self::default();
        match shares {
            [Share::Waits(_, one), Share::Waits(_, other)] => {
                one.lay(&mut law.times[..33]);
                other.lay(&mut law.times[33..]);
                law.times.sort_unstable_by(f64::total_cmp);
            }
            [Share::Waits(_, wait), _] | [_, Share::Waits(_, wait)] => wait.lay(&mut law.times),
            _ => {}
        }
        for share in shares {
            match share {
                Share::None => {}
                Share::Endless(share) => law.tails.iter_mut().for_each(|tail| *tail += share),
                Share::Waits(share, wait) => law.add(share, &wait),
            }
        }
        law.times.iter_mut().for_each(|time| *time *= patience);
        law.densities.iter_mut().for_each(|density| *density /= patience);
        law
    }

    /// Adds those who wait. All points of their wait are among the law's.
    fn add(&mut self, share: f64, wait: &Wait) {
        let (from, to) = (wait.mode() - wait.below(), wait.mode() + wait.above());
        let within = self.times.map(|time| from <= time && time <= to);
        let mut densities = [Density::default(); POINTS];
        for (density, time) in densities.iter_mut().zip(self.times) {
            // What lies without is computed, too: all at once take less time than some by themselves.
            *density = wait.density(time.clamp(from, to) - wait.mode());
        }
        let mut cells = [0.0; POINTS];
        for i in 1..POINTS {
            if within[i - 1] && within[i] {
                cells[i] = cell(self.times[i] - self.times[i - 1], densities[i - 1], densities[i]);
            }
        }
        let scale = share / cells.iter().sum::<f64>();
        let mut tail = 0.0;
        for i in (0..POINTS).rev() {
            self.tails[i] += (scale * tail).min(share);
            self.densities[i] += if within[i] { scale * densities[i].value } else { 0.0 };
            tail += cells[i];
        }
    }

    /// How many numbers make a law.
    pub const NUMBERS: usize = 3 * POINTS;

    /// Writes its numbers, of which [`Law::read`] makes it again.
    pub fn write(&self, to: &mut [f64]) {
        let numbers = self.times.iter().chain(&self.tails).chain(&self.densities);
        to.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number);
    }

    /// The law of some numbers; nobody waits where there are too few.
    pub fn read(from: &[f64]) -> Self {
        let part = |nth: usize| std::array::from_fn(|at| from.get(nth * POINTS + at).copied().unwrap_or(0.0));
        Self { times: part(0), tails: part(1), densities: part(2) }
    }

    /// The offered wait in minutes of a customer with luck `u` in [0, 1): rising in `u`, 0 for most where few wait,
    /// infinite for those for whom nobody serves.
    pub fn offered(&self, u: f64) -> f64 {
        let tail = 1.0 - u;
        if tail >= self.tails[0] {
            return 0.0;
        }
        let i = self.tails.partition_point(|at| *at > tail);
        if i == POINTS {
            return f64::INFINITY;
        }
        self.cell(i).time_at(tail)
    }

    /// The chance that the offered wait is longer than so many minutes, 0 or more.
    pub fn longer_than(&self, minutes: f64) -> f64 {
        let i = self.times.partition_point(|time| *time <= minutes);
        match i {
            0 => self.tails[0],
            POINTS => self.tails[POINTS - 1],
            _ => self.cell(i).tail_at(minutes),
        }
    }

    /// The cell that ends with a point, above the first.
    fn cell(&self, i: usize) -> Cell {
        let (from, to) = (i - 1, i);
        let width = self.times[to] - self.times[from];
        let fall = self.tails[from] - self.tails[to];
        let secant = fall / width;
        let (first, last) = (self.densities[from], self.densities[to]);
        Cell { time: self.times[from], width, tail: self.tails[from], fall, secant, first, last }
    }
}

/// The law between two points, which tell more than nothing of it: both its width and its fall are above 0.
struct Cell {
    time: f64,
    width: f64,
    tail: f64,
    fall: f64,
    secant: f64,
    first: f64,
    last: f64,
}

impl Cell {
    /// How much the tail is curved.
    fn bent(&self) -> f64 {
        self.first + self.last - 2.0 * self.secant
    }

    fn tail_at(&self, time: f64) -> f64 {
        if self.fall == 0.0 {
            return self.tail;
        }
        let x = (time - self.time) / self.width;
        let both = x * (1.0 - x);
        let part = (self.secant * x * x + self.first * both) / (self.secant + self.bent() * both);
        self.tail - self.fall * part.clamp(0.0, 1.0)
    }

    fn time_at(&self, tail: f64) -> f64 {
        let part = (self.tail - tail) / self.fall;
        let b = self.first - part * self.bent();
        let a = self.secant - b;
        let c = self.secant * part;
        let root = libm::sqrt((b * b + 4.0 * a * c).max(0.0));
        let x = 2.0 * c / (b + root);
        self.time + self.width * x.clamp(0.0, 1.0)
    }
}

/// The integral of a density over a cell. A cell in which it changes by orders of magnitude holds next to nothing.
fn cell(width: f64, from: Density, to: Density) -> f64 {
    let half = 0.5 * (from.value + to.value);
    let slopes = 0.1 * width * (from.first - to.first);
    let curves = width * width / 120.0 * (from.second + to.second);
    (width * (half + slopes + curves)).max(0.0)
}

impl Wait {
    /// Lays points over all waits that are worth counting, at both ends and the mode: evenly below it, and above it the
    /// closer the nearer.
    fn lay(&self, points: &mut [f64]) {
        let cells = points.len() - 1;
        let below = self.cells_below(cells);
        let part = |i: usize, of: usize| i as f64 / of as f64;
        for (i, point) in points.iter_mut().enumerate() {
            *point = if i < below {
                self.mode() - self.below() * part(below - i, below)
            } else {
                self.mode() + self.above() * (part(i - below, cells - below) * part(i - below, cells - below))
            };
        }
    }

    /// How many of so many cells lie below the mode: fewer where 0 cuts the wait off.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the number of cells")]
    fn cells_below(&self, cells: usize) -> usize {
        if self.mode() <= 0.0 {
            return 0;
        }
        let share = self.below() / self.reach();
        libm::ceil(BELOW * share * cells as f64).max(1.0) as usize
    }
}
