//! A folder of results is replaced as a whole: its files are the new ones, or those that were there before.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::engine::run::threads::each;

use super::aside::{self, Aside, MOVING, NEW, OLD, READY};
use super::failure::Failure;
use super::interrupt;
use super::output::can_make;
use super::own::{MANIFEST, Own, carry, move_in};

/// A file to write: its name below the folder, and its bytes.
pub type Output = (String, Vec<u8>);

/// A folder that results are written to.
#[derive(Debug)]
pub struct Results {
    /// As it was asked for.
    named: PathBuf,
    /// Where it really is, however it was named.
    folder: PathBuf,
    /// On how many threads files are written, each of which waits for the disk.
    threads: usize,
}

impl Results {
    /// The folder, when what a killed run left there is brought to an end. Nothing is made yet.
    ///
    /// # Errors
    /// It cannot be made or written into.
    pub fn at(named: &Path, threads: usize) -> Result<Self, Failure> {
        let results = |folder: PathBuf| Self { named: named.to_owned(), folder, threads };
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

    /// Replaces whatever polku wrote there before by these files, of which the manifest is the last.
    ///
    /// # Errors
    /// A failure of writing; then everything is as it was.
    pub fn replace(&self, outputs: &[Output]) -> Result<(), Failure> {
        let written = self.check_places(outputs).and_then(|()| {
            if self.can_change_places() && self.change_places(outputs)? {
                return Ok(());
            }
            self.write_in_place(outputs)
        });
        written.map_err(|fault| Failure::writing_results(&self.named, &fault))
    }

    /// Whether every file has a place: nothing else stands where it or its folder has to be.
    fn check_places(&self, outputs: &[Output]) -> io::Result<()> {
        for (name, _) in outputs {
            let path = self.folder.join(name);
            if path.is_dir() {
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

    /// Makes the results beside the folder, and exchanges the two. False where this folder cannot be moved, or nothing
    /// be made beside it.
    fn change_places(&self, outputs: &[Output]) -> io::Result<bool> {
        let parent = parent(&self.folder);
        fs::create_dir_all(&parent)?;
        let (Ok(mut aside), Some(name)) = (Aside::within(&parent), self.folder.file_name()) else { return Ok(false) };
        let (new, ready) = (aside.path.join(NEW), aside.path.join(READY));
        self.write_all(&new.join(name), outputs)?;
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
                Err(_) => return Ok(false),
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
        Ok(true)
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
    fn write_in_place(&self, outputs: &[Output]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let aside = Aside::within(&self.folder)?;
        let (new, moving) = (aside.path.join(NEW), aside.path.join(MOVING));
        self.write_all(&new, outputs)?;
        let mut held = interrupt::hold();
        fs::rename(&new, &moving)?;
        move_in(&moving, &self.folder)?;
        sync(&self.folder);
        held.done(true);
        drop(held);
        Ok(())
    }

    /// Writes files to the disk, not only to the system's memory of it: a full disk is noticed before anything is replaced.
    fn write_all(&self, folder: &Path, outputs: &[Output]) -> io::Result<()> {
        let one = |(name, bytes): &Output| {
            let mut file = create(&folder.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        let Some((manifest, others)) = outputs.split_last() else { return Ok(()) };
        debug_assert_eq!(manifest.0, MANIFEST, "the manifest is written last");
        each(self.threads, others, one).into_iter().collect::<io::Result<()>>()?;
        one(manifest)?;
        sync(&folder.join("charts"));
        sync(folder);
        Ok(())
    }
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
