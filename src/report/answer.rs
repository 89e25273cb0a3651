//! The answer: which scenario, how much, when it pays back, what it takes, what could go wrong, and what that rests on.

use super::Report;
use super::amount::{Unit, sentence_case, write, write_bracketed, write_count, write_period, write_ranged, write_rate};
use super::bounds::{bracketed_period, bracketed_rate, ends_in_words, share_in_words};
use super::enough::would_do;
use super::fan::payback;
use super::goal::{Words, judged};
use super::outcome::{in_words, nine_of_ten, with_range};
use super::risk::safest;
use super::rivals::{Rival, firsts, rivals, toughest};
use super::roadmap_words::{percentile, rule_in_words};
use crate::estimate::money::business::{
    Books, BusinessCase, InitiativeCourse, Irr, LineGroup, Roadmap, RuleCourse, ShockCourse, TargetOfScenario,
    TargetResult, Uncertainty,
};
use crate::model::metric::Metric;
use crate::quantity::UNITS_PER_ONE;
use crate::stats::interval::Ends;
use crate::stats::order::Bounded;
use crate::stats::share::Share;

/// An initiative that goes live less often than this, or a rule that is acted on more often than the rest, is mentioned.
const SURE: f64 = 0.95;
/// A target that is reached more often than this is not spoken of as missed.
const NEARLY_ALWAYS: f64 = 0.995;
/// No more initiatives or rules than these are named.
const MOST_NAMED: usize = 3;

/// A question that people ask first, with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question, in a few words.
    pub question: &'static str,
    /// Sentences with numbers.
    pub answer: Vec<String>,
}

/// What people ask first; nothing where there is no business case, or no money in it.
pub fn answers(report: &Report) -> Vec<Answer> {
    let Some(case) = best(report).filter(|_| report.has_money()) else { return Vec::new() };
    let all = [
        ("Which scenario, how surely", vec![how_surely(report, case)]),
        ("How much", vec![how_much(report, case)]),
        ("When it pays back", vec![when(report, case)]),
        ("What it takes", vec![what_it_takes(report, case)]),
        ("What could go wrong", what_could_go_wrong(report, case)),
        ("What the numbers rest on", vec![what_it_rests_on(report, case)]),
    ];
    let said = all.into_iter().map(|(question, mut answer)| {
        answer.retain(|sentence| !sentence.is_empty());
        Answer { question, answer }
    });
    said.filter(|said| !said.answer.is_empty()).collect()
}

/// The case with the greatest mean difference in net present value.
fn best(report: &Report) -> Option<&BusinessCase> {
    report.business.cases.iter().max_by(|a, b| a.npv.mean.total_cmp(&b.npv.mean))
}

fn money(report: &Report, value: f64) -> String {
    // A number and its unit stay on one line.
    format!("{}\u{a0}{}", report.summary.currency, write(Unit::Number, value).replace(' ', "\u{a0}"))
}

fn span(report: &Report) -> String {
    count(report.summary.horizon, report.summary.period.noun())
}

fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", write_count(number), if number == 1 { "" } else { "s" })
}

/// Names one after the other: `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [names @ .., last] if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        names => names.concat(),
    }
}

