//! The cohort is the exact expectation where nothing couples customers: no chance, no simulated customers.
//!
//! A cohort's shares by stage are propagated through the rows (Sonnenberg & Beck 1993, "Markov models in medical
//! decision making", Medical Decision Making 13(4)); stages whose chances depend on the time in them are spread over
//! tunnel states, and every share over the nodes of a satisfaction grid (`satisfaction_grid.rs`). Traits that bend rows
//! are integrated over their distribution. Purchases are a Poisson stream; thinned by a chance `c` of leaving after
//! each, λ of them become (1 - exp(-λc))/c (Kingman 1993, "Poisson processes").
//!
//! Expectations are linear in who comes, so all who came go through the periods as one (`state.rs`), unless something
//! depends on how long ago they came.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::starts::changed;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::kernels::{Kernels, Laws};
use super::layout::Layout;
use super::precision::Precision;
use super::rows::Kinds;
use super::satisfaction_grid::SatisfactionGrid;
use super::state::CohortState;
use super::table::CohortTable;
use super::work::{Done, Weights};
use crate::engine::chance::narrow::whole;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::engine::table::program::Program;

/// The intervals of the coarsest satisfaction grid.
const FEWEST_INTERVALS: usize = 8;
/// The intervals of the finest satisfaction grid.
pub const MOST_INTERVALS: usize = FEWEST_INTERVALS << (GRIDS - 2);
/// The grids from the coarsest to the finest, each twice as fine as the one before, after the one of a single node.
pub const GRIDS: usize = 7;
/// The numbers that are worked through side by side, about.
pub(super) const WIDTH: usize = 2048;

/// What is the same whatever is drawn: where customers are kept, which kinds there are, what they experience.
pub struct Solver<'m> {
    /// What is true of the study.
    pub model: &'m Model,
    /// How finely laws are taken apart.
    pub precision: Precision,
    layout: Layout,
    counters: CountLayout,
    /// By segment: the kinds of customers.
    kinds: Vec<Kinds>,
    laws: Laws,
    grids: [OnceLock<SatisfactionGrid>; GRIDS],
}

/// The solver at one draw of the numbers.
pub struct Solution<'a, 'm> {
    solver: &'a Solver<'m>,
    drawn: &'a Draw,
    kernels: Kernels<'a>,
    weights: Weights,
    done: Done,
}

impl<'m> Solver<'m> {
    /// The solver of a model that takes laws apart as finely as it is told.
    pub fn with(model: &'m Model, program: &Program, precision: Precision) -> Self {
        Self {
            model,
            layout: Layout::new(model, program, precision.grid > 0),
            counters: CountLayout::of(model),
            kinds: (0..model.segments.len()).map(|segment| precision.kinds(model, segment)).collect(),
            laws: Laws::of(model),
            grids: Default::default(),
            precision,
        }
    }

    /// Where customers are kept.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The kinds of customers of a segment.
    pub fn kinds(&self, segment: SegmentId) -> &Kinds {
        &self.kinds[segment.index()]
    }

    /// No kernels yet, on the coarsest grid: it shows what is made for touchpoints.
    pub fn rehearsed(&self) -> Kernels<'_> {
        Kernels::new(self.grid(self.precision.grid.min(1)), &self.laws)
    }

    /// The same where only a share of those who would take the ways from a stage to some others takes them.
    #[must_use]
    pub fn lessened(mut self, from: StageId, to: impl Fn(StageId) -> bool, share: f64) -> Self {
        self.layout.lessen(self.model, from, to, share);
        self
    }

    /// The expectations at a draw of the numbers.
    pub fn at<'a>(&'a self, drawn: &'a Draw) -> Solution<'a, 'm> {
        self.on(drawn, self.grid(self.precision.grid))
    }

    /// The same on a given satisfaction grid.
    pub fn on<'a>(&'a self, drawn: &'a Draw, grid: &'a SatisfactionGrid) -> Solution<'a, 'm> {
        Solution {
            solver: self,
            drawn,
            kernels: Kernels::new(grid, &self.laws),
            weights: Weights::new(self.model, &self.layout, grid.nodes().len()),
            done: Done::default(),
        }
    }

    /// A satisfaction grid by its place, from the one of a single node to the finest.
    pub fn grid(&self, place: usize) -> &SatisfactionGrid {
        let intervals = if place == 0 { 0 } else { FEWEST_INTERVALS << (place - 1) };
        self.grids[place].get_or_init(|| SatisfactionGrid::new(intervals))
    }
}

