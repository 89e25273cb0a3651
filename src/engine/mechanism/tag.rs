//! Tag: customers fall into classes by a number that they carry, and are read anew every so many of their periods.
//!
//! Classes by what customers have done before are those of recency, frequency and value (Hughes 1994, "Strategic database
//! marketing"); a class of four bits for each tag stands in one word.

use super::contract::{Mechanism, Step};
use super::feel::SATISFACTION;
use super::moving::CARRIED;
use super::needs::{Needs, Shown};
use super::transition::PERIODS_IN_STAGE;
use super::wallet::LAST_SHARE;
use crate::engine::chance::narrow::{single, whole};
use crate::engine::count::layout::Place;
use crate::engine::lanes::{Kernel, Lanes};
use crate::engine::state::at::At;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::occasions::TOUCHED;
use crate::engine::state::plan::{DriverState, StateColumn};
use crate::engine::table::shape::states;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::State;
use crate::model::tag::{MOST_CLASSES, NO_CHANNEL, Reading, Tag};
use crate::model::touchpoint::Touchpoint;
use crate::quantity::{StageId, TagId};

/// The classes of every customer: four bits a tag.
pub const TAGS: ColumnSpec = ColumnSpec::new("tags");

/// How often anything has happened to each customer in the period.
pub const CONTACTS: ColumnSpec = ColumnSpec::new("met in the period");

/// The channel that each customer has tried last, counted from 1.
pub const LAST_CHANNEL: ColumnSpec = ColumnSpec::new("last channel");

/// Whether each customer is in a class, as drivers read it.
const IS_IN: ColumnSpec = ColumnSpec::new("is in a class");

/// Customers fall into classes.
pub struct Tags {
    column: ColumnId<u32, Lasting>,
    /// By their places in the model.
    each: Vec<Read>,
    /// The classes that drive something.
    drives: Vec<Drives>,
    /// Whether touchpoints may be driven by them, before tags are read anew.
    drives_early: bool,
    /// For each stage, whether customers there are retained, so that they are counted.
    retained: Vec<bool>,
    /// Where everybody was before the move, where classes tell apart who stays.
    before: Option<ColumnId<u32, Passing>>,
    contacts: Option<ColumnId<u32, Lasting>>,
}

/// A tag as it is read.
struct Read {
    /// Its place in the word.
    shift: u32,
    from: From,
    /// From which value on each class but the first holds.
    bands: Vec<f32>,
    every: u32,
    place: Place,
    /// Where who stays, and what happens to customers, is counted by class.
    stays: Option<Place>,
    meets: Option<Place>,
}

/// A class that drives something.
struct Drives {
    /// The bits of its tag in the word, and what they are where a customer is in the class.
    bits: u32,
    class: u32,
    /// 1 for those who are in it, else 0.
    is_in: ColumnId<f32, Passing>,
}

/// What a tag is read from.
enum From {
    /// A number, with how much it has grown in each period since a customer came.
    Number(ColumnId<f32, Lasting>, f32),
    Tenure,
    Periods(ColumnId<u32, Lasting>),
    /// The channel that was tried last, counted from 1, and the number that each stands for; 0 where none was.
    Channel(ColumnId<u32, Lasting>, Vec<f32>),
}

impl Mechanism for Tags {
    const NAME: &'static str = "tag";
    // Bands are known, so that no two scenarios differ in them.
    type Sheet = ();

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        let each: Vec<Read> =
            model.tags.iter().enumerate().filter_map(|(place, tag)| Read::of((place, tag), needs)).collect();
        (!each.is_empty()).then(|| Self {
            column: needs.words(TAGS),
            each,
            drives: Drives::all(model, needs),
            drives_early: drives_touchpoints(model),
            retained: model.stages.iter().map(|stage| stage.retained).collect(),
            before: model.tags.iter().any(|tag| tag.cut.is_some()).then(|| needs.before()),
            contacts: counts_contacts(model).then(|| needs.words(CONTACTS)),
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Begin, Step::Start, Step::Feel, Step::Settle, Step::Count]
    }

