//! AVX2: eight lanes in a register of 256 bits.
//!
//! Safety: `run` is only called where `is_there` said yes, and its kernel is the only way to a value of [`Avx2`]; every
//! load and store goes through a slice whose length was checked.

#![allow(clippy::wildcard_imports, reason = "instructions by the dozen")]

use std::arch::x86_64::*;

use super::lane::{Kernel, Lanes, PHILOX_MULTIPLIERS, PhiloxKeys, look_up_columns};
use super::strip::Rows;

const N: usize = 8;

/// Proof that the processor has AVX2.
#[derive(Clone, Copy)]
pub struct Avx2(());

/// Whether the processor has what `run` is compiled for.
pub fn is_there() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Does a kernel's work, compiled for AVX2.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx2(()))
}

/// For each mask of eight lanes, the lanes that say yes, side by side.
static PACKED: [[u32; N]; 256] = packed();

#[expect(clippy::cast_possible_truncation, reason = "lanes are few")]
const fn packed() -> [[u32; N]; 256] {
    let mut all = [[0; N]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut next, mut lane) = (0, 0);
        while lane < N {
            if mask >> lane & 1 == 1 {
                all[mask][next] = lane as u32;
                next += 1;
            }
            lane += 1;
        }
        mask += 1;
    }
    all
}

#[inline(always)]
fn yes(x: __m256) -> __m256i {
    unsafe { _mm256_castps_si256(x) }
}

/// Half of the lanes of a round of Philox: 64 bits each, of which the lower 32 count.
#[inline(always)]
fn philox_round(c: [__m256i; 4], multipliers: [__m256i; 2], keys: [__m256i; 2]) -> [__m256i; 4] {
    unsafe {
        let first = _mm256_mul_epu32(c[0], multipliers[0]);
        let second = _mm256_mul_epu32(c[2], multipliers[1]);
        [
            _mm256_xor_si256(_mm256_srli_epi64::<32>(second), _mm256_xor_si256(c[1], keys[0])),
            second,
            _mm256_xor_si256(_mm256_srli_epi64::<32>(first), _mm256_xor_si256(c[3], keys[1])),
            first,
        ]
    }
}

impl Lanes for Avx2 {
    const N: usize = N;
    type F = __m256;
    type U = __m256i;
    type M = __m256i;
    type Eight = __m256i;
    type Words = [u32; N];
    type Numbers = [f32; N];
    type Sixteen = [__m256i; 2];

