//! Compiles whom a change reaches: the customers of some segments, or everyone.

use crate::diagnostic::Diagnostic;
use crate::quantity::{ParamId, SegmentId};
use crate::study::names::SEGMENTS;
use crate::study::path::{ParamPath as Path, Step};

use super::compiler::Compiler;

impl Compiler<'_> {
    /// The segments that a change reaches, in canonical order; none where it reaches all of them.
    pub(super) fn whose(
        &mut self,
        at: &Path,
        written: Option<&[String]>,
        targets: &[ParamId],
    ) -> Option<Vec<SegmentId>> {
        let named = written?;
        let list = at.child("segments");
        if let [root, segment, ..] = at.names()[..]
            && root == SEGMENTS.root
        {
            let fault = Diagnostic::error(format!("a change of segment `{segment}` reaches that segment alone"))
                .at(list.to_string())
                .help("take `segments` out");
            self.fault(fault);
            return None;
        }
        if named.is_empty() {
            self.fault(
                Diagnostic::error("a change reaches no segment")
                    .at(list.to_string())
                    .help("name the segments whose customers it reaches, or take `segments` out where it reaches all"),
            );
        }
        let order = self.identity.segment_order();
        let mut found: Vec<SegmentId> = Vec::new();
        for (place, name) in named.iter().enumerate() {
            let at = list.child(&place.to_string()).to_string();
            match order.iter().position(|its| its == name).map(SegmentId::from) {
                None => {
                    let help = SEGMENTS.suggest(name, self.study);
                    self.fault(SEGMENTS.missing(name).at(at).help(help));
                }
                Some(segment) if found.contains(&segment) => self
                    .fault(Diagnostic::error(format!("`{name}` is named twice")).at(at).help("take one of them out")),
                Some(segment) => found.push(segment),
            }
        }
        self.check_owner(at, (named, &order), targets);
        found.sort_unstable();
        (found.len() < order.len()).then_some(found)
    }

    /// All customers stand in one line, so that what the company has for it does not change for some of them.
    pub(super) fn check_company(&mut self, at: &Path, reaches_all: bool, targets: &[ParamId]) {
        let own = at.names().first() == Some(&SEGMENTS.root);
        if reaches_all && !own {
            return;
        }
        let shared = |id: &&ParamId| self.channels.iter().any(|its| its.of_company().any(|other| other == **id));
        let Some(id) = targets.iter().find(shared) else { return };
        let path = self.numbers.params[id.index()].path.to_string();
        let fault = Diagnostic::error(format!("`{path}` cannot change for some of the customers"))
            .at(at.child("target").to_string())
            .why("all of them stand in one line, so that its people, hours, minutes and patience are the company's");
        self.fault(if own {
            fault.help("let an initiative or a scenario change it for all; `appeal`, `solves` or `switch` may differ")
        } else {
            fault.at(at.child("segments").to_string()).help("take `segments` out, so that it changes for all")
        });
    }

    /// A number that belongs to one segment is not changed by what reaches others.
    fn check_owner(&mut self, at: &Path, (named, all): (&[String], &[String]), targets: &[ParamId]) {
        let owner = |id: &ParamId| match &self.numbers.params[id.index()].path.steps[..] {
            [Step::Name(root), Step::Name(segment), ..] if root == SEGMENTS.root => Some(segment.clone()),
            _ => None,
        };
        let owners: Option<Vec<String>> = targets.iter().map(owner).collect();
        let Some(owners) = owners.filter(|owners| !owners.iter().any(|its| named.contains(its))) else { return };
        let Some(owner) = owners.first().filter(|_| named.iter().all(|its| all.contains(its)) && !named.is_empty())
        else {
            return;
        };
        self.fault(
            Diagnostic::error("a change aims at numbers of a segment that it does not reach")
                .at(at.child("target").to_string())
                .at(at.child("segments").to_string())
                .why(format!("what it aims at belongs to segment `{owner}`"))
                .help("take `segments` out, since the target says whose numbers they are"),
        );
    }
}
