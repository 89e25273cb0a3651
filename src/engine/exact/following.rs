//! What all touchpoints of a stage do in a period to customers of one kind: how often each comes and how it ends, what that
//! does to satisfaction, and where it takes people.
//!
//! Occurrences come one after another, and so do their kernels: n of them are the n-th power. A rate is read before the first,
//! so that n occurrences have the Poisson chance of where customers were then; chances and ends are read at each. What follows
//! others does so after all of theirs, which is why their number is known until then (`joint.rs`).

use crate::model::Model;
use crate::model::touchpoint::Cause;

use super::effect::Effect;
use super::joint::{Joint, Known};
use super::kernel::Kernel;
use super::purchase_law::{CountLaw, mean, poisson};
use super::touch_met::Met;
use super::touch_plan::TouchPlan;
use super::work::Making;
use crate::engine::chance::narrow::whole;

/// Touchpoints as they follow each other.
struct Following<'a> {
    plan: &'a TouchPlan,
    nodes: usize,
    joint: Joint,
    /// By touchpoint, how often it ends how by satisfaction before; empty of those that do not happen.
    happened: Vec<Vec<Vec<f64>>>,
    /// How many purchases customers make, by satisfaction before.
    purchases: Vec<f64>,
    /// Whether anything moves satisfaction or takes people elsewhere.
    moves: bool,
}

impl Effect {
    /// That of touchpoints in the order of cause, before the move; after it, customers have made `purchases`.
    pub fn of<'a>(
        (model, plan): (&Model, &TouchPlan),
        met: impl Iterator<Item = Met<'a>>,
        purchases: Option<&CountLaw>,
        nodes: usize,
    ) -> Self {
        let joint = Joint::still(nodes, plan.numbers);
        let happened = vec![Vec::new(); model.touchpoints.len()];
        let purchases_made = vec![0.0; nodes];
        let mut following = Following { plan, nodes, joint, happened, purchases: purchases_made, moves: false };
        if let Some(purchases) = purchases {
            following.buy(purchases);
        }
        let mut count = 0;
        for met in met {
            following.meet(&met);
            count += 1;
        }
        let work = Making { products: following.joint.products, met: count };
        Self { work, ..following.done(model) }
    }
}

