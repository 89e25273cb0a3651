//! What each mechanism costs: one is switched on at a time, and the time of the study without it is taken off.

use clap::Args;
use polku::Model;

use super::clock::cycles_per_nanosecond;
use super::variants::{VARIANTS, Variant};
use super::work::{experiment, lanes, run, simulation, timed, written};

#[derive(Args)]
pub struct Mechanisms {
    /// How many customers
    #[arg(short, default_value_t = 400_000)]
    n: u32,
    /// How many periods
    #[arg(short, default_value_t = 60)]
    t: u32,
    /// How often each variant is run; its shortest time counts
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

/// A study of all customers has as many times those of a small one.
const TIMES: u32 = 4;

struct Measured {
    /// Nanoseconds of the small study and of the one of all customers.
    taken: [f64; 2],
    /// The share of customer-periods that begin with a customer who has not churned.
    alive: f64,
}

impl Measured {
    /// Nanoseconds that each customer and period adds, of one scenario or, for a second one, of both.
    fn nominal(&self, customer_periods: f64) -> f64 {
        (self.taken[1] - self.taken[0]) / (customer_periods * (1.0 - 1.0 / f64::from(TIMES)))
    }

    /// Milliseconds that do not grow with customers: exact expectations above all.
    fn once(&self, customer_periods: f64) -> f64 {
        (self.taken[1] - self.nominal(customer_periods) * customer_periods).max(0.0) * 1e-6
    }
}

impl Mechanisms {
    pub fn measure(self) {
        let model = |variant: &Variant, agents: u32| written(&variant.study(agents, self.t));
        let sizes = [(self.n / TIMES).max(1), self.n];
        let models: Vec<[Model; 2]> =
            VARIANTS.iter().map(|variant| sizes.map(|agents| model(variant, agents))).collect();
        let mut measured: Vec<Measured> =
            models.iter().map(|[_, all]| Measured { taken: [f64::INFINITY; 2], alive: alive(all) }).collect();
        let mut cycles: f64 = 0.0;
        // All variants in turn, so that a slow quarter of an hour is slow for all of them.
        for _ in 0..self.rounds {
            cycles = cycles.max(cycles_per_nanosecond());
            for (models, measured) in models.iter().zip(&mut measured) {
                for (model, shortest) in models.iter().zip(&mut measured.taken) {
                    let simulation = simulation(model, 1);
                    *shortest = shortest.min(timed(|| run(&simulation)).as_secs_f64() * 1e9);
                }
            }
        }
        self.print(&measured, cycles);
    }

    fn print(&self, measured: &[Measured], cycles: f64) {
        println!(
            "| switched on | beside | ns | ns, alive | cycles, alive | added: ns, alive | added: cycles, alive | once, ms |"
        );
        println!("|---|---|---:|---:|---:|---:|---:|---:|");
        let all = f64::from(self.n) * f64::from(self.t);
        for (Variant { name, beside, .. }, this) in VARIANTS.iter().zip(measured) {
            let whole = this.nominal(all) / this.alive;
            let (before, added) = beside.map_or(("", whole), |place| {
                (VARIANTS[place].name, whole - measured[place].nominal(all) / measured[place].alive)
            });
            println!(
                "| {name} | {before} | {:.2} | {whole:.2} | {:.1} | {added:.2} | {:.1} | {:.1} |",
                this.nominal(all),
                whole * cycles,
                added * cycles,
                this.once(all),
            );
        }
        println!();
        println!(
            "What {} customers take over {}, by the customer-period, {} periods, one thread, shortest of {} runs each, in turn; \
             lanes: {}; {cycles:.2} cycles in a nanosecond. `ns` divides by all customer-periods, `alive` by those that begin \
             before the customer has churned; `once` does not grow with customers.",
            self.n,
            self.n / TIMES,
            self.t,
            self.rounds,
            lanes(),
        );
    }
}

/// The share of customer-periods that begin with a customer who has not churned. Runs the study once, which also warms up.
fn alive(model: &Model) -> f64 {
    let runs = experiment(model, 1).run().expect("the rows are sound");
    let series = runs.series();
    let churned =
        series.iter().find(|s| s.scenario == "today" && s.segment == "all" && s.metric == "customers.churned");
    let gone = &churned.expect("the stage is counted").values;
    let periods = model.run.horizon as usize;
    let share: f64 = gone[..periods].iter().map(|estimate| estimate.mean).sum();
    1.0 - share / (periods as f64 * model.run.customers as f64)
}
