//! The finance ledger as rows: one for each scenario, segment, acquisition cohort, period and line that money moved in.

use super::Report;
use super::inert::inert;
use crate::estimate::money::business::{BookCell, BookLine, LineGroup};

/// The heads of the columns.
pub const HEADS: [&str; 7] = ["scenario", "segment", "cohort", "period", "line", "group", "amount"];
/// The decimals of an amount: those that units have.
pub const DECIMALS: usize = 4;

/// The units that 1 is counted in, as whole numbers have it.
const UNITS: u128 = 10_000;

/// A row of the ledger.
pub struct LedgerRow<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The line.
    pub line: &'a BookLine,
    /// The cell.
    pub cell: &'a BookCell,
}

/// All rows, scenario by scenario in the order of the books.
pub fn rows(report: &Report) -> impl Iterator<Item = LedgerRow<'_>> {
    let books = &report.business.books;
    books.scenarios.iter().flat_map(move |of| {
        of.cells.iter().filter_map(move |cell| {
            books.lines.get(cell.line).map(|line| LedgerRow { scenario: &of.scenario, line, cell })
        })
    })
}

/// The ledger as CSV. Amounts are in the currency, with the four decimals that they have, so that they add up to the books
/// exactly; costs are positive. Segment and cohort are empty for what belongs to the business as a whole.
pub fn ledger_csv(report: &Report) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has as many cells as the first.
    let _ = writer.write_record(HEADS);
    for LedgerRow { scenario, line, cell } in rows(report) {
        let [scenario, segment, name] =
            [scenario, cell.segment.as_deref().unwrap_or_default(), &line.name].map(|name| inert(name));
        let cohort = cell.cohort.map(|cohort| cohort.to_string()).unwrap_or_default();
        let (period, amount) = (cell.time.to_string(), exactly(cell.units));
        let _ = writer.write_record([&*scenario, &segment, &cohort, &period, &name, group(line.group), &amount]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A group's name in tables.
pub fn group(group: LineGroup) -> &'static str {
    match group {
        LineGroup::Revenue => "revenue",
        LineGroup::Variable => "variable",
        LineGroup::Service => "service",
        LineGroup::Acquisition => "acquisition",
        LineGroup::InitiativeOnce => "initiative_once",
        LineGroup::InitiativeRunning => "initiative_running",
    }
}

/// Units as a decimal number, without going through one that rounds.
fn exactly(units: i128) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let size = units.unsigned_abs();
    format!("{sign}{}.{:0DECIMALS$}", size / UNITS, size % UNITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn amounts_are_told_to_the_unit() {
        let told: Vec<String> = [0, 1, -1, 12_345, -10_000, i128::MAX].into_iter().map(exactly).collect();
        assert_eq!(told[..5], ["0.0000", "0.0001", "-0.0001", "1.2345", "-1.0000"]);
        assert_eq!(UNITS as f64, crate::quantity::UNITS_PER_ONE);
        assert_eq!(told[5].replace('.', ""), i128::MAX.to_string());
    }

    #[test]
    fn rows_add_up_to_the_books_exactly() {
        let report = fixture::booked();
        let books = &report.business.books;
        let mut left: Vec<Vec<Vec<i128>>> = books.scenarios.iter().map(|s| s.totals.clone()).collect();
        let text = ledger_csv(&report);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), HEADS.as_slice());
        for row in reader.records() {
            let row = row.unwrap();
            let scenario = books.scenarios.iter().position(|s| s.scenario == row[0]).unwrap();
            let line = books.lines.iter().position(|line| line.name == row[4]).unwrap();
            assert_eq!(&row[5], group(books.lines[line].group));
            let units: i128 = row[6].replace('.', "").parse().unwrap();
            left[scenario][line][row[3].parse::<usize>().unwrap()] -= units;
        }
        assert!(left.into_iter().flatten().flatten().all(|units| units == 0));
        assert!(text.contains("know_me,loyal,0,1,revenue,revenue,"));
        assert!(text.contains("know_me,,,0,initiatives.single_view.once,initiative_once,60000.0000\n"));
    }

    #[test]
    fn groups_are_named_as_in_json() {
        for of in [LineGroup::Revenue, LineGroup::InitiativeOnce, LineGroup::InitiativeRunning] {
            assert_eq!(serde_json::to_value(of).unwrap(), group(of));
        }
    }
}
