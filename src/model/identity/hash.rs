//! Hashes that shapes are made of: the same on every machine, and for ever.

/// A hash of a text: FNV-1a (Fowler, Noll & Vo), finished by `mix`.
pub fn text(text: &str) -> u64 {
    mix(
        14,
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
    )
}

/// Mixes a number into a hash: the finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
pub fn mix(hash: u64, next: u64) -> u64 {
    let mut z = hash.rotate_left(23).wrapping_add(next).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