fn how_surely(report: &Report, case: &BusinessCase) -> String {
    let (name, baseline) = (report.title(&case.scenario), report.title(&case.baseline));
    if case.npv.standard_error.is_none() {
        let who = if report.summary.replications > 1 { "so few replications" } else { "a single replication" };
        return format!("“{name}”, but how surely it differs from “{baseline}” {who} cannot say.");
    }
    let rivals = rivals(report, &case.scenario);
    // Of a run whose replications were not kept nobody can tell.
    let unbeaten = rivals.as_deref().and_then(toughest).filter(|rival| !rival.is_beaten());
    let verdict = match case.npv {
        npv if npv.low > 0.0 && rivals.is_some() => match unbeaten {
            None => match safest(report, &case.scenario) {
                None => format!("“{name}”. It is"),
                Some(safe) => {
                    let safe = report.title(&safe.scenario);
                    format!("“{name}” on average, “{safe}” for safety. “{name}” is")
                }
            },
            Some(Rival { title, .. }) => {
                format!("“{name}” is clearly ahead of “{baseline}”, not of “{title}”. It is")
            }
        },
        npv if npv.low > 0.0 => format!("“{name}” is clearly ahead of “{baseline}”. It is"),
        npv if npv.mean > 0.0 => format!("“{name}” is ahead, not clearly. It is"),
        npv if npv.high >= 0.0 => format!("No clear winner. “{name}” comes nearest, and is"),
        _ => format!("“{baseline}” stays. “{name}” comes nearest, and is"),
    };
    let Some(positive) = &case.probability_positive else { return String::new() };
    let verdict = format!("{verdict} worth more than “{baseline}” in {} of the replications", share_in_words(positive));
    let scenarios = report.business.cases.len() + 1;
    let level = report.summary.interval * 100.0;
    match firsts(report, &case.scenario).filter(|_| scenarios > 2) {
        Some(share) => {
            let share = share_in_words(&share);
            format!(
                "{verdict}, and the best of all {scenarios} scenarios in {share}. In brackets: {level:.0}% intervals."
            )
        }
        None => format!("{verdict}. In brackets: the {level:.0}% interval."),
    }
}

fn how_much(report: &Report, case: &BusinessCase) -> String {
    let npv = case.npv;
    let way = if npv.mean < 0.0 { "less" } else { "more" };
    let outcomes = outcomes(report, &case.scenario);
    let shown = with_range(&npv, outcomes);
    let worth = match shown.standard_error {
        Some(_) => {
            let mean = write_ranged(Unit::Number, shown.mean, shown.low, shown.high).0;
            let worth = format!("{} {}", report.summary.currency, mean.trim_start_matches('−'));
            worth.replace(' ', "\u{a0}")
        }
        None => money(report, npv.mean.abs()),
    };
    let range = in_words(Unit::Number, &npv, outcomes, report.summary.interval);
    let uncertain = if report.business.discount_rate_is_uncertain { "about " } else { "" };
    let rate = write_rate(report.business.discount_rate);
    let mut text = format!(
        "{worth} {way} net present value over {} on average{range}. It is discounted at {uncertain}{rate} a year.",
        span(report)
    );
    if let Some(returned) = case.return_on_investment {
        let currency = &report.summary.currency;
        let brings = if returned.value < 0.0 { "loses" } else { "brings" };
        let size = if returned.value < 0.0 { -returned } else { returned };
        let (value, ends) = (write(Unit::Number, size.value), ends_in_words(Unit::Number, &size));
        text.push_str(&format!(" Each {currency} 1 spent on initiatives {brings} {currency} {value}{ends} net."));
    }
    match &case.irr {
        Irr::Rate(rate) => {
            let rate = Bounded { value: *rate, low: case.irr_low, high: case.irr_high };
            text.push_str(&format!(" Its internal rate of return is {} a year.", bracketed_rate(&rate, ["(", ")"])));
        }
        Irr::Several(rates) => {
            let rates: Vec<String> = rates.iter().map(|rate| write_rate(*rate)).collect();
            text.push_str(&format!(
                " There is no single internal rate of return: money goes out more than once, and {} a year solve it.",
                listed(&rates)
            ));
        }
        Irr::None => {}
    }
    text
}

/// Where the difference in net present value lies in single replications.
fn outcomes(report: &Report, scenario: &str) -> Option<Ends> {
    let contrast = report.summary.contrasts.iter().find(|contrast| contrast.scenario == scenario)?;
    nine_of_ten(&contrast.percentiles, Metric::Npv.key())
}

