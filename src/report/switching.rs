//! Switching: where those end who come to a channel first, side by side in every scenario.
//!
//! Most end where they came, so that bars of all of them would look alike: bars are of those who end elsewhere.

use super::Report;
use super::amount::{Scale, Unit, sentence_case, write};
use super::axis::Axis;
use super::bounds::NONE;
use super::canvas::{Anchor, Letters};
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, HEADING, LABEL, NAME, WIDTH, wrap};
use super::key::Sample;
use super::palette::{AXIS, Ink, Look, OTHERS, PAPER, TEXT, scenario, stage};
use super::panels::legend;
use crate::estimate::summary::ScenarioSummary;
use crate::model::metric::SWITCHED;

/// No more bars than these can be read.
const MOST_BARS: usize = 36;
/// No more channels than these have a colour of their own.
const MOST_CHANNELS: usize = 8;
/// The widest that the names of scenarios may be.
const NAMES: f64 = 190.0;
/// The sample of a scenario's line, between its name and its bar, with the gaps.
const SAMPLE: f64 = 40.0;
/// The room for how many came, and which share of them ends there, to the right of the bars: to the right end of each.
const NUMBERS: [f64; 2] = [78.0, 150.0];
/// The height of a bar, and the gap below it.
const BAR: [f64; 2] = [16.0, 4.0];
/// The gap between the bars of two channels.
const BETWEEN: f64 = 12.0;
/// A smaller share is not told in words.
const LEAST_TOLD: f64 = 5e-4;
/// Percent within bars.
const SMALL: f64 = 11.0;

/// A bar: those who come to a channel first in a scenario.
struct Bar<'r> {
    scenario: &'r str,
    came: f64,
    /// The share of them that ends in each channel that has a colour, by its place; then all others together.
    shares: Vec<f64>,
}

/// The bars of a channel, by its place among those that have a colour.
struct Group<'r> {
    first: usize,
    bars: Vec<Bar<'r>>,
}

/// What the chart shows.
struct Flow<'r> {
    /// The names of the channels that have a colour.
    channels: Vec<&'r str>,
    groups: Vec<Group<'r>>,
    /// How many channels are drawn together as the last ones of others, and how many are left out as first ones.
    others: [usize; 2],
    /// The channels from which nobody turns elsewhere, which have no bars.
    kept: Vec<&'r str>,
}

/// Where those end who come to a channel first; none where nobody turns from one to another.
pub fn switching(report: &Report) -> Option<Chart> {
    let flow = flow(report)?;
    let summary = &report.summary;
    let (horizon, noun) = (summary.horizon, summary.period.noun());
    let subtitle = format!(
        "Bars: of those who come to each channel first, the share that tries another one last, helped there or not · \
         over {horizon} {noun}s, means of {}{}",
        report.counted(),
        left_out(&flow)
    );
    let mut figure = Figure::new("Where those end who come to a channel first", &subtitle);
    legend(&mut figure, Sample::Square, &key(report, &flow));
    let names = flow.bars().map(|(_, bar)| NAME.width(&name(report, bar.scenario)));
    let frame = Frame {
        left: EDGE + names.fold(0.0, f64::max) + SAMPLE,
        right: WIDTH - EDGE - NUMBERS[1],
        top: figure.top,
        bottom: figure.top + flow.groups.iter().map(|group| tall(report, &flow, group)).sum::<f64>(),
        across: Axis::values(Unit::Share, flow.bars().map(|(first, bar)| bar.elsewhere(first)).chain([0.0]), 5),
        up: Axis::values(Unit::Number, [0.0, 1.0], 1),
    };
    let mut top = frame.top;
    for group in &flow.groups {
        let bottom = top + tall(report, &flow, group);
        draw(&mut figure, report, (&frame, &flow), (group, top));
        top = bottom;
    }
    frame.draw_across(&mut figure.canvas, "Share of those who came there first that ends elsewhere");
    Some(figure.finish("switching", frame.bottom + BELOW, words(report, &flow)))
}

/// What is to be said of the channels that have no bars.
fn left_out(flow: &Flow) -> String {
    let left = match flow.others[1] {
        0 => String::new(),
        1 => " · one more channel that some leave is left out".to_owned(),
        left => format!(" · {left} more channels that some leave are left out"),
    };
    match flow.kept.len() {
        0 => left,
        1 => format!("{left} · all who come to one more channel first end there"),
        kept => format!("{left} · all who come to {kept} more channels first end there"),
    }
}

impl Bar<'_> {
    /// The share that ends in another channel than the first.
    fn elsewhere(&self, first: usize) -> f64 {
        self.parts(first).map(|(_, share)| share).sum()
    }

    /// The channels that these end in, by their places, with their shares.
    fn parts(&self, first: usize) -> impl Iterator<Item = (usize, f64)> {
        self.shares.iter().copied().enumerate().filter(move |(place, share)| *place != first && *share > 0.0)
    }
}

