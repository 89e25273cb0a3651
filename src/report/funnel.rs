//! Where customers are lost: how many reach each stage and go on from it, and what it would be worth to lose half as many.

use super::Report;
use super::amount::{Unit, booked, write, write_ranged_signed, write_signed};
use super::axis::Axis;
use super::canvas::Anchor;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame, HEADING, LABEL, NAME, WIDTH, wrap};
use super::key::Sample;
use super::palette::{AXIS, GAIN, Ink, LOSS, Look};
use super::panels::legend;
use crate::estimate::funnel::{FunnelOfScenario, FunnelStep};

/// No more stages than these are drawn: those that lose most customers.
const MOST_ROWS: usize = 16;
/// The widest that names may be.
const NAMES: f64 = 170.0;
/// The room for the loss, and for what half of it is worth, to the right of the bars.
const NUMBERS: [f64; 2] = [112.0, 158.0];
/// Half the height of a bar.
const HALF: f64 = 9.0;

/// The parts of a bar, from the left, as people call them.
fn parts() -> [(&'static str, Ink); 3] {
    [
        ("went on to another stage", GAIN.lightened(0.25)),
        ("still there at the end", AXIS),
        ("lost", LOSS.lightened(0.1)),
    ]
}

/// The way through the stages in the baseline; none where it is not known, or nobody is lost.
pub fn funnel(report: &Report) -> Option<Chart> {
    let its = report.business.funnels.iter().find(|its| its.scenario == report.summary.baseline)?;
    let (steps, left) = shown(its);
    if steps.iter().all(|step| step.lost <= 0.0) {
        return None;
    }
    let money = report.has_money();
    let title = format!("Where customers are lost under “{}”", report.title(&its.scenario));
    let mut figure = Figure::new(&title, &format!("{}{left}", subtitle(report, its, money)));
    let names: Vec<(String, Look)> =
        parts().into_iter().map(|(name, ink)| (name.to_owned(), Look { ink, dash: &[] })).collect();
    legend(&mut figure, Sample::Square, &names);
    let lines: Vec<Vec<String>> = steps.iter().map(|step| wrap(&step.title, NAME, NAMES, 2)).collect();
    let widest = lines.iter().flatten().map(|line| NAME.width(line)).fold(0.0, f64::max);
    let height = |lines: &Vec<String>| (lines.len() as f64 * NAME.line_height() + 9.0).max(36.0);
    let numbers = NUMBERS[0] + if money { NUMBERS[1] } else { 0.0 };
    let frame = Frame {
        left: EDGE + widest + 14.0,
        right: WIDTH - EDGE - numbers,
        top: figure.top + 18.0,
        bottom: figure.top + 18.0 + lines.iter().map(height).sum::<f64>(),
        across: Axis::values(Unit::Number, steps.iter().map(|step| step.reached).chain([0.0]), 4),
        up: Axis::values(Unit::Number, [0.0, 1.0], 1),
    };
    frame.draw_grid_across(&mut figure.canvas);
    let heads = [("Lost", frame.right + 18.0), ("Half of it, ", frame.right + 18.0 + NUMBERS[0])];
    for (place, (head, x)) in heads.into_iter().enumerate().filter(|(place, _)| *place == 0 || money) {
        let head = if place == 0 { head.to_owned() } else { format!("{head}{}", report.summary.currency) };
        figure.canvas.words(&head, (x, frame.top - 6.0), Anchor::Start, LABEL);
    }
    let most = steps.iter().filter_map(|step| step.worth_of_half).map(|worth| worth.mean).fold(0.0, f64::max);
    let mut top = frame.top;
    for (step, lines) in steps.iter().zip(&lines) {
        draw(&mut figure, &frame, (step, lines), (top + height(lines) / 2.0, money, most));
        top += height(lines);
    }
    frame.draw_across(&mut figure.canvas, "Customers over the horizon, each as often as they come");
    let alt = words(report, its, &steps, money);
    Some(figure.finish("funnel", frame.bottom + BELOW, alt))
}

/// The steps that are drawn, and what is to be said of those that have no room.
fn shown(its: &FunnelOfScenario) -> (Vec<&FunnelStep>, String) {
    let mut lost: Vec<f64> = its.steps.iter().map(|step| step.lost).collect();
    lost.sort_by(|one, other| other.total_cmp(one));
    let least = lost.get(MOST_ROWS - 1).copied().unwrap_or(0.0);
    let steps: Vec<&FunnelStep> = its.steps.iter().filter(|step| step.lost >= least).take(MOST_ROWS).collect();
    let left = its.steps.len() - steps.len();
    (steps, if left > 0 { format!(" · {left} stages that lose fewer are left out") } else { String::new() })
}

/// What the numbers are, and how well they are known.
fn subtitle(report: &Report, its: &FunnelOfScenario, money: bool) -> String {
    let (horizon, noun) = (report.summary.horizon, report.summary.period.noun());
    let known = match its.is_exact {
        true if !report.draws.paths.is_empty() => "exact expectations at the medians of what is uncertain".to_owned(),
        true => "exact expectations".to_owned(),
        false => format!("mean of {}", report.counted()),
    };
    let worth = match (money, its.is_exact) {
        (false, _) => "",
        (true, true) => {
            " · half of it: the net present value if in each period half of those lost stayed where they are, exactly"
        }
        (true, false) => {
            " · half of it: the net present value if in each period half of those lost stayed where they are; a first estimate, most often too high, as \
             whoever is kept is taken to go on like all others there"
        }
    };
    format!("Customers by stage over {horizon} {noun}s, {known}{worth}")
}

fn draw(
    figure: &mut Figure,
    frame: &Frame,
    (step, lines): (&FunnelStep, &[String]),
    (middle, money, most): (f64, bool, f64),
) {
    let base = middle + 0.36 * NAME.size;
    let above = lines.len().saturating_sub(1) as f64 * NAME.line_height() / 2.0;
    figure.lines(lines, (frame.left - 14.0, base - above), Anchor::End, NAME);
    let mut from = 0.0;
    for (count, (_, ink)) in [step.went_on, step.still_there, step.lost].into_iter().zip(parts()) {
        let to = from + count;
        if count > 0.0 {
            figure.canvas.rectangle((frame.x(from), middle - HALF), (frame.x(to), middle + HALF), ink);
        }
        from = to;
    }
    let x = frame.right + 18.0;
    figure.canvas.words(&write(Unit::Share, step.lost / step.reached), (x, middle - 2.0), Anchor::Start, NAME);
    figure.canvas.words(&of_all(step), (x, middle + 12.0), Anchor::Start, LABEL);
    if !money || step.lost <= 0.0 {
        return;
    }
    let x = x + NUMBERS[0];
    let Some(worth) = step.worth_of_half.map(|worth| booked(&worth)) else {
        figure.canvas.words("not known", (x, base), Anchor::Start, NAME);
        return;
    };
    // Where it pays most stands out.
    let letters = if worth.mean >= most { HEADING } else { NAME };
    if worth.standard_error.is_some() {
        let (mean, ends) = write_ranged_signed(Unit::Number, worth.mean, worth.low, worth.high);
        figure.canvas.words(&mean, (x, middle - 2.0), Anchor::Start, letters);
        figure.canvas.words(&format!("[{ends}]"), (x, middle + 12.0), Anchor::Start, LABEL);
    } else {
        figure.canvas.words(&write_signed(Unit::Number, worth.mean), (x, base), Anchor::Start, letters);
    }
}

/// How many are lost of how many.
fn of_all(step: &FunnelStep) -> String {
    let [lost, reached] = [step.lost, step.reached].map(|count| write(Unit::Number, count));
    format!("{lost} of {reached}")
}

/// What the chart shows, in words.
fn words(report: &Report, its: &FunnelOfScenario, steps: &[&FunnelStep], money: bool) -> String {
    let step = |step: &&FunnelStep| {
        let worth = match step.worth_of_half {
            _ if !money || step.lost <= 0.0 => String::new(),
            Some(worth) => format!("; half of the loss is worth {}", write_signed(Unit::Number, worth.mean)),
            None => "; what half of the loss is worth is not known".to_owned(),
        };
        let [went, stay] = [step.went_on, step.still_there].map(|count| write(Unit::Number, count));
        format!("{}: {} lost, {went} went on, {stay} still there{worth}", step.title, of_all(step))
    };
    let steps: Vec<String> = steps.iter().map(step).collect();
    format!(
        "Bar chart of the stages in the order in which people take them. {}. {}.",
        subtitle(report, its, money),
        steps.join(". ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::stats::estimate::Estimate;

    fn step(place: usize, lost: f64, worth: Option<Estimate>) -> FunnelStep {
        let (went_on, still_there) = (7_000.0 - 100.0 * place as f64, 250.0);
        FunnelStep {
            stage: format!("s{place}"),
            title: format!("Stage {place} & more"),
            reached: went_on + lost + still_there,
            went_on,
            lost,
            still_there,
            worth_of_half: worth,
        }
    }

    fn report(steps: Vec<FunnelStep>, is_exact: bool) -> Report {
        let mut report = fixture::report();
        let scenario = report.summary.baseline.clone();
        report.business.funnels = vec![FunnelOfScenario { scenario, is_exact, steps }];
        report
    }

    #[test]
    fn each_stage_has_its_loss_with_what_half_of_it_is_worth_or_says_that_it_is_not_known() {
        assert_eq!(funnel(&fixture::report()), None);
        let worth = Estimate { mean: 120_000.0, standard_error: Some(5e3), low: 110_000.0, high: 130_000.0 };
        let steps = vec![step(0, 750.0, Some(worth)), step(1, 900.0, None), step(2, 0.0, None)];
        let chart = funnel(&report(steps.clone(), false)).unwrap();
        assert_eq!(chart.name, "funnel");
        let told =
            "Stage 0 & more: 750 of 8,000 lost, 7,000 went on, 250 still there; half of the loss is worth +120 k";
        assert!(chart.alt.contains(told), "{}", chart.alt);
        assert!(
            chart.alt.contains("what half of the loss is worth is not known") && chart.alt.contains("a first estimate")
        );
        assert!(chart.svg.contains("not known") && chart.svg.contains("9.38%"), "{}", chart.alt);
        let exact = funnel(&report(steps, true)).unwrap();
        assert!(exact.alt.contains("exactly") && !exact.alt.contains("a first estimate"), "{}", exact.alt);
        assert_eq!(
            funnel(&report(vec![step(0, 0.0, None)], false)),
            None,
            "where nobody is lost there is nothing to show"
        );
    }

    #[test]
    fn of_many_stages_those_are_drawn_that_lose_most() {
        let steps = (0..40).map(|place| step(place, 10.0 * place as f64, None)).collect();
        let chart = funnel(&report(steps, true)).unwrap();
        assert!(chart.svg.contains("24 stages that lose fewer are left out"), "{}", chart.alt);
        assert!(chart.alt.contains("Stage 39") && !chart.alt.contains("Stage 3 &"), "{}", chart.alt);
    }
}
