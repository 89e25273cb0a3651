//! How long each acquisition cohort stays: a heat map of cohorts by periods since entry.

use super::Report;
use super::amount::{Scale, Unit, sentence_case, write};
use super::axis::Axis;
use super::bounds::bracketed;
use super::canvas::{Anchor, Letters};
use super::chart::Chart;
use super::figure::{EDGE, Figure, LABEL, WIDTH, wrap};
use super::palette::{Ink, PAPER, SHADE, TEXT};
use crate::estimate::money::business::{CohortResult, CohortsOfScenario};
use crate::stats::order::Bounded;

/// No more rows and columns than these are drawn; neighbours share a row, and columns are left out evenly.
const MOST: usize = 24;
/// No more cells across than these have their number written in them.
const MOST_NUMBERED: usize = 14;
/// The height of a row.
const ROW: f64 = 19.0;
/// The room for the names of cohorts.
const NAMES: f64 = 96.0;
/// The room for customers and their value to the right.
const NUMBERS: f64 = 216.0;
/// How many shades are told apart.
const SHADES: f64 = 20.0;

/// Cohorts that share a row: means by customers.
pub struct Row {
    /// When they came.
    pub name: String,
    /// How many came.
    pub customers: f64,
    retention: Vec<f64>,
    /// What each of them is worth within the horizon. Where cohorts share a row the ends are means too, which cover as
    /// often and more: the errors of cohorts do not all point to one side.
    pub lifetime_value: Bounded,
    /// What each of them is worth after it; none where that is not known of all of them.
    pub tail_value: Option<f64>,
}

/// The retention of the cohorts of each scenario that has more than one.
pub fn heat_maps(report: &Report) -> Vec<Chart> {
    let with = || report.business.cohorts.iter().filter(|of| of.cohorts.len() > 1);
    // The same shades in every scenario.
    let values = with().flat_map(|of| &of.cohorts).flat_map(|cohort| cohort.retention.iter().copied());
    let scale = Axis::values(Unit::Share, values.chain([1.0]).map(|v| v.clamp(0.0, 1.0)), 5);
    with().map(|of| draw(report, of, &scale)).collect()
}

/// Cohorts in `most` rows, as many to a row as it takes; those who were there at the start keep a row of their own.
pub fn rows(cohorts: &[CohortResult], most: usize) -> Vec<Row> {
    let (first, rest) = cohorts.split_at(usize::from(cohorts.first().is_some_and(|cohort| cohort.entry == 0)));
    let each = rest.len().div_ceil(most - first.len()).max(1);
    first.chunks(1).chain(rest.chunks(each)).map(row).collect()
}

fn row(cohorts: &[CohortResult]) -> Row {
    let entry = |cohort: Option<&CohortResult>| cohort.map_or(0, |cohort| cohort.entry);
    let (from, to) = (entry(cohorts.first()), entry(cohorts.last()));
    let name = match (from, to) {
        (0, 0) => "at the start".to_owned(),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from} to {to}"),
    };
    // All of them were seen only as long as the shortest.
    let seen = cohorts.iter().map(|cohort| cohort.retention.len()).min().unwrap_or(0);
    let mean = |value: &dyn Fn(&CohortResult) -> f64| {
        let customers: f64 = cohorts.iter().map(|c| c.customers.max(0.0)).sum();
        let weight = |c: &CohortResult| {
            if customers > 0.0 { c.customers.max(0.0) / customers } else { 1.0 / cohorts.len() as f64 }
        };
        cohorts.iter().map(|c| weight(c) * value(c)).sum::<f64>()
    };
    Row {
        name,
        customers: cohorts.iter().map(|c| c.customers).sum(),
        retention: (0..seen).map(|since| mean(&|c| c.retention[since])).collect(),
        lifetime_value: Bounded {
            value: mean(&|c| c.lifetime_value.value),
            low: cohorts
                .iter()
                .all(|c| c.lifetime_value.low.is_some())
                .then(|| mean(&|c| c.lifetime_value.low.unwrap_or(0.0))),
            high: cohorts
                .iter()
                .all(|c| c.lifetime_value.high.is_some())
                .then(|| mean(&|c| c.lifetime_value.high.unwrap_or(0.0))),
        },
        tail_value: cohorts.iter().all(|c| c.tail_value.is_some()).then(|| mean(&|c| c.tail_value.unwrap_or(0.0))),
    }
}

