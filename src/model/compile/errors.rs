//! Where errors are, so that numbers which rest on them are not judged.

use crate::diagnostic::{Diagnostic, Severity};
use crate::study::names::{KINDS, PATTERNS};
use crate::study::path::ParamPath as Path;

/// Where errors are, so that numbers which rest on them are not judged.
pub struct Errors {
    paths: Vec<Path>,
}

impl Errors {
    /// The places of all errors.
    pub fn of(found: &[Diagnostic]) -> Self {
        let errors = found.iter().filter(|fault| fault.severity == Severity::Error);
        let places = errors.flat_map(|fault| &fault.places);
        Self { paths: places.filter_map(|place| Path::parse(&place.path).ok()).collect() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether a fault in a row of chances stands whatever the right numbers are.
    pub fn spare(&self, fault: &Diagnostic) -> bool {
        let places: Vec<Path> = fault.places.iter().filter_map(|place| Path::parse(&place.path).ok()).collect();
        self.paths.iter().all(|error| {
            let names = error.names();
            // How far rows are looked at, and by which season.
            let seasonal = || places.iter().any(|place| place.names().first() == Some(&PATTERNS.root));
            let clock = names == ["run", "horizon"] || (names == ["run", "first_month"] && seasonal());
            !clock && places.iter().all(|place| !touches(error, place))
        })
    }
}

/// Whether what stands at a place rests on what is wrong.
fn touches(error: &Path, place: &Path) -> bool {
    let (wrong, rests) = (error.names(), place.names());
    let whole = |root: &&str| KINDS.into_iter().any(|kind| kind.whole && kind.root == *root);
    let whole = wrong.first().is_some_and(whole) && wrong.len() > 1;
    error.holds(place) || place.holds(error) || (whole && wrong.iter().zip(&rests).take(2).all(|(a, b)| a == b))
}
