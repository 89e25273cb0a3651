//! The page: everything that a report holds in one HTML file, which asks nothing of the network and runs no script.

use minijinja::value::Value;
use minijinja::{Environment, HtmlEscape, context, escape_formatter};

use super::alarm::{alarm, audited, is_alarming};
use super::amount::{Unit, sentence_case, write, write_beside, write_bracketed, write_count, write_estimate};
use super::answer::answers;
use super::bidi::isolated;
use super::font;
use super::gallery::Gallery;
use super::glossary::glossary;
use super::headline::headline;
use super::outcome::{brackets, footnote, level};
use super::palette::scenario;
use super::sections::{figures, sections};
use super::table::{better, compared, difference, on_page};
use super::{Assumption, Report};
use crate::engine::exact::depth::Depth;
use crate::estimate::summary::ScenarioSummary;
use crate::legible;
use crate::model::facts::{Dimension, Facts};
use crate::model::reported::named;
use crate::stats::estimate::Estimate;
use crate::study::remark::Remark;

const TEMPLATE: &str = include_str!("report.html");
/// Where the fonts go.
const FONTS: &str = "/* fonts */";

/// The page as one HTML file, with the charts of the report.
///
/// # Errors
/// Only where the template is at fault, which the tests would show.
pub fn page(report: &Report, gallery: &Gallery) -> Result<String, minijinja::Error> {
    let summary = &report.summary;
    let headline = headline(report);
    let (shown, compared) = (on_page(report), compared(report));
    let mut gallery = gallery.clone();
    let metrics = std::mem::take(&mut gallery.metrics);
    let mut environment = Environment::new();
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => escape_formatter(out, state, &Value::from(&*isolated(&legible::lines(text)))),
        _ => escape_formatter(out, state, value),
    });
    environment.add_template("report.html", TEMPLATE)?;
    let page = environment.get_template("report.html")?.render(context! {
        fonts => Value::from_safe_string(FONTS.to_owned()),
        study => summary.study.as_str(),
        description => report.description.as_str(),
        alarm => alarm(report),
        audited => audited(report),
        headline => headline.sentence,
        warning => headline.warning,
        footnote => footnote(report),
        brackets => brackets(report),
        baseline => report.title(&summary.baseline),
        currency => summary.currency.as_str(),
        noun => summary.period.noun(),
        horizon => summary.horizon,
        level => format!("{:.0}", summary.interval * 100.0),
        replications => write_count(summary.replications),
        agents => write_count(summary.agents),
        customers => write_count(summary.customers),
        seed => summary.seed,
        doubted => summary.replications > 1,
        scenario_heads => shown.iter().map(|its| head(report, its)).collect::<Vec<_>>(),
        scenarios => scenario_rows(report, &shown),
        contrast_heads => compared.iter().map(|its| head(report, its)).collect::<Vec<_>>(),
        contrasts => contrast_rows(report, &compared),
        money => report.has_money(),
        glossary => glossary(report),
        version => env!("CARGO_PKG_VERSION"),
        study_digest => report.study_digest.as_str(),
        figures => figures(metrics),
        answers => answered(report),
        sections => sections(report, gallery),
        checks => checks(report),
        at_medians => report.summary.exact_at == Some(Depth::Medians),
        why_not_exact => report.why_not_exact.as_deref(),
        assumptions => assumptions(report),
        has_remarks => report.assumptions.iter().any(|its| its.remark != Remark::default()),
        notes => report.notes.iter().chain(&report.summary.left_out).cloned().collect::<Vec<_>>(),
    })?;
    // Which fonts the page needs is known when all of its text is there.
    Ok(page.replacen(FONTS, &font::style_sheet(&page), 1))
}

/// A column's heading with its unit, where it is money.
fn head(report: &Report, its: &Facts) -> String {
    match its.dimension {
        Dimension::Money => format!("{}, {}", its.title, report.summary.currency),
        Dimension::Periods => format!("{}, {}s", its.title, report.summary.period.noun()),
        Dimension::Share
        | Dimension::Score
        | Dimension::Customers
        | Dimension::Purchases
        | Dimension::Times
        | Dimension::Minutes
        | Dimension::People
        | Dimension::Own => its.title.to_owned(),
    }
}

