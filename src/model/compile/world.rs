//! Compiles the world around the company: shocks, seasons and trends, and what is drawn together.

use crate::diagnostic::Diagnostic;
use crate::model::change::{Change, Op};
use crate::model::param::Meaning;
use crate::model::together::Together;
use crate::model::world::{Coming, Pattern, Shock, season};
use crate::quantity::ParamId;
use crate::stats::copula::{Copula, CopulaError};
use crate::stats::distribution::Distribution;
use crate::study::path::ParamPath as Path;
use crate::study::run::Run;
use crate::study::world as written;

use super::Compiler;
use super::roadmap::clamp;

impl Compiler<'_> {
    /// Compiles the shocks, in the order of the file.
    pub(super) fn shocks(&mut self, horizon: u32) -> Vec<Shock> {
        let study = self.study;
        let mut shocks: Vec<Shock> = Vec::new();
        for (place, written) in study.shocks.iter().enumerate() {
            let at = Path::of(["shocks".to_owned(), place.to_string()]);
            let shape = self.identity.of_shock(written);
            let twins = study.shocks[..place].iter().filter(|other| self.identity.of_shock(other) == shape).count();
            let luck = crate::model::identity::mix(shape, twins as u64);
            shocks.extend(self.shock(&at, written, luck, horizon));
        }
        shocks
    }

    fn shock(&mut self, at: &Path, written: &written::Shock, luck: u64, horizon: u32) -> Option<Shock> {
        let number =
            |compiler: &mut Self, key: &str, meaning: Meaning, number: Option<&crate::study::number::Number>| {
                let path = at.child(key);
                number.map(|number| compiler.numbers.fixed(&path, &path, meaning, number))
            };
        let period = number(self, "period", Meaning::Positive, written.period.as_ref());
        let hazard = number(self, "hazard", Meaning::Chance, written.hazard.as_ref());
        let half_life = number(self, "half_life", Meaning::Positive, written.half_life.as_ref());
        let effects = self.changes(&at.child("effects"), &written.effects, horizon);
        if written.effects.is_empty() {
            self.fault(Diagnostic::error("a shock changes nothing").at(at.child("effects").to_string()).mend(
                "give it at least one effect: `{ target = \"stages.active.to.churned\", odds = \"1.2 to 1.8\" }`",
            ));
        }
        let when = match (period, hazard) {
            (Some(period), None) => Coming::In(period),
            (None, Some(hazard)) => Coming::Hazard(hazard),
            (period, _) => {
                let fault = if period.is_some() {
                    Diagnostic::error("a shock comes both in a period and by a hazard").mend("take one of them out")
                } else {
                    Diagnostic::error("nothing says when a shock comes")
                        .mend("give its `period`, or `hazard`, the chance per period that it comes")
                };
                self.fault(fault.at(at.to_string()));
                return None;
            }
        };
        let amounts = effects.iter().map(|effect| self.amount_of(effect)).collect();
        let title = written.title.clone().unwrap_or_else(|| format!("shock {}", luck % 1000));
        Some(Shock { title, when, half_life, onset: clamp(written.onset.0), effects, amounts, luck })
    }

    /// The distribution of a change's amount. It is drawn when the shock comes, so that the number in the list of
    /// parameters stands for its middle.
    fn amount_of(&mut self, effect: &Change) -> Distribution {
        let param = &mut self.numbers.params[effect.amount.index()];
        let law = param.law.clone();
        param.law = Distribution::Constant(law.quantile(0.5));
        law
    }

    /// Compiles seasons and trends.
    pub(super) fn patterns(&mut self, horizon: u32) -> Vec<Pattern> {
        let study = self.study;
        let mut patterns = Vec::new();
        for (place, written) in study.over_time.iter().enumerate() {
            let at = Path::of(["over_time".to_owned(), place.to_string()]);
            self.check_pattern(&at, written);
            let path = at.child("trend");
            let trend = written.trend.as_ref().map(|number| self.numbers.fixed(&path, &path, Meaning::Real, number));
            let low = trend.map_or(0.0, |id| self.numbers.params[id.index()].law.support().0);
            if low.is_finite() && low <= -1.0 {
                self.fault(
                    Diagnostic::error("a trend cannot fall by all there is")
                        .at(path.to_string())
                        .why("it is the growth a year")
                        .mend("give a number above -1, such as -0.05"),
                );
            }
            let Some(targets) = self.targets(&at, &written.target, Op::Times) else { continue };
            let (chances, others): (Vec<ParamId>, Vec<ParamId>) =
                targets.into_iter().partition(|id| self.is_chance(*id));
            let season = self.season(written, horizon);
            for (targets, op) in [(chances, Op::Odds), (others, Op::Times)] {
                if !targets.is_empty() {
                    patterns.push(Pattern { targets, op, season: season.clone(), trend, place });
                }
            }
        }
        patterns
    }

    fn is_chance(&self, id: ParamId) -> bool {
        matches!(self.numbers.params[id.index()].meaning, Meaning::Chance | Meaning::Share)
    }

    fn season(&self, written: &written::OverTime, horizon: u32) -> Vec<f64> {
        let run: &Run = &self.study.run;
        match &written.season {
            Some(monthly) if monthly.len() == 12 => {
                season(monthly, clamp(run.first_month.0.clamp(1, 12)), run.period.years(), horizon)
            }
            _ => Vec::new(),
        }
    }

    fn check_pattern(&mut self, at: &Path, written: &written::OverTime) {
        let Some(monthly) = &written.season else {
            if written.trend.is_none() {
                self.fault(
                    Diagnostic::error("nothing says how the number goes over time")
                        .at(at.to_string())
                        .mend("give a `season` of twelve factors, or a `trend` per year such as 0.02"),
                );
            }
            return;
        };
        if monthly.len() != 12 {
            self.fault(
                Diagnostic::error(format!("a season has twelve factors, and this one has {}", monthly.len()))
                    .at(at.child("season").to_string())
                    .why("they belong to the months, January first, whatever the length of a period is")
                    .mend("give one factor for each month; 1 changes nothing"),
            );
        }
        for (month, factor) in monthly.iter().enumerate().filter(|(_, factor)| !(factor.is_finite() && **factor >= 0.0))
        {
            self.fault(
                Diagnostic::error(format!("a factor of a season cannot be {factor}"))
                    .at(at.child("season").child(&month.to_string()).to_string())
                    .mend("give 0 or more; 1 changes nothing"),
            );
        }
    }

    /// Compiles what is drawn together; all groups make one matrix.
    pub(super) fn together(&mut self) -> Option<Together> {
        let study = self.study;
        let mut params: Vec<ParamId> = Vec::new();
        let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
        for (place, written) in study.correlated.iter().enumerate() {
            let at = Path::of(["correlated".to_owned(), place.to_string()]);
            if !(-1.0..=1.0).contains(&written.rank) {
                self.fault(
                    Diagnostic::error(format!("a rank correlation cannot be {}", written.rank))
                        .at(at.child("rank").to_string())
                        .mend("give a number from -1 to 1"),
                );
            }
            if written.paths.len() < 2 {
                self.fault(
                    Diagnostic::error("a number cannot be correlated with itself")
                        .at(at.child("paths").to_string())
                        .mend("name at least two uncertain numbers"),
                );
            }
            let of =
                |(item, path): (usize, &String)| self.uncertain_at(&at.child("paths").child(&item.to_string()), path);
            let group: Vec<ParamId> = written.paths.iter().enumerate().filter_map(of).collect();
            let places: Vec<usize> = group
                .into_iter()
                .map(|id| {
                    params.iter().position(|its| *its == id).unwrap_or_else(|| {
                        params.push(id);
                        params.len() - 1
                    })
                })
                .collect();
            for (nth, a) in places.iter().enumerate() {
                pairs.extend(places[..nth].iter().map(|b| (*a, *b, written.rank)));
            }
        }
        self.copula(params, &pairs)
    }

    /// The uncertain number that is written at a path.
    fn uncertain_at(&mut self, at: &Path, written: &str) -> Option<ParamId> {
        let path = Path::parse(written).ok().filter(|path| !path.is_pattern());
        let found = |path: &Path| {
            self.numbers
                .params
                .iter()
                .position(|its| its.element.is_none() && (its.path == *path || its.written == *path))
        };
        let Some(place) = path.as_ref().and_then(found) else {
            self.fault(
                Diagnostic::error(format!("there is no number `{written}`"))
                    .at(at.to_string())
                    .mend("name the path of one uncertain number, such as `initiatives.NAME.effects.0.odds`"),
            );
            return None;
        };
        if !self.numbers.params[place].is_uncertain() {
            self.fault(
                Diagnostic::error(format!("`{written}` is known"))
                    .at(at.to_string())
                    .why("only uncertain numbers are drawn, so only they can be drawn together")
                    .mend("give it an interval such as \"0.05 to 0.09\", or take it out"),
            );
            return None;
        }
        Some(ParamId::from(place))
    }

    fn copula(&mut self, params: Vec<ParamId>, pairs: &[(usize, usize, f64)]) -> Option<Together> {
        if params.len() < 2 {
            return None;
        }
        let mut ranks = vec![vec![0.0; params.len()]; params.len()];
        for (at, row) in ranks.iter_mut().enumerate() {
            row[at] = 1.0;
        }
        for (a, b, rank) in pairs {
            ranks[*a][*b] = *rank;
            ranks[*b][*a] = *rank;
        }
        match Copula::of_ranks(&ranks) {
            Ok(copula) => Some(Together { params, copula }),
            Err(
                CopulaError::NotPositiveDefinite(at) | CopulaError::NotCorrelations(at) | CopulaError::NotSquare(at),
            ) => {
                let name = |place: usize| format!("`{}`", self.numbers.params[params[place].index()].written);
                let others: Vec<String> =
                    (0..params.len()).filter(|other| *other != at && ranks[at][*other] != 0.0).map(name).collect();
                let fault = Diagnostic::error("these correlations cannot hold together")
                    .at("correlated")
                    .why(format!(
                        "{} cannot be correlated like this with {}: the matrix is not positive definite",
                        name(at),
                        others.join(", ")
                    ))
                    .mend("bring the correlations nearer to 0, or say how the others hang together among themselves");
                self.fault(fault);
                None
            }
        }
    }
}
