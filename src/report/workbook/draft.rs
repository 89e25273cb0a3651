//! A draft is what all sheets of a workbook are made from.

use crate::model::metric::Metric;
use crate::report::Report;

use super::books::ScenarioSums;
use super::layout::Layout;
use super::name::Names;
use super::sheet::Styles;

/// The sheets that a workbook may have, beside one for each scenario.
const OWN: [&str; 12] = [
    "Compare",
    "Years",
    "Customers",
    "Charts",
    "Impact",
    "Cohorts",
    "Percentiles",
    "Assumptions",
    "Uncertainty",
    "Targets",
    "Rates",
    "Checks",
];

/// What all sheets are made from.
pub struct Draft<'a> {
    pub report: &'a Report,
    pub layout: Layout,
    /// The names of the scenarios' sheets, in the order of the books.
    pub names: Names,
    /// What each scenario's money adds up to, in the same order.
    pub sums: Vec<ScenarioSums>,
    /// The place of the baseline in the books.
    pub baseline: usize,
    pub styles: Styles,
}

impl<'a> Draft<'a> {
    /// The draft of a report.
    pub fn of(report: &'a Report) -> Self {
        let business = &report.business;
        let layout = Layout::of(business);
        // What has more periods than a sheet has columns is left to the ledger.
        let shown = if layout.fits() { business.books.scenarios.as_slice() } else { &[] };
        let sums: Vec<ScenarioSums> = shown.iter().map(|books| ScenarioSums::of(business, books)).collect();
        let mut names = Names::default();
        OWN.iter().for_each(|own| names.keep(own));
        shown.iter().for_each(|books| names.add(report.title(&books.scenario)));
        let baseline = shown.iter().position(|books| books.scenario == report.summary.baseline).unwrap_or(0);
        let largest = sums.iter().map(ScenarioSums::largest).fold(0.0, f64::max);
        Self { report, layout, names, sums, baseline, styles: Styles::for_amounts(largest) }
    }

    /// The name of a scenario in the study.
    pub fn scenario(&self, place: usize) -> &str {
        &self.report.business.books.scenarios[place].scenario
    }

    /// A scenario's title, as people know it.
    pub fn title(&self, place: usize) -> &str {
        self.report.title(self.scenario(place))
    }

    /// What a metric of a scenario is by the engine, over the horizon.
    pub fn engine(&self, place: usize, metric: Metric) -> Option<f64> {
        let of = self.report.summary.scenarios.iter().find(|s| s.name == self.scenario(place));
        of.and_then(|s| s.metrics.get(metric.key())).map(|estimate| estimate.mean)
    }
}
