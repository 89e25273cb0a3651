//! Where customers are: their number in each stage over time, one upon another.

use super::Report;
use super::amount::{Unit, write};
use super::axis::{Axis, times};
use super::canvas::Point;
use super::chart::Chart;
use super::figure::{BELOW, EDGE, Figure, Frame};
use super::key::{Key, Sample};
use super::palette::{Look, OTHERS, PAPER, STAGES_APART, stage};
use crate::model::metric::STAGES;

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
    let (shown, others) = shown(report);
    let all: Vec<Vec<Layer>> =
        report.summary.scenarios.iter().map(|s| layers(report, &s.name, &shown, &others)).collect();
    let highest = all.iter().filter_map(|layers| edges(layers).pop()).flatten().fold(0.0, f64::max);
    let charts = report.summary.scenarios.iter().zip(&all).filter(|(_, layers)| !layers.is_empty());
    charts.map(|(scenario, layers)| draw(report, &scenario.name, layers, &others, highest)).collect()
}

/// The stages that have a layer of their own, in the order of the study, and those that share one, because there are not
/// colours enough: the ones that fewest customers are ever in, or none. They are the same in every scenario.
fn shown(report: &Report) -> (Vec<&str>, Vec<&str>) {
    let names: Vec<&str> = report.stage_titles.keys().map(String::as_str).collect();
    if names.len() <= STAGES_APART {
        return (names, Vec::new());
    }
    let most = |stage: &str| {
        let metric = STAGES.called(stage);
        let values = report.summary.scenarios.iter().flat_map(|scenario| report.over_time(&scenario.name, &metric));
        values.map(|estimate| estimate.mean).fold(0.0, f64::max)
    };
    let mut ranked: Vec<(f64, usize)> = names.iter().map(|name| most(name)).zip(0..).collect();
    ranked.sort_by(|(one, first), (other, second)| other.total_cmp(one).then(first.cmp(second)));
    let ranked = ranked.into_iter().take(STAGES_APART - 1).filter(|(most, _)| *most > 0.0);
    let mut places: Vec<usize> = ranked.map(|(_, place)| place).collect();
    places.sort_unstable();
    let others = (0..names.len()).filter(|place| !places.contains(place)).map(|place| names[place]).collect();
    (places.into_iter().map(|place| names[place]).collect(), others)
}

fn layers(report: &Report, scenario: &str, shown: &[&str], others: &[&str]) -> Vec<Layer> {
    let customers = |stage: &str| -> Vec<f64> {
        let values = report.over_time(scenario, &STAGES.called(stage));
        // Below nothing there is nothing; a value that is no number counts as none.
        times(values.len(), MOST_POINTS).into_iter().map(|time| values[time].mean.max(0.0)).collect()
    };
    let title = |stage: &str| report.stage_titles.get(stage).cloned().unwrap_or_default();
    let mut layers: Vec<Layer> = (0..)
        .zip(shown)
        .map(|(place, name)| (title(name), Look { ink: stage(place), dash: &[] }, customers(name)))
        .map(|(title, look, customers)| Layer { title, look, customers })
        .collect();
    let together = others
        .iter()
        .map(|name| customers(name))
        .reduce(|sums, more| sums.into_iter().zip(more).map(|(sum, more)| sum + more).collect());
    layers.extend(together.map(|customers| Layer {
        title: format!("{} other stages", others.len()),
        look: Look { ink: OTHERS, dash: &[] },
        customers,
    }));
    layers.retain(|layer| !layer.customers.is_empty());
    layers
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

fn draw(report: &Report, scenario: &str, layers: &[Layer], others: &[&str], highest: f64) -> Chart {
    let summary = &report.summary;
    let noun = summary.period.noun();
    let title = format!("Where customers are under “{}”", report.title(scenario));
    let mut figure = Figure::new(&title, &format!("Customers in each stage, mean of {}", report.counted()));
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
    figure.finish(&report.chart_name("stages", scenario), height, words(report, scenario, layers, others))
}

fn words(report: &Report, scenario: &str, layers: &[Layer], others: &[&str]) -> String {
    let summary = &report.summary;
    let change = |layer: &Layer| {
        let first = layer.customers.first().copied().unwrap_or(0.0);
        let last = layer.customers.last().copied().unwrap_or(0.0);
        format!("{} {} to {}", layer.title, write(Unit::Number, first), write(Unit::Number, last))
    };
    let titles: Vec<&str> =
        others.iter().filter_map(|name| report.stage_titles.get(*name).map(String::as_str)).collect();
    let others = if titles.is_empty() { String::new() } else { format!(" The other stages: {}.", titles.join(", ")) };
    format!(
        "Stacked areas over {} {}s for {}. Customers in each stage, from the start to the end: {}.{others}",
        summary.horizon,
        summary.period.noun(),
        report.title(scenario),
        layers.iter().map(change).collect::<Vec<_>>().join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    /// A report in which each scenario has so many stages, all of the same number of customers but one.
    fn report_of(stages: usize) -> Report {
        let mut report = fixture::report();
        let template = report.series.iter().find(|s| s.segment == "all" && s.metric.starts_with("customers.")).cloned();
        report.stage_titles = (0..stages).map(|place| (format!("s{place}"), format!("Stage {place}"))).collect();
        report.series.retain(|series| !series.metric.starts_with("customers."));
        for scenario in &report.summary.scenarios {
            for place in 0..stages {
                let mut series = template.clone().unwrap();
                (series.scenario, series.metric) = (scenario.name.clone(), format!("customers.s{place}"));
                let mean = if place == stages - 1 { 500.0 } else { 100.0 };
                series.values.iter_mut().for_each(|value| value.mean = mean);
                report.series.push(series);
            }
        }
        report
    }

    #[test]
    fn thirty_stages_have_colours_that_differ_and_the_small_ones_share_one() {
        let report = report_of(30);
        for chart in stages(&report) {
            assert!(chart.svg.contains("13 other stages"), "{}", chart.alt);
            assert!(
                chart.svg.contains("Stage 29") && chart.alt.contains("13 other stages 1,300 to 1,300"),
                "{}",
                chart.alt
            );
            assert!(chart.alt.contains("The other stages: Stage 16, Stage 17,"), "{}", chart.alt);
        }
        let (shown, others) = shown(&report);
        let layers = layers(&report, &report.summary.baseline, &shown, &others);
        assert_eq!(layers.len(), STAGES_APART);
        for (place, layer) in layers.iter().enumerate() {
            assert!(layers[..place].iter().all(|other| other.look.ink != layer.look.ink), "{}", layer.title);
        }
        let whole: f64 = layers.iter().map(|layer| layer.customers[0]).sum();
        assert_eq!(whole, 29.0 * 100.0 + 500.0);
    }

    #[test]
    fn as_many_stages_as_there_are_colours_stand_by_themselves() {
        let report = report_of(STAGES_APART);
        assert_eq!(shown(&report).1, Vec::<&str>::new());
        assert!(!stages(&report)[0].alt.contains("other stages"));
    }
}
