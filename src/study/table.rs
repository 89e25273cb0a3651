//! A table of chances as spreadsheets save it: commas, semicolons or tabs, a decimal point or a decimal comma.
//!
//! What can be read in one way only is read; what could be meant otherwise is refused.

use csv::{Position, ReaderBuilder, StringRecord, Trim};

use crate::diagnostic::{Diagnostic, nearest};
use crate::stats::distribution::parse::meant::meant;

/// What separates columns.
const SEPARATORS: [(u8, &str); 3] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs")];
/// Columns of these names count periods.
const CLOCKS: [&str; 3] = ["period", "periods_in_stage", "tenure"];

/// What the rows of a list are read by.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// The clock, or the trait that ages.
    pub by: &'a str,
    /// The word for a period of the study: `month`.
    pub unit: &'a str,
}

impl Counted<'_> {
    /// Where a column of that name has to begin, if it counts.
    fn first(&self, column: &str) -> Option<u64> {
        if CLOCKS.contains(&column) || column == self.unit {
            Some(1)
        } else {
            // Of a trait that ages the first row is that of 0.
            (column == self.by).then_some(0)
        }
    }
}

/// A table, and how it is written.
struct Table<'a> {
    file: &'a str,
    /// Its rows, the header first.
    text: &'a [u8],
    /// The line of the file that the header stands in.
    header_line: u64,
    separator: u8,
    header: StringRecord,
}

/// The column `chance` of a table; a column that counts has to count every row.
///
/// # Errors
/// The first thing that is wrong with it, with its line.
pub fn chances(file: &str, bytes: &[u8], counted: &Counted<'_>) -> Result<Vec<f64>, Diagnostic> {
    let table = Table::open(file, bytes)?;
    table.refuse_open_quote()?;
    let column = table.column("chance")?;
    table.refuse_twins()?;
    let counting: Vec<(usize, u64)> =
        table.header.iter().enumerate().filter_map(|(at, name)| Some((at, counted.first(name)?))).collect();
    let mut marks = Marks::default();
    let mut list = Vec::new();
    let mut rows = ReaderBuilder::new().trim(Trim::All).delimiter(table.separator).from_reader(table.text);
    rows.headers().map_err(|fault| table.broken(&fault))?;
    for row in rows.records() {
        let row = row.map_err(|fault| table.broken(&fault))?;
        let line = table.line(row.position());
        for (at, first) in &counting {
            table.check_count(*at, first + list.len() as u64, row.get(*at).unwrap_or(""), line)?;
        }
        list.push(table.chance(row.get(column).unwrap_or(""), line, &mut marks)?);
    }
    if list.is_empty() {
        return Err(Diagnostic::error(format!("{file}: the list has no rows")).help("write one chance per row"));
    }
    Ok(list)
}

/// The lines in which a decimal point and a decimal comma were first met.
#[derive(Default)]
struct Marks {
    point: Option<u64>,
    comma: Option<u64>,
}

impl<'a> Table<'a> {
    /// Finds out how a table is written: by its line `sep=;`, else by its header.
    fn open(file: &'a str, bytes: &'a [u8]) -> Result<Self, Diagnostic> {
        let mut text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut header_line = 1;
        let mut said = None;
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
        if let Some([separator, b'\r'] | [separator]) = first.strip_prefix(b"sep=") {
            said = Some(*separator);
            text = text.get(first.len() + 1..).unwrap_or_default();
            header_line = 2;
        }
        let read = |separator: u8| -> Result<Self, Diagnostic> {
            let mut rows = ReaderBuilder::new().trim(Trim::All).delimiter(separator).from_reader(text);
            let mut table = Self { file, text, header_line, separator, header: StringRecord::new() };
            table.header = rows.headers().map_err(|fault| table.broken(&fault))?.clone();
            Ok(table)
        };
        if let Some(separator) = said {
            return read(separator);
        }
        let mut tables = Vec::new();
        for (separator, _) in SEPARATORS {
            tables.push(read(separator)?);
        }
        // Where there is one column nothing separates, and a comma in a row can only be a decimal comma.
        if tables.iter().all(|table| table.header.len() == 1) {
            return Ok(Self { separator: b'\t', ..tables.swap_remove(0) });
        }
        let telling: Vec<usize> = (0..tables.len())
            .filter(|at| tables[*at].header.len() > 1 && tables[*at].header.iter().any(|name| name == "chance"))
            .collect();
        match telling[..] {
            [only] => Ok(tables.swap_remove(only)),
            [] => Ok(tables.into_iter().rev().max_by_key(|table| table.header.len()).unwrap_or(read(b',')?)),
            _ => Err(Diagnostic::error(format!("{file}:{header_line}: the columns cannot be told apart"))
                .why(format!(
                    "the line can be read with {}",
                    telling.iter().map(|at| SEPARATORS[*at].1).collect::<Vec<_>>().join(" or with ")
                ))
                .help("write a line `sep=;` before it, with the sign that separates the columns")),
        }
    }

