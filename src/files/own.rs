//! What of a folder's files is polku's own: those that its manifest lists and that nobody changed since.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path};

use crate::digest::sha256;
use crate::report::manifest::MANIFEST;

/// How the names of temporary files and folders begin.
pub const PREFIX: &str = ".polku-";
/// Where the manifest of the results that are replaced lies, beside those that replace them file by file.
const EARLIER: &str = "earlier.json";

/// The files that a manifest lists, with their digests.
#[derive(Debug, Default)]
pub struct Own {
    listed: BTreeMap<String, String>,
}

impl Own {
    /// What the manifest of a folder lists; nothing where it has none.
    pub fn of(folder: &Path) -> Self {
        Self::listed_in(&folder.join(MANIFEST))
    }

    fn listed_in(manifest: &Path) -> Self {
        let read = || serde_json::from_slice::<serde_json::Value>(&fs::read(manifest).ok()?).ok();
        let manifest = read().unwrap_or_default();
        let listed = manifest["outputs_sha256"].as_object().into_iter().flatten();
        let listed = listed.filter_map(|(name, digest)| Some((name.clone(), digest.as_str()?.to_owned())));
        // A manifest is a file like any other: nothing that it says leads out of the folder.
        let inside = |name: &str| Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        Self { listed: listed.filter(|(name, _)| inside(name)).collect() }
    }

    /// Whether a file of this name is one of them, to the last byte.
    fn holds(&self, name: &str, path: &Path) -> bool {
        let Some(digest) = self.listed.get(name) else { return false };
        let plain = path.symlink_metadata().is_ok_and(|found| found.is_file());
        plain && fs::read(path).is_ok_and(|bytes| *digest == sha256(&bytes))
    }

    /// Whether any of them lies below a folder of this name.
    fn reaches_into(&self, name: &str) -> bool {
        let below = format!("{name}/");
        self.listed.range(below.clone()..).next().is_some_and(|(first, _)| first.starts_with(&below))
    }
}

/// Moves from old results into those that replace them whatever polku did not write, or somebody changed since. What the
/// new results have under the same name is replaced.
///
/// # Errors
/// Something cannot be moved; it is then where it was.
pub fn carry(old: &Path, new: &Path, own: &Own) -> io::Result<()> {
    carry_below(old, new, "", own)
}

fn carry_below(old: &Path, new: &Path, below: &str, own: &Own) -> io::Result<()> {
    for entry in fs::read_dir(old)? {
        let entry = entry?;
        let (from, to) = (entry.path(), new.join(entry.file_name()));
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if name == MANIFEST || entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        if entry.file_type()?.is_dir() && (to.is_dir() || own.reaches_into(&name)) {
            carry_below(&from, &to, &format!("{name}/"), own)?;
        } else if to.symlink_metadata().is_err() && !own.holds(&name, &from) {
            fs::create_dir_all(new)?;
            fs::rename(&from, &to)?;
        }
    }
    Ok(())
}

/// Moves finished results file by file into the folder around them, the manifest last, and removes what the earlier ones
/// left. In between the folder has no manifest. May be called again where it was cut short.
///
/// # Errors
/// Something cannot be moved.
pub fn move_in(moving: &Path, folder: &Path) -> io::Result<()> {
    let manifest = moving.join(MANIFEST);
    let earlier = moving.with_file_name(EARLIER);
    if manifest.exists() && folder.join(MANIFEST).exists() {
        fs::rename(folder.join(MANIFEST), &earlier)?;
    }
    let own = Own::listed_in(&earlier);
    move_below(moving, folder)?;
    if manifest.exists() {
        fs::rename(&manifest, folder.join(MANIFEST))?;
    }
    let new = Own::of(folder);
    for name in own.listed.keys().filter(|name| !new.listed.contains_key(*name)) {
        let path = folder.join(name);
        if own.holds(name, &path) {
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

fn move_below(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            move_below(&entry.path(), &place)?;
        } else if entry.file_name() != MANIFEST {
            fs::rename(entry.path(), place)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(names: &[&str]) -> String {
        let digests: serde_json::Map<_, _> =
            names.iter().map(|name| ((*name).to_owned(), sha256(name.as_bytes()).into())).collect();
        serde_json::json!({ "outputs_sha256": digests }).to_string()
    }

    /// A folder of results as an earlier run and its user left it, beside new ones.
    fn results() -> (tempfile::TempDir, std::path::PathBuf, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        for inner in ["old/charts", "old/mine/deep", "new/charts"] {
            fs::create_dir_all(folder.path().join(inner)).unwrap();
        }
        let listed = ["ledger.csv", "summary.json", "charts/old.svg", "changed.csv", "../outside.csv"];
        for name in listed.into_iter().chain(["own.csv", "charts/own.svg", "mine/deep/own.csv"]) {
            fs::write(old.join(name), name).unwrap();
        }
        fs::write(old.join("changed.csv"), "by somebody").unwrap();
        fs::write(old.join(MANIFEST), manifest(&listed)).unwrap();
        fs::write(new.join("summary.json"), "new").unwrap();
        fs::write(new.join(MANIFEST), manifest(&["summary.json"])).unwrap();
        (folder, old, new)
    }

    fn check(results: &Path) {
        let there = |name: &str| results.join(name).exists();
        assert!(!there("ledger.csv") && !there("charts/old.svg"));
        for name in ["changed.csv", "own.csv", "charts/own.svg", "mine/deep/own.csv", "../outside.csv"] {
            assert!(there(name), "{name}");
        }
        assert_eq!(fs::read_to_string(results.join("summary.json")).unwrap(), "new");
        assert_eq!(fs::read_to_string(results.join(MANIFEST)).unwrap(), manifest(&["summary.json"]));
    }

    #[test]
    fn what_polku_did_not_write_or_somebody_changed_is_carried_on() {
        let (folder, old, new) = results();
        fs::write(folder.path().join("outside.csv"), "../outside.csv").unwrap();
        carry(&old, &new, &Own::of(&old)).unwrap();
        check(&new);
    }

    #[test]
    fn results_that_come_file_by_file_leave_the_same() {
        let (folder, old, new) = results();
        fs::write(folder.path().join("outside.csv"), "../outside.csv").unwrap();
        move_in(&new, &old).unwrap();
        check(&old);
        move_in(&new, &old).unwrap();
        check(&old);
    }
}
