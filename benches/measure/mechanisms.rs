//! What each mechanism costs: one is switched on at a time, and the time of the study without it is taken off.

use clap::Args;
use polku::{Model, Runs};

use super::clock::cycles_per_nanosecond;
use super::variants::{VARIANTS, Variant};
use super::work::{experiment, lanes, run, timed, written};

#[derive(Args)]
pub struct Mechanisms {
    /// How many customers
    #[arg(short, default_value_t = 200_000)]
    n: u32,
    /// How many periods
    #[arg(short, default_value_t = 60)]
    t: u32,
    /// How often each variant is run; its shortest time counts
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

struct Measured {
    /// Nanoseconds for each customer and period, of one scenario or, for a second one, of both.
    nominal: f64,
    /// The share of those customer-periods that begin with a customer who has not churned.
    alive: f64,
}

impl Mechanisms {
    pub fn measure(self) {
        let models: Vec<Model> = VARIANTS.iter().map(|variant| written(&variant.study(self.n, self.t))).collect();
        let mut measured: Vec<Measured> =
            models.iter().map(|model| Measured { nominal: f64::INFINITY, alive: alive(model) }).collect();
        let mut cycles: f64 = 0.0;
        // All variants in turn, so that a slow quarter of an hour is slow for all of them.
        for _ in 0..self.rounds {
            cycles = cycles.max(cycles_per_nanosecond());
            for (model, measured) in models.iter().zip(&mut measured) {
                let experiment = experiment(model, 1);
                let taken = timed(|| run(&experiment)).as_secs_f64() * 1e9;
                let each = taken / (f64::from(self.n) * f64::from(self.t));
                measured.nominal = measured.nominal.min(each);
            }
        }
        self.print(&measured, cycles);
    }

    fn print(&self, measured: &[Measured], cycles: f64) {
        println!("| switched on | beside | ns | ns, alive | cycles, alive | added: ns, alive | added: cycles, alive |");
        println!("|---|---|---:|---:|---:|---:|---:|");
        for (Variant { name, beside, .. }, this) in VARIANTS.iter().zip(measured) {
            let whole = this.nominal / this.alive;
            let (before, added) = beside.map_or(("", whole), |place| {
                (VARIANTS[place].name, whole - measured[place].nominal / measured[place].alive)
            });
            println!(
                "| {name} | {before} | {:.2} | {whole:.2} | {:.1} | {added:.2} | {:.1} |",
                this.nominal,
                whole * cycles,
                added * cycles,
            );
        }
        println!();
        println!(
            "{} customers, {} periods, one thread, shortest of {} runs each, in turn; lanes: {}; {cycles:.2} cycles in a \
             nanosecond. `ns` divides by all customer-periods, `alive` by those that begin before the customer has churned.",
            self.n,
            self.t,
            self.rounds,
            lanes(),
        );
    }
}

/// The share of customer-periods that begin with a customer who has not churned. Runs the study once, which also warms up.
fn alive(model: &Model) -> f64 {
    let experiment = experiment(model, 1);
    let runs = Runs::of(model, &experiment).expect("the rows are sound");
    let series = runs.series();
    let churned =
        series.iter().find(|s| s.scenario == "today" && s.segment == "all" && s.metric == "customers.churned");
    let gone = &churned.expect("the stage is counted").values;
    let periods = model.run.horizon as usize;
    let share: f64 = gone[..periods].iter().map(|estimate| estimate.mean).sum();
    1.0 - share / (periods as f64 * model.run.customers as f64)
}
