//! Names are what an author calls things: the kinds of things that have one, and every place of a study where one stands.
//!
//! A new kind of named thing is one row of [`KINDS`]; its checks, its faults, and the random draws of what stands under it
//! follow. A test walks the schema and fails where the language has a place for names, or for texts, that stands in no row.

use super::signal::{OCCASIONS, SIGNALS};
use super::thing::{KIND, things};
pub use super::thing::{Kind, Name, Shape, Thing, Things};

/// What a list of chances may be read by beside a trait.
pub const CLOCKS: [&str; 3] = ["periods_in_stage", "tenure", "period"];
/// What may drive beside a trait: what customers remember.
pub const STATES: [&str; 1] = ["satisfaction"];
/// What may drive moves, purchases and touchpoints beside a trait: what customers remember, and how hard rivals pull.
pub const DRIVING: [&str; 2] = ["satisfaction", "rivals"];

/// What a tag may be read from beside states and traits.
pub const READINGS: [&str; 5] = ["satisfaction", "tenure", "periods_in_stage", "wallet", CHANNEL];
/// The channel that a customer has tried last, as tags read it.
pub const CHANNEL: &str = "channel";
/// How hard rivals pull, and which share of what customers buy is the company's: nothing that customers carry is called so.
pub const RESERVED: [(&str, &str); 2] = [
    ("rivals", "`rivals` is how hard rivals pull; see `[rivals]`"),
    (WALLET, "`wallet` is the company's share of what customers buy; see `purchases.wallet`"),
];
/// What a tag reads where customers share with rivals what they buy.
pub const WALLET: &str = "wallet";

/// What may stand beside tags where they say whom something is for.
pub const PLACES: [&str; 2] = ["segment", "stage"];

/// The most channels of a study: one of them fits five bits.
pub const MOST_CHANNELS: usize = 30;

/// All kinds of things, each once.
pub static KINDS: [&Kind; 22] = [
    &SEGMENTS,
    &STAGES,
    &TRAITS,
    &CARRIED,
    &TAGS,
    &CLASSES,
    &CHANNELS,
    &TOUCHPOINTS,
    &ENDS,
    &HEARSAY,
    &RIVALS,
    &SURVEYS,
    &PILLARS,
    &LINES,
    &OUTCOMES,
    &CAPABILITIES,
    &TARGETS,
    &INITIATIVES,
    &SCENARIOS,
    &SHOCKS,
    &PATTERNS,
    &CORRELATIONS,
];

/// The kinds of customers.
pub static SEGMENTS: Kind = Kind {
    noun: "segment",
    root: "segments",
    things: Things::Named(|study| things(&study.segments, |its| its.title.as_deref())),
    named: &[
        ("initiatives.*.waves.*", &[]),
        ("targets.*.segment", &[]),
        ("segments.*.changes.[].segments.[]", &[]),
        ("initiatives.*.effects.[].segments.[]", &[]),
        ("initiatives.*.dip.effects.[].segments.[]", &[]),
        ("scenarios.*.changes.[].segments.[]", &[]),
        ("scenarios.*.rules.[].then.changes.[].segments.[]", &[]),
        ("shocks.[].effects.[].segments.[]", &[]),
    ],
    // Every segment is simulated in every scenario.
    most: Some((1_000, "let segments that are alike be one; a trait tells customers apart")),
    differs: true,
    ..KIND
};

/// The stages of the journey.
pub static STAGES: Kind = Kind {
    noun: "stage",
    root: "stages",
    things: Things::Named(|study| things(&study.stages, |its| its.title.as_deref())),
    named: &[
        ("segments.*.start.*", &[]),
        ("segments.*.inflow.start.*", &[]),
        ("stages.*.to.*", &[]),
        ("stages.*.on_move.*", &[]),
        ("touchpoints.*.in.[]", &[]),
        ("touchpoints.*.rate.*", &[]),
        ("touchpoints.*.chance.*", &[]),
        ("touchpoints.*.to.*", &[]),
        ("touchpoints.*.ends.*.to.*", &[]),
        ("surveys.*.in.[]", &[]),
    ],
    shape: Shape::Journey,
    // A column of customers holds a stage in a byte; so many stages have 65,025 moves, which 16 bits hold.
    most: Some((
        255,
        "let stages that are alike be one; a list `by = \"periods_in_stage\"` tells early from late periods",
    )),
    ..KIND
};

