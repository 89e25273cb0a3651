//! A call is a law's name with its parameters, in order or by name.

use crate::diagnostic::suggest;
use crate::stats::distribution::Distribution;

use super::kind::{DistributionError, Law, Parsed, fault, number};

/// The least and the greatest shape of a law that can be drawn.
const SHAPES: (f64, f64) = (1e-3, 1e6);

/// The parameters of a call: by name where they have one.
pub struct Call<'a> {
    /// The law.
    pub law: &'a Law,
    /// The parameters, with their names where they are given.
    pub parameters: Vec<(Option<&'a str>, f64)>,
}

impl<'a> Call<'a> {
    pub fn read(law: &'a Law, inside: &'a str) -> Result<Self, DistributionError> {
        let mut parameters: Vec<(Option<&str>, f64)> = Vec::new();
        let pieces = inside.split(',').map(str::trim);
        for piece in pieces.filter(|_| !inside.trim().is_empty()) {
            let (name, text) = match piece.split_once('=') {
                Some((name, text)) => (Some(name.trim()), text),
                None => (None, piece),
            };
            let value = number(text).map_err(|e| DistributionError {
                what: format!("{law}: {}", e.what),
                help: if text.trim().is_empty() || e.help.contains("interval") {
                    format!("write {}", law.example())
                } else {
                    e.help
                },
            })?;
            if name.is_some() && parameters.iter().any(|p| p.0 == name) {
                return fault(format!("{law}: `{}` is given twice", name.unwrap_or_default()), "keep one of the two");
            }
            parameters.push((name, value));
        }
        let named = parameters.iter().filter(|p| p.0.is_some()).count();
        if named != 0 && named != parameters.len() {
            return fault(
                format!("{law}: some parameters have names and some do not"),
                format!("name all or none: {}", law.example()),
            );
        }
        Ok(Self { law, parameters })
    }

    /// The parameters in the order of the form they are written in, and the form's index. The
    /// first form may be written without names where `positional` says so.
    pub fn take<const N: usize, const FORMS: usize>(
        &self,
        forms: [&[&'static str; N]; FORMS],
        positional: bool,
    ) -> Result<(usize, [f64; N]), DistributionError> {
        let (law, given) = (self.law, self.parameters.len());
        let help = format!("write {}", law.example());
        let unnamed = self.parameters.iter().all(|p| p.0.is_none());
        if unnamed && (positional || given == 0) {
            let values: Vec<f64> = self.parameters.iter().map(|p| p.1).collect();
            return <[f64; N]>::try_from(values).map(|values| (0, values)).or_else(|_| {
                let amount = if given < N { "lacks parameters" } else { "has too many parameters" };
                fault(format!("{law} {amount}: {given} given, {N} needed ({})", forms[0].join(", ")), &help)
            });
        }
        for (index, form) in forms.iter().enumerate() {
            if let Some(values) = self.by_name(form) {
                return Ok((index, values));
            }
        }
        let known = || forms.iter().flat_map(|form| form.iter().copied());
        for (name, _) in &self.parameters {
            let Some(name) = name else { continue };
            if !known().any(|k| k == *name) {
                let names: Vec<&str> = known().collect();
                return fault(
                    format!("{law} has no parameter `{name}`"),
                    format!("{}: {}", suggest(name, names.iter().copied()).trim_end_matches('?'), law.example()),
                );
            }
        }
        let names: Vec<&str> = self.parameters.iter().filter_map(|p| p.0).collect();
        let what = if given < N { "lacks a parameter" } else { "is given parameters that do not go together" };
        fault(format!("{law} {what}: it has {}", names.join(", ")), help)
    }

    /// Whether parameters are given, and none of them by name.
    pub fn is_unnamed(&self) -> bool {
        !self.parameters.is_empty() && self.parameters.iter().all(|p| p.0.is_none())
    }

    fn by_name<const N: usize>(&self, form: &[&str; N]) -> Option<[f64; N]> {
        if self.parameters.len() != N {
            return None;
        }
        let mut values = [0.0; N];
        for (value, wanted) in values.iter_mut().zip(form) {
            *value = self.parameters.iter().find(|(name, _)| *name == Some(*wanted))?.1;
        }
        Some(values)
    }

    /// Series for the quantiles of laws that are all but a point or two take forever.
    pub fn drawable(&self, law: Distribution, shapes: [f64; 2]) -> Parsed {
        let (least, most) = SHAPES;
        match shapes.into_iter().find(|shape| !(least..=most).contains(shape)) {
            None => Ok(law),
            Some(shape) if shape < least => fault(
                format!("{}: the shape {shape} is below {least}", self.law),
                "give a smaller spread; nearly all of this distribution lies at its ends",
            ),
            Some(shape) => fault(
                format!("{}: the shape {shape} is above {most}", self.law),
                "give a larger spread, or, for hardly any, the number alone",
            ),
        }
    }

    pub fn above_zero(&self, name: &str, value: f64) -> Result<(), DistributionError> {
        if value > 0.0 {
            return Ok(());
        }
        let help = if value == 0.0 && matches!(name, "sd" | "sigma") {
            "give a number above 0, or, for no spread at all, the number alone".to_owned()
        } else {
            format!("give a {name} above 0")
        };
        fault(format!("{}: {name} = {value} is not above 0", self.law), help)
    }

    pub fn in_order(&self, low: f64, high: f64) -> Result<(), DistributionError> {
        if low < high {
            return Ok(());
        }
        let (what, help) = if low > high {
            (format!("{}: low = {low} is above high = {high}", self.law), "swap the two".to_owned())
        } else {
            (format!("{}: low and high are both {low}", self.law), format!("write the number alone: {low}"))
        };
        fault(what, help)
    }
}
