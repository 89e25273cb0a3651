//! A supposition is what is taken to happen while a study is checked: that all goes as planned, that a rule acts, or that
//! a shock comes.

use std::borrow::Cow;

use crate::model::Model;
use crate::model::draw::{Draw, ShockEvent};
use crate::model::roadmap::Rule;
use crate::model::world::Occurrence;
use crate::quantity::ScenarioId;

/// What is taken to happen in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supposition {
    /// What is planned.
    Plan,
    /// One rule acts as early as it can, by its place in the scenario, and no other does.
    Rule(usize),
    /// All rules act as early as they can.
    AllRules,
    /// A shock that comes by chance comes in period 1, by its place in the model.
    Shock(usize),
}

/// Whether a response can begin within the horizon.
fn can_act(model: &Model, rule: &Rule) -> bool {
    rule.responds_to(rule.from) <= model.run.horizon
}

impl Supposition {
    /// What can well happen, one thing at a time; shocks only where the draw does not decide which of them come.
    pub fn alone(model: &Model, scenario: ScenarioId, shocks_too: bool) -> Vec<Self> {
        let rules = &model.scenarios[scenario.index()].rules;
        let looked_at = (0..rules.len()).filter(|rule| can_act(model, &rules[*rule]));
        let by_chance = |shock: &usize| matches!(model.shocks[*shock].when, Occurrence::Hazard(_));
        let shocks = (0..model.shocks.len()).filter(|shock| shocks_too && by_chance(shock));
        std::iter::once(Self::Plan).chain(looked_at.map(Self::Rule)).chain(shocks.map(Self::Shock)).collect()
    }

    /// What need not ever happen, because rules may exclude each other.
    pub fn together(model: &Model, scenario: ScenarioId) -> Option<Self> {
        let rules = &model.scenarios[scenario.index()].rules;
        (rules.iter().filter(|rule| can_act(model, rule)).count() > 1).then_some(Self::AllRules)
    }

    /// In which periods the responses to each rule of the scenario begin.
    pub fn fired(self, model: &Model, scenario: ScenarioId) -> Vec<Vec<u32>> {
        let acts = |place: usize| match self {
            Self::Rule(its) => its == place,
            Self::AllRules => true,
            Self::Plan | Self::Shock(_) => false,
        };
        let rules = &model.scenarios[scenario.index()].rules;
        let responses =
            |(place, rule): (usize, &Rule)| if acts(place) { rule.responses(model.run.horizon) } else { Vec::new() };
        rules.iter().enumerate().map(responses).collect()
    }

    /// A draw in which it happens.
    pub fn draw<'d>(self, model: &Model, drawn: &'d Draw) -> Cow<'d, Draw> {
        let Self::Shock(shock) = self else { return Cow::Borrowed(drawn) };
        let mut drawn = drawn.clone();
        if let Occurrence::Hazard(hazard) = model.shocks[shock].when
            && drawn[hazard] > 0.0
        {
            let amounts = model.shocks[shock].amounts.iter().map(|law| law.quantile(0.5)).collect();
            drawn.struck.push(ShockEvent { shock, period: 1, amounts });
            drawn.struck.sort_by_key(|its| (its.period, its.shock));
        }
        Cow::Owned(drawn)
    }

    /// It in words, as the end of a sentence.
    pub fn words(self, model: &Model, scenario: ScenarioId) -> String {
        let rules = &model.scenarios[scenario.index()].rules;
        match self {
            Self::Plan => String::new(),
            Self::Rule(place) => {
                let again = rules[place].again_after.map_or("", |_| " and as often as it can after that");
                format!(", if `{}` acts in period {}{again}", rules[place].written, rules[place].from)
            }
            Self::AllRules => ", if all rules of the scenario act as early as they can".to_owned(),
            Self::Shock(shock) => format!(", if `{}` comes in period 1", model.shocks[shock].title),
        }
    }
}
