//! Published results: what the solver and the simulation say of a case is what its source says.
//!
//! The cases lie in a folder beside the repository, one `case.json` each with references at full precision; where a case
//! is missing, or asks for what polku does not do yet, its test counts as ignored, and says why. The solver is held to a
//! case's own tolerance and to a millionth; a simulated mean to 4.5 of its standard errors, a simulated standard
//! deviation to the case's tolerance; and the audit of every run has to pass. Seeds are fixed, so a pass is a pass for good.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is left out says so")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::summary::{AuditStatus, Series, Summary};
use polku::inside::model::Model;
use polku::inside::stats::estimate::Estimate;
use polku::inside::stats::queue::line::Line;
use polku::inside::stats::queue::whole::erlang_b;
use polku::inside::stats::special::normal_cdf;
use polku::inside::study::Study;
use polku::inside::study::setting::Setting;
use polku::inside::study::source::Source;
use serde_json::Value;

/// A case by its folder, the claim that a test makes of it, and the test.
macro_rules! tests {
    ($($case:literal: $claim:ident,)*) => { &[$(($case, stringify!($claim), $claim)),*] };
}

/// A name, the folder of its case, and what it does with that.
type Test = (&'static str, &'static str, fn(&Case));

/// The cases that are read, each with what is held against it.
const READ: &[Test] = tests![
    "bass_1969": adoption_by_the_year_follows_the_discrete_recursion,
    "bass_1969": adoption_by_the_week_peaks_when_and_as_high_as_the_continuous_curve_does,
    "bass_1969": adoption_by_what_adopters_tell_peaks_as_by_word_of_mouth,
    "clv_margin_multiple": customer_value_is_the_margin_multiple,
    "cstm_time_homogeneous": four_strategies_cost_and_gain_what_the_cohort_tutorial_prints,
    "erlang_c_staffing": people_who_do_not_give_up_wait_as_erlang_says,
    "hiv_briggs": an_effect_of_two_years_is_worth_what_the_hiv_model_prints,
    "pfeifer_carraway_mcm": a_relationship_by_recency_is_worth_what_pfeifer_and_carraway_print,
    "satisfaction_ewma_exact": satisfaction_with_a_memory_drives_churn_as_all_histories_say,
    "sbg_retention": own_chances_of_leaving_make_retention_rise_as_the_shifted_beta_geometric_says,
    "sicksicker_microsim": the_microsimulation_finds_the_published_means_and_the_published_errors,
    "telco_survival": customers_stay_by_contract_and_service_as_kaplan_and_meier_estimate,
    "ab_hillstrom": a_funnel_with_rare_buyers_has_the_means_and_the_errors_of_the_e_mail_test,
    "attribution_markov": channels_are_worth_what_is_lost_without_them,
    "cdnow_sample_backtest": repeat_purchases_follow_both_buy_till_you_die_models,
];

