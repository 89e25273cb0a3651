//! What every replication drew and came to, as rows: `draws` and `replications`.

use super::Report;
use super::inert::inert;
use crate::estimate::kept::ReplicatedMetric;

/// The heads of `draws`.
pub const DRAWS: [&str; 3] = ["replication", "path", "value"];
/// The heads of `replications`.
pub const REPLICATIONS: [&str; 9] = [
    "replication",
    "scenario",
    "metric",
    "value",
    "batch_1",
    "batch_2",
    "at_mean_baskets",
    "exact",
    "coupled_difference",
];

/// What one metric of one scenario came to in one replication.
pub struct Row<'a> {
    /// The replication, counted from 0 as `polku replay` does.
    pub replication: usize,
    /// The scenario and metric.
    pub of: &'a ReplicatedMetric,
    /// As simulated.
    pub value: f64,
    /// From `batch_1` on, as in [`REPLICATIONS`]; none where this run does not have it.
    pub more: [Option<f64>; 5],
}

/// All rows of `replications`, scenario by scenario and metric by metric.
pub fn rows(report: &Report) -> impl Iterator<Item = Row<'_>> {
    report.replicated.iter().flat_map(|of| {
        of.values.iter().enumerate().map(move |(replication, value)| {
            let batch = |place: usize| of.batches.get(replication).map(|batches| batches[place]);
            let also = |values: &[f64]| values.get(replication).copied();
            let more = [batch(0), batch(1), also(&of.at_mean_baskets), also(&of.exact), also(&of.coupled_difference)];
            Row { replication, of, value: *value, more }
        })
    })
}

/// The uncertain numbers and the shocks of every replication as CSV.
pub fn draws_csv(report: &Report) -> String {
    let cells = |(replication, path, value): (u32, &str, f64)| {
        [replication.to_string(), inert(path).into_owned(), value.to_string()]
    };
    csv(DRAWS, report.draws.rows().map(cells))
}

/// What every scenario came to in every replication as CSV; cells are empty where a run does not have a figure.
pub fn replications_csv(report: &Report) -> String {
    let cells = |row: Row<'_>| {
        let Row { replication, of, value, more } = row;
        let [scenario, metric] = [&of.scenario, &of.metric].map(|name| inert(name).into_owned());
        let more = more.map(|number| number.map(|number| number.to_string()).unwrap_or_default());
        let [first, second, smooth, exact, coupled] = more;
        [replication.to_string(), scenario, metric, value.to_string(), first, second, smooth, exact, coupled]
    };
    csv(REPLICATIONS, rows(report).map(cells))
}

fn csv<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has as many cells as the first.
    let _ = writer.write_record(heads);
    rows.for_each(|row| drop(writer.write_record(row)));
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
