//! Cut: what customers buy, counted by the classes that they are in when the period ends.
//!
//! Tags are read before the move, so that whoever buys is in the class that the period leaves them in.

use super::needs::{Needs, Shown};
use super::tag::TAGS;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::Place;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{ColumnId, ColumnSpec, Lasting};
use crate::model::Model;
use crate::model::tag::{MOST_CLASSES, MOST_TAGS, Tag};

/// The tags whose classes are told apart where customers buy.
pub struct Cuts {
    tags: ColumnId<u32, Lasting>,
    each: Vec<Cut>,
}

/// A tag that is cut.
struct Cut {
    /// Its place in the word.
    shift: u32,
    purchases: Place,
    spent: Place,
}

/// What customers of one block have bought, by class.
pub struct Bought<'a> {
    tags: &'a [u32],
    each: &'a [Cut],
    purchases: [[u64; MOST_CLASSES]; MOST_TAGS],
    spent: [[i128; MOST_CLASSES]; MOST_TAGS],
}

impl Cuts {
    /// The tags of a study that asks for that; none where it does not. `bought` is what lives are compared by.
    pub fn of(model: &Model, needs: &mut Needs<'_>, bought: ColumnSpec) -> Option<Self> {
        let cut = |(place, tag): (usize, &Tag)| {
            let its = tag.cut.as_ref()?;
            let mut counter = |id| needs.counter(id, Shown::ByEvent(bought));
            let shift = 4 * u32::try_from(place).unwrap_or(0);
            Some(Cut { shift, purchases: counter(its.purchases?), spent: counter(its.spent?) })
        };
        let each: Vec<Cut> = model.tags.iter().enumerate().filter_map(cut).take(MOST_TAGS).collect();
        (!each.is_empty()).then(|| Self { tags: needs.words(TAGS), each })
    }

    /// Nothing yet of a block.
    pub fn begin<'a>(&'a self, block: &'a Block) -> Bought<'a> {
        Bought {
            tags: block.columns.words(self.tags),
            each: &self.each,
            purchases: [[0; MOST_CLASSES]; MOST_TAGS],
            spent: [[0; MOST_CLASSES]; MOST_TAGS],
        }
    }
}

impl Bought<'_> {
    /// Notes how often the customers at some places buy.
    pub fn buys(&mut self, places: &[u32], counts: &[u32]) {
        for (cut, purchases) in self.each.iter().zip(&mut self.purchases) {
            for (place, count) in places.iter().zip(counts) {
                purchases[cut.class(self.tags[*place as usize])] += u64::from(*count);
            }
        }
    }

    /// Notes what the customer at a place spends, in ten-thousandths of the currency unit.
    pub fn spends(&mut self, place: usize, units: i128) {
        for (cut, spent) in self.each.iter().zip(&mut self.spent) {
            spent[cut.class(self.tags[place])] += units;
        }
    }

    /// Counts what was noted.
    pub fn count(&self, counts: &mut Counts<i128>, t: usize) {
        for ((cut, purchases), spent) in self.each.iter().zip(&self.purchases).zip(&self.spent) {
            for (cell, purchases) in counts.cells_at(&cut.purchases, t).iter_mut().zip(purchases) {
                *cell += i128::from(*purchases);
            }
            for (cell, spent) in counts.cells_at(&cut.spent, t).iter_mut().zip(spent) {
                *cell += spent;
            }
        }
    }
}

impl Cut {
    fn class(&self, tags: u32) -> usize {
        (tags >> self.shift & 15) as usize
    }
}