impl<'m> Solution<'_, 'm> {
    /// What is true of the study.
    pub fn model(&self) -> &'m Model {
        self.solver.model
    }

    /// Where customers are kept.
    pub fn layout(&self) -> &Layout {
        &self.solver.layout
    }

    /// How many multiplications the walks so far have taken, with the kernels that were made for them.
    pub fn work(&self) -> f64 {
        let touched = self.kernels.work().multiplications(self.kernels.grid().nodes().len());
        self.done.all() + self.kernels.count() as f64 * self.weights.kernel + touched
    }

    /// What periods do to satisfaction.
    pub fn kernels(&self) -> &Kernels<'_> {
        &self.kernels
    }

    /// The kinds of customers of a segment.
    pub fn kinds(&self, segment: SegmentId) -> &Kinds {
        self.solver.kinds(segment)
    }

    /// The numbers of a scenario and segment over time.
    pub fn timeline(&self, (scenario, segment): (ScenarioId, SegmentId)) -> Timeline<'_> {
        Timeline::new(self.solver.model, self.drawn, scenario, segment)
    }

    /// Where customers of an entry (0: at the start) begin, and which part of them in each stage; a stage may have several.
    pub fn start(&self, timeline: &Timeline<'_>, segment: SegmentId, entry: usize) -> Cow<'m, [(StageId, f64)]> {
        let model = self.solver.model;
        let changed = changed(model, timeline, segment.index(), whole(entry));
        let written = || Cow::Borrowed(model.segments[segment.index()].start_at(entry));
        changed.map_or_else(written, |start| Cow::Owned(start.pieces))
    }

    /// The cells in which those begin who start so, and which part of them in each.
    pub fn starts(&self, start: &[(StageId, f64)]) -> impl Iterator<Item = (usize, f64)> {
        start.iter().filter_map(|(stage, part)| {
            let cells = &self.solver.layout.stages[stage.index()];
            Some((cells.first[usize::from(cells.retained)]?, *part))
        })
    }

    /// The expected flows of one scenario and segment, where so many customers come by entry (0: who is there at the
    /// start).
    pub fn flows(&self, place: (ScenarioId, SegmentId), came: &[f64]) -> Counts<f64> {
        self.flows_of(place, came, &self.solver.kinds[place.1.index()])
    }

    /// The same of some kinds of customers.
    pub fn flows_of(&self, place: (ScenarioId, SegmentId), came: &[f64], kinds: &Kinds) -> Counts<f64> {
        let Solver { model, counters, .. } = self.solver;
        let mut flows = Counts::new(counters, 0, model.run.horizon);
        self.walk((place, came), kinds, |state, table| {
            state.step(table, |tally| tally.add_to(&mut flows, table.t as usize));
        });
        flows
    }

    /// Takes customers of some kinds through the periods, some of the kinds at a time.
    pub fn walk(
        &self,
        (place, came): ((ScenarioId, SegmentId), &[f64]),
        kinds: &Kinds,
        mut step: impl FnMut(&mut CohortState<'_>, &CohortTable<'_, '_>),
    ) {
        let Solver { model, layout, counters, .. } = self.solver;
        let later = model.segments[place.1.index()].inflow.is_some();
        let came = if later { came } else { &came[..came.len().min(1)] };
        let Some(first) = came.iter().position(|came| *came > 0.0) else { return };
        let timeline = self.timeline(place);
        let nodes = self.kernels.grid().nodes();
        for some in kinds.chunks(WIDTH / nodes.len()) {
            let mut table = CohortTable::new((model, place.1), &timeline, &self.kernels, whole(first));
            let mut state = CohortState::new((model, layout, counters), &some, (nodes, self.kernels.start()));
            let (mut steps, mut lanes) = (0.0, 0.0);
            for t in whole(first)..=model.run.horizon {
                if t > whole(first) {
                    table.go_to(t);
                }
                if let Some(came) = came.get(t as usize).filter(|came| **came > 0.0) {
                    state.enter(t, *came, self.starts(&self.start(&timeline, place.1, t as usize)));
                    lanes = if layout.reads_age { lanes + 1.0 } else { 1.0 };
                }
                steps += lanes;
                step(&mut state, &table);
            }
            let (width, fills) = ((some.shares.len() * nodes.len()) as f64, f64::from(table.fills));
            let rows = if layout.reads_age { steps } else { fills };
            let Weights { step, rows: of_rows, table, period, .. } = self.weights;
            let periods = f64::from(model.run.horizon);
            let own = state.work().multiplications(nodes.len());
            self.done.add(periods * period + fills * table + width * (steps * step + rows * of_rows) + own);
        }
    }
}
