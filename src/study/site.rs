//! A site is a place of a study where its author writes names or texts of his own, whatever things are called on the way.

use super::names::{KINDS, Name, Things};
use super::path::Step;
use super::worded::{TEXTS, Text};

/// All sites of the language.
pub struct Sites {
    /// Where a walk may be; the first is the top of a study.
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// What follows by the keys of the language.
    words: Vec<(&'static str, usize)>,
    /// What follows by any other key.
    name: Option<usize>,
    /// What follows by a place in the list.
    item: Option<usize>,
    /// What the key, or the place in the list, names.
    called: Option<Name>,
    /// What a text says.
    text: Option<Text>,
}

/// Where a walk through a study is.
#[derive(Clone, Copy)]
pub struct Site<'s> {
    sites: &'s Sites,
    /// None where no site is at hand or below.
    node: Option<usize>,
}

impl Sites {
    /// The sites of the language that `Study` reads.
    pub fn of_studies() -> Self {
        let mut sites = Self { nodes: vec![Node::default()] };
        for kind in KINDS {
            let any = if matches!(kind.things, Things::Named(_)) { "*" } else { "[]" };
            sites.node([kind.root, any].into_iter()).called = Some(Name { kind, words: &[] });
            for (pattern, words) in kind.named {
                let name = Name { kind, words };
                let node = sites.node(pattern.split('.'));
                if pattern.ends_with('*') {
                    node.called = Some(name);
                } else {
                    node.text = Some(Text::Name(name));
                }
            }
        }
        for (text, patterns) in TEXTS {
            for pattern in patterns {
                sites.node(pattern.split('.')).text = Some(text);
            }
        }
        sites
    }

    /// The top of a study.
    pub fn top(&self) -> Site<'_> {
        Site { sites: self, node: Some(0) }
    }

    /// The node of a pattern.
    fn node(&mut self, steps: impl Iterator<Item = &'static str>) -> &mut Node {
        let mut at = 0;
        for step in steps {
            let next = self.nodes.len();
            let node = &mut self.nodes[at];
            let below = match step {
                "*" => *node.name.get_or_insert(next),
                "[]" => *node.item.get_or_insert(next),
                word => node.word(word).unwrap_or_else(|| {
                    node.words.push((word, next));
                    next
                }),
            };
            if below == next {
                self.nodes.push(Node::default());
            }
            at = below;
        }
        &mut self.nodes[at]
    }
}

impl Node {
    fn word(&self, key: &str) -> Option<usize> {
        self.words.iter().find(|(word, _)| *word == key).map(|(_, below)| *below)
    }
}

impl<'s> Site<'s> {
    /// What the key names that leads here, or the place in a list; none where it is a word of the language.
    pub fn called(self) -> Option<Name> {
        self.node()?.called
    }

    /// What a text here says; none where it is one of a few words, or the law of a number.
    pub fn text(self) -> Option<Text> {
        self.node()?.text
    }

    /// What stands under a key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.go(|node| node.word(key).or(node.name))
    }

    /// What stands in a list.
    #[must_use]
    pub fn item(self) -> Self {
        self.go(|node| node.item)
    }

    /// What stands at the next step of a parameter path.
    #[must_use]
    pub fn step(self, step: &Step) -> Self {
        match step {
            Step::Any => self.go(|node| node.name),
            Step::Name(key) => self.go(|node| node.word(key).or(node.name).or(node.item)),
        }
    }

    fn node(self) -> Option<&'s Node> {
        self.sites.nodes.get(self.node?)
    }

    fn go(self, below: impl Fn(&Node) -> Option<usize>) -> Self {
        Self { node: self.node().and_then(below), ..self }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::study::language::{Language, is};
    use crate::study::names::Kind;

    /// A text that is neither one of a few words nor stands where a number may, which is then a law.
    fn is_free(branches: &[&Value], branch: &Value) -> bool {
        let number = branches.iter().any(|other| is(other, "number") || is(other, "integer"));
        let listed = ["enum", "const", "pattern"].iter().any(|key| branch.get(key).is_some());
        is(branch, "string") && !number && !listed
    }

    /// Every pattern of the language at which there are names or texts of the author's own.
    fn patterns(language: &Language) -> Vec<String> {
        let mut found = Vec::new();
        for (pattern, schema) in language.places() {
            let branches = language.branches(schema);
            for branch in &branches {
                if branch.get("additionalProperties").is_some_and(Value::is_object) {
                    found.push(format!("{pattern}.*"));
                }
                if is_free(&branches, branch) {
                    found.push(pattern.clone());
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Every pattern of the table.
    fn rows() -> Vec<String> {
        let named = KINDS.into_iter().flat_map(|kind| kind.named).map(|(pattern, _)| (*pattern).to_owned());
        let own = KINDS.into_iter().filter(|kind| matches!(kind.things, Things::Named(_)));
        let own = own.map(|kind| format!("{}.*", kind.root));
        let texts = TEXTS.into_iter().flat_map(|(_, patterns)| patterns).map(|pattern| (*pattern).to_owned());
        let mut rows: Vec<String> = named.chain(own).chain(texts).collect();
        rows.sort();
        rows
    }

    #[test]
    fn every_name_and_text_of_the_language_is_a_row_of_the_table_and_every_row_one_of_the_language() {
        let language = Language::of_studies();
        let (patterns, rows) = (patterns(&language), rows());
        let missing: Vec<&String> = patterns.iter().filter(|pattern| !rows.contains(pattern)).collect();
        assert!(missing.is_empty(), "`study/names.rs` does not say what is named at {missing:#?}");
        let gone: Vec<&String> = rows.iter().filter(|row| !patterns.contains(row)).collect();
        assert!(gone.is_empty(), "the language has no such place any more: {gone:#?}");
    }

    #[test]
    fn every_list_of_tables_at_the_top_of_a_study_is_a_kind() {
        let language = Language::of_studies();
        let lists = language.places().into_iter().filter(|(pattern, schema)| {
            let items = language.branch(schema, "array").and_then(|list| list.get("items"));
            !pattern.contains('.') && items.is_some_and(|items| language.branch(items, "object").is_some())
        });
        let lists: Vec<String> = lists.map(|(pattern, _)| pattern).collect();
        assert!(lists.len() >= 3, "{lists:?}");
        let sites = Sites::of_studies();
        for list in lists {
            let name = sites.top().key(&list).item().called();
            assert!(name.is_some_and(|name| name.kind.root == list), "`study/names.rs` has no row for `{list}`");
        }
    }

    #[test]
    fn no_two_rows_mean_the_same_kind_or_place() {
        let rows = rows();
        for (at, row) in rows.iter().enumerate().skip(1) {
            assert_ne!(rows[at - 1], *row);
        }
        let same = |a: &Kind, b: &Kind| a.root == b.root || a.noun == b.noun;
        for (at, kind) in KINDS.iter().enumerate() {
            assert!(!KINDS[..at].iter().any(|other| same(other, kind)), "{}", kind.root);
        }
    }

    #[test]
    fn a_name_that_is_spelt_like_a_key_is_a_name() {
        let sites = Sites::of_studies();
        let stage = sites.top().key("stages").key("to").key("to").key("title");
        assert!(stage.called().is_some_and(|name| name.kind.root == "stages"));
        assert!(stage.text().is_none(), "what stands there is a chance");
        assert!(matches!(sites.top().key("stages").key("to").key("title").text(), Some(Text::Title)));
        assert!(sites.top().key("run").key("horizon").called().is_none());
    }
}
