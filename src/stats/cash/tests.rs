use proptest::prelude::*;

use super::*;

const YEARS: Calendar = Calendar { years_per_period: 1.0, valued_before_end: 0.0 };
const MONTHS: Calendar = Calendar { years_per_period: 1.0 / 12.0, valued_before_end: 0.5 };

fn close(a: f64, b: f64, relative: f64) {
    assert!((a - b).abs() <= relative * b.abs().max(1e-300), "{a} is not {b}");
}

fn rate(irr: &Irr) -> f64 {
    let Irr::Rate(rate) = irr else { panic!("{irr:?} is not one rate") };
    *rate
}

#[test]
fn textbook_present_values() {
    // Brealey, Myers & Allen, section 5-2: projects A, B and C at 10 %, and when they pay back.
    let projects = [
        ([-2000.0, 500.0, 500.0, 5000.0], 2624.0, 3),
        ([-2000.0, 500.0, 1800.0, 0.0], -58.0, 2),
        ([-2000.0, 1800.0, 500.0, 0.0], 50.0, 2),
    ];
    for (flow, value, back) in projects {
        assert!((YEARS.present_value(&flow, 0.1) - value).abs() < 0.5);
        assert_eq!(payback(&flow), Some(back));
    }
    // An annuity of 1 over 20 years at 7 %: (1 - 1.07^-20) / 0.07 = 10.5940.
    let mut annuity = vec![1.0; 21];
    annuity[0] = 0.0;
    assert!((YEARS.present_value(&annuity, 0.07) - 10.5940).abs() < 5e-5);
}

#[test]
fn the_middle_of_a_period_is_half_a_period_nearer_and_time_0_stays() {
    let end = Calendar { valued_before_end: 0.0, ..MONTHS };
    let flow = [0.0, 3.0, 5.0, 8.0];
    let half = libm::pow(1.08, 0.5 / 12.0);
    close(MONTHS.present_value(&flow, 0.08), end.present_value(&flow, 0.08) * half, 1e-14);
    assert_eq!(MONTHS.discount_factor(0.08, 0), 1.0);
    close(MONTHS.discount_factor(0.08, 12), libm::pow(1.08, -11.5 / 12.0), 1e-14);
}

#[test]
fn textbook_rates_of_return() {
    // Brealey, Myers & Allen, section 5-3: one rate; none; and two for a mine that has to be cleaned up at the end.
    assert!((rate(&YEARS.internal_rate(&[-4000.0, 2000.0, 4000.0])) - 0.2808).abs() < 5e-5);
    assert_eq!(YEARS.internal_rate(&[1000.0, -3000.0, 2500.0]), Irr::None);
    let mine = [-3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -6.5];
    let Irr::Several(rates) = YEARS.internal_rate(&mine) else { panic!("two rates") };
    assert_eq!(rates.len(), 2);
    assert!((rates[0] - 0.0350).abs() < 5e-5 && (rates[1] - 0.1954).abs() < 5e-5, "{rates:?}");
    // The pump of Lorie & Savage (1955): -1600, 10000, -10000 has 25 % and 400 %.
    let Irr::Several(rates) = YEARS.internal_rate(&[-1600.0, 10_000.0, -10_000.0]) else { panic!("two rates") };
    close(rates[0], 0.25, 1e-12);
    close(rates[1], 4.0, 1e-12);
}

#[test]
fn a_rate_that_is_met_twice_is_one_rate() {
    let twice = rate(&YEARS.internal_rate(&[-1.0, 2.2, -1.21]));
    assert!((twice - 0.1).abs() < 1e-6, "{twice}");
}

#[test]
fn a_flow_of_one_sign_has_no_rate() {
    for flow in [vec![], vec![0.0; 5], vec![1.0, 0.0, 2.0], vec![-1.0; 400]] {
        assert_eq!(MONTHS.internal_rate(&flow), Irr::None);
    }
}

#[test]
fn a_rate_is_found_at_the_ends_of_long_and_steep_flows() {
    // A perpetuity cut after 100 years of days pays nearly its coupon.
    let mut days = vec![0.05 / 365.25; 36_526];
    days[0] = -1.0;
    let calendar = Calendar { years_per_period: 1.0 / 365.25, valued_before_end: 0.0 };
    let found = rate(&calendar.internal_rate(&days));
    let value = calendar.present_value(&days, found);
    assert!(value.abs() < 1e-10 && (0.049..0.052).contains(&found), "{found} {value}");
    close(rate(&YEARS.internal_rate(&[-1.0, 9000.0])), 8999.0, 1e-12);
    close(rate(&YEARS.internal_rate(&[-1.0, 0.001])), -0.999, 1e-12);
    assert_eq!(YEARS.internal_rate(&[-1.0, 11_000.0]), Irr::None, "beyond the range");
}

