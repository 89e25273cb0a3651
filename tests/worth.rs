//! What customers are worth after the horizon: the same whole, wherever the horizon cuts it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{EVERYTHING, model, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::count::layout::CountLayout;
use polku::inside::engine::exact::cohort::Solver;
use polku::inside::engine::table::program::Program;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::money::business::{Business, CohortResult};
use polku::inside::model::Model;
use polku::inside::model::counter::{BASKETS, CUSTOMERS, Counter, MOVES, Measure, Shape};
use polku::inside::model::journey::{Driver, Stage};
use polku::inside::model::rate::{Rate, StageRate, When};
use polku::inside::quantity::{CounterId, ScenarioId, SegmentId};

fn business(text: &str) -> Business {
    let model = model(text);
    Experiment::new(&model).threads(2).run().unwrap().business()
}

/// Ten a year from everyone who is there, and a tenth of them leave in every year.
const YEARS: &str = r#"
[run]
period = "year"
horizon = 10
customers = 1000
agents = 200
replications = 2
seed = 3
discount_rate = 0.0
[segments.all]
share = 1
start = { active = 1 }
[stages.active]
retained = true
to = { gone = 0.1 }
values = { revenue = 10 }
[stages.gone]
[scenarios.today]
"#;

/// How many customers of one are left at a time.
fn left(t: u32) -> f64 {
    libm::pow(0.9, f64::from(t))
}

fn first(found: &Business) -> &CohortResult {
    &found.cohorts[0].cohorts[0]
}

#[test]
fn what_the_accrual_puts_at_the_horizon_is_neither_lost_nor_counted_twice() {
    // Customers of time 10 and after, with what time 10 already counts before the horizon.
    let after: f64 = (11..2_000).map(|t| 10.0 * left(t)).sum();
    let at = 10.0 * left(10);
    let odd: f64 = (11..2_000).step_by(2).map(|t| 10.0 * left(t)).sum();
    let simpson = 2.0 / 3.0 * odd + 4.0 / 3.0 * (after - odd) + (4.0 - 1.0) / 3.0 * at;
    let whole = [
        ("end", after),
        ("all", after),
        ("start", after + at),
        ("half_cycle", after + at / 2.0),
        ("life_table", after + at / 2.0),
        ("simpson", simpson),
    ];
    for (accrual, wanted) in whole {
        let found = business(&YEARS.replace("seed = 3", &format!("seed = 3\naccrual = \"{accrual}\"")));
        let tail = first(&found).tail_value.unwrap();
        assert!((tail - wanted).abs() < 1e-3, "{accrual}: {tail} {wanted}");
    }
}

#[test]
fn newcomers_whom_only_a_scenario_brings_are_worth_what_others_are() {
    let text = YEARS.replace("start = { active = 1 }", "start = { active = 1 }\ninflow = { per_period = 0 }");
    let text =
        format!("{text}[scenarios.grow]\nchanges = [ {{ target = \"segments.all.inflow.per_period\", set = 100 }} ]\n");
    let found = business(&text);
    assert_eq!(found.cohorts[0].cohorts.len(), 1, "nobody comes today");
    let [start, came, ..] = &found.cohorts[1].cohorts[..] else { panic!("{:?}", found.cohorts[1]) };
    // Who comes in period 1 has as long after the horizon as who was there at the start.
    assert!((came.tail_value.unwrap() - start.tail_value.unwrap()).abs() < 1e-3, "{came:?}");
    assert!(came.captured_share.unwrap() < 0.8, "{came:?}");
}

#[test]
fn an_initiative_that_may_fail_counts_after_the_horizon_as_often_as_it_works() {
    let text = |success: f64| {
        let it = format!(
            "[initiatives.it]\nsuccess = {success}\neffects = [ {{ target = \"stages.active.to.gone\", times = 0.5 }} ]\n"
        );
        format!("{YEARS}{it}[scenarios.plan]\ninitiatives = {{ it = 1 }}\n")
            .replace("replications = 2", "replications = 16")
    };
    let worth = |success: f64| {
        let found = business(&text(success));
        let works = found.roadmaps[1].initiatives[0].live_share.unwrap().share;
        (found.cohorts[1].cohorts[0].tail_value.unwrap(), works)
    };
    let ((never, _), (always, _), (half, works)) = (worth(0.0), worth(1.0), worth(0.5));
    assert!(works > 0.0 && works < 1.0, "{works}");
    let wanted = works * always + (1.0 - works) * never;
    assert!((half - wanted).abs() < 1e-3, "{half} {wanted}: {never} to {always}");
}

/// Numbers without any order: what happens is worth something else in every stage and at every time.
fn any(rewards: &mut Counts<f64>, counter: CounterId, salt: usize) {
    for t in 0..rewards.times() {
        for (at, cell) in rewards.cells_mut(counter, t).iter_mut().enumerate() {
            *cell = ((t * 31 + at * 17 + salt * 101) % 29) as f64 - 11.0;
        }
    }
}

