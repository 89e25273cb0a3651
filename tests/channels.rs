//! Channels: waits by their laws, attempts lived through against attempts expected, and what every mechanism has to hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{model, summary, text, with};
use polku::inside::engine::lanes::InstructionSet;
use polku::inside::engine::mechanism::schedule::Schedule;
use polku::inside::engine::run::replay::Who;
use polku::inside::estimate::experiment::Experiment;
use polku::inside::estimate::runs::Runs;
use polku::inside::estimate::summary::Summary;
use polku::inside::quantity::ScenarioId;
use polku::inside::stats::queue::line::Line;
use polku::inside::stats::queue::staffing::{Target, staffing};
use polku::inside::stats::switchboard::{Block, Channel, Desk, Exchange, Group, Switchboard, Way};

/// Everybody calls once a period: 20 an hour.
const DESK: &str = r#"
run = { period = "month", horizon = 12, customers = 3_400, agents = 3_400, replications = 12, seed = 14 }
scenarios.today = {}
segments.all = { share = 1, start = { active = 1 } }
[stages.active]
retained = true
to = { gone = 0 }
[stages.gone]
[touchpoints.call]
in = ["active"]
every = 1
channels = ["phone"]
[channels.phone]
staff = 20
hours = 170
handle = 60
patience = 240
"#;

fn level(run: &Summary, metric: &str) -> (f64, f64) {
    let its = &run.scenarios.iter().find(|its| its.name == "today").unwrap().metrics[metric];
    (its.mean, its.standard_error.unwrap())
}

/// Holds a mean against what it has to be, within 4.5 standard errors.
fn near(run: &Summary, metric: &str, truth: f64) {
    let (mean, error) = level(run, metric);
    let z = (mean - truth) / error.max(truth.abs() * 1e-9 + 1e-12);
    assert!(z.abs() < 4.5, "{metric}: {mean} instead of {truth}, z = {z}");
}

