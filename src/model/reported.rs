//! What a model reports: its metrics in the order of outputs, what they are called, and which way each is better.

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::quantity::CounterId;
use crate::study::journey::LineKind;

use super::Model;
use super::channel::{self, Channel, Gauge};
use super::facts::{Better, Dimension, Facts, Needs, Part};
use super::families::BY_CLASS;
use super::hearsay::Hearsay;
use super::metric::{
    CARRIED, CHANNELS, FAMILIES, HAPPENED, HEARSAY, LINES, Metric, OUTCOMES, PILLARS, PLAIN, STAGES, SURVEYS, SWITCHED,
    TAGS, TOUCHPOINTS, WEIGHTS,
};
use super::pillar::{Breaches, Pillar};
use super::rate::Rate;
use super::state::Carried;
use super::survey::{Said, Survey};
use super::tag::Tag;
use super::touchpoint::Touchpoint;
use super::value::{Account, AccountKind};
use super::weight::Weights;

/// What follows the name of a pillar where the share of occasions is meant.
const SHARE: &str = "share";

/// What a study has metrics of beside accounts and stages.
pub struct Things<'m> {
    /// What happens at a rate.
    pub rates: &'m [Rate],
    /// The states that it declares.
    pub carried: &'m [Carried],
    /// What happens between customers and the company.
    pub touchpoints: &'m [Touchpoint],
    /// What moves satisfaction.
    pub weights: Option<&'m Weights>,
    /// The classes that customers fall into.
    pub tags: &'m [Tag],
    /// Where it happens.
    pub channels: &'m [Channel],
    /// What the company asks.
    pub surveys: &'m [Survey],
    /// What it has promised never to do.
    pub pillars: &'m [Pillar],
    /// What customers tell others.
    pub hearsay: &'m [Hearsay],
}

/// The metrics of a model, in the order in which outputs show them.
pub fn metrics(model: &Model) -> Vec<Metric> {
    let stages = model.stage_order.iter().map(|id| (id.index(), model.stages[id.index()].name.as_str()));
    let has = |needs| match needs {
        Needs::Nothing => true,
        Needs::Experience => model.experience.is_some(),
        Needs::Conversion => model.converts(),
        Needs::Wallets => model.has_wallets(),
        Needs::Contacts | Needs::CostOfContacts | Needs::Work => model.serving.has(needs),
    };
    let things = Things::of(model);
    let listed = listed(has, &model.accounts, stages, &things);
    listed.into_iter().map(|(metric, _)| metric).collect()
}

