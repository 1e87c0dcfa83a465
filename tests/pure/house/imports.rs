//! What each source file imports: `crate::`, `super::`, `self::` and paths that begin with a module of
//! the file's own, in `use` and in code. Comments, texts and what is for tests only are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A source file: its name below src, and its text.
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

/// Every source file.
pub fn sources() -> Vec<SourceFile> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    assert!(files.len() > 20);
    let source = |file: PathBuf| SourceFile {
        name: file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(),
        text: std::fs::read_to_string(&file).unwrap(),
    };
    files.into_iter().map(source).collect()
}

/// Code without comments, and with nothing in its texts.
pub fn without_texts(text: &str) -> String {
    with_texts(text, |_| String::new())
}

/// The texts of a file's code, those of its tests left out.
pub fn texts(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let numbered = with_texts(text, |content| {
        all.push(content);
        (all.len() - 1).to_string()
    });
    let kept = without_tests(&tokens(&numbered));
    let numbers = kept.windows(3).filter(|three| three[0] == "\"" && three[2] == "\"");
    numbers.filter_map(|three| all.get(three[1].parse::<usize>().ok()?).cloned()).collect()
}

/// Code without comments; `instead` says what stands in place of each text.
fn with_texts(text: &str, mut instead: impl FnMut(String) -> String) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut code = String::new();
    let mut i = 0;
    while i < chars.len() {
        let word_before = i > 0 && (at(i - 1).is_alphanumeric() || at(i - 1) == '_');
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                let mut depth = 0_usize;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            'r' if !word_before && (at(i + 1) == '"' || at(i + 1) == '#' && raw(&chars, i)) => {
                let hashes = chars[i + 1..].iter().take_while(|c| **c == '#').count();
                i += hashes + 2;
                let start = i;
                let ends = |i: usize| at(i) == '"' && (1..=hashes).all(|n| at(i + n) == '#');
                while i < chars.len() && !ends(i) {
                    i += 1;
                }
                let content = chars[start.min(i)..i].iter().collect();
                i += hashes + 1;
                code.push_str(&format!("\"{}\"", instead(content)));
            }
            '"' => {
                i += 1;
                let start = i;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                let end = i.min(chars.len());
                i += 1;
                code.push_str(&format!("\"{}\"", instead(chars[start..end].iter().collect())));
            }
            // A character, and no lifetime.
            '\'' if at(i + 1) == '\\' || at(i + 2) == '\'' => {
                i += if at(i + 1) == '\\' { 3 } else { 2 };
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
                code.push_str("' '");
            }
            c => {
                code.push(c);
                i += 1;
            }
        }
    }
    code
}

/// Whether a text without escapes begins there, and no `r#name`.
fn raw(chars: &[char], at: usize) -> bool {
    chars[at + 1..].iter().find(|c| **c != '#') == Some(&'"')
}

/// Words, `::`, and every other character by itself.
pub fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut token = c.to_string();
        if c.is_alphanumeric() || c == '_' {
            while let Some(more) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                token.push(more);
            }
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            token.push(':');
        }
        tokens.push(token);
    }
    tokens
}

/// Where the bracket that opens at `open` is closed.
fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// The tokens without what stands behind `#[cfg(test)]`.
pub fn without_tests(tokens: &[String]) -> Vec<String> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = &tokens[at..];
        if rest.len() < mark.len() || rest.iter().zip(mark).any(|(token, mark)| token != mark) {
            kept.push(token.clone());
            at += 1;
            continue;
        }
        at += mark.len();
        // Other attributes, and the item up to its end.
        while at < tokens.len() {
            match tokens[at].as_str() {
                "{" => {
                    at = closing(tokens, at) + 1;
                    break;
                }
                ";" => {
                    at += 1;
                    break;
                }
                "(" | "[" => at = closing(tokens, at) + 1,
                _ => at += 1,
            }
        }
    }
    kept
}

