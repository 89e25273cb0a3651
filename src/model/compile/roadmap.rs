//! Compiles changes and scenarios.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, nearest, suggest};
use crate::quantity::ParamId;
use crate::study::names::{INITIATIVES, SCENARIOS};
use crate::study::number::Number;
use crate::study::roadmap::{Change as Written, Scenario as WrittenScenario};

use super::compiler::Compiler;
use super::starts::{is_start, is_start_of_all, no_share};
use crate::model::change::{Change, Op};
use crate::model::param::Meaning;
use crate::model::roadmap::{Initiative, Planned, Rule, Scenario};
use crate::study::path::{ParamPath as Path, Step};

/// The most numbers that all changes aim at.
const MOST_AIMED: usize = 10_000_000;
/// More faults than this are told without what was meant.
const MOST_GUESSES: usize = 1_000;

/// Compiles the changes of every segment, in canonical order.
pub fn segment_changes(compiler: &mut Compiler<'_>, horizon: u32) -> Vec<Vec<Change>> {
    let order = compiler.identity.segment_order();
    let study = compiler.study;
    order
        .iter()
        .map(|name| compiler.changes(&Path::of(["segments", name, "changes"]), &study.segments[name].changes, horizon))
        .collect()
}

/// Compiles the scenarios, in the order of the file; initiatives and capabilities are known by then.
pub fn scenarios(compiler: &mut Compiler<'_>, initiatives: &[Initiative], horizon: u32) -> Vec<Scenario> {
    let study = compiler.study;
    let direct: IndexMap<&String, Vec<Change>> = study
        .scenarios
        .iter()
        .map(|(name, scenario)| {
            (name, compiler.changes(&Path::of(["scenarios", name, "changes"]), &scenario.changes, horizon))
        })
        .collect();
    let rules: IndexMap<&String, Vec<Rule>> =
        study.scenarios.keys().map(|name| (name, compiler.rules(name, horizon))).collect();
    study.scenarios.keys().map(|name| compiler.scenario(name, initiatives, &direct, &rules, horizon)).collect()
}

