//! Exact expectations of touchpoints: closed forms, a published case, simulation against expectation, and what stands in the way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stderr, reason = "a test that is left out says so")]

mod common;

use common::{STILL, check_against_exact, model, with};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::planned;
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::count::layout::CountLayout;
use polku::inside::engine::exact::cohort::Solver;
use polku::inside::engine::exact::cost::{ExactCost, MULTIPLICATIONS_EACH};
use polku::inside::engine::exact::satisfaction_grid::SatisfactionGrid;
use polku::inside::engine::mechanism::schedule::obstacles;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::engine::table::program::Program;
use polku::inside::estimate::exact::Exact;
use polku::inside::model::counter::{BASKETS, CUSTOMERS, MOVES};
use polku::inside::quantity::{CounterId, ScenarioId, SegmentId};

/// Few who stay: exact expectations need none.
fn few() -> String {
    with(STILL, &[("agents = 20_000", "agents = 100"), ("replications = 20", "replications = 2")])
}

fn still(horizon: u32, more: &str) -> String {
    with(&few(), &[("HORIZON", horizon.to_string().as_str())]) + more
}

/// What a metric of the scenario `today` is exactly.
fn exact(study: &str, metric: &str) -> f64 {
    let model = model(study);
    let exact = Exact::of(&model).unwrap_or_else(|why| panic!("{why:?}"));
    exact.mean(&model, "today", metric).unwrap()
}

fn close(found: f64, truth: f64) {
    assert!((found - truth).abs() <= 1e-9 * truth.abs().max(1.0), "{found} instead of {truth}");
}

#[test]
fn a_poisson_touchpoint_moves_satisfaction_as_its_closed_form_says() {
    let of = |pace: f64, q: f64| q + (0.5 - q) * libm::exp(-0.8 * pace * 6.0);
    let study = still(6, "[touchpoints.visit]\nrate = 0.8\nquality = 0.7\n");
    let found = exact(&study, "satisfaction");
    close(found, of(0.3, 0.7));
    assert!((found - 0.652_614).abs() < 5e-7, "{found}");
    close(exact(&study, "touchpoints.visit"), 0.8 * 6.0 * 100_000.0);
    // Half the importance is half the pace; trouble takes from the quality; a pace is 1 at most.
    let visit = |more: &str| still(6, &format!("[touchpoints.visit]\nrate = 0.8\n{more}\n"));
    close(exact(&visit("quality = 0.75\neffort = 0.05\nimportance = 0.5"), "satisfaction"), of(0.15, 0.7));
    close(exact(&visit("quality = 0.7\nimportance = 9"), "satisfaction"), of(1.0, 0.7));
    // What is left after the trouble is not below 0, whatever the law.
    let spread = exact(&visit("quality = \"uniform(0, 0.8)\"\neffort = 0.4"), "satisfaction");
    close(spread, of(0.3, 0.1));
}

/// The study of the published case, with the quality of the stage as a touchpoint that comes once a period.
fn remembered() -> (String, String) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/published/satisfaction_ewma.toml");
    let plain = std::fs::read_to_string(path).unwrap();
    let touched =
        with(&plain, &[("quality = \"bernoulli(0.7)\"\n", ""), ("stages.active.quality", "touchpoints.month.quality")]);
    (plain, touched + "\n[touchpoints.month]\nchance = 1\nquality = \"bernoulli(0.7)\"\n")
}

#[test]
fn a_quality_is_the_same_whether_a_stage_has_it_or_a_touchpoint() {
    let (plain, touched) = remembered();
    let (plain, touched) = (model(&plain), model(&touched));
    let [of_stage, of_touchpoint] = [&plain, &touched].map(|model| Exact::of(model).unwrap());
    for scenario in ["base", "better_service", "bad_launch"] {
        for metric in ["retention", "satisfaction", "revenue", "npv"] {
            let [stage, touchpoint] = [(&of_stage, &plain), (&of_touchpoint, &touched)]
                .map(|(its, of)| its.mean(of, scenario, metric).unwrap());
            assert!((stage - touchpoint).abs() <= 1e-9 * stage.abs(), "{metric} of {scenario}: {stage}, {touchpoint}");
        }
    }
}