/// The metrics of a study with their names, in the order in which outputs show them: those whose needs it `has`, all ledger
/// lines and outcomes in their places, stages with their places, and all other things with what is said of each.
pub fn listed<'a>(
    has: impl Fn(Needs) -> bool,
    accounts: impl IntoIterator<Item = &'a Account>,
    stages: impl IntoIterator<Item = (usize, &'a str)>,
    things: &Things<'_>,
) -> Vec<(Metric, String)> {
    let Things { rates, carried, touchpoints, weights, tags, channels, surveys, pillars, hearsay } = things;
    let plain = PLAIN.into_iter().filter(|metric| has(metric.facts().needs));
    let mut listed: Vec<(Metric, String)> = plain.map(|metric| (metric, metric.key().to_owned())).collect();
    listed.extend(accounts.into_iter().enumerate().map(|(place, account)| match account.kind {
        AccountKind::Money(_) => (Metric::Line(place), LINES.called(&account.name)),
        AccountKind::Outcome { .. } => (Metric::Outcome(place), OUTCOMES.called(&account.name)),
    }));
    listed.extend(stages.into_iter().map(|(place, name)| (Metric::Stage(place), STAGES.called(name))));
    listed.extend(rates.iter().enumerate().map(|(place, rate)| (Metric::Happened(place), HAPPENED.called(&rate.name))));
    listed.extend(carried.iter().map(|its| (Metric::Carried(its.counter.index()), CARRIED.called(&its.name))));
    let met = touchpoints.iter().flat_map(|its| {
        its.counted().map(|(cell, name)| (Metric::Met(its.counter.index(), cell), TOUCHPOINTS.called(&name)))
    });
    listed.extend(met);
    let weighs = |weights: &&Weights| {
        let of = |(place, its)| weights.metrics(place, its);
        let named = touchpoints.iter().enumerate().flat_map(of);
        let weight = |(name, cells): (String, std::ops::Range<usize>)| {
            (Metric::Weight(weights.counter.index(), cells.start, cells.end), WEIGHTS.called(&name))
        };
        named.map(weight).collect::<Vec<_>>()
    };
    listed.extend(weights.iter().flat_map(weighs));
    for tag in *tags {
        for (class, (name, _)) in tag.bands.iter().enumerate() {
            let named = |metric: Metric| (metric, metric.facts().called(&format!("{}.{name}", tag.name)));
            listed.extend(by_class(tag, class).map(named));
        }
    }
    let gauges = channels.iter().flat_map(|its| {
        its.gauges().map(|gauge| {
            let name = format!("{}.{}", its.name, gauge.key());
            (Metric::Channel(its.counter.index(), gauge), CHANNELS.called(&name))
        })
    });
    listed.extend(gauges);
    let switched = channels.iter().flat_map(|from| {
        channels.iter().enumerate().map(|(to, its)| {
            let name = format!("{}.{}", from.name, its.name);
            (Metric::Switched(from.counter.index(), channel::CELLS + to), SWITCHED.called(&name))
        })
    });
    listed.extend(switched.filter(|_| channels.len() > 1));
    let asked = surveys.iter().flat_map(|its| {
        Said::ALL.map(|said| {
            let name = said.key().map_or_else(|| its.name.clone(), |key| format!("{}.{key}", its.name));
            (Metric::Surveyed(its.counter.index(), said), SURVEYS.called(&name))
        })
    });
    listed.extend(asked);
    listed.extend(pillars.iter().flat_map(|its| {
        let counter = its.counter.index();
        [
            (Metric::Broken(counter, Breaches::Count), PILLARS.called(&its.name)),
            (Metric::Broken(counter, Breaches::Share), PILLARS.called(&format!("{}.{SHARE}", its.name))),
        ]
    }));
    listed.extend(hearsay.iter().flat_map(|its| {
        let of = |metric: Metric| (metric, metric.facts().called(&its.name));
        let heard = its.is_heard.then_some(Metric::Heard(its.heard.index()));
        heard.into_iter().chain([Metric::Told(its.told.index())]).map(of)
    }));
    listed
}

/// What is reported of a class: how many are in it, and where its tag is cut what they do.
fn by_class(tag: &Tag, class: usize) -> impl Iterator<Item = Metric> {
    let cut = tag.cut.as_ref();
    let its = |counter: Option<CounterId>, metric: fn(usize, usize) -> Metric| {
        counter.map(|counter| metric(counter.index(), class))
    };
    let others = [
        its(cut.map(|its| its.stays), Metric::ClassRetained),
        its(cut.and_then(|its| its.purchases), Metric::ClassPurchases),
        its(cut.and_then(|its| its.spent), Metric::ClassSpent),
        its(cut.and_then(|its| its.contacts), Metric::ClassContacts),
    ];
    std::iter::once(Metric::Tagged(tag.counter.index(), class)).chain(others.into_iter().flatten())
}

impl<'m> Things<'m> {
    /// Those of a model.
    fn of(model: &'m Model) -> Self {
        Self {
            rates: &model.rates,
            carried: &model.carried,
            touchpoints: &model.touchpoints,
            weights: model.weights.as_ref(),
            tags: &model.tags,
            channels: &model.channels,
            surveys: &model.surveys,
            pillars: &model.pillars,
            hearsay: &model.hearsay,
        }
    }
}

/// What people call the ledger lines, touchpoints, their ends, states, classes, surveys and pillars of a model, by the names of their metrics.
pub fn phrases(model: &Model) -> IndexMap<String, String> {
    let own = [LINES, CARRIED, TOUCHPOINTS, WEIGHTS, TAGS, CHANNELS, SWITCHED, SURVEYS, PILLARS];
    let is_own = |metric: &Metric| own.iter().chain(&BY_CLASS).chain(&HEARSAY).any(|its| its.name == metric.key());
    let named = metrics(model).into_iter().filter(is_own);
    named.map(|metric| (metric.name(model), metric.phrase(model))).collect()
}

/// What the list says of a metric by the name that outputs use, with the member that is meant of a family; the member is
/// empty where it is none.
pub fn named(name: &str) -> Option<(&'static Facts, &str)> {
    let plain = PLAIN.iter().map(|metric| metric.facts()).find(|facts| facts.name == name);
    let family = || FAMILIES.into_iter().find_map(|facts| Some((facts, facts.member(name)?)));
    plain.map(|facts| (facts, "")).or_else(family).map(|(facts, member)| (within(facts, member), member))
}

