//! The workbook is computed anew by another program, which comes to the engine's numbers.
//!
//! `LibreOffice` takes a file's results as they stand unless it is told otherwise, so each test gives it a profile that computes always.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is left out says so")]

use std::collections::HashMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use polku::inside::report::workbook::workbook;
use polku::inside::report::{Assumption, Report, Watched, is_money, origin};
use polku::inside::{engine, estimate, quantity, stats, study};

// The fixture of the unit tests, which sees the library by the names above.
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "../src/report/fixture.rs"]
mod fixture;

use fixture::business::{CALENDAR, RATE, cash_flow};

/// What the program has to be told, so that it computes every formula when it opens a file.
const RECKON_ALWAYS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// A sheet as rows of text.
type Rows = Vec<Vec<String>>;

/// All sheets by name, computed anew; none where the program is missing.
fn computed(bytes: &[u8]) -> Option<HashMap<String, Rows>> {
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("soffice is not here: nothing but the engine has computed the workbook");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    fs::create_dir_all(profile.join("user")).unwrap();
    fs::write(profile.join("user/registrymodifications.xcu"), RECKON_ALWAYS).unwrap();
    fs::write(folder.path().join("book.xlsx"), bytes).unwrap();
    // All sheets, full digits, commas, UTF-8.
    let form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--convert-to", form, "--outdir"])
        .arg(folder.path().join("sheets"))
        .arg(folder.path().join("book.xlsx"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(sheets(&folder.path().join("sheets")))
}

fn sheets(folder: &Path) -> HashMap<String, Rows> {
    let mut sheets = HashMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().trim_start_matches("book-").to_owned();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path).unwrap();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        sheets.insert(name, rows.collect());
    }
    sheets
}

