//! The sections of the page that speak of the business: each a sentence, a table, a note and its charts.

use minijinja::context;
use minijinja::value::Value;

use super::Report;
use super::amount::{
    Unit, booked, sentence_case, write, write_bracketed, write_estimate, write_rate, write_signed_bracketed,
};
use super::bounds::{self, NONE, bracketed_period, bracketed_rate, bracketed_share};
use super::chart::Chart;
use super::enough::would_do;
use super::gallery::Gallery;
use super::goal::{Words, judged, metric_in_words, room};
use super::heat::{self, Row};
use super::service;
use super::targets::asks;
use crate::estimate::funnel::{FunnelOfScenario, FunnelStep};
use crate::estimate::money::business::{
    BusinessCase, ImpactChain, Irr, PeriodPercentile, TargetOfScenario, Uncertainty,
};
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;
use crate::stats::order::{Bounded, Ranks};
use crate::stats::shortfall;

/// What is said where a net present value is another estimate than the sum of its parts.
pub const COUPLED: &str = "Net present value by the coupled estimator or at mean baskets, as `summary.json` says; lines, drivers, \
                          payback and tails as simulated with common random numbers: both are true in the mean, and \
                          differ by chance.";

/// No more rows of cohorts than these for each scenario; neighbours share one.
const MOST_COHORTS: usize = 6;

/// A table: the heads of its columns, and rows of a head and cells.
#[derive(Default)]
struct Table {
    heads: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
    /// Whether the second column holds words too.
    worded: bool,
}

const TARGETS: &str = "Reached: the share of replications, with the exact interval of the chance. Within the bound by: how \
                       far the metric is on the good side of it in the mean; negative where it falls short.";
const IMPACT: &str =
    "Each driver’s part of the difference in cash flow, not discounted; the parts add up to the whole.";
const COHORTS: &str = "Customers by when they came: how many of them stay, of those ever active, and what each has \
                       brought by the horizon.";
const CHANNELS: &str =
    "Where touchpoints happen: how long customers wait there, how many give up, and where they turn next.";
const DOUBTS: &str = "Three uncertainties that different things take away: simulating more, knowing the uncertain numbers \
                      better, and nothing at all.";
const UNCERTAINTY: &str = "Simulation error: the standard error of the mean, which more simulated customers or \
                           replications take away. Parameters: the standard deviation that knowing the uncertain \
                           numbers would take away. Outcome: the standard deviation of what a business of this size \
                           will see. Would do: about how many simulated customers make chance less than a tenth of \
                           the variance that parameters bring; none is told where that cannot be known.";

/// The sections that the report has anything to say in.
pub fn sections(report: &Report, gallery: Gallery) -> Vec<Value> {
    let over = format!("{} over the horizon, scenario minus baseline.", report.summary.currency);
    let none = Table::default;
    let customers = (gallery.customers, cohorts(report));
    let all = [
        section("The business case", "", business_case(report), &case_note(report), gallery.business_case),
        section("What the differences come from", IMPACT, impact(report), &over, gallery.impact),
        section("What it costs", "", none(), "", gallery.costs),
        section("Targets", "", targets(report), TARGETS, gallery.targets),
        section("The roadmap", "", none(), "", gallery.roadmap),
        section("Customers", COHORTS, customers.1, &worth_note(report), customers.0),
        section("Channels", CHANNELS, channels(report), &service::note(report), gallery.channels),
        section("How sure the numbers are", DOUBTS, uncertainty(report, false), UNCERTAINTY, Vec::new()),
        folded("All uncertainties", uncertainty(report, true)),
        folded("Where customers are lost", lost(report)),
    ];
    all.into_iter().flatten().collect()
}

fn case_note(report: &Report) -> String {
    let (currency, noun) = (&report.summary.currency, report.summary.period.noun());
    let (worst, level) = (worst(report), report.summary.interval * 100.0);
    let note = format!(
        "Money in {currency}, scenario minus baseline; in brackets: the {level:.0}% interval of each figure. Payback counts {noun}s, \
         and never is later than all. Peak funding: the most money that is out at any time, not discounted; the mean over \
         replications. Value at risk: the loss that is passed with a chance of {worst}; expected shortfall: the mean loss \
         beyond it; below 0 both are gains.{}",
        from_how_many(report)
    );
    let forced = report.business.cases.iter().any(BusinessCase::differs_from_its_lines);
    if forced { format!("{note} {COUPLED}") } else { note }
}

