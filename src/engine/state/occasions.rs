//! Occasions: what happens to some customers of a block, side by side, within one step of a period.

use super::column::room;

/// What one touchpoint comes to in one step, occurrence by occurrence of each customer.
#[derive(Default)]
pub struct Happened {
    /// The customers' places, those of the first occurrence first.
    pub place: Vec<u32>,
    /// Which occurrence of the customer's it is, counted from 0.
    pub number: Vec<u32>,
    /// How it ended.
    pub end: Vec<u32>,
}

/// Customers side by side, with what is drawn for them and what becomes of it.
#[derive(Default)]
pub struct Occasions {
    /// For each touchpoint, what it comes to in this step, where others follow it.
    pub happened: Vec<Happened>,
    /// Those whom a touchpoint is about to meet, and which occurrence it is; none of it has an end yet.
    pub coming: Happened,
    /// Those who meet it at once.
    pub at_once: Group,
    /// Of those the ones for whom it ends alike.
    pub alike: Group,
    /// How it ends for each of those who meet it at once.
    pub end: Vec<u32>,
    /// What drivers multiply by; one column for each end or way.
    pub tilts: Vec<Vec<f32>>,
    /// What is told of each occurrence; none where nobody asks for it.
    pub told: Option<Vec<Told>>,
}

/// What is told of one occurrence.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The touchpoint, by its place in the model.
    pub touchpoint: usize,
    /// Which of the customer's in the period it is, counted from 0; of what follows another, that of what it follows.
    pub number: u32,
    /// How it ended, by the place of the end.
    pub end: usize,
    /// The days until it came, where it answers something.
    pub days: Option<f32>,
    /// By how much it moved the customer.
    pub weight: f32,
    /// What it was like, what was expected, and how that felt; none where nothing is felt, or expected.
    pub felt: Option<(f32, Option<f32>, f32)>,
    /// Satisfaction, and the states that the study declares, as it left them; those that are no blends.
    pub left: Vec<f32>,
}

/// Some customers, side by side.
#[derive(Default)]
pub struct Group {
    /// How many they are.
    pub count: usize,
    /// Their places in the block.
    pub place: Vec<u32>,
    /// Their addresses.
    pub customer: Vec<u32>,
    /// Four words of each.
    pub words: [Vec<u32>; 4],
    /// What it is like.
    pub quality: Vec<f32>,
    /// How it feels.
    pub felt: Vec<f32>,
    /// By how much it moves them.
    pub weight: Vec<f32>,
    /// What its timing multiplies by.
    pub timing: Vec<f32>,
    /// A number that they carry.
    pub carried: Vec<f32>,
    /// Another number of theirs.
    pub other: Vec<f32>,
    /// The days that an answer took; 0 of what answers nothing.
    pub days: Vec<f32>,
    /// By how much it was better than expected, where somebody asks for that.
    pub gap: Vec<f32>,
}

impl Happened {
    /// Nothing.
    pub fn clear(&mut self) {
        self.place.clear();
        self.number.clear();
        self.end.clear();
    }

    /// One more.
    pub fn push(&mut self, place: u32, number: u32, end: u32) {
        self.place.push(place);
        self.number.push(number);
        self.end.push(end);
    }
}

impl Occasions {
    /// Makes room for the customers of a block, where there is less, and forgets what had happened.
    pub fn fit(&mut self, size: usize, touchpoints: usize) {
        self.happened.resize_with(touchpoints, Happened::default);
        self.happened.iter_mut().for_each(Happened::clear);
        self.at_once.fit(size);
        self.alike.fit(size);
        self.end.resize(self.end.len().max(room(size)), 0);
        for tilt in &mut self.tilts {
            tilt.resize(tilt.len().max(room(size)), 0.0);
        }
    }

    /// A column of what drivers multiply by.
    pub fn tilt(&mut self, at: usize) -> &mut Vec<f32> {
        let size = self.end.len();
        while self.tilts.len() <= at {
            self.tilts.push(vec![0.0; size]);
        }
        &mut self.tilts[at]
    }
}

impl Group {
    fn fit(&mut self, size: usize) {
        let length = self.place.len().max(room(size));
        for column in [&mut self.place, &mut self.customer].into_iter().chain(&mut self.words) {
            column.resize(length, 0);
        }
        let Self { quality, felt, weight, timing, carried, other, days, gap, .. } = self;
        for column in [quality, felt, weight, timing, carried, other, days, gap] {
            column.resize(length, 0.0);
        }
    }
}
