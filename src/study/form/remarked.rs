//! What is wrong with remarks: what is right was taken out of the document before.

use serde_json::Value as Schema;

use super::{FlawKind, Walk};
use crate::diagnostic::Diagnostic;
use crate::study::document::{Entry, Node, Value};
use crate::study::kind::kind_found;
use crate::study::language::property;
use crate::study::path::{NUMBERS, ParamPath};
use crate::study::remark;

impl Walk<'_> {
    /// A number that stands in a table of its own, of which something is wrong: what is right was taken out before.
    pub(super) fn remarked(
        &mut self,
        table: &indexmap::IndexMap<String, Entry>,
        branch: Option<&Schema>,
        path: &ParamPath,
    ) {
        let of_table = |name: &str| branch.is_some_and(|branch| property(branch, name).is_some());
        let number = NUMBERS.into_iter().find(|key| of_table(key));
        for (name, entry) in table.iter().filter(|(name, _)| *name != remark::VALUE) {
            if remark::KEYS.contains(&name.as_str()) {
                self.remark(&entry.node, &path.child(name));
            } else if let Some(number) = number.filter(|_| of_table(name)) {
                let path = path.child(name);
                let fault =
                    Diagnostic::error(format!("`{name}` does not stand beside `value`")).at_key(path.to_string());
                let help = format!("write `{number}` instead of `value`");
                self.tell(
                    path,
                    FlawKind::Unknown,
                    fault.why("`value` is for a number with its remarks alone").help(help),
                );
            } else {
                self.tell_unknown_key((name, entry), &remark::KEYS, path);
            }
        }
    }

    /// A part of a remark has to be a text.
    pub(super) fn remark(&mut self, found: &Node, path: &ParamPath) {
        if !matches!(found.value, Value::Text(_)) {
            let kind = kind_found(&found.value);
            self.tell_wrong(
                path,
                Diagnostic::error(format!("`{path}` must be a text, not {kind}"))
                    .at_with(path.to_string(), kind)
                    .why("it says in words where numbers come from")
                    .help("write it as one text in quotes"),
            );
        }
    }
}
