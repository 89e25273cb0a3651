//! Renaming everything that has a name moves no random draw.

use std::path::Path as File;

use serde_json::{Map, Value};

use super::hash::text;
use super::written::json;
use crate::model::Model;
use crate::model::metric::HEARSAY;
use crate::study::Study;
use crate::study::names::{Name, PLACES, Things};
use crate::study::number::Number;
use crate::study::path::{ParamPath as Path, Step};
use crate::study::signal::{HEARD, PRESETS};
use crate::study::site::{Site, Sites};
use crate::study::source::Source;
use crate::study::worded::Text;

/// Another name, such that names are in another order too. What is told by the end of a name stays, as do the states that
/// `[experience]` makes, and the end of a touchpoint, which stands after a point.
fn other(name: &str) -> String {
    match name.split_once('.') {
        // What others tell keeps its name.
        Some((HEARD, _)) => name.to_owned(),
        Some((touchpoint, end)) => format!("{}.{end}", other(touchpoint)),
        None if name == "revenue" || PRESETS.contains(&name) => name.to_owned(),
        None => format!("{:016x} {name}", text(name)),
    }
}

/// Whether what is written is the name of a thing that is called otherwise.
fn is_renamed(called: Name, written: &str) -> bool {
    called.kind_of(written).is_some_and(|kind| matches!(kind.things, Things::Named(_)))
}

/// What a path of the study is once all is renamed.
fn other_path(sites: &Sites, path: &Path) -> Path {
    let mut site = sites.top();
    let step = |step: &Step| {
        site = site.step(step);
        match (step, site.called()) {
            (Step::Name(name), Some(called)) if is_renamed(called, name) => Step::Name(other(name)),
            _ => step.clone(),
        }
    };
    Path { steps: path.steps.iter().map(step).collect() }
}

fn other_text(sites: &Sites, said: Option<Text>, written: &str) -> String {
    match said {
        Some(Text::Name(name)) if is_renamed(name, written) => other(written),
        Some(Text::Path) => other_path(sites, &Path::parse(written).unwrap()).to_string(),
        Some(Text::Metric) if HEARSAY.iter().any(|facts| facts.member(written).is_some()) => written.to_owned(),
        Some(Text::Metric) => {
            written.split_once('.').map_or(written.to_owned(), |(metric, name)| format!("{metric}.{}", other(name)))
        }
        Some(Text::Title) => String::new(),
        _ => written.to_owned(),
    }
}

fn renamed_below(sites: &Sites, site: Site<'_>, value: &Value) -> Value {
    match value {
        Value::String(written) => other_text(sites, site.text(), written).into(),
        Value::Array(items) => items.iter().map(|item| renamed_below(sites, site.item(), item)).collect(),
        Value::Object(entries) => {
            let entry = |(key, item): (&String, &Value)| {
                let site = site.key(key);
                let name = site.called().is_some_and(|called| is_renamed(called, key));
                (if name { other(key) } else { key.clone() }, renamed_below(sites, site, item))
            };
            Value::Object(entries.iter().map(entry).collect::<Map<_, _>>())
        }
        _ => value.clone(),
    }
}

/// A study in which everything is called otherwise.
fn renamed(sites: &Sites, study: &Study) -> Study {
    let mut other_study: Study = serde_json::from_value(renamed_below(sites, sites.top(), &json(study))).unwrap();
    other_study.source = study.source.clone();
    for (name, stage) in &study.stages {
        other_study.stages[&other(name)].effective_size = stage.effective_size.clone();
    }
    // Segments and stages stand among the classes of tags, whose names stay.
    let rows = other_study.touchpoints.values_mut().flat_map(|its| {
        let rows = its.plan.iter_mut().map(|row| &mut row.whom);
        rows.chain([&mut its.whom])
    });
    for whom in rows.chain(other_study.channels.values_mut().map(|its| &mut its.priority)) {
        let places = whom.iter_mut().filter(|(tag, _)| PLACES.contains(&tag.as_str()));
        places.flat_map(|(_, names)| names).for_each(|name| *name = other(name));
    }
    // A reach is a number or a trait: no place for names alone.
    for touchpoint in other_study.touchpoints.values_mut() {
        let ends = touchpoint.ends.values_mut().filter_map(|end| end.tells.as_mut());
        for tells in touchpoint.tells.iter_mut().chain(ends) {
            match &mut tells.reach {
                Number::Uncertain(said) if study.traits.contains_key(said) => *said = other(said),
                _ => {}
            }
        }
    }
    other_study
}

