//! What the sources name and which tables they write.
//!
//! It reads tokens instead of lines. So a path is found wherever Rust could read it, also in macros and attributes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Delimiter;
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};

/// `links`, `oauth` stands for `crate::links::oauth`.
pub type Segments = Vec<String>;

/// A path, and the module that names it.
pub struct Mention {
    pub module: Segments,
    pub written: Segments,
    pub is_test: bool,
}

/// A query that changes a table. The subject is what it changes, as written; empty if that is no path.
pub struct TableWrite {
    pub module: Segments,
    verb: Segments,
    pub subject: Segments,
    pub is_test: bool,
}

#[derive(Default)]
pub struct Sources {
    pub mentions: Vec<Mention>,
    writes: Vec<TableWrite>,
    /// What no rule can see through, with the module.
    pub evasions: Vec<(Segments, &'static str)>,
    modules: BTreeSet<Segments>,
    /// The meanings of a name in a module: its imports and functions, and at the root the macros.
    names: BTreeMap<(Segments, String), BTreeSet<Segments>>,
}

const WRITES: [&str; 5] = ["insert_into", "insert_or_ignore_into", "replace_into", "update", "delete"];

impl Sources {
    /// Reads files: their paths below `src`, and their texts.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sources = Self::default();
        files.into_iter().for_each(|(path, text)| sources.add(path, text));
        sources
    }

    fn add(&mut self, path: &str, text: &str) {
        let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
        let reader = Reader { sources: self, module: module_of(path), is_test, lets: BTreeMap::new() };
        let read = |input: ParseStream<'_>| input.step(|cursor| Ok(((), reader.read_file(*cursor))));
        read.parse_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The full paths that `written` may mean in `module`. Those of this crate begin with `crate`.
    pub fn full_paths(&self, module: &[String], written: &[String]) -> BTreeSet<Segments> {
        self.resolve(module, written, 0)
    }

    fn resolve(&self, module: &[String], written: &[String], depth: usize) -> BTreeSet<Segments> {
        let ups = written.iter().take_while(|segment| *segment == "super").count();
        let (home, rest) = match written[0].as_str() {
            "crate" => return BTreeSet::from([written.to_vec()]),
            "self" if written.get(1).is_some_and(|next| next == "super") => {
                return self.resolve(module, &written[1..], depth);
            }
            "self" => (module, &written[1..]),
            "super" => (&module[..module.len().saturating_sub(ups)], &written[ups..]),
            first => {
                if !self.modules.contains(&joined(module, &written[..1])) {
                    return self.resolve_name(module, first, written, depth);
                }
                (module, written)
            }
        };
        BTreeSet::from([joined(&joined(&["crate".to_owned()], home), rest)])
    }

    fn resolve_name(
        &self,
        module: &[String],
        name: &str,
        written: &[String],
        depth: usize,
    ) -> BTreeSet<Segments> {
        let named = self.names.get(&(module.to_vec(), name.to_owned()));
        // In `use diesel::diesel` the name means itself, and some names mean each other.
        let meanings = named.into_iter().flatten().filter(|meaning| meaning[0] != name && depth < 8);
        let mut found: BTreeSet<Segments> = meanings
            .flat_map(|meaning| self.resolve(module, &joined(meaning, &written[1..]), depth + 1))
            .collect();
        if found.is_empty() && self.has_glob_of_its_parent(module) {
            found = self.resolve(&module[..module.len() - 1], written, depth + 1);
        }
        if found.is_empty() { BTreeSet::from([written.to_vec()]) } else { found }
    }

    fn has_glob_of_its_parent(&self, module: &[String]) -> bool {
        let globs = self.names.get(&(module.to_vec(), "*".to_owned()));
        globs.is_some_and(|globs| globs.contains(&["super", "*"].map(str::to_owned).to_vec()))
    }

    /// What changes a table, whatever else is called `update` or `delete`.
    pub fn writes(&self) -> impl Iterator<Item = &TableWrite> {
        self.writes.iter().filter(|write| {
            let verbs = self.full_paths(&write.module, &write.verb);
            verbs
                .iter()
                .any(|verb| verb[0] == "diesel" || verb.last().is_some_and(|last| last == "sealed_column"))
        })
    }

    /// The modules on the way to what a full path names, and whether the thing stands there.
    ///
    /// A `pub use` leads on to the module from which it exports. The name of a module is no thing in it.
    pub fn modules_on_the_way(&self, full: &[String]) -> BTreeSet<(Segments, bool)> {
        self.follow(full, 0)
    }

    fn follow(&self, full: &[String], depth: usize) -> BTreeSet<(Segments, bool)> {
        if full[0] != "crate" {
            return BTreeSet::new();
        }
        let mut module = Segments::new();
        let mut stands_here = false;
        for (at, segment) in full.iter().enumerate().skip(1) {
            let inner = joined(&module, std::slice::from_ref(segment));
            if self.modules.contains(&inner) {
                module = inner;
                continue;
            }
            stands_here = true;
            let Some(exports) = self.names.get(&(module.clone(), segment.clone())) else {
                if module.is_empty() {
                    module = inner;
                }
                break;
            };
            let next: BTreeSet<Segments> = exports
                .iter()
                .flat_map(|export| self.resolve(&module, export, 0))
                .map(|export| joined(&export, &full[at + 1..]))
                .filter(|next| next[0] == "crate" && next != full && depth < 8)
                .collect();
            if next.is_empty() {
                break;
            }
            let mut way: BTreeSet<_> = next.iter().flat_map(|next| self.follow(next, depth + 1)).collect();
            way.insert((module, false));
            return way;
        }
        BTreeSet::from([(module, stands_here)])
    }
}

/// `src/links/oauth/mod.rs` is `links`, `oauth`.
fn module_of(path: &str) -> Segments {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if module == "lib" { Segments::new() } else { module.split('/').map(str::to_owned).collect() }
}

fn joined(one: &[String], other: &[String]) -> Segments {
    [one, other].concat()
}

struct Reader<'a> {
    sources: &'a mut Sources,
    module: Segments,
    is_test: bool,
    /// The first path of what a variable was last bound to.
    lets: BTreeMap<String, Segments>,
}

