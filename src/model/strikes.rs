//! Strikes of shocks that come so often that each by itself would be most of the work: taken together where that is the same.

use super::Model;
use super::change::Op;
use super::draw::{Draw, ShockEvent};

/// Up to so many strikes are applied one by one, in the order in which they come.
pub const MOST_STRIKES: usize = 256;

/// What all shocks do, where they all multiply the same way.
fn op(model: &Model) -> Option<Op> {
    let mut ops = model.shocks.iter().flat_map(|shock| &shock.effects).map(|effect| effect.op);
    let op = ops.next().filter(|op| matches!(op, Op::Odds | Op::Hazard | Op::Times))?;
    ops.all(|other| other == op).then_some(op)
}

/// All strikes of a draw, by shock.
pub struct Strikes<'a> {
    model: &'a Model,
    draw: &'a Draw,
    op: Op,
    /// By shock: the places of its strikes.
    places: Vec<Vec<usize>>,
    times: usize,
}

impl<'a> Strikes<'a> {
    /// Whether all shocks of a model multiply the same way, so that the order in which they come does not matter.
    pub fn add_up(model: &Model) -> bool {
        op(model).is_some()
    }

    /// The strikes of a draw; none where they cannot be taken together.
    pub fn new(model: &'a Model, draw: &'a Draw) -> Option<Self> {
        let op = op(model)?;
        if draw.struck.iter().flat_map(|struck| &struck.amounts).any(|amount| *amount <= 0.0) {
            return None;
        }
        let mut places = vec![Vec::new(); model.shocks.len()];
        for (place, struck) in draw.struck.iter().enumerate() {
            places[struck.shock].push(place);
        }
        Some(Self { model, draw, op, places, times: model.run.horizon as usize + 1 })
    }

    /// What all strikes of a shock together multiply by at each time, in one of its effects.
    pub fn factors(&self, shock: usize, effect: usize, half_life: Option<f64>) -> Vec<f64> {
        let mut logs = match self.op {
            Op::Times => self.one_by_one(shock, effect, half_life),
            _ => self.decaying(shock, effect, half_life),
        };
        logs.iter_mut().for_each(|log| *log = libm::exp(*log));
        logs
    }

    /// Shares multiply the logarithms of odds and hazards, so those add up; after its onset a share dies out by the same
    /// part in every period, and so does the sum.
    fn decaying(&self, shock: usize, effect: usize, half_life: Option<f64>) -> Vec<f64> {
        let written = &self.model.shocks[shock];
        let onset = written.onset.max(1) as usize;
        let mut struck = vec![0.0; self.times];
        for its in self.of(shock) {
            struck[its.period as usize] += libm::log(its.amounts[effect]);
        }
        let left = half_life.map_or(1.0, |half| if half > 0.0 { libm::exp2(-1.0 / half) } else { 0.0 });
        let growing: Vec<f64> = (0..written.onset.max(1) - 1).map(|since| written.share(since, half_life)).collect();
        let mut grown = 0.0;
        let at = |t: usize| {
            grown = grown * left + (t + 1).checked_sub(onset).map_or(0.0, |began| struck[began]);
            let young = growing.iter().zip(struck[..=t].iter().rev()).map(|(share, log)| share * log);
            grown + young.sum::<f64>()
        };
        (0..self.times).map(at).collect()
    }

    fn one_by_one(&self, shock: usize, effect: usize, half_life: Option<f64>) -> Vec<f64> {
        let profile: Vec<f64> =
            (0..).map(|since| self.model.shocks[shock].share(since, half_life)).take(self.times).collect();
        // What is left of a strike in the end changes no digit.
        let lasting = profile.iter().rposition(|share| *share >= 1e-19).map_or(0, |last| last + 1);
        let mut logs = vec![0.0; self.times];
        for its in self.of(shock) {
            let later = logs.iter_mut().skip(its.period as usize).zip(&profile[..lasting]);
            later.for_each(|(sum, share)| *sum += libm::log1p((its.amounts[effect] - 1.0) * share));
        }
        logs
    }

    fn of(&self, shock: usize) -> impl Iterator<Item = &ShockEvent> {
        self.places[shock].iter().map(|place| &self.draw.struck[*place])
    }
}

#[cfg(test)]
mod tests {
    use super::Strikes;
    use crate::model::Model;
    use crate::model::change::Op;
    use crate::model::draw::{Draw, Luck};
    use crate::study::Study;
    use crate::study::source::Source;

    /// Probabilities that jump about.
    struct Scattered;

    impl Luck for Scattered {
        fn number(&self, luck: u64) -> f64 {
            self.event(luck, 0, 0)
        }

        fn event(&self, _: u64, period: u32, question: u32) -> f64 {
            (f64::from(period * 7 + question * 3) * 0.618_033_988_749).fract().clamp(1e-6, 1.0 - 1e-6)
        }
    }

    fn model(op: &str, half_life: &str) -> Model {
        let text = format!(
            "run = {{ period = \"month\", horizon = 60, customers = 10, agents = 10, replications = 1 }}\n\
             segments.all = {{ share = 1, start = {{ here = 1 }} }}\n\
             stages.here = {{ retained = true, to.gone = 0.1, purchases = {{ rate = 1, basket = 10 }} }}\nstages.gone = {{}}\n\
             shocks = [ {{ hazard = 0.8, onset = 3, {half_life} effects = [ {op} ] }} ]\nscenarios.today = {{}}\n"
        );
        let source = Source::new("shocks.toml", env!("CARGO_MANIFEST_DIR"), &text);
        Model::compile(&Study::parse(&source).unwrap()).unwrap()
    }

    #[test]
    fn strikes_taken_together_are_the_strikes_one_by_one() {
        let odds = "{ target = \"stages.here.to.gone\", odds = \"0.8 to 1.3\" }";
        let times = "{ target = \"stages.here.purchases.rate\", times = \"0.8 to 1.3\" }";
        for (effect, op) in [(odds, Op::Odds), (times, Op::Times)] {
            for half_life in ["half_life = 5,", "half_life = 0.5,", ""] {
                let model = model(effect, half_life);
                let draw = Draw::new(&model, &Scattered);
                together_as_one_by_one(&model, &draw, op);
            }
        }
    }

    fn together_as_one_by_one(model: &Model, draw: &Draw, op: Op) {
        let half_life = model.shocks[0].half_life.map(|id| draw[id]);
        let together = Strikes::new(model, draw).unwrap().factors(0, 0, half_life);
        assert!(draw.struck.len() > 30);
        for (t, factor) in (0_u32..).zip(together) {
            let x = 0.1;
            let mut one_by_one = x;
            for its in draw.struck.iter().filter(|its| its.period <= t) {
                one_by_one = op.apply(one_by_one, its.amounts[0], model.shocks[0].share(t - its.period, half_life));
            }
            let at_once = op.apply(x, factor, 1.0);
            assert!((at_once - one_by_one).abs() < 1e-13, "{op:?} {t}: {at_once} {one_by_one}");
        }
    }
}