/// What sets customers apart for life. A segment may bring traits that are declared nowhere else. Wherever a trait drives,
/// states may, and classes by the names of their tags and their own: `tier.gold`.
pub static TRAITS: Kind = Kind {
    noun: "trait",
    root: "traits",
    things: Things::Named(|study| things(&study.traits, |_| None)),
    named: &[
        ("segments.*.traits.*", &[]),
        ("stages.*.to.*.by", &CLOCKS),
        ("stages.*.to.*.trait", &[]),
        ("stages.*.to.*.drivers.*", &DRIVING),
        ("stages.*.values_trait", &[]),
        ("stages.*.purchases.trait", &[]),
        ("stages.*.purchases.basket_trait", &[]),
        ("stages.*.purchases.drivers.*", &DRIVING),
        ("stages.*.purchases.wallet.drivers.*", &STATES),
        ("touchpoints.*.drivers.*", &DRIVING),
        ("touchpoints.*.to.*.drivers.*", &STATES),
        ("touchpoints.*.ends.*.drivers.*", &STATES),
        ("touchpoints.*.ends.*.to.*.drivers.*", &STATES),
        ("channels.*.drivers.*", &STATES),
        ("tags.*.on", &READINGS),
        ("surveys.*.reads", &STATES),
        ("surveys.*.response.drivers.*", &STATES),
    ],
    shape: Shape::Uses,
    most: Some((1_000, "let traits that are alike be one")),
    ..KIND
};

/// What customers carry, and what moves it. What drives shares one set of names with traits.
pub static CARRIED: Kind = Kind {
    noun: "state",
    root: "states",
    things: Things::Named(|study| things(&study.states, |its| its.title.as_deref())),
    named: &[
        ("states.*.follows", &SIGNALS),
        ("states.*.peak", &SIGNALS),
        ("states.*.adds.*", &SIGNALS),
        ("states.*.blend.*", &SIGNALS),
    ],
    // Each is a column of every customer.
    most: Some((100, "let states that move alike be one")),
    ..KIND
};

/// Classes that customers fall into.
pub static TAGS: Kind = Kind {
    noun: "tag",
    root: "tags",
    things: Things::Named(|study| things(&study.tags, |its| its.title.as_deref())),
    named: &[
        ("touchpoints.*.where.*", &PLACES),
        ("touchpoints.*.plan.[].where.*", &PLACES),
        ("channels.*.priority.*", &PLACES),
    ],
    most: Some((8, "let tags that are alike be one")),
    ..KIND
};

/// The classes of tags. Each tag has its own; segments and stages stand where they may.
pub static CLASSES: Kind = Kind {
    noun: "class",
    root: "classes",
    named: &[
        ("tags.*.bands.*", &[]),
        ("touchpoints.*.where.*.[]", &[]),
        ("touchpoints.*.plan.[].where.*.[]", &[]),
        ("channels.*.priority.*.[]", &[]),
    ],
    shape: Shape::Alike(18),
    ..KIND
};

/// Where touchpoints happen.
pub static CHANNELS: Kind = Kind {
    noun: "channel",
    root: "channels",
    things: Things::Named(|study| things(&study.channels, |its| its.title.as_deref())),
    named: &[
        ("touchpoints.*.channels.[]", &[]),
        ("touchpoints.*.plan.[].channels.[]", &[]),
        ("channels.*.switch.*", &[]),
        ("channels.*.again.*", &[]),
    ],
    // Each is weighed against each wherever customers choose.
    most: Some((MOST_CHANNELS, "let channels that are alike be one")),
    ..KIND
};

/// What happens between customers and the company.
pub static TOUCHPOINTS: Kind = Kind {
    noun: "touchpoint",
    root: "touchpoints",
    things: Things::Named(|study| things(&study.touchpoints, |its| its.title.as_deref())),
    named: &[
        ("touchpoints.*.on", &OCCASIONS),
        ("surveys.*.on", &[]),
        ("pillars.*.on", &[]),
        ("pillars.*.never.without", &[]),
        ("initiatives.*.cost.per_contact.*", &[]),
    ],
    // Each is looked at for every customer in every period.
    most: Some((100, "let touchpoints that are alike be one with several `ends`")),
    ..KIND
};

/// How touchpoints can end. Each touchpoint has its own.
pub static ENDS: Kind = Kind {
    noun: "end",
    root: "ends",
    named: &[("touchpoints.*.ends.*", &[]), ("pillars.*.never.end", &[])],
    shape: Shape::Alike(17),
    ..KIND
};

/// What customers tell others, by what it is called where it is heard.
pub static HEARSAY: Kind = Kind {
    noun: "hearsay",
    root: "hearsay",
    named: &[
        ("channels.*.tells.as", &[]),
        ("touchpoints.*.tells.as", &[]),
        ("touchpoints.*.ends.*.tells.as", &[]),
        ("segments.*.inflow.heard.*", &[]),
    ],
    shape: Shape::Alike(19),
    ..KIND
};