    fn sheet(&self, _values: &Values<'_>) {}

    fn run(&self, step: Step, at: &mut At<'_>, _sheet: Option<&()>) {
        match step {
            Step::Begin => self.read(at, None),
            Step::Feel if self.drives_early => self.drive(at),
            Step::Feel => {}
            Step::Settle => {
                let age = at.period.map(|now| now.age);
                self.read(at, age);
                self.drive(at);
            }
            _ => {
                self.count(at);
                self.count_cuts(at);
            }
        }
    }

    // Outside retained stages nobody counts a class: who reads it does not let them rest.
    fn rests(&self, stage: StageId) -> bool {
        !self.retained[stage.index()]
    }

    // Whom touchpoints are for they say themselves.
    fn obstacle(model: &Model) -> Option<String> {
        let (tag, class) = driving(model).into_iter().next()?;
        let tag = &model.tags[tag.index()];
        let (class, _) = tag.bands.get(usize::from(class))?;
        Some(format!("the class `{class}` of `{}` drives moves, purchases or touchpoints", tag.name))
    }
}

/// Whether what happens to customers is told apart by class.
pub fn counts_contacts(model: &Model) -> bool {
    model.tags.iter().any(|tag| tag.cut.is_some_and(|cut| cut.contacts.is_some()))
}

/// The classes that drive something, each once.
fn driving(model: &Model) -> Vec<(TagId, u8)> {
    let classes = states(model, model.drivers()).into_iter().filter_map(|state| match state {
        State::Class(tag, class) => Some((tag, class)),
        _ => None,
    });
    classes.collect()
}

/// Whether a class drives a touchpoint.
fn drives_touchpoints(model: &Model) -> bool {
    let channels = model.channels.iter().flat_map(|its| &its.drivers);
    let mut drivers = model.touchpoints.iter().flat_map(Touchpoint::all_drivers).chain(channels);
    drivers.any(|driver| matches!(driver.on, State::Class(..)))
}

impl Drives {
    /// All of them, registered as states that drivers may read.
    fn all(model: &Model, needs: &mut Needs<'_>) -> Vec<Self> {
        let one = |(place, (tag, class)): (usize, (TagId, u8))| {
            let is_in = needs.passing_numbers(IS_IN.at(place));
            let column = StateColumn::Passing(is_in);
            needs.state(DriverState { of: State::Class(tag, class), neutral: 0.0, growth: 0.0, column });
            let shift = 4 * tag.0;
            Self { bits: 15 << shift, class: u32::from(class) << shift, is_in }
        };
        driving(model).into_iter().enumerate().map(one).collect()
    }
}

/// Writes 1 for those whose bits in a word are those of a class, else 0.
struct Mark<'a> {
    words: &'a [u32],
    bits: u32,
    class: u32,
    is_in: &'a mut [f32],
    live: usize,
}

impl Kernel for Mark<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let n = l.steps(self.live);
        let (words, is_in) = (l.words(self.words, n), l.numbers_mut(self.is_in, n));
        let (bits, class, one, zero) = (l.u(self.bits), l.u(self.class), l.f(1.0), l.f(0.0));
        for i in 0..n {
            let here = l.eq(l.and(l.load(&words[i]), bits), class);
            l.store_f(&mut is_in[i], l.pick_f(here, one, zero));
        }
    }
}

impl Read {
    /// None where nobody has registered what it is read from, such as a blend of states.
    fn of((place, tag): (usize, &Tag), needs: &mut Needs<'_>) -> Option<Self> {
        let from = match tag.on {
            Reading::State(State::Satisfaction) => From::Number(needs.numbers(SATISFACTION), 0.0),
            Reading::State(State::Carried(of)) => From::Number(needs.lasting_numbers(CARRIED.at(of.index()))?, 0.0),
            Reading::State(State::Trait(of)) => {
                From::Number(needs.trait_column(of)?, needs.growth(State::Trait(of)).unwrap_or(0.0))
            }
            Reading::State(State::Happened(_) | State::Class(..)) => return None,
            Reading::Wallet => From::Number(needs.numbers(LAST_SHARE), 0.0),
            Reading::Channel => From::Channel(needs.words(LAST_CHANNEL), numbers(needs.model(), tag)),
            Reading::Tenure => From::Tenure,
            Reading::PeriodsInStage => From::Periods(needs.words(PERIODS_IN_STAGE)),
        };
        let bands = tag.bands.iter().skip(1).map(|(_, from)| single(*from)).collect();
        Some(Self {
            shift: 4 * whole(place),
            from,
            bands,
            every: tag.every,
            place: needs.counter(tag.counter, Shown::ByState),
            stays: tag.cut.map(|cut| needs.counter(cut.stays, Shown::ByStage)),
            meets: tag.cut.and_then(|cut| cut.contacts).map(|id| needs.counter(id, Shown::ByEvent(TOUCHED))),
        })
    }
}

