//! Buy: customers in a stage with purchases buy a Poisson number of baskets; some leave after one of them.
//!
//! The number of purchases has the rate λ · trait · exp(sum of weight · (state - neutral)): a Poisson regression
//! (Cameron & Trivedi 2013, "Regression analysis of count data") whose gamma-distributed trait gives the
//! negative binomial of Ehrenberg (1959). A chance taken after each purchase is the dropout of the
//! BG/NBD model (Fader, Hardie & Lee 2005, Marketing Science 24(2)): who leaves after the j-th buys no more.

use super::baskets::{Buyers, Money, Noted, Remaining, Tally, TheirMoney, Wanted};
use super::bend::tilts;
use super::bulk::{self, ONE_BY_ONE};
use super::contract::{Mechanism, Step};
use super::count::{ACQUIRED, acquires};
use super::cut::Cuts;
use super::needs::{Needs, Shown};
use super::own::refresh_own;
use super::shop::{BuySheet, Buying, Shop};
use super::stream::{DrawCounts, OwnNumber, RateTrait};
use super::thin::Thin;
use super::transition::{PERIODS_IN_STAGE, counts_periods_in_stage};
use crate::engine::chance::draws::{Address, Purpose, unit, unit64};
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::Sample;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::lanes::{MOST_LANES, Strip};
use crate::engine::state::at::{At, Period};
use crate::engine::state::bits::BitsId;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::scratch::Scratch;
use crate::engine::state::subset::{Subset, SubsetPlan};
use crate::engine::table::shape::states;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::counter;
use crate::model::journey::{Stage, State};
use crate::model::state::Signal;
use crate::model::touchpoint::Cause;
use crate::quantity::{StageId, TraitId};

/// Draws the number of purchases.
pub const PURCHASES: Purpose = Purpose::numbered(3);
/// Draws the value of a basket.
pub const BASKET: Purpose = Purpose::numbered(4);
/// Draws a chance taken after a purchase.
pub const LEAVE: Purpose = Purpose::numbered(5);

/// How often each customer buys in a period.
const COUNT: ColumnSpec = ColumnSpec::new("purchases");
/// How often each customer bought in the last period.
pub const LAST_PURCHASES: ColumnSpec = ColumnSpec::new("last purchases");
/// What each customer spent on baskets in the last period.
pub const LAST_SPENT: ColumnSpec = ColumnSpec::new("last spent");
/// What each customer bought, as lives are compared by.
const BOUGHT: ColumnSpec = ColumnSpec::new("bought");

/// Customers in a stage with purchases buy.
pub struct Buy {
    bits: BitsId,
    /// Random bits of who leaves; none where nobody does after a purchase.
    leaves: Option<BitsId>,
    count: ColumnId<u32, Passing>,
    /// What each customer bought, as lives are compared by.
    bought: Option<ColumnId<u32, Passing>>,
    /// How often, where somebody reads it in the next period.
    last: Option<ColumnId<f32, Lasting>>,
    /// For how much, where somebody does.
    spent: Option<ColumnId<f32, Lasting>>,
    /// What is told apart by class; none where nothing is.
    cuts: Option<Cuts>,
    acquired: Option<ColumnId<u32, Lasting>>,
    periods_in_stage: Option<ColumnId<u32, Lasting>>,
    /// What drives rates.
    states: Vec<State>,
    /// The traits that multiply rates.
    rate_traits: Vec<RateTrait>,
    /// By stage.
    shops: Vec<Option<Shop>>,
    /// What rivals sell; none where customers share nothing with them.
    thin: Option<Thin>,
    places: Places,
}

/// Where purchases, their money, and the moves of those who leave are counted.
struct Places {
    purchases: Place,
    baskets: Place,
    moves: Place,
}

