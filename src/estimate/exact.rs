//! The exact expectations of a study, without simulating anyone.

use crate::engine::chance::design::Design;
use crate::engine::count::cells::planned;
use crate::engine::exact::obstacle::follows_satisfaction;
use crate::engine::run::simulation::Simulation;
use crate::model::Model;
use crate::quantity::{ScenarioId, SegmentId};
use crate::stats::moments::Moments;

use crate::estimate::money::entered::everybody;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::prices::Prices;
use crate::estimate::money::statement::Whose;
use crate::estimate::performance::Performance;
use crate::model::metric::Metric;
use crate::model::reported::metrics;

/// The exact expectations by scenario and metric, over the draws of the uncertain numbers.
pub struct Exact {
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// By scenario, then by metric: the value over the horizon.
    pub horizon: Vec<Vec<Moments>>,
    /// By scenario, then by metric, then by time: the mean over draws.
    pub series: Vec<Vec<Vec<f64>>>,
    /// The number of draws; 1 where no number is uncertain.
    pub draws: u32,
}

impl Exact {
    /// The exact expectations of a model, for the whole business.
    ///
    /// # Errors
    /// Why there are none.
    pub fn of(model: &Model) -> Result<Self, Vec<String>> {
        let simulation = Simulation::new(model, Design::of(model));
        simulation.solver().map_err(<[String]>::to_vec)?;
        let follows = follows_satisfaction(model);
        let metrics: Vec<Metric> =
            metrics(model).into_iter().filter(|metric| metric.has_expectation(follows)).collect();
        let (scenarios, times) = (model.scenarios.len(), model.run.horizon as usize + 1);
        let draws = if model.is_uncertain() { model.run.replications } else { 1 };
        let mut exact = Self {
            horizon: vec![vec![Moments::default(); metrics.len()]; scenarios],
            series: vec![vec![vec![0.0; times]; metrics.len()]; scenarios],
            metrics,
            draws,
        };
        for draw in 0..draws {
            exact.take(&simulation, draw);
        }
        Ok(exact)
    }

    fn take(&mut self, simulation: &Simulation<'_>, draw: u32) {
        let model = simulation.model();
        let drawn = simulation.design().drawn(model, draw);
        let lines = Lines::of(model);
        let prices = Prices::new(model, &lines, &drawn);
        let arrivals = planned(model, &drawn);
        let Some(flows) = simulation.expected(&drawn, &arrivals) else { return };
        for (scenario, flows) in flows.iter().enumerate() {
            let whose = Whose { scenario: ScenarioId::from(scenario), fired: &[] };
            let mut books = Performance::empty(model);
            for (segment, flows) in flows.iter().enumerate() {
                let everybody = everybody(flows, &arrivals[scenario][segment]);
                books.add(&prices.performance(whose, SegmentId::from(segment), &[everybody], None));
            }
            prices.spend(whose, &mut books.money, None);
            for (place, metric) in self.metrics.iter().enumerate() {
                self.horizon[scenario][place].push(metric.horizon(&books));
                let sums = self.series[scenario][place].iter_mut();
                sums.zip(metric.series(&books)).for_each(|(sum, value)| *sum += value / f64::from(self.draws));
            }
        }
    }

    /// The mean over the horizon of a metric of a scenario, by the name that outputs use.
    pub fn mean(&self, model: &Model, scenario: &str, metric: &str) -> Option<f64> {
        let (scenario, place) = self.place(model, scenario, metric)?;
        Some(self.horizon[scenario][place].mean())
    }

    /// A metric of a scenario over time, by the name that outputs use.
    pub fn over_time(&self, model: &Model, scenario: &str, metric: &str) -> Option<&[f64]> {
        let (scenario, place) = self.place(model, scenario, metric)?;
        Some(&self.series[scenario][place])
    }

    fn place(&self, model: &Model, scenario: &str, metric: &str) -> Option<(usize, usize)> {
        let scenario = model.scenarios.iter().position(|s| s.name == scenario)?;
        let place = self.metrics.iter().position(|m| m.name(model) == metric)?;
        Some((scenario, place))
    }
}
