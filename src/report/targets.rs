//! How surely each target is reached, if it were judged at each time.

use super::Report;
use super::amount::{Unit, sentence_case};
use super::axis::{Axis, times};
use super::bounds::bracketed_share;
use super::canvas::Point;
use super::chart::Chart;
use super::figure::{Figure, Frame};
use super::goal::{Words, judged};
use super::key::Sample;
use super::palette::{AXIS, Look, TEXT, scenario};
use super::panels::{Head, Panels, legend};
use crate::estimate::money::business::{TargetOfScenario, TargetResult};
use crate::model::facts::Time;
use crate::model::reported::named;

/// No more points than this are drawn of one line.
const MOST_POINTS: usize = 160;

/// The probability of reaching each target over time; none where there are no targets.
pub fn targets(report: &Report) -> Option<Chart> {
    // A single replication has no probabilities.
    let known = |target: &&TargetResult| target.scenarios.iter().any(|its| its.probability.is_some());
    let targets: Vec<&TargetResult> = report.business.targets.iter().filter(known).collect();
    if targets.is_empty() {
        return None;
    }
    let summary = &report.summary;
    let noun = summary.period.noun();
    let subtitle = format!(
        "Share of {} that reach the target if it is judged at each {noun} · \
         upright line and dots: the {noun} at which it is judged · whiskers: {:.0}% interval of the chance",
        report.counted(),
        100.0 * summary.interval
    );
    let mut figure = Figure::new("How surely targets are reached", &subtitle);
    let names = looks(report, &targets);
    legend(&mut figure, Sample::Line, &names);
    let across = Axis::times(summary.period, 0, summary.horizon, Panels::parts(targets.len()));
    let up = Axis::values(Unit::Share, [0.0, 1.0], 4);
    let heads: Vec<Head> = targets.iter().map(|target| head(report, target)).collect();
    let panels = Panels::place(&mut figure, &heads, 150.0, &across, &up);
    for (target, frame) in targets.iter().zip(&panels.frames) {
        frame.draw_up(&mut figure.canvas);
        draw(&mut figure, report, frame, target);
        frame.draw_across(&mut figure.canvas, "");
    }
    let height = panels.measure(&mut figure, &format!("Time, {noun}s from the start"));
    Some(figure.finish("targets", height, words(report, &targets)))
}

/// The scenarios that any target speaks of, in the order of the study, as their lines look.
fn looks(report: &Report, targets: &[&TargetResult]) -> Vec<(String, Look)> {
    let spoken = |name: &str| targets.iter().flat_map(|t| judged(report, t)).any(|s| s.scenario == name);
    let scenarios = report.summary.scenarios.iter().filter(|s| spoken(&s.name));
    scenarios.map(|s| (report.title(&s.name).to_owned(), scenario(report, &s.name))).collect()
}

fn head(report: &Report, target: &TargetResult) -> Head {
    let mut notes = Vec::new();
    if u64::from(target.period) > report.summary.horizon {
        notes.push("Judged after the horizon.".to_owned());
    }
    if !target.otherwise.is_empty() {
        notes.push(format!("Otherwise: {}", target.otherwise));
    }
    Head { heading: sentence_case(&Words::of(report).asked(target)), note: notes.join(" ") }
}

fn draw(figure: &mut Figure, report: &Report, frame: &Frame, target: &TargetResult) {
    let when = f64::from(target.period);
    let shown = when <= frame.across.high;
    if shown {
        let x = frame.x(when);
        figure.canvas.line(&[(x, frame.top - 4.0), (x, frame.bottom)], TEXT, 1.25);
    }
    let nothing_yet = named(&target.metric).is_some_and(|(facts, _)| facts.time == Time::Pooled);
    // The baseline last, so that no other line hides it.
    let (baseline, others): (Vec<_>, Vec<_>) =
        judged(report, target).partition(|s| s.scenario == report.summary.baseline);
    for of in others.into_iter().chain(baseline) {
        let look = scenario(report, &of.scenario);
        let chances = &of.probability_over_time;
        let points: Vec<Point> = times(chances.len(), MOST_POINTS)
            .into_iter()
            // Before a scenario differs from the baseline, a bound for the difference asks nothing.
            .filter(|time| of.differs_from.is_some_and(|from| *time >= from as usize))
            // At the start nothing has happened yet of which there could be a share.
            .filter(|time| *time > 0 || !nothing_yet)
            .map(|time| (frame.x(time as f64), frame.y(chances[time].share.clamp(0.0, 1.0))))
            .collect();
        figure.canvas.dashed(&points, look.ink, 2.0, look.dash);
        if let Some(chance) = of.probability.filter(|_| shown && asks(of, target)) {
            let x = frame.x(when);
            figure.canvas.line(&[(x, frame.y(chance.low)), (x, frame.y(chance.high))], look.ink, 2.5);
            figure.canvas.dot((x, frame.y(chance.share.clamp(0.0, 1.0))), 4.0, look.ink);
        }
    }
    figure.canvas.line(&[(frame.left, frame.bottom), (frame.right, frame.bottom)], AXIS, 1.0);
}

/// Whether a target asks anything of a scenario when it is judged: not where the scenario does not differ by then.
pub fn asks(of: &TargetOfScenario, target: &TargetResult) -> bool {
    of.differs_from.is_some_and(|from| from <= target.period)
}

fn words(report: &Report, targets: &[&TargetResult]) -> String {
    let target = |target: &&TargetResult| {
        let chance = |of: &TargetOfScenario| {
            let share = of.probability.as_ref().filter(|_| asks(of, target));
            format!("{} in {}", report.title(&of.scenario), bracketed_share(share))
        };
        let chances: Vec<String> = judged(report, target).map(chance).collect();
        format!("{}: {}.", sentence_case(&Words::of(report).asked(target)), chances.join(", "))
    };
    format!(
        "Line charts of the share of replications that reach each target over time. When they are judged: {}",
        targets.iter().map(target).collect::<Vec<_>>().join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    #[test]
    fn a_target_asks_nothing_of_a_scenario_that_does_not_differ_yet() {
        let mut report = rich::report();
        let target = &mut report.business.targets[0];
        let (name, period) = (target.scenarios[1].scenario.clone(), target.period);
        target.scenarios[1].differs_from = Some(period);
        let title = report.title(&name).to_owned();
        assert!(!targets(&report).unwrap().alt.contains(&format!("{title} in –")));
        for from in [None, Some(period + 1)] {
            report.business.targets[0].scenarios[1].differs_from = from;
            assert!(targets(&report).unwrap().alt.contains(&format!("{title} in –")), "{from:?}");
        }
    }
}
