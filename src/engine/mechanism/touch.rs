//! Touch: touchpoints happen to customers, end one way or another, are felt, move states, and take people elsewhere.
//!
//! An occurrence moves satisfaction by what it was like against what was expected (Oliver 1980, "A cognitive model of the
//! antecedents and consequences of satisfaction decisions", Journal of Marketing Research 17(4)); how it ends is a
//! multinomial logit around the chances as written (`McFadden` 1974, "Conditional logit analysis of qualitative choice
//! behavior"). That leaving, complaining and keeping still are ends of a failure, and not traits, is Hirschman (1970),
//! "Exit, voice, and loyalty". Those that come by themselves are a Poisson stream, or a chance a period.

use super::arrive::draw;
use super::bend::tilts;
use super::buy::LAST_PURCHASES;
use super::channel::Channels;
use super::coming::{come_now, in_turn, list};
use super::contract::{Mechanism, Numbers, Step};
use super::feel::SATISFACTION;
use super::hear::hearings;
use super::moving::CARRIED;
use super::needs::{Needs, Shown};
use super::occur::{Occurring, Reached};
use super::point::{OfRow, Phase, Point, PointSheet, RowSheet, TURN, TouchSheet};
use super::stream::{DrawChances, DrawCounts};
use super::tag::{CONTACTS, LAST_CHANNEL, TAGS, counts_contacts};
use super::totals::{Barrier, Totals};
use super::transition::{PERIODS_IN_STAGE, counts_periods_in_stage};
use crate::engine::chance::narrow::{single, whole};
use crate::engine::lanes::MOST_LANES;
use crate::engine::state::at::{At, Period};
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Columns, Lasting, Passing};
use crate::engine::state::occasions::{Happened, Occasions, TOUCHED};
use crate::engine::table::field::Field;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::tag::{Reading, Tag};
use crate::model::touchpoint::{Cause, MOST_OCCURRENCES, Touchpoint};
use crate::quantity::{ParamId, StageId};

/// How often each customer meets a touchpoint in a period.
const COUNT: ColumnSpec = ColumnSpec::new("met");
/// Where a touchpoint takes each customer at the next move: the stage, counted from 1.
const GOES: ColumnSpec = ColumnSpec::new("goes");

/// Which surveys ask each customer for what was met in the period.
pub const MET: ColumnSpec = ColumnSpec::new("met by surveys");

/// Touchpoints happen to customers.
pub struct Touch {
    /// By their places in the model.
    points: Vec<Point>,
    channels: Channels,
    /// Whether anybody may have to wait.
    waits: bool,
    reached: Reached,
    /// The stages that nothing leads out of.
    absorbs: Vec<bool>,
    purchases: Option<ColumnId<f32, Lasting>>,
    before: Option<ColumnId<u32, Passing>>,
    /// How often each customer hears what others tell, by its place in the model; none where nothing waits for it.
    hearings: Vec<Option<ColumnId<u32, Passing>>>,
    count: ColumnId<u32, Passing>,
    numbers: [Option<ParamId>; 4],
}