fn model(study: &Study) -> Model {
    Model::compile(study).unwrap_or_else(|faults| panic!("{}: {faults:#?}", study.source.name))
}

/// Every number that random draws are addressed by, or that orders them, by what it belongs to.
fn addresses(model: &Model, name: impl Fn(&str) -> String, path: impl Fn(&Path) -> Path) -> Vec<String> {
    let mut all = Vec::new();
    for (place, stage) in model.stages.iter().enumerate() {
        all.push(format!("stage {} {place}", name(&stage.name)));
    }
    for (place, segment) in model.segments.iter().enumerate() {
        all.push(format!("segment {} {place} {}", name(&segment.name), segment.agents));
    }
    all.extend(model.traits.iter().map(|its| format!("trait {} {}", name(&its.name), its.luck)));
    all.extend(model.rates.iter().map(|its| format!("rate {} {} {:?}", name(&its.name), its.luck, its.counter)));
    all.extend(model.touchpoints.iter().map(|its| format!("touchpoint {} {}", name(&its.name), its.luck)));
    all.extend(model.hearsay.iter().map(|its| format!("hearsay {} {}", its.name, its.luck)));
    all.extend(model.carried.iter().map(|its| format!("state {} {}", name(&its.name), its.luck)));
    all.extend(model.initiatives.iter().map(|its| format!("initiative {} {}", name(&its.name), its.shape)));
    all.extend(model.shocks.iter().map(|shock| format!("shock {}", shock.luck)));
    all.extend(model.params.iter().map(|its| format!("{} {:?} {}", path(&its.path), its.element, its.luck)));
    all.sort();
    all
}

fn check(study: &Study) {
    let sites = Sites::of_studies();
    let (base, other_model) = (model(study), model(&renamed(&sites, study)));
    assert_eq!(
        addresses(&base, other, |path| other_path(&sites, path)),
        addresses(&other_model, str::to_owned, Path::clone),
        "{}",
        study.source.name
    );
}

#[test]
fn everything_in_a_shipped_study_can_be_renamed_at_once() {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|ending| ending == "toml") {
            check(&Study::read(&file).unwrap());
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked} studies");
}

#[test]
fn names_that_look_like_words_laws_or_titles_can_be_renamed() {
    let text = r#"
        [run]
        period = "month"
        horizon = 6
        customers = 1_000
        agents = 100
        [segments.title]
        share = 0.5
        start = { target = 0.5, "ready to go" = 0.5 }
        traits = { purchase = "normal(0.5, 0.1)", "age (years)" = "uniform(20, 60)" }
        changes = [ { target = "segments.unit.inflow.per_period", times = "0.8 to 1.2" } ]
        inflow = { per_period = "10 to 20", start = { title = 1 } }
        [segments.unit]
        share = 0.5
        start = { target = 1 }
        traits = { purchase = "normal(0.5, 0.1)", "age (years)" = "uniform(20, 60)" }
        inflow = { per_period = "10 to 20" }
        [traits.period]
        law = "beta(2, 5)"
        [traits."age (years)"]
        ages = true
        [stages.target]
        to = { title = { chance = "0.1 to 0.2", drivers = { purchase = 0.1 } }, end = { trait = "period" } }
        [stages."ready to go"]
        to = { title = { chance = [0.1, 0.2], by = "age (years)" }, end = { chance = "0.01 to 0.03", on = "purchase" } }
        purchases = { rate = 1, basket = 20, drivers = { purchase = 0.2 } }
        [stages.title]
        to = { end = { chance = [0.1, 0.2], by = "period" } }
        values = { unit = "1 to 2" }
        [stages.end]
        [outcomes.unit]
        [capabilities.title]
        kind = "data"
        [capabilities.description]
        kind = "data"
        [initiatives.title]
        requires = { description = 0.0 }
        provides = { title = 0.5 }
        waves = { title = 1 }
        effects = [ { target = "stages.*.to.title", odds = "0.5 to 0.9", segments = [ "title" ] } ]
        [initiatives.extends]
        provides = [ "description" ]
        effects = [ { target = "stages.target.to.end", odds = "0.5 to 0.9" } ]
        [[shocks]]
        title = "one"
        hazard = 0.1
        effects = [ { target = "segments.unit.inflow.per_period", times = "0.5 to 0.9" } ]
        [[shocks]]
        hazard = 0.1
        effects = [ { target = "segments.title.inflow.per_period", times = "0.5 to 0.9" } ]
        [scenarios.title]
        initiatives = { title = 2, extends = 1 }
        changes = [ { target = "stages.title.values.unit", add = "0 to 1" } ]
        [scenarios.description]
        extends = "title"
        rules = [ { when = { metric = "customers.title", below = 10 }, then = { initiatives = [ "title" ] } } ]
    "#;
    let source = Source::new("study.toml", "", text);
    check(&Study::parse(&source).unwrap());
}

