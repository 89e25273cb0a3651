//! What is counted has one layout, whole or as flows, and a counter more needs no line of its own anywhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{EVERYTHING, model, small_retailer, summary, text, with};
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::count::layout::CountLayout;
use polku::inside::estimate::money::entered::everybody;
use polku::inside::estimate::money::lines::Lines;
use polku::inside::estimate::money::posted::Posted;
use polku::inside::estimate::money::prices::Prices;
use polku::inside::estimate::money::statement::Whose;
use polku::inside::model::Model;
use polku::inside::model::booking::{Booking, Bookings};
use polku::inside::model::counter::{BASKETS, CUSTOMERS, Counter, Kept, Measure, Shape};
use polku::inside::quantity::{CounterId, LineId, ScenarioId, SegmentId, StageId, UNITS_PER_ONE};

/// The study of everything, with four counters more: hours by stage in sixtieths, calls by pair of stages, people in line by
/// item, and visits that are kept for a period only.
struct More {
    model: Model,
    hours: CounterId,
    calls: CounterId,
    line: CounterId,
    visits: CounterId,
}

fn more(study: &str) -> More {
    let mut model = model(study);
    let first = model.counters.len();
    let pairs = vec![(StageId(0), StageId(1)), (StageId(1), StageId(0)), (StageId(1), StageId(2))];
    model.counters.extend([
        Counter { unit: 60.0, ..Counter::new("hours", Shape::ByStage, Measure::Event) },
        Counter::new("calls", Shape::ByPair(pairs), Measure::Event),
        Counter::new("line", Shape::ByItem(2), Measure::State),
        Counter { kept: Kept::Period, ..Counter::new("visits", Shape::ByStage, Measure::Event) },
    ]);
    let [hours, calls, line, visits] = [0, 1, 2, 3].map(|more| CounterId::from(first + more));
    More { model, hours, calls, line, visits }
}

fn everything() -> More {
    more(&with(EVERYTHING, &[("AWAY", "0.04"), ("BACK", "0.1"), ("[traits.back]\nlaw = \"beta(2, 9)\"\n", "")]))
}

/// Some numbers in every cell from time `first` on, different in each.
fn some(layout: &CountLayout, first: u32, horizon: u32, salt: i128) -> Counts<i128> {
    let mut counts = Counts::new(layout, first, horizon);
    for t in first as usize..counts.times() {
        for (place, counter) in (1..).zip(layout.ids()) {
            for (at, cell) in (1..).zip(counts.cells_at(&layout.place(counter), t)) {
                *cell = salt * (1000 * place + 17 * at) + i128::try_from(t).unwrap();
            }
        }
    }
    counts
}

#[test]
fn whole_numbers_and_flows_have_one_layout() {
    let More { model, hours, calls, line, visits } = everything();
    let layout = CountLayout::of(&model);
    let (whole, flows) = (Counts::<i128>::new(&layout, 0, 4), Counts::<f64>::new(&layout, 0, 4));
    for (counter, its) in layout.ids().zip(&model.counters) {
        assert_eq!(whole.cells(counter, 2).len(), its.cells(model.stages.len()), "{}", its.name);
        assert_eq!(whole.cells(counter, 2).len(), flows.cells(counter, 2).len(), "{}", its.name);
    }
    let kept: usize = layout.ids().filter(|id| *id != visits).map(|id| whole.cells(id, 0).len()).sum();
    assert_eq!((layout.width(), layout.passing()), (kept, model.stages.len()));
    assert_eq!((whole.row(0).len(), flows.row(0).len()), (kept, kept));
    assert_eq!([hours, calls, line].map(|counter| flows.cells(counter, 0).len()), [model.stages.len(), 3, 2]);
}