/// What customers could have instead.
pub static RIVALS: Kind = Kind {
    noun: "rival",
    root: "rivals",
    things: Things::Named(|study| things(&study.rivals, |its| its.title.as_deref())),
    most: Some((100, "let rivals that are alike be one")),
    ..KIND
};

/// What the company asks customers.
pub static SURVEYS: Kind = Kind {
    noun: "survey",
    root: "surveys",
    things: Things::Named(|study| things(&study.surveys, |its| its.title.as_deref())),
    most: Some((100, "ask fewer questions")),
    ..KIND
};

/// What the company has promised never to do.
pub static PILLARS: Kind = Kind {
    noun: "pillar",
    root: "pillars",
    things: Things::Named(|study| things(&study.pillars, |its| its.title.as_deref())),
    most: Some((100, "keep to the promises that matter")),
    ..KIND
};

/// The lines of the ledger.
pub static LINES: Kind = Kind {
    noun: "ledger line",
    root: "lines",
    things: Things::Named(|study| things(&study.lines, |its| its.title.as_deref())),
    named: &[
        ("stages.*.values.*", &[]),
        ("stages.*.on_move.*.*", &[]),
        ("touchpoints.*.values.*", &[]),
        ("touchpoints.*.ends.*.values.*", &[]),
    ],
    shape: Shape::Alike(0),
    ..KIND
};

/// What accumulates beside money. Wherever a ledger line is named an outcome may be: they share one set of names.
pub static OUTCOMES: Kind = Kind {
    noun: "outcome",
    root: "outcomes",
    things: Things::Named(|study| things(&study.outcomes, |its| its.title.as_deref())),
    shape: Shape::Alike(0),
    ..KIND
};

/// What the company has to be able to do.
pub static CAPABILITIES: Kind = Kind {
    noun: "capability",
    root: "capabilities",
    things: Things::Named(|study| things(&study.capabilities, |its| its.title.as_deref())),
    named: &[
        ("initiatives.*.requires.*", &[]),
        ("initiatives.*.requires.[]", &[]),
        ("initiatives.*.provides.*", &[]),
        ("initiatives.*.provides.[]", &[]),
    ],
    // The number is arbitrary, and fixed by what was drawn with it.
    shape: Shape::Alike(15),
    // Each may wait for each.
    most: Some((10_000, "let those that are built together be one")),
    ..KIND
};

/// What a roadmap has to reach.
pub static TARGETS: Kind = Kind {
    noun: "target",
    root: "targets",
    things: Things::Named(|study| things(&study.targets, |_| None)),
    // Nothing in a target is drawn.
    shape: Shape::Alike(0),
    most: Some((1_000, "split the study into several")),
    ..KIND
};

/// The projects of the roadmap.
pub static INITIATIVES: Kind = Kind {
    noun: "initiative",
    root: "initiatives",
    things: Things::Named(|study| things(&study.initiatives, |its| its.title.as_deref())),
    named: &[
        ("scenarios.*.initiatives.*", &[]),
        ("scenarios.*.rules.[].then.initiatives.[]", &[]),
        ("scenarios.*.rules.[].then.stop.[]", &[]),
    ],
    // Each may wait for each.
    most: Some((10_000, "let those that always go together be one")),
    differs: true,
    whole: true,
    ..KIND
};

/// The scenarios to compare.
pub static SCENARIOS: Kind = Kind {
    noun: "scenario",
    root: "scenarios",
    things: Things::Named(|study| things(&study.scenarios, |its| its.title.as_deref())),
    named: &[("run.baseline", &[]), ("scenarios.*.extends", &[])],
    // Every segment is simulated in every scenario.
    most: Some((1_000, "split the study into several")),
    differs: true,
    ..KIND
};

/// What happens to the company whatever it does. Twins draw by their order in the file.
pub static SHOCKS: Kind = Kind {
    noun: "shock",
    root: "shocks",
    things: Things::Listed(|study| study.shocks.len()),
    most: Some((1_000, "let shocks that are alike be one with a `hazard`")),
    whole: true,
    ..KIND
};

/// Seasons and trends.
pub static PATTERNS: Kind = Kind {
    noun: "season or trend",
    root: "over_time",
    things: Things::Listed(|study| study.over_time.len()),
    shape: Shape::Place,
    most: Some((1_000, "aim at several numbers with a `*`")),
    whole: true,
    ..KIND
};

/// Groups of uncertain numbers that are drawn together.
pub static CORRELATIONS: Kind = Kind {
    noun: "correlation",
    root: "correlated",
    things: Things::Listed(|study| study.correlated.len()),
    shape: Shape::Place,
    ..KIND
};
