//! Warnings of what a study says and hardly means: numbers in percent, initiatives without effect, stages that nobody leaves.

mod channels;
mod load;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, in_percent};
use crate::quantity::{CarriedId, ParamId};
use crate::stats::distribution::Distribution;
use crate::study::path::ParamPath as Path;
use crate::study::signal::{EXPECTATION, PRESETS};

use super::Model;
use super::change::{Change, Op};
use super::hazard::{Hazard, HazardForm};
use super::journey::{Chance, Exit, Quality, Stage, State};
use super::metric::Metric;
use super::pillar::Never;
use super::rows::Moment;
use super::state::{Carried, Signal};
use super::tag::Reading;
use super::value::AccountKind;

/// Of a half-life shorter than this, in periods, less than 1 in 15 is left after one period.
const SHORTEST_HALF_LIFE: f64 = 0.25;

/// How unsure one may be of what customers pay in the mean: the width of the middle nine tenths of its law, as a multiple of
/// its median. A wider law says more often how customers differ.
const WIDEST: f64 = 1.5;

/// At a rate of more, less than 1 in 100 stay for the span of time that it is declared for.
const SWIFTEST: f64 = 4.6;

/// Everything in a model that was hardly meant.
pub fn warnings(model: &Model) -> Vec<Diagnostic> {
    let mut found = shares(model);
    found.extend(half_lives(model));
    found.extend(wide_amounts(model));
    found.extend(swift_rates(model));
    found.extend(idle(model));
    found.extend(nobody_retained(model));
    found.extend(never_left(model));
    found.extend(unread(model));
    found.extend(unheard(model));
    found.extend(unfelt(model));
    found.extend(channels::idle(model));
    found.extend(load::too_much(model));
    found
}

/// States that nothing reads: they move, and change nothing.
fn unread(model: &Model) -> Vec<Diagnostic> {
    let drives = |of: CarriedId| model.drivers().any(|driver| driver.on == State::Carried(of));
    let moves = |of: CarriedId| model.carried.iter().any(|its| its.signals().contains(&Signal::Carried(of)));
    let watched = |of: CarriedId| {
        let read = State::Carried(of);
        model.tags.iter().any(|tag| tag.on == Reading::State(read))
            || model.surveys.iter().any(|survey| survey.states().any(|state| state == read))
    };
    let compared = model.experience.as_ref().and_then(|its| its.surprise).map(|its| its.expectation);
    let promised = model.pillars.iter().any(|pillar| matches!(pillar.never, Never::ShortBy(_)));
    let promised = |its: &Carried| promised && its.name == EXPECTATION;
    let asked = |counter: usize| model.targets.iter().any(|target| target.metric == Metric::Carried(counter));
    let unread = model.carried.iter().enumerate().filter(|(place, its)| {
        let of = CarriedId::from(*place);
        !drives(of)
            && !moves(of)
            && !watched(of)
            && compared != Some(of)
            && !promised(its)
            && !asked(its.counter.index())
    });
    let told = |(_, its): (usize, &Carried)| {
        let root = if PRESETS.contains(&its.name.as_str()) { "experience" } else { "states" };
        Diagnostic::warning(format!("nothing reads the state `{}`", its.name))
            .at(Path::of([root, &its.name]).to_string())
            .why("it is reported, but drives no move and no purchase, moves no other state, and no tag is read from it")
            .help("name it under `drivers`, or take it out")
    };
    unread.map(told).collect()
}

/// Promises that nobody hears, and ears without promises.
fn unheard(model: &Model) -> Option<Diagnostic> {
    let hears = model.experience.as_ref().and_then(|its| its.hears);
    let reads = |its: &Carried| its.signals().contains(&Signal::Promise);
    let promise = model.touchpoints.iter().flat_map(|its| &its.ends).find_map(|end| end.promise);
    match (hears, promise) {
        (Some(hears), None) => Some(
            Diagnostic::warning("nothing is promised")
                .at(model.params[hears.pace.index()].written.to_string())
                .why("`hears` says how far expectation goes to what a touchpoint promises")
                .help("give a touchpoint a `promise`, or take `hears` out"),
        ),
        (None, Some(promise)) if !model.carried.iter().any(reads) => Some(
            Diagnostic::warning("nobody hears this promise")
                .at(model.params[promise.index()].written.to_string())
                .why("`expectation` goes no part of the way to it")
                .help("add `hears = 0.5` to `expectation`, or take `promise` out"),
        ),
        _ => None,
    }
}

/// Touchpoints that are felt by nobody: without `[experience]` only states could read what they are like.
fn unfelt(model: &Model) -> Vec<Diagnostic> {
    let reads = |its: &Carried| {
        its.signals()
            .iter()
            .any(|signal| matches!(signal, Signal::Quality | Signal::Felt | Signal::QualityOf(_) | Signal::FeltOf(_)))
    };
    if model.experience.is_some() || model.carried.iter().any(reads) {
        return Vec::new();
    }
    let felt = model.touchpoints.iter().filter_map(|its| its.ends.iter().find_map(|end| end.quality.as_ref()));
    let told = |quality: &Quality| {
        Diagnostic::warning("nobody feels what this is like")
            .at(model.params[quality.mean.index()].written.to_string())
            .why("there is no `[experience]`, and no state reads quality")
            .help("add `[experience]` with `start`, `neutral` and `learning`, or take `quality` out")
    };
    felt.map(told).collect()
}

