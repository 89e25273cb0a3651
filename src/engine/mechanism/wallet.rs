//! Wallet: customers who buy of several companies share their purchases by what they prefer, and by how hard rivals pull.
//!
//! A customer's own share is p e^x / (p e^x + (1 - p) R): a logit of what drives it (Guadagni & Little 1983, "A logit model of
//! brand choice calibrated on scanner data", Marketing Science 2(3)) around a preference p that is beta distributed over
//! customers. With a gamma rate that is the NBD-Dirichlet for one brand against the rest (Goodhardt, Ehrenberg & Chatfield
//! 1984, Journal of the Royal Statistical Society A 147(5)). R is how hard rivals pull against the start.

use super::arrive::draw;
use super::bend::tilts;
use super::contract::{Mechanism, Step};
use super::needs::Needs;
use crate::engine::chance::draws::Purpose;
use crate::engine::chance::narrow::single;
use crate::engine::chance::sampler::{Sample, Sampler};
use crate::engine::lanes::{Kernel, Lanes, Strip};
use crate::engine::state::at::{At, Period};
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting, Passing};
use crate::engine::state::scratch::Scratch;
use crate::engine::table::reach::reach;
use crate::engine::table::shape::states;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::journey::{Stage, State, Wallet as Shared};
use crate::model::rival::{Leant, Rivals, odds};
use crate::model::touchpoint::Cause;
use crate::quantity::StageId;
use crate::stats::preference::Preference;

/// Draws what a customer prefers.
pub const PREFERENCE: Purpose = Purpose::numbered(19);

/// What customers prefer, one column for each way in which they differ.
const PREFERRED: ColumnSpec = ColumnSpec::new("preference");
/// The share of the purchases of each customer in the period that is the company's; 1 where nothing is shared.
pub const OWN_SHARE: ColumnSpec = ColumnSpec::new("own share");
/// The same of the last period in which a customer shared any, where a tag reads it.
pub const LAST_SHARE: ColumnSpec = ColumnSpec::new("last own share");

/// What all together multiply the odds by at most.
const MOST: f32 = 1e30;

/// Customers share what they buy.
pub struct Wallet {
    /// By stage.
    stages: Vec<Option<Shared>>,
    rivals: Option<Rivals>,
    /// The ways in which customers differ in what they prefer.
    laws: Vec<Law>,
    /// What drives shares.
    states: Vec<State>,
    own: ColumnId<f32, Passing>,
    bent: ColumnId<f32, Passing>,
    last: Option<Last>,
}

/// A way in which customers differ.
struct Law {
    column: ColumnId<f32, Lasting>,
    sampler: Sampler,
    /// The stages where it counts: 1 or 0.
    stages: Strip,
}

/// What a tag reads.
struct Last {
    column: ColumnId<f32, Lasting>,
    /// By stage, the share as written; none where nothing is shared.
    written: Vec<Option<f32>>,
}

/// What drivers multiply odds by.
const BENT: ColumnSpec = ColumnSpec::new("odds of own share");

/// The numbers of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct WalletSheet {
    /// The share of everybody, by stage; 1 where nothing is shared.
    share: Strip,
    /// What multiplies everybody's odds, by stage.
    odds: Strip,
    /// The weights of the states that drive, by stage; one strip a state.
    weights: Vec<Strip>,
}

impl Mechanism for Wallet {
    const NAME: &'static str = "wallet";
    type Sheet = WalletSheet;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        if !model.has_wallets() {
            return None;
        }
        let stages: Vec<Option<Shared>> = model.stages.iter().map(|stage| wallet(stage).cloned()).collect();
        Some(Self {
            laws: laws(&stages, needs),
            rivals: model.rivals.clone(),
            states: states(model, stages.iter().flatten().flat_map(|its| &its.drivers)),
            own: needs.passing_numbers(OWN_SHARE.made_anew()),
            bent: needs.passing_numbers(BENT.made_anew()),
            last: model.reads_wallets().then(|| Last {
                column: needs.numbers(LAST_SHARE),
                written: stages.iter().map(|its| its.as_ref().map(|its| written_share(model, its))).collect(),
            }),
            stages,
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Begin, Step::Buy]
    }

    fn sheet(&self, values: &Values<'_>) -> WalletSheet {
        let pressure = self.rivals.as_ref().map_or(0.0, |its| values[its.pressure]);
        let leant = |its: &Option<Shared>| {
            let nothing = Leant { share: Some(1.0), added: 0.0 };
            its.as_ref().map_or(nothing, |its| its.leant(values[its.share], pressure))
        };
        let leant: Vec<Leant> = self.stages.iter().map(leant).collect();
        let weight = |its: &Option<Shared>, state: State| {
            let drivers = its.iter().flat_map(|its| &its.drivers).filter(|driver| driver.on == state);
            single(drivers.map(|driver| values[driver.weight]).sum())
        };
        let weights = |state: &State| Strip::of_f32(self.stages.iter().map(|its| weight(its, *state)).chain([0.0]));
        WalletSheet {
            share: Strip::of_f32(leant.iter().map(|its| single(its.share.unwrap_or(0.0))).chain([1.0])),
            odds: Strip::of_f32(leant.iter().map(|its| single(odds(its.added))).chain([1.0])),
            weights: self.states.iter().map(weights).collect(),
        }
    }

    fn run(&self, _step: Step, at: &mut At<'_>, sheet: Option<&WalletSheet>) {
        match at.period.zip(sheet) {
            Some((now, sheet)) => self.share(at.block, (now, sheet), at.scratch),
            None => self.begin(at),
        }
    }

    // What is shared are purchases: who makes some does not rest.
    fn rests(&self, _stage: StageId) -> bool {
        true
    }

