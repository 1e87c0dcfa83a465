//! Whatever lsipc, ipcs and lsof find, ls finds, and with the same holders.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::holder::{Holder, document, pids, rows};
use super::path;
use crate::skip::has;
use crate::traces::turn;

fn stdout(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    assert!(output.is_ok(), "{program} is missing (Debian: util-linux, lsof)");
    String::from_utf8_lossy(&output.unwrap().stdout).into_owned()
}

fn many() -> Holder {
    let (gone, name) = (path("others-gone"), format!("others {}", std::process::id()));
    Holder::new(&[
        "map",
        &gone,
        "8192",
        "unlink",
        &gone,
        "memfd",
        &name,
        "4096",
        "memfd-map",
        &name,
        "4096",
        "memfd-open",
        &name,
        "0",
        "anon",
        "4096",
        "sysv",
        "4096",
        "sysv-left",
        "8192",
        "sysv-gone",
        "4096",
        "many",
        "200",
        "5",
        "/dev/shm",
    ])
}

/// shmid, size, and how often it is attached.
type Segment = (u64, u64, u64);

fn segments(document: &Value, wanted: impl Fn(&Value) -> bool) -> BTreeSet<Segment> {
    let number = |value: &Value| value.as_u64().unwrap();
    rows(document, |row| row["shmid"].is_u64() && wanted(row))
        .iter()
        .map(|row| (number(&row["shmid"]), number(&row["size_bytes"]), number(&row["attached"])))
        .collect()
}

/// The segments in a table, by the columns they are in.
fn table(text: &str, columns: [usize; 3]) -> BTreeSet<Segment> {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [id, size, attached] = columns.map(|at| words.get(at)?.parse().ok());
        Some((id?, size?, attached?))
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn every_segment_that_ipcs_and_lsipc_list_is_found() {
    let _turn = turn();
    let test = "every_segment_that_ipcs_and_lsipc_list_is_found";
    if !has(test, &["ipcs", "-m"], "util-linux") || !has(test, &["lsipc", "-m"], "util-linux") {
        return;
    }
    let holder = many();
    let mut own = children(&holder);
    own.push(holder.pid().to_string());
    let before = document(&[], &[]);
    let ipcs = table(&stdout("ipcs", &["-m"]), [1, 4, 5]);
    let columns = ["-m", "--bytes", "--raw", "--noheadings", "-o", "ID,SIZE,NATTCH"];
    let lsipc = table(&stdout("lsipc", &columns), [0, 1, 2]);
    let after = document(&[], &[]);
    // What other tests make and remove meanwhile is not to be compared, but not missed either.
    let all = |document: &Value| segments(document, |_| true).into_iter().map(|one| one.0);
    let known: BTreeSet<u64> = all(&before).chain(all(&after)).collect();
    let ours = segments(&before, |row| own.contains(&row["creator"]["pid"].to_string()));
    assert_eq!(ours.len(), 200 * 5 + 3);
    for others in [ipcs, lsipc] {
        let missed: Vec<_> = others.iter().filter(|one| !known.contains(&one.0)).collect();
        assert!(missed.is_empty(), "{missed:?}");
        let differ: Vec<_> = ours.difference(&others).collect();
        assert!(differ.is_empty(), "{differ:?} is not in {others:?}");
    }
}

fn children(holder: &Holder) -> Vec<String> {
    let file = format!("/proc/{0}/task/{0}/children", holder.pid());
    let text = std::fs::read_to_string(file).unwrap();
    text.split_whitespace().map(str::to_owned).collect()
}

/// What lsof tells of a process: the device and inode of shared memory, and its kind.
fn lsof(pids: &[String]) -> BTreeSet<(u64, &'static str, u64)> {
    let text = stdout("lsof", &["-nP", "-w", "-F", "pfin", "-p", &pids.join(",")]);
    let (mut pid, mut inode, mut found) = (0, 0, BTreeSet::new());
    for line in text.lines() {
        let (field, value) = line.split_at(1);
        match field {
            "p" => pid = value.parse().unwrap(),
            "f" => inode = 0,
            "i" => inode = value.parse().unwrap_or(0),
            "n" => {
                let kinds = [
                    ("/dev/shm/shmeter-", "posix"),
                    ("/memfd:", "memfd"),
                    ("/SYSV", "sysv"),
                    ("/dev/zero (deleted)", "anon"),
                ];
                let kind = kinds.iter().find(|(start, _)| value.starts_with(start));
                found.extend(kind.map(|(_, kind)| (pid, *kind, inode)));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn all_that_lsof_finds_is_found_with_the_same_holders_and_what_has_no_name() {
    let _turn = turn();
    let test = "all_that_lsof_finds_is_found_with_the_same_holders_and_what_has_no_name";
    if !has(test, &["lsof", "-v"], "lsof") {
        return;
    }
    let holder = many();
    let mut processes = children(&holder);
    assert_eq!(processes.len(), 200);
    processes.push(holder.pid().to_string());

    let by_lsof = lsof(&processes);
    let document = document(&[], &[]);
    let mut found = BTreeSet::new();
    for row in rows(&document, |_| true) {
        let inode = row["inode"].as_u64().unwrap();
        let kind = ["posix", "sysv", "memfd", "anon"].into_iter().find(|k| row["kind"] == *k);
        found.extend(pids(&row).into_iter().map(|pid| (pid, kind.unwrap(), inode)));
    }
    // 5 segments, 5 files, a memfd and an unlinked file each, and what the first one has.
    assert!(by_lsof.len() >= 200 * 12, "{}: {by_lsof:?}", by_lsof.len());
    let missed: Vec<_> = by_lsof.difference(&found).collect();
    assert!(missed.is_empty(), "{missed:?}");
    // What only ls tells: that they have no name, and what they take.
    let gone = rows(&document, |row| {
        row["kind"] == "posix"
            && row["unlinked"] == true
            && pids(row).iter().any(|pid| processes.contains(&pid.to_string()))
    });
    // The first one's is the same in all of them.
    assert_eq!(gone.len(), 1 + 200);
}
