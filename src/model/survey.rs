//! Surveys in numbers: whom the company asks, what they answer, and what of that it sees.
//!
//! Scores follow an ordered logit (`McCullagh` 1980, "Regression models for ordinal data", Journal of the Royal Statistical
//! Society B 42(2)). Who answers differs from who does not, so that a score is biased however many are asked (Groves &
//! Peytcheva 2008, "The impact of nonresponse rates on nonresponse bias", Public Opinion Quarterly 72(2)).

use serde::{Deserialize, Serialize};

use crate::quantity::{CounterId, ParamId, TouchpointId};
use crate::stats::sample::binomial_quantile;

use super::journey::{Driver, State};

/// How many cells count a survey.
pub const CELLS: usize = 6;
/// In how many parts of one customer each cell counts.
pub const PARTS: f64 = 65_536.0;
/// The most surveys that ask those who met a touchpoint: each has a bit of a word.
pub const MOST_ON_TOUCHPOINTS: u32 = 32;
/// How many probabilities a wave draws by: how many answer, how many of them are detractors, and promoters.
pub const QUESTIONS: usize = 3;

/// The samples of a wave: that of all customers, and a half of it from each of two batches of them.
pub const SAMPLES: usize = 3;

/// The probabilities that a wave draws by, for each of its samples.
pub type WaveLuck = [[f64; QUESTIONS]; SAMPLES];

/// What the company asks.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Its name in the study.
    pub name: String,
    /// Its name as people say it.
    pub title: String,
    /// What tells its draws from those of others.
    pub luck: u64,
    /// After how many periods customers are asked again.
    pub every: u32,
    /// The real people asked in a wave.
    pub sample: f64,
    /// For each stage, whether customers there are asked.
    pub stages: Vec<bool>,
    /// The touchpoint that they must have met in the period, and one of its ends where only that counts.
    pub on: Option<(TouchpointId, Option<usize>)>,
    /// What people answer by.
    pub reads: State,
    /// Log-odds of the answer per unit of that.
    pub slope: ParamId,
    /// Where detractors end, and where promoters begin.
    pub cuts: [ParamId; 2],
    /// The chance to answer, how much strong feelings raise it, and a reward; all answer where there is none.
    pub response: Option<Answering>,
    /// What counts it.
    pub counter: CounterId,
}

/// Who of those asked answers.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The chance at neutral.
    pub chance: ParamId,
    /// Log-odds per unit away from neutral.
    pub strong: Option<ParamId>,
    /// Log-odds that a reward adds.
    pub incentive: Option<ParamId>,
    /// What bends it, in log-odds.
    pub drivers: Vec<Driver>,
}

/// What a wave comes to in the mean, in real customers: the order is that of its counter's cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wave {
    /// Those who may be asked.
    pub asked: f64,
    /// Those of them who would answer.
    pub answering: f64,
    /// The detractors among those who would answer.
    pub answering_detractors: f64,
    /// The promoters among those.
    pub answering_promoters: f64,
    /// The detractors among all who may be asked.
    pub detractors: f64,
    /// The promoters among all.
    pub promoters: f64,
}

/// What the company sees of a wave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Seen {
    /// How many answered.
    pub answers: f64,
    /// How many of them are detractors.
    pub detractors: f64,
    /// How many of them are promoters.
    pub promoters: f64,
}

/// What is said of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The score on the dashboard.
    Score,
    /// The score that everybody would give.
    Truth,
    /// The score that those who answer tend to.
    Respondents,
    /// The share of those asked who answer, in the mean.
    Response,
    /// How many answered.
    Answers,
    /// The share of promoters on the dashboard.
    Promoters,
    /// The share of detractors on the dashboard.
    Detractors,
}

/// The surveys that ask those who met a touchpoint that ended so, as bits.
pub fn asks(surveys: &[Survey], (place, end): (usize, usize)) -> u32 {
    let asked = surveys.iter().filter_map(|its| its.on);
    let fits = |(of, only): (TouchpointId, Option<usize>)| of.index() == place && only.is_none_or(|only| only == end);
    (0..MOST_ON_TOUCHPOINTS).zip(asked).filter(|(_, on)| fits(*on)).fold(0, |bits, (bit, _)| bits | 1 << bit)
}

/// The bit of each survey that asks those who met a touchpoint.
pub fn bits(surveys: &[Survey]) -> Vec<Option<u32>> {
    let mut next = 0;
    let bit = |its: &Survey| {
        its.on?;
        next += 1;
        (next <= MOST_ON_TOUCHPOINTS).then(|| 1 << (next - 1))
    };
    surveys.iter().map(bit).collect()
}