impl Row {
    /// The share of what each of them is worth that falls within the horizon; none where a part is negative or not known.
    pub fn captured_share(&self) -> Option<f64> {
        let within = self.lifetime_value.value;
        let tail = self.tail_value.filter(|tail| *tail >= 0.0 && within >= 0.0)?;
        let whole = within + tail;
        (whole > 0.0).then(|| within / whole)
    }
}

fn shade(scale: &Axis, retention: f64) -> Ink {
    let step = libm::round(scale.share(retention).clamp(0.0, 1.0) * SHADES) / SHADES;
    SHADE.lightened(0.94 * (1.0 - step))
}

fn draw(report: &Report, of: &CohortsOfScenario, scale: &Axis) -> Chart {
    let noun = report.summary.period.noun();
    let rows = rows(&of.cohorts, MOST);
    let longest = rows.iter().map(|row| row.retention.len()).max().unwrap_or(0);
    let every = longest.div_ceil(MOST).max(1);
    let columns: Vec<usize> = (0..longest).step_by(every).collect();
    let skipped = if every > 1 { format!(" · every {every} {noun}s only") } else { String::new() };
    let merged = if of.cohorts.len() > rows.len() { " · neighbouring cohorts share a row" } else { "" };
    let title = format!("How long each cohort stays: “{}”", report.title(&of.scenario));
    let subtitle = format!(
        "Of those ever retained, the share retained now, by {noun} of entry and {noun}s since then{merged}{skipped}"
    );
    let mut figure = Figure::new(&title, &format!("{subtitle} · {}", report.counted()));
    draw_legend(&mut figure, scale);
    let (left, right) = (EDGE + NAMES, WIDTH - EDGE - NUMBERS);
    let wide = ((right - left) / columns.len().max(1) as f64).min(60.0);
    let top = figure.top + 44.0;
    figure.canvas.words(&format!("{}s since entry", sentence_case(noun)), (left, top - 22.0), Anchor::Start, LABEL);
    let label_every = (columns.len() * 30).div_ceil(560).max(1);
    for (place, since) in columns.iter().enumerate().filter(|(place, _)| place % label_every == 0) {
        let x = left + wide * (place as f64 + 0.5);
        figure.canvas.words(&since.to_string(), (x, top - 6.0), Anchor::Middle, LABEL);
    }
    let by_then = format!("Value by {noun} {}", report.summary.horizon);
    let heads = [
        (EDGE, "Entry", Anchor::Start),
        (right + 76.0, "Customers", Anchor::End),
        (WIDTH - EDGE, by_then.as_str(), Anchor::End),
    ];
    for (x, head, anchor) in heads {
        figure.canvas.words(head, (x, top - 6.0), anchor, LABEL);
    }
    for (place, row) in rows.iter().enumerate() {
        let at = (left, top + ROW * place as f64);
        draw_row(&mut figure, row, (&columns, scale), (at, wide), right);
    }
    let bottom = top + ROW * rows.len() as f64;
    let note = format!(
        "Value by {noun} {}: what each customer who came has brought up to then, {}: contribution margin less cost of \
         service and acquisition, discounted to the entry. It is cut at the horizon: who came late has had little time \
         to bring back what it cost to win them. In brackets: {:.0}% intervals.",
        report.summary.horizon,
        report.summary.currency,
        100.0 * report.summary.interval
    );
    let note = wrap(&note, LABEL, WIDTH - 2.0 * EDGE, 3);
    figure.lines(&note, (EDGE, bottom + 22.0), Anchor::Start, LABEL);
    let height = bottom + 22.0 + (note.len() as f64 - 1.0) * LABEL.line_height() + EDGE;
    figure.finish(&report.chart_name("cohorts", &of.scenario), height, words(report, of, &rows))
}

fn draw_row(
    figure: &mut Figure,
    row: &Row,
    (columns, scale): (&[usize], &Axis),
    ((left, top), wide): ((f64, f64), f64),
    right: f64,
) {
    let base = top + ROW / 2.0 + 0.36 * LABEL.size;
    figure.canvas.words(&row.name, (EDGE, base), Anchor::Start, LABEL);
    let numbered = columns.len() <= MOST_NUMBERED;
    for (place, since) in columns.iter().enumerate() {
        let Some(retention) = row.retention.get(*since) else { break };
        let (x, ink) = (left + wide * place as f64, shade(scale, *retention));
        figure.canvas.rectangle((x, top), (x + wide - 1.0, top + ROW - 1.0), ink);
        if numbered {
            let dark = scale.share(*retention) > 0.45;
            let letters = Letters { size: 11.0, bold: false, ink: if dark { PAPER } else { TEXT } };
            let text = Scale::of(Unit::Share, 1.0).write(*retention, 0);
            figure.canvas.words(&text, (x + (wide - 1.0) / 2.0, base - 0.5), Anchor::Middle, letters);
        }
    }
    figure.canvas.words(&write(Unit::Number, row.customers), (right + 76.0, base), Anchor::End, LABEL);
    figure.canvas.words(&bracketed(Unit::Number, &row.lifetime_value), (WIDTH - EDGE, base), Anchor::End, LABEL);
}

