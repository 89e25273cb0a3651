//! Variants of one study: the same six stages, each with some of the mechanisms switched on.

/// A mechanism that can be switched on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    Clocks,
    Satisfaction,
    Bends,
    Purchases,
    Baskets,
    PurchaseDrivers,
    Traits,
    WordOfMouth,
    MovesForMoney,
    SecondScenario,
    Forgets,
    Follows,
    Expects,
    RarelyMet,
    Met,
    Asked,
}

use Mechanism::{
    Asked, Baskets, Bends, Clocks, Expects, Follows, Forgets, Met, MovesForMoney, PurchaseDrivers, Purchases,
    RarelyMet, Satisfaction, SecondScenario, Traits, WordOfMouth,
};

/// A row of the table: what is switched on, and the row that it is compared with.
pub struct Variant {
    /// What it adds, as the table says it.
    pub name: &'static str,
    /// All that is switched on.
    pub on: &'static [Mechanism],
    /// The place of the variant that has all of it but what is new.
    pub beside: Option<usize>,
}

/// The rows of the table. A mechanism that needs another is compared with the variant that has just the other.
pub const VARIANTS: [Variant; 20] = [
    Variant { name: "plain moves", on: &[], beside: None },
    Variant { name: "clocks: chances by periods in the stage", on: &[Clocks], beside: Some(0) },
    Variant { name: "satisfaction", on: &[Satisfaction], beside: Some(0) },
    Variant { name: "moves driven by satisfaction", on: &[Satisfaction, Bends], beside: Some(2) },
    Variant { name: "traits: two, one of them a driver", on: &[Satisfaction, Bends, Traits], beside: Some(3) },
    Variant { name: "purchases, all of one price", on: &[Purchases], beside: Some(0) },
    Variant { name: "baskets", on: &[Purchases, Baskets], beside: Some(5) },
    Variant { name: "satisfaction beside purchases", on: &[Satisfaction, Purchases, Baskets], beside: Some(6) },
    Variant {
        name: "purchases driven by satisfaction",
        on: &[Satisfaction, Purchases, Baskets, PurchaseDrivers],
        beside: Some(7),
    },
    Variant { name: "word of mouth", on: &[WordOfMouth], beside: Some(0) },
    Variant { name: "money booked on moves", on: &[MovesForMoney], beside: Some(0) },
    Variant { name: "a second scenario", on: &[SecondScenario], beside: Some(0) },
    Variant { name: "a state that forgets", on: &[Satisfaction, Forgets], beside: Some(2) },
    Variant { name: "a state that follows quality", on: &[Satisfaction, Follows], beside: Some(2) },
    Variant { name: "expectation, memory and commitment", on: &[Satisfaction, Expects], beside: Some(2) },
    Variant { name: "a touchpoint that hardly anybody meets", on: &[Satisfaction, RarelyMet], beside: Some(2) },
    Variant { name: "a touchpoint met half the time", on: &[Satisfaction, Met], beside: Some(15) },
    Variant {
        name: "the same, beside expectation, memory and commitment: hardly anybody",
        on: &[Satisfaction, Expects, RarelyMet],
        beside: Some(14),
    },
    Variant {
        name: "the same, beside expectation, memory and commitment: half the time",
        on: &[Satisfaction, Expects, Met],
        beside: Some(17),
    },
    Variant { name: "a survey in every third period", on: &[Satisfaction, Asked], beside: Some(2) },
];

