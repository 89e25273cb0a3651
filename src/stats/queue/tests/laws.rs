//! The laws that waits are drawn from.

use super::super::law::Law;
use super::super::line::Line;
use super::super::priority::TwoClasses;
use super::{PATIENT, line, near};

const DRAWS: u32 = 200_000;

/// Offered waits of customers whose luck is spread evenly.
fn drawn(law: &Law) -> impl Iterator<Item = f64> {
    (0..DRAWS).map(|i| law.offered((f64::from(i) + 0.5) / f64::from(DRAWS)))
}

/// The share that gives up of those who draw from a law.
fn given_up(law: &Law, patience: f64) -> f64 {
    drawn(law).map(|wait| -libm::expm1(-wait / patience)).sum::<f64>() / f64::from(DRAWS)
}

fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for staff in [1.0, 1.5, 14.0, 16.3, 20.0, 20.7, 60.0] {
        for (load, leaves) in [(0.5, 0.25), (0.9, 3.0), (1.0, 0.01), (1.3, 0.3), (4.0, 0.002), (0.95, 40.0)] {
            let variability = if staff == 14.0 { 0.2 } else { 1.0 };
            lines.push(Line { variability, ..line(load * staff, 1.0, leaves, staff) });
        }
    }
    lines.push(line(0.4, 1.0, 0.3, 0.3));
    lines.push(line(0.9, 1.0, PATIENT, 1.0));
    lines
}

/// By how much the law's tail is off that of its density, integrated by Simpson's rule in very many steps.
fn off(line: &Line, law: &Law) -> f64 {
    let (arrivals, leaves) = (line.arrivals / 60.0, 1.0 / line.patience);
    let k = 0.5 * (1.0 + line.variability);
    let exponent = |t: f64| (arrivals * -libm::expm1(-leaves * t) / leaves - line.staff / line.handle * t) / k;
    let mode = libm::log(arrivals * line.handle / line.staff).max(0.0) / leaves;
    let density = |t: f64| libm::exp(exponent(t) - exponent(mode));
    let (from, to) = (law.offered(1.0 - line.means().waits), law.offered(1.0 - 1e-15));
    let steps = 20_000;
    let step = (to - from) / f64::from(steps);
    let mut tail = vec![0.0; steps as usize + 1];
    for i in (0..steps).rev() {
        let t = from + f64::from(i) * step;
        let cell = step / 6.0 * (density(t) + 4.0 * density(t + 0.5 * step) + density(t + step));
        tail[i as usize] = tail[i as usize + 1] + cell;
    }
    let waits = line.means().waits;
    let error = |i: u32| waits * tail[i as usize] / tail[0] - law.longer_than(from + f64::from(i) * step);
    (0..=steps).map(|i| error(i).abs()).fold(0.0, f64::max)
}

#[test]
fn the_tail_is_that_of_the_density() {
    for line in lines().into_iter().filter(|line| line.staff.fract() == 0.0) {
        let off = off(&line, &line.law());
        assert!(off < 5e-5, "{line:?}: {off}");
    }
}

/// Kolmogorov and Smirnov: no quantile is further from its share than what draws stand for.
#[test]
fn waits_that_are_drawn_have_the_tail_of_their_law() {
    for line in lines() {
        let law = line.law();
        for (i, wait) in drawn(&law).enumerate().filter(|(_, wait)| *wait > 0.0 && wait.is_finite()) {
            let luck = (i as f64 + 0.5) / f64::from(DRAWS);
            let off = (1.0 - law.longer_than(wait) - luck).abs();
            assert!(off < 1e-9, "{line:?}: {off} at {luck}");
        }
        let none = drawn(&law).filter(|wait| *wait == 0.0).count();
        assert!((none as f64 / f64::from(DRAWS) - (1.0 - line.means().waits)).abs() < 1.1 / f64::from(DRAWS));
    }
}

#[test]
fn as_many_give_up_who_draw_their_wait_as_should() {
    for line in lines() {
        let law = line.law();
        assert!((given_up(&law, line.patience) - line.gives_up()).abs() < 2e-5, "{line:?}");
        assert!(drawn(&law).zip(drawn(&law).skip(1)).all(|(before, after)| before <= after));
    }
}

#[test]
fn as_many_of_both_classes_give_up_who_draw_their_wait_as_should() {
    for all in lines() {
        for first in [0.0, 0.2, 0.7, 1.0] {
            let classes = TwoClasses { all, first };
            let (laws, means) = (classes.laws(), classes.means());
            for class in 0..2 {
                let off = given_up(&laws[class], all.patience) - means[class].gives_up;
                assert!(off.abs() < 2e-5, "{classes:?}, {class}: {off}");
            }
            assert!(means[0].wait <= means[1].wait * (1.0 + 1e-12));
        }
        // Who is alone is not helped by going first.
        near(TwoClasses { all, first: 1.0 }.means()[0].wait, all.means().wait, 1e-12);
        near(TwoClasses { all, first: 0.0 }.means()[1].wait, all.means().wait, 1e-12);
    }
}

#[test]
fn the_share_served_in_time_is_that_of_the_law() {
    for line in lines() {
        let law = line.law();
        for time in [0.0, 0.1, 1.0, 7.0, 1e9] {
            let served = drawn(&law).filter(|wait| *wait <= time).map(|wait| libm::exp(-wait / line.patience));
            let expected = served.sum::<f64>() / f64::from(DRAWS);
            let off = (line.served_within(time) - expected).abs();
            assert!(off < if line.staff.fract() == 0.0 { 2e-5 } else { 2e-4 }, "{line:?}, {time}: {off}");
        }
        near(line.served_within(1e30), 1.0 - line.gives_up(), 1e-12);
    }
}

#[test]
fn with_more_people_nobody_waits_longer() {
    let mut before: Option<Law> = None;
    for staff in [0.0, 0.5, 1.0, 5.0, 13.0, 13.5, 14.0, 20.0, 30.0] {
        let law = line(20.0, 1.0, 0.25, staff).law();
        if let Some(before) = before {
            assert!(drawn(&before).zip(drawn(&law)).all(|(fewer, more)| more <= fewer + 1e-4 * fewer), "{staff}");
        }
        before = Some(law);
    }
}
