//! Probes: what the other tests of the house would see if it were there.

use super::floor;
use super::graph::Graph;
use super::mentions::mentions;
use super::rooms::strangers;
use super::walk::File;

fn paths(text: &str) -> Vec<String> {
    mentions(&File::of("src/model/check.rs", text)).into_iter().map(|its| its.path.join("::")).collect()
}

fn is_strange(text: &str) -> bool {
    !strangers(&File::of("src/model/check.rs", text)).is_empty()
}

#[test]
fn a_path_is_found_whatever_it_is_called() {
    assert_eq!(paths("use crate::cli::output;"), ["crate::cli::output"]);
    assert_eq!(paths("use super::param::{self, ParamSet};"), ["crate::model::param", "crate::model::param::ParamSet"]);
    assert_eq!(paths("fn f() { super::super::report::y(); }"), ["crate::report::y"]);
    assert_eq!(paths("use crate as c; fn f() { c::cli::run(); }"), ["crate", "crate::cli::run"]);
    assert_eq!(paths("extern crate self as me; fn f(x: me::cli::Run) {}"), ["crate", "crate::cli::Run"]);
    assert_eq!(paths("fn f() { g!(a, [crate::cli::run()]); }"), ["crate::cli::run"]);
    assert_eq!(
        paths("use crate::report as r; fn f() { r::html::page(); }"),
        ["crate::report", "crate::report::html::page"]
    );
    assert_eq!(paths("mod inner; fn f() { inner::g(); }"), ["crate::model::check::inner::g"]);
    assert_eq!(paths("fn f() { use crate::cli::output; }"), ["crate::cli::output"]);
    assert!(paths("pub(crate) fn f(self) { self.x(); }").is_empty());
}

#[test]
fn what_only_tests_are_compiled_with_does_not_count_and_what_stands_behind_does() {
    let text = "#[cfg(test)] mod tests { use crate::cli::output; }\nuse crate::report::html;";
    assert_eq!(paths(text), ["crate::report::html"]);
    assert_eq!(File::of("src/model/check.rs", text).length, 0);
    assert_eq!(paths("mod inner { #[cfg(test)] mod tests { use crate::a::b; } }"), Vec::<String>::new());
}

#[test]
fn what_has_a_room_is_seen_under_any_name() {
    for text in [
        "use rayon::prelude::*;",
        "use rayon as r; fn f() { r::join(a, b); }",
        "fn f() { std::thread::spawn(g); }",
        "use std::thread; fn f() { thread::spawn(g); }",
        "use std::time::Instant;",
        "use std::{fs, io}; fn f() { fs::write(a, b); }",
        "use std::fs as files; fn f() { files::remove_file(a); }",
        "use std::fs::*;",
        "fn f() { println!(); }",
        "fn f() { let out = std::io::stdout(); }",
        "fn f() { unsafe { g() } }",
        "#[allow(unsafe_code)] fn f() {}",
        "#[cfg(test)] mod tests {} unsafe impl Send for X {}",
        "fn f() { g!(unsafe { h() }); }",
    ] {
        assert!(is_strange(text), "{text}");
    }
    for text in [
        "use std::fs; fn f() { fs::read_to_string(a); }",
        "fn rayon() {}",
        "struct S { thread: u32 }",
        "use my_rayon::x;",
    ] {
        assert!(!is_strange(text), "{text}");
    }
}

#[test]
fn circles_and_ways_through_the_crate_root_are_seen() {
    let files = [
        File::of("src/engine/a.rs", "use super::b::B;"),
        File::of("src/engine/b.rs", "use super::c;"),
        File::of("src/engine/c.rs", "fn f() { super::a::g(); }"),
        File::of("src/engine/d.rs", "use super::a::A; use crate::Study;"),
    ];
    let graph = Graph::of(&files);
    assert_eq!(graph.circles(), [["src/engine/a.rs", "src/engine/b.rs", "src/engine/c.rs"]]);
    assert_eq!(graph.lost, ["src/engine/d.rs:1 goes through the crate root"]);
    assert!(floor("report") > floor("estimate"));
    assert_eq!(floor("nowhere"), None);
}
