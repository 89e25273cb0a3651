//! A play is one run of an experiment: what simulates, what is solved beside it, and what prices what comes of both.

use std::sync::Arc;

use crate::engine::exact::cost::MULTIPLICATIONS_EACH;
use crate::engine::exact::depth::Depth;
use crate::engine::run::replication::Replication;
use crate::engine::run::simulation::Simulation;
use crate::engine::run::work::CUSTOMER_PERIOD;
use crate::faults::Faults;
use crate::model::Model;

use super::extras::Extras;
use super::runs::Runs;
use crate::estimate::money::pricer::{Priced, Pricer};
use crate::estimate::uncertainty::uncoupled::{Beside, Uncoupled};

/// One run of an experiment.
pub struct Play<'a> {
    model: &'a Arc<Model>,
    simulation: Simulation<'a>,
    pricer: Pricer<'a>,
    beside: Option<Beside<'a>>,
    extras: Extras,
}

impl<'a> Play<'a> {
    /// The scenarios that are solved beside the simulation, where that is to be.
    pub fn uncoupled(model: &Model, extras: &Extras) -> Option<Uncoupled> {
        Uncoupled::of(model).filter(|_| extras.depth == Depth::None && extras.is_audited)
    }

    /// The run of a model's simulation, with what is solved and spent beside it.
    pub fn new(
        model: &'a Arc<Model>,
        simulation: &'a Simulation<'a>,
        uncoupled: Option<&'a Uncoupled>,
        mut extras: Extras,
    ) -> Self {
        let beside = uncoupled.and_then(|its| its.beside(simulation.design(), &mut extras.budget));
        let pricer = Pricer::new(model);
        let simulation = simulation.clone().depth(extras.depth).allowance(extras.allowance / CUSTOMER_PERIOD);
        Self { model, simulation, pricer, beside, extras }
    }

    /// What the run comes to, before any replication is taken in.
    pub fn begin(&self) -> Runs {
        let simulation = &self.simulation;
        Runs::new((self.model, simulation.design()), &self.pricer.lines, self.extras.clone(), simulation.thread_count())
    }

    /// Plays all replications of the simulation, and hands them on in their order.
    ///
    /// # Errors
    /// Those of [`Simulation::run`].
    pub fn run(&self, sink: impl FnMut(Priced) + Send) -> Result<(), Faults> {
        let grains = &self.extras.grains;
        let price = |mut replication: Replication, taken: u64| {
            if let Some(beside) = &self.beside {
                beside.expect(&mut replication, taken);
            }
            (self.pricer.price(&replication, grains), replication.work)
        };
        self.simulation.run_mapped(grains, price, sink)
    }

    /// Does what is done when all replications have been taken in.
    pub fn finish(&self, runs: &mut Runs) {
        runs.finish(&self.simulation, &self.pricer);
    }

    /// How many multiplications expectations of draws may take before those of later waves are given up.
    pub fn allowance(&self) -> f64 {
        let own = self.extras.allowance / CUSTOMER_PERIOD * MULTIPLICATIONS_EACH;
        self.beside.as_ref().map_or(own, |beside| beside.allowance)
    }
}
