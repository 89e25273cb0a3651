//! The walk reads every source file as a compiler would, without what only tests are compiled with.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, Meta};

/// A source file without its tests.
pub struct File {
    /// Its path from the root of the package, with `/`.
    pub path: String,
    /// The modules that it is in, from the crate root on: `engine`, `mechanism`, `travel`.
    pub module: Vec<String>,
    /// What is compiled without tests.
    pub items: Vec<Item>,
    /// Its words and signs, one after the other, each with its line.
    pub words: Vec<(String, usize)>,
    /// Its lines up to its tests.
    pub length: usize,
}

impl File {
    /// The file of a text.
    pub fn of(path: &str, text: &str) -> Self {
        let mut module: Vec<String> =
            path.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        let all = syn::parse_file(text).unwrap_or_else(|fault| panic!("{path}: {fault}")).items;
        let tests = all.iter().find(|item| is_for_tests(item)).map(|item| line_of(item.to_token_stream()));
        let items = without_tests(all);
        let mut words = Vec::new();
        items.iter().for_each(|item| flatten(item.to_token_stream(), &mut words));
        let length = tests.map_or_else(|| text.lines().count(), |line| line - 1);
        Self { path: path.to_owned(), module, items, words, length }
    }
}

/// All source files, but for those that only tests are compiled with.
pub fn files() -> Vec<File> {
    let root = root();
    let mut found: Vec<File> = paths(&["src"], &root)
        .into_iter()
        .filter(|path| path.ends_with(".rs") && !is_fixture(path))
        .map(|path| File::of(&path, &fs::read_to_string(root.join(&path)).unwrap()))
        .collect();
    assert!(found.len() > 50, "the walk found {} files only", found.len());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The root of the package.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every path under some folders, from the root on.
pub fn paths(folders: &[&str], root: &Path) -> Vec<String> {
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

fn is_fixture(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.any(|part| ["tests.rs", "fixture.rs", "fixture"].contains(&part))
}

fn without_tests(items: Vec<Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = items.into_iter().filter(|item| !is_for_tests(item)).collect();
    for item in &mut kept {
        if let Item::Mod(inner) = item
            && let Some((_, items)) = &mut inner.content
        {
            *items = without_tests(std::mem::take(items));
        }
    }
    kept
}

/// Whether only tests are compiled with an item: `#[cfg(test)]` stands above it.
fn is_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Const(its) => &its.attrs,
        Item::Enum(its) => &its.attrs,
        Item::Fn(its) => &its.attrs,
        Item::Impl(its) => &its.attrs,
        Item::Mod(its) => &its.attrs,
        Item::Static(its) => &its.attrs,
        Item::Struct(its) => &its.attrs,
        Item::Trait(its) => &its.attrs,
        Item::Type(its) => &its.attrs,
        Item::Use(its) => &its.attrs,
        _ => &[],
    };
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

fn line_of(tokens: TokenStream) -> usize {
    tokens.into_iter().next().map_or(1, |token| token.span().start().line)
}

/// The words and signs of some tokens; those within brackets follow the bracket. Attributes and what macros are given count.
fn flatten(tokens: TokenStream, words: &mut Vec<(String, usize)>) {
    for token in tokens {
        let line = token.span().start().line;
        match token {
            TokenTree::Group(group) => {
                words.push(("(".to_owned(), line));
                flatten(group.stream(), words);
                words.push((")".to_owned(), line));
            }
            TokenTree::Literal(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => words.push((token.to_string(), line)),
        }
    }
}
