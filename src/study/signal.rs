//! Signals move states: what they are called, where they are no other states.

/// What moves a state beside other states and touchpoints.
pub const SIGNALS: [&str; 7] = ["quality", "felt", "purchases", "satisfaction", "effort", "promise", "spent"];
/// What brings a touchpoint about beside other touchpoints.
pub const OCCASIONS: [&str; 2] = ["purchase", "entry"];
/// What stands before the name of what others tell, where a touchpoint comes of hearing it: `heard.posts`.
pub const HEARD: &str = "heard";
/// What a touchpoint cannot be called, beside signals and occasions: words of the language have their place.
pub const RESERVED: [&str; 2] = [HEARD, "abandoned"];
/// What follows the name of a touchpoint where its quality is meant, or how it felt.
pub const ASPECTS: [&str; 2] = ["quality", "felt"];
/// What is expected, as `[experience]` makes it.
pub const EXPECTATION: &str = "expectation";
/// The states that `[experience]` makes.
pub const PRESETS: [&str; 5] = [EXPECTATION, "peak", "last", "memory", "commitment"];

/// A signal that is no other state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalWord {
    /// What a period was like.
    Quality,
    /// How that felt.
    Felt,
    /// What was bought in the period before.
    Purchases,
    /// Satisfaction.
    Satisfaction,
    /// The quality that a touchpoint loses to trouble.
    Effort,
    /// What a touchpoint makes people expect.
    Promise,
    /// What was spent on baskets in the period before.
    Spent,
}

impl SignalWord {
    /// The signal of a name; the words are those of [`SIGNALS`], in their order.
    pub fn of(name: &str) -> Option<Self> {
        let words =
            [Self::Quality, Self::Felt, Self::Purchases, Self::Satisfaction, Self::Effort, Self::Promise, Self::Spent];
        SIGNALS.into_iter().zip(words).find(|(its, _)| *its == name).map(|(_, word)| word)
    }
}
