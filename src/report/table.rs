//! Tables are the report's numbers as text, JSON and CSV.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::Report;
use super::alarm::alarm;
use super::amount::{Unit, write, write_bracketed, write_probability, write_signed_bracketed};
use super::inert::inert;
use super::outcome::{brackets, change, footnote, level};
use crate::estimate::summary::{Contrast, Summary};
use crate::model::facts::{Facts, Use};
use crate::model::metric::{Metric, PLAIN};
use crate::stats::estimate::Estimate;

/// How many letters wide scenarios' names may be in a terminal.
const NAME_WIDTH: usize = 24;
/// How many letters wide headings may be in a terminal.
const HEAD_WIDTH: usize = 12;
/// How many letters wide sentences may be in a terminal.
const SENTENCE_WIDTH: usize = 100;

/// A number that cannot be written: it is not finite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a finite number")]
pub struct NotFinite(pub String);

/// The scenarios and their differences from the baseline, for a terminal, without colours.
pub fn terminal(report: &Report) -> String {
    let summary = &report.summary;
    let s = if summary.horizon == 1 { "" } else { "s" };
    let horizon = format!("{} {}{s}", summary.horizon, summary.period.noun());
    let money = if report.has_money() { format!(", money in {}", summary.currency) } else { String::new() };
    let mut parts: Vec<String> = alarm(report).map(|alarm| format!("ALARM: {alarm}\n")).into_iter().collect();
    parts.push(format!("Over {horizon}{money}\n{}\n", scenarios(report)));
    if !summary.contrasts.is_empty() {
        let baseline = report.title(&summary.baseline);
        parts.push(format!("Difference from {baseline}\n{}\n", contrasts(report)));
    }
    parts.extend(brackets(report).map(|said| wrapped(&said)));
    parts.extend(footnote(report).map(|said| wrapped(&said)));
    parts.extend(summary.left_out.iter().map(|line| format!("{line}\n")));
    parts.extend(summary.cautions.iter().map(|caution| wrapped(&format!("Note: {caution}"))));
    parts.join("\n")
}

/// A sentence in lines that a terminal has room for.
fn wrapped(text: &str) -> String {
    narrow(text, SENTENCE_WIDTH) + "\n"
}

fn empty_table(heads: &[String]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heads.iter().map(|head| narrow(head, HEAD_WIDTH)));
    table
}

/// Breaks a text between words so that no line has more letters than this, but for longer words.
fn narrow(text: &str, most: usize) -> String {
    let mut narrow = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if length > 0 && length + 1 + letters > most {
            narrow.push('\n');
            length = 0;
        } else if length > 0 {
            narrow.push(' ');
            length += 1;
        }
        narrow.push_str(word);
        length += letters;
    }
    narrow
}

fn align(table: &mut Table) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn scenarios(report: &Report) -> Table {
    let shown = shown(report);
    let heads = std::iter::once("Scenario").chain(shown.iter().map(|its| its.title));
    let mut table = empty_table(&heads.map(str::to_owned).collect::<Vec<_>>());
    for scenario in &report.summary.scenarios {
        let value = |its: &&Facts| {
            level(scenario, its.name)
                .map_or("–".to_owned(), |e| write_bracketed(Unit::of(its.name), &e).replace(" [", "\n["))
        };
        let title = std::iter::once(narrow(report.title(&scenario.name), NAME_WIDTH));
        table.add_row(title.chain(shown.iter().map(value)).collect::<Vec<_>>());
    }
    align(&mut table);
    table
}

/// The metrics that tables of this report show: what was counted, and no money where there is none.
pub fn shown(report: &Report) -> Vec<&'static Facts> {
    used(report, &[Use::Table])
}

/// Those that the table of the page shows.
pub fn on_page(report: &Report) -> Vec<&'static Facts> {
    used(report, &[Use::Table, Use::Page])
}

fn used(report: &Report, uses: &[Use]) -> Vec<&'static Facts> {
    let has = |metric: &str| report.summary.scenarios.iter().any(|s| s.metrics.contains_key(metric));
    let all = PLAIN.iter().map(|metric| metric.facts()).filter(|facts| uses.iter().any(|its| facts.is_for(*its)));
    all.filter(|its| has(its.name) && report.counts(its.name)).collect()
}

/// The metrics whose differences tables of this report show.
pub fn compared(report: &Report) -> Vec<&'static Facts> {
    let compared = PLAIN.iter().map(|metric| metric.facts()).filter(|facts| facts.is_for(Use::Comparison));
    compared.filter(|its| report.counts(its.name)).collect()
}