/// From how many replications on the figures are told that these are too few for.
fn from_how_many(report: &Report) -> String {
    let level = report.summary.interval;
    let tail = report.business.cases.first().map_or(0.05, |case| case.tail);
    let [median, outer, risk] = [0.5, 0.05, tail].map(|p| Ranks::fewest(p, level) as u64);
    let shortfall = shortfall::fewest(tail) as u64;
    let from = [
        (2, "shares"),
        (median, "the median payback"),
        (outer, "its other percentiles"),
        (risk, "value at risk"),
        (shortfall, "expected shortfall"),
    ];
    let missing = from.into_iter().filter(|(from, _)| report.summary.replications < *from);
    let told: Vec<String> = missing.map(|(from, what)| format!("{what} from {from}")).collect();
    if told.is_empty() { String::new() } else { format!(" Replications needed: {}.", told.join(", ")) }
}

/// The share of replications that the tail is, in words.
fn worst(report: &Report) -> String {
    write_rate(report.business.cases.first().map_or(0.05, |case| case.tail))
}

/// A section; none where there is neither a table nor a chart.
fn section(title: &str, lead: &str, table: Table, note: &str, charts: Vec<Chart>) -> Option<Value> {
    if table.rows.is_empty() && charts.is_empty() {
        return None;
    }
    let mut last = String::new();
    let row = |(head, cells): (String, Vec<String>)| {
        let again = head == last;
        last.clone_from(&head);
        context! { head => head, again => again, cells => cells }
    };
    Some(context! {
        title => title,
        lead => lead,
        worded => table.worded,
        heads => table.heads,
        rows => table.rows.into_iter().map(row).collect::<Vec<_>>(),
        note => note,
        figures => figures(charts),
    })
}

/// A table that is shown when a reader asks for it.
fn folded(title: &str, table: Table) -> Option<Value> {
    (!table.rows.is_empty()).then(|| {
        let rows = table.rows.into_iter().map(|(head, cells)| context! { head => head, cells => cells });
        context! {
            title => title,
            folded => true,
            worded => table.worded,
            heads => table.heads,
            rows => rows.collect::<Vec<_>>(),
            figures => Vec::<Value>::new(),
        }
    })
}

/// Charts as the page embeds them.
pub fn figures(charts: Vec<Chart>) -> Vec<Value> {
    let figure = |chart: Chart| context! { svg => Value::from_safe_string(chart.inline()), name => chart.name };
    charts.into_iter().map(figure).collect()
}

/// An estimate with its interval in brackets.
fn bracketed(estimate: &Estimate) -> String {
    write_bracketed(Unit::Number, estimate)
}

/// A figure with its interval in brackets; a dash where there is none.
fn bounded(figure: Option<&Bounded>) -> String {
    figure.map_or(NONE.to_owned(), |its| bounds::bracketed(Unit::Number, its))
}

/// Measures down, scenarios across: there are more measures than scenarios.
fn business_case(report: &Report) -> Table {
    let cases = &report.business.cases;
    let row = |head: &str, cell: &dyn Fn(&BusinessCase) -> String| (head.to_owned(), cases.iter().map(cell).collect());
    if cases.is_empty() || !report.has_money() {
        return Table::default();
    }
    let (currency, noun, worst) = (&report.summary.currency, report.summary.period.noun(), worst(report));
    let mut rows = vec![
        row(&format!("Net present value, {currency}"), &|case| bracketed(&case.npv)),
        row("Chance that it is above 0", &|case| bracketed_share(case.probability_positive.as_ref())),
        row("Internal rate of return, a year", &irr),
        row(&format!("Payback in {noun}s, median"), &|case| period(case.payback.periods[1].as_ref())),
    ];
    if cases.iter().any(|case| case.payback.periods[0].is_some()) {
        rows.push(row("Payback, 5th percentile", &|case| period(case.payback.periods[0].as_ref())));
        rows.push(row("Payback, 95th percentile", &|case| period(case.payback.periods[2].as_ref())));
    }
    rows.extend([
        row(&format!("Payback in {noun}s, discounted, median"), &|case| {
            period(case.discounted_payback.periods[1].as_ref())
        }),
        row("Pays back within the horizon, discounted", &|case| {
            bracketed_share(case.discounted_payback.within_horizon.as_ref())
        }),
        row(&format!("Peak funding, {currency}"), &|case| bracketed(&case.peak_funding)),
    ]);
    if cases.iter().any(|case| case.return_on_investment.is_some()) {
        rows.push(row("Net present value per unit of initiative cost", &|case| {
            bounded(case.return_on_investment.as_ref())
        }));
    }
    let loss = |what: &str| format!("{what} at {worst}, {currency} (below 0: a gain)");
    rows.push(row(&loss("Value at risk"), &|case| bounded(case.value_at_risk.as_ref())));
    rows.push(row(&loss("Expected shortfall"), &|case| bounded(case.expected_shortfall.as_ref())));
    // What no scenario has is no row.
    rows.retain(|(_, cells): &(String, Vec<String>)| cells.iter().any(|cell| cell != NONE));
    Table { heads: heads(report, "Measure", cases.iter().map(|case| case.scenario.as_str())), rows, worded: false }
}

