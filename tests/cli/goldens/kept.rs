//! Kept text: what a list of commands prints, compared with what it was.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub const HOW_TO_RENEW: &str =
    "if that is meant, `SHMETER_RENEW=1 cargo test --test cli goldens` writes what is said now";

/// Lines shown of each part that differs, and such parts.
const LINES: usize = 4;
const PARTS: usize = 3;

/// What of a long line is shown before and after the first letter that differs.
const AROUND: usize = 60;

/// Whether files are to be written.
pub fn renews() -> bool {
    std::env::var_os("SHMETER_RENEW").is_some_and(|value| value == "1")
}

pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/goldens/{name}.txt"))
}

/// The names of all files that are kept.
pub fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let mut folders = vec![root.clone()];
    let mut names = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            match name.strip_suffix(".txt") {
                _ if path.is_dir() => folders.push(path),
                Some(name) => names.push(name.to_owned()),
                None => {}
            }
        }
    }
    names.sort();
    names
}

/// Runs the program where paths are the same for everybody, without what a user has set.
pub fn shmeter<S: AsRef<std::ffi::OsStr>>(arguments: &[S], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shmeter"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    for variable in ["TERMINATION_LOG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The words of a line; what stands within '...' is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Commands with what they print, one below the other.
#[derive(Default)]
pub struct Transcript(String);

impl Transcript {
    /// What `shmeter LINE` says and exits with.
    pub fn run(&mut self, line: &str) {
        self.run_with(line, "", b"");
    }

    /// The same with something on stdin; `what` names it.
    pub fn run_with(&mut self, line: &str, what: &str, input: &[u8]) {
        let from = if what.is_empty() { String::new() } else { format!(" < {what}") };
        let output = shmeter(&words(line), input);
        self.part(&format!("shmeter {line}{from}"), &without_version(&text(&output.stdout)));
        for error in text(&output.stderr).lines() {
            writeln!(self.0, "[stderr] {error}").unwrap();
        }
        match output.status.code() {
            Some(code) => writeln!(self.0, "[exit {code}]").unwrap(),
            None => writeln!(self.0, "[{}]", output.status).unwrap(),
        }
    }

    /// A document of this program under a title.
    pub fn document(&mut self, title: &str, text: &str) {
        crate::schemas::check_text(title, text);
        let version = env!("CARGO_PKG_VERSION");
        let version = format!("\"version\": \"{version}\"");
        self.part(title, &text.replace(&version, "\"version\": \"{version}\""));
    }

    /// Something under a title.
    pub fn part(&mut self, title: &str, text: &str) {
        writeln!(self.0, "$ {}", title.trim_end()).unwrap();
        self.0.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            self.0.push_str("\n[no end of line]\n");
        }
    }

    /// Compares with the file of that name, or writes it.
    pub fn check(&self, name: &str) {
        check(name, &self.0);
    }
}

/// The program's own version is not what is kept: a release would change every file. Documents have
/// it in their second line; what others had written is not touched.
fn without_version(text: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let text = text.replace(&format!("shmeter {version}"), "shmeter {version}");
    text.replacen(&format!("\"version\": \"{version}\""), "\"version\": \"{version}\"", 1)
}

/// Printed bytes; control characters other than ends of lines can be seen.
fn text(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for c in String::from_utf8_lossy(bytes).chars() {
        if c.is_control() && c != '\n' { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// Compares a text with what is kept under that name, or writes it.
pub fn check(name: &str, now: &str) {
    let path = path(name);
    let was = std::fs::read_to_string(&path).unwrap_or_default();
    if was == now {
        return;
    }
    if renews() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, now).unwrap();
        return;
    }
    panic!("tests/goldens/{name}.txt is not what is said now\n{}\n{HOW_TO_RENEW}", diff(&was, now));
}

/// Titles and what stands below them; what stands before the first one has none.
fn parts(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut parts = vec![("", Vec::new())];
    for line in text.lines() {
        match line.strip_prefix("$ ") {
            Some(title) => parts.push((title, Vec::new())),
            None => parts.last_mut().unwrap().1.push(line),
        }
    }
    parts
}

/// The first lines that differ, in the first parts that do.
fn diff(was: &str, now: &str) -> String {
    let (was, now) = (parts(was), parts(now));
    let mut shown = Vec::new();
    for (title, lines) in &was {
        match now.iter().find(|(other, _)| other == title) {
            None => shown.push(format!("$ {title}\n  is gone")),
            Some((_, others)) if others != lines => {
                shown.push(format!("$ {title}\n{}", differing(lines, others)));
            }
            Some(_) => {}
        }
    }
    let new = now.iter().filter(|(title, _)| !was.iter().any(|(other, _)| other == title));
    shown.extend(new.map(|(title, _)| format!("$ {title}\n  is new")));
    if shown.is_empty() {
        return "the order of the parts has changed".to_owned();
    }
    let more = shown.len().saturating_sub(PARTS);
    shown.truncate(PARTS);
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join("\n")
}

/// Lines from the first one that differs.
fn differing(was: &[&str], now: &[&str]) -> String {
    let same = was.iter().zip(now).take_while(|(was, now)| was == now).count();
    let first = (was.get(same).unwrap_or(&""), now.get(same).unwrap_or(&""));
    let letters = first.0.chars().zip(first.1.chars()).take_while(|(a, b)| a == b).count();
    let from = letters.saturating_sub(AROUND);
    let mut shown = format!("  line {} of it", same + 1);
    for (mark, lines) in [('-', was), ('+', now)] {
        for line in lines.iter().skip(same).take(LINES) {
            let part: String = line.chars().skip(from).take(2 * AROUND).collect();
            write!(shown, "\n  {mark} {}{part}", if from > 0 { "..." } else { "" }).unwrap();
        }
    }
    shown
}

#[test]
fn a_difference_is_shown_by_its_first_lines() {
    let was = "$ shmeter a\none\ntwo\nthree\n[exit 0]\n$ shmeter b\nx\n";
    let now = "$ shmeter a\none\ntwO\nthree\n[exit 0]\n$ shmeter c\nx\n";
    let shown = "$ shmeter a\n  line 2 of it\n  - two\n  - three\n  - [exit 0]\n  + twO\n  \
                 + three\n  + [exit 0]\n$ shmeter b\n  is gone\n$ shmeter c\n  is new";
    assert_eq!(diff(was, now), shown);
    let long = format!("{}b", "a".repeat(500));
    assert!(differing(&[&long], &["a"]).len() < 300);
    assert_eq!(
        words("inspect --require '12 parsecs' -x"),
        ["inspect", "--require", "12 parsecs", "-x"]
    );
}