/// The cases that ask for what polku does not do yet.
const WAITING: [(&str, &str); 4] = [
    ("log_helpdesk", "nothing is calibrated from event logs yet"),
    ("log_receipt", "nothing is calibrated from event logs yet"),
    ("psa_voi_dampack", "there is no value of information yet"),
    ("sobol_ishigami", "there is no sensitivity analysis yet"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases")
}

/// Runs the cases that there are; those that are left out are ignored, not passed.
fn main() -> ExitCode {
    let mut trials = vec![
        Trial::test("every_study_that_is_shipped_compiles_without_a_warning", || {
            every_study_that_is_shipped_compiles_without_a_warning();
            Ok(())
        }),
        Trial::test("every_case_that_is_given_is_read_or_says_why_not", || {
            every_case_that_is_given_is_read_or_says_why_not();
            Ok(())
        })
        .with_ignored_flag(!folder().is_dir()),
    ];
    let mut left_out = Vec::new();
    for &(case, claim, test) in READ {
        let file = folder().join(case).join("case.json");
        let there = file.is_file();
        if !there {
            left_out.push(format!("{claim}: there is no {}", file.display()));
        }
        let trial = Trial::test(claim, move || {
            test(&Case::read(case));
            Ok(())
        });
        trials.push(trial.with_ignored_flag(!there));
    }
    for (name, why) in WAITING {
        left_out.push(format!("{name}: {why}"));
        trials.push(Trial::test(format!("{name} ({why})"), || Ok(())).with_ignored_flag(true));
    }
    for what in left_out {
        eprintln!("skipped: {what}");
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn every_case_that_is_given_is_read_or_says_why_not() {
    let mut known: Vec<&str> =
        READ.iter().map(|(name, ..)| *name).chain(WAITING.iter().map(|(name, _)| *name)).collect();
    known.sort_unstable();
    known.dedup();
    let mut count = 0;
    for case in std::fs::read_dir(folder()).unwrap() {
        let name = case.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name.as_str()), "nothing reads the case {name}");
        count += 1;
    }
    assert_eq!(count, known.len(), "cases are missing");
}

/// A published case.
struct Case {
    folder: PathBuf,
    root: Value,
}

impl Case {
    fn read(name: &str) -> Self {
        let folder = folder().join(name);
        let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
        Self { folder, root: serde_json::from_str(&text).unwrap() }
    }

    fn entry(&self, list: &str, id: &str) -> &Value {
        let entries = self.root[list].as_array().unwrap();
        entries.iter().find(|entry| entry["id"] == id).unwrap_or_else(|| panic!("the case has no `{id}`"))
    }

    fn value(&self, id: &str) -> &Value {
        &self.entry("expected", id)["value"]
    }

    fn number(&self, id: &str) -> f64 {
        self.value(id).as_f64().unwrap_or_else(|| panic!("`{id}` is no number"))
    }

    fn list(&self, id: &str) -> Vec<f64> {
        numbers(self.value(id))
    }

    fn parameter(&self, pointer: &str) -> &Value {
        self.root["parameters"].pointer(pointer).unwrap_or_else(|| panic!("no parameter {pointer}"))
    }

    /// How far a number may be from a reference by the case itself.
    fn tolerance(&self, id: &str, reference: f64) -> f64 {
        let entry = self.entry("expected", id);
        let relative = entry["rel_tol"].as_f64().map(|rel| rel * reference.abs());
        entry["abs_tol"].as_f64().or(relative).unwrap_or_else(|| 1e-9 * reference.abs())
    }

    fn close(&self, id: &str, reference: f64, found: f64) {
        let off = (found - reference).abs();
        assert!(off <= self.tolerance(id, reference), "{id}: {found} is {off} from {reference}");
    }

    /// Holds a number to the case's tolerance.
    fn holds(&self, id: &str, found: f64) {
        self.close(id, self.number(id), found);
    }

    /// Holds a solved number to the case's tolerance and to a millionth.
    fn solved(&self, id: &str, found: f64) {
        self.holds(id, found);
        same(id, self.number(id), found);
    }

    /// Holds solved numbers to the case's tolerance and to a millionth, one by one.
    fn all_solved(&self, id: &str, found: &[f64]) {
        let references = self.list(id);
        assert_eq!(references.len(), found.len(), "{id}");
        for (reference, found) in references.iter().zip(found) {
            self.close(id, *reference, *found);
            same(id, *reference, *found);
        }
    }
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// Equal to a millionth.
fn same(what: &str, reference: f64, found: f64) {
    let off = (found - reference).abs();
    assert!(off <= 1e-6 * reference.abs().max(1e-3), "{what}: {found} is {off} from {reference}");
}

/// Within 4.5 standard errors; where every replication came to the same, to rounding.
fn plausible(what: &str, reference: f64, found: &Estimate) {
    let error = found.standard_error.unwrap();
    let off = (found.mean - reference).abs();
    let rounding = 1e-9 * reference.abs().max(1.0);
    assert!(
        off <= 4.5 * error + rounding,
        "{what}: {} is {off} from {reference}, {} errors of {error}",
        found.mean,
        off / error
    );
}

/// A standard deviation estimated from that many replications, within 4.5 of its own standard errors.
fn plausible_spread(what: &str, reference: f64, found: f64, replications: f64) {
    let off = (found / reference - 1.0).abs();
    assert!(off <= 4.5 / (2.0 * (replications - 1.0)).sqrt(), "{what}: {found} against {reference}");
}

fn compiled(study: &str, settings: &[&str]) -> Model {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/published").join(study);
    let settings: Vec<Setting> = settings.iter().map(|setting| Setting::parse(setting).unwrap()).collect();
    let mut source = Source::read(path).unwrap_or_else(|fault| panic!("{fault}"));
    let study = Study::parse_with(&mut source, &settings).unwrap_or_else(|faults| panic!("{faults}"));
    Model::compile(&study).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A study and its exact expectations.
struct Solved {
    model: Model,
    exact: Exact,
}

impl Solved {
    fn of(study: &str, settings: &[&str]) -> Self {
        let model = compiled(study, settings);
        let exact = Exact::of(&model).unwrap_or_else(|why| panic!("{why:?}"));
        Self { model, exact }
    }

    fn mean(&self, scenario: &str, metric: &str) -> f64 {
        self.exact.mean(&self.model, scenario, metric).unwrap_or_else(|| panic!("no {metric} of {scenario}"))
    }

    fn over_time(&self, scenario: &str, metric: &str) -> Vec<f64> {
        self.exact
            .over_time(&self.model, scenario, metric)
            .unwrap_or_else(|| panic!("no {metric} of {scenario}"))
            .to_vec()
    }

    /// Customers by stage at one time.
    fn customers(&self, scenario: &str, stages: &[&str], t: usize) -> Vec<f64> {
        stages.iter().map(|stage| self.over_time(scenario, &format!("customers.{stage}"))[t]).collect()
    }
}

/// A study, simulated.
struct Played {
    summary: Summary,
    series: Vec<Series>,
}

impl Played {
    fn of(study: &str, settings: &[&str], scenarios: &[&str]) -> Self {
        let mut model = compiled(study, settings);
        if !scenarios.is_empty() {
            let names: Vec<String> = scenarios.iter().map(|&name| name.to_owned()).collect();
            model.keep(&names).unwrap();
        }
        let runs = Experiment::new(&model).run().unwrap_or_else(|faults| panic!("{faults:?}"));
        let summary = runs.summary();
        assert!(summary.audit.status != AuditStatus::Failed, "{study} {settings:?}: {:#?}", summary.audit);
        Self { summary, series: runs.series() }
    }

    fn mean(&self, scenario: &str, metric: &str) -> Estimate {
        let summary = self.summary.scenarios.iter().find(|s| s.name == scenario).unwrap();
        let (table, name) = match metric.split_once('.') {
            Some(("lines", name)) => (&summary.lines, name),
            Some(("outcomes", name)) => (&summary.outcomes, name),
            Some(("customers", name)) => (&summary.stages_at_end, name),
            _ => (&summary.metrics, metric),
        };
        *table.get(name).unwrap_or_else(|| panic!("no {metric} of {scenario}"))
    }

    fn over_time(&self, scenario: &str, metric: &str) -> &[Estimate] {
        let one = |s: &&Series| s.scenario == scenario && s.segment == "all" && s.metric == metric;
        &self.series.iter().find(one).unwrap_or_else(|| panic!("no {metric} of {scenario}")).values
    }

    /// The difference of a scenario from the baseline.
    fn difference(&self, scenario: &str, metric: &str) -> Estimate {
        self.summary.contrasts.iter().find(|c| c.scenario == scenario).unwrap().metrics[metric].estimate
    }

    fn replications(&self) -> f64 {
        self.summary.replications as f64
    }

    /// The standard deviation over customers that the standard error of a mean of simulated customers comes from.
    fn spread(&self, estimate: &Estimate) -> f64 {
        estimate.standard_error.unwrap() * (self.replications() * self.summary.agents as f64).sqrt()
    }
}

fn negative(estimate: Estimate) -> Estimate {
    Estimate { mean: -estimate.mean, ..estimate }
}

fn adoption_by_the_year_follows_the_discrete_recursion(case: &Case) {
    let products = ["clothes_dryers", "room_air_conditioners"];
    let played = Played::of("bass_1969.toml", &["run.agents=20000", "run.replications=20"], &products);
    for product in products {
        let id = format!("{product}.F_discrete_annual_t0_15");
        for (reference, found) in case.list(&id).iter().zip(played.over_time(product, "customers.adopter")) {
            let share = scaled(found, 1e-5);
            plausible(&id, *reference, &share);
            case.close(&id, *reference, share.mean);
        }
    }
}

fn scaled(estimate: &Estimate, by: f64) -> Estimate {
    let standard_error = estimate.standard_error.map(|error| error * by);
    Estimate { mean: estimate.mean * by, standard_error, low: estimate.low * by, high: estimate.high * by }
}

const WEEKLY: [&str; 3] = [
    "run.period=week",
    "stages.waiting.to.adopter.chance=0.019164955509924708",
    "stages.waiting.to.adopter.word_of_mouth=0.019164955509924708",
];
const WEEK: f64 = 7.0 / 365.25;

/// A curve at a time between its points.
fn between(curve: &[f64], time: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time within the horizon")]
    let before = time as usize;
    let rest = time - before as f64;
    curve[before] + rest * (curve[before + 1] - curve[before])
}

/// The time at which a rising curve passes a level.
fn passes(curve: &[f64], level: f64) -> f64 {
    let after = curve.iter().position(|value| *value >= level).unwrap();
    (after - 1) as f64 + (level - curve[after - 1]) / (curve[after] - curve[after - 1])
}

/// Adoption by the week without chance: Euler's steps of Bass's equation.
fn by_the_week(p: f64, q: f64, weeks: usize) -> Vec<f64> {
    let step = |adopters: &mut f64, _| {
        let now = *adopters;
        *adopters += (p + q * now) * WEEK * (1.0 - now);
        Some(now)
    };
    (0..=weeks).scan(0.0, step).collect()
}

/// The time and the rate of the peak of a curve by weeks, and how far errors of the curve throw them off.
///
/// At its peak the curve is a hyperbolic tangent: what is adopted in a window around it gives the rate.
fn peak(p: f64, q: f64, curve: &[f64], errors: &[f64]) -> [(f64, f64); 2] {
    let time = passes(curve, (q - p) / (2.0 * q));
    let half = 1.0 / (p + q) / WEEK;
    let adopted = between(curve, time + half) - between(curve, time - half);
    let rate_of = |adopted: f64| adopted * (p + q) / (4.0 * libm::tanh(0.5));
    let rate = rate_of(adopted);
    let window = between(errors, time + half).hypot(between(errors, time - half));
    [(time * WEEK, between(errors, time) / rate), (rate, rate_of(window))]
}

fn adoption_by_the_week_peaks_when_and_as_high_as_the_continuous_curve_does(case: &Case) {
    let products = case.parameter("/products").as_object().unwrap();
    // Refrigerators take longest; all others are past their peak after 19 years.
    let slow = "electric_refrigerators";
    let others: Vec<&str> = products.keys().map(String::as_str).filter(|name| *name != slow).collect();
    // They also start from the fewest adopters, so luck in the first years weighs most: more replications.
    for (names, weeks, replications) in [(vec![slow], 1305, 48), (others, 1000, 20)] {
        let size =
            [format!("run.horizon={weeks}"), format!("run.replications={replications}"), "run.agents=1500".to_owned()];
        let settings = [&WEEKLY[..], &size.each_ref().map(String::as_str)].concat();
        let played = Played::of("bass_1969.toml", &settings, &names);
        for product in names {
            let [p, q, m] = ["p", "q", "m_thousand"].map(|key| products[product][key].as_f64().unwrap());
            let certain = by_the_week(p, q, weeks);
            let found: Vec<Estimate> =
                played.over_time(product, "customers.adopter").iter().map(|found| scaled(found, 1e-5)).collect();
            // Where next to nobody or next to everybody has adopted, errors cannot be estimated.
            let curves = certain.iter().zip(&found).filter(|(reference, _)| (0.005..0.995).contains(*reference));
            curves.for_each(|(reference, found)| plausible(product, *reference, found));
            let curve: Vec<f64> = found.iter().map(|found| found.mean).collect();
            let errors: Vec<f64> = found.iter().map(|found| found.standard_error.unwrap()).collect();
            let simulated = peak(p, q, &curve, &errors);
            let without_chance = peak(p, q, &certain, &errors);
            let ids = [("T_peak", 1.0), ("peak_rate_thousand_per_year", m)];
            for (((id, scale), (certain, _)), (found, error)) in ids.into_iter().zip(without_chance).zip(simulated) {
                let id = format!("{product}.{id}");
                case.holds(&id, certain * scale);
                let reference = case.number(&id);
                let off = (found * scale - reference).abs();
                let allowed = case.tolerance(&id, reference) + 4.5 * error * scale;
                assert!(off <= allowed, "{id}: {} is {off} from {reference}", found * scale);
            }
        }
    }
    for product in ["clothes_dryers", "room_air_conditioners"] {
        let [p, q] = ["p", "q"].map(|key| products[product][key].as_f64().unwrap());
        let id = format!("{product}.F_continuous_t0_15");
        let certain = by_the_week(p, q, 783);
        for (year, reference) in case.list(&id).iter().enumerate() {
            case.close(&id, *reference, between(&certain, year as f64 / WEEK));
        }
    }
}

/// A household adopts by itself with p a year, or on hearing of it; adopters tell q others a year. They change places each
/// week and tell on coming there, so that whoever adopts tells at once.
const TOLD: &str = r#"
run = { period = "week", horizon = WEEKS, customers = 100_000, agents = 4_000, replications = 20, seed = 1969 }
scenarios.told = {}
segments.households = { share = 1, start = { waiting = 1 } }
[stages.waiting]
to = { adopter = P }
[stages.adopter]
retained = true
to = { teller = 1 }
[stages.teller]
retained = true
to = { adopter = 1 }
[touchpoints.tells]
on = "entry"
in = ["adopter", "teller"]
tells = { as = "news", reach = Q, in_market = 1 }
[touchpoints.hears]
on = "heard.news"
in = ["waiting"]
to = { adopter = 1 }
"#;

fn adoption_by_what_adopters_tell_peaks_as_by_word_of_mouth(case: &Case) {
    let products = case.parameter("/products").as_object().unwrap();
    for product in ["clothes_dryers", "room_air_conditioners"] {
        let [p, q, m] = ["p", "q", "m_thousand"].map(|key| products[product][key].as_f64().unwrap());
        let weeks = 780;
        // Without chance: who neither adopts by itself nor hears of it waits on.
        let step = |adopters: &mut f64, _| {
            let now = *adopters;
            *adopters = 1.0 - (1.0 - now) * (1.0 - p * WEEK) * libm::exp(-q * WEEK * now);
            Some(now)
        };
        let certain: Vec<f64> = (0..=weeks).scan(0.0, step).collect();
        let [time, rate] = peak(p, q, &certain, &vec![0.0; certain.len()]);
        case.holds(&format!("{product}.T_peak"), time.0);
        case.holds(&format!("{product}.peak_rate_thousand_per_year"), rate.0 * m);
        let numbers = [("WEEKS", weeks.to_string()), ("P", (p * WEEK).to_string()), ("Q", (q * WEEK).to_string())];
        let text = numbers
            .iter()
            .fold(TOLD.to_owned(), |text, (name, number)| text.replace(&format!("= {name}"), &format!("= {number}")));
        let study = Study::parse(&Source::new("told.toml", ".", &text)).unwrap_or_else(|faults| panic!("{faults}"));
        let model = Model::compile(&study).unwrap_or_else(|faults| panic!("{faults}"));
        let series = Experiment::new(&model).run().unwrap_or_else(|faults| panic!("{faults}")).series();
        let waits = series.iter().find(|its| its.metric == "customers.waiting" && its.segment == "all").unwrap();
        for (reference, waiting) in certain.iter().zip(&waits.values).filter(|(its, _)| (0.005..0.995).contains(*its)) {
            plausible(product, 1.0 - reference, &scaled(waiting, 1e-5));
        }
    }
}

fn customer_value_is_the_margin_multiple(case: &Case) {
    let file = "clv_margin_multiple.toml";
    let played = Played::of(file, &["run.agents=4000", "run.replications=25"], &[]);
    // What comes after 60 years counts for a millionth of the spread.
    let often = ["run.agents=10", "run.replications=8000", "run.horizon=60"];
    let often = Played::of(file, &often, &["r60", "r70", "r80", "r90"]);
    for discount in numbers(case.parameter("/discount")) {
        let solved = Solved::of(file, &[&format!("run.discount_rate={discount}")]);
        for retention in numbers(case.parameter("/retention")) {
            let id = format!("multiple_r{:.0}_i{:.0}", retention * 100.0, discount * 100.0);
            case.solved(&id, solved.mean(&format!("r{:.0}", retention * 100.0), "npv"));
        }
    }
    let solved = Solved::of(file, &[]);
    let cheaper = Solved::of(file, &["run.discount_rate=0.1188"]);
    for retention in numbers(case.parameter("/retention")) {
        let name = format!("r{:.0}", retention * 100.0);
        let value = solved.mean(&name, "npv");
        let gain = |better: f64| (better / value - 1.0) * 100.0;
        for (id, by) in [("relative_1pct_retention", "up_1_percent"), ("absolute_1point_retention", "up_1_point")] {
            let better = format!("{name}_{by}");
            case.solved(&format!("pct_gain_from_{id}_{name}_i12"), gain(solved.mean(&better, "npv")));
            plausible(&better, solved.mean(&better, "npv"), &played.mean(&better, "npv"));
        }
        let id = format!("pct_gain_from_relative_1pct_cut_of_discount_{name}_i12");
        case.solved(&id, gain(cheaper.mean(&name, "npv")));
        // The elasticity is d ln value / d ln retention, here as a central difference.
        let nudged = |by: f64| {
            let leaving = format!("scenarios.{name}.changes.0.set={}", 1.0 - retention * by);
            Solved::of(file, &[&leaving]).mean(&name, "npv")
        };
        let elasticity = (nudged(1.0001) - nudged(0.9999)) / (2e-4 * value);
        case.solved(&format!("retention_elasticity_{name}_i12"), elasticity);
        plausible(&name, case.number(&format!("multiple_{name}_i12")), &played.mean(&name, "npv"));
        let id = format!("sd_of_value_{name}_i12");
        let spread = often.spread(&often.mean(&name, "npv"));
        plausible_spread(&name, case.number(&id), spread, often.replications());
        case.holds(&id, spread);
    }
}

fn four_strategies_cost_and_gain_what_the_cohort_tutorial_prints(case: &Case) {
    let file = "cstm_time_homogeneous.toml";
    let strategies = ["SoC", "A", "B", "AB"];
    for (prefix, accrual) in [("", "simpson"), ("none.", "all"), ("half.", "half_cycle")] {
        let setting = format!("run.accrual={accrual}");
        let solved = Solved::of(file, &[&setting]);
        let played = Played::of(file, &[&setting, "run.agents=2000", "run.replications=40"], &[]);
        for strategy in strategies {
            let (cost, qaly) = (format!("{strategy}.{prefix}cost"), format!("{strategy}.{prefix}qaly"));
            case.solved(&cost, -solved.mean(strategy, "npv"));
            case.solved(&qaly, solved.mean(strategy, "outcomes.qaly"));
            plausible(&cost, case.number(&cost), &negative(played.mean(strategy, "npv")));
            plausible(&qaly, case.number(&qaly), &played.mean(strategy, "outcomes.qaly"));
        }
    }
    let solved = Solved::of(file, &[]);
    for strategy in strategies {
        for cycle in [1, 10, 50, 75] {
            let found = solved.customers(strategy, &["H", "S1", "S2", "D"], cycle);
            case.all_solved(&format!("{strategy}.trace_cycle{cycle}"), &found);
        }
    }
    let cost = |strategy: &str| -solved.mean(strategy, "npv");
    let qaly = |strategy: &str| solved.mean(strategy, "outcomes.qaly");
    let ratio = |better: &str, than: &str| (cost(better) - cost(than)) / (qaly(better) - qaly(than));
    case.solved("ICER_B_vs_SoC", ratio("B", "SoC"));
    case.solved("ICER_AB_vs_B", ratio("AB", "B"));
    let dominated = |one: &str| strategies.iter().any(|other| cost(other) < cost(one) && qaly(other) > qaly(one));
    let found: Vec<&str> = strategies.iter().copied().filter(|one| dominated(one)).collect();
    assert_eq!(Value::from(found), *case.value("dominated"));
}

fn an_effect_of_two_years_is_worth_what_the_hiv_model_prints(case: &Case) {
    let solved = Solved::of("hiv_briggs.toml", &[]);
    let played = Played::of("hiv_briggs.toml", &["run.agents=4000", "run.replications=50"], &[]);
    let metrics = [
        ("cost_discounted", "npv", -1.0),
        ("life_years", "outcomes.life_years", 1.0),
        ("cost_health_undiscounted", "lines.care_cost", 1.0),
        ("cost_drugs_undiscounted", "lines.drug_cost", 1.0),
    ];
    for therapy in ["mono", "comb"] {
        for (name, metric, sign) in metrics {
            let id = format!("book.{therapy}.{name}");
            case.solved(&id, sign * solved.mean(therapy, metric));
            let found = played.mean(therapy, metric);
            plausible(&id, case.number(&id), &Estimate { mean: sign * found.mean, ..found });
        }
    }
    let ratio = |solved: &Solved| {
        let gain = |metric| solved.mean("comb", metric) - solved.mean("mono", metric);
        -gain("npv") / gain("outcomes.life_years")
    };
    case.solved("book.ICER", ratio(&solved));
    let solved = Solved::of("hiv_briggs_simplified.toml", &[]);
    let played = Played::of("hiv_briggs_simplified.toml", &["run.agents=4000", "run.replications=50"], &[]);
    for therapy in ["mono", "comb"] {
        let (cost, years) = (format!("simplified.{therapy}.cost"), format!("simplified.{therapy}.life_years"));
        case.solved(&cost, -solved.mean(therapy, "npv"));
        case.solved(&years, solved.mean(therapy, "outcomes.life_years"));
        plausible(&cost, case.number(&cost), &negative(played.mean(therapy, "npv")));
        plausible(&years, case.number(&years), &played.mean(therapy, "outcomes.life_years"));
    }
    case.solved("simplified.ICER", ratio(&solved));
}

fn a_relationship_by_recency_is_worth_what_pfeifer_and_carraway_print(case: &Case) {
    let file = "pfeifer_carraway_mcm.toml";
    let stages = ["r1", "r2", "r3", "r4", "former"];
    let simulated = ["run.agents=1000", "run.replications=30"];
    for (state, from) in stages.iter().enumerate() {
        let start = format!("segments.customers.start.{from}=1");
        let from_here: Vec<&str> = vec!["segments.customers.start.r1=0", &start];
        let check = |horizon: &str, id: String, scenario: &str| {
            let settings = [&from_here[..], &[horizon]].concat();
            case.solved(&id, Solved::of(file, &settings).mean(scenario, "npv"));
            let played = Played::of(file, &[&settings[..], &simulated].concat(), &[scenario]);
            plausible(&id, case.number(&id), &played.mean(scenario, "npv"));
        };
        check("run.horizon=4", format!("V4_state{}", state + 1), "mail_all");
        if *from != "former" {
            check("run.horizon=120", format!("Vinf_state{}", state + 1), "mail_all");
            for policy in ["stop_at_r4", "stop_at_r3"] {
                check("run.horizon=120", format!("policy_{policy}.Vinf_state{}", state + 1), policy);
            }
        }
    }
    let solved = Solved::of(file, &[]);
    for t in 1..=4 {
        case.all_solved(&format!("state_distribution_t{t}"), &solved.customers("mail_all", &stages, t));
    }
    case.solved("expected_purchases_incl_first", solved.mean("mail_all", "revenue") / 40.0);
    case.solved("expected_periods_active_from_r1", solved.mean("mail_all", "lines.mailing_cost") / 4.0);
    let often = ["run.agents=10", "run.replications=20000", "run.horizon=60"];
    let played = Played::of(file, &often, &["mail_all"]);
    let spread = played.spread(&played.mean("mail_all", "npv"));
    let id = "sd_of_discounted_value_state1";
    plausible_spread("value from r1", case.number(id), spread, played.replications());
    case.holds(id, spread);
}

fn satisfaction_with_a_memory_drives_churn_as_all_histories_say(case: &Case) {
    let solved = Solved::of("satisfaction_ewma.toml", &[]);
    let played = Played::of("satisfaction_ewma.toml", &["run.agents=10000", "run.replications=40"], &[]);
    for scenario in ["base", "better_service", "bad_launch"] {
        let id = format!("{scenario}.survival_0_12");
        case.all_solved(&id, &solved.over_time(scenario, "retention"));
        for (reference, found) in case.list(&id).iter().zip(played.over_time(scenario, "retention")) {
            plausible(&id, *reference, found);
            case.close(&id, *reference, found.mean);
        }
        let id = format!("{scenario}.mean_S_of_survivors_1_12");
        case.all_solved(&id, &solved.over_time(scenario, "satisfaction")[1..]);
        for (reference, found) in case.list(&id).iter().zip(&played.over_time(scenario, "satisfaction")[1..]) {
            plausible(&id, *reference, found);
            case.close(&id, *reference, found.mean);
        }
        let id = format!("{scenario}.revenue_per_acquired_customer");
        case.solved(&id, solved.mean(scenario, "revenue"));
        let found = played.mean(scenario, "revenue");
        plausible(&id, case.number(&id), &found);
        case.holds(&id, found.mean);
        // The model without a memory is clearly wrong, and this is clearly not it.
        let wrong = case.entry("bars", &format!("{scenario}.wrong_mean_field_survival_12"))["value"].as_f64().unwrap();
        let retention = played.mean(scenario, "retention");
        assert!((retention.mean - wrong).abs() > 20.0 * retention.standard_error.unwrap());
    }
}

fn own_chances_of_leaving_make_retention_rise_as_the_shifted_beta_geometric_says(case: &Case) {
    let file = "sbg_retention.toml";
    let solved = Solved::of(file, &[]);
    let played = Played::of(file, &["run.agents=4000", "run.replications=40"], &[]);
    for service in ["regular", "high_end"] {
        let id = |name: &str| format!("{service}.{name}");
        let stage = format!("customers.{service}");
        // A thousand customers: ten of them are a percent.
        let survival: Vec<f64> = solved.over_time("as_is", &stage).iter().map(|customers| customers / 10.0).collect();
        case.all_solved(&id("survival_fit_percent_0_12"), &survival[..=12]);
        let fitted = case.list(&id("survival_fit_percent_0_12"));
        for (reference, found) in fitted.iter().zip(played.over_time("as_is", &stage)) {
            plausible(&stage, *reference, &scaled(found, 0.1));
        }
        let retention: Vec<f64> = survival[..=12].windows(2).map(|pair| pair[1] / pair[0]).collect();
        case.all_solved(&id("retention_rate_1_12"), &retention);
        let actual = numbers(case.parameter(&format!("/survival_percent/{service}")));
        let errors: Vec<f64> = (8..=12).map(|t| survival[t] - actual[t]).collect();
        case.all_solved(&id("holdout_error_pctpoints_8_12"), &errors);
        let off = errors.iter().zip(&actual[8..]).map(|(error, actual)| (error / actual).abs() * 20.0);
        let bar = case.entry("bars", &id("holdout_mape_percent_sBG"))["value"].as_f64().unwrap();
        same("the projection's mean error", bar, off.sum());
        let left =
            (1..=7).map(|t| (actual[t - 1] - actual[t]) * 10.0 * libm::log((survival[t - 1] - survival[t]) / 100.0));
        case.solved(&id("loglik_max"), left.sum::<f64>() + actual[7] * 10.0 * libm::log(survival[7] / 100.0));
        let years = format!("outcomes.{service}_years");
        let lifetime = id("discounted_expected_lifetime_d10pct");
        // The horizon of 120 years leaves a hundred-thousandth out.
        case.holds(&lifetime, solved.mean("as_is", &years) / 1000.0);
        plausible(&lifetime, case.number(&lifetime), &scaled(&played.mean("as_is", &years), 1e-3));
        for renewals in [0, 3] {
            let to_come = survival.iter().enumerate().skip(renewals + 1);
            let discounted = to_come.map(|(t, share)| share / libm::pow(1.1, (t - renewals - 1) as f64));
            let residual = discounted.sum::<f64>() / survival[renewals];
            case.holds(&id(&format!("DERL_d10pct_after_{renewals}_renewals")), residual);
        }
    }
}

fn the_microsimulation_finds_the_published_means_and_the_published_errors(case: &Case) {
    let file = "sicksicker_microsim.toml";
    let solved = Solved::of(file, &[]);
    let played = Played::of(file, &["run.agents=50", "run.replications=4000"], &[]);
    // Standard errors are published for 100,000 people.
    let error = |estimate: &Estimate| played.spread(estimate) / 1e5_f64.sqrt();
    let error_holds = |id: &str, found: f64| {
        plausible_spread(id, case.number(id), found, played.replications());
        case.holds(id, found);
    };
    for arm in ["NoTrt", "Trt"] {
        for (name, metric, sign) in [("cost", "npv", -1.0), ("qaly", "outcomes.qaly", 1.0)] {
            let id = format!("{arm}.{name}");
            case.solved(&id, sign * solved.mean(arm, metric));
            let found = played.mean(arm, metric);
            plausible(&id, sign * case.number(&id), &found);
            error_holds(&format!("MCSE_n100000.{id}"), error(&found));
        }
    }
    let gain = |metric| solved.mean("Trt", metric) - solved.mean("NoTrt", metric);
    case.solved("inc_cost", -gain("npv"));
    case.solved("inc_qaly", gain("outcomes.qaly"));
    case.solved("ICER", -gain("npv") / gain("outcomes.qaly"));
    for (id, metric) in [("inc_cost", "npv"), ("inc_qaly", "outcomes.qaly")] {
        let found = played.difference("Trt", metric);
        plausible(id, gain(metric), &found);
        error_holds(&format!("MCSE_n100000.{id}"), error(&found));
    }
    // Were luck not paired, the errors of the two arms would add up in squares.
    let apart = error(&played.mean("NoTrt", "npv")).hypot(error(&played.mean("Trt", "npv")));
    error_holds("MCSE_n100000.inc_cost_if_independent_streams", apart);
    for cycle in [5, 10, 20, 30] {
        case.all_solved(&format!("trace.cycle{cycle}"), &solved.customers("NoTrt", &["H", "S1", "S2", "D"], cycle));
    }
}

fn customers_stay_by_contract_and_service_as_kaplan_and_meier_estimate(case: &Case) {
    let file = "telco_survival.toml";
    let solved = Solved::of(file, &[]);
    let played = Played::of(file, &["run.replications=40"], &[]);
    let curves = [
        ("KM.all", "everyone"),
        ("KM.Month-to-month", "month_to_month"),
        ("KM.One year", "one_year"),
        ("KM.Two year", "two_year"),
        ("KM.internet_DSL", "dsl"),
        ("KM.internet_Fiber optic", "fibre"),
        ("KM.internet_No", "no_internet"),
    ];
    for (id, stage) in curves {
        let metric = format!("customers.{stage}");
        let (survival, simulated) = (solved.over_time("as_is", &metric), played.over_time("as_is", &metric));
        for (month, reference) in case.value(id).as_object().unwrap() {
            let (month, reference): (usize, f64) = (month.parse().unwrap(), reference.as_f64().unwrap());
            case.close(id, reference, survival[month] / survival[0]);
            same(id, reference, survival[month] / survival[0]);
            plausible(id, reference, &scaled(&simulated[month], 1.0 / survival[0]));
        }
    }
    let solved = Solved::of(file, &["run.horizon=24"]);
    let played = Played::of(file, &["run.horizon=24", "run.replications=40"], &[]);
    let customers = solved.over_time("as_is", "customers.month_to_month")[0];
    let wanted = [
        ("m2m.restricted_mean_months_24", "outcomes.month_to_month_months"),
        ("m2m.expected_revenue_24m_per_new_customer_independent_charge", "revenue"),
    ];
    for (id, metric) in wanted {
        case.solved(id, solved.mean("as_is", metric) / customers);
        plausible(id, case.number(id), &scaled(&played.mean("as_is", metric), 1.0 / customers));
    }
    let charge = solved.mean("as_is", "revenue") / solved.mean("as_is", "outcomes.month_to_month_months");
    case.solved("m2m.mean_monthly_charge", charge);
}

fn a_funnel_with_rare_buyers_has_the_means_and_the_errors_of_the_e_mail_test(case: &Case) {
    let file = "ab_hillstrom.toml";
    let solved = Solved::of(file, &[]);
    let arms = [("Mens", "mens"), ("Womens", "womens"), ("No", "no_mail")];
    let customers = |solved: &Solved| solved.model.run.customers as f64;
    let rate = |scenario: &str, what: &str| match what {
        "visit" => 1.0 - solved.mean(scenario, "customers.customer") / customers(&solved),
        "conversion" => solved.mean(scenario, "customers.bought") / customers(&solved),
        _ => solved.mean(scenario, "revenue") / customers(&solved),
    };
    for (arm, scenario) in arms {
        case.solved(&format!("{arm}.visit_rate"), rate(scenario, "visit"));
        case.solved(&format!("{arm}.conversion_rate"), rate(scenario, "conversion"));
        case.solved(&format!("{arm}.spend_per_customer"), rate(scenario, "spend"));
        let baskets = solved.mean(scenario, "revenue") / solved.mean(scenario, "purchases");
        case.solved(&format!("{arm}.spend_per_converter"), baskets);
        // As many customers as the arm had: the replications scatter as the experiment would.
        let n = case.number(&format!("{arm}.n"));
        let size = [format!("run.agents={n}"), format!("run.customers={n}"), "run.replications=300".to_owned()];
        let played = Played::of(file, &size.each_ref().map(String::as_str), &[scenario]);
        let of_one = |metric: &str| scaled(&played.mean(scenario, metric), 1.0 / n);
        let id = format!("{arm}.spend_per_customer");
        plausible(&id, case.number(&id), &of_one("revenue"));
        plausible(arm, case.number(&format!("{arm}.conversion_rate")), &of_one("customers.bought"));
        plausible(arm, 1.0 - case.number(&format!("{arm}.visit_rate")), &of_one("customers.customer"));
        let id = format!("{arm}.se_spend");
        plausible_spread(&id, case.number(&id), of_one("revenue").standard_error.unwrap() * 300.0_f64.sqrt(), 300.0);
        // A thousandth is more than 300 replications show; who buys does so once, and the law of baskets is known.
        let stage = solved.model.stages.iter().find(|stage| stage.name == format!("visit_{scenario}")).unwrap();
        let law = &stage.purchases.as_ref().unwrap().basket_law;
        let (bought, mean) = (rate(scenario, "conversion"), baskets);
        let sd = law.sd() / law.mean() * mean;
        let of_customers = (bought * (sd * sd + mean * mean) - bought * bought * mean * mean).sqrt();
        case.holds(&id, of_customers / n.sqrt());
    }
    // The experiment's arms are other people, so their errors add up in squares.
    let error = |arm: &str| case.number(&format!("{arm}.se_spend"));
    for arm in ["Mens", "Womens"] {
        for what in ["visit", "conversion", "spend"] {
            let id = format!("lift.{arm}.{what}");
            let lift = rate(&arm.to_lowercase(), what) - rate("no_mail", what);
            same(&id, case.value(&id)["diff"].as_f64().unwrap(), lift);
        }
    }
    let lead = rate("mens", "spend") - rate("womens", "spend");
    same("Mens less Womens", case.value("Mens_minus_Womens_spend")["diff"].as_f64().unwrap(), lead);
    case.holds("P_Mens_beats_Womens_on_spend", normal_cdf(lead / error("Mens").hypot(error("Womens"))));
}

fn channels_are_worth_what_is_lost_without_them(case: &Case) {
    let solved = Solved::of("attribution_markov.toml", &[]);
    let played = Played::of("attribution_markov.toml", &["run.agents=4000", "run.replications=16"], &[]);
    let all = solved.mean("all_channels", "customers.converted");
    let journeys = case.number("total_conversions") + case.number("total_null");
    case.solved("total_conversions", all);
    case.solved("total_null", solved.mean("all_channels", "customers.lost"));
    case.solved("conversion_probability", all / journeys);
    case.solved("mean_touchpoints_per_journey", solved.mean("all_channels", "outcomes.touchpoints") / journeys);
    let touched = scaled(&played.mean("all_channels", "outcomes.touchpoints"), 1.0 / journeys);
    plausible("touch points", case.number("mean_touchpoints_per_journey"), &touched);
    let last_touch = case.value("last_touch").as_object().unwrap();
    let effect = |channel: &str| 1.0 - solved.mean(&format!("without_{channel}"), "customers.converted") / all;
    let effects: f64 = last_touch.keys().map(|channel| effect(channel)).sum();
    for (channel, last) in last_touch {
        let without = format!("without_{channel}");
        let id = format!("removal_effect.{channel}");
        case.solved(&id, effect(channel));
        case.solved(&format!("attributed_conversions.{channel}"), all * effect(channel) / effects);
        plausible(&id, (1.0 - case.number(&id)) * all, &played.mean(&without, "customers.converted"));
        let (last, metric) = (last.as_f64().unwrap(), format!("outcomes.last_touch_{channel}"));
        same(&metric, last, solved.mean("all_channels", &metric));
        // Few of the simulated journeys end in a rare channel: not enough for a standard error.
        if last > 50.0 {
            plausible(&metric, last, &played.mean("all_channels", &metric));
        }
    }
    let matrix = case.value("transition_matrix").as_object().unwrap();
    let first = |stage: &str| solved.over_time("all_channels", &format!("customers.{stage}"))[1] / journeys;
    for (channel, chance) in matrix["(start)"].as_object().unwrap() {
        same(channel, chance.as_f64().unwrap(), first(channel));
    }
}

/// The cumulative purchases by the end of every `per_week`-th period.
fn by_week(purchases: &[f64], per_week: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let cumulative = purchases.iter().map(|now| {
        sum += now;
        sum
    });
    cumulative.step_by(per_week).collect()
}

fn repeat_purchases_follow_both_buy_till_you_die_models(case: &Case) {
    let mut tracking = csv::Reader::from_path(case.folder.join("tracking.csv")).unwrap();
    let rows: Vec<Vec<f64>> =
        tracking.records().map(|row| row.unwrap().iter().map(|cell| cell.parse().unwrap()).collect()).collect();
    for (model, file, column, per_week) in
        [("bgnbd", "cdnow_bgnbd.toml", 2, 1), ("pnbd", "cdnow_pareto_nbd.toml", 3, 7)]
    {
        let solved = Solved::of(file, &[]);
        case.holds("customers", solved.over_time("as_is", "customers.to_come")[0]);
        let cumulative = by_week(&solved.over_time("as_is", "purchases"), per_week);
        for row in &rows {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a week")]
            let (found, reference) = (cumulative[row[0] as usize], row[column]);
            // Customers join by the week or by the day, those of the source at any time.
            assert!((found - reference).abs() < 0.1 + 0.002 * reference, "week {}: {found}, not {reference}", row[0]);
        }
        for week in [39, 78] {
            let id = format!("{model}.cum_week{week}");
            case.holds(&id, cumulative[week]);
            let horizon = format!("run.horizon={}", week * per_week);
            let played = Played::of(file, &[&horizon, "run.replications=40"], &[]);
            plausible(&id, case.number(&id), &played.mean("as_is", "purchases"));
        }
        let spend = solved.mean("as_is", "revenue") / solved.mean("as_is", "purchases");
        case.solved("gammagamma.population_mean_spend", spend);
    }
}

fn every_study_that_is_shipped_compiles_without_a_warning() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = ["", "published"].into_iter().flat_map(|below| std::fs::read_dir(folder.join(below)).unwrap());
    let studies =
        files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let mut count = 0;
    for path in studies {
        let study = Study::read(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let model = Model::compile(&study).unwrap_or_else(|faults| panic!("{}: {faults}", path.display()));
        assert!(model.warnings().is_empty(), "{}: {:?}", path.display(), model.warnings());
        assert!(!model.description.is_empty(), "{}", path.display());
        count += 1;
    }
    assert!(count >= 15, "only {count} studies");
}

/// Lines of people who are as good as endlessly patient. What is read off the law of waits is as exact as its table.
fn people_who_do_not_give_up_wait_as_erlang_says(case: &Case) {
    for setting in case.parameter("/cases").as_array().unwrap() {
        let name = format!("lam{}_mu{}_n{}", setting["lam"], setting["mu"], setting["n"]);
        let number = |key: &str| setting[key].as_f64().unwrap();
        let (arrivals, serves, staff) = (number("lam"), number("mu"), number("n"));
        // A unit of time is a minute here, whatever the case calls it.
        let line = Line { arrivals: 60.0 * arrivals, staff, handle: 1.0 / serves, patience: 1e11, variability: 1.0 };
        let means = line.means();
        case.solved(&format!("{name}.P_wait"), means.waits);
        case.solved(&format!("{name}.mean_wait"), means.wait);
        case.solved(&format!("{name}.mean_queue_len"), means.wait * arrivals);
        case.solved(&format!("{name}.utilisation"), line.utilisation(means.gives_up));
        case.holds(&format!("{name}.wait_p90"), line.law().offered(0.9));
        let servers = setting["n"].as_u64().and_then(|servers| u32::try_from(servers).ok()).unwrap();
        case.solved(&format!("{name}.blocking_erlangB_no_queue"), erlang_b(servers, arrivals / serves));
        let within = format!("{name}.P_wait_le_");
        for entry in case.root["expected"].as_array().unwrap() {
            if let Some(time) = entry["id"].as_str().unwrap().strip_prefix(&within) {
                case.holds(&format!("{within}{time}"), line.served_within(time.parse().unwrap()));
            }
        }
        if name == "lam48_mu1_n50" {
            let law = line.law();
            let waits = || (0..100_000).map(|i| law.offered((f64::from(i) + 0.5) / 1e5));
            let mean = waits().sum::<f64>() / 1e5;
            let variance = waits().map(|wait| (wait - mean) * (wait - mean)).sum::<f64>() / 1e5;
            case.holds("limit_n50.spread_var_wait", variance);
        }
    }
}
