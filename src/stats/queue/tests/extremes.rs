//! Nothing is so odd that it makes numbers no numbers; and bits stay.

use proptest::prelude::*;

use super::super::line::{Line, Means, within};
use super::super::priority::TwoClasses;
use super::line;

fn sound(means: &Means, patience: f64) {
    for share in [means.waits, means.gives_up] {
        assert!((0.0..=1.0).contains(&share), "{means:?}");
    }
    for wait in [means.wait, means.wait_served, means.wait_given_up] {
        assert!((0.0..=patience * 1e12).contains(&wait), "{means:?}");
    }
    assert!(means.wait <= patience * (1.0 + 1e-12), "{means:?}");
}

fn check(line: Line, first: f64) {
    let patience = within(line.patience, (1e-9, 1e12));
    let means = line.means();
    sound(&means, patience);
    assert!((0.0..=1.0).contains(&line.utilisation(means.gives_up)), "{line:?}");
    assert!((line.gives_up() - means.gives_up).abs() <= 1e-12, "{line:?}");
    let classes = TwoClasses { all: line, first };
    classes.means().iter().for_each(|means| sound(means, patience));
    let [one, other] = classes.laws();
    for law in [line.law(), one, other] {
        let mut last = 0.0;
        for u in [0.0, 1e-9, 0.1, 0.5, 0.9, 0.999, 1.0 - f64::EPSILON] {
            let wait = law.offered(u);
            assert!(wait >= last, "{line:?}: {wait} at {u} after {last}");
            last = wait;
            assert!((0.0..=1.0 + 1e-12).contains(&law.longer_than(1e3 * u)), "{line:?}");
        }
    }
    let mut last = 0.0;
    for time in [0.0, 0.1, 10.0, 1e6] {
        let served = line.served_within(time);
        assert!(served >= last - 1e-12 && served <= 1.0 + 1e-12, "{line:?}");
        last = served;
    }
}

#[test]
fn extremes_are_borne() {
    for arrivals in [0.0, 1e-9, 60.0, 1e9, f64::INFINITY, f64::NAN] {
        for patience in [0.0, 1e-6, 1.0, 1e9, f64::INFINITY] {
            for staff in [0.0, 0.3, 1.0, 37.5, 5000.0] {
                for variability in [0.0, 1.0, 50.0] {
                    check(Line { arrivals, staff, handle: 7.0, patience, variability }, 0.4);
                }
            }
        }
    }
    check(Line { arrivals: -3.0, staff: f64::NAN, handle: 0.0, patience: f64::NAN, variability: f64::NAN }, f64::NAN);
}

proptest! {
    #[test]
    fn anything_is_borne(
        arrivals in -9.0_f64..9.0, patience in -6.0_f64..9.0, handle in -6.0_f64..6.0, staff in 0.0_f64..40.0,
        variability in 0.0_f64..50.0, first in 0.0_f64..1.0,
    ) {
        let power = |x: f64| libm::pow(10.0, x);
        check(Line { arrivals: power(arrivals), staff, handle: power(handle), patience: power(patience), variability }, first);
    }

    #[test]
    fn more_arrivals_never_leave_fewer_to_give_up(
        load in 0.01_f64..3.0, more in 1.0_f64..2.0, leaves in -3.0_f64..2.0, staff in 0.0_f64..60.0, variability in 0.0_f64..9.0,
    ) {
        let of = |load: f64| Line { variability, ..line(load * (staff + 0.1), 1.0, libm::pow(10.0, leaves), staff) };
        let (fewer, many) = (of(load).gives_up(), of(load * more).gives_up());
        prop_assert!(many >= fewer * (1.0 - 1e-11), "{fewer} and then {many}");
    }
}

#[test]
fn bits_stay() {
    let means = line(20.0, 1.0, 0.25, 17.4).means();
    let law = line(20.0, 1.0, 0.25, 17.4).law();
    let classes = TwoClasses { all: Line { variability: 0.5, ..line(8.0, 1.0, 0.3, 8.0) }, first: 0.375 }.means();
    let found = [means.gives_up, means.wait_served, law.offered(0.7), classes[1].wait].map(f64::to_bits);
    assert_eq!(
        found,
        [0x3fc2_2d59_6569_33af, 0x3fe2_dad1_929a_847f, 0x3feb_5503_1953_c1d3, 0x3fd9_fd89_ada7_7f39],
        "{found:#x?}"
    );
}
