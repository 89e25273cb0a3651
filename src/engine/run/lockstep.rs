//! Together: everybody goes through a period before anyone goes on to the next, in all scenarios side by side, because
//! customers hear from others, bring others, or the company acts on what it sees.
//!
//! What customers feel of others is frozen within a period: they hear last period's talkers, so that nobody's turn comes
//! before another's.

use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};

use super::group::Group;
use super::span::{Span, spans};
use super::watch::{SeenCohort, watched};
use crate::engine::chance::crowd::Crowd;
use crate::engine::count::cells::{Arrivals, Cells};
use crate::engine::count::ledger::Ledger;
use crate::engine::mechanism::schedule::Schedule;
use crate::engine::table::field::{Field, TALKERS};
use crate::engine::table::tables::PeriodTable;

/// Some scenarios of one replication on their way through time.
pub struct Together<'a> {
    model: &'a Model,
    schedule: &'a Schedule,
    drawn: &'a Draw,
    scenarios: &'a [usize],
    cells: Cells,
    timelines: Vec<Vec<Timeline<'a>>>,
    /// The tables of this period, by world and segment.
    pub tables: Vec<Vec<PeriodTable>>,
    /// Whether a number had to be held in its range, or a row scaled, so far.
    pub held: bool,
    /// Whether a world has parted from the first one.
    pub part: Vec<bool>,
    /// What customers share in each period, by world; that of time 0 is not used.
    pub fields: Vec<Vec<Field>>,
    /// In which period the response to each rule begins, by world.
    pub fired: Vec<Vec<Option<u32>>>,
    /// How many customers come, by world, segment and entry.
    pub arrivals: Vec<Vec<Vec<Arrivals>>>,
}

/// What customers of one scenario feel of each other, and of what the company does about it.
pub struct Heard {
    /// What customers share in each period; that of time 0 is not used.
    pub fields: Vec<Field>,
    /// The period in which the response to each rule begins.
    pub fired: Vec<Option<u32>>,
    /// How many customers come, by segment and period of entry.
    pub arrivals: Vec<Vec<Arrivals>>,
}

impl<'a> Together<'a> {
    /// The scenarios at time 0, the one that the others are compared with first.
    pub fn new(model: &'a Model, schedule: &'a Schedule, drawn: &'a Draw, scenarios: &'a [usize]) -> Self {
        let cells = Cells::of(model);
        let rules = |scenario: &usize| vec![None; model.scenarios[*scenario].rules.len()];
        let at_start = |segment: usize| {
            let mut arrivals = vec![Arrivals::default(); cells.entries];
            arrivals[0] = Arrivals::at_start(model, segment);
            arrivals
        };
        let arrivals: Vec<Vec<Arrivals>> = (0..cells.segments).map(at_start).collect();
        let mut together = Self {
            model,
            schedule,
            drawn,
            scenarios,
            cells,
            timelines: Vec::new(),
            tables: vec![Vec::new(); scenarios.len()],
            held: false,
            part: vec![false; scenarios.len()],
            fields: vec![vec![Field::new(&schedule.program.fields)]; scenarios.len()],
            fired: scenarios.iter().map(rules).collect(),
            arrivals: vec![arrivals; scenarios.len()],
        };
        together.timelines = (0..scenarios.len()).map(|world| together.timelines_of(world)).collect();
        together
    }

