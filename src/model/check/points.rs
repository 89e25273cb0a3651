//! Points at which what may be drawn is looked at: the same 4,096 in every check.
//!
//! Pairs of numbers are points of a scrambled net in base 2 (Owen 1995, "Randomly permuted (t,m,s)-nets and (t,s)-sequences";
//! by hashing: Burley 2020, "Practical hash-based Owen scrambling", Journal of Computer Graphics Techniques 9(4)): in
//! each of its boxes of equal size lies one. The pairs are shuffled against each other, so that there may be any number.

use crate::model::draw::Luck;
use crate::model::identity::hash::mix;

/// How many points there are: a power of two, as nets have.
pub const POINTS: u32 = 4_096;

/// The numbers that points have coordinates for.
pub struct Points {
    /// The luck of each, in order.
    lucks: Vec<u64>,
}

/// One of the points.
pub struct Point<'p> {
    points: &'p Points,
    number: u32,
}

impl Points {
    /// The points for uncertain numbers with such luck, whose order does not count.
    pub fn new(lucks: impl Iterator<Item = u64>) -> Self {
        let mut lucks: Vec<u64> = lucks.collect();
        lucks.sort_unstable();
        lucks.dedup();
        Self { lucks }
    }

    /// One of them.
    pub fn at(&self, number: u32) -> Point<'_> {
        Point { points: self, number }
    }
}

impl Luck for Point<'_> {
    fn number(&self, luck: u64) -> f64 {
        let axis = self.points.lucks.binary_search(&luck).unwrap_or(0) as u64;
        coordinate(self.number, mix(1, axis / 2), axis % 2 == 1)
    }

    fn event(&self, luck: u64, period: u32, question: u32) -> f64 {
        coordinate(self.number, mix(mix(luck, u64::from(period)), u64::from(question)), false)
    }
}

/// One of the two coordinates of a point of the net that a seed scrambles, in (0, 1).
fn coordinate(number: u32, seed: u64, second: bool) -> f64 {
    let place = scrambled(number, half(seed));
    let plain = if second { sobol_second(place) } else { place.reverse_bits() };
    (f64::from(scrambled(plain, half(mix(seed, 2 + u64::from(second))))) + 0.5) / 4_294_967_296.0
}

/// The second coordinate of Sobol's sequence; the first one is its place with its bits turned round.
fn sobol_second(place: u32) -> u32 {
    let (mut left, mut direction, mut sum) = (place, 1_u32 << 31, 0);
    while left > 0 {
        if left & 1 == 1 {
            sum ^= direction;
        }
        direction ^= direction >> 1;
        left >>= 1;
    }
    sum
}

/// Turns over each bit or not, as the bits above it and the seed say.
fn scrambled(bits: u32, seed: u32) -> u32 {
    let mut x = bits.reverse_bits().wrapping_add(seed);
    for factor in [0x6c50_b47c_u32, 0xb82f_1e52, 0xc7af_e638, 0x8d22_f6e6] {
        x ^= x.wrapping_mul(factor);
    }
    x.reverse_bits()
}

fn half(seed: u64) -> u32 {
    u32::try_from(seed >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_box_of_a_pair_holds_one_point() {
        let points = Points::new([7, 3, 900, 12].into_iter());
        for (a, b) in [(3, 7), (12, 900)] {
            for bits in 0..=12 {
                let (rows, columns) = (f64::from(1 << bits), f64::from(1 << (12 - bits)));
                let mut boxes: Vec<(u64, u64)> = (0..POINTS)
                    .map(|number| {
                        let point = points.at(number);
                        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a box")]
                        let place = |luck: u64, count: f64| (point.number(luck) * count) as u64;
                        (place(a, rows), place(b, columns))
                    })
                    .collect();
                boxes.sort_unstable();
                boxes.dedup();
                assert_eq!(boxes.len(), POINTS as usize, "{rows} by {columns}");
            }
        }
    }

    #[test]
    fn numbers_of_other_pairs_and_events_do_not_go_together() {
        let points = Points::new([1, 2, 3, 4].into_iter());
        let product = |f: &dyn Fn(&Point<'_>) -> f64| (0..POINTS).map(|at| f(&points.at(at))).sum::<f64>() / 4096.0;
        let centred = |luck: u64| move |point: &Point<'_>| point.number(luck) - 0.5;
        // Five standard errors of the product of two independent uniform numbers.
        let most = 5.0 / 12.0 / 64.0;
        assert!(product(&|point| centred(1)(point) * centred(3)(point)).abs() < most);
        assert!(product(&|point| centred(2)(point) * centred(4)(point)).abs() < most);
        assert!(product(&|point| centred(1)(point) * (point.event(9, 3, 0) - 0.5)).abs() < most);
        assert!(product(&|point| (point.event(9, 4, 0) - 0.5) * (point.event(9, 3, 0) - 0.5)).abs() < most);
    }
}
