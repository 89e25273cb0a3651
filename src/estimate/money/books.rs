//! The finance ledger as it is published: the mean over replications, line by line, at the finest cut.

use crate::model::Model;

use super::business::{BookCell, Books, ScenarioBooks};
use super::lines::Lines;
use super::posted::Posted;

/// The books of all scenarios, from the sums of `count` replications.
pub fn published(model: &Model, lines: &Lines, sums: &[Posted], count: u64) -> Books {
    let scenario = |(scenario, sum): (&crate::model::roadmap::Scenario, &Posted)| {
        let mean = sum.clone().mean(count);
        let cells = cells(model, lines, &mean);
        let mut totals = vec![vec![0; model.run.horizon as usize + 1]; lines.all.len()];
        cells.iter().for_each(|cell| totals[cell.line][cell.time] += cell.units);
        ScenarioBooks { scenario: scenario.name.clone(), totals, cells }
    };
    Books { lines: lines.all.clone(), scenarios: model.scenarios.iter().zip(sums).map(scenario).collect() }
}

/// The cells of the finest cut that hold anything, by line, time and owner; segments in the order of the study.
fn cells(model: &Model, lines: &Lines, mean: &Posted) -> Vec<BookCell> {
    let entries = (mean.owners() - 1) / model.segments.len().max(1);
    let mut cells = Vec::new();
    for line in 0..lines.all.len() {
        for time in 0..=model.run.horizon as usize {
            let mut tell = |owner: usize, segment: Option<String>, cohort: Option<u32>| {
                let units = mean.units(line, time, owner);
                if units != 0 {
                    cells.push(BookCell { line, time, segment, cohort, units });
                }
            };
            for segment in &model.segment_order {
                let name = &model.segments[segment.index()].name;
                for entry in 0..entries {
                    let cohort = u32::try_from(entry).ok();
                    tell(segment.index() * entries + entry, Some(name.clone()), cohort);
                }
            }
            tell(mean.business(), None, None);
        }
    }
    cells
}
