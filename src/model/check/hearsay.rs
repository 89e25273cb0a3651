//! Warnings of what customers tell: what nobody hears or tells, what is never told, and tails that few customers carry.

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::change::Change;
use crate::model::hearsay::{Hearsay, Reach, Tells};
use crate::model::people::Segment;
use crate::model::touchpoint::{Cause, End, Occurs, Row, Touchpoint};
use crate::quantity::{HearsayId, ParamId, StageId};
use crate::stats::distribution::Distribution;
use crate::study::names::TOUCHPOINTS;
use crate::study::path::ParamPath as Path;
use crate::study::signal::HEARD;

/// A single telling should not be more of all that is told than this.
const MOST_OF_ALL: f64 = 0.1;
/// What reaches no more than so many times the mean is no tail.
const TAIL: f64 = 3.0;

/// A touchpoint that tells something, and how it ends.
struct Teller<'m> {
    place: usize,
    end: usize,
    its: &'m Touchpoint,
    tells: Tells,
}

/// Everything about what customers tell that was hardly meant.
pub fn warnings(model: &Model) -> Vec<Diagnostic> {
    let tellers = tellers(model);
    let mut found: Vec<Diagnostic> = tellers.iter().filter_map(|teller| never(model, teller)).collect();
    for (place, hearsay) in model.hearsay.iter().enumerate() {
        let of = HearsayId::from(place);
        let those: Vec<&Teller<'_>> = tellers.iter().filter(|teller| teller.tells.of == of).collect();
        match those.first() {
            None if model.channels.iter().any(|its| its.tells.is_some_and(|tells| tells.of == of)) => {}
            None => found.push(untold(model, (of, hearsay), &tellers)),
            Some(first) if !hearsay.is_heard => found.push(unheard(first, hearsay)),
            Some(_) => found.extend(heavy(model, hearsay, &those)),
        }
    }
    found
}

/// All that tells something, each where it says so itself.
fn tellers(model: &Model) -> Vec<Teller<'_>> {
    let of = |(place, its)| ends_that_tell(place, its);
    model.touchpoints.iter().enumerate().flat_map(of).collect()
}

fn ends_that_tell(place: usize, its: &Touchpoint) -> Vec<Teller<'_>> {
    let own = its.ends.first().and_then(|end| end.tells);
    let inherits = |tells: Tells| own.is_some_and(|own| own.in_market == tells.in_market);
    let teller = |(end, said): (usize, &End)| {
        let tells = said.tells.filter(|tells| end == 0 || !inherits(*tells))?;
        Some(Teller { place, end, its, tells })
    };
    its.ends.iter().enumerate().filter_map(teller).collect()
}

impl Teller<'_> {
    /// Where it says what it tells.
    fn path(&self) -> Path {
        let at = Path::of([TOUCHPOINTS.root, &self.its.name]);
        match &self.its.ends[self.end].name {
            Some(name) => at.child("ends").child(name).child("tells"),
            None => at.child("tells"),
        }
    }
}

/// What is told and not heard.
fn unheard(teller: &Teller<'_>, hearsay: &Hearsay) -> Diagnostic {
    let name = &hearsay.name;
    Diagnostic::warning(format!("nobody hears `{name}`"))
        .at(teller.path().child("as").to_string())
        .why("it is counted, and changes nothing: no touchpoint waits for it, and it brings no newcomers")
        .help(format!("add a touchpoint with `on = \"{HEARD}.{name}\"`, or `inflow.heard = {{ {name} = 0.002 }}`"))
}

