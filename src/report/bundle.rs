//! A bundle is what a run writes, as names and bytes, in order. The bytes of an output are made when they are asked for.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Report;
use super::chart::{Chart, png};
use super::form::{Charts, Form, Output, TableForm};
use super::gallery::Gallery;
use super::html::page;
use super::ledger_table::ledger_csv;
use super::manifest::MANIFEST;
use super::parquet;
use super::replication_tables::{draws_csv, replications_csv};
use super::table::{contrasts_csv, summary_json, timeline_csv};
use super::workbook::workbook;
use crate::diagnostic::Diagnostic;
use crate::faults::{Cause, Faults};

/// The file with the figures of a run.
pub const SUMMARY: &str = "summary.json";

/// What a run writes.
pub struct Bundle<'r> {
    report: &'r Report,
    /// How it is written.
    pub form: Form,
    summary: String,
    gallery: Gallery,
    pieces: Vec<Piece>,
}

/// One output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Summary,
    Business,
    Timeline,
    Contrasts,
    Ledger,
    Draws,
    Replications,
    Workbook,
    /// The chart at this place of the gallery, in pixels.
    Png(usize),
    /// The same as a drawing.
    Svg(usize),
    Page,
}

impl Report {
    /// What is written of the report. It takes in what was left out of it.
    ///
    /// # Errors
    /// A number that no file can hold.
    pub fn bundle(&mut self, form: Form) -> Result<Bundle<'_>, Faults> {
        let gallery = if form.charts == Charts::None { Gallery::default() } else { Gallery::of(self) };
        let pixels = form.charts != Charts::Afforded || self.budget.affords_pictures(gallery.sizes());
        self.summary.left_out = self.budget.words();
        let summary = summary_json(&self.summary).map_err(|fault| {
            let what = format!("{fault}; make the amounts of the study smaller");
            Faults::one(Cause::Limit, Diagnostic::error(what))
        })?;
        let charts = gallery.charts().count();
        let before = [
            Piece::Summary,
            Piece::Business,
            Piece::Timeline,
            Piece::Contrasts,
            Piece::Ledger,
            Piece::Draws,
            Piece::Replications,
            Piece::Workbook,
        ];
        let pictures = (0..charts).filter(|_| pixels).map(Piece::Png).chain((0..charts).map(Piece::Svg));
        let pieces = before.into_iter().chain(pictures).chain([Piece::Page]).collect();
        Ok(Bundle { report: self, form, summary, gallery, pieces })
    }
}