    fn timelines_of(&self, world: usize) -> Vec<Timeline<'a>> {
        let scenario = ScenarioId::from(self.scenarios[world]);
        let of = |segment| {
            Timeline::with_rules(self.model, self.drawn, scenario, &self.fired[world], SegmentId::from(segment))
        };
        (0..self.cells.segments).map(of).collect()
    }

    /// The spans of those who come in period `t` (0: of those who are there at the start), with how many of each there are
    /// in every world and whether that has parted.
    pub fn spans(&self, t: u32, size: usize) -> Vec<(Span, Vec<(usize, bool)>)> {
        let mut all = Vec::new();
        let mut first = 0;
        for segment in 0..self.cells.segments {
            let of = |world: &Vec<Vec<Arrivals>>| world[segment].get(t as usize).copied().unwrap_or_default();
            let most = self.arrivals.iter().map(|world| of(world).agents).max().unwrap_or(0);
            let crowd = Crowd::new(segment, t, if t == 0 { first } else { 0 });
            for span in spans(self.cells, crowd, most, size) {
                let worlds = self.arrivals.iter().zip(&self.part);
                all.push((span, worlds.map(|(world, part)| (span.count_of(of(world)), *part)).collect()));
            }
            first += most;
        }
        all
    }

    /// Makes everything ready for period `t`: what is heard, the tables, and who comes.
    pub fn begin(&mut self, groups: &[Group], t: u32) {
        for world in 0..self.scenarios.len() {
            let (share, talkers) = self.talkers(groups, world, t as usize - 1);
            let field = self.field(share, talkers);
            self.fields[world].push(field);
            self.make_tables(world, t);
            self.held |= self.tables[world].iter().any(|table| table.held);
            if self.cells.entries > 1 {
                for segment in 0..self.cells.segments {
                    let values = self.timelines[world][segment].values(t).0;
                    self.arrivals[world][segment][t as usize] =
                        Arrivals::later(self.model, &values, segment, t, talkers);
                }
            }
        }
        // As long as a scenario's tables and newcomers are the baseline's, so are its customers.
        for world in 1..self.tables.len() {
            let come = |world: usize| self.arrivals[world].iter().map(move |entries| entries.get(t as usize));
            let alike = self.tables[world] == self.tables[0] && come(world).eq(come(0));
            self.part[world] |= !alike;
        }
    }

    /// Looks at what period `t` came to, and notes which rules are acted on from the next period on.
    pub fn end(&mut self, groups: &[Group], t: u32) {
        for world in 0..self.scenarios.len() {
            let rules = &self.model.scenarios[self.scenarios[world]].rules;
            let is_due =
                |rule: usize| self.fired[world][rule].is_none() && (rules[rule].from..=rules[rule].by).contains(&t);
            let due: Vec<usize> = (0..rules.len()).filter(|rule| is_due(*rule)).collect();
            if due.is_empty() {
                continue;
            }
            let counts = self.counts(groups, world, t as usize);
            let values: Vec<_> = self.timelines[world].iter().map(|timeline| timeline.values(t).0).collect();
            let seen = |(group, ledger): (usize, &'_ Ledger)| {
                (group / self.cells.entries, group % self.cells.entries, ledger.clone())
            };
            let all: Vec<(usize, usize, Ledger)> = counts.iter().enumerate().map(seen).collect();
            let all: Vec<SeenCohort<'_>> = all
                .iter()
                .map(|(segment, entry, ledger)| SeenCohort {
                    ledger,
                    weight: self.arrivals[world][*segment][*entry].weight(),
                    values: &values[*segment],
                })
                .collect();
            let acts = |rule: &usize| {
                let value = watched(self.model, &self.schedule.program, rules[*rule].watched, t as usize, &all);
                if rules[*rule].above { value > rules[*rule].bound } else { value < rules[*rule].bound }
            };
            let acting: Vec<usize> = due.into_iter().filter(acts).collect();
            if !acting.is_empty() {
                acting.into_iter().for_each(|rule| self.fired[world][rule] = Some(t + 1));
                self.timelines[world] = self.timelines_of(world);
            }
        }
    }

    /// Makes the tables of period `t`, or what is new in them, segment by segment.
    fn make_tables(&mut self, world: usize, t: u32) {
        let (of, tables) = (self.schedule.tables(self.model), &mut self.tables[world]);
        let field = &self.fields[world][t as usize];
        for (segment, timeline) in self.timelines[world].iter().enumerate() {
            match tables.get_mut(segment) {
                Some(table) if timeline.epoch(t) != t => table.refresh(of, timeline, t, field),
                Some(table) => *table = PeriodTable::new(of, timeline, t, field),
                None => tables.push(PeriodTable::new(of, timeline, t, field)),
            }
        }
    }

    /// What customers share in a period, where so many talked one period before.
    fn field(&self, share: f64, talkers: f64) -> Field {
        let fields = &self.schedule.program.fields;
        let mut field = Field::new(fields);
        if let Some(id) = fields.find(TALKERS) {
            field.get_mut(id).copy_from_slice(&[share, talkers]);
        }
        field
    }

    /// What all customers of each segment and entry count at time `t`.
    fn counts(&self, groups: &[Group], world: usize, t: usize) -> Vec<Ledger> {
        let nothing =
            Ledger::new(self.schedule.program.counted(), self.model.run.horizon, self.model.run.horizon).only(t);
        let mut counts = vec![nothing; self.cells.segments * self.cells.entries];
        for group in groups {
            let Crowd { segment, entry, .. } = group.span.crowd;
            counts[segment * self.cells.entries + entry as usize].add(&group.world(world).ledger.only(t));
        }
        counts
    }

    /// The share of all real customers in stages that talk at time `t`, and how many they are.
    fn talkers(&self, groups: &[Group], world: usize, t: usize) -> (f64, f64) {
        let entries = self.cells.entries;
        let mut counts = vec![0_i128; self.cells.segments * entries];
        for group in groups {
            let Crowd { segment, entry, .. } = group.span.crowd;
            let stages = group.world(world).ledger.customers(t).iter().zip(&self.model.stages);
            counts[segment * entries + entry as usize] +=
                stages.filter(|(_, stage)| stage.talks).map(|(count, _)| count).sum::<i128>();
        }
        let arrivals = &self.arrivals[world];
        if entries == 1 {
            let shares = counts.iter().zip(&self.model.segments);
            let share =
                shares.map(|(count, segment)| *count as f64 / f64::from(segment.agents) * segment.share).sum::<f64>();
            return (share, share * self.model.run.customers as f64);
        }
        let came = || arrivals.iter().flatten();
        let talkers: f64 = counts.iter().zip(came()).map(|(count, its)| *count as f64 * its.weight()).sum();
        let everybody: f64 = arrivals.iter().flat_map(|segment| &segment[..=t]).map(|its| its.real).sum();
        (talkers / everybody, talkers)
    }
}
