//! AVX-512: sixteen lanes in a register of 512 bits, with masks of their own.
//!
//! Safety: `run` is only called where `is_there` said yes, and its kernel is the only way to a value of [`Avx512`];
//! every load and store goes through a slice whose length was checked.

#![allow(clippy::wildcard_imports, reason = "instructions by the dozen")]

use std::arch::x86_64::*;

use super::lane::{Kernel, Lanes, PHILOX_MULTIPLIERS, PhiloxKeys};

const N: usize = 16;

/// Proof that the processor has AVX-512.
#[derive(Clone, Copy)]
pub struct Avx512(());

/// Whether the processor has what `run` is compiled for.
pub fn is_there() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

/// Does a kernel's work, compiled for AVX-512.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2,lzcnt,popcnt")]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512(()))
}

/// Half of the lanes of a round of Philox: 64 bits each, of which the lower 32 count.
#[inline(always)]
fn philox_round(c: [__m512i; 4], multipliers: [__m512i; 2], keys: [__m512i; 2]) -> [__m512i; 4] {
    /// The truth table of a ^ b ^ c.
    const XOR_OF_THREE: i32 = 0x96;
    unsafe {
        let first = _mm512_mul_epu32(c[0], multipliers[0]);
        let second = _mm512_mul_epu32(c[2], multipliers[1]);
        [
            _mm512_ternarylogic_epi32::<XOR_OF_THREE>(_mm512_srli_epi64::<32>(second), c[1], keys[0]),
            second,
            _mm512_ternarylogic_epi32::<XOR_OF_THREE>(_mm512_srli_epi64::<32>(first), c[3], keys[1]),
            first,
        ]
    }
}

impl Lanes for Avx512 {
    const N: usize = N;
    type F = __m512;
    type U = __m512i;
    type M = __mmask16;
    type Eight = __m512i;
    type Words = [u32; N];
    type Numbers = [f32; N];
    type Sixteen = __m512i;

    #[inline(always)]
    fn f(self, x: f32) -> __m512 {
        unsafe { _mm512_set1_ps(x) }
    }
    #[inline(always)]
    fn u(self, x: u32) -> __m512i {
        unsafe { _mm512_set1_epi32(x.cast_signed()) }
    }
    #[inline(always)]
    fn places(self) -> __m512i {
        unsafe { _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }
    }
    steps_of_columns!();

