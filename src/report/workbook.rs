//! The workbook is the business case as a reviewer of finance wants it: totals, discounting and net present value are formulas.
//!
//! The numbers of periods are values, from the books; what follows from them is reckoned anew by whoever opens the file, and
//! stands there beforehand as the engine has it. The discount rate is one named cell. The bytes depend on the report alone.

mod books;
mod checks;
mod cohorts;
mod compare;
mod impact;
mod keys;
mod layout;
mod lists;
mod name;
mod scenario;
mod sheet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use self::books::ScenarioSums;
use self::layout::Layout;
use self::name::Names;
use self::sheet::Styles;
use super::Report;

/// The sheets that a workbook may have, beside one for each scenario.
const OWN: [&str; 7] = ["Compare", "Impact", "Cohorts", "Assumptions", "Uncertainty", "Targets", "Checks"];

/// What all sheets are made from.
struct Draft<'a> {
    report: &'a Report,
    layout: Layout,
    /// The names of the scenarios' sheets, in the order of the books.
    names: Names,
    /// What each scenario's money adds up to, in the same order.
    sums: Vec<ScenarioSums>,
    /// The place of the baseline in the books.
    baseline: usize,
    styles: Styles,
}

/// The bytes of the workbook, an `.xlsx` file.
///
/// # Errors
/// What the writer of the format refuses, in its words; a report from a run gives it no reason to.
pub fn workbook(report: &Report) -> Result<Vec<u8>, String> {
    write(report).map_err(|fault| format!("the workbook cannot be written: {fault}"))
}

fn write(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let draft = Draft::of(report);
    let mut workbook = Workbook::new();
    // A time of writing would make files of the same run differ.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new().set_title(sheet::told(&report.summary.study)).set_creation_datetime(&made);
    workbook.set_properties(&properties);
    compare::write(&mut workbook, &draft)?;
    for place in 0..draft.sums.len() {
        scenario::write(&mut workbook, &draft, place)?;
    }
    if report.business.chains.iter().any(|chain| !chain.cells.is_empty()) {
        impact::write(&mut workbook, &draft)?;
    }
    if report.business.cohorts.iter().any(|of| !of.cohorts.is_empty()) {
        cohorts::write(&mut workbook, &draft)?;
    }
    lists::assumptions(&mut workbook, &draft)?;
    lists::uncertainty(&mut workbook, &draft)?;
    if !report.business.targets.is_empty() {
        lists::targets(&mut workbook, &draft)?;
    }
    checks::write(&mut workbook, &draft)?;
    workbook.save_to_buffer()
}

impl<'a> Draft<'a> {
    fn of(report: &'a Report) -> Self {
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
    fn scenario(&self, place: usize) -> &str {
        &self.report.business.books.scenarios[place].scenario
    }

    /// A scenario's title, as people know it.
    fn title(&self, place: usize) -> &str {
        self.report.title(self.scenario(place))
    }

    /// What a metric of a scenario is by the engine, over the horizon.
    fn engine(&self, place: usize, metric: &str) -> Option<f64> {
        let of = self.report.summary.scenarios.iter().find(|s| s.name == self.scenario(place));
        of.and_then(|s| s.metrics.get(metric)).map(|estimate| estimate.mean)
    }
}

#[cfg(test)]
mod tests;
