//! An interrupt is a signal that ends a run: it tidies up first, and never cuts through what has to happen as a whole.

#[cfg(unix)]
use crate::files::interrupt::hold;

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
            let stand = if state.tidy() { "the results are written" } else { "nothing was written" };
            super::stderr::tell(&format!("\ninterrupted ({name}): {stand}\n"));
            std::process::exit(128 + signal);
        }
    });
}

/// Other systems end the program by themselves; the next run tidies up after it.
#[cfg(not(unix))]
pub fn listen() {}
