//! A sheet is what the numbers of a period become for one mechanism.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use super::values::Values;

/// What the numbers of a period become for one mechanism: any value that can be compared as a whole.
pub trait Sheet: Any + Debug + Send + Sync {
    /// Whether another sheet has the same numbers.
    fn is_same(&self, other: &dyn Sheet) -> bool;
    /// The sheet as what its mechanism made of it.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Any + PartialEq + Debug + Send + Sync> Sheet for T {
    fn is_same(&self, other: &dyn Sheet) -> bool {
        other.as_any().downcast_ref::<T>().is_some_and(|other| self == other)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What makes the sheets of mechanisms, each at its place in the schedule.
pub trait SheetMaker: Sync {
    /// How many there are.
    fn count(&self) -> usize;
    /// The sheet of the mechanism at a place.
    fn sheet(&self, place: usize, values: &Values<'_>) -> Arc<dyn Sheet>;
}

/// The sheets of all mechanisms in one period, by their places in the schedule.
#[derive(Clone, Debug, Default)]
pub struct Sheets {
    each: Vec<Held>,
}

#[derive(Clone, Debug)]
struct Held {
    sheet: Arc<dyn Sheet>,
    moves_on: bool,
}

impl Sheets {
    /// The sheets of all mechanisms for some values. Those that read the period or the field are others in every period.
    pub fn new(of: &dyn SheetMaker, values: &Values<'_>) -> Self {
        let sheet = |place| {
            let sheet = of.sheet(place, values);
            Held { sheet, moves_on: values.take_moves_on() }
        };
        Self { each: (0..of.count()).map(sheet).collect() }
    }

    /// Makes the sheets anew that move on from period to period.
    pub fn refresh(&mut self, made: impl Fn(usize) -> Arc<dyn Sheet>) {
        for (place, held) in self.each.iter_mut().enumerate().filter(|(_, held)| held.moves_on) {
            held.sheet = made(place);
        }
    }

    /// Whether any is another in every period.
    pub fn move_on(&self) -> bool {
        self.each.iter().any(|held| held.moves_on)
    }

    /// The sheet of the mechanism at a place.
    #[inline]
    pub fn of(&self, place: usize) -> Option<&dyn Any> {
        self.each.get(place).map(|held| (*held.sheet).as_any())
    }
}

impl PartialEq for Sheets {
    fn eq(&self, other: &Self) -> bool {
        let same = |(ours, theirs): (&Held, &Held)| {
            Arc::ptr_eq(&ours.sheet, &theirs.sheet) || ours.sheet.is_same(&*theirs.sheet)
        };
        self.each.len() == other.each.len() && self.each.iter().zip(&other.each).all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_compared_by_what_they_hold() {
        let held = |sheet: Arc<dyn Sheet>, moves_on| Held { sheet, moves_on };
        let sheets = |numbers: [f32; 2]| Sheets {
            each: vec![held(Arc::new(numbers.to_vec()), false), held(Arc::new(()), true)],
        };
        assert_eq!(sheets([0.5, 1.0]), sheets([0.5, 1.0]));
        assert_ne!(sheets([0.5, 1.0]), sheets([0.5, 2.0]));
        let mut other = sheets([0.5, 1.0]);
        other.refresh(|_| Arc::new(7_u32));
        assert_ne!(other, sheets([0.5, 1.0]), "another kind of sheet is another sheet");
        assert_eq!(other.of(1).and_then(|sheet| sheet.downcast_ref::<u32>()), Some(&7));
    }
}
