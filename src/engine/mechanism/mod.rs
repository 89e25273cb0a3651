//! What happens in a period, one file each, in this order: arrive, feel, move, buy, count.
//!
//! A mechanism is a plain loop over the columns of a block, in lanes. It reads tables and random words and
//! writes columns; it knows no study, no scenario and no money but that of baskets.

use super::lanes::{Eight, Lanes, Many, Reach, Sixteen, Strip};
use super::program::Reached;

pub mod arrive;
mod baskets;
pub mod bend;
mod bulk;
pub mod buy;
pub mod count;
pub mod feel;
pub mod part;
pub mod row;
pub mod subset;
pub mod travel;

/// Looks up by stage, as far as the study's stages reach.
#[inline(always)]
pub fn reach<L: Lanes>(l: L, reached: Reached, strip: &Strip, stage: L::U) -> L::U {
    match reached {
        Reached::Eight => Eight::look(l, Eight::ready(l, strip), stage),
        Reached::Sixteen => Sixteen::look(l, Sixteen::ready(l, strip), stage),
        Reached::Many => Many::look(l, Many::ready(l, strip), stage),
    }
}