#[test]
fn money_pays_back_for_good_or_not_at_all() {
    assert_eq!(payback(&[1.0, -1.0, 2.0]), Some(0), "never out");
    assert_eq!(payback(&[]), None);
    assert_eq!(payback(&[-3.0, 4.0, -2.0, 1.0]), Some(3), "the first return does not last");
    assert_eq!(payback(&[-3.0, 4.0, -2.0]), None);
    assert_eq!(payback(&[-0.3, 0.1, 0.1, 0.1]), Some(3), "what rounding leaves is not owed");
    assert_eq!(peak_funding(&[-3.0, 1.0, -4.0, 9.0]), 6.0);
    assert_eq!(peak_funding(&[3.0, -1.0]), 0.0);
}

/// A product of (1 - u / root) over discount factors is a flow with exactly these rates.
fn with_rates(rates: &[f64]) -> Vec<f64> {
    rates.iter().fold(vec![-1.0], |flow, rate| {
        let mut longer = vec![0.0; flow.len() + 1];
        for (time, amount) in flow.iter().enumerate() {
            longer[time] += amount;
            longer[time + 1] -= amount * (1.0 + rate);
        }
        longer
    })
}

proptest! {
    #[test]
    fn all_rates_of_a_flow_that_was_built_from_them_are_found(
        steps in prop::collection::vec(0.02_f64..0.5, 1..6), start in -0.5_f64..0.3,
    ) {
        let rates: Vec<f64> = steps.iter().scan(start, |at, step| { *at += step; Some(*at) }).collect();
        let found = match YEARS.internal_rate(&with_rates(&rates)) {
            Irr::Rate(rate) => vec![rate],
            Irr::Several(rates) => rates,
            Irr::None => vec![],
        };
        prop_assert_eq!(found.len(), rates.len(), "{:?} {:?}", found, rates);
        for (found, rate) in found.iter().zip(&rates) {
            prop_assert!((found - rate).abs() < 1e-5, "{} {}", found, rate);
        }
    }

    #[test]
    fn a_flow_is_worth_nothing_at_each_of_its_rates(flow in prop::collection::vec(-100_i32..100, 2..60)) {
        let flow: Vec<f64> = flow.into_iter().map(f64::from).collect();
        let rates = match MONTHS.internal_rate(&flow) {
            Irr::Rate(rate) => vec![rate],
            Irr::Several(rates) => rates,
            Irr::None => vec![],
        };
        for rate in rates {
            let sizes: Vec<f64> = flow.iter().map(|amount| amount.abs()).collect();
            let (value, size) = (MONTHS.present_value(&flow, rate), MONTHS.present_value(&sizes, rate));
            prop_assert!(value.abs() <= 1e-7 * size, "{} at {}", value, rate);
        }
    }

    #[test]
    fn a_cumulative_flow_that_changes_its_sign_once_has_one_rate_above_nothing(
        out in prop::collection::vec(1_i32..100, 1..6), back in prop::collection::vec(-20_i32..100, 2..30),
    ) {
        let flow: Vec<f64> = out.into_iter().map(|x| -f64::from(x)).chain(back.into_iter().map(f64::from)).collect();
        let sums = cumulative(&flow);
        let signs: Vec<f64> = sums.iter().copied().filter(|sum| *sum != 0.0).collect();
        let changes = signs.windows(2).filter(|pair| pair[0].signum() != pair[1].signum()).count();
        prop_assume!(changes == 1 && sums[sums.len() - 1] > 0.0);
        let positive = |rates: &[f64]| rates.iter().filter(|rate| **rate > 0.0).count();
        let found = match YEARS.internal_rate(&flow) {
            Irr::Rate(rate) => positive(&[rate]),
            Irr::Several(rates) => positive(&rates),
            Irr::None => 0,
        };
        prop_assert_eq!(found, 1);
    }

    #[test]
    fn what_has_paid_back_is_never_below_nothing_again(flow in prop::collection::vec(-50_i32..50, 1..40)) {
        let flow: Vec<f64> = flow.into_iter().map(f64::from).collect();
        let sums = cumulative(&flow);
        match payback(&flow) {
            Some(from) => {
                prop_assert!(sums[from..].iter().all(|sum| *sum >= 0.0));
                prop_assert!(from == 0 || sums[from - 1] < 0.0);
            }
            None => prop_assert!(sums[sums.len() - 1] < 0.0),
        }
    }
}
