//! Compiles a study into a model: names become indices, and every fault is found on the way.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Severity, nearest, suggest};
use crate::quantity::{LineId, ParamId, ScenarioId, SegmentId, StageId, TraitId};
use crate::study::Study;
use crate::study::journey::{LineKind, Outcome};
use crate::study::number::Number;
use crate::study::source::Source;

use super::check;
use super::compile_roadmap;
use super::identity::Identity;
use super::numbers::Numbers;
use super::param::Meaning;
use super::people::{Trait, split};
use super::value::{Account, AccountKind};
use super::{Model, RunPlan};
use crate::study::path::ParamPath as Path;

/// The most simulated customers, replications and periods that addresses of random numbers tell apart.
const MOST_AGENTS: u64 = 4_000_000_000;
const MOST_REPLICATIONS: u64 = 4_000_000_000;
const MOST_PERIODS: u64 = 65_535;
/// More faults than this are counted, not told.
const MOST_FAULTS: usize = 100;
/// A column of customers holds a stage in a byte; so many stages have 65,025 moves, which 16 bits hold.
const MOST_STAGES: usize = 255;
/// The most segments and the most scenarios: every one is played with every other.
const MOST_SEGMENTS: usize = 1_000;
const MOST_SCENARIOS: usize = 1_000;
/// The most rows of chances that are checked before a run; it takes some seconds.
const MOST_WORK: u64 = 50_000_000;
/// The simulated customers of a study that does not say how many.
const USUAL_AGENTS: u64 = 20_000;

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
}

impl Model {
    /// Compiles a study; the second part are warnings.
    ///
    /// # Errors
    /// All faults of the study at once.
    pub fn compile(study: &Study, source: &Source) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut crowds = crowds(study);
        if !crowds.is_empty() {
            source.locate_all(&mut crowds);
            return Err(crowds);
        }
        let mut compiler = Compiler::new(study, source);
        let model = compiler.model();
        let mut found = compiler.numbers.faults;
        if found.iter().all(|f| f.severity == Severity::Warning) {
            match check::work(&model) {
                work if work > MOST_WORK => found.push(too_much(work)),
                _ => found.extend(check::rows(&model)),
            }
            found.extend(check::reach(&model));
        }
        source.locate_all(&mut found);
        // In the order of the file, as one would mend them.
        found.sort_by_key(|fault| fault.places.first().map_or(0, |place| place.line));
        if found.len() > MOST_FAULTS {
            let more = found.len() - MOST_FAULTS;
            found.sort_by_key(|fault| fault.severity);
            found.truncate(MOST_FAULTS);
            found.push(
                Diagnostic::error(format!("there are {more} more faults"))
                    .mend("mend these first; most often the others follow from them"),
            );
        }
        if found.iter().any(|f| f.severity == Severity::Error) { Err(found) } else { Ok((model, found)) }
    }
}

impl<'a> Compiler<'a> {
    fn new(study: &'a Study, source: &'a Source) -> Self {
        let identity = Identity::of(study);
        let stages = identity
            .stage_order(study)
            .into_iter()
            .enumerate()
            .map(|(place, name)| (name, StageId::from(place)))
            .collect();
        let mut compiler = Self {
            study,
            source,
            identity,
            numbers: Numbers::default(),
            stages,
            traits: IndexMap::new(),
            accounts: IndexMap::new(),
        };
        compiler.name_traits();
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
        let mend = suggest(name, self.study.stages.keys().map(String::as_str));
        self.fault(Diagnostic::error(format!("there is no stage `{name}`")).at_key(at.to_string()).mend(mend));
        None
    }

