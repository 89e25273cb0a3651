//! The unit of a number of a study, by its path: a reviewer reads it beside the value.

use super::document::{Node, Value};
use super::path::{ParamPath, Step};

/// The operations of a change.
pub const OPERATIONS: [&str; 5] = ["set", "add", "times", "odds", "hazard"];

/// What numbers are counted in, by pattern: `*` is any name, `[]` any place of a list. In a unit, `{period}` is the noun of
/// the study's periods and `{money}` its currency. What is a choice of words has no row.
const UNITS: &[(&str, &str)] = &[
    ("run.horizon", "{period}s"),
    ("run.customers", "customers"),
    ("run.agents", "simulated customers"),
    ("run.replications", "replications"),
    ("run.seed", ""),
    ("run.discount_rate", "a year"),
    ("run.first_month", "calendar month"),
    ("run.fiscal_year_start", "calendar month"),
    ("run.interval", "share"),
    ("run.full_time_hours", "hours a year"),
    ("segments.*.share", "share"),
    ("segments.*.start.*", "share"),
    ("segments.*.traits.*", "of the trait"),
    ("segments.*.inflow.per_period", "customers a {period}"),
    ("segments.*.inflow.referrals", "customers a {period}, for each who talks"),
    ("segments.*.inflow.heard.*", "customers each time it is heard"),
    ("segments.*.inflow.cost", "{money} a customer"),
    ("segments.*.inflow.start.*", "share"),
    ("traits.*.law", "of the trait"),
    ("traits.*.neutral", "of the trait"),
    ("stages.*.to.*", "chance a {period}"),
    ("stages.*.to.*.chance", "chance a {period}"),
    ("stages.*.to.*.rate", "rate a {period}"),
    ("stages.*.to.*.sojourn", "{period}s"),
    ("stages.*.to.*.drivers.*", "log-odds a unit"),
    ("stages.*.to.*.word_of_mouth", "chance a {period}"),
    ("stages.*.quality", "satisfaction, 0 to 1"),
    ("stages.*.purchases.rate", "purchases a customer and {period}"),
    ("stages.*.purchases.basket", "{money} a purchase"),
    ("stages.*.purchases.margin", "share"),
    ("stages.*.purchases.drivers.*", "log rate a unit"),
    ("stages.*.purchases.wallet.share", "share"),
    ("stages.*.purchases.wallet.spread", "sum of beta parameters"),
    ("stages.*.purchases.wallet.drivers.*", "log-odds a unit"),
    ("rivals.*.share", "weight"),
    ("rivals.*.pull", "log-odds"),
    ("rivals.*.enters", "{period}"),
    ("stages.*.values.*", "{account} a customer and {period}"),
    ("stages.*.values.*.amount", "{account} a customer and {period}"),
    ("stages.*.on_move.*.*", "{account} a move"),
    ("experience.start", "satisfaction, 0 to 1"),
    ("experience.neutral", "satisfaction, 0 to 1"),
    ("experience.learning", "share a {period}"),
    ("states.*.start", "of the state"),
    ("states.*.range", "of the state"),
    ("states.*.neutral", "of the state"),
    ("states.*.rest", "of the state"),
    ("states.*.half_life", "{period}s"),
    ("states.*.half_life.above", "{period}s"),
    ("states.*.half_life.below", "{period}s"),
    ("states.*.rise", "share of the way a {period}"),
    ("states.*.fall", "share of the way a {period}"),
    ("states.*.adds.*", "of the state, per unit of the signal"),
    ("states.*.blend.*", "weight"),
    ("tags.*.bands.*", "of what is read"),
    ("tags.*.every", "{period}s"),
    ("touchpoints.*.plan.[].rate", "times a customer and {period}"),
    ("touchpoints.*.plan.[].chance", "chance"),
    ("touchpoints.*.plan.[].every", "{period}s"),
    ("touchpoints.*.rate", "times a customer and {period}"),
    ("touchpoints.*.rate.*", "times a customer and {period}"),
    ("touchpoints.*.chance", "chance"),
    ("touchpoints.*.chance.*", "chance"),
    ("touchpoints.*.every", "{period}s"),
    ("touchpoints.*.drivers.*", "log rate or log-odds a unit"),
    ("touchpoints.*.quality", "quality, 0 to 1"),
    ("touchpoints.*.effort", "quality, 0 to 1"),
    ("touchpoints.*.importance", "multiple"),
    ("touchpoints.*.timing.best", "{period} in the stage"),
    ("touchpoints.*.timing.width", "{period}s"),
    ("touchpoints.*.timing.miss", "multiple"),
    ("touchpoints.*.promise", "quality, 0 to 1"),
    ("touchpoints.*.answer", "days"),
    ("touchpoints.*.fades", "days"),
    ("touchpoints.*.values.*", "{account} each time"),
    ("touchpoints.*.minutes", "minutes each time"),
    ("touchpoints.*.tells.reach", "people each time"),
    ("touchpoints.*.tells.in_market", "share"),
    ("touchpoints.*.to.*", "chance each time"),
    ("touchpoints.*.to.*.chance", "chance each time"),
    ("touchpoints.*.to.*.drivers.*", "log-odds a unit"),
    ("touchpoints.*.ends.*.chance", "chance each time"),
    ("touchpoints.*.ends.*.drivers.*", "log-odds a unit"),
    ("touchpoints.*.ends.*.quality", "quality, 0 to 1"),
    ("touchpoints.*.ends.*.effort", "quality, 0 to 1"),
    ("touchpoints.*.ends.*.importance", "multiple"),
    ("touchpoints.*.ends.*.promise", "quality, 0 to 1"),
    ("touchpoints.*.ends.*.values.*", "{account} each time"),
    ("touchpoints.*.ends.*.minutes", "minutes each time"),
    ("touchpoints.*.ends.*.tells.reach", "people each time"),
    ("touchpoints.*.ends.*.tells.in_market", "share"),
    ("touchpoints.*.ends.*.to.*", "chance each time"),
    ("touchpoints.*.ends.*.to.*.chance", "chance each time"),
    ("touchpoints.*.ends.*.to.*.drivers.*", "log-odds a unit"),
    ("channels.*.appeal", "log-weight"),
    ("channels.*.drivers.*", "log-odds a unit"),
    ("channels.*.shuns", "log-odds a minute"),
    ("channels.*.staff", "people at once"),
    ("channels.*.hours", "hours a {period}"),
    ("channels.*.open", "share"),
    ("channels.*.peaks.[].share", "share"),
    ("channels.*.peaks.[].hours", "hours a {period}"),
    ("channels.*.peaks.[].staff", "people at once"),
    ("channels.*.handle", "minutes a contact"),
    ("channels.*.variability", "squared coefficient of variation"),
    ("channels.*.patience", "minutes"),
    ("channels.*.within", "minutes"),
    ("channels.*.goal.wait", "minutes"),
    ("channels.*.goal.answered", "share"),
    ("channels.*.goal.given_up", "share"),
    ("channels.*.solves", "chance"),
    ("channels.*.switch.*", "chance"),
    ("channels.*.again.*", "chance"),
    ("channels.*.recognises", "chance"),
    ("channels.*.carries", "chance"),
    ("channels.*.known.quality", "quality, 0 to 1"),
    ("channels.*.known.effort", "quality, 0 to 1"),
    ("channels.*.known.handle", "share"),
    ("channels.*.known.solves", "odds ratio"),
    ("channels.*.lost.quality", "quality, 0 to 1"),
    ("channels.*.lost.effort", "quality, 0 to 1"),
    ("channels.*.lost.handle", "share"),
    ("channels.*.lost.solves", "odds ratio"),
    ("channels.*.wait_effort", "quality a minute"),
    ("channels.*.attempt_effort", "quality an attempt"),
    ("channels.*.given_up", "quality, 0 to 1"),
    ("channels.*.tells.reach", "people each time"),
    ("channels.*.tells.in_market", "share"),
    ("channels.*.cost", "{money} a contact"),
    ("channels.*.staff_cost", "{money} a person and {period}"),
    ("channels.*.team.start", "spirits, 0 to 1"),
    ("channels.*.team.pace", "share of the way a {period}"),
    ("channels.*.team.comfortable", "share"),
    ("channels.*.team.strain", "spirits a unit of utilisation"),
    ("channels.*.team.frustration", "spirits"),
    ("channels.*.team.quality", "quality a unit of spirits"),
    ("channels.*.team.handle", "log a unit of spirits"),
    ("channels.*.team.solves", "log-odds a unit of spirits"),
    ("channels.*.practice.volume", "contacts"),
    ("channels.*.practice.exponent", ""),
    ("surveys.*.every", "{period}s"),
    ("surveys.*.sample", "customers asked"),
    ("surveys.*.slope", "log-odds a unit"),
    ("surveys.*.cuts", "log-odds"),
    ("surveys.*.response.chance", "chance"),
    ("surveys.*.response.strong", "log-odds a unit"),
    ("surveys.*.response.incentive", "log-odds"),
    ("surveys.*.response.drivers.*", "log-odds a unit"),
    ("pillars.*.never.within", "days"),
    ("pillars.*.never.short_by", "quality, 0 to 1"),
    ("pillars.*.never.wait_over", "minutes"),
    ("pillars.*.never.attempts_over", "attempts"),
    ("experience.gain", "share of the difference"),
    ("experience.loss", "share of the difference"),
    ("experience.expectation.start", "quality, 0 to 1"),
    ("experience.expectation.adapts", "share of the way a {period}"),
    ("experience.expectation.hears", "share of the way each time"),
    ("experience.memory.peak", "weight"),
    ("experience.memory.half_life", "{period}s"),
    ("experience.memory.half_life.above", "{period}s"),
    ("experience.memory.half_life.below", "{period}s"),
    ("experience.commitment.start", "commitment, 0 to 1"),
    ("experience.commitment.rise", "share of the way a {period}"),
    ("experience.commitment.fall", "share of the way a {period}"),
    ("experience.commitment.cusp", ""),
    ("experience.commitment.slope", ""),
    ("outcomes.*.discount_rate", "a year"),
    ("capabilities.*.level", "share"),
    ("roadmap.change_capacity", "initiatives"),
    ("roadmap.catch_up", "share a {period}"),
    ("initiatives.*.cost.once", "{money}"),
    ("initiatives.*.cost.build", "{money}"),
    ("initiatives.*.cost.per_period", "{money} a {period}"),
    ("initiatives.*.cost.per_customer", "{money} a customer and {period}"),
    ("initiatives.*.cost.per_contact.*", "{money} each time"),
    ("initiatives.*.build", "{period}s"),
    ("initiatives.*.slip", "{period}s"),
    ("initiatives.*.success", "chance"),
    ("initiatives.*.ramp", "{period}s"),
    ("initiatives.*.ramp.periods", "{period}s"),
    ("initiatives.*.ramp.innovation", "chance a {period}"),
    ("initiatives.*.ramp.imitation", "chance a {period}"),
    ("initiatives.*.half_life", "{period}s"),
    ("initiatives.*.catch_up", "share a {period}"),
    ("initiatives.*.until", "{period}"),
    ("initiatives.*.waves.*", "{period}s"),
    ("initiatives.*.dip.periods", "{period}s"),
    ("initiatives.*.dip.share", "share of the effect"),
    ("initiatives.*.requires.*", "share"),
    ("initiatives.*.provides.*", "share"),
    ("shocks.[].period", "{period}"),
    ("shocks.[].hazard", "chance a {period}"),
    ("shocks.[].onset", "{period}s"),
    ("shocks.[].half_life", "{period}s"),
    ("over_time.[].season", "factors by calendar month"),
    ("over_time.[].trend", "growth a year"),
    ("correlated.[].rank", "rank correlation"),
    ("targets.*.period", "{period}"),
    ("targets.*.at_least", "of the metric"),
    ("targets.*.at_most", "of the metric"),
    ("scenarios.*.initiatives.*", "{period}"),
    ("scenarios.*.rules.[].when.below", "of the metric"),
    ("scenarios.*.rules.[].when.above", "of the metric"),
    ("scenarios.*.rules.[].when.from", "{period}"),
    ("scenarios.*.rules.[].when.by", "{period}"),
    ("scenarios.*.rules.[].when.delay", "{period}s"),
    ("scenarios.*.rules.[].again_after", "{period}s"),
];

