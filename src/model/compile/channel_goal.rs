//! Compiles what channels should hold to.

use crate::diagnostic::Diagnostic;
use crate::stats::queue::staffing::Target;
use crate::study::channel::Goal;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

impl Compiler<'_> {
    /// What a channel should hold to, or a fault.
    pub(super) fn goal_of_channel(&mut self, at: &Path, written: &Goal, within: f64) -> Option<Target> {
        let share = |share: f64| (0.0..=1.0).contains(&share);
        let fault = match (written.wait, written.answered, written.given_up) {
            (Some(minutes), None, None) if minutes > 0.0 && minutes.is_finite() => return Some(Target::Wait(minutes)),
            (None, Some(answered), None) if share(answered) && answered < 1.0 => {
                return Some(Target::Served { share: answered, within });
            }
            (None, None, Some(given_up)) if share(given_up) && given_up > 0.0 => {
                return Some(Target::GivesUp(given_up));
            }
            (Some(_), None, None) | (None, Some(_), None) | (None, None, Some(_)) => {
                Diagnostic::error("no number of people holds to this")
                    .why("a goal is a wait above 0 minutes, a share answered below 1, or a share given up above 0")
                    .help("write for example `goal = { answered = 0.8 }`")
            }
            _ => Diagnostic::error("a channel has one goal")
                .why("it is exactly one of `wait`, `answered` and `given_up`")
                .help("write for example `goal = { answered = 0.8 }`"),
        };
        self.fault(fault.at(at.to_string()));
        None
    }
}
