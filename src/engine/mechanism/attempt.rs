//! Attempt: those who have chosen a channel wait there, give up or are served, and turn elsewhere where that settled nothing.
//!
//! The offered wait and the own patience are drawn from the laws that the switchboard has settled for the period
//! (Erlang-A: Palm 1957; Garnett, Mandelbaum & Reiman 2002, "Designing a call center with impatient customers",
//! Manufacturing & Service Operations Management 4(3)). Each attempt is felt by itself: what it takes to be served is what
//! drives disloyalty (Dixon, Freeman & Toman 2010, "Stop trying to delight your customers", Harvard Business Review 88(7)).

use super::channel::{ChannelSheet, Shared};
use super::occur::{Ends, Occurring};
use super::point::{ATTEMPT, COURSE};
use crate::engine::chance::narrow::{single, whole};
use crate::engine::count::counts::Counts;
use crate::engine::state::block::Block;
use crate::engine::state::columns::{Columns, Passing};
use crate::engine::state::occasions::{Occasions, Tried, Tries};
use crate::model::channel::{BUSY, CELLS, MOST_ATTEMPTS, NEEDED, OF_PEOPLE, PEOPLE_PARTS, Tally};

/// The draws of an occurrence that lie between one attempt and the next.
pub const OF_ATTEMPT: u32 = 16;

/// What is drawn of one attempt, each from 0 to 1.
struct Luck {
    open: f64,
    part: f64,
    recognised: f64,
    carried: f64,
    wait: f64,
    patience: f64,
    next: f64,
}

/// How an attempt ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Closed,
    GaveUp,
    Served,
}

impl Occurring<'_> {
    /// Takes all who try a channel through their attempts, until each is helped or lets it be.
    pub(super) fn attempts(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        occasions: &mut Occasions,
        number: u32,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        let mut tries = std::mem::take(&mut occasions.tries);
        for attempt in 0..MOST_ATTEMPTS {
            if tries.place.is_empty() {
                break;
            }
            let fates = self.fare(block, (occasions, &mut tries), (number, attempt), counts.as_deref_mut());
            if let Some(last) = self.reached.last_channel {
                let last = block.columns.words_mut(last);
                tries.place.iter().zip(&tries.tried).for_each(|(at, its)| last[*at as usize] = its.channel + 1);
            }
            let of = number + OF_ATTEMPT * attempt;
            self.give_up((block, columns), (occasions, &tries, &fates), of, counts.as_deref_mut());
            occasions.at_once.take(&tries, |at| fates[at] == Fate::Served);
            if occasions.at_once.count > 0 {
                self.one((block, columns), occasions, of, counts.as_deref_mut());
            }
            occasions.at_once.tried.clear();
            occasions.alike.tried.clear();
            tries.turn(attempt + 1);
        }
        tries.clear();
        occasions.tries = tries;
    }

    /// Draws how this attempt goes for each, and where each turns next.
    fn fare(
        &self,
        block: &Block,
        (occasions, tries): (&mut Occasions, &mut Tries),
        (number, attempt): (u32, u32),
        counts: Option<&mut Counts<i128>>,
    ) -> Vec<Fate> {
        let many = tries.place.len();
        for (call, group) in (0..).zip([&mut occasions.at_once, &mut occasions.alike]) {
            group.place[..many].copy_from_slice(&tries.place);
            group.count = many;
            self.draw(block, group, ATTEMPT, number + OF_ATTEMPT * (2 * attempt + call));
        }
        let (a, b) = (&occasions.at_once.words, &occasions.alike.words);
        let goes_on = attempt + 1 < MOST_ATTEMPTS;
        let mut fates = Vec::with_capacity(many);
        for at in 0..many {
            let luck = Luck {
                open: part(a[0][at]),
                part: part(a[1][at]),
                recognised: part(a[2][at]),
                carried: part(a[3][at]),
                wait: part(b[0][at]),
                patience: part(b[1][at]),
                next: part(b[2][at]),
            };
            let tried = &mut tries.tried[at];
            let channel = tried.channel as usize;
            let class = usize::from(!self.channels.goes_first(channel, tries.kind[at] as usize));
            let (fate, next) = self.sheet.channels.each[channel].attempt(tried, class, &luck);
            tries.next[at] = next.filter(|_| goes_on).map(whole);
            fates.push(fate);
        }
        if let Some(counts) = counts {
            self.tally(block, tries, &fates, counts);
        }
        fates
    }

    /// Counts attempts, what became of them, and where those who turn nowhere came first.
    fn tally(&self, block: &Block, tries: &Tries, fates: &[Fate], counts: &mut Counts<i128>) {
        let t = self.now.t as usize;
        for (place, channel) in self.channels.each.iter().enumerate() {
            let mut cells = [0_i64; CELLS];
            let mut people = [0_i64; OF_PEOPLE];
            let numbers = &self.sheet.channels.each[place];
            let here = |at: &usize| tries.tried[*at].channel as usize == place;
            for at in (0..fates.len()).filter(here) {
                numbers.count((&tries.tried[at], fates[at], channel.within), (&mut cells, &mut people));
            }
            if let Some((says, sheet)) = channel.says.as_ref().zip(numbers.says) {
                let places: Vec<u32> = (0..fates.len()).filter(here).map(|at| tries.place[at]).collect();
                says.count(sheet, (block, self.now), &places, counts);
            }
            if cells[Tally::Attempts.cell()] > 0 {
                let all = counts.cells_at(&channel.counter, t);
                all.iter_mut().zip(cells).for_each(|(all, cell)| *all += i128::from(cell));
                let all = counts.cells_at(&channel.people, t);
                all.iter_mut().zip(people).for_each(|(all, cell)| *all += i128::from(cell));
            }
        }
        for at in (0..fates.len()).filter(|at| tries.next[*at].is_none()) {
            let first = &self.channels.each[tries.first[at] as usize];
            counts.cells_at(&first.counter, t)[CELLS + tries.tried[at].channel as usize] += 1;
        }
    }

    /// Lets those feel it who gave up, channel by channel.
    fn give_up(
        &self,
        (block, columns): (&mut Block, &mut Columns<Passing>),
        (occasions, tries, fates): (&mut Occasions, &Tries, &[Fate]),
        number: u32,
        mut counts: Option<&mut Counts<i128>>,
    ) {
        let endings = self.point.abandons.iter().zip(&self.numbers.abandons).enumerate();
        for (channel, (ending, numbers)) in endings {
            let gave_up = |at: usize| fates[at] != Fate::Served && tries.tried[at].channel as usize == channel;
            occasions.alike.take(tries, gave_up);
            if occasions.alike.count == 0 {
                continue;
            }
            self.draw(block, &mut occasions.alike, COURSE, number);
            let ends = Ends { ending, numbers, place: self.point.choices };
            self.ended((block, columns), occasions, number, &ends, counts.as_deref_mut());
        }
    }
}