fn draw_legend(figure: &mut Figure, scale: &Axis) {
    let (left, top, wide) = (EDGE, figure.top - 6.0, 9.0);
    let mut x = left;
    let end = |value: f64| Scale::of(Unit::Share, 1.0).write(value, 0);
    figure.canvas.words(&end(scale.low), (x, top + 10.0), Anchor::Start, LABEL);
    x += LABEL.width(&end(scale.low)) + 6.0;
    for step in 0..=20_u32 {
        let value = scale.low + (scale.high - scale.low) * f64::from(step) / SHADES;
        figure.canvas.rectangle((x, top), (x + wide, top + 12.0), shade(scale, value));
        x += wide;
    }
    figure.canvas.words(&end(scale.high), (x + 6.0, top + 10.0), Anchor::Start, LABEL);
    figure.top += 16.0;
}

fn words(report: &Report, of: &CohortsOfScenario, rows: &[Row]) -> String {
    let noun = report.summary.period.noun();
    let row = |row: &Row| {
        let last = row.retention.len().saturating_sub(1);
        let s = if last == 1 { "" } else { "s" };
        let kept = row.retention.last().map_or("–".to_owned(), |share| write(Unit::Share, *share));
        let name = if row.name.starts_with('a') { row.name.clone() } else { format!("{noun} {}", row.name) };
        format!(
            "{name}: {} customers, {kept} retained after {last} {noun}{s}, value up to the horizon {}",
            write(Unit::Number, row.customers),
            bracketed(Unit::Number, &row.lifetime_value)
        )
    };
    format!(
        "Heat map of retention by cohort for “{}”. By {noun} of entry: {}.",
        report.title(&of.scenario),
        rows.iter().map(row).collect::<Vec<_>>().join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cohort(entry: u32, customers: f64, retention: &[f64]) -> CohortResult {
        CohortResult {
            entry,
            customers,
            retention: retention.to_vec(),
            retention_of_all: Vec::new(),
            came_to_convert: None,
            conversion: Vec::new(),
            retention_from_conversion: Vec::new(),
            mean_time_to_convert: None,
            median_time_to_convert: None,
            lifetime_value: Bounded { value: 10.0, low: Some(9.0), high: Some(11.0) },
            tail_value: None,
            captured_share: None,
        }
    }

    #[test]
    fn cohorts_that_share_a_row_are_weighed_by_their_customers() {
        let shared = row(&[cohort(1, 1.0, &[1.0, 0.5, 0.4]), cohort(2, 3.0, &[1.0, 0.9])]);
        assert_eq!(shared.name, "1 to 2");
        assert_eq!(shared.retention, [1.0, 0.8]);
        let worth = |entry, customers, tail| CohortResult { tail_value: tail, ..cohort(entry, customers, &[1.0]) };
        let later = row(&[worth(1, 1.0, Some(2.0)), worth(2, 3.0, Some(6.0))]);
        assert_eq!((later.tail_value, later.captured_share()), (Some(5.0), Some(10.0 / 15.0)));
        assert_eq!(row(&[worth(1, 1.0, Some(2.0)), worth(2, 3.0, None)]).captured_share(), None);
    }

    #[test]
    fn no_more_rows_than_can_be_read_and_no_cohort_is_lost() {
        let cohorts: Vec<CohortResult> = (0..601).map(|entry| cohort(entry, 2.0, &[1.0])).collect();
        let rows = rows(&cohorts, MOST);
        assert!(rows.len() <= MOST);
        assert_eq!(rows[0].name, "at the start");
        assert_eq!(rows.iter().map(|row| row.customers).sum::<f64>(), 1202.0);
    }

    #[test]
    fn a_value_that_is_cut_at_the_horizon_says_so() {
        let chart = &heat_maps(&crate::report::fixture::rich::report())[0];
        assert!(chart.alt.contains("value up to the horizon") && !chart.alt.to_lowercase().contains("lifetime"));
    }
}
