//! An aside is a folder beside results, in which they are made whole before anybody sees them.
//!
//! It is called `.polku-` and something random, and as long as its run lives it holds a lock. So the next run knows a dead
//! one by its lock, and brings what it left to an end:
//!
//! ```text
//! .polku-x/lock          locked by the run
//! .polku-x/new/NAME      unfinished results: thrown away
//! .polku-x/ready/NAME    finished results; once they have changed places with NAME, what was there before
//! .polku-x/old/NAME      what was there before, where two folders cannot change places at once
//! .polku-x/moving        finished results that are moved into the folder around it file by file
//! .polku-x/earlier.json  the manifest of the results that they replace
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::interrupt;
use super::own::{Own, PREFIX, carry, move_in};
use crate::report::manifest::MANIFEST;

/// Unfinished results.
pub const NEW: &str = "new";
/// Finished results.
pub const READY: &str = "ready";
/// What was there before.
pub const OLD: &str = "old";
/// Finished results on their way.
pub const MOVING: &str = "moving";

const LOCK: &str = "lock";

/// A folder for results in the making, removed with all that is in it when it goes out of sight.
#[derive(Debug)]
pub struct Aside {
    /// Where it is.
    pub path: PathBuf,
    lock: Option<File>,
    kept: bool,
}

impl Aside {
    /// Makes one within a folder.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub fn within(folder: &Path) -> io::Result<Self> {
        // A run that starts at this moment may take a folder that is not locked yet for one that was left.
        for _ in 0..10 {
            let mut held = interrupt::hold();
            let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?.keep();
            held.writing_to(&path);
            let Ok(lock) = File::create(path.join(LOCK)) else { continue };
            // Where there are no locks, nobody takes the folder for one that was left either.
            let _ = lock.lock();
            if path.join(LOCK).exists() {
                return Ok(Self { path, lock: Some(lock), kept: false });
            }
        }
        Err(io::Error::other("a folder for unfinished results is removed again and again"))
    }

    /// Leaves it where it is, because it holds what belongs to somebody.
    pub fn keep(&mut self) {
        self.kept = true;
        interrupt::hold().done(false);
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let mut held = interrupt::hold();
        // Some systems remove no file that is open.
        self.lock = None;
        let _ = fs::remove_dir_all(&self.path);
        held.done(false);
    }
}

/// Brings to an end what killed runs left in a folder: results of its folders that were on their way in, or half made.
/// What cannot be moved or removed stays, and is tried again by the next run.
pub fn tidy(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        if !is_temporary(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if kind.is_dir() && is_dead(&path) {
            let _held = interrupt::hold();
            if finish(&path, folder).is_ok() {
                let _ = fs::remove_dir_all(&path);
            }
        } else if kind.is_file() && folder.join(MANIFEST).is_file() {
            // Version 0.1 wrote single files of results under such names.
            let _ = fs::remove_file(&path);
        }
    }
}

/// Whether a name is one that temporary folders have, and nobody else would give.
fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX);
    random.is_some_and(|random| random.len() == 6 && random.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

/// Whether nobody holds its lock.
fn is_dead(aside: &Path) -> bool {
    match File::open(aside.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(fault) => fault.kind() == io::ErrorKind::NotFound,
    }
}

fn finish(aside: &Path, folder: &Path) -> io::Result<()> {
    if aside.join(MOVING).is_dir() {
        return move_in(&aside.join(MOVING), folder);
    }
    for place in [OLD, READY] {
        let Ok(entries) = fs::read_dir(aside.join(place)) else { continue };
        for entry in entries.flatten() {
            let (from, to) = (entry.path(), folder.join(entry.file_name()));
            if to.is_dir() {
                carry(&from, &to, &Own::of(&from))?;
            } else if place == OLD {
                // Killed after the old results went out and before the new ones came in.
                fs::rename(&from, &to)?;
            }
        }
    }
    Ok(())
}
