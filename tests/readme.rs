//! What the README and the tutorial show is what polku prints and draws.
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

/// A fenced block of a page: its language, and where its text stands.
fn blocks(page: &str) -> Vec<(&str, std::ops::Range<usize>)> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(fence) = page[at..].find("```") {
        let language_at = at + fence + 3;
        let begin = language_at + page[language_at..].find('\n').unwrap() + 1;
        let end = begin + page[begin..].find("```").unwrap();
        blocks.push((&page[language_at..begin - 1], begin..end));
        at = end + 3;
    }
    blocks
}

/// What a command of the tutorial prints, and its exit code; `| head -n N` and `| tail -n N` cut it.
fn printed(folder: &Path, command: &str) -> (String, Option<i32>) {
    let (command, cut) = command.split_once(" | ").map_or((command, None), |(command, cut)| (command, Some(cut)));
    let arguments = command.strip_prefix("polku ").unwrap().split_whitespace();
    let output =
        Command::new(assert_cmd::cargo::cargo_bin!("polku")).current_dir(folder).args(arguments).output().unwrap();
    let all = trimmed(&String::from_utf8([output.stdout, output.stderr].concat()).unwrap());
    let lines: Vec<&str> = all.lines().collect();
    let kept = match cut.map(|cut| cut.rsplit_once(' ').unwrap()) {
        None => &lines[..],
        Some(("head -n", most)) => &lines[..most.parse().unwrap()],
        Some(("tail -n", most)) => &lines[lines.len() - most.parse::<usize>().unwrap()..],
        Some(other) => panic!("{other:?}"),
    };
    (kept.iter().map(|line| format!("{line}\n")).collect(), output.status.code())
}

#[test]
fn the_tutorial_shows_what_its_commands_print_one_after_another() {
    let file = root().join("docs/tutorial.md");
    let page = fs::read_to_string(&file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut blessed, mut copied) = (String::new(), 0);
    let mut output = None;
    for (language, place) in blocks(&page) {
        let text = &page[place.clone()];
        match language {
            "sh" => output = Some(printed(folder.path(), text.trim())),
            "toml" => {
                let study = folder.path().join("saas.toml");
                let longer = format!("{}\n{text}", fs::read_to_string(&study).unwrap());
                fs::write(study, longer).unwrap();
            }
            "text" => {
                let (wanted, code) = output.take().unwrap();
                let fails = page[..place.start].trim_end_matches("```text\n").ends_with("<!-- exit code 1 -->\n");
                assert_eq!(code, Some(i32::from(fails)), "{wanted}");
                blessed += &page[copied..place.start];
                blessed += &wanted;
                copied = place.end;
                if !blessing() {
                    assert_eq!(text, wanted, "the tutorial shows another run; see the head of tests/readme.rs");
                }
            }
            other => panic!("the tutorial has a block of {other}"),
        }
    }
    assert!(output.is_none(), "a command of the tutorial does not show what it prints");
    assert!(folder.path().join("out/saas/report.html").exists());
    if blessing() {
        fs::write(&file, blessed + &page[copied..]).unwrap();
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
