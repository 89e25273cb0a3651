//! What the README shows is what a run prints and draws.
//!
//! After a change that is meant to change it, `POLKU_BLESS=1 cargo test --test readme` writes it anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    std::env::var_os("POLKU_BLESS").is_some()
}

/// The text of the fenced block that follows a marker such as `<!-- run -->`.
fn block<'a>(page: &'a str, marker: &str) -> &'a str {
    let marked = page.split_once(marker).unwrap_or_else(|| panic!("the README has no {marker}")).1;
    let fence = marked.find("```").unwrap();
    let begin = fence + marked[fence..].find('\n').unwrap() + 1;
    let end = begin + marked[begin..].find("```").unwrap();
    &marked[begin..end]
}

/// A table's lines end in spaces, which editors like to cut off.
fn trimmed(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A folder with the shipped studies in it, as a fresh checkout has them.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("scenarios"), &folder.path().join("scenarios"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn the_readme_shows_what_the_retailer_run_prints_and_draws() {
    let readme = root().join("README.md");
    let page = fs::read_to_string(&readme).unwrap();
    let command = block(&page, "<!-- command -->").trim();
    let arguments: Vec<&str> = command.strip_prefix("cargo run --release -- ").unwrap().split_whitespace().collect();
    let folder = checkout();
    let output =
        Command::new(assert_cmd::cargo::cargo_bin!("polku")).current_dir(&folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = trimmed(&String::from_utf8(output.stdout).unwrap());
    let shown = block(&page, "<!-- output -->");
    let drawn = |name: &str| fs::read(folder.path().join("out/retailer/charts").join(name)).unwrap();
    let pictures = ["retailer-retention.svg", "retailer-retention.png"];
    if blessing() {
        fs::write(&readme, page.replace(shown, &printed)).unwrap();
        for picture in pictures {
            fs::write(root().join("docs/images").join(picture), drawn(picture.trim_start_matches("retailer-")))
                .unwrap();
        }
        return;
    }
    assert_eq!(shown, printed, "the README shows another run; see the head of tests/readme.rs");
    for picture in pictures {
        let committed = fs::read(root().join("docs/images").join(picture)).unwrap();
        assert!(
            committed == drawn(picture.trim_start_matches("retailer-")),
            "docs/images/{picture} is another picture"
        );
        assert!(
            page.contains(&format!("docs/images/{picture}")) || picture.ends_with(".svg"),
            "{picture} is not shown"
        );
    }
}

#[test]
fn the_readme_shows_a_piece_of_a_shipped_study() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let piece = block(&page, "<!-- study -->");
    let study = fs::read_to_string(root().join("scenarios/retailer.toml")).unwrap();
    // Leaps within the file are marked by a comment that only the README has.
    for part in piece.split("# ...\n") {
        assert!(study.contains(part.trim()), "scenarios/retailer.toml does not hold\n{part}");
    }
    assert!(piece.lines().count() <= 30);
}

#[test]
fn the_readme_knows_every_verb() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("polku")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let verbs = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    for verb in verbs.lines().filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help") {
        assert!(page.contains(&format!("`polku {verb}")), "the README does not name `polku {verb}`");
    }
}

#[test]
fn every_link_within_the_pages_leads_somewhere() {
    let mut pages = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    pages.extend(fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    for page in pages.into_iter().filter(|page| page.extension().is_some_and(|e| e == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            let there = file.is_empty() || file.contains("://") || page.parent().unwrap().join(file).exists();
            assert!(there, "{} links to {link}", page.display());
        }
    }
}