impl Flow<'_> {
    /// All bars, each with the place of the first channel.
    fn bars(&self) -> impl Iterator<Item = (usize, &Bar<'_>)> {
        self.groups.iter().flat_map(|group| group.bars.iter().map(|bar| (group.first, bar)))
    }
}

/// How many come to each channel first and end in each, by scenario.
struct Counts {
    by_scenario: Vec<Vec<Vec<f64>>>,
    channels: usize,
}

impl Counts {
    fn of(report: &Report) -> Self {
        let of = |its: &ScenarioSummary| -> Vec<Vec<f64>> {
            let count = |first: &str, last: &str| {
                let its = its.metrics.get(&SWITCHED.called(&format!("{first}.{last}")));
                its.map_or(0.0, |its| its.mean.max(0.0))
            };
            let channels = || report.channels.keys();
            channels().map(|first| channels().map(|last| count(first, last)).collect()).collect()
        };
        Self { by_scenario: report.summary.scenarios.iter().map(of).collect(), channels: report.channels.len() }
    }

    /// How many come to a channel first, in all scenarios.
    fn came(&self, first: usize) -> f64 {
        self.by_scenario.iter().flat_map(|its| &its[first]).sum()
    }

    /// How many of them end elsewhere.
    fn left(&self, first: usize) -> f64 {
        let elsewhere = |(last, count): (usize, &f64)| if last == first { 0.0 } else { *count };
        self.by_scenario.iter().flat_map(|its| its[first].iter().enumerate().map(elsewhere)).sum()
    }

    /// How many end in a channel who came elsewhere first.
    fn joined(&self, last: usize) -> f64 {
        let elsewhere = |(first, row): (usize, &Vec<f64>)| if first == last { 0.0 } else { row[last] };
        self.by_scenario.iter().flat_map(|its| its.iter().enumerate().map(elsewhere)).sum()
    }

    /// Those who come to a channel first in a scenario, with the channels that have a colour.
    fn bar<'r>(&self, (place, scenario): (usize, &'r str), first: usize, coloured: &[usize]) -> Bar<'r> {
        let row = &self.by_scenario[place][first];
        let came: f64 = row.iter().sum();
        let share = |count: f64| if came > 0.0 { count / came } else { 0.0 };
        let rest = row.iter().enumerate().filter(|(last, _)| !coloured.contains(last)).map(|(_, count)| share(*count));
        let shares = coloured.iter().map(|last| share(row[*last])).chain([rest.sum()]).collect();
        Bar { scenario, came, shares }
    }
}

/// What is drawn: the channels that most leave or join have colours, and those of them have bars that most come to.
fn flow(report: &Report) -> Option<Flow<'_>> {
    let counts = Counts::of(report);
    let scenarios = &report.summary.scenarios;
    let places =
        |wanted: &dyn Fn(usize) -> bool| (0..counts.channels).filter(|place| wanted(*place)).collect::<Vec<_>>();
    let leaves = |place: usize| counts.left(place) > 0.0;
    let moving = places(&|place| leaves(place) || counts.joined(place) > 0.0);
    // One channel more needs no colour for others.
    let most = if moving.len() <= MOST_CHANNELS + 1 { moving.len() } else { MOST_CHANNELS };
    let others = moving.len() - most;
    let mut coloured = ranked(moving, |place| counts.left(place) + counts.joined(place));
    coloured.truncate(most);
    let mut shown = ranked((0..most).filter(|its| leaves(coloured[*its])).collect(), |its| counts.came(coloured[its]));
    shown.truncate((MOST_BARS / scenarios.len().max(1)).max(1));
    let left_out = places(&leaves).len() - shown.len();
    let group = |first: usize| {
        let named = scenarios.iter().map(|its| its.name.as_str()).enumerate();
        Group { first, bars: named.map(|its| counts.bar(its, coloured[first], &coloured)).collect() }
    };
    let groups: Vec<Group> = shown.into_iter().map(group).collect();
    let named = |places: &[usize]| -> Vec<&str> {
        places.iter().filter_map(|place| report.channels.get_index(*place)).map(|(name, _)| name.as_str()).collect()
    };
    let kept = named(&places(&|place| counts.came(place) > 0.0 && !leaves(place)));
    (!groups.is_empty()).then(|| Flow { channels: named(&coloured), groups, others: [others, left_out], kept })
}

/// Places by what they come to, the largest first.
fn ranked(mut places: Vec<usize>, size: impl Fn(usize) -> f64) -> Vec<usize> {
    places.sort_by(|one, other| size(*other).total_cmp(&size(*one)));
    places
}

fn title(report: &Report, channel: &str) -> String {
    report.channels.get(channel).map_or_else(String::new, |title| sentence_case(title))
}