/// Things happen at rates: one before the move, driven by whatever drives moves, and one after it in stages with purchases.
fn let_things_happen(model: &mut Model) {
    let Some(mean) = model.stages.iter().find_map(|stage| stage.purchases.as_ref()).map(|its| its.rate) else { return };
    for (place, when) in [When::BeforeMove, When::AfterMove].into_iter().enumerate() {
        let mut rate = Rate::new("things", &format!("thing {place}"), 7, when, place);
        let driven = |stage: &Stage| {
            let drivers: Vec<Driver> = stage.move_drivers().copied().collect();
            match when {
                When::BeforeMove => Some(StageRate { mean, drivers }),
                When::AfterMove => stage.purchases.as_ref().map(|_| StageRate { mean, drivers: Vec::new() }),
            }
        };
        rate.stages = model.stages.iter().map(driven).collect();
        model.counters.push(Counter::new(&rate.name, Shape::ByStage, Measure::Event));
        model.rates.push(rate);
    }
}

/// The value of all who come, found backward from the horizon, is what they come to on the way forward: the two walks share
/// no step (Howard 1960).
#[test]
fn values_found_backward_are_what_customers_come_to_forward() {
    let inflow = "inflow = { per_period = 50, start = { fresh = 0.6, active = 0.4 } }\n[segments.old]";
    let aged = "{ chance = [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08], by = \"age\" }";
    let plain = [("AWAY", "0.04"), ("BACK", "0.1"), ("[traits.back]\nlaw = \"beta(2, 9)\"\n", "")];
    let studies = [
        with(EVERYTHING, &plain),
        with(EVERYTHING, &[("AWAY", "{ chance = 0.04, drivers = { level = 0.8 } }"), ("BACK", "{ trait = \"back\" }")]),
        with(EVERYTHING, &[("AWAY", aged), plain[1], plain[2]]),
        with(
            EVERYTHING,
            &[
                plain[1],
                plain[2],
                ("AWAY", "{ chance = 0.04, drivers = { satisfaction = -2 } }"),
                (
                    "[stages.fresh]\n",
                    "[experience]\nstart = \"beta(6, 3)\"\nneutral = 0.65\nlearning = 0.3\n[stages.fresh]\nquality = \"beta(3, 2)\"\n",
                ),
            ],
        ),
    ];
    for (place, study) in studies.iter().enumerate() {
        let mut model = model(&study.replacen("[segments.old]", inflow, 1));
        let_things_happen(&mut model);
        let happened = [model.rates[0].counter, model.rates[1].counter];
        let program = Program::new(&model);
        let solver = Solver::of(&model, &program, Design::of(&model)).unwrap();
        let drawn = model.central();
        let solution = solver.at(&drawn);
        let times = model.run.horizon as usize + 1;
        let mut rewards = Counts::new(&CountLayout::of(&model), 0, model.run.horizon);
        let valued = [CUSTOMERS, BASKETS, MOVES, happened[0], happened[1]];
        (1..).zip(valued).for_each(|(salt, counter)| any(&mut rewards, counter, salt));
        for (scenario, segment) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let place_of = (ScenarioId::from(scenario), SegmentId::from(segment));
            let entries = if model.segments[segment].inflow.is_some() { times } else { 1 };
            let came: Vec<f64> = (0..entries).map(|entry| 100.0 + 7.0 * (entry % 5) as f64).collect();
            let flows = solution.flows(place_of, &came);
            // What nothing drives happens in proportion to who is there when it does.
            for t in 1..times {
                let (there, often) = (flows.cells(CUSTOMERS, t), flows.cells(happened[1], t));
                for ((there, often), rate) in there.iter().zip(often).zip(&model.rates[1].stages) {
                    let mean = rate.as_ref().map_or(0.0, |rate| model.central()[rate.mean]);
                    assert!((often - there * mean).abs() < 1e-9 * (1.0 + there), "study {place}: {often} of {there}");
                }
            }
            assert!(flows.all(happened[0]).sum::<f64>() > 0.0);
            let of = |counter: CounterId| -> f64 {
                rewards.all(counter).zip(flows.all(counter)).map(|(worth, flow)| worth * flow).sum()
            };
            let forward: f64 = valued.into_iter().map(of).sum();
            let worths = solution.worth_by_entry(place_of, &rewards, entries);
            let backward: f64 = came.iter().zip(&worths).map(|(came, worth)| came * worth).sum();
            let size: f64 = came.iter().zip(&worths).map(|(came, worth)| (came * worth).abs()).sum();
            assert!((forward - backward).abs() < 1e-10 * size, "study {place}: {forward} forward, {backward} backward");
        }
    }
}
