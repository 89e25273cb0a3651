//! What single replications come to: the percentiles of every metric that a run is long enough to know them of.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::draft::Draft;
use super::sheet::Sheet;
use crate::report::amount::sentence_case;
use crate::report::goal::metric_in_words;
use crate::stats::order::Percentiles;

/// A row: whose, of which metric, a level or a difference, and its percentiles.
type Row<'a> = (&'a str, &'a str, &'static str, &'a Percentiles);

/// Levels first, then differences.
fn rows<'a>(draft: &'a Draft) -> Vec<Row<'a>> {
    let summary = &draft.report.summary;
    let levels = summary.scenarios.iter().map(|its| (its.name.as_str(), "level", &its.percentiles));
    let differences = summary.contrasts.iter().map(|its| (its.scenario.as_str(), "difference", &its.percentiles));
    let all = levels.chain(differences);
    all.flat_map(|(scenario, kind, of)| of.iter().map(move |(metric, its)| (scenario, metric.as_str(), kind, its)))
        .collect()
}

/// Whether any are known.
pub fn is_shown(draft: &Draft) -> bool {
    !rows(draft).is_empty()
}

/// Writes the sheet.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(workbook, "Percentiles")?;
    let styles = &draft.styles;
    sheet.widths(&[34.0, 40.0, 14.0, 20.0, 20.0, 20.0])?;
    sheet.text((0, 0), "What single replications come to", &styles.title)?;
    let note = "One replication in twenty lies below the 5th percentile, and one above the 95th. Differences are those from the baseline.";
    sheet.text((1, 0), note, &styles.note)?;
    sheet.freeze(4, 0, (3, 3))?;
    sheet.heads(3, &["Scenario", "Metric", "Kind"], &styles.head)?;
    sheet.heads_from((3, 3), &["5th percentile", "Median", "95th percentile"], &styles.head_count)?;
    for (row, (scenario, metric, kind, its)) in (4..).zip(rows(draft)) {
        let words = sentence_case(&metric_in_words(&draft.report.phrases, metric));
        sheet.heads(row, &[draft.report.title(scenario), &words, kind], &styles.text)?;
        for (column, bounded) in (3..).zip([its.p5, its.median, its.p95]) {
            match bounded {
                Some(its) => sheet.number((row, column), its.value, styles.of_metric(metric, its.value))?,
                None => sheet.text((row, column), "too few replications", &styles.right)?,
            }
        }
    }
    Ok(())
}
