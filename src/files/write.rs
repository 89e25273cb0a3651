//! The library's own way to write a report.

use std::path::Path;

use super::results::Results;
use crate::faults::Faults;
use crate::report::Report;
use crate::report::form::Form;

impl Report {
    /// Writes everything that there is of the report into a folder: tables, charts, a page, a workbook and a manifest. What
    /// polku wrote there before is replaced as a whole; what others wrote there stays.
    ///
    /// # Errors
    /// A number that no file can hold, or a failure of writing; then everything is as it was.
    pub fn write(mut self, folder: impl AsRef<Path>) -> Result<(), Faults> {
        Results::at(folder.as_ref())?.replace(&self.bundle(Form::default())?)
    }
}
