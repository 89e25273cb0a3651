//! The history of roadmaps: how that of each scenario came, and what shocks came, over all replications.

use crate::model::Model;
use crate::model::change::Op;
use crate::model::course::{RoadmapTimeline, Run, first_period};
use crate::model::draw::Draw;
use crate::model::facts::Dimension;
use crate::model::metric::Metric;
use crate::model::roadmap::{Level, Planned, Rule};
use crate::model::world::Shock;
use crate::quantity::{ScenarioId, SegmentId};
use crate::stats::order::percentile;
use crate::stats::risk::sorted;
use crate::stats::share::Share;

use crate::estimate::money::business::{CapabilityCourse, InitiativeCourse, Roadmap, RuleCourse, ShockCourse};
use crate::estimate::money::when::percentiles;

/// The roadmaps of all scenarios.
pub struct RoadmapHistory {
    /// By scenario, then by initiative of the model.
    initiatives: Vec<Vec<Seen>>,
    /// By scenario, then by capability: the sum of levels by time.
    levels: Vec<Vec<Vec<f64>>>,
    /// By scenario, then by rule: the periods in which responses began.
    fired: Vec<Vec<Vec<f64>>>,
    /// By shock of the model.
    shocks: Vec<Struck>,
    count: u64,
}

/// How a shock came.
#[derive(Clone, Default)]
struct Struck {
    /// The first periods in which it came, of the replications in which it did.
    first: Vec<f64>,
    /// How many times it came in all of them.
    times: u64,
}

#[derive(Clone)]
struct Seen {
    /// The periods of go-live within the horizon, of the replications in which there was one.
    live: Vec<u32>,
    effect: Vec<f64>,
}

