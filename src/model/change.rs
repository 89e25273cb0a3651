//! A change: an operation on parameters, and the periods that it is written for.

use crate::quantity::{ParamId, SegmentId};

use crate::study::path::ParamPath as Path;

/// What a change does to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Puts the amount in its place.
    Set,
    /// Adds the amount.
    Add,
    /// Multiplies by the amount.
    Times,
    /// Multiplies the odds p / (1 - p).
    Odds,
    /// Multiplies the hazard: 1 - (1 - p)^amount.
    Hazard,
}

impl Op {
    /// The key that a study writes it with.
    pub fn key(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Add => "add",
            Self::Times => "times",
            Self::Odds => "odds",
            Self::Hazard => "hazard",
        }
    }

    /// Whether it leaves every number as it is, however much of it is in force.
    pub fn does_nothing(self, amount: f64) -> bool {
        match self {
            Self::Set => false,
            Self::Add => amount == 0.0,
            Self::Times | Self::Odds | Self::Hazard => amount == 1.0,
        }
    }

    /// The amount that does at once what a number of times this amount do one after the other.
    pub fn times_over(self, amount: f64, times: usize) -> f64 {
        match (self, times) {
            (Self::Set, _) | (_, 1) => amount,
            (Self::Add, times) => amount * times as f64,
            (Self::Times | Self::Odds | Self::Hazard, times) => libm::pow(amount, times as f64),
        }
    }

    /// The number after a share of the change has come into force: 1 is the whole of it, and below 0 it works the
    /// other way round.
    ///
    /// Sums and settings grow evenly; odds and hazard ratios grow evenly in their logarithm, so that half
    /// of an odds ratio twice over is the whole. A change that does nothing returns `x` to the last bit.
    pub fn apply(self, x: f64, amount: f64, share: f64) -> f64 {
        Force::of(self, amount, share).on(x)
    }
}

/// As much of an operation as is in force, ready for many numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Force {
    /// The operation.
    pub op: Op,
    amount: f64,
    share: f64,
    /// What odds or a hazard are multiplied by; 1 for other operations.
    pub ratio: f64,
}

impl Force {
    /// A share of an operation.
    pub fn of(op: Op, amount: f64, share: f64) -> Self {
        let ratio = match op {
            Op::Odds | Op::Hazard if share == 1.0 => amount,
            Op::Odds | Op::Hazard => libm::pow(amount, share),
            Op::Set | Op::Add | Op::Times => 1.0,
        };
        Self { op, amount, share, ratio }
    }

    /// The number after it: see [`Op::apply`].
    pub fn on(&self, x: f64) -> f64 {
        let Self { op, amount, share, ratio } = *self;
        match op {
            Op::Set if share == 1.0 => amount,
            Op::Set => x + (amount - x) * share,
            Op::Add => x + amount * share,
            Op::Times => x * (1.0 + (amount - 1.0) * share),
            Op::Odds | Op::Hazard if ratio == 1.0 => x,
            Op::Odds => {
                let odds = x * ratio;
                if x >= 1.0 { 1.0 } else { odds / (1.0 - x + odds) }
            }
            Op::Hazard => 1.0 - libm::pow(1.0 - x, ratio),
        }
    }
}

/// An operation on parameters, and when it is in force.
#[derive(Clone, Debug)]
pub struct Change {
    /// The parameters it is applied to.
    pub targets: Vec<ParamId>,
    /// The operation.
    pub op: Op,
    /// Its amount.
    pub amount: ParamId,
    /// The first period in which it is in force.
    pub from: u32,
    /// The last period in which it is in force.
    pub until: u32,
    /// The segments whose customers it reaches; none where it reaches everyone, and the company itself.
    pub segments: Option<Vec<SegmentId>>,
    /// What it aims at, as the study has it.
    pub pattern: String,
    /// Where it was written.
    pub written: Path,
}

impl Change {
    /// Whether the periods it is written for hold time `t`.
    pub fn holds_at(&self, t: u32) -> bool {
        (self.from..=self.until).contains(&t)
    }

    /// Whether it reaches the customers of a segment.
    pub fn reaches(&self, segment: SegmentId) -> bool {
        self.segments.as_ref().is_none_or(|segments| segments.contains(&segment))
    }
}

#[cfg(test)]
mod tests {
    use super::Op;

    #[test]
    fn an_operation_that_does_nothing_returns_the_same_bits() {
        for k in 0..1000 {
            let p = f64::from(k) / 999.0;
            for share in [0.3, 1.0] {
                for (op, amount) in [(Op::Set, p), (Op::Add, 0.0), (Op::Times, 1.0), (Op::Odds, 1.0), (Op::Hazard, 1.0)]
                {
                    assert_eq!(op.apply(p, amount, share).to_bits(), p.to_bits(), "{op:?} {p}");
                }
            }
        }
    }

    #[test]
    fn odds_and_hazard_keep_a_chance_a_chance() {
        for p in [0.0, 1e-9, 0.3, 0.999, 1.0] {
            for amount in [0.0, 0.1, 1.0, 7.0, 1e6] {
                for op in [Op::Odds, Op::Hazard] {
                    let q = op.apply(p, amount, 1.0);
                    assert!((0.0..=1.0).contains(&q), "{op:?} {p} {amount} gives {q}");
                }
            }
        }
        assert!((Op::Odds.apply(0.2, 2.0, 1.0) - 1.0 / 3.0).abs() < 1e-15);
        assert!((Op::Hazard.apply(0.2, 2.0, 1.0) - 0.36).abs() < 1e-15);
        // What is in force twice over works twice, and the other way round undoes it.
        for op in [Op::Odds, Op::Hazard] {
            let twice = op.apply(op.apply(0.2, 2.0, 1.0), 2.0, 1.0);
            assert!((op.apply(0.2, 2.0, 2.0) - twice).abs() < 1e-15, "{op:?}");
            assert!((op.apply(op.apply(0.2, 2.0, 1.0), 2.0, -1.0) - 0.2).abs() < 1e-15, "{op:?}");
        }
    }
}
