//! What can be judged beside a fault: a fault hides nothing but what follows from it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::faults::Faults;
use crate::model::{Model, check};
use crate::study::path::ParamPath as Path;
use crate::study::source::Source;

use super::judge::judged;

/// The most rows of chances that are looked at in each filling of a study whose form is wrong.
const MOST_WORK: u64 = 2_000_000;
/// More faults than this are not told beside those of the form.
const MOST_FAULTS: usize = 100;

/// Whether two fillings of a study have a fault in common. What is offered instead may differ with the filling.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.severity == other.severity && one.what == other.what && one.places == other.places
}

/// Whether a fault has to do with what stands at a path or beneath it, by its places or by the paths that it names.
fn concerns(fault: &Diagnostic, hole: &Path) -> bool {
    let named = [&fault.what, &fault.why].into_iter().flat_map(|text| text.split('`').skip(1).step_by(2));
    let named = named.filter(|name| name.contains('.'));
    let places = fault.places.iter().map(|place| place.path.as_str());
    places.chain(named).filter_map(|path| Path::parse(path).ok()).any(|path| {
        let beneath = path.steps.len() >= hole.steps.len();
        let upper = Path { steps: path.steps[..hole.steps.len().min(path.steps.len())].to_vec() };
        // The path may itself be a pattern.
        beneath && (hole.holds(&path) || upper.matches(hole))
    })
}

/// Whether a warning is of the very table in which something is wrong: what fills that may be all that it warns of.
fn follows(fault: &Diagnostic, hole: &Path) -> bool {
    let above = hole.parent().map(|above| above.to_string());
    fault.severity == Severity::Warning && fault.places.iter().any(|place| Some(&place.path) == above.as_ref())
}

impl Model {
    /// All faults of a study whose form is wrong, in the order of the file: those of the form, which `Study::parse`
    /// found, and all else that is wrong whatever is meant there.
    pub fn faults_of(source: &Source, form: Faults) -> Faults {
        let mut told = form.into_list();
        let Some(salvaged) = source.salvage() else { return Faults::wrong(&source.name, told) };
        let mut fillings = salvaged.fillings.iter().map(|study| judged(study, source, MOST_WORK, check::middle_rows).1);
        let Some(first) = fillings.next() else { return Faults::wrong(&source.name, told) };
        let known =
            |fault: &Diagnostic| !salvaged.holes.iter().any(|hole| concerns(fault, hole) || follows(fault, hole));
        let mut found: Vec<Diagnostic> = first.into_iter().filter(known).take(MOST_FAULTS).collect();
        for other in fillings {
            found.retain(|fault| other.iter().any(|its| is_same(fault, its)));
        }
        source.locate_all(&mut found);
        told.extend(found);
        // In the order of the file, as one would fix them; what is missing at the top comes first.
        told.sort_by_key(|fault| fault.places.first().map_or(0, |place| place.line));
        Faults::wrong(&source.name, told)
    }
}