impl Mechanism for Buy {
    const NAME: &'static str = "buy";
    type Sheet = BuySheet;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        let purchases = || model.stages.iter().filter_map(|stage| stage.purchases.as_ref());
        purchases().next()?;
        let leaves = model.stages.iter().any(|stage| stage.leaves().next().is_some());
        if leaves {
            needs.own_chances();
        }
        needs.subset(SubsetPlan { baskets: true, ..SubsetPlan::default() });
        Some(Self {
            bits: needs.bits(PURCHASES),
            leaves: leaves.then(|| needs.bits(LEAVE)),
            count: needs.passing_words(COUNT.made_anew()),
            bought: needs.event(BOUGHT),
            last: reads_purchases(model).then(|| needs.numbers(LAST_PURCHASES)),
            spent: model.reads(Signal::Spent).then(|| needs.numbers(LAST_SPENT)),
            cuts: Cuts::of(model, needs, BOUGHT),
            acquired: (leaves && acquires(model)).then(|| needs.words(ACQUIRED)),
            periods_in_stage: (leaves && counts_periods_in_stage(model)).then(|| needs.words(PERIODS_IN_STAGE)),
            states: states(model, purchases().flat_map(|its| &its.drivers)),
            rate_traits: rate_traits(model, needs),
            shops: model.stages.iter().enumerate().map(|(stage, its)| Shop::of(model, needs, (stage, its))).collect(),
            thin: Thin::of(model, needs),
            places: Places {
                purchases: needs.counter(counter::PURCHASES, Shown::ByEvent(BOUGHT)),
                baskets: needs.counter(counter::BASKETS, Shown::ByEvent(BOUGHT)),
                moves: needs.counter(counter::MOVES, Shown::ByStage),
            },
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Buy]
    }

    fn sheet(&self, values: &Values<'_>) -> BuySheet {
        let rate = |shop: &Option<Shop>| shop.as_ref().map_or(0.0, |shop| single(values[shop.rate]));
        let weight = |shop: &Shop, state: State| {
            let its = shop.drivers.iter().filter(|driver| driver.on == state).map(|driver| values[driver.weight]);
            its.reduce(|sum, weight| sum + weight).map_or(0.0, single)
        };
        let weights = |state: &State| {
            Strip::of_f32(
                self.shops.iter().map(|shop| shop.as_ref().map_or(0.0, |its| weight(its, *state))).chain([0.0]),
            )
        };
        BuySheet {
            rate: Strip::of_f32(self.shops.iter().map(rate).chain([0.0])),
            weights: self.states.iter().map(weights).collect(),
            buying: self.shops.iter().map(|shop| shop.as_ref().map(|shop| shop.buying(values))).collect(),
        }
    }

    fn run(&self, _step: Step, at: &mut At<'_>, sheet: Option<&BuySheet>) {
        let Some((now, sheet)) = at.period.zip(sheet) else { return };
        // Where nothing is counted only those change who leave, or carry on what they bought.
        if at.counts.is_none() && self.leaves.is_none() && self.last.is_none() && self.spent.is_none() {
            return;
        }
        let Scratch { columns, rate_tilt, subset, .. } = &mut *at.scratch;
        let block = &mut *at.block;
        let mut bought = self.bought.map(|id| columns.take_words(id));
        if let Some(bought) = &mut bought {
            bought[..block.live].fill(0);
        }
        for last in [self.last, self.spent].into_iter().flatten() {
            let lanes = block.live.next_multiple_of(MOST_LANES);
            block.columns.numbers_mut(last)[..lanes].fill(0.0);
        }
        let mut spent = self.spent.map(|id| block.columns.take_numbers(id));
        rate_tilt.resize(if self.states.is_empty() { 0 } else { block.stage.len() }, 0.0);
        tilts((block, columns), now, (&self.states, &sheet.weights), rate_tilt);
        if let Some(thin) = &self.thin {
            thin.thin(block, now, columns, (rate_tilt, self.states.is_empty()));
        }
        let count = columns.words_mut(self.count);
        now.world.set.run(DrawCounts {
            block,
            now,
            words: now.bits.of(self.bits, now.t),
            mean: &sheet.rate,
            traits: &self.rate_traits,
            tilt: rate_tilt,
            count,
        });
        if self.leaves.is_some() {
            refresh_own(block, now);
        }
        if let Some((thin, counts)) = self.thin.as_ref().zip(at.counts.as_deref_mut()) {
            thin.count_rivals((block, columns, rate_tilt), (now, sheet), &self.rate_traits, counts);
        }
        let count = columns.words_mut(self.count);
        for (stage, (shop, buying)) in self.shops.iter().zip(&sheet.buying).enumerate() {
            let (Some(shop), Some(buying)) = (shop, buying) else { continue };
            let sale = Sale { of: self, now, stage, shop, buying };
            let buyers = now.world.set.run(sale.buyers(block, count, subset));
            if buying.leave.is_some() {
                sale.some_leave(block, buyers, (subset, count), at.counts.as_deref_mut());
            }
            if let Some(last) = self.last {
                let last = block.columns.numbers_mut(last);
                for (place, count) in subset.place[..buyers].iter().zip(&subset.count) {
                    last[*place as usize] = *count as f32;
                }
            }
            let noted = Noted { bought: bought.as_deref_mut(), spent: spent.as_deref_mut(), by_class: None };
            sale.serve(block, buyers, (subset, noted), at.counts.as_deref_mut());
        }
        if let Some((id, spent)) = self.spent.zip(spent) {
            block.columns.put_numbers(id, spent);
        }
        if let Some((id, bought)) = self.bought.zip(bought) {
            columns.put_words(id, bought);
        }
    }

