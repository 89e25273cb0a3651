//! Occasions: what happens to some customers of a block, side by side, within one step of a period.

use super::column::room;
use super::columns::ColumnSpec;

/// What happened to each customer, as lives are compared by.
pub const TOUCHED: ColumnSpec = ColumnSpec::new("touched");

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
    /// Those who try a channel, and what becomes of it.
    pub tries: Tries,
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
    /// How many people in the market it tells something; none where it tells nothing.
    pub reached: Option<f64>,
    /// Satisfaction, and the states that the study declares, as it left them; those that are no blends.
    pub left: Vec<f32>,
    /// How the attempt in a channel went; none where it needed none.
    pub tried: Option<Tried>,
}

/// How an attempt in a channel went.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tried {
    /// The channel, by its place in the model.
    pub channel: u32,
    /// Which attempt it is, counted from 0.
    pub attempt: u32,
    /// The minutes waited.
    pub wait: f32,
    /// What they take off the quality, with all other trouble of the attempt; below 0 where it was better.
    pub trouble: f32,
    /// Whether the customer was recognised.
    pub recognised: bool,
    /// Whether what was said before had to be said again.
    pub lost: bool,
    /// Whether it settled the matter.
    pub solved: bool,
}

impl Tried {
    /// What tells it from other attempts.
    pub fn mark(self) -> u32 {
        let told = [self.recognised, self.lost, self.solved].into_iter().fold(0, |bits, so| bits << 1 | u32::from(so));
        self.wait.to_bits().rotate_left(13) ^ (told << 8 | self.attempt << 5 | self.channel).wrapping_mul(0x9E37_79B1)
    }
}

/// Those who try a channel at once, side by side.
#[derive(Default)]
pub struct Tries {
    /// Their places in the block.
    pub place: Vec<u32>,
    /// The channel that each came to first.
    pub first: Vec<u32>,
    /// Where each goes first: a bit for each channel with priority.
    pub kind: Vec<u32>,
    /// How this attempt goes.
    pub tried: Vec<Tried>,
    /// Where each turns next; none who lets it be.
    pub next: Vec<Option<u32>>,
}

impl Tries {
    /// Nobody.
    pub fn clear(&mut self) {
        self.place.clear();
        self.first.clear();
        self.kind.clear();
        self.tried.clear();
        self.next.clear();
    }

    /// One more, who comes to a channel.
    pub fn push(&mut self, (place, kind): (u32, u32), (first, channel): (u32, u32), attempt: u32) {
        self.place.push(place);
        self.first.push(first);
        self.kind.push(kind);
        self.tried.push(Tried { channel, attempt, ..Tried::default() });
        self.next.push(None);
    }
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
    /// How the attempt in a channel went; empty where it needs none.
    pub tried: Vec<Tried>,
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
    /// Takes in those who try a channel and are meant, by their places among all who do.
    pub fn take(&mut self, tries: &Tries, meant: impl Fn(usize) -> bool) {
        self.count = 0;
        self.tried.clear();
        for at in (0..tries.place.len()).filter(|at| meant(*at)) {
            self.place[self.count] = tries.place[at];
            self.tried.push(tries.tried[at]);
            self.count += 1;
        }
    }

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
