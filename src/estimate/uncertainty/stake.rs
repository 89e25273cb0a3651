//! A stake is how much one simulated customer can move a number by: what an interval allows for that nobody happened to do.
//!
//! It is told from the study's amounts, not from what was drawn: from what customers come to who stay in one stage
//! throughout, and from what one purchase, one move and one of each other event are worth.

use crate::engine::count::cells::Arrivals;
use crate::engine::count::counts::Counts;
use crate::engine::count::layout::CountLayout;
use crate::model::Model;
use crate::model::change::Change;
use crate::model::channel::OF_PEOPLE;
use crate::model::check::reached;
use crate::model::counter::{ACQUIRED, BASKETS, CUSTOMERS, Measure, PURCHASES, SATISFACTION};
use crate::model::draw::Draw;
use crate::model::roadmap::Planned;
use crate::model::timeline::Timeline;
use crate::quantity::{CounterId, ParamId, ScenarioId, SegmentId, StageId};
use crate::stats::distribution::Distribution;

use crate::estimate::money::entered::Cohort;
use crate::estimate::money::lines::Lines;
use crate::estimate::money::prices::Prices;
use crate::estimate::money::statement::Whose;
use crate::model::metric::Metric;

/// How much one simulated customer can move a metric by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stake {
    /// Over the horizon.
    pub horizon: f64,
    /// At or in each time, 0 to the horizon.
    pub at: Vec<f64>,
}

/// Series by life, then by metric: of customers of one scenario and segment.
struct Lives {
    /// Of those who stay in a stage throughout.
    stays: Vec<Vec<Vec<f64>>>,
    /// Of single deeds, done in every period.
    deeds: Vec<Vec<Vec<f64>>>,
}

/// The stakes of all scenarios.
pub struct Stakes {
    /// By scenario, then by cut (all, then segments), then by metric.
    pub levels: Vec<Vec<Vec<Stake>>>,
    /// By scenario, then by metric, for the whole business: how much one customer can move the difference from the baseline.
    pub differences: Vec<Vec<f64>>,
    /// By scenario: whether its customers live the baseline's lives whatever is drawn, and only amounts differ.
    pub alike: Vec<bool>,
}

impl Stakes {
    /// The stakes of a model at its central numbers.
    pub fn of(model: &Model, metrics: &[Metric]) -> Self {
        let drawn = model.central();
        let lines = Lines::of(model);
        let prices = Prices::new(model, &lines, &drawn);
        let baseline = model.baseline.index();
        let scenarios = model.scenarios.len();
        let alike: Vec<bool> = (0..scenarios).map(|scenario| is_alike(model, scenario)).collect();
        let mut levels = vec![Vec::new(); scenarios];
        let mut differences = vec![vec![0.0_f64; metrics.len()]; scenarios];
        for segment in 0..model.segments.len() {
            let weight = Arrivals::at_start(model, segment).weight();
            let lives = |scenario| Lives::of(&prices, (model, &drawn), (scenario, segment), metrics);
            let base = lives(baseline);
            let of_base = base.stakes(metrics, weight);
            for scenario in 0..scenarios {
                let its = if scenario == baseline { None } else { Some(lives(scenario)) };
                let its = its.as_ref().unwrap_or(&base);
                let own = its.stakes(metrics, weight);
                let moved = if alike[scenario] { its.less(&base).stakes(metrics, weight) } else { own.clone() };
                for ((most, moved), base) in differences[scenario].iter_mut().zip(&moved).zip(&of_base) {
                    *most = most.max(moved.horizon).max(if alike[scenario] { 0.0 } else { base.horizon });
                }
                levels[scenario].push(own);
            }
        }
        for cuts in &mut levels {
            let all =
                (0..metrics.len()).map(|place| largest(cuts.iter().map(|cut: &Vec<Stake>| &cut[place]))).collect();
            cuts.insert(0, all);
        }
        Self { levels, differences, alike }
    }
}