impl Mechanism for Touch {
    const NAME: &'static str = "touch";
    type Sheet = TouchSheet;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        let rows = || model.touchpoints.iter().flat_map(|its| &its.rows);
        let moves = model.touchpoints.iter().any(Touchpoint::moves);
        // Who is taken elsewhere moves otherwise than by the rows that scenarios are compared by, and branches of a shared
        // path do not know the segment of their customers: such lives are only paired.
        if !moves && !model.waits() && rows().all(|row| row.whom.segments.is_empty()) {
            needs.compared_by_sheet();
        }
        if model.touchpoints.is_empty() {
            return None;
        }
        let caused = |cause: Cause| model.touchpoints.iter().any(|its| its.cause() == cause);
        let first = model.channels.iter().filter_map(|its| its.desk.as_ref()?.first.as_ref());
        let whom = rows().map(|row| &row.whom).chain(first.map(|(whom, _)| whom));
        let by_tag = whom.into_iter().any(|whom| !whom.classes.is_empty());
        let mut points: Vec<Point> = Vec::new();
        for place in 0..model.touchpoints.len() {
            let point = Point::of(model, needs, place, &points);
            points.push(point);
        }
        let experience = model.experience.as_ref();
        let surprise = experience.and_then(|its| its.surprise);
        let hears = experience.and_then(|its| its.hears);
        let expectation = surprise.map(|its| its.expectation).or(hears.map(|its| its.expectation));
        let timed = model.touchpoints.iter().any(|its| its.timing.is_some());
        let before = moves || caused(Cause::Entry);
        Some(Self {
            points,
            channels: Channels::of(model, needs),
            waits: model.waits(),
            reached: Reached {
                tags: by_tag.then(|| needs.words(TAGS)),
                last_channel: model.tags.iter().any(reads_channel).then(|| needs.words(LAST_CHANNEL)),
                satisfaction: experience.map(|_| needs.numbers(SATISFACTION)),
                expectation: expectation.map(|of| needs.numbers(CARRIED.at(of.index()))),
                surprises: surprise.is_some(),
                periods: (timed || (moves && counts_periods_in_stage(model))).then(|| needs.words(PERIODS_IN_STAGE)),
                touched: needs.event(TOUCHED),
                contacts: counts_contacts(model).then(|| needs.words(CONTACTS)),
                goes: moves.then(|| needs.words(GOES)),
                met: model.surveys.iter().any(|its| its.on.is_some()).then(|| needs.passing_words(MET)),
                moved: model.weights.as_ref().map(|its| needs.counter(its.counter, Shown::ByEvent(TOUCHED))),
            },
            absorbs: model.stages.iter().map(|stage| stage.exits.is_empty()).collect(),
            purchases: caused(Cause::Purchase).then(|| needs.numbers(LAST_PURCHASES)),
            before: before.then(|| needs.before()),
            hearings: hearings(model, needs),
            count: needs.passing_words(COUNT.made_anew()),
            numbers: [
                experience.map(|its| its.learning),
                surprise.map(|its| its.gain),
                surprise.map(|its| its.loss),
                hears.map(|its| its.pace),
            ],
        })
    }

    fn steps(&self) -> &'static [Step] {
        if self.waits {
            &[Step::Begin, Step::Meet, Step::Serve, Step::Move, Step::After]
        } else {
            &[Step::Begin, Step::Meet, Step::Move, Step::After]
        }
    }

    fn sheet(&self, values: &Values<'_>) -> TouchSheet {
        let [learning, gain, loss, hears] = self.numbers.map(|id| id.map_or(0.0, |id| single(values[id])));
        let channels = self.channels.sheet(values);
        let points = self.points.iter().map(|point| point.sheet(values, &channels)).collect();
        TouchSheet { learning, more: [gain, loss], hears, points, channels }
    }

    fn run(&self, step: Step, at: &mut At<'_>, sheet: Option<&TouchSheet>) {
        match (step, sheet) {
            (Step::Begin, _) => self.begin(at),
            (Step::Meet, Some(sheet)) => self.happen(at, sheet, Phase::Meet),
            (Step::Serve, Some(sheet)) => self.happen(at, sheet, Phase::Serve),
            (Step::Move, Some(_)) => self.go(at),
            (Step::After, Some(sheet)) => self.happen(at, sheet, Phase::After),
            _ => {}
        }
    }

    fn weigh(&self, barrier: Barrier, totals: &Totals<'_>, numbers: &Numbers<'_, TouchSheet>, field: &mut Field) {
        let company = numbers.company.map(|sheet| &sheet.channels);
        let numbers = Numbers { company, segments: numbers.segments.iter().map(|sheet| &sheet.channels).collect() };
        match barrier {
            Barrier::Midway => self.channels.connect(totals, &numbers, field),
            Barrier::Over => self.channels.close(totals, &numbers, field),
        }
    }

    fn rests(&self, stage: StageId) -> bool {
        self.points.iter().all(|point| !point.is_in(stage.index()))
    }

    // Touchpoints are followed exactly; which of them cannot be is for `exact/touch_obstacle.rs` to say.
    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

