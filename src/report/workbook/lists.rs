//! Sheets that are plain lists: what the study rests on, how sure the numbers are, and the targets.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::Draft;
use super::sheet::Sheet;
use crate::stats::estimate::Estimate;

/// Every number that somebody wrote, with its place.
pub fn assumptions(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Assumptions")?;
    sheet.widths(&[30.0, 46.0, 46.0, 24.0])?;
    sheet.freeze(1, 0, (0, 0))?;
    sheet.heads(0, &["Belongs to", "Path", "Value", "Place"], &draft.styles.head)?;
    for (row, assumption) in (1..).zip(&draft.report.assumptions) {
        let cells = [&assumption.owner, &assumption.path, &assumption.value, &assumption.place];
        sheet.heads(row, &cells.map(String::as_str), &draft.styles.text)?;
    }
    Ok(())
}

/// The three uncertainties, and the intervals of all metrics and differences.
pub fn uncertainty(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Uncertainty")?;
    let styles = &draft.styles;
    sheet.widths(&[34.0, 34.0, 20.0, 18.0, 18.0, 18.0, 18.0, 18.0, 18.0])?;
    let heads = [
        "Scenario",
        "Metric",
        "Kind",
        "Mean",
        "Simulation error",
        "Parameter sd",
        "Outcome sd",
        "Agents that would do",
        "",
    ];
    sheet.heads(0, &heads, &styles.head)?;
    let mut row = 1;
    for of in &draft.report.business.uncertainty {
        let kind = if of.difference { "difference" } else { "level" };
        sheet.heads(row, &[draft.report.title(&of.scenario), &of.metric, kind], &styles.text)?;
        let numbers = [of.mean, of.simulation_error, of.parameter_sd, of.outcome_sd];
        (3..).zip(numbers).try_for_each(|(column, number)| sheet.number((row, column), number, &styles.number))?;
        if let Some(agents) = of.agents_that_would_do {
            sheet.number((row, 7), agents as f64, &styles.count)?;
        }
        if of.parameter_is_lost_in_chance {
            sheet.text((row, 8), "chance is too large beside it to tell", &styles.note)?;
        }
        row += 1;
    }
    row += 1;
    sheet.heads(row, &["Scenario", "Metric", "Kind", "Mean", "Standard error", "Low", "High"], &styles.head)?;
    let summary = &draft.report.summary;
    let levels = summary.scenarios.iter().flat_map(|s| s.metrics.iter().map(|(m, e)| (&s.name, m, "level", *e)));
    let differences = summary
        .contrasts
        .iter()
        .flat_map(|c| c.metrics.iter().map(|(m, d)| (&c.scenario, m, "difference", d.estimate)));
    for (scenario, metric, kind, estimate) in levels.chain(differences) {
        row += 1;
        sheet.heads(row, &[draft.report.title(scenario), metric, kind], &styles.text)?;
        interval(&mut sheet, draft, (row, 3), &estimate)?;
    }
    Ok(())
}

fn interval(sheet: &mut Sheet, draft: &Draft, (row, column): (u32, u16), estimate: &Estimate) -> Result<(), XlsxError> {
    let style = &draft.styles.number;
    sheet.number((row, column), estimate.mean, style)?;
    if let Some(error) = estimate.standard_error {
        sheet.number((row, column + 1), error, style)?;
    }
    sheet.number((row, column + 2), estimate.low, style)?;
    sheet.number((row, column + 3), estimate.high, style)
}

/// The targets, and how surely each scenario reaches them.
pub fn targets(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Targets")?;
    let styles = &draft.styles;
    sheet.widths(&[24.0, 60.0, 34.0, 12.0, 16.0, 16.0, 16.0, 16.0, 40.0])?;
    sheet.freeze(1, 0, (0, 0))?;
    let heads = ["Target", "Asked", "Scenario", "Chance", "Mean gap", "Standard error", "Low", "High", "Otherwise"];
    sheet.heads(0, &heads, &styles.head)?;
    let mut row = 1;
    for target in &draft.report.business.targets {
        for of in &target.scenarios {
            sheet.heads(row, &[&target.name, &target.asked, draft.report.title(&of.scenario)], &styles.text)?;
            sheet.number((row, 3), of.probability, &styles.rate)?;
            interval(&mut sheet, draft, (row, 4), &of.gap)?;
            sheet.text((row, 8), &target.otherwise, &styles.text)?;
            row += 1;
        }
    }
    Ok(())
}
