//! The offered wait of those who wait: how it is spread, and what comes of it.
//!
//! Time is counted in mean patiences here. With b arrivals and c customers served in that time while all are busy, the
//! density of the offered wait is proportional to exp(g(v) / k), g(v) = b (1 - e^(-v)) - c v: Zeltyn & Mandelbaum (2005),
//! "Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue", Queueing Systems 51, for k = 1.
//! It is told from its mode m on: g(m + y) - g(m) = -(c - b)⁺ y - min(b, c) (e^(-y) - 1 + y), which loses no digits.

use super::exponential::exponential;
use super::legendre::{NODES, panel};

/// What is less likely than the mode by more than exp(-37), about 1e-16, is left out.
const DEPTH: f64 = 37.0;
/// The first panel of an integral is at most this long, and each one after it this many times as long as all before.
/// Nothing that the density has, but its tail, is narrower: an error of about 1e-13 of the integral.
const PANEL: f64 = 6.0;
/// Below this a series is used: the closed form loses digits.
const NEAR: f64 = 0.2;

/// The law of the offered wait of those who wait, by what the logarithm of its density does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wait {
    /// How steeply the density falls at its mode, (c - b)⁺ / k: 0 where the mode is above 0.
    slope: f64,
    /// How strongly it is curved there, min(b, c) / k.
    curve: f64,
    /// Where it is highest: ln(b / c), or 0.
    mode: f64,
    /// The chance to give up before the mode, 1 - e^(-mode).
    lead: f64,
}

/// The density of an offered wait at a point, up to a factor, and how it changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Density {
    /// Itself; 1 at the mode.
    pub value: f64,
    /// Its first derivative.
    pub first: f64,
    /// Its second derivative.
    pub second: f64,
}

/// What comes of an offered wait where patience is exponential.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The integral of the density, which is 1 at its mode.
    pub mass: f64,
    /// The chance to give up, which is the mean time in line, too.
    pub gives_up: f64,
    /// The mean time in line of those who give up, times their share.
    pub given_up_wait: f64,
}

/// e^(-y) - 1 + y and 1 - e^(-y) to all digits. Both ways are taken, so that many are computed at once.
#[inline(always)]
fn bend(y: f64) -> (f64, f64) {
    let left = exponential(-y);
    // The Taylor series: each factor is -y over the next whole number.
    let mut sum = 1.0;
    for reciprocal in &RECIPROCALS {
        sum = 1.0 - sum * y * reciprocal;
    }
    let bent = 0.5 * y * y * sum;
    if y.abs() < NEAR { (bent, y - bent) } else { (left - 1.0 + y, 1.0 - left) }
}

/// 1 / i, from 12 down to 3.
const RECIPROCALS: [f64; 10] = {
    let mut all = [0.0; 10];
    let mut i = 0;
    while i < 10 {
        all[i] = 1.0 / (12 - i) as f64;
        i += 1;
    }
    all
};

/// 1 - e^(-v) (1 + v) to all digits, given 1 - e^(-v), for v of 0 or more.
fn gamma_of_two(v: f64, gone: f64) -> f64 {
    if v < NEAR { v * v - (1.0 + v) * bend(v).0 } else { 1.0 - (1.0 - gone) * (1.0 + v) }
}

impl Wait {
    /// The wait where `arrivals` come and `served` are served at most in a mean patience: 0 or more, and above 0. `spread`
    /// is k, above 0: 1 for a time of serving that is exponential.
    pub fn new(arrivals: f64, served: f64, spread: f64) -> Self {
        let beyond = arrivals - served;
        let mode = if beyond > 0.0 { libm::log1p(beyond / served) } else { 0.0 };
        Self {
            slope: (-beyond).max(0.0) / spread,
            curve: arrivals.min(served) / spread,
            mode,
            lead: beyond.max(0.0) / arrivals.max(served),
        }
    }

    /// An exponential wait with a mean in patiences, above 0.
    pub fn exponential(mean: f64) -> Self {
        Self { slope: 1.0 / mean, curve: 0.0, mode: 0.0, lead: 0.0 }
    }