impl Touch {
    /// Draws whose turn is when.
    fn begin(&self, at: &mut At<'_>) {
        let (block, world) = (&mut *at.block, at.world);
        let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; block.customer.len()]);
        for point in &self.points {
            if let Some(turns) = point.turns {
                draw(block, world, (TURN, point.luck), &mut words);
                block.columns.words_mut(turns).copy_from_slice(&words[0]);
            }
        }
    }

    /// Lets touchpoints happen, in the order of cause.
    fn happen(&self, at: &mut At<'_>, sheet: &TouchSheet, phase: Phase) {
        let Some(now) = at.period else { return };
        for column in [self.reached.touched, self.reached.met].into_iter().flatten().filter(|_| phase == Phase::Meet) {
            let lanes = at.block.live.next_multiple_of(MOST_LANES);
            at.scratch.columns.words_mut(column)[..lanes].fill(0);
        }
        if !self.points.iter().any(|point| point.acts_in(phase)) {
            return;
        }
        let mut occasions = std::mem::take(&mut at.scratch.occasions);
        occasions.fit(at.block.stage.len(), self.points.len());
        for (place, (point, numbers)) in self.points.iter().zip(&sheet.points).enumerate() {
            let of = |row| Occurring {
                reached: &self.reached,
                channels: &self.channels,
                now,
                sheet,
                point,
                numbers,
                place,
                row,
            };
            if point.is_met_in(phase) {
                for row in 0..point.rows.len() {
                    self.come(at, &mut occasions, now, (point, numbers, row));
                    of(row).all(at.block, &mut at.scratch.columns, &mut occasions, at.counts.as_deref_mut());
                }
            }
            let Some(line) = &point.line else { continue };
            if let Some((_, next)) = line.next.filter(|(known, _)| *known == phase) {
                self.put_off(at, &mut occasions, now, (point, numbers, next));
            }
            if phase == Phase::Serve {
                let (block, columns) = (&mut *at.block, &mut at.scratch.columns);
                of(0).serve((block, columns), line, &mut occasions, at.counts.as_deref_mut());
            }
        }
        at.scratch.occasions = occasions;
    }

    /// Lists whom a touchpoint is about to meet by a row of its plan.
    fn come(
        &self,
        at: &mut At<'_>,
        occasions: &mut Occasions,
        now: Period<'_>,
        (point, numbers, row): (&Point, &PointSheet, usize),
    ) {
        match point.line.as_ref().and_then(|line| line.next) {
            Some((_, next)) => come_now(at.block, next, &mut occasions.coming),
            None => self.brought(at, occasions, now, (point, numbers, row)),
        }
        if point.rows.len() > 1 || !point.rows[row].whom.is_all() {
            self.keep_whom(at.block, &mut occasions.coming, (point, numbers, row));
        }
    }

    /// Lists for whom something brings a touchpoint about.
    fn brought(
        &self,
        at: &mut At<'_>,
        occasions: &mut Occasions,
        now: Period<'_>,
        (point, numbers, row): (&Point, &PointSheet, usize),
    ) {
        occasions.coming.clear();
        if let Cause::After { of, end } = point.rows[row].cause {
            let (happened, coming) = (&occasions.happened[of.index()], &mut occasions.coming);
            for ((place, number), how) in happened.place.iter().zip(&happened.number).zip(&happened.end) {
                if end.is_none_or(|end| whole(end) == *how) {
                    coming.push(*place, *number, 0);
                }
            }
        } else {
            let (block, columns) = (&*at.block, &mut at.scratch.columns);
            let most = self.count((block, columns), occasions.tilt(0), now, (point, numbers, row));
            list((now, at.block.live), at.scratch.columns.words(self.count), most, &mut occasions.coming);
        }
    }

    /// Notes what stands in line in the next period only, as its cause comes too late for this one.
    fn put_off(
        &self,
        at: &mut At<'_>,
        occasions: &mut Occasions,
        now: Period<'_>,
        (point, numbers, next): (&Point, &PointSheet, ColumnId<u32, Lasting>),
    ) {
        self.brought(at, occasions, now, (point, numbers, 0));
        let next = at.block.columns.words_mut(next);
        for (place, number) in occasions.coming.place.iter().zip(&occasions.coming.number) {
            next[*place as usize] |= 1 << (number % 16);
        }
    }

    /// Keeps those whom a row is for, and no row before it.
    fn keep_whom(&self, block: &Block, coming: &mut Happened, (point, numbers, row): (&Point, &PointSheet, usize)) {
        let (segment, tags) =
            (block.segment(), self.reached.tags.map(|id| block.columns.words(id)).unwrap_or_default());
        let mut kept = 0;
        for at in 0..coming.place.len() {
            let place = coming.place[at] as usize;
            let (stage, tags) = (block.stage[place] as usize, tags.get(place).copied().unwrap_or(0));
            let fits =
                |(row, sheet): (&OfRow, &RowSheet)| sheet.often.number(stage) > 0.0 && row.whom.fits(segment, tags);
            if point.rows.iter().zip(&numbers.rows).position(fits) == Some(row) {
                (coming.place[kept], coming.number[kept]) = (coming.place[at], coming.number[at]);
                kept += 1;
            }
        }
        coming.place.truncate(kept);
        coming.number.truncate(kept);
    }

    /// How often each customer meets what follows no other touchpoint; returns the most times of any.
    fn count(
        &self,
        (block, columns): (&Block, &mut Columns<Passing>),
        tilt: &mut [f32],
        now: Period<'_>,
        (point, numbers, row): (&Point, &PointSheet, usize),
    ) -> u32 {
        let words = point.bits.map(|bits| now.bits.of(bits, now.t));
        let tilt: &[f32] = if words.is_some() && !point.states.is_empty() {
            tilts((block, columns), now, (&point.states, &numbers.weights), tilt);
            tilt
        } else {
            &[]
        };
        let before = self.before.map(|id| columns.take_words(id));
        let heard = self.heard(point.rows[row].cause).map(|id| (id, columns.take_words(id)));
        // What lies behind the last customer's lanes is read by nobody, and blocks of newcomers are small.
        let (live, lanes) = (block.live, block.live.next_multiple_of(MOST_LANES));
        let count = &mut columns.words_mut(self.count)[..lanes];
        let mut most = 1;
        let often = &numbers.rows[row].often;
        match (point.rows[row].cause, words) {
            (Cause::Rate, Some(words)) => {
                let mean = often;
                now.world.set.run(DrawCounts { block, now, words, mean, traits: &[], tilt, count });
                most = MOST_OCCURRENCES;
            }
            (Cause::Chance, Some(words)) => {
                now.world.set.run(DrawChances { block, now, words, chance: often, tilt, count });
            }
            (Cause::Every(every), _) => in_turn(block, now, (point, every), count),
            (Cause::Purchase, _) => {
                let made = self.purchases.map(|id| block.columns.numbers(id)).unwrap_or_default();
                for (count, made) in count[..live].iter_mut().zip(made) {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a whole number from 0"
                    )]
                    let made = *made as u32;
                    *count = made;
                }
                most = MOST_OCCURRENCES;
            }
            (Cause::Entry, _) => {
                let newcomers = block.entry() > 0 && now.age == 1;
                let before = before.as_deref().unwrap_or_default();
                for ((count, before), stage) in count[..live].iter_mut().zip(before).zip(&block.stage) {
                    *count = u32::from(newcomers || before != stage);
                }
            }
            (Cause::Heard(_), _) => {
                let heard = heard.as_ref().map_or(&[][..], |(_, heard)| heard);
                count[..live].iter_mut().zip(heard).for_each(|(count, heard)| *count = *heard);
                most = MOST_OCCURRENCES;
            }
            _ => count.fill(0),
        }
        count[live..].fill(0);
        if let Some((id, heard)) = heard {
            columns.put_words(id, heard);
        }
        if let Some((id, before)) = self.before.zip(before) {
            columns.put_words(id, before);
        }
        most
    }

    /// How often each customer hears what brings a touchpoint about; none where it is something else.
    fn heard(&self, cause: Cause) -> Option<ColumnId<u32, Passing>> {
        if let Cause::Heard(of) = cause { *self.hearings.get(of.index())? } else { None }
    }

    /// Takes people where touchpoints have sent them since the last move, in place of the move.
    fn go(&self, at: &mut At<'_>) {
        let Some((goes, before)) = self.reached.goes.zip(self.before) else { return };
        let block = &mut *at.block;
        let before = at.scratch.columns.words(before);
        let mut sent = block.columns.take_words(goes);
        for place in 0..block.live {
            let to = std::mem::take(&mut sent[place]);
            let from = before[place];
            if to == 0 || to == from + 1 || self.absorbs[from as usize] {
                continue;
            }
            block.stage[place] = to - 1;
            if let Some(periods) = self.reached.periods {
                block.columns.words_mut(periods)[place] = 0;
            }
        }
        block.columns.put_words(goes, sent);
    }
}

/// Whether a tag is read from the channel that was tried last.
fn reads_channel(tag: &Tag) -> bool {
    tag.on == Reading::Channel
}
