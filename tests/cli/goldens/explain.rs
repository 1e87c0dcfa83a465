//! What explain says of messages, where a capture or a document of inspect tells what holds there.

use super::kept::Transcript;

pub const NAMES: [&str; 2] = ["explain/texts", "explain/logs"];

/// Messages of each meaning and each certainty.
const TEXTS: [&str; 9] = [
    "ERROR:  could not resize shared memory segment \"/PostgreSQL.412969521\" to 134217728 bytes: No space left on device",
    "UCX  ERROR shmget(size=4263936 flags=0x7b0) for mm_recv_desc failed: No space left on device",
    "Memory cgroup out of memory: Killed process 23793 (leaker) total-vm:2623712kB",
    "mkdir: cannot create directory '/dev/shm/x': No space left on device",
    "ORA-04035: unable to allocate 4096 bytes of shared memory",
    "X Error of failed request: (MIT-SHM)",
    "Bus error (core dumped)",
    "torch.OutOfMemoryError: CUDA out of memory.",
    "\u{1b}[2J\u{202e}Killed: signal 9",
];

const CAPTURE: &str = "tests/captures/vm-v2-max256-shm64.json";

#[test]
fn messages_are_explained_as_they_were() {
    let mut said = Transcript::default();
    for text in TEXTS {
        let shown = text.escape_debug().to_string();
        said.run_with(&format!("explain --from {CAPTURE}"), &shown, text.as_bytes());
    }
    for format in ["text", "json"] {
        let text = "explain --from tests/reports/inspect-c.json --format";
        said.run(&format!(
            "{text} {format} 'DataLoader worker (pid 7) is killed by signal: Bus error.'"
        ));
    }
    said.check("explain/texts");
}

const LOG: &str = "\
db_1  | 2026-01-01 00:00:00 UTC [1] LOG:  database system is ready
db_1  | ERROR:  could not resize shared memory segment \"/PostgreSQL.1\" to 1048576 bytes: No space left on device
web_1 |   File \"/usr/lib/python3.11/multiprocessing/synchronize.py\", line 57, in __init__
web_1 |     sl = self._semlock = _multiprocessing.SemLock(
web_1 | OSError: [Errno 28] No space left on device
db_1  | ERROR:  could not resize shared memory segment \"/PostgreSQL.2\" to 2097152 bytes: No space left on device
web_1 exited with code 137
";

#[test]
fn logs_are_explained_as_they_were() {
    let mut said = Transcript::default();
    for options in ["", " --format json"] {
        let line = format!("explain --from {CAPTURE}{options}");
        said.run_with(&line, "a log", LOG.as_bytes());
        said.run_with(&format!("{line} -"), "nothing known", b"all is well\n");
    }
    said.check("explain/logs");
}
