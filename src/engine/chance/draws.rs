//! Random numbers are looked up by address: the same question always gets the same answer.
//!
//! An address names the seed, the replication, the customer, the period, the purpose and the
//! index of the draw. No state is carried along, so that neither the order of customers, nor the
//! number of threads, nor a draw that another scenario takes can change what a customer meets.
//!
//! The generator is Philox4x32-10: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers:
//! as easy as 1, 2, 3", SC '11. One call gives four words; they serve four periods in a row.

use rand::TryRng;
use std::convert::Infallible;

use crate::engine::lanes::{InstructionSet, Kernel, Lanes, PhiloxKeys, Portable, philox_keys};

/// What a random number is for. Its number belongs to the address, so that it is never changed and never given to anything
/// else, not even after a purpose is gone; a test holds that no two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(u16);

impl Purpose {
    /// An uncertain parameter, drawn once per replication.
    pub const PARAMETER: Self = Self(9);
    /// Where on the way that two scenarios share a customer is made to part.
    pub const PART: Self = Self(10);
    /// A shock: whether it comes in a period, and how large it then is.
    pub const SHOCK: Self = Self(11);

    /// The purpose with a number, above 0. Those of mechanisms are listed in `engine/mechanism/mod.rs`.
    pub const fn numbered(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// The random numbers of one replication of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    key: [u32; 2],
    replication: u32,
}

/// Periods up to this one (2^18 of them) have addresses of their own.
pub const LAST_PERIOD: u32 = (1 << 18) - 1;

/// What the words of a column of customers are for.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// The period divided by 4, or what the purpose counts instead.
    pub period_block: u32,
    /// The purpose.
    pub purpose: Purpose,
    /// The index of the draw.
    pub draw: u32,
}

impl Draws {
    /// The random numbers of replication `replication` under `seed`.
    pub fn new(seed: u64, replication: u32) -> Self {
        Self { key: [low(seed), low(seed >> 32)], replication }
    }

    /// The word for one period, which must not pass [`LAST_PERIOD`].
    #[inline]
    pub fn word(&self, customer: u32, period: u32, purpose: Purpose, draw: u32) -> u32 {
        self.four(customer, period >> 2, purpose, draw)[(period & 3) as usize]
    }

    /// The words for the periods `4 * period_block` to `4 * period_block + 3`.
    #[inline]
    pub fn four(&self, customer: u32, period_block: u32, purpose: Purpose, draw: u32) -> [u32; 4] {
        philox([customer, when_and_why(period_block, purpose), draw, self.replication], self.key)
    }

    /// [`Draws::four`] for a column of customers: `out[i][c]` is the word of `customers[c]` for
    /// period `4 * period_block + i`. The columns have room for lanes beyond the last of `count` customers.
    pub fn fill(&self, set: InstructionSet, at: Address, customers: &[u32], count: usize, out: &mut [Vec<u32>; 4]) {
        let rest = [when_and_why(at.period_block, at.purpose), at.draw, self.replication];
        set.run(Fill { customers, count, rest, keys: philox_keys(self.key), out });
    }

    /// The words of one customer, period block and purpose as a sequence: all four words of draw
    /// 0, then of draw 1, and so on; for a law that takes as many words as it likes.
    ///
    /// It shares its words with [`Draws::word`] at the same address: give it a purpose, or a
    /// period, of its own.
    pub fn stream(&self, customer: u32, period_block: u32, purpose: Purpose) -> Stream {
        Stream { draws: *self, customer, period_block, purpose, draw: 0, words: [0; 4], used: 4 }
    }
}

/// A sequential view of the addressed words, for the samplers of `rand_distr` outside the
/// period loop. It returns to its beginning after 2^34 words.
#[derive(Clone, Debug)]
pub struct Stream {
    draws: Draws,
    customer: u32,
    period_block: u32,
    purpose: Purpose,
    draw: u32,
    words: [u32; 4],
    used: usize,
}

