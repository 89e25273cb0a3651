//! The yearly view: every scenario's sums and customers by fiscal year, on one page.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::books::amount;
use super::customers;
use super::draft::Draft;
use super::layout::{Below, FIRST_YEAR, Sum, TOTAL, fixed};
use super::sheet::Sheet;
use crate::model::metric::Metric;

/// The row of the first scenario's title.
const FIRST: u32 = 3;
/// What is told of customers at a year's end.
const CUSTOMERS: [Metric; 2] = [Metric::ActiveCustomers, Metric::Retention];

/// Whether there is more than one year.
pub fn is_shown(draft: &Draft) -> bool {
    !draft.layout.years.is_empty() && !draft.sums.is_empty()
}

/// Writes the sheet.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Years")?;
    let years = &draft.layout.years;
    let mut widths = vec![44.0];
    widths.resize(2 + years.len(), 16.0);
    sheet.widths(&widths)?;
    sheet.on_one_page();
    sheet.text((0, 0), "By fiscal year", &draft.styles.title)?;
    let note = format!(
        "Money in {}, the mean over replications; formulas on the scenarios' sheets. Customers as a year ends.",
        draft.report.summary.currency
    );
    sheet.text((1, 0), &note, &draft.styles.note)?;
    let mut row = FIRST;
    for place in 0..draft.sums.len() {
        row = scenario(&mut sheet, draft, place, row)? + 1;
    }
    Ok(())
}

/// Writes a scenario from a row on; gives the row after it.
fn scenario(sheet: &mut Sheet, draft: &Draft, place: usize, first: u32) -> Result<u32, XlsxError> {
    let (layout, styles) = (&draft.layout, &draft.styles);
    sheet.text((first, 0), draft.title(place), &styles.head)?;
    for (column, year) in (1..).zip(&layout.years) {
        sheet.text((first, column), &format!("Year {year}"), &styles.head_count)?;
    }
    let last = column_of_total(draft);
    sheet.text((first, last), "Total", &styles.head_count)?;
    let mut row = first + 1;
    for sum in Sum::ALL {
        let derived = matches!(sum, Sum::Margin | Sum::Cash);
        let (name, number) = if derived { (&styles.sum_text, &styles.sum) } else { (&styles.text, &styles.money) };
        sheet.text((row, 0), sum.title(), name)?;
        money(sheet, draft, (row, place, layout.row(sum)), draft.sums[place].units(sum), number)?;
        row += 1;
    }
    if place != draft.baseline {
        let pairs = draft.sums[place].units(Sum::Cash).iter().zip(draft.sums[draft.baseline].units(Sum::Cash));
        let units: Vec<i128> = pairs.map(|(own, others)| own - others).collect();
        let title = format!("Cash flow beyond {}", draft.title(draft.baseline));
        sheet.text((row, 0), &title, &styles.text)?;
        money(sheet, draft, (row, place, layout.below(Below::Difference)), &units, &styles.money)?;
        row += 1;
    }
    for metric in CUSTOMERS {
        if at_the_ends(sheet, draft, (row, place), metric)? {
            sheet.text((row, 0), metric.facts().title, &styles.text)?;
            row += 1;
        }
    }
    Ok(row)
}

fn column_of_total(draft: &Draft) -> u16 {
    u16::try_from(draft.layout.years.len() + 1).unwrap_or(u16::MAX)
}

/// A row of money: each year and the total are those of a row on the scenario's sheet.
fn money(
    sheet: &mut Sheet,
    draft: &Draft,
    (row, place, of): (u32, usize, u32),
    units: &[i128],
    style: &rust_xlsxwriter::Format,
) -> Result<(), XlsxError> {
    let name = draft.names.quoted(place);
    let fiscal_years = &draft.report.business.fiscal_years;
    for ((column, its), year) in (1..).zip(FIRST_YEAR..).zip(&draft.layout.years) {
        let of_year = units.iter().zip(fiscal_years).filter(|(_, its)| *its == year);
        let result = of_year.map(|(units, _)| units).sum();
        sheet.formula((row, column), &format!("={name}{}", fixed(of, its)), amount(result), style)?;
    }
    let all = amount(units.iter().sum());
    sheet.formula((row, column_of_total(draft)), &format!("={name}{}", fixed(of, TOTAL)), all, style)
}

/// A metric as each year ends, from the sheet of customers; false where that does not show it.
fn at_the_ends(
    sheet: &mut Sheet,
    draft: &Draft,
    (row, place): (u32, usize),
    metric: Metric,
) -> Result<bool, XlsxError> {
    let report = draft.report;
    let scenario = draft.scenario(place);
    let listed = report.summary.scenarios.iter().position(|its| its.name == scenario);
    let values = report.over_time(scenario, metric.key());
    let Some(of) = listed.and_then(|listed| customers::row(draft, metric, listed)) else { return Ok(false) };
    if values.is_empty() || !customers::is_shown(draft) {
        return Ok(false);
    }
    for (column, year) in (1..).zip(&draft.layout.years) {
        let last = report.business.fiscal_years.iter().rposition(|its| its == year);
        let Some((time, value)) = last.and_then(|time| Some((time, values.get(time)?))) else { continue };
        let Ok(time) = u16::try_from(time) else { continue };
        let formula = format!("=Customers!{}", fixed(of, customers::FIRST + time));
        let large = if value.mean >= 100.0 { libm::rint(value.mean) } else { value.mean };
        sheet.formula((row, column), &formula, value.mean, draft.styles.of_metric(metric.key(), large))?;
    }
    Ok(true)
}
