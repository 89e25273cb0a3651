use std::io::{Cursor, Read};

use super::*;
use crate::estimate::summary::Estimator;
use crate::report::fixture;
use crate::stats::order::Bounded;

/// The text of a part of the package.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The text of a sheet by its name, as far as that is given.
fn sheet(bytes: &[u8], name: &str) -> String {
    let names = part(bytes, "xl/workbook.xml");
    let place = names.split("<sheet name=\"").skip(1).position(|its| its.starts_with(name)).unwrap();
    part(bytes, &format!("xl/worksheets/sheet{}.xml", place + 1))
}

#[test]
fn the_rate_is_one_named_cell_and_totals_are_formulas() {
    let bytes = workbook(&fixture::booked()).unwrap();
    let names = part(&bytes, "xl/workbook.xml");
    assert!(names.contains(r#"<definedName name="discount_rate">Compare!$B$4</definedName>"#), "{names}");
    let compare = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(compare.contains(r#"<c r="B4""#) && compare.contains("<v>0.08</v>"), "{compare}");
    assert!(compare.contains("<f>Today!$B$15</f>") || compare.contains("<f>'Today'!"), "{compare}");
    let scenario = sheet(&bytes, "Know me");
    for formula in ["SUM(", "SUMIF(", "(1+discount_rate)^(-", "valued_before_end)*years_per_period", "SUMPRODUCT(MAX("]
    {
        assert!(scenario.contains(formula), "{formula}");
    }
    assert!(scenario.contains("fitToWidth") || scenario.contains(r#"orientation="landscape""#));
}

#[test]
fn text_of_the_study_is_never_a_formula() {
    let mut report = fixture::booked();
    let hostile = ["=1+cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=HYPERLINK(\"x\")", "\u{1}=1"];
    for (assumption, text) in report.assumptions.iter_mut().zip(hostile) {
        assumption.value = text.to_owned();
        assumption.part = text.to_owned();
        assumption.remark.source = Some(text.to_owned());
    }
    report.summary.study = hostile[0].to_owned();
    for (scenario, text) in report.summary.scenarios.iter_mut().zip(&hostile[1..]) {
        scenario.title = (*text).to_owned();
    }
    for (line, text) in report.business.books.lines.iter_mut().zip(hostile) {
        line.title = text.to_owned();
    }
    report.business.targets[0].title = hostile[6].to_owned();
    let bytes = workbook(&report).unwrap();
    let sheets = part(&bytes, "xl/workbook.xml").matches("<sheet ").count();
    for sheet in 1..=sheets {
        let text = part(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"));
        for formula in text.split("<f>").skip(1) {
            let formula = formula.split("</f>").next().unwrap();
            assert!(!["cmd", "HYPERLINK", "@"].iter().any(|word| formula.contains(word)), "{formula}");
        }
    }
    assert!(
        part(&bytes, "xl/sharedStrings.xml").contains("=HYPERLINK(&quot;x&quot;)")
            || part(&bytes, "xl/sharedStrings.xml").contains("=HYPERLINK(\"x\")")
    );
}

#[test]
fn charts_show_cells_and_the_engines_figures_turn_grey_at_another_rate() {
    let mut report = fixture::booked();
    report.summary.scenarios[1].title = "=1+cmd|' /C calc'!A0".to_owned();
    let bytes = workbook(&report).unwrap();
    let charts = [1, 2, 3].map(|number| part(&bytes, &format!("xl/charts/chart{number}.xml")));
    for formula in charts.iter().flat_map(|chart| chart.split("<c:f>").skip(1)) {
        // The names of scenarios' sheets are quoted, and hold nothing that ends a quotation.
        assert!(["Compare!$", "Customers!$", "'"].iter().any(|start| formula.starts_with(start)), "{formula}");
    }
    assert!(charts[0].contains("<c:f>Compare!$C$20</c:f>"), "{}", charts[0]);
    assert!(charts[2].contains("<c:f>Customers!$B$6:$AL$6</c:f>"), "{}", charts[2]);
    let compare = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(compare.contains("<formula>ABS(discount_rate-0.08)&gt;1E-12</formula>"), "{compare}");
    let row = compare.split("<row ").find(|row| row.starts_with("r=\"20\"")).unwrap();
    assert!(row.contains("SUM") || row.contains("$B$5"), "the value beyond the baseline's stands there: {row}");
}

#[test]
fn customers_stand_beside_the_money() {
    let report = fixture::booked();
    let bytes = workbook(&report).unwrap();
    let sheet = sheet(&bytes, "Customers");
    for metric in ["active_customers", "retention"] {
        let last = report.over_time("know_me", metric).last().unwrap().mean;
        assert!(sheet.contains(&format!("<v>{last}</v>")), "{metric}: {last}");
    }
    let strings = part(&bytes, "xl/sharedStrings.xml");
    assert!(strings.contains(">Active customers<") && strings.contains(">Retention<"));
}

#[test]
fn years_percentiles_and_rates_have_their_sheets() {
    let report = fixture::booked();
    let bytes = workbook(&report).unwrap();
    let years = sheet(&bytes, "Years");
    let cash = report.business.books.scenarios[0].totals.len();
    assert!(cash > 0 && years.contains("fitToHeight=\"1\"") || years.contains("<pageSetup"), "{years}");
    // The last year's end, from the sheet of customers.
    let last = report.over_time("today", "active_customers").last().unwrap().mean;
    assert!(years.contains("<f>Customers!$") && years.contains(&format!("<v>{last}</v>")), "{last}");
    let percentiles = sheet(&bytes, "Percentiles");
    for its in report.summary.contrasts[0].percentiles.values() {
        for value in [its.p5, its.median, its.p95].map(|its| its.unwrap().value) {
            assert!(percentiles.contains(&format!("<v>{value}</v>")), "{value}");
        }
    }
    let rates = sheet(&bytes, "Rates");
    assert_eq!(rates.matches("IF(SIGN(").count(), 2 * 50 * 2, "two ends, in each row but the first, of two scenarios");
    let compare = sheet(&bytes, "Compare");
    let row = compare.split("<row ").find(|row| row.starts_with("r=\"21\"")).unwrap();
    assert!(row.contains("$B$6"), "the rate beyond the baseline's stands there: {row}");
}

#[test]
fn one_word_has_one_meaning_and_numbers_have_their_form() {
    let bytes = workbook(&fixture::booked()).unwrap();
    let strings = part(&bytes, "xl/sharedStrings.xml");
    assert!(strings.contains(">Contribution margin<") && !strings.contains(">Margin<t"), "{strings}");
    assert!(!strings.contains(">npv<") && strings.contains(">Net present value<"));
    let styles = part(&bytes, "xl/styles.xml");
    assert!(!styles.contains("0.####"), "a whole number would end in a point");
    assert!(strings.contains(">Revenue less cost of goods is the engine's margin<"));
}

#[test]
fn what_replications_are_too_few_for_is_said_to_be_so() {
    let mut report = fixture::booked();
    let strings = |report: &Report| part(&workbook(report).unwrap(), "xl/sharedStrings.xml");
    report.business.cases.iter_mut().for_each(|case| {
        let known = Bounded { value: 1.0, low: Some(0.0), high: None };
        (case.value_at_risk, case.expected_shortfall) = (Some(known), Some(known));
    });
    let told = strings(&report);
    assert!(!told.contains("too few replications") && told.contains(">open<"), "{told}");
    report.business.cases.iter_mut().for_each(|case| case.expected_shortfall = None);
    report.summary.cautions = vec!["With 9 replications intervals are wide.".to_owned()];
    let told = strings(&report);
    assert!(told.contains("too few replications") && told.contains("With 9 replications intervals are wide"), "{told}");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = fixture::booked();
    assert_eq!(workbook(&report), workbook(&report));
}

#[test]
fn every_report_has_a_workbook_with_or_without_books() {
    for (case, report) in fixture::extremes() {
        let bytes = workbook(&report).unwrap_or_else(|fault| panic!("{case}: {fault}"));
        let sheets = part(&bytes, "xl/workbook.xml").matches("<sheet ").count();
        let business = &report.business;
        let optional = [
            !business.targets.is_empty(),
            business.chains.iter().any(|chain| !chain.cells.is_empty()),
            business.cohorts.iter().any(|of| !of.cohorts.is_empty()),
            report
                .summary
                .scenarios
                .first()
                .is_some_and(|of| !report.over_time(&of.name, "active_customers").is_empty()),
            // Charts, and rates.
            business.books.scenarios.len() > 1,
            business.books.scenarios.len() > 1,
            !business.books.scenarios.is_empty() && business.fiscal_years.iter().any(|year| *year > 1),
            report.summary.scenarios.iter().any(|of| !of.percentiles.is_empty()),
        ];
        let own = 4 + optional.into_iter().filter(|there| *there).count();
        assert_eq!(sheets, own + report.business.books.scenarios.len(), "{case}");
    }
    let mut long = fixture::Recipe { scenarios: 1, ..fixture::PLAIN }.report();
    for scenario in &mut long.business.books.scenarios {
        scenario.totals.iter_mut().for_each(|line| line.resize(20_000, 0));
    }
    let bytes = workbook(&long).unwrap();
    assert!(part(&bytes, "xl/sharedStrings.xml").contains("more periods than a sheet has columns"));
}

#[test]
fn an_uncertain_rate_is_told_and_not_checked() {
    let mut report = fixture::booked();
    report.business.discount_rate_is_uncertain = true;
    let strings = part(&workbook(&report).unwrap(), "xl/sharedStrings.xml");
    assert!(strings.contains("At the median discount rate"));
    assert!(!strings.contains("Net present value is the engine"));
}

#[test]
fn books_that_are_not_the_engines_are_told() {
    let mut report = fixture::booked();
    report.business.books.scenarios[1].totals[0][5] += 10_000;
    let bytes = workbook(&report).unwrap();
    let compare = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(compare.contains("<v>see Checks</v>"));
}

#[test]
fn a_forced_net_present_value_is_told_beside_the_paired_one() {
    let mut report = fixture::booked();
    let strings = |report: &Report| part(&workbook(report).unwrap(), "xl/sharedStrings.xml");
    assert!(!strings(&report).contains("by the coupled estimator"));
    report.business.cases[0].estimator = Estimator::Coupled;
    report.business.cases[0].npv.mean += 1e4;
    assert!(strings(&report).contains("by the coupled estimator"));
}

#[test]
fn drivers_add_up_to_the_difference_and_worth_to_its_whole() {
    let report = fixture::booked();
    let bytes = workbook(&report).unwrap();
    let impact = sheet(&bytes, "Impact");
    let total: f64 = report.business.chains[0].cells.iter().map(|cell| cell.amount).sum();
    let near = impact.split("<v>").skip(1).filter_map(|its| its.split('<').next()?.parse::<f64>().ok());
    assert!(near.into_iter().any(|value| (value - total).abs() < 1e-6 * total.abs()), "{total}");
    let cohorts = sheet(&bytes, "Cohorts");
    assert!(
        cohorts.contains("<f>SUMPRODUCT(C2:C6,E2:E6)/SUM(C2:C6)</f>") && cohorts.contains("<f>E2+F2</f>"),
        "{cohorts}"
    );
}
