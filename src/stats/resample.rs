//! Samples drawn again from a sample, with replacement: the draws of a bootstrap.

/// The odd number that is nearest to 2^64 over the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Which of `count` numbers are drawn in one round; as many as there are numbers.
///
/// A draw is looked up by its round and its place, and by nothing else: the finaliser of `SplitMix64` (Steele, Lea & Flood
/// 2014, "Fast splittable pseudorandom number generators", OOPSLA '14). The same sample has the same bootstrap everywhere.
pub fn drawn_again(round: u64, count: usize) -> impl Iterator<Item = usize> {
    let from = mixed(round.wrapping_add(1).wrapping_mul(GOLDEN));
    (1..=count as u64).map(move |place| {
        let bits = mixed(from.wrapping_add(place.wrapping_mul(GOLDEN)));
        // The upper half of the product is uniform over the places.
        usize::try_from((u128::from(bits) * count as u128) >> 64).unwrap_or(0)
    })
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_drawn_as_often_as_any_other() {
        let mut counts = [0_u32; 7];
        (0..10_000).flat_map(|round| drawn_again(round, 7)).for_each(|place| counts[place] += 1);
        // 10,000 each, with a standard deviation of 93.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 470), "{counts:?}");
    }

    #[test]
    fn rounds_differ_and_can_be_repeated() {
        let round = |round| drawn_again(round, 50).collect::<Vec<_>>();
        assert_eq!(round(3), round(3));
        assert_ne!(round(3), round(4));
    }
}
