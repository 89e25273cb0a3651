//! An obstacle is why a model has no exact expectation: customers feel each other, or there are too many kinds of them.

use crate::model::Model;
use crate::model::journey::{Chance, Clock, Stage, State};
use crate::model::touchpoint::Cause;
use crate::quantity::TraitId;

use super::quadrature::{Rule, whole_parts};
use super::touch_obstacle::{of_counts, of_satisfaction};
use super::touch_plan::{TouchPlan, count_of_turns};

/// The most combinations of trait values for one segment, and for a study with uncertain numbers,
/// where they are needed in every replication.
const MOST_NODES: usize = 20_000;
const MOST_NODES_UNCERTAIN: usize = 2_000;
/// The same where each combination has a whole grid of satisfactions.
const MOST_GRIDS: usize = 1_000;
const MOST_GRIDS_UNCERTAIN: usize = 20;
/// The share of a trait below 0 that may be left out where it multiplies: it moves the mean by far less.
const BELOW_0: f64 = 1e-8;

/// What stands in the way of an exact expectation by how a model is written; empty where nothing does. Whether expectations
/// are as exact as they have to be is found by [`super::precision`].
pub fn obstacles(model: &Model) -> Vec<String> {
    let heard = |stage: &&Stage| stage.exits.iter().any(|exit| exit.word_of_mouth.is_some());
    let mut found: Vec<String> = model
        .stages
        .iter()
        .filter(heard)
        .map(|stage| format!("word of mouth in `{}` couples customers", stage.name))
        .collect();
    for driver in model.drivers() {
        if let State::Happened(of) = driver.on {
            let name = &model.rates[of.index()].name;
            found.push(format!("`{name}` drives something in the period in which it happens"));
        }
    }
    let hearsay = model.hearsay.iter().filter(|its| its.is_heard);
    found.extend(hearsay.map(|its| format!("customers hear from each other, as `{}`", its.name)));
    found.extend(model.has_referrals().then(|| "customers bring others".to_owned()));
    found.extend(model.has_rules().then(|| "contingency rules act on what customers happen to do".to_owned()));
    let too_many = if found.is_empty() { too_many_nodes(model) } else { None };
    found.extend(of_counts(model));
    if satisfaction_drives(model) {
        found.extend(of_satisfaction(model));
    }
    found.extend(too_many);
    found
}

/// Whether the exact expectation follows satisfaction: where it drives anything, and wherever that is cheap and possible.
pub fn follows_satisfaction(model: &Model) -> bool {
    let cheap = || combinations(model, &TouchPlan::of(model, true)) <= most_grids(model);
    satisfaction_drives(model) || (model.experience.is_some() && cheap() && of_satisfaction(model).is_empty())
}

fn satisfaction_drives(model: &Model) -> bool {
    model.experience.is_some() && model.drivers().any(|driver| driver.on == State::Satisfaction)
}

fn most_grids(model: &Model) -> usize {
    if model.is_uncertain() { MOST_GRIDS_UNCERTAIN } else { MOST_GRIDS }
}

/// The most combinations of trait values of a segment.
pub fn most(model: &Model) -> usize {
    match (satisfaction_drives(model), model.is_uncertain()) {
        (true, _) => most_grids(model),
        (false, true) => MOST_NODES_UNCERTAIN,
        (false, false) => MOST_NODES,
    }
}