impl RoadmapHistory {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let times = model.run.horizon as usize + 1;
        let scenarios = model.scenarios.len();
        let seen = Seen { live: Vec::new(), effect: vec![0.0; times] };
        Self {
            initiatives: vec![vec![seen; model.initiatives.len()]; scenarios],
            levels: vec![vec![vec![0.0; times]; model.capabilities.len()]; scenarios],
            fired: model.scenarios.iter().map(|scenario| vec![Vec::new(); scenario.rules.len()]).collect(),
            shocks: vec![Struck::default(); model.shocks.len()],
            count: 0,
        }
    }

    /// Takes in a replication: what was drawn, and when each scenario's rules were acted on.
    pub fn take<'a>(&mut self, model: &Model, drawn: &Draw, fired: impl Iterator<Item = &'a [Vec<u32>]>) {
        self.count += 1;
        for (place, seen) in self.shocks.iter_mut().enumerate() {
            // They stand in the order of their periods.
            let mut came = drawn.struck.iter().filter(|its| its.shock == place).map(|its| f64::from(its.period));
            if let Some(first) = came.next() {
                seen.first.push(first);
                seen.times += 1 + came.count() as u64;
            }
        }
        for (scenario, fired) in fired.enumerate() {
            let course = RoadmapTimeline::new(model, drawn, ScenarioId::from(scenario), fired);
            for run in &course.runs {
                let seen = &mut self.initiatives[scenario][run.place];
                seen.live.extend(run.live().filter(|live| *live <= model.run.horizon));
                for (t, effect) in (0..).zip(&mut seen.effect) {
                    let of = |(segment, its): (usize, &crate::model::people::Segment)| {
                        its.share * course.share(run, SegmentId::from(segment), t)
                    };
                    *effect += model.segments.iter().enumerate().map(of).sum::<f64>();
                }
            }
            for (capability, levels) in self.levels[scenario].iter_mut().enumerate() {
                (0..).zip(levels).for_each(|(t, level)| *level += course.level(capability, t));
            }
            for (place, seen) in self.fired[scenario].iter_mut().enumerate() {
                let first = fired.get(place).and_then(|its| its.first());
                let first = first.filter(|_| changes_anything(model, drawn, scenario, fired, place));
                seen.extend(first.map(|first| f64::from(*first)));
            }
        }
    }

    /// What was found.
    pub fn found(&self, model: &Model) -> Vec<Roadmap> {
        (0..model.scenarios.len()).map(|scenario| self.roadmap(model, scenario)).collect()
    }

    /// What shocks came.
    pub fn shocks(&self, model: &Model) -> Vec<ShockCourse> {
        let level = model.run.interval;
        let shock = |(shock, seen): (&Shock, &Struck)| ShockCourse {
            title: shock.title.clone(),
            share: Share::of(seen.first.len() as u64, self.count, level),
            times: seen.times as f64 / self.count.max(1) as f64,
            median_period: percentile(&sorted(&seen.first), 0.5, level),
        };
        model.shocks.iter().zip(&self.shocks).map(shock).collect()
    }

    fn roadmap(&self, model: &Model, scenario: usize) -> Roadmap {
        let written = &model.scenarios[scenario];
        let planned = |place: usize| written.plan.iter().find(|its| its.initiative == place);
        let contingent = |place: usize| written.rules.iter().any(|rule| rule.initiatives.contains(&place));
        let mut places: Vec<usize> =
            (0..model.initiatives.len()).filter(|place| planned(*place).is_some() || contingent(*place)).collect();
        places.sort_by_key(|place| planned(*place).map_or(u32::MAX, |its| its.start));
        let concerned = |capability: usize| {
            let its = |levels: &[Level]| levels.iter().any(|level| level.capability == capability);
            places
                .iter()
                .any(|place| its(&model.initiatives[*place].requires) || its(&model.initiatives[*place].provides))
        };
        let capability = |(place, its): (usize, &crate::model::roadmap::Capability)| CapabilityCourse {
            name: its.name.clone(),
            title: its.title.clone(),
            kind: its.kind.word().to_owned(),
            level: self.levels[scenario][place].iter().map(|sum| sum / self.count as f64).collect(),
        };
        let capabilities = model.capabilities.iter().enumerate().filter(|(place, _)| concerned(*place));
        Roadmap {
            scenario: written.name.clone(),
            capabilities: capabilities.map(capability).collect(),
            rules: written
                .rules
                .iter()
                .zip(&self.fired[scenario])
                .map(|(rule, seen)| self.rule(model, rule, seen))
                .collect(),
            initiatives: places.iter().map(|place| self.initiative(model, scenario, *place, planned(*place))).collect(),
        }
    }

    fn initiative(&self, model: &Model, scenario: usize, place: usize, planned: Option<&Planned>) -> InitiativeCourse {
        let initiative = &model.initiatives[place];
        let seen = &self.initiatives[scenario][place];
        let named = |levels: &[Level]| {
            levels.iter().map(|its| (model.capabilities[its.capability].name.clone(), its.level)).collect()
        };
        let live = planned.map(|its| first_period(its.start).saturating_add(initiative.build));
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let mut periods: Vec<Option<usize>> = seen.live.iter().map(|live| Some(*live as usize)).collect();
        periods.resize(count, None);
        InitiativeCourse {
            name: initiative.name.clone(),
            title: initiative.title.clone(),
            pillar: initiative.pillar.clone(),
            planned_start: planned.map(|its| its.start),
            planned_live: live,
            planned_full: live.map(|live| live.saturating_add(initiative.ramp.periods.max(1) - 1)),
            planned_end: (initiative.until < u32::MAX).then_some(initiative.until),
            live_share: Share::of(seen.live.len() as u64, self.count, model.run.interval),
            live: percentiles(periods, model.run.interval),
            effect: seen.effect.iter().map(|sum| sum / self.count.max(1) as f64).collect(),
            requires: named(&initiative.requires),
            provides: named(&initiative.provides),
        }
    }

    fn rule(&self, model: &Model, rule: &Rule, seen: &[f64]) -> RuleCourse {
        RuleCourse {
            when: condition(model, rule),
            then: response(model, rule),
            share: Share::of(seen.len() as u64, self.count, model.run.interval),
            median_period: percentile(&sorted(seen), 0.5, model.run.interval),
        }
    }
}

/// Whether a rule's response made any difference to what had begun before it: its changes come into force, or an
/// initiative starts that would have started later or never, or ends that would have gone on.
fn changes_anything(model: &Model, drawn: &Draw, scenario: usize, fired: &[Vec<u32>], place: usize) -> bool {
    let rule = &model.scenarios[scenario].rules[place];
    let Some(from) = fired.get(place).and_then(|its| its.first()).copied().filter(|from| *from <= model.run.horizon)
    else {
        return false;
    };
    if !rule.changes.is_empty() {
        return true;
    }
    // Of rules that begin together the first counts.
    let earlier = |(other, its): (usize, &Vec<u32>)| {
        its.first().copied().filter(|its| (*its, other) < (from, place)).into_iter().collect::<Vec<u32>>()
    };
    let before: Vec<Vec<u32>> = fired.iter().enumerate().map(earlier).collect();
    let mut with = before.clone();
    with[place] = vec![from];
    // Whether one ends after the horizon or never is the same.
    let run_of = |fired: &[Vec<u32>]| -> Vec<Option<(u32, u32)>> {
        let course = RoadmapTimeline::new(model, drawn, ScenarioId::from(scenario), fired);
        let run = |its: &usize| course.runs.iter().find(|run| run.place == *its && run.is_paid(run.first_period()));
        let ends = |run: &Run<'_>| (run.start, run.until.min(model.run.horizon));
        rule.initiatives.iter().chain(&rule.stops).map(|its| run(its).map(ends)).collect()
    };
    run_of(&before) != run_of(&with)
}