#[test]
fn cells_of_different_counters_and_times_are_apart() {
    let More { model, visits, .. } = everything();
    let layout = CountLayout::of(&model);
    let counts = some(&layout, 0, 6, 1);
    let mut all: Vec<i128> = (0..=6).flat_map(|t| counts.row(t).iter().copied()).collect();
    let written = all.len();
    assert_eq!(written, layout.width() * 7);
    all.sort_unstable();
    assert!(all.iter().all(|cell| *cell > 0), "every cell was counted into");
    let mut read: Vec<i128> = layout.ids().flat_map(|id| counts.all(id).copied().collect::<Vec<_>>()).collect();
    read.sort_unstable();
    // The cells that are kept for a period only are those of the last one.
    let passing: Vec<i128> = counts.cells(visits, 6).to_vec();
    read.retain(|cell| !passing.contains(cell) && *cell > 0);
    all.retain(|cell| !passing.contains(cell));
    assert_eq!(read, all);
}

#[test]
fn a_counter_more_is_added_scaled_and_told_apart_like_all_others() {
    let More { model, hours, calls, .. } = everything();
    let layout = CountLayout::of(&model);
    let (one, other) = (some(&layout, 0, 5, 1), some(&layout, 0, 5, 3));
    let mut sum = one.clone();
    sum.add(&other);
    for counter in [CUSTOMERS, hours, calls] {
        for t in 0..=5 {
            let pairs = one.cells(counter, t).iter().zip(other.cells(counter, t));
            assert!(pairs.zip(sum.cells(counter, t)).all(|((one, other), sum)| one + other == *sum));
        }
    }
    sum.subtract(&other);
    assert_eq!(sum, one);
    let flows = Counts::counted(&one, 2.5);
    assert_eq!(flows.cells(calls, 3)[2], one.cells(calls, 3)[2] as f64 * 2.5);
    assert_eq!(flows.cells(hours, 3)[1], one.cells(hours, 3)[1] as f64 / 60.0 * 2.5, "in hours, not in minutes");
    assert_eq!(flows.cells(BASKETS, 3)[1], one.cells(BASKETS, 3)[1] as f64 / UNITS_PER_ONE * 2.5);
    let mut twice = flows.clone();
    twice.scale(2.0);
    assert_eq!(twice.cells(hours, 5)[0], flows.cells(hours, 5)[0] * 2.0);
    assert_eq!(flows.distance(&flows), 0.0);
    // Each counter is measured by its own largest flow.
    let mut apart = flows.clone();
    apart.cells_mut(hours, 4)[1] += 0.25;
    let largest = apart.all(hours).fold(0.0, |most: f64, flow| most.max(*flow));
    assert_eq!(apart.distance(&flows), 0.25 / largest);
}

#[test]
fn what_begins_later_adds_up_with_what_began_before() {
    let layout = CountLayout::of(&everything().model);
    let (early, late) = (some(&layout, 0, 6, 1), some(&layout, 4, 6, 2));
    assert!(late.row(3).iter().all(|cell| *cell == 0) && (late.first(), late.times()) == (4, 7));
    let (mut sum, mut turned) = (early.clone(), late.clone());
    sum.add(&late);
    turned.add(&early);
    let rows = |counts: &Counts<i128>| (0..7).map(|t| counts.row(t).to_vec()).collect::<Vec<_>>();
    assert_eq!(rows(&sum), rows(&turned), "whichever is added to the other");
    assert_eq!(sum.row(3), early.row(3));
    assert_eq!(sum.row(5)[0], early.row(5)[0] + late.row(5)[0]);
    let flows = Counts::counted(&late, 1.0);
    assert_eq!(flows.cells(CUSTOMERS, 2), [0.0; 5]);
    assert_eq!(sum.only(5).row(5), sum.row(5));
}

