//! The roadmap over time: what is built when, what is in force when, what it waits for, and what is done if it fails.

use super::Report;
use super::amount::Unit;
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, HEADING, LABEL, NAME, WIDTH, wrap};
use super::palette::{AXIS, GRID, Ink, LOSS, PAPER, SHADE, TEXT, scenario};
use super::roadmap_words::{gates, live_periods, live_share, pillar_name, pillars, rule_in_words, words, write_level};
use crate::estimate::money::business::{CapabilityCourse, InitiativeCourse, Roadmap, RuleCourse};

/// The widest that names may be.
const NAMES: f64 = 196.0;
/// The room for the numbers to the right of the bars.
const NUMBERS: f64 = 164.0;
/// The height of a bar.
const BAR: f64 = 14.0;
/// How deep a dip of the whole effect goes below its bar.
const DEEPEST: f64 = 11.0;
/// The height of a capability's row.
const LEVEL: f64 = 22.0;
/// How many shades of an effect are told apart.
const SHADES: f64 = 10.0;

/// The roadmap of each scenario that has initiatives.
pub fn timelines(report: &Report) -> Vec<Chart> {
    let with = report.business.roadmaps.iter().filter(|roadmap| !roadmap.initiatives.is_empty());
    with.map(|roadmap| draw(report, roadmap)).collect()
}

fn draw(report: &Report, roadmap: &Roadmap) -> Chart {
    let noun = report.summary.period.noun();
    let title = format!("The roadmap of “{}” as it came", report.title(&roadmap.scenario));
    let subtitle = "Hatched: build as planned · frame: in force as planned, with a mark where the effect is full · \
                    shade: mean share of the effect in force · below the bar: effect below nothing · \
                    whisker: go-live from the 5th to the 95th percentile, with the median · in brackets: intervals";
    let mut figure = Figure::new(&title, &format!("{subtitle} · {}", report.counted()));
    let mut frame = Frame {
        left: EDGE + NAMES + 12.0,
        right: WIDTH - EDGE - NUMBERS,
        top: figure.top + 4.0,
        bottom: 0.0,
        across: Axis::times(report.summary.period, 0, report.summary.horizon, 9),
        up: Axis::values(Unit::Number, [0.0, 1.0], 1),
    };
    frame.bottom = frame.top + height_of_rows(roadmap, noun);
    frame.draw_grid_across(&mut figure.canvas);
    let ink = scenario(report, &roadmap.scenario).ink;
    let mut top = frame.top;
    for (pillar, initiatives) in pillars(roadmap) {
        top = draw_heading(&mut figure, pillar_name(pillar, roadmap), top);
        for initiative in initiatives {
            top = draw_initiative(&mut figure, (&frame, noun), initiative, ink, top);
        }
    }
    if !roadmap.capabilities.is_empty() {
        top = draw_heading(&mut figure, CAPABILITIES, top);
        for capability in &roadmap.capabilities {
            top = draw_capability(&mut figure, &frame, roadmap, capability, top);
        }
    }
    frame.draw_across(&mut figure.canvas, &format!("Time, {noun}s from the start; {noun} 10 goes from 9 to 10"));
    let height = draw_rules(&mut figure, &roadmap.rules, noun, frame.bottom + BELOW);
    figure.finish(&report.chart_name("roadmap", &roadmap.scenario), height, words(report, roadmap))
}

const CAPABILITIES: &str = "Capabilities: mean level · dashed: the level that an initiative waits for";

fn height_of_rows(roadmap: &Roadmap, noun: &str) -> f64 {
    let headings = pillars(roadmap).iter().map(|(pillar, _)| heading_height(pillar_name(pillar, roadmap))).sum::<f64>();
    let initiatives: f64 = roadmap.initiatives.iter().map(|initiative| row_height(initiative, noun)).sum();
    let capabilities: f64 = roadmap.capabilities.iter().map(level_height).sum();
    let heading = if roadmap.capabilities.is_empty() { 0.0 } else { heading_height(CAPABILITIES) };
    headings + initiatives + heading + capabilities
}

fn heading_height(heading: &str) -> f64 {
    if heading.is_empty() { 0.0 } else { 28.0 }
}

fn draw_heading(figure: &mut Figure, heading: &str, top: f64) -> f64 {
    let line = wrap(heading, HEADING, WIDTH - 2.0 * EDGE, 1).concat();
    // The grid would run through the letters.
    let right = EDGE + HEADING.width(&line) + 6.0;
    figure.canvas.rectangle((EDGE, top + 6.0), (right, top + 25.0), PAPER);
    figure.canvas.words(&line, (EDGE, top + 20.0), Anchor::Start, HEADING);
    top + heading_height(heading)
}

fn name_lines(title: &str) -> Vec<String> {
    wrap(title, NAME, NAMES, 2)
}

