//! Together: everybody goes through a period before anyone goes on to the next, in all scenarios side by side, because
//! customers hear from others, bring others, or the company acts on what it sees.
//!
//! What customers feel of others is frozen within a period: they hear last period's talkers, so that nobody's turn comes
//! before another's.

use crate::model::Model;
use crate::model::course::RoadmapTimeline;
use crate::model::draw::Draw;
use crate::model::roadmap::Watched;
use crate::model::starts::changed;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId, StageId};

use super::group::{Coming, Group};
use super::span::{Span, spans};
use super::watch::{Observed, SeenCohort};
use crate::engine::chance::crowd::Crowd;
use crate::engine::count::cells::{Arrivals, Cells};
use crate::engine::count::counts::Counts;
use crate::engine::mechanism::schedule::Schedule;
use crate::engine::mechanism::totals::{Barrier, Totals};
use crate::engine::table::field::Field;
use crate::engine::table::history::History;
use crate::engine::table::sheet::Sheets;
use crate::engine::table::tables::PeriodTable;
use crate::engine::table::values::Values;

/// Some scenarios of one replication on their way through time.
pub struct Together<'a> {
    model: &'a Model,
    schedule: &'a Schedule,
    drawn: &'a Draw,
    scenarios: &'a [usize],
    cells: Cells,
    timelines: Vec<Vec<Timeline<'a>>>,
    /// Those of the company itself, by world, where they are read.
    companies: Vec<Timeline<'a>>,
    /// What the company's numbers become for each mechanism, by world.
    company: Vec<Sheets>,
    /// The tables of this period, by world and segment.
    pub tables: Vec<Vec<PeriodTable>>,
    /// Whether a number had to be held in its range, or a row scaled, so far.
    pub held: bool,
    /// Whether a world has parted from the first one.
    pub part: Vec<bool>,
    /// What customers feel of each other, by world.
    pub heard: Vec<Heard>,
}

/// What customers of one scenario feel of each other, and of what the company does about it.
pub struct Heard {
    /// What customers share in each period.
    pub history: History,
    /// The periods in which the responses to each rule begin.
    pub fired: Vec<Vec<u32>>,
    /// How many customers come, by segment and period of entry.
    pub arrivals: Vec<Vec<Arrivals>>,
}

impl<'a> Together<'a> {
    /// The scenarios at time 0, the one that the others are compared with first.
    pub fn new(model: &'a Model, schedule: &'a Schedule, drawn: &'a Draw, scenarios: &'a [usize]) -> Self {
        let cells = Cells::of(model);
        let at_start = |segment: usize| {
            let mut arrivals = vec![Arrivals::default(); cells.entries];
            arrivals[0] = Arrivals::at_start(model, segment);
            arrivals
        };
        let heard = |scenario: &usize| Heard {
            history: History::new(&schedule.plan.shared.fields),
            fired: vec![Vec::new(); model.scenarios[*scenario].rules.len()],
            arrivals: (0..cells.segments).map(at_start).collect(),
        };
        let mut together = Self {
            model,
            schedule,
            drawn,
            scenarios,
            cells,
            timelines: Vec::new(),
            companies: Vec::new(),
            company: vec![Sheets::default(); scenarios.len()],
            tables: vec![Vec::new(); scenarios.len()],
            held: false,
            part: vec![false; scenarios.len()],
            heard: scenarios.iter().map(heard).collect(),
        };
        together.timelines = (0..scenarios.len()).map(|world| together.timelines_of(world)).collect();
        if schedule.plan.shared.company {
            together.companies = (0..scenarios.len()).map(|world| together.company_of(world)).collect();
        }
        together.part_by_start(0);
        together
    }

