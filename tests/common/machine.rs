//! A machine that does not exist, built file by file on top of a capture.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use shmeter::capacity::findings::Asked;
use shmeter::capacity::{Capacity, Kind, assess};
use shmeter::facts::{Facts, StatFs};
use shmeter::probe::{Capture, Source, Target, gather};
use shmeter::report::inspect::{Document, text};
use shmeter::units::Bytes;

pub const MIB: u64 = 1 << 20;
pub const GIB: u64 = 1 << 30;
pub const TMPFS: u64 = 0x0102_1994;
pub const RAMFS: u64 = 0x8584_58f6;
pub const HUGETLBFS: u64 = 0x9584_58f6;
pub const EXT4: u64 = 0xef53;

/// A statfs of `total` bytes of which `free` are free, in blocks of 4 KiB.
pub fn statfs(magic: u64, total: u64, free: u64) -> StatFs {
    let (bsize, files) = (4096, 1_000_000);
    StatFs {
        magic,
        bsize,
        blocks: total / bsize,
        bfree: free / bsize,
        bavail: free / bsize,
        files,
        ffree: files - 10,
    }
}

/// The machine. `v2()` has 8 GiB, no swap, a /dev/shm of 1 GiB, and the real root of cgroup v2.
#[derive(Clone)]
pub struct Machine(pub Capture);

impl Machine {
    /// No control groups yet.
    pub fn bare() -> Machine {
        let capture = Capture {
            format: "shmeter-capture/1".into(),
            pid: None,
            path: None,
            version: None,
            environment: BTreeMap::new(),
            kernel_release: "6.12.0".into(),
            page_size: 4096,
            files: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            links: BTreeMap::new(),
            folders: BTreeMap::new(),
            stat: BTreeMap::new(),
            statfs: BTreeMap::new(),
            variables: BTreeSet::new(),
        };
        Machine(capture)
            .process("/proc/self", 100)
            .file("/proc/self/cgroup", "")
            .mounts(&[
                "1 0 8:1 / / rw - ext4 /dev/vda rw",
                "2 1 0:2 / /proc rw - proc proc rw",
                "3 1 0:3 / /sys rw - sysfs sysfs rw",
                "4 1 0:4 / /dev rw - tmpfs tmpfs rw,size=65536k,mode=755",
                "5 4 0:5 / /dev/shm rw,nosuid - tmpfs volume rw,size=1048576k",
            ])
            .statfs("/dev/shm", statfs(TMPFS, GIB, GIB))
            .meminfo(8 * GIB, 6 * GIB, 0)
            .file("/proc/sys/kernel/osrelease", "6.12.0\n")
            .file("/proc/sys/kernel/shmmax", "18446744073692774399\n")
            .file("/proc/sys/kernel/shmall", "18446744073692774399\n")
            .file("/proc/sys/kernel/shmmni", "4096\n")
            .segments(&[])
            .file("/proc/sys/vm/overcommit_memory", "1\n")
            .file("/proc/sys/vm/admin_reserve_kbytes", "8192\n")
            .file("/proc/sys/vm/user_reserve_kbytes", "131072\n")
            .file("/proc/sys/vm/swappiness", "60\n")
            .file("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always [never] deny\n")
    }

    /// cgroup v2 mounted at its real root; the process in `path`.
    pub fn v2(path: &str) -> Machine {
        Machine::bare()
            .mount("6 3 0:6 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate")
            .file("/proc/self/cgroup", &format!("0::{path}\n"))
            .file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n")
            .file("/sys/fs/cgroup/cgroup.procs", "1\n")
    }

    /// cgroup v1 memory hierarchy mounted at its real root; the process in `path`.
    pub fn v1(path: &str) -> Machine {
        Machine::bare()
            .mount("6 3 0:6 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory")
            .file("/proc/self/cgroup", &format!("5:cpu,cpuacct:{path}\n4:memory:{path}\n"))
            .file("/sys/fs/cgroup/memory/release_agent", "\n")
            .level_v1("/sys/fs/cgroup/memory", V1_UNLIMITED, 0, V1_UNLIMITED)
    }

    pub fn file(mut self, path: &str, text: &str) -> Machine {
        self.0.unreadable.remove(path);
        self.0.files.insert(path.into(), text.into());
        self
    }

    pub fn without(mut self, path: &str) -> Machine {
        self.0.files.remove(path);
        self
    }

