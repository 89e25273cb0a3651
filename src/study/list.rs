//! A list of chances may stand in a CSV file beside the study: which file that may be, and that it is read once.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::files::{Files, LARGEST, reason};
use super::source::Source;
use super::table::{Counted, chances};
use crate::diagnostic::Diagnostic;
use crate::digest::sha256;

impl Source {
    /// A study as it was recorded, with the bytes of all lists that it reads: no file is read for it.
    pub fn recorded(name: &str, text: &str, lists: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut source = Self::new(name, "", text);
        let found = lists.into_iter().map(|(name, bytes)| (name, Ok(Arc::from(bytes)))).collect();
        source.files = Files { found: Arc::new(Mutex::new(found)), are_all: true };
        source
    }

    /// All lists that were read for the study, by the names that it gives them, in their order.
    pub fn lists(&self) -> Vec<(String, Arc<[u8]>)> {
        let files = self.files.found.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().filter_map(|(name, bytes)| Some((name.clone(), Arc::clone(bytes.as_ref().ok()?)))).collect()
    }

    /// Their digests.
    pub fn list_digests(&self) -> Vec<(String, String)> {
        self.lists().into_iter().map(|(name, bytes)| (name, sha256(&bytes))).collect()
    }

    /// The bytes of a list, read when it is first asked for.
    fn list_file(&self, file: &str) -> Result<Arc<[u8]>, Diagnostic> {
        let mut files = self.files.found.lock().unwrap_or_else(PoisonError::into_inner);
        let sought = || {
            if self.files.are_all {
                return Err(Diagnostic::error(format!("the list `{file}` was not recorded"))
                    .why("a recorded run reads no files, so that it is the same everywhere")
                    .help("run the study itself, where its lists are"));
            }
            read(&self.folder, file).map(Arc::from)
        };
        files.entry(file.to_owned()).or_insert_with(sought).clone()
    }
}

/// Reads the column `chance` of a CSV file. A column that counts periods is checked; others are left alone.
///
/// # Errors
/// One diagnostic, which names file and line and has no place in the study: the caller adds the
/// path that names the file.
pub fn read_chances(source: &Source, file: &str, counted: &Counted<'_>) -> Result<Vec<f64>, Diagnostic> {
    let bytes = source.list_file(file)?;
    chances(file, &bytes, counted)
}

/// The bytes of a file that stands beside the study, or in a folder there.
fn read(folder: &Path, file: &str) -> Result<Vec<u8>, Diagnostic> {
    let named = Path::new(file);
    let outside = || {
        Diagnostic::error(format!("the list `{file}` does not stand beside the study"))
            .why("a study reads lists from its own folder and the folders in it, so that nothing else is ever read")
            .help("put the file beside the study, and name it as it is called from there")
    };
    let inward = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if !named.components().all(inward) {
        return Err(outside());
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let whole = |path: PathBuf| path.canonicalize().map_err(|fault| unreadable(file, &reason(&fault)));
    // Where it leads in the end, and that is never told.
    let path = whole(folder.join(named))?;
    if !path.starts_with(whole(folder.to_owned())?) {
        return Err(outside());
    }
    // To open a pipe is to wait for whoever writes into it.
    let kind = |found: io::Result<std::fs::Metadata>| match found {
        Ok(found) if found.is_file() => Ok(()),
        Ok(found) if found.is_dir() => Err(unreadable(file, "it is a folder")),
        Ok(_) => Err(unreadable(file, "it is no ordinary file")),
        Err(fault) => Err(unreadable(file, &reason(&fault))),
    };
    kind(path.metadata())?;
    let opened = File::open(&path).map_err(|fault| unreadable(file, &reason(&fault)))?;
    kind(opened.metadata())?;
    let mut bytes = Vec::new();
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|fault| unreadable(file, &reason(&fault)))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(file, "it is larger than 8 MiB"));
    }
    Ok(bytes)
}

