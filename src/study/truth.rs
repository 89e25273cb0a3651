//! True and false in other words.

/// What people write for `true` and `false`.
pub fn word_of_truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::word_of_truth;

    #[test]
    fn yes_and_no_are_true_and_false_and_nothing_else_is() {
        assert_eq!(["Yes", "on", "TRUE", "1"].map(word_of_truth), [Some(true); 4]);
        assert_eq!(["no", "Off", "0"].map(word_of_truth), [Some(false); 3]);
        assert_eq!(["", "maybe", "2"].map(word_of_truth), [None; 3]);
    }
}
