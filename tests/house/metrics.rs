//! Metrics: their names stand in one file, and all of them are in the list.

use std::fs;

use polku::inside::model::facts::{Part, Use};
use polku::inside::model::metric::{FAMILIES, Metric, PLAIN};
use syn::{Fields, Item};

use super::walk::{File, files, root};

/// The file that has the list.
const LIST: &str = "src/model/metric.rs";

/// Where a key of the study language, or a column, is called as a metric is: a file, the name, and what it is there.
const NAMESAKES: [(&str, &str, &str); 36] = [
    ("src/model/counter.rs", "", "names of counters"),
    ("src/model/families.rs", "", "how names of families begin and end"),
    ("src/model/check/rates.rs", "purchases", "a key of a stage"),
    ("src/model/compile/exits.rs", "purchases", "a key of a stage"),
    ("src/model/compile/exits.rs", "satisfaction", "a driver"),
    ("src/model/compile/journey.rs", "purchases", "a key of a stage"),
    ("src/model/compile/journey.rs", "margin", "a key of purchases"),
    ("src/model/compile/journey.rs", "wallet", "a key of purchases"),
    ("src/model/compile/rivals.rs", "purchases", "a key of a stage"),
    ("src/model/rival.rs", "", "rows of the list"),
    ("src/model/compile/together.rs", "purchases", "a key of a stage"),
    ("src/model/compile/initiative.rs", "cost", "a key of an initiative"),
    ("src/model/compile/people.rs", "cost", "a key of an inflow"),
    ("src/model/compile/channels.rs", "cost", "a key of a channel"),
    ("src/model/compile/people.rs", "satisfaction", "a driver"),
    ("src/model/compile/accounts.rs", "revenue", "the ledger line that every study has"),
    ("src/model/compile/accounts.rs", "cost", "how names of ledger lines end that cost"),
    ("src/model/serving.rs", "", "rows of the list"),
    ("src/model/compile/touchpoints.rs", "minutes", "a key of a touchpoint"),
    ("src/model/identity/written.rs", "minutes", "a key of a touchpoint"),
    ("src/model/reported.rs", "acquired", "the name itself, of a part of a ratio"),
    ("src/model/reported.rs", "satisfaction, summed", "the name itself, of a part of a ratio"),
    ("src/model/reported.rs", "came to convert", "the name itself, of a part of a ratio"),
    ("src/model/reported.rs", "converted", "the name itself, of a part of a ratio"),
    ("src/model/reported.rs", "periods to convert, summed", "the name itself, of a part of a ratio"),
    ("src/engine/mechanism/buy.rs", "purchases", "a column"),
    ("src/engine/mechanism/wallet.rs", "wallet", "the name of a mechanism"),
    ("src/engine/mechanism/count.rs", "acquired", "a column"),
    ("src/engine/mechanism/feel.rs", "satisfaction", "a column"),
    ("src/report/amount.rs", "purchases", "what is counted"),
    ("src/report/amount.rs", "minutes", "what is counted"),
    ("src/estimate/money/chain.rs", "contacts", "a driver of the impact chain"),
    ("src/estimate/money/chain.rs", "cost_to_serve", "a driver of the impact chain"),
    ("src/estimate/money/lines.rs", "purchases", "a line of the books"),
    ("src/report/ledger_table.rs", "revenue", "a group of lines"),
    ("src/cli/replay.rs", "", "columns of one customer's life"),
];

/// The names of metrics that a file has as texts, each with its line.
fn names(file: &File) -> Vec<(String, usize)> {
    let parts = Part::ALL.map(Part::name);
    let plain: Vec<&str> = PLAIN.iter().map(|metric| metric.key()).chain(parts).collect();
    let is_name = |text: &str| plain.contains(&text) || FAMILIES.iter().any(|its| its.member(text).is_some());
    let texts = file.words.iter().filter_map(|(word, line)| Some((word.strip_prefix('"')?.strip_suffix('"')?, *line)));
    texts.filter(|(text, _)| is_name(text)).map(|(text, line)| (text.to_owned(), line)).collect()
}

#[test]
fn names_of_metrics_stand_in_the_list_alone() {
    let mut faults = Vec::new();
    let mut unused: Vec<_> = NAMESAKES.iter().collect();
    // What a user writes stands below the list, and names metrics in its examples.
    for file in files().iter().filter(|file| file.path != LIST && !file.path.starts_with("src/study/")) {
        for (name, line) in names(file) {
            let is_it = |its: &&(&str, &str, &str)| its.0 == file.path && (its.1 == name || its.1.is_empty());
            if NAMESAKES.iter().any(|its| is_it(&its)) {
                unused.retain(|its| !is_it(its));
            } else {
                faults.push(format!("{}:{line} has the name `{name}`: ask `Metric` for it", file.path));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(unused.is_empty(), "no namesakes any more, take them off the list: {unused:?}");
}

#[test]
fn every_metric_is_in_the_list() {
    let files = files();
    let list = files.iter().find(|file| file.path == LIST).unwrap();
    let variants = list.items.iter().find_map(|item| match item {
        Item::Enum(its) if its.ident == "Metric" => Some(&its.variants),
        _ => None,
    });
    let (plain, families): (Vec<_>, Vec<_>) =
        variants.unwrap().iter().partition(|variant| matches!(variant.fields, Fields::Unit));
    let listed: Vec<String> = PLAIN.iter().map(|metric| format!("{metric:?}")).collect();
    for variant in &plain {
        assert!(listed.contains(&variant.ident.to_string()), "`{}` is not in `PLAIN`", variant.ident);
    }
    assert_eq!((plain.len(), families.len()), (PLAIN.len(), FAMILIES.len()));
}

#[test]
fn every_page_that_lists_metrics_lists_them_all() {
    for (page, is_listed) in [
        ("model", (|_| true) as fn(Metric) -> bool),
        ("summary", |metric| metric.is_for(Use::Headline)),
        ("language", |metric| metric.is_for(Use::Target) || metric.watched().is_some()),
    ] {
        let text = fs::read_to_string(root().join(format!("docs/{page}.md"))).unwrap();
        for metric in PLAIN.into_iter().filter(|metric| is_listed(*metric)) {
            assert!(text.contains(&format!("`{}`", metric.key())), "docs/{page}.md does not list {metric:?}");
        }
    }
}

#[test]
fn a_name_is_seen_wherever_it_stands() {
    let found = |text: &str| names(&File::of("src/report/page.rs", text)).len();
    assert_eq!(found("fn f() { g(\"npv\"); }"), 1);
    assert_eq!(found("const ALL: [&str; 2] = [\"retention\", \"churned\"];"), 2);
    assert_eq!(found("fn f() { format!(\"customers.{stage}\") }"), 1);
    assert_eq!(found("/// The `npv`.\nfn f() { g(\"customers\", \"net present value\"); }"), 0);
    assert_eq!(found("#[cfg(test)] mod tests { fn f() { g(\"npv\"); } }"), 0);
}