impl Following<'_> {
    /// Purchases were made, which touchpoints follow.
    fn buy(&mut self, law: &CountLaw) {
        self.purchases = mean(law);
        let Some(number) = self.plan.purchases else { return };
        let mut bought = Joint::nobody(self.nodes);
        for (count, chances) in law.iter().enumerate() {
            let mut known: Known = vec![0; self.plan.numbers + 1];
            known[number + 1] = whole(count);
            bought.put(known, Kernel::still(self.nodes).of_share(chances));
        }
        self.joint = bought;
    }

    fn meet(&mut self, met: &Met<'_>) {
        let planned = &self.plan.points[met.place];
        let number = self.plan.read_by(met.cause);
        let happened = match (planned.is_joint, number) {
            (false, _) => self.count(met),
            (true, Some(number)) => self.follow(met, number),
            (true, None) => self.come(met),
        };
        self.moves |= planned.is_joint && met.moves();
        self.happened[met.place] = happened;
    }

    /// What depends on nothing else is counted.
    fn count(&self, met: &Met<'_>) -> Vec<Vec<f64>> {
        let before = match met.cause {
            Cause::After { of, end } => {
                let ends = self.happened[of.index()].iter().enumerate();
                let mut all = vec![0.0; self.nodes];
                let those = ends.filter(|(place, _)| end.is_none_or(|end| end == *place));
                those.for_each(|(_, often)| all.iter_mut().zip(often).for_each(|(all, often)| *all += often));
                all
            }
            Cause::Purchase => self.purchases.clone(),
            _ => vec![1.0; self.nodes],
        };
        let often = if met.cause == Cause::Rate { mean(&poisson(&met.often)) } else { met.often.clone() };
        let each = |chance: &Vec<f64>| -> Vec<f64> {
            chance.iter().zip(&before).zip(&often).map(|((chance, before), often)| before * often * chance).collect()
        };
        met.ends.iter().map(|end| each(&end.chance)).collect()
    }

    /// What comes by itself, once or any number of times.
    fn come(&mut self, met: &Met<'_>) -> Vec<Vec<f64>> {
        let planned = &self.plan.points[met.place];
        let law = if met.cause == Cause::Rate {
            poisson(&met.often)
        } else {
            vec![met.often.iter().map(|chance| 1.0 - chance).collect(), met.often.clone()]
        };
        let once = met.once(planned, (self.nodes, self.plan.numbers));
        let mut so_far = Joint::still(self.nodes, self.plan.numbers);
        let (mut all, mut ends) = (Joint::nobody(self.nodes), vec![vec![0.0; self.nodes]; met.ends.len()]);
        for (count, chances) in law.iter().enumerate() {
            all.put_share(&so_far, chances);
            let later = law[count + 1..].iter().fold(vec![0.0; self.nodes], |sum, its| plus(sum, its));
            if count + 1 < law.len() {
                for (often, end) in ends.iter_mut().zip(&met.ends) {
                    let one = so_far.expected(&end.chance, |_| true);
                    often
                        .iter_mut()
                        .zip(one.iter().zip(&later))
                        .for_each(|(often, (one, later))| *often += later * one);
                }
                so_far = so_far.then(|_| &once, &[]);
            }
        }
        let happened = ends.iter().map(|often| self.joint.expected(often, |_| true)).collect();
        self.joint.products += so_far.products;
        self.joint = self.joint.then(|_| &all, &planned.last_of);
        happened
    }

    /// What follows as often as a number says, each time with a chance.
    fn follow(&mut self, met: &Met<'_>, number: usize) -> Vec<Vec<f64>> {
        let planned = &self.plan.points[met.place];
        let still = Joint::still(self.nodes, self.plan.numbers);
        let mut each_time = Joint::nobody(self.nodes);
        each_time.put_share(&met.once(planned, (self.nodes, self.plan.numbers)), &met.often);
        each_time.put_share(&still, &met.often.iter().map(|chance| 1.0 - chance).collect::<Vec<f64>>());
        let mut times = vec![still];
        let mut so_far = vec![vec![0.0; self.nodes]; met.ends.len()];
        let mut happened = so_far.clone();
        for count in 1..=self.joint.most(number) {
            let before = &times[count as usize - 1];
            for ((so_far, happened), end) in so_far.iter_mut().zip(&mut happened).zip(&met.ends) {
                let both: Vec<f64> = end.chance.iter().zip(&met.often).map(|(chance, often)| chance * often).collect();
                *so_far = plus(std::mem::take(so_far), &before.expected(&both, |_| true));
                let those = self.joint.expected(so_far, |known| known[number + 1] == count);
                *happened = plus(std::mem::take(happened), &those);
            }
            times.push(before.then(|_| &each_time, &[]));
        }
        self.joint.products += times.last().map_or(0, |its| its.products);
        self.joint = self.joint.then(|known| &times[known[number + 1] as usize], &planned.last_of);
        happened
    }

    fn done(self, model: &Model) -> Effect {
        let mut effect = Effect::default();
        for (its, ends) in model.touchpoints.iter().zip(self.happened).filter(|(_, ends)| !ends.is_empty()) {
            if ends.len() > 1 {
                let all = ends.iter().fold(vec![0.0; self.nodes], |all, often| plus(all, often));
                effect.counts.push((its.counter, 0, all));
            }
            effect.counts.extend(ends.into_iter().enumerate().map(|(end, often)| (its.counter, its.cell(end), often)));
        }
        if self.moves {
            let mut places = self.joint.by_place();
            effect.kernel = places.remove(&0);
            effect.sent = places.into_iter().collect();
        }
        effect
    }
}

fn plus(mut all: Vec<f64>, more: &[f64]) -> Vec<f64> {
    all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
    all
}
