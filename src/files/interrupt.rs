//! What an interrupt would have to tidy up: it never cuts through what has to happen as a whole.

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

    /// Removes what was unfinished, and says whether the results are written.
    pub fn tidy(&mut self) -> bool {
        if let Some(aside) = self.aside.take() {
            // Nobody puts anything into it any more: files are made while interrupts are held off.
            let _ = fs::remove_dir_all(&aside);
        }
        self.written
    }
}
