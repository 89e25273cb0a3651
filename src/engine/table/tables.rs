//! The tables of one period: every number that the mechanisms read, for one segment of one scenario.

use crate::model::Model;
use crate::model::change::Op;
use crate::model::draw::Draw;
use crate::model::journey::{Chance, Stage};
use crate::model::starts::{Start, changed};
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, StageId, TraitId};

use super::classes::Classes;
use super::field::{Field, FieldPlan, TALKERS};
use super::program::Program;
use super::row_table::{RowMaker, RowTable};
use super::sheet::{SheetMaker, Sheets};
use super::values::Values;
use crate::engine::chance::narrow::{place, whole};

/// The tables of all periods for one segment of one scenario; equal periods share one.
pub struct Tables {
    periods: Vec<PeriodTable>,
    at: Vec<u32>,
    /// By entry, where a change moves where customers start.
    starts: Vec<Option<Start>>,
}

/// Every number that the mechanisms read in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodTable {
    /// The rows of chances.
    pub rows: RowTable,
    /// What drives moves.
    pub classes: Classes,
    /// The operations on each trait that is a customer's own chance.
    pub own: Vec<OwnChance>,
    /// What the numbers become for each mechanism.
    pub sheets: Sheets,
    /// Whether a number had to be held in its range, or a row scaled.
    pub held: bool,
}

/// A customer's own chance of an exit after the changes in force.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnChance {
    /// The stage that the exit leads out of.
    pub from: u8,
    /// The stage that it leads to.
    pub to: u8,
    /// The trait.
    pub of: TraitId,
    /// The operations, their amounts and shares.
    pub operations: Vec<(Op, f64, f64)>,
}

/// What tables are made from.
#[derive(Clone, Copy)]
pub struct TableMaker<'a> {
    /// The model.
    pub model: &'a Model,
    /// What every mechanism reads.
    pub program: &'a Program,
    /// What customers share.
    pub fields: &'a FieldPlan,
    /// The mechanisms.
    pub sheets: &'a dyn SheetMaker,
}

impl TableMaker<'_> {
    /// The share of all customers who talked one period before.
    fn talkers(&self, field: &Field) -> f64 {
        self.fields.find(TALKERS).map_or(0.0, |id| field.get(id)[0])
    }
}

impl Tables {
    /// The tables of a scenario and segment for one draw of the numbers, where nobody feels what others do.
    pub fn new(of: TableMaker<'_>, drawn: &Draw, scenario: ScenarioId, segment: SegmentId) -> Self {
        let timeline = Timeline::new(of.model, drawn, scenario, segment);
        let field = Field::new(of.fields);
        let follows = of.model.stages.iter().any(Stage::follows_the_period);
        let entries = if of.model.changes_starts() { of.model.entries() } else { 0 };
        let starts = (0..entries).map(|entry| changed(of.model, &timeline, segment.index(), whole(entry))).collect();
        let mut tables = Self { periods: Vec::new(), at: vec![0], starts };
        for t in 1..=of.model.run.horizon {
            if t == 1 || timeline.epoch(t) == t {
                tables.periods.push(PeriodTable::new(of, &timeline, t, &field));
            } else if let Some(last) = tables.periods.last().filter(|last| follows || last.sheets.move_on()) {
                let mut table = last.clone();
                table.refresh(of, &timeline, t, &field);
                tables.periods.push(table);
            }
            tables.at.push(u32::try_from(tables.periods.len() - 1).unwrap_or(u32::MAX));
        }
        tables
    }

    /// Whether a number had to be held in its range, or a row scaled.
    pub fn held(&self) -> bool {
        let amiss = |start: &Start| start.amiss.is_some();
        self.periods.iter().any(|table| table.held) || self.starts.iter().flatten().any(amiss)
    }

    /// Where those start who come in a period (0: are there at the start); none where they do as written.
    pub fn start(&self, entry: u32) -> Option<&[(StageId, f64)]> {
        Some(&self.starts.get(entry as usize)?.as_ref()?.pieces)
    }

    /// The last period.
    pub fn horizon(&self) -> u32 {
        u32::try_from(self.at.len() - 1).unwrap_or(u32::MAX)
    }

    /// Which of the tables is that of period `t`, from 1 on.
    pub fn place(&self, t: u32) -> usize {
        self.at[t as usize] as usize
    }

    /// The table of period `t`, from 1 on.
    pub fn period(&self, t: u32) -> &PeriodTable {
        &self.periods[self.at[t as usize] as usize]
    }
}

impl PeriodTable {
    /// The table of period `t`, with what customers share in it.
    pub fn new(of: TableMaker<'_>, timeline: &Timeline<'_>, t: u32, field: &Field) -> Self {
        let TableMaker { model, program, sheets: mechanisms, .. } = of;
        let (params, outside) = timeline.values(t);
        let classes = Classes::new(model, program, &params);
        let talkers = of.talkers(field);
        let rows = RowTable::new(RowMaker { model, program, values: &params, t, talkers }, &classes);
        let values = Values::new(&params, t, field);
        let sheets = Sheets::new(mechanisms, &values);
        let held = !outside.is_empty() || values.held() || rows.held;
        Self { rows, classes, own: own(model, timeline, t), sheets, held }
    }

    /// The table of period `t`, from that of a period in which the same changes were in force.
    pub fn refresh(&mut self, of: TableMaker<'_>, timeline: &Timeline<'_>, t: u32, field: &Field) {
        let TableMaker { model, program, sheets: mechanisms, .. } = of;
        let (params, _) = timeline.values(t);
        let talkers = of.talkers(field);
        self.rows.refresh(RowMaker { model, program, values: &params, t, talkers }, &self.classes);
        let values = Values::new(&params, t, field);
        self.sheets.refresh(|place| mechanisms.sheet(place, &values));
        self.held |= self.rows.held || values.held();
    }

    /// The same period after customers were looked at together within it: mechanisms read another field.
    pub fn go_on(&mut self, of: TableMaker<'_>, timeline: &Timeline<'_>, t: u32, field: &Field) {
        let (params, _) = timeline.values(t);
        let values = Values::new(&params, t, field);
        self.sheets.refresh(|place| of.sheets.sheet(place, &values));
        self.held |= values.held();
    }

    /// Whether another table has the same numbers but for the chances of moves and what drives them.
    pub fn differs_in_moves_alone(&self, other: &Self) -> bool {
        self.own == other.own && self.sheets == other.sheets
    }
}

fn own(model: &Model, timeline: &Timeline<'_>, t: u32) -> Vec<OwnChance> {
    let mut chances = Vec::new();
    for (from, stage) in model.stages.iter().enumerate() {
        for exit in &stage.exits {
            if let Chance::Own { of, changes } = exit.chance {
                let from = u8::try_from(from).unwrap_or(u8::MAX);
                let operations = timeline.own_operations(changes, t);
                chances.push(OwnChance { from, to: place(exit.to), of, operations });
            }
        }
    }
    chances
}