impl Lives {
    fn of(
        prices: &Prices<'_>,
        (model, drawn): (&Model, &Draw),
        (scenario, segment): (usize, usize),
        metrics: &[Metric],
    ) -> Self {
        let whose = Whose { scenario: ScenarioId::from(scenario), fired: &[] };
        let segment = SegmentId::from(segment);
        let (stays, deeds) = people(model, &Timeline::new(model, drawn, whose.scenario, segment));
        let come = |flows: &[Counts<f64>]| -> Vec<Vec<Vec<f64>>> {
            let cohorts: Vec<[Cohort<'_>; 1]> =
                flows.iter().map(|flows| [Cohort { entry: 0, flows, came: 1.0, later: &[] }]).collect();
            let sets: Vec<&[Cohort<'_>]> = cohorts.iter().map(|cohort| &cohort[..]).collect();
            let books = prices.performances(whose, segment, &sets, None);
            books.iter().map(|books| metrics.iter().map(|metric| metric.series(books)).collect()).collect()
        };
        Self { stays: come(&stays), deeds: come(&deeds) }
    }

    /// What differs from other lives that are lived in the same stages.
    fn less(&self, other: &Self) -> Self {
        let less = |ours: &Vec<Vec<Vec<f64>>>, theirs: &Vec<Vec<Vec<f64>>>| {
            let mut ours = ours.clone();
            let cells = ours.iter_mut().flatten().flatten();
            cells.zip(theirs.iter().flatten().flatten()).for_each(|(our, their)| *our -= their);
            ours
        };
        Self { stays: less(&self.stays, &other.stays), deeds: less(&self.deeds, &other.deeds) }
    }

    /// By metric; `weight` are the real customers that one simulated one stands for.
    fn stakes(&self, metrics: &[Metric], weight: f64) -> Vec<Stake> {
        let of = |(place, metric): (usize, &Metric)| {
            let series =
                |lives: &'_ [Vec<Vec<f64>>]| -> Vec<Vec<f64>> { lives.iter().map(|its| its[place].clone()).collect() };
            stake(*metric, &series(&self.stays), &series(&self.deeds), weight)
        };
        metrics.iter().enumerate().map(of).collect()
    }
}

/// Customers who stay in each stage throughout, and single purchases, moves, and whatever else happens that is counted.
fn people(model: &Model, timeline: &Timeline<'_>) -> (Vec<Counts<f64>>, Vec<Counts<f64>>) {
    let layout = CountLayout::of(model);
    let nobody = Counts::new(&layout, 0, model.run.horizon);
    let mut stays = vec![nobody.clone(); model.stages.len()];
    let mut purchases = stays.clone();
    let mut contacts: Vec<Vec<(CounterId, [f64; OF_PEOPLE])>> = Vec::new();
    for t in 0..=model.run.horizon {
        let at = t as usize;
        let values = timeline.values(t).0;
        let desks = model.channels.iter().filter_map(|its| Some((its.people, its.desk.as_ref()?.of_contact(&values))));
        contacts.push(desks.collect());
        for (place, stage) in model.stages.iter().enumerate() {
            let (stay, purchase) = (&mut stays[place], &mut purchases[place]);
            stay.cells_mut(CUSTOMERS, at)[place] = 1.0;
            stay.cells_mut(ACQUIRED, at)[0] = 1.0;
            stay.cells_mut(SATISFACTION, at)[0] = 1.0;
            if let Some(its) = stage.purchases.as_ref().filter(|_| t > 0) {
                stay.cells_mut(PURCHASES, at)[place] = values[its.rate];
                stay.cells_mut(BASKETS, at)[place] = values[its.rate] * values[its.basket];
                purchase.cells_mut(PURCHASES, at)[place] = 1.0;
                purchase.cells_mut(BASKETS, at)[place] = values[its.basket];
            }
        }
    }
    // What a class spends at once is a basket of some stage.
    let basket = |t: usize| purchases.iter().flat_map(|its| its.cells(BASKETS, t)).copied().fold(0.0, f64::max);
    let baskets: Vec<f64> = (0..=model.run.horizon as usize).map(basket).collect();
    let spent = |counter: CounterId| model.tags.iter().filter_map(|tag| tag.cut?.spent).any(|its| its == counter);
    let happened = |(counter, cell): (CounterId, usize)| {
        let mut happened = nobody.clone();
        for (t, basket) in baskets.iter().enumerate().skip(1) {
            // Of what the people of a channel do one contact is but a part.
            let contact = contacts[t].iter().find(|(its, _)| *its == counter).map(|(_, parts)| parts[cell]);
            let once = contact.unwrap_or(1.0);
            happened.cells_mut(counter, t)[cell] = if spent(counter) { *basket } else { once };
        }
        happened
    };
    // What is bought is a deed of its stage, with its money.
    let is_event = |counter: &CounterId| {
        !matches!(*counter, PURCHASES | BASKETS) && model.counters[counter.index()].measures == Measure::Event
    };
    let events = layout.ids().filter(is_event);
    let events = events.flat_map(|counter| (0..layout.place(counter).length).map(move |cell| (counter, cell)));
    // A stage that nobody can ever be in moves no interval.
    let reached = reached(model);
    let of_reached = |lives: Vec<Counts<f64>>| -> Vec<Counts<f64>> {
        let places = lives.into_iter().enumerate();
        places.filter(|(place, _)| reached.contains(&StageId::from(*place))).map(|(_, flows)| flows).collect()
    };
    let (stays, mut deeds) = (of_reached(stays), of_reached(purchases));
    deeds.extend(events.map(happened));
    (stays, deeds)
}

/// The stake of a metric, from the series of those who stay in a stage and of single deeds.
///
/// Who leaves one stage for another at some time changes what is to come from there on by at most the range between stages:
/// over the horizon the root of the mean square over that time, since all are as good.
fn stake(metric: Metric, stays: &[Vec<f64>], deeds: &[Vec<f64>], weight: f64) -> Stake {
    let times = stays.first().map_or(0, Vec::len);
    let range = |t: usize| {
        let (least, most) = stays
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), its| (least.min(its[t]), most.max(its[t])));
        most - least
    };
    let deed = |t: usize| deeds.iter().map(|its| its[t].abs()).fold(0.0, f64::max);
    let both = |stay: f64, deed: f64| weight * libm::hypot(stay, deed);
    let (ranges, deeds): (Vec<f64>, Vec<f64>) = (0..times).map(|t| (range(t), deed(t))).unzip();
    if metric.is_state() {
        // Only of a sum does what somebody does in a period say how things are at its end.
        let at = |t: usize| if metric.is_ratio() { weight * ranges[t] } else { both(ranges[t], deeds[t]) };
        let at: Vec<f64> = (0..times).map(at).collect();
        return Stake { horizon: at.last().copied().unwrap_or(0.0), at };
    }
    // Of what is cumulated only steps are told apart.
    let step = |series: &[f64], t: usize| {
        if metric.is_cumulated() && t > 0 { (series[t] - series[t - 1]).abs() } else { series[t] }
    };
    let steps: Vec<f64> = (0..times).map(|t| step(&ranges, t)).collect();
    let single: Vec<f64> = (0..times).map(|t| step(&deeds, t)).collect();
    let up_to = |last: usize| {
        let (mut rest, mut squares) = (0.0, 0.0);
        for t in (0..=last).rev() {
            rest += steps[t];
            squares += rest * rest;
        }
        both(libm::sqrt(squares / (last + 1) as f64), single[..=last].iter().copied().fold(0.0, f64::max))
    };
    let at = (0..times).map(|t| if metric.is_cumulated() { up_to(t) } else { both(steps[t], single[t]) });
    Stake { horizon: times.checked_sub(1).map_or(0.0, up_to), at: at.collect() }
}