fn heads<'a>(report: &'a Report, first: &str, scenarios: impl Iterator<Item = &'a str>) -> Vec<String> {
    [first].into_iter().chain(scenarios.map(|name| report.title(name))).map(str::to_owned).collect()
}

fn irr(case: &BusinessCase) -> String {
    match &case.irr {
        Irr::Rate(rate) => {
            bracketed_rate(&Bounded { value: *rate, low: case.irr_low, high: case.irr_high }, ["[", "]"])
        }
        Irr::None => "none".to_owned(),
        Irr::Several(rates) => {
            let rates: Vec<String> = rates.iter().map(|rate| write_rate(*rate)).collect();
            format!("several: {}", rates.join(", "))
        }
    }
}

fn period(percentile: Option<&PeriodPercentile>) -> String {
    percentile.map_or(NONE.to_owned(), |its| bracketed_period(its, ["[", "]"]))
}

/// Drivers down, scenarios across.
fn impact(report: &Report) -> Table {
    let chains = &report.business.chains;
    let Some(first) = chains.first().filter(|_| report.has_money()) else { return Table::default() };
    let signed = |estimate: &Estimate| write_signed_bracketed(Unit::Number, &booked(estimate));
    let is_something = |driver: &str| {
        let parts = chains.iter().flat_map(|chain| &chain.parts).filter(|part| part.driver == driver);
        parts.map(|part| booked(&part.amount)).any(|amount| amount.mean != 0.0 || amount.low < amount.high)
    };
    let cell = |chain: &ImpactChain, driver: &str| {
        chain.parts.iter().find(|part| part.driver == driver).map_or(NONE.to_owned(), |part| signed(&part.amount))
    };
    let row = |driver: &str, title: &str| (title.to_owned(), chains.iter().map(|c| cell(c, driver)).collect());
    // A driver that nothing runs through, such as fees where there are none, has no row.
    let parts = first.parts.iter().filter(|part| is_something(&part.driver));
    let mut rows: Vec<(String, Vec<String>)> = parts.map(|part| row(&part.driver, &part.title)).collect();
    rows.push(("Cash flow".to_owned(), chains.iter().map(|chain| signed(&chain.total)).collect()));
    Table { heads: heads(report, "Driver", chains.iter().map(|chain| chain.scenario.as_str())), rows, worded: false }
}

fn targets(report: &Report) -> Table {
    let mut rows = Vec::new();
    for target in &report.business.targets {
        let of = |of: &TargetOfScenario| {
            let asks = asks(of, target);
            let reached = bracketed_share(of.probability.as_ref().filter(|_| asks));
            let room = if asks { room(target, &of.gap) } else { NONE.to_owned() };
            vec![report.title(&of.scenario).to_owned(), reached, room]
        };
        let head = sentence_case(&Words::of(report).asked(target));
        for cells in judged(report, target).map(of) {
            rows.push((head.clone(), cells));
        }
    }
    let heads = ["Target", "Scenario", "Reached", "Within the bound by"].map(str::to_owned).to_vec();
    Table { heads, rows, worded: true }
}

/// Cohorts down, those of a scenario together.
fn cohorts(report: &Report) -> Table {
    let noun = report.summary.period.noun();
    let number = |value: f64| write(Unit::Number, value);
    let of = |row: &Row| {
        let mut cells = vec![row.name.clone(), number(row.customers), bounded(Some(&row.lifetime_value))];
        if has_tails(report) {
            cells.push(row.tail_value.map_or(NONE.to_owned(), number));
            cells.push(row.captured_share().map_or(NONE.to_owned(), |share| write(Unit::Share, share)));
        }
        cells
    };
    let all = report.business.cohorts.iter().flat_map(|scenario| {
        let title = report.title(&scenario.scenario);
        heat::rows(&scenario.cohorts, MOST_COHORTS).into_iter().map(move |row| (title.to_owned(), of(&row)))
    });
    let came = format!("Came in {noun}");
    let mut heads = vec!["Scenario", &came, "Customers", "Worth until the horizon"];
    if has_tails(report) {
        heads.extend(["Worth after it", "Until the horizon"]);
    }
    Table { heads: heads.into_iter().map(str::to_owned).collect(), rows: all.collect(), worded: true }
}

/// What each channel comes to, those of a channel together.
fn channels(report: &Report) -> Table {
    let (heads, rows) = service::table(report);
    Table { heads, rows, worded: true }
}

