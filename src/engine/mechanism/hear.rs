//! Hear: what customers told in one period is heard in the next, by everybody alike.
//!
//! With A told within the market and M real customers who have come so far, each customer hears it a Poisson number of
//! times, of mean A / M: homogeneous mixing, as in the chain-binomial model (Abbey 1952, "An examination of the Reed-Frost
//! theory of epidemics", Human Biology 24(3)). What hearing does is said by the touchpoints that wait for it (`touch.rs`);
//! what is told is added up where touchpoints end (`say.rs`).

use super::contract::{Mechanism, Numbers, Step};
use super::needs::{Needs, Shown};
use super::stream::DrawCounts;
use super::totals::{Barrier, Totals};
use crate::engine::chance::draws::Purpose;
use crate::engine::chance::narrow::single;
use crate::engine::count::layout::Place;
use crate::engine::lanes::Strip;
use crate::engine::state::at::At;
use crate::engine::state::bits::BitsId;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Passing};
use crate::engine::table::field::{Field, FieldId, HEARD};
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::model::hearsay::{Hearsay, MOST_HEARD, PARTS};
use crate::model::touchpoint::MOST_OCCURRENCES;
use crate::quantity::{CounterId, StageId};

/// Draws how often something is heard.
pub const HEAR: Purpose = Purpose::numbered(17);

/// How often each customer hears something in a period.
pub const HEARINGS: ColumnSpec = ColumnSpec::new("hearings").made_anew();

/// What was told is heard.
pub struct Hear {
    /// By their places in the model; none where nothing waits for it.
    each: Vec<Option<Heard>>,
    /// For each stage, whether customers hear anything there: something leads out of it.
    stages: Vec<bool>,
    field: FieldId,
}

/// Something that is heard.
struct Heard {
    bits: BitsId,
    /// How often each customer hears it.
    hearings: ColumnId<u32, Passing>,
    counted: Place,
    told: CounterId,
}

/// How often each customer hears what others tell.
pub fn hearings(model: &Model, needs: &mut Needs<'_>) -> Vec<Option<ColumnId<u32, Passing>>> {
    let of = |(place, its): (usize, &Hearsay)| its.is_heard.then(|| needs.passing_words(HEARINGS.at(place)));
    model.hearsay.iter().enumerate().map(of).collect()
}

impl Mechanism for Hear {
    const NAME: &'static str = "hear";
    /// How often it is heard in the mean, by stage, for all that is heard.
    type Sheet = Vec<Strip>;

    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self> {
        needs.compared_by_sheet();
        model.has_hearsay().then(|| {
            let heard = |(place, its): (usize, &Hearsay)| {
                its.is_heard.then(|| Heard {
                    bits: needs.bits_of(HEAR, its.luck),
                    hearings: needs.passing_words(HEARINGS.at(place)),
                    // What hearing leads to shows who is affected.
                    counted: needs.counter(its.heard, Shown::ByState),
                    told: its.told,
                })
            };
            Self {
                each: model.hearsay.iter().enumerate().map(heard).collect(),
                stages: model.stages.iter().map(|stage| !stage.exits.is_empty()).collect(),
                field: needs.field(HEARD, 2 * model.hearsay.len()),
            }
        })
    }

    fn steps(&self) -> &'static [Step] {
        &[Step::Meet]
    }

    fn sheet(&self, values: &Values<'_>) -> Vec<Strip> {
        let means = values.field(self.field).iter().step_by(2);
        let strip = |mean: &f64| {
            if *mean > MOST_HEARD {
                values.hold();
            }
            let mean = single(mean.min(MOST_HEARD));
            Strip::of_f32(self.stages.iter().map(|hears| if *hears { mean } else { 0.0 }).chain([0.0]))
        };
        means.map(strip).collect()
    }

    fn run(&self, _step: Step, at: &mut At<'_>, sheet: Option<&Vec<Strip>>) {
        let (Some(now), Some(sheet)) = (at.period, sheet) else { return };
        let block = &*at.block;
        for (heard, mean) in self.each.iter().zip(sheet) {
            let Some(heard) = heard else { continue };
            let words = now.bits.of(heard.bits, now.t);
            let count = at.scratch.columns.words_mut(heard.hearings);
            now.world.set.run(DrawCounts { block, now, words, mean, traits: &[], tilt: &[], count });
            let mut all = 0;
            for count in &mut count[..block.live] {
                *count = (*count).min(MOST_OCCURRENCES);
                all += u64::from(*count);
            }
            if let Some(counts) = &mut at.counts {
                counts.cells_at(&heard.counted, now.t as usize)[0] += i128::from(all);
            }
        }
    }

    fn weigh(&self, barrier: Barrier, totals: &Totals<'_>, _: &Numbers<'_, Vec<Strip>>, field: &mut Field) {
        if barrier != Barrier::Over {
            return;
        }
        let everybody = totals.everybody();
        for (heard, numbers) in self.each.iter().zip(field.get_mut(self.field).chunks_exact_mut(2)) {
            let Some(heard) = heard else { continue };
            let told = totals.real(|ledger| ledger.cells(heard.told, totals.t)[0]) / PARTS;
            let mean = if everybody > 0.0 { told / everybody } else { 0.0 };
            numbers.copy_from_slice(&[mean, mean.min(MOST_HEARD) * everybody]);
        }
    }

    fn rests(&self, stage: StageId) -> bool {
        !self.stages[stage.index()]
    }

    // That it couples customers is said for all that is heard, by name.
    fn obstacle(_model: &Model) -> Option<String> {
        None
    }
}
