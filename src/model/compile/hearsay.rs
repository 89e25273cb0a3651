//! Compiles hearsay: what touchpoints tell others, and what waits to hear it.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, nearest};
use crate::model::counter::{Counter, Measure, Shape};
use crate::model::hearsay::{Hearsay, PARTS, Reach, Tells};
use crate::model::identity::hash::{mix, text};
use crate::model::param::Meaning;
use crate::quantity::{CounterId, HearsayId, ParamId};
use crate::study::Study;
use crate::study::names::{CHANNELS, TOUCHPOINTS};
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;
use crate::study::signal::HEARD;
use crate::study::touchpoint::{Tells as Written, Touchpoint};

use super::compiler::Compiler;

/// Who tells something, and what waits to hear it, by the luck of the touchpoints.
#[derive(Default)]
struct Known {
    told: Vec<u32>,
    heard: Vec<u32>,
    brings: bool,
}

/// What a touchpoint waits to hear; none where it waits for something else.
pub(super) fn heard_by(on: &str) -> Option<&str> {
    on.strip_prefix(HEARD)?.strip_prefix('.')
}

/// All that a touchpoint tells, with where it says so.
fn all_told<'s>(name: &str, written: &'s Touchpoint) -> Vec<(Path, &'s Written)> {
    let at = Path::of([TOUCHPOINTS.root, name]);
    let own = written.tells.iter().map(|its| (at.child("tells"), its));
    let ends = written.ends.iter().filter_map(|(end, its)| Some((end, its.tells.as_ref()?)));
    own.chain(ends.map(|(end, its)| (at.child("ends").child(end).child("tells"), its))).collect()
}

/// What a channel tells of every contact, with where it says so.
fn told_by_channel(study: &Study) -> impl Iterator<Item = (&String, Path, &Written)> {
    let at = |name: &str| Path::of([CHANNELS.root, name, "tells"]);
    study.channels.iter().filter_map(move |(name, its)| Some((name, at(name), its.tells.as_ref()?)))
}

