//! A setting changes one number of a study from the command line: `--set PATH=VALUE`.

use std::fmt;

use serde_json::Value as Schema;
use toml::de::DeValue;

use super::document::{Entry, Node, Value};
use super::language::{Language, is, property};
use super::path::{NUMBERS, ParamPath, Step};
use super::source::Source;
use crate::diagnostic::{Diagnostic, nearest};
use crate::faults::Faults;

/// `PATH=VALUE`: what is set, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The parameter path; `*` stands for any one name.
    pub path: String,
    /// The value as TOML writes it; what is not TOML is taken as a text.
    pub value: String,
    /// The option that gave it, such as `--agents`; `--set` by default.
    pub option: Option<&'static str>,
}

impl Setting {
    /// Takes `PATH=VALUE` apart at the first `=` outside quotes.
    pub fn parse(written: &str) -> Result<Self, Diagnostic> {
        let mut quote = None;
        for (at, letter) in written.char_indices() {
            match (quote, letter) {
                (None, '"' | '\'') => quote = Some(letter),
                (Some(open), _) if open == letter => quote = None,
                (None, '=') => {
                    let value = written[at + 1..].trim().to_owned();
                    return Ok(Self { path: written[..at].trim().to_owned(), value, option: None });
                }
                _ => {}
            }
        }
        Err(Diagnostic::error(format!("`--set {written}` has no `=`"))
            .help("write a path and a value: `--set run.horizon=24`"))
    }
}

impl Setting {
    /// Several settings, each as `PATH=VALUE`.
    ///
    /// # Errors
    /// Those that have no `=`.
    pub fn all(written: &[&str]) -> Result<Vec<Self>, Faults> {
        let wrong = |fault| Faults::wrong("", vec![fault]);
        written.iter().map(|written| Self::parse(written).map_err(wrong)).collect()
    }

