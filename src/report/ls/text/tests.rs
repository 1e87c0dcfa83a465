//! What of a machine reads how.

use super::{LsDocument, render};
use crate::facts::holdings::{
    Collector, Folder, Hidden, Holder, Holdings, Looked, Place, Remover, Stat, Who,
};
use crate::facts::maps::{FileId, parse_mapping};
use crate::facts::sysvipc::parse_segments;
use crate::facts::{FileSystem, Reading};
use crate::report::style::WIDTH;
use crate::units::Bytes;

fn file(inode: u64, kib: u64) -> Stat {
    let file = FileId { major: 0, minor: 0x1b, inode };
    let (size, held) = (Bytes::kib(kib), Bytes::kib(kib));
    Stat { file, size, held, owner: 0, mode: 0o600, names: 1, regular: true }
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

kind      held     size  uid mode  held by     name
posix  2.0 MiB  2.0 MiB    0 0600  nobody      left
posix  1.0 MiB  1.0 MiB    0 0600  python3[7]  psm_1
sysv   8.0 KiB  8.0 KiB    0 0000  nobody      shmid 3 made by 99 (ended)
                                               4.0 KiB in swap

in all    3.0 MiB in 3 objects: posix 3.0 MiB (2), sysv 8.0 KiB (1)
charged   cgroup /docker/abc is charged for 3.0 MiB of shared memory (shmem in
          memory.stat)
cgroups   1.0 MiB held by processes of /docker/abc
          (a page is charged to the cgroup whose process touched it first; the
          kernel does not tell which)
nobody    2.0 MiB in 2 objects held by nobody. If no program will use it again:
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
        text.starts_with("/dev/shm: 3.0 MiB in 2 files, 2.0 MiB held by no process visible here\n"),
        "{text}"
    );
    assert!(text.contains("2.0 MiB  2.0 MiB    0 0600  ?") && !text.contains("rm --"), "{text}");
    assert!(text.contains("note      1 of 40 processes could not be examined"), "{text}");
}

#[test]
fn what_the_kernel_says_of_a_file_holds_without_a_process_that_is_seen() {
    let with = |in_use| {
        let mut holdings = holdings();
        holdings.looked.refused = vec![1];
        holdings.objects[1].in_use = Some(in_use);
        shown(&holdings).replace("\n          ", " ")
    };
    let free = with(false);
    assert!(free.contains("  nobody      left") && free.contains("rm -- /dev/shm/left"), "{free}");
    assert!(!free.contains("held by \"?\""), "{free}");
    let used = with(true);
    assert!(used.contains("  unseen      left") && !used.contains("rm -- "), "{used}");
    assert!(used.contains("held by \"unseen\" is in use"), "{used}");
}

#[test]
fn a_file_without_a_name_is_freed_by_the_end_of_its_process() {
    let mut holdings = holdings();
    assert!(!shown(&holdings).contains("unlinked  "));
    holdings.objects[0].unlinked = true;
    let text = shown(&holdings).replace("\n          ", " ");
    let wanted = "unlinked  1.0 MiB in 1 file without a name: it stays until no process holds it, so \
                  end that process\n";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn processes_that_could_not_be_looked_into_are_named_and_the_advice_fits_who_asks() {
    let note = |refused: &[u32], may_trace: bool| {
        let mut holdings = holdings();
        let who = |name: &str| Who { name: name.to_owned(), cgroup: None };
        holdings.who.insert(1, who("systemd"));
        holdings.who.insert(9, who("sshd"));
        (holdings.looked.refused, holdings.looked.may_trace) = (refused.to_vec(), may_trace);
        let text = shown(&holdings).replace("\n          ", " ");
        text.split_once("note      ").unwrap().1.to_owned()
    };
    let user = note(&[1, 9], false);
    assert!(
        user.starts_with(
            "2 of 40 processes could not be examined: systemd[1], sshd[9]. They belong to another \
             user or have more privileges. Root with CAP_SYS_PTRACE sees more."
        ),
        "{user}"
    );
    let root = note(&[1], true);
    assert!(
        root.starts_with(
            "1 of 40 processes could not be examined: systemd[1]. It may be exiting, or be \
             protected although CAP_SYS_PTRACE is held here: by another user namespace, a security \
             module (LSM) or hidepid. To check, run ls -l /proc/1/fd. Unlinked objects that only \
             this process holds are missing, and it may hold what is held by \"?\"\n"
        ),
        "{root}"
    );
    let many = note(&[1, 2, 9, 10, 11, 12, 13], false);
    assert!(
        many.contains("examined: systemd[1], [2], sshd[9], [10], [11], and 2 more. They"),
        "{many}"
    );
}

#[test]
fn a_segment_whose_row_is_narrow_is_named_in_several_lines() {
    let mut holdings = holdings();
    let segment = holdings.objects.iter_mut().find_map(|o| o.segment.as_mut()).unwrap();
    (segment.key, segment.id) = (0x1234, 131_072);
    for object in &mut holdings.objects {
        object.owner = Some(1_000_123_456);
        let holder = |pid| Holder { pid, mappings: 1, open: false };
        if object.segment.is_none() {
            object.holders = (4_194_000..4_194_300).map(holder).collect();
        }
    }
    let text = shown(&holdings);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for part in ["shmid 131072", "key 0x00001234", "made by 99 (ended)", "4.0 KiB in swap"] {
        assert!(lines.iter().any(|line| line.ends_with(part)), "{part}: {text}");
    }
    assert!(!text.contains("..."), "{text}");
}

#[test]
fn of_another_folder_only_its_files_are_listed() {
    let text = with(|holdings| {
        holdings.folder.asked = "/mnt/shm".to_owned();
        holdings.segments_unread = Some("EACCES".to_owned());
        holdings.elsewhere.objects = 3;
        holdings.elsewhere.pids = vec![30];
        holdings.keep_files();
    });
    assert!(text.contains("in all    3.0 MiB in 2 objects: posix 3.0 MiB (2)\n"), "{text}");
    assert!(!text.contains("sysv") && !text.contains("System V"), "{text}");
    assert!(!text.contains("--pid 30"), "{text}");
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
        assert!(text.contains("2.0 MiB  2.0 MiB    0 0600  ?"), "{text}");
        assert!(!text.contains("rm -- ") && !text.contains("find /"), "{text}");
        let told = format!("2.0 MiB in 1 object held by no process visible here; {why}");
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
    assert!(text.contains("(for the others there is no command"), "{text}");
    assert!(text.contains("            nsenter -t 7 -i ipcrm -m 3\n"), "{text}");
}

#[test]
fn semaphores_and_podmans_locks_are_no_leftovers() {
    for name in ["sem.queue", "libpod_lock", "libpod_rootless_lock_1000"] {
        let text = with(|holdings| {
            let left = holdings.objects.iter_mut().find(|o| o.name == "left").unwrap();
            (left.name, left.size) = (name.to_owned(), Some(Bytes(32)));
        });
        assert!(!text.contains("rm -- ") && text.contains("8.0 KiB in 1 object held"), "{text}");
        assert!(text.contains(&format!("kept      /dev/shm/{name}: semaphores")), "{text}");
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
    for name in ["a b", "folder/file", "$(reboot)", "it's", "-rf", "n\ne"] {
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
    // A long one is whole: a kubelet's volumes have long paths.
    let mut holdings = holdings();
    let long = "x".repeat(120);
    holdings.objects.iter_mut().find(|o| o.name == "left").unwrap().name.clone_from(&long);
    assert!(shown(&holdings).contains(&format!("rm -- /dev/shm/{long}\n")));
}