#[test]
fn a_memory_of_touchpoints_drives_churn_as_all_histories_say() {
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/cases/satisfaction_ewma_exact/case.json");
    let Ok(case) = std::fs::read_to_string(case) else {
        eprintln!("skipped: there is no {case}");
        return;
    };
    let case: serde_json::Value = serde_json::from_str(&case).unwrap();
    let list = |id: &str| -> Vec<f64> {
        let entry = case["expected"].as_array().unwrap().iter().find(|entry| entry["id"] == id).unwrap();
        let value = &entry["value"];
        value
            .as_array()
            .map_or_else(|| vec![value.as_f64().unwrap()], |all| all.iter().map(|x| x.as_f64().unwrap()).collect())
    };
    let model = model(&remembered().1);
    let exact = Exact::of(&model).unwrap();
    for scenario in ["base", "better_service", "bad_launch"] {
        let over_time = |metric: &str| exact.over_time(&model, scenario, metric).unwrap();
        let pairs = [
            ("survival_0_12", over_time("retention").to_vec()),
            ("mean_S_of_survivors_1_12", over_time("satisfaction")[1..].to_vec()),
            ("revenue_per_acquired_customer", vec![exact.mean(&model, scenario, "revenue").unwrap()]),
        ];
        for (id, found) in pairs {
            let truth = list(&format!("{scenario}.{id}"));
            assert_eq!(truth.len(), found.len());
            for (truth, found) in truth.iter().zip(&found) {
                assert!((truth - found).abs() <= 1e-6 * truth.abs(), "{id} of {scenario}: {found} instead of {truth}");
            }
        }
    }
}

/// Customers who are called, write, are answered and sometimes let down, and who leave by how they remember it.
const CARED_FOR: &str = r#"
run = { period = "month", horizon = 12, customers = 40_000, agents = 2_000, replications = 150, seed = 19, discount_rate = 0.1 }
scenarios.today = {}
scenarios.better.changes = [ { target = "touchpoints.call.ends.bad.chance", odds = 0.4, from = 4 } ]
scenarios.more.changes = [ { target = "touchpoints.visit.rate.active", times = 1.6 } ]
[segments.new]
share = 0.4
start = { active = 1 }
inflow = { per_period = 600, start = { active = 1 } }
[segments.old]
share = 0.6
start = { active = 0.7, risky = 0.3 }
[traits.fit]
law = "normal(0, 1)"
[experience]
start = "normal(0.55, 0.12)"
neutral = 0.6
learning = 0.25
[stages.active]
retained = true
quality = "normal(0.62, 0.1)"
values = { revenue = 20 }
to = { risky = { chance = 0.08, drivers = { satisfaction = -4 } }, gone = { chance = 0.02, drivers = { satisfaction = -3 } } }
purchases = { rate = 0.6, basket = "lognormal(mean=30, sd=10)", drivers = { satisfaction = 1.2 } }
[stages.risky]
retained = true
values = { revenue = 12 }
to = { active = 0.2, gone = { chance = 0.1, drivers = { satisfaction = -2 } } }
[stages.gone]
[touchpoints.visit]
rate = { active = 0.9, risky = 0.3 }
drivers = { satisfaction = 1.5, fit = 0.4 }
quality = "bernoulli(0.7)"
effort = 0.05
values = { visit_cost = 3 }
[touchpoints.sorry]
on = "visit"
chance = 0.3
drivers = { satisfaction = -2 }
quality = 0.8
importance = 0.5
values = { sorry_cost = 1 }
[touchpoints.call]
chance = 0.4
drivers = { fit = -0.3 }
quality = "normal(0.7, 0.15)"
values = { call_cost = 5 }
ends.bad = { chance = 0.15, drivers = { satisfaction = -1.5 }, quality = "beta(2, 6)", importance = 1.6, values = { call_cost = 9 } }
ends.dull = { chance = 0.2, quality = 0.5, effort = 0.1, importance = 0 }
[touchpoints.complaint]
on = "call.bad"
chance = 0.5
values = { complaint_cost = 2 }
[touchpoints.reply]
on = "complaint"
chance = 0.6
quality = 0.9
values = { reply_cost = 10 }
[touchpoints.letter]
rate = 0.5
values = { letter_cost = 0.5 }
[touchpoints.answered]
on = "letter"
chance = { active = 0.2 }
"#;

#[test]
fn simulated_customers_meet_touchpoints_as_often_and_stay_as_long_as_expected() {
    let model = model(CARED_FOR);
    let run = check_against_exact(&model);
    let exact = run.scenarios[0].exact.as_ref().unwrap();
    for metric in [
        "retention",
        "revenue",
        "npv",
        "satisfaction",
        "touchpoints.visit",
        "touchpoints.call.bad",
        "touchpoints.sorry",
    ] {
        assert!(exact.contains_key(metric), "{metric}");
    }
}

