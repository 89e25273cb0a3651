//! The luck of the world: what is drawn once per replication and is the same in every scenario.

use crate::model::draw::Luck;

use super::draws::{Draws, Purpose, unit64};

/// An odd number near 2^32 divided by the golden ratio: its multiples are far apart.
const APART: u32 = 0x9E37_79B9;

impl Luck for Draws {
    fn number(&self, luck: u64) -> f64 {
        let (low, high) = halves(luck);
        let words = self.four(low, 0, Purpose::PARAMETER, high);
        unit64(words[0], words[1])
    }

    fn event(&self, luck: u64, period: u32, question: u32) -> f64 {
        let (low, high) = halves(luck);
        let words = self.four(low, period, Purpose::SHOCK, high.wrapping_add(question.wrapping_mul(APART)));
        unit64(words[0], words[1])
    }
}

/// The halves of a luck number are its address.
#[expect(clippy::cast_possible_truncation, reason = "each half is taken by itself")]
fn halves(luck: u64) -> (u32, u32) {
    (luck as u32, (luck >> 32) as u32)
}
