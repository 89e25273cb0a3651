//! The exact expectations of what a simulation draws.

use rayon::prelude::*;

use crate::engine::count::cells::{Arrivals, planned};
use crate::engine::count::counts::Counts;
use crate::engine::exact::cohort::Solver;
use crate::engine::mechanism::schedule::obstacles;
use crate::engine::run::simulation::{Simulation, Solved};
use crate::engine::run::threads::{install, pool};
use crate::model::draw::Draw;
use crate::quantity::{ScenarioId, SegmentId};

impl<'m> Simulation<'m> {
    /// What computes exact expectations.
    ///
    /// # Errors
    /// Why there are none.
    pub fn solver(&self) -> Result<&Solver<'m>, &[String]> {
        let solver = self.solver.get_or_init(|| {
            let why = obstacles(self.model);
            if why.is_empty() { Solver::of(self.model, &self.schedule.program, self.design) } else { Err(why) }
        });
        solver.as_ref().map_err(Vec::as_slice)
    }

    /// The expected flows of all real customers by scenario and segment, where so many come by scenario, segment and entry.
    pub fn expected(&self, drawn: &Draw, arrivals: &[Vec<Vec<Arrivals>>]) -> Option<Vec<Vec<Counts<f64>>>> {
        self.solved(drawn, arrivals).map(|(flows, _)| flows)
    }

    /// The same, and the multiplications that it took.
    pub fn solved(&self, drawn: &Draw, arrivals: &[Vec<Vec<Arrivals>>]) -> Option<Solved> {
        let solution = self.solver().ok()?.at(drawn);
        let segment = |scenario: usize, segment: usize| {
            let came: Vec<f64> = arrivals[scenario][segment].iter().map(|its| its.real).collect();
            solution.flows((ScenarioId::from(scenario), SegmentId::from(segment)), &came)
        };
        let scenarios = (0..self.model.scenarios.len()).into_par_iter();
        let segments = self.model.segments.len();
        let flows = scenarios.map(|scenario| (0..segments).map(|its| segment(scenario, its)).collect()).collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive, far below 2^63")]
        let work = libm::ceil(solution.work()) as u64;
        Some((flows, work))
    }

    /// The same for the medians of what is uncertain, on the threads of the simulation.
    pub fn expected_at_medians(&self) -> Option<Vec<Vec<Counts<f64>>>> {
        let central = self.model.central();
        let solve = || self.expected(&central, &planned(self.model, &central));
        pool(self.threads).map_or_else(|_| solve(), |pool| install(&pool, solve))
    }
}
