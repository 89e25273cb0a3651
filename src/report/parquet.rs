//! The tidy tables as Parquet: the same rows as the CSV, with types.

use std::sync::Arc;

use parquet::basic::{Compression, Repetition, Type as Physical};
use parquet::basic::{ConvertedType, LogicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type};
use parquet::errors::Result as Parquet;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::Report;
use super::ledger_table::{self, DECIMALS, LedgerRow};
use super::replication_tables::{self, DRAWS, REPLICATIONS, Row};
use crate::stats::estimate::Estimate;
use crate::stats::interval::Ends;
use crate::stats::share::Share;

/// The digits that a 16-byte decimal has room for.
const DIGITS: i32 = 38;
/// Its length in bytes.
const BYTES: i32 = 16;

/// A column: its name and cells. Numbers of periods fit 32 bits, as they do in the model.
enum Column {
    Text(&'static str, Vec<ByteArray>),
    /// Text that may be absent.
    MaybeText(&'static str, Vec<Option<ByteArray>>),
    Whole(&'static str, Vec<i32>),
    MaybeWhole(&'static str, Vec<Option<i32>>),
    Number(&'static str, Vec<f64>),
    MaybeNumber(&'static str, Vec<Option<f64>>),
    /// Money in units, as a decimal number with four places.
    Units(&'static str, Vec<i128>),
}

/// The rows of `timeline.csv`.
///
/// # Errors
/// What the writer of the format refuses; a report gives it no reason to. So for the other tables.
pub fn timeline(report: &Report) -> Result<Vec<u8>, String> {
    let (mut scenarios, mut segments, mut metrics) = (Vec::new(), Vec::new(), Vec::new());
    let mut periods = Vec::new();
    let mut estimates: Vec<&Estimate> = Vec::new();
    for series in &report.series {
        let count = series.values.len();
        for (column, name) in
            [(&mut scenarios, &series.scenario), (&mut segments, &series.segment), (&mut metrics, &series.metric)]
        {
            column.resize(column.len() + count, text(name));
        }
        periods.extend((0..).take(count));
        estimates.extend(&series.values);
    }
    let mut columns = vec![
        Column::Text("scenario", scenarios),
        Column::Text("segment", segments),
        Column::Whole("period", periods),
        Column::Text("metric", metrics),
    ];
    columns.extend(doubt(&estimates));
    file("timeline", columns)
}

/// The rows of `contrasts.csv`.
pub fn contrasts(report: &Report) -> Result<Vec<u8>, String> {
    let all =
        || report.summary.contrasts.iter().flat_map(|c| c.metrics.iter().map(move |(metric, of)| (c, metric, of)));
    let mut columns = vec![
        Column::Text("scenario", all().map(|(c, ..)| text(&c.scenario)).collect()),
        Column::Text("baseline", all().map(|(c, ..)| text(&c.baseline)).collect()),
        Column::Text("metric", all().map(|(_, metric, _)| text(metric)).collect()),
    ];
    columns.extend(doubt(&all().map(|(.., of)| &of.estimate).collect::<Vec<_>>()));
    let better = |number: fn(&Share) -> f64| all().map(|(.., of)| of.better.as_ref().map(number)).collect();
    columns.push(Column::MaybeNumber("probability_better", better(|its| its.share)));
    columns.push(Column::MaybeNumber("probability_better_low", better(|its| its.low)));
    columns.push(Column::MaybeNumber("probability_better_high", better(|its| its.high)));
    columns.push(Column::Number("affected_customers", all().map(|(c, ..)| c.affected_customers).collect()));
    file("contrasts", columns)
}

/// The rows of `ledger.csv`; amounts are decimal numbers, so that they add up exactly.
pub fn ledger(report: &Report) -> Result<Vec<u8>, String> {
    let rows: Vec<LedgerRow<'_>> = ledger_table::rows(report).collect();
    let whole = |x: usize| i32::try_from(x).unwrap_or(i32::MAX);
    let columns = vec![
        Column::Text("scenario", rows.iter().map(|row| text(row.scenario)).collect()),
        Column::MaybeText("segment", rows.iter().map(|row| row.cell.segment.as_deref().map(text)).collect()),
        Column::MaybeWhole("cohort", rows.iter().map(|row| row.cell.cohort.map(|c| whole(c as usize))).collect()),
        Column::Whole("period", rows.iter().map(|row| whole(row.cell.time)).collect()),
        Column::Text("line", rows.iter().map(|row| text(&row.line.name)).collect()),
        Column::Text("group", rows.iter().map(|row| text(ledger_table::group(row.line.group))).collect()),
        Column::Units("amount", rows.iter().map(|row| row.cell.units).collect()),
    ];
    file("ledger", columns)
}

/// The rows of `draws.csv`.
pub fn draws(report: &Report) -> Result<Vec<u8>, String> {
    let rows = || report.draws.rows();
    let [replication, path, value] = DRAWS;
    let columns = vec![
        Column::Whole(replication, rows().map(|(its, ..)| i32::try_from(its).unwrap_or(i32::MAX)).collect()),
        Column::Text(path, rows().map(|(_, path, _)| text(path)).collect()),
        Column::Number(value, rows().map(|(.., value)| value).collect()),
    ];
    file("draws", columns)
}

/// The rows of `replications.csv`.
pub fn replications(report: &Report) -> Result<Vec<u8>, String> {
    let rows: Vec<Row<'_>> = replication_tables::rows(report).collect();
    let [replication, scenario, metric, value, more @ ..] = REPLICATIONS;
    let mut columns = vec![
        Column::Whole(replication, rows.iter().map(|row| i32::try_from(row.replication).unwrap_or(i32::MAX)).collect()),
        Column::Text(scenario, rows.iter().map(|row| text(&row.of.scenario)).collect()),
        Column::Text(metric, rows.iter().map(|row| text(&row.of.metric)).collect()),
        Column::Number(value, rows.iter().map(|row| row.value).collect()),
    ];
    let also = |(place, name)| Column::MaybeNumber(name, rows.iter().map(|row| row.more[place]).collect());
    columns.extend(more.into_iter().enumerate().map(also));
    file("replications", columns)
}

fn text(name: &str) -> ByteArray {
    ByteArray::from(name)
}

fn doubt(estimates: &[&Estimate]) -> [Column; 4] {
    let of = |number: fn(&Ends) -> f64| estimates.iter().map(|e| e.ends().as_ref().map(number)).collect();
    [
        Column::Number("mean", estimates.iter().map(|e| e.mean).collect()),
        Column::MaybeNumber("standard_error", estimates.iter().map(|e| e.standard_error).collect()),
        Column::MaybeNumber("low", of(|ends| ends.low)),
        Column::MaybeNumber("high", of(|ends| ends.high)),
    ]
}

fn file(name: &str, columns: Vec<Column>) -> Result<Vec<u8>, String> {
    write(name, columns).map_err(|fault| format!("{name}.parquet cannot be written: {fault}"))
}

fn write(name: &str, columns: Vec<Column>) -> Parquet<Vec<u8>> {
    let fields = columns.iter().map(|column| column.field().map(Arc::new)).collect::<Parquet<Vec<_>>>()?;
    let schema = Type::group_type_builder(name).with_fields(fields).build()?;
    // The writer would tell its own version, so that an update of it alone changed the bytes.
    let made_by = concat!("polku version ", env!("CARGO_PKG_VERSION")).to_owned();
    let properties = WriterProperties::builder().set_created_by(made_by).set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        column.write(&mut group)?;
    }
    group.close()?;
    writer.into_inner()
}

impl Column {
    fn field(&self) -> Parquet<Type> {
        let (name, physical, absent) = match self {
            Self::Text(name, _) => (*name, Physical::BYTE_ARRAY, false),
            Self::MaybeText(name, _) => (*name, Physical::BYTE_ARRAY, true),
            Self::Whole(name, _) => (*name, Physical::INT32, false),
            Self::MaybeWhole(name, _) => (*name, Physical::INT32, true),
            Self::Number(name, _) => (*name, Physical::DOUBLE, false),
            Self::MaybeNumber(name, _) => (*name, Physical::DOUBLE, true),
            Self::Units(name, _) => (*name, Physical::FIXED_LEN_BYTE_ARRAY, false),
        };
        let repetition = if absent { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let field = Type::primitive_type_builder(name, physical).with_repetition(repetition);
        let scale = i32::try_from(DECIMALS).unwrap_or(0);
        match physical {
            Physical::BYTE_ARRAY => field.with_logical_type(Some(LogicalType::String)).build(),
            Physical::FIXED_LEN_BYTE_ARRAY => field
                .with_converted_type(ConvertedType::DECIMAL)
                .with_length(BYTES)
                .with_precision(DIGITS)
                .with_scale(scale)
                .build(),
            _ => field.build(),
        }
    }

    fn write(self, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Parquet<()> {
        let Some(mut column) = group.next_column()? else { return Ok(()) };
        match self {
            Self::Text(_, cells) => column.typed::<ByteArrayType>().write_batch(&cells, None, None)?,
            Self::Whole(_, cells) => column.typed::<Int32Type>().write_batch(&cells, None, None)?,
            Self::Number(_, cells) => column.typed::<DoubleType>().write_batch(&cells, None, None)?,
            Self::MaybeText(_, cells) => {
                let (there, cells) = present(cells);
                column.typed::<ByteArrayType>().write_batch(&cells, Some(&there), None)?
            }
            Self::MaybeWhole(_, cells) => {
                let (there, cells) = present(cells);
                column.typed::<Int32Type>().write_batch(&cells, Some(&there), None)?
            }
            Self::MaybeNumber(_, cells) => {
                let (there, cells) = present(cells);
                column.typed::<DoubleType>().write_batch(&cells, Some(&there), None)?
            }
            Self::Units(_, cells) => {
                let bytes = |units: i128| FixedLenByteArray::from(ByteArray::from(units.to_be_bytes().to_vec()));
                let cells: Vec<FixedLenByteArray> = cells.into_iter().map(bytes).collect();
                column.typed::<FixedLenByteArrayType>().write_batch(&cells, None, None)?
            }
        };
        column.close()
    }
}

/// Where a cell is there, 1 or 0 by row, and the cells that are.
fn present<T>(cells: Vec<Option<T>>) -> (Vec<i16>, Vec<T>) {
    (cells.iter().map(|cell| i16::from(cell.is_some())).collect(), cells.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use parquet::data_type::AsBytes;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::report::fixture;
    use crate::report::ledger_table::ledger_csv;
    use crate::report::replication_tables::{draws_csv, replications_csv};
    use crate::report::table::{contrasts_csv, timeline_csv};

    fn rows(bytes: Vec<u8>) -> Vec<Vec<(String, Field)>> {
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        assert_eq!(
            reader.metadata().file_metadata().created_by(),
            Some(concat!("polku version ", env!("CARGO_PKG_VERSION")))
        );
        reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect()
    }

    fn told(field: &Field) -> String {
        match field {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            Field::Int(whole) => whole.to_string(),
            Field::Double(number) => number.to_string(),
            Field::Decimal(decimal) => {
                let units = i128::from_be_bytes(decimal.data().as_bytes().try_into().unwrap());
                assert_eq!(decimal.scale(), 4);
                format!("{:.4}", units as f64 / 1e4)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_forms_have_the_same_cells() {
        let report = fixture::booked();
        let pairs = [
            (timeline(&report), timeline_csv(&report)),
            (contrasts(&report), contrasts_csv(&report)),
            (ledger(&report), ledger_csv(&report)),
            (draws(&report), draws_csv(&report)),
            (replications(&report), replications_csv(&report)),
        ];
        for (bytes, text) in pairs {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
            let rows = rows(bytes.unwrap());
            assert!(!rows.is_empty());
            let mut lines = reader.records();
            for row in &rows {
                let line = lines.next().unwrap().unwrap();
                let names: Vec<&String> = row.iter().map(|(name, _)| name).collect();
                assert_eq!(names, heads.iter().collect::<Vec<_>>());
                let cells: Vec<String> = row.iter().map(|(_, field)| told(field)).collect();
                assert_eq!(cells, line.iter().collect::<Vec<_>>());
            }
            assert!(lines.next().is_none());
        }
    }

    #[test]
    fn the_same_report_gives_the_same_bytes_and_nothing_is_a_table_too() {
        let report = fixture::booked();
        assert_eq!(ledger(&report), ledger(&report));
        for (case, report) in fixture::extremes() {
            for bytes in [timeline(&report), contrasts(&report), ledger(&report)] {
                let bytes = bytes.unwrap_or_else(|fault| panic!("{case}: {fault}"));
                assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{case}");
            }
        }
    }
}