impl Compiler<'_> {
    fn scenario(
        &mut self,
        name: &str,
        initiatives: &[Initiative],
        direct: &IndexMap<&String, Vec<Change>>,
        rules: &IndexMap<&String, Vec<Rule>>,
        horizon: u32,
    ) -> Scenario {
        let lineage = self.lineage(name);
        let mut starts: IndexMap<String, (u32, String)> = IndexMap::new();
        let (mut own, mut contingent) = (Vec::new(), Vec::new());
        for ancestor in &lineage {
            for (initiative, start) in &self.study.scenarios[ancestor].initiatives {
                starts.insert(initiative.clone(), (clamp(start.0), ancestor.clone()));
            }
            let changes = &direct[ancestor];
            let again = if ancestor == name { 0 } else { changes.iter().map(|its| its.targets.len() + 1).sum() };
            if self.can_aim(again, &Path::of(["scenarios", name]).to_string()) {
                own.extend(changes.iter().cloned());
            }
            // A rule that does nothing must not even be looked at, so that it costs and changes nothing.
            contingent.extend(rules[ancestor].iter().filter(|rule| rule.does_anything()).cloned());
        }
        let mut placed: Vec<(u32, u64, usize, u32)> = Vec::new();
        for (initiative, (start, ancestor)) in &starts {
            let at = Path::of(["scenarios", ancestor, "initiatives", initiative]);
            let Some(place) = self.initiative_named(initiative, &at, ancestor == name) else { continue };
            if ancestor == name {
                self.check_start(initiative, *start, horizon, &at);
            }
            let Some(plan) = initiatives.get(place) else { continue };
            if ancestor == name && (1..=horizon).contains(start) {
                self.check_live(plan, *start, horizon, &at);
            }
            placed.push((start.saturating_add(plan.build), plan.shape, place, *start));
        }
        // Changes need not commute, and the order of tables in a file must not count: what goes live first applies first.
        placed.sort_unstable();
        let plan: Vec<Planned> =
            placed.into_iter().map(|(.., initiative, start)| Planned { initiative, start }).collect();
        let origin =
            |initiative: &str| starts.get(initiative).map_or_else(|| name.to_owned(), |(_, from)| from.clone());
        self.check_feasible(name, initiatives, &plan, &origin);
        self.check_rules(&lineage, initiatives, &plan);
        let written = &self.study.scenarios[name];
        Scenario {
            name: name.to_owned(),
            title: written.title.clone().unwrap_or_else(|| name.to_owned()),
            description: written.description.clone().unwrap_or_default(),
            changes: own,
            plan,
            rules: contingent,
        }
    }

    /// An initiative's place by name; a fault that offers the nearest one where it is to be told.
    pub(super) fn initiative_named(&mut self, name: &str, at: &Path, tell: bool) -> Option<usize> {
        let place = self.study.initiatives.get_index_of(name);
        if place.is_none() && tell {
            let help = INITIATIVES.suggest(name, self.study);
            self.fault(INITIATIVES.missing(name).at_key(at.to_string()).help(help));
        }
        place
    }

    fn check_start(&mut self, initiative: &str, start: u32, horizon: u32, at: &Path) {
        if start > horizon {
            self.fault(
                Diagnostic::warning(format!("`{initiative}` starts after the horizon"))
                    .at(at.to_string())
                    .why(format!("the study ends with period {horizon}, so it neither costs nor changes anything"))
                    .help("let it start earlier, or raise `run.horizon`"),
            );
        }
    }

    /// A scenario after all that it extends, the eldest first; a circle is a fault.
    fn lineage(&mut self, name: &str) -> Vec<String> {
        let mut lineage = vec![name.to_owned()];
        let mut current: &WrittenScenario = &self.study.scenarios[name];
        while let Some(parent) = &current.extends {
            let child = lineage.last().cloned().unwrap_or_default();
            let at = Path::of(["scenarios", &child, "extends"]);
            if lineage.contains(parent) {
                // Every scenario of a circle comes back to itself; the one that stands first in the file tells it.
                let place = |name: &String| self.study.scenarios.get_index_of(name);
                if lineage[0] == *parent && lineage.iter().all(|other| place(&lineage[0]) <= place(other)) {
                    self.fault(circle(&lineage));
                }
                break;
            }
            let Some(next) = self.study.scenarios.get(parent) else {
                if child == name {
                    let help = SCENARIOS.suggest(parent, self.study);
                    self.fault(
                        Diagnostic::error(format!("there is no scenario `{parent}` to extend"))
                            .at(at.to_string())
                            .help(help),
                    );
                }
                break;
            };
            lineage.push(parent.clone());
            current = next;
        }
        lineage.reverse();
        lineage
    }

    pub(super) fn changes(&mut self, at: &Path, written: &[Written], horizon: u32) -> Vec<Change> {
        written
            .iter()
            .enumerate()
            .filter_map(|(place, change)| self.change(&at.child(&place.to_string()), change, horizon))
            .collect()
    }

    fn change(&mut self, at: &Path, written: &Written, horizon: u32) -> Option<Change> {
        let given: Vec<(Op, &Number)> = [
            (Op::Set, &written.set),
            (Op::Add, &written.add),
            (Op::Times, &written.times),
            (Op::Odds, &written.odds),
            (Op::Hazard, &written.hazard),
        ]
        .into_iter()
        .filter_map(|(op, amount)| amount.as_ref().map(|amount| (op, amount)))
        .collect();
        let [(op, amount)] = given[..] else {
            let found: Vec<String> = given.iter().map(|(op, _)| format!("`{}`", op.key())).collect();
            let fault = match found.split_last() {
                None => Diagnostic::error("a change does not say what to do")
                    .help("give one of `set`, `add`, `times`, `odds`, `hazard`, such as `odds = 0.8`"),
                Some((last, others)) => {
                    Diagnostic::error(format!("a change does several things at once: {} and {last}", others.join(", ")))
                        .help("write a change for each; they apply in the order of the list")
                }
            };
            self.fault(fault.at(at.to_string()));
            return None;
        };
        let targets = self.targets(at, &written.target, op)?;
        let segments = self.whose(at, written.segments.as_deref(), &targets);
        self.check_company(at, segments.is_none(), &targets);
        let meaning = match op {
            Op::Set => self.numbers.params[targets[0].index()].meaning,
            Op::Add => Meaning::Real,
            Op::Times | Op::Odds | Op::Hazard => Meaning::Positive,
        };
        let path = at.child(op.key());
        let amount = self.numbers.fixed(&path, &path, meaning, amount);
        self.check_from_of_start(at, written);
        let (from, until) = (written.from.map_or(0, |p| clamp(p.0)), written.until.map_or(u32::MAX, |p| clamp(p.0)));
        if from > until {
            self.fault(
                Diagnostic::error(format!("a change from period {from} until period {until} is never in force"))
                    .at(at.to_string())
                    .help("let `from` be no later than `until`"),
            );
        } else if from > horizon {
            self.fault(
                Diagnostic::warning("a change starts after the horizon")
                    .at(at.child("from").to_string())
                    .why(format!("the study ends with period {horizon}, so it changes nothing"))
                    .help("let it start earlier, or raise `run.horizon`"),
            );
        }
        Some(Change {
            targets,
            op,
            amount,
            from,
            until,
            segments,
            pattern: written.target.clone(),
            written: at.clone(),
        })
    }

    pub(super) fn targets(&mut self, at: &Path, target: &str, op: Op) -> Option<Vec<ParamId>> {
        let path = at.child("target");
        let at = path.to_string();
        let pattern = match Path::parse(target) {
            Ok(pattern) if !pattern.steps.is_empty() => pattern,
            broken => {
                let why = broken.err().unwrap_or_else(|| "it is empty".to_owned());
                self.fault(
                    Diagnostic::error("the target of a change is not a parameter path")
                        .at(at)
                        .why(why)
                        .help("write names with dots between them, as in `stages.active.to.churned`"),
                );
                return None;
            }
        };
        // `... .chance` or `... .rate` is where a rule writes the number whose address is the rule's.
        let changeable = self.aims.named(&pattern, &self.numbers.params);
        if is_start_of_all(&pattern) && !changeable.is_empty() {
            self.check_in_time_for_start(target, &path);
        }
        if changeable.is_empty() {
            self.fault(self.no_target(&pattern, target, at));
            return None;
        }
        if !self.can_aim(changeable.len(), &at) {
            return None;
        }
        let on_chance =
            |id: &ParamId| matches!(self.numbers.params[id.index()].meaning, Meaning::Chance | Meaning::Share);
        if matches!(op, Op::Odds | Op::Hazard) && !changeable.iter().all(on_chance) {
            let rate =
                changeable.iter().map(|id| &self.numbers.params[id.index()]).find(|its| its.is_transition_rate());
            let fault = Diagnostic::error(format!("`{}` works on chances, and `{target}` is not a chance", op.key()));
            self.fault(match rate {
                Some(rate) => fault
                    .at(at)
                    .at(rate.written.to_string())
                    .why("a transition that is declared by `rate` has no chance that could be changed: it may pass 1")
                    .help(if pattern.is_pattern() {
                        "aim at chances and at rates apart, at rates with `times`, as `hazard` does that of a chance"
                    } else {
                        "use `times`: it multiplies the rate, as `hazard` does that of a chance"
                    }),
                None => fault.at(at).help("use `times`, `add` or `set`"),
            });
            return None;
        }
        Some(changeable)
    }

    /// Counts the numbers that one more change aims at; false where they become too many, which is told once.
    fn can_aim(&mut self, more: usize, at: &str) -> bool {
        let before = self.aimed;
        self.aimed += more;
        if before <= MOST_AIMED && self.aimed > MOST_AIMED {
            self.fault(
                Diagnostic::error("the changes of the study aim at too many numbers")
                    .at(at)
                    .why(format!(
                        "{MOST_AIMED} are the most, each counted once for each change that aims at it, and those of a \
                         scenario again in every scenario that extends it"
                    ))
                    .help("aim at fewer numbers, or use shorter lists"),
            );
        }
        self.aimed <= MOST_AIMED
    }

    /// The names that stand where a path leaves what the study has.
    fn known_beneath(&self, pattern: &Path) -> String {
        let mut paths: Vec<&Path> = self.numbers.params.iter().filter(|p| p.changeable).map(|p| &p.path).collect();
        for (at, step) in pattern.steps.iter().enumerate() {
            let further = |path: &&Path| path.steps.get(at).is_some_and(|own| *step == Step::Any || own == step);
            if let Some(wanted) = Some(step).filter(|_| !paths.iter().any(further)) {
                let names: BTreeSet<String> =
                    paths.iter().filter_map(|path| path.steps.get(at)).map(Step::to_string).collect();
                let above = Path { steps: pattern.steps[..at].to_vec() };
                let known = suggest(&wanted.to_string(), names.iter().map(String::as_str));
                return if at == 0 || known.is_empty() { known } else { format!("beneath `{above}`, {known}") };
            }
            paths.retain(further);
        }
        "`polku check --paths` lists the paths of a study without faults".to_owned()
    }

    fn no_target(&self, pattern: &Path, target: &str, at: String) -> Diagnostic {
        if self.numbers.faults.len() > MOST_GUESSES {
            // Where so much is wrong, nothing is gained by guessing at each.
            return Diagnostic::error(format!("there is no parameter `{target}`")).at(at);
        }
        let params = &self.numbers.params;
        if params.iter().any(|p| pattern.matches(&p.path) || pattern.matches(&p.written)) {
            return Diagnostic::error(format!(
                "`{target}` holds for the whole study and cannot be changed by a scenario"
            ))
            .at(at)
            .help("change it in the study itself, or with `--set`");
        }
        let beneath = self
            .numbers
            .params
            .iter()
            .find(|p| p.changeable && p.path.steps.len() > pattern.steps.len() && pattern.holds(&p.path));
        if let Some(param) = beneath {
            let all = if param.path.steps.len() == pattern.steps.len() + 1 {
                format!(", or at all of them with `{target}.*`")
            } else {
                String::new()
            };
            return Diagnostic::error(format!("`{target}` is a whole table"))
                .at(at)
                .why("a change aims at numbers")
                .help(format!("aim at a number in it, such as `{}`{all}", param.path));
        }
        if is_start(pattern) {
            return no_share(target).at(at);
        }
        let near = near_path(pattern, self.numbers.params.iter().filter(|p| p.changeable).map(|p| &p.path));
        let what = if target.contains('*') {
            format!("`{target}` matches nothing")
        } else {
            format!("there is no parameter `{target}`")
        };
        let help = near.map_or_else(|| self.known_beneath(pattern), |near| format!("did you mean `{near}`?"));
        Diagnostic::error(what).at(at).help(help)
    }
}

