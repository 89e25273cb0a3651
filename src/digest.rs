//! Digests of bytes, so that files can be told apart and found again.

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes (FIPS 180-4), as 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::sha256;

    /// The answer that the standard's own example gives.
    #[test]
    fn the_published_example_has_its_published_digest() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