#[test]
fn purchases_and_turns_move_satisfaction_as_their_closed_forms_say() {
    // Purchases are a Poisson stream too, and followed as often, the share of it that is kept.
    let buys = |horizon: u32, chance: &str| {
        let study = still(horizon, &format!("[touchpoints.stay]\non = \"purchase\"\nquality = 0.7\n{chance}"));
        with(&study, &[("to = { gone = 0 }", "to = { gone = 0 }\npurchases = { rate = 0.8, basket = 1 }")])
    };
    close(exact(&buys(6, ""), "satisfaction"), 0.7 - 0.2 * libm::exp(-0.8 * 0.3 * 6.0));
    close(exact(&buys(6, "chance = 0.5"), "satisfaction"), 0.7 - 0.2 * libm::exp(-0.4 * 0.3 * 6.0));
    close(exact(&buys(6, "chance = 0.5"), "touchpoints.stay"), 0.4 * 6.0 * 100_000.0);
    // After three periods everybody has had their turn once, after four a third of them twice.
    let turns = |horizon: u32| exact(&still(horizon, "[touchpoints.call]\nevery = 3\nquality = 0.8\n"), "satisfaction");
    let after = |times: i32| 0.8 - 0.3 * libm::pow(0.7, f64::from(times));
    close(turns(3), after(1));
    close(turns(4), (after(2) + 2.0 * after(1)) / 3.0);
    close(turns(30), after(10));
    close(
        exact(&still(4, "[touchpoints.call]\nevery = 3\nchance = 0.5\n"), "touchpoints.call"),
        100_000.0 * 4.0 / 3.0 * 0.5,
    );
}

#[test]
fn what_follows_knows_how_often_it_may() {
    // The number of answers is that of questions, and one answer moves what is left: over the joint law of both.
    let study = still(
        1,
        "[touchpoints.question]\nrate = 0.9\nquality = 0.2\n[touchpoints.answer]\non = \"question\"\nchance = 0.6\nquality = 1\n",
    );
    let (mut mean, mut chance) = (0.0, libm::exp(-0.9));
    for count in 0..40 {
        let left = libm::pow(0.7, f64::from(count));
        let asked = 0.2 + (0.5 - 0.2) * left;
        let answered = 1.0 - (1.0 - asked) * libm::pow(1.0 - 0.6 * 0.3, f64::from(count));
        mean += chance * answered;
        chance *= 0.9 / f64::from(count + 1);
    }
    close(exact(&study, "satisfaction"), mean);
    close(exact(&study, "touchpoints.answer"), 54_000.0);
    // Drivers of an end read satisfaction at each occurrence: all eight lives of three periods with one occurrence each.
    let study = still(
        3,
        "[touchpoints.call]\nchance = 1\nquality = 0.8\nends.bad = { chance = 0.3, drivers = { satisfaction = -4 }, quality = 0 }\n",
    );
    let mut lives = vec![(1.0, 0.5_f64)];
    let mut bad = 0.0;
    for _ in 0..3 {
        lives = lives
            .into_iter()
            .flat_map(|(chance, s)| {
                let odds = 0.3 * libm::exp(-4.0 * (s - 0.6));
                let p = odds / (0.7 + odds);
                [(chance * p, 0.7 * s), (chance * (1.0 - p), s + 0.3 * (0.8 - s))]
            })
            .collect();
        bad += lives.iter().step_by(2).map(|(chance, _)| chance).sum::<f64>();
    }
    let mean: f64 = lives.iter().map(|(chance, s)| chance * s).sum();
    assert!((exact(&study, "satisfaction") - mean).abs() < 1e-7);
    assert!((exact(&study, "touchpoints.call.bad") / 100_000.0 - bad).abs() < 1e-6);
}

