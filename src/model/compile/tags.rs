//! Compiles tags, and whom touchpoints are for.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, nearest, suggest};
use crate::model::counter::{Counter, EVERY_MODEL, Measure, Shape};
use crate::model::journey::State;
use crate::model::tag::{Cut, MOST_CLASSES, NO_CHANNEL, Reading, Tag, Whom};
use crate::quantity::{CounterId, TagId, UNITS_PER_ONE};
use crate::study::names::{CHANNEL, CHANNELS};
use crate::study::names::{PLACES, READINGS, SEGMENTS, STAGES, STATES, TAGS, WALLET};
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

/// Why a class stands nowhere but among drivers.
pub(super) const A_CLASS: &str = "a class stands among `drivers`, where it is 1 or 0, and in `where`";

impl Compiler<'_> {
    /// Compiles the tags, in canonical order; what customers carry has names by now.
    pub(super) fn tags(&mut self) {
        let study = self.study;
        for (name, _) in self.identity.lucks(&TAGS) {
            let written = &study.tags[&name];
            let at = Path::of([TAGS.root, &name]);
            if PLACES.contains(&name.as_str()) {
                self.fault(
                    Diagnostic::error(format!("a tag cannot be called `{name}`"))
                        .at_key(at.to_string())
                        .why("where tags say whom something is for, that word means something else")
                        .help("give it another name"),
                );
            }
            self.check_called(&at, &name, &written.bands);
            self.check_bands(&at.child("bands"), &written.bands);
            let on = self.reading(&at.child("on"), &written.on);
            if on == Some(Reading::Channel) {
                self.check_bands_of_channels(&at.child("bands"), &written.bands);
            }
            let every = written.every.map_or(1, |every| u32::try_from(every.0).unwrap_or(u32::MAX));
            if every == 0 {
                self.fault(
                    Diagnostic::error("nothing is read every 0 periods")
                        .at(at.child("every").to_string())
                        .help("give a whole number from 1 on"),
                );
            }
            self.tags.push(Tag {
                title: written.title.clone().unwrap_or_else(|| name.clone()),
                name,
                on: on.unwrap_or(Reading::Tenure),
                bands: written.bands.iter().map(|(class, from)| (class.clone(), *from)).collect(),
                every: every.max(1),
                counter: CounterId(0),
                cut: None,
            });
        }
    }

    /// Gives them their counters, which come after those of touchpoints.
    pub(super) fn count_tags(&mut self) {
        let first = EVERY_MODEL + self.rates.len() + self.carried.len() + self.touchpoints.len();
        for (place, tag) in self.tags.iter_mut().enumerate() {
            tag.counter = CounterId::from(first + place);
        }
        self.count_what_is_watched(first + self.tags.len());
    }

    /// Adds what counts by class where a tag is cut; it comes after all other counters.
    pub(super) fn count_cuts(&mut self, counters: &mut Vec<Counter>) {
        let study = self.study;
        let (buys, meets) = (study.stages.values().any(|its| its.purchases.is_some()), !self.touchpoints.is_empty());
        for tag in self.tags.iter_mut().filter(|tag| study.tags[&tag.name].cut == Some(true)) {
            let classes = tag.bands.len();
            let mut counter = |what: &str, cells: usize, unit: f64| {
                let name = format!("{}, {what}", tag.name);
                counters.push(Counter { unit, ..Counter::new(&name, Shape::ByItem(cells), Measure::Event) });
                CounterId::from(counters.len() - 1)
            };
            tag.cut = Some(Cut {
                stays: counter("stays", 2 * classes, 1.0),
                purchases: buys.then(|| counter("buys", classes, 1.0)),
                spent: buys.then(|| counter("spends", classes, UNITS_PER_ONE)),
                contacts: meets.then(|| counter("meets", classes, 1.0)),
            });
        }
    }

    /// A class is named by its tag, a point and its own name wherever it drives, and in what is told of it.
    fn check_called(&mut self, at: &Path, name: &str, bands: &IndexMap<String, f64>) {
        let with_a_point = |what: &str, name: &str| {
            Diagnostic::error(format!("a {what} cannot be called `{name}`"))
                .why("a point stands between a tag and one of its classes, `\"tier.gold\"`")
                .help("give it another name")
        };
        if name.contains('.') {
            self.fault(with_a_point("tag", name).at_key(at.to_string()));
        }
        for class in bands.keys() {
            let at = at.child("bands").child(class).to_string();
            if class.contains('.') {
                self.fault(with_a_point("class", class).at_key(at));
                continue;
            }
            let both = format!("{name}.{class}");
            let is_trait = self.traits.contains_key(&both).then_some("trait");
            let other = is_trait.or_else(|| self.carried_named(&both).map(|_| "state"));
            if let Some(other) = other {
                self.fault(
                    Diagnostic::error(format!("`{both}` is both a {other} and a class of a tag"))
                        .at_key(at)
                        .why("`drivers` could not tell them apart")
                        .help("give one of them another name"),
                );
            }
        }
    }

    fn check_bands(&mut self, at: &Path, bands: &IndexMap<String, f64>) {
        let fault = if bands.is_empty() {
            Diagnostic::error("a tag without classes tells nobody apart")
                .why("`bands` are its classes, each with the value from which on it holds")
                .help("write for example `bands = { new = 0, regular = 6 }`")
        } else if bands.len() > MOST_CLASSES {
            Diagnostic::error(format!("a tag cannot have {} classes", bands.len()))
                .why(format!("{MOST_CLASSES} are the most"))
                .help("let classes that are alike be one")
        } else if !bands.values().is_sorted_by(|one, next| one < next) {
            Diagnostic::error("the classes of a tag do not rise")
                .why("each holds from its value on, until that of the next one")
                .help("order them by their values, the lowest first")
        } else {
            return;
        };
        self.fault(fault.at(at.to_string()));
    }

    /// The classes of a tag on the last channel are channels, and none of them.
    fn check_bands_of_channels(&mut self, at: &Path, bands: &IndexMap<String, f64>) {
        let study = self.study;
        for name in bands.keys().filter(|name| *name != NO_CHANNEL && !study.channels.contains_key(*name)) {
            let known = study.channels.keys().map(String::as_str).chain([NO_CHANNEL]);
            let fault = CHANNELS
                .missing(name)
                .at_key(at.child(name).to_string())
                .why("the classes of a tag on the last channel are called as channels are, or `none`")
                .help(suggest(name, known.collect::<Vec<_>>()));
            self.fault(fault);
        }
    }

    /// The class that a driver names, as `tier.gold`, or what is wrong with it; none where it names no class.
    pub(super) fn class_that_drives(&self, name: &str) -> Option<Result<State, Diagnostic>> {
        if self.traits.contains_key(name) {
            return None;
        }
        let classes =
            || self.tags.iter().flat_map(|tag| tag.bands.iter().map(|(class, _)| format!("{}.{class}", tag.name)));
        let nearest_class = || {
            let known: Vec<String> = classes().collect();
            nearest(name, known.iter().map(String::as_str)).map(str::to_owned)
        };
        let Some((of, class)) = name.split_once('.') else {
            let meant = classes().find(|class| class.split_once('.').is_some_and(|(_, its)| its == name));
            let Some(tag) = self.tags.iter().find(|tag| tag.name == name) else {
                return meant.map(|class| {
                    Err(Diagnostic::error(format!("`{name}` is a class, and does not say of which tag"))
                        .help(format!("write `\"{class}\"`")))
                });
            };
            let last = tag.bands.last().map_or("", |(class, _)| class.as_str());
            return Some(Err(Diagnostic::error(format!("`{name}` is a tag, and no number"))
                .why("what drives is whether a customer is in one of its classes: 1 or 0")
                .help(format!("name a class: `\"{name}.{last}\"`"))));
        };
        let Some(tag) = self.tags.iter().position(|tag| tag.name == of) else {
            let help = match nearest_class() {
                Some(near) => format!("did you mean `\"{near}\"`?"),
                None if self.tags.is_empty() => format!("add `[tags.{of}]` with `on` and `bands`"),
                None => format!("use one of `\"{}\"`", classes().collect::<Vec<_>>().join("\"`, `\"")),
            };
            return Some(Err(TAGS
                .missing(of)
                .why("a name with a point is a class of a tag: 1 for those who are in it, else 0")
                .help(help)));
        };
        let bands = &self.tags[tag].bands;
        let place = bands.iter().position(|(its, _)| its == class).and_then(|place| u8::try_from(place).ok());
        Some(place.map(|place| State::Class(TagId::from(tag), place)).ok_or_else(|| {
            let known = bands.iter().map(|(class, _)| class.as_str());
            let help = match nearest(class, known.clone()) {
                Some(near) => format!("did you mean `\"{of}.{near}\"`?"),
                None => format!("its classes are `{}`", known.collect::<Vec<_>>().join("`, `")),
            };
            Diagnostic::error(format!("`{of}` has no class `{class}`")).help(help)
        }))
    }

    /// Whether a name is that of a class, as `tier.gold`.
    pub(super) fn is_class(&self, name: &str) -> bool {
        let both = name.split_once('.');
        both.is_some_and(|(tag, class)| self.study.tags.get(tag).is_some_and(|its| its.bands.contains_key(class)))
    }

    /// What a tag is read from, or a fault.
    fn reading(&mut self, at: &Path, on: &str) -> Option<Reading> {
        match on {
            "tenure" => return Some(Reading::Tenure),
            "periods_in_stage" => return Some(Reading::PeriodsInStage),
            WALLET if self.has_wallets() => return Some(Reading::Wallet),
            CHANNEL if !self.study.channels.is_empty() => return Some(Reading::Channel),
            word if STATES.contains(&word) && self.study.experience.is_some() => {
                return Some(Reading::State(State::Satisfaction));
            }
            _ => {}
        }
        if self.is_blend(on) {
            self.fault(
                Diagnostic::error(format!("a tag cannot be read from `{on}`"))
                    .at(at.to_string())
                    .why("a blend is made of other states when it is read, and carried by nobody")
                    .help("let another state follow what it is made of, or read one of those"),
            );
            return None;
        }
        if let Some(of) = self.carried_named(on) {
            return Some(Reading::State(State::Carried(of)));
        }
        if let Some(of) = self.traits.get(on) {
            return Some(Reading::State(State::Trait(*of)));
        }
        if on == WALLET {
            self.fault(
                Diagnostic::error("customers share nothing with rivals")
                    .at(at.to_string())
                    .why("`wallet` is the company's share of what customers buy, and no stage has a `wallet`")
                    .help("add `wallet = { share = 0.4 }` to the purchases of a stage"),
            );
            return None;
        }
        if self.is_class(on) {
            self.fault(
                Diagnostic::error("a tag cannot be read from a class")
                    .at(at.to_string())
                    .why(A_CLASS)
                    .help("read it from the number that the other tag reads"),
            );
            return None;
        }
        let carried = self.carried.iter().map(|its| its.name.as_str());
        let readings = READINGS
            .into_iter()
            .filter(|word| *word != WALLET || self.has_wallets())
            .filter(|word| *word != CHANNEL || !self.study.channels.is_empty());
        let known: Vec<&str> = readings.chain(carried).chain(self.traits.keys().map(String::as_str)).collect();
        let help = match nearest(on, known.iter().copied()) {
            Some(near) if near != on => format!("did you mean `{near}`?"),
            _ => format!("use one of `{}`", known.join("`, `")),
        };
        self.fault(
            Diagnostic::error(format!("customers have no `{on}` that a tag could be read from"))
                .at(at.to_string())
                .why("a tag is read from a state, a trait, satisfaction, or how long a customer has been there")
                .help(help),
        );
        None
    }

    /// Whom something is for, and in which of the stages.
    pub(super) fn whom(&mut self, at: &Path, written: &IndexMap<String, Vec<String>>, stages: &mut [bool]) -> Whom {
        let study = self.study;
        let mut whom = Whom::default();
        for (key, names) in written {
            let at = at.child(key);
            if names.is_empty() {
                self.fault(
                    Diagnostic::error("this is for nobody")
                        .at(at.to_string())
                        .why("the list of those whom it is for is empty")
                        .help("name some, or take the line out"),
                );
            }
            let known: Vec<&str> = match key.as_str() {
                "segment" => study.segments.keys().map(String::as_str).collect(),
                "stage" => study.stages.keys().map(String::as_str).collect(),
                tag => match study.tags.get(tag) {
                    Some(tag) => tag.bands.keys().map(String::as_str).collect(),
                    None => {
                        let known = PLACES.into_iter().chain(study.tags.keys().map(String::as_str));
                        let help = suggest(tag, known.collect::<Vec<_>>());
                        self.fault(TAGS.missing(tag).at_key(at.to_string()).help(help));
                        continue;
                    }
                },
            };
            let noun = match key.as_str() {
                "segment" => SEGMENTS.noun,
                "stage" => STAGES.noun,
                _ => "class",
            };
            for (item, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
                self.fault(
                    Diagnostic::error(format!("there is no {noun} `{name}`"))
                        .at(at.child(&item.to_string()).to_string())
                        .help(suggest(name, known.clone())),
                );
            }
            let is_named = |name: &str| names.iter().any(|its| its == name);
            match key.as_str() {
                "segment" => {
                    whom.segments = self.identity.segment_order().iter().map(|name| is_named(name)).collect();
                }
                "stage" => {
                    for (name, stage) in &self.stages {
                        stages[stage.index()] &= is_named(name);
                    }
                }
                tag => {
                    let place = self.tags.iter().position(|its| its.name == tag);
                    let bit = |(place, name): (usize, &&str)| u16::from(is_named(name)) << place.min(15);
                    let classes = known.iter().enumerate().map(bit).fold(0, |all, bit| all | bit);
                    whom.classes.extend(place.map(|place| (TagId::from(place), classes)));
                }
            }
        }
        whom.classes.sort_unstable();
        whom
    }
}