impl ChannelSheet {
    /// How an attempt goes, and where it leads next.
    fn attempt(&self, tried: &mut Tried, class: usize, luck: &Luck) -> (Fate, Option<usize>) {
        tried.recognised = luck.recognised < self.recognises;
        tried.lost = tried.attempt > 0 && !(tried.recognised && luck.carried < self.carries);
        let (fate, wait) = self.shared.as_ref().map_or((Fate::Served, 0.0), |shared| shared.wait(class, luck));
        tried.wait = single(wait);
        tried.trouble = self.wait_effort * tried.wait + self.attempt_effort * tried.attempt as f32;
        if fate != Fate::Served {
            return (fate, onward(&self.switch, luck.next));
        }
        tried.trouble -= self.changes(tried.recognised, tried.lost);
        tried.trouble -= self.shared.as_ref().map_or(0.0, |shared| shared.quality);
        let settles = self.settled[usize::from(tried.recognised)][usize::from(tried.lost)];
        tried.solved = luck.next < settles;
        let next = if tried.solved { None } else { onward(&self.again, (luck.next - settles) / (1.0 - settles)) };
        (fate, next)
    }

    /// Counts an attempt.
    fn count(
        &self,
        (tried, fate, within): (&Tried, Fate, f32),
        (cells, people): (&mut [i64; CELLS], &mut [i64; OF_PEOPLE]),
    ) {
        let mut add = |tally: Tally, so: bool| cells[tally.cell()] += i64::from(so);
        add(Tally::Attempts, true);
        add(Tally::Closed, fate == Fate::Closed);
        add(Tally::Abandoned, fate == Fate::GaveUp);
        add(Tally::Handled, fate == Fate::Served);
        add(Tally::Solved, tried.solved);
        add(Tally::ContextLost, fate == Fate::Served && tried.lost);
        add(Tally::InTime, fate == Fate::Served && tried.wait <= within);
        cells[Tally::Waited.cell()] += rounded(60.0 * f64::from(tried.wait));
        let Some(shared) = &self.shared else { return };
        people[NEEDED] += rounded(PEOPLE_PARTS * shared.needed);
        if fate != Fate::Served {
            return;
        }
        let minutes = shared.minutes * self.takes(tried.recognised, tried.lost);
        cells[Tally::Worked.cell()] += rounded(60.0 * minutes);
        if shared.capacity > 0.0 {
            people[BUSY] += rounded(PEOPLE_PARTS * minutes / shared.capacity);
        }
    }
}

