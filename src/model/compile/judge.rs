//! A study is judged as a whole: it is compiled, and every fault is found on the way.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::faults::Faults;
use crate::legible::line;
use crate::model::people::{converts, split};
use crate::model::roadmap::RoadmapRules;
use crate::model::{Model, check, sense};
use crate::quantity::{SegmentId, StageId};
use crate::study::Study;
use crate::study::names::{KINDS, Kind};
use crate::study::source::Source;

use super::compiler::{Compiler, MOST_FAULTS};
use super::errors::Errors;
use super::roadmap;
use super::run::grouped;

/// The most rows of chances that are checked before a run; it takes some seconds.
const MOST_WORK: u64 = 50_000_000;

impl Model {
    /// Compiles a study.
    ///
    /// # Errors
    /// All faults of the study at once, and its warnings with them.
    pub fn compile(study: &Study) -> Result<Self, Faults> {
        let source = &study.source;
        let (model, mut found) = judged(study, source, MOST_WORK, check::rows);
        source.locate_all(&mut found);
        // In the order of the file, as one would fix them.
        found.sort_by_key(|fault| fault.places.first().map_or(0, |place| place.line));
        if found.len() > MOST_FAULTS {
            let more = found.len() - MOST_FAULTS;
            found.sort_by_key(|fault| fault.severity);
            // Errors come first, so that only warnings may be left over.
            let rest = found.split_off(MOST_FAULTS);
            found.push(if rest.iter().any(|fault| fault.severity == Severity::Error) {
                Diagnostic::error(format!("there are {more} more faults"))
                    .help("fix these first; most often the others follow from them")
            } else {
                Diagnostic::warning(format!("there are {more} more warnings"))
            });
        }
        match model {
            Some(model) if found.iter().all(|fault| fault.severity == Severity::Warning) => {
                Ok(Self { source: Arc::clone(source), warnings: found, ..model })
            }
            _ => Err(Faults::wrong(&source.name, found)),
        }
    }
}

/// A study compiled, with all that is found in it, in no order and without places in the file; no more than so many rows
/// of chances are looked at, by `rows`.
pub fn judged(
    study: &Study,
    source: &Source,
    most_work: u64,
    rows: fn(&Model) -> Vec<Diagnostic>,
) -> (Option<Model>, Vec<Diagnostic>) {
    let crowds = crowds(study);
    if !crowds.is_empty() {
        return (None, crowds);
    }
    let mut compiler = Compiler::new(study, source);
    let model = compiler.model();
    let mut found = compiler.numbers.faults;
    let errors = Errors::of(&found);
    match check::work(&model) {
        work if work > most_work => found.extend(Some(too_much(work)).filter(|_| errors.is_empty())),
        _ => found.extend(rows(&model).into_iter().filter(|fault| errors.spare(fault))),
    }
    if errors.is_empty() {
        found.extend(check::reach(&model));
        found.extend(sense::warnings(&model));
        found.extend(check::hearsay::warnings(&model));
        found.extend(source.dotted());
    }
    (Some(model), found)
}

impl Compiler<'_> {
    fn model(&mut self) -> Model {
        let run = self.run_plan();
        let experience = self.experience();
        self.states();
        let stages = self.journey(run.horizon);
        self.touchpoints();
        self.book_channels();
        self.surveys();
        self.pillars();
        self.check_wallets(&stages);
        self.count_tags();
        let mut segments = self.segments();
        self.converts = converts(&stages, &segments);
        let (counters, bookings) = self.counters(&stages);
        self.serve(&run, &bookings);
        let shares = self.shares();
        // Shares that are wrong were told; there is no fair way to split by them.
        if shares.iter().all(|share| (0.0..=1.0).contains(share)) && (shares.iter().sum::<f64>() - 1.0).abs() <= 1e-9 {
            for (segment, agents) in segments.iter_mut().zip(split(run.agents, &shares)) {
                segment.agents = agents;
            }
        }
        let changes = roadmap::segment_changes(self, run.horizon);
        for (segment, changes) in segments.iter_mut().zip(changes) {
            segment.changes = changes;
        }
        let row_draws = self.row_draws(&stages);
        let patterns = self.patterns(run.horizon);
        let shocks = self.shocks(run.horizon);
        let capabilities = self.capabilities();
        let initiatives = self.initiatives(run.horizon);
        let scenarios = roadmap::scenarios(self, &initiatives, run.horizon);
        let together = self.together();
        let targets = self.targets_of(run.horizon);
        let change_capacity = self.change_capacity();
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
            title: self.study.title.clone().unwrap_or_else(|| line(&self.source.stem()).into_owned()),
            description: self.study.description.clone().unwrap_or_default(),
            currency: self.study.currency.clone(),
            run,
            params: std::mem::take(&mut self.numbers.params),
            spans: std::mem::take(&mut self.spans),
            rates: std::mem::take(&mut self.rates),
            carried: std::mem::take(&mut self.carried),
            tags: std::mem::take(&mut self.tags),
            channels: std::mem::take(&mut self.channels),
            touchpoints: std::mem::take(&mut self.touchpoints),
            hearsay: std::mem::take(&mut self.hearsay),
            rivals: self.rivals.take(),
            surveys: std::mem::take(&mut self.surveys),
            pillars: std::mem::take(&mut self.pillars),
            counters,
            weights: self.weights.take(),
            presences: std::mem::take(&mut self.presences),
            bookings,
            serving: std::mem::take(&mut self.serving),
            stages,
            stage_order: stage_order.into_iter().map(StageId::from).collect(),
            segment_order: segment_order.into_iter().map(SegmentId::from).collect(),
            segments,
            traits,
            experience,
            accounts: self.accounts.values().cloned().collect(),
            capabilities,
            initiatives,
            roadmap: RoadmapRules { change_capacity },
            shocks,
            patterns,
            together,
            row_draws,
            targets,
            scenarios,
            baseline,
            source: Arc::default(),
            warnings: Vec::new(),
        }
    }
}

/// More of anything than can be told apart, held against each other, or played.
fn crowds(study: &Study) -> Vec<Diagnostic> {
    let crowd = |kind: &Kind| {
        let (most, help) = kind.most?;
        let (count, key) = (kind.count(study), kind.root);
        let fault = || {
            Diagnostic::error(format!("the study has {count} {key}"))
                .at(key)
                .why(format!("{most} are the most"))
                .help(help)
        };
        (count > most).then(fault)
    };
    KINDS.into_iter().filter_map(crowd).collect()
}

/// The fault of a study with more rows than anyone can wait for.
fn too_much(work: u64) -> Diagnostic {
    Diagnostic::error(format!("the study makes about {} rows of chances", grouped(work)))
        .at("run.horizon")
        .why(format!("each period in which a change grows, each place in a list, each segment and each scenario makes rows of its own; {} are the most", grouped(MOST_WORK)))
        .help("use longer periods, a shorter horizon, shorter lists or shorter ramps")
}
