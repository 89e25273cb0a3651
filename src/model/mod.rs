//! The model: what is true. Compiled from a study, checked, immutable; names became indices here.

pub mod booking;
pub mod change;
pub mod channel;
pub mod check;
pub mod compile;
pub mod counter;
pub mod course;
pub mod draw;
pub mod drivers;
pub mod facts;
pub mod families;
pub mod goal;
pub mod hazard;
pub mod hearsay;
pub mod identity;
mod idle;
pub mod journey;
pub mod loss;
pub mod metric;
pub mod numbers;
pub mod outside;
pub mod param;
pub mod people;
pub mod pillar;
pub mod presence;
pub mod rate;
pub mod reported;
pub mod rival;
pub mod roadmap;
pub mod row_draw;
pub mod rows;
pub mod run_plan;
pub mod sense;
pub mod serving;
pub mod starts;
pub mod state;
pub mod strikes;
pub mod survey;
pub mod tag;
pub mod timeline;
pub mod together;
pub mod touchpoint;
pub mod value;
pub mod watched;
pub mod weight;
pub mod world;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::quantity::{ParamId, ScenarioId, SegmentId, StageId};
use crate::study::source::Source;

use booking::Bookings;
use channel::Channel;
use counter::Counter;
use goal::Target;
use hearsay::Hearsay;
use journey::{Experience, Stage};
use param::{Param, ParamSet};
use people::{Segment, Trait};
use pillar::Pillar;
use presence::Presence;
use rate::Rate;
use rival::Rivals;
use roadmap::{Capability, Initiative, RoadmapRules, Scenario};
use row_draw::RowDraw;
use run_plan::RunPlan;
use serving::Serving;
use state::{Carried, Signal};
use survey::Survey;
use tag::{Reading, Tag};
use together::Together;
use touchpoint::Touchpoint;
use value::Account;
use weight::Weights;
use world::{Pattern, Shock};

/// A study, checked and made of numbers and indices only. Its fields are no part of what the library promises.
#[derive(Clone, Debug)]
pub struct Model {
    /// The study's title, or its file's name.
    pub title: String,
    /// What the author wrote about the study; may be empty.
    pub description: String,
    /// The currency of every amount of money.
    pub currency: String,
    /// How the study is run.
    pub run: RunPlan,
    /// Every number that has a path.
    pub params: Vec<Param>,
    /// Numbers that are declared for a span of time, each with what makes it one of a period.
    pub spans: Vec<(ParamId, f64)>,
    /// The stages in canonical order.
    pub stages: Vec<Stage>,
    /// The stages in the order of the file, for people.
    pub stage_order: Vec<StageId>,
    /// The segments in canonical order.
    pub segments: Vec<Segment>,
    /// The segments' places in the order of the file, for people.
    pub segment_order: Vec<SegmentId>,
    /// The traits that customers carry.
    pub traits: Vec<Trait>,
    /// Satisfaction, where the study has it.
    pub experience: Option<Experience>,
    /// The states that the study declares beside satisfaction.
    pub carried: Vec<Carried>,
    /// The classes that customers fall into.
    pub tags: Vec<Tag>,
    /// Where that happens, in canonical order.
    pub channels: Vec<Channel>,
    /// What happens between customers and the company: what brings another about stands before it.
    pub touchpoints: Vec<Touchpoint>,
    /// What customers tell others.
    pub hearsay: Vec<Hearsay>,
    /// What customers could have instead; none where the study names nobody.
    pub rivals: Option<Rivals>,
    /// What the company asks customers.
    pub surveys: Vec<Survey>,
    /// What the company has promised never to do.
    pub pillars: Vec<Pillar>,
    /// What moves satisfaction, where touchpoints are felt.
    pub weights: Option<Weights>,
    /// What happens to customers at a rate, and is counted.
    pub rates: Vec<Rate>,
    /// What is counted.
    pub counters: Vec<Counter>,
    /// What is counted of customers for being in a stage, beside how many they are.
    pub presences: Vec<Presence>,
    /// What is booked for each one that is counted.
    pub bookings: Bookings,
    /// Which touchpoints are contacts, and what they take.
    pub serving: Serving,
    /// Ledger lines and outcomes.
    pub accounts: Vec<Account>,
    /// What the company has to be able to do.
    pub capabilities: Vec<Capability>,
    /// The projects of the roadmap, in the order of the file.
    pub initiatives: Vec<Initiative>,
    /// What holds for the roadmap as a whole.
    pub roadmap: RoadmapRules,
    /// What happens to the company whatever it does.
    pub shocks: Vec<Shock>,
    /// Seasons and trends.
    pub patterns: Vec<Pattern>,
    /// Uncertain numbers that are drawn together.
    pub together: Option<Together>,
    /// Rows whose chances are uncertain together.
    pub row_draws: Vec<RowDraw>,
    /// What a roadmap has to reach.
    pub targets: Vec<Target>,
    /// The scenarios in the order of the file.
    pub scenarios: Vec<Scenario>,
    /// The scenario that the others are compared with.
    pub baseline: ScenarioId,
    /// The text that the study was read from.
    pub source: Arc<Source>,
    warnings: Vec<Diagnostic>,
}

