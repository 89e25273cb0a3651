//! Cohorts on a sheet: what each customer who came is worth within the horizon, and after it.

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::draft::Draft;
use super::sheet::{MOST_ROWS, Sheet};
use crate::estimate::money::business::{CohortResult, CohortsOfScenario};

const HEADS: [&str; 10] = [
    "Scenario",
    "Came in period",
    "Customers",
    "Retained at the horizon",
    "Worth of each until the horizon",
    "Worth of each after it",
    "Worth of each",
    "Share until the horizon",
    "Worth until the horizon, low",
    "Worth until the horizon, high",
];
const CUSTOMERS: u16 = 2;
const WITHIN: u16 = 4;
const AFTER: u16 = 5;
const LOW: u16 = 8;

/// Writes the sheet: a block for each scenario, with the mean over its customers below.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Cohorts")?;
    let styles = &draft.styles;
    sheet.widths(&[34.0, 26.0, 16.0, 22.0, 28.0, 24.0, 20.0, 22.0, 28.0, 28.0])?;
    sheet.freeze(1, 0, (0, 0))?;
    sheet.heads(0, &HEADS[..1], &styles.head)?;
    sheet.heads_from((0, 1), &HEADS[1..], &styles.head_count)?;
    let all = &draft.report.business.cohorts;
    if all.iter().map(|of| of.cohorts.len() + 2).sum::<usize>() > MOST_ROWS {
        return sheet.text((1, 0), "There are too many cohorts for a sheet; business.json has them all.", &styles.note);
    }
    let mut row = 1;
    for of in all.iter().filter(|of| !of.cohorts.is_empty()) {
        let first = row;
        for cohort in &of.cohorts {
            line(&mut sheet, draft, row, (of, cohort))?;
            row += 1;
        }
        together(&mut sheet, draft, (first, row), of)?;
        row += 2;
    }
    Ok(())
}

fn line(
    sheet: &mut Sheet,
    draft: &Draft,
    row: u32,
    (of, cohort): (&CohortsOfScenario, &CohortResult),
) -> Result<(), XlsxError> {
    let styles = &draft.styles;
    sheet.text((row, 0), draft.report.title(&of.scenario), &styles.text)?;
    sheet.number((row, 1), f64::from(cohort.entry), &styles.count)?;
    sheet.number((row, CUSTOMERS), cohort.customers, styles.plain(cohort.customers))?;
    sheet.number((row, 3), cohort.retention.last().copied().unwrap_or(f64::NAN), &styles.rate)?;
    let within = cohort.lifetime_value;
    sheet.number((row, WITHIN), within.value, styles.plain(within.value))?;
    for (column, end) in (LOW..).zip([within.low, within.high]) {
        if let Some(end) = end {
            sheet.number((row, column), end, styles.plain(end))?;
        }
    }
    if let Some(after) = cohort.tail_value {
        sheet.number((row, AFTER), after, styles.plain(after))?;
        whole(sheet, draft, row, (within.value, after))?;
    }
    Ok(())
}

/// The worth of both parts, and the share of the first, where neither is negative.
fn whole(sheet: &mut Sheet, draft: &Draft, row: u32, (within, after): (f64, f64)) -> Result<(), XlsxError> {
    let styles = &draft.styles;
    let [one, other] = [WITHIN, AFTER].map(|column| row_col_to_cell(row, column));
    sheet.formula((row, AFTER + 1), &format!("={one}+{other}"), within + after, styles.plain(within + after))?;
    let formula = format!("=IF(AND({one}>=0,{other}>=0,{one}+{other}>0),{one}/({one}+{other}),\"–\")");
    let at = (row, AFTER + 2);
    if within >= 0.0 && after >= 0.0 && within + after > 0.0 {
        sheet.formula(at, &formula, within / (within + after), &styles.rate)
    } else {
        sheet.computed(at, &formula, "–", &styles.rate)
    }
}

/// The customers of a scenario together: their number, and means over them.
fn together(
    sheet: &mut Sheet,
    draft: &Draft,
    (first, row): (u32, u32),
    of: &CohortsOfScenario,
) -> Result<(), XlsxError> {
    let styles = &draft.styles;
    let column = |column| format!("{}:{}", row_col_to_cell(first, column), row_col_to_cell(row - 1, column));
    let customers: f64 = of.cohorts.iter().map(|cohort| cohort.customers).sum();
    sheet.text((row, 0), draft.report.title(&of.scenario), &styles.sum_text)?;
    sheet.text((row, 1), "all, each when they came", &styles.sum_text)?;
    sheet.formula((row, CUSTOMERS), &format!("=SUM({})", column(CUSTOMERS)), customers, styles.plain(customers))?;
    if customers <= 0.0 {
        return Ok(());
    }
    let mean = |sheet: &mut Sheet, at: u16, value: &dyn Fn(&CohortResult) -> f64| -> Result<f64, XlsxError> {
        let formula = format!("=SUMPRODUCT({0},{1})/SUM({0})", column(CUSTOMERS), column(at));
        let mean = of.cohorts.iter().map(|cohort| cohort.customers * value(cohort)).sum::<f64>() / customers;
        sheet.formula((row, at), &formula, mean, styles.plain(mean))?;
        Ok(mean)
    };
    let within = mean(sheet, WITHIN, &|cohort| cohort.lifetime_value.value)?;
    if of.cohorts.iter().any(|cohort| cohort.tail_value.is_none()) {
        return Ok(());
    }
    let after = mean(sheet, AFTER, &|cohort| cohort.tail_value.unwrap_or(0.0))?;
    whole(sheet, draft, row, (within, after))
}
