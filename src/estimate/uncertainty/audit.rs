//! The audit holds the simulation against what is known of it without chance, and judges whether chance alone can have
//! led so far away.
//!
//! A mean over replications is tested by Student's tail, freed of skewness. Customers are counted over all replications,
//! and tested by the binomial tail: no two of them affect each other where expectations are exact. A ratio is tested
//! through its parts, since the expectation of a ratio is not the ratio of expectations. Only replications whose own draw
//! was solved are compared. What holds whatever chance does is checked in every replication: customers add up, and money
//! ties.

use crate::engine::exact::depth::Depth;
use crate::engine::exact::obstacle::follows_satisfaction;
use crate::engine::mechanism::schedule::obstacles;
use crate::model::Model;
use crate::model::counter::{ACQUIRED, CUSTOMERS};
use crate::model::people::Segment;
use crate::quantity::{TraitId, UNITS_PER_ONE};
use crate::stats::distribution::Distribution;
use crate::stats::significance::{Skewed, binomial, student, unskewed};
use crate::stats::special::{normal_cdf, normal_density};

use super::matched::customers;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::pricer::{Expected, Priced, PricedScenario};
use crate::estimate::summary::{AuditStatus, AuditSummary, AuditTest, Audited, Unaudited};
use crate::model::facts::Part;
use crate::model::metric::Metric;

/// How unlikely all of a run's tests together make an alarm by chance.
const ALARM: f64 = 1e-5;
/// With fewer purchases, or occurrences of a touchpoint, expected they are not tested.
const FEW: f64 = 20.0;
/// What single precision, quantile tables and grids may differ by: nothing that chance could show.
const ROUNDING: f64 = 1e-6;
/// A mean whose skewness is larger is too far from normal for Student's tail so far out.
const SKEWED: f64 = 0.5;
/// The same for the skewness of what cannot be seen in a sample: laws of baskets and traits.
const SKEWED_LAW: f64 = 0.2;
/// With fewer replications Student's tails are so heavy that skewness does not matter.
const FEW_REPLICATIONS: u64 = 8;

/// What all replications came to.
pub struct Audit {
    scenarios: Vec<OfScenario>,
    replications: u64,
    broken: Vec<String>,
}

#[derive(Clone, Default)]
struct OfScenario {
    agents: f64,
    counts: Vec<Counted>,
    metrics: Vec<Differing>,
    satisfaction: Differing,
    purchases: f64,
}

/// Customers, summed over replications.
#[derive(Clone, Default)]
struct Counted {
    seen: f64,
    expected: f64,
    each: Differing,
}

/// A number of every replication, simulated less expected.
#[derive(Clone, Default)]
struct Differing {
    off: Skewed,
    simulated: f64,
    expected: f64,
}

impl OfScenario {
    /// How many simulated ones so many real ones are, as customers are in the mean.
    fn simulated_of(&self, real: f64) -> f64 {
        let simulated: f64 = self.counts.iter().map(|counted| counted.expected).sum();
        let customers: f64 = self.counts.iter().map(|counted| counted.each.expected).sum();
        if customers > 0.0 { real * simulated / customers } else { 0.0 }
    }
}

impl Differing {
    fn push(&mut self, simulated: f64, expected: f64) {
        self.off.push(simulated - expected);
        self.simulated += simulated;
        self.expected += expected;
    }

    fn means(&self) -> (f64, f64) {
        let count = self.off.count().max(1) as f64;
        (self.simulated / count, self.expected / count)
    }

    /// Whether both say the same but for rounding.
    fn agrees(&self) -> bool {
        let (simulated, expected) = self.means();
        self.off.mean().abs() <= ROUNDING * simulated.abs().max(expected.abs())
    }

    fn is_steady(&self) -> bool {
        self.off.standard_error().is_none_or(|error| error == 0.0)
    }

    fn student(&self) -> f64 {
        let (error, count) = (self.off.standard_error().unwrap_or(0.0), self.off.count());
        let skewness = if count < FEW_REPLICATIONS { 0.0 } else { self.off.skewness() / libm::sqrt(count as f64) };
        student(unskewed(self.off.mean() / error, skewness), (count - 1) as f64)
    }
}

