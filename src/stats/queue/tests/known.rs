//! Published numbers, and those of the chain of births and deaths.

#![expect(clippy::unreadable_literal, reason = "reference values as their source prints them")]

use super::super::line::{Line, Means};
use super::super::priority::TwoClasses;
use super::super::staffing::{Staffing, Target, staffing};
use super::super::whole::erlang_b;
use super::{PATIENT, line, near};

#[test]
fn erlang_a_has_its_known_numbers() {
    let cases = [
        ((20.0, 1.0, 0.25, 20.0), [0.685821, 0.0593509, 0.237403, 0.940649]),
        ((20.0, 1.0, 0.25, 17.0), [0.944215, 0.157923, 0.631693, 0.990678]),
        ((300.0, 1.0, 0.5, 280.0), [0.957746, 0.0678953, 0.135791, 0.998684]),
    ];
    for ((arrivals, serves, leaves, staff), expected) in cases {
        let line = line(arrivals, serves, leaves, staff);
        let means = line.means();
        let found = [means.waits, means.gives_up, means.wait, line.utilisation(means.gives_up)];
        found.iter().zip(expected).for_each(|(found, expected)| assert!((found - expected).abs() < 1e-6, "{found}"));
    }
    // Where patience is as good as endless, those who are too many give up all the same.
    near(line(1.2, 1.0, 0.001, 1.0).means().gives_up, 1.0 / 6.0, 1e-6);
}

#[test]
fn without_losing_patience_it_is_erlang_c() {
    let means = line(18.0, 1.0, PATIENT, 20.0).means();
    near(means.waits, 0.550769, 1e-6);
    near(means.wait, 0.275385, 2e-6);
}

/// Pollaczek and Khinchine.
#[test]
fn one_server_with_any_time_of_serving_makes_wait_as_it_should() {
    for (variability, wait) in [(0.25, 1.458333), (1.0, 2.333333), (4.0, 5.833333)] {
        let means = Line { variability, ..line(0.7, 1.0, PATIENT, 1.0) }.means();
        near(means.waits, 0.7, 1e-9);
        near(means.wait, wait, 1e-6);
    }
}

#[test]
fn those_who_go_first_wait_as_two_chains_say() {
    let cases = [
        ((3.0, 5.0, 1.0, 0.3, 8.0), [0.1210593919, 0.4568956260]),
        ((4.0, 2.0, 1.0, 1.0, 5.0), [0.1975845284, 0.3638605454]),
        ((1.5, 3.0, 1.0, PATIENT, 6.0), [0.0937005, 0.3748018]),
    ];
    for ((one, other, serves, leaves, staff), expected) in cases {
        let all = line(one + other, serves, leaves, staff);
        let classes = TwoClasses { all, first: one / (one + other) };
        let found = classes.means();
        let exact = if leaves == PATIENT { 1e-6 } else { 1e-9 };
        found.iter().zip(expected).for_each(|(found, expected)| near(found.wait, expected, exact));
        near(one * found[0].wait + other * found[1].wait, (one + other) * all.means().wait, 1e-12);
        let chances = classes.give_up();
        (0..2).for_each(|class| near(chances[class], found[class].gives_up, 1e-14));
    }
}

/// Simply the chain: how many there are, up by an arrival, down by one who is served or gives up.
fn chain(arrivals: f64, serves: f64, leaves: f64, people: u32) -> [f64; 3] {
    let rate_down = |there: f64| serves * there.min(f64::from(people)) + leaves * (there - f64::from(people)).max(0.0);
    let (mut weight, mut there) = (1.0, 0.0);
    let [mut all, mut waits, mut queue] = [0.0; 3];
    // Weights are scaled down before they overflow.
    for _ in 0..2_000_000 {
        all += weight;
        if there >= f64::from(people) {
            waits += weight;
            queue += weight * (there - f64::from(people));
        }
        there += 1.0;
        weight *= arrivals / rate_down(there);
        if weight > 1e200 {
            [weight, all, waits, queue] = [weight, all, waits, queue].map(|x| x * 1e-200);
        }
        if arrivals < rate_down(there) && weight < 1e-18 * all {
            break;
        }
    }
    [waits / all, leaves * queue / all / arrivals, queue / all / arrivals]
}