/// What the list says of a member, where a family has members of several kinds.
fn within(facts: &'static Facts, member: &str) -> &'static Facts {
    let said = member.rsplit_once('.').map(|(_, said)| said);
    let told = Said::ALL.into_iter().find(|its| its.key() == said);
    if facts == CHANNELS {
        let gauge = Gauge::ALL.into_iter().find(|its| Some(its.key()) == said);
        return gauge.map_or(facts, |gauge| Metric::Channel(0, gauge).facts());
    }
    match (facts == SURVEYS, facts == PILLARS, told, said) {
        (true, _, Some(told), _) => Metric::Surveyed(0, told).facts(),
        (_, true, _, Some(SHARE)) => Metric::Broken(0, Breaches::Share).facts(),
        _ => facts,
    }
}

/// What a number is measured in, by the name that outputs use; a name that is not in the list has a unit of its own.
pub fn dimension_of(name: &str) -> Dimension {
    match named(name) {
        Some((facts, _)) => facts.dimension,
        None if name == Part::Acquired.name() => Dimension::Customers,
        None => Dimension::Own,
    }
}

impl Metric {
    /// The name that outputs use.
    pub fn name(self, model: &Model) -> String {
        self.member(model).map_or_else(|| self.key().to_owned(), |(name, _)| self.facts().called(&name))
    }

    /// What it is called within a sentence.
    pub fn phrase(self, model: &Model) -> String {
        let phrase = self.facts().phrase;
        self.member(model).map_or_else(|| phrase.to_owned(), |(_, title)| format!("{phrase}{title}"))
    }

    /// The name and title of the line, outcome, stage or thing that it is of.
    fn member(self, model: &Model) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
        fn both<'m>(name: &'m str, title: &'m str) -> (Cow<'m, str>, Cow<'m, str>) {
            (Cow::Borrowed(name), Cow::Borrowed(title))
        }
        // What has no title is called by its name, as people say that.
        fn said<'m>(name: &'m str, title: &'m str) -> (Cow<'m, str>, Cow<'m, str>) {
            let title = if title == name { Cow::Owned(name.replace('_', " ")) } else { Cow::Borrowed(title) };
            (Cow::Borrowed(name), title)
        }
        match self {
            Self::Line(place) | Self::Outcome(place) => {
                model.accounts.get(place).map(|account| said(&account.name, &account.title))
            }
            Self::Stage(place) => model.stages.get(place).map(|stage| both(&stage.name, &stage.title)),
            Self::Carried(counter) => {
                let its = model.carried.iter().find(|its| its.counter.index() == counter)?;
                Some(said(&its.name, &its.title))
            }
            Self::Happened(place) => model.rates.get(place).map(|rate| both(&rate.name, &rate.name)),
            Self::Met(counter, cell) => {
                let its = model.touchpoints.iter().find(|its| its.counter.index() == counter)?;
                let (_, name) = its.counted().find(|(counted, _)| *counted == cell)?;
                let title = its.title_of(cell);
                Some((Cow::Owned(name), title))
            }
            Self::Weight(_, first, end) => {
                let weights = model.weights.as_ref()?;
                let named = |(place, its): (usize, &Touchpoint)| {
                    weights.metrics(place, its).into_iter().find(|(_, cells)| *cells == (first..end))
                };
                let (of, (name, _)) =
                    model.touchpoints.iter().enumerate().find_map(|its| Some((its.1, named(its)?)))?;
                let end = of.counted().find(|(_, counted)| *counted == name);
                Some((Cow::Owned(name), end.map_or(Cow::Borrowed(of.title.as_str()), |(cell, _)| of.title_of(cell))))
            }
            Self::Tagged(counter, class)
            | Self::ClassRetained(counter, class)
            | Self::ClassPurchases(counter, class)
            | Self::ClassSpent(counter, class)
            | Self::ClassContacts(counter, class) => {
                let its = model.tags.iter().find(|its| its.is_counted_by(CounterId::from(counter)))?;
                let (name, _) = its.bands.get(class)?;
                let said = name.replace('_', " ");
                Some((Cow::Owned(format!("{}.{name}", its.name)), Cow::Owned(format!("{}, {said}", its.title))))
            }
            Self::Channel(counter, gauge) => {
                let its = model.channels.iter().find(|its| its.counter.index() == counter)?;
                let name = format!("{}.{}", its.name, gauge.key());
                Some((Cow::Owned(name), Cow::Owned(format!("{}, {}", its.title, gauge.phrase()))))
            }
            Self::Switched(counter, cell) => {
                let from = model.channels.iter().find(|its| its.counter.index() == counter)?;
                let to = model.channels.get(cell.checked_sub(channel::CELLS)?)?;
                let title = if from.name == to.name {
                    format!("{} first and last", from.title)
                } else {
                    format!("{} first, {} last", from.title, to.title)
                };
                Some((Cow::Owned(format!("{}.{}", from.name, to.name)), Cow::Owned(title)))
            }
            Self::Surveyed(counter, said) => {
                let its = model.surveys.iter().find(|its| its.counter.index() == counter)?;
                Some(match said.key() {
                    None => both(&its.name, &its.title),
                    Some(key) => {
                        (Cow::Owned(format!("{}.{key}", its.name)), Cow::Owned(format!("{}, {key}", its.title)))
                    }
                })
            }
            Self::Heard(counter) | Self::Told(counter) => {
                let is = |its: &&Hearsay| [its.heard.index(), its.told.index()].contains(&counter);
                model.hearsay.iter().find(is).map(|its| both(&its.name, &its.title))
            }
            Self::Broken(counter, told) => {
                let its = model.pillars.iter().find(|its| its.counter.index() == counter)?;
                Some(match told {
                    Breaches::Share => (
                        Cow::Owned(format!("{}.{SHARE}", its.name)),
                        Cow::Owned(format!("“{}”, share of occasions", its.title)),
                    ),
                    Breaches::Count => (Cow::Borrowed(its.name.as_str()), Cow::Owned(format!("“{}”", its.title))),
                })
            }
            _ => None,
        }
    }

    /// 1 where more of it is better, −1 where less of it is; none where neither is.
    pub fn sign(self, model: &Model) -> Option<f64> {
        let less = match self.facts().better {
            Better::More => Some(false),
            Better::Less => Some(true),
            Better::AsDeclared => self.declared_less(model),
            Better::Neither => None,
        };
        less.map(|less| if less { -1.0 } else { 1.0 })
    }

    /// Whether the study declares that less of it is better.
    fn declared_less(self, model: &Model) -> Option<bool> {
        let (Self::Line(place) | Self::Outcome(place)) = self else { return None };
        match &model.accounts.get(place)?.kind {
            AccountKind::Money(kind) => Some(*kind == LineKind::Cost),
            AccountKind::Outcome { less_is_better, .. } => Some(*less_is_better),
        }
    }
}

