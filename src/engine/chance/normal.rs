//! The standard normal quantile in lanes.

use std::sync::LazyLock;

use crate::engine::lanes::{Lanes, Portable, Rows};
use crate::stats::distribution::Distribution;

use super::quantile::{QuantileTable, TERMS, foot, place, polynomial};

/// Tails shorter than this many words of 2^31 are beyond the octaves held in registers.
const DEEP: u32 = 1 << 15;
/// The first octave held in registers.
const FIRST_OCTAVE: u32 = 16;

/// The quantile function of the standard normal law. It is odd, so one half of it serves both; the 16 octaves
/// nearest to the middle fit into registers, and only 2^-16 of all words fall beyond them.
pub struct Normal {
    near: Rows,
    table: QuantileTable,
}

impl Normal {
    /// The one table that there is.
    pub fn standard() -> &'static Self {
        static STANDARD: LazyLock<Normal> = LazyLock::new(Normal::new);
        &STANDARD
    }

    fn new() -> Self {
        let law = Distribution::Normal { mean: 0.0, sd: 1.0 };
        let table = QuantileTable::whole_octaves(|p| law.quantile(p));
        let near = std::array::from_fn(|term| {
            std::array::from_fn(|octave| table.coefficient(term, octave + FIRST_OCTAVE as usize))
        });
        Self { near: Rows::new(near), table }
    }

    /// The quantile at the middle of each word's cell.
    #[inline(always)]
    pub fn at<L: Lanes>(&self, l: L, word: L::U) -> L::F {
        let sign = l.and(word, l.u(1 << 31));
        let tail = l.min(word, l.xor(word, l.u(u32::MAX)));
        let bits = foot(l, tail);
        let t = place(l, bits);
        let octave = l.sub(l.right::<23>(bits), l.u(126 + FIRST_OCTAVE));
        let terms = l.look_row(&self.near, octave);
        let mut z = l.of_bits(terms[TERMS - 1]);
        let mut term = TERMS - 1;
        while term > 0 {
            term -= 1;
            z = l.mul_add(t, z, l.of_bits(terms[term]));
        }
        let near = l.ge(tail, l.u(DEEP));
        if l.count(near) as usize != L::N {
            let octave = l.sub(l.right::<23>(bits), l.u(126));
            z = l.pick_f(near, z, polynomial(l, &self.table, octave, bits));
        }
        l.of_bits(l.xor(l.bits_of(z), sign))
    }

    /// [`Normal::at`] for one word.
    pub fn of(&self, word: u32) -> f32 {
        self.at(Portable::<1>, [word])[0]
    }
}

#[cfg(test)]
mod tests {
    use super::Normal;
    use crate::engine::chance::draws::unit;
    use crate::stats::distribution::Distribution;

    #[test]
    fn it_is_near_its_law_and_odd() {
        let law = Distribution::Normal { mean: 0.0, sd: 1.0 };
        let mut words: Vec<u32> = (0..1 << 15).map(|i| i << 16 | 0x8000).collect();
        words.extend((0..31).flat_map(|k| [1 << k, (1 << k) + 1, (1 << k) - 1]));
        for word in words {
            let z = Normal::standard().of(word);
            let exact = law.quantile(unit(word));
            assert!((f64::from(z) - exact).abs() < 7e-7, "{word:#x}: {z} for {exact}");
            assert_eq!(z.to_bits() ^ 1 << 31, Normal::standard().of(!word).to_bits());
        }
    }

    /// Value stability: these bits are a promise.
    #[test]
    fn values_keep_their_bits() {
        let words = [0, 12_345, 0x4000_0000, 0x7FFF_FFFF, 0xC0DE_CAFE, u32::MAX];
        let bits: Vec<u32> = words.iter().map(|&w| Normal::standard().of(w).to_bits()).collect();
        let stable = [0xC0CA_D08C, 0xC091_222F, 0xBF2C_AB5A, 0xB300_0000, 0x3F2F_6B04, 0x40CA_D08C];
        assert_eq!(bits, stable, "{bits:#010x?}");
    }
}
