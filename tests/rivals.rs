//! Rivals and share of wallet: published closed forms, what is exact, and that what nobody uses moves nobody.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{check_against_exact, model, summary, text, with};
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::run::divergence::Resolution;
use polku::inside::engine::run::replay::Who;
use polku::inside::estimate::exact::Exact;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::Summary;
use polku::inside::quantity::ScenarioId;
use polku::inside::stats::distribution::Distribution;

/// Customers who stay, and buy at a gamma distributed rate of several companies.
const DIRICHLET: &str = r#"
run = { period = "month", horizon = 4, customers = 20_000, agents = 20_000, replications = 40, seed = 3 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[traits.often]
law = "gamma(mean=1.5, sd=1.6770509831248424)"
[rivals.others]
share = 2
[stages.active]
retained = true
to = { gone = 0 }
[stages.active.purchases]
rate = 1
trait = "often"
basket = 10
wallet = { share = 0.3, spread = 1.2 }
[stages.gone]
"#;

fn run(study: &str) -> Runs {
    Experiment::new(&model(study)).threads(2).run().unwrap()
}

fn level(run: &Summary, metric: &str) -> f64 {
    run.scenarios[0].metrics[metric].mean
}

/// By how many standard errors of its mean a sample misses what is expected.
fn z(sample: &[f64], expected: f64) -> f64 {
    let count = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / count;
    let variance = sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (count - 1.0);
    (mean - expected) / libm::sqrt(variance / count)
}

#[test]
fn a_gamma_rate_and_a_beta_preference_are_the_dirichlet_model() {
    // Penetration and purchases per buyer of one brand in a period: Goodhardt, Ehrenberg & Chatfield (1984), by summing the
    // negative binomial over the beta binomial. Who bought in a period is known in the next one.
    let bought = r#"
        [states.bought]
        adds = { purchases = 1 }
        range = [0, 1_000]
        [tags.buyers]
        on = "bought"
        bands = { none = 0, some = 0.5 }
    "#;
    let study = with(DIRICHLET, &[("horizon = 4", "horizon = 2")]);
    let runs = run(&(study + bought));
    let buyers: Vec<f64> = runs.levels(0, "tags.buyers.some").iter().map(|its| its / 20_000.0).collect();
    let off = z(&buyers, 0.236_650);
    assert!(off.abs() < 4.5, "penetration, z = {off}");
    let purchases = runs.levels(0, "purchases");
    let each: Vec<f64> = purchases.iter().zip(&buyers).map(|(made, buyers)| made / 2.0 / 20_000.0 / buyers).collect();
    let off = z(&each, 1.901_539);
    assert!(off.abs() < 4.5, "purchases per buyer, z = {off}");
    let off = z(&runs.levels(0, "wallet"), 0.3);
    assert!(off.abs() < 4.5, "wallet, z = {off}");
}

#[test]
fn an_entrant_of_a_quarter_of_the_weight_of_rivals_takes_its_share() {
    // The mean of p / (p + 1.25 (1 - p)) over beta(.36, .84).
    const AFTER: f64 = 0.274_9;
    let entrant = "[rivals.giant]\nshare = 0.5\nenters = 3\n";
    let study = DIRICHLET.to_owned() + entrant;
    let model = model(&study);
    let exact = Exact::of(&model).unwrap();
    let of = |metric: &str| exact.over_time(&model, "today", metric).unwrap().to_vec();
    let (ours, theirs) = (of("purchases"), of("rival_purchases"));
    let shares: Vec<f64> = ours.iter().zip(&theirs).skip(1).map(|(ours, theirs)| ours / (ours + theirs)).collect();
    for (share, expected) in shares.iter().zip([0.3, 0.3, AFTER, AFTER]) {
        assert!((share - expected).abs() < 5e-5, "{shares:?}");
    }
    check_against_exact(&model);
    // Over the horizon the share is that of all purchases.
    let off = z(&run(&study).levels(0, "wallet"), shares.iter().sum::<f64>() / 4.0);
    assert!(off.abs() < 4.5, "z = {off}");
}

#[test]
fn when_a_rival_enters_is_luck_that_all_scenarios_share() {
    let entrant = "[rivals.giant]\nshare = 0.5\nenters = \"uniform(0.5, 4.5)\"\n[scenarios.same]\n";
    let study =
        with(DIRICHLET, &[("\nscenarios.today = {}", ""), ("[stages.gone]", "[stages.gone]\n[scenarios.today]")]);
    let runs = run(&(study.clone() + entrant));
    assert_eq!(runs.levels(0, "wallet"), runs.levels(1, "wallet"));
    // In the mean it is there for half of the time.
    let off = z(&runs.levels(0, "wallet"), 0.3 - (0.3 - 0.2749) * 2.5 / 4.0);
    assert!(off.abs() < 4.5, "z = {off}");
    // The order of rivals in the file, and what they are called, is of no account.
    let [others, giant] =
        ["[rivals.others]\nshare = 2\n", "[rivals.giant]\nshare = 0.5\nenters = \"uniform(0.5, 4.5)\"\n"];
    let turned = with(&study, &[(others, &format!("{giant}{others}"))]) + "[scenarios.same]\n";
    assert_eq!(run(&turned).levels(0, "wallet"), runs.levels(0, "wallet"));
    let renamed = turned.replace("giant", "aaa").replace("others", "zzz");
    assert_eq!(run(&renamed).levels(0, "wallet"), runs.levels(0, "wallet"));
}

/// A shop whose customers leave it for rivals, and share with them what they buy. `DRIVERS`, `LEAVE` and `WALLET` are filled
/// in.
const SHOP: &str = r#"
[run]
period = "month"
horizon = 9
customers = 4_000
agents = 4_000
replications = 60
seed = 17
[experience]
start = "normal(0.6, 0.15)"
neutral = 0.6
learning = 0.3
[segments.young]
share = 0.4
start = { active = 1 }
changes = [ { target = "rivals.chains.pull", add = 0.4 } ]
[segments.old]
share = 0.6
start = { active = 0.9, away = 0.1 }
[traits.taste]
law = "normal(0, 0.5)"
[rivals.chains]
share = 0.8
[rivals.web]
share = 0.3
[rivals.giant]
share = 0.4
pull = 0.5
enters = 4
[stages.active]
retained = true
quality = "normal(0.65, 0.1)"
to = { away = { chance = [0.12, 0.06], by = "periods_in_stage", drivers = { rivals = 0.9, satisfaction = -1.5 } }, gone = { chance = 0.02, drivers = { rivals = -0.4 } } LEAVE }
purchases = { rate = 1.8, basket = "lognormal(mean=30, sd=10)", drivers = { rivals = 0.3, satisfaction = 0.5 }, wallet = WALLET }
[stages.away]
to = { active = { rate = 0.2, drivers = { rivals = -0.8 } } }
[stages.gone]
[touchpoints.offer]
in = ["active"]
rate = 0.3
drivers = { rivals = 1.5 }
values = { offer_cost = 2 }
[touchpoints.call]
in = ["active"]
chance = 0.2
drivers = { rivals = -1.0 }
values = { call_cost = 1 }
[[over_time]]
target = "rivals.web.share"
trend = 0.5
[scenarios.today]
[scenarios.pull]
changes = [ { target = "rivals.chains.pull", add = 0.5, from = 3 }, { target = "stages.active.purchases.wallet.share", add = 0.1 } ]
"#;

fn shop(leave: &str, wallet: &str) -> String {
    with(SHOP, &[("LEAVE", leave), ("WALLET", wallet)])
}

#[test]
fn what_rivals_do_has_exact_expectations() {
    for (leave, wallet) in [
        ("", "{ share = 0.4 }"),
        (", away = 0.1", "{ share = 0.4, drivers = { satisfaction = 2, taste = 1.5 } }"),
        ("", "{ share = 0.4, spread = 1.5 }"),
    ] {
        let leave = if leave.is_empty() { leave } else { ", burnt = { chance = 0.08, on = \"purchase\" }" };
        let burnt = if leave.is_empty() { "" } else { "[stages.burnt]\nto = { active = 0.2 }\n" };
        let model = model(&(shop(leave, wallet) + burnt));
        let run = check_against_exact(&model);
        assert!(run.scenarios[0].metrics["rival_purchases"].mean > 0.0);
    }
}

#[test]
fn what_cannot_be_followed_is_said_in_words() {
    let found = |leave: &str, wallet: &str, more: &str| Exact::of(&model(&(shop(leave, wallet) + more))).err().unwrap();
    let differ = "customers of `active` differ in what they prefer (`wallet.spread`), and";
    assert_eq!(
        found("", "{ share = 0.4, spread = 1.5, drivers = { taste = 1 } }", ""),
        [format!("{differ} what drives it would have to be told apart for each of them")]
    );
    assert_eq!(
        found(", gone2 = { chance = 0.1, on = \"purchase\" }", "{ share = 0.4, spread = 1.5 }", "[stages.gone2]\n"),
        [format!("{differ} who leaves after a purchase depends on that")]
    );
    assert_eq!(
        found("", "{ share = 0.4, spread = 1.5 }", "[touchpoints.parcel]\non = \"purchase\"\nquality = 0.7\n"),
        [format!("{differ} `parcel` follows purchases")]
    );
}

#[test]
fn rivals_pull_at_rows_as_a_logit_does() {
    // Odds of .1 / .9 against staying, times R to the power of the weight, from the period of the entry on.
    let study = r#"
        run = { period = "month", horizon = 2, customers = 1_000, agents = 1_000, replications = 4, seed = 3 }
        scenarios.today = {}
        segments.all = { share = 1, start = { active = 1 } }
        rivals.chains = { share = 1 }
        rivals.giant = { share = 1.5, enters = 2 }
        [stages.active]
        retained = true
        to = { gone = { chance = 0.1, drivers = { rivals = 0.6 } } }
        [stages.gone]
    "#;
    let model = model(study);
    let exact = Exact::of(&model).unwrap();
    let retention = exact.over_time(&model, "today", "retention").unwrap();
    let odds = 0.1 / 0.9 * libm::pow(2.5, 0.6);
    assert!((retention[1] - 0.9).abs() < 1e-12);
    assert!((retention[2] / retention[1] - 1.0 / (1.0 + odds)).abs() < 1e-12, "{retention:?}");
    check_against_exact(&model);
}

/// The shop of whom nobody knows any rivals.
fn alone() -> String {
    let study = shop("", "{ share = 1 }");
    let between = |study: &str, from: &str, to: &str| {
        let (from, to) = (study.find(from).unwrap(), study.find(to).unwrap());
        with(study, &[(&study[from..to], "")])
    };
    let study = between(&study, "[rivals.chains]", "[stages.active]");
    let study = between(&study, "[[over_time]]", "[scenarios.today]");
    let study = with(
        &study,
        &[
            (", wallet = { share = 1 }", ""),
            ("rivals = 0.9, ", ""),
            ("rivals = 0.3, ", ""),
            (", drivers = { rivals = -0.4 }", ""),
            (", drivers = { rivals = -0.8 }", ""),
            ("drivers = { rivals = 1.5 }\n", ""),
            ("drivers = { rivals = -1.0 }\n", ""),
            ("changes = [ { target = \"rivals.chains.pull\", add = 0.4 } ]\n", ""),
            ("{ target = \"rivals.chains.pull\", add = 0.5, from = 3 }, ", ""),
            ("stages.active.purchases.wallet.share\", add = 0.1", "stages.active.purchases.rate\", times = 1.1"),
        ],
    );
    assert!(!study.contains("rivals") && !study.contains("wallet"), "{study}");
    study
}

#[test]
fn what_nobody_uses_moves_nobody() {
    let without = alone();
    let plain = summary(&model(&without));
    let same = |more: &str| assert!(text(&summary(&model(more))) == text(&plain), "{more}");
    // Rivals whom nothing follows change no byte, nor do those that are followed and stay as they are.
    let still = "[rivals.chains]\nshare = 0.8\npull = 0.3\n";
    same(&(without.clone() + still + "[rivals.giant]\nshare = 0.4\nenters = 4\n"));
    same(&(with(&without, &[("satisfaction = -1.5", "satisfaction = -1.5, rivals = 0.9")]) + still));
    // Who buys nothing elsewhere buys what they bought before there were wallets.
    let whole = with(&without, &[("satisfaction = 0.5 }", "satisfaction = 0.5 }, wallet = { share = 1 }")]) + still;
    let whole = summary(&model(&whole));
    assert_eq!(level(&whole, "wallet"), 1.0);
    for (plain, whole) in plain.scenarios.iter().zip(&whole.scenarios) {
        for (metric, estimate) in &plain.metrics {
            assert_eq!(estimate, &whole.metrics[metric], "{metric}");
        }
    }
}

#[test]
fn neither_threads_blocks_nor_instructions_move_a_number() {
    let study = with(
        &shop("", "{ share = 0.4, spread = 1.5, drivers = { satisfaction = 2, taste = 1.5 } }"),
        &[("replications = 60", "replications = 3"), ("enters = 4", "enters = \"triangular(2, 4, 9)\"")],
    );
    let first = text(&summary(&model(&study)));
    for (threads, block) in [(1, 2048), (8, 2048), (1, 128), (8, 7001)] {
        let run = Experiment::new(&model(&study)).threads(threads).block(block).run().unwrap().summary();
        assert!(text(&run) == first, "{threads} threads, blocks of {block}");
    }
    for set in InstructionSet::available() {
        let run = Experiment::new(&model(&study)).threads(2).instructions(set).run().unwrap().summary();
        assert!(text(&run) == first, "{}", set.name());
    }
}

#[test]
fn a_change_of_the_share_moves_the_mean_to_where_it_says() {
    let shared = with(DIRICHLET, &[("\nscenarios.today = {}", "")])
        + "[scenarios.today]\n[scenarios.more]\nchanges = [ { target = \"stages.active.purchases.wallet.share\", set = 0.45 } ]\n";
    let model = model(&shared);
    let exact = Exact::of(&model).unwrap();
    let of = |scenario: &str, metric: &str| exact.mean(&model, scenario, metric).unwrap();
    let share = |scenario: &str| {
        let ours = of(scenario, "purchases");
        ours / (ours + of(scenario, "rival_purchases"))
    };
    assert!((share("today") - 0.3).abs() < 1e-12 && (share("more") - 0.45).abs() < 1e-10);
    check_against_exact(&model);
    // Nobody's preference is drawn anew: the odds of all are multiplied by the same.
    let experiment = Experiment::new(&model);
    let factor = |customer: u32| {
        let odds = [0, 1].map(|scenario| {
            let life = experiment.replay(ScenarioId::from(scenario), 0, Who::AtStart(customer)).unwrap();
            let share = life.moments[1].wallet.unwrap();
            share / (1.0 - share)
        });
        // Single precision tells no more apart near all or nothing.
        (odds[0] > 1e-3 && odds[1] < 1e3).then(|| odds[1] / odds[0])
    };
    let factors: Vec<f64> = (0..40).filter_map(factor).collect();
    assert!(factors.len() > 10 && factors[0] > 2.0, "{factors:?}");
    assert!(factors.iter().all(|its| (its / factors[0] - 1.0).abs() < 1e-3), "{factors:?}");
}

#[test]
fn a_tag_may_read_the_share_of_wallet() {
    let tag = "[tags.potential]\non = \"wallet\"\nbands = { elsewhere = 0, both = 0.2, ours = 0.8 }\n";
    let runs = run(&(DIRICHLET.to_owned() + tag));
    let law = Distribution::Beta { a: 0.36, b: 0.84 };
    for (class, share) in
        [("elsewhere", law.cdf(0.2)), ("both", law.cdf(0.8) - law.cdf(0.2)), ("ours", 1.0 - law.cdf(0.8))]
    {
        let off = z(&runs.levels(0, &format!("tags.potential.{class}")), 20_000.0 * share);
        assert!(off.abs() < 4.5, "{class}, z = {off}");
    }
}

#[test]
fn rules_watch_the_share_of_wallet_and_targets_hold_it() {
    let more = r#"
        [rivals.giant]
        share = 0.5
        enters = 2
        [scenarios.today]
        [[scenarios.today.rules]]
        when = { metric = "wallet", below = 0.29 }
        then = { changes = [ { target = "rivals.giant.pull", add = -50 } ] }
        [targets.kept]
        metric = "wallet"
        at_least = 0.28
    "#;
    let runs = run(&(with(DIRICHLET, &[("\nscenarios.today = {}", "")]) + more));
    let summary = runs.summary();
    // The entrant is seen in period 2, and beaten from period 3 on.
    for (time, expected) in [(1, 0.3), (2, 0.2749), (3, 0.3), (4, 0.3)] {
        let share = runs.over_time("today", "wallet", time).unwrap().mean;
        assert!((share - expected).abs() < 0.004, "{share} in period {time}");
    }
    assert!(level(&summary, "wallet") > 0.28);
}

#[test]
fn a_replay_tells_the_share_of_each_customer() {
    let model = model(DIRICHLET);
    let experiment = Experiment::new(&model);
    let share = |customer: u32| {
        let life = experiment.replay(ScenarioId::from(0), 0, Who::AtStart(customer)).unwrap();
        assert_eq!(life.moments[0].wallet, None);
        let shares: Vec<f64> = life.moments[1..].iter().map(|its| its.wallet.unwrap()).collect();
        assert!(shares.iter().all(|its| its.to_bits() == shares[0].to_bits()), "{shares:?}");
        shares[0]
    };
    let shares: Vec<f64> = (0..400).map(share).collect();
    let off = z(&shares, 0.3);
    assert!(off.abs() < 4.5, "z = {off}");
}

#[test]
fn differences_between_customers_who_part_are_those_of_all() {
    // What differs are moves alone, so that scenarios share a path until they part: preferences, what drives shares and what
    // rivals sell go with those who do.
    let wallets = ["{ share = 0.4, spread = 1.5 }", "{ share = 0.4, drivers = { satisfaction = 2, taste = 1.5 } }"];
    for wallet in wallets {
        let study = shop("", wallet);
        let changes = study.find("changes = [ { target = \"rivals.chains.pull\", add = 0.5").unwrap();
        let study = study[..changes].to_owned()
            + "changes = [ { target = \"stages.active.to.away.drivers.rivals\", add = 1.5 }, { target = \"stages.away.to.active\", times = 1.5 } ]\n";
        let model = model(&study);
        let runs = Experiment::new(&model).threads(2).forced(&[None, Some(Resolution(2))]).run().unwrap();
        let exact = Exact::of(&model).unwrap();
        for metric in ["retention", "active_customers", "purchases", "rival_purchases", "revenue"] {
            let of = |scenario: &str| exact.mean(&model, scenario, metric).unwrap();
            let (seen, truth) = (runs.forced_differences(1, metric), of("pull") - of("today"));
            assert!(!seen.is_empty() && truth != 0.0, "{metric}");
            let off = z(&seen, truth);
            assert!(off.abs() < 4.5, "{metric} of {wallet}, z = {off}");
        }
    }
}
