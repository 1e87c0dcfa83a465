//! One line an object: what it takes, who holds it, what it is called.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use crate::facts::holdings::HeldBy;
use crate::plain::{fit, plain};
use crate::report::ls::{Certainty, HolderRow, ObjectRow, SegmentRow};
use crate::report::style::{self, DIM, WIDTH};
use crate::units::Bytes;

/// Columns of a holder, where names need the room: `postgres[123456] +199`.
const HOLDER: usize = 22;

pub(crate) fn objects(out: &mut String, rows: &[ObjectRow], folder: &str) {
    let sizes: Vec<[String; 2]> = rows.iter().map(|row| [held(row), size(row)]).collect();
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0).max(4);
    // Two blanks between columns; the kind has five.
    let taken = [0, 1].into_iter().map(|at| {
        let mut lengths = sizes.iter().filter_map(|pair| pair.get(at)).map(String::len);
        widest(&mut lengths).saturating_add(2)
    });
    let owners: Vec<String> = rows.iter().map(owner).collect();
    let widest_owner = owners.iter().map(String::len).max().unwrap_or(0).max(8).saturating_add(2);
    let room = WIDTH.saturating_sub(taken.sum()).saturating_sub(widest_owner).saturating_sub(9);
    let longest = widest(&mut rows.iter().map(|row| holders(row, room).chars().count())).max(7);
    let name_room = room.saturating_sub(longest.min(HOLDER));
    let names: Vec<String> = rows.iter().map(|row| name(row, folder, name_room)).collect();
    let lines = names.iter().flat_map(|name| name.lines());
    let holder_room = room.saturating_sub(widest(&mut lines.map(|line| line.chars().count())));

    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["kind", "held", "size", "uid mode", "held by", "name"]);
    for (((row, [held, size]), owner), name) in rows.iter().zip(&sizes).zip(&owners).zip(&names) {
        table.add_row([row.kind, held, size, owner, &holders(row, holder_room), name]);
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if at == 0 { 1 } else { 2 }, 0));
        if (1..=3).contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let _ = writeln!(out);
    style::table(out, "", DIM, &table);
}

fn held(row: &ObjectRow) -> String {
    match (row.held_bytes, row.certainty) {
        (None, _) => "?".to_owned(),
        (Some(bytes), Certainty::AtLeast) => format!(">= {bytes}"),
        (Some(bytes), _) => bytes.to_string(),
    }
}

fn size(row: &ObjectRow) -> String {
    row.size_bytes.map_or_else(|| "?".to_owned(), |size| size.to_string())
}

/// Whose it is, and who else may open it.
fn owner(row: &ObjectRow) -> String {
    match (row.owner_uid, &row.mode) {
        (Some(uid), Some(mode)) => format!("{uid} {mode}"),
        (Some(uid), None) => uid.to_string(),
        _ => "-".to_owned(),
    }
}

/// The first holder, and how many more there are.
fn holders(row: &ObjectRow, room: usize) -> String {
    let Some(first) = row.holders.first() else {
        return match row.held_by {
            HeldBy::Nobody => "nobody".to_owned(),
            HeldBy::Unseen => match &row.segment {
                Some(segment) => format!("{} unseen", segment.attached),
                None => "unseen".to_owned(),
            },
            HeldBy::Processes | HeldBy::Unknown => "?".to_owned(),
        };
    };
    let more = match row.holders.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    let only_open = |holder: &HolderRow| holder.mappings == 0;
    let open = if row.holders.iter().all(only_open) { " open" } else { "" };
    let behind = format!("[{}]{more}{open}", first.pid);
    let name: String =
        plain(&first.name).chars().take(room.saturating_sub(behind.len()).max(4)).collect();
    name + &behind
}

/// What it is called, in so many columns; of a System V segment in several lines where it must be.
fn name(row: &ObjectRow, folder: &str, room: usize) -> String {
    if let Some(segment) = &row.segment {
        return packed(&segment_names(row, segment, room), room);
    }
    match (row.kind, &row.name) {
        ("posix", Some(path)) => {
            let name = below(path, folder);
            if row.unlinked {
                format!("{} (unlinked)", fit(name, room.saturating_sub(11)))
            } else {
                fit(name, room)
            }
        }
        (_, Some(name)) => fit(name, room),
        ("sysv", None) => format!("shmid {}", row.inode),
        (_, None) => "-".to_owned(),
    }
}

/// The path below the folder.
fn below<'a>(path: &'a str, folder: &str) -> &'a str {
    let inside =
        path.strip_prefix(folder.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    inside.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path))
}

/// Its number and key, and who made it, where that is not who holds it.
fn segment_names(row: &ObjectRow, segment: &SegmentRow, room: usize) -> Vec<String> {
    let mut names = vec![format!("shmid {}", segment.shmid)];
    if segment.key != "0x00000000" {
        names.push(format!("key {}", segment.key));
    }
    if row.unlinked {
        names.push("removed".to_owned());
    }
    let creator = &segment.creator;
    if creator.pid != 0 && row.holders.iter().all(|holder| holder.pid != creator.pid) {
        names.push(match &creator.name {
            // The number is what finds it: the name gives way.
            Some(person) => {
                let number = format!("[{}]", creator.pid);
                let left = room.saturating_sub("made by ".len().saturating_add(number.len()));
                let name: String = plain(person).chars().take(left.max(4)).collect();
                format!("made by {name}{number}")
            }
            None => format!("made by {} (ended)", creator.pid),
        });
    }
    if segment.swapped_bytes > Bytes::ZERO {
        names.push(format!("{} in swap", segment.swapped_bytes));
    }
    names
}

/// Parts in as few lines as hold them whole.
fn packed(parts: &[String], room: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let short = part.strip_prefix("made ").filter(|_| part.chars().count() > room);
        let part = fit(short.unwrap_or(part), room);
        let wide = part.chars().count().saturating_add(1);
        match lines.last_mut() {
            Some(line) if line.chars().count().saturating_add(wide) <= room => {
                line.push(' ');
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines.join("\n")
}
