//! Where customers are: their number in each stage over time, one upon another; and how those in retained stages split.

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

#[derive(Clone)]
struct Layer {
    title: String,
    look: Look,
    /// Customers at each time that is drawn, or their shares.
    values: Vec<f64>,
}

/// Layers that are drawn one upon another.
struct Stack {
    /// The chart's name, without that of the scenario.
    family: &'static str,
    title: String,
    subtitle: String,
    /// What the text alternative says before it lists the layers.
    listed: String,
    unit: Unit,
    /// The times that are drawn.
    times: Vec<usize>,
    layers: Vec<Layer>,
    /// The stages that share a layer.
    others: Vec<String>,
    /// Where the upright axis ends.
    highest: f64,
}

/// Customers by stage over time: one chart for each scenario, all with the same scale.
pub fn stages(report: &Report) -> Vec<Chart> {
    let (shown, others) = shown(report);
    let every = |_: &str| true;
    let all: Vec<Vec<Layer>> =
        report.summary.scenarios.iter().map(|s| layers(report, &s.name, (&shown, &others), every)).collect();
    let highest = all.iter().filter_map(|layers| edges(layers).pop()).flatten().fold(0.0, f64::max);
    let charts = report.summary.scenarios.iter().zip(all).filter(|(_, layers)| !layers.is_empty());
    let stack = |scenario: &str, layers| Stack {
        family: "stages",
        title: format!("Where customers are under “{}”", report.title(scenario)),
        subtitle: format!("Customers in each stage, mean of {}", report.counted()),
        listed: "Customers in each stage".to_owned(),
        unit: Unit::Number,
        times: drawn_times(report),
        layers,
        others: titles(report, &others),
        highest,
    };
    charts.map(|(scenario, layers)| draw(report, &scenario.name, &stack(&scenario.name, layers))).collect()
}

/// How customers in retained stages split over these, which add up to 100 %: one chart for each scenario, with the colours of
/// [`stages`]. None where fewer than two stages are retained.
///
/// A share is a ratio of means over replications. Times at which nobody is in a retained stage are left out.
pub fn shares(report: &Report) -> Vec<Chart> {
    if report.retained.len() < 2 {
        return Vec::new();
    }
    let (shown, others) = shown(report);
    let is_retained = |stage: &str| report.retained.contains_key(stage);
    let others_retained: Vec<&str> = others.iter().copied().filter(|stage| is_retained(stage)).collect();
    let chart = |scenario: &str| {
        let mut layers = layers(report, scenario, (&shown, &others_retained), is_retained);
        let whole = edges(&layers).pop()?;
        let times: Vec<(usize, usize)> =
            drawn_times(report).into_iter().enumerate().filter(|(place, _)| whole.get(*place) > Some(&0.0)).collect();
        for layer in &mut layers {
            layer.values = times.iter().map(|(place, _)| layer.values[*place] / whole[*place]).collect();
        }
        let stack = Stack {
            family: "stage_shares",
            title: format!("How active customers split over stages under “{}”", report.title(scenario)),
            subtitle: format!("Share of all customers in retained stages, percent · means of {}", report.counted()),
            listed: "Share of all customers in retained stages".to_owned(),
            unit: Unit::Share,
            times: times.into_iter().map(|(_, time)| time).collect(),
            layers,
            others: titles(report, &others_retained),
            highest: 1.0,
        };
        (!stack.times.is_empty()).then(|| draw(report, scenario, &stack))
    };
    report.summary.scenarios.iter().filter_map(|scenario| chart(&scenario.name)).collect()
}

/// The times that are drawn, from 0 to the horizon.
fn drawn_times(report: &Report) -> Vec<usize> {
    let count = usize::try_from(report.summary.horizon).map_or(0, |horizon| horizon + 1);
    times(count, MOST_POINTS)
}

