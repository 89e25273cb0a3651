//! What people see. Everything here returns text or bytes and writes nothing.

pub mod alarm;
pub mod amount;
pub mod answer;
pub mod assemble;
pub mod axis;
pub mod bars;
pub mod bidi;
pub mod bounds;
pub mod bundle;
pub mod canvas;
mod channels;
pub mod chart;
mod classes;
pub mod conversion;
pub mod costs;
pub mod curves;
#[cfg(test)]
mod desks;
pub mod enough;
pub mod fan;
mod feelings;
pub mod figure;
pub mod file_names;
#[cfg(test)]
pub mod fixture;
pub mod flow;
pub mod font;
pub mod form;
mod funnel;
pub mod gallery;
pub mod glossary;
pub mod goal;
pub mod headline;
mod heard;
pub mod heat;
pub mod html;
pub mod inert;
pub mod key;
pub mod ledger_table;
pub mod manifest;
mod means;
pub mod origin;
pub mod outcome;
pub mod palette;
pub mod panels;
pub mod parquet;
pub mod replication_tables;
pub mod risk;
pub mod rivals;
pub mod roadmap_words;
pub mod schema;
pub mod sections;
mod service;
pub mod spread;
mod switching;
pub mod table;
pub mod targets;
pub mod timeline;
pub mod value_risk;
mod watched;
pub mod waterfall;
mod weight;
pub mod workbook;

use indexmap::IndexMap;

use origin::Origin;

use crate::estimate::budget::Budget;
use crate::estimate::kept::{Draws, ReplicatedMetric};
use crate::estimate::money::business::Business;
use crate::estimate::summary::{Band, Bands, Series, Summary};
use crate::model::facts::Dimension;
use crate::model::reported::dimension_of;
use crate::stats::estimate::Estimate;
use crate::study::remark::Remark;

/// Whether a metric is an amount of money, by the name that outputs use.
pub fn is_money(metric: &str) -> bool {
    dimension_of(metric) == Dimension::Money
}

/// Every number that any output shows. Its fields are no part of what the library promises.
pub struct Report {
    /// The metrics and contrasts over the horizon.
    pub summary: Summary,
    /// The metrics over time, for each scenario and segment (`all` first): those of `timeline.csv`, by the names of
    /// [`Metric::name`](crate::model::metric::Metric::name).
    pub series: Vec<Series>,
    /// The metrics of charts over time with their outcomes, as levels and as differences from the baseline.
    pub bands: Vec<Bands>,
    /// The titles of stages by name, in the order of the study.
    pub stage_titles: IndexMap<String, String>,
    /// What people call metrics of things that have titles of their own, by their names.
    pub phrases: IndexMap<String, String>,
    /// The titles of the states that are held between 0 and 1, by their metrics.
    pub feelings: IndexMap<String, String>,
    /// What the company asks customers, and what it has promised never to do.
    pub watched: Watched,
    /// The rivals that enter within the horizon.
    pub entrants: Vec<Entrant>,
    /// The tags with their classes.
    pub tags: Vec<Tagged>,
    /// The titles of the channels, by name.
    pub channels: IndexMap<String, String>,
    /// The difference of each scenario from the baseline in every replication: scenario name -> metric -> values.
    pub samples: IndexMap<String, IndexMap<String, Vec<f64>>>,
    /// The uncertain numbers and the shocks of every replication.
    pub draws: Draws,
    /// What every scenario came to in every replication.
    pub replicated: Vec<ReplicatedMetric>,
    /// The file names of scenarios by their names.
    pub file_names: IndexMap<String, String>,
    /// What the study's author wrote about it; may be empty.
    pub description: String,
    /// What each scenario does, in the author's words; scenario name -> text.
    pub scenario_descriptions: IndexMap<String, String>,
    /// Every parameter and change, with its place in the file.
    pub assumptions: Vec<Assumption>,
    /// What a reader should know before trusting the numbers, one sentence each.
    pub notes: Vec<String>,
    /// The hours that one full-time person works in a year.
    pub full_time_hours: f64,
    /// The first and the last time at which money of customers is booked, as the accrual has it.
    pub booked: (u64, u64),
    /// The titles of the stages whose customers count as retained, by name.
    pub retained: IndexMap<String, String>,
    /// The SHA-256 of the study's text, as `manifest.json` has it; empty where it is not known.
    pub study_digest: String,
    /// Why there are no exact expectations; none where there are.
    pub why_not_exact: Option<String>,
    /// The roadmap, the books, the business case, targets, cohorts and the three uncertainties.
    pub business: Business,
    /// Where the numbers come from, and how they were asked for.
    pub origin: Origin,
    /// What may still be spent on drawing charts, and what was left out.
    pub budget: Budget,
}