    /// A trait by name, or a fault that offers the nearest one.
    pub fn trait_named(&mut self, name: &str, at: &Path) -> Option<TraitId> {
        if let Some(&id) = self.traits.get(name) {
            return Some(id);
        }
        let mut known: Vec<String> = self.traits.keys().cloned().collect();
        let drives = at.names().contains(&"drivers");
        known.extend(drives.then(|| "satisfaction".to_owned()));
        let mend = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add `[traits.{name}]` with a `law`, or use one of: {}", known.join(", ")),
        };
        let fault = Diagnostic::error(format!("customers have no trait `{name}`"))
            .why("a trait is given in `[traits]` or in the `traits` of each segment")
            .mend(mend);
        self.fault(if drives { fault.at_key(at.to_string()) } else { fault.at(at.to_string()) });
        None
    }

    fn model(&mut self) -> Model {
        let run = self.run_plan();
        let experience = self.experience();
        let stages = self.journey(run.horizon);
        let mut segments = self.segments();
        let shares = self.shares();
        // Shares that are wrong were told; there is no fair way to split by them.
        if shares.iter().all(|share| (0.0..=1.0).contains(share)) && (shares.iter().sum::<f64>() - 1.0).abs() <= 1e-9 {
            for (segment, agents) in segments.iter_mut().zip(split(run.agents, &shares)) {
                segment.agents = agents;
            }
        }
        let changes = compile_roadmap::segment_changes(self, run.horizon);
        for (segment, changes) in segments.iter_mut().zip(changes) {
            segment.changes = changes;
        }
        let scenarios = compile_roadmap::scenarios(self, run.horizon);
        let baseline = self.baseline();
        self.numbers.deal_luck(&self.identity);
        let traits = self.trait_list();
        let places = |names: Vec<&String>, of: &dyn Fn(&str) -> Option<usize>| -> Vec<usize> {
            names.into_iter().filter_map(|n| of(n)).collect()
        };
        let stage_order = places(self.study.stages.keys().collect(), &|n| self.stages.get_index_of(n));
        let segment_order =
            places(self.study.segments.keys().collect(), &|n| segments.iter().position(|s| s.name == n));
        Model {
            title: self.study.title.clone().unwrap_or_else(|| self.source.stem()),
            description: self.study.description.clone().unwrap_or_default(),
            currency: self.study.currency.clone(),
            run,
            params: std::mem::take(&mut self.numbers.params),
            stages,
            stage_order: stage_order.into_iter().map(StageId::from).collect(),
            segment_order: segment_order.into_iter().map(SegmentId::from).collect(),
            segments,
            traits,
            experience,
            accounts: self.accounts.values().cloned().collect(),
            scenarios,
            baseline,
        }
    }

    /// The shares of the segments in canonical order.
    fn shares(&self) -> Vec<f64> {
        self.identity.segment_order(self.study).iter().map(|name| self.study.segments[name].share).collect()
    }

    fn run_plan(&mut self) -> RunPlan {
        let run = &self.study.run;
        let at = |key: &str| Path::of(["run", key]);
        let segments = self.study.segments.len() as u64;
        let agents = run.agents.map_or(run.customers.0.clamp(1, USUAL_AGENTS).max(segments), |agents| agents.0);
        self.within("horizon", run.horizon.0, 1, MOST_PERIODS);
        self.within("customers", run.customers.0, 1, 1 << 53);
        self.within("agents", agents, segments.max(1), MOST_AGENTS);
        self.within("replications", run.replications.0, 1, MOST_REPLICATIONS);
        if !(run.interval > 0.5 && run.interval < 1.0) {
            self.fault(
                Diagnostic::error(format!("an interval cannot have the level {}", run.interval))
                    .at(at("interval").to_string())
                    .mend("give a level between 0.5 and 1, such as 0.95"),
            );
        }
        let rate = run.discount_rate.clone().unwrap_or(Number::Known(0.0));
        let discount_rate = self.numbers.fixed(&at("discount_rate"), &at("discount_rate"), Meaning::Positive, &rate);
        RunPlan {
            period: run.period,
            horizon: u32::try_from(run.horizon.0.clamp(1, MOST_PERIODS)).unwrap_or(1),
            customers: run.customers.0,
            agents: u32::try_from(agents.clamp(1, MOST_AGENTS)).unwrap_or(1),
            replications: u32::try_from(run.replications.0.clamp(1, MOST_REPLICATIONS)).unwrap_or(1),
            seed: run.seed.0,
            discount_rate,
            accrual: run.accrual,
            interval: run.interval,
        }
    }

    fn within(&mut self, key: &str, value: u64, low: u64, high: u64) {
        if (low..=high).contains(&value) {
            return;
        }
        let mut fault = Diagnostic::error(format!("`run.{key}` cannot be {value}"))
            .at(format!("run.{key}"))
            .mend(format!("give a whole number from {} to {}", grouped(low), grouped(high)));
        if key == "agents" && value < low && value > 0 {
            fault = fault.why(format!("each of the {low} segments needs at least one simulated customer"));
        }
        self.fault(fault);
    }

    fn baseline(&mut self) -> ScenarioId {
        let Some(name) = &self.study.run.baseline else {
            if self.study.scenarios.is_empty() {
                self.fault(
                    Diagnostic::error("there is no scenario to run")
                        .at("scenarios")
                        .mend("add one that changes nothing: `[scenarios.today]`"),
                );
            }
            return ScenarioId(0);
        };
        let place = self.study.scenarios.get_index_of(name);
        if place.is_none() {
            let mend = suggest(name, self.study.scenarios.keys().map(String::as_str));
            self.fault(
                Diagnostic::error(format!("the baseline `{name}` is not a scenario")).at("run.baseline").mend(mend),
            );
        }
        ScenarioId::from(place.unwrap_or(0))
    }

    fn name_traits(&mut self) {
        let declared = self.study.traits.keys();
        let given = self.study.segments.values().flat_map(|segment| segment.traits.keys());
        for name in declared.chain(given) {
            let next = TraitId::from(self.traits.len());
            self.traits.entry(name.clone()).or_insert(next);
        }
        if let Some(name) = self.traits.keys().find(|name| *name == "satisfaction").cloned() {
            let giver = self
                .study
                .segments
                .iter()
                .find(|(_, segment)| segment.traits.contains_key(&name))
                .map(|(giver, _)| giver);
            let at = giver
                .filter(|_| !self.study.traits.contains_key(&name))
                .map_or_else(|| Path::of(["traits", &name]), |giver| Path::of(["segments", giver, "traits", &name]));
            self.fault(
                Diagnostic::error("a trait cannot be called `satisfaction`")
                    .at_key(at.to_string())
                    .why("`satisfaction` is what customers remember; see `[experience]`")
                    .mend("give it another name"),
            );
        }
    }

    fn trait_list(&self) -> Vec<Trait> {
        let mut seen: IndexMap<u64, u64> = IndexMap::new();
        self.traits
            .keys()
            .map(|name| {
                let shape = self.identity.trait_luck(name);
                let twin = seen.entry(shape).or_insert(0);
                *twin += 1;
                let written = self.study.traits.get(name);
                #[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
                let luck = super::identity::mix(shape, *twin) as u32;
                Trait {
                    name: name.clone(),
                    neutral: written.map_or(0.0, |t| t.neutral),
                    ages: written.is_some_and(|t| t.ages),
                    luck,
                }
            })
            .collect()
    }

    fn declare_accounts(&mut self) {
        let money = |name: &str, title: Option<&String>, kind| Account {
            name: name.to_owned(),
            title: title.map_or(name, |t| t).to_owned(),
            kind: AccountKind::Money(kind),
        };
        for (name, line) in &self.study.lines {
            self.accounts.insert(name.clone(), money(name, line.title.as_ref(), line.kind));
        }
        self.accounts.entry("revenue".to_owned()).or_insert_with(|| money("revenue", None, LineKind::Revenue));
        for (name, outcome) in &self.study.outcomes {
            if self.study.lines.contains_key(name) || name == "revenue" {
                self.fault(
                    Diagnostic::error(format!("`{name}` is both a ledger line and an outcome"))
                        .at(Path::of(["outcomes", name]).to_string())
                        .why("`values` and the report could not tell them apart")
                        .mend("give one of them another name"),
                );
            }
            self.check_outcome(name, outcome);
            let account = Account {
                name: name.clone(),
                title: outcome.title.clone().unwrap_or_else(|| name.clone()),
                kind: AccountKind::Outcome {
                    unit: outcome.unit.clone().unwrap_or_default(),
                    discount_rate: outcome.discount_rate.unwrap_or(0.0),
                    less_is_better: outcome.less_is_better,
                },
            };
            self.accounts.insert(name.clone(), account);
        }
    }

    fn check_outcome(&mut self, name: &str, outcome: &Outcome) {
        let rate = outcome.discount_rate.unwrap_or(0.0);
        if !(rate >= 0.0 && rate.is_finite()) {
            self.fault(
                Diagnostic::error(format!("a discount rate cannot be {rate}"))
                    .at(Path::of(["outcomes", name, "discount_rate"]).to_string())
                    .why("it must be a number that is not negative")
                    .mend("give a rate a year, such as 0.03"),
            );
        }
    }

    /// The account of a value, or a fault that says how to declare it.
    pub fn account(&mut self, name: &str, at: &Path) -> Option<LineId> {
        if !self.accounts.contains_key(name) && (name.ends_with("cost") || name.ends_with("costs")) {
            let title = name.replace('_', " ");
            self.accounts.insert(
                name.to_owned(),
                Account { name: name.to_owned(), title, kind: AccountKind::Money(LineKind::Cost) },
            );
        }
        if let Some(place) = self.accounts.get_index_of(name) {
            return Some(LineId::from(place));
        }
        let known: Vec<String> = self.accounts.keys().cloned().collect();
        let mend = nearest(name, known.iter().map(String::as_str)).map_or_else(
            || {
                let (line, outcome) = (Path::of(["lines", name]), Path::of(["outcomes", name]));
                format!("add `[{line}]` with `kind = \"revenue\"` or `kind = \"cost\"`; or, where it is no money, `[{outcome}]`")
            },
            |near| format!("did you mean `{near}`?"),
        );
        self.fault(
            Diagnostic::error(format!("nothing says whether `{name}` is money in or money out"))
                .at_key(at.to_string())
                .why("`revenue` is money in, and a name that ends in `cost` is money out; every other name is declared")
                .mend(mend),
        );
        None
    }

    /// A parameter that scenarios may change; its written place is its path.
    pub fn number(&mut self, path: &Path, meaning: Meaning, number: &Number) -> ParamId {
        self.numbers.changeable(path, path, meaning, number)
    }
}