/// The words of `per`.
const SPANS: [&str; 5] = ["day", "week", "month", "quarter", "year"];

/// What stands in a change.
const OF_CHANGES: [(&str, &str); 5] = [
    ("times", "factor"),
    ("odds", "odds ratio"),
    ("hazard", "hazard ratio"),
    ("from", "{period}"),
    ("until", "{period}"),
];

/// The unit of what stands at a path; of a change, that of its amount. Empty where there is none.
pub fn unit(path: &ParamPath, document: &Node) -> String {
    let changed = document.find(path).and_then(|found| change(found.node));
    let unit = match &changed {
        Some((operation @ ("set" | "add"), target)) => return added(operation, target, document),
        Some((operation, _)) => OF_CHANGES.iter().find(|(key, _)| key == operation).map_or("", |(_, unit)| unit),
        None => of_pattern(path).unwrap_or(""),
    };
    filled(unit, path, document)
}

/// The unit of what is put in the place of a number, or added to it: that of the number.
fn added(operation: &str, target: &str, document: &Node) -> String {
    let target = ParamPath::parse(target).unwrap_or_default();
    let unit = of_pattern(&target).map_or_else(String::new, |unit| filled(unit, &target, document));
    if operation == "add" && !unit.is_empty() { format!("{unit}, added") } else { unit }
}