impl Report {
    /// A scenario's title; its name where it has none.
    pub fn title<'a>(&'a self, scenario: &'a str) -> &'a str {
        let found = self.summary.scenarios.iter().find(|s| s.name == scenario);
        found.map(|s| s.title.as_str()).filter(|title| !title.trim().is_empty()).unwrap_or(scenario)
    }

    /// Whether there is any money in the study; where there is none, nothing is said of it.
    pub fn has_money(&self) -> bool {
        let moves =
            |estimate: &Estimate| [estimate.mean, estimate.low, estimate.high].iter().any(|value| *value != 0.0);
        let metrics = self.summary.scenarios.iter().flat_map(|scenario| &scenario.metrics);
        metrics.filter(|(metric, _)| is_money(metric)).any(|(_, estimate)| moves(estimate))
    }

    /// Whether a metric says anything here: those of money only where there is any.
    pub fn counts(&self, metric: &str) -> bool {
        !is_money(metric) || self.has_money()
    }

    /// The name of a scenario's chart, which is another on every file system than that of any other.
    pub fn chart_name(&self, family: &str, scenario: &str) -> String {
        format!("{family}_{}", self.file_names.get(scenario).map_or(scenario, String::as_str))
    }

    /// One metric of one scenario over time with its outcomes, or its difference from the baseline; nothing where it was not
    /// kept.
    pub fn bands(&self, scenario: &str, metric: &str, difference: bool) -> &[Band] {
        let is_it = |of: &&Bands| of.scenario == scenario && of.metric == metric && of.difference == difference;
        self.bands.iter().find(is_it).map_or(&[], |of| &of.values)
    }

    /// How many replications charts rest on, to be written in each: `200 replications`.
    pub fn counted(&self) -> String {
        match self.summary.replications {
            1 => "one replication".to_owned(),
            many => format!("{} replications", amount::write_count(many)),
        }
    }

    /// One metric of one scenario over time, for the whole business; nothing where it was not counted.
    pub fn over_time(&self, scenario: &str, metric: &str) -> &[Estimate] {
        let is_it = |s: &&Series| s.scenario == scenario && s.segment == "all" && s.metric == metric;
        self.series.iter().find(is_it).map_or(&[], |s| &s.values)
    }
}

/// A rival that enters: the periods between which it does in nine of ten draws, and the one in the middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Entrant {
    /// Its title.
    pub title: String,
    /// The first of them.
    pub low: f64,
    /// The one in the middle.
    pub middle: f64,
    /// The last of them.
    pub high: f64,
}

/// What the company watches, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// Its surveys.
    pub surveys: IndexMap<String, Asked>,
    /// The titles of its pillars.
    pub pillars: IndexMap<String, String>,
}

/// A survey, as the page tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its title.
    pub title: String,
    /// The period of its first wave, and of every such one after it.
    pub every: u64,
}

/// A number or change that the study rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// What it belongs to: `study`, `segment loyal`, `initiative single_view`, `scenario know_me`.
    pub part: String,
    /// The parameter path.
    pub path: String,
    /// What was written, such as `0.07`, `0.05 to 0.09`, `odds 0.75 to 0.95 from period 9`.
    pub value: String,
    /// What it is counted in; empty for a choice of words.
    pub unit: String,
    /// The file and line, such as `retailer.toml:41`.
    pub place: String,
    /// Where it comes from, and who answers for it, as the study says.
    pub remark: Remark,
}

/// A tag as charts show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tagged {
    /// What files of it are called.
    pub file_name: String,
    /// Its name as people say it.
    pub title: String,
    /// The metric of each class, with what people call the class, in rising order.
    pub classes: Vec<(String, String)>,
}