fn when(report: &Report, case: &BusinessCase) -> String {
    let noun = report.summary.period.noun();
    let count = report.summary.replications;
    if case.peak_funding.mean <= 0.0 {
        let of =
            if count == 1 { "in the one replication".to_owned() } else { format!("in any of {count} replications") };
        return format!("At once: money is never out {of}.");
    }
    match (payback(&case.payback, noun), payback(&case.discounted_payback, noun)) {
        (Some(plain), Some(discounted)) => {
            let level = report.summary.interval * 100.0;
            format!("Not discounted it {plain}; discounted it {discounted}. In brackets: {level:.0}% intervals.")
        }
        _ => "How surely it pays back, and when, a single replication cannot say.".to_owned(),
    }
}

fn what_it_takes(report: &Report, case: &BusinessCase) -> String {
    let funding = case.peak_funding;
    let mut text = if funding.mean > 0.0 {
        let mean = money(report, funding.mean);
        let ends = write_bracketed(Unit::Number, &funding);
        let ends = ends.split_once('[').map_or_else(String::new, |(_, ends)| format!(" ({}", ends.replace(']', ")")));
        let over = if funding.standard_error.is_some() { "; the mean over replications" } else { "" };
        format!("At the deepest point {mean}{ends} are out, not discounted{over}.")
    } else {
        String::new()
    };
    if let Some(roadmap) = roadmap(report, case).filter(|roadmap| !roadmap.initiatives.is_empty()) {
        let waiting: Vec<&str> = roadmap
            .capabilities
            .iter()
            .filter(|c| roadmap.initiatives.iter().any(|i| i.requires.iter().any(|(name, _)| *name == c.name)))
            .map(|capability| capability.title.as_str())
            .collect();
        let capabilities = match waiting.len() {
            0 => String::new(),
            1 => format!(" that wait for one capability, {}", waiting[0]),
            many => format!(
                " that wait for {many} capabilities: {}{}",
                listed(&waiting.iter().take(6).map(|w| (*w).to_owned()).collect::<Vec<_>>()),
                if many > 6 { " and others" } else { "" }
            ),
        };
        text.push_str(&format!(" It takes {}{capabilities}.", count(roadmap.initiatives.len() as u64, "initiative")));
    }
    let [once, running] = [LineGroup::InitiativeOnce, LineGroup::InitiativeRunning]
        .map(|group| group_total(&report.business.books, &case.scenario, group));
    if once + running > 0.0 {
        let (all, once) = (money(report, once + running), money(report, once));
        text.push_str(&format!(" Initiatives cost {all} over {}, {once} of it once.", span(report)));
    }
    text.trim_start().to_owned()
}

fn group_total(books: &Books, scenario: &str, group: LineGroup) -> f64 {
    let of = books.scenarios.iter().find(|books| books.scenario == scenario);
    let lines = of.into_iter().flat_map(|of| of.totals.iter().zip(&books.lines));
    let units: i128 = lines.filter(|(_, line)| line.group == group).flat_map(|(total, _)| total).sum();
    units as f64 / UNITS_PER_ONE
}

fn roadmap<'a>(report: &'a Report, case: &BusinessCase) -> Option<&'a Roadmap> {
    report.business.roadmaps.iter().find(|roadmap| roadmap.scenario == case.scenario)
}

fn what_could_go_wrong(report: &Report, case: &BusinessCase) -> Vec<String> {
    let mut sentences = vec![tail(report, case)];
    sentences.extend(missed(report, case));
    if let Some(roadmap) = roadmap(report, case) {
        sentences.extend(late(report, roadmap));
        let noun = report.summary.period.noun();
        let often = |rule: &RuleCourse| rule.share.map_or(0.0, |its| its.share);
        let mut rules: Vec<_> = roadmap.rules.iter().filter(|rule| often(rule) > 1.0 - SURE).collect();
        rules.sort_by(|a, b| often(b).total_cmp(&often(a)));
        sentences.extend(rules.into_iter().take(MOST_NAMED).map(|rule| rule_in_words(rule, noun)));
    }
    sentences.extend(struck(report));
    sentences
}

