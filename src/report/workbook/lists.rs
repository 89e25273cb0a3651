//! Sheets that are plain lists: what the study rests on, how sure the numbers are, and the targets.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::super::amount::sentence_case;
use super::super::enough::would_do;
use super::super::goal::{Words, judged, metric_in_words};
use super::draft::Draft;
use super::sheet::Sheet;
use crate::stats::estimate::Estimate;
use crate::study::remark::Remark;

/// Every number that somebody wrote, with its place.
pub fn assumptions(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Assumptions")?;
    sheet.widths(&[30.0, 46.0, 46.0, 30.0, 30.0, 36.0, 20.0, 24.0])?;
    sheet.freeze(1, 0, (0, 0))?;
    let heads = ["Belongs to", "Path", "Value", "Unit", "Source", "Note", "Owner", "Place"];
    sheet.heads(0, &heads, &draft.styles.head)?;
    sheet.text((0, 3), heads[3], &draft.styles.head_apart)?;
    for (row, assumption) in (1..).zip(&draft.report.assumptions) {
        sheet.heads(row, &[&assumption.part, &assumption.path], &draft.styles.text)?;
        match assumption.value.replace('_', "").parse::<f64>() {
            Ok(number) if number.is_finite() => sheet.number((row, 2), number, draft.styles.plain(number))?,
            _ => sheet.text((row, 2), &assumption.value, &draft.styles.wrapped)?,
        }
        sheet.text((row, 3), &assumption.unit, &draft.styles.apart)?;
        let Remark { source, note, owner } = &assumption.remark;
        for (column, said) in (4..).zip([source, note, owner]) {
            if let Some(said) = said {
                sheet.text((row, column), said, &draft.styles.wrapped)?;
            }
        }
        sheet.text((row, 7), &assumption.place, &draft.styles.text)?;
    }
    Ok(())
}

/// The heads of the three uncertainties, each with the ends of its interval.
const DOUBTS: [&str; 11] = [
    "Mean",
    "Simulation error",
    "Low",
    "High",
    "Parameter sd",
    "Low",
    "High",
    "Outcome sd",
    "Low",
    "High",
    "Agents that would do",
];
/// The column of what is said of them.
const NOTE: u16 = 14;

/// The three uncertainties, and the intervals of all metrics and differences.
pub fn uncertainty(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Uncertainty")?;
    let styles = &draft.styles;
    sheet.widths(&[34.0, 34.0, 20.0, 18.0, 18.0, 18.0, 18.0, 18.0, 18.0, 18.0, 18.0, 18.0, 18.0, 22.0, 38.0])?;
    sheet.heads(0, &["Scenario", "Metric", "Kind"], &styles.head)?;
    sheet.heads_from((0, 3), &DOUBTS, &styles.head_count)?;
    sheet.text((0, NOTE), "Note", &styles.head_apart)?;
    let mut row = 1;
    for of in &draft.report.business.uncertainty {
        let kind = if of.difference { "difference" } else { "level" };
        sheet.heads(row, &[draft.report.title(&of.scenario), &words(draft, &of.metric), kind], &styles.text)?;
        let three = [of.simulation_error, of.parameter_sd, of.outcome_sd];
        let numbers = three.iter().flat_map(|its| [Some(its.value), its.low, its.high]);
        for (column, number) in (3..).zip([Some(of.mean)].into_iter().chain(numbers)) {
            if let Some(number) = number {
                sheet.number((row, column), number, styles.of_metric(&of.metric, number))?;
            }
        }
        if let Some(agents) = would_do(draft.report, of) {
            sheet.text((row, NOTE - 1), &agents, &styles.right)?;
        }
        if of.parameter_is_below_noise {
            sheet.text((row, NOTE), "chance is too large beside it to tell", &styles.apart)?;
        }
        row += 1;
    }
    row += 1;
    sheet.heads(row, &["Scenario", "Metric", "Kind"], &styles.head)?;
    sheet.heads_from((row, 3), &["Mean", "Standard error", "Low", "High"], &styles.head_count)?;
    let summary = &draft.report.summary;
    let levels = summary.scenarios.iter().flat_map(|s| s.metrics.iter().map(|(m, e)| (&s.name, m, "level", *e)));
    let differences = summary
        .contrasts
        .iter()
        .flat_map(|c| c.metrics.iter().map(|(m, d)| (&c.scenario, m, "difference", d.estimate)));
    for (scenario, metric, kind, estimate) in levels.chain(differences) {
        row += 1;
        sheet.heads(row, &[draft.report.title(scenario), &words(draft, metric), kind], &styles.text)?;
        interval(&mut sheet, draft, (row, 3), (metric, &estimate))?;
    }
    Ok(())
}

/// A metric as people say it.
fn words(draft: &Draft, metric: &str) -> String {
    sentence_case(&metric_in_words(&draft.report.phrases, metric))
}

fn interval(
    sheet: &mut Sheet,
    draft: &Draft,
    (row, column): (u32, u16),
    (metric, estimate): (&str, &Estimate),
) -> Result<(), XlsxError> {
    let ends = estimate.ends();
    let ends = [ends.map(|ends| ends.low), ends.map(|ends| ends.high)];
    let numbers = (column..).zip([Some(estimate.mean), estimate.standard_error, ends[0], ends[1]]);
    for (column, number) in numbers.filter_map(|(column, number)| Some((column, number?))) {
        sheet.number((row, column), number, draft.styles.of_metric(metric, number))?;
    }
    Ok(())
}

/// The targets, and how surely each scenario reaches them.
pub fn targets(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Targets")?;
    let styles = &draft.styles;
    sheet.widths(&[24.0, 60.0, 34.0, 12.0, 12.0, 12.0, 22.0, 16.0, 16.0, 16.0, 40.0])?;
    sheet.freeze(1, 0, (0, 0))?;
    sheet.heads(0, &["Target", "Asked", "Scenario"], &styles.head)?;
    let numbers = ["Chance", "Low", "High", "Within the bound by", "Standard error", "Low", "High"];
    sheet.heads_from((0, 3), &numbers, &styles.head_count)?;
    sheet.text((0, 10), "Otherwise", &styles.head_apart)?;
    let mut row = 1;
    for target in &draft.report.business.targets {
        let asked = sentence_case(&Words::of(draft.report).asked(target));
        for of in judged(draft.report, target) {
            sheet.heads(row, &[&words(draft, &target.name), &asked, draft.report.title(&of.scenario)], &styles.text)?;
            if let Some(chance) = of.probability {
                for (column, number) in (3..).zip([chance.share, chance.low, chance.high]) {
                    sheet.number((row, column), number, &styles.rate)?;
                }
            }
            interval(&mut sheet, draft, (row, 6), (&target.metric, &of.gap))?;
            sheet.text((row, 10), &target.otherwise, &styles.apart)?;
            row += 1;
        }
    }
    Ok(())
}
