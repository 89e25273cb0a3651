//! An experiment plays every scenario of a model through every replication, and prices what it counts.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::engine::chance::design::Design;
use crate::engine::exact::depth::Depth;
use crate::engine::lanes::InstructionSet;
use crate::engine::run::divergence::Resolution;
use crate::engine::run::replay::{Life, Who, replay};
use crate::engine::run::simulation::Simulation;
use crate::faults::{Cause, Faults};
use crate::model::Model;
use crate::model::run_plan::MOST_REPLICATIONS;
use crate::quantity::ScenarioId;
use crate::study::setting::Setting;

use super::extras::Extras;
use super::memory::fits;
use super::play::Play;
use super::runs::Runs;

/// Every scenario of a model played through every replication. It owns a copy of the model.
#[derive(Clone)]
pub struct Experiment {
    model: Arc<Model>,
    threads: usize,
    block: Option<usize>,
    set: InstructionSet,
    exact: Option<Depth>,
    forced: Option<Vec<Option<Resolution>>>,
    progress: Option<Arc<Sink>>,
    tune: Option<Arc<Tune>>,
}

/// What is told how many replications have just finished.
type Sink = dyn Fn(u64) -> ControlFlow<()> + Send + Sync;

/// What changes what is done beside the simulation.
type Tune = dyn Fn(Extras) -> Extras + Send + Sync;

impl Experiment {
    /// The experiment that the model's run plan describes, on all processors.
    pub fn new(model: &Model) -> Self {
        Self {
            model: Arc::new(model.clone()),
            threads: 0,
            block: None,
            set: InstructionSet::best(),
            exact: None,
            forced: None,
            progress: None,
            tune: None,
        }
    }

    /// Runs this many replications instead of those that the study asks for, at least one.
    #[must_use]
    pub fn replications(mut self, replications: u32) -> Self {
        Arc::make_mut(&mut self.model).run.replications = replications;
        self.noted("run.replications", u64::from(replications))
    }

    /// Uses this seed instead of that of the study. It fixes every random number.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        Arc::make_mut(&mut self.model).run.seed = seed;
        self.noted("run.seed", seed)
    }

    /// Notes among the settings of the study what was set here, so that outputs say it.
    fn noted(mut self, path: &str, value: u64) -> Self {
        let source = Arc::make_mut(&mut Arc::make_mut(&mut self.model).source);
        // A study that was compiled has these paths.
        let _ = source.set(&[Setting { path: path.to_owned(), value: value.to_string(), option: None }]);
        self
    }

    /// Uses this many threads; 0 uses all processors. Results do not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Works on this many customers at a time. Results do not depend on it.
    #[must_use]
    pub fn block(mut self, customers: usize) -> Self {
        self.block = Some(customers);
        self
    }

    /// Uses these vector instructions instead of the widest that the processor has. Results do not depend on it.
    #[must_use]
    pub fn instructions(mut self, set: InstructionSet) -> Self {
        self.set = set;
        self
    }

    /// Solves exact expectations for these numbers, whatever it takes, instead of for as many as half of the work of the
    /// simulation allows.
    #[must_use]
    pub fn exact(mut self, depth: impl Into<Option<Depth>>) -> Self {
        self.exact = depth.into();
        self
    }

    /// Estimates the difference of each scenario as given instead of as a pilot chooses: forced at a grain, or paired.
    #[must_use]
    pub fn forced(mut self, grains: &[Option<Resolution>]) -> Self {
        self.forced = Some(grains.to_vec());
        self
    }

    /// Calls back with the number of replications just finished, from any thread. A sink that breaks stops the run, which
    /// then gives an error.
    #[must_use]
    pub fn progress(mut self, sink: impl Fn(u64) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(sink));
        self
    }

    /// The model that is run.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Replays the life of one simulated customer of a scenario and replication, period by period: the same as in the run.
    ///
    /// # Errors
    /// How many customers there are, of whom this one is none.
    pub fn replay(&self, scenario: ScenarioId, replication: u32, who: Who) -> Result<Life, u32> {
        replay(&self.simulation(), scenario, replication, who)
    }

    /// Changes what is done beside the simulation: for tests, which look at what no budget allows.
    #[doc(hidden)]
    #[must_use]
    pub fn tuned(mut self, tune: impl Fn(Extras) -> Extras + Send + Sync + 'static) -> Self {
        self.tune = Some(Arc::new(tune));
        self
    }

    /// Runs all replications.
    ///
    /// # Errors
    /// No replications, too little memory or no threads for them, or a run that was stopped.
    pub fn run(&self) -> Result<Runs, Faults> {
        self.watched(&mut |_| ())
    }

    /// [`Experiment::run`] that is looked at after every replication.
    ///
    /// # Errors
    /// Those of [`Experiment::run`].
    pub fn watched(&self, look: &mut (dyn FnMut(&Runs) + Send)) -> Result<Runs, Faults> {
        self.check()?;
        let simulation = self.simulation();
        let extras = self.extras(&simulation, None);
        let uncoupled = Play::uncoupled(&self.model, &extras);
        let play = Play::new(&self.model, &simulation, uncoupled.as_ref(), extras);
        let mut runs = play.begin();
        play.run(|priced| {
            runs.take(&priced);
            look(&runs);
        })?;
        play.finish(&mut runs);
        Ok(runs)
    }

    /// Whether the estimators of differences were asked for.
    pub(super) fn is_forced(&self) -> bool {
        self.forced.is_some()
    }

    /// The simulation of all replications.
    pub(super) fn simulation(&self) -> Simulation<'_> {
        let simulation =
            Simulation::new(&self.model, Design::of(&self.model)).threads(self.threads).instructions(self.set);
        let simulation = match self.block {
            Some(customers) => simulation.block(customers),
            None => simulation,
        };
        match &self.progress {
            Some(sink) => simulation.progress(&**sink),
            None => simulation,
        }
    }

    /// What is done beside the simulation. Where a pilot has chosen already, its choice is `known`.
    pub(super) fn extras(&self, simulation: &Simulation<'_>, known: Option<Vec<Option<Resolution>>>) -> Extras {
        let extras = match &self.forced {
            Some(grains) => Extras::forced(simulation, grains, self.exact),
            None => Extras::new(simulation, self.exact, known),
        };
        match &self.tune {
            Some(tune) => tune(extras),
            None => extras,
        }
    }

    /// Whether it can be run at all.
    pub(super) fn check(&self) -> Result<(), Faults> {
        let replications = u64::from(self.model.run.replications);
        if replications == 0 || replications > MOST_REPLICATIONS {
            let what = Diagnostic::error(format!("a run cannot have {replications} replications"));
            return Err(Faults::one(Cause::Wrong, what.help(format!("run from 1 to {MOST_REPLICATIONS} of them"))));
        }
        fits(&self.model, self.threads)
    }
}
