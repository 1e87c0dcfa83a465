//! The ls document as a person reads it: the answer, one line an object, then what nobody holds and
//! what could not be seen. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use super::{Certainty, HolderRow, LsDocument, ObjectRow, Processes, SegmentRow, Total};
use crate::facts::holdings::{HeldBy, Hidden};
use crate::report::style::{self, BAD, BOLD, CARE, DIM, WIDTH, fit, plain, wrap};
use crate::units::Bytes;

/// Columns of a holder, where names need the room: `postgres[123456] +199`.
const HOLDER: usize = 22;

/// So many commands, and so many cgroups, are shown.
const SHOWN: usize = 5;

/// The report that a person reads.
#[must_use]
pub fn render(document: &LsDocument) -> String {
    let mut out = String::new();
    answer(&mut out, document);
    if !document.objects.is_empty() {
        objects(&mut out, &document.objects);
        let _ = writeln!(out);
        together(&mut out, document);
        charged(&mut out, document);
        removals(&mut out, document);
    }
    for note in &document.notes {
        row(&mut out, "note", note);
    }
    out
}

fn row(out: &mut String, name: &str, text: &str) {
    wrap(out, &format!("{name:<8}  "), "          ", text);
}

fn files(n: usize) -> &'static str {
    if n == 1 { "file" } else { "files" }
}

fn answer(out: &mut String, document: &LsDocument) {
    let totals = &document.totals;
    let process = document.subject.pid.map_or(String::new(), |pid| format!(" of process {pid}"));
    let (style, text) = if document.objects.is_empty() {
        (BOLD, "no shared memory is held here".to_owned())
    } else if document.subject.is_shared_memory {
        let n = totals.posix.objects;
        let least = if totals.posix.at_least { "at least " } else { "" };
        let mut text = format!("{least}{} in {n} {}", totals.posix.bytes, files(n));
        let nobody = totals.nobody_posix.objects > 0;
        if nobody {
            let _ = write!(text, ", {} held by nobody", totals.nobody_posix.bytes);
        } else if totals.unknown_posix.objects > 0 {
            let _ = write!(text, ", {} by no process seen here", totals.unknown_posix.bytes);
        }
        (if nobody { CARE } else { BOLD }, text)
    } else {
        (BAD, "no shared memory".to_owned())
    };
    let taken = process.len().saturating_add(text.len()).saturating_add(2);
    let folder = fit(&document.subject.folder, WIDTH.saturating_sub(taken));
    let _ = writeln!(out, "{BOLD}{folder}{process}{BOLD:#}: {style}{text}{style:#}");
}