/// The name of a scenario in one line.
fn name(report: &Report, scenario: &str) -> String {
    wrap(report.title(scenario), NAME, NAMES, 1).concat()
}

/// The colour of a channel by its place; that of all others after the last.
fn ink(flow: &Flow, place: usize) -> Ink {
    if place < flow.channels.len() { stage(place) } else { OTHERS }
}

/// What anybody ends in who came elsewhere first.
fn key(report: &Report, flow: &Flow) -> Vec<(String, Look)> {
    let is_drawn = |place: usize| flow.bars().any(|(first, bar)| bar.parts(first).any(|(its, _)| its == place));
    let places = (0..=flow.channels.len()).filter(|place| is_drawn(*place));
    places.map(|place| (called(report, flow, place), Look { ink: ink(flow, place), dash: &[] })).collect()
}

/// What the channel is called that has a colour; after the last of them all others together.
fn called(report: &Report, flow: &Flow, place: usize) -> String {
    let one = flow.channels.get(place).map(|channel| title(report, channel));
    one.unwrap_or_else(|| format!("{} other channels", flow.others[0]))
}

fn heading(report: &Report, flow: &Flow, group: &Group) -> Vec<String> {
    let channel = called(report, flow, group.first);
    wrap(&format!("{channel} first"), HEADING, WIDTH - 2.0 * EDGE - NUMBERS[1], 2)
}

/// How high the bars of a channel are with their heading.
fn tall(report: &Report, flow: &Flow, group: &Group) -> f64 {
    let heading = heading(report, flow, group).len() as f64 * HEADING.line_height();
    heading + 5.0 + group.bars.len() as f64 * (BAR[0] + BAR[1]) + BETWEEN
}

/// Draws the bars of a channel below its name.
fn draw(figure: &mut Figure, report: &Report, (frame, flow): (&Frame, &Flow), (group, top): (&Group, f64)) {
    let lines = heading(report, flow, group);
    let [came, stay] = [WIDTH - EDGE, WIDTH - EDGE - NUMBERS[0]];
    figure.lines(&lines, (EDGE, top + HEADING.size), Anchor::Start, HEADING);
    for (x, head) in [(came, "came"), (stay, "end there")] {
        figure.canvas.words(head, (x, top + HEADING.size), Anchor::End, LABEL);
    }
    let upper = top + lines.len() as f64 * HEADING.line_height() + 5.0;
    let rows = group.bars.len() as f64 * (BAR[0] + BAR[1]);
    Frame { top: upper, bottom: upper + rows, ..frame.clone() }.draw_grid_across(&mut figure.canvas);
    for (place, bar) in group.bars.iter().enumerate() {
        let upper = upper + place as f64 * (BAR[0] + BAR[1]) + BAR[1] / 2.0;
        let middle = upper + BAR[0] / 2.0;
        let base = middle + 0.36 * NAME.size;
        figure.canvas.words(&name(report, bar.scenario), (frame.left - SAMPLE, base), Anchor::End, NAME);
        let look = scenario(report, bar.scenario);
        figure.canvas.dashed(&[(frame.left - 33.0, middle), (frame.left - 9.0, middle)], look.ink, 2.25, look.dash);
        let there = write(Unit::Share, bar.shares[group.first]);
        let numbers =
            if bar.came > 0.0 { [write(Unit::Number, bar.came), there] } else { ["nobody", NONE].map(str::to_owned) };
        for (x, text) in [came, stay].into_iter().zip(numbers) {
            figure.canvas.words(&text, (x, base), Anchor::End, NAME);
        }
        draw_bar(figure, (frame, flow), bar, (group.first, upper));
    }
    figure.canvas.line(&[(frame.left, upper), (frame.left, upper + rows)], AXIS, 1.0);
}

/// The parts of a bar: where those end who do not stay.
fn draw_bar(figure: &mut Figure, (frame, flow): (&Frame, &Flow), bar: &Bar, (first, upper): (usize, f64)) {
    let mut from = 0.0;
    for (place, share) in bar.parts(first) {
        let ink = ink(flow, place);
        let (left, right) = (frame.x(from), frame.x(from + share));
        from += share;
        if right - left < 0.25 {
            continue;
        }
        // A seam of paper tells neighbours apart where colours cannot.
        let end = if right - left > 2.0 { right - 0.75 } else { right };
        figure.canvas.rectangle((left, upper), (end, upper + BAR[0]), ink);
        let letters = Letters { size: SMALL, bold: false, ink: if is_dark(ink) { PAPER } else { TEXT } };
        let text = Scale::of(Unit::Share, 1.0).write(share, usize::from(share < 0.0995));
        if letters.width(&text) + 6.0 <= right - left {
            let base = upper + BAR[0] / 2.0 + 0.36 * SMALL;
            figure.canvas.words(&text, (f64::midpoint(left, end), base), Anchor::Middle, letters);
        }
    }
}