fn too_many_nodes(model: &Model) -> Option<String> {
    let bending = bending(model);
    let name = |of: TraitId| model.traits[of.index()].name.as_str();
    // Where a list reads a trait, only its whole part is told apart.
    if let Some((of, _)) = bending.iter().find(|(of, by_list)| *by_list && drives(model, *of)) {
        return Some(format!("chances are listed by `{0}`, and moves or purchases are driven by it", name(*of)));
    }
    if let Some((of, _)) = bending.iter().find(|(of, by_list)| *by_list && multiplies(model, *of) > 0) {
        return Some(format!("chances are listed by `{0}`, and purchases or baskets multiplied by it", name(*of)));
    }
    let with_memory = satisfaction_drives(model);
    let most = most(model);
    let needed = combinations_needed(model);
    let mut names: Vec<&str> = bending.iter().map(|(of, _)| name(*of)).collect();
    names.sort_unstable();
    let turns = TouchPlan::of(model, follows_satisfaction(model)).turns;
    let mut taking_turns: Vec<&str> = turns.iter().map(|place| model.touchpoints[*place].name.as_str()).collect();
    taking_turns.sort_unstable();
    let of_what: Vec<String> = [("the traits", names), ("the turns of", taking_turns)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what} {}", names.join(", ")))
        .collect();
    let memory = if with_memory { " where satisfaction drives something too" } else { "" };
    let needed_in_words = if needed < usize::MAX { needed.to_string() } else { "more than 10^19".to_owned() };
    (needed > most).then(|| {
        format!("it would take {needed_in_words} combinations of {}, more than {most}{memory}", of_what.join(" and "))
    })
}

/// The combinations of trait values, and of turns that matter, of the segment that needs most; the largest number there is
/// where they are more.
pub fn combinations_needed(model: &Model) -> usize {
    combinations(model, &TouchPlan::of(model, follows_satisfaction(model)))
}

fn combinations(model: &Model, plan: &TouchPlan) -> usize {
    let turns = plan.turns.iter().map(|place| count_of_turns(&model.touchpoints[*place]));
    let turns = turns.fold(1, usize::saturating_mul);
    let count = |segment: usize| {
        rules(model, segment).iter().fold(turns, |count, (_, rule)| count.saturating_mul(rule.nodes.len()))
    };
    (0..model.segments.len()).map(count).max().unwrap_or(1)
}

/// The traits that expectations do not depend on linearly, and whether lists are read by them.
fn bending(model: &Model) -> Vec<(TraitId, bool)> {
    // What multiplies is held at 0, so that its mean is not what it multiplies by in the mean.
    let falls_below_0 =
        |of: TraitId| model.segments.iter().any(|its| its.traits[of.index()].cdf(-f64::MIN_POSITIVE) > BELOW_0);
    let follows = model.touchpoints.iter().any(|its| its.cause() == Cause::Purchase);
    let multipliers = |of: TraitId| {
        let leaves = model
            .stages
            .iter()
            .filter(|s| follows || s.leaves().next().is_some())
            .any(|s| s.purchases.as_ref().is_some_and(|p| p.rate_trait == Some(of)));
        let valued = model.presences.iter().any(|its| its.own == Some(of));
        multiplies(model, of) > 1 || leaves || ((multiplies(model, of) > 0 || valued) && falls_below_0(of))
    };
    (0..model.traits.len())
        .map(TraitId::from)
        .filter_map(|of| {
            let listed = model.stages.iter().any(|s| s.clocks().contains(&Clock::Age(of)));
            let own = model
                .stages
                .iter()
                .flat_map(|s| &s.exits)
                .any(|e| matches!(e.chance, Chance::Own { of: its, .. } if its == of));
            (listed || own || drives(model, of) || multipliers(of)).then_some((of, listed))
        })
        .collect()
}

/// How many of the two things, rates and baskets, a trait multiplies.
fn multiplies(model: &Model, of: TraitId) -> usize {
    let purchases = model.stages.iter().filter_map(|s| s.purchases.as_ref());
    let rate = purchases.clone().any(|p| p.rate_trait == Some(of));
    usize::from(rate) + usize::from(purchases.clone().any(|p| p.basket_trait == Some(of)))
}

fn drives(model: &Model, of: TraitId) -> bool {
    model.drivers().any(|driver| driver.on == State::Trait(of))
}

/// The traits that bend something in a segment, each with a rule over its values.
pub fn rules(model: &Model, segment: usize) -> Vec<(TraitId, Rule)> {
    bending(model)
        .into_iter()
        .map(|(of, listed)| {
            let law = &model.segments[segment].traits[of.index()];
            (of, if listed { Rule::given(law, whole_parts(law)) } else { Rule::new(law) })
        })
        .collect()
}