/// Shares above 1, where nothing but sense keeps them below.
fn shares(model: &Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let help = |share: f64| in_percent(share).unwrap_or_else(|| "7 % is 0.07".to_owned());
    for purchases in model.stages.iter().filter_map(|stage| stage.purchases.as_ref()) {
        let param = &model.params[purchases.margin.index()];
        let margin = param.law.mean();
        if margin > 1.0 {
            let text = if param.is_uncertain() { "more than 1".to_owned() } else { margin.to_string() };
            found.push(
                Diagnostic::warning(format!("a margin of {text} is more than the basket itself"))
                    .at(param.written.to_string())
                    .why("`margin` is the share of a basket that is left after what the goods cost")
                    .help(format!("give a share of 1: {}", help(margin))),
            );
        }
    }
    for account in &model.accounts {
        if let AccountKind::Outcome { discount_rate, .. } = account.kind
            && discount_rate > 1.0
        {
            found.push(
                Diagnostic::warning(format!("`{}` is discounted at {}% a year", account.name, discount_rate * 100.0))
                    .at(Path::of(["outcomes", &account.name, "discount_rate"]).to_string())
                    .why("`discount_rate` is a share: 1 is 100% a year")
                    .help(format!("give a share of 1: {}", help(discount_rate))),
            );
        }
    }
    found
}

/// Amounts for each customer whose laws look like how customers differ.
fn wide_amounts(model: &Model) -> Vec<Diagnostic> {
    let amounts: BTreeSet<ParamId> = model.bookings.all().iter().flat_map(|booking| booking.price.all()).collect();
    let warning = |id: &ParamId| {
        let param = &model.params[id.index()];
        let [low, middle, high] = [0.05, 0.5, 0.95].map(|p| param.at(p));
        let is_wide = param.is_uncertain() && high - low > WIDEST * middle.abs();
        let told = |number: f64| format!("{number:.3}").trim_end_matches('0').trim_end_matches('.').to_owned();
        let fault = || {
            Diagnostic::warning(format!("`{}` is one amount for all customers", param.path))
                .at(param.written.to_string())
                .why(format!(
                    "an uncertain number is drawn once per replication: in 5 of 100 it is below {} for everyone, in 5 above {}",
                    told(low),
                    told(high)
                ))
                .help(if param.path.names().contains(&"values") {
                    "where customers differ, give the mean, and let `values_trait` multiply it by a trait of theirs; \
                     where you are so unsure of the mean, leave it"
                } else {
                    "where customers differ, give the mean of their amounts; where you are so unsure of that, leave it"
                })
        };
        is_wide.then(fault)
    };
    amounts.iter().filter_map(warning).collect()
}

/// Rates at which hardly anybody stays for the span of time that they are declared for.
fn swift_rates(model: &Model) -> Vec<Diagnostic> {
    let exits = model.stages.iter().flat_map(|stage| stage.moves().map(move |exit| (stage, exit)));
    let warning = |(stage, exit): (&Stage, &Exit)| {
        let Chance::Competing(Hazard { number, form: HazardForm::Rate, .. }) = exit.chance else { return None };
        let param = &model.params[number.index()];
        let rate = param.law.quantile(0.5);
        let to = &model.stages[exit.to.index()].name;
        let percent = in_percent(rate).map_or_else(String::new, |percent| format!("; {percent}"));
        let fault = || {
            Diagnostic::warning(format!("at a rate of {rate} hardly anybody stays in `{}`", stage.name))
                .at(param.written.to_string())
                .why(format!(
                    "of those who could go to `{to}`, exp(-rate) are left after one span of time: {:.1e}",
                    libm::exp(-rate)
                ))
                .help(format!("give the rate of a shorter span with `per`, where customers leave so fast{percent}"))
        };
        (rate > SWIFTEST).then(fault)
    };
    exits.filter_map(warning).collect()
}

/// Half-lives in which next to nothing outlives a period.
fn half_lives(model: &Model) -> Vec<Diagnostic> {
    let initiatives = model.initiatives.iter().filter_map(|initiative| initiative.half_life);
    let shocks = model.shocks.iter().filter_map(|shock| shock.half_life);
    let noun = model.run.period.noun();
    let short = |id: &ParamId| model.params[id.index()].law.quantile(0.5) < SHORTEST_HALF_LIFE;
    let warning = |id: ParamId| {
        let param = &model.params[id.index()];
        let half = param.law.quantile(0.5);
        let left = libm::exp2(-1.0 / half) * 100.0;
        Diagnostic::warning(format!("half of an effect is gone after {half} of a {noun}"))
            .at(param.written.to_string())
            .why(format!("`half_life` is a number of periods: of this one {left:.1} % is left after one {noun}"))
            .help(
                "give the periods in which half of it goes, such as 12; a loss of 5 % a period is a half-life of 13.5",
            )
    };
    initiatives.chain(shocks).filter(short).map(warning).collect()
}

