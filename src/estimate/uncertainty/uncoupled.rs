//! Scenarios without contingency rules in a study that has some: nothing couples their customers, so that the audit can hold
//! them against exact expectations although the study as a whole has none.

use std::sync::OnceLock;

use crate::engine::chance::design::Design;
use crate::engine::count::cells::planned;
use crate::engine::exact::cost::{ExactCost, MULTIPLICATIONS_EACH};
use crate::engine::mechanism::schedule::obstacles;
use crate::engine::run::replication::Replication;
use crate::engine::run::simulation::{Simulation, Solved};
use crate::engine::run::work::CUSTOMER_PERIOD;
use crate::model::Model;
use crate::quantity::ScenarioId;

use crate::estimate::budget::Budget;

/// A study of the scenarios whose customers do not depend on each other.
pub struct Uncoupled {
    model: Model,
    /// Which scenarios of the whole study they are.
    places: Vec<usize>,
    /// How many scenarios that has.
    all: usize,
}

/// What solves their expectations in the first replications of a run.
pub struct Beside<'a> {
    of: &'a Uncoupled,
    simulation: Simulation<'a>,
    replications: u32,
    fixed: OnceLock<Option<Solved>>,
    /// What all of them may take, in multiplications.
    pub allowance: f64,
}

impl Uncoupled {
    /// Those of a study; none where it has no rules, or where something else stands in the way of expectations.
    pub fn of(model: &Model) -> Option<Self> {
        let free = |its: &usize| model.scenarios[*its].rules.is_empty();
        let places: Vec<usize> = (0..model.scenarios.len()).filter(free).collect();
        if !model.has_rules() || places.is_empty() {
            return None;
        }
        let mut alone = model.clone();
        alone.scenarios = places.iter().map(|its| model.scenarios[*its].clone()).collect();
        let baseline = places.iter().position(|its| *its == model.baseline.index());
        alone.baseline = ScenarioId::from(baseline.unwrap_or(0));
        obstacles(&alone).is_empty().then_some(Self { model: alone, places, all: model.scenarios.len() })
    }

    /// What solves them in as many replications of a design as a budget allows; none where that is not a single one.
    pub fn beside(&self, design: Design, budget: &mut Budget) -> Option<Beside<'_>> {
        let simulation = Simulation::new(&self.model, design);
        let work = CUSTOMER_PERIOD * ExactCost::of(simulation.solver().ok()?).draw;
        let draws = if self.model.is_uncertain() { f64::from(self.model.run.replications) } else { 1.0 };
        let afforded = (budget.left() / work).floor().min(draws);
        if afforded < 1.0 || !budget.spend(afforded * work) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to the replications")]
        let replications = if self.model.is_uncertain() { afforded as u32 } else { self.model.run.replications };
        Some(Beside {
            of: self,
            simulation,
            replications,
            fixed: OnceLock::new(),
            // Draws differ from the medians, and may take what is left beside what was reserved.
            allowance: (afforded * work + budget.left()) / CUSTOMER_PERIOD * MULTIPLICATIONS_EACH,
        })
    }
}

impl Beside<'_> {
    /// Gives a replication the expectations of scenarios that have some. What those of earlier waves have taken is known
    /// whoever was fastest in them.
    pub fn expect(&self, replication: &mut Replication, taken: u64) {
        if replication.number >= self.replications || taken as f64 > self.allowance {
            return;
        }
        let solve = |drawn| self.simulation.solved(drawn, &planned(&self.of.model, drawn));
        let solved = if self.of.model.is_uncertain() {
            solve(&replication.drawn)
        } else {
            let fixed = self.fixed.get_or_init(|| solve(&replication.drawn)).clone();
            // What is solved once for all is counted once.
            fixed.map(|(flows, work)| (flows, if replication.number == 0 { work } else { 0 }))
        };
        let Some((flows, work)) = solved else { return };
        let mut all = vec![Vec::new(); self.of.all];
        self.of.places.iter().zip(flows).for_each(|(place, flows)| all[*place] = flows);
        (replication.expected, replication.work) = (Some(all), work);
    }
}
