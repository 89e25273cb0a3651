//! A folder of results is replaced as a whole: its files are the new ones, or those that were there before.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::digest::sha256;
use crate::engine::run::threads::each;
use crate::faults::{Cause, Faults};
use crate::report::bundle::Bundle;
use crate::report::form::Output;

use super::aside::{self, Aside, MOVING, NEW, OLD, READY};
use super::file::{can_make, reason};
use super::interrupt;
use super::own::{Own, carry, move_in};

/// A folder that results are written to.
#[derive(Debug)]
pub struct Results {
    /// As it was asked for.
    named: PathBuf,
    /// Where it really is, however it was named.
    folder: PathBuf,
}

/// A fault of polku in making an output, on its way through what writes.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Making(String);

/// Where the bytes of outputs come from.
#[derive(Clone, Copy)]
enum Supply<'a> {
    /// They are made.
    Bundle(&'a Bundle<'a>),
    /// They have been made in this folder, which cannot change places.
    Folder(&'a Bundle<'a>, &'a Path),
}

impl Results {
    /// The folder, when what a killed run left there is brought to an end. Nothing is made yet.
    ///
    /// # Errors
    /// It cannot be made or written into.
    pub fn at(named: &Path) -> Result<Self, Faults> {
        let results = |folder: PathBuf| Self { named: named.to_owned(), folder };
        let parent = parent(named);
        // A folder that is missing because a run was killed has to be looked for by the name it had.
        aside::tidy(&parent);
        let found = results(named.canonicalize().unwrap_or_else(|_| named.to_owned()));
        if found.folder != named {
            aside::tidy(&self::parent(&found.folder));
        }
        aside::tidy(&found.folder);
        // A folder that cannot be written is better known before the work than after.
        can_make(&named.join("charts"))?;
        Ok(found)
    }

    /// Replaces whatever polku wrote there before by what is in the bundle, and by its manifest. An output is made when it is
    /// written, and dropped then.
    ///
    /// # Errors
    /// A failure of making or writing; then everything is as it was.
    pub fn replace(&self, bundle: &Bundle<'_>) -> Result<(), Faults> {
        let written = self.check_places(bundle).and_then(|()| {
            if !self.can_change_places() {
                return self.write_in_place(Supply::Bundle(bundle));
            }
            match self.change_places(bundle)? {
                Outcome::Written => Ok(()),
                Outcome::Nowhere => self.write_in_place(Supply::Bundle(bundle)),
                Outcome::Beside(aside, made) => {
                    let written = self.write_in_place(Supply::Folder(bundle, &made));
                    drop(aside);
                    written
                }
            }
        });
        written.map_err(|fault| self.failure(&fault))
    }

    /// The failure of writing results, which replace those that were there as a whole or not at all.
    fn failure(&self, fault: &io::Error) -> Faults {
        if let Some(Making(what)) = fault.get_ref().and_then(|inner| inner.downcast_ref()) {
            return Faults::one(Cause::Internal, Diagnostic::error(what.clone()));
        }
        let full = matches!(
            fault.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        );
        let what = Diagnostic::error(format!("cannot write into {}: {}", self.named.display(), reason(fault)));
        let help = "make room there, or write elsewhere with `--out`; earlier results are as they were";
        Faults::one(Cause::Unreadable, if full { what.help(help) } else { what })
    }

    /// Whether every file has a place: nothing else stands where it or its folder has to be.
    fn check_places(&self, bundle: &Bundle<'_>) -> io::Result<()> {
        for name in bundle.names() {
            if self.folder.join(&name).is_dir() {
                return Err(io::Error::other(format!("{} is a folder", self.named.join(name).display())));
            }
        }
        Ok(())
    }

    /// Whether the folder can be another one in an instant: it is not if somebody stands in it.
    fn can_change_places(&self) -> bool {
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        self.folder.file_name().is_some() && here.is_ok_and(|here| !here.starts_with(&self.folder))
    }

