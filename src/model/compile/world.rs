//! Compiles the world around the company: shocks, seasons and trends, and what is drawn together.

use crate::diagnostic::{Diagnostic, in_percent};
use crate::model::change::{Change, Op};
use crate::model::param::Meaning;
use crate::model::world::{Occurrence, Pattern, Shock, season};
use crate::quantity::ParamId;
use crate::stats::distribution::Distribution;
use crate::study::path::ParamPath as Path;
use crate::study::run::Run;
use crate::study::world as written;

use super::compiler::Compiler;
use super::roadmap::clamp;

impl Compiler<'_> {
    /// Compiles the shocks, in the order of the file.
    pub(super) fn shocks(&mut self, horizon: u32) -> Vec<Shock> {
        let study = self.study;
        let mut shocks: Vec<Shock> = Vec::new();
        for (place, written) in study.shocks.iter().enumerate() {
            let at = Path::of(["shocks".to_owned(), place.to_string()]);
            let luck = self.identity.of_shock(place);
            shocks.extend(self.shock((&at, place), written, luck, horizon));
        }
        shocks
    }

    fn shock(
        &mut self,
        (at, place): (&Path, usize),
        written: &written::Shock,
        luck: u64,
        horizon: u32,
    ) -> Option<Shock> {
        let number =
            |compiler: &mut Self, key: &str, meaning: Meaning, number: Option<&crate::study::number::Number>| {
                let path = at.child(key);
                number.map(|number| compiler.numbers.fixed(&path, &path, meaning, number))
            };
        let period = number(self, "period", Meaning::Positive, written.period.as_ref());
        let hazard = number(self, "hazard", Meaning::Chance, written.hazard.as_ref());
        let half_life = self.half_life(&at.child("half_life"), written.half_life.as_ref());
        let effects = self.changes(&at.child("effects"), &written.effects, horizon);
        if written.effects.is_empty() {
            self.fault(Diagnostic::error("a shock changes nothing").at(at.child("effects").to_string()).help(
                "give it at least one effect: `{ target = \"stages.active.to.churned\", odds = \"1.2 to 1.8\" }`",
            ));
        }
        let when = match (period, hazard) {
            (Some(period), None) => {
                self.check_period(&at.child("period"), period, horizon);
                Occurrence::In(period)
            }
            (None, Some(hazard)) => Occurrence::Hazard(hazard),
            (period, _) => {
                let fault = if period.is_some() {
                    Diagnostic::error("a shock comes both in a period and by a hazard")
                        .why("`period` lets it come once, `hazard` again and again by chance")
                        .help("take one of them out")
                } else {
                    Diagnostic::error("nothing says when a shock comes")
                        .help("give its `period`, or `hazard`, the chance per period that it comes")
                };
                self.fault(fault.at(at.to_string()));
                return None;
            }
        };
        let amounts = effects.iter().map(|effect| self.amount_of(effect)).collect();
        let title = written.title.clone().unwrap_or_else(|| format!("shock {}", place + 1));
        Some(Shock { title, when, half_life, onset: clamp(written.onset.0), effects, amounts, luck })
    }

    /// A shock comes in one of the periods, from 1 to the horizon.
    fn check_period(&mut self, at: &Path, period: ParamId, horizon: u32) {
        let (low, high) = self.numbers.params[period.index()].law.support();
        // An uncertain period is rounded when it is drawn.
        if (0.0..0.5).contains(&high) {
            self.fault(
                Diagnostic::error("a shock cannot come in period 0")
                    .at(at.to_string())
                    .why("period 0 is the start of the study; periods are counted from 1")
                    .help("give the period it comes in, from 1 on"),
            );
        } else if low >= f64::from(horizon) + 0.5 {
            self.fault(
                Diagnostic::warning("a shock comes after the horizon")
                    .at(at.to_string())
                    .why(format!("the study ends with period {horizon}, so it changes nothing"))
                    .help("let it come earlier, or raise `run.horizon`"),
            );
        }
    }

    /// The distribution of a change's amount. It is drawn when the shock comes, so that the number in the list of
    /// parameters stands for its middle.
    fn amount_of(&mut self, effect: &Change) -> Distribution {
        let param = &mut self.numbers.params[effect.amount.index()];
        let middle = param.at(0.5);
        std::mem::replace(&mut param.law, Distribution::Constant(middle))
    }

    /// Compiles seasons and trends.
    pub(super) fn patterns(&mut self, horizon: u32) -> Vec<Pattern> {
        let study = self.study;
        let mut patterns = Vec::new();
        for (place, written) in study.over_time.iter().enumerate() {
            let at = Path::of(["over_time".to_owned(), place.to_string()]);
            self.check_pattern(&at, written);
            let path = at.child("trend");
            let trend = written.trend.as_ref().map(|number| self.numbers.fixed(&path, &path, Meaning::Growth, number));
            let low = trend.map_or(0.0, |id| self.numbers.params[id.index()].law.support().0);
            // A law that falls further is told with its range.
            if trend.is_some_and(|id| self.numbers.params[id.index()].law == Distribution::Constant(-1.0)) {
                self.fault(
                    Diagnostic::error("a trend cannot fall by all there is")
                        .at(path.to_string())
                        .why("it is the growth a year")
                        .help("give a number above -1, such as -0.05"),
                );
            }
            if low.is_finite() && low > 1.0 {
                let percent = in_percent(low).unwrap_or_else(|| "2 % is 0.02".to_owned());
                self.fault(
                    Diagnostic::warning(format!("a trend of {low} is growth by {} % a year", grown(low * 100.0)))
                        .at(path.to_string())
                        .help(format!("give the growth as a share of 1: {percent}")),
                );
            }
            let Some(targets) = self.targets(&at, &written.target, Op::Times) else { continue };
            let (chances, others): (Vec<ParamId>, Vec<ParamId>) =
                targets.into_iter().partition(|id| self.is_chance(*id));
            let season = self.season(written, horizon);
            for (targets, op) in [(chances, Op::Odds), (others, Op::Times)] {
                if !targets.is_empty() {
                    patterns.push(Pattern { targets, op, season: season.clone(), trend, place });
                }
            }
        }
        patterns
    }

    fn is_chance(&self, id: ParamId) -> bool {
        matches!(self.numbers.params[id.index()].meaning, Meaning::Chance | Meaning::Share)
    }

    fn season(&self, written: &written::OverTime, horizon: u32) -> Vec<f64> {
        let run: &Run = &self.study.run;
        match &written.season {
            Some(monthly) if monthly.len() == 12 => {
                season(monthly, clamp(run.first_month.0.clamp(1, 12)), run.period.years(), horizon)
            }
            _ => Vec::new(),
        }
    }

    fn check_pattern(&mut self, at: &Path, written: &written::OverTime) {
        let Some(monthly) = &written.season else {
            if written.trend.is_none() {
                self.fault(
                    Diagnostic::error("nothing says how the number goes over time")
                        .at(at.to_string())
                        .help("give a `season` of twelve factors, or a `trend` per year such as 0.02"),
                );
            }
            return;
        };
        if monthly.len() != 12 {
            self.fault(
                Diagnostic::error(format!("a season has twelve factors, and this one has {}", monthly.len()))
                    .at(at.child("season").to_string())
                    .why("they belong to the months, January first, whatever the length of a period is")
                    .help("give one factor for each month; 1 changes nothing"),
            );
        }
        for (month, factor) in monthly.iter().enumerate().filter(|(_, factor)| !(factor.is_finite() && **factor >= 0.0))
        {
            self.fault(
                Diagnostic::error(format!("a factor of a season cannot be {factor}"))
                    .at(at.child("season").child(&month.to_string()).to_string())
                    .help("give 0 or more; 1 changes nothing"),
            );
        }
        let mean = monthly.iter().sum::<f64>() / monthly.len().max(1) as f64;
        if mean >= 10.0 {
            self.fault(
                Diagnostic::warning(format!("a season multiplies by {} on average", grown(mean)))
                    .at(at.child("season").to_string())
                    .why("its numbers are factors, and not percent")
                    .help("give numbers around 1: 90 % is 0.9"),
            );
        }
    }
}

/// A number to two places, as people say it.
fn grown(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
