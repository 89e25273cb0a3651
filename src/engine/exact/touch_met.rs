//! A touchpoint as customers of one kind meet it: how often, how it ends, and where that takes them, by their satisfaction.

use crate::model::touchpoint::Cause;
use crate::quantity::StageId;

use super::bend::Bend;
use super::joint::{Joint, Known};
use super::kernel::Kernel;
use super::touch_numbers::PointNumbers;
use super::touch_plan::Planned;
use crate::engine::chance::narrow::whole;

/// A kind of customers in a period, who bend numbers.
pub trait Kind {
    /// A number that drivers bend, by satisfaction.
    fn bent(&self, bend: &Bend, plain: f64) -> Vec<f64>;
    /// Whether it is their turn to meet a touchpoint that comes every so many periods; none where turns are not told apart.
    fn in_turn(&self, place: usize, every: u32) -> Option<bool>;
}

/// A touchpoint with its numbers for one kind.
pub struct Met<'a> {
    /// Its place among the touchpoints of the model.
    pub place: usize,
    /// What brings it about.
    pub cause: Cause,
    /// How often it comes in the mean, or with which chance.
    pub often: Vec<f64>,
    /// How it ends.
    pub ends: Vec<Ends<'a>>,
}

/// How a touchpoint ends for one kind.
pub struct Ends<'a> {
    /// The chance.
    pub chance: Vec<f64>,
    /// What it does to satisfaction; none where nothing is felt.
    kernel: Option<&'a Kernel>,
    /// Where it takes people, with the chance; none are those who stay.
    ways: Vec<(Option<StageId>, Vec<f64>)>,
}

impl<'a> Met<'a> {
    /// That of one kind.
    pub fn of(numbers: &'a PointNumbers, kind: &dyn Kind) -> Self {
        let bent = kind.bent(&numbers.bend, numbers.often);
        let turn = match numbers.cause {
            Cause::Every(every) => match kind.in_turn(numbers.place, every) {
                Some(is) => f64::from(u8::from(is)),
                None => 1.0 / f64::from(every),
            },
            _ => 1.0,
        };
        // A chance is bent in log-odds.
        let chance = |bent: &f64| turn * bent / (1.0 - numbers.often + bent);
        let often = if numbers.cause == Cause::Rate { bent } else { bent.iter().map(chance).collect() };
        let weights = numbers.ends.iter().skip(1).map(|end| kind.bent(&end.bend, end.chance)).collect();
        let ends = numbers.ends.iter().zip(shared_out((numbers.rest, often.len()), weights)).map(|(end, chance)| {
            let weights = end.ways.iter().map(|(_, chance, bend)| kind.bent(bend, *chance)).collect();
            let places = std::iter::once(None).chain(end.ways.iter().map(|(place, ..)| *place));
            let shares = shared_out((end.stays, often.len()), weights);
            Ends { chance, kernel: end.kernel.as_deref(), ways: places.zip(shares).collect() }
        });
        Self { place: numbers.place, cause: numbers.cause, ends: ends.collect(), often }
    }

    /// Whether it moves satisfaction, or takes people elsewhere.
    pub fn moves(&self) -> bool {
        let leads =
            |(to, chances): &(Option<StageId>, Vec<f64>)| to.is_some() && chances.iter().any(|chance| *chance > 0.0);
        self.ends.iter().any(|end| end.kernel.is_some() || end.ways.iter().any(leads))
    }

    /// What one occurrence does, with what has to be known of it.
    pub fn once(&self, planned: &Planned, (nodes, numbers): (usize, usize)) -> Joint {
        let mut once = Joint::nobody(nodes);
        for (end, number) in self.ends.iter().zip(&planned.ends) {
            let kernel = end.kernel.map_or_else(|| Kernel::still(nodes), Kernel::clone).of_share(&end.chance);
            for (to, chances) in &end.ways {
                let mut known: Known = vec![0; numbers + 1];
                known[0] = to.map_or(0, |to| whole(to.index() + 1));
                planned.whole.iter().chain(number).for_each(|number| known[number + 1] = 1);
                let sure = end.ways.len() == 1;
                once.put(known, if sure { kernel.clone() } else { kernel.by_share(chances) });
            }
        }
        once
    }
}

/// The chance of what is left over, and those of others, in proportion to their weights.
fn shared_out((rest, nodes): (f64, usize), weights: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut all = vec![rest; nodes];
    weights.iter().for_each(|its| all.iter_mut().zip(its).for_each(|(all, weight)| *all += weight));
    let left = vec![rest; nodes];
    let share = |weights: Vec<f64>| weights.iter().zip(&all).map(|(weight, all)| weight / all).collect();
    std::iter::once(left).chain(weights).map(share).collect()
}