    /// The line of the file that a row stands in.
    fn line(&self, position: Option<&Position>) -> u64 {
        position.map_or(1, Position::line) + self.header_line - 1
    }

    fn broken(&self, fault: &csv::Error) -> Diagnostic {
        let line = self.line(fault.position());
        let reason = match fault.kind() {
            csv::ErrorKind::Utf8 { .. } => "the line is not UTF-8".to_owned(),
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("the line has {len} columns where the header has {expected_len}")
            }
            _ => "the line is not CSV".to_owned(),
        };
        let help = match fault.kind() {
            csv::ErrorKind::UnequalLengths { .. } if self.separator == b',' => {
                "commas separate columns here; write a number with a decimal point, or separate columns by semicolons"
            }
            csv::ErrorKind::UnequalLengths { .. } => "give every line as many columns as the header has",
            _ => "save the file as CSV in UTF-8",
        };
        Diagnostic::error(format!("{}:{line}: {reason}", self.file)).help(help)
    }

    fn column(&self, wanted: &str) -> Result<usize, Diagnostic> {
        if let Some(column) = self.header.iter().position(|name| name == wanted) {
            return Ok(column);
        }
        let names: Vec<String> = self.header.iter().map(|name| format!("`{name}`")).collect();
        let separator = SEPARATORS.iter().find(|(sign, _)| *sign == self.separator).map_or("it", |(_, word)| *word);
        let near = nearest(wanted, self.header.iter());
        Err(Diagnostic::error(format!("{}:{}: there is no column `{wanted}`", self.file, self.header_line))
            .why(match names.len() {
                1 => format!("the first line names one column: {}", names[0]),
                _ => format!("the first line names the columns, separated by {separator}: {}", names.join(", ")),
            })
            .help(near.map_or_else(
                || format!("call the column that holds the chances `{wanted}`"),
                |near| format!("call `{near}` `{wanted}`, if it holds the chances"),
            )))
    }

    /// Refuses two columns of one name: nothing says which of them is meant.
    fn refuse_twins(&self) -> Result<(), Diagnostic> {
        for (at, name) in self.header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if self.header.iter().take(at).any(|other| other == name) {
                return Err(Diagnostic::error(format!(
                    "{}:{}: two columns are called `{name}`",
                    self.file, self.header_line
                ))
                .why("nothing says which of them is meant")
                .help("give one of them another name, or take it out"));
            }
        }
        Ok(())
    }

    /// Refuses a quote that is never closed: it would swallow all rows after it.
    fn refuse_open_quote(&self) -> Result<(), Diagnostic> {
        let (mut line, mut opened, mut fresh) = (self.header_line, None, true);
        for byte in self.text {
            match (byte, opened) {
                (b'"', None) if fresh => opened = Some(line),
                // A quote written twice closes and opens, which comes to the same.
                (b'"', Some(_)) => opened = None,
                _ => {}
            }
            // After a quote that has just closed another one opens again.
            fresh = *byte == self.separator || *byte == b'\n' || *byte == b'\r' || (*byte == b'"' && opened.is_none());
            line += u64::from(*byte == b'\n');
        }
        let Some(opened) = opened else { return Ok(()) };
        Err(Diagnostic::error(format!("{}:{opened}: a quote is opened and never closed", self.file))
            .why("all that follows would be one text, and its rows would be lost")
            .help("close the quote in its line, or take it out"))
    }

    fn check_count(&self, column: usize, due: u64, written: &str, line: u64) -> Result<(), Diagnostic> {
        // A spreadsheet may write whole numbers with decimals.
        if written.replace(',', ".").parse::<f64>() == Ok(due as f64) {
            return Ok(());
        }
        let name = self.header.get(column).unwrap_or("");
        Err(Diagnostic::error(format!("{}:{line}: `{name}` is `{written}` where {due} is due", self.file))
            .why("rows are read in their order, each for the next step, and this column does not count them so")
            .help(format!("write a row for every step, in order; call the column other than `{name}` where it counts something else")))
    }

    fn chance(&self, written: &str, line: u64, marks: &mut Marks) -> Result<f64, Diagnostic> {
        let (point, comma) = (written.contains('.'), written.contains(','));
        marks.point = marks.point.or(point.then_some(line));
        marks.comma = marks.comma.or(comma.then_some(line));
        if let (Some(pointed), Some(with_comma)) = (marks.point, marks.comma) {
            let fault = Diagnostic::error(format!("{}:{line}: `{written}` can be read in two ways", self.file));
            return Err(fault
                .why(if pointed == with_comma {
                    "it has a point and a comma".to_owned()
                } else {
                    format!("line {pointed} has a decimal point, and line {with_comma} has a decimal comma")
                })
                .help("write all chances with a decimal point, such as 0.07"));
        }
        let fault = |what: String| Diagnostic::error(format!("{}:{line}: {what}", self.file));
        match written.replace(',', ".").parse::<f64>() {
            Ok(chance) if (0.0..=1.0).contains(&chance) => Ok(chance),
            Ok(number) if number.is_finite() => Err(fault(format!("a chance cannot be {written}"))
                .why("it must be a number from 0 to 1")
                .help("write a percentage as a share: 7 % is 0.07")),
            _ if written.is_empty() => {
                Err(fault("the chance is missing".to_owned()).help("write one chance per row, and no empty rows"))
            }
            _ => {
                let example = || "write one chance per row, with a decimal point, such as 0.07".to_owned();
                let help = meant(written).map_or_else(example, |meant| meant.help());
                Err(fault(format!("`{written}` is not a number")).help(help))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTHLY: Counted<'_> = Counted { by: "tenure", unit: "month" };

    fn read(text: &str) -> Result<Vec<f64>, String> {
        chances("l.csv", text.as_bytes(), &MONTHLY).map_err(|fault| fault.what)
    }

    fn said(text: &str) -> String {
        read(text).unwrap_err()
    }

    #[test]
    fn the_column_is_found_by_its_name() {
        assert_eq!(read("age, chance\n40,0.1\r\n41, 2e-1\n"), Ok(vec![0.1, 0.2]));
    }

    #[test]
    fn a_fault_names_the_file_and_the_line() {
        assert_eq!(said("chance\n0.1\nabc\n"), "l.csv:3: `abc` is not a number");
        assert_eq!(said("chance\n0.1\nnan\n"), "l.csv:3: `nan` is not a number");
        assert_eq!(said("chances\n0.1\n"), "l.csv:1: there is no column `chance`");
        assert_eq!(said("a,chance\n1\n"), "l.csv:2: the line has 1 columns where the header has 2");
        assert_eq!(said("chance\n"), "l.csv: the list has no rows");
        assert_eq!(said("note,chance\nx,0.1\ny,\n"), "l.csv:3: the chance is missing");
        let fault = chances("l.csv", b"chance\n\xff\n", &MONTHLY).unwrap_err();
        assert_eq!(fault.what, "l.csv:2: the line is not UTF-8");
    }

    #[test]
    fn what_spreadsheets_of_any_country_save_is_read() {
        for text in [
            "kuukausi;chance\n1;0,1\n2;0,2\n",
            "kuukausi;chance\r\n1;0.1\r\n2;0.2\r\n",
            "kuukausi\tchance\n1\t0,1\n2\t0,2\n",
            "sep=;\nkuukausi;chance\n1;0,1\n2;0,2\n",
            "sep=,\r\nkuukausi,chance\r\n1,0.1\r\n2,0.2\r\n",
            "\u{feff}sep=\t\nkuukausi\tchance\n1\t0,1\n2\t0,2\n",
            "chance\n0,1\n0,2\n",
            "\"chance\"\n\"0,1\"\n\"0,2\"\n",
            "note,chance\nx,\"0,1\"\ny,\"0,2\"\n",
            "\"a;b\",chance\n1,0.1\n2,0.2\n",
            "chance;a,b\n0,1;x\n0,2;y\n",
        ] {
            assert_eq!(read(text), Ok(vec![0.1, 0.2]), "{text:?}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        assert_eq!(said("a;chance\n1;0,1\n2;0.2\n"), "l.csv:3: `0.2` can be read in two ways");
        assert_eq!(said("a;chance\n1;1.000,5\n"), "l.csv:2: `1.000,5` can be read in two ways");
        assert_eq!(said("a,chance,b;chance;c\n"), "l.csv:1: the columns cannot be told apart");
        assert_eq!(said("a,chance\n1,0,1\n"), "l.csv:2: the line has 3 columns where the header has 2");
    }

    #[test]
    fn a_column_named_twice_is_refused() {
        assert_eq!(said("chance,chance\n0.1,0.5\n"), "l.csv:1: two columns are called `chance`");
        assert_eq!(said("a;chance;a\n1;0,1;2\n"), "l.csv:1: two columns are called `a`");
        assert_eq!(read("chance;;\n0,1;;\n"), Ok(vec![0.1]), "columns without a name are none");
    }

    #[test]
    fn a_quote_that_is_not_closed_loses_no_rows_in_silence() {
        assert_eq!(said("chance,note\n0.1,\"abc\n0.2,x\n"), "l.csv:2: a quote is opened and never closed");
        assert_eq!(said("sep=,\nchance,note\n0.1,\"a\"\"b\n0.2,x\n"), "l.csv:3: a quote is opened and never closed");
        assert_eq!(said("chance,\"note\n0.1,x\n"), "l.csv:1: a quote is opened and never closed");
        assert_eq!(read("chance,note\n0.1,\"a\"\"b\nc\"\n0.2,5\" pipe\n"), Ok(vec![0.1, 0.2]), "texts may span lines");
        assert!(said("chance,note\n\"0.1,x\n\"0.2\",y\n").starts_with("l.csv:2: "));
    }

    #[test]
    fn a_column_that_counts_has_to_count_every_row() {
        assert_eq!(said("period,chance\n1,0.1\n3,0.3\n"), "l.csv:3: `period` is `3` where 2 is due");
        assert_eq!(said("tenure;chance\n0;0,1\n1;0,3\n"), "l.csv:2: `tenure` is `0` where 1 is due");
        assert_eq!(said("month,chance\n2,0.1\n1,0.3\n"), "l.csv:2: `month` is `2` where 1 is due");
        assert_eq!(read("week,chance\n7,0.1\n9,0.2\n"), Ok(vec![0.1, 0.2]), "no clock of a monthly study");
        let by_age = Counted { by: "years", unit: "month" };
        assert_eq!(chances("l.csv", b"years,chance\n0,0.1\n1,0.2\n", &by_age).unwrap(), [0.1, 0.2]);
        let fault = chances("l.csv", b"years,chance\n40,0.1\n41,0.2\n", &by_age).unwrap_err();
        assert_eq!(fault.what, "l.csv:2: `years` is `40` where 0 is due");
    }
}
