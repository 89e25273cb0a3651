//! Compiles what is declared for a span of time, such as a year, whatever the length of a period is.

use crate::diagnostic::Diagnostic;
use crate::model::hazard::{Hazard, HazardForm};
use crate::model::param::Meaning;
use crate::quantity::{ParamId, PeriodUnit};
use crate::study::initiative::Cost;
use crate::study::journey::{Occasion, Rule};
use crate::study::list::names_a_list;
use crate::study::number::{Chances, Number};
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

impl Compiler<'_> {
    /// How many spans of time make one period; 1 where none is named.
    pub(super) fn spans_in_a_period(&self, per: Option<PeriodUnit>) -> f64 {
        per.map_or(1.0, |per| self.study.run.period.in_units_of(per))
    }

    /// Notes that some amounts are declared for a span of time, and not for a period.
    pub(super) fn declared_per(&mut self, per: Option<PeriodUnit>, ids: impl IntoIterator<Item = ParamId>) {
        let spans = self.spans_in_a_period(per);
        if spans != 1.0 {
            self.spans.extend(ids.into_iter().map(|id| (id, spans)));
        }
    }

    /// Tells of a `per` that no cost is declared for.
    pub(super) fn check_per_of_cost(&mut self, at: &Path, cost: &Cost) {
        if cost.per.is_some() && cost.per_period.is_none() && cost.per_customer.is_none() {
            self.fault(
                Diagnostic::error("`per` is not the span of any cost here")
                    .at(at.child("per").to_string())
                    .why("it belongs to `per_period` and `per_customer`; `once` and `build` are sums")
                    .help("give one of them, or take `per` out"),
            );
        }
    }

    /// The hazard of a way out that has a `rate` or `per`, or faults.
    pub(super) fn hazard(&mut self, path: &Path, rule: &Rule) -> Option<Hazard> {
        let others = Others::of(rule);
        if !others.keys.is_empty() {
            self.fault(others.fault(path, rule));
            return None;
        }
        let spans = self.spans_in_a_period(rule.per);
        let chance = match &rule.chance {
            Some(Chances::One(number)) => Some(number),
            _ => None,
        };
        let (form, key, meaning, number) = match (&rule.rate, chance) {
            (Some(rate), None) => (HazardForm::Rate, "rate", Meaning::Positive, rate),
            (None, Some(chance)) => (HazardForm::Chance, "chance", Meaning::Chance, chance),
            (Some(_), Some(_)) => {
                self.fault(
                    Diagnostic::error(format!("`{path}` has a rate and a chance"))
                        .at(path.child("rate").to_string())
                        .at(path.child("chance").to_string())
                        .why("each of them alone says how many customers go this way")
                        .help("keep one of them"),
                );
                return None;
            }
            (None, None) => {
                self.fault(span_of_nothing(path, rule));
                return None;
            }
        };
        if form == HazardForm::Chance {
            self.check_chance_of_a_span(path, rule, number, spans);
        }
        let number = self.numbers.changeable(path, &path.child(key), meaning, number);
        Some(Hazard { number, form, spans })
    }

    fn check_chance_of_a_span(&mut self, path: &Path, rule: &Rule, chance: &Number, spans: f64) {
        let Some(per) = rule.per.map(PeriodUnit::noun) else { return };
        if *chance == Number::Known(1.0) && spans < 1.0 {
            let period = self.study.run.period.noun();
            self.fault(
                Diagnostic::error(format!("a chance of 1 a {per} does not say how many customers leave in a {period}"))
                    .at(path.child("chance").to_string())
                    .why(format!("all are gone within the {per}, be it at once or on its last day"))
                    .help(format!("give a chance below 1, such as 0.99, or a chance for each {period} without `per`")),
            );
        }
        if rule.word_of_mouth.is_some() {
            let rate = match chance {
                Number::Known(chance) if (0.0..1.0).contains(chance) => {
                    format!(": `rate = {}`", (-libm::log1p(-chance) * 1e6).round() / 1e6)
                }
                _ => String::new(),
            };
            self.fault(
                Diagnostic::error("`word_of_mouth` cannot be added to a chance with `per`")
                    .at(path.child("word_of_mouth").to_string())
                    .why("what is heard adds to a rate; chances of another span of time than a period do not add up")
                    .help(format!("give the chance as a rate; `word_of_mouth` is then one for the same span{rate}")),
            );
        }
    }
}

/// The fault of a span without a number.
fn span_of_nothing(path: &Path, rule: &Rule) -> Diagnostic {
    let help = if rule.word_of_mouth.is_some() {
        "add `rate = 0` where customers leave by what they hear alone"
    } else {
        "give a `rate` or a `chance`"
    };
    Diagnostic::error("`per` is not the span of any number here")
        .at(path.child("per").to_string())
        .why("it is the span of time of a `rate` or a `chance`")
        .help(help)
}

/// What else a rule has that only chances per period can have: the keys, with why.
struct Others {
    keys: Vec<(&'static str, &'static str)>,
}

impl Others {
    fn of(rule: &Rule) -> Self {
        let listed = match &rule.chance {
            Some(Chances::List(_)) => true,
            Some(Chances::One(Number::Uncertain(text))) => names_a_list(text),
            _ => false,
        };
        let all = [
            (listed, "chance", "a list has a chance for each period"),
            (rule.by.is_some() && !listed, "by", "`by` reads a list, which has a chance for each period"),
            (rule.sojourn.is_some(), "sojourn", "`sojourn` says itself how long customers stay"),
            (rule.trait_name.is_some(), "trait", "`trait` is the customer's own chance in a period"),
            (rule.on == Occasion::Purchase, "on", "a chance at a purchase is taken at each, however long a period is"),
        ];
        Self { keys: all.into_iter().filter(|(is, ..)| *is).map(|(_, key, why)| (key, why)).collect() }
    }

    fn fault(&self, path: &Path, rule: &Rule) -> Diagnostic {
        let own = if rule.rate.is_some() { "rate" } else { "per" };
        let name = |(key, _): &(&str, &str)| match *key {
            "chance" => "a list of chances".to_owned(),
            "on" => "`on = \"purchase\"`".to_owned(),
            key => format!("`{key}`"),
        };
        let names: Vec<String> = self.keys.iter().map(name).collect();
        let whys: Vec<&str> = self.keys.iter().map(|(_, why)| *why).collect();
        let mut fault = Diagnostic::error(format!("`{own}` cannot be combined with {}", names.join(" and ")))
            .at(path.child(own).to_string());
        for (key, _) in &self.keys {
            fault = fault.at(path.child(key).to_string());
        }
        fault
            .why(whys.join("; "))
            .help(format!("take out `{own}` and give chances per period, or keep one `rate` or `chance` alone"))
    }
}
