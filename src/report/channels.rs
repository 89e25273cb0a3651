//! How channels fare over time: how long customers wait, who gives up and how busy people are, or how often they are tried.

use super::Report;
use super::amount::{Unit, sentence_case, write};
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{EDGE, Figure, Frame, HEADING, WIDTH, wrap};
use super::key::Sample;
use super::means;
use super::palette::scenario;
use super::panels::{BETWEEN, Head, Panels, legend};
use super::service::{busiest, is_staffed, metric, over_horizon};
use crate::model::channel::Gauge;

/// No more rows of panels than these can be read.
const MOST_ROWS: usize = 6;
/// Nor more lines in all of them, but for one row.
const MOST_LINES: usize = 80;
/// How many panels stand in a row.
const COLUMNS: usize = 3;
/// How many parts the lower axis of a panel has room for.
const MOST_TIMES: u64 = 5;
/// How high a panel is.
const HEIGHT: f64 = 96.0;
/// What is shown of channels where people work, with what stands above the panel.
const WITH_PEOPLE: [(Gauge, &str); COLUMNS] = [
    (Gauge::Wait, "Mean wait, minutes"),
    (Gauge::Abandonment, "Share that gives up"),
    (Gauge::Utilisation, "Utilisation of its people"),
];

/// A panel: what is read off one channel.
struct Panel<'r> {
    channel: &'r str,
    gauge: Gauge,
    head: Head,
    up: Axis,
}

/// A row of panels, below the name of the channel where all are of one.
struct Row<'r> {
    title: Option<String>,
    panels: Vec<Panel<'r>>,
}

/// The channels that customers try, those first that they try most; none where there is no channel, or nobody comes.
pub fn channels(report: &Report) -> Option<Chart> {
    let (rows, left) = rows(report);
    if rows.is_empty() {
        return None;
    }
    let summary = &report.summary;
    let noun = summary.period.noun();
    let few = match left.len() {
        0 => String::new(),
        1 => " · one more channel is left out".to_owned(),
        left => format!(" · {left} more channels are left out"),
    };
    let subtitle = format!("In each {noun}, means of {}; each panel has a scale of its own{few}", report.counted());
    let mut figure = Figure::new("How channels fare", &subtitle);
    let names: Vec<_> =
        summary.scenarios.iter().map(|its| (report.title(&its.name).to_owned(), scenario(report, &its.name))).collect();
    legend(&mut figure, Sample::Line, &names);
    let ups = rows.iter().flat_map(|row| &row.panels).map(|panel| &panel.up);
    let widest = ups.max_by(|one, other| room(one).total_cmp(&room(other)))?;
    let mut height = figure.top;
    for row in &rows {
        let panels = draw(&mut figure, report, row, widest);
        figure.top = panels.bottom + BETWEEN;
        height = panels.bottom;
    }
    let height =
        Panels { frames: Vec::new(), bottom: height }.measure(&mut figure, &format!("Time, {noun}s from the start"));
    Some(figure.finish("channels", height, words(report, &rows, &left)))
}

fn room(up: &Axis) -> f64 {
    Frame::room_for_labels(up)
}

/// The rows that are drawn, and the titles of the channels that have no room.
fn rows(report: &Report) -> (Vec<Row<'_>>, Vec<String>) {
    let most = (MOST_LINES / COLUMNS / report.summary.scenarios.len().max(1)).clamp(1, MOST_ROWS);
    let (mut with, mut without, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for channel in busiest(report) {
        let staffed = is_staffed(report, channel);
        let one_more = without.len() + usize::from(!staffed);
        let has_room = with.len() + usize::from(staffed) + one_more.div_ceil(COLUMNS) <= most;
        match (has_room, staffed) {
            (true, true) => with.push(channel),
            (true, false) => without.push(channel),
            (false, _) => left.push(title(report, channel)),
        }
    }
    let of_people = with.into_iter().map(|channel| Row {
        title: Some(title(report, channel)),
        panels: WITH_PEOPLE.map(|(gauge, head)| panel(report, channel, gauge, ("", head))).into_iter().collect(),
    });
    let of_others = without.chunks(COLUMNS).map(|some| Row {
        title: None,
        panels: some
            .iter()
            .map(|channel| panel(report, channel, Gauge::Attempts, (&title(report, channel), "Attempts")))
            .collect(),
    });
    (of_people.chain(of_others).collect(), left)
}

fn title(report: &Report, channel: &str) -> String {
    report.channels.get(channel).map_or_else(String::new, |title| sentence_case(title))
}

fn panel<'r>(report: &Report, channel: &'r str, gauge: Gauge, (heading, note): (&str, &str)) -> Panel<'r> {
    let metric = metric(channel, gauge);
    let scenarios = &report.summary.scenarios;
    let values = scenarios.iter().flat_map(|its| report.over_time(&its.name, &metric).iter().skip(1));
    // How busy people are is read near its upper end; all else is compared with nothing.
    let ground = (gauge != Gauge::Utilisation).then_some(0.0);
    let up = Axis::values(Unit::of(&metric), values.map(|its| its.mean).chain(ground), 3);
    Panel { channel, gauge, head: Head { heading: heading.to_owned(), note: note.to_owned() }, up }
}

