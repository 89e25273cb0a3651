//! Why touchpoints have no exact expectation: what customers would have to be told apart by, in words.

use crate::model::Model;
use crate::model::touchpoint::{Cause, Touchpoint};

use super::touch_plan::{TouchPlan, feels};

/// The most combinations of how often touchpoints happened, and where they take people, that are known at a time.
const MOST_COMBINATIONS: usize = 300;

/// What stands in the way whether satisfaction is followed or not.
pub fn of_counts(model: &Model) -> Vec<String> {
    let plan = TouchPlan::of(model, false);
    let one = |(place, its): (usize, &Touchpoint)| {
        let name = &its.name;
        if let Some(first) = its.channels().next() {
            let channel = &model.channels[first].name;
            return Some(if model.waits_at(its) {
                format!("customers who meet `{name}` wait for each other, in `{channel}` or where that leads")
            } else {
                format!("what `{name}` leads to depends on how contacts in `{channel}` go")
            });
        }
        let class = its.rows.iter().flat_map(|row| &row.whom.classes).next();
        if let Some((tag, _)) = class {
            return Some(format!("whom `{name}` meets depends on the tag `{}`", model.tags[tag.index()].name));
        }
        if let (Cause::Entry, Some(stage)) = (its.cause(), comes_back(model, its)) {
            return Some(format!(
                "`{name}` happens on coming to `{stage}`, and a purchase may lead back there at once"
            ));
        }
        let late = plan.points[place].is_late && its.moves();
        late.then(|| format!("`{name}` takes people elsewhere a period after it happens"))
    };
    let all = model.touchpoints.iter().enumerate().filter_map(one);
    all.chain(too_many(model, &plan)).collect()
}

/// What stands in the way of following satisfaction.
pub fn of_satisfaction(model: &Model) -> Vec<String> {
    let one = |its: &Touchpoint| {
        let name = &its.name;
        let why = if its.timing.is_some() {
            "the period in the stage (`timing`)"
        } else if its.answer.as_ref().is_some_and(|answer| answer.fades.is_some()) {
            "when it comes (`fades`)"
        } else {
            return None;
        };
        feels(its).then(|| format!("how `{name}` is felt depends on {why}"))
    };
    let all = model.touchpoints.iter().filter_map(one);
    all.chain(too_many(model, &TouchPlan::of(model, true))).collect()
}

/// A stage in which a touchpoint happens on entry, and to which a purchase may lead back those who have just left it.
fn comes_back<'m>(model: &'m Model, its: &Touchpoint) -> Option<&'m str> {
    let mut places = (0..model.stages.len()).filter(|place| its.is_in(*place));
    let goes = |from: usize, to: usize| {
        let sent = model.touchpoints.iter().filter(|its| its.is_in(from)).flat_map(|its| &its.ends);
        let sent = sent.flat_map(|end| &end.ways).any(|way| way.to.index() == to);
        sent || model.stages[from].moves().any(|exit| exit.to.index() == to)
    };
    let back = |to: usize| (0..model.stages.len()).any(|from| from != to && leads(model, from, to) && goes(to, from));
    places.find(|place| back(*place)).map(|place| model.stages[place].name.as_str())
}

/// Whether a purchase in a stage may lead to another.
fn leads(model: &Model, from: usize, to: usize) -> bool {
    model.stages[from].leaves().any(|exit| exit.to.index() == to)
}

fn too_many(model: &Model, plan: &TouchPlan) -> Option<String> {
    let (needed, place) = plan.most_combinations(model);
    (needed > MOST_COMBINATIONS).then(|| {
        let name = &model.touchpoints[place].name;
        format!("it would take {needed} combinations of how often touchpoints up to `{name}` happened, more than {MOST_COMBINATIONS}")
    })
}
