//! What a run costs by its size, as a table and as a chart.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use polku::inside::report::axis::Axis;
use polku::inside::report::canvas::Anchor;
use polku::inside::report::chart::{Chart, png};
use polku::inside::report::figure::{BELOW, EDGE, Figure, Frame, NAME, WIDTH};
use polku::inside::report::palette::stage;

use super::work::{J1, lanes, model, run, simulation, timed};

#[derive(Args)]
pub struct Sizes {
    /// The power of ten to begin with
    #[arg(long, default_value_t = 4)]
    from: u32,
    /// The power of ten to end with
    #[arg(long, default_value_t = 9)]
    to: u32,
    /// The numbers of threads
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    threads: Vec<usize>,
    /// Where to write the chart: a file name without its ending, for an SVG and a PNG
    #[arg(long)]
    chart: Option<PathBuf>,
}

/// One run's size and cost.
struct Measured {
    customers: f64,
    threads: usize,
    seconds: f64,
}

/// A run shorter than this is repeated until that much time is spent, and its shortest time counts.
const ENOUGH: f64 = 1.0;

impl Sizes {
    pub fn measure(self) {
        let mut measured = Vec::new();
        let heads: String =
            self.threads.iter().map(|threads| format!(" seconds ×{threads} | million a second ×{threads} |")).collect();
        println!("| customers |{heads} peak memory so far, MiB |");
        println!("|---:|{}---:|", "---:|---:|".repeat(self.threads.len()));
        for power in self.from..=self.to {
            let customers = 10_u64.pow(power);
            print!("| {customers} |");
            for &threads in &self.threads {
                let seconds = shortest(customers, threads);
                let rate = customers as f64 * 60.0 / seconds / 1e6;
                print!(" {seconds:.4} | {rate:.0} |");
                measured.push(Measured { customers: customers as f64, threads, seconds });
            }
            println!(" {} |", peak_memory().map_or_else(|| "not known".to_owned(), |mib| format!("{mib:.0}")));
        }
        println!("\nJ1, 60 periods; million customer-periods a second; ×1 and so on are threads; lanes: {}.", lanes());
        if let Some(file) = &self.chart {
            let chart = draw(&measured, &self.threads);
            fs::write(file.with_extension("svg"), &chart.svg).expect("the chart can be written");
            let picture = png(&chart).expect("the chart can be drawn");
            fs::write(file.with_extension("png"), picture).expect("the chart can be written");
        }
    }
}

fn shortest(customers: u64, threads: usize) -> f64 {
    let customers = customers.to_string();
    let model = model(J1, &[("run.agents", &customers), ("run.customers", &customers)]);
    let simulation = simulation(&model, threads);
    let (mut spent, mut shortest) = (0.0, f64::INFINITY);
    while spent < ENOUGH {
        let seconds = timed(|| run(&simulation)).as_secs_f64();
        spent += seconds;
        shortest = f64::min(shortest, seconds);
    }
    shortest
}

/// The most memory this process has held, where the system tells.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// An axis of powers of ten, as their exponents.
fn decades(values: impl Iterator<Item = f64>, label: impl Fn(i32) -> String) -> Axis {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    #[expect(clippy::cast_possible_truncation, reason = "exponents of what was measured are small")]
    let (low, high) = (libm::floor(low + 1e-9) as i32, libm::ceil(high - 1e-9) as i32);
    let high = high.max(low + 1);
    let marks = (low..=high).map(|exponent| (f64::from(exponent), label(exponent))).collect();
    Axis { low: f64::from(low), high: f64::from(high), marks }
}

/// A power of ten as people say it.
fn count(exponent: i32) -> String {
    const NAMES: [&str; 4] = ["", " thousand", " million", " billion"];
    let exponent = usize::try_from(exponent).unwrap_or(0);
    format!("1{}{}", "0".repeat(exponent % 3), NAMES.get(exponent / 3).unwrap_or(&""))
}

fn span(exponent: i32) -> String {
    match exponent {
        0.. => format!("{} s", 10_i64.pow(exponent.unsigned_abs())),
        -3..0 => format!("{} ms", 10_i64.pow((exponent + 3).unsigned_abs())),
        _ => format!("{} µs", 10_i64.pow((exponent + 6).max(0).unsigned_abs())),
    }
}

fn draw(measured: &[Measured], threads: &[usize]) -> Chart {
    let title = "Time to simulate a Markov journey";
    let mut figure = Figure::new(title, "60 periods; both axes in powers of ten");
    let across = decades(measured.iter().map(|m| libm::log10(m.customers)), count);
    let up = decades(measured.iter().map(|m| libm::log10(m.seconds)), span);
    let (height, top) = (420.0, figure.top + 6.0);
    let frame = Frame {
        left: EDGE + Frame::room_for_labels(&up),
        right: WIDTH - EDGE - 90.0,
        top,
        bottom: height - BELOW,
        across,
        up,
    };
    frame.draw_up(&mut figure.canvas);
    frame.draw_across(&mut figure.canvas, "customers");
    let mut said = Vec::new();
    for (place, count) in threads.iter().enumerate() {
        let own = measured.iter().filter(|m| m.threads == *count);
        let points: Vec<_> =
            own.map(|m| (frame.x(libm::log10(m.customers)), frame.y(libm::log10(m.seconds)))).collect();
        figure.canvas.line(&points, stage(place), 2.0);
        points.iter().for_each(|at| figure.canvas.dot(*at, 3.0, stage(place)));
        if let Some((x, y)) = points.last() {
            let name = format!("{count} thread{}", if *count == 1 { "" } else { "s" });
            // The lines end close to each other: one name above, the next below.
            let shift = if place % 2 == 0 { -4.0 } else { 14.0 };
            figure.canvas.words(&name, (x + 8.0, y + shift), Anchor::Start, NAME);
        }
    }
    for m in measured {
        said.push(format!("{} customers on {} threads: {:.4} seconds", m.customers, m.threads, m.seconds));
    }
    figure.finish("cost-by-size", height, said.join("; "))
}
