//! Names of sheets have rules that titles of scenarios do not know.

/// The most UTF-16 units that a name has.
const MOST: usize = 31;
/// A name that the format keeps for itself.
const RESERVED: &str = "history";

/// Names that are fit for sheets, each of them once.
#[derive(Default)]
pub struct Names {
    taken: Vec<String>,
    sheets: Vec<String>,
}

impl Names {
    /// Keeps a name for a sheet of our own.
    pub fn keep(&mut self, name: &str) {
        self.taken.push(name.to_lowercase());
    }

    /// The next sheet's name, as near to a title as the rules let it be.
    pub fn add(&mut self, title: &str) {
        let wanted = fit(title);
        let mut name = wanted.clone();
        let mut count = 1;
        while name.to_lowercase() == RESERVED || self.taken.contains(&name.to_lowercase()) {
            count += 1;
            let suffix = format!(" ({count})");
            name = format!("{}{suffix}", cut(&wanted, MOST - suffix.len()));
        }
        self.keep(&name);
        self.sheets.push(name);
    }

    /// The name of a sheet.
    pub fn plain(&self, place: usize) -> &str {
        &self.sheets[place]
    }

    /// The name as formulas write it, with what parts it from the cell: `'Know me'!`.
    pub fn quoted(&self, place: usize) -> String {
        format!("'{}'!", self.sheets[place])
    }
}

/// A title without what a name must not hold. Apostrophes would have to be doubled in formulas, and what a formula begins with
/// has no place at the front.
fn fit(title: &str) -> String {
    let allowed = |c: char| if c.is_control() || "[]:*?/\\'".contains(c) { ' ' } else { c };
    let clean: String = title.chars().map(allowed).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = cut(words.trim_start_matches(['=', '+', '-', '@', ' ']), MOST);
    if name.is_empty() { "Scenario".to_owned() } else { name }
}

fn cut(text: &str, most: usize) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= most
    };
    text.chars().take_while(fits).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(titles: &[&str]) -> Vec<String> {
        let mut names = Names::default();
        names.keep("Compare");
        titles.iter().for_each(|title| names.add(title));
        names.sheets
    }

    #[test]
    fn titles_become_names_that_the_format_takes() {
        assert_eq!(
            names(&["Know me: one/two [x]", "=1+1", "'", "", "\t@cmd"]),
            ["Know me one two x", "1+1", "Scenario", "Scenario (2)", "cmd"]
        );
        assert_eq!(names(&["compare", "COMPARE", "History"]), ["compare (2)", "COMPARE (3)", "History (2)"]);
        let long = "Winbackcampaignwithoutanyspaceinitsverylongname";
        let two = names(&[long, long]);
        assert_eq!(two[0], "Winbackcampaignwithoutanyspacei");
        assert_eq!(two[1], "Winbackcampaignwithoutanysp (2)");
        // A pair of units is not cut in two.
        assert_eq!(names(&[&"😀".repeat(16)])[0].chars().count(), 15);
    }
}