/// The stages on the way down, those of a scenario together.
fn lost(report: &Report) -> Table {
    let number = |value: f64| write(Unit::Number, value);
    let money = report.has_money();
    let row = |step: &FunnelStep| {
        let mut cells = vec![step.title.clone()];
        cells.extend([step.reached, step.went_on, step.lost, step.still_there].map(number));
        let worth = step.worth_of_half.as_ref().map(|worth| write_signed_bracketed(Unit::Number, &booked(worth)));
        cells.extend(money.then(|| worth.unwrap_or(NONE.to_owned())));
        cells
    };
    let of = |its: &FunnelOfScenario| {
        let title = report.title(&its.scenario).to_owned();
        its.steps.iter().map(|step| (title.clone(), row(step))).collect::<Vec<_>>()
    };
    let worth = format!("Worth of half the loss, {}", report.summary.currency);
    let heads = ["Scenario", "Stage", "Reached it", "Went on", "Lost", "Still there"].map(str::to_owned);
    let heads = heads.into_iter().chain(money.then_some(worth)).collect();
    Table { heads, rows: report.business.funnels.iter().flat_map(of).collect(), worded: true }
}

/// Whether it is known of any cohort what it is worth after the horizon.
fn has_tails(report: &Report) -> bool {
    report.business.cohorts.iter().flat_map(|scenario| &scenario.cohorts).any(|cohort| cohort.tail_value.is_some())
}

fn worth_note(report: &Report) -> String {
    let later = if has_tails(report) {
        "After the horizon: if everything went on as it is written; – where that has no exact answer."
    } else {
        "What they are worth after the horizon has no exact answer in this study."
    };
    format!(
        "Worth: discounted contribution margin less cost of service and acquisition, for each customer who came, in {}, at \
         the time of coming. {later}",
        report.summary.currency
    )
}

/// The three uncertainties: of the difference in net present value, or in retention where there is no money; with `all` of
/// every number that is not fixed.
fn uncertainty(report: &Report, all: bool) -> Table {
    let headline = if report.has_money() { Metric::Npv } else { Metric::Retention }.key();
    let asked = |of: &&Uncertainty| all || (of.difference && of.metric == headline);
    // What is the same in every replication, such as a fixed price of an initiative, is not uncertain.
    let moves = |of: &&Uncertainty| of.outcome_sd.value != 0.0 || of.simulation_error.value != 0.0;
    let row = |of: &Uncertainty| {
        let unit = if of.difference { Unit::of_difference(&of.metric) } else { Unit::of(&of.metric) };
        let sd = |its: &Bounded| bounds::bracketed(spread_unit(unit), its);
        let what = if of.difference { "difference in " } else { "" };
        let metric = sentence_case(&format!("{what}{}", metric_in_words(&report.phrases, &of.metric)));
        let parameters =
            if of.parameter_is_below_noise { "too small to tell from chance".to_owned() } else { sd(&of.parameter_sd) };
        let would_do = would_do(report, of).unwrap_or(NONE.to_owned());
        let mean = Estimate { mean: of.mean, ..Estimate::default() };
        let [error, outcome] = [&of.simulation_error, &of.outcome_sd].map(sd);
        let cells = vec![metric, write_estimate(unit, &mean), error, parameters, outcome, would_do];
        (report.title(&of.scenario).to_owned(), cells)
    };
    let heads = ["Scenario", "Number", "Mean", "Simulation error", "Parameters", "Outcome", "Would do"];
    Table {
        heads: heads.map(str::to_owned).to_vec(),
        rows: report
            .business
            .uncertainty
            .iter()
            .filter(|of| report.counts(&of.metric))
            .filter(asked)
            .filter(moves)
            .map(row)
            .collect(),
        worded: true,
    }
}

/// A standard deviation of a share is counted in percentage points.
fn spread_unit(unit: Unit) -> Unit {
    if unit == Unit::Share { Unit::Points } else { unit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    #[test]
    fn what_comes_after_the_horizon_has_columns_only_where_it_is_known() {
        let mut report = rich::report();
        let all = |report: &mut Report, worth: Option<f64>| {
            let cohorts = report.business.cohorts.iter_mut().flat_map(|scenario| &mut scenario.cohorts);
            cohorts.for_each(|cohort| cohort.tail_value = worth);
        };
        all(&mut report, Some(12.0));
        let known = cohorts(&report);
        assert_eq!(known.heads.len(), 6);
        assert!(known.rows.iter().all(|(_, cells)| cells.len() == 5 && cells[3] == "12.0"), "{:?}", known.rows[0]);
        all(&mut report, None);
        let unknown = cohorts(&report);
        assert_eq!(unknown.heads.len(), 4);
        assert!(unknown.rows.iter().all(|(_, cells)| cells.len() == 3));
        assert!(worth_note(&report).contains("no exact answer in this study"));
    }
}