/// The path nearest to one that matches nothing, with a `*` where it has one; each of its names must be near.
pub(super) fn near_path<'a>(pattern: &Path, known: impl Iterator<Item = &'a Path>) -> Option<String> {
    let near = |wanted: &Step, step: &Step| match (wanted, step) {
        (Step::Name(wanted), Step::Name(name)) => nearest(wanted, [name.as_str()]).is_some(),
        _ => true,
    };
    let mut close: Vec<String> = known
        .filter(|path| path.steps.len() == pattern.steps.len())
        .filter(|path| pattern.steps.iter().zip(&path.steps).all(|(wanted, step)| near(wanted, step)))
        .map(|path| {
            let star = |(wanted, step): (&Step, &Step)| if *wanted == Step::Any { Step::Any } else { step.clone() };
            Path { steps: pattern.steps.iter().zip(&path.steps).map(star).collect() }.to_string()
        })
        .collect();
    close.dedup();
    nearest(&pattern.to_string(), close.iter().map(String::as_str)).map(str::to_owned)
}

/// The fault of scenarios that extend each other in a circle.
fn circle(lineage: &[String]) -> Diagnostic {
    let name = &lineage[0];
    let fault = if lineage.len() == 1 {
        Diagnostic::error(format!("`{name}` extends itself")).help("take the line out")
    } else {
        let round: Vec<String> = lineage.iter().chain([name]).map(|name| format!("`{name}`")).collect();
        Diagnostic::error("scenarios extend each other in a circle")
            .why(format!("{}, so that none of them has a beginning", round.join(" extends ")))
            .help("let one of them extend nothing")
    };
    lineage.iter().fold(fault, |fault, name| fault.at(Path::of(["scenarios", name, "extends"]).to_string()))
}

/// A period as the model holds it.
pub(super) fn clamp(period: u64) -> u32 {
    u32::try_from(period).unwrap_or(u32::MAX)
}
