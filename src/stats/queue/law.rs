//! The law of the offered wait: how long one would wait who never gives up.

/// The law of an offered wait, to draw from.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Law {
    waits: f64,
}

impl Law {
    /// The offered wait in minutes of a customer with luck `u` in [0, 1): rising in `u`, 0 for most where few wait,
    /// infinite where nobody serves.
    pub fn offered(&self, u: f64) -> f64 {
        u * self.waits
    }

    /// The chance that the offered wait is longer than so many minutes.
    pub fn longer_than(&self, minutes: f64) -> f64 {
        minutes * self.waits
    }
}
