//! What it costs: money out by fiscal year and line of the books, one upon another, for each scenario. What initiatives cost
//! stands apart, on a scale of its own: beside the cost of goods it could hardly be seen.

use super::Report;
use super::amount::{Unit, write};
use super::axis::Axis;
use super::chart::Chart;
use super::figure::{Figure, Frame};
use super::key::Sample;
use super::palette::{Look, PAPER, stage};
use super::panels::{Head, Panels, draw_zero, legend};
use crate::estimate::money::business::{Business, LineGroup, ScenarioBooks};
use crate::quantity::UNITS_PER_ONE;

/// More lines than this are not told apart: they are shown by group.
const MOST_LINES: usize = 10;
/// More columns than this share years.
const MOST_COLUMNS: usize = 12;

/// The groups of money out, in the order in which they lie upon each other, as people call them.
const GROUPS: [(LineGroup, &str); 5] = [
    (LineGroup::Variable, "Variable costs"),
    (LineGroup::Service, "Cost to serve"),
    (LineGroup::Acquisition, "Acquisition"),
    (LineGroup::InitiativeOnce, "Initiatives, once"),
    (LineGroup::InitiativeRunning, "Initiatives, running"),
];

/// Lines of the books that are shown as one.
struct Layer {
    title: String,
    look: Look,
    lines: Vec<usize>,
    is_initiative: bool,
}

/// Costs by fiscal year: those of initiatives, and all others; nothing where the books have none.
pub fn costs(report: &Report) -> Vec<Chart> {
    let (initiatives, others): (Vec<Layer>, Vec<Layer>) =
        layers(&report.business).into_iter().partition(|layer| layer.is_initiative);
    let all = [
        ("costs_of_initiatives", "What initiatives cost", initiatives),
        ("costs", "What all else costs, and what for", others),
    ];
    all.into_iter().filter_map(|(name, title, layers)| chart(report, (name, title), &layers)).collect()
}

fn chart(report: &Report, (name, title): (&str, &str), layers: &[Layer]) -> Option<Chart> {
    let business = &report.business;
    let years = business.fiscal_years.iter().copied().max().filter(|_| !layers.is_empty())?;
    let scenarios = &business.books.scenarios;
    let each = (years as usize).div_ceil(MOST_COLUMNS).max(1);
    let columns = (years as usize).div_ceil(each);
    let amounts: Vec<Vec<Vec<f64>>> = scenarios
        .iter()
        .map(|books| layers.iter().map(|l| by_column(business, books, l, (columns, each))).collect())
        .collect();
    let shared = if each > 1 { format!(" · each column is {each} years") } else { String::new() };
    let subtitle = format!(
        "Money out by fiscal year, {}, not discounted, mean of {}{shared}",
        report.summary.currency,
        report.counted()
    );
    let mut figure = Figure::new(title, &subtitle);
    let names: Vec<(String, Look)> = layers.iter().map(|layer| (layer.title.clone(), layer.look)).collect();
    legend(&mut figure, Sample::Square, &names);
    let ends = amounts.iter().flat_map(|layers| (0..columns).flat_map(|column| stack_ends(layers, column)));
    let up = Axis::values(Unit::Number, ends.chain([0.0]), 5);
    let across = across(columns, each, years);
    let heads: Vec<Head> =
        scenarios.iter().zip(&amounts).map(|(books, amounts)| head(report, books, amounts)).collect();
    let panels = Panels::place(&mut figure, &heads, 180.0, &across, &up);
    for (amounts, frame) in amounts.iter().zip(&panels.frames) {
        frame.draw_up(&mut figure.canvas);
        draw(&mut figure, frame, layers, amounts);
        draw_zero(&mut figure.canvas, frame);
        frame.draw_across(&mut figure.canvas, "");
    }
    let height = panels.measure(&mut figure, "Fiscal year");
    Some(figure.finish(name, height, words(report, layers, &amounts)))
}

/// Each line by itself where they are few, otherwise each group; what initiatives cost is always a group.
fn layers(business: &Business) -> Vec<Layer> {
    let lines = &business.books.lines;
    let spent = |line: &usize| {
        business.books.scenarios.iter().any(|s| s.totals.get(*line).is_some_and(|t| t.iter().any(|u| *u != 0)))
    };
    let of_group = |group: LineGroup| -> Vec<usize> {
        (0..lines.len()).filter(|line| lines[*line].group == group).filter(spent).collect()
    };
    let shown: usize = GROUPS[..3].iter().map(|(group, _)| of_group(*group).len()).sum();
    let mut layers: Vec<(String, Vec<usize>, bool)> = Vec::new();
    for (place, (group, title)) in GROUPS.into_iter().enumerate() {
        let lines_of = of_group(group);
        let apart = shown <= MOST_LINES - 2 && place < 3;
        if lines_of.is_empty() {
            continue;
        }
        if apart {
            layers.extend(lines_of.into_iter().map(|line| (lines[line].title.clone(), vec![line], false)));
        } else {
            layers.push((title.to_owned(), lines_of, place >= 3));
        }
    }
    // Each has a colour of its own: shades of one cannot be told apart in a legend.
    let colours = (0..).map(|place| Look { ink: stage(place), dash: &[] });
    layers
        .into_iter()
        .zip(colours)
        .map(|((title, lines, is_initiative), look)| Layer { title, look, lines, is_initiative })
        .collect()
}

