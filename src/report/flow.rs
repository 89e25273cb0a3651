//! Where customers are: their number in each stage over time, one upon another.

use super::Report;
use super::amount::{Unit, write};
use super::axis::{Axis, times};
use super::canvas::Point;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame};
use super::key::{Key, Sample};
use super::palette::{Look, PAPER, stage};

/// No more points than this are drawn of one edge.
const MOST_POINTS: usize = 160;

struct Layer {
    title: String,
    look: Look,
    /// Customers at each time that is drawn.
    customers: Vec<f64>,
}

/// Customers by stage over time: one chart for each scenario, all with the same scale.
pub fn stages(report: &Report) -> Vec<Chart> {
    let all: Vec<Vec<Layer>> = report.summary.scenarios.iter().map(|s| layers(report, &s.name)).collect();
    let highest = all.iter().filter_map(|layers| edges(layers).pop()).flatten().fold(0.0, f64::max);
    let charts = report.summary.scenarios.iter().zip(&all).filter(|(_, layers)| !layers.is_empty());
    charts.map(|(scenario, layers)| draw(report, &scenario.name, layers, highest)).collect()
}

fn layers(report: &Report, scenario: &str) -> Vec<Layer> {
    let stages = report.stage_titles.iter().enumerate();
    let layer = |(place, (name, title)): (usize, (&String, &String))| {
        let values = report.over_time(scenario, &format!("customers.{name}"));
        // Below nothing there is nothing; a value that is no number counts as none.
        let customers = times(values.len(), MOST_POINTS).into_iter().map(|time| values[time].mean.max(0.0)).collect();
        Layer { title: title.clone(), look: Look { ink: stage(place), dash: &[] }, customers }
    };
    stages.map(layer).filter(|layer| !layer.customers.is_empty()).collect()
}

/// The upper edge of each layer, and the ground below the first.
fn edges(layers: &[Layer]) -> Vec<Vec<f64>> {
    let count = layers.iter().map(|layer| layer.customers.len()).min().unwrap_or(0);
    let mut edges = vec![vec![0.0; count]];
    for layer in layers {
        let below = edges.last().into_iter().flatten();
        edges.push(below.zip(&layer.customers).map(|(ground, customers)| ground + customers).collect());
    }
    edges
}

fn draw(report: &Report, scenario: &str, layers: &[Layer], highest: f64) -> Chart {
    let summary = &report.summary;
    let noun = summary.period.noun();
    let title = format!("Where customers are under “{}”", report.title(scenario));
    let mut figure = Figure::new(&title, "Customers in each stage, mean number");
    let up = Axis::values(Unit::Number, [0.0, highest], 5);
    let mut key = Key::new(Sample::Square);
    for layer in layers.iter().rev() {
        key.add(&layer.title, "", layer.look);
    }
    let height = (figure.top + 280.0_f64.max(key.height()) + BELOW + EDGE).max(400.0);
    let frame = Frame {
        left: EDGE + Frame::room_for_labels(&up),
        right: key.frame_right(),
        top: figure.top,
        bottom: height - BELOW,
        across: Axis::times(summary.period, 0, summary.horizon, 9),
        up,
    };
    frame.draw_up(&mut figure.canvas);
    let edges = edges(layers);
    let count = usize::try_from(summary.horizon).map_or(0, |horizon| horizon + 1);
    let moments: Vec<f64> = times(count, MOST_POINTS).into_iter().map(|time| frame.x(time as f64)).collect();
    let points =
        |edge: &[f64]| -> Vec<Point> { moments.iter().copied().zip(edge.iter().map(|v| frame.y(*v))).collect() };
    for (layer, pair) in layers.iter().zip(edges.windows(2)) {
        let mut outline = points(&pair[1]);
        outline.extend(points(&pair[0]).into_iter().rev());
        figure.canvas.area(&outline, layer.look.ink);
    }
    // White seams tell neighbours apart where colours cannot.
    for edge in edges.iter().skip(1).rev().skip(1) {
        figure.canvas.line(&points(edge), PAPER, 1.0);
    }
    frame.draw_across(&mut figure.canvas, &format!("Time, {noun}s from the start"));
    let middles: Vec<f64> = edges
        .windows(2)
        .rev()
        .filter_map(|pair| Some(frame.y(f64::midpoint(*pair[0].last()?, *pair[1].last()?))))
        .collect();
    key.draw(&mut figure, frame.right, (frame.top, frame.bottom), &middles);
    figure.finish(&report.chart_name("stages", scenario), height, words(report, scenario, layers))
}

fn words(report: &Report, scenario: &str, layers: &[Layer]) -> String {
    let summary = &report.summary;
    let change = |layer: &Layer| {
        let first = layer.customers.first().copied().unwrap_or(0.0);
        let last = layer.customers.last().copied().unwrap_or(0.0);
        format!("{} {} to {}", layer.title, write(Unit::Number, first), write(Unit::Number, last))
    };
    format!(
        "Stacked areas over {} {}s for {}. Customers in each stage, from the start to the end: {}.",
        summary.horizon,
        summary.period.noun(),
        report.title(scenario),
        layers.iter().map(change).collect::<Vec<_>>().join("; ")
    )
}
