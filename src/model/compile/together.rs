//! Compiles what is drawn together: the rank correlations of uncertain numbers.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use crate::diagnostic::Diagnostic;
use crate::model::together::Together;
use crate::quantity::ParamId;
use crate::stats::copula::{Copula, CopulaError, nearest_ranks};
use crate::study::path::ParamPath as Path;
use crate::study::world::Correlated;

use super::compiler::Compiler;
use super::roadmap::near_path;

/// The most numbers that are drawn together: each is held against each.
const MOST: usize = 1_000;

/// More numbers or pairs than this are counted, not told.
const MOST_NAMES: usize = 6;

/// Which group says how two numbers go together, by their places: of each, those before it.
type Pairs = Vec<Vec<Option<usize>>>;

impl Compiler<'_> {
    /// Compiles what is drawn together; all groups make one matrix.
    pub(super) fn together(&mut self) -> Option<Together> {
        let study = self.study;
        let named: usize = study.correlated.iter().map(|group| group.paths.len()).sum();
        let mut params: IndexSet<ParamId> = IndexSet::new();
        let mut pairs: Pairs = Vec::new();
        let known = if named == 0 || named > MOST { HashMap::new() } else { self.places() };
        for (group, written) in study.correlated.iter().enumerate() {
            let at = Path::of(["correlated".to_owned(), group.to_string()]);
            let fine = self.check_rank(&at.child("rank"), written.rank);
            if named > MOST {
                continue;
            }
            let places: Vec<usize> = self
                .group(&at.child("paths"), written, &known)
                .into_iter()
                .map(|id| params.insert_full(id).0)
                .collect();
            pairs.extend((pairs.len()..params.len()).map(|place| vec![None; place]));
            for (nth, a) in places.iter().enumerate().filter(|_| fine) {
                for b in &places[..nth] {
                    let (later, earlier) = (*a.max(b), *a.min(b));
                    match pairs[later][earlier] {
                        Some(before) if study.correlated[before].rank != written.rank => {
                            let fault = self.twice((params[*b], params[*a]), before, group);
                            self.fault(fault);
                        }
                        _ => pairs[later][earlier] = Some(group),
                    }
                }
            }
        }
        if named > MOST {
            self.fault(
                Diagnostic::error(format!("{named} numbers are drawn together"))
                    .at("correlated")
                    .why(format!("each is held against each, and {MOST} are the most"))
                    .help("correlate those that matter most, or let numbers that go wholly together be one"),
            );
        }
        self.copula(params.into_iter().collect(), &pairs)
    }

    /// Where each number of the study stands, by its path and by where it is written; elements of lists have none.
    fn places(&self) -> HashMap<Path, usize> {
        let mut places = HashMap::new();
        for (place, param) in self.numbers.params.iter().enumerate().filter(|(_, its)| its.element.is_none()) {
            places.entry(param.path.clone()).or_insert(place);
            places.entry(param.written.clone()).or_insert(place);
        }
        places
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
        self.fault(fault.help("give a number between -1 and 1, such as 0.6 or -0.9"));
        false
    }

    /// The numbers of a group, each once.
    fn group(&mut self, at: &Path, written: &Correlated, known: &HashMap<Path, usize>) -> IndexSet<ParamId> {
        let patterns = written.paths.iter().any(|path| Path::parse(path).is_ok_and(|path| path.is_pattern()));
        if written.paths.len() < 2 && !patterns {
            let what = if written.paths.is_empty() {
                "nothing is correlated here"
            } else {
                "a number cannot be correlated with itself"
            };
            self.fault(Diagnostic::error(what).at(at.to_string()).help("name at least two uncertain numbers"));
        }
        let mut group: IndexSet<ParamId> = IndexSet::new();
        for (item, path) in written.paths.iter().enumerate() {
            let at = at.child(&item.to_string());
            match self.uncertain_at(&at, path, known) {
                Some(id) if group.contains(&id) => self.fault(
                    Diagnostic::error(format!("`{path}` is named twice"))
                        .at(at.to_string())
                        .why("a number cannot be correlated with itself")
                        .help("take it out once, or name another uncertain number"),
                ),
                found => group.extend(found),
            }
        }
        group
    }

    /// The uncertain number that is written at a path.
    fn uncertain_at(&mut self, at: &Path, written: &str, known: &HashMap<Path, usize>) -> Option<ParamId> {
        let path = Path::parse(written).ok();
        let fault = match path.filter(|path| !path.is_pattern()) {
            None => Diagnostic::error(format!("`{written}` does not name one number"))
                .help("name each uncertain number by its own path, such as `initiatives.NAME.effects.0.odds`"),
            Some(path) => match self.drawable(&path, known) {
                Ok(id) => return Some(id),
                Err(fault) => fault,
            },
        };
        self.fault(fault.at(at.to_string()));
        None
    }

    fn drawable(&self, path: &Path, known: &HashMap<Path, usize>) -> Result<ParamId, Diagnostic> {
        let params = &self.numbers.params;
        let Some(&place) = known.get(path) else {
            let uncertain = params.iter().filter(|its| its.is_uncertain() && its.element.is_none());
            let usual = "name the path of one uncertain number, such as `initiatives.NAME.effects.0.odds`";
            let help = near_path(path, uncertain.map(|its| &its.path))
                .map_or_else(|| usual.to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Diagnostic::error(format!("there is no number `{path}`")).help(help));
        };
        let names = path.names();
        if let ["shocks", .., "effects", _, _] = names[..] {
            return Err(Diagnostic::error(format!("`{path}` is drawn each time that the shock comes"))
                .why("numbers that are drawn together are drawn once per replication")
                .help("take it out"));
        }
        if let ["stages", _, "quality"] | ["stages", _, "purchases", "basket"] = names[..] {
            return Err(Diagnostic::error(format!("`{path}` is spread over customers, and is not uncertain"))
                .why("numbers that are drawn together are drawn once per replication")
                .help("take it out"));
        }
        // `.chance` and `.rate` are where a rule writes the number whose address is the rule's.
        if let ["stages", stage, "to", _] | ["stages", stage, "to", _, "chance" | "rate"] = names[..]
            && self.study.stages.get(stage).is_some_and(|stage| stage.effective_size.is_some())
        {
            return Err(Diagnostic::error(format!("`{path}` is drawn together with its row already"))
                .why(format!("`effective_size` makes the chances of `{stage}` uncertain together"))
                .help("take it out, or take out `effective_size` and give the chance an interval"));
        }
        if !params[place].is_uncertain() {
            return Err(Diagnostic::error(format!("`{path}` is known"))
                .why("only uncertain numbers are drawn, so only they can be drawn together")
                .help("give it an interval such as \"0.05 to 0.09\", or take it out"));
        }
        Ok(ParamId::from(place))
    }

    /// The name of a number as it is written.
    fn name(&self, id: ParamId) -> String {
        format!("`{}`", self.numbers.params[id.index()].written)
    }

    /// The fault of a pair that two groups correlate differently.
    fn twice(&self, (a, b): (ParamId, ParamId), before: usize, group: usize) -> Diagnostic {
        let rank = |group: usize| self.study.correlated[group].rank;
        Diagnostic::error(format!("{} and {} are correlated twice", self.name(a), self.name(b)))
            .at(place_of(group))
            .at(place_of(before))
            .why(format!("by {} and by {}", rank(before), rank(group)))
            .help("keep one of the two groups, or take the number out of one of them")
    }

    fn copula(&mut self, params: Vec<ParamId>, pairs: &Pairs) -> Option<Together> {
        if params.len() < 2 {
            return None;
        }
        let all: Vec<usize> = (0..params.len()).collect();
        match Copula::of_ranks(&self.ranks(&all, pairs)) {
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

    /// The rank correlations of some of the numbers.
    fn ranks(&self, of: &[usize], pairs: &Pairs) -> Vec<Vec<f64>> {
        let rank = |a: usize, b: usize| group_of(pairs, a, b).map_or(0.0, |group| self.study.correlated[group].rank);
        of.iter().map(|a| of.iter().map(|b| if a == b { 1.0 } else { rank(*a, *b) }).collect()).collect()
    }

    /// The fault of correlations of which the one at a place contradicts those before.
    fn contradiction(&self, at: usize, params: &[ParamId], pairs: &Pairs) -> Diagnostic {
        let mut concerned: Vec<usize> = (0..at).filter(|other| pairs[at][*other].is_some()).collect();
        let names: Vec<String> = concerned.iter().take(MOST_NAMES).map(|other| self.name(params[*other])).collect();
        let more = concerned.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        concerned.push(at);
        let mut groups: Vec<usize> = Vec::new();
        for (nth, a) in concerned.iter().enumerate() {
            groups.extend(concerned[..nth].iter().filter_map(|b| group_of(pairs, *a, *b)));
        }
        groups.sort_unstable();
        groups.dedup();
        let fault = Diagnostic::error("these correlations cannot hold together");
        groups
            .iter()
            .fold(fault, |fault, group| fault.at(place_of(*group)))
            .why(format!(
                "numbers are drawn together as normal numbers are (a Gaussian copula), and what is said of {}{more} leaves \
                 normal numbers no room to go together with {} like this, whatever other numbers could",
                names.join(" and "),
                self.name(params[at]),
            ))
            .help(self.reachable(&concerned, params, pairs))
    }

    /// The nearest correlations that can be had.
    fn reachable(&self, concerned: &[usize], params: &[ParamId], pairs: &Pairs) -> String {
        let near = nearest_ranks(&self.ranks(concerned, pairs));
        let mut by_group: IndexMap<usize, Vec<f64>> = IndexMap::new();
        let mut by_pair: Vec<String> = Vec::new();
        for (nth, a) in concerned.iter().enumerate() {
            for (earlier, b) in concerned[..nth].iter().enumerate() {
                let rank = near[nth][earlier];
                match group_of(pairs, *a, *b) {
                    Some(group) => by_group.entry(group).or_default().push(rank),
                    None if rank == 0.0 => continue,
                    None => {}
                }
                by_pair.push(format!("{} with {} {rank}", self.name(params[*b]), self.name(params[*a])));
            }
        }
        let pairs_in_groups: usize = by_group.values().map(Vec::len).sum();
        let even = by_group.values().all(|ranks| ranks.iter().all(|rank| *rank == ranks[0]));
        if even && pairs_in_groups == by_pair.len() {
            let ranks: Vec<String> =
                by_group.iter().map(|(group, ranks)| self.nearest_rank(*group, ranks[0])).collect();
            return format!("the nearest that can be had: {}", ranks.join(", "));
        }
        by_pair.sort();
        let more = by_pair.len().saturating_sub(MOST_NAMES);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        by_pair.truncate(MOST_NAMES);
        format!(
            "bring them nearer to 0, or let their signs agree: what goes with one of two that go together goes with the \
             other; the nearest that can be had: {}{more}",
            by_pair.join(", ")
        )
    }

    fn nearest_rank(&self, group: usize, rank: f64) -> String {
        match self.study.correlated.len() {
            1 => format!("`rank = {rank}`"),
            _ => format!("`rank = {rank}` instead of {}", self.study.correlated[group].rank),
        }
    }
}

/// The group that says how two numbers go together.
fn group_of(pairs: &Pairs, a: usize, b: usize) -> Option<usize> {
    pairs[a.max(b)].get(a.min(b)).copied().flatten()
}

/// Where a group says how closely its numbers go together.
fn place_of(group: usize) -> String {
    Path::of(["correlated".to_owned(), group.to_string(), "rank".to_owned()]).to_string()
}
