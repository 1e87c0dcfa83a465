//! Guests that qemu emulates, with pages and CPUs of other sizes and numbers than user-mode-linux has: what
//! scripts/guest-arm64 makes, where SHMETER_GUEST names one of its folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

/// Pages that each CPU charges ahead of what is used (`MEMCG_CHARGE_BATCH`, linux/memcontrol.h).
const CHARGED_AHEAD: u64 = 64;

/// Pages that are reclaimed at once (`SWAP_CLUSTER_MAX`, linux/swap.h).
const RECLAIMED: u64 = 32;

/// How many times longer everything may take.
const SLOWER: u32 = 6;

/// A folder that scripts/guest-arm64 made, and how many CPUs the guest has.
pub struct Emulated {
    folder: PathBuf,
    pub cpus: u32,
    pub page: u64,
    name: String,
    /// The name of its first serial line.
    pub console: String,
    disk: String,
}

/// The guest that is asked for in place of user-mode-linux.
pub fn emulated() -> Option<&'static Emulated> {
    static ASKED: OnceLock<Option<Emulated>> = OnceLock::new();
    ASKED.get_or_init(Emulated::asked).as_ref()
}

/// Bytes of a page in guests.
pub fn page() -> u64 {
    emulated().map_or(4096, |guest| guest.page)
}

/// So many bytes as a number of pages.
pub fn pages(bytes: u64) -> String {
    (bytes / page()).to_string()
}

/// How much longer than in user-mode-linux a guest may take.
pub fn slower() -> u32 {
    emulated().map_or(1, |_| SLOWER)
}

/// Bytes by which two fills of the same room may differ beyond the usual tolerance: what each CPU has charged ahead,
/// which nobody can see, and what one reclaim freed. With one CPU and pages of 4 KiB that is within the usual MiB.
pub fn grain() -> u64 {
    emulated().map_or(0, |guest| {
        let pages = CHARGED_AHEAD * u64::from(guest.cpus) + RECLAIMED;
        if pages * guest.page <= 1 << 20 { 0 } else { pages * guest.page }
    })
}

impl Emulated {
    fn asked() -> Option<Emulated> {
        let folder = PathBuf::from(std::env::var_os("SHMETER_GUEST")?);
        let path = folder.join("guest.json");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error} (see scripts/guest-arm64)", path.display())
        });
        let told: Value = serde_json::from_str(&text).unwrap();
        let word = |key: &str| told[key].as_str().unwrap().to_owned();
        Some(Emulated {
            cpus: std::env::var("SHMETER_GUEST_CPUS").map_or(1, |cpus| cpus.parse().unwrap()),
            page: told["page_kib"].as_u64().unwrap() << 10,
            name: word("name"),
            console: word("console"),
            disk: word("disk"),
            folder,
        })
    }

    /// Where the results of its runs are said to come from.
    pub fn place(&self) -> String {
        format!("{}, {} CPUs", self.name, self.cpus)
    }

    /// A program that was built for it; `None`: this machine's own runs there.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.join(name)).filter(|path| path.exists())
    }

    /// The path of its swap disk, of memory.
    pub fn disk(&self) -> &'static str {
        if self.disk == "none" { "" } else { "/dev/ram0" }
    }

    /// The module that makes that disk, where its kernel has it not built in.
    pub fn module(&self) -> Option<PathBuf> {
        self.program("disk.ko")
    }

    /// Arguments that boot it: its first serial line is the file `console`.
    pub fn arguments(
        &self,
        (memory_mib, swap_mib): (u64, u64),
        initramfs: &Path,
        console: &Path,
    ) -> Vec<String> {
        // Debian's kernels and a file system in memory take more than user-mode-linux does.
        let memory = memory_mib + 256 + swap_mib;
        // Under emulation x86's counter is no steady clock; arm64 does not know the word.
        let append = format!(
            "console={} panic=-1 quiet loglevel=1 tsc=unstable ramdisk_size={}",
            self.console,
            swap_mib << 10
        );
        let qemu = self.folder.join("qemu");
        [
            qemu.to_str().unwrap(),
            "-smp",
            &self.cpus.to_string(),
            "-m",
            &memory.to_string(),
            "-initrd",
            initramfs.to_str().unwrap(),
            "-chardev",
            &format!("file,id=c,path={}", console.display()),
            "-serial",
            "chardev:c",
            "-append",
            &append,
        ]
        .map(str::to_owned)
        .to_vec()
    }
}