/// The money of a layer in each column of `each` years.
fn by_column(business: &Business, books: &ScenarioBooks, layer: &Layer, (columns, each): (usize, usize)) -> Vec<f64> {
    let mut sums = vec![0_i128; columns];
    for line in layer.lines.iter().filter_map(|line| books.totals.get(*line)) {
        for (units, year) in line.iter().zip(&business.fiscal_years) {
            if let Some(sum) = sums.get_mut((*year as usize).saturating_sub(1) / each) {
                *sum += units;
            }
        }
    }
    sums.into_iter().map(|units| units as f64 / UNITS_PER_ONE).collect()
}

/// How far a column reaches below and above nothing.
fn stack_ends(layers: &[Vec<f64>], column: usize) -> [f64; 2] {
    let amounts = || layers.iter().map(|layer| layer[column]);
    [amounts().map(|a| a.min(0.0)).sum(), amounts().map(|a| a.max(0.0)).sum()]
}

fn across(columns: usize, each: usize, years: u32) -> Axis {
    let label = |column: usize| match each {
        1 => (column + 1).to_string(),
        _ => format!("{}–{}", column * each + 1, ((column + 1) * each).min(years as usize)),
    };
    // Wide labels stand at every second or third column only.
    let every = if each > 1 { columns.div_ceil(5) } else { 1 };
    let marks = (0..columns).step_by(every).map(|column| ((column + 1) as f64, label(column)));
    Axis { low: 0.5, high: columns as f64 + 0.5, marks: marks.collect() }
}

/// All that is spent.
fn head(report: &Report, books: &ScenarioBooks, amounts: &[Vec<f64>]) -> Head {
    let total: f64 = amounts.iter().flatten().sum();
    Head {
        heading: report.title(&books.scenario).to_owned(),
        note: format!("{} {} over the horizon", report.summary.currency, write(Unit::Number, total)),
    }
}

fn draw(figure: &mut Figure, frame: &Frame, layers: &[Layer], amounts: &[Vec<f64>]) {
    let columns = amounts.first().map_or(0, Vec::len);
    let half = ((frame.right - frame.left) / columns.max(1) as f64 * 0.36).min(34.0);
    for column in 0..columns {
        let x = frame.x((column + 1) as f64);
        let (mut above, mut below) = (0.0, 0.0);
        for (layer, amounts) in layers.iter().zip(amounts) {
            let amount = amounts[column];
            let ground = if amount < 0.0 { &mut below } else { &mut above };
            let (from, to) = (frame.y(*ground), frame.y(*ground + amount));
            *ground += amount;
            figure.canvas.rectangle((x - half, from.min(to)), (x + half, from.max(to)), layer.look.ink);
            // White seams tell neighbours apart where colours cannot.
            figure.canvas.line(&[(x - half, to), (x + half, to)], PAPER, 0.75);
        }
    }
}

fn words(report: &Report, layers: &[Layer], amounts: &[Vec<Vec<f64>>]) -> String {
    let scenario = |(books, amounts): (&ScenarioBooks, &Vec<Vec<f64>>)| {
        let layer = |(layer, amounts): (&Layer, &Vec<f64>)| {
            format!("{} {}", layer.title, write(Unit::Number, amounts.iter().sum::<f64>()))
        };
        let parts: Vec<String> = layers.iter().zip(amounts).map(layer).collect();
        format!("{}: {}.", report.title(&books.scenario), parts.join("; "))
    };
    let scenarios = report.business.books.scenarios.iter().zip(amounts).map(scenario);
    format!(
        "Stacked columns of costs by fiscal year, {}. Over the horizon: {}",
        report.summary.currency,
        scenarios.collect::<Vec<_>>().join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    #[test]
    fn every_line_has_a_colour_that_can_be_told_from_the_others_and_from_paper() {
        let mut business = rich::report().business;
        // Many lines of one group.
        business.books.lines.iter_mut().take(6).for_each(|line| line.group = LineGroup::Service);
        let layers = layers(&business);
        assert!(layers.len() > 6);
        let apart = |a: (u8, u8, u8), b: (u8, u8, u8)| {
            u32::from(a.0.abs_diff(b.0)) + u32::from(a.1.abs_diff(b.1)) + u32::from(a.2.abs_diff(b.2))
        };
        for (place, layer) in layers.iter().enumerate() {
            assert!(apart(layer.look.ink.rgb, PAPER.rgb) > 100, "{}", layer.title);
            assert!(
                layers[..place].iter().all(|other| apart(other.look.ink.rgb, layer.look.ink.rgb) > 60),
                "{}",
                layer.title
            );
        }
    }

    #[test]
    fn what_initiatives_cost_stands_apart_from_the_cost_of_goods() {
        let charts = costs(&rich::report());
        assert_eq!(
            charts.iter().map(|chart| chart.name.as_str()).collect::<Vec<_>>(),
            ["costs_of_initiatives", "costs"]
        );
        assert!(charts[0].alt.contains("Initiatives, once") && !charts[0].alt.contains("goods"), "{}", charts[0].alt);
        assert!(charts[1].alt.contains("Cost of goods") && !charts[1].alt.contains("Initiatives"), "{}", charts[1].alt);
    }
}
