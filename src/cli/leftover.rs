//! What an earlier run left in a folder: files that its manifest lists and that this run does not write anew.

use std::fs;
use std::path::{Component, Path};

use crate::digest::sha256;

/// Removes the files that an earlier run wrote into a folder, other than those that are written now. A file that
/// somebody changed since, or that no manifest lists, stays.
///
/// What cannot be read or removed stays as well: it is in nobody's way but the reader's.
pub fn remove(folder: &Path, written: &[&str]) {
    let Ok(manifest) = fs::read(folder.join("manifest.json")) else { return };
    let Ok(manifest) = serde_json::from_slice::<serde_json::Value>(&manifest) else { return };
    let Some(listed) = manifest["outputs_sha256"].as_object() else { return };
    for (name, digest) in listed.iter().filter(|(name, _)| !written.contains(&name.as_str())) {
        // A manifest is a file like any other: nothing that it says leads out of the folder.
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let path = folder.join(name);
        let plain = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if inside && plain && fs::read(&path).is_ok_and(|bytes| digest.as_str() == Some(&sha256(&bytes))) {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_earlier_run_wrote_and_nobody_changed_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("out");
        fs::create_dir_all(inner.join("charts")).unwrap();
        let put = |name: &str, text: &str| fs::write(inner.join(name), text).unwrap();
        for name in ["ledger.csv", "summary.json", "charts/old.svg", "changed.csv", "own.csv", "../outside.csv"] {
            put(name, name);
        }
        let listed = ["ledger.csv", "summary.json", "charts/old.svg", "changed.csv", "../outside.csv"];
        let digests: serde_json::Map<_, _> =
            listed.iter().map(|name| ((*name).to_owned(), sha256(name.as_bytes()).into())).collect();
        put("manifest.json", &serde_json::json!({ "outputs_sha256": digests }).to_string());
        put("changed.csv", "by somebody");
        remove(&inner, &["summary.json"]);
        let there = |name: &str| inner.join(name).exists();
        assert!(!there("ledger.csv") && !there("charts/old.svg"));
        assert!(there("summary.json") && there("changed.csv") && there("own.csv") && there("../outside.csv"));
    }
}
