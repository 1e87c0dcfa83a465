//! For a page that takes Markdown: the same blocks, with what is folded in `<details>`.

use std::fmt::Write as _;

use super::blocks::{self, Block, Mark, Table};
use super::sheet;
use crate::report::escape::{escape, in_html, paragraph};
use crate::runs::Runs;

pub fn render(runs: &Runs) -> String {
    let mut out = String::new();
    blocks(&mut out, &sheet::of(runs), 2);
    out
}

fn blocks(out: &mut String, blocks: &[Block], level: usize) {
    for block in blocks {
        self::block(out, block, level);
    }
}

fn block(out: &mut String, block: &Block, level: usize) {
    let mark = "#".repeat(level);
    let _ = match block {
        Block::Answer { title, headline, badge, .. } => {
            let badge = if badge.is_empty() { String::new() } else { format!(" ({badge})") };
            let (title, said) = (escape(title), escape(headline));
            writeln!(out, "{mark} {title}: {said}{}\n", escape(&badge))
        }
        Block::Rows(rows) => {
            for (name, said) in rows {
                let _ = writeln!(out, "- **{}**: {}", escape(name), escape(said));
            }
            writeln!(out)
        }
        Block::Table(one) => {
            table(out, one);
            Ok(())
        }
        Block::Changes { title, changes } => {
            table(out, &blocks::of_changes(title, changes));
            Ok(())
        }
        Block::Finding { severity, id, message, fix } => {
            let (severity, id) = (escape(severity), escape(id));
            let _ = writeln!(out, "**{severity}: {id}** {}\n", escape(message));
            match fix {
                Some(fix) => writeln!(out, "{}", code(fix)),
                None => Ok(()),
            }
        }
        Block::Groups(groups, total) => {
            table(out, &blocks::of_groups(groups, format!("runs of {total}")));
            Ok(())
        }
        Block::Heading(text) => writeln!(out, "**{}**\n", escape(text)),
        Block::Note(text) => writeln!(out, "{}\n", paragraph(text)),
        Block::Charts(..) => Ok(()),
        Block::Fold(title, inner) => {
            let _ = writeln!(out, "<details><summary>{}</summary>\n", in_html(title));
            blocks(out, inner, level.saturating_add(1).min(6));
            writeln!(out, "</details>\n")
        }
    };
}

fn table(out: &mut String, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    if !table.title.is_empty() {
        let _ = writeln!(out, "**{}**\n", escape(&table.title));
    }
    line(out, table.head.iter().map(|head| escape(head)));
    line(
        out,
        table
            .head
            .iter()
            .enumerate()
            .map(|(at, _)| if at == 0 { "---" } else { "---:" }.to_owned()),
    );
    for row in &table.rows {
        line(
            out,
            row.iter().map(|cell| {
                let text = escape(&cell.text);
                if cell.mark != Mark::None { format!("**{text}**") } else { text }
            }),
        );
    }
    let _ = writeln!(out);
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// Text to be pasted; a fence is longer than any within it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}\n{}\n{fence}\n", blocks::plain_lines(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_any_within_it() {
        assert_eq!(code("a\n```\nb"), "````\na\n```\nb\n````\n");
    }
}
