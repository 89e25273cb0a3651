//! The laws that a period's waits are drawn from against calls that are simulated one event after the other, day by day.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use polku::inside::engine::chance::draws::{Draws, Purpose};
use polku::inside::stats::queue::line::Line;

/// A number of microseconds, which orders events as the times themselves do.
type Micros = u64;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Comes,
    Leaves,
}

/// What the calls of some days come to.
#[derive(Default)]
struct Calls {
    came: f64,
    gave_up: f64,
    waited: f64,
    in_time: f64,
}

/// What is read off the calls of a day.
type Of = fn(&Calls) -> f64;

/// Random numbers of one day, in a row.
struct Luck {
    draws: Draws,
    day: u32,
    next: u32,
}

impl Luck {
    /// An exponential time in minutes, in microseconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time of a day")]
    fn time(&mut self, mean: f64) -> Micros {
        self.next += 1;
        let word = self.draws.word(self.day, self.next & 3, Purpose::numbered(1_000), self.next >> 2);
        let u = (f64::from(word) + 0.5) / 4_294_967_296.0;
        (-libm::log(u) * mean * 6e7) as Micros
    }
}

/// The calls of one day of so many hours: who comes waits for one of the people, in order, or gives up.
fn day(line: &Line, (hours, within): (f64, f64), luck: &mut Luck, calls: &mut Calls) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time of a day, and people")]
    let (closes, mut free) = ((hours * 3.6e9) as Micros, line.staff as usize);
    let mut events = BinaryHeap::from([Reverse((luck.time(60.0 / line.arrivals), Event::Comes))]);
    // When each of those in line came, and when they will have given up.
    let mut waiting: VecDeque<(Micros, Micros)> = VecDeque::new();
    while let Some(Reverse((now, event))) = events.pop() {
        match event {
            Event::Comes if now < closes => {
                events.push(Reverse((now + luck.time(60.0 / line.arrivals), Event::Comes)));
                waiting.push_back((now, now + luck.time(line.patience)));
                calls.came += 1.0;
            }
            Event::Comes => continue,
            Event::Leaves => free += 1,
        }
        while free > 0 {
            let Some((came, gives_up)) = waiting.pop_front() else { break };
            let wait = now.min(gives_up) - came;
            calls.waited += wait as f64 / 6e7;
            if gives_up < now {
                calls.gave_up += 1.0;
                continue;
            }
            calls.in_time += f64::from(u8::from(wait as f64 / 6e7 <= within));
            free -= 1;
            events.push(Reverse((now + luck.time(line.handle), Event::Leaves)));
        }
    }
}

#[test]
fn a_day_of_calls_event_by_event_is_what_the_laws_of_the_period_say() {
    // A phone line of a contact centre: fewer people than are busy in the mean, about as many, and more.
    for (staff, days) in [(17.0, 300), (20.0, 300), (23.0, 300)] {
        let line = Line { arrivals: 200.0, staff, handle: 6.0, patience: 2.0, variability: 1.0 };
        let mut luck = Luck { draws: Draws::new(11, 0), day: 0, next: 0 };
        let days: Vec<Calls> = (0..days)
            .map(|place| {
                (luck.day, luck.next) = (place, 0);
                let mut calls = Calls::default();
                day(&line, (12.0, 0.5), &mut luck, &mut calls);
                calls
            })
            .collect();
        let came: f64 = days.iter().map(|day| day.came).sum();
        let means = line.means();
        let told: [(&str, Of, f64); 3] = [
            ("gives up", |day| day.gave_up, means.gives_up),
            ("wait", |day| day.waited, means.wait),
            ("in time", |day| day.in_time, line.served_within(0.5)),
        ];
        for (what, of, truth) in told {
            let mean = days.iter().map(of).sum::<f64>() / came;
            let many = days.len() as f64;
            let spread = days.iter().map(|day| (of(day) - mean * day.came) * (of(day) - mean * day.came)).sum::<f64>();
            let error = libm::sqrt(spread / many) / (came / many) / libm::sqrt(many);
            // A day begins with nobody in line: that alone is good for a hundredth and a half here.
            let bound = 0.015 * truth + 4.5 * error;
            assert!(
                (mean - truth).abs() < bound,
                "{staff}: {what} {mean}, and {truth} by the law; {bound} is the bound"
            );
        }
    }
}