/// Prospects who buy once and are guests then, guests who buy, are welcomed, called in turns and sent away, and who leave.
const STAYED: &str = r#"
run = { period = "month", horizon = 10, customers = 30_000, agents = 2_000, replications = 120, seed = 23, discount_rate = 0.1 }
scenarios.today = {}
scenarios.better.changes = [ { target = "touchpoints.stay.ends.failed.chance", odds = 0.4, from = 3 } ]
[segments.new]
share = 0.5
start = { prospect = 0.7, guest = 0.3 }
inflow = { per_period = 700, start = { prospect = 0.6, guest = 0.4 } }
[segments.old]
share = 0.5
start = { guest = 0.8, former = 0.2 }
[traits.eager]
law = "bernoulli(0.4)"
[experience]
start = "normal(0.55, 0.12)"
neutral = 0.6
learning = 0.3
[stages.prospect]
purchases = { rate = 0.3, basket = 40, trait = "travels" }
to = { guest = { chance = 1, on = "purchase" }, gone = 0.05 }
[traits.travels]
law = "bernoulli(0.8)"
[stages.guest]
retained = true
purchases = { rate = 0.9, basket = "lognormal(mean=30, sd=10)", drivers = { satisfaction = 1.5, eager = 0.4 } }
to = { former = { chance = 0.06, drivers = { satisfaction = -3 } }, lapsed = { chance = 0.05, on = "purchase" } }
on_move = { former = { win_back_cost = 4 } }
[stages.former]
to = { guest = 0.05, gone = 0.1 }
[stages.lapsed]
to = { gone = 0.2 }
[stages.gone]
[touchpoints.stay]
on = "purchase"
chance = { prospect = 0.4, guest = 0.9, lapsed = 0.7 }
drivers = { satisfaction = 0.5 }
quality = "normal(0.72, 0.12)"
values = { stay_cost = 6 }
ends.failed = { chance = 0.12, drivers = { satisfaction = -1 }, quality = "beta(2, 8)", importance = 1.5, values = { stay_cost = 8 } }
[touchpoints.small_thing]
on = "purchase"
chance = 0.2
quality = 0.95
importance = 0.5
[touchpoints.reply]
on = "stay.failed"
chance = 0.5
quality = 0.9
values = { desk_cost = 4 }
[touchpoints.hello]
on = "entry"
in = ["guest", "former"]
chance = 0.6
drivers = { eager = 0.5 }
quality = 0.85
values = { hello_cost = 3 }
[touchpoints.call]
in = ["guest"]
every = 3
chance = 0.8
quality = 0.75
to = { former = { chance = 0.1, drivers = { satisfaction = -2 } } }
[touchpoints.offer]
in = ["former"]
rate = 0.4
to = { guest = { chance = 0.2, drivers = { satisfaction = 3 } }, gone = 0.05 }
values = { offer_cost = 1 }
[touchpoints.care]
quality = 0.7
where = { segment = ["old"] }
plan = [
  { where = { stage = ["former"] }, chance = 0.1 },
  { where = { segment = ["old"] }, rate = 0.2 },
]
"#;

#[test]
fn simulated_guests_buy_come_and_are_sent_as_expected() {
    let run = check_against_exact(&model(STAYED));
    let exact = run.scenarios[0].exact.as_ref().unwrap();
    for metric in
        ["touchpoints.stay.failed", "touchpoints.hello", "touchpoints.call", "touchpoints.offer", "touchpoints.care"]
    {
        assert!(exact[metric] > 0.0, "{metric}");
    }
}

/// Customers of whom some have long known the company, who ask, are let down or not, and hear of it.
const ASKING: &str = r#"
run = { period = "month", horizon = 8, customers = 30_000, agents = 3_000, replications = 80, seed = 31 }
scenarios.today = {}
[segments.all]
share = 1
start = { active = 1 }
inflow = { per_period = 900, start = { active = 1 } }
[traits.years]
law = "bernoulli(0.4)"
ages = true
neutral = 2
[experience]
start = "normal(0.55, 0.1)"
neutral = 0.6
learning = 0.3
[stages.active]
retained = true
to = { gone = { chance = 0.06, drivers = { satisfaction = -4 } } }
[stages.gone]
[touchpoints.question]
rate = 0.8
drivers = { years = -0.15, satisfaction = -0.5 }
quality = 0.75
ends.lost = { chance = 0.2, drivers = { years = 0.1, satisfaction = -1 }, quality = "uniform(0, 0.4)" }
[touchpoints.survey]
on = "question"
chance = 0.5
quality = 0.65
importance = 0.3
[touchpoints.apology]
on = "question.lost"
chance = 0.7
drivers = { satisfaction = -2 }
quality = 0.9
"#;

#[test]
fn both_a_touchpoint_and_one_of_its_ends_may_be_followed() {
    check_against_exact(&model(ASKING));
}