/// The operation and the target of a change.
fn change(node: &Node) -> Option<(&str, &str)> {
    let Value::Table(table) = &node.value else { return None };
    let Value::Text(target) = &table.get("target")?.node.value else { return None };
    let operation = table.keys().find(|key| OPERATIONS.contains(&key.as_str()))?;
    Some((operation, target))
}

/// Whether what stands at a path is money or a number of customers, so that it may be in thousands.
pub fn counts_many(path: &ParamPath) -> bool {
    let unit = of_pattern(path).unwrap_or_default();
    ["{money}", "{account}", "customers a"].iter().any(|word| unit.starts_with(word))
}

fn of_pattern(path: &ParamPath) -> Option<&'static str> {
    let fits = |pattern: &str| {
        let mut steps = path.steps.iter();
        let all = pattern.split('.').all(|word| match (word, steps.next()) {
            ("*", Some(_)) => true,
            ("[]", Some(Step::Name(place))) => place.bytes().all(|digit| digit.is_ascii_digit()),
            (word, Some(Step::Name(name))) => word == name,
            _ => false,
        });
        all && steps.next().is_none()
    };
    UNITS.iter().find(|(pattern, _)| fits(pattern)).map(|(_, unit)| *unit)
}

/// A unit with the study's own words.
fn filled(unit: &str, path: &ParamPath, document: &Node) -> String {
    let text = |path: &[&str]| match document.find(&ParamPath::of(path.iter().copied())).map(|found| &found.node.value)
    {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let money = || text(&["currency"]).unwrap_or_else(|| "EUR".to_owned());
    let amount = Step::Name("amount".to_owned());
    let account = || match path.steps.iter().rev().find(|step| **step != amount) {
        Some(Step::Name(name)) if document.find(&ParamPath::of(["outcomes", name])).is_some() => {
            text(&["outcomes", name, "unit"]).unwrap_or_else(|| name.clone())
        }
        _ => money(),
    };
    // What stands beside a span of time is for that span.
    let span = path.parent().map(|above| above.child("per")).and_then(|per| text(&per.names()));
    let span = span.filter(|span| SPANS.contains(&span.as_str()));
    let period = || span.clone().or_else(|| text(&["run", "period"])).unwrap_or_else(|| "period".to_owned());
    let mut said = unit.to_owned();
    for (word, meant) in [("{period}", &period as &dyn Fn() -> String), ("{money}", &money), ("{account}", &account)] {
        if said.contains(word) {
            said = said.replace(word, &meant());
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::apart::takes_number;
    use crate::study::language::Language;
    use crate::study::source::Source;

    #[test]
    fn every_number_of_the_language_has_a_unit_and_every_unit_a_number() {
        let language = Language::of_studies();
        let of_change = |pattern: &str| {
            let key = pattern.rsplit('.').next().unwrap_or_default();
            let above = pattern.strip_suffix(key).unwrap_or_default();
            above.ends_with(".[].") && (OPERATIONS.contains(&key) || OF_CHANGES.iter().any(|(its, _)| *its == key))
        };
        let places = language.places();
        let numbers = places.iter().filter(|(_, schema)| takes_number(schema, &language));
        let numbers: Vec<&String> = numbers.map(|(pattern, _)| pattern).filter(|its| !its.ends_with("[]")).collect();
        let has = |pattern: &str| UNITS.iter().any(|(its, _)| *its == pattern);
        let missing: Vec<&&String> = numbers.iter().filter(|its| !has(its) && !of_change(its)).collect();
        assert!(missing.is_empty(), "`study/unit.rs` has no unit for {missing:#?}");
        let gone: Vec<_> = UNITS.iter().filter(|(its, _)| !numbers.iter().any(|number| *number == its)).collect();
        assert!(gone.is_empty(), "the language has no such number any more: {gone:#?}");
    }

    #[test]
    fn a_unit_has_the_words_of_the_study() {
        let text = "currency = \"SEK\"\nstages.b = { purchases = { rate = 3, per = \"year\" }, values = { fee = { amount = 3, per = \"month\" } }, to = { per = \"0.1 to 0.2\", a = 0.1 } }\n[run]\nperiod = \"week\"\n[outcomes.points]\nunit = \"kg\"\n[[scenarios.s.changes]]\ntarget = \"stages.*.values.points\"\nadd = 3\n[[scenarios.s.changes]]\ntarget = \"stages.*.to.b\"\nodds = 0.5\n";
        let source = Source::new("s.toml", "", text);
        let of = |path: &str| unit(&ParamPath::parse(path).unwrap(), &source.document);
        assert_eq!(of("stages.a.values.revenue"), "SEK a customer and week");
        assert_eq!(of("stages.a.values.points"), "kg a customer and week");
        assert_eq!(of("stages.a.to.b"), "chance a week");
        assert_eq!(of("stages.a.to.b.by"), "");
        assert_eq!(of("stages.b.purchases.rate"), "purchases a customer and year");
        assert_eq!(of("stages.b.values.fee.amount"), "SEK a customer and month");
        assert_eq!(of("stages.b.to.a"), "chance a week");
        assert_eq!(of("scenarios.s.changes.0"), "kg a customer and week, added");
        assert_eq!(of("scenarios.s.changes.1"), "odds ratio");
    }
}