impl Audit {
    /// Before any replication.
    pub fn new(model: &Model, metrics: usize) -> Self {
        let scenario = OfScenario {
            counts: vec![Counted::default(); model.stages.len() + 3],
            metrics: vec![Differing::default(); metrics],
            ..OfScenario::default()
        };
        Self { scenarios: vec![scenario; model.scenarios.len()], replications: 0, broken: Vec::new() }
    }

    /// Takes in a replication.
    pub fn take(&mut self, model: &Model, lines: &Lines, metrics: &[Metric], priced: &Priced) {
        for (scenario, its) in priced.scenarios.iter().enumerate() {
            let name = &model.scenarios[scenario].name;
            for what in untied(model, lines, its).map(|what| format!("{what} in scenario `{name}`")) {
                if !self.broken.contains(&what) {
                    self.broken.push(what);
                }
            }
        }
        self.replications += u64::from(priced.expected.iter().any(Option::is_some));
        let scenarios = self.scenarios.iter_mut().zip(&priced.scenarios).zip(&priced.expected);
        for (seen, its, expected) in
            scenarios.filter_map(|((seen, its), expected)| Some((seen, its, expected.as_ref()?)))
        {
            let Expected { books: expected, matched } = expected;
            seen.agents += matched.agents;
            seen.purchases += matched.purchases;
            let (simulated, expected_real) = (customers(&its.all.counted), customers(&expected.counted));
            for ((counted, count), real) in
                seen.counts.iter_mut().zip(&matched.counts).zip(simulated.into_iter().zip(expected_real))
            {
                counted.seen += count.0;
                counted.expected += count.1;
                counted.each.push(real.0, real.1);
            }
            for (differing, metric) in seen.metrics.iter_mut().zip(metrics) {
                differing.push(metric.horizon(&its.all), metric.horizon(expected));
            }
            seen.satisfaction.push(Part::Satisfaction.at_end(&its.all), Part::Satisfaction.at_end(expected));
        }
    }

    /// What the audit finds.
    ///
    /// `solved` says for which numbers there are expectations.
    pub fn found(&self, model: &Model, metrics: &[Metric], solved: Option<Depth>) -> AuditSummary {
        let (mut tests, mut unaudited) = (Vec::new(), Vec::new());
        // A scenario that has no expectations was not compared.
        let is_compared = |seen: &OfScenario| seen.satisfaction.off.count() > 0;
        let not_compared: Vec<String> = (0..self.scenarios.len())
            .filter(|scenario| !is_compared(&self.scenarios[*scenario]))
            .map(|scenario| format!("`{}`", model.scenarios[scenario].name))
            .collect();
        if self.replications > 0 {
            for (scenario, seen) in self.scenarios.iter().enumerate().filter(|(_, seen)| is_compared(seen)) {
                let mut judge = Judge { model, scenario, tests: &mut tests, unaudited: &mut unaudited };
                judge.scenario(seen, metrics, self.replications);
            }
        }
        let bound = ALARM / (tests.len().max(1)) as f64;
        let failed: Vec<Audited> = tests.iter().filter(|test| test.probability < bound).cloned().collect();
        let worst = tests.iter().min_by(|a, b| a.probability.total_cmp(&b.probability)).cloned();
        let status = if !failed.is_empty() || !self.broken.is_empty() {
            AuditStatus::Failed
        } else if tests.is_empty() {
            AuditStatus::NotAudited
        } else {
            AuditStatus::Passed
        };
        let why = match (tests.is_empty(), not_compared.is_empty()) {
            (true, _) => Some(why_not(model, solved)),
            (false, true) => None,
            (false, false) => {
                Some(format!("{} without exact values: {}", not_compared.join(", "), why_not(model, solved)))
            }
        };
        AuditSummary {
            status,
            why,
            tests: tests.len(),
            replications: self.replications,
            bound,
            worst,
            failed,
            broken: self.broken.clone(),
            not_tested: unaudited,
        }
    }
}

/// Why nothing was held against an expectation.
fn why_not(model: &Model, solved: Option<Depth>) -> String {
    let why = obstacles(model);
    match solved {
        Some(Depth::Medians) => "exact values are those at the medians of what is uncertain".to_owned(),
        _ if why.is_empty() => "no replication was solved exactly".to_owned(),
        _ => why.join("; "),
    }
}

