//! Every fault of a study is told in full: the message of `polku check` for each file of `tests/faults`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

/// Studies that run and are warned of.
const WARNED: [&str; 66] = [
    "answer_that_does_not_fade",
    "capability_level_provided_in_any_draw",
    "capability_level_that_is_late",
    "capability_level_that_may_be_there",
    "change_after_the_horizon",
    "channel_changed_by_nothing",
    "channel_context_that_cannot_be_lost",
    "channel_given_up_that_nobody_feels",
    "channel_overrun_by_a_bot",
    "channel_team_that_changes_nothing",
    "channel_that_appeals_to_nobody",
    "channel_that_nobody_comes_to",
    "channel_titles_that_are_alike",
    "channel_with_nobody_at_work",
    "channel_with_too_few_people",
    "channel_with_too_few_people_at_peaks",
    "contingencies_that_leave_the_range_together",
    "contingency_after_the_horizon",
    "contingency_past_all_counting",
    "contingency_that_acts_again_for_nothing",
    "contingency_that_comes_too_late",
    "contingency_that_does_nothing",
    "contingency_that_sees_too_late",
    "contingency_that_stops_what_never_starts",
    "currency_without_a_name",
    "dip_share_in_percent",
    "discount_rate_in_percent",
    "gate_without_anything_required",
    "hearsay_of_an_end_that_never_comes",
    "hearsay_of_an_inflow_that_nobody_tells",
    "hearsay_of_what_never_happens",
    "hearsay_that_nobody_hears",
    "hearsay_that_nobody_tells",
    "hearsay_with_a_heavy_tail",
    "inflow_referrals_in_percent",
    "initiatives_that_do_nothing",
    "live_after_the_horizon",
    "nobody_retained",
    "numbers_hardly_meant",
    "pillar_within_days_of_what_comes_at_once",
    "points_in_amounts",
    "promise_that_is_never_made",
    "promise_that_nobody_hears",
    "provides_less_than_there_is",
    "purchases_a_million",
    "rate_in_percent",
    "rival_entering_after_the_horizon",
    "rivals_that_change_nothing",
    "season_in_percent",
    "shock_after_the_horizon",
    "shock_uncertain_after_the_horizon",
    "stage_never_reached",
    "stages_left_for_each_other_for_ever",
    "start_after_the_horizon",
    "state_that_nothing_reads",
    "survey_later_than_the_horizon",
    "target_relative_to_the_baseline_in_percent",
    "titles_that_are_alike",
    "touchpoint_that_nobody_feels",
    "touchpoint_titles_that_are_alike",
    "trend_in_percent",
    "until_before_go_live",
    "until_before_the_start",
    "value_of_a_wide_law",
    "wallet_without_rivals",
    "wave_after_the_horizon",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults")
}

/// What `polku check` says of a file, with the file named as it stands in its folder.
fn check(folder: &Path, file: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_polku")).current_dir(folder).args(["check", file]).output().unwrap()
}

fn studies() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_faulty_study_gets_the_message_that_was_read_and_approved() {
    let names = studies();
    assert!(names.len() >= 260, "{} studies", names.len());
    for name in names {
        let output = check(&folder(), &format!("{name}.toml"));
        let told = text(&output.stderr);
        let (code, fine) = if WARNED.contains(&name.as_str()) { (0, 1) } else { (3, 0) };
        assert_eq!(output.status.code(), Some(code), "{name}: {told}");
        assert_eq!(
            text(&output.stdout).lines().count(),
            fine,
            "{name} says on standard output: {}",
            text(&output.stdout)
        );
        assert!(!told.contains("panicked"), "{name}: {told}");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("fault_{name}"), told);
        });
    }
}

#[test]
fn many_faults_come_all_at_once() {
    for (name, least) in [
        ("many_at_once", 8),
        ("many_meanings_at_once", 12),
        ("many_in_a_roadmap", 11),
        ("many_in_the_world", 13),
        ("many_in_the_channels", 20),
    ] {
        let output = check(&folder(), &format!("{name}.toml"));
        let errors = text(&output.stderr).matches("error: ").count();
        assert!(errors >= least, "{name}: {errors} errors");
    }
}