impl Part {
    /// The part by whose audit it is tested: who converted follows from who has been retained.
    pub const fn tested_by(self) -> &'static str {
        match self {
            Self::Fresh | Self::Converted | Self::Waited => Self::Acquired.name(),
            Self::Active | Self::Acquired | Self::Satisfaction => self.name(),
        }
    }

    /// The name that outputs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => Metric::ActiveCustomers.key(),
            Self::Acquired => "acquired",
            Self::Satisfaction => "satisfaction, summed",
            Self::Fresh => "came to convert",
            Self::Converted => "converted",
            Self::Waited => "periods to convert, summed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::families::SPENT_BY_CLASS;

    #[test]
    fn every_name_is_found_and_means_one_row() {
        for metric in PLAIN {
            assert_eq!(named(metric.key()), Some((metric.facts(), "")));
        }
        assert_eq!(named("customers.at_risk"), Some((STAGES, "at_risk")));
        assert_eq!(named("customers"), None, "a family is no metric");
        assert_eq!(named("tags.tier.gold"), Some((TAGS, "tier.gold")));
        assert_eq!(named("tags.tier.gold.spent"), Some((SPENT_BY_CLASS, "tier.gold")));
        assert_eq!(named("tags.tier.spent"), Some((TAGS, "tier.spent")), "a class may be called so");
        assert_eq!(SPENT_BY_CLASS.called("tier.gold"), "tags.tier.gold.spent");
        assert_eq!(named("customers_at_risk"), None);
        assert_eq!(named("touchpoints.stay.late.weight"), Some((WEIGHTS, "stay.late")));
        assert_eq!(named("touchpoints.weight"), Some((TOUCHPOINTS, "weight")), "a touchpoint may be called so");
        assert_eq!(dimension_of("lines.delivery"), Dimension::Money);
        assert_eq!(dimension_of("nothing"), Dimension::Own, "no currency is guessed");
    }
}
