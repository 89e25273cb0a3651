//! `polku new` writes a commented study to start from.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output::print;
use crate::files::file::write_file;

/// The study that a new user starts from.
pub const STARTER: &str = include_str!("templates/minimal.toml");

/// The studies to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// The smallest study that answers a question
    Minimal,
    /// A software subscription: trial, active, at risk; new accounts every month
    Saas,
    /// An online shop: baskets, and satisfaction that decides who comes back
    Retail,
    /// Mobile contracts: bound, then free to leave; a rival comes
    Telecom,
}

impl Template {
    /// The text of the study.
    fn text(self) -> &'static str {
        match self {
            Self::Minimal => STARTER,
            Self::Saas => include_str!("templates/saas.toml"),
            Self::Retail => include_str!("templates/retail.toml"),
            Self::Telecom => include_str!("templates/telecom.toml"),
        }
    }
}

/// What to call it, and what it is like.
#[derive(Debug, Args)]
pub struct New {
    /// The business that it is about
    #[arg(long, value_enum, default_value_t = Template::Minimal)]
    template: Template,
    /// The name of the study; NAME.toml is written
    name: PathBuf,
}

impl New {
    /// Writes the study; a file that is there already stays as it is.
    ///
    /// # Errors
    /// A file of that name, or a failure of writing.
    pub fn run(self) -> Result<(), Failure> {
        let path = if self.name.extension().is_some_and(|e| e == "toml") {
            self.name
        } else {
            PathBuf::from(format!("{}.toml", self.name.display()))
        };
        if path.exists() {
            return Err(Failure::Unreadable(format!(
                "{} is there already, and stays as it is; choose another name",
                path.display()
            )));
        }
        write_file(&path, self.template.text().as_bytes())?;
        print(&format!("Wrote {}. Run it with\n  polku run {}\n", path.display(), quoted(&path.display().to_string())))
    }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/:\\".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_is_printed_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("../mine.toml"), "../mine.toml");
        assert_eq!(quoted("../x y.toml"), "'../x y.toml'");
        assert_eq!(quoted("it's.toml"), r"'it'\''s.toml'");
    }
}