    fn obstacle(model: &Model) -> Option<String> {
        let differs = |stage: &&Stage| wallet(stage).is_some_and(|its| its.preference.is_some());
        let on_purchase = model.touchpoints.iter().find(|its| its.cause() == Cause::Purchase);
        model.stages.iter().filter(differs).find_map(|stage| {
            let why = if wallet(stage).is_some_and(|its| !its.drivers.is_empty()) {
                "what drives it would have to be told apart for each of them".to_owned()
            } else if stage.leaves().next().is_some() {
                "who leaves after a purchase depends on that".to_owned()
            } else {
                format!("`{}` follows purchases", on_purchase?.name)
            };
            Some(format!("customers of `{}` differ in what they prefer (`wallet.spread`), and {why}", stage.name))
        })
    }
}

impl Wallet {
    /// Draws what customers prefer.
    fn begin(&self, at: &mut At<'_>) {
        let (block, world) = (&mut *at.block, at.world);
        if !self.laws.is_empty() {
            let mut words: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; block.customer.len()]);
            draw(block, world, (PREFERENCE, 0), &mut words);
            let count = block.live;
            for law in &self.laws {
                let out = block.columns.numbers_mut(law.column);
                world.set.run(Sample { sampler: &law.sampler, words: &words[0], out, count });
            }
        }
        let Some(last) = &self.last else { return };
        let mut shares = block.columns.take_numbers(last.column);
        for (place, share) in shares[..block.live].iter_mut().enumerate() {
            let stage = block.stage[place] as usize;
            let own = self.laws.iter().find(|law| law.stages.at(stage) == 1);
            let own = own.map(|law| block.columns.numbers(law.column)[place]);
            *share = own.or(last.written[stage]).unwrap_or(0.0);
        }
        block.columns.put_numbers(last.column, shares);
    }

    /// Writes which share of the purchases of each customer is the company's.
    fn share(&self, block: &mut Block, (now, sheet): (Period<'_>, &WalletSheet), scratch: &mut Scratch) {
        let Scratch { columns, .. } = scratch;
        let mut bent = columns.take_numbers(self.bent);
        if !self.states.is_empty() {
            tilts((block, columns), now, (&self.states, &sheet.weights), &mut bent);
        }
        let mut own = columns.take_numbers(self.own);
        let drives = !self.states.is_empty();
        now.world.set.run(Share { of: self, sheet, now, block, bent: drives.then_some(&bent), own: &mut own });
        if let Some(last) = &self.last {
            let shares = block.columns.numbers_mut(last.column);
            for ((last, own), stage) in shares.iter_mut().zip(&own).zip(&block.stage[..block.live]) {
                if self.stages.get(*stage as usize).is_some_and(Option::is_some) {
                    *last = *own;
                }
            }
        }
        columns.put_numbers(self.own, own);
        columns.put_numbers(self.bent, bent);
    }
}

/// The wallet of a stage.
fn wallet(stage: &Stage) -> Option<&Shared> {
    stage.purchases.as_ref()?.wallet.as_ref()
}

/// The share that a wallet has as it is written.
fn written_share(model: &Model, its: &Shared) -> f32 {
    single(model.params[its.share.index()].at(0.5))
}

/// The ways in which customers differ, each once.
fn laws(stages: &[Option<Shared>], needs: &mut Needs<'_>) -> Vec<Law> {
    let of = |its: &Option<Shared>| its.as_ref().and_then(|its| its.preference.clone());
    let mut known: Vec<Preference> = Vec::new();
    for law in stages.iter().filter_map(of) {
        if !known.contains(&law) {
            known.push(law);
        }
    }
    if !known.is_empty() {
        needs.draws(PREFERENCE);
    }
    let one = |(place, law): (usize, Preference)| {
        let here = stages.iter().map(|its| u32::from(of(its).as_ref() == Some(&law)));
        Law {
            column: needs.numbers(PREFERRED.at(place)),
            sampler: needs.sampler(&law.law(), 0.0, 1.0),
            stages: Strip::of(here.chain([0])),
        }
    };
    known.into_iter().enumerate().map(one).collect()
}

/// Writes own shares.
struct Share<'a> {
    of: &'a Wallet,
    sheet: &'a WalletSheet,
    now: Period<'a>,
    block: &'a Block,
    bent: Option<&'a Vec<f32>>,
    own: &'a mut [f32],
}

impl Kernel for Share<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let (block, reached) = (self.block, self.now.program().reach);
        let n = l.steps(block.live);
        let (stage, own) = (l.words(&block.stage, n), l.numbers_mut(self.own, n));
        let bent = l.numbers(self.bent.map_or(&[][..], Vec::as_slice), if self.bent.is_some() { n } else { 0 });
        let (one, most, least) = (l.f(1.0), l.f(MOST), l.f(1.0 / MOST));
        for i in 0..n {
            let stage = l.load(&stage[i]);
            let mut share = l.of_bits(reach(l, reached, &self.sheet.share, stage));
            for law in &self.of.laws {
                let theirs = l.load_f(&l.numbers(block.columns.numbers(law.column), n)[i]);
                let here = l.eq(reach(l, reached, &law.stages, stage), l.u(1));
                share = l.pick_f(here, theirs, share);
            }
            let mut odds = l.of_bits(reach(l, reached, &self.sheet.odds, stage));
            if i < bent.len() {
                odds = l.mul_f(odds, l.load_f(&bent[i]));
            }
            let ours = l.mul_f(share, l.min_f(l.max_f(odds, least), most));
            l.store_f(&mut own[i], l.div_f(ours, l.add_f(ours, l.sub_f(one, share))));
        }
    }
}
