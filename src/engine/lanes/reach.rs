//! Reach: looking a number up by stage or by row, in registers where the table is short enough.

use super::Lanes;

/// A table of numbers by stage or row, as bits, with at least 16 places: what is beyond the given ones repeats the last.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Strip {
    bits: Vec<u32>,
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

/// How far a look-up reaches.
pub trait Reach {
    /// A table that is ready to be looked up in.
    type Table<'a, L: Lanes>: Copy;
    /// Makes a table ready.
    fn ready<L: Lanes>(lanes: L, strip: &Strip) -> Self::Table<'_, L>;
    /// Looks up by places.
    fn look<L: Lanes>(lanes: L, table: Self::Table<'_, L>, place: L::U) -> L::U;

    /// Looks up numbers in single precision.
    #[inline(always)]
    fn look_f<L: Lanes>(lanes: L, table: Self::Table<'_, L>, place: L::U) -> L::F {
        lanes.of_bits(Self::look(lanes, table, place))
    }
}

/// Places below 8.
pub struct Eight;
/// Places below 16.
pub struct Sixteen;
/// Any place.
pub struct Many;

impl Reach for Eight {
    type Table<'a, L: Lanes> = L::Eight;
    #[inline(always)]
    fn ready<L: Lanes>(lanes: L, strip: &Strip) -> L::Eight {
        lanes.eight(&strip.bits.as_chunks().0[0])
    }
    #[inline(always)]
    fn look<L: Lanes>(lanes: L, table: L::Eight, place: L::U) -> L::U {
        lanes.look_eight(table, place)
    }
}

impl Reach for Sixteen {
    type Table<'a, L: Lanes> = L::Sixteen;
    #[inline(always)]
    fn ready<L: Lanes>(lanes: L, strip: &Strip) -> L::Sixteen {
        lanes.sixteen(&strip.bits.as_chunks().0[0])
    }
    #[inline(always)]
    fn look<L: Lanes>(lanes: L, table: L::Sixteen, place: L::U) -> L::U {
        lanes.look_sixteen(table, place)
    }
}

impl Reach for Many {
    type Table<'a, L: Lanes> = &'a [u32];
    #[inline(always)]
    fn ready<L: Lanes>(_: L, strip: &Strip) -> &[u32] {
        &strip.bits
    }
    #[inline(always)]
    fn look<L: Lanes>(lanes: L, table: &[u32], place: L::U) -> L::U {
        lanes.look_many(table, place)
    }
}