/// A rule's condition in words.
fn condition(model: &Model, rule: &Rule) -> String {
    let metric = Metric::from(rule.watched);
    let watched = metric.phrase(model);
    let side = if rule.above { "above" } else { "below" };
    let verb = if metric.is_count() { "are" } else { "is" };
    let noun = model.run.period.noun();
    let late = match rule.delay {
        0 => String::new(),
        1 => format!(", seen a {noun} late"),
        delay => format!(", seen {delay} {noun}s late"),
    };
    let again = match rule.again_after {
        None => String::new(),
        Some(1) => format!(", again in every {noun}"),
        Some(pause) => format!(", again after {pause} {noun}s"),
    };
    format!("{watched} {verb} {side} {} in a {noun} from {} to {}{late}{again}", bound(rule), rule.from, rule.by)
}

/// The bound of a rule: a share in percent, as reports have it.
fn bound(rule: &Rule) -> String {
    match Metric::from(rule.watched).facts().dimension {
        Dimension::Share => format!("{}%", libm::round(rule.bound * 1e6) / 1e4),
        Dimension::Score
        | Dimension::Customers
        | Dimension::Purchases
        | Dimension::Times
        | Dimension::Minutes
        | Dimension::People
        | Dimension::Periods
        | Dimension::Money
        | Dimension::Own => rule.bound.to_string(),
    }
}

/// A number rounded to three digits.
fn in_three_digits(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

/// What a rule does, in words.
fn response(model: &Model, rule: &Rule) -> String {
    let start = rule.initiatives.iter().map(|place| format!("start “{}”", model.initiatives[*place].title));
    let change = rule.changes.iter().map(|change| {
        let amount = &model.params[change.amount.index()];
        let middle = amount.law.quantile(0.5);
        let amount =
            if amount.is_uncertain() { format!("about {}", in_three_digits(middle)) } else { middle.to_string() };
        let deed = match change.op {
            Op::Set => "set",
            Op::Add => "add",
            Op::Times => "multiply by",
            Op::Odds => "multiply the odds by",
            Op::Hazard => "multiply the hazard by",
        };
        let title = |segment: &SegmentId| format!("“{}”", model.segments[segment.index()].title);
        let whose = change.segments.as_ref().map_or_else(String::new, |segments| {
            format!(" of {}", segments.iter().map(title).collect::<Vec<_>>().join(", "))
        });
        format!("{}{whose}: {deed} {amount}", change.pattern)
    });
    let stop = rule.stops.iter().map(|place| format!("stop “{}”", model.initiatives[*place].title));
    start.chain(stop).chain(change).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::chance::design::Design;
    use crate::study::Study;
    use crate::study::source::Source;

    fn model(then: &str) -> Model {
        let text = format!(
            r#"
            [run]
            period = "month"
            horizon = 12
            customers = 100
            [segments.all]
            share = 1
            start = {{ here = 1 }}
            [stages.here]
            retained = true
            to = {{ gone = 0.2 }}
            [stages.gone]
            [initiatives.care]
            effects = [ {{ target = "stages.here.to.gone", odds = 0.5 }} ]
            [initiatives.more]
            effects = [ {{ target = "stages.here.to.gone", odds = 0.5 }} ]
            [scenarios.plan]
            initiatives = {{ care = 5 }}
            [[scenarios.plan.rules]]
            when = {{ metric = "retention", below = 0.9 }}
            then = {then}
            "#
        );
        let source = Source::new("test.toml", "", text);
        Model::compile(&Study::parse(&source).unwrap()).unwrap()
    }

    /// The share of replications in which the rule acted, where its condition held so that it begins in this period.
    fn acted(then: &str, from: u32) -> f64 {
        let model = model(then);
        let mut progress = RoadmapHistory::new(&model);
        let fired = [vec![from]];
        for _ in 0..2 {
            progress.take(&model, &Design::of(&model).drawn(&model, 0), std::iter::once(fired.as_slice()));
        }
        progress.found(&model)[0].rules[0].share.unwrap().share
    }

    #[test]
    fn a_rule_acts_only_where_it_changes_a_start() {
        let care = r#"{ initiatives = ["care"] }"#;
        assert_eq!(acted(care, 4), 1.0, "it starts earlier than planned");
        assert_eq!(acted(care, 5), 0.0, "it starts as planned");
        assert_eq!(acted(care, 9), 0.0, "it has long started");
        assert_eq!(acted(r#"{ initiatives = ["care", "more"] }"#, 9), 1.0, "another one starts");
        assert_eq!(acted(r#"{ initiatives = ["more"] }"#, 13), 0.0, "the study has ended");
        let both = r#"{ initiatives = ["care"], changes = [ { target = "stages.here.to.gone", odds = 0.9 } ] }"#;
        assert_eq!(acted(both, 9), 1.0, "a change comes into force");
    }
}
