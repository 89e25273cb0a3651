//! Compiles who the customers are: segments and traits.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, in_percent, nearest};
use crate::model::identity::hash::mix;
use crate::model::param::Meaning;
use crate::model::people::{Inflow, Segment, Trait};
use crate::quantity::{ParamId, StageId, TraitId};
use crate::stats::distribution::Distribution;
use crate::study::journey::{Inflow as WrittenInflow, PerPeriod};
use crate::study::names::STATES;
use crate::study::number::Number;
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;
use super::starts::aims_at_starts;
use super::tags::A_CLASS;

impl Compiler<'_> {
    /// The shares of the segments in canonical order.
    pub(super) fn shares(&self) -> Vec<f64> {
        self.identity.segment_order().iter().map(|name| self.study.segments[name].share).collect()
    }

    /// A trait by name, or a fault that offers the nearest one.
    pub fn trait_named(&mut self, name: &str, at: &Path) -> Option<TraitId> {
        if let Some(&id) = self.traits.get(name) {
            return Some(id);
        }
        if self.is_class(name) {
            self.fault(
                Diagnostic::error(format!("`{name}` is a class, and no trait"))
                    .at(at.to_string())
                    .why(A_CLASS)
                    .help("name a trait here"),
            );
            return None;
        }
        let mut known: Vec<String> = self.traits.keys().cloned().collect();
        let drives = at.names().contains(&"drivers");
        known.extend(STATES.into_iter().filter(|_| drives).map(str::to_owned));
        known.extend(self.study.states.keys().filter(|_| drives).cloned());
        let help = match nearest(name, known.iter().map(String::as_str)) {
            _ if drives && self.study.touchpoints.contains_key(name) => {
                format!(
                    "`{name}` is a touchpoint: let a state add it up (`adds = {{ {name} = 1 }}`), and name that state"
                )
            }
            Some(near) => format!("did you mean `{near}`?"),
            None if drives => {
                format!("add `[traits.{name}]` with a `law`, or `[states.{name}]`, or use one of: {}", known.join(", "))
            }
            None => format!("add `[traits.{name}]` with a `law`, or use one of: {}", known.join(", ")),
        };
        let fault = Diagnostic::error(format!("customers have no trait `{name}`"))
            .why("a trait is given in `[traits]` or in the `traits` of each segment")
            .help(help);
        self.fault(if drives { fault.at_key(at.to_string()) } else { fault.at(at.to_string()) });
        None
    }

    pub(super) fn name_traits(&mut self) {
        let declared = self.study.traits.keys();
        let given = self.study.segments.values().flat_map(|segment| segment.traits.keys());
        for name in declared.chain(given) {
            let next = TraitId::from(self.traits.len());
            self.traits.entry(name.clone()).or_insert(next);
        }
        if let Some(name) = self.traits.keys().find(|name| *name == "satisfaction").cloned() {
            let owner = self.study.segments.iter().find(|(_, segment)| segment.traits.contains_key(&name));
            let at = match owner {
                Some((segment, _)) if !self.study.traits.contains_key(&name) => {
                    Path::of(["segments", segment, "traits", &name])
                }
                _ => Path::of(["traits", &name]),
            };
            self.fault(
                Diagnostic::error("a trait cannot be called `satisfaction`")
                    .at_key(at.to_string())
                    .why("`satisfaction` is what customers remember; see `[experience]`")
                    .help("give it another name"),
            );
        }
    }

    pub(super) fn trait_list(&self) -> Vec<Trait> {
        let identity = &self.identity;
        let mut order: Vec<(u64, u64, &String)> =
            self.traits.keys().map(|name| (identity.trait_luck(name), identity.trait_numbers(name), name)).collect();
        order.sort_by_key(|&(shape, numbers, _)| (shape, numbers));
        let mut twins: IndexMap<&String, u64> = IndexMap::new();
        for (at, (shape, _, name)) in order.iter().enumerate() {
            let before = order[..at].iter().rev().take_while(|(other, ..)| other == shape).count();
            twins.insert(name, before as u64 + 1);
        }
        self.traits
            .keys()
            .map(|name| {
                let shape = self.identity.trait_luck(name);
                let twin = &twins[name];
                let written = self.study.traits.get(name);
                #[expect(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
                let luck = mix(shape, *twin) as u32;
                Trait {
                    name: name.clone(),
                    neutral: written.map_or(0.0, |t| t.neutral),
                    ages: written.is_some_and(|t| t.ages),
                    luck,
                }
            })
            .collect()
    }

    /// The distributions of a trait in each segment, with where each one stands; faults were noted before.
    pub(super) fn laws_of(&mut self, name: &str) -> Vec<(Path, Distribution)> {
        let names: Vec<String> = self.study.segments.keys().cloned().collect();
        let before = self.numbers.faults.len();
        let laws = names.iter().filter_map(|segment| self.law_of(segment, name)).collect();
        self.numbers.faults.truncate(before);
        laws
    }

    pub(super) fn law_of(&mut self, segment: &str, name: &str) -> Option<(Path, Distribution)> {
        let study = self.study;
        let own =
            study.segments[segment].traits.get(name).map(|law| (Path::of(["segments", segment, "traits", name]), law));
        let shared =
            || study.traits.get(name).and_then(|t| t.law.as_ref()).map(|law| (Path::of(["traits", name, "law"]), law));
        let (path, spread) = own.or_else(shared)?;
        let law = self.numbers.spread(&path, Meaning::Real, spread);
        Some((path, law))
    }

    /// Compiles the segments, in canonical order; their agents and changes come later.
    pub fn segments(&mut self) -> Vec<Segment> {
        self.moves_starts = aims_at_starts(self.study);
        let order = self.identity.segment_order();
        let total: f64 = self.study.segments.values().map(|segment| segment.share).sum();
        if self.study.segments.is_empty() {
            self.fault(
                Diagnostic::error("there are no customers")
                    .at("segments")
                    .help("add a segment: `[segments.all]` with `share = 1` and `start`"),
            );
        } else if (total - 1.0).abs() > 1e-9 {
            let mut fault =
                Diagnostic::error(format!("the shares of the segments add up to {}", (total * 1e12).round() / 1e12))
                    .why("every customer belongs to one segment")
                    .help("make them add up to 1");
            for name in self.study.segments.keys() {
                fault = fault.at(Path::of(["segments", name, "share"]).to_string());
            }
            self.fault(fault);
        }
        order.iter().map(|name| self.segment(name)).collect()
    }

    pub(super) fn segment(&mut self, name: &str) -> Segment {
        let written = &self.study.segments[name];
        let at = Path::of(["segments", name]);
        if !(written.share > 0.0 && written.share <= 1.0) {
            self.fault(
                Diagnostic::error(format!("a segment cannot have the share {}", written.share))
                    .at(at.child("share").to_string())
                    .help("give a share above 0 and up to 1"),
            );
        }
        let start = self.start(&at.child("start"), &format!("`{name}` starts"), &written.start);
        let start_ids = self.start_ids(&at.child("start"), &start);
        let inflow =
            written.inflow.as_ref().map(|inflow| self.inflow(&at.child("inflow"), name, inflow, (&start, &start_ids)));
        let names: Vec<String> = self.traits.keys().cloned().collect();
        let traits = names.iter().map(|t| self.trait_law(name, t)).collect();
        let title = written.title.clone().unwrap_or_else(|| name.to_owned());
        Segment {
            name: name.to_owned(),
            title,
            share: written.share,
            agents: 1,
            start,
            start_ids,
            traits,
            changes: Vec::new(),
            inflow,
        }
    }

    /// Where customers start, in canonical order; `who` says who they are.
    fn start(&mut self, at: &Path, who: &str, written: &IndexMap<String, f64>) -> Vec<(StageId, f64)> {
        let mut start = Vec::new();
        let shares = written.values().all(|share| (0.0..=1.0).contains(share));
        for (stage, share) in written {
            let at = at.child(stage);
            if !(0.0..=1.0).contains(share) {
                self.fault(Diagnostic::error(format!("a share cannot be {share}")).at(at.to_string()).help(
                    in_percent(*share).map_or_else(
                        || "give a number from 0 to 1".to_owned(),
                        |percent| format!("give a number from 0 to 1: {percent}"),
                    ),
                ));
            }
            start.extend(self.stage(stage, &at).map(|id| (id, *share)));
        }
        let total: f64 = written.values().sum();
        // The sum of what are no shares says nothing more.
        if shares && (total - 1.0).abs() > 1e-9 {
            let mut fault =
                Diagnostic::error(format!("the shares that {who} with add up to {}", (total * 1e12).round() / 1e12))
                    .why("every one of them starts in one stage")
                    .help("make them add up to 1");
            for stage in written.keys() {
                fault = fault.at(at.child(stage).to_string());
            }
            self.fault(if written.is_empty() { fault.at(at.to_string()) } else { fault });
        }
        start.sort_by_key(|(id, _)| *id);
        start
    }

    fn inflow(
        &mut self,
        at: &Path,
        name: &str,
        written: &WrittenInflow,
        usual: (&[(StageId, f64)], &[ParamId]),
    ) -> Inflow {
        let mut changeable = |key: &str, number: &Option<Number>| {
            number.as_ref().map(|number| self.number(&at.child(key), Meaning::Positive, number))
        };
        let referrals = changeable("referrals", &written.referrals);
        let cost = changeable("cost", &written.cost);
        self.declared_per(written.per, referrals);
        let least = referrals.map_or(0.0, |id| self.numbers.params[id.index()].law.support().0)
            * self.spans_in_a_period(written.per);
        if least > 1.0 && least.is_finite() {
            let percent = in_percent(least).map_or_else(String::new, |percent| format!(": {percent}"));
            self.fault(
                Diagnostic::warning(format!("each customer who talks brings {least} others in every period"))
                    .at(at.child("referrals").to_string())
                    .why("those who come may talk themselves, so that their number multiplies from period to period")
                    .help(format!("give how many come for each of them{percent}")),
            );
        }
        let per_period =
            written.per_period.as_ref().and_then(|per_period| self.per_period(&at.child("per_period"), per_period));
        if let Some((first, length)) = per_period {
            self.declared_per(written.per, (first.0..first.0 + length).map(ParamId));
        }
        let heard = self.brings(at, &written.heard);
        if written.per_period.is_none() && written.referrals.is_none() && written.heard.is_empty() {
            self.fault(
                Diagnostic::error(format!("the inflow of `{name}` has no numbers")).at(at.to_string()).help(
                    "give `per_period`, how many real customers come, or `referrals`, how many for each who talks",
                ),
            );
        }
        if written.referrals.is_some() && !self.study.stages.values().any(|stage| stage.talks) {
            self.fault(
                Diagnostic::error("no stage has customers who talk")
                    .at(at.child("referrals").to_string())
                    .why("referrals rise with the customers in stages that talk")
                    .help("add `talks = true` to the stages whose customers do"),
            );
        }
        let (start, start_ids) = if written.start.is_empty() {
            (usual.0.to_vec(), usual.1.to_vec())
        } else {
            let start = self.start(&at.child("start"), &format!("new customers of `{name}` start"), &written.start);
            let ids = self.start_ids(&at.child("start"), &start);
            (start, ids)
        };
        Inflow { per_period, referrals, heard, cost, start, start_ids }
    }

    /// The numbers of a list by period: the first of them, and how many there are.
    fn per_period(&mut self, at: &Path, written: &PerPeriod) -> Option<(ParamId, u32)> {
        let numbers = match written {
            PerPeriod::One(number) => return Some((self.number(at, Meaning::Positive, number), 1)),
            PerPeriod::List(numbers) => numbers,
        };
        if numbers.is_empty() {
            self.fault(
                Diagnostic::error("a list has no numbers").at(at.to_string()).help("give one number for each period"),
            );
            return Some((self.number(at, Meaning::Positive, &Number::Known(0.0)), 1));
        }
        let mut first = None;
        for (place, number) in numbers.iter().enumerate() {
            let id = self.numbers.listed((at, at), place, Meaning::Positive, number);
            first = first.or(Some(id));
        }
        first.map(|first| (first, u32::try_from(numbers.len()).unwrap_or(u32::MAX)))
    }

    pub(super) fn trait_law(&mut self, segment: &str, name: &str) -> Distribution {
        if let Some((_, law)) = self.law_of(segment, name) {
            return law;
        }
        self.fault(
            Diagnostic::error(format!("customers of `{segment}` have no `{name}`"))
                .at(Path::of(["segments", segment]).to_string())
                .why("a trait that is used needs a distribution in every segment")
                .help(format!(
                    "add it to the segment's `traits`, or give `[{}]` a `law` for all segments",
                    Path::of(["traits", name])
                )),
        );
        Distribution::Constant(0.0)
    }
}
