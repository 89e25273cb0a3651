//! Baskets that vary by more than their mean make money skewed: a few of them decide what a run says. What is spent given how
//! often customers buy is known, so that their luck need not be hoped out: flows at mean baskets have the same expectation.

use crate::engine::count::counts::Counts;
use crate::model::Model;
use crate::model::counter::{BASKETS, PURCHASES};
use crate::model::draw::Draw;
use crate::model::journey::Purchases;
use crate::model::timeline::Timeline;
use crate::quantity::SegmentId;

use super::statement::Whose;

/// Whether a study has baskets that are taken at their means where intervals are made.
pub fn is_smoothed(model: &Model) -> bool {
    model.stages.iter().filter_map(|stage| stage.purchases.as_ref()).any(is_skewed)
}

/// Whether baskets vary by more than their mean, which is known: where a trait multiplies them it is not.
fn is_skewed(purchases: &Purchases) -> bool {
    let law = &purchases.basket_law;
    law.sd() > law.mean() && law.support().0 >= 0.0 && purchases.basket_trait.is_none()
}

/// The flows of one segment with the skewed baskets at their means.
pub fn smoothed(
    model: &Model,
    drawn: &Draw,
    whose: Whose<'_>,
    segment: SegmentId,
    mut flows: Counts<f64>,
) -> Counts<f64> {
    let timeline = Timeline::with_rules(model, drawn, whose.scenario, whose.fired, segment);
    let mut values = timeline.values(0).0;
    for t in 1..=model.run.horizon {
        if timeline.epoch(t) == t {
            values = timeline.values(t).0;
        }
        for (place, stage) in model.stages.iter().enumerate() {
            let Some(purchases) = stage.purchases.as_ref().filter(|its| is_skewed(its)) else { continue };
            let count = flows.cells(PURCHASES, t as usize)[place];
            flows.cells_mut(BASKETS, t as usize)[place] = count * values[purchases.basket];
        }
    }
    flows
}
