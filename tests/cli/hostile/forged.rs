//! Files and links in the place of a cgroup's files, in the mount namespace of the one looked at.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Attack, program};

const SECRET: &str = "hunter2-that-only-root-may-read";

/// A limit that no cgroup here has, and how text and documents write it.
const FORGED: &str = "123457536";
const SEEN_AS: [&str; 2] = [FORGED, "117.7"];

/// All names that are read of a level.
const FILES: [&str; 19] = [
    "cgroup.controllers",
    "cgroup.procs",
    "cgroup.type",
    "memory.current",
    "memory.high",
    "memory.limit_in_bytes",
    "memory.max",
    "memory.memsw.limit_in_bytes",
    "memory.memsw.usage_in_bytes",
    "memory.oom.group",
    "memory.oom_control",
    "memory.stat",
    "memory.swap.current",
    "memory.swap.max",
    "memory.swappiness",
    "memory.usage_in_bytes",
    "memory.use_hierarchy",
    "release_agent",
    "tasks",
];

/// A cgroup of its own, gone with the test.
struct Cgroup(PathBuf);

impl Cgroup {
    /// Below that of this process, in the hierarchy that counts memory.
    fn new() -> Option<Cgroup> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        let path = |wanted: &str| {
            own.lines().find_map(|line| {
                let mut fields = line.splitn(3, ':').skip(1);
                let controllers = fields.next()?.split(',').any(|name| name == wanted);
                controllers.then(|| fields.next().map(str::to_owned)).flatten()
            })
        };
        let mount = |is_it: &dyn Fn(&str) -> bool| {
            let line = mounts.lines().find(|line| is_it(line.split(" - ").nth(1).unwrap()))?;
            Some(line.split(' ').nth(4)?.to_owned())
        };
        let v1 = |fs: &str| {
            fs.starts_with("cgroup ") && fs.split([' ', ',']).any(|option| option == "memory")
        };
        let (mount, path) = match path("memory") {
            Some(path) => (mount(&v1)?, path),
            None => (mount(&|fs| fs.starts_with("cgroup2 "))?, path("")?),
        };
        let name = format!("shmeter-forged-{}-{number}", std::process::id());
        let folder = PathBuf::from(format!("{mount}{}", path.trim_end_matches('/'))).join(name);
        std::fs::create_dir(&folder).ok()?;
        Some(Cgroup(folder))
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        while let Err(error) = std::fs::remove_dir(&self.0)
            && error.kind() == std::io::ErrorKind::ResourceBusy
        {
            std::thread::yield_now();
        }
    }
}

/// A process whose cgroup's folder is a tmpfs with these files. Both go with it: the process first.
struct Forged(Attack, Cgroup);

fn forge(test: &str, text: &str) -> Option<Forged> {
    let Some(cgroup) = Cgroup::new() else {
        crate::skip::skip(test, "no cgroup can be made here");
        return None;
    };
    let mut command = Command::new("sh");
    command.args(["-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\""]).arg(&cgroup.0);
    command.arg(program()).arg("forge").arg(&cgroup.0);
    FILES.iter().for_each(|file| {
        command.args([file, text]);
    });
    Some(Forged(Attack::start(test, &mut command)?, cgroup))
}

/// What every command says of a process: as root on the host, and where the reader has no cgroups mounted
/// and so has to look through the eyes of the other.
fn said_of(pid: &str) -> Vec<(String, Output)> {
    let shmeter = env!("CARGO_BIN_EXE_shmeter");
    let blind = "mount --make-rprivate / && umount -R -l /sys/fs/cgroup && exec \"$0\" \"$@\"";
    let readers: [&[&str]; 2] = [&[], &["unshare", "--mount", "sh", "-c", blind]];
    let commands: [&[&str]; 5] = [
        &["capture"],
        &["inspect"],
        &["inspect", "--explain"],
        &["inspect", "--format", "json"],
        &["ls", "--format", "json"],
    ];
    let mut all = Vec::new();
    for (reader, arguments) in readers.iter().flat_map(|r| commands.iter().map(move |c| (r, c))) {
        let line = [reader, &[shmeter][..], arguments, &["--pid", pid]].concat();
        let output = Command::new(line[0]).args(&line[1..]).stdin(Stdio::null()).output().unwrap();
        let told = output.stdout.len();
        assert!(told > 0, "{arguments:?}: {output:?}");
        all.push((line.join(" "), output));
    }
    all
}

fn words(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_file_that_only_root_may_read_is_told_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, format!("{SECRET}\nand its second line\n")).unwrap();
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o600)).unwrap();
    let test = "a_file_that_only_root_may_read_is_told_to_nobody";
    let Some(forged) = forge(test, &format!("-{}", secret.display())) else { return };
    for (command, output) in said_of(&forged.0.pid()) {
        let words = words(&output);
        assert!(!words.contains(SECRET) && !words.contains("second line"), "{command}: {words}");
    }
}

#[test]
fn a_limit_that_somebody_wrote_himself_is_not_believed() {
    let test = "a_limit_that_somebody_wrote_himself_is_not_believed";
    let Some(forged) = forge(test, &format!("{FORGED}\n")) else { return };
    for (command, output) in said_of(&forged.0.pid()) {
        let words = words(&output);
        for seen_as in SEEN_AS {
            assert!(!words.contains(seen_as), "{command}: {words}");
        }
    }
}

#[test]
fn the_limit_that_counts_is_told_all_the_same() {
    let test = "the_limit_that_counts_is_told_all_the_same";
    let Some(forged) = forge(test, &format!("{FORGED}\n")) else { return };
    let limit = |name: &str, bytes: &str| std::fs::write(forged.1.0.join(name), bytes).is_ok();
    assert!(limit("memory.limit_in_bytes", "67108864") || limit("memory.max", "67108864"));
    let all = said_of(&forged.0.pid());
    let (_, json) = all.iter().find(|(command, _)| command.contains("--format json")).unwrap();
    let document: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(document["cgroup"]["levels"][0]["limit"], 67_108_864, "{document:#}");
}

/// To open some devices does something: a tape rewinds, a watchdog begins to count.
#[test]
fn no_device_and_no_pipe_of_the_host_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let test = "no_device_and_no_pipe_of_the_host_is_opened";
    let Some(forged) = forge(test, &format!("-{}", pipe.display())) else { return };
    // Opening it for writing succeeds as soon as somebody has opened it for reading.
    let mut writer = Command::new("sh").args(["-c", ": >\"$0\""]).arg(&pipe).spawn().unwrap();
    let _ = said_of(&forged.0.pid());
    let opened = writer.try_wait().unwrap().is_some();
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert!(!opened);
}
