//! Registers the numbers of a study as parameters, each under its path.

use crate::diagnostic::{Diagnostic, in_percent};
use crate::quantity::ParamId;
use crate::stats::distribution::Distribution;
use crate::stats::distribution::parse::kind::Kind;
use crate::study::number::{Number, Spread};

use super::identity::Identity;
use super::identity::hash::mix;
use super::outside::{LARGEST, leaves, too_large};
use super::param::{Meaning, Param};
use crate::study::path::ParamPath as Path;

/// The parameters of a study while it is compiled.
#[derive(Default)]
pub struct Numbers {
    /// The parameters so far.
    pub params: Vec<Param>,
    /// The faults found in them.
    pub faults: Vec<Diagnostic>,
}

impl Numbers {
    /// Registers a number that scenarios may change.
    pub fn changeable(&mut self, path: &Path, written: &Path, meaning: Meaning, number: &Number) -> ParamId {
        let id = self.fixed(path, written, meaning, number);
        self.params[id.index()].changeable = true;
        id
    }

    /// Registers a number that holds for the whole study.
    pub fn fixed(&mut self, path: &Path, written: &Path, meaning: Meaning, number: &Number) -> ParamId {
        let law = self.law(written, meaning, number);
        if let Number::Uncertain(text) = number
            && !matches!(law, Distribution::Constant(_))
        {
            self.faults.extend(leaves(written, meaning, (&law, text)));
        } else {
            self.check_range(written, meaning, &law);
        }
        self.push(path, written, meaning, law)
    }

    /// Registers a number whose draws are held in its range, as the language says: an open end of its law is no fault.
    pub fn held(&mut self, path: &Path, meaning: Meaning, number: &Number) -> ParamId {
        let law = self.law(path, meaning, number);
        self.check_range(path, meaning, &law);
        self.push(path, path, meaning, law)
    }

    /// Registers one chance of a list; a path names all of its elements.
    pub fn element(&mut self, path: &Path, written: &Path, element: usize, number: &Number) -> ParamId {
        self.listed((path, written), element, Meaning::Chance, number)
    }

    /// Registers one number of a list of any meaning.
    pub fn listed(
        &mut self,
        (path, written): (&Path, &Path),
        element: usize,
        meaning: Meaning,
        number: &Number,
    ) -> ParamId {
        let id = self.changeable(path, &written.child(&element.to_string()), meaning, number);
        self.params[id.index()].element = Some(element);
        id
    }

    /// Registers a chance that each customer carries as a trait, so that changes can aim at it.
    pub fn own(&mut self, path: &Path, written: &Path) -> ParamId {
        let id = self.changeable(path, written, Meaning::Chance, &Number::Known(0.0));
        self.params[id.index()].own = true;
        id
    }

    /// Reads a distribution over customers or occasions.
    pub fn spread(&mut self, written: &Path, meaning: Meaning, spread: &Spread) -> Distribution {
        let law = match spread {
            Spread::Same(value) => Distribution::Constant(*value),
            Spread::Law(text) => self.law(written, meaning, &Number::Uncertain(text.clone())),
        };
        self.check_range(written, meaning, &law);
        law
    }

    /// Gives every uncertain number its luck: by shape, twins in the order of what was written, those last that nothing
    /// uses.
    pub fn deal_luck(&mut self, identity: &Identity) {
        let mut dealt: Vec<(u64, bool, String, usize)> = self
            .params
            .iter()
            .enumerate()
            .filter(|(_, param)| param.is_uncertain())
            .map(|(place, param)| {
                let shape = mix(identity.of_path(&param.path), param.element.map_or(0, |e| e as u64 + 1));
                (shape, !identity.is_used(&param.path), format!("{:?}", param.law), place)
            })
            .collect();
        dealt.sort();
        let mut twins = (0, 0);
        for (shape, .., place) in dealt {
            twins = if twins.0 == shape { (shape, twins.1 + 1) } else { (shape, 0) };
            self.params[place].luck = mix(shape, twins.1);
        }
    }

    fn push(&mut self, path: &Path, written: &Path, meaning: Meaning, law: Distribution) -> ParamId {
        let id = ParamId::from(self.params.len());
        self.params.push(Param {
            path: path.clone(),
            element: None,
            written: written.clone(),
            meaning,
            law,
            luck: 0,
            changeable: false,
            own: false,
        });
        id
    }

    /// The law of a number; a text that is none is told, and counts as 0.
    fn law(&mut self, written: &Path, meaning: Meaning, number: &Number) -> Distribution {
        let kind = match meaning {
            Meaning::Chance | Meaning::Share => Kind::Chance,
            Meaning::Positive => Kind::Positive,
            Meaning::Real | Meaning::Growth => Kind::Real,
        };
        match number {
            Number::Known(value) => Distribution::Constant(*value),
            Number::Uncertain(text) => Distribution::parse(text, kind).unwrap_or_else(|fault| {
                self.faults.push(Diagnostic::error(fault.what).at(written.to_string()).help(fault.help));
                Distribution::Constant(0.0)
            }),
        }
    }

    fn check_range(&mut self, written: &Path, meaning: Meaning, law: &Distribution) {
        let (low, high) = law.support();
        let known = matches!(law, Distribution::Constant(_));
        let shown = if known { String::new() } else { format!("from {low} to {high}") };
        // An open end is no fault in itself: `normal(0.7, 0.1)` for a quality is held in its range later.
        let ends = [low, high].into_iter().filter(|end| end.is_finite() || known);
        if let Some(end) = ends.into_iter().find(|end| !meaning.allows(*end)) {
            self.faults.push(
                Diagnostic::error(format!("`{written}` cannot be {end}"))
                    .at_with(written.to_string(), shown)
                    .why(format!("it must be {}", meaning.range()))
                    .help(into_range(meaning, end, known)),
            );
            return;
        }
        // A normal law has no ends, and yet its numbers are as near to the mean as those of any other.
        let middle = law.mean().abs();
        let ends = [low, high].into_iter().filter(|end| end.is_finite()).map(f64::abs);
        if middle.is_nan() || ends.fold(middle, f64::max) > LARGEST {
            self.faults.push(too_large(written, shown));
        }
    }
}

/// How to bring a number into the range of its meaning.
fn into_range(meaning: Meaning, end: f64, known: bool) -> String {
    match (meaning, known) {
        (Meaning::Chance | Meaning::Share, true) => in_percent(end).map_or_else(
            || "give a number from 0 to 1; 7 % is 0.07".to_owned(),
            |percent| format!("give a share of 1: {percent}"),
        ),
        (Meaning::Chance | Meaning::Share, false) => {
            "use a distribution between 0 and 1, such as \"beta(2, 5)\" or \"0.05 to 0.09\"".to_owned()
        }
        (Meaning::Positive, true) => "give 0 or more".to_owned(),
        (Meaning::Positive, false) => {
            "use a distribution of positive numbers, such as \"lognormal(mean=42, sd=25)\"".to_owned()
        }
        (Meaning::Growth, _) => "give a number above -1, such as -0.05".to_owned(),
        (Meaning::Real, _) => "give a finite number".to_owned(),
    }
}
