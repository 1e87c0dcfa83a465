//! What nobody holds, and how to get it back.

use std::fmt::Write as _;

use super::{SHOWN, counted, row};
use crate::facts::holdings::{HeldBy, Hidden};
use crate::plain::{fit, plain};
use crate::report::ls::{LsDocument, Processes, Total};

/// How to get back what nobody holds.
pub(crate) fn removals(out: &mut String, document: &LsDocument) {
    let totals = &document.totals;
    if totals.nobody.objects > 0 {
        let commands: Vec<&String> =
            document.objects.iter().filter_map(|object| object.remove.as_ref()).collect();
        let text = format!(
            "{} in {} held by nobody.{}",
            totals.nobody.bytes,
            counted(totals.nobody),
            if commands.is_empty() { "" } else { " If no program will use it again:" }
        );
        row(out, "nobody", &text);
        for command in commands.iter().take(SHOWN) {
            let _ = writeln!(out, "            {}", plain(command));
        }
        if let Some(more) = commands.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let text = format!("and {more} more: --format json has each command (`remove`)");
            row(out, "", &text);
        }
        if commands.len() < totals.nobody.objects {
            let others = if commands.is_empty() { "there" } else { "for the others there" };
            let text = format!(
                "({others} is no command, as a path from here could lead to another file: remove \
                 them inside their container)"
            );
            row(out, "", &text);
        }
    }
    if totals.unknown.objects > 0 {
        let (n, why) = (totals.unknown, unseen(&document.processes));
        let text = format!("{} in {} held by no process visible here; {why}", n.bytes, counted(n));
        row(out, "unknown", &text);
    }
    unlinked(out, document);
    kept(out, document);
}

/// What no command removes: files without a name.
fn unlinked(out: &mut String, document: &LsDocument) {
    let mut total = Total::default();
    let files = document.objects.iter().filter(|object| object.kind == "posix" && object.unlinked);
    files.for_each(|object| total.add(object));
    if total.objects > 0 {
        let (files, they, hold) = match total.objects {
            1 => ("file", "it", "holds it"),
            _ => ("files", "they", "holds them"),
        };
        let text = format!(
            "{} in {} {files} without a name: {they} stay{} until no process {hold}, so end that \
             process",
            total.bytes,
            total.objects,
            if total.objects == 1 { "s" } else { "" },
        );
        row(out, "unlinked", &text);
    }
}

/// What is no leftover.
fn kept(out: &mut String, document: &LsDocument) {
    let kept = document.objects.iter().filter(|object| {
        object.kept.is_some() && matches!(object.held_by, HeldBy::Nobody | HeldBy::Unknown)
    });
    let names: Vec<&str> = kept.filter_map(|object| object.name.as_deref()).collect();
    if let Some(first) = names.first() {
        let more = match names.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let text = format!(
            "{}{more}: semaphores and Podman's locks are opened by name when they are needed, so nobody has to hold \
             them; remove those of programs that are gone",
            fit(first, 40)
        );
        row(out, "kept", &text);
    }
}

/// What kept it from seeing all processes.
fn unseen(processes: &Processes) -> String {
    match processes.hidden_by {
        Some(Hidden::PidNamespace) => {
            "processes outside this PID namespace are not visible".to_owned()
        }
        Some(Hidden::Hidepid) => {
            "/proc does not show processes of other users (hidepid)".to_owned()
        }
        None => format!(
            "{} of {} processes could not be examined",
            processes.not_looked_into, processes.seen
        ),
    }
}
