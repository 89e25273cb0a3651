//! Charts of the program that opens the file: they follow what is changed on other sheets.

use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartFormat, ChartLine, ChartSolidFill, ChartType, Color, Workbook, XlsxError,
};

use super::compare;
use super::customers;
use super::draft::Draft;
use super::keys::Key;
use super::layout::{Below, HEAD};
use super::sheet::Sheet;
use crate::model::metric::Metric;
use crate::report::palette::{self, Ink};

/// The size of a chart in pixels.
const SIZE: (u32, u32) = (900, 340);
/// The rows that a chart takes, with a gap.
const ROWS: u32 = 19;

/// Writes the sheet: the value of each scenario, the way there, and customers.
pub fn write(workbook: &mut Workbook, draft: &Draft) -> Result<(), XlsxError> {
    let charts = [Some(value(draft)), Some(way(draft)), active(draft)];
    let mut sheet = Sheet::new(workbook, "Charts")?;
    sheet.text((0, 0), "Charts", &draft.styles.title)?;
    let note = "Of the means over replications; report.html shows how far single replications lie apart.";
    sheet.text((1, 0), note, &draft.styles.note)?;
    for (row, chart) in (3..).step_by(ROWS as usize).zip(charts.iter().flatten()) {
        sheet.chart((row, 0), chart)?;
    }
    Ok(())
}

/// The places of all scenarios but the baseline.
fn others(draft: &Draft) -> impl Iterator<Item = usize> {
    let baseline = draft.baseline;
    (0..draft.sums.len()).filter(move |place| *place != baseline)
}

/// The net present value of each scenario beyond the baseline's.
fn value(draft: &Draft) -> Chart {
    let mut chart = begun(ChartType::Column, "Net present value beyond the baseline's", "");
    let row = compare::key_row(Key::NpvDifference);
    for place in others(draft) {
        let column = compare::column(place);
        let series = chart.add_series().set_name(title(place));
        series.set_values(("Compare", row, column, row, column)).set_format(&mut fill(ink(draft, place)));
    }
    chart.x_axis().set_hidden(true);
    chart
}

/// The cumulative discounted difference of each scenario.
fn way(draft: &Draft) -> Chart {
    let noun = draft.report.summary.period.noun();
    let mut chart = begun(ChartType::Line, "Cumulative discounted difference in cash flow", noun);
    let layout = &draft.layout;
    let row = layout.below(Below::CumulativeDiscountedDifference);
    let (first, last) = (layout.column(0), layout.column(layout.times.saturating_sub(1)));
    for place in others(draft) {
        let name = draft.names.plain(place);
        let series = chart.add_series().set_name(title(place));
        series.set_categories((name, HEAD, first, HEAD, last)).set_values((name, row, first, row, last));
        series.set_format(&mut line(ink(draft, place)));
    }
    chart
}

/// Active customers over time, by scenario.
fn active(draft: &Draft) -> Option<Chart> {
    if !customers::is_shown(draft) {
        return None;
    }
    let noun = draft.report.summary.period.noun();
    let mut chart = begun(ChartType::Line, "Active customers", noun);
    let last = u16::try_from(customers::times(draft)).unwrap_or(u16::MAX);
    for (place, scenario) in draft.report.summary.scenarios.iter().enumerate() {
        let Some(row) = customers::row(draft, Metric::ActiveCustomers, place) else { continue };
        let (first, head) = (customers::FIRST, customers::HEAD);
        let series = chart.add_series().set_name(("Customers", row, 0));
        series.set_categories(("Customers", head, first, head, last));
        series.set_values(("Customers", row, first, row, last));
        series.set_format(&mut line(palette::scenario(draft.report, &scenario.name).ink));
    }
    Some(chart)
}

fn begun(kind: ChartType, title: &str, across: &str) -> Chart {
    let mut chart = Chart::new(kind);
    chart.title().set_name(title);
    if !across.is_empty() {
        // Below the plot also where values are below 0.
        chart.x_axis().set_name(across).set_label_position(ChartAxisLabelPosition::Low);
    }
    chart.y_axis().set_num_format("#,##0");
    chart.set_width(SIZE.0).set_height(SIZE.1);
    chart
}

/// The cell with a scenario's title: a text could begin like a formula.
fn title(place: usize) -> (&'static str, u32, u16) {
    ("Compare", compare::HEAD, compare::column(place))
}

fn ink(draft: &Draft, place: usize) -> Ink {
    palette::scenario(draft.report, draft.scenario(place)).ink
}

fn color(ink: Ink) -> Color {
    Color::from(ink.hex().as_str())
}

fn line(ink: Ink) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_line(ChartLine::new().set_color(color(ink)).set_width(2.0));
    format
}

fn fill(ink: Ink) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(color(ink)));
    format
}
