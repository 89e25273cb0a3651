//! Words that people take for a key, which the language calls otherwise.

use crate::diagnostic::nearest;

/// A key, and what it is often taken for. The first key that a table knows counts.
const SYNONYMS: [(&str, &[&str]); 32] = [
    ("times", &["multiply", "multiply_by", "multiplier", "factor", "scale", "product", "by"]),
    ("add", &["plus", "increase", "increment", "delta", "sum"]),
    ("set", &["value", "equals", "replace", "becomes"]),
    ("odds", &["odds_ratio"]),
    ("hazard", &["hazard_ratio"]),
    ("target", &["path", "parameter", "what"]),
    ("horizon", &["periods", "months", "weeks", "quarters", "years", "days", "duration", "length", "steps"]),
    ("period", &["time_unit", "unit", "step", "granularity", "frequency", "month", "when", "by"]),
    ("customers", &["population", "size", "users", "accounts", "people"]),
    ("agents", &["sample", "sample_size", "simulated"]),
    ("replications", &["runs", "iterations", "simulations", "repetitions", "draws"]),
    ("baseline", &["base", "reference", "control"]),
    ("discount_rate", &["wacc", "discount", "interest_rate"]),
    ("title", &["name", "label"]),
    ("description", &["notes", "note", "comment", "summary"]),
    ("share", &["weight", "proportion", "fraction", "percentage"]),
    ("start", &["initial", "starts", "begin"]),
    ("to", &["transitions", "transition", "next", "exits", "moves"]),
    ("chance", &["probability", "prob", "likelihood"]),
    ("rate", &["hazard_rate", "intensity"]),
    ("per", &["unit", "span", "time_unit"]),
    ("values", &["amounts", "money", "value"]),
    ("once", &["upfront", "one_time", "one_off", "capex", "initial", "setup"]),
    ("per_period", &["monthly", "per_month", "per_year", "running", "opex", "recurring"]),
    ("build", &["lead_time", "build_time", "duration"]),
    ("basket", &["price", "amount", "order_value"]),
    ("at_least", &["min", "minimum", "above"]),
    ("at_most", &["max", "maximum", "below"]),
    ("metric", &["kpi", "measure"]),
    ("initiatives", &["projects", "actions", "measures"]),
    ("stages", &["states", "phases"]),
    ("run", &["settings", "config", "simulation"]),
];

/// The known key that another name is meant for: by its sense, or by a slip of the hand.
pub fn key_meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let same = SYNONYMS.iter().filter(|(_, others)| others.contains(&lower.as_str())).map(|(key, _)| *key);
    let by_sense = same.into_iter().find_map(|key| known.clone().into_iter().find(|known| *known == key));
    by_sense.or_else(|| nearest(name, known))
}

#[cfg(test)]
mod tests {
    use super::{SYNONYMS, key_meant};
    use crate::study::language::Language;

    #[test]
    fn a_word_is_a_key_by_its_sense_and_only_where_the_key_is_known() {
        assert_eq!(key_meant("multiply", ["odds", "times"]), Some("times"));
        assert_eq!(key_meant("periods", ["period", "horizon"]), Some("horizon"));
        assert_eq!(key_meant("perido", ["period", "horizon"]), Some("period"));
        assert_eq!(key_meant("multiply", ["rate", "basket"]), None);
    }

    #[test]
    fn every_key_of_the_list_is_one_of_the_language() {
        let language = Language::of_studies();
        for (key, _) in SYNONYMS {
            assert!(!language.homes(key).is_empty(), "{key}");
        }
    }
}
