//! A crowd is who comes together: customers of one segment and period of entry, by their addresses.

use super::narrow::whole;

/// Customers of one segment who come in one period, with addresses at even distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// The segment.
    pub segment: usize,
    /// The period in which they come; 0 for those who are there at the start.
    pub entry: u32,
    /// The first address.
    pub first: u32,
    /// How far it is from one address to the next.
    pub step: u32,
}

impl Default for Crowd {
    fn default() -> Self {
        Self::new(0, 0, 0)
    }
}

impl Crowd {
    /// Customers with consecutive addresses from `first` on.
    pub fn new(segment: usize, entry: u32, first: u32) -> Self {
        Self { segment, entry, first, step: 1 }
    }

    /// The address of the customer at a place.
    pub fn customer(&self, place: u32) -> u32 {
        // Columns have room for a few more than there are, whose addresses have no meaning.
        self.first.wrapping_add(place.wrapping_mul(self.step))
    }

    /// The place of a customer.
    pub fn place(&self, customer: u32) -> usize {
        ((customer - self.first) / self.step) as usize
    }

    /// What tells their draws apart from those of others with the same addresses. Newcomers are counted anew in every segment and period, so their luck has to be told apart by these. Multiples
    /// of an odd number near 2^32 divided by the golden ratio leave room for the draws of a customer between them.
    pub fn luck(&self) -> u32 {
        const APART: u32 = 0x9E37_79B9;
        if self.entry == 0 { 0 } else { (whole(self.segment) << 16 | self.entry).wrapping_mul(APART) }
    }
}
