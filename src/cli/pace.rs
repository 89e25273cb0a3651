//! The pace of a run: a bar that shows how far it is, and one line at its beginning where it will take long. What the clock
//! says here goes to standard error and into no result.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::stderr::tell_explained;

/// A run that takes longer than this is told of beforehand.
const LONG: Duration = Duration::from_mins(1);

/// How far a run is.
pub struct Pace {
    bar: ProgressBar,
    replications: u64,
    /// So many finished replications say how long all take.
    enough: u64,
    began: Instant,
    /// How many have finished; none once the line has been told, or where it is not to be.
    finished: Mutex<Option<u64>>,
}

impl Pace {
    /// The pace of a run of so many replications, about as many of them at a time as there are threads. The bar hides itself
    /// where standard error is no terminal, and where it is not wanted.
    pub fn new(replications: u64, threads: usize, (bar, line): (bool, bool)) -> Self {
        let style = ProgressStyle::with_template("{bar:40} {pos} of {len} {msg}, {eta} left");
        let bar = if bar { ProgressBar::new(replications) } else { ProgressBar::hidden() };
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message("replications");
        let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, Into::into) } else { threads };
        Self { bar, replications, enough: 2 * threads as u64, began: now(), finished: Mutex::new(line.then_some(0)) }
    }

    /// Some replications have finished; called from any thread.
    pub fn advance(&self, done: u64) {
        self.bar.inc(done);
        let Ok(mut finished) = self.finished.lock() else { return };
        let Some(count) = finished.as_mut() else { return };
        *count += done;
        if *count >= self.enough {
            let line = warning(now() - self.began, *count, self.replications);
            *finished = None;
            if let Some(line) = line {
                self.tell(&line);
            }
        }
    }

    /// Tells something on standard error, above the bar: a line of our own, or what was explained, with its colours.
    pub fn tell(&self, text: &str) {
        self.bar.suspend(|| tell_explained(text));
    }

    /// The replications are done; what follows is shown by name.
    pub fn turn_to(&self, what: &'static str) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed} so far") {
            self.bar.set_style(style);
        }
        self.bar.set_message(what);
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[expect(clippy::disallowed_methods, reason = "people are told how long it takes; no result reads it")]
fn now() -> Instant {
    Instant::now()
}

/// What is said of a run of which so many replications took so long; nothing where it will be short.
fn warning(taken: Duration, done: u64, of: u64) -> Option<String> {
    let left = taken.mul_f64(of.saturating_sub(done) as f64 / done.max(1) as f64);
    (left > LONG).then(|| {
        format!(
            "This run will take about {}. Fewer customers (--agents) or replications (--replications) take less, and so do \
             --exact none and --charts none.\n",
            span(left)
        )
    })
}

/// A length of time as people say it.
fn span(time: Duration) -> String {
    let minutes = time.as_secs().div_ceil(60);
    match minutes {
        0..=1 => "a minute".to_owned(),
        2..=119 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, warning};

    #[test]
    fn a_long_run_is_told_of_and_a_short_one_is_not() {
        let of = |millis: u64, done: u64, of: u64| warning(Duration::from_millis(millis), done, of);
        assert_eq!(of(600, 4, 200), None);
        assert_eq!(of(60_000, 4, 4), None);
        let told = |line: Option<String>| line.unwrap().split(". ").next().unwrap().to_owned();
        assert_eq!(told(of(1_400, 4, 200)), "This run will take about 2 minutes");
        assert_eq!(told(of(40_000, 4, 200)), "This run will take about 33 minutes");
        assert_eq!(told(of(400_000, 4, 200)), "This run will take about 6 hours");
        assert!(of(40_000, 4, 200).unwrap().contains("--exact none"));
    }
}
