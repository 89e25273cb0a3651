//! The impact chain: where the difference in cash flow to the baseline comes from.
//!
//! In every segment and fiscal year the margin on baskets is customers x purchases each x basket x margin rate, revenue
//! lines are customers x fees each, and what it costs to serve is customers x cost each. What touchpoints cost is
//! customers x contacts each x cost of one. Customers are counted where they can make such money: at the times in whose
//! period there are purchases and contacts, and as the accrual weighs stages. Each difference
//! of such a product is split over its factors by the logarithmic mean Divisia index ([`crate::stats::divisia`]); what it
//! costs to win customers, and initiatives, are differences as they stand. Parts add up to the whole in every replication.

use crate::model::Model;
use crate::model::counter::{BASKETS, PURCHASES};
use crate::model::facts::Needs;
use crate::model::value::accrued;
use crate::stats::divisia::parts;
use crate::stats::estimate::Estimate;
use crate::stats::moments::Moments;

use super::business::{ChainCell, ChainPart, ImpactChain};
use super::pricer::PricedScenario;
use crate::estimate::performance::Performance;

/// The drivers, in the order in which they are shown.
const DRIVERS: [(&str, &str); COUNT] = [
    ("customers", "Customers kept and won"),
    ("frequency", "Purchases per customer"),
    ("basket", "Basket"),
    ("margin_rate", "Margin rate"),
    ("fees", "Fees per customer"),
    ("contacts", "Contacts per customer"),
    ("cost_per_contact", "Cost per contact"),
    ("cost_to_serve", "Cost per customer served"),
    ("acquisition", "Acquisition"),
    ("initiatives", "Initiatives"),
];
/// How many there are.
const COUNT: usize = 10;
/// Those that there are only where touchpoints cost money.
const OF_CONTACTS: std::ops::Range<usize> = 5..7;
/// The driver of all other cost per customer, and what it is called where touchpoints cost money too.
const SERVICE: usize = 7;
const OTHER: (&str, &str) = ("other_cost", "Other cost per customer");

/// An amount for each driver.
type Parts = [f64; COUNT];

/// The parts of all scenarios, by replication.
pub struct Chains {
    years: Vec<u32>,
    last_year: usize,
    /// How the customers of each time count who may buy: those of every period.
    buying: Vec<f64>,
    /// How those count on whom money accrues by being in a stage.
    staying: Vec<f64>,
    /// By scenario, then by driver: the part over the horizon.
    parts: Vec<[Moments; COUNT]>,
    totals: Vec<Moments>,
    /// By scenario, then by segment (the business last) and year: sums of parts.
    cells: Vec<Vec<Vec<Parts>>>,
    count: u64,
}

impl Chains {
    /// Before any replication.
    pub fn new(model: &Model) -> Self {
        let years: Vec<u32> = (0..=model.run.horizon).map(|t| model.run.fiscal_year(t)).collect();
        let last_year = years.iter().copied().max().unwrap_or(1) as usize;
        let scenarios = model.scenarios.len();
        Self {
            years,
            last_year,
            buying: (0..=model.run.horizon).map(|t| f64::from(u8::from(t > 0))).collect(),
            staying: (0..=model.run.horizon)
                .map(|t| accrued(&model.run, t).iter().map(|part| part.weight).sum())
                .collect(),
            parts: vec![[Moments::default(); COUNT]; scenarios],
            totals: vec![Moments::default(); scenarios],
            cells: vec![vec![vec![[0.0; COUNT]; last_year]; model.segments.len() + 1]; scenarios],
            count: 0,
        }
    }