impl Said {
    /// All of it, in the order in which outputs show it.
    pub const ALL: [Self; 7] =
        [Self::Score, Self::Truth, Self::Respondents, Self::Response, Self::Answers, Self::Promoters, Self::Detractors];

    /// What follows the name of the survey.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Score => None,
            Self::Truth => Some("truth"),
            Self::Respondents => Some("respondents"),
            Self::Response => Some("response"),
            Self::Answers => Some("answers"),
            Self::Promoters => Some("promoters"),
            Self::Detractors => Some("detractors"),
        }
    }
}

impl Survey {
    /// What the company sees of every wave so far, one sample of each, from the counts of all customers by period. The
    /// share of its sample that is asked is 1, or a half in each batch, so that batches differ as much as chance makes them.
    pub fn waves<'f>(&self, (set, luck): (usize, &[WaveLuck]), counted: impl Fn(u32) -> &'f [f64]) -> Vec<Seen> {
        let size = if set == 0 { self.sample } else { libm::ceil(self.sample / (SAMPLES - 1) as f64) };
        let wave = |(place, luck): (u32, &WaveLuck)| {
            Wave::of(counted((place + 1).saturating_mul(self.every))).seen(size, luck[set])
        };
        (0..).zip(luck).map(wave).collect()
    }

    /// What it reads of customers: what they answer by, and what bends who answers.
    pub fn states(&self) -> impl Iterator<Item = State> {
        let drivers = self.response.iter().flat_map(|its| &its.drivers).map(|driver| driver.on);
        std::iter::once(self.reads).chain(drivers)
    }

    /// Whether it asks at the end of a period.
    pub fn asks(&self, period: u32) -> bool {
        period > 0 && period.is_multiple_of(self.every)
    }
}

impl Wave {
    /// That of a counter's cells.
    pub fn of(cells: &[f64]) -> Self {
        let at = |place: usize| cells.get(place).copied().unwrap_or(0.0).max(0.0);
        Self {
            asked: at(0),
            answering: at(1),
            answering_detractors: at(2),
            answering_promoters: at(3),
            detractors: at(4),
            promoters: at(5),
        }
    }

    /// The score of everybody who may be asked, from −100 to 100.
    pub fn truth(&self) -> f64 {
        score(self.promoters, self.detractors, self.asked)
    }

    /// The score that those who answer tend to.
    pub fn respondents(&self) -> f64 {
        score(self.answering_promoters, self.answering_detractors, self.answering)
    }

    /// The share of promoters among those who answer.
    pub fn promoting(&self) -> f64 {
        share(self.answering_promoters, self.answering)
    }

    /// The share of detractors among those who answer.
    pub fn detracting(&self) -> f64 {
        share(self.answering_detractors, self.answering)
    }

    /// The share of those asked who answer.
    pub fn response(&self) -> f64 {
        share(self.answering, self.asked)
    }

    /// What the company sees when it asks so many: how many answer is binomial, and their scores are multinomial. Each number
    /// is the quantile of one probability, so that more detractors in the mean are never fewer in the sample.
    pub fn seen(&self, sample: f64, luck: [f64; QUESTIONS]) -> Seen {
        let asked = libm::floor(sample.min(libm::round(self.asked)));
        let answers = binomial_quantile(asked, self.response(), luck[0]);
        let detractors = binomial_quantile(answers, share(self.answering_detractors, self.answering), luck[1]);
        let others = self.answering - self.answering_detractors;
        let promoters = binomial_quantile(answers - detractors, share(self.answering_promoters, others), luck[2]);
        Seen { answers, detractors, promoters }
    }
}

impl Seen {
    /// The score on the dashboard, from −100 to 100; 0 where nobody answered.
    pub fn score(&self) -> f64 {
        score(self.promoters, self.detractors, self.answers)
    }

    /// The share of promoters.
    pub fn promoting(&self) -> f64 {
        share(self.promoters, self.answers)
    }

    /// The share of detractors.
    pub fn detracting(&self) -> f64 {
        share(self.detractors, self.answers)
    }
}

/// Promoters less detractors in percent of all.
fn score(promoters: f64, detractors: f64, all: f64) -> f64 {
    100.0 * (share(promoters, all) - share(detractors, all))
}

/// A part of a whole; 0 where there is nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