    /// How it was given: `--set run.agents=0`, `--agents 0`.
    pub fn given(&self) -> String {
        self.option.map_or_else(|| format!("--set {self}"), |option| format!("{option} {}", self.value))
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

impl Source {
    /// Puts settings into the document, in order; the file itself stays as it is.
    ///
    /// # Errors
    /// A path that is not one, that names nothing, or that names a whole table; all of them at once.
    /// Whether a value may stand where it was put is for `Study::parse` to say.
    pub fn set(&mut self, settings: &[Setting]) -> Result<(), Faults> {
        self.take_remarks();
        let language = Language::of_studies();
        let mut faults = Vec::new();
        for setting in settings {
            match targets(&self.document, &language, setting) {
                Ok(paths) => {
                    for path in paths {
                        put(&mut self.document, &path, value(&setting.value, language.at(&path), &language));
                        self.overrides.push((path, setting.given()));
                    }
                    self.settings.push(setting.to_string());
                }
                Err(fault) => faults.push(fault),
            }
        }
        self.locate_all(&mut faults);
        if faults.is_empty() { Ok(()) } else { Err(Faults::wrong(&self.name, faults)) }
    }
}

/// The paths that a setting changes.
fn targets(document: &Node, language: &Language, setting: &Setting) -> Result<Vec<ParamPath>, Diagnostic> {
    let pattern = ParamPath::parse(&setting.path)
        .map_err(|reason| Diagnostic::error(format!("`--set {setting}` has no path: {reason}")))?;
    if pattern.steps.is_empty() {
        return Err(Diagnostic::error(format!("`--set {setting}` has no path"))
            .help("write a path and a value: `--set run.horizon=24`"));
    }
    let mut found = Vec::new();
    matching(document, &pattern.steps, &ParamPath::default(), &mut found);
    if !found.is_empty() {
        return found.into_iter().map(|path| scalar(document, language, path, setting)).collect();
    }
    if pattern.is_pattern() {
        return Err(Diagnostic::error(format!("`--set {setting}` matches nothing in the study"))
            .help(instead(document, &pattern)));
    }
    let in_table = pattern
        .parent()
        .and_then(|parent| document.find(&parent))
        .is_some_and(|parent| matches!(parent.node.value, Value::Table(_)));
    if in_table && language.at(&pattern).is_some() {
        return scalar(document, language, pattern, setting).map(|path| vec![path]);
    }
    Err(Diagnostic::error(format!("`--set {setting}` names nothing in the study"))
        .at(pattern.to_string())
        .help(instead(document, &pattern)))
}

fn matching(node: &Node, steps: &[Step], path: &ParamPath, found: &mut Vec<ParamPath>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(path.clone());
        return;
    };
    let names = match step {
        Step::Any => node.names(),
        Step::Name(name) => vec![name.clone()],
    };
    for name in names {
        let here = ParamPath { steps: vec![Step::Name(name.clone())] };
        if let Some(below) = node.find(&here) {
            matching(below.node, rest, &path.child(&name), found);
        }
    }
}

/// The number that a path means: of a transition rule its chance or rate, of an amount with its span the amount; a whole table is too much to set.
fn scalar(document: &Node, language: &Language, path: ParamPath, setting: &Setting) -> Result<ParamPath, Diagnostic> {
    let Some(found) = document.find(&path) else { return Ok(path) };
    let names = found.node.names();
    let branches = language.at(&path).map(|schema| language.branches(schema)).unwrap_or_default();
    let takes_scalar = branches.iter().any(|branch| !is(branch, "object") && !is(branch, "array"));
    match &found.node.value {
        Value::Table(_) if takes_scalar && branches.iter().any(|b| is(b, "object") && property(b, "per").is_some()) => {
            let has = |key: &&str| names.iter().any(|name| name == key);
            Ok(path.child(NUMBERS.into_iter().find(has).unwrap_or("chance")))
        }
        Value::Table(_) | Value::List(_) if !takes_scalar => {
            let beneath: Vec<String> = names.iter().take(8).map(|name| format!("`{}`", path.child(name))).collect();
            let kind = if matches!(found.node.value, Value::Table(_)) { "table" } else { "list" };
            let fault = Diagnostic::error(format!("`--set {setting}` names a whole {kind}")).at(path.to_string());
            Err(if beneath.is_empty() { fault } else { fault.help(format!("set one of {}", beneath.join(", "))) })
        }
        _ => Ok(path),
    }
}

/// The nearest path that the study has, or what it has as far as the path goes.
fn instead(document: &Node, pattern: &ParamPath) -> String {
    let mut path = ParamPath::default();
    let mut node = document;
    for (at, step) in pattern.steps.iter().enumerate() {
        let names = node.names();
        // A `*` goes on through the first name: it is enough to show what paths look like.
        let wanted = match step {
            Step::Any => names.first().cloned(),
            Step::Name(name) => Some(name.clone()),
        };
        let here = wanted.as_ref().map(|name| ParamPath { steps: vec![Step::Name(name.clone())] });
        if let (Some(name), Some(below)) = (&wanted, here.and_then(|here| node.find(&here))) {
            path.steps.push(if *step == Step::Any { Step::Any } else { Step::Name(name.clone()) });
            node = below.node;
            continue;
        }
        let near = wanted.as_ref().and_then(|name| nearest(name, names.iter().map(String::as_str)));
        if let Some(near) = near {
            let mut whole = path.child(near);
            whole.steps.extend_from_slice(&pattern.steps[at + 1..]);
            return format!("did you mean `{whole}`?");
        }
        let beneath: Vec<String> = names.iter().take(8).map(|name| format!("`{}`", path.child(name))).collect();
        return if beneath.is_empty() {
            format!("nothing stands beneath `{path}`")
        } else {
            format!("the study has {}", beneath.join(", "))
        };
    }
    String::new()
}

/// A value from the command line; where only a text may stand it needs no quotes.
fn value(written: &str, schema: Option<&Schema>, language: &Language) -> Value {
    let only_text = schema.is_some_and(|schema| language.branches(schema).iter().all(|branch| is(branch, "string")));
    match DeValue::parse(written) {
        Ok(parsed) if !only_text || parsed.get_ref().is_str() => Node::from_toml(0..0, parsed.get_ref()).value,
        _ => Value::Text(written.to_owned()),
    }
}

/// Puts a value to a path; nothing where the table that it would stand in is not there.
pub(super) fn put(document: &mut Node, path: &ParamPath, value: Value) {
    let node = Node { span: 0..0, value };
    if let Some(there) = document.find_mut(path) {
        *there = node;
    } else if let (Some(parent), Some(Step::Name(name))) = (path.parent(), path.steps.last())
        && let Some(Node { value: Value::Table(table), .. }) = document.find_mut(&parent)
    {
        table.insert(name.clone(), Entry { key: 0..0, node });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;
    use crate::study::journey::Transition;
    use crate::study::number::{Chances, Number};

    const SMALL: &str = r#"
        [run]
        period = "month"
        horizon = 12
        customers = 100
        [segments.all]
        share = 1
        start = { new = 1 }
        [stages.new.to]
        old = 0.2
        gone = { chance = 0.1, drivers = { satisfaction = 1 } }
        [stages.old]
        to = { gone = 0.3 }
        purchases = { rate = 1, basket = 20 }
        [stages.gone]
        [scenarios.today]
    "#;

    fn with(written: &[&str]) -> Result<Study, Vec<String>> {
        let mut source = Source::new("small.toml", "", SMALL);
        let settings: Vec<Setting> = written.iter().map(|text| Setting::parse(text).unwrap()).collect();
        let told = |faults: Faults| {
            faults
                .iter()
                .map(|fault| {
                    let labels: Vec<&str> = fault.places.iter().map(|place| place.label.as_str()).collect();
                    format!("{} [{}] {}", fault.what, labels.join("; "), fault.help)
                })
                .collect::<Vec<_>>()
        };
        source.set(&settings).map_err(told)?;
        Study::parse(&source).map_err(told)
    }

    fn fault(written: &str) -> String {
        with(&[written]).unwrap_err().join("\n")
    }

    fn chance(study: &Study, from: &str, to: &str) -> Number {
        match &study.stages[from].to[to] {
            Transition::Chance(number) => number.clone(),
            Transition::Rule(rule) => match &rule.chance {
                Some(Chances::One(number)) => number.clone(),
                other => panic!("{other:?}"),
            },
        }
    }

    #[test]
    fn numbers_texts_and_new_keys_are_set() {
        let study =
            with(&["run.horizon=24", "run.baseline=today", "run.seed = 7", "title=2026", "run.period=\"week\""])
                .unwrap();
        assert_eq!(study.run.horizon.0, 24);
        assert_eq!(study.run.seed.0, 7);
        assert_eq!(study.run.baseline.as_deref(), Some("today"));
        assert_eq!(study.title.as_deref(), Some("2026"));
        let study = with(&["stages.old.to.gone=0.05 to 0.09"]).unwrap();
        assert_eq!(chance(&study, "old", "gone"), Number::Uncertain("0.05 to 0.09".to_owned()));
    }

    #[test]
    fn a_star_sets_all_that_match_and_a_rule_keeps_its_drivers() {
        let study = with(&["stages.*.to.gone=0.5"]).unwrap();
        assert_eq!(chance(&study, "new", "gone"), Number::Known(0.5));
        assert_eq!(chance(&study, "old", "gone"), Number::Known(0.5));
        assert_eq!(chance(&study, "new", "old"), Number::Known(0.2));
        let Transition::Rule(rule) = &study.stages["new"].to["gone"] else { panic!("it was a rule") };
        assert_eq!(rule.drivers.len(), 1);
    }

    #[test]
    fn the_last_setting_of_a_path_holds() {
        assert_eq!(with(&["run.horizon=24", "run.horizon=30"]).unwrap().run.horizon.0, 30);
    }

    #[test]
    fn a_setting_that_means_nothing_is_a_fault_that_offers_what_does() {
        insta::assert_snapshot!(
            [
                "run.horizn=3",
                "stagse.old.to.gone=1",
                "stages.*.to.goner=1",
                "stages.none.to.gone=1",
                "stages.old.purchases=1",
                "stages.old=1",
                "run.horizon.x=1",
                "run..x=1",
                "=1",
            ]
            .map(fault)
            .join("\n")
        );
    }

    #[test]
    fn a_wrong_value_is_told_as_a_setting_and_not_in_the_file() {
        insta::assert_snapshot!(
            [
                "run.horizon=many",
                "run.horizon=-3",
                "run.period=monthly",
                "stages.new.to.gone=nan",
                "stages.old.to.gone=2026-01-01",
                "stages.old.to.gone={ chnace = 1 }",
            ]
            .map(fault)
            .join("\n")
        );
    }

    #[test]
    fn an_equals_sign_in_quotes_belongs_to_the_path() {
        let setting = Setting::parse("stages.\"a=b\".to.c=x=y").unwrap();
        assert_eq!((setting.path.as_str(), setting.value.as_str()), ("stages.\"a=b\".to.c", "x=y"));
        assert!(Setting::parse("run.horizon").is_err());
    }
}
