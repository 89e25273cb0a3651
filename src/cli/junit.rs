//! `JUnit` XML is what build servers read as results of tests: a suite for each study, a case for each target.
//!
//! The form: <https://github.com/testmoapp/junitxml>.

use super::explain::{Colour, explain};
use super::finding::Finding;
use super::gate::{Gated, Judged, Verdict};
use crate::legible::{line, lines};

/// One test case.
struct Case {
    name: String,
    line: usize,
    outcome: Outcome,
}

/// How a case ended.
enum Outcome {
    Passed,
    /// It could not be judged; with a text.
    Skipped(String),
    /// With its kind, a first line and a text.
    Failed(&'static str, String, String),
    /// It could not be tried at all.
    Broken(String),
}

/// All findings as one document.
pub fn junit(findings: &[Finding]) -> String {
    let suites: String = findings.iter().map(suite).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"polku check\">\n{suites}</testsuites>\n")
}

fn suite(finding: &Finding) -> String {
    let mut cases = vec![study(finding)];
    if let Some(gated) = &finding.gated {
        cases.extend(gated.targets.iter().map(|judged| target(gated, judged)));
    }
    let count = |wanted: fn(&Outcome) -> bool| cases.iter().filter(|case| wanted(&case.outcome)).count();
    let name = attribute(&finding.file);
    let rows: String = cases.iter().map(|case| row(case, &name)).collect();
    format!(
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{rows}  </testsuite>\n",
        cases.len(),
        count(|its| matches!(its, Outcome::Failed(..))),
        count(|its| matches!(its, Outcome::Broken(_))),
        count(|its| matches!(its, Outcome::Skipped(_))),
    )
}

/// Whether the study can be run.
fn study(finding: &Finding) -> Case {
    let outcome = match (&finding.source, finding.obstacle()) {
        (Some(source), _) if finding.is_wrong() => {
            let text = explain(&finding.diagnostics, source, Colour::Plain);
            Outcome::Failed("faults", text.trim_end().lines().last().unwrap_or_default().to_owned(), text)
        }
        (_, Some(obstacle)) => Outcome::Broken(obstacle.to_owned()),
        _ => Outcome::Passed,
    };
    Case { name: "study".to_owned(), line: 0, outcome }
}

fn target(gated: &Gated, judged: &Judged) -> Case {
    let text = judged.text();
    let outcome = match (judged.verdict, gated.level_of(judged)) {
        (Verdict::Reached, _) => Outcome::Passed,
        (_, "error") => Outcome::Failed(judged.verdict.name(), judged.said(), text),
        _ => Outcome::Skipped(judged.said()),
    };
    Case { name: format!("targets.{}", judged.name), line: judged.place.line, outcome }
}

fn row(case: &Case, file: &str) -> String {
    let at = if case.line > 0 { format!(" line=\"{}\"", case.line) } else { String::new() };
    let head = format!("    <testcase classname=\"{file}\" name=\"{}\" file=\"{file}\"{at}", attribute(&case.name));
    let within = match &case.outcome {
        Outcome::Passed => return format!("{head}/>\n"),
        Outcome::Skipped(said) => format!("<skipped message=\"{}\"/>", attribute(said)),
        Outcome::Broken(said) => format!("<error message=\"{}\" type=\"error\"/>", attribute(said)),
        Outcome::Failed(kind, said, whole) => {
            format!("<failure message=\"{}\" type=\"{kind}\">{}</failure>", attribute(said), content(whole))
        }
    };
    format!("{head}>\n      {within}\n    </testcase>\n")
}

/// Text between tags.
fn content(text: &str) -> String {
    lines(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text between quotes: one line.
fn attribute(text: &str) -> String {
    content(&line(text)).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_place() {
        assert_eq!(attribute("a\"<b>&'\n\u{1b}\u{fffe}"), r"a&quot;&lt;b&gt;&amp;'\u{a}\u{1b}\u{fffe}");
        assert_eq!(content("]]>\n\"<a>\""), "]]&gt;\n\"&lt;a&gt;\"");
    }
}