    fn rests(&self, stage: StageId) -> bool {
        self.shops[stage.index()].is_none()
    }

    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}

/// Whether something reads how often customers bought.
fn reads_purchases(model: &Model) -> bool {
    model.reads(Signal::Purchases) || model.touchpoints.iter().any(|its| its.cause() == Cause::Purchase)
}

fn rate_traits(model: &Model, needs: &Needs<'_>) -> Vec<RateTrait> {
    let of = |stage: &Stage| stage.purchases.as_ref().and_then(|p| p.rate_trait);
    let mut traits: Vec<TraitId> = model.stages.iter().filter_map(of).collect();
    traits.sort_unstable();
    traits.dedup();
    let strip = |its: TraitId| Strip::of(model.stages.iter().map(|s| u32::from(of(s) == Some(its))).chain([0]));
    traits
        .into_iter()
        .filter_map(|its| Some(RateTrait { of: OwnNumber::of(needs, its)?, stages: strip(its) }))
        .collect()
}

/// What is the same for everybody who buys in one stage in one period.
struct Sale<'a> {
    of: &'a Buy,
    now: Period<'a>,
    stage: usize,
    shop: &'a Shop,
    buying: &'a Buying,
}

impl Sale<'_> {
    fn buyers<'b>(&self, block: &'b Block, counts: &'b [u32], subset: &'b mut Subset) -> Buyers<'b> {
        Buyers { wanted: u32::try_from(self.stage).unwrap_or(u32::MAX), block, counts, places: self.places(), subset }
    }

    /// Whether it matters whose a basket is.
    fn places(&self) -> bool {
        self.buying.leave.is_some()
            || self.shop.basket_trait.is_some()
            || self.of.bought.is_some()
            || self.of.last.is_some()
            || self.of.spent.is_some()
            || self.of.cuts.is_some()
    }

    /// Draws who leaves after which purchase, and counts their moves. They buy nothing where they come to.
    fn some_leave(
        &self,
        block: &mut Block,
        buyers: usize,
        (subset, counts): (&mut Subset, &mut [u32]),
        mut ledger: Option<&mut Counts<i128>>,
    ) {
        let Some((leave, bits)) = self.buying.leave.as_ref().zip(self.of.leaves) else { return };
        let words = self.now.bits.of(bits, self.now.t);
        for (place, count) in subset.place[..buyers].iter().zip(&mut subset.count) {
            let place = *place as usize;
            counts[place] = 0;
            let word = words[place];
            if leave.surely_stays(word, *count) {
                continue;
            }
            let own = |own: usize| f64::from(block.columns.numbers(self.now.plan().own[own].column)[place]);
            let chance = leave.own.map_or(leave.chance, own);
            if let Some((made, to)) = leave.after(unit(word), chance, *count) {
                *count = made;
                self.go(block, (place, to), ledger.as_deref_mut());
            }
        }
    }

    /// Moves a customer who leaves. Who leaves a retained stage has been in one, even if they came to it in this very period.
    fn go(&self, block: &mut Block, (place, to): (usize, u8), ledger: Option<&mut Counts<i128>>) {
        let program = self.now.program();
        block.stage[place] = u32::from(to);
        if let Some(periods) = self.of.periods_in_stage {
            block.columns.words_mut(periods)[place] = 0;
        }
        if let Some(acquired) = self.of.acquired {
            block.columns.words_mut(acquired)[place] |= program.retained.at(self.stage);
        }
        if let Some((slot, ledger)) = program.moves.slot(self.stage, to as usize).zip(ledger) {
            ledger.cells_at(&self.of.places.moves, self.now.t as usize)[slot] += 1;
        }
    }

    /// Serves the listed buyers; counts purchases and money.
    fn serve(
        &self,
        block: &Block,
        buyers: usize,
        (subset, noted): (&mut Subset, Noted<'_, '_>),
        ledger: Option<&mut Counts<i128>>,
    ) {
        if ledger.is_none() && noted.spent.is_none() {
            return;
        }
        let (set, sampler) = (self.now.world.set, &self.shop.law);
        let (purchases, mut most) = set.run(Tally { counts: &subset.count[..buyers] });
        let mut by_class = self.of.cuts.as_ref().map(|cuts| cuts.begin(block));
        if let Some(by_class) = &mut by_class {
            by_class.buys(&subset.place[..buyers], &subset.count);
        }
        let mut noted = Noted { by_class: by_class.as_mut(), ..noted };
        let mut money = 0;
        let mut buyers = buyers;
        if most > ONE_BY_ONE {
            (money, most) = self.in_bulk(block, buyers, subset, noted.lent());
        }
        for draw in 0..most.div_ceil(4) {
            if draw > 0 {
                buyers = set.run(Remaining { draw, places: self.places(), buyers, subset });
            }
            let at = Address { period_block: self.now.t, purpose: BASKET, draw: block.cohort().wrapping_add(draw) };
            self.now.world.draws.fill(set, at, &subset.customer, buyers, &mut subset.words);
            let count = set.run(Wanted { draw, places: self.places(), buyers, subset });
            set.run(Sample { sampler, words: &subset.word, out: &mut subset.value, count });
            money += self.spend(block, &subset.value[..count], &subset.whose, noted.lent());
        }
        let Some(ledger) = ledger else { return };
        let t = self.now.t as usize;
        if let Some(by_class) = by_class {
            by_class.count(ledger, t);
        }
        if let Some(thin) = &self.of.thin {
            thin.count_own(self.stage, purchases, (ledger, t));
        }
        ledger.cells_at(&self.of.places.purchases, t)[self.stage] += i128::from(purchases);
        ledger.cells_at(&self.of.places.baskets, t)[self.stage] += money;
    }

    /// The money of those who buy so much that it is drawn as one sum, and the most purchases of any other.
    #[cold]
    fn in_bulk(&self, block: &Block, buyers: usize, subset: &mut Subset, mut noted: Noted<'_, '_>) -> (i128, u32) {
        let spread = self.shop.spread;
        let (mut money, mut most) = (0, 0);
        for buyer in 0..buyers {
            let count = subset.count[buyer];
            if count <= ONE_BY_ONE {
                most = most.max(count);
                continue;
            }
            // No basket of theirs is drawn by itself, so that the words of the first ones are free.
            subset.count[buyer] = 0;
            let words = self.now.world.draws.four(subset.customer[buyer], self.now.t, BASKET, block.cohort());
            let sum = bulk::sum(count, spread, unit64(words[0], words[1]));
            let place = self.places().then(|| subset.place[buyer] as usize);
            let own = self.shop.basket_trait.zip(place).map_or(1.0, |(of, place)| {
                f64::from((block.columns.numbers(of.column)[place] + of.growth(self.now)).max(0.0))
            });
            #[expect(clippy::cast_possible_truncation, reason = "far below 2^127; `as` saturates")]
            let units = libm::round(sum * self.buying.basket * own) as i128;
            money += units;
            if let Some(place) = place {
                noted.note(place, i64::try_from(units).unwrap_or(i64::MAX), count);
            }
        }
        (money, most)
    }

    /// The money of some baskets, in ten-thousandths of the currency unit.
    fn spend(&self, block: &Block, baskets: &[f32], whose: &[u32], noted: Noted<'_, '_>) -> i128 {
        let (set, scale) = (self.now.world.set, self.buying.basket);
        if !self.places() {
            return set.run(Money { baskets, scale });
        }
        let own = self.shop.basket_trait.map(|of| (block.columns.numbers(of.column), of.growth(self.now)));
        set.run(TheirMoney { baskets, whose, scale, own, noted })
    }
}
