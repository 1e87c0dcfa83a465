//! What was read of a machine, typed: the input of the capacity model.
//! Pure: text in, facts out; nothing here opens a file.
//!
//! The crate procfs-core is not used: one line that it does not understand loses it the whole file, where
//! captures and other roots are incomplete or hostile, and it reads no cgroup's limits and no huge pages.
#![forbid(unsafe_code)]

mod arm;
pub mod attempts;
pub mod cgroup;
pub mod container;
pub mod cpu;
pub mod dds;
pub mod environment;
pub mod events;
pub mod firmware;
pub mod holdings;
pub mod maps;
pub mod meminfo;
pub mod mountinfo;
pub mod name_events;
pub mod others;
pub mod process;
mod reading;
pub mod rights;
pub mod runtime;
pub mod sample;
pub mod struck;
pub(crate) mod sysctl;
pub(crate) mod systemd;
pub mod sysvipc;

use crate::units::{Bytes, Count, Limit};

pub use attempts::Attempts;
pub use cgroup::{CgroupFacts, CgroupVersion, Level};
pub(crate) use meminfo::{MemInfo, MemInfoOf};
pub use mountinfo::{FileSystem, Mount};
pub(crate) use process::ProcessFacts;
pub use reading::{ParseError, Reading, Why};
pub use rights::Owner;
pub use runtime::{Hosted, Manager, Runtime, RuntimeFacts};
pub use sysctl::{HugePool, Overcommit, Release};
pub(crate) use sysvipc::IpcFacts;

/// Reads one unsigned number that stands alone in a file.
///
/// # Errors
/// When it is not a decimal number of 64 bits.
pub fn parse_number(text: &str) -> Result<u64, ParseError> {
    text.trim().parse().map_err(|_| ParseError::new("a number", text))
}

/// The bytes of a page here: 4, 16 or 64 KiB on the machines that Linux runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize(u64);

impl PageSize {
    /// The page size, if it is one that a kernel can have: a power of two from 4 KiB to 1 MiB.
    #[must_use]
    pub fn new(bytes: u64) -> Option<PageSize> {
        (bytes.is_power_of_two() && (4096..=1 << 20).contains(&bytes)).then_some(PageSize(bytes))
    }

    /// Bytes a page.
    #[must_use]
    pub(crate) const fn bytes(self) -> u64 {
        self.0
    }

    /// Bytes of a transparent huge page, which one table of such pages, of eight bytes each, would map: 2 MiB with
    /// pages of 4 KiB, 32 MiB with 16 KiB, 512 MiB with 64 KiB.
    #[must_use]
    pub(crate) const fn huge(self) -> Bytes {
        Bytes(self.0.saturating_mul(self.0 / 8))
    }
}

/// A result of statfs(2). A tmpfs without a size limit has no blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StatFs {
    /// The file system's magic number.
    #[serde(rename = "type")]
    pub magic: u64,
    /// Bytes a block.
    pub bsize: u64,
    /// Blocks in all.
    pub blocks: u64,
    /// Free blocks.
    pub bfree: u64,
    /// Free blocks for a process without privileges.
    pub bavail: u64,
    /// Inodes in all; 0 where they are not limited.
    pub files: u64,
    /// Free inodes.
    pub ffree: u64,
}

impl StatFs {
    /// The size, if it is limited: a tmpfs without a limit shows no blocks (shmem_statfs, mm/shmem.c).
    pub(crate) const fn size_limit(&self) -> Limit {
        if self.blocks == 0 { Limit::Unlimited } else { Limit::At(self.total()) }
    }

    /// How many inodes there may be.
    pub(crate) const fn inode_limit(&self) -> Limit<Count> {
        if self.files == 0 { Limit::Unlimited } else { Limit::At(Count(self.files)) }
    }

    /// How many there are.
    pub(crate) const fn inodes_used(&self) -> Count {
        Count(self.files.saturating_sub(self.ffree))
    }