impl Reader<'_> {
    fn read_file(mut self, at: Cursor<'_>) -> Cursor<'_> {
        self.sources.modules.insert(self.module.clone());
        self.read(at)
    }

    /// Reads to the end of the group.
    fn read<'c>(&mut self, mut at: Cursor<'c>) -> Cursor<'c> {
        while !at.eof() {
            at = self.read_next(at);
        }
        at
    }

    fn read_next<'c>(&mut self, at: Cursor<'c>) -> Cursor<'c> {
        if let Some((word, rest)) = at.ident() {
            return match word.to_string().as_str() {
                "use" => self.read_import(rest, &[]),
                "mod" => self.read_module(rest),
                // How far something is visible is no import.
                "pub" => parentheses(rest).filter(|(to, _)| is_a_module(*to)).map_or(rest, |(_, rest)| rest),
                "let" => self.read_let(rest),
                "fn" => self.read_function(rest),
                _ => self.read_path(at),
            };
        }
        if let Some((mark, rest)) = at.punct() {
            return if mark.as_char() == '#' { self.read_attribute(rest) } else { rest };
        }
        if let Some((inside, _, _, rest)) = at.any_group() {
            self.read(inside);
            return rest;
        }
        at.token_tree().map_or(at, |(_, rest)| rest)
    }

    /// `#[cfg(test)]` makes a test of the next item. In other attributes, paths may also stand in strings.
    fn read_attribute<'c>(&mut self, at: Cursor<'c>) -> Cursor<'c> {
        let Some((inside, _, _, rest)) = at.any_group() else { return at };
        if words_of(inside) == ["cfg", "test"] {
            let was_test = std::mem::replace(&mut self.is_test, true);
            let rest = self.read_item(rest);
            self.is_test = was_test;
            return rest;
        }
        if words_of(inside) == ["path"] {
            self.sources.evasions.push((self.module.clone(), "#[path]"));
        }
        self.read_strings(inside);
        self.read(inside);
        rest
    }

    /// Reads to the `;` or the body that ends an item.
    fn read_item<'c>(&mut self, mut at: Cursor<'c>) -> Cursor<'c> {
        while !at.eof() {
            let is_over = is_mark(at, &[';', ',']);
            let is_body = at.group(Delimiter::Brace).is_some();
            at = self.read_next(at);
            if is_over || is_body {
                break;
            }
        }
        at
    }

    fn read_strings(&mut self, mut at: Cursor<'_>) {
        while let Some((_, rest)) = at.token_tree() {
            if let Some((inside, ..)) = at.any_group() {
                self.read_strings(inside);
            } else if let Some((literal, _)) = at.literal() {
                let text = literal.to_string();
                let path: Segments = text.trim_matches('"').split("::").map(str::to_owned).collect();
                if matches!(path[0].as_str(), "crate" | "super" | "self") && path.len() > 1 {
                    self.mention(path);
                }
            }
            at = rest;
        }
    }

    fn read_module<'c>(&mut self, at: Cursor<'c>) -> Cursor<'c> {
        let Some((name, rest)) = at.ident() else { return at };
        let Some((inside, _, _, after)) = rest.any_group() else { return rest };
        self.module.push(name.to_string());
        self.sources.modules.insert(self.module.clone());
        self.read(inside);
        self.module.pop();
        after
    }

    /// Reads a tree of imports after its `prefix`.
    fn read_import<'c>(&mut self, mut at: Cursor<'c>, prefix: &[String]) -> Cursor<'c> {
        let mut path = prefix.to_vec();
        loop {
            if let Some((inside, _, _, rest)) = at.any_group() {
                let mut branch = inside;
                while !branch.eof() {
                    branch = self.read_import(branch, &path);
                    branch = branch.punct().map_or(branch, |(_, rest)| rest);
                }
                return rest;
            }
            if let Some((word, rest)) = at.ident() {
                path.push(word.to_string());
                at = rest;
            } else if let Some((_, rest)) = at.punct().filter(|_| is_mark(at, &['*'])) {
                path.push("*".to_owned());
                at = rest;
            }
            let Some(rest) = two_colons(at) else { break };
            at = rest;
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        // `impl Trait + use<'a>` imports nothing.
        if path.is_empty() {
            return at;
        }
        let mut name = path.last().cloned().unwrap_or_default();
        if let Some((word, rest)) = at.ident()
            && word == "as"
            && let Some((alias, rest)) = rest.ident()
        {
            if path[0] == "diesel" && WRITES.contains(&name.as_str()) {
                self.sources.evasions.push((self.module.clone(), "another name for a verb of diesel"));
            }
            name = alias.to_string();
            at = rest;
        }
        self.sources.names.entry((self.module.clone(), name)).or_default().insert(path.clone());
        self.mention(path);
        at
    }

    fn read_function<'c>(&mut self, at: Cursor<'c>) -> Cursor<'c> {
        let Some((name, rest)) = at.ident() else { return at };
        let name = name.to_string();
        let path = [&["crate".to_owned()], &self.module[..], std::slice::from_ref(&name)].concat();
        self.sources.names.entry((self.module.clone(), name)).or_default().insert(path);
        rest
    }

    fn read_let<'c>(&mut self, at: Cursor<'c>) -> Cursor<'c> {
        let Some((mut name, mut rest)) = at.ident() else { return at };
        if name == "mut"
            && let Some((inner, after)) = rest.ident()
        {
            (name, rest) = (inner, after);
        }
        let mut value = rest;
        while let Some((_, after)) = value.token_tree()
            && !is_mark(value, &['=', ';'])
        {
            value = after;
        }
        if let Some((_, value)) = value.punct() {
            self.lets.insert(name.to_string(), path_at(value).0);
        }
        rest
    }

    fn read_path<'c>(&mut self, at: Cursor<'c>) -> Cursor<'c> {
        let (path, rest) = path_at(at);
        let last = path.last().map(String::as_str).unwrap_or_default();
        if WRITES.contains(&last)
            && let Some((inside, _)) = parentheses(rest)
        {
            self.write(&path, path_at(inside).0);
        }
        let macro_body = rest.punct().filter(|_| is_mark(rest, &['!'])).map(|(_, body)| body);
        match (last, macro_body) {
            ("macro_rules", Some(body)) => {
                let name = body.ident().map(|(name, _)| name.to_string()).unwrap_or_default();
                let path = [&["crate".to_owned()], &self.module[..], std::slice::from_ref(&name)].concat();
                self.sources.names.entry((Segments::new(), name)).or_default().insert(path);
            }
            ("sealed_column", Some(body)) => {
                if let Some((inside, _)) = parentheses(body)
                    && inside.ident().is_some()
                {
                    self.write(&path, path_at(inside).0);
                }
            }
            ("include", Some(_)) => self.sources.evasions.push((self.module.clone(), "include!")),
            ("extern", None) if rest.ident().is_some_and(|(word, _)| word == "crate") => {
                self.sources.evasions.push((self.module.clone(), "extern crate"));
            }
            _ => {}
        }
        let is_completed_by_a_macro = two_colons(rest).is_some_and(|rest| is_mark(rest, &['$']));
        if is_completed_by_a_macro && path.len() < 3 && matches!(path[0].as_str(), "crate" | "super" | "self")
        {
            self.sources.evasions.push((self.module.clone(), "a path that a macro completes"));
        }
        if path.len() > 1 {
            self.mention(path);
        }
        rest
    }

    fn mention(&mut self, written: Segments) {
        let (module, is_test) = (self.module.clone(), self.is_test);
        self.sources.mentions.push(Mention { module, written, is_test });
    }

    fn write(&mut self, verb: &[String], subject: Segments) {
        let subject = match self.lets.get(subject.first().map(String::as_str).unwrap_or_default()) {
            Some(bound) if subject.len() == 1 => bound.clone(),
            _ => subject,
        };
        let (module, is_test) = (self.module.clone(), self.is_test);
        self.sources.writes.push(TableWrite { module, verb: verb.to_vec(), subject, is_test });
    }
}

