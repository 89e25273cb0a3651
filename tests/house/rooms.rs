//! Rooms: what only one place of the house may use.

use super::mentions::{Mention, mentions};
use super::walk::File;

/// What is used in its room alone: paths that begin so, and where. A path that ends in `!` is a macro.
const ROOMS: [(&[&str], &[&str]); 12] = [
    // Parallel in one place.
    (&["rayon"], &["src/engine/run/threads.rs", "src/engine/run/simulation", "src/engine/run/wave.rs"]),
    // A thread of its own waits for signals.
    (
        &["std::thread::spawn", "std::thread::scope", "std::thread::Builder", "std::thread::*"],
        &["src/engine/run/threads.rs", "src/cli/interrupt.rs"],
    ),
    (&["plotters", "resvg", "png", "rust_xlsxwriter", "minijinja", "parquet"], &["src/report/"]),
    (&["clap", "clap_complete", "clap_mangen", "anstream", "indicatif", "signal_hook"], &["src/cli/", "src/main.rs"]),
    (&["println!", "print!", "eprintln!", "eprint!", "dbg!", "std::io::stdout", "std::io::stderr"], &["src/cli/"]),
    (&["rustix"], &["src/files/"]),
    (&["std::fs::File", "std::fs::OpenOptions"], &["src/files/", "src/study/"]),
    (
        &[
            "std::fs::write",
            "std::fs::rename",
            "std::fs::copy",
            "std::fs::create_dir",
            "std::fs::create_dir_all",
            "std::fs::remove_file",
            "std::fs::remove_dir",
            "std::fs::remove_dir_all",
            "std::fs::hard_link",
            "std::fs::set_permissions",
            "std::fs::*",
            "tempfile",
        ],
        &["src/files/"],
    ),
    (&["std::time"], &["src/cli/"]),
    (&["std::env"], &["src/cli/", "src/files/"]),
    (&["unsafe", "unsafe_code"], &["src/engine/lanes/"]),
    (&["rand", "rand_distr"], &["src/engine/chance/draws.rs"]),
];

/// Known exceptions: a file, what it uses, and why. The list only shrinks.
pub const STRAYS: [(&str, &str, &str); 0] = [];

/// What a file uses outside of its room, and the line.
pub fn strangers(file: &File) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let used = mentions(file).into_iter().map(|Mention { path, line }| (path.join("::"), line));
    for (path, line) in used.chain(words(file)) {
        let guards = ROOMS.iter().filter(|(names, _)| names.iter().any(|name| begins(&path, name)));
        if guards.clone().any(|(_, rooms)| !rooms.iter().any(|room| file.path.starts_with(room))) {
            found.push((path, line));
        }
    }
    found
}

/// Whether a path begins with another.
fn begins(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Words that are no paths: `unsafe`, also where it is allowed, and macros with their `!`.
fn words(file: &File) -> impl Iterator<Item = (String, usize)> {
    file.words.windows(2).filter_map(|pair| match (pair[0].0.as_str(), pair[1].0.as_str()) {
        ("unsafe" | "unsafe_code", _) => Some((pair[0].0.clone(), pair[0].1)),
        (name, "!") => Some((format!("{name}!"), pair[0].1)),
        _ => None,
    })
}
