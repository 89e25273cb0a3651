//! Needs: what mechanisms register for a run.

use super::own::OWN;
use crate::engine::chance::draws::Purpose;
use crate::engine::chance::sampler::Sampler;
use crate::engine::count::layout::{CountLayout, Place};
use crate::engine::state::bits::{BitsId, BitsSpec};
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::plan::{DriverState, ListId, OwnColumn, Plan, StateColumn};
use crate::engine::state::subset::SubsetPlan;
use crate::engine::table::field::FieldId;
use crate::engine::table::program::Program;
use crate::engine::table::shape::own_chances;
use crate::model::Model;
use crate::model::journey::State;
use crate::quantity::{CounterId, TraitId};
use crate::stats::distribution::Distribution;

/// Where everybody was before the move.
const BEFORE: ColumnSpec = ColumnSpec::new("before");

/// What mechanisms register for a run.
pub struct Needs<'m> {
    model: &'m Model,
    /// What every mechanism reads.
    pub program: &'m Program,
    /// Whether lives are compared between scenarios.
    pub compares: bool,
    plan: Plan,
    /// Whether only the plan is asked for, so that no law is made ready to be drawn from.
    is_sketch: bool,
    /// The mechanism that declares now.
    name: &'static str,
    /// Whether all that can make scenarios differ in it is in its sheet.
    compared_by_sheet: bool,
    /// What is drawn for what, and by which mechanism.
    purposes: Vec<(Purpose, &'static str)>,
    gaps: Vec<String>,
}

/// By what a life shows that it was counted differently.
#[derive(Clone, Copy, Debug)]
pub enum Shown {
    /// By its stages before and after the period.
    ByStage,
    /// By what the customer carries on. By itself that makes nobody count as affected: only what it leads to does.
    ByState,
    /// By what happened to the customer: the column is an [event](Needs::event).
    ByEvent(ColumnSpec),
}

