//! The same bits everywhere: threads, blocks, names, order, unused things and bytes of the file change nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that cannot go on fails"
)]

mod common;

use common::{model, small_retailer, summary, summary_of, text};
use polku::inside::engine::chance::design::Design;
use polku::inside::engine::count::cells::BATCHES;
use polku::inside::engine::count::counts::Counts;
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::run::simulation::Simulation;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::model::counter::{BASKETS, CUSTOMERS, MOVES, PURCHASES, SATISFACTION};

/// A study without word of mouth, so that blocks go through time one by one, with all else that draws.
fn uncoupled() -> String {
    small_retailer().replace(", word_of_mouth = 0.03", "").replace("talks = true\n", "")
}

#[test]
fn threads_and_blocks_change_no_bit() {
    for study in [small_retailer(), uncoupled()] {
        let model = model(&study);
        let base = text(&summary_of(&Experiment::new(&model).threads(1)));
        for threads in [2, 7, 16] {
            assert_eq!(base, text(&summary_of(&Experiment::new(&model).threads(threads))), "{threads} threads");
        }
        for block in [1, 64, 100, 8192] {
            assert_eq!(base, text(&summary_of(&Experiment::new(&model).threads(2).block(block))), "blocks of {block}");
        }
    }
}

#[test]
fn vector_instructions_change_no_bit() {
    let j2 = std::fs::read_to_string(format!("{}/benches/studies/j2.toml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let j2 = j2.replace("1_000_000", "3_000");
    for study in [small_retailer(), uncoupled(), j2.replace("purchases", "#purchases"), j2] {
        let model = model(&study);
        let base = text(&summary_of(&Experiment::new(&model).instructions(InstructionSet::PORTABLE)));
        for set in InstructionSet::available() {
            for (block, threads) in [(64, 7), (8192, 1), (100, 2)] {
                let experiment = Experiment::new(&model).instructions(set).block(block).threads(threads);
                assert_eq!(base, text(&summary_of(&experiment)), "{}, blocks of {block}", set.name());
            }
        }
    }
}

/// A digest of everything that three studies count. It is the same in every build, on every processor, with any
/// vector instructions; a change of it is a change of numbers, and belongs under Value-breaking in the changelog.
#[test]
fn counts_keep_their_digest_for_ever() {
    let small = |name: &str| {
        let path = format!("{}/benches/studies/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap().replace("1_000_000", "2_500")
    };
    let mut digests = Vec::new();
    for study in [small("j1"), small("j2"), small_retailer()] {
        let model = model(&study);
        let mut digest: u64 = 0;
        let mut take = |cell: i128| digest = digest.wrapping_mul(0x0100_0000_01B3).wrapping_add(cell as u64);
        Simulation::new(&model, Design::of(&model))
            .run(|replication| {
                // How customers are cut into batches is no number of the study.
                let together = |batches: &[Counts<i128>]| {
                    let mut sum = batches[0].clone();
                    batches[1..].iter().for_each(|batch| sum.add(batch));
                    sum
                };
                for ledger in replication.ledgers.iter().flat_map(|cells| cells.chunks(BATCHES)).map(together) {
                    for t in 0..ledger.times() {
                        for counter in [CUSTOMERS, PURCHASES, BASKETS, MOVES, SATISFACTION] {
                            ledger.cells(counter, t).iter().for_each(|cell| take(*cell));
                        }
                    }
                }
                let differing = replication.differing.iter().flat_map(|cells| cells.chunks(BATCHES));
                differing.for_each(|batches| take(i128::from(batches.iter().sum::<u64>())));
            })
            .unwrap();
        digests.push(digest);
    }
    assert_eq!(digests, [0xd4d6_ec35_5b43_7fb2, 0x6f04_44f3_5222_ebbf, 0xf9f0_2d06_0adf_ac32], "{digests:#x?}");
}

#[test]
fn a_change_that_does_nothing_changes_nothing_to_the_last_byte() {
    let base = summary(&model(&small_retailer()));
    let idle = [
        "{ target = \"stages.active.to.at_risk\", odds = 1.0 }",
        "{ target = \"stages.active.to.lapsed\", hazard = 1 }",
        "{ target = \"stages.at_risk.to.churned\", odds = 1 }",
        "{ target = \"stages.*.purchases.rate\", times = 1.0 }",
        "{ target = \"stages.active.quality\", add = 0.0 }",
        "{ target = \"stages.lapsed.to.churned\", set = 0.02 }",
        "{ target = \"stages.active.to.complaining\", add = 0.5, from = 90 }",
    ];
    let study = small_retailer()
        .replace("[scenarios.today]\n", &format!("[scenarios.today]\nchanges = [{}]\n", idle.join(", ")));
    assert_eq!(text(&base), text(&summary(&model(&study))));
}

#[test]
fn an_initiative_that_does_nothing_and_an_unused_one_change_nothing() {
    let base = summary(&model(&small_retailer()));
    let idle = "[initiatives.idle]\nbuild = 2\nramp = 3\neffects = [ { target = \"stages.active.to.at_risk\", odds = 1.0 } ]\n[initiatives.unused]\ncost = { once = \"1 to 2\" }\n[scenarios.today]\ninitiatives = { idle = 2 }\n";
    let study = small_retailer().replace("[scenarios.today]\n", idle);
    assert_eq!(text(&base), text(&summary(&model(&study))));
}

#[test]
fn an_unused_stage_changes_no_other_number() {
    let base = summary(&model(&small_retailer()));
    for unused in [
        "[stages.unused]\n",
        "[stages.unused]\nretained = true\nquality = \"normal(0.5, 0.2)\"\nto = { active = 0.3, churned = 0.1 }\npurchases = { rate = 1, basket = 9.5 }\n",
    ] {
        let study = format!("{}\n{unused}", small_retailer());
        let mut run = summary(&model(&study));
        for scenario in &mut run.scenarios {
            assert_eq!(scenario.stages_at_end.shift_remove("unused").unwrap().mean, 0.0);
            scenario.percentiles.shift_remove("customers.unused");
        }
        assert_eq!(text(&base), text(&run));
    }
}

#[test]
fn a_renamed_stage_segment_trait_initiative_or_scenario_keeps_every_number() {
    let base = text(&summary(&model(&small_retailer())));
    let renames = [
        ("lapsed", "away_for_now"),
        ("active", "zzz"),
        ("at_risk", "aaa"),
        ("onboarding", "zz_first_steps"),
        ("settled", "another"),
        ("movers", "xyz"),
        ("taste", "green_fingers"),
        ("leave_chance", "b"),
        ("single_view", "a_single_view"),
        ("fair_complaints", "zeal"),
        ("know_me", "a_plan"),
        ("today", "now"),
    ];
    for (from, to) in renames {
        let study = replace_word(&small_retailer(), from, to);
        assert_ne!(study, small_retailer());
        let run = text(&summary(&model(&study)));
        let back = replace_word(&run, to, from);
        assert_eq!(base, back, "{from} renamed to {to}");
    }
}

/// Replaces a name wherever it stands alone; titles and comments may change too.
fn replace_word(text: &str, from: &str, to: &str) -> String {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let before = rest[..at].chars().next_back().is_some_and(inside);
        let after = rest[at + from.len()..].chars().next().is_some_and(inside);
        out.push_str(&rest[..at]);
        out.push_str(if before || after { from } else { to });
        rest = &rest[at + from.len()..];
    }
    out + rest
}

#[test]
fn tables_in_another_order_keep_every_number() {
    let study = small_retailer();
    let base = sorted(&text(&summary(&model(&study))));
    // Cut the file before each table and put the tables back from the last to the first, a stage's parts together.
    let mut tables: Vec<String> = Vec::new();
    for line in study.lines() {
        let opens = line.starts_with('[')
            && !line.starts_with("[stages.onboarding.to]")
            && !line.starts_with("[stages.active.to]")
            && !line.starts_with("[stages.at_risk.to]");
        if opens || tables.is_empty() {
            tables.push(String::new());
        }
        let last = tables.last_mut().unwrap();
        last.push_str(line);
        last.push('\n');
    }
    tables[1..].reverse();
    let reordered = tables.concat();
    assert_ne!(reordered, study);
    assert_eq!(base, sorted(&text(&summary(&model(&reordered)))));
}

/// The lines of a summary whatever their order: scenarios and stages are listed as the file has them.
fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
    lines.sort();
    lines
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_keep_every_number() {
    let base = text(&summary(&model(&small_retailer())));
    let other = format!("\u{feff}{}", small_retailer().replace('\n', "\r\n"));
    let run = text(&summary(&model(&other)));
    assert_eq!(base, run);
}

#[test]
fn a_scenario_run_alone_has_the_same_numbers() {
    let all = summary(&model(&small_retailer()));
    let mut one = model(&small_retailer());
    one.keep(&["both".to_owned()]).unwrap();
    let run = summary(&one);
    assert_eq!(run.scenarios.len(), 2);
    assert_eq!(all.scenarios[0], run.scenarios[0]);
    assert_eq!(all.scenarios[3], run.scenarios[1]);
    assert_eq!(all.contrasts[2], run.contrasts[0]);
}

/// This seed gives these numbers: a change here is value-breaking and belongs under that heading of the changelog.
#[test]
fn the_numbers_of_a_seed_are_stable() {
    let run = summary(&model(&small_retailer()));
    let shown: Vec<String> = run
        .scenarios
        .iter()
        .map(|s| {
            let [retention, revenue, npv] = ["retention", "revenue", "npv"].map(|name| s.metrics[name].mean);
            format!("{} {retention:.12} {revenue:.6} {npv:.6}", s.name)
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}