impl Variant {
    /// The study as text.
    pub fn study(&self, agents: u32, periods: u32) -> String {
        let on = |mechanism| self.on.contains(&mechanism);
        let when = |mechanism, text: &str| if on(mechanism) { text.to_owned() } else { String::new() };
        let mut study = format!(
            "run = {{ period = \"month\", horizon = {periods}, customers = {agents}, agents = {agents}, replications = 1 }}\n"
        );
        study += &when(
            Satisfaction,
            "experience.start = \"normal(0.6, 0.1)\"\nexperience.neutral = 0.6\nexperience.learning = 0.3\n",
        );
        study += &when(
            Expects,
            "experience.gain = 0.2\nexperience.loss = 0.45\n\
             experience.expectation = { start = \"normal(0.65, 0.08)\", adapts = 0.1 }\n\
             experience.memory = { peak = 0.5, half_life = 12 }\n\
             experience.commitment = { start = \"normal(0.5, 0.15)\", rise = 0.04, fall = 0.08 }\n",
        );
        study += &when(Forgets, "states.worn = { start = \"uniform(0, 1)\", half_life = 6 }\n");
        study += &when(Follows, "states.mood = { start = 0.6, follows = \"quality\", rise = 0.2 }\n");
        study += &when(
            Traits,
            "traits.taste = { law = \"normal(0, 1)\" }\ntraits.age = { law = \"gamma(mean=40, sd=12)\", ages = true }\n",
        );
        for (mechanism, rate) in [(RarelyMet, 0.000_01), (Met, 0.5)] {
            let quality = "quality = \"normal(0.72, 0.12)\", ends = { bad = { chance = 0.1, quality = 0.3 } }";
            study += &when(mechanism, &format!("touchpoints.call = {{ rate = {rate}, {quality} }}\n"));
        }
        study += &when(
            Asked,
            "surveys.pulse = { every = 3, sample = 500, reads = \"satisfaction\", slope = 7, cuts = [4.0, 5.4], \
             response = { chance = 0.1, strong = 6 } }\n",
        );
        study += "segments.all = { share = 1, start = { prospect = 1 } }\nscenarios.today = {}\n";
        study += &when(
            SecondScenario,
            "scenarios.other.changes = [ { target = \"stages.active.to.at_risk\", odds = 0.85 } ]\n",
        );
        for stage in STAGES {
            study += &self.stage(&stage);
        }
        study
    }

    fn stage(&self, stage: &Stage) -> String {
        let on = |mechanism| self.on.contains(&mechanism);
        let mut text = format!("[stages.{}]\nretained = {}\n", stage.name, stage.name != "churned");
        if on(WordOfMouth) && stage.name == "active" {
            text += "talks = true\n";
        }
        if let (true, Some(quality)) = (on(Satisfaction), stage.quality) {
            text += &format!("quality = \"normal({quality}, 0.15)\"\n");
        }
        if let (true, Some(rate)) = (on(Purchases), stage.rate) {
            let basket = if on(Baskets) { "\"lognormal(mu=3.4, sigma=0.5)\"" } else { "34.0" };
            let drivers = if on(PurchaseDrivers) { ", drivers = { satisfaction = 1 }" } else { "" };
            text += &format!("purchases = {{ rate = {rate}, basket = {basket}{drivers} }}\n");
        }
        if on(MovesForMoney) && stage.name == "prospect" {
            text += "on_move = { onboarding = { welcome_cost = 9 } }\n";
        }
        for (to, chance) in stage.to {
            text += &format!("to.{to} = {{ {} }}\n", self.rule(stage.name, to, *chance));
        }
        text
    }

    fn rule(&self, from: &str, to: &str, chance: f64) -> String {
        let on = |mechanism| self.on.contains(&mechanism);
        let mut rule = format!("chance = {chance}");
        if on(Clocks) {
            rule = format!("chance = [{chance}, {}, {}], by = \"periods_in_stage\"", 0.9 * chance, 0.8 * chance);
        }
        if on(Bends) && matches!(to, "at_risk" | "churned") {
            let taste = if on(Traits) { ", taste = 0.2" } else { "" };
            rule += &format!(", drivers = {{ satisfaction = -3{taste} }}");
        }
        if on(WordOfMouth) && (from, to) == ("prospect", "onboarding") {
            rule += ", word_of_mouth = 0.03";
        }
        rule
    }
}

struct Stage {
    name: &'static str,
    quality: Option<f64>,
    rate: Option<f64>,
    to: &'static [(&'static str, f64)],
}

/// The stages and chances of J1; qualities and rates of purchase of J2.
const STAGES: [Stage; 6] = [
    Stage { name: "prospect", quality: None, rate: None, to: &[("onboarding", 0.20), ("churned", 0.05)] },
    Stage {
        name: "onboarding",
        quality: Some(0.65),
        rate: Some(0.3),
        to: &[("active", 0.60), ("at_risk", 0.05), ("churned", 0.05)],
    },
    Stage {
        name: "active",
        quality: Some(0.70),
        rate: Some(1.2),
        to: &[("at_risk", 0.07), ("lapsed", 0.02), ("churned", 0.01)],
    },
    Stage {
        name: "at_risk",
        quality: Some(0.45),
        rate: Some(0.5),
        to: &[("active", 0.35), ("lapsed", 0.12), ("churned", 0.08)],
    },
    Stage { name: "lapsed", quality: None, rate: None, to: &[("active", 0.15), ("churned", 0.10)] },
    Stage { name: "churned", quality: None, rate: None, to: &[] },
];
