//! Assembles a report from a model, its runs and the text of its study.

use crate::engine::cohort::obstacles;
use crate::estimate::runs::Runs;
use crate::model::Model;
use crate::model::change::Change;
use crate::study::path::ParamPath;
use crate::study::source::Source;

use super::{Assumption, Report};

impl Report {
    /// The report of a model's runs; the source says where every number was written.
    pub fn of(model: &Model, runs: &Runs<'_>, source: &Source) -> Self {
        let stages = model.stage_order.iter().map(|id| &model.stages[id.index()]);
        let why = obstacles(model);
        Self {
            summary: runs.summary(),
            series: runs.series(),
            stage_titles: stages.map(|stage| (stage.name.clone(), stage.title.clone())).collect(),
            samples: runs.samples(),
            description: model.description.trim().to_owned(),
            scenario_descriptions: model.scenarios.iter().map(|s| (s.name.clone(), s.description.clone())).collect(),
            assumptions: assumptions(model, source),
            notes: notes(model),
            why_not_exact: (!why.is_empty()).then(|| why.join("; ")),
        }
    }
}

/// Every number with a path and every change, in the order of the file.
fn assumptions(model: &Model, source: &Source) -> Vec<Assumption> {
    let mut found: Vec<(usize, Assumption)> = Vec::new();
    for param in model.params.iter().filter(|param| param.element.unwrap_or(0) == 0) {
        // A list and a sojourn are one assumption each; amounts of changes are told with their change.
        let written = if param.element.is_some() {
            param
                .written
                .parent()
                .filter(|_| param.written.names().last() == Some(&"0"))
                .unwrap_or_else(|| param.written.clone())
        } else {
            param.written.clone()
        };
        if is_amount(&param.written) {
            continue;
        }
        found.extend(assumption(source, &param.path, &written, None));
    }
    for change in changes(model) {
        found.extend(assumption(source, &change.written, &change.written, Some(describe(model, change, source))));
    }
    found.sort_by_key(|(at, _)| *at);
    found.dedup_by(|a, b| a.1 == b.1);
    found.into_iter().map(|(_, assumption)| assumption).collect()
}

/// All changes: of segments, of initiatives, of scenarios; those used twice come twice and are told once.
fn changes(model: &Model) -> impl Iterator<Item = &Change> {
    let segments = model.segments.iter().flat_map(|segment| &segment.changes);
    segments.chain(model.scenarios.iter().flat_map(|scenario| &scenario.changes))
}

/// Whether a path is the amount of a change.
fn is_amount(path: &ParamPath) -> bool {
    matches!(path.names()[..], [_, _, "effects" | "changes", ..])
}

fn describe(model: &Model, change: &Change, source: &Source) -> String {
    let amount = &model.params[change.amount.index()];
    let value = written_text(source, &amount.written).unwrap_or_default();
    let mut text = format!("{} {}", change.op.key(), value.trim_matches('"'));
    if change.from > 0 {
        text.push_str(&format!(" from period {}", change.from));
    }
    if change.until < u32::MAX {
        text.push_str(&format!(" until period {}", change.until));
    }
    let target =
        source.span_of(&change.written.child("target")).map(|span| source.text[span].trim_matches('"').to_owned());
    format!("{}: {text}", target.unwrap_or_default())
}

fn written_text(source: &Source, path: &ParamPath) -> Option<String> {
    let text = source.written(path)?;
    // A list or a long table shows its beginning.
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(90).collect();
    Some(if short.len() < line.len() { format!("{short} …") } else { short })
}

fn assumption(
    source: &Source,
    path: &ParamPath,
    written: &ParamPath,
    value: Option<String>,
) -> Option<(usize, Assumption)> {
    let span = source.span_of(written)?;
    let (line, _) = source.line_and_column(span.start);
    let names = path.names();
    let owner = match names[..] {
        ["segments", name, ..] => format!("segment {name}"),
        ["initiatives", name, ..] => format!("initiative {name}"),
        ["scenarios", name, ..] => format!("scenario {name}"),
        _ => "study".to_owned(),
    };
    let value = value.or_else(|| written_text(source, written)).unwrap_or_default();
    let file = std::path::Path::new(&source.name)
        .file_name()
        .map_or_else(|| source.name.clone(), |name| name.to_string_lossy().into_owned());
    let place = format!("{file}:{line}");
    Some((span.start, Assumption { owner, path: path.to_string(), value: value.trim_matches('"').to_owned(), place }))
}

/// What a reader should know before trusting the numbers.
fn notes(model: &Model) -> Vec<String> {
    let mut notes = Vec::new();
    if u64::from(model.run.agents) < model.run.customers {
        let each = model.run.customers as f64 / f64::from(model.run.agents);
        notes.push(format!("Each simulated customer stands for {each:.1} real ones, so chance looks larger here than it would be for the whole business."));
    }
    if model.is_uncertain() {
        notes.push("Intervals of levels hold two doubts: what the uncertain numbers are, drawn once per replication, and what chance does to customers.".to_owned());
    }
    if model.is_coupled() {
        notes.push(
            "Customers hear from each other one period late, so that nobody's turn comes before another's.".to_owned(),
        );
    }
    if model.run.replications < 30 {
        notes.push(format!(
            "With {} replications intervals are wide, and their level is only as good as Student's t makes it.",
            model.run.replications
        ));
    }
    notes
}