    pub fn unreadable(mut self, path: &str, why: &str) -> Machine {
        self.0.files.remove(path);
        self.0.statfs.remove(path);
        self.0.unreadable.insert(path.into(), why.into());
        self
    }

    pub fn link(mut self, path: &str, to: &str) -> Machine {
        self.0.links.insert(path.into(), to.into());
        self
    }

    pub fn statfs(mut self, path: &str, statfs: StatFs) -> Machine {
        self.0.statfs.insert(path.into(), statfs);
        self
    }

    pub fn without_statfs(mut self, path: &str) -> Machine {
        self.0.statfs.remove(path);
        self
    }

    pub fn page_size(mut self, bytes: u64) -> Machine {
        self.0.page_size = bytes;
        self
    }

    pub fn kernel(mut self, release: &str) -> Machine {
        self.0.kernel_release = release.into();
        self.file("/proc/sys/kernel/osrelease", &format!("{release}\n"))
    }

    pub fn process(self, folder: &str, pid: u32) -> Machine {
        self.file(
            &format!("{folder}/status"),
            &format!(
                "Name:\tapp\nState:\tS (sleeping)\nPid:\t{pid}\nUid:\t0\t0\t0\t0\n\
                 VmSize:\t    3200 kB\nCapEff:\t000001ffffffffff\n"
            ),
        )
        .file(&format!("{folder}/oom_score_adj"), "0\n")
        .file(
            &format!("{folder}/limits"),
            "Limit  Soft Limit  Hard Limit  Units\nMax file size  unlimited  unlimited  bytes\n",
        )
    }

    pub fn mounts(self, lines: &[&str]) -> Machine {
        self.file("/proc/self/mountinfo", &(lines.join("\n") + "\n"))
    }

    pub fn mount(self, line: &str) -> Machine {
        let text = self.0.files["/proc/self/mountinfo"].clone() + line + "\n";
        self.file("/proc/self/mountinfo", &text)
    }

    /// Another line in place of the one of this mount number.
    pub fn mount_instead(self, id: u64, line: &str) -> Machine {
        let start = format!("{id} ");
        let text = &self.0.files["/proc/self/mountinfo"];
        let lines: Vec<&str> =
            text.lines().map(|old| if old.starts_with(&start) { line } else { old }).collect();
        let text = lines.join("\n") + "\n";
        self.file("/proc/self/mountinfo", &text)
    }

    pub fn meminfo(self, total: u64, free: u64, swap: u64) -> Machine {
        let kib = |bytes: u64| bytes / 1024;
        let text = format!(
            "MemTotal: {} kB\nMemFree: {} kB\nBuffers: 0 kB\nCached: 0 kB\nShmem: 0 kB\n\
             SReclaimable: 0 kB\nSwapTotal: {} kB\nSwapFree: {} kB\nCommitLimit: {} kB\n\
             Committed_AS: 0 kB\nHugepagesize: 2048 kB\n",
            kib(total),
            kib(free),
            kib(swap),
            kib(swap),
            kib(total / 2 + swap)
        );
        self.file("/proc/meminfo", &text)
    }

    /// Segments of (size, processes attached, bytes resident).
    pub fn segments(self, segments: &[(u64, u64, u64)]) -> Machine {
        let mut text = "key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime \
                        ctime rss swap\n"
            .to_owned();
        for (id, (size, attached, resident)) in segments.iter().enumerate() {
            text += &format!("0 {id} 600 {size} 1 1 {attached} 0 0 0 0 0 0 0 {resident} 0\n");
        }
        self.file("/proc/sysvipc/shm", &text)
    }

    /// A level of v2 with everything a kernel has there.
    pub fn level(self, folder: &str, max: &str, current: u64) -> Machine {
        self.file(&format!("{folder}/memory.max"), &format!("{max}\n"))
            .file(&format!("{folder}/memory.current"), &format!("{current}\n"))
            .file(
                &format!("{folder}/memory.stat"),
                "anon 0\nfile 0\nshmem 0\ninactive_file 0\nactive_file 0\nslab_reclaimable 0\n",
            )
            .file(&format!("{folder}/memory.high"), "max\n")
            .file(&format!("{folder}/memory.swap.max"), "max\n")
            .file(&format!("{folder}/memory.swap.current"), "0\n")
            .file(&format!("{folder}/memory.oom.group"), "0\n")
            .file(&format!("{folder}/cgroup.type"), "domain\n")
            .file(&format!("{folder}/cgroup.controllers"), "memory\n")
            .file(&format!("{folder}/cgroup.procs"), "")
    }