/// The shocks that came, the likeliest first.
fn struck(report: &Report) -> Option<String> {
    let often = |shock: &ShockCourse| shock.share.map_or(0.0, |its| its.share);
    let mut came: Vec<&ShockCourse> = report.business.shocks.iter().filter(|shock| often(shock) > 0.0).collect();
    came.sort_by(|a, b| often(b).total_cmp(&often(a)));
    let more = came.len().saturating_sub(MOST_NAMED);
    let mut names: Vec<String> = came.iter().take(MOST_NAMED).filter_map(|its| shock_in_words(report, its)).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| format!("Whatever is done, this came: {}.", listed(&names)))
}

fn shock_in_words(report: &Report, shock: &ShockCourse) -> Option<String> {
    let share = shock.share?;
    let noun = report.summary.period.noun();
    let often = if shock.times > share.share {
        format!(", {} times a replication", write(Unit::Number, shock.times))
    } else {
        String::new()
    };
    let first = if often.is_empty() { "" } else { "first " };
    let at = shock.median_period.map_or_else(String::new, |median| {
        format!(", {first}in {noun} {} in the median", bracketed_period(&percentile(&median), ["(", ")"]))
    });
    Some(format!("“{}” (in {} of the replications{often}{at})", shock.title, share_in_words(&share)))
}

fn tail(report: &Report, case: &BusinessCase) -> String {
    let Some(risk) = case.value_at_risk else { return String::new() };
    let (worst, baseline) = (write_rate(case.tail), report.title(&case.baseline));
    let size = |its: Bounded| {
        let its = if its.value < 0.0 { -its } else { its };
        money(report, its.value) + &ends_in_words(Unit::Number, &its)
    };
    let (edge, loses) = (size(risk), risk.value > 0.0);
    match case.expected_shortfall {
        Some(mean) if loses => {
            let mean = size(mean);
            format!("In the worst {worst} of cases it loses at least {edge} against “{baseline}”, on average {mean}.")
        }
        Some(mean) if mean.value > 0.0 => {
            let mean = size(mean);
            format!("In the worst {worst} of cases it may lose against “{baseline}”: on average {mean}.")
        }
        Some(mean) => {
            let mean = size(mean);
            format!(
                "Even in the worst {worst} of cases it gains {mean} on average against “{baseline}”, at most {edge}."
            )
        }
        None if loses => format!("In the worst {worst} of cases it loses at least {edge} against “{baseline}”."),
        None => format!("In all but the worst {worst} of cases it gains at least {edge} against “{baseline}”."),
    }
}

/// The target that the scenario misses most often.
fn missed(report: &Report, case: &BusinessCase) -> Option<String> {
    let of = |target: &'_ TargetResult| -> Option<Share> {
        let found: Option<&TargetOfScenario> = judged(report, target).find(|s| s.scenario == case.scenario);
        found.and_then(|s| s.probability)
    };
    let targets = report.business.targets.iter().filter_map(|target| Some((target, of(target)?)));
    let (target, chance) = targets.min_by(|a, b| a.1.share.total_cmp(&b.1.share))?;
    let asked = sentence_case(&Words::of(report).asked(target));
    let share = share_in_words(&chance);
    if chance.share >= NEARLY_ALWAYS {
        return Some(format!("Every target is reached in {share} of the replications or more."));
    }
    let otherwise = target.otherwise.trim();
    let stop = if otherwise.ends_with(['.', '!', '?']) || otherwise.is_empty() { "" } else { "." };
    let otherwise = if otherwise.is_empty() { String::new() } else { format!(" Otherwise: {otherwise}{stop}") };
    Some(format!("The target most likely missed: “{asked}”, reached in {share}.{otherwise}"))
}