impl<'m> Needs<'m> {
    /// Nothing yet.
    pub fn new(model: &'m Model, program: &'m Program, compares: bool) -> Self {
        Self {
            model,
            program,
            compares,
            plan: Plan::default(),
            is_sketch: false,
            name: "",
            compared_by_sheet: false,
            purposes: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// The same where nothing will be drawn: making laws ready takes far longer than all else.
    #[must_use]
    pub fn sketch(self) -> Self {
        Self { is_sketch: true, ..self }
    }

    /// The model that mechanisms declare for.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// Whether only the plan is asked for.
    pub fn is_sketch(&self) -> bool {
        self.is_sketch
    }

    /// A law ready to be drawn from, with its values held in a range.
    pub fn sampler(&self, law: &Distribution, low: f64, high: f64) -> Sampler {
        if self.is_sketch { Sampler::Constant(0.0) } else { Sampler::new(law, low, high) }
    }

    /// The next mechanism declares.
    pub fn begin(&mut self, name: &'static str) {
        (self.name, self.compared_by_sheet) = (name, false);
    }

    /// A column of words that customers carry on, such as how long they have been in a stage. Newcomers have 0 there.
    pub fn words(&mut self, spec: ColumnSpec) -> ColumnId<u32, Lasting> {
        self.plan.lasting.words(spec)
    }

    /// A column of numbers that customers carry on. Newcomers have 0 there.
    pub fn numbers(&mut self, spec: ColumnSpec) -> ColumnId<f32, Lasting> {
        self.plan.lasting.numbers(spec)
    }

    /// A column of numbers that some mechanism has registered.
    pub fn lasting_numbers(&self, spec: ColumnSpec) -> Option<ColumnId<f32, Lasting>> {
        self.plan.lasting.find_numbers(&spec)
    }

    /// A column of all bits or none that customers carry on. Those who have it are counted when they are dropped: the
    /// second number is the place among [`Gone::with_flag`](crate::engine::state::block::Gone::with_flag).
    pub fn flag(&mut self, spec: ColumnSpec) -> (ColumnId<u32, Lasting>, usize) {
        let column = self.words(spec);
        let place = self.plan.marks.flags.iter().position(|flag| *flag == column).unwrap_or_else(|| {
            self.plan.marks.flags.push(column);
            self.plan.marks.flags.len() - 1
        });
        (column, place)
    }

    /// A column of words that are known within a period only. What a mechanism reads must have been written in the period,
    /// before the move or after it; columns that are written before the move and read after it join.
    pub fn passing_words(&mut self, spec: ColumnSpec) -> ColumnId<u32, Passing> {
        self.plan.passing.words(spec)
    }

    /// The same of numbers.
    pub fn passing_numbers(&mut self, spec: ColumnSpec) -> ColumnId<f32, Passing> {
        self.plan.passing.numbers(spec)
    }

    /// Where everybody was before the move.
    pub fn before(&mut self) -> ColumnId<u32, Passing> {
        let column = self.plan.passing.words(ColumnSpec { idle: self.program.nobody(), ..BEFORE });
        self.plan.marks.before = Some(column);
        column
    }

    /// A column for what happened to each customer in a period, as a number that goes into the fingerprint of a life; 0
    /// where nothing did. None where lives are not compared.
    pub fn event(&mut self, spec: ColumnSpec) -> Option<ColumnId<u32, Passing>> {
        self.compares.then(|| {
            let column = self.plan.passing.words(ColumnSpec { joins: true, ..spec });
            if !self.plan.marks.events.contains(&column) {
                self.plan.marks.events.push(column);
            }
            column
        })
    }

    /// The cells of a counter, to count into. `shown` says by what a life shows that it was counted differently, so that who
    /// differs between scenarios is reported.
    pub fn counter(&mut self, counter: CounterId, shown: Shown) -> Place {
        if let Shown::ByEvent(spec) = shown {
            self.event(spec);
        }
        CountLayout::of(self.model).place(counter)
    }

    /// The fingerprint of every life.
    pub fn digest(&mut self, spec: ColumnSpec) -> ColumnId<u32, Lasting> {
        let column = self.words(spec);
        self.plan.marks.digest = Some(column);
        column
    }

    /// Random bits for every customer and period.
    pub fn bits(&mut self, purpose: Purpose) -> BitsId {
        self.bits_of(purpose, 0)
    }

    /// The same for one of several things that a mechanism draws for one purpose: `luck` tells them apart.
    pub fn bits_of(&mut self, purpose: Purpose, luck: u32) -> BitsId {
        self.draws(purpose);
        self.plan.bits.register(BitsSpec { purpose, luck, normal: false })
    }

    /// The same; the standard normal numbers that they stand for are made once where several scenarios read them.
    pub fn normal_bits(&mut self, purpose: Purpose) -> BitsId {
        self.draws(purpose);
        self.plan.bits.register(BitsSpec { purpose, luck: 0, normal: true })
    }

    /// Random numbers that are looked up by their address where they are needed.
    pub fn draws(&mut self, purpose: Purpose) {
        match self.purposes.iter().find(|(its, _)| *its == purpose) {
            Some((_, other)) if *other != self.name => {
                let number = purpose.number();
                self.gaps
                    .push(format!("`{}` and `{other}` draw the same random numbers, of purpose {number}", self.name));
            }
            Some(_) => {}
            None => self.purposes.push((purpose, self.name)),
        }
    }

    /// Lists of some customers.
    pub fn subset(&mut self, lists: SubsetPlan) {
        self.plan.subset = self.plan.subset.and(lists);
    }

    /// A state that drivers may read. Those who part read it again in a block of their own: a passing column has to join.
    pub fn state(&mut self, state: DriverState) {
        self.plan.states.push(state);
    }

    /// How much a state grows from period to period; none where nobody has registered it.
    pub fn growth(&self, of: State) -> Option<f32> {
        self.plan.state(of).map(|state| state.growth)
    }

    /// The column of a trait; none where nobody has registered it.
    pub fn trait_column(&self, of: TraitId) -> Option<ColumnId<f32, Lasting>> {
        match self.plan.state(State::Trait(of))?.column {
            StateColumn::Lasting(column) => Some(column),
            StateColumn::Passing(_) => None,
        }
    }

    /// The columns of the chances that are the customer's own.
    pub fn own_chances(&mut self) {
        if !self.plan.own.is_empty() {
            return;
        }
        for (place, (_, of)) in own_chances(self.model).into_iter().enumerate() {
            if let Some(of) = self.trait_column(of) {
                let column = self.numbers(OWN.at(place).made_anew());
                self.plan.own.push(OwnColumn { column, of });
            }
        }
    }

    /// Numbers that customers share in a period, settled by [`Mechanism::weigh`](super::contract::Mechanism::weigh).
    pub fn field(&mut self, name: &'static str, length: usize) -> FieldId {
        self.plan.shared.fields.register(name, length)
    }

    /// Asks for a look at all customers within a period, after [`Step::Meet`](super::contract::Step::Meet).
    pub fn barrier(&mut self) {
        self.plan.shared.barrier = true;
    }

    /// Asks for the numbers of the company itself. Scenarios that differ in them part.
    pub fn company(&mut self) {
        self.plan.shared.company = true;
    }

    /// A list of some customers of each block, by their places; it is emptied when a period is over, and outlives the look at
    /// all customers within it.
    pub fn list(&mut self) -> ListId {
        self.plan.shared.lists += 1;
        ListId(self.plan.shared.lists - 1)
    }

    /// Says that all that can make two scenarios differ in what this mechanism does, the customers being the same, is in
    /// its sheet. Without it no two scenarios share a path.
    pub fn compared_by_sheet(&mut self) {
        self.compared_by_sheet = true;
    }

    /// Whether the mechanism that has just declared said so.
    pub fn is_compared_by_sheet(&self) -> bool {
        self.compared_by_sheet
    }

    /// What was registered, and what is missing or contradicts itself: such a schedule is not run.
    pub fn plan(mut self) -> (Plan, Vec<String>) {
        if self.model.drivers().any(|driver| self.plan.state(driver.on).is_none()) {
            self.gaps.push("a driver reads what no mechanism has registered as a state".to_owned());
        }
        let stays =
            |state: &&DriverState| matches!(state.column, StateColumn::Passing(its) if !self.plan.passing.joins(its));
        if let Some(state) = self.plan.states.iter().find(stays) {
            self.gaps.push(format!("drivers read a column that those who part do not bring along: {:?}", state.of));
        }
        if self.plan.is_coupled() && !self.model.is_coupled() {
            self.gaps
                .push("mechanisms look at all customers together, and `Model::is_coupled` does not say so".to_owned());
        }
        (self.plan, self.gaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;
    use crate::study::source::Source;

    fn model() -> Model {
        let text = r#"
            run = { period = "month", horizon = 3, customers = 100, agents = 10, replications = 2, seed = 1 }
            segments.all = { share = 1, start = { active = 1 } }
            scenarios.today = {}
            [traits.calm]
            law = "normal(0, 1)"
            [stages.active]
            retained = true
            to.gone = { chance = 0.05, drivers = { calm = 0.4 } }
            [stages.gone]
        "#;
        Model::compile(&Study::parse(&Source::new("needs.toml", ".", text)).unwrap()).unwrap()
    }

    #[test]
    fn what_mechanisms_share_is_registered_once_and_what_contradicts_itself_is_a_gap() {
        let model = model();
        let program = Program::new(&model);
        let mut needs = Needs::new(&model, &program, true);
        let spec = ColumnSpec::new("patience");
        assert_eq!(needs.numbers(spec), needs.numbers(spec));
        assert_ne!(needs.numbers(spec), needs.numbers(spec.at(1)));
        needs.begin("one");
        needs.bits(Purpose::numbered(1_000));
        needs.bits(Purpose::numbered(1_000));
        needs.begin("another");
        needs.draws(Purpose::numbered(1_000));
        needs.barrier();
        let (_, gaps) = needs.plan();
        let expected = [
            "`another` and `one` draw the same random numbers, of purpose 1000",
            "a driver reads what no mechanism has registered as a state",
            "mechanisms look at all customers together, and `Model::is_coupled` does not say so",
        ];
        assert_eq!(gaps, expected);
    }

    #[test]
    fn a_mechanism_that_says_nothing_shares_no_path() {
        let model = model();
        let program = Program::new(&model);
        let mut needs = Needs::new(&model, &program, true);
        needs.begin("one");
        needs.compared_by_sheet();
        assert!(needs.is_compared_by_sheet());
        needs.begin("another");
        assert!(!needs.is_compared_by_sheet());
    }
}