/// Whether white letters are read better upon it than dark ones.
fn is_dark(ink: Ink) -> bool {
    let (red, green, blue) = ink.rgb;
    0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue) < 135.0
}

/// What the chart shows, in words.
fn words(report: &Report, flow: &Flow) -> String {
    let bar = |group: &Group, bar: &Bar| {
        let scenario = report.title(bar.scenario);
        if bar.came <= 0.0 {
            return format!("{scenario} nobody");
        }
        let stay = write(Unit::Share, bar.shares[group.first]);
        let elsewhere = bar.parts(group.first).filter(|(_, share)| *share >= LEAST_TOLD);
        let told =
            elsewhere.map(|(place, share)| format!(", {} {}", write(Unit::Share, share), called(report, flow, place)));
        format!("{scenario} {} came, {stay} end there{}", write(Unit::Number, bar.came), told.collect::<String>())
    };
    let group = |group: &Group| {
        let bars: Vec<String> = group.bars.iter().map(|its| bar(group, its)).collect();
        format!("{} first: {}", called(report, flow, group.first), bars.join("; "))
    };
    let summary = &report.summary;
    let left = match flow.others[1] {
        0 => String::new(),
        left => format!(" Left out as first ones: {left}."),
    };
    let kept: Vec<String> = flow.kept.iter().map(|channel| title(report, channel)).collect();
    let kept =
        if kept.is_empty() { String::new() } else { format!(" All stay who come first to: {}.", kept.join(", ")) };
    format!(
        "Stacked bars of where those end who come to a channel first, over {} {}s. {}.{left}{kept}",
        summary.horizon,
        summary.period.noun(),
        flow.groups.iter().map(group).collect::<Vec<_>>().join(". ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{desks, fixture};

    #[test]
    fn each_first_channel_has_a_bar_for_every_scenario_that_adds_up() {
        assert_eq!(switching(&fixture::report()), None, "without channels there is nothing to show");
        let report = desks::report(2, 1);
        let chart = switching(&report).unwrap();
        assert!(chart.svg.contains("Channel 0 first") && !chart.svg.contains("NaN") && !chart.svg.contains("left out"));
        let told = "Channel 0 first: Today 8,400 came, 64.3% end there, 32.1% Channel 1, 3.57% Channel 2;";
        assert!(chart.alt.contains(told), "{}", chart.alt);
        for bar in flow(&report).unwrap().groups.iter().flat_map(|group| &group.bars) {
            assert!((bar.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn where_nobody_comes_or_turns_elsewhere_nothing_is_drawn() {
        assert_eq!(switching(&desks::report(1, 0)), None);
        let mut report = desks::report(2, 1);
        desks::deserted(&mut report);
        assert_eq!(switching(&report), None);
    }

    #[test]
    fn of_thirty_channels_those_have_colours_that_most_come_to() {
        let chart = switching(&desks::report(30, 0)).unwrap();
        assert!(chart.svg.contains("22 other channels"), "{}", chart.alt);
        assert!(chart.svg.contains("22 more channels that some leave are left out"), "{}", chart.alt);
        assert!(chart.alt.contains("Channel 7 first") && !chart.alt.contains("Channel 8 first"));
    }

    #[test]
    fn a_channel_that_nobody_comes_to_in_one_scenario_says_so() {
        let mut report = desks::report(2, 0);
        let its = &mut report.summary.scenarios[1].metrics;
        for last in ["c0", "c1"] {
            if let Some(value) = its.get_mut(&SWITCHED.called(&format!("c0.{last}"))) {
                value.mean = 0.0;
            }
        }
        let chart = switching(&report).unwrap();
        assert!(chart.alt.contains("Know me: one view of the customer nobody;"), "{}", chart.alt);
        for scenario in &mut report.summary.scenarios {
            scenario.metrics.insert(SWITCHED.called("c1.c0"), crate::stats::estimate::Estimate::known(0.0));
        }
        let kept = switching(&report).unwrap();
        assert!(
            kept.svg.contains("all who come to one more channel first end there")
                && !kept.svg.contains("Channel 1 first")
        );
        assert!(kept.alt.ends_with("All stay who come first to: Channel 1."), "{}", kept.alt);
        assert!(chart.svg.contains("nobody") && !chart.svg.contains("NaN"));
    }

    #[test]
    fn every_report_with_very_long_names_can_be_drawn() {
        for (case, report) in fixture::extremes() {
            let mut report = desks::with_channels(report, 4, 8);
            for title in report.channels.values_mut() {
                *title = format!("{title} and åäö & <b> {}", "withoutanyspaceinitsname".repeat(12));
            }
            let chart = switching(&report).unwrap();
            assert!(!chart.svg.contains("NaN") && !chart.svg.contains("<b>"), "{case}");
        }
    }
}