    /// Bytes in all.
    #[must_use]
    pub const fn total(&self) -> Bytes {
        Bytes(self.blocks).saturating_mul(self.bsize)
    }

    /// Bytes in use.
    #[must_use]
    pub(crate) const fn used(&self) -> Bytes {
        Bytes(self.blocks.saturating_sub(self.bfree)).saturating_mul(self.bsize)
    }

    /// Bytes that a process without privileges may still take.
    #[must_use]
    pub const fn available(&self) -> Bytes {
        Bytes(self.bavail).saturating_mul(self.bsize)
    }
}

/// Whose view of the machine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// The own process.
    #[serde(rename = "self")]
    Own,
    /// Another process, through /proc/PID.
    Target,
}

/// What covers the path that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShmPath {
    /// The path as asked for, `/dev/shm` unless `--path` says otherwise.
    pub asked: String,
    /// The path with links resolved, as its process sees it.
    pub resolved: String,
    /// The mount that covers it.
    pub mount: Reading<Mount>,
    /// What statfs says of it; absent where the path does not exist.
    pub statfs: Reading<StatFs>,
    /// It is no file or device.
    pub is_folder: bool,
    /// Whose it is, and its mode.
    pub owner: Reading<Owner>,
}

/// A file of the folder that belongs to neither the folder's owner nor the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignFile {
    /// With the folder, as it was asked for.
    pub name: String,
    pub owner: u32,
}

/// A file of /dev/shm or a System V segment that no visible process holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// File name, or `shmid N`.
    pub name: String,
    /// Bytes that it occupies.
    pub bytes: Bytes,
}

/// All that an inspect looks at, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The process looked at; `None` is the one that looks.
    pub pid: Option<u32>,
    /// Whose view it is.
    pub view: View,
    /// What came of making a segment of each kind.
    pub attempts: Attempts,
    /// A kubelet made the container of the one that looks.
    pub in_a_pod: bool,
    /// What runs the container.
    pub runtime: RuntimeFacts,
    /// Bytes a page.
    pub page_size: PageSize,
    pub release: Release,
    /// The path and its mount.
    pub shm: ShmPath,
    /// All mounts of the process; none where they cannot be read.
    pub mounts: Vec<Mount>,
    /// The memory cgroup and its visible ancestors.
    pub cgroup: CgroupFacts,
    /// The IPC namespace.
    pub ipc: IpcFacts,
    /// /proc/meminfo.
    pub memory: Reading<MemInfo>,
    /// Whose memory it tells of.
    pub memory_of: MemInfoOf,
    /// How memory is promised.
    pub overcommit: Overcommit,
    /// The process's own limits.
    pub process: ProcessFacts,
    /// Pools of huge pages, smallest page first.
    pub huge_pools: Vec<HugePool>,
    /// The policy of transparent huge pages for shared memory without a mount option.
    pub shmem_huge: Reading<String>,
    /// Bytes of a transparent huge page.
    pub huge_page: Bytes,
    /// Processes of the same cgroup, the one that looks left out.
    pub neighbours: Vec<process::Neighbour>,
    /// The mount of the same path in process 1's view, where that is another file system.
    pub elsewhere: Option<Mount>,
    /// Shared memory that no visible process holds.
    pub leftovers: Vec<Leftover>,
    /// A file of the folder that O_CREAT does not open, whatever its mode (fs.protected_regular).
    pub protected: Option<ForeignFile>,
    /// Fast DDS, where it is seen.
    pub dds: Option<dds::Dds>,
    /// Users whose segments systemd removes when they log out; `None` where it does not, or is not there.
    pub removes_ipc_of: Option<u32>,
    /// vm.max_map_count: mappings a process.
    pub map_count: Reading<u64>,
    /// Why there may be processes that are not visible, which may hold it.
    pub hidden: Option<holdings::Hidden>,
}
