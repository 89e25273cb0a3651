//! Checks what channels say that cannot be, or changes nothing.

use crate::diagnostic::Diagnostic;
use crate::model::channel::{Channel, MOST_WITH_PRIORITY};
use crate::quantity::ParamId;
use crate::study::channel::{Changed, Channel as Written};
use crate::study::names::CHANNELS;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;
use super::touchpoints::round;

/// The longest period of a kind, as a multiple of the mean: a month may have 31 days, a quarter 92.
const LONGEST: f64 = 1.02;

impl Compiler<'_> {
    pub(super) fn check_channel(&mut self, at: &Path, name: &str, written: &Written) {
        if name.contains('.') || name.trim().is_empty() || name.contains('*') {
            self.fault(
                Diagnostic::error(format!("a channel cannot be called `{name}`"))
                    .at_key(at.to_string())
                    .why("targets and changes could not name it")
                    .help("give it another name"),
            );
        }
        if written.staff.is_none() && written.peaks.is_empty() {
            self.check_unstaffed(at, written);
        } else {
            self.check_staffed(at, written);
        }
        self.check_changes(at, written);
        if written.solves.is_none() && !written.again.is_empty() {
            self.fault(
                Diagnostic::error("every contact here settles the matter, so nobody has to try again")
                    .at_key(at.child("again").to_string())
                    .why("`again` is where people turn after a contact that settled nothing")
                    .help("add `solves = 0.85`, or take `again` out"),
            );
        }
    }

    /// Warns of tables that say nothing.
    fn check_changes(&mut self, at: &Path, written: &Written) {
        let says =
            |its: &Changed| [&its.quality, &its.effort, &its.handle, &its.solves].into_iter().any(Option::is_some);
        for (key, its) in [("known", &written.known), ("lost", &written.lost)] {
            if its.as_ref().is_some_and(|its| !says(its)) {
                self.fault(
                    Diagnostic::warning(format!("`{key}` changes nothing"))
                        .at_key(at.child(key).to_string())
                        .why("it has none of `quality`, `effort`, `handle` and `solves`")
                        .help("say what it changes, such as `effort = 0.1`, or take it out"),
                );
            }
        }
    }

    /// The fault of a name that no channel has, without its place.
    pub(super) fn no_channel(&self, name: &str) -> Diagnostic {
        let help = if self.study.channels.is_empty() {
            format!("add `[{}]`, with `staff` and `handle` where people wait", Path::of([CHANNELS.root, name]))
        } else {
            CHANNELS.suggest(name, self.study)
        };
        CHANNELS.missing(name).help(help)
    }

    /// More channels with priority than are told apart.
    pub(super) fn check_priorities(&mut self) {
        let ranks = |its: &&Channel| its.desk.as_ref().is_some_and(|desk| desk.first.is_some());
        let ranked: Vec<Path> =
            self.channels.iter().filter(ranks).map(|its| Path::of([CHANNELS.root, &its.name, "priority"])).collect();
        if ranked.len() > MOST_WITH_PRIORITY {
            let fault = Diagnostic::error(format!("{} channels let some customers go first", ranked.len()))
                .why(format!(
                    "{MOST_WITH_PRIORITY} are the most: customers are counted by every combination of where they go first"
                ))
                .help("take `priority` out where the wait is short");
            self.fault(ranked.iter().fold(fault, |fault, at| fault.at_key(at.to_string())));
        }
    }

    /// What only people at work can mean.
    fn check_unstaffed(&mut self, at: &Path, written: &Written) {
        let means_people = [
            ("hours", written.hours.is_some()),
            ("open", written.open.is_some()),
            ("handle", written.handle.is_some()),
            ("variability", written.variability.is_some()),
            ("patience", written.patience.is_some()),
            ("priority", !written.priority.is_empty()),
            ("within", written.within.is_some()),
            ("goal", written.goal.is_some()),
            ("shuns", written.shuns.is_some()),
            ("wait_effort", written.wait_effort.is_some()),
            ("switch", !written.switch.is_empty()),
            ("given_up", written.given_up.is_some()),
            ("staff_cost", written.staff_cost.is_some()),
            ("team", written.team.is_some()),
            ("practice", written.practice.is_some()),
        ];
        let keys: Vec<&str> = means_people.into_iter().filter(|(_, stands)| *stands).map(|(key, _)| key).collect();
        if keys.is_empty() {
            return;
        }
        let (says, it) = if keys.len() == 1 { ("says", "it") } else { ("say", "them") };
        let fault = Diagnostic::error(format!("nobody works here, so `{}` {says} nothing", keys.join("`, `")))
            .why("nobody waits in a channel without `staff`, and nobody gives up")
            .help(format!(
                "add `staff = 5`, the people at work at once, and `handle`, the minutes of a contact; or take {it} out"
            ));
        self.fault(keys.iter().fold(fault, |fault, key| fault.at_key(at.child(key).to_string())));
    }

    fn check_staffed(&mut self, at: &Path, written: &Written) {
        if written.staff.is_some() && !written.peaks.is_empty() {
            self.fault(
                Diagnostic::error("the people of this channel are told twice, by `staff` and by `peaks`")
                    .at_key(at.child("staff").to_string())
                    .at_key(at.child("peaks").to_string())
                    .why("each part of the open hours has staff of its own")
                    .help("take one of them out"),
            );
        }
        if written.handle.is_none() {
            self.fault(
                Diagnostic::error("nothing says how long a contact takes")
                    .at(at.to_string())
                    .why("how long people wait depends on the minutes that each contact takes the staff")
                    .help("add `handle = 6`"),
            );
        }
        let known_0 = |number: Option<&Number>| matches!(number, Some(Number::Known(0.0)));
        if known_0(written.handle.as_ref()) {
            self.not_0(&at.child("handle"), "a contact cannot take 0 minutes");
        }
        if known_0(written.patience.as_ref()) {
            self.not_0(&at.child("patience"), "nobody gives up after 0 minutes");
        }
        if known_0(written.practice.as_ref().map(|its| &its.volume)) {
            self.not_0(&at.child("practice").child("volume"), "nobody learns from 0 contacts");
        }
        if let Some(within) = written.within
            && !(within >= 0.0 && within.is_finite())
        {
            self.fault(
                Diagnostic::error(format!("nothing is answered within {within} minutes"))
                    .at(at.child("within").to_string())
                    .why("what is answered without any wait is answered within 0 minutes")
                    .help("give a number of minutes from 0 on; 20 seconds are 0.333"),
            );
        }
        self.check_hours(&at.child("hours"), written.hours);
        self.check_peaks(&at.child("peaks"), written);
    }

    fn check_hours(&mut self, at: &Path, hours: Option<f64>) {
        match hours {
            Some(hours) if !(hours > 0.0 && hours.is_finite()) => {
                self.not_0(at, &format!("a channel cannot be open for {hours} hours"));
            }
            Some(hours) => self.check_within_period(at, hours),
            None => {}
        }
    }

    /// No period has more hours than it has.
    fn check_within_period(&mut self, at: &Path, hours: f64) {
        let period = self.study.run.period;
        if hours > LONGEST * period.hours() {
            let noun = period.noun();
            self.fault(
                Diagnostic::error(format!("a channel cannot be open for {} hours of a {noun}", round(hours)))
                    .at(at.to_string())
                    .why(format!("a {noun} has about {} hours", round(period.hours().round())))
                    .help("give the hours in which people are at work; left out, it is open all the time"),
            );
        }
    }

    fn not_0(&mut self, at: &Path, what: &str) {
        self.fault(Diagnostic::error(what).at(at.to_string()).help("give a number above 0"));
    }

    fn check_peaks(&mut self, at: &Path, written: &Written) {
        if written.peaks.is_empty() {
            return;
        }
        let is_right = |number: f64| number > 0.0 && number.is_finite();
        if !written.peaks.iter().all(|peak| is_right(peak.hours) && is_right(peak.share)) {
            self.fault(
                Diagnostic::error("a part of the open hours has no length, or no contacts")
                    .at(at.to_string())
                    .help("give `share` and `hours` above 0, or take that part out"),
            );
            return;
        }
        let (shares, hours) = written.peaks.iter().fold((0.0, 0.0), |(s, h), peak| (s + peak.share, h + peak.hours));
        if (shares - 1.0).abs() > 1e-9 {
            self.fault(
                Diagnostic::error(format!("the shares of `peaks` add up to {}", round(shares)))
                    .at(at.to_string())
                    .why("every contact comes in one of them")
                    .help("let the shares add up to 1"),
            );
        }
        self.check_within_period(at, hours);
        if let Some(all) = written.hours
            && (hours - all).abs() > 1e-6
        {
            self.fault(
                Diagnostic::error(format!("the hours of `peaks` add up to {}, not to {all}", round(hours)))
                    .at(at.to_string())
                    .at(at.parent().unwrap_or_default().child("hours").to_string())
                    .why("every open hour belongs to one of them")
                    .help("let them add up, or take `hours` out"),
            );
        }
    }

    /// Chances to turn elsewhere.
    pub(super) fn check_onward(&mut self, at: &Path, onward: &[(usize, ParamId)]) {
        let means = || onward.iter().map(|(_, id)| self.numbers.params[id.index()].law.mean());
        let all: f64 = means().sum();
        if all > 1.0 + 1e-9 && means().all(|chance| (0.0..=1.0).contains(&chance)) {
            self.fault(
                Diagnostic::error(format!("the chances to turn elsewhere add up to {}", round(all)))
                    .at(at.to_string())
                    .why("what they leave over lets it be, so they may add up to 1 at most")
                    .help("lower the chances"),
            );
        }
    }

    pub(super) fn named_twice(&mut self, name: &str, at: String) {
        self.fault(Diagnostic::error(format!("`{name}` is named twice")).at(at).help("take one of them out"));
    }

    /// Warns of context that cannot be lost, since nobody comes a second time.
    pub(super) fn check_lost_context(&mut self) {
        let study = self.study;
        for (place, channel) in self.channels.iter().enumerate() {
            let written = &study.channels[&channel.name];
            let comes_again = self.channels.iter().any(|its| its.onward().any(|to| to == place));
            let known = written.recognises.is_some() && written.known.is_none();
            let keys =
                [("recognises", known), ("carries", written.carries.is_some()), ("lost", written.lost.is_some())];
            let keys: Vec<&str> = keys.into_iter().filter(|(_, stands)| *stands).map(|(key, _)| key).collect();
            if comes_again || keys.is_empty() {
                continue;
            }
            let at = Path::of([CHANNELS.root, &channel.name]);
            let fault = Diagnostic::warning(format!("nobody comes to `{}` with anything said before", channel.name))
                .why("no `switch` and no `again` leads here, so no context can be lost")
                .help(format!("take `{}` out, or let a channel lead here", keys.join("`, `")));
            let fault = keys.iter().fold(fault, |fault, key| fault.at_key(at.child(key).to_string()));
            self.numbers.faults.push(fault);
        }
    }
}
