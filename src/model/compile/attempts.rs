//! Compiles what breaks a pillar where a channel is tried: waits, attempts, and context that is lost.

use crate::diagnostic::Diagnostic;
use crate::model::channel::{Channel, MOST_ATTEMPTS, within_reach};
use crate::model::pillar::Never;
use crate::quantity::TouchpointId;
use crate::study::path::ParamPath as Path;
use crate::study::survey::Never as Written;
use crate::study::touchpoint::Touchpoint;

use super::compiler::Compiler;

impl Compiler<'_> {
    /// What breaks a pillar where a channel is tried, or a fault.
    pub(super) fn tried(&mut self, at: &Path, written: &Written, on: TouchpointId) -> Option<Never> {
        let name = self.touchpoints[on.index()].name.clone();
        let its = &self.study.touchpoints[&name];
        let never = match (written.wait_over, written.attempts_over) {
            (Some(minutes), _) => Never::WaitOver(minutes),
            (_, Some(most)) => Never::AttemptsOver(u32::try_from(most.0).unwrap_or(u32::MAX)),
            _ => Never::ContextLost,
        };
        let fault = out_of_range(&never, written).or_else(|| self.cannot_break(&never, (&name, its)));
        match fault {
            None => Some(never),
            Some(fault) => {
                self.fault(fault.at(at.to_string()));
                None
            }
        }
    }

    /// Why it cannot break at a touchpoint, if it cannot.
    fn cannot_break(&self, never: &Never, (name, its): (&str, &Touchpoint)) -> Option<Diagnostic> {
        let named: Vec<&String> = its.plan.iter().flat_map(|row| &row.channels).chain(&its.channels).collect();
        if named.is_empty() {
            return Some(
                Diagnostic::error(format!("`{name}` needs no channel, so this cannot break there"))
                    .why("waits, attempts and lost context belong to channels")
                    .help(format!(
                        "give `{name}` the line `channels = [\"phone\"]`, or let `on` name another touchpoint"
                    )),
            );
        }
        let places: Vec<usize> =
            named.iter().filter_map(|name| self.channels.iter().position(|its| its.name == **name)).collect();
        // What is misspelt was told.
        if places.len() < named.len() {
            return None;
        }
        let reached = within_reach(&self.channels, &places);
        let here: Vec<&Channel> =
            self.channels.iter().zip(reached).filter_map(|(its, reached)| reached.then_some(its)).collect();
        let loses = |place: usize| self.channels[place].recognises.or(self.channels[place].carries).is_some();
        match never {
            Never::WaitOver(_) if !here.iter().any(|its| its.is_staffed()) => Some(
                Diagnostic::error(format!("nobody waits for `{name}`"))
                    .why("none of its channels has `staff`, nor has one where these lead")
                    .help("give a channel `staff`, or take the pillar out"),
            ),
            Never::AttemptsOver(_) | Never::ContextLost if !here.iter().any(|its| its.onward().next().is_some()) => {
                Some(
                    Diagnostic::error(format!("nobody tries `{name}` a second time"))
                        .why("none of its channels leads on by `switch` or `again`")
                        .help("say where people turn next, or take the pillar out"),
                )
            }
            Never::ContextLost if !here.iter().any(|its| its.onward().any(loses)) => Some(
                Diagnostic::error(format!("no context is ever lost at `{name}`"))
                    .why(
                        "where people turn next has neither `recognises` nor `carries`, so that everything comes along",
                    )
                    .help("give one of these channels `carries = 0.6`, or take the pillar out"),
            ),
            _ => None,
        }
    }
}

/// The fault of a number that means nothing.
fn out_of_range(never: &Never, written: &Written) -> Option<Diagnostic> {
    match never {
        Never::WaitOver(minutes) if !(*minutes >= 0.0 && minutes.is_finite()) => Some(
            Diagnostic::error(format!("nobody waits longer than {minutes} minutes"))
                .help("give a number of minutes from 0 on, such as 5"),
        ),
        Never::AttemptsOver(0) => Some(
            Diagnostic::error("nobody can do with 0 attempts")
                .why("`attempts_over` is how many are fine, and the first one is always needed")
                .help("give a whole number from 1 to 3"),
        ),
        Never::AttemptsOver(most) if *most >= MOST_ATTEMPTS => Some(
            Diagnostic::error(format!("nobody needs more than {most} attempts"))
                .why(format!("after {MOST_ATTEMPTS} of them people let it be"))
                .help("give a whole number from 1 to 3"),
        ),
        Never::ContextLost if written.context_lost == Some(false) => {
            Some(Diagnostic::error("a pillar that never breaks").help("let `context_lost` be true, or take it out"))
        }
        _ => None,
    }
}