    /// Takes in a replication.
    pub fn take(&mut self, baseline: usize, priced: &[PricedScenario]) {
        self.count += 1;
        let base = &priced[baseline];
        for (scenario, its) in priced.iter().enumerate().filter(|(scenario, _)| *scenario != baseline) {
            let mut sums = [0.0; COUNT];
            for year in 0..self.last_year {
                for (segment, (now, then)) in its.cuts.iter().zip(&base.cuts).enumerate() {
                    let found = split(&self.year(then, year), &self.year(now, year));
                    add(&mut sums, &found);
                    add(&mut self.cells[scenario][segment][year], &found);
                }
                // What initiatives cost the business as a whole; what they cost for customers is in the segments.
                let whole = |books: &PricedScenario| {
                    let cuts: f64 = books.cuts.iter().map(|cut| self.over(year, &cut.money.initiative_cost)).sum();
                    self.over(year, &books.all.money.initiative_cost) - cuts
                };
                let mut business = [0.0; COUNT];
                business[COUNT - 1] = whole(base) - whole(its);
                add(&mut sums, &business);
                let last = self.cells[scenario].len() - 1;
                add(&mut self.cells[scenario][last][year], &business);
            }
            self.parts[scenario].iter_mut().zip(sums).for_each(|(moments, part)| moments.push(part));
            self.totals[scenario].push(sums.iter().sum());
        }
    }

    /// The sum of a column over a fiscal year, counted from 0.
    fn over(&self, year: usize, column: &[f64]) -> f64 {
        let within = column.iter().zip(&self.years).filter(|(_, its)| **its as usize == year + 1);
        within.map(|(amount, _)| amount).sum()
    }

    fn year(&self, Performance { counted, money, .. }: &Performance, year: usize) -> Year {
        let over = |column: &[f64]| self.over(year, column);
        let (revenue, baskets) = (over(&money.revenue), over(counted.total(BASKETS)));
        let acquisition = over(&money.acquisition);
        let contact_cost = over(&money.served.cost);
        let there = |weights: &[f64]| {
            let weighed: Vec<f64> =
                counted.retained.iter().zip(weights).map(|(count, weight)| count * weight).collect();
            over(&weighed)
        };
        Year {
            buying: there(&self.buying),
            staying: there(&self.staying),
            purchases: over(counted.total(PURCHASES)),
            baskets,
            margin: over(&money.margin) - (revenue - baskets),
            fees: revenue - baskets,
            contacts: over(&money.served.paid),
            contact_cost,
            service: over(&money.cost) - acquisition - contact_cost,
            acquisition,
            initiatives: over(&money.initiative_cost),
        }
    }

    /// The chain of a scenario; its intervals are `known` unless something that decides comes too seldom.
    pub fn found(&self, model: &Model, scenario: usize, known: bool) -> ImpactChain {
        let estimate = |moments: &Moments| {
            if known { Estimate::of(moments, model.run.interval) } else { Estimate::unknown(moments.mean()) }
        };
        let name = |segment: usize| model.segments.get(segment).map(|its| its.name.clone());
        let contacts = model.serving.has(Needs::CostOfContacts);
        let called = |place: usize| if contacts && place == SERVICE { OTHER } else { DRIVERS[place] };
        let shown = || (0..COUNT).filter(|place| contacts || !OF_CONTACTS.contains(place));
        let mut cells = Vec::new();
        for (segment, years) in self.cells[scenario].iter().enumerate() {
            for (year, parts) in (1..).zip(years) {
                for place in shown().filter(|place| parts[*place] != 0.0) {
                    let (driver, amount) = (called(place).0.to_owned(), parts[place] / self.count as f64);
                    cells.push(ChainCell { segment: name(segment), year, driver, amount });
                }
            }
        }
        let part = |place: usize| {
            let (driver, title) = called(place);
            let amount = estimate(&self.parts[scenario][place]);
            ChainPart { driver: driver.to_owned(), title: title.to_owned(), amount }
        };
        ImpactChain {
            scenario: model.scenarios[scenario].name.clone(),
            baseline: model.scenarios[model.baseline.index()].name.clone(),
            parts: shown().map(part).collect(),
            total: estimate(&self.totals[scenario]),
            cells,
        }
    }
}

/// What a segment did in one fiscal year.
struct Year {
    /// Customer-periods in which there may be purchases and contacts: none at time 0.
    buying: f64,
    /// Customer-periods on which money accrues by being in a stage, as the accrual weighs them.
    staying: f64,
    purchases: f64,
    baskets: f64,
    margin: f64,
    fees: f64,
    /// Contacts at touchpoints that cost money, and that money.
    contacts: f64,
    contact_cost: f64,
    /// All other cost but that of acquisition.
    service: f64,
    acquisition: f64,
    initiatives: f64,
}

