//! A study is what the user wrote, exactly: the journey as it is today, and the
//! roadmaps to compare. Nothing here is checked beyond its form.

mod apart;
mod bracket;
pub mod channel;
mod document;
mod dotted;
pub mod editor;
mod files;
mod form;
pub mod goal;
pub mod initiative;
pub mod journey;
mod kind;
pub mod language;
pub mod leaves;
mod letters;
mod lines;
pub mod list;
pub mod names;
pub mod number;
pub mod path;
pub mod read;
pub mod remark;
mod right;
pub mod rival;
pub mod roadmap;
pub mod run;
pub mod salvage;
pub mod schema;
pub mod setting;
pub mod signal;
pub mod site;
pub mod source;
pub mod state;
pub mod survey;
mod synonyms;
mod syntax;
pub mod table;
pub mod tag;
#[cfg(test)]
mod tests;
mod text;
pub mod thing;
pub mod touchpoint;
mod truth;
mod unit;
pub mod value;
pub mod version;
pub mod worded;
pub mod world;

use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use channel::Channel;
use goal::Target;
use initiative::{Capability, Initiative, RoadmapRules};
use journey::{Experience, Line, Outcome, Segment, Stage, Trait};
use rival::Rival;
use roadmap::Scenario;
use run::Run;
use source::Source;
use state::State;
use survey::{Pillar, Survey};
use tag::Tag;
use touchpoint::Touchpoint;
use version::Version;
use world::{Correlated, OverTime, Shock};

/// A study: the customer journey as it is today, and the roadmap scenarios to compare.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// The text that it was read from, with the places of everything in it.
    #[serde(skip)]
    pub source: Arc<Source>,
    /// The version of polku that the study is written for.
    #[serde(default)]
    pub polku: Option<Version>,
    /// What the study is about, in a few words; charts and reports are headed by it.
    #[serde(default)]
    pub title: Option<String>,
    /// What the study is about, in a few sentences, for the report.
    #[serde(default)]
    pub description: Option<String>,
    /// The currency of every amount of money, as tables print it.
    #[serde(default = "euro")]
    pub currency: String,
    /// How the study is run: periods, customers, replications, seed.
    pub run: Run,
    /// The kinds of customers; their shares sum to 1.
    pub segments: IndexMap<String, Segment>,
    /// The stages of the journey and what leads from one to another.
    pub stages: IndexMap<String, Stage>,
    /// What sets one customer apart from another for life, such as age or a basket level.
    #[serde(default)]
    pub traits: IndexMap<String, Trait>,
    /// Satisfaction: how customers remember what they experience.
    #[serde(default)]
    pub experience: Option<Experience>,
    /// Numbers that customers carry beside satisfaction, and what moves each.
    #[serde(default)]
    pub states: IndexMap<String, State>,
    /// Classes that customers fall into as they change.
    #[serde(default)]
    pub tags: IndexMap<String, Tag>,
    /// What happens between customers and the company, how it turns out, and what follows.
    #[serde(default)]
    pub touchpoints: IndexMap<String, Touchpoint>,
    /// Where touchpoints happen, with which people and hours.
    #[serde(default)]
    pub channels: IndexMap<String, Channel>,
    /// What customers could have instead.
    #[serde(default)]
    pub rivals: IndexMap<String, Rival>,
    /// What the company asks customers, and what of the answers it sees.
    #[serde(default)]
    pub surveys: IndexMap<String, Survey>,
    /// What the company has promised never to do; breaches are counted.
    #[serde(default)]
    pub pillars: IndexMap<String, Pillar>,
    /// Ledger lines that `values` feed; needed where a name alone does not tell a cost.
    #[serde(default)]
    pub lines: IndexMap<String, Line>,
    /// What accumulates beside money, such as points, quality-adjusted years or tonnes.
    #[serde(default)]
    pub outcomes: IndexMap<String, Outcome>,
    /// What the company has to be able to do; initiatives require and provide it.
    #[serde(default)]
    pub capabilities: IndexMap<String, Capability>,
    /// What holds for the roadmap as a whole: how much change people can take, and how fast rivals catch up.
    #[serde(default)]
    pub roadmap: RoadmapRules,
    /// What happens to the company whatever it does: the same luck of the world in every scenario.
    #[serde(default)]
    pub shocks: Vec<Shock>,
    /// Seasons and trends of numbers.
    #[serde(default)]
    pub over_time: Vec<OverTime>,
    /// Uncertain numbers that are drawn together.
    #[serde(default)]
    pub correlated: Vec<Correlated>,
    /// What a roadmap has to reach.
    #[serde(default)]
    pub targets: IndexMap<String, Target>,
    /// The projects of the roadmap: what they cost, and what they change.
    #[serde(default)]
    pub initiatives: IndexMap<String, Initiative>,
    /// The scenarios to compare; one of them is the baseline.
    pub scenarios: IndexMap<String, Scenario>,
}

fn euro() -> String {
    "EUR".to_owned()
}
