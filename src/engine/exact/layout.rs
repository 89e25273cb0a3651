//! A cohort layout says where customers of one kind are kept: a cell for each stage, period in it, and whether they were
//! ever retained, as far as customers can come there.

use crate::model::Model;
use crate::model::journey::{Clock, Driver, Stage, State};
use crate::quantity::StageId;

use super::touch_plan::TouchPlan;
use crate::engine::table::program::Program;

/// Where the customers of all stages are kept.
pub struct Layout {
    /// By stage.
    pub stages: Vec<StageCells>,
    /// The number of cells.
    pub cells: usize,
    /// Whether anything depends on how long ago customers came.
    pub reads_age: bool,
    /// Whether a chance is taken after purchases.
    pub leaves: bool,
    /// How touchpoints are followed.
    pub touch: TouchPlan,
}

/// The cells of a stage, and where its ways out lead.
pub struct StageCells {
    /// The first cell of those never retained, and of those ever retained; none where there can be nobody.
    pub first: [Option<usize>; 2],
    /// The periods in the stage that are told apart.
    pub length: usize,
    /// The ways out that are taken once a period.
    pub moves: Vec<Way>,
    /// The ways out that are taken after a purchase.
    pub leaves: Vec<Way>,
    /// Where touchpoints take people: the stage counted from 1, and the way.
    sent: Vec<(u32, Way)>,
    /// The clocks that rows are read by, their list lengths and strides.
    pub clocks: Vec<(Clock, usize, usize)>,
    /// Whether rows or purchases depend on how long ago customers came.
    pub reads_age: bool,
    /// Whether what touchpoints do before the move does, and after it.
    pub touches_by_age: [bool; 2],
    /// Whether customers here count as retained.
    pub retained: bool,
}

/// A way out.
pub struct Way {
    /// The cell that it leads to, for those never retained before and for those ever retained.
    pub to: [Option<usize>; 2],
    /// The place among the moves that are counted.
    pub slot: Option<usize>,
    /// The share that takes it of those who would; all others stay where they are.
    pub taken: f64,
}

impl Layout {
    /// The layout of a model whose satisfaction is followed or not.
    pub fn new(model: &Model, program: &Program, follows: bool) -> Self {
        let touch = TouchPlan::of(model, follows);
        let reached = reached(model);
        let mut cells = 0;
        let firsts: Vec<[Option<usize>; 2]> = model
            .stages
            .iter()
            .zip(&reached)
            .enumerate()
            .map(|(from, (_, reached))| {
                reached.map(|yes| {
                    let first = cells;
                    cells += if yes { tunnel_length(model, from) } else { 0 };
                    yes.then_some(first)
                })
            })
            .collect();
        let way = |from: usize, to: StageId| {
            let retained = model.stages[to.index()].retained;
            let to_cells = [0, 1].map(|ever| firsts[to.index()][ever | usize::from(retained)]);
            Way { to: to_cells, slot: program.moves.slot(from, to.index()), taken: 1.0 }
        };
        let shapes = program.rows.shapes.iter().cloned();
        let stages: Vec<StageCells> = model
            .stages
            .iter()
            .zip(shapes)
            .enumerate()
            .map(|(from, (stage, shape))| StageCells {
                first: firsts[from],
                length: tunnel_length(model, from),
                moves: stage.moves().map(|exit| way(from, exit.to)).collect(),
                leaves: stage.leaves().map(|exit| way(from, exit.to)).collect(),
                sent: sent(model, from).into_iter().map(|to| (to.0 + 1, way(from, to))).collect(),
                touches_by_age: [false, true].map(|late| touches_by_age(model, &touch, from, late)),
                reads_age: reads_age(model, (from, stage), &shape.clocks),
                clocks: shape.clocks,
                retained: stage.retained,
            })
            .collect();
        Self {
            cells,
            reads_age: stages
                .iter()
                .any(|stage| stage.reads_age || (model.has_inflow() && stage.touches_by_age != [false; 2]))
                || tells_ages_apart(model),
            leaves: model.stages.iter().any(|stage| stage.leaves().next().is_some()),
            stages,
            touch,
        }
    }
}

impl Layout {
    /// Lets only a share take the ways from a stage to some others, of those who would.
    pub fn lessen(&mut self, model: &Model, from: StageId, to: impl Fn(StageId) -> bool, share: f64) {
        let (stage, written) = (&mut self.stages[from.index()], &model.stages[from.index()]);
        let ways = stage.moves.iter_mut().zip(written.moves()).chain(stage.leaves.iter_mut().zip(written.leaves()));
        ways.filter(|(_, exit)| to(exit.to)).for_each(|(way, _)| way.taken = share);
        let sent = stage.sent.iter_mut().filter(|(place, _)| to(StageId(place - 1)));
        sent.for_each(|(_, way)| way.taken = share);
    }
}