impl Stream {
    fn next_word(&mut self) -> u32 {
        if self.used == 4 {
            self.words = self.draws.four(self.customer, self.period_block, self.purpose, self.draw);
            self.draw = self.draw.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    /// Two words, the low half first.
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.next_word());
        Ok(u64::from(self.next_word()) << 32 | low)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.next_word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// The middle of the word's cell in (0, 1): (word + 1/2) / 2^32, never 0 and never 1.
#[inline]
pub fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// A number in (0, 1) from two words, never 0 and never 1: an odd multiple of 2^-53.
#[inline]
pub fn unit64(high: u32, low: u32) -> f64 {
    // 52 bits and a half fit a significand exactly; 53 bits and a half would round up to 1.
    let bits = u64::from(high) << 20 | u64::from(low >> 12);
    (bits as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// The second word of the counter: the period block in the low half, the purpose in the high.
#[inline]
fn when_and_why(period_block: u32, purpose: Purpose) -> u32 {
    debug_assert!(period_block <= LAST_PERIOD >> 2, "the period has no address");
    period_block & 0xFFFF | u32::from(purpose.0) << 16
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
fn low(x: u64) -> u32 {
    x as u32
}

/// One block of Philox4x32-10.
#[inline]
fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [c0, c1, c2, c3] = counter;
    Portable::<1>.philox([c0], [c1, c2, c3], &philox_keys(key)).map(|word| word[0])
}

/// Four words for each customer.
struct Fill<'a> {
    customers: &'a [u32],
    count: usize,
    rest: [u32; 3],
    keys: PhiloxKeys,
    out: &'a mut [Vec<u32>; 4],
}

impl Kernel for Fill<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.count);
        let customers = l.words(self.customers, n);
        let [first, second, third, fourth] = self.out;
        let (first, second) = (l.words_mut(first, n), l.words_mut(second, n));
        let (third, fourth) = (l.words_mut(third, n), l.words_mut(fourth, n));
        for i in 0..n {
            let words = l.philox(l.load(&customers[i]), self.rest, &self.keys);
            l.store(&mut first[i], words[0]);
            l.store(&mut second[i], words[1]);
            l.store(&mut third[i], words[2]);
            l.store(&mut fourth[i], words[3]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::lanes::MOST_LANES;
    use rand_distr::{Distribution, Normal};

    /// Known answers published with Random123.
    #[test]
    fn the_generator_gives_the_published_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        assert_eq!(philox(pi, [0xa409_3822, 0x299f_31d0]), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn an_address_means_the_same_counter_for_ever() {
        let draws = Draws::new(0x299f_31d0_a409_3822, 7);
        let counter = [12, 5 | 3 << 16, 2, 7];
        let expected = philox(counter, [0xa409_3822, 0x299f_31d0]);
        assert_eq!(draws.four(12, 5, Purpose::numbered(3), 2), expected);
        for i in 0..4 {
            assert_eq!(draws.word(12, 20 + i, Purpose::numbered(3), 2), expected[i as usize]);
        }
        assert_eq!(Draws::new(2026, 0).word(1, 2, Purpose::numbered(1), 0), 0x9461_A122);
    }

    #[test]
    fn a_column_holds_the_words_of_its_customers() {
        let draws = Draws::new(99, 3);
        let at = Address { period_block: 9, purpose: Purpose::numbered(4), draw: 4 };
        for set in InstructionSet::available() {
            for length in [0, 1, 15, 16, 17, 100, 1024] {
                let mut customers: Vec<u32> = (0..length).map(|i| i * 7 + 5).collect();
                let count = customers.len();
                customers.resize(count + MOST_LANES, 0);
                let mut out = std::array::from_fn(|_| vec![0; customers.len()]);
                draws.fill(set, at, &customers, count, &mut out);
                for (c, &customer) in customers[..count].iter().enumerate() {
                    for i in 0..4 {
                        assert_eq!(out[i as usize][c], draws.word(customer, 36 + i, Purpose::numbered(4), 4));
                    }
                }
            }
        }
    }

    #[test]
    fn units_stay_inside_the_open_interval() {
        assert_eq!(unit(0).to_bits(), libm::ldexp(1.0, -33).to_bits());
        assert!(unit(u32::MAX) < 1.0);
        assert_eq!(unit64(0, 0).to_bits(), libm::ldexp(1.0, -53).to_bits());
        assert_eq!(unit64(u32::MAX, u32::MAX).to_bits(), (1.0 - f64::EPSILON / 2.0).to_bits());
        assert_eq!(unit64(1 << 31, 0).to_bits(), (0.5 + libm::ldexp(1.0, -53)).to_bits());
    }

    #[test]
    fn a_stream_serves_rand_distr() {
        let normal = Normal::new(3.0, 2.0).unwrap();
        let n = 200_000;
        let mut stream = Draws::new(2026, 1).stream(0, 0, Purpose::PARAMETER);
        let sample: Vec<f64> = (0..n).map(|_| normal.sample(&mut stream)).collect();
        let mean = sample.iter().sum::<f64>() / f64::from(n);
        let variance = sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n - 1);
        assert!((mean - 3.0).abs() < 4.5 * 2.0 / f64::from(n).sqrt(), "{mean}");
        assert!((variance - 4.0).abs() < 4.5 * 4.0 * (2.0 / f64::from(n)).sqrt(), "{variance}");
    }

    #[test]
    fn a_stream_gives_the_words_in_order() {
        use rand::Rng;
        let draws = Draws::new(5, 0);
        let mut stream = draws.stream(8, 0, Purpose::numbered(8));
        let first = draws.four(8, 0, Purpose::numbered(8), 0);
        assert_eq!([stream.next_u32(), stream.next_u32()], [first[0], first[1]]);
        assert_eq!(stream.next_u64(), u64::from(first[3]) << 32 | u64::from(first[2]));
        let second = draws.four(8, 0, Purpose::numbered(8), 1);
        let mut bytes = [0; 6];
        stream.fill_bytes(&mut bytes);
        assert_eq!(bytes[..4], second[0].to_le_bytes());
        assert_eq!(bytes[4..], second[1].to_le_bytes()[..2]);
    }
}
