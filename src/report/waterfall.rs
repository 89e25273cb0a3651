//! Waterfalls: how parts add up to a whole, one bar after the other.

use super::Report;
use super::amount::{Unit, booked, write_ranged_signed, write_signed};
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, HEADING, LABEL, NAME, WIDTH, wrap};
use super::palette::{AXIS, GAIN, Ink, LOSS, TEXT, scenario};
use crate::estimate::money::business::{BusinessCase, ImpactChain, LineGroup};
use crate::model::metric::Metric;
use crate::stats::estimate::Estimate;

/// The widest that the names of parts may be.
const NAMES: f64 = 210.0;
/// The room for the numbers to the right of the bars.
const NUMBERS: f64 = 150.0;
/// More parts than this are not told apart: the smallest are drawn as one.
const MOST_PARTS: usize = 18;
/// Half the thickness of a bar.
const HALF: f64 = 8.0;

/// A part with its doubt, where it is known.
struct Part {
    title: String,
    amount: f64,
    doubt: Option<(f64, f64)>,
}

impl Part {
    fn of(title: String, estimate: &Estimate) -> Self {
        let estimate = booked(estimate);
        let doubt = estimate.standard_error.map(|_| (estimate.low, estimate.high));
        Self { title, amount: estimate.mean, doubt }
    }
}

/// A waterfall before it is drawn.
struct Fall {
    name: String,
    title: String,
    subtitle: String,
    parts: Vec<Part>,
    whole: Part,
    ink: Ink,
}

/// The discounted difference in cash flow to the baseline by line of the books, for each scenario.
pub fn cash_flows(report: &Report) -> Vec<Chart> {
    let cases = report.business.cases.iter().filter(|case| !case.by_line.is_empty());
    cases.map(|case| cash_flow(report, case).draw(report)).collect()
}

fn cash_flow(report: &Report, case: &BusinessCase) -> Fall {
    let (name, baseline) = (report.title(&case.scenario), report.title(&case.baseline));
    Fall {
        name: report.chart_name(Metric::CashFlow.key(), &case.scenario),
        title: format!("From revenue to net present value: “{name}”"),
        subtitle: format!(
            "Discounted difference in cash flow to “{baseline}” by line of the books, {}, mean over {}{}",
            report.summary.currency,
            span(report),
            if case.differs_from_its_lines() { ", as simulated with common random numbers" } else { "" }
        ),
        parts: lines(case),
        whole: Part::of("Net present value".to_owned(), &case.paired),
        ink: scenario(report, &case.scenario).ink,
    }
}