    /// Where the density is highest.
    pub fn mode(&self) -> f64 {
        self.mode
    }

    /// By how much the logarithm of the density at 0 lies below that at the mode.
    pub fn rise(&self) -> f64 {
        if self.mode > 0.0 { self.curve * bend(-self.mode).0 } else { 0.0 }
    }

    /// How far above the mode the density is worth counting. As e^(-y) - 1 + y is y² / (2 + y) at least, the root of a
    /// square lies a little beyond that.
    pub fn above(&self) -> f64 {
        let (q, both) = (DEPTH - 2.0 * self.slope, self.slope + self.curve);
        let root = libm::sqrt(q * q + 8.0 * DEPTH * both);
        if q < 0.0 { 4.0 * DEPTH / (root - q) } else { (q + root) / (2.0 * both) }
    }

    /// How far below the mode the density is worth counting, were there no 0: as e^y - 1 - y is y² / 2 at least.
    pub fn reach(&self) -> f64 {
        let depth = DEPTH / self.curve;
        let root = libm::sqrt(2.0 * depth);
        root.min(libm::log1p(depth + root))
    }

    /// How far below the mode the density is worth counting.
    pub fn below(&self) -> f64 {
        if self.mode > 0.0 { self.mode.min(self.reach()) } else { 0.0 }
    }

    /// The density so far from the mode, where it is worth counting.
    #[inline(always)]
    pub fn density(&self, y: f64) -> Density {
        let (bent, gone) = bend(y);
        let value = exponential(-(self.slope * y + self.curve * bent));
        let change = -(self.slope + self.curve * gone);
        let second = value * (change * change - self.curve * (1.0 - gone));
        Density { value, first: value * change, second }
    }

    /// The density so far from the mode, and the chance to give up with such an offered wait.
    #[inline(always)]
    fn fate(&self, y: f64) -> (f64, f64) {
        let (bent, gone) = bend(y);
        (exponential(-(self.slope * y + self.curve * bent)), self.lead + (1.0 - self.lead) * gone)
    }

    /// Goes over the panels of the integrals over offered waits up to `until`, as distances from the mode: tells for each node
    /// its place, the integral of the density that it stands for, and the chance to give up.
    #[inline(always)]
    fn over(&self, until: f64, mut tell: impl FnMut(f64, f64, f64)) {
        for (start, end) in [(-self.below(), 0.0), (0.0, self.above())] {
            let end = f64::min(end, until);
            let (mut from, mut length) = (start, PANEL);
            while from < end {
                let to = f64::min(start + length, end);
                let (nodes, mut weights) = panel(from, to);
                let mut gone = [0.0; NODES];
                for i in 0..NODES {
                    let (density, gives_up) = self.fate(nodes[i]);
                    weights[i] *= density;
                    gone[i] = gives_up;
                }
                (0..NODES).for_each(|i| tell(nodes[i], weights[i], gone[i]));
                (from, length) = (to, length * PANEL);
            }
        }
    }

    /// The integral of the density, and the chance to give up: what is needed over and over.
    pub fn gives_up(&self) -> (f64, f64) {
        let (mut mass, mut gone) = (0.0, 0.0);
        self.over(f64::INFINITY, |_, weight, gives_up| {
            mass += weight;
            gone += weight * gives_up;
        });
        (mass, gone / mass)
    }

    /// All that comes of it.
    pub fn outcome(&self) -> Outcome {
        let [mut mass, mut gone, mut waited] = [0.0; 3];
        self.over(f64::INFINITY, |y, weight, gives_up| {
            mass += weight;
            gone += weight * gives_up;
            waited += weight * gamma_of_two(self.mode + y, gives_up);
        });
        Outcome { mass, gives_up: gone / mass, given_up_wait: waited / mass }
    }

    /// The share of those who wait that is served within a time, given [`Outcome::mass`].
    pub fn served_within(&self, time: f64, mass: f64) -> f64 {
        let mut served = 0.0;
        self.over(time - self.mode, |_, weight, gives_up| served += weight * (1.0 - gives_up));
        served / mass
    }
}