impl Model {
    /// The names of the scenarios, in the order of the study.
    pub fn scenario_names(&self) -> impl Iterator<Item = &str> {
        self.scenarios.iter().map(|scenario| scenario.name.as_str())
    }

    /// What was found that probably does not say what its author meant, in the order of the file.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Whether customers feel what others do, or the company acts on what they do, so that all move together through
    /// time.
    pub fn is_coupled(&self) -> bool {
        self.hears() || self.has_referrals() || self.has_rules() || self.has_hearsay() || self.waits()
    }

    /// Whether anything waits to hear what customers tell.
    pub fn has_hearsay(&self) -> bool {
        self.hearsay.iter().any(|its| its.is_heard)
    }

    /// Whether customers may have to wait for each other in a channel.
    pub fn waits(&self) -> bool {
        self.touchpoints.iter().any(|its| self.waits_at(its))
    }

    /// Whether those who meet a touchpoint may have to wait.
    pub fn waits_at(&self, touchpoint: &Touchpoint) -> bool {
        touchpoint.ends.last().is_some_and(|end| end.given_up)
    }

    /// Whether a state reads a signal.
    pub fn reads(&self, signal: Signal) -> bool {
        self.carried.iter().any(|its| its.signals().contains(&signal))
    }

    /// Whether word of mouth moves chances.
    pub fn hears(&self) -> bool {
        self.stages.iter().any(|stage| stage.exits.iter().any(|exit| exit.word_of_mouth.is_some()))
    }

    /// Whether customers bring others.
    pub fn has_referrals(&self) -> bool {
        self.segments.iter().any(|segment| segment.inflow.as_ref().is_some_and(|inflow| inflow.referrals.is_some()))
    }

    /// How hard rivals pull with these numbers; none where there are none.
    pub fn pressure(&self, values: &ParamSet) -> Option<f64> {
        self.rivals.as_ref().map(|its| values[its.pressure])
    }

    /// Whether customers share with rivals what they buy anywhere.
    pub fn has_wallets(&self) -> bool {
        self.stages.iter().any(|stage| stage.purchases.as_ref().is_some_and(|its| its.wallet.is_some()))
    }

    /// Whether a tag reads the share of what customers buy that is the company's.
    pub fn reads_wallets(&self) -> bool {
        self.tags.iter().any(|tag| tag.on == Reading::Wallet)
    }

    /// Whether any scenario has contingency rules.
    pub fn has_rules(&self) -> bool {
        self.scenarios.iter().any(|scenario| !scenario.rules.is_empty())
    }

    /// Whether touchpoints take people elsewhere.
    pub fn moves_by_touch(&self) -> bool {
        self.touchpoints.iter().any(Touchpoint::moves)
    }

    /// Whether customers come after the start.
    pub fn has_inflow(&self) -> bool {
        self.segments.iter().any(|segment| segment.inflow.is_some())
    }

    /// Whether somebody starts, or comes later, in a stage that is not retained and leads somewhere.
    pub fn converts(&self) -> bool {
        people::converts(&self.stages, &self.segments)
    }

    /// Whether a change aims at where customers start.
    pub fn changes_starts(&self) -> bool {
        self.segments.iter().any(|segment| [0, 1].iter().any(|entry| !segment.start_ids_at(*entry).is_empty()))
    }

    /// The number of periods in which customers come, the start among them.
    pub fn entries(&self) -> usize {
        if self.has_inflow() { self.run.horizon as usize + 1 } else { 1 }
    }

    /// Whether a parameter stands for each customer's own chance, so that its value here is not used.
    pub fn is_own(&self, id: ParamId) -> bool {
        self.params[id.index()].own
    }

    /// Whether anything is drawn once per replication: an uncertain number, whether a shock comes, or how large it is.
    pub fn is_uncertain(&self) -> bool {
        self.shocks.iter().any(Shock::is_uncertain) || self.params.iter().any(Param::is_uncertain)
    }

    /// Keeps the named scenarios and the baseline, in the order of the study.
    ///
    /// # Errors
    /// The first name that is no scenario.
    pub fn keep(&mut self, names: &[String]) -> Result<(), String> {
        if let Some(unknown) = names.iter().find(|name| self.scenarios.iter().all(|s| s.name != **name)) {
            return Err(unknown.clone());
        }
        let baseline = self.scenarios[self.baseline.index()].name.clone();
        self.scenarios.retain(|scenario| names.contains(&scenario.name) || scenario.name == baseline);
        self.baseline = ScenarioId::from(self.scenarios.iter().position(|s| s.name == baseline).unwrap_or(0));
        Ok(())
    }
}