/// The lines of the books; where there are too many, those of initiatives are put together.
fn lines(case: &BusinessCase) -> Vec<Part> {
    let spent = case.by_line.iter().filter(|(_, amount)| *amount != 0.0);
    let together = spent.count() > MOST_PARTS;
    let mut parts: Vec<(Option<LineGroup>, Part)> = Vec::new();
    for (line, amount) in &case.by_line {
        let title = match line.group {
            LineGroup::InitiativeOnce if together => "Initiatives, once",
            LineGroup::InitiativeRunning if together => "Initiatives, running",
            _ => {
                parts.push((None, Part { title: line.title.clone(), amount: *amount, doubt: None }));
                continue;
            }
        };
        match parts.iter_mut().find(|(group, _)| *group == Some(line.group)) {
            Some((_, part)) => part.amount += amount,
            None => parts.push((Some(line.group), Part { title: title.to_owned(), amount: *amount, doubt: None })),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// What the difference in cash flow comes from, for each scenario.
pub fn impact_chains(report: &Report) -> Vec<Chart> {
    let chains = report.business.chains.iter().filter(|chain| !chain.parts.is_empty());
    chains.map(|chain| impact_chain(report, chain).draw(report)).collect()
}

fn impact_chain(report: &Report, chain: &ImpactChain) -> Fall {
    let (name, baseline) = (report.title(&chain.scenario), report.title(&chain.baseline));
    Fall {
        name: report.chart_name("impact", &chain.scenario),
        title: format!("What the difference comes from: “{name}”"),
        subtitle: format!(
            "Difference in cash flow to “{baseline}” by driver, {}, not discounted, over {}",
            report.summary.currency,
            span(report)
        ),
        parts: chain.parts.iter().map(|part| Part::of(part.title.clone(), &part.amount)).collect(),
        whole: Part::of("Cash flow".to_owned(), &chain.total),
        ink: scenario(report, &chain.scenario).ink,
    }
}

fn span(report: &Report) -> String {
    let (horizon, noun) = (report.summary.horizon, report.summary.period.noun());
    if horizon == 1 { format!("one {noun}") } else { format!("{horizon} {noun}s") }
}

impl Fall {
    fn draw(mut self, report: &Report) -> Chart {
        self.parts = gathered(std::mem::take(&mut self.parts));
        let doubted = self.parts.iter().chain([&self.whole]).any(|part| part.doubt.is_some());
        let doubt = format!(" · whiskers: {:.0}% intervals", report.summary.interval * 100.0);
        let subtitle = format!("{} · {}{}", self.subtitle, report.counted(), if doubted { &doubt } else { "" });
        let mut figure = Figure::new(&self.title, &subtitle);
        let rows: Vec<&Part> = self.parts.iter().chain([&self.whole]).collect();
        let names: Vec<Vec<String>> = rows.iter().map(|part| wrap(&part.title, NAME, NAMES, 2)).collect();
        let height = |(part, lines): (&&Part, &Vec<String>)| {
            let least = if part.doubt.is_some() { 35.0 } else { 28.0 };
            (lines.len() as f64 * NAME.line_height() + 9.0).max(least)
        };
        let heights: Vec<f64> = rows.iter().zip(&names).map(height).collect();
        let starts = self.starts();
        let frame = self.frame(figure.top, &names, heights.iter().sum(), &starts);
        frame.draw_grid_across(&mut figure.canvas);
        let zero = frame.x(0.0);
        figure.canvas.line(&[(zero, frame.top), (zero, frame.bottom)], TEXT, 1.0);
        let mut top = frame.top;
        for (place, part) in rows.iter().enumerate() {
            let middle = top + heights[place] / 2.0;
            let whole = place + 1 == rows.len();
            if whole {
                figure.canvas.line(&[(EDGE, top), (WIDTH - EDGE, top)], AXIS, 1.0);
            } else {
                let end = frame.x(starts[place] + part.amount);
                let next = middle + heights[place] / 2.0 + heights[place + 1] / 2.0;
                figure.canvas.line(&[(end, middle + HALF), (end, next - HALF)], AXIS, 1.0);
            }
            self.draw_row(&mut figure, &frame, (part, starts[place], whole), (&names[place], middle));
            top += heights[place];
        }
        frame.draw_across(&mut figure.canvas, "");
        let height = frame.bottom + BELOW - 14.0;
        let alt = self.words();
        figure.finish(&self.name, height, alt)
    }

    /// Where the bar of each part starts; the whole starts from nothing.
    fn starts(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let parts = self.parts.iter().map(|part| {
            let next = sum + part.amount;
            std::mem::replace(&mut sum, next)
        });
        let mut starts: Vec<f64> = parts.collect();
        starts.push(0.0);
        starts
    }

    fn frame(&self, top: f64, names: &[Vec<String>], height: f64, starts: &[f64]) -> Frame {
        let widest = names.iter().flatten().map(|line| NAME.width(line)).fold(0.0, f64::max);
        let parts = self.parts.iter().chain([&self.whole]).zip(starts);
        let ends = parts.flat_map(|(part, start)| {
            let (low, high) = part.doubt.unwrap_or((part.amount, part.amount));
            [*start, start + part.amount, start + low, start + high]
        });
        Frame {
            left: EDGE + widest + 14.0,
            right: WIDTH - EDGE - NUMBERS,
            top,
            bottom: top + height,
            across: Axis::values(Unit::Number, ends.chain([0.0]), 5),
            up: Axis::values(Unit::Number, [0.0, 1.0], 1),
        }
    }

    fn draw_row(
        &self,
        figure: &mut Figure,
        frame: &Frame,
        (part, start, whole): (&Part, f64, bool),
        (name, middle): (&[String], f64),
    ) {
        let letters = if whole { HEADING } else { NAME };
        let above = name.len().saturating_sub(1) as f64 * NAME.line_height() / 2.0;
        let base = middle + 0.36 * NAME.size;
        figure.lines(name, (frame.left - 14.0, base - above), Anchor::End, letters);
        let (from, to) = (frame.x(start), frame.x(start + part.amount));
        let signed = if part.amount < 0.0 { LOSS } else { GAIN };
        let ink = if whole { self.ink } else { signed.lightened(0.25) };
        // A part of hardly anything is still there.
        let (left, right) = (from.min(to), from.max(to).max(from.min(to) + 1.0));
        figure.canvas.rectangle((left, middle - HALF), (right, middle + HALF), ink);
        let x = frame.right + 18.0;
        match part.doubt {
            Some((low, high)) => {
                let (left, right) = (frame.x(start + low), frame.x(start + high));
                figure.canvas.line(&[(left, middle), (right, middle)], TEXT, 1.5);
                for end in [left, right] {
                    figure.canvas.line(&[(end, middle - 4.0), (end, middle + 4.0)], TEXT, 1.5);
                }
                let (amount, ends) = write_ranged_signed(Unit::Number, part.amount, low, high);
                figure.canvas.words(&amount, (x, middle - 1.0), Anchor::Start, letters);
                figure.canvas.words(&format!("[{ends}]"), (x, middle + 12.0), Anchor::Start, LABEL);
            }
            None => {
                figure.canvas.words(&write_signed(Unit::Number, part.amount), (x, base), Anchor::Start, letters);
            }
        }
    }

    fn words(&self) -> String {
        let part = |part: &Part| {
            let Some((low, high)) = part.doubt else {
                return format!("{} {}", part.title, write_signed(Unit::Number, part.amount));
            };
            let (amount, ends) = write_ranged_signed(Unit::Number, part.amount, low, high);
            format!("{} {amount} ({ends})", part.title)
        };
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        format!("Waterfall chart. {}: {}. Together: {}.", self.subtitle, parts.join("; "), part(&self.whole))
    }
}

/// Leaves out parts of nothing, and gathers the smallest where there are too many.
fn gathered(parts: Vec<Part>) -> Vec<Part> {
    let mut parts: Vec<Part> = parts
        .into_iter()
        .filter(|part| part.amount != 0.0 || part.doubt.is_some_and(|(low, high)| low < high))
        .collect();
    if parts.len() <= MOST_PARTS {
        return parts;
    }
    let mut sizes: Vec<f64> = parts.iter().map(|part| part.amount.abs()).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let least = sizes[MOST_PARTS - 2];
    let mut kept = Vec::new();
    let (mut rest, mut count) = (0.0, 0);
    for part in parts.drain(..) {
        if part.amount.abs() >= least && kept.len() < MOST_PARTS - 1 {
            kept.push(part);
        } else {
            rest += part.amount;
            count += 1;
        }
    }
    kept.push(Part { title: format!("{count} smaller parts together"), amount: rest, doubt: None });
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::summary::Estimator;
    use crate::report::fixture::rich;

    #[test]
    fn the_smallest_of_many_parts_are_drawn_as_one_and_nothing_is_lost() {
        let part = |i: u32| Part { title: i.to_string(), amount: f64::from(i), doubt: None };
        let parts = gathered((0..40).map(part).collect());
        assert_eq!(parts.len(), MOST_PARTS);
        assert_eq!(parts.iter().map(|p| p.amount).sum::<f64>(), 780.0);
        assert_eq!(parts[0].title, "23");
        assert_eq!(parts[MOST_PARTS - 1].title, "22 smaller parts together");
    }

    #[test]
    fn bars_add_up_to_the_last_one_also_where_the_contrast_differs_from_its_lines() {
        let mut report = rich::report();
        let case = &mut report.business.cases[0];
        (case.estimator, case.npv.mean) = (Estimator::Coupled, case.npv.mean + 5e4);
        let fall = cash_flow(&report, &report.business.cases[0]);
        let together: f64 = fall.parts.iter().map(|part| part.amount).sum();
        assert!((together - fall.whole.amount).abs() < 1e-6 * together.abs(), "{together} {}", fall.whole.amount);
        assert!(fall.subtitle.ends_with("as simulated with common random numbers"), "{}", fall.subtitle);
    }
}