impl<'r> Bundle<'r> {
    /// How many outputs there are, without the manifest.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are none, which never is.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The report that it is made of.
    pub fn report(&self) -> &'r Report {
        self.report
    }

    /// The content of `summary.json`.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The characters of charts that their font lacks: pictures show boxes in their places.
    pub fn lacking(&self) -> BTreeSet<char> {
        self.gallery.charts().flat_map(Chart::lacking).collect()
    }

    /// The names of all outputs in their order, the manifest last.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().map(|piece| self.name(*piece)).chain([MANIFEST.to_owned()])
    }

    /// The output at this place of [`Bundle::len`].
    ///
    /// # Errors
    /// A fault of polku.
    pub fn output(&self, place: usize) -> Result<Output<'_>, String> {
        let Some(piece) = self.pieces.get(place) else { return Err(format!("there is no output {place}")) };
        Ok(Output { name: self.name(*piece), bytes: self.bytes(*piece)? })
    }

    /// The manifest, when all outputs have been written with these digests.
    ///
    /// # Errors
    /// A fault of polku.
    pub fn manifest(&self, written: &[(String, String)]) -> Result<Output<'static>, String> {
        self.report.origin.manifest(self.report.summary.seed, self.form, written)
    }

    fn name(&self, piece: Piece) -> String {
        let table = |name: &str| match self.form.tables {
            TableForm::Csv => format!("{name}.csv"),
            TableForm::Parquet => format!("{name}.parquet"),
        };
        let chart = |place: usize, end: &str| {
            let name = self.gallery.charts().nth(place).map_or("", |chart| chart.name.as_str());
            format!("charts/{name}.{end}")
        };
        match piece {
            Piece::Summary => SUMMARY.to_owned(),
            Piece::Business => "business.json".to_owned(),
            Piece::Timeline => table("timeline"),
            Piece::Contrasts => table("contrasts"),
            Piece::Ledger => table("ledger"),
            Piece::Draws => table("draws"),
            Piece::Replications => table("replications"),
            Piece::Workbook => "workbook.xlsx".to_owned(),
            Piece::Png(place) => chart(place, "png"),
            Piece::Svg(place) => chart(place, "svg"),
            Piece::Page => "report.html".to_owned(),
        }
    }

    fn bytes(&self, piece: Piece) -> Result<Cow<'_, [u8]>, String> {
        let (report, form) = (self.report, self.form.tables);
        let table = |csv: fn(&Report) -> String, parquet: fn(&Report) -> Result<Vec<u8>, String>| match form {
            TableForm::Csv => Ok(csv(report).into_bytes()),
            TableForm::Parquet => parquet(report),
        };
        let chart = |place: usize| self.gallery.charts().nth(place).ok_or_else(|| format!("there is no chart {place}"));
        let made = match piece {
            Piece::Summary => return Ok(self.summary.as_bytes().into()),
            Piece::Svg(place) => return Ok(chart(place)?.svg.as_bytes().into()),
            Piece::Business => {
                let business = serde_json::to_string_pretty(&report.business).map_err(|fault| fault.to_string())?;
                (business + "\n").into_bytes()
            }
            Piece::Timeline => table(timeline_csv, parquet::timeline)?,
            Piece::Contrasts => table(contrasts_csv, parquet::contrasts)?,
            Piece::Ledger => table(ledger_csv, parquet::ledger)?,
            Piece::Draws => table(draws_csv, parquet::draws)?,
            Piece::Replications => table(replications_csv, parquet::replications)?,
            Piece::Workbook => workbook(report)?,
            Piece::Png(place) => png(chart(place)?)?,
            Piece::Page => page(report, &self.gallery).map_err(|fault| fault.to_string())?.into_bytes(),
        };
        Ok(made.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::rich;

    fn names(form: Form) -> Vec<String> {
        rich::report().bundle(form).unwrap().names().collect()
    }

    #[test]
    fn a_bundle_has_its_outputs_in_order_and_the_manifest_last() {
        let all = names(Form::default());
        assert_eq!(all[..4], ["summary.json", "business.json", "timeline.csv", "contrasts.csv"]);
        assert_eq!(all[4..7], ["ledger.csv", "draws.csv", "replications.csv"]);
        assert_eq!(all[7..9], ["workbook.xlsx", "charts/differences.png"]);
        assert_eq!(all[all.len() - 2..], ["report.html", "manifest.json"]);
        let form = Form { tables: TableForm::Parquet, charts: Charts::None, threads: 1 };
        let few = names(form);
        assert_eq!(few[2..5], ["timeline.parquet", "contrasts.parquet", "ledger.parquet"]);
        assert_eq!(few[5..8], ["draws.parquet", "replications.parquet", "workbook.xlsx"]);
        assert_eq!(few[8..], ["report.html", "manifest.json"]);
    }

    #[test]
    fn drawings_are_not_copied_and_what_is_not_there_is_no_output() {
        let mut report = rich::report();
        let bundle = report.bundle(Form::default()).unwrap();
        let borrowed = |name: &str| {
            let place = bundle.names().position(|its| its == name).unwrap();
            matches!(bundle.output(place).unwrap().bytes, Cow::Borrowed(_))
        };
        assert!(borrowed("charts/differences.svg") && borrowed("summary.json"));
        assert!(bundle.output(bundle.len()).is_err());
    }
}