/// What is heard and not told.
fn untold(model: &Model, (of, hearsay): (HearsayId, &Hearsay), tellers: &[Teller<'_>]) -> Diagnostic {
    let name = &hearsay.name;
    let tell = format!("let a touchpoint tell it: `tells = {{ as = \"{name}\", reach = 5, in_market = 0.3 }}`");
    let others = tellers.first().map(|teller| &model.hearsay[teller.tells.of.index()].name);
    let waits = model.touchpoints.iter().filter(|its| its.cause() == Cause::Heard(of));
    let waits = waits.map(|its| (Path::of([TOUCHPOINTS.root, &its.name, "on"]), false));
    let brings = model
        .segments
        .iter()
        .filter(|segment| segment.inflow.as_ref().is_some_and(|inflow| inflow.heard.iter().any(|(its, _)| *its == of)));
    let brings = brings.map(|segment| (Path::of(["segments", &segment.name, "inflow", "heard", name]), true));
    let fault = Diagnostic::warning(format!("nobody tells `{name}`")).why("what is never told is never heard").help(
        match others {
            Some(other) => format!("name what is told, such as `{other}`, or {tell}"),
            None => tell,
        },
    );
    waits.chain(brings).fold(
        fault,
        |fault, (at, is_key)| {
            if is_key { fault.at_key(at.to_string()) } else { fault.at(at.to_string()) }
        },
    )
}

/// What is told where a touchpoint never comes, or never ends so.
fn never(model: &Model, teller: &Teller<'_>) -> Option<Diagnostic> {
    let why = why_never(model, teller)?;
    let fault = Diagnostic::warning("nobody ever tells this").at(teller.path().to_string()).why(why);
    Some(fault.help("let it happen, or take `tells` out"))
}

fn why_never(model: &Model, teller: &Teller<'_>) -> Option<String> {
    let end = &teller.its.ends[teller.end];
    if let (Some(name), true) = (&end.name, end.chance.is_some_and(|id| is_nothing(model, id))) {
        return Some(format!("`{}` ends as `{name}` with a chance of 0, and nothing raises that", teller.its.name));
    }
    let mut place = teller.place;
    loop {
        let its = &model.touchpoints[place];
        if its.rows.iter().all(|row| row_is_idle(model, row)) {
            return Some(format!("`{}` never happens: its rate or chance is 0, and nothing raises that", its.name));
        }
        // What brings another about stands before it, so this ends.
        match its.cause() {
            Cause::After { of, end } => {
                if let Some(end) = end.map(|end| &model.touchpoints[of.index()].ends[end])
                    && end.chance.is_some_and(|id| is_nothing(model, id))
                {
                    let (of, end) = (&model.touchpoints[of.index()].name, end.name.as_deref().unwrap_or_default());
                    return Some(format!("it follows `{of}.{end}`, whose chance is 0, and nothing raises that"));
                }
                place = of.index();
            }
            _ => return None,
        }
    }
}

/// Whether a row of a plan brings nobody anything.
fn row_is_idle(model: &Model, row: &Row) -> bool {
    row.stages.iter().flatten().all(|occurs| matches!(occurs, Occurs::With(id) if is_nothing(model, *id)))
}

/// Whether a number is 0, and no change aims at it.
fn is_nothing(model: &Model, id: ParamId) -> bool {
    let aims = |change: &Change| change.targets.contains(&id);
    let segments = model.segments.iter().flat_map(|its| &its.changes);
    let initiatives = model.initiatives.iter().flat_map(|its| {
        let dip = its.dip.iter().flat_map(|dip| &dip.effects);
        its.effects.iter().chain(dip)
    });
    let scenarios = model.scenarios.iter().flat_map(|its| {
        let rules = its.rules.iter().flat_map(|rule| &rule.changes);
        its.changes.iter().chain(rules)
    });
    let shocks = model.shocks.iter().any(|shock| shock.effects.iter().any(|effect| effect.targets.contains(&id)));
    matches!(model.params[id.index()].law, Distribution::Constant(number) if number == 0.0)
        && !shocks
        && !segments.chain(initiatives).chain(scenarios).any(aims)
}

/// A reach with so heavy a tail that one simulated customer tells a large part of all that is told.
fn heavy(model: &Model, hearsay: &Hearsay, tellers: &[&Teller<'_>]) -> Option<Diagnostic> {
    let each = model.run.customers as f64 / f64::from(model.run.agents);
    if each <= 1.0 {
        return None;
    }
    let told: Vec<Told> = tellers.iter().flat_map(|teller| told(model, teller)).collect();
    let all: f64 = told.iter().map(|its| its.often * its.mean).sum();
    let (place, farthest) = (0..).zip(&told).max_by(|(_, a), (_, b)| a.farthest.total_cmp(&b.farthest))?;
    let is_tail = farthest.farthest > TAIL * farthest.mean && farthest.farthest > MOST_OF_ALL * all;
    // Where nothing is known of how often it is told, nothing is known of all that is told.
    if !is_tail || told.iter().any(|its| !its.often.is_finite()) {
        return None;
    }
    let teller = tellers[place / model.segments.len()];
    let percent = libm::round(100.0 * farthest.farthest / all);
    Some(
        Diagnostic::warning(format!("one simulated customer may tell much of all `{}`", hearsay.name))
            .at(teller.path().child("reach").to_string())
            .why(format!(
                "each stands for {} real ones: of about {} times that it is told in a run, the one that reaches farthest \
                 makes {percent} % of all that is heard",
                libm::round(each),
                libm::ceil(farthest.often)
            ))
            .help("simulate more customers (`run.agents`), or give the reach a law with a lighter tail"),
    )
}

/// What customers of a segment tell within a run of one replication.
struct Told {
    /// How often, at most in the mean.
    often: f64,
    /// How many people in the market that reaches each time in the mean.
    mean: f64,
    /// How many the one that reaches farthest does, in the median.
    farthest: f64,
}

/// By segment.
fn told(model: &Model, teller: &Teller<'_>) -> Vec<Told> {
    let mean_of = |id: ParamId| model.params[id.index()].law.mean();
    let in_market = mean_of(teller.tells.in_market);
    let end = model.touchpoints[teller.place].ends[teller.end].chance.map_or(1.0, mean_of);
    let often = often(model, teller.place) * end * f64::from(model.run.horizon);
    let of = |segment: &Segment| {
        let often = often * f64::from(segment.agents);
        let (mean, farthest) = match teller.tells.reach {
            Reach::Same(id) => (mean_of(id), mean_of(id)),
            Reach::Own(of) => {
                let law = &segment.traits[of.index()];
                (law.mean(), law.quantile(libm::pow(0.5, 1.0 / often.max(1.0))))
            }
        };
        Told { often, mean: mean * in_market, farthest: farthest * in_market }
    };
    model.segments.iter().map(of).collect()
}

/// How often a touchpoint comes to a customer in a period, at most in the mean; without end where that is not known.
fn often(model: &Model, place: usize) -> f64 {
    let its = &model.touchpoints[place];
    let mean_of = |id: ParamId| model.params[id.index()].law.mean();
    let most = |row: &Row| {
        let number = |occurs: &Occurs| if let Occurs::With(id) = occurs { mean_of(*id) } else { 1.0 };
        row.stages.iter().flatten().map(number).fold(0.0, f64::max)
    };
    let each = its.rows.iter().map(|row| most(row) * brought(model, row.cause)).fold(0.0, f64::max);
    each.max(0.0)
}

/// How often a customer meets what brings a touchpoint about.
fn brought(model: &Model, cause: Cause) -> f64 {
    let mean_of = |id: ParamId| model.params[id.index()].law.mean();
    match cause {
        Cause::Rate | Cause::Chance | Cause::Entry => 1.0,
        Cause::Every(every) => 1.0 / f64::from(every),
        Cause::Heard(_) => f64::INFINITY,
        Cause::Purchase => {
            let rate = |place: usize| {
                let stage = StageId::from(place);
                model.stages[stage.index()].purchases.as_ref().map_or(0.0, |its| mean_of(its.rate))
            };
            (0..model.stages.len()).map(rate).fold(0.0, f64::max)
        }
        Cause::After { of, end } => {
            let chance = |end: &End| end.chance.map_or(1.0, mean_of);
            let end = end.map_or(1.0, |end| chance(&model.touchpoints[of.index()].ends[end]));
            often(model, of.index()) * end
        }
    }
}