    #[inline(always)]
    fn load(self, step: &[u32; N]) -> __m512i {
        unsafe { _mm512_loadu_si512(step.as_ptr().cast()) }
    }
    #[inline(always)]
    fn load_f(self, step: &[f32; N]) -> __m512 {
        unsafe { _mm512_loadu_ps(step.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, step: &mut [u32; N], x: __m512i) {
        unsafe { _mm512_storeu_si512(step.as_mut_ptr().cast(), x) }
    }
    #[inline(always)]
    fn store_f(self, step: &mut [f32; N], x: __m512) {
        unsafe { _mm512_storeu_ps(step.as_mut_ptr(), x) }
    }

    #[inline(always)]
    fn add_f(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub_f(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul_f(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn div_f(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_div_ps(a, b) }
    }
    #[inline(always)]
    fn min_f(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_min_ps(a, b) }
    }
    #[inline(always)]
    fn max_f(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_max_ps(a, b) }
    }
    #[inline(always)]
    fn ge_f(self, a: __m512, b: __m512) -> __mmask16 {
        unsafe { _mm512_cmp_ps_mask::<_CMP_GE_OQ>(a, b) }
    }
    #[inline(always)]
    fn pick_f(self, yes: __mmask16, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mask_blend_ps(yes, b, a) }
    }
    #[inline(always)]
    fn to_f(self, a: __m512i) -> __m512 {
        unsafe { _mm512_cvtepi32_ps(a) }
    }
    #[inline(always)]
    fn whole(self, a: __m512) -> __m512i {
        unsafe { _mm512_cvttps_epi32(a) }
    }
    #[inline(always)]
    fn bits_of(self, a: __m512) -> __m512i {
        unsafe { _mm512_castps_si512(a) }
    }
    #[inline(always)]
    fn of_bits(self, a: __m512i) -> __m512 {
        unsafe { _mm512_castsi512_ps(a) }
    }

    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi32(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_sub_epi32(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_mullo_epi32(a, b) }
    }
    #[inline(always)]
    fn min(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_min_epu32(a, b) }
    }
    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_and_si512(a, b) }
    }
    #[inline(always)]
    fn and_not(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_andnot_si512(b, a) }
    }
    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_or_si512(a, b) }
    }
    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_xor_si512(a, b) }
    }
    #[inline(always)]
    fn left<const BITS: i32>(self, a: __m512i) -> __m512i {
        unsafe { _mm512_sllv_epi32(a, _mm512_set1_epi32(BITS)) }
    }
    #[inline(always)]
    fn right<const BITS: i32>(self, a: __m512i) -> __m512i {
        unsafe { _mm512_srlv_epi32(a, _mm512_set1_epi32(BITS)) }
    }
    #[inline(always)]
    fn right_by(self, a: __m512i, bits: __m512i) -> __m512i {
        unsafe { _mm512_srlv_epi32(a, bits) }
    }
    #[inline(always)]
    fn eq(self, a: __m512i, b: __m512i) -> __mmask16 {
        unsafe { _mm512_cmpeq_epi32_mask(a, b) }
    }
    #[inline(always)]
    fn ge(self, a: __m512i, b: __m512i) -> __mmask16 {
        unsafe { _mm512_cmpge_epu32_mask(a, b) }
    }
    #[inline(always)]
    fn pick(self, yes: __mmask16, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_mask_blend_epi32(yes, b, a) }
    }
    #[inline(always)]
    fn plus_one(self, a: __m512i, yes: __mmask16) -> __m512i {
        unsafe { _mm512_mask_add_epi32(a, yes, a, _mm512_set1_epi32(1)) }
    }
    #[inline(always)]
    fn both(self, a: __mmask16, b: __mmask16) -> __mmask16 {
        a & b
    }
    #[inline(always)]
    fn mask(self, a: __mmask16) -> u32 {
        u32::from(a)
    }

    #[inline(always)]
    fn eight(self, table: &[u32; 8]) -> __m512i {
        let mut twice = [0; N];
        twice[..8].copy_from_slice(table);
        twice[8..].copy_from_slice(table);
        self.load(&twice)
    }
    #[inline(always)]
    fn sixteen(self, table: &[u32; 16]) -> __m512i {
        self.load(table)
    }
    #[inline(always)]
    fn look_eight(self, table: __m512i, place: __m512i) -> __m512i {
        unsafe { _mm512_permutexvar_epi32(place, table) }
    }
    #[inline(always)]
    fn look_sixteen(self, table: __m512i, place: __m512i) -> __m512i {
        unsafe { _mm512_permutexvar_epi32(place, table) }
    }
    #[inline(always)]
    fn look_many(self, table: &[u32], place: __m512i) -> __m512i {
        assert!(!table.is_empty(), "nothing to look up in");
        let last = u32::try_from(table.len()).unwrap_or(i32::MAX as u32).min(i32::MAX as u32) - 1;
        let place = self.min(place, self.u(last));
        unsafe { _mm512_i32gather_epi32::<4>(place, table.as_ptr().cast()) }
    }
    #[inline(always)]
    fn look_four(self, table: &[[u32; 4]], place: __m512i) -> [__m512i; 4] {
        let last = table.len() - 1;
        let mut places = [0; N];
        self.store(&mut places, place);
        macro_rules! four {
            ($lane:expr) => {
                _mm_loadu_si128(table[(places[$lane] as usize).min(last)].as_ptr().cast())
            };
        }
        // Four customers to a register, four apart, and then four by four numbers turned over.
        macro_rules! quad {
            ($lane:expr) => {{
                let x = _mm512_castsi128_si512(four!($lane));
                let x = _mm512_inserti32x4::<1>(x, four!($lane + 4));
                let x = _mm512_inserti32x4::<2>(x, four!($lane + 8));
                _mm512_inserti32x4::<3>(x, four!($lane + 12))
            }};
        }
        unsafe {
            let (a, b, c, d) = (quad!(0), quad!(1), quad!(2), quad!(3));
            let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
            let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
            [
                _mm512_unpacklo_epi64(ab_low, cd_low),
                _mm512_unpackhi_epi64(ab_low, cd_low),
                _mm512_unpacklo_epi64(ab_high, cd_high),
                _mm512_unpackhi_epi64(ab_high, cd_high),
            ]
        }
    }
    #[inline(always)]
    fn pack(self, column: &mut [u32], at: usize, yes: __mmask16, x: __m512i) -> usize {
        // Compressing in a register and storing it whole is quicker than compressing into memory.
        let packed = unsafe { _mm512_maskz_compress_epi32(yes, x) };
        self.store(&mut self.words_mut(&mut column[at..], 1)[0], packed);
        yes.count_ones() as usize
    }
    #[inline(always)]
    fn philox(self, c0: __m512i, rest: [u32; 3], keys: &PhiloxKeys) -> [__m512i; 4] {
        let multipliers = [self.u(PHILOX_MULTIPLIERS[0]), self.u(PHILOX_MULTIPLIERS[1])];
        let others = [self.u(rest[0]), self.u(rest[1]), self.u(rest[2])];
        let mut even = [c0, others[0], others[1], others[2]];
        let mut odd = [unsafe { _mm512_srli_epi64::<32>(c0) }, others[0], others[1], others[2]];
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
            words[i] =
                unsafe { _mm512_mask_blend_epi32(0b1010_1010_1010_1010, even[i], _mm512_slli_epi64::<32>(odd[i])) };
            i += 1;
        }
        words
    }
}