/// A scenario with the cells of its row.
fn row(report: &Report, name: &str, cells: Vec<String>) -> Value {
    context! {
        title => report.title(name),
        colour => scenario(report, name).ink.hex(),
        baseline => name == report.summary.baseline,
        about => report.scenario_descriptions.get(name).map_or("", String::as_str),
        cells => cells,
    }
}

fn scenario_rows(report: &Report, shown: &[&Facts]) -> Vec<Value> {
    let cells = |scenario: &ScenarioSummary| {
        let cell = |its: &&Facts| {
            level(scenario, its.name).map_or("–".to_owned(), |e| write_bracketed(Unit::of(its.name), &e))
        };
        shown.iter().map(cell).collect()
    };
    report.summary.scenarios.iter().map(|s| row(report, &s.name, cells(s))).collect()
}

fn contrast_rows(report: &Report, compared: &[&Facts]) -> Vec<Value> {
    let contrasts = report.summary.contrasts.iter().map(|contrast| {
        let mut cells: Vec<String> = compared.iter().map(|its| difference(contrast, its.name)).collect();
        cells.extend(report.has_money().then(|| better(contrast)));
        cells.push(write(Unit::Number, contrast.affected_customers));
        row(report, &contrast.scenario, cells)
    });
    contrasts.collect()
}

fn answered(report: &Report) -> Vec<Value> {
    let answered = answers(report).into_iter();
    answered.map(|found| context! { question => found.question, answer => found.answer }).collect()
}

/// Simulated means beside their exact expectations.
fn checks(report: &Report) -> Vec<Value> {
    let mut checks = Vec::new();
    let at_medians = report.summary.exact_at == Some(Depth::Medians);
    for scenario in &report.summary.scenarios {
        let mut first = true;
        for (metric, exact) in scenario.exact.iter().flatten() {
            let Some(simulated) = scenario.metrics.get(metric).or_else(|| scenario.outcomes.get(metric)) else {
                continue;
            };
            if !report.counts(metric) {
                continue;
            }
            checks.push(context! {
                scenario => report.title(&scenario.name),
                first => std::mem::take(&mut first),
                metric => words(metric),
                simulated => write_estimate(Unit::of(metric), simulated),
                exact => write_beside(Unit::of(metric), *exact, simulated),
                // The simulation draws what is uncertain, and need not agree with what is expected at the medians.
                apart => if at_medians { "–".to_owned() } else { apart(simulated, *exact) },
                alarming => is_alarming(report, &scenario.name, metric),
            });
        }
    }
    checks
}

/// A metric as people say it; an outcome's name as it was written.
fn words(metric: &str) -> String {
    match named(metric) {
        Some((facts, "")) => facts.title.to_owned(),
        _ => sentence_case(&metric.replace('_', " ")),
    }
}

fn assumptions(report: &Report) -> Vec<Value> {
    let row = |a: &Assumption| {
        let said = [&a.remark.source, &a.remark.note, &a.remark.owner].map(|its| its.as_deref().unwrap_or_default());
        let [source, note, owner] = said;
        context! {
            part => a.part.as_str(), path => breakable(&a.path), value => a.value.as_str(), unit => a.unit.as_str(),
            place => a.place.as_str(), source, note, owner,
        }
    };
    report.assumptions.iter().map(row).collect()
}

/// A path that may be broken between its names, and still be copied whole.
fn breakable(path: &str) -> Value {
    Value::from_safe_string(HtmlEscape(path).to_string().replace('.', ".<wbr>"))
}

