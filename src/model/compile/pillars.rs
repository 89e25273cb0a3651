//! Compiles pillars: what the company has promised never to do, and what breaks that.

use crate::diagnostic::{Diagnostic, nearest};
use crate::model::channel::ABANDONED;
use crate::model::pillar::{Never, Pillar};
use crate::model::touchpoint::Cause;
use crate::quantity::{CounterId, StageId, TouchpointId};
use crate::study::names::{PILLARS, STAGES, TOUCHPOINTS};
use crate::study::path::ParamPath as Path;
use crate::study::survey::Never as Written;

use super::causes::nobody_gives_up;
use super::compiler::Compiler;

/// A touchpoint, and one of its ends where only that is meant.
type Occasion = (TouchpointId, Option<usize>);

impl Compiler<'_> {
    /// Compiles the pillars, in canonical order; touchpoints have causes and ends by now.
    pub(super) fn pillars(&mut self) {
        let study = self.study;
        for (name, _) in self.identity.lucks(&PILLARS) {
            let written = &study.pillars[&name];
            let at = Path::of([PILLARS.root, &name]);
            self.check_named_apart(&at, "pillar", &name);
            let on = self.touchpoint_or_end(&at.child("on"), &written.on);
            let Some((on, never)) = on.and_then(|on| Some((on, self.never(&at.child("never"), &written.never, on)?)))
            else {
                continue;
            };
            self.pillars.push(Pillar {
                title: written.title.clone().unwrap_or_else(|| name.clone()),
                name,
                on: on.0,
                end: on.1,
                never,
                counter: CounterId(0),
            });
        }
    }

    /// Gives surveys and pillars their counters, which come after all others but those of presences.
    pub(super) fn count_what_is_watched(&mut self, first: usize) {
        let surveys = self.surveys.iter_mut().map(|its| &mut its.counter);
        let pillars = self.pillars.iter_mut().map(|its| &mut its.counter);
        for (place, counter) in surveys.chain(pillars).enumerate() {
            *counter = CounterId::from(first + place);
        }
    }

    /// Whether a pillar waits for a touchpoint for some days.
    pub(super) fn is_awaited(&self, at: &Path) -> bool {
        let name = at.names().get(1).copied();
        let waits = |never: &Written| never.within.is_some() && never.without.as_deref() == name;
        self.study.pillars.values().any(|its| waits(&its.never))
    }

    /// What a pillar of the roadmap is called: the title of the promise that it names, or as it is written.
    pub(super) fn pillar_title(&self, named: &str) -> String {
        let title = self.study.pillars.get(named).and_then(|its| its.title.as_deref());
        title.unwrap_or(named).to_owned()
    }

    /// What breaks it, or a fault.
    fn never(&mut self, at: &Path, written: &Written, on: Occasion) -> Option<Never> {
        let ways = [
            ("end", written.end.is_some()),
            ("without", written.without.is_some()),
            ("short_by", written.short_by.is_some()),
            ("wait_over", written.wait_over.is_some()),
            ("attempts_over", written.attempts_over.is_some()),
            ("context_lost", written.context_lost.is_some()),
        ];
        let ways: Vec<&str> = ways.into_iter().filter(|(_, stands)| *stands).map(|(key, _)| key).collect();
        if written.within.is_some() && written.without.is_none() {
            self.fault(
                Diagnostic::error("`within` says how soon something has to follow, and nothing has to")
                    .at_key(at.child("within").to_string())
                    .help("name under `without` the touchpoint that has to follow, or take `within` out"),
            );
        }
        match ways[..] {
            ["end"] => self.breaking_end(&at.child("end"), written.end.as_deref()?, on).map(Never::End),
            ["without"] => self.missing_answer(at, written, on),
            ["short_by"] => self.shortfall(&at.child("short_by"), written.short_by?, on),
            [key @ ("wait_over" | "attempts_over" | "context_lost")] => self.tried(&at.child(key), written, on.0),
            _ => {
                let fault = Diagnostic::error("a pillar breaks in one way")
                    .why("it has exactly one of `end`, `without`, `short_by`, `wait_over`, `attempts_over` and `context_lost`")
                    .help("write for example `never = { end = \"late\" }`; make a pillar for each promise");
                let fault = if ways.is_empty() { fault.at(at.to_string()) } else { fault };
                self.fault(ways.iter().fold(fault, |fault, key| fault.at_key(at.child(key).to_string())));
                None
            }
        }
    }

    fn breaking_end(&mut self, at: &Path, end: &str, (on, only): Occasion) -> Option<usize> {
        let touchpoint = &self.touchpoints[on.index()];
        let place = touchpoint.ends.iter().position(|its| its.name.as_deref() == Some(end));
        let fault = match place {
            None if end == ABANDONED => nobody_gives_up(&touchpoint.name),
            None => {
                let known = touchpoint.ends.iter().filter_map(|its| its.name.as_deref()).collect::<Vec<_>>();
                let help = match nearest(end, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => {
                        format!("add `[touchpoints.{}.ends.{end}]` with its `chance`", touchpoint.name)
                    }
                    None => format!("use one of `{}`", known.join("`, `")),
                };
                Diagnostic::error(format!("`{}` does not end as `{end}`", touchpoint.name))
                    .why("what must never come is one of its `ends`")
                    .help(help)
            }
            Some(place) if only.is_some_and(|only| only != place) => {
                Diagnostic::error(format!("this pillar cannot break at `{end}`"))
                    .why("`on` names another end of the touchpoint, so that nothing is counted")
                    .help(format!("let `on` be `{}`, all of it", touchpoint.name))
            }
            Some(_) => return place,
        };
        self.fault(fault.at(at.to_string()));
        None
    }

    /// The touchpoint that has to follow.
    fn missing_answer(&mut self, at: &Path, written: &Written, on: Occasion) -> Option<Never> {
        let name = written.without.as_deref()?;
        let path = at.child("without");
        let Some(by) = self.touchpoint_named(name) else {
            let help = TOUCHPOINTS.suggest(name, self.study);
            self.fault(TOUCHPOINTS.missing(name).at(path.to_string()).help(help));
            return None;
        };
        let follows = match self.touchpoints[by.index()].cause() {
            Cause::After { of, end } => of == on.0 && (on.1.is_none() || on.1 == end),
            _ => false,
        };
        if !follows {
            let occasion = self.occasion_name(on);
            self.fault(
                Diagnostic::error(format!("`{name}` does not follow `{occasion}`"))
                    .at(path.to_string())
                    .why("a pillar waits for what answers the very occasion")
                    .help(format!("give `{name}` the line `on = \"{occasion}\"`, or name what does follow")),
            );
            return None;
        }
        if let Some(within) = written.within {
            if !(within.is_finite() && within >= 0.0) {
                self.fault(
                    Diagnostic::error(format!("nothing can follow within {within} days"))
                        .at(at.child("within").to_string())
                        .help("give a number of days from 0 on, such as 2"),
                );
                return None;
            }
            if self.study.touchpoints[name].answer.is_none() {
                self.fault(
                    Diagnostic::warning(format!("`{name}` comes at once, so `within` says nothing"))
                        .at(at.child("within").to_string())
                        .why("it has no `answer`, the days until it comes")
                        .help(format!("give `{name}` an `answer`, or take `within` out")),
                );
            }
        }
        Some(Never::Without { by, within: written.within })
    }

    /// By how much quality may fall short of expectation.
    fn shortfall(&mut self, at: &Path, short_by: f64, on: Occasion) -> Option<Never> {
        let touchpoint = &self.touchpoints[on.0.index()];
        let its = &self.study.touchpoints[&touchpoint.name];
        let is_felt = its.quality.is_some() || its.ends.values().any(|end| end.quality.is_some());
        let expects = self.study.experience.as_ref().is_some_and(|its| its.expectation.is_some());
        let fault = if !(0.0..1.0).contains(&short_by) {
            Diagnostic::error(format!("nothing can fall short by more than {short_by}"))
                .why("qualities and expectations lie between 0 and 1")
                .help("give a number from 0 on and below 1, such as 0.2")
        } else if !is_felt {
            Diagnostic::error(format!("nothing is felt at `{}`", touchpoint.name))
                .why("it has no `quality`, and none of its ends has, so that nothing falls short")
                .help("give it a `quality`")
        } else if !expects {
            Diagnostic::error("nobody expects anything")
                .why("what falls short falls short of an expectation")
                .help("add `expectation = { start = 0.65, adapts = 0.1 }` to `[experience]`")
        } else {
            return Some(Never::ShortBy(short_by));
        };
        self.fault(fault.at(at.to_string()));
        None
    }

    /// What an occasion is called.
    fn occasion_name(&self, (on, end): Occasion) -> String {
        let touchpoint = &self.touchpoints[on.index()];
        match end.and_then(|end| touchpoint.ends[end].name.as_deref()) {
            Some(end) => format!("{}.{end}", touchpoint.name),
            None => touchpoint.name.clone(),
        }
    }

    /// A touchpoint, or one of its ends, by name; or a fault.
    pub(super) fn touchpoint_or_end(&mut self, at: &Path, written: &str) -> Option<Occasion> {
        let (name, end) = written.split_once('.').map_or((written, None), |(name, end)| (name, Some(end)));
        let Some(of) = self.touchpoint_named(name) else {
            let help = if self.study.touchpoints.is_empty() {
                format!("add `[touchpoints.{name}]`")
            } else {
                TOUCHPOINTS.suggest(name, self.study)
            };
            self.fault(TOUCHPOINTS.missing(name).at(at.to_string()).help(help));
            return None;
        };
        let Some(end) = end else { return Some((of, None)) };
        self.end_of(at, of, end).map(|end| (of, Some(end)))
    }

    /// A stage that stands in a list, by name; or a fault.
    pub(super) fn stage_in_list(&mut self, name: &str, at: &Path) -> Option<StageId> {
        let found = self.stages.get(name).copied();
        if found.is_none() {
            let help = STAGES.suggest(name, self.study);
            self.fault(STAGES.missing(name).at(at.to_string()).help(help));
        }
        found
    }

    /// A point in the name of what has metrics of its own would part it from what is said of it.
    pub(super) fn check_named_apart(&mut self, at: &Path, noun: &str, name: &str) {
        if name.contains('.') || name.trim().is_empty() {
            self.fault(
                Diagnostic::error(format!("a {noun} cannot be called `{name}`"))
                    .at_key(at.to_string())
                    .why("a point stands between its name and what is said of it")
                    .help("give it another name"),
            );
        }
    }
}