/// The parts of the difference between two years, by driver.
fn split(before: &Year, after: &Year) -> Parts {
    let share = |part: f64, whole: f64| if whole == 0.0 { 0.0 } else { part / whole };
    let margin = |year: &Year| {
        [
            year.buying,
            share(year.purchases, year.buying),
            share(year.baskets, year.purchases),
            share(year.margin, year.baskets),
        ]
    };
    let [kept, frequency, basket, rate] = parts(margin(before), margin(after));
    let contact =
        |year: &Year| [year.buying, share(year.contacts, year.buying), share(year.contact_cost, year.contacts)];
    let [met, often, each_contact] = parts(contact(before), contact(after));
    let each = |amount: &dyn Fn(&Year) -> f64| {
        let pair = |year: &Year| [year.staying, share(amount(year), year.staying)];
        parts(pair(before), pair(after))
    };
    let [paying, fees] = each(&|year| year.fees);
    let [served, service] = each(&|year| year.service);
    // What a product cannot hold, because nobody was there to make it, is left to the driver that stands last.
    let lost = |whole: f64, product: f64| whole - product;
    let rest_of = |amount: &dyn Fn(&Year) -> f64| {
        let held = |year: &Year| if year.staying == 0.0 { 0.0 } else { amount(year) };
        lost(amount(after) - amount(before), held(after) - held(before))
    };
    let margin_held = |year: &Year| margin(year).iter().product::<f64>();
    let margin_rest = lost(after.margin - before.margin, margin_held(after) - margin_held(before));
    let contact_held = |year: &Year| contact(year).iter().product::<f64>();
    let contact_rest = lost(after.contact_cost - before.contact_cost, contact_held(after) - contact_held(before));
    [
        kept + paying - served - met,
        frequency,
        basket,
        rate + margin_rest,
        fees + rest_of(&|year| year.fees),
        -often,
        -each_contact - contact_rest,
        -service - rest_of(&|year| year.service),
        before.acquisition - after.acquisition,
        before.initiatives - after.initiatives,
    ]
}

fn add(into: &mut Parts, from: &Parts) {
    into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn year(numbers: [f64; 11]) -> Year {
        let [
            buying,
            staying,
            purchases,
            baskets,
            margin,
            fees,
            contacts,
            contact_cost,
            service,
            acquisition,
            initiatives,
        ] = numbers;
        Year {
            buying,
            staying,
            purchases,
            baskets,
            margin,
            fees,
            contacts,
            contact_cost,
            service,
            acquisition,
            initiatives,
        }
    }

    fn cash(year: &Year) -> f64 {
        year.margin + year.fees - year.contact_cost - year.service - year.acquisition - year.initiatives
    }

    proptest! {
        #[test]
        fn parts_add_up_whatever_the_years_hold(
            before in proptest::array::uniform11(prop_oneof![Just(0.0), 0.0..1e6_f64]),
            after in proptest::array::uniform11(prop_oneof![Just(0.0), 0.0..1e6_f64]),
        ) {
            let (before, after) = (year(before), year(after));
            let total: f64 = split(&before, &after).iter().sum();
            let whole = cash(&after) - cash(&before);
            prop_assert!((total - whole).abs() <= 1e-9 * (cash(&after).abs() + cash(&before).abs() + 1e6));
        }
    }

    #[test]
    fn one_driver_that_moves_alone_has_all_of_the_difference() {
        let before = year([100.0, 100.0, 200.0, 8000.0, 2400.0, 500.0, 40.0, 120.0, 300.0, 50.0, 0.0]);
        let more = year([110.0, 110.0, 220.0, 8800.0, 2640.0, 550.0, 44.0, 132.0, 330.0, 50.0, 0.0]);
        let parts = split(&before, &more);
        assert!((parts[0] - 248.0).abs() < 1e-9, "{parts:?}");
        assert!(parts[1..].iter().all(|part| part.abs() < 1e-9), "{parts:?}");
    }
}
