//! A job is one of the three pieces of work that engines are compared by, run once.

use clap::{Args, ValueEnum};
use polku::Experiment;
use serde_json::json;

use super::work::{J1, J2, J3, J3A, customer_periods, experiment, lanes, model, run, simulation, timed};

/// The stages in the order in which the jobs are stated.
const STAGES: [&str; 6] = ["prospect", "onboarding", "active", "at_risk", "lapsed", "churned"];

#[derive(Clone, Copy, ValueEnum)]
enum Work {
    #[value(name = "J1")]
    J1,
    #[value(name = "J2")]
    J2,
    #[value(name = "J3a")]
    J3a,
    #[value(name = "J3")]
    J3,
}

#[derive(Args)]
pub struct Job {
    /// The work
    work: Work,
    /// How many customers
    #[arg(short, default_value_t = 1_000_000)]
    n: u32,
    /// How many periods
    #[arg(short, default_value_t = 60)]
    t: u32,
    /// How many threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// The seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the time alone, without a second run to say what was counted
    #[arg(long)]
    bare: bool,
}

impl Job {
    pub fn measure(self) {
        let (name, study) = match self.work {
            Work::J1 => ("J1", J1),
            Work::J2 => ("J2", J2),
            Work::J3a => ("J3a", J3A),
            Work::J3 => ("J3", J3),
        };
        let n = self.n.to_string();
        let (periods, seed) = (self.t.to_string(), self.seed.to_string());
        let run_settings = [("run.agents", &n), ("run.customers", &n), ("run.horizon", &periods), ("run.seed", &seed)];
        let staff = if name == "J3" { staff(self.n) } else { Vec::new() };
        let settings = run_settings.into_iter().map(|(path, value)| (path, value.as_str()));
        let settings: Vec<(&str, &str)> =
            settings.chain(staff.iter().map(|(path, people)| (*path, people.as_str()))).collect();
        let model = model(study, &settings);
        let simulation = simulation(&model, self.threads);
        let seconds = timed(|| run(&simulation)).as_secs_f64();
        let mut line = json!({
            "peer": "polku",
            "version": env!("CARGO_PKG_VERSION"),
            "job": name,
            "n": self.n,
            "t": self.t,
            "threads": self.threads,
            "sim_s": seconds,
            "rate": customer_periods(&model) as f64 / seconds,
            "rate_cpu": null,
            "note": lanes(),
        });
        if !self.bare {
            let counted = Counted::new(&experiment(&model, self.threads));
            line["counts"] = json!(counted.end);
            line["counts_mid"] = json!(counted.middle);
            line["revenue"] = json!(counted.revenue);
            line["mean_s"] = json!(counted.satisfaction);
        }
        println!("{line}");
    }
}

/// The people of each channel for so many customers.
fn staff(customers: u32) -> Vec<(&'static str, String)> {
    let of = |(path, people): (&'static str, f64)| (path, format!("{}", people * f64::from(customers) / 1e6));
    [("channels.phone.staff", 110.0), ("channels.chat.staff", 100.0), ("channels.mail.staff", 45.0)].map(of).to_vec()
}

/// What the run came to, so that it can be held against the exact answer.
struct Counted {
    end: Vec<f64>,
    middle: Vec<f64>,
    revenue: f64,
    satisfaction: Option<f64>,
}

impl Counted {
    /// Runs once more, outside the clock: pricing what was counted is no part of the simulation that others time.
    fn new(experiment: &Experiment) -> Self {
        let runs = experiment.run().expect("the rows are sound");
        let series = runs.series();
        let at = |time: usize| {
            let of = |stage: &str| {
                let metric = format!("customers.{stage}");
                let found = series.iter().find(|s| s.segment == "all" && s.metric == metric);
                found.expect("every stage is counted").values[time].mean
            };
            STAGES.map(of).to_vec()
        };
        let periods = runs.model().run.horizon as usize;
        let metrics = &runs.summary().scenarios[0].metrics;
        Self {
            end: at(periods),
            middle: at(periods / 2),
            revenue: metrics["revenue"].mean,
            satisfaction: metrics.get("satisfaction").map(|estimate| estimate.mean),
        }
    }
}
