//! Signals move states: what they are called, where they are no other states.

/// What moves a state beside other states.
pub const SIGNALS: [&str; 4] = ["quality", "felt", "purchases", "satisfaction"];
/// The states that `[experience]` makes.
pub const PRESETS: [&str; 5] = ["expectation", "peak", "last", "memory", "commitment"];

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
}

impl SignalWord {
    /// The signal of a name; the words are those of [`SIGNALS`], in their order.
    pub fn of(name: &str) -> Option<Self> {
        let words = [Self::Quality, Self::Felt, Self::Purchases, Self::Satisfaction];
        SIGNALS.into_iter().zip(words).find(|(its, _)| *its == name).map(|(_, word)| word)
    }
}