impl Shared {
    /// Whether somebody is served, and the minutes waited.
    fn wait(&self, class: usize, luck: &Luck) -> (Fate, f64) {
        if luck.open >= self.open {
            return (Fate::Closed, 0.0);
        }
        let part = self.upto.iter().position(|upto| luck.part < *upto).unwrap_or(self.upto.len().saturating_sub(1));
        let Some(laws) = self.laws.get(part) else { return (Fate::Served, 0.0) };
        let offered = laws[class].offered(luck.wait);
        if offered <= 0.0 {
            return (Fate::Served, 0.0);
        }
        let patience = -self.patience * libm::log1p(-luck.patience);
        if patience < offered { (Fate::GaveUp, patience) } else { (Fate::Served, offered) }
    }
}

impl Tries {
    /// Lets those who turn elsewhere try there, and all others go.
    fn turn(&mut self, attempt: u32) {
        let mut kept = 0;
        for at in 0..self.place.len() {
            let Some(channel) = self.next[at] else { continue };
            self.place[kept] = self.place[at];
            self.first[kept] = self.first[at];
            self.kind[kept] = self.kind[at];
            self.tried[kept] = Tried { channel, attempt, ..Tried::default() };
            kept += 1;
        }
        self.place.truncate(kept);
        self.first.truncate(kept);
        self.kind.truncate(kept);
        self.tried.truncate(kept);
        self.next.truncate(kept);
        self.next.fill(None);
    }
}

/// Where somebody turns; nowhere where the chances leave that over.
fn onward(ways: &[(usize, f64)], goal: f64) -> Option<usize> {
    let mut passed = 0.0;
    ways.iter().find_map(|(to, chance)| {
        passed += chance;
        (goal < passed).then_some(*to)
    })
}

/// A number from 0 to 1 that a word stands for.
fn part(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// A whole number, as it is counted.
fn rounded(number: f64) -> i64 {
    /// Nothing that is counted of one customer is larger.
    const MOST: f64 = 1e15;
    #[expect(clippy::cast_possible_truncation, reason = "rounded, and held far below 2^63")]
    let whole = libm::rint(number.clamp(0.0, MOST)) as i64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::chance::draws::{Draws, Purpose};
    use crate::stats::queue::line::Line;

    /// The draws of so many customers, each by an address of its own.
    fn lucks(many: u32) -> impl Iterator<Item = Luck> {
        let draws = Draws::new(7, 0);
        (0..many).map(move |customer| {
            let [open, part_of, wait, patience] = draws.four(customer, 1, Purpose::numbered(1_000), 0).map(part);
            Luck { open, part: part_of, recognised: 0.5, carried: 0.5, wait, patience, next: 0.5 }
        })
    }

    #[test]
    fn waits_are_drawn_by_their_law() {
        const MANY: u32 = 40_000;
        for (arrivals, staff) in [(20.0, 20.0), (20.0, 17.0), (20.0, 12.4), (3.0, 1.0)] {
            let line = Line { arrivals, staff, handle: 60.0, patience: 240.0, variability: 1.0 };
            let shared = Shared {
                minutes: 60.0,
                capacity: 1.0,
                open: 1.0,
                patience: 240.0,
                quality: 0.0,
                solves: 0.0,
                needed: 0.0,
                upto: vec![1.0],
                laws: vec![[line.law(); 2]],
            };
            let fates: Vec<(Fate, f64)> = lucks(MANY).map(|luck| shared.wait(1, &luck)).collect();
            let gave_up = fates.iter().filter(|(fate, _)| *fate == Fate::GaveUp).count() as f64 / f64::from(MANY);
            let truth = line.means().gives_up;
            let z = (gave_up - truth) / libm::sqrt(truth * (1.0 - truth) / f64::from(MANY));
            assert!(z.abs() < 4.5, "{staff}: {gave_up} give up instead of {truth}, z = {z}");
            // Kolmogorov and Smirnov: the largest distance passes 2.3 / sqrt(n) once in 20,000 tries.
            let mut served: Vec<f64> =
                fates.iter().filter(|(fate, _)| *fate == Fate::Served).map(|(_, wait)| *wait).collect();
            served.sort_unstable_by(f64::total_cmp);
            let farthest = (0..40).map(|step| f64::from(step) * f64::from(step) * 0.3).map(|minutes| {
                let within = served.partition_point(|wait| *wait <= minutes) as f64 / f64::from(MANY);
                (within - line.served_within(minutes)).abs()
            });
            let farthest = farthest.fold(0.0, f64::max);
            assert!(farthest < 2.3 / libm::sqrt(f64::from(MANY)), "{staff}: {farthest}");
        }
    }

    #[test]
    fn where_the_chances_leave_something_over_somebody_lets_it_be() {
        let ways = [(3, 0.5), (1, 0.2)];
        assert_eq!(
            [0.1, 0.49, 0.5, 0.69, 0.71].map(|goal| onward(&ways, goal)),
            [Some(3), Some(3), Some(1), Some(1), None]
        );
        assert_eq!(onward(&[], 0.0), None);
    }
}
