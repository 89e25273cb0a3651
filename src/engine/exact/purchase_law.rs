//! A purchase law is how many purchases customers have made in a period, as far as touchpoints follow them: of those who stay,
//! and of those who leave after one.

use crate::model::touchpoint::MOST_OCCURRENCES;

/// Chances that are smaller than this are left out: sums of chances are no more exact.
const NEVER: f64 = 1e-15;

/// The chances of 0, 1, ... of something, each by satisfaction; those of more than are told apart go with the last.
pub type CountLaw = Vec<Vec<f64>>;

/// That of a Poisson number.
pub fn poisson(rate: &[f64]) -> CountLaw {
    let mut chances: Vec<f64> = rate.iter().map(|rate| libm::exp(-rate)).collect();
    let mut left = vec![1.0; rate.len()];
    let mut law = Vec::new();
    for count in 1..=MOST_OCCURRENCES {
        left.iter_mut().zip(&chances).for_each(|(left, chance)| *left = (*left - chance).max(0.0));
        law.push(chances.clone());
        if left.iter().all(|left| *left < NEVER) {
            return law;
        }
        chances.iter_mut().zip(rate).for_each(|(chance, rate)| *chance *= rate / f64::from(count));
    }
    law.push(left);
    law
}

/// That of the purchases of those who leave after one, with this chance each time, of a stream of this rate.
pub fn until_leaving(rate: &[f64], chance: f64) -> CountLaw {
    let mut law = vec![vec![0.0; rate.len()]; MOST_OCCURRENCES as usize + 1];
    for (node, rate) in rate.iter().enumerate() {
        let all = -libm::expm1(-rate * chance);
        if all <= 0.0 {
            // Nobody leaves.
            law[1][node] = 1.0;
            continue;
        }
        let (mut exactly, mut or_more, mut stays, mut left) = (libm::exp(-rate), -libm::expm1(-rate), 1.0, 1.0);
        for count in 1..MOST_OCCURRENCES {
            let leaves = (or_more * stays * chance / all).min(left);
            law[count as usize][node] = leaves;
            left -= leaves;
            exactly *= rate / f64::from(count);
            or_more = (or_more - exactly).max(0.0);
            stays *= 1.0 - chance;
        }
        law[MOST_OCCURRENCES as usize][node] = left.max(0.0);
    }
    let told_apart = law.iter().rposition(|chances| chances.iter().any(|chance| *chance >= NEVER));
    law.truncate(told_apart.map_or(1, |last| last + 1));
    law
}

/// The mean of such a law.
pub fn mean(law: &CountLaw) -> Vec<f64> {
    let nodes = law.first().map_or(0, Vec::len);
    let at = |node: usize| law.iter().enumerate().map(|(count, chances)| count as f64 * chances[node]).sum();
    (0..nodes).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stays_and_who_leaves_have_made_all_purchases() {
        for (rate, chance) in [(0.01, 0.3), (0.8, 0.05), (2.5, 0.4), (1.2, 1.0), (0.7, 1e-9)] {
            let leaves = -libm::expm1(-rate * chance);
            let [stayed, left] = [poisson(&[rate * (1.0 - chance)]), until_leaving(&[rate], chance)];
            for law in [&stayed, &left] {
                let all: f64 = law.iter().map(|chances| chances[0]).sum();
                assert!((all - 1.0).abs() < 1e-13, "{rate} {chance}: {all}");
            }
            let made = (1.0 - leaves) * mean(&stayed)[0] + leaves * mean(&left)[0];
            assert!((made - leaves / chance).abs() < 1e-9 * made, "{rate} {chance}: {made}, {}", leaves / chance);
        }
    }

    #[test]
    fn more_than_are_told_apart_go_with_the_last() {
        let law = poisson(&[30.0]);
        assert_eq!(law.len(), 16);
        assert!(law[15][0] > 0.998 && (law.iter().map(|its| its[0]).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