fn largest<'a>(stakes: impl Iterator<Item = &'a Stake>) -> Stake {
    stakes.fold(Stake::default(), |mut most, its| {
        most.horizon = most.horizon.max(its.horizon);
        most.at.resize(its.at.len(), 0.0);
        most.at.iter_mut().zip(&its.at).for_each(|(most, its)| *most = most.max(*its));
        most
    })
}

/// Whether a scenario's customers live the lives of the baseline's, whatever is drawn: what the two change beyond amounts is
/// the same.
fn is_alike(model: &Model, scenario: usize) -> bool {
    let amounts = amounts(model);
    let [its, base] = [scenario, model.baseline.index()].map(|scenario| &model.scenarios[scenario]);
    let moves_lives = |change: &&Change| !change.targets.iter().all(|target| amounts.contains(target));
    let acts = |planned: &&Planned| {
        let initiative = &model.initiatives[planned.initiative];
        let dip = initiative.dip.iter().flat_map(|dip| &dip.effects);
        initiative.effects.iter().chain(dip).any(|change| moves_lives(&change))
    };
    // Where initiatives wait for each other, or people can get used to few at a time, one that only costs moves others.
    let apart = model.capabilities.is_empty() && model.roadmap.change_capacity.is_none();
    let plans = [its, base].map(|its| its.plan.iter().filter(|planned| !apart || acts(planned)).collect::<Vec<_>>());
    let changes = [its, base].map(|its| its.changes.iter().filter(moves_lives).collect::<Vec<_>>());
    let pairs = || changes[0].iter().zip(&changes[1]);
    !model.has_rules()
        && plans[0] == plans[1]
        && changes[0].len() == changes[1].len()
        && pairs().all(|(one, other)| is_same(model, one, other))
}

/// Whether two changes are one, written twice.
fn is_same(model: &Model, one: &Change, other: &Change) -> bool {
    let amount = |change: &Change| &model.params[change.amount.index()].law;
    let known = matches!(amount(one), Distribution::Constant(_)) || one.amount == other.amount;
    let when = |change: &Change| (change.from, change.until);
    known
        && amount(one) == amount(other)
        && (one.op, when(one)) == (other.op, when(other))
        && one.targets == other.targets
        && one.segments == other.segments
}

/// The numbers that say what things are worth, and not what customers do.
fn amounts(model: &Model) -> Vec<ParamId> {
    let baskets = model.stages.iter().filter_map(|stage| stage.purchases.as_ref());
    let baskets = baskets.flat_map(|its| [its.basket, its.margin]);
    let booked = model.bookings.all().iter().flat_map(|booking| booking.price.all());
    let newcomers = model.segments.iter().filter_map(|segment| segment.inflow.as_ref()?.cost);
    booked.chain(baskets).chain(newcomers).collect()
}