impl StageCells {
    /// The cells of those who were ever retained, or never, by periods in the stage.
    pub fn cells(&self, ever: usize) -> std::ops::Range<usize> {
        self.first[ever].map_or(0..0, |first| first..first + self.length)
    }

    /// The cell to which touchpoints take people who were ever retained before, or never, by the stage counted from 1; with
    /// the way.
    pub fn sent_to(&self, to: u32, ever: usize) -> Option<(usize, &Way)> {
        let (_, way) = self.sent.iter().find(|(place, _)| *place == to)?;
        Some((way.to[ever]?, way))
    }

    /// To how many stages touchpoints take people from here.
    pub fn sends(&self) -> usize {
        self.sent.len()
    }

    /// The cells of those never retained, 0, and of those ever retained, 1.
    pub fn both(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let [never, ever] = [self.cells(0), self.cells(1)];
        never.map(|cell| (0, cell)).chain(ever.map(|cell| (1, cell)))
    }

    /// All cells.
    pub fn all(&self) -> impl Iterator<Item = usize> + use<> {
        self.cells(0).chain(self.cells(1))
    }
}

/// By stage: whether somebody can be there who was never retained, and who was ever.
fn reached(model: &Model) -> Vec<[bool; 2]> {
    let mut reached = vec![[false; 2]; model.stages.len()];
    let later = model.segments.iter().filter_map(|segment| segment.inflow.as_ref()).flat_map(|inflow| &inflow.start);
    for (stage, _) in model.segments.iter().flat_map(|segment| &segment.start).chain(later) {
        reached[stage.index()][usize::from(model.stages[stage.index()].retained)] = true;
    }
    let mut news = true;
    while news {
        news = false;
        for (from, stage) in model.stages.iter().enumerate() {
            for to in stage.exits.iter().map(|exit| exit.to).chain(sent(model, from)) {
                let (to, retained) = (to.index(), model.stages[to.index()].retained);
                for ever in 0..2 {
                    let now = ever | usize::from(retained);
                    news |= reached[from][ever] && !reached[to][now];
                    reached[to][now] |= reached[from][ever];
                }
            }
        }
    }
    reached
}

/// Where touchpoints take people who are in a stage; nobody out of one that nothing leads out of.
fn sent(model: &Model, from: usize) -> Vec<StageId> {
    let here = model.touchpoints.iter().filter(|its| its.is_in(from) && !model.stages[from].exits.is_empty());
    let mut places: Vec<StageId> = here
        .flat_map(|its| &its.ends)
        .flat_map(|end| &end.ways)
        .map(|way| way.to)
        .filter(|to| to.index() != from)
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Whether what touchpoints do to customers in a stage, before the move or after it, depends on how long ago they came.
fn touches_by_age(model: &Model, plan: &TouchPlan, stage: usize, late: bool) -> bool {
    let ages = |driver: &Driver| matches!(driver.on, State::Trait(of) if model.traits[of.index()].ages);
    let all = model.touchpoints.iter().enumerate();
    let mut here = all.filter(|(place, its)| its.is_in(stage) && plan.points[*place].is_late == late).peekable();
    let buys = model.stages[stage].purchases.as_ref().is_some_and(|its| {
        its.rate_trait.is_some_and(|of| model.traits[of.index()].ages) || its.all_drivers().any(ages)
    });
    (late && buys && here.peek().is_some())
        || here.any(|(place, its)| plan.turns.contains(&place) || its.all_drivers().any(ages))
}

fn reads_age(model: &Model, (at, stage): (usize, &Stage), clocks: &[(Clock, usize, usize)]) -> bool {
    let ages = |driver: &Driver| matches!(driver.on, State::Trait(of) if model.traits[of.index()].ages);
    let purchases = stage.purchases.as_ref().is_some_and(|its| {
        let multiplied = its.rate_trait.into_iter().chain(its.basket_trait).any(|of| model.traits[of.index()].ages);
        multiplied || its.all_drivers().any(ages)
    });
    clocks.iter().any(|(clock, ..)| matches!(clock, Clock::Tenure | Clock::Age(_)))
        || stage.move_drivers().any(ages)
        || purchases
        || model.rates.iter().filter_map(|rate| rate.of(at)).flat_map(|its| &its.drivers).any(ages)
}

/// Whether values depend on how long ago customers came; where all are there from the start, that is the period.
fn tells_ages_apart(model: &Model) -> bool {
    model.has_inflow() && model.presences.iter().any(|its| its.list.is_some())
}

/// The periods in a stage that are told apart there.
pub fn tunnel_length(model: &Model, at: usize) -> usize {
    let stage = &model.stages[at];
    let clocks = stage.clocks();
    let of_chances =
        clocks.iter().position(|clock| *clock == Clock::PeriodsInStage).map(|at| stage.clock_lengths()[at]);
    let valued = model.presences.iter().filter(|its| its.stage.index() == at && its.counts_periods());
    let of_values = valued.filter_map(|its| its.list).map(|list| list.length).max();
    of_chances.max(of_values).unwrap_or(1)
}
