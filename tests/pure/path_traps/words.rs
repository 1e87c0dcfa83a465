//! Findings, text and metrics.

use super::*;

#[test]
fn a_fix_that_is_pasted_runs_no_command_of_a_file_name() {
    let mut machine = Machine::bare().statfs("/dev/shm", statfs(TMPFS, GIB, GIB - MIB));
    machine.0.folders.insert("/dev/shm".into(), vec!["x; touch owned".into()]);
    machine.0.folders.insert("/proc".into(), vec![]);
    let stat = FileStat { major: 0, minor: 5, inode: 9, bytes: MIB };
    machine.0.stat.insert("/dev/shm/x; touch owned".into(), stat);
    let json = machine.json();
    let all = json["findings"].as_array().unwrap();
    let finding = all.iter().find(|finding| finding["id"] == "leftover").expect("it is told");
    let fix = finding["fix"].as_str().unwrap();
    assert!(!fix.contains("rm /dev/shm/x; touch owned"), "{fix}");
}

fn long_path() -> String {
    format!("/mnt{}", "/a-long-folder-name".repeat(12))
}

#[test]
fn text_stays_within_80_columns_with_long_paths() {
    let path = long_path();
    let machine = limited(64 * MIB, 0)
        .mount(&format!("9 1 0:9 / {path} rw - tmpfs t rw,size=65536k"))
        .statfs(&path, statfs(TMPFS, 64 * MIB, 64 * MIB))
        .file("/proc/self/cgroup", &format!("0::{path}\n"))
        .level(&format!("/sys/fs/cgroup{path}"), "67108864", 0)
        .unreadable("/sys/fs/cgroup/mnt/memory.max", "EACCES");
    let text = machine.text(&Target { pid: None, path }, true);
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn text_stays_within_80_columns_for_another_process_with_a_long_path() {
    let path = long_path();
    let machine = with_target()
        .process("/proc/4194303", 4_194_303)
        .file("/proc/4194303/cgroup", "0::/../x\n")
        .file("/proc/4194303/mountinfo", &format!("9 1 0:9 / {path} rw - tmpfs t rw,size=65536k\n"))
        .statfs(&format!("/proc/4194303/root{path}"), statfs(TMPFS, 64 * MIB, 64 * MIB));
    let text = machine.text(&Target { pid: Some(4_194_303), path }, true);
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn metrics_escape_what_a_cgroup_may_be_called() {
    let machine = Machine::v2("/a\"b\\c").level("/sys/fs/cgroup/a\"b\\c", "67108864", 0);
    let text = openmetrics::render(&machine.document());
    assert!(!text.contains("/a\"b\\c/"), "an unescaped label:\n{text}");
    assert!(text.contains(r#"/a\"b\\c/"#), "{text}");
}

#[test]
fn an_unknown_limit_is_no_number_in_the_metrics() {
    let machine = limited(64 * MIB, 0).unreadable("/sys/fs/cgroup/app/memory.max", "EACCES");
    let text = openmetrics::render(&machine.document());
    assert!(!text.contains("memory.max"), "{text}");
}
