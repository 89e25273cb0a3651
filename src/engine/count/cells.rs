//! Cells: how the customers of a replication are told apart in what is counted: by segment, by the period in which they
//! came, and by batch.
//!
//! Batches are customers with the same chances and luck of their own. How they differ tells chance from what all of a
//! replication share (`stats/nested.rs`).

use crate::model::Model;
use crate::model::draw::Draw;
use crate::model::hearsay::Overheard;
use crate::model::param::ParamSet;
use crate::model::timeline::Timeline;
use crate::quantity::{ScenarioId, SegmentId};

/// The batches of every segment and period of entry: as few as tell chance from what a replication shares, since each is
/// blocks and books of its own.
pub const BATCHES: usize = 2;

/// Which cells a model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// The number of segments.
    pub segments: usize,
    /// The number of periods of entry, the start among them.
    pub entries: usize,
}

/// How many customers of a segment come in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Arrivals {
    /// The simulated ones.
    pub agents: u32,
    /// The real ones that they stand for.
    pub real: f64,
}

impl Cells {
    /// The cells of a model.
    pub fn of(model: &Model) -> Self {
        Self { segments: model.segments.len(), entries: model.entries() }
    }

    /// The number of cells.
    pub fn count(self) -> usize {
        self.segments * self.entries * BATCHES
    }

    /// The place of a cell.
    pub fn place(self, segment: usize, entry: usize, batch: usize) -> usize {
        (segment * self.entries + entry) * BATCHES + batch
    }

    /// The segment, entry and batch of a cell.
    pub fn at(self, place: usize) -> (usize, usize, usize) {
        let group = place / BATCHES;
        (group / self.entries, group % self.entries, place % BATCHES)
    }
}

impl Arrivals {
    /// Those of a segment who are there at the start.
    pub fn at_start(model: &Model, segment: usize) -> Self {
        let segment = &model.segments[segment];
        Self { agents: segment.agents, real: model.run.customers as f64 * segment.share }
    }

    /// Those of a segment who come in period `t`, by what was said one period before.
    ///
    /// A newcomer stands for about as many real ones as those at the start do. Their number is bounded, so that
    /// referrals without bounds fill no memory; each then stands for more.
    pub fn later(model: &Model, values: &ParamSet, segment: usize, t: u32, said: &Overheard) -> Self {
        /// Newcomers of one period for each customer at the start.
        const MOST: f64 = 4.0;
        let at_start = Self::at_start(model, segment);
        let Some(inflow) = &model.segments[segment].inflow else { return Self::default() };
        let real = inflow.real(values, t, said);
        if real <= 0.0 {
            return Self::default();
        }
        let most = (f64::from(at_start.agents) * MOST).min(f64::from(u32::MAX));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and what 32 bits hold")]
        let agents = libm::round(real / at_start.weight()).clamp(1.0, most) as u32;
        Self { agents, real }
    }

    /// How many real customers each simulated one stands for.
    pub fn weight(self) -> f64 {
        if self.agents == 0 { 0.0 } else { self.real / f64::from(self.agents) }
    }
}

/// The number of customers of a batch, of `agents` customers. They are dealt to the batches in turn, so that who belongs
/// to which does not depend on how many there are.
pub fn of_batch(agents: u32, batch: usize) -> usize {
    (agents as usize + BATCHES - 1 - batch) / BATCHES
}

/// How many customers come in each period where nobody brings others, by scenario, segment and entry.
pub fn planned(model: &Model, drawn: &Draw) -> Vec<Vec<Vec<Arrivals>>> {
    let of = |scenario: usize, segment: usize| {
        let mut arrivals = vec![Arrivals::at_start(model, segment)];
        if model.has_inflow() {
            let timeline = Timeline::new(model, drawn, ScenarioId::from(scenario), SegmentId::from(segment));
            let later = |t| Arrivals::later(model, &timeline.values(t).0, segment, t, &Overheard::default());
            arrivals.extend((1..=model.run.horizon).map(later));
        }
        arrivals
    };
    let scenario = |scenario| (0..model.segments.len()).map(|segment| of(scenario, segment)).collect();
    (0..model.scenarios.len()).map(scenario).collect()
}
