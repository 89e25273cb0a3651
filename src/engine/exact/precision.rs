//! Precision is how finely laws are taken apart before expectations count as exact: which one is found in `settling.rs`.

use crate::model::Model;
use crate::model::rows::combinations;
use crate::quantity::TraitId;
use crate::stats::distribution::Distribution;

use super::obstacle::{follows_satisfaction, rules};
use super::quadrature::Rule;
use super::rows::Kinds;

/// How finely laws are taken apart.
#[derive(Clone, Debug)]
pub struct Precision {
    /// The place of the satisfaction grid; 0 where satisfaction is not followed.
    pub grid: usize,
    /// By segment: the traits that bend something, with the nodes of each.
    pub rules: Vec<Vec<(TraitId, Rule)>>,
}

impl Precision {
    /// The coarsest there is.
    pub fn first(model: &Model) -> Self {
        let rules = (0..model.segments.len()).map(|segment| rules(model, segment)).collect();
        Self { grid: usize::from(follows_satisfaction(model)), rules }
    }

    /// All kinds of customers of a segment that have to be told apart; traits that bend nothing are at their means.
    pub fn kinds(&self, model: &Model, segment: usize) -> Kinds {
        let rules = &self.rules[segment];
        let lengths: Vec<usize> = rules.iter().map(|(_, rule)| rule.nodes.len()).collect();
        let means: Vec<f64> = model.segments[segment].traits.iter().map(Distribution::mean).collect();
        let kind = |combination: Vec<usize>| {
            let mut traits = means.clone();
            let mut share = 1.0;
            for ((of, rule), at) in rules.iter().zip(combination) {
                traits[of.index()] = rule.nodes[at].value;
                share *= rule.nodes[at].weight;
            }
            (share, traits)
        };
        Kinds::new(&combinations(&lengths).map(kind).filter(|(share, _)| *share > 0.0).collect::<Vec<_>>())
    }

    /// How many kinds of customers of a segment are told apart.
    pub fn count(&self, segment: usize) -> usize {
        self.rules[segment].iter().fold(1, |count, (_, rule)| count.saturating_mul(rule.nodes.len()))
    }

    /// Every value of one trait, each with a few values of the others, in which the last runs fastest; all shares are 1.
    pub fn probes(&self, model: &Model, segment: usize, place: usize) -> Kinds {
        let own = self.rules[segment][place].0;
        let values: Vec<Vec<f64>> = self.rules[segment]
            .iter()
            .map(|(of, rule)| {
                let all = rule.nodes.iter().map(|node| node.value);
                if *of == own || rule.nodes.len() <= 3 {
                    return all.collect();
                }
                let law = &model.segments[segment].traits[of.index()];
                [0.02, 0.5, 0.98].map(|p| law.quantile(p)).to_vec()
            })
            .collect();
        let order: Vec<usize> = std::iter::once(place).chain((0..values.len()).filter(|at| *at != place)).collect();
        let lengths: Vec<usize> = order.iter().map(|at| values[*at].len()).collect();
        let means: Vec<f64> = model.segments[segment].traits.iter().map(Distribution::mean).collect();
        let kind = |combination: Vec<usize>| {
            let mut traits = means.clone();
            for (at, value) in order.iter().zip(combination) {
                traits[self.rules[segment][*at].0.index()] = values[*at][value];
            }
            (1.0, traits)
        };
        Kinds::new(&combinations(&lengths).map(kind).collect::<Vec<_>>())
    }
}
