//! Values of a stage as the user wrote them: one amount for all customers, or amounts that go by time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::number::Number;
use crate::quantity::PeriodUnit;

/// An amount per customer and period: a number, or a table with more to say of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 14.99, example = "12 to 16")]
pub enum Value {
    /// The same in every period.
    Plain(Number),
    /// A table.
    Table(Box<ValueTable>),
}

/// An amount per customer and period that goes by time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"amount": [10, 5], "by": "tenure"}))]
pub struct ValueTable {
    /// The amount, or a list of amounts that are read by `by`; the last one holds on.
    pub amount: Amounts,
    /// What a list is read by: the customer's periods in the stage or since entry, or the period of the study.
    #[serde(default)]
    pub by: Option<ValueClock>,
    /// The span of time that the amounts are for; a period of the run by default.
    #[serde(default)]
    pub per: Option<PeriodUnit>,
}

/// One amount, or a list of them whose last one holds on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(example = 10, example = [10, 5])]
pub enum Amounts {
    /// The same in every period.
    One(Number),
    /// One for each step of `by`.
    List(Vec<Number>),
}

/// What a list of amounts is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueClock {
    /// The periods that the customer has been in the stage.
    PeriodsInStage,
    /// The customer's own periods since entry.
    Tenure,
    /// The period of the study.
    Period,
}

impl Value {
    /// What its list is read by; none where it has none.
    pub fn clock(&self) -> Option<ValueClock> {
        match self {
            Self::Table(table) if matches!(table.amount, Amounts::List(_)) => table.by,
            _ => None,
        }
    }
}