/// The number that each channel stands for in the bands of a tag, after that of none.
fn numbers(model: &Model, tag: &Tag) -> Vec<f32> {
    let of = |name: &str| tag.bands.iter().find(|(band, _)| band == name).map(|(_, from)| single(*from));
    let none = of(NO_CHANNEL).unwrap_or(f32::NEG_INFINITY);
    std::iter::once(none).chain(model.channels.iter().map(|its| of(&its.name).unwrap_or(none))).collect()
}

impl Tags {
    /// Reads the tags that are due in a customer's `age`-th period; all of them at entry.
    fn read(&self, at: &mut At<'_>, age: Option<u32>) {
        let block = &mut *at.block;
        let mut words = block.columns.take_words(self.column);
        for tag in &self.each {
            if age.is_some_and(|age| age % tag.every != 0) {
                continue;
            }
            let grown = age.map_or(0, |age| age - 1) as f32;
            for (at, word) in words[..block.live].iter_mut().enumerate() {
                let number = match &tag.from {
                    From::Number(column, growth) => block.columns.numbers(*column)[at] + growth * grown,
                    From::Tenure => age.unwrap_or(1) as f32,
                    From::Periods(column) => (block.columns.words(*column)[at] + 1) as f32,
                    From::Channel(column, numbers) => numbers[block.columns.words(*column)[at] as usize],
                };
                let class = whole(tag.bands.iter().filter(|from| number >= **from).count());
                *word = *word & !(15 << tag.shift) | class << tag.shift;
            }
        }
        block.columns.put_words(self.column, words);
    }

    /// Writes who is in the classes that drive something, as tags were last read.
    fn drive(&self, at: &mut At<'_>) {
        let (block, set) = (&*at.block, at.world.set);
        for Drives { bits, class, is_in } in &self.drives {
            let is_in = at.scratch.columns.numbers_mut(*is_in);
            let words = block.columns.words(self.column);
            set.run(Mark { words, bits: *bits, class: *class, is_in, live: block.live });
        }
    }

    fn count(&self, at: &mut At<'_>) {
        let t = at.time() as usize;
        let block = &*at.block;
        let Some(counts) = &mut at.counts else { return };
        let words = block.columns.words(self.column);
        for tag in &self.each {
            let cells = counts.cells_at(&tag.place, t);
            for (word, stage) in words[..block.live].iter().zip(&block.stage) {
                if self.retained[*stage as usize] {
                    cells[(*word >> tag.shift & 15) as usize] += 1;
                }
            }
        }
    }
    /// Counts by class who stays and what has happened to customers in the period, and begins anew.
    fn count_cuts(&self, at: &mut At<'_>) {
        let (t, live) = (at.time() as usize, at.block.live);
        let contacts = self.contacts.map(|id| (id, at.block.columns.take_words(id)));
        if let (Some(_), Some(counts)) = (at.period, &mut at.counts) {
            let (block, words) = (&*at.block, at.block.columns.words(self.column));
            let before = self.before.map(|id| at.scratch.columns.words(id)).unwrap_or_default();
            for tag in &self.each {
                let class = |word: &u32| (word >> tag.shift & 15) as usize;
                if let Some(stays) = &tag.stays {
                    let mut cells = [0_u64; 2 * MOST_CLASSES];
                    for ((word, before), stage) in words[..live].iter().zip(before).zip(&block.stage) {
                        if self.retained[*before as usize] {
                            cells[2 * class(word)] += 1;
                            cells[2 * class(word) + 1] += u64::from(self.retained[*stage as usize]);
                        }
                    }
                    add(counts.cells_at(stays, t), &cells);
                }
                if let Some((meets, (_, contacts))) = tag.meets.as_ref().zip(contacts.as_ref()) {
                    let mut cells = [0_u64; MOST_CLASSES];
                    for (word, contacts) in words[..live].iter().zip(contacts) {
                        cells[class(word)] += u64::from(*contacts);
                    }
                    add(counts.cells_at(meets, t), &cells);
                }
            }
        }
        if let Some((id, mut contacts)) = contacts {
            contacts[..live].fill(0);
            at.block.columns.put_words(id, contacts);
        }
    }
}

fn add(cells: &mut [i128], counts: &[u64]) {
    for (cell, count) in cells.iter_mut().zip(counts) {
        *cell += i128::from(*count);
    }
}