#[test]
fn uncertain_numbers_of_touchpoints_are_followed_in_every_draw() {
    let others = [
        ("HORIZON", "6"),
        ("replications = 2", "replications = 60"),
        ("agents = 100", "agents = 2_000"),
        ("start = 0.5", "start = \"normal(0.5, 0.1)\""),
        ("to = { gone = 0 }", "to = { gone = { chance = 0.1, drivers = { satisfaction = -3 } } }"),
    ];
    let visit = "[touchpoints.visit]\nrate = \"0.4 to 1.5\"\ndrivers = { satisfaction = 1 }\nquality = \"normal(0.7, 0.2)\"\n\
                 ends.bad = { chance = \"0.05 to 0.4\", quality = 0.1, effort = \"0.01 to 0.05\" }\n";
    check_against_exact(&model(&(with(&few(), &others) + visit)));
}

/// What is worth without any order is worth the same forward and backward.
#[test]
fn values_found_backward_are_what_customers_come_to_forward() {
    for study in [STAYED, CARED_FOR, &with(STAYED, &[("every = 3\n", "")])] {
        let model = model(study);
        let program = Program::new(&model);
        let solver = Solver::of(&model, &program, Design::of(&model)).unwrap();
        let drawn = model.central();
        // The identity holds on every grid.
        let grid = SatisfactionGrid::new(8);
        let solution = solver.on(&drawn, &grid);
        let layout = CountLayout::of(&model);
        let mut rewards = Counts::new(&layout, 0, model.run.horizon);
        let valued: Vec<_> =
            [CUSTOMERS, BASKETS, MOVES].into_iter().chain(model.touchpoints.iter().map(|its| its.counter)).collect();
        for (salt, counter) in (1..).zip(&valued) {
            for t in 0..rewards.times() {
                for (at, cell) in rewards.cells_mut(*counter, t).iter_mut().enumerate() {
                    *cell = ((t * 31 + at * 17 + salt * 101) % 29) as f64 - 11.0;
                }
            }
        }
        for (scenario, segment) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let place = (ScenarioId::from(scenario), SegmentId::from(segment));
            let entries = if model.segments[segment].inflow.is_some() { model.run.horizon as usize + 1 } else { 1 };
            let came: Vec<f64> = (0..entries).map(|entry| 100.0 + 7.0 * (entry % 5) as f64).collect();
            let flows = solution.flows(place, &came);
            let of = |counter: &CounterId| -> f64 {
                rewards.all(*counter).zip(flows.all(*counter)).map(|(worth, flow)| worth * flow).sum()
            };
            let forward: f64 = valued.iter().map(of).sum();
            let worths = solution.worth_by_entry(place, &rewards, entries);
            let each = || came.iter().zip(&worths).map(|(came, worth)| came * worth);
            let (backward, size): (f64, f64) = (each().sum(), each().map(f64::abs).sum());
            assert!((forward - backward).abs() < 1e-10 * size, "{forward} forward, {backward} backward");
        }
    }
}

#[test]
fn the_work_that_is_done_is_the_work_that_was_computed() {
    let calls = still(
        24,
        "[touchpoints.visit]\nrate = 0.8\nquality = \"normal(0.7, 0.1)\"\nends.bad = { chance = 0.2, drivers = { satisfaction = -1 }, quality = 0.3 }\n",
    );
    for study in [calls.as_str(), CARED_FOR, STAYED] {
        let model = model(study);
        let simulation = Simulation::new(&model, Design::of(&model));
        let solver = simulation.solver().unwrap();
        let central = model.central();
        let solution = solver.at(&central);
        for (scenario, arrivals) in planned(&model, &central).iter().enumerate() {
            for (segment, came) in arrivals.iter().enumerate() {
                let came: Vec<f64> = came.iter().map(|its| its.real).collect();
                let _ = solution.flows((ScenarioId::from(scenario), SegmentId::from(segment)), &came);
            }
        }
        let (computed, done) = (ExactCost::of(solver).draw * MULTIPLICATIONS_EACH, solution.work());
        assert!((done / computed - 1.0).abs() < 0.25, "{done} where {computed} was computed: {study}");
    }
}

