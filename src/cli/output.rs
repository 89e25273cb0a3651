//! Where output goes: standard output, and files that are never half written.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::failure::Failure;
use super::own::PREFIX;
use crate::legible;

/// Prints text to standard output, to the last byte; what is not legible is written out.
///
/// # Errors
/// A failure of writing; a closed pipe is one that says nothing.
pub fn print(text: &str) -> Result<(), Failure> {
    to_stdout(&legible::lines(text))
}

/// Prints JSON to standard output, in which what is not legible is written as JSON writes it.
///
/// # Errors
/// Those of [`print()`].
pub fn print_json(text: &str) -> Result<(), Failure> {
    to_stdout(&legible::json(text))
}

fn to_stdout(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|fault| Failure::writing("to standard output", &fault))
}

/// Whether a folder can be made, or is there and can be written into. Leaves nothing behind.
///
/// # Errors
/// Why it cannot.
pub fn can_make(folder: &Path) -> Result<(), Failure> {
    let there = folder.ancestors().find(|above| above.as_os_str().is_empty() || above.symlink_metadata().is_ok());
    let there = there.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let into = format!("into {}", folder.display());
    if !there.is_dir() {
        return Err(Failure::Unreadable(format!("cannot write {into}: {} is not a folder", there.display())));
    }
    let probe = tempfile::Builder::new().prefix(PREFIX).tempdir_in(there);
    probe.map(drop).map_err(|fault| Failure::writing(&into, &fault))
}

/// Writes a file under a temporary name in its folder, then renames it, so that nobody ever sees half of it.
///
/// # Errors
/// A failure of writing; the file is then as it was before.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
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
    write().map_err(|fault| Failure::writing(&path.display().to_string(), &fault))
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