    #[inline(always)]
    fn f(self, x: f32) -> __m256 {
        unsafe { _mm256_set1_ps(x) }
    }
    #[inline(always)]
    fn u(self, x: u32) -> __m256i {
        unsafe { _mm256_set1_epi32(x.cast_signed()) }
    }
    #[inline(always)]
    fn places(self) -> __m256i {
        unsafe { _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7) }
    }
    steps_of_columns!();

    #[inline(always)]
    fn load(self, step: &[u32; N]) -> __m256i {
        unsafe { _mm256_loadu_si256(step.as_ptr().cast()) }
    }
    #[inline(always)]
    fn load_f(self, step: &[f32; N]) -> __m256 {
        unsafe { _mm256_loadu_ps(step.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, step: &mut [u32; N], x: __m256i) {
        unsafe { _mm256_storeu_si256(step.as_mut_ptr().cast(), x) }
    }
    #[inline(always)]
    fn store_f(self, step: &mut [f32; N], x: __m256) {
        unsafe { _mm256_storeu_ps(step.as_mut_ptr(), x) }
    }

    #[inline(always)]
    fn add_f(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub_f(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul_f(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div_f(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    fn min_f(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    fn max_f(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    fn ge_f(self, a: __m256, b: __m256) -> __m256i {
        yes(unsafe { _mm256_cmp_ps::<_CMP_GE_OQ>(a, b) })
    }
    #[inline(always)]
    fn pick_f(self, yes: __m256i, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_blendv_ps(b, a, _mm256_castsi256_ps(yes)) }
    }
    #[inline(always)]
    fn to_f(self, a: __m256i) -> __m256 {
        unsafe { _mm256_cvtepi32_ps(a) }
    }
    #[inline(always)]
    fn whole(self, a: __m256) -> __m256i {
        unsafe { _mm256_cvttps_epi32(a) }
    }
    #[inline(always)]
    fn bits_of(self, a: __m256) -> __m256i {
        unsafe { _mm256_castps_si256(a) }
    }
    #[inline(always)]
    fn of_bits(self, a: __m256i) -> __m256 {
        unsafe { _mm256_castsi256_ps(a) }
    }

    #[inline(always)]
    fn add(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_sub_epi32(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_mullo_epi32(a, b) }
    }
    #[inline(always)]
    fn min(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_min_epu32(a, b) }
    }
    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_and_si256(a, b) }
    }
    #[inline(always)]
    fn and_not(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_andnot_si256(b, a) }
    }
    #[inline(always)]
    fn or(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_or_si256(a, b) }
    }
    #[inline(always)]
    fn xor(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_xor_si256(a, b) }
    }
    #[inline(always)]
    fn left<const BITS: i32>(self, a: __m256i) -> __m256i {
        unsafe { _mm256_slli_epi32::<BITS>(a) }
    }
    #[inline(always)]
    fn right<const BITS: i32>(self, a: __m256i) -> __m256i {
        unsafe { _mm256_srli_epi32::<BITS>(a) }
    }
    #[inline(always)]
    fn right_by(self, a: __m256i, bits: __m256i) -> __m256i {
        unsafe { _mm256_srlv_epi32(a, bits) }
    }
    #[inline(always)]
    fn eq(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_cmpeq_epi32(a, b) }
    }
    #[inline(always)]
    fn ge(self, a: __m256i, b: __m256i) -> __m256i {
        // There is no comparison without a sign; the larger of the two equals the larger.
        unsafe { _mm256_cmpeq_epi32(_mm256_max_epu32(a, b), a) }
    }
    #[inline(always)]
    fn pick(self, yes: __m256i, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_blendv_epi8(b, a, yes) }
    }
    #[inline(always)]
    fn plus_one(self, a: __m256i, yes: __m256i) -> __m256i {
        unsafe { _mm256_sub_epi32(a, yes) }
    }
    #[inline(always)]
    fn both(self, a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_and_si256(a, b) }
    }
    #[inline(always)]
    fn mask(self, a: __m256i) -> u32 {
        unsafe { _mm256_movemask_ps(_mm256_castsi256_ps(a)) }.cast_unsigned()
    }

    #[inline(always)]
    fn eight(self, table: &[u32; 8]) -> __m256i {
        self.load(table)
    }
    #[inline(always)]
    fn sixteen(self, table: &[u32; 16]) -> [__m256i; 2] {
        let (halves, _) = table.as_chunks();
        [self.load(&halves[0]), self.load(&halves[1])]
    }
    #[inline(always)]
    fn look_eight(self, table: __m256i, place: __m256i) -> __m256i {
        unsafe { _mm256_permutevar8x32_epi32(table, place) }
    }
    #[inline(always)]
    fn look_sixteen(self, table: [__m256i; 2], place: __m256i) -> __m256i {
        // The permutation reads three bits of the place; the fourth, moved to the sign, picks the half.
        unsafe {
            let low = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(table[0], place));
            let high = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(table[1], place));
            let upper = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(place));
            _mm256_castps_si256(_mm256_blendv_ps(low, high, upper))
        }
    }
    #[inline(always)]
    fn look_row(self, table: &Rows, place: __m256i) -> [__m256i; 8] {
        // One permutation reaches eight places: mostly, the upper ones are all that is asked for.
        let mut row = [self.u(0); 8];
        if self.mask(self.ge(place, self.u(8))) == 255 {
            let mut at = 0;
            while at < 8 {
                let (halves, _) = table.columns[at].as_chunks();
                row[at] = self.look_eight(self.load(&halves[1]), place);
                at += 1;
            }
        } else {
            row = look_up_columns(self, table, place);
        }
        row
    }
    #[inline(always)]
    fn look_many(self, table: &[u32], place: __m256i) -> __m256i {
        assert!(!table.is_empty(), "nothing to look up in");
        let last = u32::try_from(table.len()).unwrap_or(i32::MAX as u32).min(i32::MAX as u32) - 1;
        let place = self.min(place, self.u(last));
        unsafe { _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), place) }
    }
    #[inline(always)]
    fn look_four(self, table: &[[u32; 4]], place: __m256i) -> [__m256i; 4] {
        let last = table.len() - 1;
        let mut places = [0; N];
        self.store(&mut places, place);
        macro_rules! four {
            ($lane:expr) => {
                _mm_loadu_si128(table[(places[$lane] as usize).min(last)].as_ptr().cast())
            };
        }
        // Two customers to a register, four apart, and then four by four numbers turned over.
        macro_rules! pair {
            ($lane:expr) => {
                _mm256_set_m128i(four!($lane + 4), four!($lane))
            };
        }
        unsafe {
            let (a, b, c, d) = (pair!(0), pair!(1), pair!(2), pair!(3));
            let (ab_low, ab_high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
            let (cd_low, cd_high) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
            [
                _mm256_unpacklo_epi64(ab_low, cd_low),
                _mm256_unpackhi_epi64(ab_low, cd_low),
                _mm256_unpacklo_epi64(ab_high, cd_high),
                _mm256_unpackhi_epi64(ab_high, cd_high),
            ]
        }
    }
    #[inline(always)]
    fn pack(self, column: &mut [u32], at: usize, yes: __m256i, x: __m256i) -> usize {
        let mask = self.mask(yes);
        let order = self.load(&PACKED[(mask & 255) as usize]);
        let packed = self.look_eight(x, order);
        self.store(&mut self.words_mut(&mut column[at..], 1)[0], packed);
        mask.count_ones() as usize
    }
    #[inline(always)]
    fn philox(self, c0: __m256i, rest: [u32; 3], keys: &PhiloxKeys) -> [__m256i; 4] {
        let multipliers = [self.u(PHILOX_MULTIPLIERS[0]), self.u(PHILOX_MULTIPLIERS[1])];
        let others = [self.u(rest[0]), self.u(rest[1]), self.u(rest[2])];
        let mut even = [c0, others[0], others[1], others[2]];
        let mut odd = [unsafe { _mm256_srli_epi64::<32>(c0) }, others[0], others[1], others[2]];
        // The rounds are written out: as a loop, the compiler would keep neither keys nor halves where they are.
        macro_rules! round {
            ($($at:literal)*) => {$({
                let key = [self.u(keys[$at][0]), self.u(keys[$at][1])];
                even = philox_round(even, multipliers, key);
                odd = philox_round(odd, multipliers, key);
            })*};
        }
        round!(0 1 2 3 4 5 6 7 8 9);
        let mut words = even;
        let mut i = 0;
        while i < 4 {
            words[i] = unsafe { _mm256_blend_epi32::<0b1010_1010>(even[i], _mm256_slli_epi64::<32>(odd[i])) };
            i += 1;
        }
        words
    }
}
