//! Compiles what is drawn together: the rank correlations of uncertain numbers.

use crate::diagnostic::Diagnostic;
use crate::model::together::Together;
use crate::quantity::ParamId;
use crate::stats::copula::{Copula, CopulaError};
use crate::study::path::ParamPath as Path;
use crate::study::world::Correlated;

use super::Compiler;
use super::roadmap::near_path;

/// A pair of numbers by their places, how they are correlated, and the group that says so.
struct Pair {
    numbers: (usize, usize),
    rank: f64,
    group: usize,
}

impl Pair {
    fn joins(&self, a: usize, b: usize) -> bool {
        self.numbers == (a, b) || self.numbers == (b, a)
    }
}

impl Compiler<'_> {
    /// Compiles what is drawn together; all groups make one matrix.
    pub(super) fn together(&mut self) -> Option<Together> {
        let study = self.study;
        let mut params: Vec<ParamId> = Vec::new();
        let mut pairs: Vec<Pair> = Vec::new();
        for (group, written) in study.correlated.iter().enumerate() {
            let at = Path::of(["correlated".to_owned(), group.to_string()]);
            let fine = self.check_rank(&at.child("rank"), written.rank);
            let places: Vec<usize> = self
                .group(&at.child("paths"), written)
                .into_iter()
                .map(|id| {
                    params.iter().position(|its| *its == id).unwrap_or_else(|| {
                        params.push(id);
                        params.len() - 1
                    })
                })
                .collect();
            if !fine {
                continue;
            }
            for (nth, a) in places.iter().enumerate() {
                for b in &places[..nth] {
                    let before = pairs.iter().find(|pair| pair.joins(*a, *b) && pair.rank != written.rank);
                    if let Some(before) = before {
                        let fault = self.twice((params[*b], params[*a]), before, (group, written.rank));
                        self.fault(fault);
                    } else {
                        pairs.push(Pair { numbers: (*a, *b), rank: written.rank, group });
                    }
                }
            }
        }
        self.copula(params, &pairs)
    }

    fn check_rank(&mut self, at: &Path, rank: f64) -> bool {
        let fault = Diagnostic::error(format!("a rank correlation cannot be {rank}")).at(at.to_string());
        let fault = if rank.abs() < 1.0 {
            return true;
        } else if rank.abs() > 1.0 {
            fault.why("it says how closely two numbers go together: -1 opposite, 0 not at all, 1 wholly")
        } else {
            fault.why("numbers that go together wholly are one number, and are not drawn each")
        };
        self.fault(fault.mend("give a number between -1 and 1, such as 0.6 or -0.9"));
        false
    }

    /// The numbers of a group, each once.
    fn group(&mut self, at: &Path, written: &Correlated) -> Vec<ParamId> {
        let patterns = written.paths.iter().any(|path| Path::parse(path).is_ok_and(|path| path.is_pattern()));
        if written.paths.len() < 2 && !patterns {
            let what = if written.paths.is_empty() {
                "nothing is correlated here"
            } else {
                "a number cannot be correlated with itself"
            };
            self.fault(Diagnostic::error(what).at(at.to_string()).mend("name at least two uncertain numbers"));
        }
        let mut group: Vec<ParamId> = Vec::new();
        for (item, path) in written.paths.iter().enumerate() {
            let at = at.child(&item.to_string());
            match self.uncertain_at(&at, path) {
                Some(id) if group.contains(&id) => self.fault(
                    Diagnostic::error(format!("`{path}` is named twice"))
                        .at(at.to_string())
                        .why("a number cannot be correlated with itself")
                        .mend("take it out once, or name another uncertain number"),
                ),
                found => group.extend(found),
            }
        }
        group
    }

    /// The uncertain number that is written at a path.
    fn uncertain_at(&mut self, at: &Path, written: &str) -> Option<ParamId> {
        let path = Path::parse(written).ok();
        let fault = match path.filter(|path| !path.is_pattern()) {
            None => Diagnostic::error(format!("`{written}` does not name one number"))
                .mend("name each uncertain number by its own path, such as `initiatives.NAME.effects.0.odds`"),
            Some(path) => match self.drawable(&path) {
                Ok(id) => return Some(id),
                Err(fault) => fault,
            },
        };
        self.fault(fault.at(at.to_string()));
        None
    }

    fn drawable(&self, path: &Path) -> Result<ParamId, Diagnostic> {
        let params = &self.numbers.params;
        let found = params.iter().position(|its| its.element.is_none() && (its.path == *path || its.written == *path));
        let Some(place) = found else {
            let uncertain = params.iter().filter(|its| its.is_uncertain() && its.element.is_none());
            let usual = "name the path of one uncertain number, such as `initiatives.NAME.effects.0.odds`";
            let mend = near_path(path, uncertain.map(|its| &its.path))
                .map_or_else(|| usual.to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Diagnostic::error(format!("there is no number `{path}`")).mend(mend));
        };
        let names = path.names();
        if let ["shocks", .., "effects", _, _] = names[..] {
            return Err(Diagnostic::error(format!("`{path}` is drawn each time that the shock comes"))
                .why("numbers that are drawn together are drawn once per replication")
                .mend("take it out"));
        }
        if let ["stages", _, "quality"] | ["stages", _, "purchases", "basket"] = names[..] {
            return Err(Diagnostic::error(format!("`{path}` is spread over customers, and is not uncertain"))
                .why("numbers that are drawn together are drawn once per replication")
                .mend("take it out"));
        }
        // `.chance` is where a rule writes the number whose address is the rule's.
        if let ["stages", stage, "to", _] | ["stages", stage, "to", _, "chance"] = names[..]
            && self.study.stages.get(stage).is_some_and(|stage| stage.effective_size.is_some())
        {
            return Err(Diagnostic::error(format!("`{path}` is drawn together with its row already"))
                .why(format!("`effective_size` makes the chances of `{stage}` uncertain together"))
                .mend("take it out, or take out `effective_size` and give the chance an interval"));
        }
        if !params[place].is_uncertain() {
            return Err(Diagnostic::error(format!("`{path}` is known"))
                .why("only uncertain numbers are drawn, so only they can be drawn together")
                .mend("give it an interval such as \"0.05 to 0.09\", or take it out"));
        }
        Ok(ParamId::from(place))
    }

    /// The name of a number as it is written.
    fn name(&self, id: ParamId) -> String {
        format!("`{}`", self.numbers.params[id.index()].written)
    }

    /// The fault of a pair that two groups correlate differently.
    fn twice(&self, (a, b): (ParamId, ParamId), before: &Pair, (group, rank): (usize, f64)) -> Diagnostic {
        Diagnostic::error(format!("{} and {} are correlated twice", self.name(a), self.name(b)))
            .at(place_of(group))
            .at(place_of(before.group))
            .why(format!("by {} and by {rank}", before.rank))
            .mend("keep one of the two groups, or take the number out of one of them")
    }

    fn copula(&mut self, params: Vec<ParamId>, pairs: &[Pair]) -> Option<Together> {
        if params.len() < 2 {
            return None;
        }
        let mut ranks = vec![vec![0.0; params.len()]; params.len()];
        for (at, row) in ranks.iter_mut().enumerate() {
            row[at] = 1.0;
        }
        for pair in pairs {
            let (a, b) = pair.numbers;
            ranks[a][b] = pair.rank;
            ranks[b][a] = pair.rank;
        }
        match Copula::of_ranks(&ranks) {
            Ok(copula) => Some(Together { params, copula }),
            Err(
                CopulaError::NotPositiveDefinite(at) | CopulaError::NotCorrelations(at) | CopulaError::NotSquare(at),
            ) => {
                let fault = self.contradiction(at, &params, pairs);
                self.fault(fault);
                None
            }
        }
    }

    /// The fault of correlations of which the one at a place contradicts those before.
    fn contradiction(&self, at: usize, params: &[ParamId], pairs: &[Pair]) -> Diagnostic {
        let others: Vec<usize> = (0..at).filter(|other| pairs.iter().any(|pair| pair.joins(at, *other))).collect();
        let concerned = |place: usize| place == at || others.contains(&place);
        let mut fault = Diagnostic::error("these correlations cannot hold together");
        let mut told = Vec::new();
        for pair in pairs.iter().filter(|pair| concerned(pair.numbers.0) && concerned(pair.numbers.1)) {
            if !told.contains(&pair.group) {
                told.push(pair.group);
                fault = fault.at(place_of(pair.group));
            }
        }
        let names: Vec<String> = others.iter().map(|other| self.name(params[*other])).collect();
        fault
            .why(format!(
                "what is said of {} leaves {} no room to be correlated with them like this (the matrix is not positive definite)",
                names.join(" and "),
                self.name(params[at]),
            ))
            .mend("bring the correlations nearer to 0, or let their signs agree: what goes with one of two that go together goes with the other")
    }
}

/// Where a group says how closely its numbers go together.
fn place_of(group: usize) -> String {
    Path::of(["correlated".to_owned(), group.to_string(), "rank".to_owned()]).to_string()
}
