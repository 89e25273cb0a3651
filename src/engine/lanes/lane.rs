//! What every set of instructions can do with several customers at once, and what is written over it.

use super::strip::Rows;

/// The most lanes that any instruction set has; columns have room for that many beyond their last customer.
pub const MOST_LANES: usize = 16;

/// The multipliers of Philox4x32 (Salmon et al. 2011).
pub(super) const PHILOX_MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What the keys of Philox grow by each round.
const PHILOX_KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
/// The keys of the ten rounds of Philox4x32-10.
pub type PhiloxKeys = [[u32; 2]; 10];

/// The keys of the rounds, from that of the first.
pub fn philox_keys(mut key: [u32; 2]) -> PhiloxKeys {
    std::array::from_fn(|_| {
        let now = key;
        key = [key[0].wrapping_add(PHILOX_KEY_STEPS[0]), key[1].wrapping_add(PHILOX_KEY_STEPS[1])];
        now
    })
}

/// Looks up a row number by number.
#[inline(always)]
pub(super) fn look_up_columns<L: Lanes>(l: L, table: &Rows, place: L::U) -> [L::U; 8] {
    let mut row = [l.u(0); 8];
    let mut at = 0;
    while at < 8 {
        row[at] = l.look_sixteen(l.sixteen(&table.columns[at]), place);
        at += 1;
    }
    row
}

/// Several customers at once: `N` lanes of 32 bits.
///
/// A column is cut into steps of `N` customers; loops run over the same number of steps of every column, so that the
/// compiler needs no check of the bounds inside. Columns have room for whole steps.
pub trait Lanes: Copy {
    /// The number of lanes.
    const N: usize;
    /// Numbers in single precision.
    type F: Copy;
    /// Whole numbers of 32 bits.
    type U: Copy;
    /// Yes or no.
    type M: Copy;
    /// A table of 8 numbers.
    type Eight: Copy;
    /// A table of 16 numbers.
    type Sixteen: Copy;

    /// The same number in every lane.
    fn f(self, x: f32) -> Self::F;
    /// The same whole number in every lane.
    fn u(self, x: u32) -> Self::U;
    /// 0, 1, 2 ...
    fn places(self) -> Self::U;
    /// `N` whole numbers of a column.
    type Words: Copy;
    /// `N` numbers of a column.
    type Numbers: Copy;

