//! Say: what is told of a touchpoint that ends so is added up in whole numbers, to be heard one period later.

use super::needs::Needs;
use super::stream::OwnNumber;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::state::at::Period;
use crate::engine::state::block::Block;
use crate::engine::table::values::Values;
use crate::model::hearsay::{Reach, Tells, parts};
use crate::quantity::ParamId;

/// What is told where a touchpoint ends so.
pub struct Saying {
    place: Place,
    reach: Reaches,
    in_market: ParamId,
}

/// How many people it reaches.
enum Reaches {
    Same(ParamId),
    Own(OwnNumber),
}

/// The numbers of a period: how many people it reaches, where that is no trait, and the share of them in the market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SayingSheet {
    reach: f64,
    in_market: f64,
}

impl Saying {
    /// What an end tells, and where that is counted.
    pub fn of(needs: &Needs<'_>, its: Tells, place: Place) -> Option<Self> {
        let reach = match its.reach {
            Reach::Same(id) => Reaches::Same(id),
            Reach::Own(of) => Reaches::Own(OwnNumber::of(needs, of)?),
        };
        Some(Self { place, reach, in_market: its.in_market })
    }

    /// Its numbers of a period.
    pub fn sheet(&self, values: &Values<'_>) -> SayingSheet {
        let reach = if let Reaches::Same(id) = self.reach { values[id] } else { 0.0 };
        SayingSheet { reach, in_market: values[self.in_market] }
    }

    /// What the customer at a place tells, in parts of one person in the market.
    pub fn told(&self, sheet: SayingSheet, (block, now): (&Block, Period<'_>), place: u32) -> i128 {
        let reach = match self.reach {
            Reaches::Same(_) => sheet.reach,
            Reaches::Own(of) => f64::from(block.columns.numbers(of.column)[place as usize] + of.growth(now)),
        };
        parts(reach, sheet.in_market)
    }

    /// Counts what all those tell who stand at some places.
    pub fn count(
        &self,
        sheet: SayingSheet,
        (block, now): (&Block, Period<'_>),
        places: &[u32],
        counts: &mut Counts<i128>,
    ) {
        let told: i128 = places.iter().map(|place| self.told(sheet, (block, now), *place)).sum();
        counts.cells_at(&self.place, now.t as usize)[0] += told;
    }
}
