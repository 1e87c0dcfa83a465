//! A machine without a container: `mount`, `sysctl`, units of systemd.

use super::{Change, Site, Ulimit, binary};
use crate::capacity::origin::Origin;
use crate::facts::{Manager, Runtime};
use crate::units::Bytes;

pub(super) fn machine(site: &Site, change: &Change) -> String {
    match change {
        // A limit that is not there needs no raise.
        Change::Both { shm, .. } if !site.limited => machine(site, &Change::Size(*shm)),
        Change::Both { shm, memory } => {
            format!("{}\nand {}", memory_of(site, *memory), machine(site, &Change::Size(*shm)))
        }
        Change::Memory(memory) => memory_of(site, *memory),
        Change::Unlimited(ulimit) => unlimited(site, *ulimit),
        Change::Size(size) if site.origin == Origin::Tmpfs => {
            format!(
                "in the unit: TemporaryFileSystem={}:size={},mode=1777",
                site.path,
                binary(*size)
            )
        }
        Change::Mode if site.origin == Origin::Tmpfs => {
            format!("in the unit: TemporaryFileSystem={}:mode=1777", site.path)
        }
        // The node's is not the job's to change: what it keeps there counts against its own memory.
        Change::Size(size)
            if site.runtime == Runtime::Slurm
                && site.origin == Origin::Machine
                && site.size.is_some_and(|now| *size < now) =>
        {
            "sbatch --mem=SIZE ...: more memory for the job, with what it keeps in /dev/shm"
                .to_owned()
        }
        // Nor is the machine's to be cut to what one unit may have.
        Change::Size(size)
            if site.origin == Origin::Machine && site.size.is_some_and(|now| *size < now) =>
        {
            format!(
                "in the unit: TemporaryFileSystem={}:size={},mode=1777, one of its own\nor a higher MemoryMax= there",
                site.path,
                binary(*size)
            )
        }
        Change::Size(size) if site.runtime == Runtime::Slurm && site.origin == Origin::Machine => {
            format!(
                "by the node's administrator: mount -o remount,size={} {}",
                binary(*size),
                site.path
            )
        }
        Change::Size(size) if site.origin == Origin::Machine => format!(
            "as root: {}\nto keep it, in /etc/fstab: tmpfs {} tmpfs defaults,size={} 0 0",
            command(site, change),
            site.path,
            binary(*size)
        ),
        Change::Inodes if site.origin == Origin::Machine => format!(
            "as root: {}\nto keep it, in /etc/fstab, among the options of {}: {}",
            command(site, change),
            site.path,
            site.more_inodes()
        ),
        Change::Size(size) if site.mounts_nothing => format!(
            "for whoever starts it, since nobody in it may mount: mount -t tmpfs -o \
             mode=1777,nosuid,nodev,size={} tmpfs {}",
            binary(*size),
            site.path
        ),
        Change::Size(size) => format!(
            "as root: mkdir -p {path} && mount -t tmpfs -o mode=1777,nosuid,nodev,size={} tmpfs {path}",
            binary(*size),
            path = site.path
        ),
        Change::Mode if site.origin == Origin::Machine => format!(
            "as root: {}\nto keep it, in /etc/fstab, if {} has a line there: mode=1777 among its options",
            command(site, change),
            site.path
        ),
        Change::Writable if site.origin == Origin::Machine => format!(
            "as root: {}\nto keep it, in /etc/fstab, among the options of {} (or of /run/shm): rw instead of ro",
            command(site, change),
            site.path
        ),
        Change::Sysctl(name, value) => format!(
            "as root: {}\nto keep it, in /etc/sysctl.d/shm.conf: {name} = {value}",
            command(site, change)
        ),
        _ => format!("as root: {}", command(site, change)),
    }
}

/// What root types.
pub(super) fn command(site: &Site, change: &Change) -> String {
    let path = &site.path;
    let remount = |options: &str| format!("mount -o remount,{options} {path}");
    match change {
        Change::Size(size) | Change::Both { shm: size, .. } => {
            remount(&format!("size={}", binary(*size)))
        }
        Change::Mode => format!("chmod 1777 {path}"),
        Change::Writable => remount("rw"),
        Change::Executable => remount("exec"),
        Change::Inodes => remount(&site.more_inodes()),
        Change::Sysctl(name, value) => format!("sysctl -w {}", super::assignment(name, value)),
        Change::Unlimited(ulimit) => format!("ulimit {} unlimited", ulimit.option()),
        Change::Memory(memory) => {
            format!("systemctl set-property UNIT MemoryMax={}", systemd(*memory))
        }
    }
}

/// systemd writes `2G`.
fn systemd(size: Bytes) -> String {
    binary(size).to_uppercase()
}

fn memory_of(site: &Site, memory: Bytes) -> String {
    match (site.runtime, site.manager) {
        (Runtime::Slurm, _) | (_, Some(Manager::Slurm)) => {
            format!("sbatch --mem={} ...", systemd(memory))
        }
        (Runtime::Wsl, _) => {
            format!("in .wslconfig, [wsl2]: memory={}B, then wsl --shutdown", systemd(memory))
        }
        _ => format!("for the unit of the programs: MemoryMax={}", systemd(memory)),
    }
}

pub(super) fn unlimited(site: &Site, ulimit: Ulimit) -> String {
    let shell = format!("ulimit {} unlimited", ulimit.option());
    match site.runtime {
        Runtime::Slurm if !site.lifts(ulimit) => {
            format!("{}=infinity of slurmd.service on the nodes", ulimit.directive())
        }
        Runtime::Slurm => format!(
            "in the job: {shell}\nwhere that is refused: {}=infinity of slurmd.service on the nodes",
            ulimit.directive()
        ),
        _ if !site.lifts(ulimit) => format!(
            "raise the hard limit where it is set, or by an administrator in /etc/security/limits.conf (then log in again): USER - {} unlimited\n\
             for a service: {}=infinity in its unit",
            ulimit.name(),
            ulimit.directive()
        ),
        _ => format!(
            "{shell}\nfor a service: {}=infinity in its unit; for users: /etc/security/limits.conf",
            ulimit.directive()
        ),
    }
}
