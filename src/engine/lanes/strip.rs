//! Strips are tables of numbers by stage or row, as bits.

/// A table of numbers by stage or row, as bits, with at least 16 places: what is beyond the given ones repeats the last.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Strip {
    pub(super) bits: Vec<u32>,
}

impl Strip {
    /// A table of whole numbers.
    pub fn of(numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut bits: Vec<u32> = numbers.into_iter().collect();
        let last = bits.last().copied().unwrap_or(0);
        if bits.len() < 16 {
            bits.resize(16, last);
        }
        Self { bits }
    }

    /// A table of numbers in single precision.
    pub fn of_f32(numbers: impl IntoIterator<Item = f32>) -> Self {
        Self::of(numbers.into_iter().map(f32::to_bits))
    }

    /// Puts a number, as bits, in a place.
    pub fn set(&mut self, place: usize, bits: u32) {
        self.bits[place] = bits;
    }

    /// Puts a number, as bits, in a place and all behind it.
    pub fn fill_from(&mut self, place: usize, bits: u32) {
        self.bits[place..].fill(bits);
    }

    /// How many places are held, at least as many as were given.
    pub fn held(&self) -> usize {
        self.bits.len()
    }

    /// Whether all numbers are 0, in a table of single precision.
    pub fn is_zero(&self) -> bool {
        self.bits.iter().all(|bits| f32::from_bits(*bits) == 0.0)
    }

    /// The bits of the number at a place.
    #[inline]
    pub fn at(&self, place: usize) -> u32 {
        self.bits[place]
    }

    /// The number at a place, in a table of single precision.
    #[inline]
    pub fn number(&self, place: usize) -> f32 {
        f32::from_bits(self.bits[place])
    }
}

/// A table of sixteen rows of eight numbers, as bits, both ways round: which one is fast depends on the instruction set.
pub struct Rows {
    /// For each number of a row, the column of it.
    pub columns: [[u32; 16]; 8],
    /// The rows in halves.
    pub halves: [[[u32; 4]; 16]; 2],
}

impl Rows {
    /// A table with these columns.
    pub fn new(columns: [[u32; 16]; 8]) -> Self {
        let half = |first: usize| std::array::from_fn(|row| std::array::from_fn(|at| columns[first + at][row]));
        Self { columns, halves: [half(0), half(4)] }
    }
}
