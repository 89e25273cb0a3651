//! In a pipeline, colours, outputs and repeated runs are what was asked for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use polku::cli::new::STARTER;

fn polku(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"].iter().for_each(|name| {
        command.env_remove(name);
    });
    command.current_dir(folder).args(arguments);
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn told(output: &Output) -> String {
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!told.contains("panicked"), "{told}");
    told
}

#[test]
fn colours_are_forced_and_forbidden_by_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("faulty.toml"), STARTER.replace("share = 0.3", "share = 0.4")).unwrap();
    let cases: [(&[(&str, &str)], bool); 7] = [
        (&[], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "")], false),
        (&[("NO_COLOR", "1")], false),
        // Whoever wants none has the last word.
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        // Colours on terminals are none in a pipe.
        (&[("CLICOLOR", "1")], false),
    ];
    // Faults of the study are coloured by us, those of usage by the parser: both by the same rules.
    for arguments in [&["check", "faulty.toml"][..], &["check", "--josn", "faulty.toml"]] {
        for (set, coloured) in cases {
            let output = polku(folder.path(), arguments).envs(set.iter().copied()).output().unwrap();
            assert_eq!(told(&output).contains('\u{1b}'), coloured, "{arguments:?} {set:?}");
        }
    }
    // What programs read is never coloured.
    let output = polku(folder.path(), &["check", "--json", "faulty.toml"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&out(&output)).is_ok());
}
