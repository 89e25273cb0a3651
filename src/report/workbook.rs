//! The workbook is the business case as a reviewer of finance wants it: totals, discounting and net present value are formulas.
//!
//! The numbers of periods are values, from the books; what follows from them is computed anew by whoever opens the file, and
//! stands there beforehand as the engine has it. The discount rate is one named cell. The bytes depend on the report alone.

mod books;
mod charts;
mod checks;
mod cohorts;
mod compare;
mod customers;
mod draft;
mod impact;
mod keys;
mod layout;
mod lists;
mod name;
mod percentiles;
mod rates;
mod scenario;
mod sheet;
mod years;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use self::draft::Draft;
use super::Report;

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
    if years::is_shown(&draft) {
        years::write(&mut workbook, &draft)?;
    }
    for place in 0..draft.sums.len() {
        scenario::write(&mut workbook, &draft, place)?;
    }
    if customers::is_shown(&draft) {
        customers::write(&mut workbook, &draft)?;
    }
    if draft.sums.len() > 1 {
        charts::write(&mut workbook, &draft)?;
    }
    if report.business.chains.iter().any(|chain| !chain.cells.is_empty()) {
        impact::write(&mut workbook, &draft)?;
    }
    if report.business.cohorts.iter().any(|of| !of.cohorts.is_empty()) {
        cohorts::write(&mut workbook, &draft)?;
    }
    if percentiles::is_shown(&draft) {
        percentiles::write(&mut workbook, &draft)?;
    }
    lists::assumptions(&mut workbook, &draft)?;
    lists::uncertainty(&mut workbook, &draft)?;
    if !report.business.targets.is_empty() {
        lists::targets(&mut workbook, &draft)?;
    }
    if rates::is_shown(&draft) {
        rates::write(&mut workbook, &draft)?;
    }
    checks::write(&mut workbook, &draft)?;
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests;
