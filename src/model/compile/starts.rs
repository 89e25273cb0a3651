//! Compiles changes of where customers start: the numbers that they aim at, and which come too late.

use crate::diagnostic::Diagnostic;
use crate::model::param::Meaning;
use crate::quantity::{ParamId, StageId};
use crate::study::Study;
use crate::study::names::{SCENARIOS, SEGMENTS};
use crate::study::number::Number;
use crate::study::path::{ParamPath as Path, Step};
use crate::study::roadmap::Change as Written;

use super::compiler::Compiler;

/// The key under which it stands where customers start.
const START: &str = "start";

impl Compiler<'_> {
    /// The numbers of shares that changes aim at; nothing where none does, so that it costs nothing.
    pub(super) fn start_ids(&mut self, at: &Path, start: &[(StageId, f64)]) -> Vec<ParamId> {
        if !self.moves_starts {
            return Vec::new();
        }
        let names: Vec<String> =
            start.iter().filter_map(|(id, _)| Some(self.stages.get_index(id.index())?.0.clone())).collect();
        let shares = start.iter().map(|(_, share)| Number::Known(share.clamp(0.0, 1.0)));
        names.iter().zip(shares).map(|(name, share)| self.number(&at.child(name), Meaning::Share, &share)).collect()
    }

    /// Tells of what aims at where customers are at the start, and comes into force only later: all but the changes of scenarios
    /// and segments.
    pub(super) fn check_in_time_for_start(&mut self, target: &str, at: &Path) {
        let names = at.names();
        let holds_from_the_start = match names[..] {
            [root, ..] if root == SEGMENTS.root => true,
            // The list `changes` of a scenario itself, and not that of a rule.
            [root, _, list, ..] if root == SCENARIOS.root => list == "changes",
            _ => false,
        };
        if !holds_from_the_start {
            let fault = too_late(target).at(at.to_string());
            self.fault(fault.why("they are there before any of it is in force"));
        }
    }

    /// Tells of a change of where customers are at the start that holds only from a later period on.
    pub(super) fn check_from_of_start(&mut self, at: &Path, written: &Written) {
        let Some(from) = written.from.filter(|from| from.0 > 0) else { return };
        if Path::parse(&written.target).is_ok_and(|target| is_start_of_all(&target)) {
            let fault = too_late(&written.target).at(at.child("from").to_string());
            self.fault(fault.why(format!("they are there before period {} begins", from.0)));
        }
    }
}

/// The fault of a change of where customers are at the start that comes too late for them.
fn too_late(target: &str) -> Diagnostic {
    let newcomers = target.replacen(".start.", ".inflow.start.", 1);
    Diagnostic::error(format!("a change of `{target}` comes too late for those who are there at the start")).help(format!(
        "let a scenario or the segment change it, without `from`; or aim at `{newcomers}`, where newcomers start, whose \
         segment then needs an `inflow` with a `start` of its own"
    ))
}

/// The step of a path to a share of a segment at which `start` stands: that of who is there at the start, and of newcomers.
fn place_of_start(path: &Path) -> Option<usize> {
    let is = |place: usize, name: &str| path.steps.get(place).is_some_and(|step| *step == Step::Name(name.to_owned()));
    let newcomers = is(2, "inflow") && is(3, START);
    let place = if newcomers { 3 } else { 2 };
    (is(0, SEGMENTS.root) && is(place, START) && path.steps.len() == place + 2).then_some(place)
}

/// Whether a path aims at where those start who are there at the start.
pub(super) fn is_start_of_all(path: &Path) -> bool {
    place_of_start(path) == Some(2)
}

/// Whether a path aims at where customers start, also newcomers.
pub(super) fn is_start(path: &Path) -> bool {
    place_of_start(path).is_some()
}

/// Whether any change of a study aims at where customers start.
pub(super) fn aims_at_starts(study: &Study) -> bool {
    let scenarios = study
        .scenarios
        .values()
        .flat_map(|its| its.changes.iter().chain(its.rules.iter().flat_map(|rule| &rule.then.changes)));
    let initiatives = study.initiatives.values();
    let effects = initiatives.flat_map(|its| its.effects.iter().chain(its.dip.iter().flat_map(|dip| &dip.effects)));
    let changes = study.segments.values().flat_map(|its| &its.changes).chain(scenarios).chain(effects);
    let changes = changes.chain(study.shocks.iter().flat_map(|its| &its.effects)).map(|change| &change.target);
    let mut targets = changes.chain(study.over_time.iter().map(|its| &its.target));
    // Most studies never speak of it.
    targets.any(|target| target.contains(START) && Path::parse(target).is_ok_and(|path| is_start(&path)))
}

/// The fault of a change that aims at a share that is not there.
pub(super) fn no_share(target: &str) -> Diagnostic {
    Diagnostic::error(format!("no share stands at `{target}`"))
        .why("a change moves the shares of stages that `start` names, and scales its others")
        .help("name the stage there, with a share of 0 where nobody starts in it today")
}