fn draw(figure: &mut Figure, report: &Report, row: &Row, widest: &Axis) -> Panels {
    let summary = &report.summary;
    if let Some(title) = &row.title {
        let lines = wrap(title, HEADING, WIDTH - 2.0 * EDGE, 2);
        figure.lines(&lines, (EDGE, figure.top + HEADING.size), Anchor::Start, HEADING);
        figure.top += lines.len() as f64 * HEADING.line_height();
    }
    let across = Axis::times(summary.period, 1, summary.horizon, MOST_TIMES);
    let heads: Vec<&Head> = row.panels.iter().map(|panel| &panel.head).collect();
    let mut panels = Panels::in_columns(figure, &heads, (COLUMNS, HEIGHT), &across, widest);
    for (panel, frame) in row.panels.iter().zip(&mut panels.frames) {
        frame.up = panel.up.clone();
        frame.draw_up(&mut figure.canvas);
        for its in &summary.scenarios {
            let metric = metric(panel.channel, panel.gauge);
            let attempts = report.over_time(&its.name, &self::metric(panel.channel, Gauge::Attempts));
            // Of nobody there is no mean wait.
            let of_those_who_came = matches!(panel.gauge, Gauge::Wait | Gauge::Abandonment);
            let is_known = |t: usize| t > 0 && (!of_those_who_came || attempts.get(t).is_none_or(|its| its.mean > 0.0));
            means::draw_where(&mut figure.canvas, frame, report, (&its.name, &metric), (is_known, 2.0));
        }
        frame.draw_across(&mut figure.canvas, "");
    }
    panels
}

/// What the chart shows, in words: what each panel comes to over the horizon.
fn words(report: &Report, rows: &[Row], left: &[String]) -> String {
    let summary = &report.summary;
    let gauge = |panel: &Panel| {
        let unit = Unit::of(&metric(panel.channel, panel.gauge));
        let minutes = if panel.gauge == Gauge::Wait { " min" } else { "" };
        let told = summary.scenarios.iter().filter_map(|its| {
            let value = over_horizon(report, &its.name, panel.channel, panel.gauge)?;
            Some(format!("{} {}{minutes}", report.title(&its.name), write(unit, value.mean)))
        });
        format!("{} {}", panel.gauge.phrase(), told.collect::<Vec<_>>().join(", "))
    };
    let row = |row: &Row| -> String {
        let told = row.panels.iter().map(|panel| match &row.title {
            Some(_) => gauge(panel),
            None => format!("{}: {}", panel.head.heading, gauge(panel)),
        });
        let told: Vec<String> = told.collect();
        row.title.as_ref().map_or_else(|| told.join(". "), |title| format!("{title}: {}", told.join("; ")))
    };
    let told: Vec<String> = rows.iter().map(row).collect();
    let left = if left.is_empty() { String::new() } else { format!(" Left out: {}.", left.join(", ")) };
    format!(
        "Line charts over {} {}s. Over all of them: {}.{left}",
        summary.horizon,
        summary.period.noun(),
        told.join(". ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{desks, fixture};

    #[test]
    fn channels_with_people_have_three_panels_and_others_show_how_often_they_are_tried() {
        assert_eq!(channels(&fixture::report()), None, "without channels there is nothing to show");
        let chart = channels(&desks::report(2, 1)).unwrap();
        assert_eq!(chart.svg.matches("Mean wait, minutes").count(), 2);
        assert!(chart.svg.contains("Attempts") && !chart.svg.contains("NaN") && !chart.svg.contains("left out"));
        let told = "Channel 0: mean wait Today 3.00 min, Know me: one view of the customer 1.50 min,";
        assert!(chart.alt.contains(told), "{}", chart.alt);
        assert!(chart.alt.contains("share that gives up Today 20.0%") && chart.alt.contains("utilisation Today 70.0%"));
        assert!(chart.alt.contains("Channel 2: attempts Today 3,000"), "{}", chart.alt);
    }

    #[test]
    fn of_thirty_channels_those_are_drawn_that_are_tried_most_and_the_others_named() {
        let chart = channels(&desks::report(3, 27)).unwrap();
        assert!(chart.svg.contains("18 more channels are left out"), "{}", chart.alt);
        assert!(chart.alt.contains("Channel 2: mean wait") && chart.alt.contains("Channel 11: attempts"));
        assert!(chart.alt.ends_with("Channel 27, Channel 28, Channel 29."), "{}", chart.alt);
        let alone = channels(&desks::report(30, 0)).unwrap();
        assert_eq!(alone.svg.matches("Mean wait, minutes").count(), MOST_ROWS);
        let wide = channels(&desks::with_channels(fixture::wide(), 24, 6)).unwrap();
        assert_eq!(wide.svg.matches("Mean wait, minutes").count(), 2, "with twelve scenarios there are fewer rows");
        assert_eq!(channels(&desks::report(0, 30)).unwrap().svg.matches(">\nAttempts").count(), COLUMNS * MOST_ROWS);
    }

    #[test]
    fn where_nobody_comes_nothing_is_drawn_and_no_wait_is_a_wait_of_nothing() {
        let mut report = desks::report(1, 1);
        let wait = metric("c0", Gauge::Wait);
        for series in report.series.iter_mut().filter(|its| its.metric == wait) {
            series.values.iter_mut().for_each(|value| value.mean = 0.0);
        }
        assert!(!channels(&report).unwrap().svg.contains("NaN"));
        desks::deserted(&mut report);
        assert_eq!(channels(&report), None);
    }

    #[test]
    fn one_period_and_very_long_names_can_be_drawn() {
        for (case, report) in fixture::extremes() {
            let mut report = desks::with_channels(report, 2, 2);
            for title in report.channels.values_mut() {
                *title = format!("{title} and åäö & <b> {}", "withoutanyspaceinitsname".repeat(12));
            }
            let chart = channels(&report).unwrap();
            assert!(!chart.svg.contains("NaN") && !chart.svg.contains("<b>"), "{case}");
        }
    }
}
