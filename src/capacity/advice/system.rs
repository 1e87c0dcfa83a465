//! Containers with an init process of their own: LXC with Incus, LXD and Proxmox, and systemd-nspawn.

use super::{Change, Site, Ulimit, binary, mebibytes};
use crate::capacity::origin::Origin;
use crate::facts::Manager;
use crate::units::Bytes;

pub(super) fn lxc(site: &Site, change: &Change) -> String {
    match change {
        Change::Size(size) => size_of_lxc(site, *size),
        Change::Memory(memory) => memory_of_lxc(site, *memory),
        Change::Both { shm, memory } => {
            format!("{}\nand {}", memory_of_lxc(site, *memory), size_of_lxc(site, *shm))
        }
        Change::Unlimited(ulimit) if of_lxd(site).is_some() => format!(
            "{} config set NAME limits.kernel.{} unlimited",
            of_lxd(site).unwrap_or_default(),
            ulimit.name()
        ),
        Change::Sysctl(name, value) if of_lxd(site).is_some() => format!(
            "{} config set NAME linux.sysctl.{}",
            of_lxd(site).unwrap_or_default(),
            super::assignment(name, value)
        ),
        Change::Unlimited(ulimit) => {
            config(site, &format!("lxc.prlimit.{}", ulimit.name()), "unlimited")
        }
        Change::Sysctl(name, value) => config(site, &format!("lxc.sysctl.{name}"), value),
        _ => inside(site, change),
    }
}

/// The command of LXD or Incus.
fn of_lxd(site: &Site) -> Option<&'static str> {
    match site.manager? {
        Manager::Incus => Some("incus"),
        Manager::Lxd => Some("lxc"),
        _ => None,
    }
}

/// A line of the container's configuration, where its manager keeps it.
fn config(site: &Site, key: &str, value: &str) -> String {
    match site.manager {
        Some(Manager::Proxmox) => format!("in /etc/pve/lxc/CTID.conf: {key}: {value}"),
        Some(Manager::Incus | Manager::Lxd) => {
            let command = of_lxd(site).unwrap_or_default();
            format!(
                "{command} config set NAME raw.lxc '{key} = {value}'\n(with what {command} config get NAME raw.lxc \
                 prints: it is replaced as a whole)"
            )
        }
        _ => format!("in the container's LXC config: {key} = {value}"),
    }
}

fn size_of_lxc(site: &Site, size: Bytes) -> String {
    let place = site.path.trim_start_matches('/');
    let options = format!("rw,nosuid,nodev,mode=1777,size={},create=dir", binary(size));
    let entry = format!("tmpfs {place} tmpfs {options} 0 0");
    let entry = config(site, "lxc.mount.entry", &entry);
    match site.origin {
        Origin::Runtime | Origin::Tmpfs => {
            format!("{}\nor, to keep it, {entry}", inside(site, &Change::Size(size)))
        }
        _ => entry,
    }
}

fn memory_of_lxc(site: &Site, memory: Bytes) -> String {
    match site.manager {
        Some(Manager::Proxmox) => format!("pct set CTID --memory {}", mebibytes(memory)),
        Some(Manager::Incus) => {
            format!("incus config set NAME limits.memory={}MiB", mebibytes(memory))
        }
        Some(Manager::Lxd) => format!("lxc config set NAME limits.memory={}MiB", mebibytes(memory)),
        _ if site.v1 => {
            config(site, "lxc.cgroup.memory.limit_in_bytes", &binary(memory).to_uppercase())
        }
        _ => config(site, "lxc.cgroup2.memory.max", &binary(memory).to_uppercase()),
    }
}

pub(super) fn nspawn(site: &Site, change: &Change) -> String {
    let tmpfs = |size: Bytes| {
        let options = format!("{}:size={},mode=1777", site.path, binary(size));
        format!(
            "systemd-nspawn --tmpfs={options} ...\nor in NAME.nspawn, [Files]: TemporaryFileSystem={options}"
        )
    };
    let memory = |memory: Bytes| {
        format!(
            "systemctl set-property machine-NAME.scope MemoryMax={}",
            binary(memory).to_uppercase()
        )
    };
    match change {
        Change::Size(size) => tmpfs(*size),
        Change::Memory(bytes) => memory(*bytes),
        Change::Both { shm, memory: bytes } => format!("{}\nand {}", memory(*bytes), tmpfs(*shm)),
        Change::Unlimited(ulimit) => {
            let name = match ulimit {
                Ulimit::Memlock => "RLIMIT_MEMLOCK",
                Ulimit::FileSize => "RLIMIT_FSIZE",
                Ulimit::Addresses => "RLIMIT_AS",
            };
            format!("systemd-nspawn --rlimit={name}=infinity ...")
        }
        _ => inside(site, change),
    }
}

/// What root of the container may do itself.
fn inside(site: &Site, change: &Change) -> String {
    format!("as root of the container: {}", super::machine::command(site, change))
}