impl Compiler<'_> {
    /// Names what is told or heard. What tells one from another is what waits to hear it, else who tells it, so that neither
    /// names nor the order of the file count.
    pub(super) fn name_hearsay(&mut self) {
        let study = self.study;
        let mut known: IndexMap<&str, Known> = IndexMap::new();
        for (name, luck) in self.identity.lucks(&TOUCHPOINTS) {
            let written = &study.touchpoints[&name];
            for (_, its) in all_told(&name, written) {
                known.entry(&its.name).or_default().told.push(luck);
            }
            if let Some(heard) = written.on.as_deref().and_then(heard_by) {
                known.entry(heard).or_default().heard.push(luck);
            }
        }
        let lucks = self.identity.lucks(&CHANNELS);
        for (name, _, its) in told_by_channel(study) {
            let luck = lucks.iter().find(|(its, _)| its == name).map(|(_, luck)| *luck);
            known.entry(&its.name).or_default().told.extend(luck);
        }
        for name in study.segments.values().filter_map(|its| its.inflow.as_ref()).flat_map(|its| its.heard.keys()) {
            known.entry(name).or_default().brings = true;
        }
        let shape = |its: &Known| (its.heard.is_empty(), its.heard.iter().chain(&its.told).min().copied());
        known.sort_by(|_, one, _, other| shape(one).cmp(&shape(other)));
        let hearsay = |(place, (name, its)): (usize, (&str, Known))| Hearsay {
            title: name.replace('_', " "),
            name: name.to_owned(),
            // Each touchpoint waits for one thing; what none waits for has its place alone.
            luck: its.heard.iter().min().copied().unwrap_or_else(|| {
                #[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
                let luck = mix(text(HEARD), place as u64) as u32;
                luck
            }),
            is_heard: its.brings || !its.heard.is_empty(),
            told: CounterId(0),
            heard: CounterId(0),
        };
        self.hearsay = known.into_iter().enumerate().map(hearsay).collect();
        self.check_hearsay();
    }

    /// What customers tell, by name.
    pub(super) fn hearsay_named(&self, name: &str) -> Option<HearsayId> {
        self.hearsay.iter().position(|its| its.name == name).map(HearsayId::from)
    }

    /// What a touchpoint waits to hear, or what brings newcomers: a fault where something nearly called so is told.
    pub(super) fn heard(&mut self, at: &Path, name: &str, is_key: bool) -> Option<HearsayId> {
        let told = names_told(self.study);
        if !told.contains(&name)
            && let Some(near) = nearest(name, told.iter().copied())
        {
            let fault = Diagnostic::error(format!("nobody tells `{name}`"))
                .why("it is heard by what `tells` calls it")
                .help(format!("did you mean `{near}`?"));
            self.fault(if is_key { fault.at_key(at.to_string()) } else { fault.at(at.to_string()) });
            return None;
        }
        self.hearsay_named(name)
    }

    /// What others hear of a touchpoint that ends so.
    pub(super) fn tells(&mut self, at: &Path, written: &Written) -> Option<Tells> {
        let reach = self.reach(&at.child("reach"), &written.reach)?;
        let in_market = self.number(&at.child("in_market"), Meaning::Share, &written.in_market);
        Some(Tells { of: self.hearsay_named(&written.name)?, reach, in_market })
    }

    /// How many people hear it: a number, or a trait of the teller.
    fn reach(&mut self, at: &Path, written: &Number) -> Option<Reach> {
        let Number::Uncertain(said) = written else {
            return Some(Reach::Same(self.number(at, Meaning::Positive, written)));
        };
        if let Some(of) = self.traits.get(said).copied() {
            if let Some((law_at, law)) = self.laws_of(said).into_iter().find(|(_, law)| law.support().0 < 0.0) {
                self.fault(
                    Diagnostic::error(format!(
                        "no telling reaches fewer than 0 people, and `{said}` can be {}",
                        lowest(law.support().0)
                    ))
                    .at(at.to_string())
                    .at(law_at.to_string())
                    .why("a reach is how many people hear it")
                    .help("use a distribution of positive numbers, such as \"lognormal(median=150, sigma=1.6)\""),
                );
            }
            return Some(Reach::Own(of));
        }
        if said.contains('(') || said.contains(" to ") {
            return Some(Reach::Same(self.number(at, Meaning::Positive, written)));
        }
        let known: Vec<&str> = self.traits.keys().map(String::as_str).collect();
        let help = match nearest(said, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => {
                "give a number, such as 5, or add a trait with `law = \"lognormal(median=150, sigma=1.6)\"`".to_owned()
            }
            None => format!("give a number, such as 5, or one of `{}`", known.join("`, `")),
        };
        self.fault(
            Diagnostic::error(format!("there is no trait `{said}`"))
                .at(at.to_string())
                .why("a reach is a number of people, or a trait of whoever tells it")
                .help(help),
        );
        None
    }

    /// How to name what a touchpoint waits to hear.
    pub(super) fn what_is_told(&self) -> String {
        match names_told(self.study).as_slice() {
            [] => {
                "let a touchpoint tell something: `tells = { as = \"posts\", reach = 5, in_market = 0.3 }`".to_owned()
            }
            [name, ..] => format!("say what is heard: `on = \"{HEARD}.{name}\"`"),
        }
    }

    /// Checks what hearsay is called.
    fn check_hearsay(&mut self) {
        let study = self.study;
        let by_touchpoint = study.touchpoints.iter().flat_map(|(name, written)| all_told(name, written));
        let by_channel = told_by_channel(study).map(|(_, at, its)| (at, its));
        for (at, its) in by_touchpoint.chain(by_channel).collect::<Vec<_>>() {
            let why = if its.name.trim().is_empty() {
                "it is heard by its name"
            } else if its.name.contains(['.', '*']) {
                "`heard.` and its name are one word where it is heard, and where targets and rules name it"
            } else {
                continue;
            };
            self.fault(
                Diagnostic::error(format!("what is told cannot be called `{}`", its.name))
                    .at(at.child("as").to_string())
                    .why(why)
                    .help("give it a name, such as `posts`"),
            );
        }
    }

    /// What brings newcomers each time that somebody hears it.
    pub(super) fn brings(&mut self, at: &Path, written: &IndexMap<String, Number>) -> Vec<(HearsayId, ParamId)> {
        let mut found = Vec::new();
        for (name, number) in written {
            let at = at.child("heard").child(name);
            let number = self.number(&at, Meaning::Positive, number);
            found.extend(self.heard(&at, name, true).map(|of| (of, number)));
        }
        found.sort_unstable_by_key(|(of, _)| *of);
        found
    }

    /// Counts whom hearsay reaches, and how often it is heard.
    pub(super) fn count_hearsay(&mut self, counters: &mut Vec<Counter>) {
        for its in &mut self.hearsay {
            its.told = CounterId::from(counters.len());
            let told = Counter::new(&format!("{} told", its.name), Shape::Whole, Measure::Event);
            counters.push(Counter { unit: PARTS, ..told });
            its.heard = CounterId::from(counters.len());
            let cells = Shape::ByItem(usize::from(its.is_heard));
            counters.push(Counter::new(&format!("{} heard", its.name), cells, Measure::Event));
        }
    }
}

/// What is told in a study.
fn names_told(study: &Study) -> Vec<&str> {
    let own = study.touchpoints.values().filter_map(|its| its.tells.as_ref());
    let ends = study.touchpoints.values().flat_map(|its| its.ends.values()).filter_map(|end| end.tells.as_ref());
    let channels = study.channels.values().filter_map(|its| its.tells.as_ref());
    own.chain(ends).chain(channels).map(|its| its.name.as_str()).collect()
}

/// The least that a trait can be, in words.
fn lowest(least: f64) -> String {
    if least.is_finite() { least.to_string() } else { "below 0".to_owned() }
}
