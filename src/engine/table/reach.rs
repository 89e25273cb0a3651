//! Looking up by stage, as far as the study's stages reach.

use crate::engine::lanes::{Eight, Lanes, Many, Reach, Sixteen, Strip};

use super::program::Reached;

/// Looks up by stage, as far as the study's stages reach.
#[inline(always)]
pub fn reach<L: Lanes>(l: L, reached: Reached, strip: &Strip, stage: L::U) -> L::U {
    match reached {
        Reached::Eight => Eight::look(l, Eight::ready(l, strip), stage),
        Reached::Sixteen => Sixteen::look(l, Sixteen::ready(l, strip), stage),
        Reached::Many => Many::look(l, Many::ready(l, strip), stage),
    }
}
