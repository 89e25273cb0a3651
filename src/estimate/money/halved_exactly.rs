//! How customers pass through the stages, and what half the loss of each is worth, by exact expectations: everybody goes
//! through the periods once as it is written, and once for each stage with half its loss.

use crate::engine::count::cells::{Arrivals, planned};
use crate::engine::count::counts::Counts;
use crate::engine::exact::cohort::Solver;
use crate::engine::exact::cost::ExactCost;
use crate::engine::exact::precision::Precision;
use crate::engine::run::threads::each;
use crate::engine::run::work::CUSTOMER_PERIOD;
use crate::engine::table::program::Program;
use crate::model::Model;
use crate::model::draw::Draw;
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::entered::everybody;
use super::lines::Lines;
use super::prices::Prices;
use super::statement::Whose;
use crate::estimate::budget::{Budget, LeftOut};
use crate::estimate::funnel::Funnel;

/// How customers of a scenario pass, and what half the loss of each stage is worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExactFunnel {
    /// How they pass.
    pub funnel: Funnel,
    /// By stage; none where it is not known, or nobody is lost.
    pub worths: Vec<Option<f64>>,
}

/// What is solved: everything at the medians.
struct Asked<'a> {
    model: &'a Model,
    precision: &'a Precision,
    drawn: &'a Draw,
    lines: &'a Lines,
    arrivals: &'a [Vec<Vec<Arrivals>>],
}

/// That of every scenario, at the medians of what is uncertain; without worths, or not at all, where that would take more than
/// is left of the budget.
pub fn funnels(model: &Model, precision: &Precision, budget: &mut Budget, threads: usize) -> Option<Vec<ExactFunnel>> {
    let model = model.with_all_moves();
    let (program, drawn, lines) = (Program::new(&model), model.central(), Lines::of(&model));
    let work = CUSTOMER_PERIOD * ExactCost::of(&Solver::with(&model, &program, precision.clone())).draw;
    if !budget.spend(work) {
        budget.leave_out(LeftOut::Funnel);
        return None;
    }
    let arrivals = planned(&model, &drawn);
    let asked = Asked { model: &model, precision, drawn: &drawn, lines: &lines, arrivals: &arrivals };
    let scenarios: Vec<ScenarioId> = (0..model.scenarios.len()).map(ScenarioId::from).collect();
    let written = each(threads, &scenarios, |scenario| asked.solved(*scenario, None));
    let of = |(funnel, _): &(Funnel, f64)| funnel.losing(&model);
    let losing: Vec<(ScenarioId, StageId)> = scenarios
        .iter()
        .zip(&written)
        .flat_map(|(scenario, its)| of(its).into_iter().map(|from| (*scenario, from)))
        .collect();
    let affords = budget.spend(work * losing.len() as f64 / scenarios.len().max(1) as f64);
    if !affords {
        budget.leave_out(LeftOut::Funnel);
    }
    let asks = if affords { losing.as_slice() } else { &[] };
    let values = each(threads, asks, |(scenario, stage)| asked.solved(*scenario, Some(*stage)).1);
    let mut found: Vec<ExactFunnel> = Vec::new();
    for (funnel, _) in &written {
        found.push(ExactFunnel { funnel: funnel.clone(), worths: vec![None; model.stages.len()] });
    }
    for ((scenario, stage), value) in asks.iter().zip(values) {
        let before = written[scenario.index()].1;
        found[scenario.index()].worths[stage.index()] = Some(value - before);
    }
    Some(found)
}

impl Asked<'_> {
    /// How customers of a scenario pass, with half the loss of a stage, and the net present value of all of them.
    fn solved(&self, scenario: ScenarioId, halved: Option<StageId>) -> (Funnel, f64) {
        let program = Program::new(self.model);
        let mut solver = Solver::with(self.model, &program, self.precision.clone());
        if let Some(from) = halved {
            solver = solver.lessened(from, |to| self.model.loses(from, to), 0.5);
        }
        let solution = solver.at(self.drawn);
        let prices = Prices::new(self.model, self.lines, self.drawn);
        let whose = Whose { scenario, fired: &[] };
        let (mut funnel, mut value) = (Funnel::default(), 0.0);
        for (segment, arrivals) in self.arrivals[scenario.index()].iter().enumerate() {
            let segment = SegmentId::from(segment);
            let came: Vec<f64> = arrivals.iter().map(|its| its.real).collect();
            let flows: Counts<f64> = solution.flows((scenario, segment), &came);
            funnel.take(&flows);
            let books = prices.performance(whose, segment, &[everybody(&flows, arrivals)], None);
            value += books.money.discounted.iter().sum::<f64>();
        }
        (funnel, value)
    }
}
