//! NEON: four lanes in a register of 128 bits.
//!
//! Safety: `run` is only called where `is_there` said yes, and its kernel is the only way to a value of [`Neon`]; every
//! load and store goes through a slice whose length was checked.

#![allow(clippy::wildcard_imports, reason = "instructions by the dozen")]

use std::arch::aarch64::*;

use super::lane::{Kernel, Lanes, PHILOX_MULTIPLIERS, PhiloxKeys};

const N: usize = 4;

/// Proof that the processor has NEON.
#[derive(Clone, Copy)]
pub struct Neon(());

/// Whether the processor has what `run` is compiled for.
pub fn is_there() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
}

/// Does a kernel's work, compiled for NEON.
#[target_feature(enable = "neon")]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Neon(()))
}

/// For each mask of four lanes, the bytes of those that say yes, side by side.
static PACKED: [[u8; 16]; 16] = packed();

#[expect(clippy::cast_possible_truncation, reason = "16 bytes have small places")]
const fn packed() -> [[u8; 16]; 16] {
    let mut all = [[0; 16]; 16];
    let mut mask = 0;
    while mask < 16 {
        let (mut next, mut byte) = (0, 0);
        while byte < 16 {
            if mask >> (byte / 4) & 1 == 1 {
                all[mask][next] = byte as u8;
                next += 1;
            }
            byte += 1;
        }
        mask += 1;
    }
    all
}

/// The upper halves of the products of four numbers with one, and the lower halves.
#[inline(always)]
fn product(a: uint32x4_t, b: u32) -> (uint32x4_t, uint32x4_t) {
    unsafe {
        let low = vreinterpretq_u32_u64(vmull_n_u32(vget_low_u32(a), b));
        let high = vreinterpretq_u32_u64(vmull_n_u32(vget_high_u32(a), b));
        (vuzp2q_u32(low, high), vuzp1q_u32(low, high))
    }
}

impl Lanes for Neon {
    const N: usize = N;
    type F = float32x4_t;
    type U = uint32x4_t;
    type M = uint32x4_t;
    type Eight = uint8x16x2_t;
    type Words = [u32; N];
    type Numbers = [f32; N];
    type Sixteen = uint8x16x4_t;

    #[inline(always)]
    fn f(self, x: f32) -> float32x4_t {
        unsafe { vdupq_n_f32(x) }
    }
    #[inline(always)]
    fn u(self, x: u32) -> uint32x4_t {
        unsafe { vdupq_n_u32(x) }
    }
    #[inline(always)]
    fn places(self) -> uint32x4_t {
        self.load(&[0, 1, 2, 3])
    }
    steps_of_columns!();