#[test]
fn lines_come_to_what_their_chain_of_births_and_deaths_does() {
    let settings = [
        (20.0, 1.0, 0.25, 20),
        (0.3, 1.0, 2.0, 1),
        (5.0, 1.0, 0.01, 2),
        (300.0, 1.0, 0.5, 300),
        (310.0, 1.0, 0.001, 300),
        (280.0, 1.0, 1e-4, 300),
        (1.0, 0.1, 30.0, 3),
        (100.0, 0.5, 40.0, 7),
        (9.0, 1.0, 1e-5, 10),
        (0.001, 1.0, 0.1, 1),
        (50.0, 3.0, 0.02, 14),
    ];
    for (arrivals, serves, leaves, people) in settings {
        let [waits, gives_up, wait] = chain(arrivals, serves, leaves, people);
        let found = line(arrivals, serves, leaves, f64::from(people)).means();
        near(found.waits, waits, 1e-11);
        near(found.gives_up, gives_up, 1e-11);
        near(found.wait, wait, 1e-11);
    }
}

#[test]
fn the_share_that_gives_up_is_the_mean_wait_over_patience() {
    for staff in [0.0, 0.4, 1.0, 11.3, 20.0, 40.0] {
        let Means { gives_up, wait, wait_served, wait_given_up, .. } = line(20.0, 1.0, 0.25, staff).means();
        near(gives_up, 0.25 * wait, 1e-14);
        near((1.0 - gives_up) * wait_served + gives_up * wait_given_up, wait, 1e-13);
    }
}

#[test]
fn between_whole_numbers_of_people_all_means_are_linear() {
    for (fewer, share) in [(0.0, 0.3), (1.0, 0.5), (17.0, 0.9)] {
        let of = |staff: f64| line(20.0, 1.0, 0.25, staff);
        let mixed = |value: fn(&Line) -> f64| {
            let expected = (1.0 - share) * value(&of(fewer)) + share * value(&of(fewer + 1.0));
            near(value(&of(fewer + share)), expected, 1e-12);
        };
        mixed(|line| line.means().waits);
        mixed(|line| line.means().wait);
        mixed(Line::gives_up);
        mixed(|line| line.served_within(0.5));
    }
}

/// What is served is what staff can do at most, however little times of serving vary.
#[test]
fn nobody_serves_more_than_all_hands_can() {
    for variability in [0.0, 0.3, 1.0, 9.0] {
        for arrivals in [0.5, 0.9, 1.0, 1.05, 1.3, 2.0, 10.0] {
            for staff in [1.0, 3.0, 40.0] {
                let line = Line { variability, ..line(arrivals * staff, 1.0, 0.7, staff) };
                let served = arrivals * (1.0 - line.gives_up());
                assert!(served <= 1.0 + 1e-12, "{line:?}: {served}");
            }
        }
    }
}

#[test]
fn the_loss_formula_has_its_known_values() {
    near(erlang_b(50, 48.0), 0.08333735349348304, 1e-13);
    assert_eq!((erlang_b(0, 3.0), erlang_b(3, 0.0)), (1.0, 0.0));
    assert_eq!(erlang_b(1, 1.0), 0.5);
}

#[test]
fn the_staff_for_a_target_just_holds_to_it() {
    let line = Line { variability: 1.4, ..line(20.0, 1.0, 0.25, 0.0) };
    let holds = |target: Target, staff: f64| {
        let line = Line { staff, ..line };
        match target {
            Target::Wait(minutes) => line.means().wait <= minutes * (1.0 + 1e-12),
            Target::Served { share, within } => line.served_within(within) >= share * (1.0 - 1e-12),
            Target::GivesUp(share) => line.means().gives_up <= share * (1.0 + 1e-12),
        }
    };
    let targets = [
        Target::Wait(2.9),
        Target::Wait(0.2),
        Target::Wait(1e-6),
        Target::Served { share: 0.8, within: 20.0 / 60.0 },
        Target::Served { share: 0.99, within: 0.0 },
        Target::GivesUp(0.05),
        Target::GivesUp(0.88),
    ];
    for target in targets {
        let Staffing { mean, whole } = staffing(&line, target).unwrap();
        assert!(holds(target, mean + 1e-9) && holds(target, whole), "{target:?}: {mean}, {whole}");
        assert!(!holds(target, mean - 1e-6) && !holds(target, whole - 1.0), "{target:?}: {mean}, {whole}");
        assert!(mean <= whole && whole - mean < 1.0);
    }
    assert_eq!(staffing(&line, Target::GivesUp(1.0)), Some(Staffing { mean: 0.0, whole: 0.0 }));
    assert_eq!(staffing(&line, Target::Wait(-1.0)), None);
    assert_eq!(staffing(&line, Target::Served { share: 1.01, within: 3.0 }), None);
}