    /// The first `steps` steps of a column.
    fn words(self, column: &[u32], steps: usize) -> &[Self::Words];
    /// The first `steps` steps of a column.
    fn words_mut(self, column: &mut [u32], steps: usize) -> &mut [Self::Words];
    /// The first `steps` steps of a column.
    fn numbers(self, column: &[f32], steps: usize) -> &[Self::Numbers];
    /// The first `steps` steps of a column.
    fn numbers_mut(self, column: &mut [f32], steps: usize) -> &mut [Self::Numbers];
    /// Loads a step of a column.
    fn load(self, step: &Self::Words) -> Self::U;
    /// Loads a step of a column.
    fn load_f(self, step: &Self::Numbers) -> Self::F;
    /// Stores to a step of a column.
    fn store(self, step: &mut Self::Words, x: Self::U);
    /// Stores to a step of a column.
    fn store_f(self, step: &mut Self::Numbers, x: Self::F);
    /// a + b.
    fn add_f(self, a: Self::F, b: Self::F) -> Self::F;
    /// a - b.
    fn sub_f(self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b.
    fn mul_f(self, a: Self::F, b: Self::F) -> Self::F;
    /// a / b.
    fn div_f(self, a: Self::F, b: Self::F) -> Self::F;
    /// a where a < b, else b.
    fn min_f(self, a: Self::F, b: Self::F) -> Self::F;
    /// a where a > b, else b.
    fn max_f(self, a: Self::F, b: Self::F) -> Self::F;
    /// Whether a >= b.
    fn ge_f(self, a: Self::F, b: Self::F) -> Self::M;
    /// a where yes, else b.
    fn pick_f(self, yes: Self::M, a: Self::F, b: Self::F) -> Self::F;
    /// The nearest number to a whole number with a sign.
    fn to_f(self, a: Self::U) -> Self::F;
    /// The whole part of a number between -2^31 and 2^31.
    fn whole(self, a: Self::F) -> Self::U;
    /// The bits of a number.
    fn bits_of(self, a: Self::F) -> Self::U;
    /// The number with these bits.
    fn of_bits(self, a: Self::U) -> Self::F;

    /// a + b modulo 2^32.
    fn add(self, a: Self::U, b: Self::U) -> Self::U;
    /// a - b modulo 2^32.
    fn sub(self, a: Self::U, b: Self::U) -> Self::U;
    /// a · b modulo 2^32.
    fn mul(self, a: Self::U, b: Self::U) -> Self::U;
    /// The smaller of two whole numbers without a sign.
    fn min(self, a: Self::U, b: Self::U) -> Self::U;
    /// Bits set in both.
    fn and(self, a: Self::U, b: Self::U) -> Self::U;
    /// Bits set in a and not in b.
    fn and_not(self, a: Self::U, b: Self::U) -> Self::U;
    /// Bits set in either.
    fn or(self, a: Self::U, b: Self::U) -> Self::U;
    /// Bits set in one.
    fn xor(self, a: Self::U, b: Self::U) -> Self::U;
    /// Shifts to the left; BITS is below 32.
    fn left<const BITS: i32>(self, a: Self::U) -> Self::U;
    /// Shifts to the right; BITS is below 32.
    fn right<const BITS: i32>(self, a: Self::U) -> Self::U;
    /// Shifts each lane to the right by its own number of bits, below 32.
    fn right_by(self, a: Self::U, bits: Self::U) -> Self::U;
    /// Whether a = b.
    fn eq(self, a: Self::U, b: Self::U) -> Self::M;
    /// Whether a >= b, without a sign.
    fn ge(self, a: Self::U, b: Self::U) -> Self::M;
    /// a where yes, else b.
    fn pick(self, yes: Self::M, a: Self::U, b: Self::U) -> Self::U;
    /// a + 1 where yes, else a.
    fn plus_one(self, a: Self::U, yes: Self::M) -> Self::U;
    /// Whether both.
    fn both(self, a: Self::M, b: Self::M) -> Self::M;
    /// A bit for each lane, the first one lowest.
    fn mask(self, a: Self::M) -> u32;

    /// A table of 8.
    fn eight(self, table: &[u32; 8]) -> Self::Eight;
    /// A table of 16.
    fn sixteen(self, table: &[u32; 16]) -> Self::Sixteen;
    /// Looks up by a place below 8.
    fn look_eight(self, table: Self::Eight, place: Self::U) -> Self::U;
    /// Looks up by a place below 16.
    fn look_sixteen(self, table: Self::Sixteen, place: Self::U) -> Self::U;
    /// Looks up a whole row by a place below 16, or what is of no meaning by one that is not.
    #[inline(always)]
    fn look_row(self, table: &Rows, place: Self::U) -> [Self::U; 8] {
        look_up_columns(self, table, place)
    }
    /// Looks up in a table of any length; a place beyond its end reads the last number.
    fn look_many(self, table: &[u32], place: Self::U) -> Self::U;
    /// Looks up four numbers that lie side by side; a place beyond the end reads the last ones. Four single look-ups
    /// of many cost several times as much.
    fn look_four(self, table: &[[u32; 4]], place: Self::U) -> [Self::U; 4];
    /// Stores the lanes that say yes side by side, from `at` on, and returns how many. What follows them is spoiled,
    /// up to `N` numbers from `at` on.
    fn pack(self, column: &mut [u32], at: usize, yes: Self::M, x: Self::U) -> usize;
    /// Philox4x32-10 of the counters `c0` and `rest`.
    fn philox(self, c0: Self::U, rest: [u32; 3], keys: &PhiloxKeys) -> [Self::U; 4];

    /// How many steps `count` customers take.
    #[inline(always)]
    fn steps(self, count: usize) -> usize {
        count.div_ceil(Self::N)
    }

    /// [`Lanes::pack`] for numbers.
    #[inline(always)]
    fn pack_f(self, column: &mut [f32], at: usize, yes: Self::M, x: Self::F) -> usize {
        let mut packed = [0; MOST_LANES];
        let count = self.pack(&mut packed, 0, yes, self.bits_of(x));
        let packed = self.of_bits(self.load(&self.words(&packed, 1)[0]));
        self.store_f(&mut self.numbers_mut(&mut column[at..], 1)[0], packed);
        count
    }

    /// The lanes as an array of the most that there can be, those that are not there 0.
    #[inline(always)]
    fn lanes(self, x: Self::U) -> [u32; MOST_LANES] {
        let mut lanes = [0; MOST_LANES];
        self.store(&mut self.words_mut(&mut lanes, 1)[0], x);
        lanes
    }

    /// How many lanes say yes.
    #[inline(always)]
    fn count(self, a: Self::M) -> u32 {
        self.mask(a).count_ones()
    }

    /// Holds a number within bounds.
    #[inline(always)]
    fn within(self, a: Self::F, low: Self::F, high: Self::F) -> Self::F {
        self.min_f(self.max_f(a, low), high)
    }

    /// a · b + c, rounded twice.
    #[inline(always)]
    fn mul_add(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        self.add_f(self.mul_f(a, b), c)
    }
}

/// Work that is written once and compiled for every instruction set.
pub trait Kernel {
    /// What it gives back.
    type Output;
    /// Does the work. Implementations are `#[inline(always)]`.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}
