//! Checks whether a plan can be carried out: what starts too early, and what never goes live.

use crate::diagnostic::Diagnostic;
use crate::model::course::first_period;
use crate::model::roadmap::{Initiative, Level, Planned};
use crate::study::initiative::Gate;
use crate::study::path::ParamPath as Path;
use crate::study::roadmap::Contingency;

use super::capability::There;
use super::compiler::Compiler;

impl Planned {
    /// The period in which it goes live as planned, where it does before its end.
    fn live(self, all: &[Initiative]) -> Option<u32> {
        let live = first_period(self.start).saturating_add(all[self.initiative].build);
        (live <= all[self.initiative].until).then_some(live)
    }
}

impl Compiler<'_> {
    /// Tells which initiatives of a plan start before what they require is there, as far as the plan says.
    pub(super) fn check_feasible(
        &mut self,
        scenario: &str,
        initiatives: &[Initiative],
        plan: &[Planned],
        origin: &dyn Fn(&str) -> String,
    ) {
        for planned in plan {
            let initiative = &initiatives[planned.initiative];
            let ancestor = origin(&initiative.name);
            // A plan that was taken over is told where it was made, unless what it needs was put off here.
            if initiative.gate == Gate::Scale
                || (ancestor != scenario && self.study.scenarios[scenario].initiatives.is_empty())
            {
                continue;
            }
            for need in &initiative.requires {
                let fault = self.too_early(scenario, initiatives, plan, *planned, *need);
                let at = Path::of(["scenarios", &ancestor, "initiatives", &initiative.name]);
                self.numbers.faults.extend(fault.map(|fault| fault.at(at.to_string())));
            }
        }
    }

    /// The fault of an initiative that starts before a capability is there.
    fn too_early(
        &self,
        scenario: &str,
        all: &[Initiative],
        plan: &[Planned],
        planned: Planned,
        need: Level,
    ) -> Option<Diagnostic> {
        let (capability, today) = self.study.capabilities.get_index(need.capability)?;
        let (level, there) = (need.level, today.has(need.level));
        if there == There::Surely {
            return None;
        }
        let today = today.today();
        let (me, start) = (&all[planned.initiative].name, planned.start);
        // Nothing can wait for itself.
        let provides = |place: usize| {
            let levels = all[place].provides.iter().filter(|its| its.capability == need.capability);
            levels.map(|its| its.level).reduce(f64::max).filter(|_| place != planned.initiative)
        };
        let enough = |place: usize| provides(place).is_some_and(|its| its >= level);
        let first = plan
            .iter()
            .filter(|its| enough(its.initiative))
            .filter_map(|its| its.live(all).map(|live| (live, &all[its.initiative].name)))
            .min_by_key(|(live, _)| *live);
        if first.is_some_and(|(live, _)| live <= start) {
            return None;
        }
        let requires = format!("it requires `{capability}` at {level}, today it is {today}, and");
        if let There::Perhaps(chance) = there {
            let elsewhere = first.map_or_else(
                || format!("nothing in scenario `{scenario}` provides it: in other draws `{me}` never starts, and costs nothing"),
                |(live, name)| format!("`{name}` provides it from period {live} on in scenario `{scenario}`: in other draws `{me}` waits"),
            );
            return Some(
                Diagnostic::warning(format!(
                    "`{me}` starts in period {start} only where `{capability}` is there: in {}",
                    There::of_hundred(chance)
                ))
                .why(format!("{requires} {elsewhere}"))
                .help("let another initiative provide it before, require less, or leave it where that is the risk you mean"),
            );
        }
        let fault = Diagnostic::error(format!("`{me}` starts in period {start}, before `{capability}` is there"));
        if let Some((live, name)) = first {
            return Some(fault
                .why(format!("{requires} `{name}` provides it from period {live} on in scenario `{scenario}`"))
                .help(format!("start it in period {live} or later, start `{name}` earlier, or let its effect be scaled with `gate = \"scale\"`")));
        }
        let in_plan = |place: usize| plan.iter().any(|its| its.initiative == place);
        let partly = plan
            .iter()
            .filter_map(|its| provides(its.initiative).map(|level| (level, &all[its.initiative].name)))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        let own = all[planned.initiative].provides.iter().any(|its| its.capability == need.capability);
        let why = match partly {
            Some((there, name)) if there < level => {
                format!("{requires} `{name}` provides it only at {there} in scenario `{scenario}`")
            }
            Some((_, name)) => format!("{requires} `{name}`, which provides it, ends before it goes live"),
            None if own => {
                format!("{requires} nothing else in scenario `{scenario}` provides it; it cannot wait for itself")
            }
            None => format!("{requires} nothing in scenario `{scenario}` provides it"),
        };
        let help = match ((0..all.len()).find(|place| enough(*place) && !in_plan(*place)), partly) {
            (Some(place), _) => format!("let `{}`, which provides it, start in the scenario before", all[place].name),
            (None, Some((there, name))) if there >= level => format!("let `{name}` run for longer: see its `until`"),
            _ => format!(
                "let an initiative of the scenario provide it with `provides = {{ {} = {level} }}`, or require less",
                Path::of([capability])
            ),
        };
        Some(fault.why(why).help(help))
    }

    /// Warns of an initiative that costs and never goes live.
    pub(super) fn check_live(&mut self, initiative: &Initiative, start: u32, horizon: u32, at: &Path) {
        let live = first_period(start).saturating_add(initiative.build);
        let until = initiative.until;
        let name = &initiative.name;
        if live > until {
            let end = Path::of(["initiatives", name, "until"]);
            let what = if start > until {
                format!("`{name}` ends in period {until}, before it starts")
            } else {
                format!("`{name}` ends in period {until}, before it goes live")
            };
            self.fault(
                Diagnostic::warning(what)
                    .at(at.to_string())
                    .at(end.to_string())
                    .why(if start > until {
                        format!("it would start in period {start}, when it is over, so it never does, and costs nothing")
                    } else {
                        format!("it starts in period {start} and goes live in period {live} at the earliest, so it changes nothing")
                    })
                    .help(format!("let `until` be {live} or later, or let it start earlier")),
            );
        } else if live > horizon {
            self.fault(
                Diagnostic::warning(format!("`{name}` goes live after the horizon"))
                    .at(at.to_string())
                    .why(format!(
                        "it starts in period {start} and goes live in period {live}, and the study ends with period {horizon}: it costs money and changes nothing"
                    ))
                    .help("let it start earlier, or raise `run.horizon`"),
            );
        } else {
            self.check_waves(initiative, live, until.min(horizon), at);
        }
    }

    /// Warns of waves that come after the end.
    fn check_waves(&mut self, initiative: &Initiative, live: u32, end: u32, at: &Path) {
        let segments = self.identity.segment_order();
        for (segment, wave) in segments.iter().zip(&initiative.waves) {
            let comes = live.saturating_add(*wave);
            if *wave > 0 && comes > end {
                let name = &initiative.name;
                self.fault(
                    Diagnostic::warning(format!("`{name}` never reaches `{segment}`"))
                        .at(Path::of(["initiatives", name, "waves", segment]).to_string())
                        .at(at.to_string())
                        .why(format!("its wave comes in period {comes}, and period {end} is the last in which it runs"))
                        .help("let the wave come earlier, or let the initiative start earlier"),
                );
            }
        }
    }

    /// Tells of an initiative that a rule starts, and that can never start for want of a capability.
    pub(super) fn check_rules(&mut self, lineage: &[String], all: &[Initiative], plan: &[Planned]) {
        let study = self.study;
        let Some(scenario) = lineage.last() else { return };
        let rules = &study.scenarios[scenario].rules;
        let named = |name: &String| study.initiatives.get_index_of(name);
        // What the rules of the scenarios that it extends start is started here too.
        let begun = lineage.iter().flat_map(|ancestor| &study.scenarios[ancestor].rules);
        let begun = begun.flat_map(|rule| rule.then.initiatives.iter().filter_map(named));
        let begun: Vec<usize> = begun.chain(plan.iter().map(|its| its.initiative)).collect();
        for (rule, written) in rules.iter().enumerate() {
            self.check_in_time(scenario, (rule, written), plan);
            for (item, name) in written.then.stop.iter().enumerate() {
                if named(name).is_some_and(|place| !begun.contains(&place)) {
                    let list = Path::of(["scenarios", scenario, "rules", &rule.to_string(), "then", "stop"]);
                    self.fault(
                        Diagnostic::warning(format!("a rule stops `{name}`, which scenario `{scenario}` never starts"))
                            .at(list.child(&item.to_string()).to_string())
                            .help("start it in the scenario, or take it out"),
                    );
                }
            }
            for (item, name) in written.then.initiatives.iter().enumerate() {
                let Some(initiative) = named(name).and_then(|place| all.get(place)) else { continue };
                let wanting = initiative.requires.iter().find(|need| {
                    let provided = begun.iter().filter(|its| all[**its].name != *name);
                    let mut levels = provided.flat_map(|its| &all[*its].provides);
                    study.capabilities[need.capability].has(need.level) == There::Never
                        && !levels.any(|its| its.capability == need.capability && its.level >= need.level)
                });
                let Some(need) = wanting.filter(|_| initiative.gate == Gate::Start) else { continue };
                let Some((capability, today)) = study.capabilities.get_index(need.capability) else { continue };
                let at = Path::of([
                    "scenarios",
                    scenario,
                    "rules",
                    &rule.to_string(),
                    "then",
                    "initiatives",
                    &item.to_string(),
                ]);
                self.fault(
                    Diagnostic::error(format!("`{name}` can never start in scenario `{scenario}`"))
                        .at(at.to_string())
                        .why(format!(
                            "it requires `{capability}` at {}, today it is {}, and nothing that the scenario starts provides it",
                            need.level,
                            today.today()
                        ))
                        .help(format!("let an initiative that provides `{capability}` start in the scenario, or let the effect be scaled with `gate = \"scale\"`")),
                );
            }
        }
    }

    /// Warns of a rule that starts only what the plan has started by then.
    fn check_in_time(&mut self, scenario: &str, (rule, written): (usize, &Contingency), plan: &[Planned]) {
        let then = &written.then;
        // What is seen when a period has ended is answered in the next one.
        let first = written.when.from.map_or(1, |from| from.0).saturating_add(1);
        let first = first.saturating_add(written.when.delay.map_or(0, |delay| delay.0));
        let planned = |name: &String| {
            let place = self.study.initiatives.get_index_of(name)?;
            plan.iter().find(|its| its.initiative == place).map(|its| its.start)
        };
        let starts: Option<Vec<u32>> = then.initiatives.iter().map(planned).collect();
        let Some(last) = starts.and_then(|starts| starts.into_iter().max()) else { return };
        if then.changes.is_empty() && then.stop.is_empty() && u64::from(last) <= first {
            self.fault(
                Diagnostic::warning("a rule starts only what has started by then")
                    .at(Path::of(["scenarios", scenario, "rules", &rule.to_string(), "then"]).to_string())
                    .why(format!(
                        "it can act from period {first} on, and scenario `{scenario}` starts all of it by period {last} in any case"
                    ))
                    .help("take it out of the plan, watch earlier with `from`, or let the rule start something else"),
            );
        }
    }
}