    /// Makes the results beside the folder, and exchanges the two.
    fn change_places(&self, bundle: &Bundle<'_>) -> io::Result<Outcome> {
        let parent = parent(&self.folder);
        fs::create_dir_all(&parent)?;
        let (Ok(mut aside), Some(name)) = (Aside::within(&parent), self.folder.file_name()) else {
            return Ok(Outcome::Nowhere);
        };
        let (new, ready) = (aside.path.join(NEW), aside.path.join(READY));
        write_all(&new.join(name), Supply::Bundle(bundle))?;
        if let Ok(there) = fs::metadata(&self.folder) {
            fs::set_permissions(new.join(name), there.permissions())?;
        }
        let mut held = interrupt::hold();
        fs::rename(&new, &ready)?;
        let ready = ready.join(name);
        let old = if self.folder.exists() {
            match self.exchange(&ready, &aside.path.join(OLD)) {
                Ok(old) => Some(old),
                // A folder that cannot be moved is written into.
                Err(_) => {
                    drop(held);
                    return Ok(Outcome::Beside(aside, ready));
                }
            }
        } else {
            fs::rename(&ready, &self.folder)?;
            None
        };
        sync(&parent);
        held.done(true);
        drop(held);
        if let Some(old) = old
            && let Err(fault) = carry(&old, &self.folder, &Own::of(&old))
        {
            aside.keep();
            let left = old.display();
            return Err(io::Error::new(
                fault.kind(),
                format!("the results are written, but what else was there is now in {left}: {fault}"),
            ));
        }
        Ok(Outcome::Written)
    }

    /// Puts finished results into the folder's place, and says where the old ones are now.
    fn exchange(&self, ready: &Path, aside: &Path) -> io::Result<PathBuf> {
        if at_once(ready, &self.folder).is_ok() {
            return Ok(ready.to_owned());
        }
        let old = aside.join(self.folder.file_name().unwrap_or_default());
        fs::create_dir_all(aside)?;
        fs::rename(&self.folder, &old)?;
        match fs::rename(ready, &self.folder) {
            Ok(()) => Ok(old),
            Err(fault) => {
                fs::rename(&old, &self.folder)?;
                Err(fault)
            }
        }
    }

    /// Makes the results within the folder, and moves them in file by file.
    fn write_in_place(&self, from: Supply<'_>) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let aside = Aside::within(&self.folder)?;
        let (new, moving) = (aside.path.join(NEW), aside.path.join(MOVING));
        write_all(&new, from)?;
        let mut held = interrupt::hold();
        fs::rename(&new, &moving)?;
        move_in(&moving, &self.folder)?;
        sync(&self.folder);
        held.done(true);
        drop(held);
        Ok(())
    }
}

/// What came of making results beside a folder.
enum Outcome {
    /// They are in its place.
    Written,
    /// Nothing can be made there.
    Nowhere,
    /// They are made, and the folder cannot be moved: where they are.
    Beside(Aside, PathBuf),
}

/// Writes files to the disk, not only to the system's memory of it: a full disk is noticed before anything is replaced. They
/// are made and written on several threads, each of which waits for the disk.
fn write_all(folder: &Path, from: Supply<'_>) -> io::Result<()> {
    let (Supply::Bundle(bundle) | Supply::Folder(bundle, _)) = from;
    let one = |place: &usize| {
        let output = bundle_output(from, *place)?;
        write_one(folder, &output)?;
        Ok((output.name, sha256(&output.bytes)))
    };
    let places: Vec<usize> = (0..bundle.len()).collect();
    let written: Vec<(String, String)> =
        each(bundle.form.threads, &places, one).into_iter().collect::<io::Result<_>>()?;
    write_one(folder, &bundle.manifest(&written).map_err(making)?)?;
    sync(&folder.join("charts"));
    sync(folder);
    Ok(())
}

/// An output, made or read where it has been made.
fn bundle_output(from: Supply<'_>, place: usize) -> io::Result<Output<'_>> {
    match from {
        Supply::Bundle(bundle) => bundle.output(place).map_err(making),
        Supply::Folder(bundle, folder) => {
            let name = bundle.names().nth(place).unwrap_or_default();
            Ok(Output { bytes: fs::read(folder.join(&name))?.into(), name })
        }
    }
}

fn making(fault: String) -> io::Error {
    io::Error::other(Making(fault))
}

fn write_one(folder: &Path, output: &Output<'_>) -> io::Result<()> {
    let mut file = create(&folder.join(&output.name))?;
    file.write_all(&output.bytes)?;
    file.sync_all()
}

/// Makes a file and the folders above it; never after an interrupt, which has removed them for good.
fn create(path: &Path) -> io::Result<File> {
    let _held = interrupt::hold();
    fs::create_dir_all(parent(path))?;
    File::create(path)
}

/// Writes the names of a folder to the disk; systems that cannot do so need not.
fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn parent(path: &Path) -> PathBuf {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    above.unwrap_or(Path::new(".")).to_owned()
}

/// Exchanges two folders in an instant.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn at_once(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn at_once(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
