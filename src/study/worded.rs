//! Texts are what an author writes that is no number: where they stand, and what each says.

use super::names::Name;

/// What a text of a study says, where it is neither one of a few words nor a number with its law.
#[derive(Clone, Copy)]
pub enum Text {
    /// The name of a thing.
    Name(Name),
    /// A parameter path.
    Path,
    /// A metric by name, which may hold the name of a stage or account: `customers.active`.
    Metric,
    /// Words for people that say how a thing is called or what it is.
    Title,
    /// Other words for people.
    Remark,
}

/// Where texts stand that are no names.
pub const TEXTS: [(Text, &[&str]); 4] = [
    (
        Text::Path,
        &[
            "segments.*.changes.[].target",
            "initiatives.*.effects.[].target",
            "initiatives.*.dip.effects.[].target",
            "scenarios.*.changes.[].target",
            "scenarios.*.rules.[].then.changes.[].target",
            "shocks.[].effects.[].target",
            "over_time.[].target",
            "correlated.[].paths.[]",
        ],
    ),
    (Text::Metric, &["targets.*.metric", "scenarios.*.rules.[].when.metric"]),
    (
        Text::Title,
        &[
            "title",
            "description",
            "segments.*.title",
            "stages.*.title",
            "lines.*.title",
            "outcomes.*.title",
            "outcomes.*.unit",
            "states.*.title",
            "tags.*.title",
            "touchpoints.*.title",
            "channels.*.title",
            "rivals.*.title",
            "surveys.*.title",
            "pillars.*.title",
            "capabilities.*.title",
            "targets.*.title",
            "initiatives.*.title",
            "initiatives.*.description",
            "initiatives.*.pillar",
            "scenarios.*.title",
            "scenarios.*.description",
            "shocks.[].title",
        ],
    ),
    (Text::Remark, &["currency", "targets.*.else"]),
];
