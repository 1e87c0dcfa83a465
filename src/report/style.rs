//! How a report for people is written: 80 columns, and styles that whoever prints may strip.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use comfy_table::Table;

use crate::plain::{fit, plain};

/// Columns of a line.
pub(crate) const WIDTH: usize = 80;

/// For what is to be read first.
pub(crate) const BOLD: Style = Style::new().bold();
/// For what must not stand out, is good, needs care, or is wrong.
pub(crate) const DIM: Style = Style::new().dimmed();
/// For what must not stand out, is good, needs care, or is wrong.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// For what must not stand out, is good, needs care, or is wrong.
pub(crate) const CARE: Style = AnsiColor::Yellow.on_default().bold();
/// For what must not stand out, is good, needs care, or is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// The answer: what was looked at, of which process, and what is said of it: in one line where that fits,
/// else below it.
pub(crate) fn headline(out: &mut String, what: &str, pid: Option<u32>, style: Style, said: &str) {
    let process = pid.map_or(String::new(), |pid| format!(" of process {pid}"));
    let behind = process.len().saturating_add(1);
    let what = fit(what, WIDTH.saturating_sub(behind));
    let wide = what.chars().count().saturating_add(behind);
    if wide.saturating_add(said.chars().count()).saturating_add(1) <= WIDTH {
        let _ = writeln!(out, "{BOLD}{what}{process}{BOLD:#}: {style}{said}{style:#}");
        return;
    }
    let _ = writeln!(out, "{BOLD}{what}{process}{BOLD:#}:");
    let mut below = String::new();
    wrap(&mut below, "  ", "  ", said);
    for line in below.lines() {
        let _ = writeln!(out, "{style}{line}{style:#}");
    }
}

/// The lines of a table, its head in a style, each with so much before it instead of the blank that
/// every table begins with.
pub(crate) fn table(out: &mut String, margin: &str, head: Style, table: &Table) {
    for (at, line) in table.to_string().lines().enumerate() {
        let line = line.trim_end();
        let line = line.strip_prefix(' ').unwrap_or(line);
        let _ = if at == 0 {
            writeln!(out, "{head}{margin}{line}{head:#}")
        } else {
            writeln!(out, "{margin}{line}")
        };
    }
}

/// `text` in lines of [`WIDTH`] columns, `first` before the first one and `rest` before the others.
pub(crate) fn wrap(out: &mut String, first: &str, rest: &str, text: &str) {
    // An option that is to be pasted is not broken at its hyphen.
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for line in textwrap::wrap(&plain(text), options) {
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_fits_a_line_is_never_cut() {
        let shown = |what: &str, said: &str| {
            let mut out = String::new();
            headline(&mut out, what, Some(26548), BOLD, said);
            anstream::adapter::strip_str(&out).to_string()
        };
        assert_eq!(shown("/dev/shm", "3.0 MiB"), "/dev/shm of process 26548: 3.0 MiB\n");
        let said = "x".repeat(80 - "/dev/shm of process 26548: ".len());
        assert_eq!(shown("/dev/shm", &said).lines().count(), 1);
        assert_eq!(
            shown("/dev/shm", &format!("{said}x")),
            format!("/dev/shm of process 26548:\n  {said}x\n")
        );
        let cut = shown(&"y".repeat(90), "3.0 MiB");
        assert!(cut.contains("...") && cut.lines().all(|line| line.chars().count() <= 80), "{cut}");
    }
}