/// A workbook with a part's text changed; what is stored as results stays as it was.
fn changed(bytes: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if name == part {
            assert_eq!(text.matches(from).count(), 1, "{from} in {name}");
            text = text.replace(from, to);
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The numbers of a row that begins with this text.
fn numbers(rows: &Rows, title: &str) -> Vec<Option<f64>> {
    let row = rows.iter().find(|row| row[0] == title).unwrap_or_else(|| panic!("no {title}"));
    row[1..].iter().map(|cell| cell.parse().ok()).collect()
}

fn flows(report: &Report) -> Vec<Vec<f64>> {
    let books = &report.business.books;
    books.scenarios.iter().map(|of| cash_flow(&books.lines, of)).collect()
}

fn to_the_cent(found: Option<f64>, wanted: f64, what: &str) {
    assert!(found.is_some_and(|found| (found - wanted).abs() < 0.005), "{what}: {found:?} is not {wanted}");
}

#[test]
fn another_program_comes_to_the_engines_numbers() {
    let report = fixture::booked();
    let Some(sheets) = computed(&workbook(&report).unwrap()) else { return };
    let compare = &sheets["Compare"];
    let npv = numbers(compare, "Net present value");
    let (cash, revenue) = (numbers(compare, "Cash flow"), numbers(compare, "Revenue"));
    let flows = flows(&report);
    for (place, scenario) in report.summary.scenarios.iter().enumerate() {
        to_the_cent(npv[place], scenario.metrics["npv"].mean, "net present value");
        to_the_cent(cash[place], scenario.metrics["cash_flow"].mean, "cash flow");
        let totals = &report.business.books.scenarios[place].totals;
        let units: i128 = totals[..2].iter().flatten().sum();
        to_the_cent(revenue[place], units as f64 / 1e4, "revenue");
    }
    let payback = numbers(compare, "Payback of the difference, month");
    let (peak, beyond) = (
        numbers(compare, "Peak funding beyond the baseline's"),
        numbers(compare, "Net present value beyond the baseline's"),
    );
    let rate = compare.iter().find(|row| row[0] == "Internal rate of return a year of the difference").unwrap();
    for place in 1..flows.len() {
        let difference: Vec<f64> = flows[place].iter().zip(&flows[0]).map(|(a, b)| a - b).collect();
        let back = stats::cash::payback(&difference).unwrap();
        assert!((1..36).contains(&back), "the fixture pays back within its horizon: {back}");
        assert_eq!(payback[place], Some(back as f64));
        // A share is given in percent.
        let stats::cash::Irr::Rate(one) = CALENDAR.internal_rate(&difference) else {
            panic!("one rate by the fixture")
        };
        let told: f64 = rate[1 + place].trim_end_matches('%').parse().unwrap();
        assert!((told / 100.0 - one).abs() < 1e-9, "{told}% instead of {one}");
        to_the_cent(peak[place], stats::cash::peak_funding(&difference), "peak funding");
        to_the_cent(beyond[place], CALENDAR.present_value(&difference, RATE), "difference");
    }
    assert_eq!(compare.iter().find(|row| row[0] == "All checks").unwrap()[1], "OK");
    let years = &sheets["Years"];
    let cash: Vec<&Vec<String>> = years.iter().filter(|row| row[0] == "Cash flow").collect();
    for (row, flow) in cash.iter().zip(&flows) {
        let of_years: Vec<f64> = row[1..].iter().filter_map(|cell| cell.parse().ok()).collect();
        let (total, of_years) = of_years.split_last().unwrap();
        to_the_cent(Some(*total), flow.iter().sum(), "cash flow of all years");
        to_the_cent(Some(of_years.iter().sum()), flow.iter().sum(), "the years' cash flow");
    }
    assert_eq!(cash.len(), flows.len());
    let checks = &sheets["Checks"];
    assert!(checks.len() > 15 && checks[1..].iter().all(|row| row[5] == "OK"), "{checks:?}");
    let rates = checks.iter().filter(|row| row[0] == "Internal rate of return is the engine's").count();
    assert_eq!(rates, flows.len() - 1);
}

#[test]
fn another_rate_gives_the_value_that_it_has_in_closed_form() {
    let report = fixture::booked();
    let bytes = workbook(&report).unwrap();
    let other = changed(&bytes, "xl/worksheets/sheet1.xml", "<v>0.08</v>", "<v>0.13</v>");
    let Some(sheets) = computed(&other) else { return };
    let npv = numbers(&sheets["Compare"], "Net present value");
    for (place, flow) in flows(&report).iter().enumerate() {
        // Written out, so that nothing here goes through what the workbook was made with.
        let worth =
            |(t, money): (usize, &f64)| if t == 0 { *money } else { money / libm::pow(1.13, (t as f64 - 0.5) / 12.0) };
        to_the_cent(npv[place], flow.iter().enumerate().map(worth).sum(), "net present value at 13 %");
    }
    let told: Vec<&str> = sheets["Checks"].iter().map(|row| row[5].as_str()).collect();
    assert!(
        told.contains(&"not the engine's rate") && told[1..].iter().all(|told| told.parse::<f64>().is_err()),
        "{told:?}"
    );
}

#[test]
fn a_number_that_somebody_changed_is_found_by_the_checks() {
    let report = fixture::booked();
    let units = report.business.books.scenarios[1].totals[0][3];
    let (was, is) = (format!("<v>{}</v>", units as f64 / 1e4), format!("<v>{}</v>", (units + 1_000_000) as f64 / 1e4));
    let other = changed(&workbook(&report).unwrap(), "xl/worksheets/sheet4.xml", &was, &is);
    let Some(sheets) = computed(&other) else { return };
    let off =
        sheets["Checks"].iter().find(|row| row[0] == "Cash flow is the engine's" && row[1].starts_with("Know me"));
    to_the_cent(off.unwrap()[5].parse().ok(), 100.0, "cash flow of a changed cell");
    assert_eq!(sheets["Compare"].iter().find(|row| row[0] == "All checks").unwrap()[1], "see Checks");
}
