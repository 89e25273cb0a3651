//! File names of scenarios: readable, the same in every run, and each of them another file on every file system.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use unicode_normalization::UnicodeNormalization;

use crate::digest::sha256;

/// The most letters of a scenario's name in a file's name.
const MOST: usize = 60;
/// The same in bytes: a file's name has 255 of them in all.
const MOST_BYTES: usize = 120;
/// How many digits of the name's digest a file name has, where the name alone will not do: as few as tell them apart.
const DIGITS: [usize; 4] = [0, 8, 16, 64];

/// The file names of scenarios by their names. A name of letters, figures, `_` and `-` is its own file name. Of others the
/// letters are kept that every system takes, and a digest of the whole name follows; so it does where names differ by
/// nothing but case, or by how their accents are written, because there are systems to which these are one.
pub fn file_names<'a>(names: impl IntoIterator<Item = &'a str>) -> IndexMap<String, String> {
    let mut chosen: Vec<(&str, usize)> = names.into_iter().map(|name| (name, usize::from(fit(name) != name))).collect();
    loop {
        let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, choice) in chosen.iter().enumerate() {
            same.entry(folded(&file_name(*choice))).or_default().push(at);
        }
        let mut settled = true;
        for at in same.into_values().filter(|those| those.len() > 1).flatten() {
            if chosen[at].1 + 1 < DIGITS.len() {
                chosen[at].1 += 1;
                settled = false;
            }
        }
        if settled {
            return chosen.into_iter().map(|choice| (choice.0.to_owned(), file_name(choice))).collect();
        }
    }
}

fn file_name((name, digits): (&str, usize)) -> String {
    match DIGITS[digits] {
        0 => name.to_owned(),
        digits => format!("{}-{}", fit(name), &sha256(name.as_bytes())[..digits]),
    }
}

/// What of a name every file system takes.
fn fit(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
    let mut bytes = 0;
    let fits = |c: &char| {
        bytes += c.len_utf8();
        bytes <= MOST_BYTES
    };
    name.nfc().map(kept).take(MOST).take_while(fits).collect()
}

/// A name as a file system sees it that heeds neither case nor how accents are written.
fn folded(name: &str) -> String {
    name.nfd().collect::<String>().to_lowercase().to_uppercase().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<String> {
        file_names(names.iter().copied()).into_values().collect()
    }

    #[test]
    fn a_plain_name_is_its_own_file_name_whatever_stands_beside_it() {
        assert_eq!(files(&["know_me", "Räätälöity-2"]), ["know_me", "Räätälöity-2"]);
        assert_eq!(files(&["a/b", "3_a_b"]), [format!("a_b-{}", &sha256(b"a/b")[..8]), "3_a_b".to_owned()]);
        // In whatever order they stand, and however many.
        let (one, two) = (files(&["Plan", "plan", "x"]), files(&["y", "plan", "Plan"]));
        assert_eq!((&one[0], &one[1]), (&two[2], &two[1]));
    }

    #[test]
    fn hostile_names_are_different_files_on_every_file_system() {
        let (long, longer) = ("x".repeat(300), "x".repeat(301));
        let (wide, emoji) = ("漢".repeat(100), "😀".repeat(90));
        let taken = format!("a_b-{}", &sha256(b"a/b")[..8]);
        let hostile = [
            "Plan",
            "plan",
            "PLAN",
            "pLan",
            "a/b",
            "a\\b",
            "a:b",
            "a b",
            "a_b",
            "A_B",
            &taken,
            "3_a_b",
            "..",
            ".",
            "",
            "CON",
            "con",
            "nul",
            "COM1",
            "é",
            "e\u{301}",
            "É",
            "ß",
            "ss",
            "SS",
            "ſs",
            "ı",
            "i",
            "I",
            "İ",
            "K",
            "\u{212a}",
            "k",
            "ﬁ",
            "fi",
            "Σ",
            "σ",
            "ς",
            &long,
            &longer,
            &wide,
            &emoji,
            "a.",
            "a ",
            "a",
            "a\u{200d}",
            "a?",
            "a*",
            "-",
            "--",
        ];
        let names = files(&hostile);
        let seen: std::collections::BTreeSet<String> =
            names.iter().map(|name| name.nfkd().collect::<String>().to_uppercase().to_lowercase()).collect();
        // What compatibility makes one (the ligature fi) is one on no file system.
        assert!(seen.len() >= hostile.len() - 1, "{names:?}");
        let mut folds: Vec<String> = names.iter().map(|name| folded(name)).collect();
        folds.sort();
        folds.dedup();
        assert_eq!(folds.len(), hostile.len(), "{names:?}");
        for name in names {
            let file = format!("cohorts_{name}.svg");
            assert!(file.len() <= 255 && file.encode_utf16().count() <= 255, "{file}");
            assert!(name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-'), "{name}");
        }
    }
}
