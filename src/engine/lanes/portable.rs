//! Portable lanes: arrays, which the compiler turns into whatever vectors every processor of the target has.

use super::lane::{Lanes, PHILOX_MULTIPLIERS, PhiloxKeys};
use super::strip::Rows;

/// A number of lanes of plain numbers, a power of 2: eight serve every processor, one serves a single customer.
#[derive(Clone, Copy)]
pub struct Portable<const N: usize>;

/// The same expression for every lane.
macro_rules! each {
    ($lane:ident => $value:expr) => {{
        let mut lanes = [Default::default(); N];
        let mut $lane = 0;
        while $lane < N {
            lanes[$lane] = $value;
            $lane += 1;
        }
        lanes
    }};
}

/// All bits set for yes, none for no.
#[inline(always)]
const fn all_bits(yes: bool) -> u32 {
    0_u32.wrapping_sub(yes as u32)
}

impl<const N: usize> Lanes for Portable<N> {
    const N: usize = N;
    type F = [f32; N];
    type U = [u32; N];
    type M = [u32; N];
    type Eight = [u32; 8];
    type Words = [u32; N];
    type Numbers = [f32; N];
    type Sixteen = [u32; 16];

    #[inline(always)]
    fn f(self, x: f32) -> Self::F {
        [x; N]
    }
    #[inline(always)]
    fn u(self, x: u32) -> Self::U {
        [x; N]
    }
    #[inline(always)]
    fn places(self) -> Self::U {
        each!(i => u32::try_from(i).unwrap_or(0))
    }
    steps_of_columns!();

    #[inline(always)]
    fn load(self, step: &[u32; N]) -> Self::U {
        *step
    }
    #[inline(always)]
    fn load_f(self, step: &[f32; N]) -> Self::F {
        *step
    }
    #[inline(always)]
    fn store(self, step: &mut [u32; N], x: Self::U) {
        *step = x;
    }
    #[inline(always)]
    fn store_f(self, step: &mut [f32; N], x: Self::F) {
        *step = x;
    }