fn contrasts(report: &Report) -> Table {
    let mut heads = vec!["Scenario".to_owned()];
    let (compared, money) = (compared(report), report.has_money());
    heads.extend(compared.iter().map(|its| its.title.to_owned()));
    heads.extend(money.then(|| "Better".to_owned()));
    heads.push("Affected customers".to_owned());
    let mut table = empty_table(&heads);
    for contrast in &report.summary.contrasts {
        let mut row = vec![narrow(report.title(&contrast.scenario), NAME_WIDTH)];
        row.extend(compared.iter().map(|its| difference(contrast, its.name).replace(" [", "\n[")));
        row.extend(money.then(|| better(contrast)));
        row.push(write(Unit::Number, contrast.affected_customers));
        table.add_row(row);
    }
    align(&mut table);
    table
}

/// A difference with its outcomes, or the interval of its mean: `+1.20 M [0.90 to 1.50 M]`.
pub fn difference(contrast: &Contrast, metric: &str) -> String {
    let unit = Unit::of_difference(metric);
    change(contrast, metric).map_or("–".to_owned(), |shown| write_signed_bracketed(unit, &shown))
}

/// The share of replications in which a scenario is worth more than the baseline; a single one has no share.
pub fn better(contrast: &Contrast) -> String {
    let better = contrast.metrics.get(Metric::Npv.key()).and_then(|npv| npv.better);
    better.map_or("–".to_owned(), |better| write_probability(better.share))
}

/// The summary as JSON, indented, with a line break at the end.
///
/// # Errors
/// JSON has no way to write a number that is not finite: names the first.
pub fn summary_json(summary: &Summary) -> Result<String, NotFinite> {
    finite(summary)?;
    let text = serde_json::to_string_pretty(summary).map_err(|fault| NotFinite(fault.to_string()))?;
    Ok(text + "\n")
}

fn finite(summary: &Summary) -> Result<(), NotFinite> {
    let check = |value: f64, name: &dyn Fn() -> String| {
        if value.is_finite() { Ok(()) } else { Err(NotFinite(name())) }
    };
    check(summary.interval, &|| "interval".to_owned())?;
    for scenario in &summary.scenarios {
        let groups = [&scenario.metrics, &scenario.lines, &scenario.outcomes, &scenario.stages_at_end];
        for (name, estimate) in groups.into_iter().flatten() {
            for value in numbers(estimate) {
                check(value, &|| format!("{name} of scenario {}", scenario.name))?;
            }
        }
        for (name, value) in scenario.exact.iter().flatten() {
            check(*value, &|| format!("exact {name} of scenario {}", scenario.name))?;
        }
        for (name, controlled) in &scenario.controlled {
            for value in numbers(&controlled.estimate).into_iter().chain([controlled.residual_variance_share]) {
                check(value, &|| format!("controlled {name} of scenario {}", scenario.name))?;
            }
        }
    }
    for contrast in &summary.contrasts {
        check(contrast.affected_customers, &|| format!("affected_customers of scenario {}", contrast.scenario))?;
        for (name, difference) in &contrast.metrics {
            let better = difference.better.map(|better| [better.share, better.low, better.high]).unwrap_or_default();
            for value in numbers(&difference.estimate).into_iter().chain(better) {
                check(value, &|| format!("the difference in {name} of scenario {}", contrast.scenario))?;
            }
        }
    }
    Ok(())
}

fn numbers(estimate: &Estimate) -> [f64; 4] {
    [estimate.mean, estimate.standard_error.unwrap_or(0.0), estimate.low, estimate.high]
}