#[test]
fn what_is_set_on_channels_is_checked_like_what_is_written() {
    let settings = [
        "channels.phone.staff=-2",
        "channels.phone.hours=900",
        "channels.phone.switch.chat=0.7",
        "channels.phoen.handle=3",
    ];
    let arguments = settings.iter().flat_map(|setting| ["--set", setting]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_polku"));
    let command =
        command.current_dir(folder()).args(["check", "channel_chances_changed_past_one.toml"]).args(arguments);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn a_byte_order_mark_line_ends_and_letters_beyond_a_to_z_shift_no_position() {
    let output = check(&folder(), "bom_crlf_and_umlauts.toml");
    let told = text(&output.stderr);
    let line = "to = { \"lämnat åt sidan\" = 0.1, \"löst\" = 1.05";
    let column = line[..line.find("1.05").unwrap()].chars().count() + 1;
    assert!(told.contains(&format!("bom_crlf_and_umlauts.toml:11:{column}\n")), "{told}");
}

#[test]
fn a_file_larger_than_eight_mebibytes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.toml"), vec![b'#'; 9 * 1024 * 1024]).unwrap();
    let output = check(folder.path(), "large.toml");
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn a_thousand_faults_are_counted_and_not_all_told() {
    let study = fs::read_to_string(folder().join("list_is_empty.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("long.toml"), study.replace("[]", &format!("[{}]", "7, ".repeat(1000)))).unwrap();
    let output = check(folder.path(), "long.toml");
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output.stderr);
    assert_eq!(told.matches("cannot be 7").count(), 100);
    assert!(told.contains("there are 900 more faults"), "{}", &told[told.len() - 500..]);
}

/// Faults that no small study shows, and where they are tried instead.
const NOT_SHOWN: [&str; 15] = [
    // Studies that are too large.
    "what may be drawn in this study takes too long to check",
    "the changes of the study aim at too many numbers",
    " rows of chances",
    "the study makes about ",
    " more faults",
    " more warnings",
    " more texts with characters that cannot be shown",
    " more faults of this kind",
    // Tests of `study/table.rs` and of `study/setting.rs`.
    ": the list has no rows",
    ": the columns cannot be told apart",
    "` has no `=`",
    // What the form of a study refuses before.
    "a bound cannot be ",
    "the study cannot be taken as it is",
    // Not of a study, but of writing one back: no setting is known that its text has no place for.
    "` has no place in the text of the study",
    // Of a manifest that lacks a list: a test of `study/list.rs`.
    "` was not recorded",
];

/// The longest part of each message in a source file that is the same whatever it says it of.
fn messages(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let calls = ["Diagnostic::error(", "Diagnostic::warning("].into_iter().flat_map(|call| code.split(call).skip(1));
    let literal = |after: &str| -> Option<String> {
        let after = after.trim_start();
        let text =
            after.strip_prefix("format!(").unwrap_or(after).trim_start().strip_prefix('"')?.replace("\\\"", "\u{0}");
        let text = text.split('"').next()?.replace('\u{0}', "\"");
        let parts = text.split('{').enumerate().map(|(at, part)| match part.split_once('}') {
            Some((_, after)) if at > 0 => after,
            _ => part,
        });
        parts.max_by_key(|part| part.len()).map(str::to_owned)
    };
    calls.filter_map(literal).collect()
}

fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_fault_of_the_language_is_shown_by_a_study() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = |folder: &str, ending: &str| -> Vec<String> {
        files_below(&root.join(folder), ending).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
    };
    let shown = [texts("tests/snapshots", "snap"), texts("src", "snap")].concat().concat();
    let sources = [texts("src/study", "rs"), texts("src/model", "rs")].concat();
    let messages: Vec<String> = sources.iter().flat_map(|source| messages(source)).collect();
    assert!(messages.len() > 150, "{} messages", messages.len());
    let missing: Vec<&String> = messages.iter().filter(|message| !shown.contains(*message)).collect();
    let unexcused: Vec<_> = missing.iter().filter(|message| !NOT_SHOWN.contains(&message.as_str())).collect();
    assert!(unexcused.is_empty(), "no study in tests/faults shows these: {unexcused:#?}");
    let excused = NOT_SHOWN.iter().filter(|message| !missing.iter().any(|other| other == *message));
    assert_eq!(excused.count(), 0, "some of the faults that no study shows are shown now");
}