#[test]
fn things_have_an_order_and_luck_that_neither_names_nor_the_file_move() {
    let text = |tables: [(&str, f64); 3]| {
        let one = |(name, cost): (&str, f64)| format!("[initiatives.{name}]\ncost = {{ once = {cost} }}\n");
        let plans: Vec<String> = tables.into_iter().map(one).collect();
        format!(
            "run = {{ period = \"month\", horizon = 3, customers = 10 }}\nscenarios.today = {{}}\n[segments.all]\nshare = 1\n\
             start = {{ there = 1 }}\n[stages.there]\n{}",
            plans.concat()
        )
    };
    let lucks = |tables| {
        let study = Study::parse(&Source::new("study.toml", "", text(tables))).unwrap();
        super::Identity::of(&study).lucks(&crate::study::names::INITIATIVES)
    };
    let first = lucks([("a", 1.0), ("b", 2.0), ("c", 3.0)]);
    let luck: Vec<u32> = first.iter().map(|(_, luck)| *luck).collect();
    assert!(luck[0] != luck[1] && luck[1] != luck[2] && luck[0] != luck[2], "twins draw apart: {luck:?}");
    assert_eq!(lucks([("c", 3.0), ("a", 1.0), ("b", 2.0)]), first);
    let renamed = lucks([("z", 1.0), ("b", 2.0), ("a", 3.0)]);
    let back = |name: &str| name.replace('a', "c").replace('z', "a");
    assert_eq!(renamed.into_iter().map(|(name, luck)| (back(&name), luck)).collect::<Vec<_>>(), first);
}

#[test]
fn what_a_study_does_not_say_of_a_touchpoint_moves_no_draw_of_it() {
    // A key that came later is left out where it says nothing; those were there from the start.
    let always = ["in", "where", "plan", "drivers", "values", "to", "ends"];
    let text = "run = { period = \"month\", horizon = 3, customers = 10 }\n[segments.all]\nshare = 1\nstart = { there = 1 }\n\
                [scenarios.today]\n\
                [stages.there]\n[touchpoints.call]\nplan = [{ where = { segment = [\"all\"] }, every = 3 }]\n";
    let study = Study::parse(&Source::new("study.toml", "", text)).unwrap();
    let written = json(&study.touchpoints["call"]);
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => true,
    };
    let silent = |value: &Value, key: &str| !says(value) && !value.is_null() && !always.contains(&key);
    let keys = |thing: &Value| -> Vec<String> {
        thing
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, value)| silent(value, key))
            .map(|(key, _)| key.clone())
            .collect()
    };
    assert_eq!(keys(&written), [""; 0]);
    assert_eq!(keys(&written["plan"][0]), [""; 0]);
}