/// Every metric over time. `standard_error`, `low` and `high` are empty where nothing is known of them.
pub fn timeline_csv(report: &Report) -> String {
    let mut rows = vec![
        ["scenario", "segment", "period", "metric", "mean", "standard_error", "low", "high"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for series in &report.series {
        for (period, estimate) in series.values.iter().enumerate() {
            let mut row = vec![text(&series.scenario), text(&series.segment), period.to_string(), text(&series.metric)];
            row.extend(cells(estimate));
            rows.push(row);
        }
    }
    csv(&rows)
}

/// Every difference from the baseline.
pub fn contrasts_csv(report: &Report) -> String {
    let heads = "scenario,baseline,metric,mean,standard_error,low,high,probability_better,probability_better_low,\
                 probability_better_high,affected_customers";
    let mut rows: Vec<Vec<String>> = vec![heads.split(',').map(str::to_owned).collect()];
    for contrast in &report.summary.contrasts {
        for (metric, difference) in &contrast.metrics {
            let mut row = vec![text(&contrast.scenario), text(&contrast.baseline), text(metric)];
            row.extend(cells(&difference.estimate));
            let better = difference.better.map(|better| [better.share, better.low, better.high].map(|p| p.to_string()));
            row.extend(better.unwrap_or_default());
            row.push(contrast.affected_customers.to_string());
            rows.push(row);
        }
    }
    csv(&rows)
}

fn text(name: &str) -> String {
    inert(name).into_owned()
}

fn cells(estimate: &Estimate) -> [String; 4] {
    let ends = estimate.ends();
    let known = [estimate.standard_error, ends.map(|ends| ends.low), ends.map(|ends| ends.high)];
    let [error, low, high] = known.map(|number| number.map(|number| number.to_string()).unwrap_or_default());
    [estimate.mean.to_string(), error, low, high]
}

fn csv(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail, and every row has as many cells as the first.
        let _ = writer.write_record(row);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_terminal_shows_every_scenario_and_every_difference() {
        let text = terminal(&fixture::report());
        for word in
            ["Today", "Know me: one view", "Reach me", "Affected", "pp]", "nine of ten", "intervals of the mean"]
        {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(!text.contains('\u{1b}'));
        if let Some(folder) = std::env::var_os("POLKU_PICTURES") {
            std::fs::write(std::path::Path::new(&folder).join("plain.txt"), &text).unwrap();
        }
        let wide = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(wide <= 120, "{wide}\n{text}");
    }

    #[test]
    fn a_study_without_money_has_no_columns_of_money() {
        let text = terminal(&fixture::moneyless());
        assert!(text.starts_with("Over 36 months\n") && text.contains("Retention"), "{text}");
        assert!(!["Revenue", "Margin", "value", "Better", "EUR"].iter().any(|word| text.contains(word)), "{text}");
        assert!(terminal(&fixture::extremes()[1].1).starts_with("Over 1 month, money"));
    }

    #[test]
    fn a_single_scenario_has_one_table_and_a_single_replication_no_intervals() {
        let extremes = fixture::extremes();
        assert!(!terminal(&extremes[0].1).contains("Difference"));
        let single = terminal(&extremes[2].1);
        assert!(!single.contains('±') && !single.contains('['), "{single}");
    }

    #[test]
    fn json_reads_back_with_the_same_numbers() {
        let summary = fixture::report().summary;
        let value: serde_json::Value = serde_json::from_str(&summary_json(&summary).unwrap()).unwrap();
        assert_eq!(value["contrasts"][1]["scenario"], "reach_me");
        let mean = summary.scenarios[2].metrics["revenue"].mean;
        assert_eq!(value["scenarios"][2]["metrics"]["revenue"]["mean"].as_f64(), Some(mean));
        assert_eq!(value["period"], "month");
    }

    #[test]
    fn json_refuses_what_is_not_finite_and_says_where() {
        let mut summary = fixture::report().summary;
        summary.contrasts[0].metrics["npv"].estimate.high = f64::NAN;
        assert_eq!(
            summary_json(&summary).unwrap_err().to_string(),
            "the difference in npv of scenario know_me is not a finite number"
        );
        let mut summary = fixture::report().summary;
        summary.scenarios[1].metrics["npv"].mean = f64::INFINITY;
        assert_eq!(summary_json(&summary), Err(NotFinite("npv of scenario know_me".to_owned())));
    }

    #[test]
    fn every_csv_row_has_the_cells_that_its_header_names() {
        for (case, report) in fixture::extremes() {
            for (text, cells) in [(timeline_csv(&report), 8), (contrasts_csv(&report), 11)] {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
                for row in reader.records() {
                    assert_eq!(row.unwrap().len(), cells, "{case}");
                }
            }
        }
        let report = fixture::report();
        let timeline = timeline_csv(&report);
        assert!(timeline.starts_with("scenario,segment,period,metric,mean,standard_error,low,high\n"));
        let rows: usize = report.series.iter().map(|s| s.values.len()).sum();
        assert_eq!(timeline.lines().count(), rows + 1);
        assert!(contrasts_csv(&report).starts_with(
            "scenario,baseline,metric,mean,standard_error,low,high,probability_better,probability_better_low,\
             probability_better_high,affected_customers\n"
        ));
    }

    #[test]
    fn an_unknown_error_is_an_empty_cell() {
        let single = &fixture::extremes()[2].1;
        assert!(timeline_csv(single).lines().nth(1).unwrap().starts_with("today,all,0,retention,1,,,"));
        let empty = |line: &str| line.split(',').skip(5).all(str::is_empty);
        assert!(timeline_csv(single).lines().skip(1).all(empty));
    }
}