    fn company_of(&self, world: usize) -> Timeline<'a> {
        let scenario = ScenarioId::from(self.scenarios[world]);
        Timeline::of_company(self.model, self.drawn, scenario, &self.heard[world].fired)
    }

    fn timelines_of(&self, world: usize) -> Vec<Timeline<'a>> {
        let scenario = ScenarioId::from(self.scenarios[world]);
        let of = |segment| {
            Timeline::with_rules(self.model, self.drawn, scenario, &self.heard[world].fired, SegmentId::from(segment))
        };
        (0..self.cells.segments).map(of).collect()
    }

    /// The spans of those who come in period `t` (0: of those who are there at the start), with how many of each there are
    /// in every world and whether that has parted.
    pub fn spans(&self, t: u32, size: usize) -> Vec<(Span, Vec<Coming>)> {
        let mut all = Vec::new();
        let mut first = 0;
        for segment in 0..self.cells.segments {
            let of = |world: &Heard| world.arrivals[segment].get(t as usize).copied().unwrap_or_default();
            let most = self.heard.iter().map(|world| of(world).agents).max().unwrap_or(0);
            let starts: Vec<_> = (0..self.heard.len()).map(|world| self.start(world, segment, t)).collect();
            let crowd = Crowd::new(segment, t, if t == 0 { first } else { 0 });
            for span in spans(self.cells, crowd, most, size) {
                let worlds = self.heard.iter().zip(&self.part).zip(&starts);
                let coming = worlds.map(|((world, part), start)| Coming {
                    count: span.count_of(of(world)),
                    parted: *part,
                    start: start.clone(),
                });
                all.push((span, coming.collect()));
            }
            first += most;
        }
        all
    }

    /// Where those start who come to a segment in period `t` (0: are there at the start), where a change moves that.
    fn start(&self, world: usize, segment: usize, t: u32) -> Option<Vec<(StageId, f64)>> {
        changed(self.model, &self.timelines[world][segment], segment, t).map(|start| start.pieces)
    }

    /// Notes which scenarios' customers start elsewhere at time `t` than the first one's.
    fn part_by_start(&mut self, t: u32) {
        if self.model.changes_starts() {
            for world in 1..self.heard.len() {
                let mut segments = 0..self.cells.segments;
                self.part[world] |= segments.any(|its| self.start(world, its, t) != self.start(0, its, t));
            }
        }
    }

    /// Makes everything ready for period `t`: what customers share, the tables, and who comes.
    pub fn begin(&mut self, groups: &[Group], t: u32) {
        for world in 0..self.scenarios.len() {
            let field = self.settled(groups, world, (Barrier::Over, t - 1));
            self.heard[world].history.push(field);
            self.make_company(world, t);
            self.make_tables(world, t);
            self.held |= self.tables[world].iter().any(|table| table.held);
            if self.cells.entries > 1 {
                let said = self.schedule.overheard(self.heard[world].history.last());
                for segment in 0..self.cells.segments {
                    let values = self.timelines[world][segment].values(t).0;
                    self.heard[world].arrivals[segment][t as usize] =
                        Arrivals::later(self.model, &values, segment, t, &said);
                }
            }
        }
        // As long as a scenario's tables and newcomers are the baseline's, so are its customers.
        for world in 1..self.tables.len() {
            let come = |world: usize| self.heard[world].arrivals.iter().map(move |entries| entries.get(t as usize));
            let alike = self.tables[world] == self.tables[0]
                && self.company[world] == self.company[0]
                && come(world).eq(come(0));
            self.part[world] |= !alike;
        }
        self.part_by_start(t);
    }

    /// Looks at all customers within period `t`, before they are given what they asked for.
    pub fn midway(&mut self, groups: &[Group], t: u32) {
        for world in 0..self.scenarios.len() {
            let field = self.settled(groups, world, (Barrier::Midway, t));
            self.heard[world].history.push_midway(field);
            let (of, field) = (self.schedule.tables(self.model), self.heard[world].history.last());
            for (table, timeline) in self.tables[world].iter_mut().zip(&self.timelines[world]) {
                table.go_on(of, timeline, t, field);
            }
            self.held |= self.tables[world].iter().any(|table| table.held);
        }
    }

    /// What customers share after they were looked at together at time `t`.
    fn settled(&self, groups: &[Group], world: usize, (barrier, t): (Barrier, u32)) -> Field {
        let counted = groups.iter().map(|group| {
            let Crowd { segment, entry, .. } = group.span.crowd;
            (segment, entry as usize, &group.world(world).ledger)
        });
        let totals = Totals { t: t as usize, arrivals: &self.heard[world].arrivals, counted: counted.collect() };
        let mut field = self.heard[world].history.last().clone();
        self.schedule.weigh(barrier, &totals, (&self.company[world], &self.tables[world]), &mut field);
        field
    }

    /// Looks at what period `t` came to, and notes which rules are acted on from the next period on.
    pub fn end(&mut self, groups: &[Group], t: u32) {
        for world in 0..self.scenarios.len() {
            let rules = &self.model.scenarios[self.scenarios[world]].rules;
            let fired = &self.heard[world].fired;
            let due: Vec<usize> = (0..rules.len()).filter(|rule| rules[*rule].looks_at(t, &fired[*rule])).collect();
            if due.is_empty() {
                continue;
            }
            let counts = self.counts(groups, world, t as usize);
            let values: Vec<_> = self.timelines[world].iter().map(|timeline| timeline.values(t).0).collect();
            let cohorts = counts.iter().enumerate().map(|(group, ledger)| {
                let (segment, entry) = (group / self.cells.entries, group % self.cells.entries);
                let came = self.heard[world].arrivals[segment][entry];
                SeenCohort {
                    ledger,
                    segment: SegmentId::from(segment),
                    weight: came.weight(),
                    came: if entry == t as usize { came.real } else { 0.0 },
                    values: &values[segment],
                }
            });
            let cohorts: Vec<SeenCohort<'_>> = cohorts.collect();
            let scenario = ScenarioId::from(self.scenarios[world]);
            let course = due.iter().any(|rule| rules[*rule].watched == Watched::CashFlow);
            let course = course.then(|| RoadmapTimeline::new(self.model, self.drawn, scenario, fired));
            let desks = self.model.channels.iter().filter_map(|channel| channel.desk.as_ref());
            let paid = self.companies.get(world).map(|company| company.values(t).0);
            let staff = paid.map_or(0.0, |values| desks.filter_map(|desk| desk.cost(&values)).sum());
            let (model, drawn) = (self.model, self.drawn);
            let seen = Observed { model, drawn, course: course.as_ref(), t, staff, cohorts: &cohorts };
            let acts = |rule: &usize| {
                let value = seen.value(rules[*rule].watched);
                if rules[*rule].above { value > rules[*rule].bound } else { value < rules[*rule].bound }
            };
            let acting: Vec<usize> = due.into_iter().filter(acts).collect();
            if !acting.is_empty() {
                let fired = &mut self.heard[world].fired;
                acting.into_iter().for_each(|rule| fired[rule].push(rules[rule].responds_to(t)));
                self.timelines[world] = self.timelines_of(world);
                if self.schedule.plan.shared.company {
                    self.companies[world] = self.company_of(world);
                }
            }
        }
    }

    /// Makes the sheets of the company itself, where they are read.
    fn make_company(&mut self, world: usize, t: u32) {
        let field = self.heard[world].history.last();
        self.company[world] = match self.companies.get(world) {
            Some(timeline) => Sheets::new(self.schedule, &Values::new(&timeline.values(t).0, t, field)),
            None => Sheets::default(),
        };
    }

    /// Makes the tables of period `t`, or what is new in them, segment by segment.
    fn make_tables(&mut self, world: usize, t: u32) {
        let (of, tables) = (self.schedule.tables(self.model), &mut self.tables[world]);
        let field = self.heard[world].history.last();
        for (segment, timeline) in self.timelines[world].iter().enumerate() {
            match tables.get_mut(segment) {
                Some(table) if timeline.epoch(t) != t => table.refresh(of, timeline, t, field),
                Some(table) => *table = PeriodTable::new(of, timeline, t, field),
                None => tables.push(PeriodTable::new(of, timeline, t, field)),
            }
        }
    }

    /// What all customers of each segment and entry count at time `t`.
    fn counts(&self, groups: &[Group], world: usize, t: usize) -> Vec<Counts<i128>> {
        let nothing = Counts::at(&self.schedule.layout, t);
        let mut counts = vec![nothing; self.cells.segments * self.cells.entries];
        for group in groups {
            let Crowd { segment, entry, .. } = group.span.crowd;
            counts[segment * self.cells.entries + entry as usize].add(&group.world(world).ledger.only(t));
        }
        counts
    }
}
