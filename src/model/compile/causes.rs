//! Compiles what brings touchpoints about: names, causes, and the order of cause.

use crate::diagnostic::{Diagnostic, nearest};
use crate::model::channel::{ABANDONED, within_reach};
use crate::model::tag::Whom;
use crate::model::touchpoint::{Cause, End, Row, Touchpoint};
use crate::model::weight::WEIGHT;
use crate::quantity::{CounterId, TouchpointId};
use crate::study::names::TOUCHPOINTS;
use crate::study::number::{Number, Whole};
use crate::study::path::ParamPath as Path;
use crate::study::signal::{ASPECTS, HEARD, OCCASIONS, RESERVED, SIGNALS};
use crate::study::touchpoint::{ByStage, End as WrittenEnd, Touchpoint as Written};

use super::compiler::Compiler;
use super::hearsay::heard_by;

/// The most ways in which a touchpoint can end, its own among them.
const MOST_ENDS: usize = 16;

impl Compiler<'_> {
    /// Names the touchpoints and how they end: what brings another about comes before it, and among equals the canonical
    /// order counts.
    pub(super) fn name_touchpoints(&mut self) {
        let mut waiting = self.identity.lucks(&TOUCHPOINTS);
        while !waiting.is_empty() {
            let before = waiting.len();
            for (name, luck) in std::mem::take(&mut waiting) {
                let written = &self.study.touchpoints[&name];
                let cause = written.on.as_deref().and_then(|on| self.caused_by(on)).map(str::to_owned);
                if cause.as_ref().is_some_and(|cause| self.touchpoint_named(cause).is_none()) {
                    waiting.push((name, luck));
                } else {
                    self.name_touchpoint(name, luck, written);
                }
            }
            if waiting.len() == before {
                self.causes_in_a_circle(waiting);
                return;
            }
        }
    }

    /// The touchpoint that an occasion names; none where it names none, or one that there is not.
    fn caused_by<'s>(&self, on: &'s str) -> Option<&'s str> {
        let name = on.split_once('.').map_or(on, |(name, _)| name);
        (!OCCASIONS.contains(&on) && heard_by(on).is_none() && self.study.touchpoints.contains_key(name))
            .then_some(name)
    }

    /// Tells which touchpoints wait for each other, and names all that wait, so that nothing else is wrong because of it.
    fn causes_in_a_circle(&mut self, waiting: Vec<(String, u32)>) {
        let study = self.study;
        let before = |name: &str| study.touchpoints[name].on.as_deref().and_then(|on| self.caused_by(on));
        // Whoever waits comes to a circle by going back long enough.
        let mut at = waiting[0].0.as_str();
        for _ in 0..waiting.len() {
            at = before(at).unwrap_or(at);
        }
        let mut circle = vec![at];
        while let Some(cause) = before(circle[circle.len() - 1]).filter(|cause| *cause != at) {
            circle.push(cause);
        }
        let what = if circle.len() == 1 {
            "a touchpoint cannot bring itself about"
        } else {
            "touchpoints bring each other about in a circle"
        };
        let mut fault = Diagnostic::error(what)
            .why("what waits for itself never happens")
            .help("give it a `rate`, a `chance` or another cause");
        for name in circle {
            fault = fault.at(Path::of([TOUCHPOINTS.root, name, "on"]).to_string());
        }
        self.fault(fault);
        for (name, luck) in waiting {
            self.name_touchpoint(
                name.clone(),
                luck,
                &Written {
                    on: None,
                    chance: None,
                    rate: Some(ByStage::One(Number::Known(0.0))),
                    ..study.touchpoints[&name].clone()
                },
            );
        }
    }

    fn name_touchpoint(&mut self, name: String, luck: u32, written: &Written) {
        let at = Path::of([TOUCHPOINTS.root, &name]);
        let is_word = SIGNALS.into_iter().chain(OCCASIONS).chain(RESERVED).any(|word| word == name);
        if is_word || name.contains('.') {
            self.fault(
                Diagnostic::error(format!("a touchpoint cannot be called `{name}`"))
                    .at_key(at.to_string())
                    .why(if is_word {
                        "it is a word of the language where states and other touchpoints name what they wait for"
                    } else {
                        "a point stands between a touchpoint and one of its ends"
                    })
                    .help("give it another name"),
            );
        }
        self.name_ends(&at, written);
        if self.carried_named(&name).is_some() {
            self.fault(
                Diagnostic::error(format!("`{name}` is both a touchpoint and a state"))
                    .at_key(at.to_string())
                    .why("what moves a state could not tell them apart")
                    .help("give one of them another name"),
            );
        }
        if written.ends.len() >= MOST_ENDS {
            self.fault(
                Diagnostic::error(format!("`{name}` has {} ends", written.ends.len()))
                    .at(at.child("ends").to_string())
                    .why(format!("{} beside its own are the most", MOST_ENDS - 1))
                    .help("let ends that are alike be one"),
            );
        }
        // What ends are like tells them apart, and their names only where all else is the same.
        let told_apart = |end: &WrittenEnd| {
            let WrittenEnd { chance, quality, effort, importance, promise, values, to, .. } = end;
            format!("{chance:?} {quality:?} {effort:?} {importance:?} {promise:?} {} {}", values.len(), to.len())
        };
        let mut ends: Vec<(String, &String)> = written.ends.iter().map(|(name, end)| (told_apart(end), name)).collect();
        ends.sort();
        let end = |name: Option<&str>| End {
            name: name.map(str::to_owned),
            chance: None,
            given_up: false,
            drivers: Vec::new(),
            quality: None,
            effort: None,
            importance: None,
            promise: None,
            minutes: None,
            tells: None,
            ways: Vec::new(),
        };
        let cause = self.cause(&at, written);
        let waits = self.waits(written);
        self.touchpoints.push(Touchpoint {
            title: written.title.clone().unwrap_or_else(|| name.replace('_', " ")),
            name,
            luck,
            rows: vec![Row { whom: Whom::default(), cause, stages: Vec::new(), channels: Vec::new() }],
            drivers: Vec::new(),
            timing: None,
            answer: None,
            ends: std::iter::once(end(None))
                .chain(ends.into_iter().map(|(_, name)| end(Some(name.as_str()))))
                .chain(waits.then(|| End { given_up: true, ..end(Some(ABANDONED)) }))
                .collect(),
            counter: CounterId(0),
            places: None,
        });
    }

    /// Whether those who meet a touchpoint may have to wait, and so may give up.
    pub(super) fn waits(&self, written: &Written) -> bool {
        let named = written.plan.iter().flat_map(|row| &row.channels).chain(&written.channels);
        let places = named.filter_map(|name| self.channels.iter().position(|its| its.name == *name));
        let reached = within_reach(&self.channels, &places.collect::<Vec<_>>());
        self.channels.iter().zip(reached).any(|(channel, reached)| reached && channel.is_staffed())
    }

    /// Checks what ends are called.
    fn name_ends(&mut self, at: &Path, written: &Written) {
        for name in written.ends.keys() {
            let at = at.child("ends").child(name);
            let why = if ASPECTS.contains(&name.as_str()) {
                "after the name of a touchpoint it means what that was like, or how it felt"
            } else if name == WEIGHT {
                "after the name of a touchpoint it means by how much that moves satisfaction"
            } else if name == ABANDONED && self.waits(written) {
                "where customers wait it means that they gave up"
            } else if name.contains('.') {
                "a point stands between a touchpoint and one of its ends"
            } else if name == HEARD {
                "it stands before what others tell, and nobody could tell the two apart"
            } else if name.trim().is_empty() || name.contains('*') {
                "states, targets and changes could not name it"
            } else {
                continue;
            };
            self.fault(
                Diagnostic::error(format!("an end cannot be called `{name}`"))
                    .at_key(at.to_string())
                    .why(why)
                    .help("give it another name"),
            );
        }
    }

    /// A touchpoint by name.
    pub(super) fn touchpoint_named(&self, name: &str) -> Option<TouchpointId> {
        self.touchpoints.iter().position(|its| its.name == name).map(TouchpointId::from)
    }

    /// What brings a touchpoint about; a fault where that is not one thing.
    fn cause(&mut self, at: &Path, written: &Written) -> Cause {
        let ways = [
            ("rate", written.rate.is_some()),
            ("every", written.every.is_some()),
            ("on", written.on.is_some()),
            ("plan", !written.plan.is_empty()),
        ];
        let mut ways: Vec<&str> = ways.into_iter().filter(|(_, stands)| *stands).map(|(key, _)| key).collect();
        if written.chance.is_some() && (ways.is_empty() || ways == ["rate"] || ways == ["plan"]) {
            ways.push("chance");
        }
        match ways[..] {
            ["rate"] => Cause::Rate,
            // The rows of a plan have causes of their own.
            ["chance" | "plan"] => Cause::Chance,
            ["every"] => self.turns(at, written.every),
            ["on"] => written.on.as_deref().and_then(|on| self.occasion(&at.child("on"), on)).unwrap_or(Cause::Chance),
            [] => {
                self.fault(
                    Diagnostic::error("nothing says when this touchpoint happens")
                        .at(at.to_string())
                        .why("it comes by itself, every so many periods, or with something else")
                        .help("add `rate = 0.3`, `chance = 0.2`, `every = 3` or `on = \"purchase\"`"),
                );
                Cause::Chance
            }
            [..] => {
                let fault = Diagnostic::error(format!("this touchpoint happens in {} ways", ways.len()))
                    .why("it has exactly one of `rate`, `every`, `on` and `plan`, or `chance` alone")
                    .help(
                        "keep one of them, or make two touchpoints of it; `chance` may stand beside `every` and `on`",
                    );
                let at_each = |fault: Diagnostic, key: &&str| fault.at_key(at.child(key).to_string());
                self.fault(ways.iter().fold(fault, at_each));
                Cause::Chance
            }
        }
    }

    pub(super) fn turns(&mut self, at: &Path, every: Option<Whole>) -> Cause {
        match every.map(|every| u32::try_from(every.0).unwrap_or(u32::MAX)) {
            Some(every) if every > 0 => Cause::Every(every),
            _ => {
                self.fault(
                    Diagnostic::error("nothing happens every 0 periods")
                        .at(at.child("every").to_string())
                        .help("give a whole number from 1 on"),
                );
                Cause::Chance
            }
        }
    }

    /// What an occasion names, or a fault.
    fn occasion(&mut self, at: &Path, on: &str) -> Option<Cause> {
        match on {
            "purchase" => {
                if self.study.stages.values().all(|stage| stage.purchases.is_none()) {
                    self.fault(
                        Diagnostic::error("nobody buys anything")
                            .at(at.to_string())
                            .why("no stage has `purchases`")
                            .help("add `purchases` to a stage, or name another occasion"),
                    );
                }
                return Some(Cause::Purchase);
            }
            "entry" => return Some(Cause::Entry),
            _ => {}
        }
        if let Some(name) = heard_by(on) {
            return self.heard(at, name, false).map(Cause::Heard);
        }
        let (name, end) = on.split_once('.').map_or((on, None), |(name, end)| (name, Some(end)));
        let Some(of) = self.touchpoint_named(name) else {
            self.unknown_cause(at, name, on);
            return None;
        };
        let Some(end) = end else { return Some(Cause::After { of, end: None }) };
        self.end_of(at, of, end).map(|place| Cause::After { of, end: Some(place) })
    }

    /// The place of an end of a touchpoint, or a fault.
    pub(super) fn end_of(&mut self, at: &Path, of: TouchpointId, end: &str) -> Option<usize> {
        match self.end_named(of, end) {
            Ok(place) => Some(place),
            Err(fault) => {
                self.fault(fault.at(at.to_string()));
                None
            }
        }
    }

    /// One of a touchpoint's ends by name; a fault without its place where it has no such end.
    pub(super) fn end_named(&self, of: TouchpointId, end: &str) -> Result<usize, Diagnostic> {
        let Touchpoint { name, ends, .. } = &self.touchpoints[of.index()];
        if let Some(place) = ends.iter().position(|its| its.name.as_deref() == Some(end)) {
            return Ok(place);
        }
        if end == ABANDONED {
            return Err(nobody_gives_up(name));
        }
        let known: Vec<&str> = ends.iter().filter_map(|its| its.name.as_deref()).collect();
        let help = match nearest(end, known.iter().copied()) {
            Some(near) => format!("did you mean `{name}.{near}`?"),
            None if known.is_empty() => format!("add `[touchpoints.{name}.ends.{end}]` with its `chance`"),
            None => format!("use one of {name}.{}", known.join(&format!(", {name}."))),
        };
        let what = format!("`{name}` does not end as `{end}`");
        Err(Diagnostic::error(what).why("what stands after the point is one of its `ends`").help(help))
    }

    fn unknown_cause(&mut self, at: &Path, name: &str, on: &str) {
        let own = at.names().get(1).copied().unwrap_or_default();
        let buys = self.study.stages.values().any(|stage| stage.purchases.is_some());
        let occasions = OCCASIONS.into_iter().filter(|word| *word != "purchase" || buys);
        let others = self.study.touchpoints.keys().map(String::as_str).filter(|other| *other != own);
        let known: Vec<&str> = occasions.chain(others).collect();
        let help = match nearest(name, known.iter().copied()) {
            _ if name == HEARD => self.what_is_told(),
            _ if self.study.stages.contains_key(name) => {
                format!("to happen on coming to `{name}`, write `on = \"entry\"` and `in = [\"{name}\"]`")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of `{}`", known.join("`, `")),
        };
        let what = if on.is_empty() { "`on` is empty".to_owned() } else { format!("no touchpoint is called `{on}`") };
        self.fault(
            Diagnostic::error(what)
                .at(at.to_string())
                .why("a touchpoint comes on a purchase, on entry into a stage, on another touchpoint, or on what others tell")
                .help(help),
        );
    }
}

/// The fault of asking for those who give up where nobody waits, without its place.
pub(super) fn nobody_gives_up(touchpoint: &str) -> Diagnostic {
    Diagnostic::error(format!("nobody gives up at `{touchpoint}`"))
        .why("people give up where they wait, and none of its channels has `staff`, nor has one where these lead")
        .help("give a channel `staff` and `handle`, or name another end")
}