/// The module that a file is: `report/fill/mod.rs` and `report/fill.rs` are both `report::fill`.
pub fn module(file: &str) -> Vec<String> {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let root = matches!(path, "lib" | "main");
    if root { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// A path in a file, from the crate's root on, and the name that `use` gives to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub path: Vec<String>,
    /// What it is called here; none where it stands in code.
    pub name: Option<String>,
}

/// The paths of a module's tokens; `own`: the modules right below it.
pub fn paths(tokens: &[String], module: &[String], own: &BTreeSet<String>) -> Vec<Named> {
    let mut reader = Reader { tokens, at: 0, found: Vec::new() };
    // Modules within the file, and the bracket that closes each.
    let mut within: Vec<(String, usize)> = Vec::new();
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    while reader.at < tokens.len() {
        let at = reader.at;
        within.retain(|(_, end)| *end > at);
        if token(at) == "mod" && token(at + 2) == "{" {
            within.push((token(at + 1).to_owned(), closing(tokens, at + 2)));
            reader.at += 3;
            continue;
        }
        let continues = at > 0 && ["::", ".", "mod", "fn"].contains(&token(at - 1));
        let starts = match token(at) {
            "crate" | "self" | "super" => true,
            word => within.is_empty() && own.contains(word),
        };
        let in_use = at > 0 && token(at - 1) == "use";
        if continues || !starts || (token(at + 1) != "::" && !in_use) {
            reader.at += 1;
            continue;
        }
        let mut here = module.to_vec();
        here.extend(within.iter().map(|(name, _)| name.clone()));
        reader.tree(&here, None, in_use);
    }
    reader.found
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn token(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    /// One path, or a group of them; `base` is what stands before it, `here` the module it stands in.
    fn tree(&mut self, here: &[String], base: Option<&[String]>, in_use: bool) {
        let mut path = base.unwrap_or(here).to_vec();
        let mut first = base.is_none();
        let mut name = None;
        loop {
            match self.token().to_owned().as_str() {
                "{" => {
                    self.at += 1;
                    while !["}", ""].contains(&self.token()) {
                        self.tree(here, Some(&path), in_use);
                        if self.token() == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "crate" if first => path.clear(),
                "super" => {
                    path.pop();
                }
                "self" => name = path.last().cloned(),
                "*" if in_use => name = Some("*".to_owned()),
                word if word.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                    path.push(word.to_owned());
                    name = Some(word.to_owned());
                }
                // `<` of a type's arguments, or what no path has.
                _ => {
                    self.at += 1;
                    break;
                }
            }
            first = false;
            self.at += 1;
            if self.token() != "::" {
                break;
            }
            self.at += 1;
        }
        if in_use && self.token() == "as" {
            name = self.tokens.get(self.at + 1).cloned();
            self.at += 2;
        }
        self.found.push(Named { path, name: name.filter(|_| in_use) });
    }
}

/// Which files each file imports from.
pub fn imports(sources: &[SourceFile]) -> BTreeMap<String, BTreeSet<String>> {
    let files: BTreeMap<Vec<String>, String> = sources
        .iter()
        .filter(|source| source.name != "main.rs")
        .map(|source| (module(&source.name), source.name.clone()))
        .collect();
    let own = |of: &[String]| -> BTreeSet<String> {
        let below = files.keys().filter(|one| one.len() == of.len() + 1 && one.starts_with(of));
        below.map(|one| one[of.len()].clone()).collect()
    };
    let found: BTreeMap<&str, Vec<Named>> = sources
        .iter()
        .map(|source| {
            let module = module(&source.name);
            let tokens = without_tests(&tokens(&without_texts(&source.text)));
            (source.name.as_str(), paths(&tokens, &module, &own(&module)))
        })
        .collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, paths) in &found {
        let files = paths.iter().filter_map(|named| file_of(&named.path, &files, &found, 8));
        let others = files.filter(|file| file != name).map(str::to_owned).collect();
        imports.insert((*name).to_owned(), others);
    }
    imports
}

/// The file that a path leads to; what a module has only by its own `use` stands elsewhere.
fn file_of<'a>(
    path: &[String],
    files: &'a BTreeMap<Vec<String>, String>,
    found: &BTreeMap<&str, Vec<Named>>,
    most: usize,
) -> Option<&'a str> {
    let length = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length]))?;
    let file = &files[&path[..length]];
    let passed_on = path.get(length).and_then(|word| {
        let named = &found[file.as_str()];
        named.iter().find(|named| named.name.as_ref() == Some(word))
    });
    match passed_on.filter(|named| most > 0 && named.path != path) {
        Some(named) => {
            let further = [&named.path[..], &path[length + 1..]].concat();
            file_of(&further, files, found, most - 1)
        }
        None => Some(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, own: &[&str], text: &str) -> Vec<String> {
        let own = own.iter().map(|word| (*word).to_owned()).collect();
        let tokens = without_tests(&tokens(&without_texts(text)));
        let paths = paths(&tokens, &module(file), &own);
        let shown = paths.into_iter().map(|named| match named.name {
            Some(name) if Some(&name) != named.path.last() => {
                format!("{} as {name}", named.path.join("::"))
            }
            _ => named.path.join("::"),
        });
        shown.collect()
    }

    #[test]
    fn paths_are_resolved_from_the_module_that_a_file_is() {
        for (file, text, paths) in [
            ("a/b.rs", "use crate::x::Y;", vec!["x::Y"]),
            ("a/b.rs", "use super::x::Y;", vec!["a::x::Y"]),
            ("a/b/mod.rs", "use super::x::Y;", vec!["a::x::Y"]),
            ("a/b.rs", "use self::x::Y;", vec!["a::b::x::Y"]),
            ("a/b.rs", "use super::super::x;", vec!["x"]),
            ("lib.rs", "use crate::x::Y;", vec!["x::Y"]),
            (
                "a/b.rs",
                "use super::{c, d::e, d::{F, self}};",
                vec!["a::c", "a::d::e", "a::d::F", "a::d"],
            ),
            (
                "a/b.rs",
                "use crate::x::{self as y, Z as W, *};",
                vec!["x as y", "x::Z as W", "x as *"],
            ),
            ("a/b.rs", "pub(super) use super::c::D as E;", vec!["a::c::D as E"]),
            (
                "a/b.rs",
                "let x = super::super::x::y(crate::z::W::<u8>::new());",
                vec!["x::y", "z::W"],
            ),
            ("a/b.rs", "fn f(&self) -> super::C { self.c }", vec!["a::C"]),
            ("a/b.rs", "pub(in crate::a) fn f() {} pub(super) fn g() {}", vec!["a"]),
        ] {
            assert_eq!(found(file, &[], text), paths, "{text}");
        }
    }

    #[test]
    fn a_path_may_begin_with_a_module_of_the_file_s_own() {
        assert_eq!(found("a/mod.rs", &["b"], "mod b; pub use b::C;"), ["a::b::C"]);
        assert_eq!(found("a/mod.rs", &["b"], "fn f() { b::c(); x::b::c(); }"), ["a::b::c"]);
        assert_eq!(found("a/mod.rs", &["b"], "fn b(b: u8) -> u8 { b }"), [""; 0]);
        // There `super` is the file.
        let text = "mod c { use super::D; use crate::e; } use super::f;";
        assert_eq!(
            found("a/b.rs", &[], text),
            ["a::b::D", "e", "f"].map(|path| match path {
                "f" => "a::f",
                path => path,
            })
        );
    }

    #[test]
    fn texts_are_those_of_the_code_and_not_of_comments_and_tests() {
        let text = r##"
            // "no"
            const A: &str = "a \" 1";
            const B: [&str; 2] = [r#"b " 2"#, ""];
            #[cfg(test)]
            mod tests { const C: &str = "no"; }
            fn f() { g("7", '"', "d") }
        "##;
        assert_eq!(texts(text), ["a \\\" 1", "b \" 2", "", "7", "d"]);
    }

    #[test]
    fn comments_texts_and_tests_import_nothing() {
        let text = r##"
            // use crate::a;
            /* use crate::a; /* more */ crate::b */
            /// [`crate::a::B`]
            const A: &str = "crate::a \" crate::b";
            const B: &str = r#"crate::a " crate::b"#;
            const C: [char; 3] = ['"', '\'', '\u{7f}'];
            fn f<'a>(x: &'a str) -> &'a str { crate::c::d(x) }
            #[cfg(test)]
            use crate::a;
            #[cfg(test)]
            #[allow(dead_code)]
            mod tests { use crate::a; fn f() { { super::b(); } } }
            use crate::e;
        "##;
        assert_eq!(found("x.rs", &[], text), ["c::d", "e"]);
    }

    #[test]
    fn what_is_passed_on_is_imported_from_where_it_stands() {
        let file = |name: &str, text: &str| SourceFile { name: name.into(), text: text.into() };
        let sources = [
            file("lib.rs", "pub mod a; pub mod d;"),
            file("a/mod.rs", "mod b; pub use b::{B, f as g};"),
            file("a/b.rs", "pub struct B; pub fn f() {}"),
            file("a/c.rs", "use super::g;"),
            file("d.rs", "use crate::a::B; use crate::a::Other;"),
            file("e.rs", "fn f() -> crate::a::B { crate::nowhere::f() }"),
        ];
        let imports = imports(&sources);
        let of = |name: &str| imports[name].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(of("a/mod.rs"), ["a/b.rs"]);
        assert_eq!(of("a/c.rs"), ["a/b.rs"]);
        assert_eq!(of("d.rs"), ["a/b.rs", "a/mod.rs"]);
        assert_eq!(of("e.rs"), ["a/b.rs", "lib.rs"]);
    }
}
