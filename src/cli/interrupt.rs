//! An interrupt is a signal that ends a run: it tidies up first, and never cuts through what has to happen as a whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What an interrupt would have to tidy up, and to say.
#[derive(Debug, Default)]
pub struct State {
    /// The folder that unfinished results are written to.
    aside: Option<PathBuf>,
    /// Whether the results are in their place.
    written: bool,
}

static STATE: Mutex<State> = Mutex::new(State { aside: None, written: false });

/// Holds interrupts off for as long as the guard lives. It must not be asked for twice in one thread.
pub fn hold() -> MutexGuard<'static, State> {
    // Whoever panicked held it for a moment only; what it says is right.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// An interrupt has to remove this folder.
    pub fn writing_to(&mut self, aside: &Path) {
        self.aside = Some(aside.to_owned());
    }

    /// An interrupt has nothing to remove any more; whether the results are in their place.
    pub fn done(&mut self, written: bool) {
        self.aside = None;
        self.written |= written;
    }

    /// Removes what was unfinished, and says how things stand.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only signals ask for it"))]
    fn tidy(&mut self, signal: &str) -> String {
        if let Some(aside) = self.aside.take() {
            // Nobody puts anything into it any more: files are made while interrupts are held off.
            let _ = fs::remove_dir_all(&aside);
        }
        let stand = if self.written { "the results are written" } else { "nothing was written" };
        format!("\ninterrupted ({signal}): {stand}\n")
    }
}

/// Ends the program with 128 and the number of the signal when it is interrupted (SIGINT) or terminated (SIGTERM), as
/// shells do, when everything is tidied up. A file that may grow no further is then a failure of writing like any other.
#[cfg(unix)]
pub fn listen() {
    use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    // Without a handler each of these ends the program as it always did.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let name = if signal == SIGINT { "SIGINT" } else { "SIGTERM" };
            // Never let go of it: whoever waits to write or to move on does so until the program has ended.
            let mut state = hold();
            super::stderr::tell(&state.tidy(name));
            std::process::exit(128 + signal);
        }
    });
}

/// Other systems end the program by themselves; the next run tidies up after it.
#[cfg(not(unix))]
pub fn listen() {}