    #[inline(always)]
    fn add_f(self, a: Self::F, b: Self::F) -> Self::F {
        each!(i => a[i] + b[i])
    }
    #[inline(always)]
    fn sub_f(self, a: Self::F, b: Self::F) -> Self::F {
        each!(i => a[i] - b[i])
    }
    #[inline(always)]
    fn mul_f(self, a: Self::F, b: Self::F) -> Self::F {
        each!(i => a[i] * b[i])
    }
    #[inline(always)]
    fn div_f(self, a: Self::F, b: Self::F) -> Self::F {
        each!(i => a[i] / b[i])
    }
    #[inline(always)]
    fn min_f(self, a: Self::F, b: Self::F) -> Self::F {
        each!(i => if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn max_f(self, a: Self::F, b: Self::F) -> Self::F {
        each!(i => if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn ge_f(self, a: Self::F, b: Self::F) -> Self::M {
        each!(i => all_bits(a[i] >= b[i]))
    }
    #[inline(always)]
    fn pick_f(self, yes: Self::M, a: Self::F, b: Self::F) -> Self::F {
        each!(i => f32::from_bits(a[i].to_bits() & yes[i] | b[i].to_bits() & !yes[i]))
    }
    #[inline(always)]
    fn to_f(self, a: Self::U) -> Self::F {
        each!(i => a[i].cast_signed() as f32)
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the caller keeps it in range; `as` saturates")]
    fn whole(self, a: Self::F) -> Self::U {
        each!(i => (a[i] as i32).cast_unsigned())
    }
    #[inline(always)]
    fn bits_of(self, a: Self::F) -> Self::U {
        each!(i => a[i].to_bits())
    }
    #[inline(always)]
    fn of_bits(self, a: Self::U) -> Self::F {
        each!(i => f32::from_bits(a[i]))
    }

    #[inline(always)]
    fn add(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i].wrapping_add(b[i]))
    }
    #[inline(always)]
    fn sub(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i].wrapping_sub(b[i]))
    }
    #[inline(always)]
    fn mul(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i].wrapping_mul(b[i]))
    }
    #[inline(always)]
    fn min(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn and(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i] & b[i])
    }
    #[inline(always)]
    fn and_not(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i] & !b[i])
    }
    #[inline(always)]
    fn or(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i] | b[i])
    }
    #[inline(always)]
    fn xor(self, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i] ^ b[i])
    }
    #[inline(always)]
    fn left<const BITS: i32>(self, a: Self::U) -> Self::U {
        each!(i => a[i] << BITS)
    }
    #[inline(always)]
    fn right<const BITS: i32>(self, a: Self::U) -> Self::U {
        each!(i => a[i] >> BITS)
    }
    #[inline(always)]
    fn right_by(self, a: Self::U, bits: Self::U) -> Self::U {
        each!(i => a[i] >> (bits[i] & 31))
    }
    #[inline(always)]
    fn eq(self, a: Self::U, b: Self::U) -> Self::M {
        each!(i => all_bits(a[i] == b[i]))
    }
    #[inline(always)]
    fn ge(self, a: Self::U, b: Self::U) -> Self::M {
        each!(i => all_bits(a[i] >= b[i]))
    }
    #[inline(always)]
    fn pick(self, yes: Self::M, a: Self::U, b: Self::U) -> Self::U {
        each!(i => a[i] & yes[i] | b[i] & !yes[i])
    }
    #[inline(always)]
    fn plus_one(self, a: Self::U, yes: Self::M) -> Self::U {
        each!(i => a[i].wrapping_sub(yes[i]))
    }
    #[inline(always)]
    fn both(self, a: Self::M, b: Self::M) -> Self::M {
        each!(i => a[i] & b[i])
    }
    #[inline(always)]
    fn mask(self, a: Self::M) -> u32 {
        let mut bits = 0;
        let mut i = 0;
        while i < N {
            bits |= (a[i] & 1) << i;
            i += 1;
        }
        bits
    }

    #[inline(always)]
    fn eight(self, table: &[u32; 8]) -> Self::Eight {
        *table
    }
    #[inline(always)]
    fn sixteen(self, table: &[u32; 16]) -> Self::Sixteen {
        *table
    }
    #[inline(always)]
    fn look_eight(self, table: Self::Eight, place: Self::U) -> Self::U {
        each!(i => table[(place[i] & 7) as usize])
    }
    #[inline(always)]
    fn look_sixteen(self, table: Self::Sixteen, place: Self::U) -> Self::U {
        each!(i => table[(place[i] & 15) as usize])
    }
    #[inline(always)]
    fn look_row(self, table: &Rows, place: Self::U) -> [Self::U; 8] {
        // Four numbers are loaded at once.
        let place = self.and(place, [15; N]);
        let halves = [self.look_four(&table.halves[0], place), self.look_four(&table.halves[1], place)];
        std::array::from_fn(|at| halves[at / 4][at % 4])
    }
    #[inline(always)]
    fn look_many(self, table: &[u32], place: Self::U) -> Self::U {
        let last = table.len() - 1;
        each!(i => table[(place[i] as usize).min(last)])
    }
    #[inline(always)]
    fn look_four(self, table: &[[u32; 4]], place: Self::U) -> [Self::U; 4] {
        let last = table.len() - 1;
        let mut found = [[0; N]; 4];
        let mut i = 0;
        while i < N {
            let four = table[(place[i] as usize).min(last)];
            let mut at = 0;
            while at < 4 {
                found[at][i] = four[at];
                at += 1;
            }
            i += 1;
        }
        found
    }
    #[inline(always)]
    fn pack(self, column: &mut [u32], at: usize, yes: Self::M, x: Self::U) -> usize {
        let column = &mut column[at..at + N];
        let mut next = 0;
        let mut i = 0;
        while i < N {
            // `next` is at most i, so the mask changes nothing but the compiler's mind about the bounds.
            column[next & (N - 1)] = x[i];
            next += (yes[i] & 1) as usize;
            i += 1;
        }
        next
    }
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a product are what is asked for")]
    fn philox(self, c0: Self::U, rest: [u32; 3], keys: &PhiloxKeys) -> [Self::U; 4] {
        let mut c = [c0, [rest[0]; N], [rest[1]; N], [rest[2]; N]];
        for key in keys {
            let mut i = 0;
            while i < N {
                let first = u64::from(PHILOX_MULTIPLIERS[0]) * u64::from(c[0][i]);
                let second = u64::from(PHILOX_MULTIPLIERS[1]) * u64::from(c[2][i]);
                c[0][i] = (second >> 32) as u32 ^ c[1][i] ^ key[0];
                c[2][i] = (first >> 32) as u32 ^ c[3][i] ^ key[1];
                c[1][i] = second as u32;
                c[3][i] = first as u32;
                i += 1;
            }
        }
        c
    }
}