/// The initiatives that often do not go live, or later than planned.
fn late(report: &Report, roadmap: &Roadmap) -> Option<String> {
    let noun = report.summary.period.noun();
    let slip = |initiative: &InitiativeCourse| {
        let (live, planned) = (initiative.live[1]?.period?, initiative.planned_live?);
        Some(live - f64::from(planned)).filter(|by| *by >= 1.0)
    };
    let mut named: Vec<(f64, String)> = Vec::new();
    for initiative in roadmap.initiatives.iter().filter(|i| i.planned_live.is_some()) {
        let Some(live) = initiative.live_share else { continue };
        let failing = live.share < SURE;
        let slipping = slip(initiative);
        if !failing && slipping.is_none() {
            continue;
        }
        let mut ways = Vec::new();
        if failing {
            ways.push(format!("live in {} only", share_in_words(&live)));
        }
        if let Some(by) = slipping {
            let s = if by == 1.0 { "" } else { "s" };
            ways.push(format!("{} {noun}{s} late in the median", write_period(by)));
        }
        let weight = (1.0 - live.share) + slipping.unwrap_or(0.0) / report.summary.horizon.max(1) as f64;
        named.push((weight, format!("“{}” ({})", initiative.title, ways.join(", "))));
    }
    if named.is_empty() {
        return None;
    }
    named.sort_by(|a, b| b.0.total_cmp(&a.0));
    let more = named.len().saturating_sub(MOST_NAMED);
    let mut names: Vec<String> = named.into_iter().take(MOST_NAMED).map(|(_, name)| name).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    Some(format!("Likely to slip or fail: {}.", listed(&names)))
}

