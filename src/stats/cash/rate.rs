//! All rates at which a flow is worth nothing, separated by the rates of simpler flows.

use super::{Calendar, Irr, RATE_RANGE};

/// The most changes of sign that are taken off one by one: beyond, the flow is looked at on a grid.
const MOST_CHANGES: usize = 40;
/// The steps of that grid.
const STEPS: usize = 1_000;
/// What is smaller than this share of the terms that it is a sum of is 0.
const NOTHING: f64 = 1e-14;

impl Calendar {
    /// The internal rate of return a year: every rate in (-0.9999, 10000) at which the flow is worth nothing.
    ///
    /// A flow whose sign changes k times has at most k rates (Descartes' rule, which Curtiss 1918, "Recent extensions of
    /// Descartes' rule of signs", Annals of Mathematics 19(4), shows for powers that are not whole). They are separated
    /// as in that proof, so that none is missed up to 40 changes of sign; with more, two rates that lie closer together than
    /// a thousandth of the range of log(1 + rate) can be. One change of sign has exactly one rate; so has, above 0, a flow whose cumulative changes
    /// its sign once (Norstrom 1972, "A sufficient condition for a unique nonnegative internal rate of return", Journal of
    /// Financial and Quantitative Analysis 7(3)).
    pub fn internal_rate(self, flow: &[f64]) -> Irr {
        match *all(flow, self).as_slice() {
            [] => Irr::None,
            [one] => Irr::Rate(one),
            ref several => Irr::Several(several.to_vec()),
        }
    }
}

/// Every rate a year in the range, rising.
fn all(flow: &[f64], calendar: Calendar) -> Vec<f64> {
    let per_period = |rate: f64| libm::log1p(rate) * calendar.years_per_period;
    let range = (per_period(RATE_RANGE.0), per_period(RATE_RANGE.1));
    let sum = Sum { terms: flow.to_vec(), earlier: calendar.valued_before_end };
    let roots = if sum.changes() <= MOST_CHANGES { sum.roots(range) } else { sum.on_grid(range) };
    roots.into_iter().map(|root| libm::expm1(root / calendar.years_per_period)).collect()
}

/// A sum of powers of the discount factor u of a period, u = exp(-x): the term of time t stands at u^t, that of time 0 at
/// u^earlier.
struct Sum {
    terms: Vec<f64>,
    earlier: f64,
}

impl Sum {
    fn power(&self, time: usize) -> f64 {
        if time == 0 { self.earlier } else { time as f64 }
    }

    /// How often the terms change their sign.
    fn changes(&self) -> usize {
        let present: Vec<f64> = self.terms.iter().copied().filter(|term| *term != 0.0).collect();
        present.windows(2).filter(|pair| pair[0].signum() != pair[1].signum()).count()
    }

    /// The roots in a range of x, rising.
    ///
    /// Divided by a power of u between two terms of unlike sign, the sum keeps its roots, and its derivative has one change
    /// of sign less: between two neighbouring roots of that there is at most one root of this.
    fn roots(&self, range: (f64, f64)) -> Vec<f64> {
        let Some(simpler) = self.simpler() else { return Vec::new() };
        let mut bounds = vec![range.0];
        bounds.extend(simpler.roots(range));
        bounds.push(range.1);
        self.between(&bounds)
    }

    /// The roots between equally spaced bounds.
    fn on_grid(&self, range: (f64, f64)) -> Vec<f64> {
        let step = (range.1 - range.0) / STEPS as f64;
        let bounds: Vec<f64> = (0..=STEPS).map(|i| range.0 + step * i as f64).collect();
        self.between(&bounds)
    }

    /// The derivative that [`Sum::roots`] speaks of, scaled; none where no sign changes.
    fn simpler(&self) -> Option<Self> {
        let mut last: Option<usize> = None;
        let mut middle = None;
        for (time, term) in self.terms.iter().enumerate().filter(|(_, term)| **term != 0.0) {
            if let Some(before) = last.filter(|before| self.terms[*before].signum() != term.signum()) {
                middle = Some(f64::midpoint(self.power(before), self.power(time)));
                break;
            }
            last = Some(time);
        }
        let middle = middle?;
        let terms = self.terms.iter().enumerate().map(|(time, term)| term * (self.power(time) - middle));
        let mut terms: Vec<f64> = terms.collect();
        let largest = terms.iter().fold(0.0, |most: f64, term| most.max(term.abs()));
        terms.iter_mut().for_each(|term| *term /= largest);
        Some(Self { terms, earlier: self.earlier })
    }

    /// One root in each interval whose ends have unlike signs, and the bounds that are roots themselves.
    fn between(&self, bounds: &[f64]) -> Vec<f64> {
        let mut roots = Vec::new();
        let signs: Vec<i8> = bounds.iter().map(|x| self.sign(*x)).collect();
        for (place, sign) in signs.iter().enumerate() {
            if *sign == 0 {
                roots.push(bounds[place]);
            } else if signs.get(place + 1).is_some_and(|next| next * sign < 0) {
                roots.push(self.bisect(bounds[place], bounds[place + 1], *sign));
            }
        }
        // The same root may be found as the end of two intervals.
        roots.dedup_by(|a, b| (*a - *b).abs() <= 1e-9 * a.abs().max(1e-3));
        roots
    }

    fn bisect(&self, mut low: f64, mut high: f64, sign: i8) -> f64 {
        loop {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                return middle;
            }
            match self.exact_sign(middle) * sign {
                0 => return middle,
                1 => low = middle,
                _ => high = middle,
            }
        }
    }

    /// The sign at x; 0 where the sum is no more than the rounding of its terms.
    fn sign(&self, x: f64) -> i8 {
        let (value, size) = self.at(x);
        if value.abs() <= NOTHING * size { 0 } else { sign(value) }
    }

    fn exact_sign(&self, x: f64) -> i8 {
        sign(self.at(x).0)
    }

    /// The sum, and that of its terms without their signs, both divided by the power that keeps them finite.
    fn at(&self, x: f64) -> (f64, f64) {
        let first = self.terms.first().copied().unwrap_or(0.0) * libm::exp(-x * self.earlier);
        let rest = self.terms.iter().skip(1);
        let add = |(sum, size): (f64, f64), term: f64, u: f64| (sum * u + term, size * u + term.abs());
        if x >= 0.0 {
            let u = libm::exp(-x);
            let (sum, size) = rest.rev().fold((0.0, 0.0), |so_far, term| add(so_far, *term, u));
            add((sum, size), first, u)
        } else {
            let back = libm::exp(x);
            rest.fold((first, first.abs()), |so_far, term| add(so_far, *term, back))
        }
    }
}

fn sign(value: f64) -> i8 {
    if value > 0.0 {
        1
    } else if value < 0.0 {
        -1
    } else {
        0
    }
}