fn titles(report: &Report, stages: &[&str]) -> Vec<String> {
    stages.iter().filter_map(|name| report.stage_titles.get(*name).cloned()).collect()
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

/// A layer for each stage that is shown and wanted, and one for all others together.
fn layers(
    report: &Report,
    scenario: &str,
    (shown, others): (&[&str], &[&str]),
    wanted: impl Fn(&str) -> bool,
) -> Vec<Layer> {
    let customers = |stage: &str| -> Vec<f64> {
        let values = report.over_time(scenario, &STAGES.called(stage));
        // Below nothing there is nothing; a value that is no number counts as none.
        times(values.len(), MOST_POINTS).into_iter().map(|time| values[time].mean.max(0.0)).collect()
    };
    let title = |stage: &str| report.stage_titles.get(stage).cloned().unwrap_or_default();
    let mut layers: Vec<Layer> = (0..)
        .zip(shown)
        .filter(|(_, name)| wanted(name))
        .map(|(place, name)| (title(name), Look { ink: stage(place), dash: &[] }, customers(name)))
        .map(|(title, look, values)| Layer { title, look, values })
        .collect();
    let together = others
        .iter()
        .map(|name| customers(name))
        .reduce(|sums, more| sums.into_iter().zip(more).map(|(sum, more)| sum + more).collect());
    layers.extend(together.map(|values| Layer {
        title: format!("{} other stages", others.len()),
        look: Look { ink: OTHERS, dash: &[] },
        values,
    }));
    layers.retain(|layer| !layer.values.is_empty());
    layers
}

/// The upper edge of each layer, and the ground below the first.
fn edges(layers: &[Layer]) -> Vec<Vec<f64>> {
    let count = layers.iter().map(|layer| layer.values.len()).min().unwrap_or(0);
    let mut edges = vec![vec![0.0; count]];
    for layer in layers {
        let below = edges.last().into_iter().flatten();
        edges.push(below.zip(&layer.values).map(|(ground, value)| ground + value).collect());
    }
    edges
}

fn draw(report: &Report, scenario: &str, stack: &Stack) -> Chart {
    let summary = &report.summary;
    let noun = summary.period.noun();
    let layers = &stack.layers;
    let mut figure = Figure::new(&stack.title, &stack.subtitle);
    let up = Axis::values(stack.unit, [0.0, stack.highest], 5);
    let mut key = Key::new(Sample::Square);
    for layer in layers.iter().rev() {
        let last = layer.values.last().filter(|_| stack.unit == Unit::Share);
        key.add(&layer.title, &last.map_or_else(String::new, |last| write(stack.unit, *last)), layer.look);
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
    let moments: Vec<f64> = stack.times.iter().map(|time| frame.x(*time as f64)).collect();
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
    figure.finish(&report.chart_name(stack.family, scenario), height, words(report, scenario, stack))
}

fn words(report: &Report, scenario: &str, stack: &Stack) -> String {
    let summary = &report.summary;
    let noun = summary.period.noun();
    let change = |layer: &Layer| {
        let [first, last] = [layer.values.first(), layer.values.last()].map(|value| value.copied().unwrap_or(0.0));
        format!("{} {} to {}", layer.title, write(stack.unit, first), write(stack.unit, last))
    };
    let others = if stack.others.is_empty() {
        String::new()
    } else {
        format!(" The other stages: {}.", stack.others.join(", "))
    };
    let between = match (stack.times.first(), stack.times.last()) {
        (Some(first), Some(last)) if (*first, *last as u64) != (0, summary.horizon) => {
            format!("from {noun} {first} to {noun} {last}")
        }
        _ => "from the start to the end".to_owned(),
    };
    format!(
        "Stacked areas over {} {noun}s for {}. {}, {between}: {}.{others}",
        summary.horizon,
        report.title(scenario),
        stack.listed,
        stack.layers.iter().map(change).collect::<Vec<_>>().join("; ")
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
        let layers = layers(&report, &report.summary.baseline, (&shown, &others), |_| true);
        assert_eq!(layers.len(), STAGES_APART);
        for (place, layer) in layers.iter().enumerate() {
            assert!(layers[..place].iter().all(|other| other.look.ink != layer.look.ink), "{}", layer.title);
        }
        let whole: f64 = layers.iter().map(|layer| layer.values[0]).sum();
        assert_eq!(whole, 29.0 * 100.0 + 500.0);
    }

    #[test]
    fn as_many_stages_as_there_are_colours_stand_by_themselves() {
        let report = report_of(STAGES_APART);
        assert_eq!(shown(&report).1, Vec::<&str>::new());
        assert!(!stages(&report)[0].alt.contains("other stages"));
    }
    #[test]
    fn shares_of_retained_stages_add_up_and_keep_the_colours_of_their_stages() {
        let report = fixture::report();
        let whole = stages(&report).swap_remove(0);
        let chart = shares(&report).swap_remove(0);
        assert_eq!(chart.name, "stage_shares_today");
        assert!(chart.alt.contains("New customer") && !chart.alt.contains("Prospect"), "{}", chart.alt);
        // The second and the third stage of the study.
        for place in [1, 2] {
            let (red, green, blue) = stage(place).rgb;
            let ink = format!("#{red:02X}{green:02X}{blue:02X}");
            assert!(chart.svg.contains(&ink) && whole.svg.contains(&ink), "{ink}");
        }
        let (shown, others) = shown(&report);
        let layers = layers(&report, "today", (&shown, &others), |stage| report.retained.contains_key(stage));
        assert_eq!(layers.len(), 2);
    }

    #[test]
    fn times_at_which_nobody_is_retained_are_left_out() {
        let mut report = fixture::report();
        for series in report.series.iter_mut().filter(|series| series.metric.starts_with("customers.")) {
            series.values[0].mean = 0.0;
        }
        let alt = &shares(&report)[0].alt;
        assert!(alt.contains("from month 1 to month 36") && !alt.contains("NaN"), "{alt}");
        report.series.iter_mut().for_each(|series| series.values.iter_mut().for_each(|value| value.mean = 0.0));
        assert!(shares(&report).is_empty());
        let mut single = fixture::report();
        single.retained.truncate(1);
        assert!(shares(&single).is_empty(), "one retained stage is always all of them");
    }
}
