//! Value against risk: what each scenario is worth on average, beside what it is worth when things go badly.

use super::Report;
use super::amount::{Unit, write, write_rate};
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, NAME, WIDTH, wrap};
use super::palette::{AXIS, Ink, scenario};
use super::panels::draw_zero;
use super::risk::{Risk, risk};
use crate::estimate::money::business::BusinessCase;

/// The widest that a scenario's name may be.
const NAMES: f64 = 210.0;
/// The height of the frame.
const HEIGHT: f64 = 300.0;

/// A scenario at what it is worth in bad cases (across) and on average (up).
struct Dot {
    title: String,
    ink: Ink,
    across: f64,
    up: f64,
}

/// A label's left and right edge, and its middle.
type Label = (f64, f64, f64);

/// One point for each scenario, the baseline among them; none where there is nothing to compare.
pub fn value_risk(report: &Report) -> Option<Chart> {
    let cases = &report.business.cases;
    cases.first()?;
    let kind = risk(cases);
    let dots = dots(report, cases, kind);
    let currency = &report.summary.currency;
    let baseline = report.title(&report.summary.baseline);
    let subtitle = format!(
        "Up: mean difference in net present value from “{baseline}” · to the right: safer · {currency} · {}",
        report.counted()
    );
    let mut figure = Figure::new("What each scenario is worth, and what it risks", &subtitle);
    let up = Axis::values(Unit::Number, dots.iter().map(|dot| dot.up).chain([0.0]), 5);
    let frame = Frame {
        left: EDGE + Frame::room_for_labels(&up),
        right: WIDTH - EDGE - 8.0,
        top: figure.top + 6.0,
        bottom: figure.top + 6.0 + HEIGHT,
        across: Axis::values(Unit::Number, dots.iter().map(|dot| dot.across).chain([0.0]), 6),
        up,
    };
    frame.draw_grid_across(&mut figure.canvas);
    frame.draw_up(&mut figure.canvas);
    draw_zero(&mut figure.canvas, &frame);
    draw(&mut figure, &frame, &dots);
    let measure = match kind {
        Risk::Shortfall => format!("Mean difference in the worst {} of replications", write_rate(cases[0].tail)),
        Risk::ValueAtRisk => {
            format!("Difference that all but the worst {} of replications reach", write_rate(cases[0].tail))
        }
        Risk::Funding => "Peak funding, as money out".to_owned(),
    };
    frame.draw_across(&mut figure.canvas, &format!("{measure}, {currency}"));
    let said = dots.iter().map(|dot| {
        let [up, across] = [dot.up, dot.across].map(|value| write(Unit::Number, value));
        format!("{} {up} on average, {across} at risk", dot.title)
    });
    let alt = format!(
        "Points of mean net present value against risk, {currency}, less “{baseline}”. At risk: {}. {}.",
        measure.to_lowercase(),
        said.collect::<Vec<_>>().join("; ")
    );
    Some(figure.finish("value_risk", frame.bottom + BELOW, alt))
}

fn dots(report: &Report, cases: &[BusinessCase], kind: Risk) -> Vec<Dot> {
    let dot = |name: &str, across: f64, up: f64| Dot {
        title: report.title(name).to_owned(),
        ink: scenario(report, name).ink,
        across,
        up,
    };
    let baseline = dot(&report.summary.baseline, 0.0, 0.0);
    let others = cases.iter().map(|case| dot(&case.scenario, -kind.loss(case), case.npv.mean));
    std::iter::once(baseline).chain(others).filter(|dot| dot.across.is_finite() && dot.up.is_finite()).collect()
}

/// Each point with its name beside it; names that would lie upon each other are moved down, with a line to their point where that is far.
fn draw(figure: &mut Figure, frame: &Frame, dots: &[Dot]) {
    let mut placed: Vec<Label> = Vec::new();
    let mut ordered: Vec<&Dot> = dots.iter().collect();
    ordered.sort_by(|a, b| b.up.total_cmp(&a.up));
    for dot in &ordered {
        let (x, y) = (frame.x(dot.across), frame.y(dot.up));
        let name = wrap(&dot.title, NAME, NAMES, 1).concat();
        let wide = NAME.width(&name);
        let is_left = x + 8.0 + wide > frame.right;
        let (left, anchor) = if is_left { (x - 8.0 - wide, Anchor::End) } else { (x + 8.0, Anchor::Start) };
        // Above the point, where no axis runs through it.
        let wish = (y - 11.0).max(frame.top + NAME.size / 2.0);
        let mut middle = wish;
        let is_hit = |middle: f64| {
            placed
                .iter()
                .any(|(from, to, at)| left < *to && left + wide > *from && (at - middle).abs() < NAME.line_height())
        };
        while is_hit(middle) {
            middle += 2.0;
        }
        placed.push((left, left + wide, middle));
        let edge = if is_left { x - 8.0 } else { x + 8.0 };
        if middle - wish > NAME.line_height() {
            figure.canvas.line(&[(x, y), (edge, middle)], AXIS, 0.75);
        }
        figure.canvas.words(&name, (edge, middle + 0.36 * NAME.size), anchor, NAME);
    }
    for dot in ordered {
        figure.canvas.dot((frame.x(dot.across), frame.y(dot.up)), 5.0, dot.ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{self, rich};

    #[test]
    fn every_scenario_is_a_point_with_its_name() {
        let report = rich::report();
        let chart = value_risk(&report).unwrap();
        for scenario in &report.summary.scenarios {
            assert!(chart.alt.contains(&format!("{} ", scenario.title)), "{}", chart.alt);
        }
        assert!(chart.alt.contains("Today 0 on average, 0 at risk"), "{}", chart.alt);
        assert!(value_risk(&fixture::report()).is_none(), "no business case");
    }

    #[test]
    fn what_replications_cannot_tell_is_no_axis() {
        let mut report = rich::report();
        report.business.cases[0].expected_shortfall = None;
        assert!(value_risk(&report).unwrap().alt.contains("all but the worst 5%"));
        report.business.cases[0].value_at_risk = None;
        assert!(value_risk(&report).unwrap().alt.contains("peak funding"));
    }
}