/// What does not hold that holds whatever chance does.
fn untied(model: &Model, lines: &Lines, its: &PricedScenario) -> impl Iterator<Item = &'static str> {
    /// What sums of floating point may differ by.
    const CLOSE: f64 = 1e-9;
    let counted = &its.all.counted;
    let mut came = 0.0;
    let mut broken = [false; 3];
    for t in 0..counted.times() {
        came += its.cohorts.get(t).map_or(0.0, |cohort| cohort.came);
        let there: f64 = counted.flows.cells(CUSTOMERS, t).iter().sum();
        broken[0] |= (there - came).abs() > CLOSE * came;
        let acquired = counted.flows.cells(ACQUIRED, t)[0];
        broken[1] |= counted.retained[t] > acquired * (1.0 + CLOSE) || acquired > came * (1.0 + CLOSE);
    }
    let (mut ledger, mut gross, mut cells) = (0_i128, 0_i128, 0.0);
    for (line, its_line) in lines.all.iter().enumerate() {
        for units in its.posted.line(line).filter(|units| *units != 0) {
            ledger += units * its_line.group.sign();
            gross += units.abs();
            cells += 1.0;
        }
    }
    let statement = Metric::CashFlow.horizon(&its.all) * UNITS_PER_ONE;
    // Each posting is rounded by half a unit at most; several may come to one cell.
    let postings = cells * (2 * (model.stages.len() + model.initiatives.len()) + 4) as f64 + 64.0;
    broken[2] = (ledger as f64 - statement).abs() > postings + CLOSE * gross as f64;
    let words = [
        "customers do not add up over stages",
        "more customers are retained than ever were, or than came",
        "the books and the statement do not tie",
    ];
    words.into_iter().zip(broken).filter(|(_, is)| *is).map(|(what, _)| what)
}

/// Judges one scenario.
struct Judge<'a> {
    model: &'a Model,
    scenario: usize,
    tests: &'a mut Vec<Audited>,
    unaudited: &'a mut Vec<Unaudited>,
}

