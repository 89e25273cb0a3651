//! Laws of the switchboard.

use proptest::prelude::*;

use super::*;
use crate::stats::queue::line::Line;

fn desk(staff: f64, handle: f64, patience: f64) -> Desk {
    Desk { blocks: vec![Block { share: 1.0, hours: 173.0, staff }], handle, patience, variability: 1.0 }
}

/// Phone, chat, e-mail and a bot, with a load of so much of what staff can do.
fn contact_centre(load: f64) -> Exchange {
    let channel = |open: f64, desk: Option<Desk>| Channel { open, desk };
    let mut phone = desk(14.0, 6.0, 4.0);
    phone.blocks = vec![Block { share: 0.6, hours: 80.0, staff: 17.5 }, Block { share: 0.4, hours: 93.0, staff: 11.0 }];
    phone.variability = 1.4;
    let channels = vec![
        channel(0.9, Some(phone)),
        channel(0.95, Some(desk(6.0, 4.0, 3.0))),
        channel(1.0, Some(desk(4.0, 9.0, 10_380.0))),
        channel(1.0, None),
    ];
    let group = |share: f64, first: bool| {
        let way = |all: f64, solves: f64| Way {
            load: share * load * all,
            first,
            solves: [solves, solves - 0.1],
            handle: [1.0, 1.2],
        };
        Group {
            ways: vec![way(20_000.0, 0.8), way(14_000.0, 0.7), way(4_500.0, 0.75), way(9_000.0, 0.55)],
            switch: vec![0.4, 0.2, 0.1, 0.0, 0.4, 0.2, 0.1, 0.0, 0.5, 0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
            again: vec![0.5, 0.1, 0.1, 0.0, 0.4, 0.3, 0.1, 0.0, 0.3, 0.0, 0.5, 0.0, 0.9, 0.0, 0.0, 0.0],
        }
    };
    Exchange { channels, groups: vec![group(0.15, true), group(0.35, false), group(0.5, false)] }
}

fn solved(exchange: &Exchange) -> Switchboard {
    let mut board = Switchboard::default();
    board.solve(exchange);
    board
}

/// Channels that nobody passes on to another.
fn alone(mut exchange: Exchange) -> Exchange {
    for group in &mut exchange.groups {
        group.switch.fill(0.0);
        group.again.fill(0.0);
    }
    exchange
}

#[test]
fn an_isolated_channel_is_a_line() {
    let board = solved(&alone(contact_centre(1.1)));
    assert_eq!((board.rounds, board.settled), (1, true));
    let line = Line { arrivals: 1.1 * 4_500.0 / 173.0, staff: 4.0, handle: 9.0, patience: 10_380.0, variability: 1.0 };
    let found = &board.channels[2].blocks[0];
    let first = crate::stats::queue::priority::TwoClasses { all: line, first: 0.15 };
    for class in 0..2 {
        assert!((found.means[class].wait / first.means()[class].wait - 1.0).abs() < 1e-12);
    }
    let share = [0.15, 0.85];
    let mixed = share.iter().zip(&found.means).map(|(share, means)| share * means.wait).sum::<f64>();
    assert!((mixed / line.means().wait - 1.0).abs() < 1e-12);

    let mut exchange = alone(contact_centre(1.1));
    exchange.groups.iter_mut().flat_map(|group| &mut group.ways).for_each(|way| way.first = false);
    let found = solved(&exchange).channels[2].blocks[0];
    let line = Line { arrivals: found.arrivals, ..line };
    assert_eq!((found.means, found.laws), ([line.means(); 2], [line.law(); 2]));
}

/// What is passed on is what the chances say, and all of it is counted.
#[test]
fn a_solution_brings_about_itself() {
    let exchange = contact_centre(1.2);
    let board = solved(&exchange);
    assert!(board.settled && board.rounds > 3, "{}", board.rounds);
    for (g, group) in exchange.groups.iter().enumerate() {
        for to in 0..4 {
            for attempt in 1..ATTEMPTS {
                let passed = |from: usize| {
                    let (open, way) = (exchange.channels[from].open, group.ways[from]);
                    let gives_up = board.channels[from].gives_up[usize::from(!way.first)];
                    let unsolved = 1.0 - way.solves[usize::from(attempt > 1)];
                    let chance = (1.0 - open + open * gives_up) * group.switch[4 * from + to]
                        + open * (1.0 - gives_up) * unsolved * group.again[4 * from + to];
                    board.attempts(g, from, attempt - 1) * chance
                };
                let expected: f64 = (0..4).map(passed).sum();
                assert!((board.attempts(g, to, attempt) - expected).abs() < 1e-8 * (1.0 + expected));
            }
        }
    }
    for channel in 0..4 {
        let of = |g: usize| (0..ATTEMPTS).map(move |attempt| (g, attempt));
        let all: f64 = (0..3).flat_map(of).map(|(g, attempt)| board.attempts(g, channel, attempt)).sum();
        assert!((all / board.channels[channel].attempts - 1.0).abs() < 1e-8);
    }
    // Later attempts are longer.
    assert!(board.channels[0].handle > 6.0 && board.channels[0].handle < 7.2);
    assert_eq!((board.channels[3].gives_up, board.channels[3].blocks.len()), ([0.0; 2], 0));
}

#[test]
fn with_more_load_nothing_gets_better() {
    let mut before: Option<Switchboard> = None;
    for load in 1..60 {
        let board = solved(&contact_centre(0.05 * f64::from(load)));
        assert!(board.settled, "{load}: {}", board.rounds);
        for (now, then) in board.channels.iter().zip(before.iter().flat_map(|board| &board.channels)) {
            // What has settled to a billionth may be as much off.
            let worse = |now: f64, then: f64| now >= then * (1.0 - 1e-8);
            assert!(worse(now.attempts, then.attempts) && worse(now.handle, then.handle));
            assert!(worse(now.gives_up_of_all, then.gives_up_of_all) && worse(now.utilisation, then.utilisation));
            assert!((0..2).all(|class| worse(now.gives_up[class], then.gives_up[class])), "{load}");
        }
        before = Some(board);
    }
}

#[test]
fn what_was_solved_before_changes_no_bit() {
    let mut board = solved(&contact_centre(2.5));
    board.solve(&alone(contact_centre(0.3)));
    board.solve(&contact_centre(1.0));
    let fresh = solved(&contact_centre(1.0));
    assert_eq!((&board.channels, board.rounds), (&fresh.channels, fresh.rounds));
}

/// A busy channel that solves little but passes nobody on who gives up: fewer give up, and then more come.
#[test]
fn loads_that_swing_settle_all_the_same() {
    let mut exchange = Exchange {
        channels: vec![Channel { open: 1.0, desk: Some(desk(3.0, 6.0, 0.5)) }],
        groups: vec![Group { ways: vec![Way::plain(12_000.0, 0.0)], switch: vec![0.0], again: vec![1.0] }],
    };
    let board = solved(&exchange);
    assert!(board.settled, "{}", board.rounds);
    let total = board.channels[0].attempts;
    let stays = 1.0 - board.channels[0].gives_up_of_all;
    let expected = 12_000.0 * (1.0 + stays + stays * stays + stays * stays * stays);
    assert!((total / expected - 1.0).abs() < 1e-8, "{total} is not {expected}");
    exchange.channels[0].desk = None;
    assert_eq!(solved(&exchange).channels[0].attempts, 48_000.0);
}

#[test]
fn nothing_to_solve_is_solved() {
    assert!(solved(&Exchange::default()).settled);
    let mut exchange = contact_centre(0.0);
    assert!(solved(&exchange).settled);
    exchange.groups.clear();
    let board = solved(&exchange);
    assert!(
        board.settled && board.channels.iter().all(|channel| channel.attempts == 0.0 && channel.gives_up_of_all == 0.0)
    );
}

/// Attempts at each channel of one group by nothing but repetition from the first attempts on: the least that settle.
fn repeated(exchange: &Exchange) -> Vec<f64> {
    let group = &exchange.groups[0];
    let count = group.ways.len();
    let mut loads: Vec<f64> = group.ways.iter().map(|way| way.load).collect();
    for _ in 0..3_000 {
        let gives_up = |(channel, load): (&Channel, &f64)| {
            let desk = channel.desk.as_ref().unwrap();
            desk.line(&desk.blocks[0], (channel.open * load, desk.handle)).gives_up()
        };
        let gives_up: Vec<f64> = exchange.channels.iter().zip(&loads).map(gives_up).collect();
        let chance = |from: usize, to: usize| {
            let there = exchange.channels[from].open * (1.0 - gives_up[from]);
            let unsolved = there * (1.0 - group.ways[from].solves[0]);
            (1.0 - there) * group.switch[from * count + to] + unsolved * group.again[from * count + to]
        };
        let mut flow: Vec<f64> = group.ways.iter().map(|way| way.load).collect();
        let mut next = flow.clone();
        for _ in 1..ATTEMPTS {
            flow = (0..count).map(|to| (0..count).map(|from| flow[from] * chance(from, to)).sum()).collect();
            next.iter_mut().zip(&flow).for_each(|(next, flow)| *next += flow);
        }
        loads = next;
    }
    loads
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn haste_ends_where_plain_repetition_does(
        loads in prop::collection::vec(0.0_f64..2.0, 3), staff in prop::collection::vec(0.0_f64..20.0, 3),
        patience in prop::collection::vec(-1.0_f64..4.0, 3), chances in prop::collection::vec(0.0_f64..0.33, 9),
        solves in 0.5_f64..1.0, open in 0.8_f64..1.0,
    ) {
        let channel = |i: usize| Channel { open, desk: Some(desk(staff[i], 5.0, libm::pow(10.0, patience[i]))) };
        // A load of 1 is all that the staff can do.
        let ways = (0..3).map(|i| Way::plain(loads[i] * (staff[i] + 0.1) * 12.0 * 173.0, solves)).collect();
        let group = Group { ways, switch: chances.clone(), again: chances };
        let exchange = Exchange { channels: (0..3).map(channel).collect(), groups: vec![group] };
        let board = solved(&exchange);
        prop_assert!(board.settled && board.rounds <= 60, "{}", board.rounds);
        for (expected, found) in repeated(&exchange).iter().zip(&board.channels) {
            prop_assert!((found.attempts / expected - 1.0).abs() < 1e-7, "{} is not {expected}", found.attempts);
        }
    }
}

proptest! {
    #[test]
    fn anything_is_borne(
        loads in prop::collection::vec(-3.0_f64..9.0, 3), staff in prop::collection::vec(0.0_f64..50.0, 3),
        patience in prop::collection::vec(-6.0_f64..9.0, 3), chances in prop::collection::vec(0.0_f64..0.33, 18),
        solves in 0.0_f64..1.0, open in 0.0_f64..1.0, variability in 0.0_f64..50.0,
    ) {
        let channel = |i: usize| {
            let desk = desk(staff[i], 5.0, libm::pow(10.0, patience[i]));
            Channel { open, desk: Some(Desk { variability, ..desk }) }
        };
        let ways = |first: bool| loads.iter().map(|load| Way { first, ..Way::plain(libm::pow(10.0, *load), solves) }).collect();
        let group = |first: bool| Group { ways: ways(first), switch: chances[..9].to_vec(), again: chances[9..].to_vec() };
        let board = solved(&Exchange { channels: (0..3).map(channel).collect(), groups: vec![group(true), group(false)] });
        prop_assert!(board.settled, "{}", board.rounds);
        for channel in &board.channels {
            prop_assert!(channel.attempts.is_finite() && channel.wait.is_finite() && (channel.handle - 5.0).abs() < 1e-9);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&channel.gives_up_of_all) && (0.0..=1.0).contains(&channel.utilisation));
        }
    }
}

#[test]
fn bits_stay() {
    let board = solved(&contact_centre(1.2));
    let [phone, .., bot] = &board.channels[..] else { panic!("four channels") };
    let found = [phone.attempts, phone.wait, phone.blocks[1].laws[1].offered(0.9), bot.attempts].map(f64::to_bits);
    assert_eq!(
        found,
        [0x40ea_1984_6fde_594a, 0x4001_9015_394c_46ea, 0x4029_24c3_aeb1_04c2, 0x40c5_1800_0000_0000],
        "{found:#x?}, {} rounds",
        board.rounds
    );
}
