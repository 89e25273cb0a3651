//! Explaining shows diagnostics to people (a snippet of the file, why, and how to fix it) and to machines (JSON).

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::json;

use crate::diagnostic::{Diagnostic, Severity};
use crate::legible::{line, lines};
use crate::study::source::Source;

/// Whether a text for a terminal is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Plain,
    /// With ANSI escape codes.
    Ansi,
}

/// Diagnostics for people, one after the other, and a closing line that counts them; empty where there are none.
/// The diagnostics must have been located in the source.
pub fn explain(diagnostics: &[Diagnostic], source: &Source, colour: Colour) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(renderer.render(&[group(diagnostic, source)]).trim_end());
        text.push_str("\n\n");
    }
    text.push_str(&closing(diagnostics, source));
    text.push('\n');
    text
}

/// Diagnostics for machines: one JSON object with the file, the counts and the diagnostics.
pub fn to_json(diagnostics: &[Diagnostic], source: &Source) -> serde_json::Value {
    json!({
        "file": source.name,
        "errors": count(diagnostics, Severity::Error),
        "warnings": count(diagnostics, Severity::Warning),
        "diagnostics": diagnostics,
    })
}

fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
}

/// `3 errors, 1 warning in scenarios/x.toml`
fn closing(diagnostics: &[Diagnostic], source: &Source) -> String {
    let counted = [(Severity::Error, "error"), (Severity::Warning, "warning")];
    let counts: Vec<String> = counted
        .into_iter()
        .map(|(severity, noun)| (count(diagnostics, severity), noun))
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
        .collect();
    format!("{} in {}", counts.join(", "), line(&source.name))
}

fn group<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.what.as_str());
    let mut group = match snippet(diagnostic, source) {
        Some(snippet) => title.element(snippet),
        None => title.element(Origin::path(source.name.as_str())),
    };
    for place in diagnostic.places.iter().filter(|place| place.span.is_none() && !place.label.is_empty()) {
        let path = if place.path.is_empty() { String::new() } else { format!("{}: ", place.path) };
        group =
            group.element(Level::NOTE.with_name("where").message(line(&format!("{path}{}", place.label)).into_owned()));
    }
    for (name, said) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
        if !said.is_empty() {
            group = group.element(Level::HELP.with_name(name).message(lines(said)));
        }
    }
    group
}

/// The lines of the file that a diagnostic points at; only these lines are cut out of the text,
/// because a file may be large.
fn snippet<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Option<Snippet<'a, Annotation<'a>>> {
    let text = source.text.as_str();
    let spans: Vec<_> = diagnostic.places.iter().filter_map(|place| Some((place, place.span.clone()?))).collect();
    let first = spans.iter().map(|(_, span)| span.start).min()?;
    let last = spans.iter().map(|(_, span)| span.end).max()?;
    let start = text.get(..first)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = text.get(last..)?.find('\n').map_or(text.len(), |newline| last + newline);
    // The end of a line is no part of what it says.
    let end = if text[last..end].ends_with('\r') { end - 1 } else { end };
    let (line, _) = source.line_and_column(start);
    let annotations = spans.into_iter().enumerate().map(|(at, (place, span))| {
        let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (!place.label.is_empty()).then_some(place.label.as_str());
        kind.span(span.start - start..span.end - start).label(label)
    });
    Some(Snippet::source(text.get(start..end)?).line_start(line).path(source.name.as_str()).annotations(annotations))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;

    fn source() -> Source {
        Source::new(
            "scenarios/x.toml",
            "scenarios",
            "[run]\nperiod = \"monthly\"\nhorizon = \"36\"\n\n[stages.trial.to]\npaid = 0.3\n\"vägen ut\" = 2026-01-01\nlapsed = 0.78\n",
        )
    }

    fn faults(source: &Source) -> Vec<Diagnostic> {
        let mut faults = Study::parse(source).unwrap_err().into_list();
        let mut row = Diagnostic::error("the chances of leaving `trial` add up to 1.08")
            .at_with("stages.trial.to.paid", "trial -> paid     0.30")
            .at_with("stages.trial.to.lapsed", "trial -> lapsed   0.78")
            .why("`guided_setup` multiplies trial -> paid by 1.4 from period 9")
            .help("give the effect as odds (`odds = 1.4`), which can never pass 1");
        let mut warning = Diagnostic::warning("stage `trial` can never be reached").at("stages.trial");
        source.locate(&mut row);
        source.locate(&mut warning);
        faults.push(row);
        faults.push(warning);
        faults
    }

    #[test]
    fn a_fault_shows_where_what_why_and_how_to_fix_it() {
        let source = source();
        insta::assert_snapshot!(explain(&faults(&source), &source, Colour::Plain));
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let source = source();
        let coloured = explain(&faults(&source), &source, Colour::Ansi);
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            explain(&faults(&source), &source, Colour::Plain)
        );
    }

    #[test]
    fn nothing_to_explain_is_no_text() {
        assert_eq!(explain(&[], &source(), Colour::Plain), "");
    }

    #[test]
    fn json_counts_and_names_places() {
        let source = source();
        let json = to_json(&faults(&source), &source);
        assert_eq!(json["file"], "scenarios/x.toml");
        assert_eq!(json["warnings"], 1);
        let horizon =
            json["diagnostics"].as_array().unwrap().iter().find(|fault| fault["places"][0]["path"] == "run.horizon");
        assert_eq!(horizon.unwrap()["places"][0]["line"], 3);
        assert_eq!(horizon.unwrap()["severity"], "error");
    }

    #[test]
    fn any_span_of_any_file_can_be_shown() {
        for text in
            ["", "x", "x = 1\r\ny = \"", "\u{feff}ä = [", "a = 1\na = 2", "x = \"\"\"\n\n\n", "x = [1,\n2,\n\"\u{7}"]
        {
            let source = Source::new("x.toml", "", text);
            let faults = Study::parse(&source).unwrap_err();
            assert!(explain(&faults, &source, Colour::Ansi).contains("x.toml"));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_explaining_panic(text in "([a-c]|[\\[\\]{}\"'=.,#\\\\]|[ \\r\\n\\t]|[ä😀\u{301}\u{0}]|[0-9.e]){0,60}") {
            let source = Source::new("x.toml", "", text);
            let faults = Study::parse(&source).unwrap_err();
            for colour in [Colour::Plain, Colour::Ansi] {
                proptest::prop_assert!(explain(&faults, &source, colour).contains("x.toml"));
            }
        }
    }
}
