//! The impact chain on a sheet: what the difference in cash flow comes from, by segment, fiscal year and driver.

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::draft::Draft;
use super::sheet::{MOST_ROWS, Sheet};
use crate::estimate::money::business::ImpactChain;

/// The column of the first driver; before it stand scenario, segment and fiscal year.
const FIRST: u16 = 3;

/// Writes the sheet: a block for each scenario, with the sums over its segments and years below.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Impact")?;
    let (styles, chains) = (&draft.styles, &draft.report.business.chains);
    let drivers: Vec<&str> = chains.first().map_or_else(Vec::new, |chain| titles(chain).collect());
    sheet.freeze(1, FIRST, (0, 0))?;
    let mut widths = vec![34.0, 26.0, 12.0];
    widths.resize(widths.len() + drivers.len() + 1, 22.0);
    sheet.widths(&widths)?;
    let heads: Vec<&str> =
        ["Scenario", "Segment", "Fiscal year"].into_iter().chain(drivers).chain(["Cash flow"]).collect();
    sheet.heads(0, &heads[..2], &styles.head)?;
    sheet.heads_from((0, 2), &heads[2..], &styles.head_count)?;
    let blocks: Vec<(&ImpactChain, Vec<Line>)> = chains.iter().map(|chain| (chain, lines(chain))).collect();
    if blocks.iter().map(|(_, lines)| lines.len() + 2).sum::<usize>() > MOST_ROWS {
        let note = "There are too many segments and years for a sheet; business.json has them all.";
        return sheet.text((1, 0), note, &styles.note);
    }
    let mut row = 1;
    for (chain, lines) in blocks.iter().filter(|(_, lines)| !lines.is_empty()) {
        let first = row;
        for line in lines {
            line.write(&mut sheet, draft, row, chain)?;
            row += 1;
        }
        together(&mut sheet, draft, (first, row), (chain, lines))?;
        row += 2;
    }
    Ok(())
}

fn titles(chain: &ImpactChain) -> impl Iterator<Item = &str> {
    chain.parts.iter().map(|part| part.title.as_str())
}

/// One segment in one fiscal year.
struct Line {
    segment: Option<String>,
    year: u32,
    /// By driver, in the order of the chain's parts.
    amounts: Vec<f64>,
}

/// The segments and years of a chain in which anything differs, in its order.
fn lines(chain: &ImpactChain) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for cell in &chain.cells {
        let Some(driver) = chain.parts.iter().position(|part| part.driver == cell.driver) else { continue };
        // Cells of one segment and year need not follow each other, but they are few.
        let its = |line: &&mut Line| line.year == cell.year && line.segment == cell.segment;
        match lines.iter_mut().find(its) {
            Some(line) => line.amounts[driver] += cell.amount,
            None => {
                let mut amounts = vec![0.0; chain.parts.len()];
                amounts[driver] = cell.amount;
                lines.push(Line { segment: cell.segment.clone(), year: cell.year, amounts });
            }
        }
    }
    lines
}

impl Line {
    fn write(&self, sheet: &mut Sheet, draft: &Draft, row: u32, chain: &ImpactChain) -> Result<(), XlsxError> {
        let styles = &draft.styles;
        sheet.text((row, 0), draft.report.title(&chain.scenario), &styles.text)?;
        sheet.text((row, 1), self.segment.as_deref().unwrap_or("the business as a whole"), &styles.text)?;
        sheet.number((row, 2), f64::from(self.year), &styles.count)?;
        for (column, amount) in (FIRST..).zip(&self.amounts) {
            sheet.number((row, column), *amount, &styles.money)?;
        }
        across(sheet, draft, row, &self.amounts)
    }
}

/// The sum of a row over its drivers.
fn across(sheet: &mut Sheet, draft: &Draft, row: u32, amounts: &[f64]) -> Result<(), XlsxError> {
    let Some((last, _)) = (FIRST..).zip(amounts).last() else { return Ok(()) };
    let formula = format!("=SUM({}:{})", row_col_to_cell(row, FIRST), row_col_to_cell(row, last));
    sheet.formula((row, last + 1), &formula, amounts.iter().sum(), &draft.styles.sum)
}

/// What each driver comes to, and all of them.
fn together(
    sheet: &mut Sheet,
    draft: &Draft,
    (first, row): (u32, u32),
    (chain, lines): (&ImpactChain, &[Line]),
) -> Result<(), XlsxError> {
    let styles = &draft.styles;
    sheet.text((row, 0), draft.report.title(&chain.scenario), &styles.sum_text)?;
    sheet.text((row, 1), "all segments and years", &styles.sum_text)?;
    let sums: Vec<f64> =
        (0..chain.parts.len()).map(|driver| lines.iter().map(|line| line.amounts[driver]).sum()).collect();
    for (column, sum) in (FIRST..).zip(&sums) {
        let formula = format!("=SUM({}:{})", row_col_to_cell(first, column), row_col_to_cell(row - 1, column));
        sheet.formula((row, column), &formula, *sum, &styles.sum)?;
    }
    across(sheet, draft, row, &sums)
}
