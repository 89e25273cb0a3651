//! Customers on a sheet, beside the money: how many there are, how many stay, what they buy, and whom serving them takes,
//! period by period.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::draft::Draft;
use super::layout::COLUMNS;
use super::sheet::Sheet;
use crate::model::metric::Metric;

/// What is shown, block by block; what a study does not count has none.
const SHOWN: [Metric; 7] = [
    Metric::ActiveCustomers,
    Metric::Retention,
    Metric::Churned,
    Metric::Purchases,
    Metric::Contacts,
    Metric::Minutes,
    Metric::FullTime,
];
/// The row of the periods.
pub const HEAD: u32 = 3;
/// The column of time 0.
pub const FIRST: u16 = 1;

/// Whether a run has anything to show that fits.
pub fn is_shown(draft: &Draft) -> bool {
    let times = times(draft);
    times > 0 && times < COLUMNS
}

/// How many times there are, the start among them.
pub fn times(draft: &Draft) -> usize {
    counted(draft, Metric::ActiveCustomers)
}

/// At how many times a metric is counted.
fn counted(draft: &Draft, metric: Metric) -> usize {
    let summary = &draft.report.summary;
    summary.scenarios.first().map_or(0, |first| draft.report.over_time(&first.name, metric.key()).len())
}

fn shown(draft: &Draft) -> impl Iterator<Item = Metric> {
    SHOWN.into_iter().filter(|metric| counted(draft, *metric) > 0)
}

/// The row of a scenario under a metric; none where the metric is not shown.
pub fn row(draft: &Draft, metric: Metric, place: usize) -> Option<u32> {
    let block = shown(draft).position(|its| its == metric)?;
    let height = draft.report.summary.scenarios.len() + 2;
    u32::try_from(block * height + 1 + place).ok().map(|down| HEAD + 1 + down)
}

/// Writes the sheet.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let (report, styles) = (draft.report, &draft.styles);
    let mut sheet = Sheet::new(workbook, "Customers")?;
    let times = times(draft);
    let mut widths = vec![28.0];
    widths.resize(1 + times, 10.0);
    sheet.widths(&widths)?;
    sheet.spread_over_pages(widths.len());
    sheet.freeze(HEAD + 1, FIRST, (HEAD, HEAD))?;
    sheet.text((0, 0), "Customers", &styles.title)?;
    sheet.text((1, 0), "Real customers, the mean over replications. Period 0 is the start.", &styles.note)?;
    sheet.text((HEAD, 0), &format!("By {}", report.summary.period.noun()), &styles.head)?;
    for (column, time) in (FIRST..).zip(0..times) {
        sheet.number((HEAD, column), time as f64, &styles.head_count)?;
    }
    for metric in shown(draft) {
        for (place, scenario) in report.summary.scenarios.iter().enumerate() {
            let Some(row) = row(draft, metric, place) else { continue };
            if place == 0 {
                sheet.text((row - 1, 0), metric.facts().title, &styles.sum_text)?;
            }
            sheet.text((row, 0), report.title(&scenario.name), &styles.text)?;
            let values = report.over_time(&scenario.name, metric.key());
            // One form for a row: that of its largest value, without a rest where that is large.
            let largest = values.iter().map(|its| its.mean).fold(0.0, f64::max);
            let style = styles.of_metric(metric.key(), if largest >= 100.0 { libm::rint(largest) } else { largest });
            for (column, estimate) in (FIRST..).zip(values) {
                sheet.number((row, column), estimate.mean, style)?;
            }
        }
    }
    Ok(())
}
