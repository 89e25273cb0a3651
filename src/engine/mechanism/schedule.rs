//! The schedule: which mechanisms there are, and in which order they act in a period.

use std::sync::Arc;

use super::contract::{Mechanism, Numbers, Registered, Step};
use super::needs::Needs;
use super::totals::{Barrier, Totals};
use super::transition::Transition;
use super::{Entry, MECHANISMS};
use crate::engine::chance::crowd::Crowd;
use crate::engine::chance::draws::Draws;
use crate::engine::count::layout::CountLayout;
use crate::engine::lanes::InstructionSet;
use crate::engine::state::at::At;
use crate::engine::state::block::Block;
use crate::engine::state::plan::Plan;
use crate::engine::state::scratch::Scratch;
use crate::engine::state::world::World;
use crate::engine::table::field::{Field, HEARD, TALKERS};
use crate::engine::table::program::{Program, bits};
use crate::engine::table::sheet::{Sheet, SheetMaker, Sheets};
use crate::engine::table::tables::{PeriodTable, TableMaker};
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::hearsay::Overheard;
use crate::quantity::StageId;

/// What stands in the way of exact expectations; empty where nothing does. A mechanism that a study does not use is not asked.
/// Whether they are as exact as they have to be is found by [`precision`](crate::engine::exact::precision).
pub fn obstacles(model: &Model) -> Vec<String> {
    let program = Program::new(model);
    let (mechanisms, _) = declared(model, &mut Needs::new(model, &program, false).sketch());
    let used = MECHANISMS.iter().zip(mechanisms).filter(|(_, mechanism)| mechanism.is_some());
    let by_mechanism = used.filter_map(|(entry, _)| (entry.obstacle)(model));
    by_mechanism.chain(crate::engine::exact::obstacle::obstacles(model)).collect()
}

/// What mechanisms register for a study, without all that is needed to draw.
pub fn sketched(model: &Model, compares: bool) -> Plan {
    let program = Program::new(model);
    let mut needs = Needs::new(model, &program, compares).sketch();
    declared(model, &mut needs);
    needs.plan().0
}

/// The mechanisms that a study uses, by their places among all, and whether scenarios can share a path as far as all of them
/// say so.
fn declared(model: &Model, needs: &mut Needs<'_>) -> (Vec<Option<Box<dyn Registered>>>, bool) {
    let mut shares_paths = true;
    let declare = |entry: &Entry| {
        needs.begin(entry.name);
        let mechanism = (entry.declare)(model, needs);
        shares_paths &= mechanism.is_none() || needs.is_compared_by_sheet();
        mechanism
    };
    let mechanisms = MECHANISMS.iter().map(declare).collect();
    (mechanisms, shares_paths)
}

/// The mechanisms that a study uses, in the order of a period.
pub struct Schedule {
    /// What every mechanism reads.
    pub program: Program,
    /// What mechanisms have registered.
    pub plan: Plan,
    /// Where what is counted stands.
    pub layout: CountLayout,
    /// How stages change; the coupled estimator takes its place.
    pub transition: Transition,
    /// By their places among all.
    mechanisms: Vec<Option<Box<dyn Registered>>>,
    turns: Vec<Turn>,
    shares_paths: bool,
    gaps: Vec<String>,
}

/// A mechanism at one step.
#[derive(Clone, Copy)]
struct Turn {
    step: Step,
    place: usize,
}

