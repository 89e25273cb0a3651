//! Reports with a business to test with: a plausible roadmap with its money, and the extremes.

#![allow(clippy::missing_panics_doc, reason = "a fixture fails by panicking")]

use super::Report;
use super::fixture;
use crate::estimate::business::{
    BookLine, Books, Business, BusinessCase, CapabilityCourse, ChainCell, ChainPart, CohortResult, CohortsOfScenario,
    ImpactChain, InitiativeCourse, Irr, LineGroup, Payback, Roadmap, RuleCourse, ScenarioBooks, TargetOfScenario,
    TargetResult, Uncertainty,
};
use crate::quantity::UNITS_PER_ONE;
use crate::stats::estimate::Estimate;

/// Initiatives: name, title, pillar, start, live, full and end as planned, share live, effect at the end.
type Plan = (&'static str, &'static str, &'static str, u32, u32, u32, Option<u32>, f64);

const KNOW: &str = "We always know who you are";
const EASY: &str = "It is easy to buy & to return";
const REACH: &str = "You hear from us when it matters";

const PLANS: [Plan; 8] = [
    ("clean_data", "Clean customer data", KNOW, 1, 4, 6, None, 1.0),
    ("single_view", "One view of each customer in shop and web", KNOW, 4, 11, 16, None, 0.97),
    ("recognise", "Recognised at the till", KNOW, 10, 15, 20, None, 0.88),
    ("returns", "Free returns at any parcel box in the country", EASY, 2, 5, 6, None, 1.0),
    ("checkout", "Checkout in one step", EASY, 8, 10, 13, None, 0.99),
    ("offers", "Personal offers", REACH, 12, 17, 23, None, 0.74),
    ("winback", "Win-back campaign", REACH, 6, 7, 7, Some(18), 1.0),
    ("service", "Service agents who see the whole history", REACH, 18, 24, 30, None, 0.52),
];

const LINES: [(&str, &str, LineGroup); 8] = [
    ("revenue", "Revenue", LineGroup::Revenue),
    ("fees", "Delivery and membership fees", LineGroup::Revenue),
    ("goods", "Cost of goods", LineGroup::Variable),
    ("payment", "Payment and packing", LineGroup::Variable),
    ("service_cost", "Customer service", LineGroup::Service),
    ("acquisition", "Acquisition", LineGroup::Acquisition),
    ("initiatives.once", "Building initiatives", LineGroup::InitiativeOnce),
    ("initiatives.running", "Running initiatives", LineGroup::InitiativeRunning),
];

const DRIVERS: [(&str, &str, f64); 8] = [
    ("customers", "More customers stay", 0.9),
    ("frequency", "They buy more often", 0.55),
    ("basket", "They put more in the basket", 0.21),
    ("margin_rate", "Margin rate", -0.12),
    ("fees", "Fees", 0.04),
    ("cost_to_serve", "Cost to serve", -0.18),
    ("acquisition", "Acquisition", 0.02),
    ("initiatives", "Initiatives", -0.52),
];

/// What a business is made from.
#[derive(Clone, Copy)]
pub struct Recipe {
    /// How many months.
    pub horizon: u32,
    /// How many initiatives a roadmap has.
    pub initiatives: usize,
    /// What every amount is multiplied by.
    pub factor: f64,
    /// Whether intervals are known.
    pub doubted: bool,
    /// How many lines the books have.
    pub lines: usize,
}

const PLAIN: Recipe = Recipe { horizon: 36, initiatives: 8, factor: 1.0, doubted: true, lines: 8 };

/// The plain report with a rich business.
pub fn report() -> Report {
    PLAIN.on(fixture::report())
}

/// Every business that has nearly nothing, or far too much, in it.
pub fn extremes() -> Vec<(&'static str, Report)> {
    let base = fixture::Recipe { scenarios: 3, stages: 5, horizon: 36, replications: 200, factor: 1.0, gain: 0.04 };
    let of = |change: fixture::Recipe, recipe: Recipe| {
        let horizon = u32::try_from(change.horizon).unwrap();
        let mut report = Recipe { horizon, ..recipe }.on(change.report());
        // The metrics have extremes of their own.
        report.series.clear();
        report
    };
    let plain = |recipe: Recipe| of(base, recipe);
    let mut bare = plain(PLAIN);
    strip(&mut bare.business);
    let mut one = plain(PLAIN);
    cut(&mut one.business);
    let once = fixture::Recipe { replications: 1, ..base };
    vec![
        ("business bare", bare),
        ("business one case", one),
        ("business one scenario", of(fixture::Recipe { scenarios: 1, ..base }, PLAIN)),
        ("business wide", wide()),
        ("business huge", plain(Recipe { factor: 1e9, ..PLAIN })),
        ("business tiny", plain(Recipe { factor: 1e-9, ..PLAIN })),
        ("business zero", plain(Recipe { factor: 0.0, ..PLAIN })),
        ("business negative", plain(Recipe { factor: -1.0, ..PLAIN })),
        ("business one period", of(fixture::Recipe { horizon: 1, ..base }, PLAIN)),
        ("business long", of(fixture::Recipe { horizon: 600, ..base }, PLAIN)),
        ("business one replication", of(once, Recipe { doubted: false, ..PLAIN })),
    ]
}

/// Twelve scenarios, thirty initiatives and forty lines, with hard names. One of each large chart is enough.
fn wide() -> Report {
    let mut report = Recipe { initiatives: 30, lines: 40, ..PLAIN }.on(fixture::wide());
    report.series.clear();
    let business = &mut report.business;
    business.roadmaps.retain(|roadmap| roadmap.scenario == "s5");
    business.chains.retain(|chain| chain.scenario == "s5");
    business.cohorts.truncate(1);
    business.cases.iter_mut().filter(|case| case.scenario != "s5").for_each(|case| case.by_line.clear());
    report
}

/// Leaves one of everything.
fn cut(business: &mut Business) {
    business.roadmaps.truncate(1);
    business.roadmaps[0].initiatives.truncate(1);
    business.cases.truncate(1);
    business.chains.truncate(1);
    business.targets.truncate(1);
    business.cohorts.truncate(1);
}

/// Takes everything away that a list can do without, and leaves the entries.
fn strip(business: &mut Business) {
    for roadmap in &mut business.roadmaps {
        roadmap.capabilities.clear();
        roadmap.rules.clear();
        for initiative in &mut roadmap.initiatives {
            initiative.effect.clear();
            initiative.pillar.clear();
            (initiative.planned_start, initiative.planned_live, initiative.planned_full) = (None, None, None);
            (initiative.live, initiative.live_share) = (None, 0.0);
        }
    }
    for case in &mut business.cases {
        case.cumulative_discounted.clear();
        case.by_line.clear();
        case.return_on_investment = None;
        case.irr = Irr::None;
    }
    business.chains.iter_mut().for_each(|chain| chain.parts.clear());
    business.targets.iter_mut().for_each(|target| target.scenarios.clear());
    business.cohorts.iter_mut().for_each(|of| of.cohorts.truncate(1));
    business.books = Books::default();
    business.uncertainty.clear();
}

/// Lets the business cases say what the summary says.
fn agree(report: &mut Report) {
    for case in &mut report.business.cases {
        let contrast = report.summary.contrasts.iter().find(|contrast| contrast.scenario == case.scenario);
        let Some(npv) = contrast.and_then(|contrast| contrast.metrics.get("npv")) else { continue };
        let sum: f64 = case.by_line.iter().map(|(_, amount)| amount).sum();
        case.by_line.iter_mut().take(1).for_each(|(_, amount)| *amount += npv.estimate.mean - sum);
        let own = report.business.uncertainty.iter_mut().filter(|own| own.scenario == case.scenario);
        own.for_each(|own| {
            own.mean = npv.estimate.mean;
            own.simulation_error = npv.estimate.standard_error.unwrap_or(0.0);
        });
        (case.npv, case.probability_positive) = (npv.estimate, npv.probability_better);
    }
}

impl Recipe {
    fn on(self, mut report: Report) -> Report {
        let names: Vec<String> = report.summary.scenarios.iter().map(|s| s.name.clone()).collect();
        report.business = self.business(&names);
        if self.factor == 1.0 {
            agree(&mut report);
        }
        report
    }

    fn business(self, names: &[String]) -> Business {
        let others = || names.iter().enumerate().skip(1);
        Business {
            first_month: 1,
            fiscal_year_start: 7,
            fiscal_years: (0..=self.horizon).map(|time| (time.max(1) + 5) / 12 + 1).collect(),
            discount_rate: 0.08,
            discount_rate_is_uncertain: false,
            valued_before_end: 0.5,
            years_per_period: 1.0 / 12.0,
            roadmaps: others().map(|(place, name)| self.roadmap(place, name)).collect(),
            books: self.books(names),
            cases: others().map(|(place, name)| self.case(place, name)).collect(),
            chains: others().map(|(place, name)| self.chain(place, name)).collect(),
            targets: self.targets(names),
            cohorts: names.iter().enumerate().map(|(place, name)| self.cohorts(place, name)).collect(),
            uncertainty: others().map(|(place, name)| self.uncertainty(place, name)).collect(),
        }
    }

    fn estimate(self, mean: f64, error: f64) -> Estimate {
        let (mean, error) = (self.factor * mean, (self.factor * error).abs());
        let (low, high) = if self.doubted { (mean - 2.0 * error, mean + 2.0 * error) } else { (mean, mean) };
        Estimate { mean, standard_error: self.doubted.then_some(error), low, high }
    }

    fn initiative(self, place: usize, of: usize) -> InitiativeCourse {
        let (name, title, pillar, start, live, full, end, share) = PLANS[place % PLANS.len()];
        let later = u32::try_from(place / PLANS.len()).unwrap() * 3 + u32::try_from(of - 1).unwrap() * 2;
        let [start, live, full] = [start, live, full].map(|period| period + later);
        let slip = 1.0 + 3.0 * (1.0 - share);
        let effect = |time: u32| {
            let since = f64::from(time) - f64::from(live) - slip / 2.0 + 1.0;
            let ramp = f64::from(full - live).max(1.0);
            let over = end.is_some_and(|end| time > end + later);
            let dip = if (0.0..3.0).contains(&since) && place % 3 == 1 { 0.35 } else { 0.0 };
            if since < 0.0 || over { 0.0 } else { share * (since / ramp).min(1.0) - dip }
        };
        let within = f64::from(live) <= f64::from(self.horizon);
        InitiativeCourse {
            name: format!("{name}_{place}"),
            title: if place < 8 { title.to_owned() } else { format!("{title}, wave {}", place / 8 + 1) },
            pillar: pillar.to_owned(),
            planned_start: (place != 6).then_some(start),
            planned_live: (place != 6).then_some(live),
            planned_full: (place != 6).then_some(full),
            planned_end: end.map(|end| end + later),
            live_share: if within { share } else { 0.0 },
            live: within.then(|| {
                let [low, median, high] = [0.0, slip / 2.0, 2.0 * slip].map(libm::floor);
                [low, median, high].map(|by| (f64::from(live) + by).min(f64::from(self.horizon)))
            }),
            effect: (0..=self.horizon).map(effect).collect(),
            requires: if place % 8 == 1 || place % 8 == 5 { vec![("data".to_owned(), 0.8)] } else { Vec::new() },
            provides: if place.is_multiple_of(8) { vec![("data".to_owned(), 1.0)] } else { Vec::new() },
        }
    }

    fn roadmap(self, of: usize, name: &str) -> Roadmap {
        let capability = |name: &str, title: &str, kind: &str, from: f64, by: f64| CapabilityCourse {
            name: name.to_owned(),
            title: title.to_owned(),
            kind: kind.to_owned(),
            level: (0..=self.horizon).map(|time| (from + by * f64::from(time / 3)).clamp(0.0, 1.0)).collect(),
        };
        let rule = |when: &str, then: &str, share: f64, median_period| RuleCourse {
            when: when.to_owned(),
            then: then.to_owned(),
            share,
            median_period,
        };
        let initiatives = if of == 2 { self.initiatives.div_ceil(2) } else { self.initiatives };
        Roadmap {
            scenario: name.to_owned(),
            initiatives: (0..initiatives).map(|place| self.initiative(place, of)).collect(),
            capabilities: vec![
                capability("data", "Clean data about customers", "data", 0.2, 0.2),
                capability("analysts", "Analysts who know the shops", "people", 0.5, 0.05),
            ],
            rules: vec![
                rule("retention at month 12 is below 0.6", "start Win-back campaign", 0.37, Some(13.0)),
                rule(
                    "cost of initiatives passes 2.5 M",
                    "stop Personal offers and give the money to service",
                    0.0,
                    None,
                ),
            ],
        }
    }

    /// Money of a line in one month.
    fn amount(self, line: usize, time: u32, of: usize) -> f64 {
        let grown = 1.0 + 0.17 * libm::sqrt(of as f64) * (f64::from(time) / 18.0).min(2.0);
        let kept = libm::exp(-0.02 * f64::from(time));
        let build = if time < 24 { 1.0 } else { 0.05 };
        let each = match LINES[line % LINES.len()].2 {
            LineGroup::Revenue if line.is_multiple_of(8) => 1e6 * kept * grown,
            LineGroup::Revenue => 2e4 * kept * grown,
            LineGroup::Variable if line % 8 == 2 => 5.8e5 * kept * grown,
            LineGroup::Variable => 7e4 * kept * grown,
            LineGroup::Service => 9e4 * kept * (1.0 + 0.01 * of as f64),
            LineGroup::Acquisition => 4e4,
            LineGroup::InitiativeOnce => 4e4 * of as f64 * build,
            LineGroup::InitiativeRunning => 9e3 * of as f64 * (1.0 - build),
        };
        if time == 0 { 0.0 } else { self.factor * each }
    }

    fn lines(self) -> Vec<BookLine> {
        let line = |place: usize| {
            let (name, title, group) = LINES[place % LINES.len()];
            let title = if place < 8 { title.to_owned() } else { format!("{title}, brand {}", place / 8 + 1) };
            BookLine { name: format!("{name}{place}"), title, group }
        };
        (0..self.lines).map(line).collect()
    }

    fn books(self, names: &[String]) -> Books {
        #[expect(clippy::cast_possible_truncation, reason = "an amount of money")]
        let units = |amount: f64| libm::round(amount * UNITS_PER_ONE) as i128;
        let of = |(of, scenario): (usize, &String)| ScenarioBooks {
            scenario: scenario.clone(),
            totals: (0..self.lines)
                .map(|line| (0..=self.horizon).map(|time| units(self.amount(line, time, of))).collect())
                .collect(),
            cells: Vec::new(),
        };
        Books { lines: self.lines(), scenarios: names.iter().enumerate().map(of).collect() }
    }

    fn payback(self, of: usize, later: f64) -> Payback {
        let middle = 14.0 + 5.0 * (of as f64 - 1.0) + later;
        let most = (1.06 - 0.1 * of as f64).max(0.02);
        let share = |time: u32| (most / (1.0 + libm::exp((middle - f64::from(time)) / 2.5))).min(1.0);
        let by_time: Vec<f64> = (0..=self.horizon).map(share).collect();
        let reached = |p: f64| by_time.iter().position(|share| *share >= p).map(|time| time as f64);
        Payback { within_horizon: share(self.horizon), periods: [0.05, 0.5, 0.95].map(reached), by_time }
    }

    fn case(self, of: usize, name: &str) -> BusinessCase {
        let course = |time: u32| {
            let t = f64::from(time);
            let mean = -7e5 * libm::sin((t / 12.0).min(core::f64::consts::PI)) + 7e4 * (t - 8.0).max(0.0) / of as f64;
            let spread = 3.5e4 * libm::sqrt(t * 6.0);
            [mean - 1.6 * spread, mean - 0.1 * spread, mean, mean + 1.8 * spread].map(|value| self.factor * value)
        };
        let lines = self.lines().into_iter().enumerate();
        let by_line: Vec<(BookLine, f64)> = lines
            .map(|(place, line)| {
                let sign = line.group.sign() as f64;
                let all = 1..=self.horizon;
                let by = all.map(|time| self.amount(place, time, of) - self.amount(place, time, 0)).sum::<f64>();
                (line, sign * 0.9 * by)
            })
            .collect();
        let npv = by_line.iter().map(|(_, amount)| amount).sum::<f64>();
        let npv = if self.factor == 0.0 { 0.0 } else { npv / self.factor };
        BusinessCase {
            scenario: name.to_owned(),
            baseline: "today".to_owned(),
            npv: self.estimate(npv, 6e4),
            probability_positive: 0.98 - 0.05 * of as f64,
            irr: match of {
                1 => Irr::Rate(0.34),
                2 => Irr::Several(vec![0.021, 0.46]),
                _ => Irr::None,
            },
            payback: self.payback(of, 0.0),
            discounted_payback: self.payback(of, 2.0),
            peak_funding: self.estimate(7.4e5 * of as f64, 2.1e4),
            return_on_investment: (of != 2).then_some(Estimate {
                mean: 1.8,
                low: 1.4,
                high: 2.2,
                standard_error: Some(0.2),
            }),
            tail: 0.05,
            value_at_risk: self.factor * 2.1e5 * (of as f64 - 1.5),
            expected_shortfall: self.factor * 3.4e5 * (of as f64 - 1.2),
            cumulative_discounted: (0..=self.horizon).map(course).collect(),
            by_line,
        }
    }

    fn chain(self, of: usize, name: &str) -> ImpactChain {
        let part = |(driver, title, amount): (&str, &str, f64)| ChainPart {
            driver: driver.to_owned(),
            title: title.to_owned(),
            amount: self.estimate(1.1e6 * amount / of as f64, 4e4 * (0.3 + amount.abs())),
        };
        let sum: f64 = DRIVERS.iter().map(|(_, _, amount)| 1.1e6 * amount / of as f64).sum();
        let cell = |year: u32| ChainCell {
            segment: Some("loyal".to_owned()),
            year,
            driver: "customers".to_owned(),
            amount: self.factor * 1e5,
        };
        ImpactChain {
            scenario: name.to_owned(),
            baseline: "today".to_owned(),
            parts: DRIVERS.into_iter().map(part).collect(),
            total: self.estimate(sum, 7e4),
            cells: (1..=3).map(cell).collect(),
        }
    }

    fn targets(self, names: &[String]) -> Vec<TargetResult> {
        let target = |place: usize, asked: &str, otherwise: &str, metric: &str, period: u32, unit: f64| TargetResult {
            title: String::new(),
            name: metric.to_owned(),
            asked: asked.to_owned(),
            otherwise: otherwise.to_owned(),
            metric: metric.to_owned(),
            segment: None,
            segment_title: None,
            period,
            at_least: true,
            bound: 0.7,
            against_baseline: false,
            scenarios: names.iter().enumerate().map(|(of, name)| self.target(place, of, name, period, unit)).collect(),
        };
        let after = self.horizon.div_ceil(3) * 2;
        vec![
            target(
                0,
                "retention of all customers at month 24 is at least 0.55",
                "spend on service what advertising would get",
                "retention",
                after,
                0.0,
            ),
            target(
                1,
                "cash flow of a year is at least EUR 2.5 M more than in “Today”",
                "",
                "cash_flow",
                self.horizon,
                1e5,
            ),
            target(
                2,
                "satisfaction of loyal customers at month 12 is at least 0.8",
                "Ask them why.",
                "satisfaction",
                after / 2,
                0.0,
            ),
        ]
    }

    fn target(self, place: usize, of: usize, name: &str, period: u32, unit: f64) -> TargetOfScenario {
        let chance = |time: u32| {
            let by = 0.25 * (f64::from(time) - 9.0 * place as f64 - 16.0 + 4.0 * of as f64);
            (1.0 / (1.0 + libm::exp(if place == 0 { by } else { -by }))).clamp(0.0, 1.0)
        };
        let gap = chance(period) - 0.5;
        let gap = if unit > 0.0 {
            self.estimate(unit * gap, unit * 0.05)
        } else {
            Estimate { mean: 0.1 * gap, standard_error: Some(0.004), low: 0.1 * gap - 0.008, high: 0.1 * gap + 0.008 }
        };
        TargetOfScenario {
            scenario: name.to_owned(),
            probability: chance(period),
            gap,
            probability_over_time: (0..=self.horizon).map(chance).collect(),
        }
    }

    fn cohorts(self, of: usize, name: &str) -> CohortsOfScenario {
        let cohort = |entry: u32| CohortResult {
            entry,
            customers: if entry == 0 { 20_000.0 } else { 260.0 + 9.0 * f64::from(entry % 12) },
            retention: (0..=self.horizon - entry)
                .map(|since| {
                    0.15 + 0.85
                        * libm::exp(
                            -0.055 * f64::from(since) * (1.0 - 0.012 * f64::from(entry.min(40)) - 0.1 * of as f64),
                        )
                })
                .collect(),
            lifetime_value: self.factor * (84.0 + f64::from(entry) * 0.9),
            tail_value: None,
            captured_share: Some(0.8),
        };
        CohortsOfScenario { scenario: name.to_owned(), cohorts: (0..=self.horizon).map(cohort).collect() }
    }

    fn uncertainty(self, of: usize, name: &str) -> Uncertainty {
        Uncertainty {
            scenario: name.to_owned(),
            difference: true,
            metric: "npv".to_owned(),
            mean: self.factor * 1.2e6,
            simulation_error: (self.factor * 6e4).abs(),
            parameter_sd: (self.factor * 3.1e5).abs(),
            parameter_is_lost_in_chance: of == 2,
            outcome_sd: (self.factor * 3.4e5).abs(),
            agents_that_would_do: (of != 2).then_some(3_200),
        }
    }
}