#[test]
fn a_touchpoint_that_never_comes_changes_no_exact_digit() {
    let idle = [
        "[touchpoints.unused]\nrate = 0\nquality = 0.1\nvalues = { unused_cost = 5 }\nends.odd = { chance = 0.2, quality = 0.9 }\n",
        "[touchpoints.unfelt]\nrate = 0.4\nquality = \"normal(0.3, 0.1)\"\nimportance = 0\n",
        "[touchpoints.counted]\nchance = 0.3\n[touchpoints.after]\non = \"counted\"\nchance = 0.5\n",
    ];
    let (plain, _) = remembered();
    let [before, after] = [plain.clone(), plain + "\n" + &idle.concat()].map(|study| {
        let model = model(&study);
        let exact = Exact::of(&model).unwrap();
        (model, exact)
    });
    for scenario in ["base", "bad_launch"] {
        for metric in ["retention", "satisfaction", "revenue", "npv"] {
            let [plain, more] =
                [&before, &after].map(|(model, exact)| exact.over_time(model, scenario, metric).unwrap().to_vec());
            assert_eq!(plain, more, "{metric} of {scenario}");
        }
        assert_eq!(after.1.mean(&after.0, scenario, "touchpoints.unused"), Some(0.0));
        assert!(after.1.mean(&after.0, scenario, "touchpoints.after").unwrap() > 0.0);
    }
}

#[test]
fn obstacles_say_which_touchpoint_and_why() {
    let why = |more: &str| obstacles(&model(&still(6, more)));
    let of = |study: &str, others: &[(&str, &str)]| obstacles(&model(&with(study, others)));
    let none: [&str; 0] = [];
    assert_eq!(of(CARED_FOR, &[]), none);
    assert_eq!(of(STAYED, &[]), none);
    // Where satisfaction drives nothing, how something is felt stands in no way: it is counted.
    let felt = "[touchpoints.call]\nchance = 0.5\nquality = 0.8\ntiming = { best = 2, width = 1, miss = 0.2 }\n";
    assert_eq!(why(felt), none);
    close(exact(&still(6, felt), "touchpoints.call"), 300_000.0);
    let driven =
        [("to = { gone = 0 }", "to = { gone = { chance = 0.1, drivers = { satisfaction = -1 } } }"), ("HORIZON", "6")];
    let driven = |more: &str| obstacles(&model(&(with(&few(), &driven) + more)));
    assert_eq!(driven(felt), ["how `call` is felt depends on the period in the stage (`timing`)"]);
    let answers =
        "[touchpoints.call]\nchance = 0.5\n[touchpoints.reply]\non = \"call\"\nquality = 0.8\nanswer = 3\nfades = 8\n";
    assert_eq!(driven(answers), ["how `reply` is felt depends on when it comes (`fades`)"]);
    let tags = "[tags.phase]\non = \"tenure\"\nbands = { new = 1, old = 7 }\n[touchpoints.call]\nwhere = { phase = [\"old\"] }\nchance = 0.5\n";
    assert_eq!(why(tags), ["whom `call` meets depends on the tag `phase`"]);
    let carried = "[states.tired]\nadds = { call = 1 }\n[touchpoints.call]\nrate = 0.5\ndrivers = { tired = -1 }\n";
    assert_eq!(why(carried), ["the state `tired` drives the touchpoint `call`"]);
    let late = [("[touchpoints.small_thing]\n", "[touchpoints.small_thing]\nto = { gone = 0.1 }\n")];
    assert_eq!(of(STAYED, &late), ["`small_thing` takes people elsewhere a period after it happens"]);
    let back = [
        (
            "lapsed = { chance = 0.05, on = \"purchase\" }",
            "lapsed = 0.05, former = { chance = 0.05, on = \"purchase\" }",
        ),
        ("former = { chance = 0.06, drivers = { satisfaction = -3 } }, ", ""),
    ];
    assert_eq!(
        of(STAYED, &back),
        ["`hello` happens on coming to `former`, and a purchase may lead back there at once"]
    );
    let many = "[touchpoints.a]\nrate = 1\nquality = 0.8\nends.b = { chance = 0.1, quality = 0.2 }\nends.c = { chance = 0.1, quality = 0.3 }\n\
                [touchpoints.d]\non = \"a\"\nquality = 0.5\n[touchpoints.e]\non = \"a.b\"\nquality = 0.5\n[touchpoints.f]\non = \"a.c\"\nquality = 0.5\n";
    assert_eq!(
        driven(many),
        ["it would take 816 combinations of how often touchpoints up to `a` happened, more than 300"]
    );
    let turns = "[touchpoints.a]\nevery = 50\nquality = 0.8\n[touchpoints.b]\nevery = 40\nquality = 0.8\n";
    assert_eq!(
        driven(turns),
        [
            "it would take 2000 combinations of the turns of a, b, more than 1000 where satisfaction drives something too"
        ]
    );
}
