//! Repetition that is hastened by what the rounds before tell of the next.
//!
//! Anderson (1965), "Iterative procedures for nonlinear integral equations", Journal of the ACM 12(4), in the form of Walker &
//! Ni (2011), "Anderson acceleration for fixed-point iterations", SIAM Journal on Numerical Analysis 49(4): the differences
//! of the last rounds are combined so that they would leave the least to change, were all linear.

/// The rounds before that are looked at.
const DEPTH: usize = 3;
/// A difference of which the others leave less than this, squared, tells nothing of its own.
const NOTHING: f64 = 1e-12;

/// What the last rounds came to.
#[derive(Clone, Debug, Default)]
pub struct Hasten {
    /// Of the latest round: what came out, and by how much that differs from what went in.
    last: Round,
    /// The differences of each round before to the one after it, the latest last.
    steps: [Round; DEPTH],
    /// How many of them there are.
    known: usize,
    /// The same, made independent of each other.
    own: [Round; DEPTH],
    /// What to try next.
    next: Vec<f64>,
}

/// What a round brings, or a difference of rounds.
#[derive(Clone, Debug, Default)]
struct Round {
    out: Vec<f64>,
    change: Vec<f64>,
}

impl Round {
    fn set(&mut self, out: impl Iterator<Item = f64>, change: impl Iterator<Item = f64>) {
        self.out.clear();
        self.out.extend(out);
        self.change.clear();
        self.change.extend(change);
    }

    /// Takes away so much of another.
    fn less(&mut self, other: &Self, times: f64) {
        self.out.iter_mut().zip(&other.out).for_each(|(own, other)| *own -= times * other);
        self.change.iter_mut().zip(&other.change).for_each(|(own, other)| *own -= times * other);
    }
}

fn product(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

impl Hasten {
    /// Forgets all rounds.
    pub fn forget(&mut self) {
        self.known = 0;
        self.last.out.clear();
    }

    /// What to try next, where `from` went into a round and `out` came of it. Numbers of one kind are of one size.
    pub fn next(&mut self, from: &[f64], out: &[f64]) -> &[f64] {
        let changes = || out.iter().zip(from).map(|(out, from)| out - from);
        if self.last.out.len() == out.len() {
            self.steps.rotate_left(1);
            let last = &self.last;
            self.steps[DEPTH - 1].set(
                out.iter().zip(&last.out).map(|(now, then)| now - then),
                changes().zip(&last.change).map(|(now, then)| now - then),
            );
            self.known = (self.known + 1).min(DEPTH);
        }
        self.last.set(out.iter().copied(), changes());
        self.combine();
        &self.next
    }

    /// Takes from what came out what the differences explain of its change, one after the other, the latest first.
    fn combine(&mut self) {
        let mut left = self.last.clone();
        for i in 0..self.known {
            let step = &self.steps[DEPTH - 1 - i];
            let (before, rest) = self.own.split_at_mut(i);
            let own = &mut rest[0];
            own.set(step.out.iter().copied(), step.change.iter().copied());
            let whole = product(&own.change, &own.change);
            for other in before {
                let square = product(&other.change, &other.change);
                if square > 0.0 {
                    own.less(other, product(&own.change, &other.change) / square);
                }
            }
            let square = product(&own.change, &own.change);
            if square <= NOTHING * whole {
                own.change.fill(0.0);
            } else {
                left.less(own, product(&left.change, &own.change) / square);
            }
        }
        self.next.clear();
        self.next.extend(left.out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_map_of_three_numbers_is_solved_after_three_differences() {
        let map =
            |x: &[f64]| vec![0.8 * x[0] + 0.1 * x[1] + 1.0, 0.3 * x[0] + 0.5 * x[1] + 0.1 * x[2], 0.9 * x[2] + 2.0];
        let mut hasten = Hasten::default();
        let mut x = vec![0.0; 3];
        for _ in 0..4 {
            let out = map(&x);
            x = hasten.next(&x, &out).to_vec();
        }
        map(&x).iter().zip(&x).for_each(|(out, from)| assert!((out - from).abs() < 1e-9, "{x:?}"));
        hasten.forget();
        let out = map(&x);
        assert_eq!(hasten.next(&x, &out), out);
    }
}
