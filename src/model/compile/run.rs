//! Compiles `[run]`: the clock, the size and the baseline.

use crate::diagnostic::Diagnostic;
use crate::model::param::Meaning;
use crate::model::run_plan::{MOST_REPLICATIONS, RunPlan};
use crate::quantity::{ParamId, ScenarioId};
use crate::study::names::SCENARIOS;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;
use crate::study::run::{Accrual, Discounting};

use super::compiler::Compiler;

/// The most simulated customers and periods that addresses of random numbers tell apart.
const MOST_AGENTS: u64 = 4_000_000_000;
const MOST_PERIODS: u64 = 65_535;
/// The simulated customers of a study that does not say how many.
const USUAL_AGENTS: u64 = 20_000;
/// The hours of a leap year.
const HOURS_OF_A_YEAR: f64 = 8784.0;

impl Compiler<'_> {
    pub(super) fn run_plan(&mut self) -> RunPlan {
        let run = &self.study.run;
        let at = |key: &str| Path::of(["run", key]);
        let segments = self.study.segments.len() as u64;
        let agents = run.agents.map_or(run.customers.0.clamp(1, USUAL_AGENTS).max(segments), |agents| agents.0);
        self.within("horizon", run.horizon.0, 1, MOST_PERIODS);
        self.within("customers", run.customers.0, 1, 1 << 53);
        self.within("agents", agents, segments.max(1), MOST_AGENTS);
        self.within("replications", run.replications.0, 1, MOST_REPLICATIONS);
        if !(run.interval > 0.5 && run.interval < 1.0) {
            self.fault(
                Diagnostic::error(format!("an interval cannot have the level {}", run.interval))
                    .at(at("interval").to_string())
                    .help("give a level between 0.5 and 1, such as 0.95"),
            );
        }
        let month = |month: u64| u32::try_from(month.clamp(1, 12)).unwrap_or(1);
        self.within("first_month", run.first_month.0, 1, 12);
        let fiscal_year_start = run.fiscal_year_start.unwrap_or(run.first_month).0;
        if run.fiscal_year_start.is_some() {
            self.within("fiscal_year_start", fiscal_year_start, 1, 12);
        }
        if run.discounting == Discounting::Mid && run.accrual != Accrual::End {
            self.fault(
                Diagnostic::error("money cannot be valued in the middle of a period under this accrual")
                    .at(at("discounting").to_string())
                    .at(at("accrual").to_string())
                    .why("the accrual already says when within a period it counts")
                    .help("take one of them out"),
            );
        }
        let rate = run.discount_rate.clone().unwrap_or(Number::Known(0.0));
        let discount_rate = self.numbers.fixed(&at("discount_rate"), &at("discount_rate"), Meaning::Positive, &rate);
        self.check_rate(discount_rate);
        if self.study.currency.trim().is_empty() {
            self.fault(
                Diagnostic::warning("the currency has no name")
                    .at("currency")
                    .why("reports write it before every amount of money")
                    .help("name it, such as `currency = \"EUR\"`, or take the line out"),
            );
        }
        RunPlan {
            period: run.period,
            horizon: u32::try_from(run.horizon.0.clamp(1, MOST_PERIODS)).unwrap_or(1),
            customers: run.customers.0,
            agents: u32::try_from(agents.clamp(1, MOST_AGENTS)).unwrap_or(1),
            replications: u32::try_from(run.replications.0.clamp(1, MOST_REPLICATIONS)).unwrap_or(1),
            seed: run.seed.0,
            discount_rate,
            discounting: run.discounting,
            first_month: month(run.first_month.0),
            fiscal_year_start: month(fiscal_year_start),
            accrual: run.accrual,
            interval: run.interval,
            full_time_hours: self.full_time_hours(),
        }
    }

    /// The hours that a full-time person works in a year, or a fault.
    fn full_time_hours(&mut self) -> f64 {
        let hours = self.study.run.full_time_hours;
        if hours > 0.0 && hours <= HOURS_OF_A_YEAR {
            return hours;
        }
        self.fault(
            Diagnostic::error(format!("nobody works {hours} hours a year"))
                .at("run.full_time_hours")
                .why(format!(
                    "the people that work needs are its hours divided by these; a year has {HOURS_OF_A_YEAR} at most"
                ))
                .help("give the hours that one full-time person works in a year, such as 1720"),
        );
        1.0
    }

    /// Warns of a discount rate that was hardly meant.
    fn check_rate(&mut self, rate: ParamId) {
        let mean = self.numbers.params[rate.index()].law.mean();
        if mean <= 1.0 {
            return;
        }
        let fault = Diagnostic::warning(format!("money is discounted at {:.0}% a year", mean * 100.0))
            .at("run.discount_rate")
            .why("`discount_rate` is a share: 1 is 100% a year");
        self.fault(if mean <= 100.0 {
            fault.help(format!("if {mean}% is meant, write {}", libm::round(mean * 1e6) / 1e8))
        } else {
            fault.help("write a share, such as 0.08 for 8%")
        });
    }

    pub(super) fn within(&mut self, key: &str, value: u64, low: u64, high: u64) {
        if (low..=high).contains(&value) {
            return;
        }
        let mut fault = Diagnostic::error(format!("`run.{key}` cannot be {value}"))
            .at(format!("run.{key}"))
            .help(format!("give a whole number from {} to {}", grouped(low), grouped(high)));
        if key == "agents" && value < low && value > 0 {
            fault = fault.why(format!("each of the {low} segments needs at least one simulated customer"));
        }
        self.fault(fault);
    }

    pub(super) fn baseline(&mut self) -> ScenarioId {
        let Some(name) = &self.study.run.baseline else {
            if self.study.scenarios.is_empty() {
                self.fault(
                    Diagnostic::error("there is no scenario to run")
                        .at("scenarios")
                        .help("add one that changes nothing: `[scenarios.today]`"),
                );
            }
            return ScenarioId(0);
        };
        let place = self.study.scenarios.get_index_of(name);
        if place.is_none() {
            let help = SCENARIOS.suggest(name, self.study);
            self.fault(
                Diagnostic::error(format!("the baseline `{name}` is not a scenario")).at("run.baseline").help(help),
            );
        }
        ScenarioId::from(place.unwrap_or(0))
    }
}

/// A whole number as people and TOML write it: `4_000_000`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
