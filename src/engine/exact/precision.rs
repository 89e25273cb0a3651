//! Precision is how finely laws are taken apart before expectations count as exact: which one is found in `settling.rs`.

use crate::model::Model;
use crate::model::rows::combinations;
use crate::quantity::TraitId;
use crate::stats::distribution::Distribution;

use super::obstacle::{follows_satisfaction, rules};
use super::quadrature::{Nodes, Rule};
use super::rows::Kinds;
use super::touch_plan::{TouchPlan, turns};

/// How finely laws are taken apart.
#[derive(Clone, Debug)]
pub struct Precision {
    /// The place of the satisfaction grid; 0 where satisfaction is not followed.
    pub grid: usize,
    /// By segment: the traits that bend something, with the nodes of each.
    pub rules: Vec<Vec<(TraitId, Rule)>>,
    /// Where in turn customers are for each touchpoint of which it matters whose turn it is.
    pub turns: Vec<Nodes>,
}

impl Precision {
    /// The coarsest there is.
    pub fn first(model: &Model) -> Self {
        let rules = (0..model.segments.len()).map(|segment| rules(model, segment)).collect();
        let follows = follows_satisfaction(model);
        let plan = TouchPlan::of(model, follows);
        let turns = plan.turns.iter().map(|place| turns(&model.touchpoints[*place])).collect();
        Self { grid: usize::from(follows), rules, turns }
    }

    /// All kinds of customers of a segment that have to be told apart; traits that bend nothing are at their means.
    pub fn kinds(&self, model: &Model, segment: usize) -> Kinds {
        let rules = &self.rules[segment];
        let of_turns = self.turns.iter().map(Vec::len);
        let lengths: Vec<usize> = rules.iter().map(|(_, rule)| rule.nodes.len()).chain(of_turns).collect();
        let means: Vec<f64> = model.segments[segment].traits.iter().map(Distribution::mean).collect();
        let kind = |combination: Vec<usize>| {
            let mut traits = means.clone();
            let mut share = 1.0;
            for ((of, rule), at) in rules.iter().zip(&combination) {
                traits[of.index()] = rule.nodes[*at].value;
                share *= rule.nodes[*at].weight;
            }
            for (turns, at) in self.turns.iter().zip(&combination[rules.len()..]) {
                traits.push(turns[*at].0);
                share *= turns[*at].1;
            }
            (share, traits)
        };
        Kinds::new(&combinations(&lengths).map(kind).filter(|(share, _)| *share > 0.0).collect::<Vec<_>>())
    }

    /// How many kinds of customers of a segment are told apart.
    pub fn count(&self, segment: usize) -> usize {
        let turns = self.turns.iter().map(Vec::len).fold(1, usize::saturating_mul);
        self.rules[segment].iter().fold(turns, |count, (_, rule)| count.saturating_mul(rule.nodes.len()))
    }

    /// Every value of one trait, each with a few values of the others and a few turns, in which the last runs fastest; all shares
    /// are 1.
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
        let turns: Vec<Vec<f64>> = self.turns.iter().map(some).collect();
        let lengths: Vec<usize> = order.iter().map(|at| values[*at].len()).chain(turns.iter().map(Vec::len)).collect();
        let means: Vec<f64> = model.segments[segment].traits.iter().map(Distribution::mean).collect();
        let kind = |combination: Vec<usize>| {
            let mut traits = means.clone();
            for (at, value) in order.iter().zip(&combination) {
                traits[self.rules[segment][*at].0.index()] = values[*at][*value];
            }
            traits.extend(turns.iter().zip(&combination[order.len()..]).map(|(turns, at)| turns[*at]));
            (1.0, traits)
        };
        Kinds::new(&combinations(&lengths).map(kind).collect::<Vec<_>>())
    }
}

/// Three places in turn at most: the first, the middle one and the last.
fn some(turns: &Nodes) -> Vec<f64> {
    let last = turns.len().saturating_sub(1);
    let mut places = vec![0, last / 2, last];
    places.dedup();
    places.into_iter().filter_map(|at| Some(turns.get(at)?.0)).collect()
}