fn objects(out: &mut String, rows: &[ObjectRow]) {
    let sizes: Vec<[String; 2]> = rows.iter().map(|row| [held(row), size(row)]).collect();
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0).max(4);
    // Two blanks between columns; the kind has five.
    let taken = [0, 1].into_iter().map(|at| {
        let mut lengths = sizes.iter().filter_map(|pair| pair.get(at)).map(String::len);
        widest(&mut lengths).saturating_add(2)
    });
    let room = WIDTH.saturating_sub(taken.sum()).saturating_sub(9);
    let longest = widest(&mut rows.iter().map(|row| holders(row, room).chars().count())).max(7);
    let name_room = room.saturating_sub(longest.min(HOLDER));
    let names: Vec<String> = rows.iter().map(|row| name(row, name_room)).collect();
    let holder_room = room.saturating_sub(widest(&mut names.iter().map(|n| n.chars().count())));

    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["kind", "held", "size", "held by", "name"]);
    for ((row, [held, size]), name) in rows.iter().zip(&sizes).zip(&names) {
        table.add_row([row.kind, held, size, &holders(row, holder_room), name]);
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if at == 0 { 0 } else { 2 }, 0));
        if at == 1 || at == 2 {
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

/// The first holder, and how many more there are.
fn holders(row: &ObjectRow, room: usize) -> String {
    let Some(first) = row.holders.first() else {
        return match row.held_by {
            HeldBy::Nobody => "nobody".to_owned(),
            HeldBy::Unseen => {
                let attached = row.segment.as_ref().map_or(0, |segment| segment.attached);
                format!("{attached} unseen")
            }
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

/// What it is called, in so many columns.
fn name(row: &ObjectRow, room: usize) -> String {
    if let Some(segment) = &row.segment {
        return fit(&segment_name(row, segment), room);
    }
    match (row.kind, &row.name) {
        ("posix", Some(path)) => {
            let name = path.rsplit('/').next().unwrap_or(path);
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

/// Its number and key, and who made it, where that is not who holds it.
fn segment_name(row: &ObjectRow, segment: &SegmentRow) -> String {
    let mut name = format!("shmid {}", segment.shmid);
    if segment.key != "0x00000000" {
        let _ = write!(name, " key {}", segment.key);
    }
    if row.unlinked {
        name.push_str(" removed");
    }
    let creator = &segment.creator;
    if creator.pid != 0 && row.holders.iter().all(|holder| holder.pid != creator.pid) {
        let _ = match &creator.name {
            Some(person) => write!(name, " by {person}[{}]", creator.pid),
            None => write!(name, " by {} (ended)", creator.pid),
        };
    }
    if segment.swapped_bytes > Bytes::ZERO {
        let _ = write!(name, " {} in swap", segment.swapped_bytes);
    }
    name
}

/// What all of it comes to, kind by kind.
fn together(out: &mut String, document: &LsDocument) {
    let totals = &document.totals;
    let least = if totals.all.at_least { "at least " } else { "" };
    let kinds = [
        ("posix", totals.posix),
        ("sysv", totals.sysv),
        ("memfd", totals.memfd),
        ("anon", totals.anon),
    ];
    let parts: Vec<String> = kinds
        .iter()
        .filter(|(_, total)| total.objects > 0)
        .map(|(kind, total)| format!("{kind} {} ({})", total.bytes, total.objects))
        .collect();
    let text =
        format!("{least}{} in {}: {}", totals.all.bytes, counted(totals.all), parts.join(", "));
    row(out, "in all", &text);
}

fn counted(total: Total) -> String {
    format!("{} object{}", total.objects, if total.objects == 1 { "" } else { "s" })
}

/// Whom the kernel has it charged to, as far as that can be known.
fn charged(out: &mut String, document: &LsDocument) {
    if let Some(charged) = &document.charged {
        let text = format!(
            "{} of shared memory in all to {}, by its memory.stat",
            charged.shmem_bytes,
            fit(&charged.cgroup, 40)
        );
        row(out, "charged", &text);
    }
    let mut by_cgroup: BTreeMap<String, Bytes> = BTreeMap::new();
    for object in &document.objects {
        let Some(first) = object.cgroups.first() else { continue };
        let cgroup = match object.cgroups.len() {
            1 => first.clone(),
            several => format!("{several} cgroups together"),
        };
        let sum = by_cgroup.entry(cgroup).or_default();
        *sum = sum.plus(object.held_bytes.unwrap_or(Bytes::ZERO));
    }
    if by_cgroup.is_empty() {
        return;
    }
    let mut sums: Vec<(String, Bytes)> = by_cgroup.into_iter().collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for (at, (cgroup, bytes)) in sums.iter().take(SHOWN).enumerate() {
        let begin = if at == 0 { "cgroups" } else { "" };
        let before = format!("{bytes} held by processes of ");
        let room = WIDTH.saturating_sub(10).saturating_sub(before.len());
        row(out, begin, &format!("{before}{}", fit(cgroup, room)));
    }
    if let Some(more) = sums.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        row(out, "", &format!("and {more} more cgroups"));
    }
    let text = "(charged is who touched a page first: that is not told for each file)";
    row(out, "", text);
}

/// How to get back what nobody holds.
fn removals(out: &mut String, document: &LsDocument) {
    let totals = &document.totals;
    if totals.nobody.objects > 0 {
        let commands: Vec<&String> =
            document.objects.iter().filter_map(|object| object.remove.as_ref()).collect();
        let text = format!(
            "{} in {} held by nobody.{}",
            totals.nobody.bytes,
            counted(totals.nobody),
            if commands.is_empty() { "" } else { " If no program comes back for it:" }
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
            let text = "(to remove a file for which there is no command, do it inside of its \
                        container: a path from here could lead to another file)";
            row(out, "", text);
        }
    }
    if totals.unknown.objects > 0 {
        let (n, why) = (totals.unknown, unseen(&document.processes));
        let text = format!("{} in {} that no process seen here holds; {why}", n.bytes, counted(n));
        row(out, "unknown", &text);
    }
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
            "{}{more}: programs find semaphores and Podman finds its locks again by their names, so \
             these are no leftovers",
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
            "{} of {} processes could not be looked into",
            processes.not_looked_into, processes.seen
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::holdings::{
        Collector, Folder, Holder, Holdings, Looked, Place, Remover, Stat, Who,
    };
    use crate::facts::maps::{FileId, parse_mapping};
    use crate::facts::sysvipc::parse_segments;
    use crate::facts::{FileSystem, Reading};

    fn file(inode: u64, kib: u64) -> Stat {
        let file = FileId { major: 0, minor: 0x1b, inode };
        let (size, held) = (Bytes::kib(kib), Bytes::kib(kib));
        Stat { file, size, held, owner: 0, names: 1, regular: true }
    }

    /// A file that 7 maps, one that nobody does, and a segment that nobody is attached to.
    fn holdings() -> Holdings {
        let place = Place { device: (0, 0x1b), folder: "/dev/shm".to_owned(), whole: true };
        let mut collector = Collector::new(Some(place));
        collector.named("psm_1".as_ref(), &file(5, 1024));
        collector.named("left".as_ref(), &file(6, 2048));
        let line = "7f00000-7f01000 rw-s 00000000 00:1b 5    /dev/shm/psm_1";
        collector.mapped(7, &parse_mapping(line).unwrap(), || None);
        let segments = "key shmid size cpid lpid nattch rss swap\n0 3 8192 99 7 0 4096 4096\n";
        for segment in parse_segments(segments).unwrap() {
            collector.segment(segment);
        }
        let (objects, elsewhere) = collector.finish();
        let who = Who { name: "python3".to_owned(), cgroup: Some("/docker/abc".to_owned()) };
        Holdings {
            pid: None,
            folder: Folder {
                asked: "/dev/shm".to_owned(),
                reached: "/dev/shm".to_owned(),
                file_system: Reading::Known(FileSystem::Tmpfs),
                refused: 0,
                cut: false,
            },
            remover: Remover::Here,
            segments_unread: None,
            other_ipc: false,
            objects,
            who: [(7, who)].into(),
            looked: Looked { processes: 40, ..Looked::default() },
            elsewhere,
            charged: Some(("/docker/abc".to_owned(), Bytes::mib(3))),
        }
    }

    fn shown(holdings: &Holdings) -> String {
        anstream::adapter::strip_str(&render(&LsDocument::new(holdings))).to_string()
    }

    #[test]
    fn the_answer_the_rows_and_what_to_do_read_so() {
        let wanted = "\
/dev/shm: 3.0 MiB in 2 files, 2.0 MiB held by nobody

kind      held     size  held by     name
posix  2.0 MiB  2.0 MiB  nobody      left
posix  1.0 MiB  1.0 MiB  python3[7]  psm_1
sysv   8.0 KiB  8.0 KiB  nobody      shmid 3 by 99 (ended) 4.0 KiB in swap

in all    3.0 MiB in 3 objects: posix 3.0 MiB (2), sysv 8.0 KiB (1)
charged   3.0 MiB of shared memory in all to /docker/abc, by its memory.stat
cgroups   1.0 MiB held by processes of /docker/abc
          (charged is who touched a page first: that is not told for each file)
nobody    2.0 MiB in 2 objects held by nobody. If no program comes back for it:
            rm -- /dev/shm/left
            ipcrm -m 3
";
        assert_eq!(shown(&holdings()), wanted);
    }

    #[test]
    fn a_process_that_could_not_be_looked_into_may_hold_a_file() {
        let mut holdings = holdings();
        holdings.looked.refused = vec![1];
        let text = shown(&holdings);
        assert!(
            text.starts_with("/dev/shm: 3.0 MiB in 2 files, 2.0 MiB by no process seen here\n"),
            "{text}"
        );
        assert!(text.contains("2.0 MiB  2.0 MiB  ?") && !text.contains("rm --"), "{text}");
        assert!(text.contains("note      1 of 40 processes could not be looked into"), "{text}");
    }

    /// The commands of a text, and the lines below `unknown` and `kept`.
    fn with(change: impl FnOnce(&mut Holdings)) -> String {
        let mut holdings = holdings();
        change(&mut holdings);
        shown(&holdings)
    }

    #[test]
    fn where_processes_are_hidden_nobody_is_said_to_hold_no_file_and_no_command_removes_it() {
        for (hidden, why) in [
            (Hidden::PidNamespace, "processes outside this PID namespace are not visible"),
            (Hidden::Hidepid, "/proc does not show processes of other users (hidepid)"),
        ] {
            let text = with(|holdings| holdings.looked.hidden = Some(hidden));
            let unwrapped = text.replace("\n          ", " ");
            assert!(text.contains("2.0 MiB  2.0 MiB  ?"), "{text}");
            assert!(!text.contains("rm -- ") && !text.contains("find /"), "{text}");
            let told = format!("2.0 MiB in 1 object that no process seen here holds; {why}");
            assert!(unwrapped.contains(&told), "{text}");
            assert!(unwrapped.contains("To find out, run shmeter ls"), "{text}");
            // The kernel counts who is attached, whoever can be seen.
            assert!(text.contains("nobody    8.0 KiB in 1 object held by nobody."), "{text}");
            assert!(text.contains("            ipcrm -m 3\n"), "{text}");
        }
    }

    #[test]
    fn in_another_container_files_are_removed_from_inside_only() {
        let id = "0123456789abcdef".repeat(4);
        let text = with(|holdings| {
            holdings.folder.reached = "/proc/7/root/dev/shm".to_owned();
            (holdings.pid, holdings.remover) = (Some(7), Remover::Docker(id.clone()));
        });
        assert!(text.contains(&format!("  docker exec {id} rm -- /dev/shm/left\n")), "{text}");
        let text = with(|holdings| {
            holdings.folder.reached = "/proc/7/root/dev/shm".to_owned();
            (holdings.pid, holdings.other_ipc, holdings.remover) = (Some(7), true, Remover::Inside);
        });
        assert!(!text.contains("rm -- ") && !text.contains("/proc/7/root"), "{text}");
        assert!(text.contains("do it inside of its"), "{text}");
        assert!(text.contains("            nsenter -t 7 -i ipcrm -m 3\n"), "{text}");
    }

    #[test]
    fn semaphores_and_podmans_locks_are_no_leftovers() {
        for name in ["sem.queue", "libpod_lock", "libpod_rootless_lock_1000"] {
            let text = with(|holdings| {
                let left = holdings.objects.iter_mut().find(|o| o.name == "left").unwrap();
                (left.name, left.size) = (name.to_owned(), Some(Bytes(32)));
            });
            assert!(
                !text.contains("rm -- ") && text.contains("8.0 KiB in 1 object held"),
                "{text}"
            );
            assert!(text.contains(&format!("kept      /dev/shm/{name}: programs find")), "{text}");
        }
        // A large file is no semaphore, whatever its name is.
        let text = with(|holdings| {
            holdings.objects.iter_mut().find(|o| o.name == "left").unwrap().name = "sem.x".into();
        });
        assert!(text.contains("rm -- /dev/shm/sem.x\n"), "{text}");
    }

    #[test]
    fn a_row_fits_80_columns_whatever_is_in_it() {
        let mut holdings = holdings();
        for object in &mut holdings.objects {
            object.name = "n\u{1b}".repeat(60);
            let holder = |pid| Holder { pid, mappings: 0, open: true };
            object.holders = (4_194_000..4_194_300).map(holder).collect();
            object.held = crate::facts::holdings::Held::AtLeast(Bytes(1_098_437_885_952));
        }
        for line in shown(&holdings).lines() {
            assert!(line.chars().count() <= WIDTH && !line.contains('\u{1b}'), "{line}");
        }
    }

    #[test]
    fn a_name_that_a_shell_could_take_otherwise_is_not_in_a_command() {
        for name in ["a b", "folder/file", "$(reboot)", "it's", "-rf", "n\ne", &"x".repeat(80)] {
            let mut holdings = holdings();
            holdings.objects.iter_mut().find(|o| o.name == "left").unwrap().name = name.to_owned();
            let text = shown(&holdings);
            let command = if name == "-rf" {
                "rm -- /dev/shm/-rf\n"
            } else {
                "find /dev/shm -xdev -inum 6 -delete\n"
            };
            assert!(text.contains(command), "{name}: {text}");
        }
    }
}
