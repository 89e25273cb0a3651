//! A record is what a part of a run came to, exactly, so that it can be kept and folded with the other parts.

use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::digest::sha256;
use crate::engine::exact::depth::Depth;
use crate::engine::run::divergence::Resolution;
use crate::engine::run::wave::wave;
use crate::faults::{Cause, Faults};
use crate::model::Model;

use super::experiment::Experiment;
use super::play::Play;
use super::runs::Runs;
use crate::estimate::money::pricer::Priced;

/// What bytes of a record begin with.
const MARK: &[u8] = b"polku record 1\n";

/// What some replications of an experiment came to.
#[derive(Deserialize, Serialize)]
pub struct Record {
    /// The version of polku.
    version: String,
    /// What was run: the study, what was set in it, and which scenarios were compared.
    study: String,
    /// The exact expectations that were asked for, and whether estimators of differences were.
    asked: (Option<Depth>, bool),
    /// How the difference of each scenario is estimated: as was asked for, or as the pilot chose.
    grains: Vec<Option<Resolution>>,
    /// The number of the first replication.
    first: u32,
    replications: Vec<Priced>,
}

impl Record {
    /// The record as bytes. Numbers stand in them to the last bit.
    ///
    /// # Errors
    /// A fault of polku.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Faults> {
        Ok([MARK, &packed(self)?].concat())
    }

    /// A record from its bytes.
    ///
    /// # Errors
    /// Bytes that are no record of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Faults> {
        let record = bytes.strip_prefix(MARK).and_then(|bytes| postcard::take_from_bytes::<Self>(bytes).ok());
        let whole = record.filter(|(record, rest)| rest.is_empty() && record.version == VERSION);
        whole
            .map(|(record, _)| record)
            .ok_or_else(|| refused("this is no record of a run, or it is one of another version of polku"))
    }

    /// The replications that it holds.
    pub fn range(&self) -> Range<u32> {
        self.first..self.end()
    }

    fn end(&self) -> u32 {
        self.first.saturating_add(u32::try_from(self.replications.len()).unwrap_or(u32::MAX))
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Experiment {
    /// Runs a part of the replications, counted from 0. Records of all parts fold into the same [`Runs`] as one run gives.
    ///
    /// # Errors
    /// Those of [`Experiment::run`], or replications that the experiment does not have.
    pub fn range(&self, part: Range<u32>) -> Result<Record, Faults> {
        self.check()?;
        let all = self.model().run.replications;
        if part.is_empty() || part.end > all {
            let what = format!("there are no replications {} to {}", part.start, part.end);
            return Err(refused(&format!("{what}; the experiment has {all}, counted from 0")));
        }
        let simulation = self.simulation();
        let extras = self.extras(&simulation, None);
        let (asked, grains) = ((extras.asked, self.is_forced()), extras.grains.clone());
        let uncoupled = Play::uncoupled(self.model(), &extras);
        let part_alone = simulation.clone().range(part.clone());
        let play = Play::new(self.model(), &part_alone, uncoupled.as_ref(), extras);
        let mut replications = Vec::new();
        play.run(|priced| replications.push(priced))?;
        let study = studied(self.model())?;
        Ok(Record { version: VERSION.to_owned(), study, asked, grains, first: part.start, replications })
    }
}

impl Runs {
    /// Folds records of all parts of an experiment, in their order. The pilot's choice is taken from them.
    ///
    /// # Errors
    /// Records of something else, or that do not make up all replications.
    pub fn fold(experiment: &Experiment, records: impl IntoIterator<Item = Record>) -> Result<Self, Faults> {
        experiment.check()?;
        let (mut next, study) = (0, studied(experiment.model())?);
        let mut records = records.into_iter().peekable();
        let grains = records.peek().map(|record| record.grains.clone());
        let simulation = experiment.simulation();
        let extras = experiment.extras(&simulation, grains.clone());
        let asked = (extras.asked, experiment.is_forced());
        let uncoupled = Play::uncoupled(experiment.model(), &extras);
        let play = Play::new(experiment.model(), &simulation, uncoupled.as_ref(), extras);
        let mut runs = play.begin();
        let mut spent = Spent { wave: wave(experiment.model()), allowance: play.allowance(), before: 0, taken: 0 };
        for record in records {
            if record.study != study || record.asked != asked || Some(&record.grains) != grains.as_ref() {
                return Err(refused("a record is of another study, or was asked for something else"));
            }
            if record.first != next {
                return Err(refused(&format!(
                    "replication {next} is wanted next, and a record begins with {}",
                    record.first
                )));
            }
            next = record.end();
            for (number, mut priced) in (record.first..).zip(record.replications) {
                if !spent.allows(number, priced.work) {
                    priced.expected.iter_mut().for_each(|expected| *expected = None);
                }
                runs.take(&priced);
            }
        }
        if next != experiment.model().run.replications {
            return Err(refused(&format!("the records end before replication {next}")));
        }
        play.finish(&mut runs);
        Ok(runs)
    }
}

/// What expectations have taken, as one run would have counted it: when a wave ends, those of later ones may be given up.
struct Spent {
    /// How many replications are under way at a time.
    wave: u32,
    /// What may be taken, in multiplications.
    allowance: f64,
    /// What earlier waves took.
    before: u64,
    /// What this one and earlier ones took.
    taken: u64,
}

impl Spent {
    /// Whether a replication has expectations; the work of those that it has is counted.
    fn allows(&mut self, number: u32, work: u64) -> bool {
        if number.is_multiple_of(self.wave) {
            self.before = self.taken;
        }
        let allows = self.before as f64 <= self.allowance;
        self.taken += if allows { work } else { 0 };
        allows
    }
}

/// What is run, in one number: whoever has the same of it has the same replications.
fn studied(model: &Model) -> Result<String, Faults> {
    let (source, run) = (&model.source, &model.run);
    let scenarios: Vec<&str> = model.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let played = (run.seed, run.replications, model.baseline.index(), scenarios);
    packed(&(&source.text, source.settings(), source.list_digests(), played)).map(|bytes| sha256(&bytes))
}

/// A value as bytes.
fn packed(what: &impl Serialize) -> Result<Vec<u8>, Faults> {
    postcard::to_allocvec(what).map_err(|fault| Faults::one(Cause::Internal, Diagnostic::error(fault.to_string())))
}

fn refused(what: &str) -> Faults {
    Faults::one(Cause::Wrong, Diagnostic::error(what))
}