/// More stages, segments or scenarios than can be told apart or played.
fn crowds(study: &Study) -> Vec<Diagnostic> {
    let crowd = |key: &str, count: usize, most: usize, mend: &str| {
        let fault = || {
            Diagnostic::error(format!("the study has {count} {key}"))
                .at(key)
                .why(format!("{most} are the most"))
                .mend(mend)
        };
        (count > most).then(fault)
    };
    let alike = "let stages that are alike be one; a list `by = \"periods_in_stage\"` tells early from late periods";
    [
        crowd("stages", study.stages.len(), MOST_STAGES, alike),
        crowd(
            "segments",
            study.segments.len(),
            MOST_SEGMENTS,
            "let segments that are alike be one; a trait tells customers apart",
        ),
        crowd("scenarios", study.scenarios.len(), MOST_SCENARIOS, "split the study into several"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The fault of a study with more rows than anyone can wait for.
fn too_much(work: u64) -> Diagnostic {
    Diagnostic::error(format!("the study makes about {} rows of chances", grouped(work)))
        .at("run.horizon")
        .why(format!("each period in which a change grows, each place in a list, each segment and each scenario makes rows of its own; {} are the most", grouped(MOST_WORK)))
        .mend("use longer periods, a shorter horizon, shorter lists or shorter ramps")
}

/// A whole number as people and TOML write it: `4_000_000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