/// The path that begins here, and what follows it. Generic arguments end it.
fn path_at(mut at: Cursor<'_>) -> (Segments, Cursor<'_>) {
    let mut path = Segments::new();
    while let Some((word, rest)) = at.ident() {
        path.push(word.to_string());
        at = rest;
        match two_colons(at) {
            Some(rest) if rest.ident().is_some() => at = rest,
            _ => break,
        }
    }
    (path, at)
}

fn two_colons(at: Cursor<'_>) -> Option<Cursor<'_>> {
    let (one, rest) = at.punct()?;
    let (two, rest) = rest.punct()?;
    (one.as_char() == ':' && two.as_char() == ':').then_some(rest)
}

fn is_mark(at: Cursor<'_>, marks: &[char]) -> bool {
    at.punct().is_some_and(|(mark, _)| marks.contains(&mark.as_char()))
}

fn parentheses(at: Cursor<'_>) -> Option<(Cursor<'_>, Cursor<'_>)> {
    at.group(Delimiter::Parenthesis).map(|(inside, _, rest)| (inside, rest))
}

/// Whether this says in which module something is visible.
fn is_a_module(at: Cursor<'_>) -> bool {
    at.ident().is_some_and(|(word, _)| ["crate", "super", "self", "in"].iter().any(|known| word == known))
}

/// `cfg`, `test` of `cfg(test)`.
fn words_of(attribute: Cursor<'_>) -> Vec<String> {
    let mut words = Vec::new();
    if let Some((word, rest)) = attribute.ident() {
        words.push(word.to_string());
        if let Some((inside, _)) = parentheses(rest)
            && let Some((word, rest)) = inside.ident()
            && rest.eof()
        {
            words.push(word.to_string());
        }
    }
    words
}
