//! A parameter path is the one address of a number in a study: `stages.active.to.churned`.

use std::fmt;

/// The keys under which a table has the number that the path of the table means.
pub const NUMBERS: [&str; 3] = ["chance", "rate", "amount"];

/// One step of a path: a name, or `*` for any one name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The key of a table, or the place in a list counted from 0.
    Name(String),
    /// `*`: any one name.
    Any,
}

/// A parameter path: its steps are joined by dots, and a name that holds more than letters,
/// digits, `_` and `-` stands in quotes, as in TOML: `stages."at risk".to.churned`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamPath {
    /// The steps from the root of the study; none of them for the study itself.
    pub steps: Vec<Step>,
}

impl ParamPath {
    /// Reads a path; spaces around a dot do not count. The error says in words what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Ok(Self::default());
        }
        loop {
            let (step, after) = first_step(rest)?;
            steps.push(step);
            let after = after.trim_start();
            if after.is_empty() {
                return Ok(Self { steps });
            }
            rest = after.strip_prefix('.').ok_or_else(|| format!("a dot is missing before `{after}`"))?.trim_start();
        }
    }

    /// A path from its names.
    pub fn of<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self { steps: names.into_iter().map(|name| Step::Name(name.into())).collect() }
    }

    /// The names it is made of, `*` for any one name.
    pub fn names(&self) -> Vec<&str> {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Name(name) => name.as_str(),
                Step::Any => "*",
            })
            .collect()
    }

    /// Whether `other` is this path, `*` holding for any one name.
    pub fn matches(&self, other: &Self) -> bool {
        self.steps.len() == other.steps.len() && self.holds(other)
    }

    /// The path of what stands under `name` at this path.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        let mut steps = self.steps.clone();
        steps.push(Step::Name(name.to_owned()));
        Self { steps }
    }

    /// The path one step up; none for the study itself.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.steps.split_last()?;
        Some(Self { steps: above.to_vec() })
    }

    /// Whether a transition or an amount writes here the number that the path of its table means.
    pub fn is_number_of(&self, table: &Self) -> bool {
        matches!(self.names()[..], ["stages", _, "to" | "values", _, key] if NUMBERS.contains(&key))
            && self.parent().is_some_and(|above| above == *table)
    }

    /// Whether `other` stands at this path or beneath it; `*` holds for any one name.
    pub fn holds(&self, other: &Self) -> bool {
        self.steps.len() <= other.steps.len()
            && self.steps.iter().zip(&other.steps).all(|(mine, theirs)| *mine == Step::Any || mine == theirs)
    }

    /// Whether a `*` stands in the path.
    pub fn is_pattern(&self) -> bool {
        self.steps.contains(&Step::Any)
    }
}

fn first_step(text: &str) -> Result<(Step, &str), String> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let end = quoted.find('\'').ok_or_else(|| format!("a quote is not closed in `{text}`"))?;
        return Ok((Step::Name(quoted[..end].to_owned()), &quoted[end + 1..]));
    }
    if text.starts_with('"') {
        return quoted_step(text);
    }
    let end = text.find('.').unwrap_or(text.len());
    let name = text[..end].trim_end();
    if name == "*" {
        return Ok((Step::Any, &text[end..]));
    }
    if name.is_empty() {
        return Err("a name is missing beside a dot".to_owned());
    }
    if name.contains(['"', '\'']) {
        return Err(format!("a quote stands in the middle of `{name}`"));
    }
    // Spaces are taken as they come: `stages.at risk.to.x` can mean one thing only.
    Ok((Step::Name(name.to_owned()), &text[end..]))
}

/// Quoted names are written with the escapes that TOML and JSON share.
fn quoted_step(text: &str) -> Result<(Step, &str), String> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let name = serde_json::from_str(&text[..=at])
                    .map_err(|_| format!("`{}` has an escape that means nothing", &text[..=at]))?;
                return Ok((Step::Name(name), &text[at + 1..]));
            }
            _ => {}
        }
    }
    Err(format!("a quote is not closed in `{text}`"))
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        match self {
            Self::Any => f.write_str("*"),
            Self::Name(name) if !name.is_empty() && name.chars().all(bare) => f.write_str(name),
            Self::Name(name) => write!(f, "{}", serde_json::Value::from(name.as_str())),
        }
    }
}

impl fmt::Display for ParamPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            write!(f, "{dot}{step}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_with_a_space_is_quoted_and_read_back() {
        let path = ParamPath::parse("stages.\"at risk\".to.x").unwrap();
        assert_eq!(path.to_string(), "stages.\"at risk\".to.x");
        assert_eq!(path, ParamPath::parse("stages.'at risk'.to.x").unwrap());
        assert_eq!(path, ParamPath::parse("stages.at risk.to . x").unwrap());
    }

    #[test]
    fn a_star_holds_for_any_one_name_but_a_quoted_star_is_a_name() {
        let star = ParamPath::parse("stages.*.to").unwrap();
        assert!(star.is_pattern());
        assert!(star.holds(&ParamPath::parse("stages.active.to.lapsed").unwrap()));
        assert!(!star.holds(&ParamPath::parse("stages.active.quality").unwrap()));
        assert!(!ParamPath::parse("stages.\"*\".to").unwrap().is_pattern());
    }

    #[test]
    fn a_broken_path_says_what_is_wrong() {
        for broken in ["stages..to", "stages.", ".stages", "stages.\"open", "a\"b\".c", "\"a\"b"] {
            assert!(ParamPath::parse(broken).is_err(), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(names in proptest::collection::vec(".{0,6}", 1..5)) {
            let path = ParamPath { steps: names.into_iter().map(Step::Name).collect() };
            prop_assert_eq!(ParamPath::parse(&path.to_string()).unwrap(), path);
        }
    }
}