impl Schedule {
    /// The schedule of a model; `compares` says whether lives are compared between scenarios.
    pub fn new(model: &Model, compares: bool) -> Self {
        let program = Program::new(model);
        let mut needs = Needs::new(model, &program, compares);
        let (mechanisms, mut shares_paths) = declared(model, &mut needs);
        needs.begin(Transition::NAME);
        let transition = Transition::of(model, &mut needs);
        let (mut plan, gaps) = needs.plan();
        let rests = |stage| mechanisms.iter().flatten().all(|its| its.rests(StageId::from(stage)));
        plan.inert = bits((0..program.stages).map(rests).chain([true]));
        let acts = |(place, its): (usize, &Option<Box<dyn Registered>>)| {
            let steps = its.as_ref().map_or(&[] as &[Step], |its| its.steps());
            steps.iter().map(move |step| Turn { step: *step, place }).collect::<Vec<_>>()
        };
        let mut turns: Vec<Turn> = mechanisms.iter().enumerate().flat_map(acts).collect();
        turns.sort_by_key(|turn| turn.step);
        shares_paths &= !plan.is_coupled() && plan.shared.lists == 0 && !model.changes_starts();
        let layout = CountLayout::of(model);
        Self { program, plan, layout, transition, mechanisms, turns, shares_paths, gaps }
    }

    /// What is missing or contradicts itself: such a schedule must not be run.
    pub fn gaps(&self) -> &[String] {
        &self.gaps
    }

    /// Whether two scenarios whose sheets are equal can share a path.
    pub fn shares_paths(&self) -> bool {
        self.shares_paths
    }

    /// What is the same for every block of a replication.
    pub fn world(&self, draws: Draws, set: InstructionSet) -> World<'_> {
        World { program: &self.program, plan: &self.plan, draws, set }
    }

    /// What tables are made from.
    pub fn tables<'a>(&'a self, model: &'a Model) -> TableMaker<'a> {
        TableMaker { model, program: &self.program, fields: &self.plan.shared.fields, sheets: self }
    }

    /// Fills a block with `count` customers of a crowd, at time 0 or at the beginning of the period in which they come; they
    /// begin as it is written unless a `start` is given.
    pub fn begin(
        &self,
        world: &World<'_>,
        (block, scratch): (&mut Block, &mut Scratch),
        (crowd, count): (Crowd, usize),
        start: Option<&[(StageId, f64)]>,
    ) {
        block.begin(world, crowd, count);
        self.run(Step::Begin, Step::Begin, &mut At { block, world, period: None, start, scratch, counts: None });
    }

    /// Takes a block through the steps from one to another, both included.
    pub fn run(&self, first: Step, last: Step, at: &mut At<'_>) {
        let turns = self.turns.iter().skip_while(|turn| turn.step < first).take_while(|turn| turn.step <= last);
        for Turn { step, place } in turns {
            if let Some(mechanism) = &self.mechanisms[*place] {
                let sheet = at.period.and_then(|period| period.table.sheets.of(*place));
                mechanism.run(*step, at, sheet);
            }
        }
        if last == Step::Count {
            at.block.lists.iter_mut().for_each(Vec::clear);
        }
    }

    /// What was said one period before.
    pub fn overheard(&self, field: &Field) -> Overheard {
        let found = |name: &str| self.plan.shared.fields.find(name).map(|id| field.get(id));
        let hearings = found(HEARD).unwrap_or_default().iter().skip(1).step_by(2);
        Overheard { talkers: found(TALKERS).map_or(0.0, |its| its[1]), hearings: hearings.copied().collect() }
    }

    /// Settles what customers share, from what all of them come to.
    pub fn weigh(
        &self,
        barrier: Barrier,
        totals: &Totals<'_>,
        (company, segments): (&Sheets, &[PeriodTable]),
        field: &mut Field,
    ) {
        for (place, mechanism) in self.mechanisms.iter().enumerate() {
            if let Some(mechanism) = mechanism {
                let segments = segments.iter().filter_map(|table| table.sheets.of(place)).collect();
                mechanism.weigh(barrier, totals, &Numbers { company: company.of(place), segments }, field);
            }
        }
    }
}

impl SheetMaker for Schedule {
    fn count(&self) -> usize {
        self.mechanisms.len()
    }

    fn sheet(&self, place: usize, values: &Values<'_>) -> Arc<dyn Sheet> {
        self.mechanisms[place].as_ref().map_or_else(|| Arc::new(()) as Arc<dyn Sheet>, |its| its.sheet(values))
    }
}