fn what_it_rests_on(report: &Report, case: &BusinessCase) -> String {
    let is_it = |u: &&Uncertainty| u.scenario == case.scenario && u.difference && u.metric == Metric::Npv.key();
    let Some(found) = report.business.uncertainty.iter().find(is_it) else { return String::new() };
    let [error, parameters, outcome] = [found.simulation_error, found.parameter_sd, found.outcome_sd]
        .map(|its| money(report, its.value) + &ends_in_words(Unit::Number, &its));
    let known = if found.parameter_is_below_noise {
        "What the uncertain numbers add cannot be told from chance in this run".to_owned()
    } else if found.parameter_sd.value > 0.0 {
        format!("Not knowing the uncertain numbers adds a standard deviation of {parameters}")
    } else {
        "No number of the study is uncertain".to_owned()
    };
    let would_do = would_do(report, found).map_or_else(String::new, |enough| {
        let now = report.summary.agents;
        let verdict = if found.agents_that_would_do.is_some_and(|agents| agents <= now) { "enough" } else { "too few" };
        format!(" {} simulated customers are {verdict}: {enough} would do.", write_count(now))
    });
    format!(
        "Simulation leaves a standard error of {error} in the mean. {known}. \
         A business of this size will see outcomes with a standard deviation of {outcome}.{would_do}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{self, rich};

    fn said(report: &Report, question: &str) -> String {
        let found = answers(report).into_iter().find(|a| a.question.starts_with(question));
        found.map(|a| a.answer.join(" ").replace('\u{a0}', " ")).unwrap_or_default()
    }

    #[test]
    fn a_report_without_a_business_case_answers_nothing() {
        assert_eq!(answers(&fixture::report()), []);
    }

    #[test]
    fn the_best_scenario_is_named_with_its_chance_and_its_worth() {
        let report = rich::report();
        let which = said(&report, "Which");
        assert!(
            which.starts_with("“Reach me: offers in the app & by post”. It is worth more than “Today” in 88% ("),
            "{which}"
        );
        assert!(which.contains("the best of all 3 scenarios in "), "{which}");
        let worth = said(&report, "How much");
        assert!(
            worth.contains(" more net present value over 36 months on average; in nine of ten cases between"),
            "{worth}"
        );
        assert!(worth.contains("discounted at 8% a year"), "{worth}");
    }

    #[test]
    fn what_could_go_wrong_names_the_target_the_late_initiative_and_the_rule() {
        let wrong = said(&rich::report(), "What could");
        assert!(
            wrong.contains("In the worst 5% of cases it loses at least EUR 105 k (94 to 116 k) against"),
            "{wrong}"
        );
        assert!(wrong.contains("Otherwise: spend on service what advertising would get."), "{wrong}");
        assert!(wrong.contains("“Recognised at the till” (live in 88% ("), "{wrong}");
        assert!(wrong.contains("acted on in 37% (30 to 44%) of") && !wrong.contains("never acted on"), "{wrong}");
        let shock =
            "(in 70% (63 to 76%) of the replications, 1.20 times a replication, first in month 12 (11 to 14) in";
        assert!(wrong.contains("“A competitor opens next door") && wrong.contains(shock), "{wrong}");
    }

    #[test]
    fn a_gain_that_is_sure_in_the_tail_is_not_called_a_loss() {
        let mut report = rich::report();
        for case in &mut report.business.cases {
            let at = |value| Some(Bounded { value, low: Some(value - 1e4), high: Some(value + 1e4) });
            (case.value_at_risk, case.expected_shortfall) = (at(-9e4), at(-7e4));
        }
        let wrong = said(&report, "What could");
        assert!(
            wrong.starts_with("Even in the worst 5% of cases it gains EUR 70.0 k (60.0 to 80.0 k) on average"),
            "{wrong}"
        );
    }

    #[test]
    fn who_is_not_clearly_ahead_of_all_is_not_named_alone() {
        let mut report = rich::report();
        let ours = report.samples["reach_me"]["npv"].clone();
        report.samples.get_mut("know_me").unwrap().insert("npv".to_owned(), ours);
        let which = said(&report, "Which");
        assert!(
            which.contains("” is clearly ahead of “Today”, not of “Know me: one view of the customer”. It is"),
            "{which}"
        );
    }

    #[test]
    fn the_worst_are_told_as_far_as_the_replications_tell_them() {
        let mut report = rich::report();
        report.business.cases.iter_mut().for_each(|case| case.expected_shortfall = None);
        let wrong = said(&report, "What could");
        assert!(wrong.contains("it loses at least EUR 105 k (94 to 116 k) against “Today”."), "{wrong}");
        report.business.cases.iter_mut().for_each(|case| case.value_at_risk = None);
        assert!(!said(&report, "What could").contains("In the worst"));
    }

    #[test]
    fn when_it_pays_back_is_told_with_and_without_discounting() {
        let mut report = rich::report();
        let when = said(&report, "When");
        assert!(when.starts_with("Not discounted it pays back after ") && when.contains("; discounted it "), "{when}");
        report.business.cases.iter_mut().for_each(|case| case.peak_funding.mean = 0.0);
        assert_eq!(said(&report, "When"), "At once: money is never out in any of 200 replications.");
        report.business.cases.iter_mut().for_each(|case| {
            case.peak_funding.mean = 1.0;
            case.payback.within_horizon = Share::of(0, 200, 0.95);
        });
        let when = said(&report, "When");
        assert!(when.contains("it does not pay back within the horizon in any replication (0 to 2% do);"), "{when}");
    }

    #[test]
    fn without_money_nothing_is_asked_of_it() {
        let mut report = rich::report();
        report.summary = fixture::moneyless().summary;
        assert_eq!(answers(&report), []);
    }

    #[test]
    fn where_every_scenario_loses_the_baseline_stays() {
        let mut report = rich::report();
        for case in &mut report.business.cases {
            (case.npv.mean, case.npv.low, case.npv.high) = (-2e5, -3e5, -1e5);
        }
        assert!(said(&report, "Which").starts_with("“Today” stays."));
        assert!(said(&report, "How much").starts_with("EUR 200 k less net present value"));
    }

    #[test]
    fn a_single_replication_answers_without_certainty() {
        let extremes = rich::extremes();
        let (_, report) = extremes.iter().find(|(case, _)| *case == "business one replication").unwrap();
        assert!(said(report, "Which").ends_with("a single replication cannot say."));
    }
}
