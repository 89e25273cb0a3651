//! Every piece of `docs/how-do-i-say.md` is a study that passes without a word, and its index leads to its pieces.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use polku::inside::model::Model;
use polku::inside::study::Study;
use polku::inside::study::source::Source;

/// The page, as headings with the text below each.
fn parts() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/how-do-i-say.md");
    let page = fs::read_to_string(path).unwrap();
    let part = |text: &str| {
        let (heading, rest) = text.split_once('\n').unwrap();
        (heading.to_owned(), rest.to_owned())
    };
    page.split("\n## ").map(part).collect()
}

/// The piece of a study in a part; empty where it has none.
fn piece(text: &str) -> &str {
    text.split_once("```toml\n").map_or("", |(_, rest)| rest.split_once("```").unwrap().0)
}

/// The tables of a piece, each with its header.
fn tables(piece: &str) -> BTreeMap<&str, &str> {
    let mut tables = BTreeMap::new();
    let mut rest = piece;
    while !rest.is_empty() {
        let end = rest[1..].find("\n[").map_or(rest.len(), |at| at + 2);
        let (table, after) = rest.split_at(end);
        tables.insert(table.lines().next().unwrap(), table);
        rest = after;
    }
    tables
}

#[test]
fn every_piece_is_a_study_that_nothing_is_said_against() {
    let parts = parts();
    let around = tables(piece(&parts.last().unwrap().1));
    assert!(around.len() >= 8 && parts.len() > 15);
    for (heading, text) in &parts[1..] {
        let mut all = around.clone();
        let own = tables(piece(text));
        assert!(!own.is_empty(), "`{heading}` has no piece");
        all.extend(own);
        let study: String = all.values().copied().collect();
        let source = Source::new("saying.toml", "", &study);
        let model = Study::parse(&source).and_then(|study| Model::compile(&study));
        let model = model.unwrap_or_else(|faults| panic!("{heading}: {faults:#?}"));
        assert!(model.warnings().is_empty(), "{heading}: {:#?}", model.warnings());
    }
}

#[test]
fn the_index_leads_to_every_piece() {
    let parts = parts();
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    let linked: Vec<&str> = parts[0].1.split("](#").skip(1).map(|rest| rest.split_once(')').unwrap().0).collect();
    let mut anchors: Vec<String> = parts[1..].iter().map(|(heading, _)| anchor(heading)).collect();
    for link in &linked {
        assert!(anchors.iter().any(|its| its == link), "`#{link}` leads nowhere");
    }
    anchors.retain(|its| !linked.contains(&its.as_str()));
    assert!(anchors.is_empty(), "the index does not name {anchors:?}");
}
