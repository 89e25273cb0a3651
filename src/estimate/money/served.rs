//! What serving customers at touchpoints took: contacts, minutes, people and money.

use crate::engine::count::counts::Counts;
use crate::model::channel::Tally;
use crate::model::facts::Needs;
use crate::model::param::ParamSet;
use crate::model::serving::Serving;
use crate::quantity::CounterId;
use serde::{Deserialize, Serialize};

/// What serving some customers of one scenario took, by time from 0 to the horizon; a column that no metric of the study
/// needs is empty. That of others adds up.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Served {
    /// Occurrences of touchpoints that take work, or cost money which is not spent on winning customers.
    pub contacts: Vec<f64>,
    /// Of these, those of touchpoints that cost such money.
    pub paid: Vec<f64>,
    /// That money, undiscounted.
    pub cost: Vec<f64>,
    /// Minutes of work.
    pub minutes: Vec<f64>,
    /// The full-time people whom these keep busy.
    pub people: Vec<f64>,
}

impl Served {
    /// Nothing yet.
    pub fn empty(serving: &Serving, times: usize) -> Self {
        let column = |needs| vec![0.0; if serving.has(needs) { times } else { 0 }];
        Self {
            contacts: column(Needs::Contacts),
            paid: column(Needs::CostOfContacts),
            cost: column(Needs::CostOfContacts),
            minutes: column(Needs::Work),
            people: column(Needs::Work),
        }
    }

    /// The number of columns that are not empty.
    pub fn width(serving: &Serving) -> usize {
        Self::empty(serving, 1).columns().iter().map(|column| column.len()).sum()
    }

    /// Takes in what was counted in a period, with the numbers that were in force.
    pub fn count(&mut self, serving: &Serving, flows: &Counts<f64>, t: usize, values: &ParamSet) {
        let happened = |counters: &[CounterId]| counters.iter().map(|counter| flows.cells(*counter, t)[0]).sum::<f64>();
        let columns = [(&mut self.contacts, &serving.contacts), (&mut self.paid, &serving.paid)];
        for (column, counters) in columns {
            column.get_mut(t).into_iter().for_each(|sum| *sum += happened(counters));
        }
        let at_desks = serving.desks.iter().map(|counter| flows.cells(*counter, t)[Tally::Worked.cell()] / 60.0);
        let minutes: f64 = serving
            .work
            .iter()
            .map(|its| flows.cells(its.counter, t)[its.cell] * values[its.minutes])
            .chain(at_desks)
            .sum();
        self.minutes.get_mut(t).into_iter().for_each(|sum| *sum += minutes);
        self.people.get_mut(t).into_iter().for_each(|sum| *sum += minutes * serving.people_per_minute);
    }

    /// Takes in money of a period that touchpoints cost.
    pub fn pay(&mut self, t: usize, amount: f64) {
        self.cost.get_mut(t).into_iter().for_each(|sum| *sum += amount);
    }

    /// All columns.
    pub fn columns(&self) -> [&Vec<f64>; 5] {
        [&self.contacts, &self.paid, &self.cost, &self.minutes, &self.people]
    }

    /// All columns, to be added to.
    pub fn columns_mut(&mut self) -> [&mut Vec<f64>; 5] {
        [&mut self.contacts, &mut self.paid, &mut self.cost, &mut self.minutes, &mut self.people]
    }
}