impl Judge<'_> {
    fn scenario(&mut self, seen: &OfScenario, metrics: &[Metric], replications: u64) {
        let stages = (0..self.model.stages.len()).map(|stage| Metric::Stage(stage).name(self.model));
        let others = [Metric::ActiveCustomers.key(), Part::Acquired.name(), Metric::Churned.key()];
        let names = stages.chain(others.map(str::to_owned));
        for (name, counted) in names.zip(&seen.counts) {
            self.customers(name, counted, seen.agents);
        }
        let law = skewness_of_money(self.model, seen.purchases).max(skewness_of_traits(self.model, seen.agents));
        let stay = seen.counts.iter().all(|counted| counted.each.is_steady() && counted.each.agrees());
        let counts_events = |metric: &Metric| matches!(metric, Metric::Purchases | Metric::Met(..));
        let mut events = metrics.iter().zip(&seen.metrics).filter(|(metric, _)| counts_events(metric));
        let still = stay && events.all(|(_, differing)| differing.agrees());
        for (metric, differing) in metrics.iter().zip(&seen.metrics) {
            let name = metric.name(self.model);
            match metric {
                // Those counted one by one are tested above, and a sum up to a time through what it sums up.
                Metric::ActiveCustomers | Metric::Churned | Metric::Stage(_) | Metric::CumulativeCashFlow => {}
                _ if !metric.has_expectation(follows_satisfaction(self.model)) => {}
                // A ratio through its parts: customers retained now and ever are tested above.
                _ if metric.is_ratio() => {
                    if metric.facts().ratio.is_some_and(|ratio| ratio.part == Part::Satisfaction) {
                        self.mean(Part::Satisfaction.name().to_owned(), &seen.satisfaction, still, 0.0);
                    }
                }
                Metric::Purchases if seen.purchases < FEW && !differing.agrees() => {
                    self.leave_out(name, "fewer than 20 purchases are expected");
                }
                Metric::Met(..) if seen.simulated_of(differing.expected) < FEW && !differing.agrees() => {
                    self.leave_out(name, "it is expected to happen fewer than 20 times");
                }
                _ if replications < 2 && !differing.agrees() => self.leave_out(name, "there is one replication"),
                _ => self.mean(name, differing, still, law),
            }
        }
    }

    fn customers(&mut self, metric: String, counted: &Counted, agents: f64) {
        let Counted { seen, expected, each } = counted;
        let (test, probability) = if each.agrees() {
            (AuditTest::Equal, 1.0)
        } else {
            (AuditTest::Binomial, binomial(*seen, agents, expected / agents))
        };
        self.note(metric, each, test, probability);
    }

    fn mean(&mut self, metric: String, differing: &Differing, still: bool, law: f64) {
        let count = differing.off.count();
        let skewed = differing.off.skewness().abs() / libm::sqrt(count as f64);
        if differing.agrees() {
            self.note(metric, differing, AuditTest::Equal, 1.0);
        } else if differing.is_steady() && still {
            // Nothing varies, and customers agree: so must what they are worth.
            self.note(metric, differing, AuditTest::Equal, 0.0);
        } else if differing.is_steady() {
            self.leave_out(metric, "all replications came to the same");
        } else if law > SKEWED_LAW {
            self.leave_out(metric, "baskets or traits are too skewed for what was simulated");
        } else if count >= FEW_REPLICATIONS && skewed > SKEWED {
            self.leave_out(metric, "replications are too skewed");
        } else {
            self.note(metric, differing, AuditTest::Student, differing.student());
        }
    }

    fn note(&mut self, metric: String, differing: &Differing, test: AuditTest, probability: f64) {
        let (simulated, exact) = differing.means();
        let scenario = self.model.scenarios[self.scenario].name.clone();
        self.tests.push(Audited { scenario, metric, simulated, exact, test, probability });
    }

    fn leave_out(&mut self, metric: String, why: &str) {
        let scenario = self.model.scenarios[self.scenario].name.clone();
        self.unaudited.push(Unaudited { scenario, metric, why: why.to_owned() });
    }
}

/// The skewness of the sum of so many baskets, the most skewed of all stages'.
fn skewness_of_money(model: &Model, purchases: f64) -> f64 {
    let purchasing = model.stages.iter().filter_map(|stage| stage.purchases.as_ref());
    let most = purchasing.map(|its| skewness(&its.basket_law)).fold(0.0, f64::max);
    if most > 0.0 { most / libm::sqrt(purchases.max(1e-9)) } else { 0.0 }
}

/// The skewness of the sum over so many customers of the most skewed trait that purchases, baskets or values are
/// multiplied by.
fn skewness_of_traits(model: &Model, agents: f64) -> f64 {
    let purchasing = model.stages.iter().filter_map(|stage| stage.purchases.as_ref());
    let present = model.presences.iter().map(|its| its.own);
    let traits: Vec<TraitId> =
        purchasing.flat_map(|its| [its.rate_trait, its.basket_trait]).chain(present).flatten().collect();
    let law = |segment: &Segment| traits.iter().map(|of| skewness(&segment.traits[of.index()])).fold(0.0, f64::max);
    let most = model.segments.iter().map(law).fold(0.0, f64::max);
    if most > 0.0 { most / libm::sqrt(agents.max(1e-9)) } else { 0.0 }
}

/// The skewness of a law, by its quantiles at normal numbers.
fn skewness(law: &Distribution) -> f64 {
    /// Half-width and number of the steps of the trapezoidal rule: third moments of log-normal laws up to sigma = 2.
    const ENDS: f64 = 8.0;
    const STEPS: u32 = 400;
    let (mean, sd) = (law.mean(), law.sd());
    if sd.is_nan() || sd <= 0.0 {
        return 0.0;
    }
    let step = 2.0 * ENDS / f64::from(STEPS);
    let node = |at: u32| {
        let z = -ENDS + step * f64::from(at);
        let x = (law.quantile(normal_cdf(z)) - mean) / sd;
        x * x * x * normal_density(z) * step
    };
    let skewness = (0..=STEPS).map(node).sum::<f64>().abs();
    if skewness.is_finite() { skewness } else { f64::INFINITY }
}