#[test]
fn a_counter_that_is_kept_for_a_period_forgets_the_one_before() {
    let More { model, visits, .. } = everything();
    let layout = CountLayout::of(&model);
    let mut counts = Counts::<i128>::new(&layout, 0, 9);
    let place = layout.place(visits);
    counts.cells_at(&place, 3)[1] += 5;
    counts.cells_at(&place, 3)[1] += 2;
    assert_eq!((counts.cells(visits, 3)[1], counts.cells(visits, 2)[1], counts.only(3).cells(visits, 3)[1]), (7, 0, 7));
    let mut more = counts.clone();
    more.add(&counts);
    assert_eq!(more.cells(visits, 3)[1], 14, "those of one period add up");
    counts.cells_at(&place, 4)[0] += 1;
    assert_eq!((counts.cells(visits, 3)[1], counts.cells(visits, 4)), (0, [1, 0, 0, 0, 0].as_slice()));
    counts.add(&more);
    assert_eq!(counts.cells(visits, 4), [1, 0, 0, 0, 0], "what was counted before is over");
    more.add(&counts);
    assert_eq!(more.cells(visits, 4), [1, 0, 0, 0, 0]);
    assert!(Counts::counted(&counts, 2.0).row(4).iter().all(|flow| *flow == 0.0), "it never becomes a flow");
}

#[test]
fn counters_that_nobody_counts_into_change_no_number() {
    for study in
        [small_retailer(), small_retailer().replace(", word_of_mouth = 0.03", "").replace("talks = true\n", "")]
    {
        assert_eq!(text(&summary(&model(&study))), text(&summary(&more(&study).model)));
    }
}

/// What is booked on a counter reaches its account, the books and the cash flow, with no line that names the counter.
#[test]
fn money_for_a_counter_more_is_posted() {
    let More { mut model, hours, calls, line, .. } = everything();
    let named = |name: &str| model.accounts.iter().position(|account| account.name == name).unwrap();
    let (service, smiles) = (LineId::from(named("service_cost")), LineId::from(named("smiles")));
    let amount = model.bookings.all().iter().find(|booking| booking.account == service).unwrap().price;
    let each = model.central()[amount.of(4, false)];
    let booking = |counter, cell, account| Booking { counter, cell, account, price: amount };
    let mut bookings = model.bookings.all().to_vec();
    bookings.extend([booking(calls, 1, service), booking(hours, 2, service), booking(line, 0, smiles)]);
    model.bookings = Bookings::new(bookings, &mut model.counters, model.stages.len());

    let (drawn, lines) = (model.central(), Lines::of(&model));
    let mut flows = Counts::new(&CountLayout::of(&model), 0, model.run.horizon);
    flows.cells_mut(calls, 4)[1] = 10.0;
    flows.cells_mut(hours, 4)[2] = 3.0;
    flows.cells_mut(line, 5)[0] = 8.0;
    let mut posted = Posted::empty(lines.all.len(), model.run.horizon as usize + 1, model.segments.len());
    let whose = Whose { scenario: ScenarioId(0), fired: &[] };
    let prices = Prices::new(&model, &lines, &drawn);
    let found = prices.performance(whose, SegmentId(0), &[everybody(&flows, &[])], Some(&mut posted));
    let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found} for {wanted}");
    near(found.money.cost[4], 13.0 * each);
    near(found.money.accounts[service.index()][4], 13.0 * each);
    near(found.money.accounts[smiles.index()].iter().sum(), 8.0 * each / libm::pow(1.03, 5.0 / 12.0));
    let booked = posted.total(lines.accounts[service.index()].unwrap(), 4);
    near(booked as f64 / UNITS_PER_ONE, 13.0 * each);
    assert_eq!((found.counted.total(calls)[4], found.counted.total(hours)[4]), (10.0, 3.0));
    // One of each is worth what it brings, so that all of them are worth what they bring.
    let (rewards, _) = prices.rewards(ScenarioId(0), SegmentId(0));
    let worth: f64 = [calls, hours]
        .into_iter()
        .map(|of| rewards.cells(of, 4).iter().zip(flows.cells(of, 4)).map(|(a, b)| a * b).sum::<f64>())
        .sum();
    near(worth, found.money.discounted[4]);
}
