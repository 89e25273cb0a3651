//! A study while it is compiled: what is known of it so far.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::model::channel::Channel;
use crate::model::hearsay::Hearsay;
use crate::model::identity::Identity;
use crate::model::numbers::Numbers;
use crate::model::param::Meaning;
use crate::model::pillar::Pillar;
use crate::model::presence::Presence;
use crate::model::rate::Rate;
use crate::model::rival::Rivals;
use crate::model::serving::Serving;
use crate::model::state::Carried;
use crate::model::survey::Survey;
use crate::model::tag::Tag;
use crate::model::touchpoint::Touchpoint;
use crate::model::value::Account;
use crate::model::weight::Weights;
use crate::quantity::{CarriedId, ParamId, RateId, StageId, TraitId};
use crate::study::Study;
use crate::study::names::STAGES;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;
use crate::study::source::Source;

use super::aim::Aims;
use super::amount::Amount;

/// More faults than this are counted, not told.
pub const MOST_FAULTS: usize = 100;

/// A study while it is compiled.
pub struct Compiler<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its text, for lists in files beside it.
    pub source: &'a Source,
    /// Who is who when names do not count.
    pub identity: Identity,
    /// The parameters so far.
    pub numbers: Numbers,
    /// The stages by name.
    pub stages: IndexMap<String, StageId>,
    /// The traits by name.
    pub traits: IndexMap<String, TraitId>,
    /// Ledger lines and outcomes by name.
    pub accounts: IndexMap<String, Account>,
    /// What happens at a rate: named before anything may read it, filled in by whoever names it.
    pub rates: Vec<Rate>,
    /// Numbers that are declared for a span of time, each with what makes it one of a period.
    pub spans: Vec<(ParamId, f64)>,
    /// What is counted of customers for being in a stage.
    pub presences: Vec<Presence>,
    /// The states that the study declares, in canonical order.
    pub carried: Vec<Carried>,
    /// The classes that customers fall into.
    pub tags: Vec<Tag>,
    /// Where that happens.
    pub channels: Vec<Channel>,
    /// What happens between customers and the company: named before anything may read it, then filled in.
    pub touchpoints: Vec<Touchpoint>,
    /// What customers tell others.
    pub hearsay: Vec<Hearsay>,
    /// What customers could have instead; none where the study names nobody.
    pub rivals: Option<Rivals>,
    /// What the company asks customers.
    pub surveys: Vec<Survey>,
    /// What the company has promised never to do.
    pub pillars: Vec<Pillar>,
    /// What moves satisfaction, where touchpoints are felt; known when what is counted is.
    pub weights: Option<Weights>,
    /// Amounts that go to accounts.
    pub amounts: Vec<Amount>,
    /// Which touchpoints are contacts, and what they take; known once all amounts are.
    pub serving: Serving,
    /// What changes may aim at.
    pub aims: Aims,
    /// How many numbers all changes aim at, each counted once for each change.
    pub aimed: usize,
    /// Whether any change aims at where customers start.
    pub moves_starts: bool,
    /// Whether somebody starts or comes in a stage that is not retained and leads somewhere.
    pub converts: bool,
    /// The share that rivals copy of every initiative that says nothing of its own.
    pub catch_up: Option<ParamId>,
}

impl<'a> Compiler<'a> {
    /// Nothing but the names.
    pub fn new(study: &'a Study, source: &'a Source) -> Self {
        let identity = Identity::of(study);
        let stages = identity
            .stage_order()
            .iter()
            .enumerate()
            .map(|(place, name)| (name.clone(), StageId::from(place)))
            .collect();
        let mut compiler = Self {
            study,
            source,
            identity,
            numbers: Numbers::default(),
            stages,
            traits: IndexMap::new(),
            accounts: IndexMap::new(),
            rates: Vec::new(),
            spans: Vec::new(),
            presences: Vec::new(),
            carried: Vec::new(),
            tags: Vec::new(),
            channels: Vec::new(),
            touchpoints: Vec::new(),
            hearsay: Vec::new(),
            rivals: None,
            surveys: Vec::new(),
            pillars: Vec::new(),
            weights: None,
            amounts: Vec::new(),
            serving: Serving::default(),
            aims: Aims::default(),
            aimed: 0,
            moves_starts: false,
            converts: false,
            catch_up: None,
        };
        compiler.check_names();
        compiler.check_reserved();
        compiler.name_traits();
        compiler.name_states();
        compiler.tags();
        compiler.channels();
        compiler.name_hearsay();
        compiler.rivals();
        compiler.name_touchpoints();
        compiler.declare_accounts();
        compiler
    }

    /// Notes a fault.
    pub fn fault(&mut self, fault: Diagnostic) {
        self.numbers.faults.push(fault);
    }

    /// A stage by name, or a fault that offers the nearest one.
    pub fn stage(&mut self, name: &str, at: &Path) -> Option<StageId> {
        if let Some(&id) = self.stages.get(name) {
            return Some(id);
        }
        // Where so much is wrong, nothing is gained by guessing at each.
        let guess = self.numbers.faults.len() <= 10 * MOST_FAULTS;
        let help = if guess { STAGES.suggest(name, self.study) } else { String::new() };
        self.fault(STAGES.missing(name).at_key(at.to_string()).help(help));
        None
    }

    /// Something that happens at a rate, by name.
    pub fn rate_named(&self, name: &str) -> Option<RateId> {
        self.rates.iter().position(|rate| rate.name == name).map(RateId::from)
    }

    /// A state that the study declares, by name.
    pub fn carried_named(&self, name: &str) -> Option<CarriedId> {
        self.carried.iter().position(|carried| carried.name == name).map(CarriedId::from)
    }

    /// A parameter that scenarios may change; its written place is its path.
    pub fn number(&mut self, path: &Path, meaning: Meaning, number: &Number) -> ParamId {
        self.numbers.changeable(path, path, meaning, number)
    }
}