fn row_height(initiative: &InitiativeCourse, noun: &str) -> f64 {
    let numbers = number_lines([&live_share(initiative), &live_periods(initiative, noun)]).len() as f64;
    let names = name_lines(&initiative.title).len() as f64;
    (names * NAME.line_height() + 8.0).max(numbers * LABEL.line_height() + 6.0).max(BAR + DEEPEST + 17.0)
}

fn number_lines(numbers: [&str; 2]) -> Vec<String> {
    numbers.into_iter().flat_map(|text| wrap(text, LABEL, NUMBERS - 12.0, 2)).collect()
}

fn level_height(capability: &CapabilityCourse) -> f64 {
    (name_lines(&capability.title).len() as f64 * NAME.line_height() + 8.0).max(LEVEL + 16.0)
}

/// Writes a row's name before it and a line or two after it.
fn draw_texts(figure: &mut Figure, frame: &Frame, title: &str, numbers: [&str; 2], middle: f64) {
    let lines = name_lines(title);
    let above = lines.len().saturating_sub(1) as f64 * NAME.line_height() / 2.0;
    figure.lines(&lines, (frame.left - 12.0, middle + 0.36 * NAME.size - above), Anchor::End, NAME);
    let lines = number_lines(numbers);
    let above = lines.len().saturating_sub(1) as f64 * LABEL.line_height() / 2.0;
    figure.lines(&lines, (frame.right + 12.0, middle + 0.36 * LABEL.size - above), Anchor::Start, LABEL);
}

fn draw_initiative(
    figure: &mut Figure,
    (frame, noun): (&Frame, &str),
    initiative: &InitiativeCourse,
    ink: Ink,
    top: f64,
) -> f64 {
    let height = row_height(initiative, noun);
    let middle = top + height / 2.0;
    let (share, live) = (live_share(initiative), live_periods(initiative, noun));
    draw_texts(figure, frame, &initiative.title, [&share, &live], middle);
    let bar = (middle - BAR / 2.0 - 1.0, middle + BAR / 2.0 - 1.0);
    draw_plan(figure, frame, initiative, ink, bar);
    draw_effect(figure, frame, &initiative.effect, ink, bar);
    draw_frame(figure, frame, initiative, ink, bar);
    draw_live(figure, frame, initiative, bar.0 - 5.0);
    top + height
}

/// When it goes live: the percentiles that the replications can tell.
fn draw_live(figure: &mut Figure, frame: &Frame, initiative: &InitiativeCourse, y: f64) {
    let at = |period: f64| frame.x(inside(frame, period - 1.0));
    let [low, median, high] = initiative.live;
    if let (Some(low), Some(high)) = (low.and_then(|its| its.period), high) {
        // Where the later end never comes, the whisker runs to the end of the frame and stays open.
        let right = high.period.map_or(frame.right, at);
        figure.canvas.line(&[(at(low), y), (right, y)], TEXT, 1.25);
        for end in [Some(low), high.period].into_iter().flatten() {
            figure.canvas.line(&[(at(end), y - 3.0), (at(end), y + 3.0)], TEXT, 1.25);
        }
    }
    if let Some(median) = median.and_then(|its| its.period) {
        figure.canvas.dot((at(median), y), 2.75, TEXT);
    }
}

/// A time kept within the frame.
fn inside(frame: &Frame, time: f64) -> f64 {
    time.clamp(frame.across.low.max(0.0), frame.across.high)
}

/// When a period begins: period 1 follows upon time 0, which is when period 0 is.
fn begin(period: u32) -> f64 {
    f64::from(period.saturating_sub(1))
}

fn draw_plan(figure: &mut Figure, frame: &Frame, initiative: &InitiativeCourse, ink: Ink, (top, bottom): (f64, f64)) {
    let Some(start) = initiative.planned_start else { return };
    let live = initiative.planned_live.map_or(frame.across.high, begin);
    let (left, right) = (frame.x(inside(frame, begin(start))), frame.x(inside(frame, live)));
    if right > left {
        figure.canvas.rectangle((left, top), (right, bottom), PAPER);
        figure.canvas.hatch((left, top), (right, bottom), ink.faint(0.55), 1.0);
        outline(figure, (left, top), (right, bottom), ink.faint(0.55));
    }
}

/// Equal shades that follow upon each other are drawn as one.
fn draw_effect(figure: &mut Figure, frame: &Frame, effect: &[f64], ink: Ink, (top, bottom): (f64, f64)) {
    let step = |value: &f64| if value.is_finite() { libm::round(value.clamp(-1.0, 1.0) * SHADES) } else { 0.0 };
    let mut from = 1;
    for same in effect.get(1..).unwrap_or_default().chunk_by(|a, b| step(a) == step(b)) {
        let shade = same.first().map_or(0.0, step) / SHADES;
        let (left, right) = (frame.x((from - 1) as f64), frame.x((from - 1 + same.len()) as f64));
        if shade > 0.0 {
            figure.canvas.rectangle((left, top), (right, bottom), ink.faint(0.12 + 0.78 * shade));
        } else if shade < 0.0 {
            let deep = (DEEPEST * -shade).max(2.5);
            figure.canvas.rectangle((left, bottom), (right, bottom + deep), LOSS);
        }
        from += same.len();
    }
}

