//! Single files that are never half written, and whether a folder can be written into.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::own::PREFIX;
use crate::diagnostic::Diagnostic;
use crate::faults::{Cause, Faults};

/// Whether a folder can be made, or is there and can be written into. Leaves nothing behind.
///
/// # Errors
/// Why it cannot.
pub fn can_make(folder: &Path) -> Result<(), Faults> {
    let there = folder.ancestors().find(|above| above.as_os_str().is_empty() || above.symlink_metadata().is_ok());
    let there = there.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let into = format!("into {}", folder.display());
    if !there.is_dir() {
        let what = format!("cannot write {into}: {} is not a folder", there.display());
        return Err(Faults::one(Cause::Unreadable, Diagnostic::error(what)));
    }
    let probe = tempfile::Builder::new().prefix(PREFIX).tempdir_in(there);
    probe.map(drop).map_err(|fault| writing(&into, &fault))
}

/// Reads a file.
///
/// # Errors
/// Why it cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Faults> {
    let unreadable = |why: String| {
        Faults::one(Cause::Unreadable, Diagnostic::error(format!("{} cannot be read: {why}", path.display())))
    };
    if path.is_dir() {
        return Err(unreadable("it is a folder".to_owned()));
    }
    fs::read(path).map_err(|fault| match fault.kind() {
        io::ErrorKind::NotFound => unreadable("there is no such file".to_owned()),
        _ => unreadable(reason(&fault)),
    })
}

/// Writes a file under a temporary name in its folder, then renames it, so that nobody ever sees half of it.
///
/// # Errors
/// A failure of writing; the file is then as it was before.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Faults> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.flush()?;
        file.as_file().sync_all()?;
        readable(file.path())?;
        file.persist(path).map_err(|fault| fault.error)?;
        Ok(())
    };
    write().map_err(|fault| writing(&path.display().to_string(), &fault))
}

/// The failure of writing somewhere.
pub fn writing(what: &str, fault: &io::Error) -> Faults {
    Faults::one(Cause::Unreadable, Diagnostic::error(format!("cannot write {what}: {}", reason(fault))))
}

/// What the system says, without its error number.
pub fn reason(fault: &io::Error) -> String {
    let text = fault.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Temporary files are private; results may be read by all whom the folder lets in.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}
