//! A parameter path is the address of a number: `stages.active.to.churned`.

use std::fmt;

/// A path, or a pattern in which `*` stands for any one name.
///
/// A name with a dot or a space is quoted, as in TOML: `stages."at risk".to.active`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path(Vec<String>);

impl Path {
    /// A path from its names.
    pub fn of<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// Reads a path as it is written; none where a quote does not close or a name is empty.
    pub fn parse(text: &str) -> Option<Self> {
        let mut names = Vec::new();
        let mut rest = text.trim();
        loop {
            let (name, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => rest.find('.').map_or((rest, ""), |dot| rest.split_at(dot)),
            };
            if name.is_empty() {
                return None;
            }
            names.push(name.to_owned());
            if after.is_empty() {
                return Some(Self(names));
            }
            rest = after.strip_prefix('.')?;
        }
    }

    /// The names it is made of.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// This path with one more name.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let mut names = self.0.clone();
        names.push(name.to_owned());
        Self(names)
    }

    /// Whether this pattern matches a path name by name.
    pub fn matches(&self, path: &Self) -> bool {
        self.0.len() == path.0.len() && self.0.iter().zip(&path.0).all(|(mine, its)| mine == "*" || mine == its)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(".")?;
            }
            let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '*'));
            if bare {
                f.write_str(name)?;
            } else {
                write!(f, "\"{name}\"")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_reads_back_as_it_was_written() {
        for text in ["stages.active.to.churned", "stages.\"at risk\".to.x", "stages.*.to.lapsed"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Path::parse("a..b"), None);
        assert_eq!(Path::parse("a.\"b"), None);
        assert_eq!(Path::parse(""), None);
    }

    #[test]
    fn a_star_matches_one_name_and_no_more() {
        let pattern = Path::parse("stages.*.to.churned").unwrap();
        assert!(pattern.matches(&Path::of(["stages", "a.b", "to", "churned"])));
        assert!(!pattern.matches(&Path::of(["stages", "a", "b", "to", "churned"])));
    }
}