fn draw_frame(figure: &mut Figure, frame: &Frame, initiative: &InitiativeCourse, ink: Ink, (top, bottom): (f64, f64)) {
    let Some(live) = initiative.planned_live else { return };
    let end = initiative.planned_end.map_or(frame.across.high, f64::from);
    let (left, right) = (frame.x(inside(frame, begin(live))), frame.x(inside(frame, end)));
    if right > left {
        outline(figure, (left, top), (right, bottom), ink);
    }
    if let Some(full) = initiative.planned_full.map(begin).filter(|full| *full < frame.across.high) {
        let x = frame.x(full);
        figure.canvas.line(&[(x, top - 1.0), (x, bottom + 1.0)], TEXT, 1.25);
    }
}

fn outline(figure: &mut Figure, (left, top): (f64, f64), (right, bottom): (f64, f64), ink: Ink) {
    figure.canvas.line(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], ink, 1.0);
}

fn draw_capability(
    figure: &mut Figure,
    frame: &Frame,
    roadmap: &Roadmap,
    capability: &CapabilityCourse,
    top: f64,
) -> f64 {
    let height = level_height(capability);
    let middle = top + height / 2.0;
    let last = capability.level.last().copied().unwrap_or(0.0);
    let at_end = format!("at the end {}", write_level(last));
    draw_texts(figure, frame, &capability.title, [&capability.kind, &at_end], middle);
    let highest = gates(roadmap, capability).map(|(_, _, level)| level);
    let most = highest.chain(capability.level.iter().copied()).filter(|v| v.is_finite()).fold(1.0, f64::max);
    let ground = middle + LEVEL / 2.0;
    let y = |level: f64| ground - LEVEL * (level / most).clamp(0.0, 1.0);
    let mut from = 0;
    for same in capability.level.chunk_by(|a, b| libm::fabs(a - b) < 0.005 * most) {
        // A level holds from its time on until the next one.
        let (left, right) = (inside(frame, from as f64), inside(frame, (from + same.len()) as f64));
        let level = same.first().copied().unwrap_or(0.0);
        if level > 0.0 && right > left {
            let share = (level / most).min(1.0);
            let shade = SHADE.faint(0.15 + 0.4 * share);
            figure.canvas.rectangle((frame.x(left), y(level)), (frame.x(right), ground), shade);
        }
        from += same.len();
    }
    figure.canvas.line(&[(frame.left, ground), (frame.right, ground)], AXIS, 0.75);
    draw_gates(figure, frame, (roadmap, capability), ground, y);
    top + height
}

/// Marks from when on and at which level initiatives wait for a capability.
fn draw_gates(
    figure: &mut Figure,
    frame: &Frame,
    (roadmap, capability): (&Roadmap, &CapabilityCourse),
    ground: f64,
    y: impl Fn(f64) -> f64,
) {
    let mut earliest: Vec<(f64, f64)> = Vec::new();
    let gates = gates(roadmap, capability).map(|(_, from, level)| (from.unwrap_or(0.0), level));
    for (from, level) in gates.filter(|(from, _)| *from < frame.across.high) {
        match earliest.iter_mut().find(|(_, known)| *known == level) {
            Some((first, _)) => *first = first.min(from),
            None => earliest.push((from, level)),
        }
        let left = frame.x(inside(frame, from));
        figure.canvas.line(&[(left, ground), (left, y(level))], TEXT, 1.5);
        figure.canvas.dot((left, y(level)), 3.25, TEXT);
    }
    for (from, level) in earliest {
        let left = frame.x(inside(frame, from));
        figure.canvas.dashed(&[(left, y(level)), (frame.right, y(level))], TEXT, 1.25, &[3.0, 3.0]);
    }
}

fn draw_rules(figure: &mut Figure, rules: &[RuleCourse], noun: &str, top: f64) -> f64 {
    if rules.is_empty() {
        return top;
    }
    figure.canvas.line(&[(EDGE, top), (WIDTH - EDGE, top)], GRID, 1.0);
    let mut base = top + 20.0;
    figure.canvas.words("If it turns out otherwise", (EDGE, base), Anchor::Start, HEADING);
    for rule in rules {
        for line in wrap(&rule_in_words(rule, noun), NAME, WIDTH - 2.0 * EDGE, 3) {
            base += NAME.line_height();
            figure.canvas.words(&line, (EDGE, base), Anchor::Start, NAME);
        }
        base += 4.0;
    }
    base + EDGE
}
