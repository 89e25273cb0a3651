//! Who the customers are: segments and the traits that their customers carry.

use crate::quantity::{HearsayId, ParamId, StageId};
use crate::stats::distribution::Distribution;

use super::change::Change;
use super::hearsay::Overheard;
use super::journey::Stage;
use super::param::ParamSet;

/// One kind of customer.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// Its share of the customers.
    pub share: f64,
    /// The number of simulated customers that stand for it, at least 1.
    pub agents: u32,
    /// Where its customers start: stages in canonical order with their shares.
    pub start: Vec<(StageId, f64)>,
    /// The numbers of these shares, in their order; empty where no change aims at where customers start.
    pub start_ids: Vec<ParamId>,
    /// The distribution of each trait of the model among its customers.
    pub traits: Vec<Distribution>,
    /// How it differs from the study.
    pub changes: Vec<Change>,
    /// The customers who come later.
    pub inflow: Option<Inflow>,
}

/// New customers of a segment.
#[derive(Clone, Debug)]
pub struct Inflow {
    /// How many real customers come in each period: the first of a list, by period.
    pub per_period: Option<(ParamId, u32)>,
    /// How many come for each customer who talked one period before.
    pub referrals: Option<ParamId>,
    /// How many come for each time that somebody hears what was told one period before.
    pub heard: Vec<(HearsayId, ParamId)>,
    /// What it costs to win one of them.
    pub cost: Option<ParamId>,
    /// Where they start: stages in canonical order with their shares.
    pub start: Vec<(StageId, f64)>,
    /// The numbers of these shares, in their order; empty where no change aims at where customers start.
    pub start_ids: Vec<ParamId>,
}

impl Inflow {
    /// How many real customers come in period `t`, counted from 1, by what was said one period before.
    pub fn real(&self, values: &ParamSet, t: u32, said: &Overheard) -> f64 {
        let listed = |(first, length): (ParamId, u32)| values[ParamId(first.0 + (t - 1).min(length - 1))];
        let hearings = |of: HearsayId| said.hearings.get(of.index()).copied().unwrap_or(0.0);
        let brought: f64 = self.heard.iter().map(|(of, id)| values[*id] * hearings(*of)).sum();
        self.per_period.map_or(0.0, listed) + self.referrals.map_or(0.0, |id| values[id] * said.talkers) + brought
    }
}

/// A number that a customer carries for life.
#[derive(Clone, Debug)]
pub struct Trait {
    /// Its name in the study.
    pub name: String,
    /// Where drivers have no effect.
    pub neutral: f64,
    /// Whether it grows by 1 each period.
    pub ages: bool,
    /// The number that fixes its luck, whatever its name or place in the file is.
    pub luck: u32,
}

impl Segment {
    /// Where customers who come in a period start (0: those who are there at the start).
    pub fn start_at(&self, entry: usize) -> &[(StageId, f64)] {
        let newcomers = self.inflow.as_ref().filter(|_| entry > 0).map(|inflow| &inflow.start);
        newcomers.unwrap_or(&self.start)
    }

    /// The numbers of the shares of those who come in a period (0: are there at the start); empty where no change aims at where
    /// customers start.
    pub fn start_ids_at(&self, entry: usize) -> &[ParamId] {
        let newcomers = self.inflow.as_ref().filter(|_| entry > 0).map(|inflow| &inflow.start_ids);
        newcomers.unwrap_or(&self.start_ids)
    }
}

/// The share of those who start in a stage that is not retained.
pub fn fresh_share(stages: &[Stage], start: &[(StageId, f64)]) -> f64 {
    start.iter().filter(|(stage, _)| !stages[stage.index()].retained).map(|(_, share)| share).sum()
}

/// Whether somebody starts, or comes later, in a stage that is not retained and leads somewhere.
pub fn converts(stages: &[Stage], segments: &[Segment]) -> bool {
    let starts = segments.iter().flat_map(|segment| segment.start_at(0).iter().chain(segment.start_at(1)));
    let changes =
        segments.iter().any(|segment| !segment.start_ids_at(0).is_empty() || !segment.start_ids_at(1).is_empty());
    starts.filter(|(_, share)| *share > 0.0 || changes).any(|(stage, _)| {
        let stage = &stages[stage.index()];
        !stage.retained && !stage.exits.is_empty()
    })
}

/// Splits `agents` over segments by share, by largest remainder, at least one each.
///
/// Every segment's customers are then weighed exactly, so no rounding reaches a result.
pub fn split(agents: u32, shares: &[f64]) -> Vec<u32> {
    let wanted: Vec<f64> = shares.iter().map(|share| share * f64::from(agents)).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a u32 is one too")]
    let mut counts: Vec<u32> = wanted.iter().map(|w| (w.floor() as u32).max(1)).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&a, &b| (wanted[b] - wanted[b].floor()).total_cmp(&(wanted[a] - wanted[a].floor())).then(a.cmp(&b)));
    while counts.iter().map(|count| u64::from(*count)).sum::<u64>() > u64::from(agents)
        && let Some(most) = counts.iter_mut().max().filter(|most| **most > 1)
    {
        *most -= 1;
    }
    let mut left = agents.saturating_sub(counts.iter().sum());
    for &segment in order.iter().cycle().take(shares.len()) {
        if left == 0 {
            break;
        }
        counts[segment] += 1;
        left -= 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn agents_are_split_to_the_last_one() {
        assert_eq!(split(10, &[0.35, 0.65]), [4, 6]);
        assert_eq!(split(1000, &[0.5, 0.25, 0.25]), [500, 250, 250]);
        assert_eq!(split(3, &[0.999, 0.001]), [2, 1]);
    }
}
