//! Annotations are lines that a GitHub workflow shows beside the lines of a file.
//!
//! The form: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. What ends a property or a
//! line is escaped, so that no study can give a command.

use super::finding::Finding;
use super::gate::{Judged, Verdict};
use crate::diagnostic::{Diagnostic, Place, Severity};

/// The annotations of one study: its faults and warnings, its targets, and what else kept the check from an answer.
pub fn annotations(finding: &Finding) -> String {
    let file = &finding.file;
    let mut text: String = finding.diagnostics.iter().map(|diagnostic| of_diagnostic(file, diagnostic)).collect();
    if let Some(gated) = &finding.gated {
        let title = &gated.title;
        text.extend(gated.targets.iter().map(|judged| of_target(file, judged, gated.level_of(judged), title)));
    }
    text.extend(finding.obstacle().map(|obstacle| annotation("error", file, None, obstacle)));
    text
}

fn of_diagnostic(file: &str, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = diagnostic.what.clone();
    let labels = diagnostic.places.iter().filter(|place| !place.label.is_empty());
    text.extend(labels.map(|place| format!("\n{}: {}", place.path, place.label)));
    for (name, said) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
        if !said.is_empty() {
            text.push_str(&format!("\n{name}: {said}"));
        }
    }
    annotation(level, file, diagnostic.places.first(), &text)
}

fn of_target(file: &str, judged: &Judged, level: &str, title: &str) -> String {
    let otherwise = if judged.otherwise.is_empty() || judged.verdict == Verdict::Reached {
        String::new()
    } else {
        format!("\nif missed: {}", judged.otherwise)
    };
    let text = format!("{} {}: {}{otherwise}", title, judged.verdict.name(), judged.said());
    annotation(level, file, Some(&judged.place), &text)
}

fn annotation(level: &str, file: &str, place: Option<&Place>, text: &str) -> String {
    let at = place.filter(|place| place.line > 0);
    let at = at.map_or_else(String::new, |place| format!(",line={},col={}", place.line, place.column));
    format!("::{level} file={}{at}::{}\n", property(file), message(text))
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_property_or_gives_a_command() {
        let mut fault = Diagnostic::error("100% wrong\r\n::stop-commands::x").at_with("a.b", "here").help("none");
        fault.places[0].line = 3;
        fault.places[0].column = 5;
        assert_eq!(
            of_diagnostic("a,line=1::b\n.toml", &fault),
            "::error file=a%2Cline=1%3A%3Ab%0A.toml,line=3,col=5::\
             100%25 wrong%0D%0A::stop-commands::x%0Aa.b: here%0Ahelp: none\n"
        );
        assert_eq!(of_diagnostic("x", &Diagnostic::warning("y")), "::warning file=x::y\n");
    }
}
