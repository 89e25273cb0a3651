//! The budget of what nobody asked for: exact expectations, the pilot, worth after the horizon and pictures may cost a part
//! of what the simulation costs, in counted work and never by a clock, so that a study gives the same bytes on every machine.
//!
//! Work is counted in [`crate::engine::run::work`].

use crate::engine::exact::depth::Depth;
use crate::engine::run::work::simulation;
use crate::model::Model;

/// What may be spent beside the simulation, as a share of its work.
pub const SHARE: f64 = 0.5;
/// What may always be spent on numbers: a fifth of a second of two processors.
const FREE: f64 = 4e8;
/// What may always be spent on pictures: some hundred of them.
const FREE_PICTURES: f64 = 4e9;
/// A picture in pixels: what it takes whatever it shows, and for each byte of its drawing.
const PICTURE: f64 = 2e7;
const BYTE_OF_PICTURE: f64 = 3e2;

/// What a run may spend beside its simulation, and what it has left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    /// The work of the simulation.
    pub simulation: f64,
    /// What is left for numbers.
    numbers: f64,
    /// What exact expectations of draws are computed to take.
    draws: f64,
    left_out: Vec<LeftOut>,
}

/// Something that a run left out, or did less of, because it would have cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Exact expectations of every replication's own draw; they stand at the medians instead.
    Draws,
    /// All exact expectations.
    Expectations,
    /// A pilot, so that differences are paired.
    Pilot,
    /// What customers are worth after the horizon.
    Worth,
    /// Where customers are lost, or what half of that loss is worth.
    Funnel,
    /// The charts as pixels.
    Pictures,
}

impl LeftOut {
    fn words(self) -> &'static str {
        match self {
            Self::Draws => "exact expectations of every draw (they stand at the medians)",
            Self::Expectations => "exact expectations",
            Self::Pilot => "the trial of the coupled estimator",
            Self::Worth => "the worth of customers after the horizon",
            Self::Funnel => "what half of the loss of each stage is worth",
            Self::Pictures => "charts as PNG (they are there as SVG)",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Pictures => "--charts all",
            _ => "--exact draws",
        }
    }
}

impl Budget {
    /// The budget of a model's run.
    pub fn of(model: &Model) -> Self {
        let simulation = simulation(model);
        Self { simulation, numbers: FREE + SHARE * simulation, draws: 0.0, left_out: Vec::new() }
    }

    /// A budget without bounds.
    pub fn unbounded(model: &Model) -> Self {
        Self { numbers: f64::INFINITY, ..Self::of(model) }
    }

    /// Whether so much work can be afforded; then it is spent.
    pub fn spend(&mut self, work: f64) -> bool {
        let affords = work <= self.numbers;
        if affords {
            self.numbers -= work;
        }
        affords
    }

    /// What is left for numbers.
    pub fn left(&self) -> f64 {
        self.numbers
    }

    /// What exact expectations of draws are computed to take; it is spent already.
    pub fn of_draws(&self) -> f64 {
        self.draws
    }

    /// Nothing is left: something took more than was computed.
    pub fn overspend(&mut self) {
        self.numbers = 0.0;
    }

    /// Whether all exact expectations that there are can be had, if only at the medians.
    pub fn is_whole(&self) -> bool {
        !self.left_out.contains(&LeftOut::Expectations)
    }

    /// Notes that something is left out.
    pub fn leave_out(&mut self, what: LeftOut) {
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
            self.left_out.sort();
        }
    }

    /// For which numbers expectations are solved, where one solution takes so much work: for every draw if that can be
    /// afforded, else for the medians, else for none. What is chosen is spent.
    pub fn depth(&mut self, uncertain: bool, replications: u32, solution: f64) -> Depth {
        let draws = if uncertain { f64::from(replications) } else { 1.0 };
        if self.spend(draws * solution) {
            self.draws = draws * solution;
            return Depth::Draws;
        }
        let medians = uncertain && self.spend(solution);
        self.leave_out(if medians { LeftOut::Draws } else { LeftOut::Expectations });
        if medians { Depth::Medians } else { Depth::None }
    }

    /// Whether charts are drawn as pixels, whose drawings have so many bytes.
    pub fn affords_pictures(&mut self, bytes: impl Iterator<Item = usize>) -> bool {
        let work: f64 = bytes.map(|bytes| PICTURE + BYTE_OF_PICTURE * bytes as f64).sum();
        let affords = work <= FREE_PICTURES + self.numbers.max(0.0);
        if !affords {
            self.leave_out(LeftOut::Pictures);
        }
        affords
    }

    /// What was left out and how to get it, in one sentence; none where nothing was.
    pub fn words(&self) -> Option<String> {
        let mut helps: Vec<&str> = self.left_out.iter().map(|what| what.help()).collect();
        helps.dedup();
        let what: Vec<&str> = self.left_out.iter().map(|what| what.words()).collect();
        (!what.is_empty()).then(|| {
            format!(
                "Left out, because it would take more than {SHARE} of the work of the simulation: {}. Get it with `{}`.",
                what.join("; "),
                helps.join("` and `")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Depth, LeftOut};

    fn budget(numbers: f64) -> Budget {
        Budget { simulation: 2.0 * numbers, numbers, draws: 0.0, left_out: Vec::new() }
    }

    #[test]
    fn what_costs_too_much_is_done_at_the_medians_and_then_not_at_all() {
        let depth = |solution: f64| {
            let mut budget = budget(1000.0);
            let depth = budget.depth(true, 50, solution);
            (depth, budget.left(), budget.left_out)
        };
        assert_eq!(depth(20.0), (Depth::Draws, 0.0, vec![]));
        assert_eq!(depth(20.5), (Depth::Medians, 979.5, vec![LeftOut::Draws]));
        assert_eq!(depth(1000.0), (Depth::Medians, 0.0, vec![LeftOut::Draws]));
        assert_eq!(depth(1000.5), (Depth::None, 1000.0, vec![LeftOut::Expectations]));
    }

    #[test]
    fn one_solution_serves_all_replications_where_nothing_is_uncertain() {
        let mut whole = budget(1000.0);
        assert_eq!(whole.depth(false, 1_000_000, 999.0), Depth::Draws);
        assert_eq!(budget(1000.0).depth(false, 1_000_000, 1001.0), Depth::None);
    }

    #[test]
    fn one_line_says_what_was_left_out_and_how_to_get_it() {
        let mut budget = budget(10.0);
        assert_eq!(budget.words(), None);
        budget.leave_out(LeftOut::Worth);
        budget.leave_out(LeftOut::Draws);
        budget.leave_out(LeftOut::Worth);
        assert_eq!(
            budget.words().unwrap(),
            "Left out, because it would take more than 0.5 of the work of the simulation: exact expectations of every draw \
             (they stand at the medians); the worth of customers after the horizon. Get it with `--exact draws`."
        );
        assert!(!budget.affords_pictures(std::iter::repeat_n(1_000_000, 10_000)));
        assert!(budget.words().unwrap().ends_with("Get it with `--exact draws` and `--charts all`."));
    }

    #[test]
    fn pictures_of_an_ordinary_study_are_always_drawn() {
        assert!(budget(0.0).affords_pictures(std::iter::repeat_n(60_000, 100)));
    }
}
