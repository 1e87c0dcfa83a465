//! What may not be looked into, and what is in other namespaces.

use serde_json::{Value, json};

use super::holder::{Holder, document, ls, named, pids, rows};
use super::{may_unshare, path};
use crate::skip::skip;
use crate::traces::turn;

/// As a user without rights.
fn nobody() -> &'static [&'static str] {
    if nix::unistd::geteuid().is_root() {
        &["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    } else {
        &[] // the process that is to be hidden hides from this one too
    }
}

#[test]
fn without_rights_nothing_is_claimed_of_what_cannot_be_seen() {
    let _turn = turn();
    let (held, left) = (path("sealed-held"), path("sealed-left"));
    let holder = Holder::new(&[
        "map",
        &held,
        "4096",
        "leave",
        &left,
        "4096",
        "sysv",
        "4096",
        "sysv-left",
        "8192",
        "sealed",
    ]);
    let document = document(nobody(), &[]);
    // Of its own files a user may ask the kernel whether somebody uses them.
    let own = nobody().is_empty();
    for (file, of_own) in [(&held, "unseen"), (&left, "nobody")] {
        let row = named(&document, file);
        let wanted = if own { of_own } else { "unknown" };
        assert_eq!(row["held_by"], wanted, "{file}");
        assert_eq!(row["remove"].is_null(), wanted != "nobody", "{file}");
    }
    let refused = document["processes"]["not_looked_into_pids"].as_array().unwrap();
    assert!(refused.contains(&json!(holder.pid())), "{refused:?}");
    // System V counts by itself.
    let ids = holder.numbers("shmid");
    for (id, held_by) in [(ids[0], "unseen"), (ids[1], "nobody")] {
        let row = rows(&document, |row| row["shmid"] == id);
        assert_eq!((row.len(), &row[0]["held_by"]), (1, &json!(held_by)));
    }
    let text = String::from_utf8(ls(nobody(), &[]).stdout).unwrap();
    assert!(text.contains("could not be examined"), "{text}");
    assert!(text.contains("CAP_SYS_PTRACE"), "{text}");
}

#[test]
fn what_a_hidden_process_holds_is_not_said_to_be_held_by_nobody() {
    let _turn = turn();
    if !nix::unistd::geteuid().is_root() {
        let test = "what_a_hidden_process_holds_is_not_said_to_be_held_by_nobody";
        return skip(test, "to mount a /proc with hidepid takes root");
    }
    let file = path("hidden");
    let holder = Holder::new(&["map", &file, "4096"]);
    let script = "mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 \
                  --clear-groups \"$0\" \"$@\"";
    let before = ["unshare", "--mount", "sh", "-c", script];
    let document = document(&before, &[]);
    let row = named(&document, &file);
    assert_eq!((&row["held_by"], &row["remove"]), (&json!("unknown"), &Value::Null));
    assert!(document["processes"]["hidden_by"].is_string(), "{}", document["processes"]);
    assert_eq!(document["totals"]["nobody_posix"]["objects"], 0);
    let text = String::from_utf8(ls(&before, &[]).stdout).unwrap();
    assert!(!text.contains(&format!("rm -- {file}")), "{text}");
    drop(holder);
}

#[test]
fn sizes_that_the_kernel_does_not_tell_are_what_the_processes_see() {
    let _turn = turn();
    let gone = path("at-least");
    let holder = Holder::new(&["map", &gone, "16384", "unlink", &gone, "anon", "8192", "fork"]);
    // As root in a container: without the right to follow map_files.
    let drop = "-sys_admin,-checkpoint_restore";
    let before = ["setpriv", "--bounding-set", drop];
    let root = nix::unistd::geteuid().is_root();
    let document = document(if root { &before } else { &[] }, &[]);
    let row = named(&document, &gone);
    assert_eq!((&row["held_bytes"], &row["certainty"]), (&json!(16384), &json!("at-least")));
    assert_eq!(row["size_bytes"], 16384);
    let pid = u64::from(holder.pid());
    let anon = rows(&document, |row| row["kind"] == "anon" && pids(row).contains(&pid));
    assert_eq!((&anon[0]["held_bytes"], &anon[0]["certainty"]), (&json!(8192), &json!("at-least")));
    assert_eq!(document["totals"]["anon"]["at_least"], true);
}

#[test]
fn a_process_of_other_namespaces_is_seen_with_its_own_folder_and_segments() {
    let _turn = turn();
    if !may_unshare("a_process_of_other_namespaces_is_seen_with_its_own_folder_and_segments") {
        return;
    }
    let name = format!("apart {}", std::process::id());
    let here = path("here");
    let _own = Holder::new(&["map", &here, "4096", "memfd", &name, "4096", "sysv", "4096"]);
    let apart = Holder::apart(&[
        "map",
        "/dev/shm/theirs",
        "8192",
        "leave",
        "/dev/shm/left",
        "4096",
        "sysv",
        "12288",
        "sysv-left",
        "4096",
        "memfd",
        &name,
        "4096",
        "anon",
        "4096",
    ]);
    let (pid, number) = (apart.pid().to_string(), u64::from(apart.pid()));
    let document_of_it = document(&[], &["--pid", &pid]);
    let all = rows(&document_of_it, |_| true);
    let kinds: Vec<&str> = all.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..5], ["sysv", "posix", "anon", "memfd", "posix"], "{all:?}");
    assert_eq!(pids(&named(&document_of_it, "/dev/shm/theirs")), [number]);
    assert_eq!(pids(&all[0]), [number]);
    if nix::unistd::geteuid().is_root() {
        let id = apart.numbers("shmid")[1];
        let left = rows(&document_of_it, |row| row["shmid"] == id);
        assert_eq!(left[0]["remove"], format!("nsenter -t {pid} -i ipcrm -m {id}"));
        // A path through its root is one that its processes may lead elsewhere.
        assert_eq!(named(&document_of_it, "/dev/shm/left")["remove"], Value::Null);
    } else {
        // Nobody else may enter the IPC namespace: what is attached is seen all the same.
        assert!(document_of_it["notes"][0].as_str().unwrap().contains("CAP_SYS_ADMIN"));
        assert_eq!(kinds.len(), 5);
    }

    let document_of_us = document(&[], &[]);
    assert!(rows(&document_of_us, |row| row["name"] == "/dev/shm/theirs").is_empty());
    // A segment of theirs may have the number of one of ours: it is not taken for that.
    let sysv = rows(&document_of_us, |row| row["kind"] == "sysv" && pids(row).contains(&number));
    assert!(sysv.is_empty(), "{sysv:?}");
    assert!(document_of_us["elsewhere"]["objects"].as_u64().unwrap() >= 2);
    let theirs = document_of_us["elsewhere"]["pids"].as_array().unwrap();
    assert!(theirs.contains(&json!(number)), "{theirs:?}");
}