fn unreadable(file: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(format!("the list `{file}` cannot be read: {reason}"))
        .why("a list is looked for in the folder of the study")
        .help("put the file there, or correct its name")
}

/// Whether a text names a CSV file, whatever the letters of its ending.
pub fn names_a_list(text: &str) -> bool {
    Path::new(text).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_NOTHING: Counted<'_> = Counted { by: "", unit: "month" };

    fn said(source: &Source, file: &str) -> String {
        read_chances(source, file, &BY_NOTHING).unwrap_err().what
    }

    #[test]
    fn the_file_is_looked_for_beside_the_study() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("lists")).unwrap();
        std::fs::write(folder.path().join("lists/list.csv"), "\u{feff}chance\n0.5\n").unwrap();
        let source = Source::new("x.toml", folder.path(), "");
        assert_eq!(read_chances(&source, "lists/list.csv", &BY_NOTHING).unwrap(), [0.5]);
        assert_eq!(read_chances(&source, "./lists/list.csv", &BY_NOTHING).unwrap(), [0.5]);
        assert_eq!(said(&source, "other.csv"), "the list `other.csv` cannot be read: there is no such file");
    }

    #[test]
    fn a_recorded_study_reads_no_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("list.csv"), "chance\n0.5\n").unwrap();
        let lists = [("own.csv".to_owned(), b"chance\n0.25\n".to_vec())];
        let mut source = Source::recorded("x.toml", "", lists);
        source.folder = folder.path().to_owned();
        assert_eq!(read_chances(&source, "own.csv", &BY_NOTHING).unwrap(), [0.25]);
        assert_eq!(said(&source, "list.csv"), "the list `list.csv` was not recorded");
    }

    #[test]
    fn a_file_is_read_once_and_what_was_read_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.csv");
        std::fs::write(&file, "chance\n0.5\n").unwrap();
        let source = Source::new("x.toml", folder.path(), "");
        read_chances(&source, "list.csv", &BY_NOTHING).unwrap();
        std::fs::write(&file, "chance\n0.7\n").unwrap();
        assert_eq!(read_chances(&source.clone(), "list.csv", &BY_NOTHING).unwrap(), [0.5]);
        let bytes: Arc<[u8]> = Arc::from(*b"chance\n0.5\n");
        assert_eq!(source.lists(), [("list.csv".to_owned(), bytes)]);
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("study");
        std::fs::create_dir(&folder).unwrap();
        let outside = above.path().join("outside.csv");
        std::fs::write(&outside, "chance\n0.5\n").unwrap();
        let source = Source::new("x.toml", &folder, "");
        for file in ["../outside.csv", "a/../../outside.csv", outside.to_str().unwrap()] {
            assert_eq!(said(&source, file), format!("the list `{file}` does not stand beside the study"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out_and_no_pipe_is_waited_for() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("study");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(above.path().join("secret.csv"), "chance\n0.5\n").unwrap();
        std::fs::write(folder.join("own.csv"), "chance\n0.25\n").unwrap();
        std::os::unix::fs::symlink(above.path().join("secret.csv"), folder.join("out.csv")).unwrap();
        std::os::unix::fs::symlink(above.path().join("nowhere.csv"), folder.join("dead.csv")).unwrap();
        std::os::unix::fs::symlink("own.csv", folder.join("in.csv")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(folder.join("pipe.csv")).status().unwrap().success());
        let source = Source::new("x.toml", &folder, "");
        assert_eq!(read_chances(&source, "in.csv", &BY_NOTHING).unwrap(), [0.25], "a link to what stands beside it");
        for file in ["out.csv", "dead.csv", "pipe.csv"] {
            let fault = read_chances(&source, file, &BY_NOTHING).unwrap_err();
            assert!(!format!("{fault:?}").contains("secret") && !format!("{fault:?}").contains("nowhere"), "{fault:?}");
        }
        assert_eq!(said(&source, "pipe.csv"), "the list `pipe.csv` cannot be read: it is no ordinary file");
    }
}