    #[inline(always)]
    fn load(self, step: &[u32; N]) -> uint32x4_t {
        unsafe { vld1q_u32(step.as_ptr()) }
    }
    #[inline(always)]
    fn load_f(self, step: &[f32; N]) -> float32x4_t {
        unsafe { vld1q_f32(step.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, step: &mut [u32; N], x: uint32x4_t) {
        unsafe { vst1q_u32(step.as_mut_ptr(), x) }
    }
    #[inline(always)]
    fn store_f(self, step: &mut [f32; N], x: float32x4_t) {
        unsafe { vst1q_f32(step.as_mut_ptr(), x) }
    }

    #[inline(always)]
    fn add_f(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        unsafe { vaddq_f32(a, b) }
    }
    #[inline(always)]
    fn sub_f(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        unsafe { vsubq_f32(a, b) }
    }
    #[inline(always)]
    fn mul_f(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        unsafe { vmulq_f32(a, b) }
    }
    #[inline(always)]
    fn div_f(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        unsafe { vdivq_f32(a, b) }
    }
    #[inline(always)]
    fn min_f(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // Its own minimum differs for zeros with a sign.
        unsafe { vbslq_f32(vcltq_f32(a, b), a, b) }
    }
    #[inline(always)]
    fn max_f(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        unsafe { vbslq_f32(vcgtq_f32(a, b), a, b) }
    }
    #[inline(always)]
    fn ge_f(self, a: float32x4_t, b: float32x4_t) -> uint32x4_t {
        unsafe { vcgeq_f32(a, b) }
    }
    #[inline(always)]
    fn pick_f(self, yes: uint32x4_t, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        unsafe { vbslq_f32(yes, a, b) }
    }
    #[inline(always)]
    fn to_f(self, a: uint32x4_t) -> float32x4_t {
        unsafe { vcvtq_f32_s32(vreinterpretq_s32_u32(a)) }
    }
    #[inline(always)]
    fn whole(self, a: float32x4_t) -> uint32x4_t {
        unsafe { vreinterpretq_u32_s32(vcvtq_s32_f32(a)) }
    }
    #[inline(always)]
    fn bits_of(self, a: float32x4_t) -> uint32x4_t {
        unsafe { vreinterpretq_u32_f32(a) }
    }
    #[inline(always)]
    fn of_bits(self, a: uint32x4_t) -> float32x4_t {
        unsafe { vreinterpretq_f32_u32(a) }
    }

    #[inline(always)]
    fn add(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vaddq_u32(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vsubq_u32(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vmulq_u32(a, b) }
    }
    #[inline(always)]
    fn min(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vminq_u32(a, b) }
    }
    #[inline(always)]
    fn and(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vandq_u32(a, b) }
    }
    #[inline(always)]
    fn and_not(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vbicq_u32(a, b) }
    }
    #[inline(always)]
    fn or(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vorrq_u32(a, b) }
    }
    #[inline(always)]
    fn xor(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { veorq_u32(a, b) }
    }
    #[inline(always)]
    fn left<const BITS: i32>(self, a: uint32x4_t) -> uint32x4_t {
        unsafe { vshlq_u32(a, vdupq_n_s32(BITS)) }
    }
    #[inline(always)]
    fn right<const BITS: i32>(self, a: uint32x4_t) -> uint32x4_t {
        unsafe { vshlq_u32(a, vdupq_n_s32(-BITS)) }
    }
    #[inline(always)]
    fn right_by(self, a: uint32x4_t, bits: uint32x4_t) -> uint32x4_t {
        // A shift to the left by a negative number is one to the right.
        unsafe { vshlq_u32(a, vnegq_s32(vreinterpretq_s32_u32(bits))) }
    }
    #[inline(always)]
    fn eq(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vceqq_u32(a, b) }
    }
    #[inline(always)]
    fn ge(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vcgeq_u32(a, b) }
    }
    #[inline(always)]
    fn pick(self, yes: uint32x4_t, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vbslq_u32(yes, a, b) }
    }
    #[inline(always)]
    fn plus_one(self, a: uint32x4_t, yes: uint32x4_t) -> uint32x4_t {
        unsafe { vsubq_u32(a, yes) }
    }
    #[inline(always)]
    fn both(self, a: uint32x4_t, b: uint32x4_t) -> uint32x4_t {
        unsafe { vandq_u32(a, b) }
    }
    #[inline(always)]
    fn mask(self, a: uint32x4_t) -> u32 {
        let weights = self.load(&[1, 2, 4, 8]);
        unsafe { vaddvq_u32(vandq_u32(a, weights)) }
    }

    #[inline(always)]
    fn eight(self, table: &[u32; 8]) -> uint8x16x2_t {
        let (halves, _) = table.as_chunks();
        let [low, high] = [self.load(&halves[0]), self.load(&halves[1])];
        unsafe { uint8x16x2_t(vreinterpretq_u8_u32(low), vreinterpretq_u8_u32(high)) }
    }
    #[inline(always)]
    fn sixteen(self, table: &[u32; 16]) -> uint8x16x4_t {
        let (quarters, _) = table.as_chunks();
        let parts =
            [self.load(&quarters[0]), self.load(&quarters[1]), self.load(&quarters[2]), self.load(&quarters[3])];
        unsafe {
            uint8x16x4_t(
                vreinterpretq_u8_u32(parts[0]),
                vreinterpretq_u8_u32(parts[1]),
                vreinterpretq_u8_u32(parts[2]),
                vreinterpretq_u8_u32(parts[3]),
            )
        }
    }
    #[inline(always)]
    fn look_eight(self, table: uint8x16x2_t, place: uint32x4_t) -> uint32x4_t {
        unsafe { vreinterpretq_u32_u8(vqtbl2q_u8(table, bytes(place))) }
    }
    #[inline(always)]
    fn look_sixteen(self, table: uint8x16x4_t, place: uint32x4_t) -> uint32x4_t {
        unsafe { vreinterpretq_u32_u8(vqtbl4q_u8(table, bytes(place))) }
    }
    #[inline(always)]
    fn look_many(self, table: &[u32], place: uint32x4_t) -> uint32x4_t {
        let last = table.len() - 1;
        let mut places = [0; N];
        self.store(&mut places, place);
        let mut found = [0; N];
        let mut i = 0;
        while i < N {
            found[i] = table[(places[i] as usize).min(last)];
            i += 1;
        }
        self.load(&found)
    }
    #[inline(always)]
    fn look_four(self, table: &[[u32; 4]], place: uint32x4_t) -> [uint32x4_t; 4] {
        let last = table.len() - 1;
        let mut places = [0; N];
        self.store(&mut places, place);
        let mut rows = [self.u(0); N];
        let mut i = 0;
        while i < N {
            rows[i] = self.load(&table[(places[i] as usize).min(last)]);
            i += 1;
        }
        // Four by four numbers turned over.
        unsafe {
            let (ab_low, ab_high) = (vzip1q_u32(rows[0], rows[1]), vzip2q_u32(rows[0], rows[1]));
            let (cd_low, cd_high) = (vzip1q_u32(rows[2], rows[3]), vzip2q_u32(rows[2], rows[3]));
            let wide = |x| vreinterpretq_u64_u32(x);
            [
                vreinterpretq_u32_u64(vzip1q_u64(wide(ab_low), wide(cd_low))),
                vreinterpretq_u32_u64(vzip2q_u64(wide(ab_low), wide(cd_low))),
                vreinterpretq_u32_u64(vzip1q_u64(wide(ab_high), wide(cd_high))),
                vreinterpretq_u32_u64(vzip2q_u64(wide(ab_high), wide(cd_high))),
            ]
        }
    }
    #[inline(always)]
    fn pack(self, column: &mut [u32], at: usize, yes: uint32x4_t, x: uint32x4_t) -> usize {
        let mask = self.mask(yes);
        let order = &PACKED[(mask & 15) as usize];
        let packed = unsafe { vreinterpretq_u32_u8(vqtbl1q_u8(vreinterpretq_u8_u32(x), vld1q_u8(order.as_ptr()))) };
        self.store(&mut self.words_mut(&mut column[at..], 1)[0], packed);
        mask.count_ones() as usize
    }
    #[inline(always)]
    fn philox(self, c0: uint32x4_t, rest: [u32; 3], keys: &PhiloxKeys) -> [uint32x4_t; 4] {
        let mut c = [c0, self.u(rest[0]), self.u(rest[1]), self.u(rest[2])];
        for key in keys {
            let (first_high, first_low) = product(c[0], PHILOX_MULTIPLIERS[0]);
            let (second_high, second_low) = product(c[2], PHILOX_MULTIPLIERS[1]);
            c = [
                self.xor(second_high, self.xor(c[1], self.u(key[0]))),
                second_low,
                self.xor(first_high, self.xor(c[3], self.u(key[1]))),
                first_low,
            ];
        }
        c
    }
}

/// The places of the four bytes of each number of a table.
#[inline(always)]
fn bytes(place: uint32x4_t) -> uint8x16_t {
    unsafe { vreinterpretq_u8_u32(vaddq_u32(vmulq_n_u32(place, 0x0404_0404), vdupq_n_u32(0x0302_0100))) }
}