fn runs(study: &str) -> Runs {
    Experiment::new(&model(study)).threads(2).run().unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// A metric in each period of the first scenario, in the mean, of all segments or one.
fn over_time(runs: &Runs, segment: &str, metric: &str) -> Vec<f64> {
    let series = runs.series();
    let found = series.iter().find(|its| its.scenario == "today" && its.segment == segment && its.metric == metric);
    found.unwrap_or_else(|| panic!("no {metric} of {segment}")).values.iter().map(|its| its.mean).collect()
}

#[test]
fn a_channel_by_itself_is_erlang_a() {
    for (staff, gives_up, hours, utilisation) in
        [("20", 0.059_350_9, 0.237_403, 0.940_649), ("17", 0.157_923, 0.631_693, 0.990_678)]
    {
        let run = summary(&model(&with(DESK, &[("staff = 20", &format!("staff = {staff}"))])));
        near(&run, "channels.phone.abandonment", gives_up);
        near(&run, "channels.phone.wait", 60.0 * hours);
        near(&run, "channels.phone.utilisation", utilisation);
        let (called, gave_up) = (level(&run, "touchpoints.call").0, level(&run, "touchpoints.call.abandoned").0);
        assert!((called + gave_up - 12.0 * 3_400.0).abs() < 1e-6, "{called} {gave_up}");
        let line =
            Line { arrivals: 20.0, staff: staff.parse().unwrap(), handle: 60.0, patience: 240.0, variability: 1.0 };
        let within = with(DESK, &[("staff = 20", &format!("within = 7\nstaff = {staff}"))]);
        near(&summary(&model(&within)), "channels.phone.service_level", line.served_within(7.0));
    }
}

#[test]
fn how_busy_people_are_may_move_by_no_more_than_a_contact_takes() {
    let run = summary(&model(DESK));
    let its = &run.scenarios[0].metrics["channels.phone.utilisation"];
    let error = its.standard_error.unwrap();
    assert!(its.high - its.low < 6.0 * error, "{its:?}");
}

#[test]
fn who_goes_first_waits_less_and_the_means_are_those_of_the_chain() {
    // 3 and 5 an hour: E[W] .1210593919 and .4568956260 hours.
    let study = with(
        DESK,
        &[
            (
                "customers = 3_400, agents = 3_400, replications = 12",
                "customers = 1_360, agents = 1_360, replications = 60",
            ),
            (
                "segments.all = { share = 1, start = { active = 1 } }",
                "segments.gold = { share = 0.375, start = { active = 1 } }\nsegments.others = { share = 0.625, start = { active = 1 } }",
            ),
            ("staff = 20", "priority = { segment = [\"gold\"] }\nstaff = 8"),
            ("patience = 240", "patience = 200"),
        ],
    );
    let runs = runs(&study);
    for (segment, hours, calls) in [("gold", 0.121_059_391_9, 510.0), ("others", 0.456_895_626_0, 850.0)] {
        let waits = over_time(&runs, segment, "channels.phone.wait");
        let mean = waits[1..].iter().sum::<f64>() / 12.0;
        // Waits vary by about twice their mean.
        let error = 2.0 * 60.0 * hours / libm::sqrt(60.0 * 12.0 * calls);
        let z = (mean - 60.0 * hours) / error;
        assert!(z.abs() < 4.5, "{segment}: {mean} instead of {}, z = {z}", 60.0 * hours);
    }
}

/// Three channels that lead to each other.
const EXCHANGE: &str = r"
switch = { chat = 0.5, wall = 0.06 }
again = { phone = 0.85, wall = 0.05 }
solves = 0.8
recognises = 0.5
carries = 0.6
lost = { handle = 0.25, solves = 0.7 }
[channels.chat]
staff = 1
hours = 170
handle = 10
patience = 5
solves = 0.84
switch = { phone = 0.25, wall = 0.25 }
again = { phone = 0.6, chat = 0.3, wall = 0.05 }
[channels.wall]
staff = 0.4
hours = 170
handle = 15
patience = 1_440
solves = 0.8
again = { phone = 0.8 }
";

#[test]
fn attempts_lived_through_are_those_expected() {
    let study = with(DESK, &[("staff = 20", "staff = 16"), ("patience = 240", "patience = 90")]) + EXCHANGE;
    let run = summary(&model(&study));
    let lost = 0.8 * 0.7 / (0.8 * 0.7 + 0.2);
    let way = |load, solves: [f64; 2], handle| Way { load, first: false, solves, handle };
    let desk = |staff, handle, patience| Channel {
        open: 1.0,
        desk: Some(Desk {
            blocks: vec![Block { share: 1.0, hours: 170.0, staff }],
            handle,
            patience,
            variability: 1.0,
        }),
    };
    // Context is kept by 0.3 of those who come again to the phone, and by all elsewhere.
    let phone = way(3_400.0, [0.8, 0.3 * 0.8 + 0.7 * lost], [1.0, 0.3 + 0.7 * 1.25]);
    let exchange = Exchange {
        channels: vec![desk(16.0, 60.0, 90.0), desk(1.0, 10.0, 5.0), desk(0.4, 15.0, 1_440.0)],
        groups: vec![Group {
            ways: vec![phone, way(0.0, [0.84; 2], [1.0; 2]), way(0.0, [0.8; 2], [1.0; 2])],
            switch: vec![0.0, 0.5, 0.06, 0.25, 0.0, 0.25, 0.0, 0.0, 0.0],
            again: vec![0.85, 0.0, 0.05, 0.6, 0.3, 0.05, 0.8, 0.0, 0.0],
        }],
    };
    let mut solved = Switchboard::default();
    solved.solve(&exchange);
    assert!(solved.settled);
    for (place, name) in ["phone", "chat", "wall"].into_iter().enumerate() {
        let expected: f64 = (0..4).map(|attempt| solved.attempts(0, place, attempt)).sum();
        near(&run, &format!("channels.{name}.attempts"), 12.0 * expected);
        near(&run, &format!("channels.{name}.abandonment"), solved.channels[place].gives_up_of_all);
        let (_, error) = level(&run, &format!("channels.{name}.wait"));
        assert!(error > 0.0);
        near(&run, &format!("channels.{name}.utilisation"), solved.channels[place].utilisation);
    }
    let first = |last: &str| level(&run, &format!("switching.phone.{last}")).0;
    let all = first("phone") + first("chat") + first("wall");
    assert!((all - 12.0 * 3_400.0).abs() < 1e-6, "everybody ends somewhere: {all}");
}

#[test]
fn more_load_never_means_fewer_who_give_up_or_turn_elsewhere() {
    let of = |staff: &str| {
        let study =
            with(DESK, &[("staff = 20", &format!("staff = {staff}")), ("replications = 12", "replications = 6")]);
        let run = summary(&model(&(study + EXCHANGE)));
        ["channels.phone.abandoned", "channels.chat.attempts", "channels.wall.attempts"].map(|its| level(&run, its).0)
    };
    let found: Vec<[f64; 3]> = ["26", "22", "18", "14", "8", "0"].map(of).to_vec();
    for pair in found.windows(2) {
        assert!(pair[0].iter().zip(&pair[1]).all(|(less, more)| less <= more), "{found:?}");
    }
}

#[test]
fn a_bot_couples_nobody_and_what_it_fails_to_contain_comes_to_people() {
    let bot = "[channels.bot]\nsolves = 0.55\nagain = { phone = 0.9 }\n";
    let staffed = with(DESK, &[("channels = [\"phone\"]", "channels = [\"bot\"]")]) + bot;
    let alone = staffed.replace("staff = 20\nhours = 170\nhandle = 60\npatience = 240\n", "");
    let coupled = |study: &str| Schedule::new(&model(study), true).plan.is_coupled();
    assert!(coupled(&staffed), "who works there makes customers wait for each other");
    assert!(!coupled(&alone), "nobody waits where nobody works");
    for study in [&staffed, &alone] {
        let run = summary(&model(study));
        near(&run, "channels.bot.solved", 0.55 * 12.0 * 3_400.0);
        near(&run, "channels.phone.attempts", 0.45 * 0.9 * 12.0 * 3_400.0);
    }
    assert!(level(&summary(&model(&staffed)), "channels.phone.abandoned").0 >= 0.0);
}

#[test]
fn who_comes_while_a_channel_is_closed_gives_up_at_once() {
    let run = summary(&model(&with(DESK, &[("staff = 20", "open = 0.8\nstaff = 40")])));
    near(&run, "channels.phone.closed", 0.2 * 12.0 * 3_400.0);
    let (closed, gave_up) = (level(&run, "channels.phone.closed").0, level(&run, "channels.phone.abandoned").0);
    assert!((level(&run, "touchpoints.call.abandoned").0 - closed - gave_up).abs() < 1e-6);
}

#[test]
fn parts_of_the_hours_are_lines_of_their_own() {
    let peaks = "peaks = [{ share = 0.6, hours = 60, staff = 30 }, { share = 0.4, hours = 110, staff = 14 }]";
    let run = summary(&model(&with(DESK, &[("staff = 20", peaks)])));
    let line = |arrivals: f64, staff| Line { arrivals, staff, handle: 60.0, patience: 240.0, variability: 1.0 };
    let (busy, calm) = (line(0.6 * 3_400.0 / 60.0, 30.0).means(), line(0.4 * 3_400.0 / 110.0, 14.0).means());
    near(&run, "channels.phone.abandonment", 0.6 * busy.gives_up + 0.4 * calm.gives_up);
    near(&run, "channels.phone.wait", 0.6 * busy.wait + 0.4 * calm.wait);
}

#[test]
fn what_comes_too_late_for_the_line_stands_in_it_in_the_next_period() {
    let study = with(
        DESK,
        &[
            ("to = { gone = 0 }", "to = { gone = 0.03 }\npurchases = { rate = 0.4, basket = 10 }"),
            ("every = 1", "on = \"purchase\""),
        ],
    );
    let runs = runs(&study);
    let [bought, called, gave_up] =
        ["purchases", "touchpoints.call", "touchpoints.call.abandoned"].map(|its| over_time(&runs, "all", its));
    // Who has left between the purchase and the call is met no more: three in a hundred.
    for t in 2..=12 {
        let (met, made) = (called[t] + gave_up[t], bought[t - 1]);
        assert!(met <= made + 1e-9 && met > 0.9 * made, "{met} of {made} in period {t}");
    }
    assert_eq!(called[1] + gave_up[1], 0.0, "nothing was bought before");
}

#[test]
fn people_cost_the_whole_business_and_contacts_each_customer() {
    let study = with(DESK, &[("staff = 20", "cost = 0.5\nstaff_cost = 1_000\nstaff = 20")]);
    let run = summary(&model(&study));
    let handled = level(&run, "channels.phone.handled").0;
    let cost = level(&run, "cost").0;
    assert!((cost - 12.0 * 20.0 * 1_000.0 - 0.5 * handled).abs() < 1e-4, "{cost}");
    assert!((level(&run, "contacts").0 - handled).abs() < 1e-6);
    assert!((level(&run, "minutes").0 - 60.0 * handled).abs() < 1e-6);
}

#[test]
fn people_learn_by_the_contacts_they_have_handled() {
    let study = with(DESK, &[("staff = 20", "practice = { volume = 5_000, exponent = 0.322 }\nstaff = 400")]);
    let minutes = over_time(&runs(&study), "all", "minutes");
    for (t, minutes) in minutes.iter().enumerate().skip(1) {
        let truth = 60.0 * libm::pow(1.0 + 3_400.0 * (t - 1) as f64 / 5_000.0, -0.322);
        // Every contact is counted in whole seconds.
        assert!((minutes / 3_400.0 - truth).abs() <= 0.5 / 60.0 + 1e-9, "{} instead of {truth}", minutes / 3_400.0);
    }
}

#[test]
fn load_wears_people_out_and_what_they_settle_follows() {
    let team = "team = { start = 0.7, pace = 0.2, comfortable = 0.85, strain = 4.0, solves = 3.0 }\nsolves = 0.8\n";
    let runs = runs(&with(DESK, &[("staff = 20", &format!("{team}staff = 20"))]));
    let [solved, handled] = ["channels.phone.solved", "channels.phone.handled"].map(|its| over_time(&runs, "all", its));
    let line = Line { arrivals: 20.0, staff: 20.0, handle: 60.0, patience: 240.0, variability: 1.0 };
    let toward = 1.0 - 4.0 * (line.utilisation(line.gives_up()) - 0.85);
    let mut spirits = 0.7;
    for t in 1..=12 {
        let odds = 4.0 * libm::exp(3.0 * (spirits - 0.7));
        let truth = odds / (1.0 + odds);
        let error = libm::sqrt(truth * (1.0 - truth) / (12.0 * handled[t]));
        let z = (solved[t] / handled[t] - truth) / error;
        assert!(z.abs() < 4.5, "period {t}: {} instead of {truth}, z = {z}", solved[t] / handled[t]);
        spirits += 0.2 * (toward - spirits);
    }
    assert!(spirits < 0.68, "{spirits}");
}

#[test]
fn a_goal_tells_the_people_that_it_takes() {
    // 20 an hour: how many people hold the mean wait to a minute, and how many answer 80 % within 20 seconds.
    let line = Line { arrivals: 20.0, staff: 20.0, handle: 60.0, patience: 240.0, variability: 1.0 };
    for (goal, target) in [
        ("wait = 1", Target::Wait(1.0)),
        ("answered = 0.8", Target::Served { share: 0.8, within: 1.0 / 3.0 }),
        ("given_up = 0.03", Target::GivesUp(0.03)),
    ] {
        let run = summary(&model(&with(DESK, &[("staff = 20", &format!("goal = {{ {goal} }}\nstaff = 20"))])));
        let (needed, _) = level(&run, "channels.phone.people_needed");
        let truth = staffing(&line, target).unwrap().mean;
        assert!((needed - truth).abs() < 1e-6, "{goal}: {needed} instead of {truth}");
    }
}

#[test]
fn what_is_said_on_a_public_wall_is_heard_a_period_later() {
    let public = "tells = { as = \"complaints\", reach = 20, in_market = 0.1 }\n";
    let study = with(DESK, &[("staff = 20", &format!("{public}staff = 20"))]);
    let runs = runs(&(study + "[touchpoints.reads]\non = \"heard.complaints\"\n"));
    let told = over_time(&runs, "all", "told.complaints");
    let heard = over_time(&runs, "all", "heard.complaints");
    for t in 1..=12 {
        assert!((told[t] - 2.0 * 3_400.0).abs() < 0.1, "{}", told[t]);
        let truth = if t == 1 { 0.0 } else { 2.0 * 3_400.0 };
        assert!((heard[t] - truth).abs() <= 4.5 * libm::sqrt(truth / 12.0), "{} in period {t}", heard[t]);
    }
}

#[test]
fn a_tag_may_be_the_channel_that_was_tried_last() {
    let bot = "[channels.bot]\nsolves = 0.55\nagain = { phone = 0.9 }\n";
    let tag = "[tags.last]\non = \"channel\"\nbands = { none = 0, bot = 1, phone = 2 }\n";
    let study =
        with(DESK, &[("channels = [\"phone\"]", "chance = 0.5\nchannels = [\"bot\"]"), ("staff = 20", "staff = 60")]);
    let runs = runs(&(study + bot + tag));
    let of = |class: &str| over_time(&runs, "all", &format!("tags.last.{class}"));
    let (none, bot, phone) = (of("none"), of("bot"), of("phone"));
    assert_eq!((none[0], bot[0], phone[0]), (3_400.0, 0.0, 0.0));
    for t in 1..=12 {
        // Half of those who have not called do so; nine in ten of those whom the bot does not help end on the phone.
        let truth = 3_400.0 * libm::pow(0.5, t as f64);
        assert!((none[t] - truth).abs() < 4.5 * libm::sqrt(truth / 12.0) + 1.0, "{} in period {t}", none[t]);
        assert!((none[t] + bot[t] + phone[t] - 3_400.0).abs() < 1e-6);
    }
    let share = phone[12] / (phone[12] + bot[12]);
    assert!((share - 0.405).abs() < 4.5 * libm::sqrt(0.405 * 0.595 / (12.0 * 3_400.0)), "{share}");
}

/// Everything at once: talk, rivals and a public channel, priority, peaks, a team that tires and learns, a service model, contacts that follow others, and such
/// as come too late for the line.
const CENTRE: &str = r#"
run = { period = "month", horizon = 10, customers = 60_000, agents = 9_000, replications = 3, seed = 21 }
scenarios.today = {}
scenarios.more.changes = [ { target = "channels.phone.staff", add = 6, from = 3 } ]
scenarios.record.changes = [ { target = "channels.*.recognises", odds = 9, from = 4 } ]
[segments.young]
share = 0.4
start = { active = 0.9, risky = 0.1 }
[segments.old]
share = 0.6
start = { active = 0.8, risky = 0.2 }
inflow = { per_period = 900, start = { active = 1 } }
[traits.age]
law = "normal(45, 12)"
neutral = 45
[traits.followers]
law = "lognormal(median=20, sigma=1)"
[rivals.chains]
share = 0.8
[rivals.giant]
share = 0.2
enters = "triangular(3, 5, 8)"
[experience]
start = "normal(0.6, 0.1)"
neutral = 0.6
learning = 0.3
[states.value]
range = [0, 200]
adds = { purchases = 1.0, "question.abandoned" = -2.0 }
half_life = 6
[tags.tier]
on = "value"
bands = { plain = 0, gold = 3 }
[tags.last]
on = "channel"
bands = { none = 0, bot = 1, phone = 2 }
[stages.active]
retained = true
quality = "normal(0.65, 0.1)"
to = { risky = { chance = 0.08, drivers = { satisfaction = -3 } }, gone = { chance = 0.02, drivers = { satisfaction = -4 } } }
purchases = { rate = 0.6, basket = "lognormal(mean=30, sd=10)", drivers = { satisfaction = 1 }, wallet = { share = 0.6, spread = 2, drivers = { satisfaction = 1 } } }
[stages.risky]
retained = true
to = { active = 0.2, gone = { chance = 0.1, drivers = { satisfaction = -4 } } }
[stages.gone]
[touchpoints.question]
in = ["active", "risky"]
rate = 0.15
drivers = { satisfaction = -1 }
channels = ["phone", "chat"]
quality = "normal(0.72, 0.12)"
ends.wrong = { chance = 0.1, quality = 0.4 }
[touchpoints.protest]
on = "question.abandoned"
chance = 0.4
quality = 0.3
tells = { as = "rants", reach = "followers", in_market = 0.2 }
[touchpoints.reads]
on = "heard.rants"
quality = 0.4
importance = 0.2
[touchpoints.order]
on = "purchase"
chance = 0.3
channels = ["phone", "bot"]
quality = "normal(0.7, 0.1)"
[touchpoints.complaint]
on = "question.wrong"
chance = 0.5
channels = ["phone"]
quality = 0.5
to = { risky = 0.1 }
[touchpoints.care]
quality = "normal(0.75, 0.1)"
plan = [
  { where = { tier = ["gold"] }, every = 2, channels = ["outbound"] },
  { where = { stage = ["risky"] }, chance = 0.3, channels = ["phone"] },
]
[channels.phone]
appeal = 0.8
drivers = { age = 0.03 }
shuns = 0.2
staff = 9
hours = 170
handle = 9
patience = 3
open = 0.95
priority = { tier = ["gold"] }
solves = 0.85
switch = { chat = 0.4, wall = 0.1 }
again = { phone = 0.8 }
recognises = 0.5
carries = 0.6
known = { quality = 0.02, handle = -0.1, solves = 1.2 }
lost = { effort = 0.1, handle = 0.25, solves = 0.7 }
wait_effort = 0.02
attempt_effort = 0.05
given_up = "beta(2, 8)"
cost = 0.4
staff_cost = 4_300
team = { start = 0.7, pace = 0.1, comfortable = 0.85, strain = 2.0, frustration = 0.5, quality = 0.2, handle = -0.2, solves = 0.8 }
practice = { volume = 40_000, exponent = 0.1 }
[channels.chat]
peaks = [{ share = 0.5, hours = 60, staff = 5 }, { share = 0.5, hours = 110, staff = 2.5 }]
handle = 10
variability = 0.6
patience = 5
priority = { segment = ["old"] }
solves = 0.84
switch = { phone = 0.3 }
again = { phone = 0.6, chat = 0.3 }
given_up = 0.2
[channels.wall]
tells = { as = "rants", reach = 30, in_market = 0.2 }
goal = { wait = 60 }
staff = 0.6
hours = 730
handle = 15
patience = 1_440
solves = 0.8
again = { phone = 0.8 }
[channels.bot]
solves = 0.55
again = { phone = 0.9 }
[channels.outbound]
[pillars.no_wait]
on = "question"
never = { wait_over = 4 }
[pillars.two_tries]
on = "question"
never = { attempts_over = 2 }
[pillars.say_once]
on = "order"
never = { context_lost = true }
[pillars.answered]
on = "question"
never = { end = "abandoned" }
"#;

#[test]
fn neither_names_nor_order_threads_blocks_nor_instructions_move_a_number() {
    let first = text(&summary(&model(CENTRE)));
    let run =
        |threads, block| text(&Experiment::new(&model(CENTRE)).threads(threads).block(block).run().unwrap().summary());
    for (threads, block) in [(8, 2048), (1, 128), (8, 7001)] {
        assert!(run(threads, block) == first, "{threads} threads, blocks of {block}");
    }
    for set in InstructionSet::available() {
        let told = text(&Experiment::new(&model(CENTRE)).threads(2).instructions(set).run().unwrap().summary());
        assert!(told == first, "{}", set.name());
    }
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let at = |table: &str| CENTRE.find(table).unwrap();
    let (phone, chat, wall) = (at("[channels.phone]"), at("[channels.chat]"), at("[channels.wall]"));
    let moved = [&CENTRE[..phone], &CENTRE[chat..wall], &CENTRE[phone..chat], &CENTRE[wall..]].concat();
    assert_eq!(sorted(&text(&summary(&model(&moved)))), sorted(&first));
    let renamed = CENTRE.replace("chat", "zeta").replace("phone", "alpha").replace("order", "purchasing");
    let told = text(&summary(&model(&renamed)));
    let told = told.replace("zeta", "chat").replace("alpha", "phone").replace("purchasing", "order");
    assert_eq!(sorted(&told), sorted(&first));
}

#[test]
fn a_channel_that_nobody_turns_to_changes_nothing_else() {
    let idle = "[channels.unused]\nstaff = 3\nhours = 40\nhandle = 5\nswitch = { phone = 0.5 }\n";
    let (plain, more) = (summary(&model(CENTRE)), summary(&model(&(CENTRE.to_owned() + idle))));
    for (plain, more) in plain.scenarios.iter().zip(&more.scenarios) {
        for (metric, estimate) in &plain.metrics {
            assert_eq!(estimate, &more.metrics[metric], "{metric}");
        }
        assert_eq!(more.metrics["channels.unused.attempts"].mean, 0.0);
    }
}

#[test]
fn all_lives_replayed_are_the_run_and_break_the_pillars_as_often() {
    let small = with(
        CENTRE,
        &[
            ("customers = 60_000, agents = 9_000, replications = 3", "customers = 90, agents = 90, replications = 2"),
            ("inflow = { per_period = 900, start = { active = 1 } }\n", ""),
            ("staff = 9\n", "staff = 0.05\n"),
            ("{ share = 0.5, hours = 60, staff = 5 }", "{ share = 0.5, hours = 60, staff = 0.04 }"),
            ("{ share = 0.5, hours = 110, staff = 2.5 }", "{ share = 0.5, hours = 110, staff = 0.02 }"),
            ("staff = 0.6\n", "staff = 0.01\n"),
        ],
    );
    let model = model(&small);
    let experiment = Experiment::new(&model).threads(2);
    let runs = experiment.run().unwrap();
    let place = |name: &str| model.touchpoints.iter().position(|its| its.name == name).unwrap();
    let (question, order) = (place("question"), place("order"));
    let gave_up = model.touchpoints[question].ends.len() - 1;
    let (mut attempts, mut broken) = (vec![0.0; model.channels.len()], [0.0; 4]);
    for customer in 0..90 {
        let life = experiment.replay(ScenarioId(0), 0, Who::AtStart(customer)).unwrap();
        for told in life.moments.iter().flat_map(|moment| &moment.told) {
            let Some(tried) = told.tried else { continue };
            attempts[tried.channel as usize] += 1.0;
            let once = |so: bool| f64::from(u8::from(so));
            if told.touchpoint == question {
                broken[0] += once(tried.wait > 4.0);
                broken[1] += once(tried.attempt == 2);
                broken[2] += once(told.end == gave_up);
            }
            broken[3] += once(told.touchpoint == order && tried.lost);
        }
    }
    for (channel, tried) in model.channels.iter().zip(&attempts) {
        assert_eq!(runs.levels(0, &format!("channels.{}.attempts", channel.name))[0], *tried, "{}", channel.name);
    }
    for (pillar, breaches) in ["no_wait", "two_tries", "answered", "say_once"].iter().zip(broken) {
        assert_eq!(runs.levels(0, &format!("pillars.{pillar}"))[0], breaches, "{pillar}");
    }
    assert!(broken[0] > 0.0 && broken[2] > 0.0, "{broken:?}");
}

#[test]
fn more_people_shorten_the_wait_in_every_replication() {
    let runs = runs(&with(CENTRE, &[("replications = 3", "replications = 8")]));
    let (few, more) = (runs.levels(0, "channels.phone.abandoned"), runs.levels(1, "channels.phone.abandoned"));
    assert!(few.iter().zip(&more).all(|(few, more)| more < few), "{few:?} {more:?}");
}
