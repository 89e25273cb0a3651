//! An agreement is the law of the way that two scenarios share, and of how they leave it.
//!
//! In a row where the scenarios differ, a place with the chances p and q has the chance min(p, q) that both choose
//! it: the maximal coupling of the two rows (Lindvall 2002, "Lectures on the coupling method"). What is left over,
//! p - min(p, q) and q - min(p, q), is where they go when they part.

use super::program::Program;
use super::row_table::RowTable;
use super::tables::{PeriodTable, Tables};
use crate::engine::chance::narrow::single;
use crate::engine::lanes::Strip;

/// The chance 1 in units of a word.
const ONE: u64 = 1 << 32;

/// How a scenario (the second) agrees with the baseline (the first), period by period, in one segment.
pub struct Agreement<'a> {
    tables: [&'a Tables; 2],
    meetings: Vec<Meeting>,
    at: Vec<usize>,
    last: u32,
}

/// How two scenarios agree on the moves of one period.
pub enum Meeting {
    /// In everything.
    Same,
    /// By row.
    Plain(Box<PlainMeeting>),
    /// By customer, because rows are bent.
    Bent {
        /// Whether both bend rows by the same factors.
        same_factors: bool,
    },
}

/// Rows that are the same for all customers, met row by row.
pub struct PlainMeeting {
    /// The chance to part, by row, in single precision.
    pub chance: Strip,
    /// The moves of those who agree.
    pub shared: RowTable,
    /// The moves of those who part, by scenario.
    pub rest: [RowTable; 2],
}

impl<'a> Agreement<'a> {
    /// The agreement of two scenarios; none where they differ in other drawn numbers than the chances of moves.
    pub fn new(program: &Program, tables: [&'a Tables; 2]) -> Option<Self> {
        let mut agreement = Self { tables, meetings: Vec::new(), at: vec![0], last: 0 };
        let mut known: Vec<(usize, usize)> = Vec::new();
        for t in 1..=tables[0].horizon() {
            let pair = (tables[0].place(t), tables[1].place(t));
            let place = match known.iter().rposition(|its| *its == pair) {
                Some(place) => place,
                None => {
                    agreement.meetings.push(Meeting::new(program, tables.map(|its| its.period(t)))?);
                    known.push(pair);
                    known.len() - 1
                }
            };
            if !matches!(agreement.meetings[place], Meeting::Same) {
                agreement.last = t;
            }
            agreement.at.push(place);
        }
        Some(agreement)
    }

    /// How they agree in period `t`, from 1 on.
    pub fn meeting(&self, t: u32) -> &Meeting {
        &self.meetings[self.at[t as usize]]
    }

    /// The tables of period `t`, the baseline's first.
    pub fn tables(&self, t: u32) -> [&'a PeriodTable; 2] {
        self.tables.map(|tables| tables.period(t))
    }

    /// The last period in which they can part; 0 where they never do.
    pub fn last(&self) -> u32 {
        self.last
    }
}

impl Meeting {
    fn new(program: &Program, tables: [&PeriodTable; 2]) -> Option<Self> {
        let [base, other] = tables;
        if !base.differs_in_moves_alone(other) {
            return None;
        }
        if base.rows == other.rows && base.classes == other.classes {
            return Some(Self::Same);
        }
        if program.rows.bends {
            // What own chances take of staying depends on the row.
            let same_factors = base.classes == other.classes && program.rows.own.is_empty();
            return Some(Self::Bent { same_factors });
        }
        Some(Self::Plain(Box::new(PlainMeeting::new(tables))))
    }
}

impl PlainMeeting {
    fn new(tables: [&PeriodTable; 2]) -> Self {
        let [base, other] = tables;
        let length = base.rows.to[0].held();
        let mut meeting = Self {
            chance: Strip::of(vec![0; length]),
            shared: base.rows.clone(),
            rest: [base.rows.clone(), other.rows.clone()],
        };
        for row in 0..length {
            let chances = [chances(&base.rows, row), chances(&other.rows, row)];
            let shared: Vec<u64> = chances[0].iter().zip(&chances[1]).map(|(p, q)| *p.min(q)).collect();
            let parted = ONE - shared.iter().sum::<u64>();
            meeting.chance.set(row, single(parted as f64 / ONE as f64).to_bits());
            write(&mut meeting.shared, row, &shared);
            for (table, chances) in meeting.rest.iter_mut().zip(&chances) {
                let rest: Vec<u64> = chances.iter().zip(&shared).map(|(p, shared)| p - shared).collect();
                write(table, row, &rest);
            }
        }
        meeting
    }
}

/// The chances of a row's places, in units of 2^-32.
fn chances(rows: &RowTable, row: usize) -> Vec<u64> {
    let whole = |threshold: u32| if threshold == u32::MAX { ONE } else { u64::from(threshold) };
    let sums = rows.thresholds.iter().map(|strip| whole(strip.at(row))).chain([ONE]);
    let mut before = 0;
    let step = |sum: u64| {
        let chance = sum.saturating_sub(before);
        before = sum.max(before);
        chance
    };
    sums.map(step).collect()
}

/// Writes a row with chances in proportion to weights; one without any weight stays as it was, as nobody reads it.
fn write(rows: &mut RowTable, row: usize, weights: &[u64]) {
    let total: u64 = weights.iter().sum();
    let Some(last) = weights.iter().rposition(|weight| *weight > 0) else { return };
    let mut sum = 0;
    for (gap, strip) in rows.thresholds.iter_mut().enumerate() {
        sum += weights[gap];
        let threshold = ((u128::from(sum) << 32) + u128::from(total / 2)) / u128::from(total);
        strip.set(row, if gap < last { u32::try_from(threshold).unwrap_or(u32::MAX) } else { u32::MAX });
    }
    // The very last word passes a threshold that stands for 1, so what lies behind leads where the last place does.
    let byte = |place: usize| rows.to[place / 4].at(row) >> (8 * (place % 4)) & 0xFF;
    let to: Vec<u32> = (0..weights.len()).map(|place| byte(place.min(last))).collect();
    for (strip, four) in rows.to.iter_mut().zip(to.chunks(4)) {
        let bytes = four.iter().enumerate().map(|(i, stage)| stage << (8 * i));
        strip.set(row, bytes.fold(0, std::ops::BitOr::bitor));
    }
    rows.write_fours(0, row);
}
