//! Lanes: the same few operations on several customers at once, on every kind of processor.
//!
//! A mechanism is written once, as a [`Kernel`] over [`Lanes`]; [`InstructionSet::run`] compiles it for each set of
//! vector instructions and picks one at run time. All of them give the same bits: every operation is exact or
//! rounded once as IEEE 754 says, a product and a sum are never fused, and nothing is added up in another order.
//!
//! A kernel's functions are `#[inline(always)]` and use plain loops: a closure, or a call that is not inlined, would
//! be compiled without the vector instructions. This is the only room with `unsafe` in it, because the compiler
//! cannot know that the processor has been asked.

#![expect(unsafe_code, reason = "vector instructions are behind a check of the processor at run time")]
/// The steps of columns for lanes whose number `N` stands in scope: the same words for every instruction set, which a
/// trait cannot say for arrays of its own length.
macro_rules! steps_of_columns {
    () => {
        #[inline(always)]
        fn words(self, column: &[u32], steps: usize) -> &[[u32; N]] {
            &column.as_chunks().0[..steps]
        }
        #[inline(always)]
        fn words_mut(self, column: &mut [u32], steps: usize) -> &mut [[u32; N]] {
            &mut column.as_chunks_mut().0[..steps]
        }
        #[inline(always)]
        fn numbers(self, column: &[f32], steps: usize) -> &[[f32; N]] {
            &column.as_chunks().0[..steps]
        }
        #[inline(always)]
        fn numbers_mut(self, column: &mut [f32], steps: usize) -> &mut [[f32; N]] {
            &mut column.as_chunks_mut().0[..steps]
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod lane;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod reach;
mod strip;
#[cfg(test)]
mod tests;

pub use lane::{Kernel, Lanes, MOST_LANES, PhiloxKeys, philox_keys};
pub use portable::Portable;
pub use reach::{Eight, Many, Reach, Sixteen};
pub use strip::{Rows, Strip};

/// A set of vector instructions that this processor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionSet(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl InstructionSet {
    /// What every processor has.
    pub const PORTABLE: Self = Self(Set::Portable);

    /// Those that this processor has, the narrowest first.
    pub fn available() -> Vec<Self> {
        let mut sets = vec![Self::PORTABLE];
        #[cfg(target_arch = "x86_64")]
        {
            sets.extend(avx2::is_there().then_some(Self(Set::Avx2)));
            sets.extend(avx512::is_there().then_some(Self(Set::Avx512)));
        }
        #[cfg(target_arch = "aarch64")]
        sets.extend(neon::is_there().then_some(Self(Set::Neon)));
        sets
    }

    /// The widest that this processor has.
    pub fn best() -> Self {
        Self::available().pop().unwrap_or(Self::PORTABLE)
    }

    /// The set of a name, where this processor has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|set| set.name() == name)
    }

    /// The name: `portable`, `avx2`, `avx512` or `neon`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "aarch64")]
            Set::Neon => "neon",
        }
    }

    /// Does the work with these instructions.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            Set::Portable => kernel.run(portable::Portable::<4>),
            // Safety: a set is only made where the processor was asked (`available`).
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => unsafe { avx2::run(kernel) },
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => unsafe { avx512::run(kernel) },
            #[cfg(target_arch = "aarch64")]
            Set::Neon => unsafe { neon::run(kernel) },
        }
    }
}
