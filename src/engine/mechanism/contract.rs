//! The contract of a mechanism: it declares what it needs, and everything that has to know of it walks over that.
//!
//! What a mechanism does not declare is refused or left out, never guessed: no customer is dropped where it may still act,
//! and no two scenarios share a path where it may act differently.

use std::any::Any;
use std::sync::Arc;

use super::needs::Needs;
use super::totals::{Barrier, Totals};
use crate::engine::state::at::At;
use crate::engine::table::field::Field;
use crate::engine::table::sheet::Sheet;
use crate::engine::table::values::Values;
use crate::model::Model;
use crate::quantity::StageId;

/// Where in a period something happens, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Customers come: a block of whom nothing is known yet. There is no period.
    Begin,
    /// Time 0, for those who are there at the start. There is no period.
    Start,
    /// What fades by itself.
    Forget,
    /// What a period in the stage is like.
    Feel,
    /// Customers ask for something.
    Meet,
    /// What was asked for is given; between `Meet` and this everybody's requests may be added up.
    Serve,
    /// What that leaves behind, before the move.
    Settle,
    /// The next stage.
    Move,
    /// What is counted of the move.
    Booked,
    /// Purchases in the new stage.
    Buy,
    /// What follows a purchase, or coming to a stage.
    After,
    /// What customers tell each other.
    Talk,
    /// The period is counted.
    Count,
}

/// Something that happens to customers.
pub trait Mechanism: Send + Sync + Sized + 'static {
    /// What it is called in messages.
    const NAME: &'static str;

    /// What the numbers of a period become for it; `()` where it reads none.
    type Sheet: Sheet;

    /// Registers what it needs, once for a run. `None` where the study does not use it.
    fn declare(model: &Model, needs: &mut Needs<'_>) -> Option<Self>;

    /// Where in a period it acts; several steps are allowed.
    fn steps(&self) -> &'static [Step];

    /// The numbers of one period. Scenarios whose sheets are equal do the same.
    fn sheet(&self, values: &Values<'_>) -> Self::Sheet;

    /// Takes a block through one step; there is no sheet where customers begin, and at time 0. Loops over customers are
    /// kernels inside.
    fn run(&self, step: Step, at: &mut At<'_>, sheet: Option<&Self::Sheet>);

    /// Settles what customers share, from what all of them come to; `field` holds what it was before.
    fn weigh(&self, _: Barrier, _totals: &Totals<'_>, _numbers: &Numbers<'_, Self::Sheet>, _field: &mut Field) {}

    /// Whether a customer in this stage can be dropped for ever as far as this mechanism goes. By default nobody can.
    fn rests(&self, _stage: StageId) -> bool {
        false
    }

    /// Why exact expectations cannot follow it in a study that uses it; none where they do. By default they cannot.
    fn obstacle(_model: &Model) -> Option<String> {
        Some(format!("`{}` is simulated only", Self::NAME))
    }
}

/// The numbers of a period by which a mechanism settles what customers share.
pub struct Numbers<'a, S: ?Sized> {
    /// Those of the company itself, where [`Needs::company`] asks for them and a period is under way.
    pub company: Option<&'a S>,
    /// Those of each segment; none before the first period.
    pub segments: Vec<&'a S>,
}

/// A mechanism whatever its sheet is.
pub trait Registered: Send + Sync {
    /// [`Mechanism::steps`].
    fn steps(&self) -> &'static [Step];
    /// [`Mechanism::sheet`].
    fn sheet(&self, values: &Values<'_>) -> Arc<dyn Sheet>;
    /// [`Mechanism::run`].
    fn run(&self, step: Step, at: &mut At<'_>, sheet: Option<&dyn Any>);
    /// [`Mechanism::weigh`].
    fn weigh(&self, barrier: Barrier, totals: &Totals<'_>, numbers: &Numbers<'_, dyn Any>, field: &mut Field);
    /// [`Mechanism::rests`].
    fn rests(&self, stage: StageId) -> bool;
}

impl<M: Mechanism> Registered for M {
    fn steps(&self) -> &'static [Step] {
        Mechanism::steps(self)
    }

    fn sheet(&self, values: &Values<'_>) -> Arc<dyn Sheet> {
        Arc::new(Mechanism::sheet(self, values))
    }

    fn run(&self, step: Step, at: &mut At<'_>, sheet: Option<&dyn Any>) {
        Mechanism::run(self, step, at, sheet.and_then(<dyn Any>::downcast_ref));
    }

    fn weigh(&self, barrier: Barrier, totals: &Totals<'_>, numbers: &Numbers<'_, dyn Any>, field: &mut Field) {
        let company = numbers.company.and_then(<dyn Any>::downcast_ref);
        let segments = numbers.segments.iter().filter_map(|sheet| sheet.downcast_ref()).collect();
        Mechanism::weigh(self, barrier, totals, &Numbers { company, segments }, field);
    }

    fn rests(&self, stage: StageId) -> bool {
        Mechanism::rests(self, stage)
    }
}
