//! A line in which all customers are alike.

/// A line that has settled: what comes, and what is there to serve it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Customers an hour, 0 or more. They come at random: a Poisson process.
    pub arrivals: f64,
    /// People who serve, 0 or more. Between whole numbers a line is a mixture of the two beside it.
    pub staff: f64,
    /// The mean time that serving one takes, in minutes, above 0.
    pub handle: f64,
    /// The mean time after which a customer gives up waiting, in minutes, above 0. Each has an own one, exponential.
    pub patience: f64,
    /// The squared coefficient of variation of the time that serving takes, 0 or more; 1 is exponential.
    pub variability: f64,
}

/// What customers of a line meet, in the mean. Times are in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    /// The chance to have to wait at all.
    pub waits: f64,
    /// The chance to give up.
    pub gives_up: f64,
    /// The mean time in line of all customers, also of those who do not wait.
    pub wait: f64,
    /// The mean time in line of those who are served; 0 where nobody is.
    pub wait_served: f64,
    /// The mean time in line of those who give up; 0 where nobody does.
    pub wait_given_up: f64,
}

impl Line {
    /// What customers meet.
    pub fn means(&self) -> Means {
        Means::default()
    }

    /// The share of time at work of those who serve, from 0 to 1; 0 where nobody serves.
    pub fn utilisation(&self) -> f64 {
        0.0
    }

    /// The share of all customers who are served after at most so many minutes in line.
    pub fn served_within(&self, minutes: f64) -> f64 {
        minutes
    }

    /// The law of the offered wait.
    pub fn law(&self) -> super::law::Law {
        super::law::Law::default()
    }
}
