//! Compiles what accumulates: ledger lines and outcomes.

use crate::diagnostic::{Diagnostic, nearest};
use crate::model::value::{Account, AccountKind};
use crate::quantity::LineId;
use crate::study::journey::{CostGroup, LineKind, Outcome};
use crate::study::path::ParamPath as Path;

use super::compiler::Compiler;

impl Compiler<'_> {
    pub(super) fn declare_accounts(&mut self) {
        let money = |name: &str, title: Option<&String>, kind, group: Option<CostGroup>| Account {
            name: name.to_owned(),
            title: title.map_or(name, |t| t).to_owned(),
            kind: AccountKind::Money(kind),
            group: group.unwrap_or(CostGroup::Service),
        };
        for (name, line) in &self.study.lines {
            if line.kind == LineKind::Revenue && line.group.is_some() {
                self.fault(
                    Diagnostic::error(format!("`{name}` is money in, and has no group"))
                        .at(Path::of(["lines", name, "group"]).to_string())
                        .why("`group` says where a cost stands in the books")
                        .help("take it out, or let `kind` be \"cost\""),
                );
            }
            self.accounts.insert(name.clone(), money(name, line.title.as_ref(), line.kind, line.group));
        }
        let revenue = || money("revenue", None, LineKind::Revenue, None);
        self.accounts.entry("revenue".to_owned()).or_insert_with(revenue);
        for (name, outcome) in &self.study.outcomes {
            if self.study.lines.contains_key(name) || name == "revenue" {
                self.fault(
                    Diagnostic::error(format!("`{name}` is both a ledger line and an outcome"))
                        .at(Path::of(["outcomes", name]).to_string())
                        .why("`values` and the report could not tell them apart")
                        .help("give one of them another name"),
                );
            }
            self.check_outcome(name, outcome);
            let account = Account {
                name: name.clone(),
                title: outcome.title.clone().unwrap_or_else(|| name.clone()),
                kind: AccountKind::Outcome {
                    unit: outcome.unit.clone().unwrap_or_default(),
                    discount_rate: outcome.discount_rate.unwrap_or(0.0),
                    less_is_better: outcome.less_is_better,
                },
                group: CostGroup::Service,
            };
            self.accounts.insert(name.clone(), account);
        }
    }

    pub(super) fn check_outcome(&mut self, name: &str, outcome: &Outcome) {
        let rate = outcome.discount_rate.unwrap_or(0.0);
        if !(rate >= 0.0 && rate.is_finite()) {
            self.fault(
                Diagnostic::error(format!("a discount rate cannot be {rate}"))
                    .at(Path::of(["outcomes", name, "discount_rate"]).to_string())
                    .why("it must be a number that is not negative")
                    .help("give a rate a year, such as 0.03"),
            );
        }
    }

    /// Declares an account of what serving costs.
    pub(super) fn cost_account(&mut self, name: &str, title: String) {
        let kind = AccountKind::Money(LineKind::Cost);
        let account = Account { name: name.to_owned(), title, kind, group: CostGroup::Service };
        self.accounts.insert(name.to_owned(), account);
    }

    /// The account of a value, or a fault that says how to declare it.
    pub fn account(&mut self, name: &str, at: &Path) -> Option<LineId> {
        if !self.accounts.contains_key(name) && (name.ends_with("cost") || name.ends_with("costs")) {
            self.cost_account(name, name.replace('_', " "));
        }
        if let Some(place) = self.accounts.get_index_of(name) {
            return Some(LineId::from(place));
        }
        let known: Vec<String> = self.accounts.keys().cloned().collect();
        let help = nearest(name, known.iter().map(String::as_str)).map_or_else(
            || {
                let (line, outcome) = (Path::of(["lines", name]), Path::of(["outcomes", name]));
                format!("add `[{line}]` with `kind = \"revenue\"` or `kind = \"cost\"`; or, where it is no money, `[{outcome}]`")
            },
            |near| format!("did you mean `{near}`?"),
        );
        self.fault(
            Diagnostic::error(format!("nothing says whether `{name}` is money in or money out"))
                .at_key(at.to_string())
                .why("`revenue` is money in, and a name that ends in `cost` is money out; every other name is declared")
                .help(help),
        );
        None
    }
}