    /// A level of v1; `tightest` is its hierarchical_memory_limit.
    pub fn level_v1(self, folder: &str, limit: u64, used: u64, tightest: u64) -> Machine {
        self.file(&format!("{folder}/memory.limit_in_bytes"), &format!("{limit}\n"))
            .file(&format!("{folder}/memory.usage_in_bytes"), &format!("{used}\n"))
            .file(&format!("{folder}/memory.memsw.limit_in_bytes"), &format!("{V1_UNLIMITED}\n"))
            .file(&format!("{folder}/memory.memsw.usage_in_bytes"), &format!("{used}\n"))
            .file(&format!("{folder}/memory.use_hierarchy"), "1\n")
            .file(&format!("{folder}/memory.swappiness"), "60\n")
            .file(
                &format!("{folder}/memory.oom_control"),
                "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
            )
            .file(
                &format!("{folder}/memory.stat"),
                &format!(
                    "cache 0\nrss 0\nshmem 0\ninactive_file 0\nactive_file 0\n\
                     hierarchical_memory_limit {tightest}\n\
                     hierarchical_memsw_limit {V1_UNLIMITED}\n\
                     total_cache 0\ntotal_shmem 0\ntotal_inactive_file 0\ntotal_active_file 0\n"
                ),
            )
            .file(&format!("{folder}/cgroup.procs"), "")
    }

    /// One pool of huge pages.
    pub fn pool(self, kib: u64, pages: u64, free: u64, reserved: u64) -> Machine {
        let folder = format!("/sys/kernel/mm/hugepages/hugepages-{kib}kB");
        self.file(&format!("{folder}/nr_hugepages"), &format!("{pages}\n"))
            .file(&format!("{folder}/free_hugepages"), &format!("{free}\n"))
            .file(&format!("{folder}/resv_hugepages"), &format!("{reserved}\n"))
            .file(&format!("{folder}/surplus_hugepages"), "0\n")
            .file(&format!("{folder}/nr_overcommit_hugepages"), "0\n")
    }

    pub fn facts(&self) -> Facts {
        gather(&self.0, &Target::default()).unwrap()
    }

    pub fn capacity(&self, kind: Kind) -> Capacity {
        assess(&self.facts()).take(kind)
    }

    pub fn document(&self) -> Document {
        document(&self.0, &Target::default())
    }

    /// The JSON of an inspect.
    pub fn json(&self) -> Value {
        serde_json::to_value(self.document()).unwrap()
    }

    pub fn json_of(&self, pid: u32) -> Value {
        let target = Target { pid: Some(pid), ..Target::default() };
        serde_json::to_value(document(&self.0, &target)).unwrap()
    }

    /// The text of an inspect, without styles.
    pub fn text(&self, target: &Target, explain: bool) -> String {
        let styled = text::render(&document(&self.0, target), explain);
        let mut plain = String::new();
        let mut parts = styled.split('\u{1b}');
        plain.push_str(parts.next().unwrap());
        for part in parts {
            plain.push_str(part.split_once('m').unwrap().1);
        }
        plain
    }
}

/// The unlimited limit of v1 with pages of 4 KiB.
pub const V1_UNLIMITED: u64 = 9_223_372_036_854_771_712;

pub fn document(source: &dyn Source, target: &Target) -> Document {
    let facts = gather(source, target).unwrap();
    Document::new(&facts, &assess(&facts), &Asked::default())
}

/// The paths of the levels.
pub fn paths(json: &Value) -> Vec<&str> {
    let levels = json["cgroup"]["levels"].as_array().unwrap();
    levels.iter().map(|level| level["path"].as_str().unwrap()).collect()
}

/// The ceiling rows of one source.
pub fn ceilings<'a>(json: &'a Value, kind: &str, source: &str) -> Vec<&'a Value> {
    let rows = json["segments"][kind]["ceilings"].as_array().unwrap();
    rows.iter().filter(|row| row["source"] == source).collect()
}

/// Whether there is a finding of this name.
pub fn finds(json: &Value, id: &str) -> bool {
    json["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == id)
}

/// Bytes that a touching process can fill into `room`, with pages of 4 KiB.
pub fn touched(room: u64) -> u64 {
    Bytes(room).scaled(10_000_000, 10_042_245).0
}

/// Equal within the model's own rounding.
pub fn near(value: &Value, wanted: u64) -> bool {
    value.as_u64().is_some_and(|value| value.abs_diff(wanted) <= (wanted / 10_000).max(4096))
}