/// Initiatives that change nothing, and those that nothing starts.
fn idle(model: &Model) -> Vec<Diagnostic> {
    let plans = model.scenarios.iter().flat_map(|scenario| scenario.plan.iter().map(|planned| planned.initiative));
    let rules = model.scenarios.iter().flat_map(|scenario| scenario.rules.iter().flat_map(|rule| &rule.initiatives));
    let started: BTreeSet<usize> = plans.chain(rules.copied()).collect();
    let mut found = Vec::new();
    for (place, initiative) in model.initiatives.iter().enumerate() {
        let name = &initiative.name;
        let at = Path::of(["initiatives", name]).to_string();
        let disturbs = initiative.dip.as_ref().is_some_and(|dip| !dip.effects.is_empty());
        let changes = initiative.effects.iter().any(|effect| !does_nothing(model, effect));
        if !changes && !disturbs && initiative.provides.is_empty() {
            found.push(
                Diagnostic::warning(format!("`{name}` changes nothing"))
                    .at(at.clone())
                    .why("it has no effects that change a number, and provides no capability: it can only cost money")
                    .help("say what it does in `effects`, or what it makes possible in `provides`"),
            );
        }
        if !started.contains(&place) {
            found.push(
                Diagnostic::warning(format!("nothing starts `{name}`"))
                    .at(at)
                    .why("no scenario plans it and no rule starts it, so it neither costs nor changes anything")
                    .help(format!(
                        "plan it in a scenario: `initiatives = {{ {} = 1 }}`, or take it out",
                        Path::of([name])
                    )),
            );
        }
    }
    found
}

/// Whether a change leaves every number as it is.
fn does_nothing(model: &Model, change: &Change) -> bool {
    let neutral = match change.op {
        Op::Set => return false,
        Op::Add => 0.0,
        Op::Times | Op::Odds | Op::Hazard => 1.0,
    };
    matches!(model.params[change.amount.index()].law, Distribution::Constant(amount) if amount == neutral)
}

/// A journey in which retention is 0 from the start.
fn nobody_retained(model: &Model) -> Option<Diagnostic> {
    let fault = || {
        Diagnostic::warning("no stage counts as retained")
            .at("stages")
            .why("retention, churn and active customers are then 0 in every period, whatever customers do")
            .help("add `retained = true` to the stages whose customers are still yours")
    };
    model.stages.iter().all(|stage| !stage.retained).then(fault)
}

/// Groups of stages between which customers move in every period, and which nobody ever leaves.
fn never_left(model: &Model) -> Vec<Diagnostic> {
    let count = model.stages.len();
    let reached: Vec<BTreeSet<usize>> = (0..count).map(|stage| reached_from(model, stage)).collect();
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for id in &model.stage_order {
        let stage = id.index();
        let group: Vec<usize> =
            model.stage_order.iter().map(|id| id.index()).filter(|its| reached[stage].contains(its)).collect();
        // All that can be reached from here leads back, and nobody stays for a second period.
        let closed = group.iter().all(|other| reached[*other].contains(&stage));
        if group.len() < 2
            || !closed
            || told.contains(&stage)
            || !group.iter().all(|its| leaves_at_once(model, &model.stages[*its]))
        {
            continue;
        }
        told.extend(group.iter().copied());
        let names: Vec<String> = group.iter().map(|its| format!("`{}`", model.stages[*its].name)).collect();
        let fault = Diagnostic::warning(format!("customers move between {} for ever", names.join(" and ")))
            .why("each of these stages is left in every period with a chance of 1, and none leads to any other stage")
            .help("let customers stay (chances below 1), or let one of the stages lead on");
        found.push(
            group
                .iter()
                .fold(fault, |fault, its| fault.at(Path::of(["stages", &model.stages[*its].name, "to"]).to_string())),
        );
    }
    found
}

/// The stages that customers of a stage can come to, in one step or more.
fn reached_from(model: &Model, stage: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut fresh = vec![stage];
    while let Some(stage) = fresh.pop() {
        let next = model.stages[stage].exits.iter().map(|exit| exit.to.index());
        fresh.extend(next.filter(|to| reached.insert(*to)));
    }
    reached
}

/// Whether everyone leaves a stage in the first period there.
fn leaves_at_once(model: &Model, stage: &Stage) -> bool {
    let known = |id: &ParamId| !model.params[id.index()].is_uncertain();
    let plain = stage.moves().all(|exit| {
        exit.drivers.is_empty()
            && exit.word_of_mouth.is_none()
            && match exit.chance {
                Chance::Fixed(id) => known(&id),
                Chance::Competing(hazard) => known(&hazard.number),
                _ => false,
            }
    });
    if !plain {
        return false;
    }
    let central = model.central();
    let moment = Moment { values: &central.values, period: 1, clocks: &[], talkers: 0.0 };
    stage.chances(&moment).iter().sum::<f64>() >= 1.0 - super::rows::ROUNDING
}