/// How many standard errors lie between a mean and its expectation; a dash where nothing is known of the error.
fn apart(simulated: &Estimate, exact: f64) -> String {
    match simulated.standard_error {
        Some(error) if error > 0.0 => format!("{:.1}", (simulated.mean - exact).abs() / error),
        _ => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{self, rich};
    use crate::report::gallery::charts;

    fn page(report: &Report) -> Result<String, minijinja::Error> {
        super::page(report, &Gallery::of(report))
    }

    #[test]
    fn the_page_asks_nothing_of_the_network_and_runs_no_script() {
        let page = page(&fixture::report()).unwrap();
        for word in ["<script", "<link", "<img", "<iframe", "@import", "url(http", "src=", "javascript:"] {
            assert!(!page.contains(word), "{word}");
        }
        let namespaces = page.matches("http").count();
        assert_eq!(namespaces, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
    }

    #[test]
    fn what_people_wrote_is_escaped() {
        let page = page(&fixture::wide()).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;"), "the description");
        assert!(page.contains("A retailer&#x27;s &lt;next&gt; three years &amp; beyond"));
        assert!(!page.contains("<b>") && !page.contains("<next>"));
    }

    #[test]
    fn fonts_are_embedded_once_and_every_chart_is_there_with_its_words() {
        let report = fixture::report();
        let page = page(&report).unwrap();
        assert_eq!(page.matches("@font-face").count(), 2);
        for chart in charts(&report) {
            assert!(page.contains(&format!("<title id=\"{}-title\">", chart.name)), "{}", chart.name);
        }
        assert_eq!(page.matches("role=\"img\"").count(), charts(&report).len());
        assert!(page.contains("Know me: one view of the customer") && page.contains("retailer.toml:87"));
        assert!(page.contains("One view of each customer.") && page.contains("Word of mouth is left out."));
    }

    #[test]
    fn answers_and_sections_stand_where_there_is_a_business_and_nowhere_else() {
        let titles = ["The roadmap", "Targets", "What it costs", "How sure the numbers"];
        let (with, without) = (page(&rich::report()).unwrap(), page(&fixture::report()).unwrap());
        for title in titles {
            let heading = format!("<h2>{title}");
            assert!(with.contains(&heading) && !without.contains(&heading), "{title}");
        }
        assert!(with.contains("<dt>When it pays back</dt>") && !without.contains("class=\"answers\""));
        let ids = with.matches("<figure id=").count();
        assert_eq!(ids, charts(&rich::report()).len());
    }

    #[test]
    fn a_page_without_money_speaks_of_none() {
        let page = page(&fixture::moneyless()).unwrap();
        for word in ["Net present value", "net present value", "Better in", "Revenue", ", EUR", "EUR "] {
            assert!(!page.contains(word), "{word}");
        }
    }

    #[test]
    fn the_page_says_what_its_words_mean_and_which_run_it_is() {
        let page = page(&fixture::report()).unwrap();
        assert!(page.contains("<h2>What the words mean</h2>") && page.contains("<dt>Contribution margin</dt>"));
        let foot = format!("polku {}, seed 2026, study 0123456789ab", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&foot), "{foot}");
    }

    #[test]
    fn exact_numbers_are_compared_or_their_absence_is_explained() {
        assert!(page(&fixture::report()).unwrap().contains("Standard errors apart"));
        assert!(page(&fixture::wide()).unwrap().contains("customers influence each other"));
    }

    #[test]
    fn every_extreme_report_has_a_page_and_the_same_one_each_time() {
        for (case, report) in fixture::extremes().into_iter().chain(rich::extremes()) {
            let page = page(&report).unwrap_or_else(|fault| panic!("{case}: {fault}"));
            assert!(page.trim_end().ends_with("</html>"), "{case}");
            assert!(!page.contains("NaN"), "{case}");
        }
        let report = fixture::report();
        assert_eq!(page(&report).unwrap(), page(&report).unwrap());
        if let Some(folder) = std::env::var_os("POLKU_PICTURES") {
            let folder = std::path::Path::new(&folder);
            std::fs::write(folder.join("plain.html"), page(&report).unwrap()).unwrap();
            for (case, report) in rich::extremes() {
                std::fs::write(folder.join(format!("{case}.html")), page(&report).unwrap()).unwrap();
            }
            std::fs::write(folder.join("business.html"), page(&rich::report()).unwrap()).unwrap();
            std::fs::write(folder.join("wide.html"), page(&fixture::wide()).unwrap()).unwrap();
            std::fs::write(folder.join("single.html"), page(&fixture::extremes()[0].1).unwrap()).unwrap();
        }
    }
}
