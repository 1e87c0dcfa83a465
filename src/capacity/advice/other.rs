//! Apptainer, bubblewrap, Android, and what is not known.

use super::{Change, Site, binary, mebibytes};
use crate::capacity::origin::{Origin, is_default_size};
use crate::facts::Manager;
use crate::units::Bytes;

pub(super) fn apptainer(site: &Site, change: &Change) -> String {
    match change {
        // A link of the node's or the image's that leads nowhere.
        Change::Size(_) if site.origin == Origin::Missing && site.path != "/dev/shm" => {
            format!("apptainer exec --bind {} ...", site.path)
        }
        Change::Size(_) if site.origin == Origin::Missing => {
            "apptainer exec --bind /dev/shm ...: the node's own".to_owned()
        }
        // The node's is not to be cut to what one job may have.
        Change::Size(size)
            if site.origin != Origin::Runtime && site.size.is_some_and(|now| *size < now) =>
        {
            let more = match site.manager {
                Some(Manager::Slurm) => "sbatch --mem=SIZE ...: more memory for the job",
                _ => "where apptainer is started, a higher memory limit",
            };
            format!("{more}, with what it keeps in {}", site.path)
        }
        // It is large enough.
        Change::Both { shm, memory } if site.size.is_some_and(|size| size >= *shm) => {
            memory_of(site, *memory)
        }
        Change::Size(size) | Change::Both { shm: size, .. } => {
            let size = if site.origin == Origin::Runtime {
                // With --contain a bind there has no effect.
                let own = "apptainer exec without --contain (-c, -C) ...: the node's own instead";
                // Since 1.4 that setting is of other folders, and the file system has no size.
                if site.size.is_some_and(is_default_size) {
                    format!(
                        "{own}\nor, for all of the node: apptainer config global --set \
                         \"sessiondir max size\" {}",
                        mebibytes(*size)
                    )
                } else {
                    own.to_owned()
                }
            } else {
                format!("by the node's administrator: {}", super::machine::command(site, change))
            };
            match change {
                Change::Both { memory, .. } => format!("{}\nand {size}", memory_of(site, *memory)),
                _ => size,
            }
        }
        Change::Memory(memory) => memory_of(site, *memory),
        Change::Unlimited(ulimit) if site.lifts(*ulimit) => {
            format!("before apptainer: ulimit {} unlimited", ulimit.option())
        }
        // Its limits are those of whoever starts it.
        Change::Unlimited(ulimit) => super::machine::unlimited(site, *ulimit),
        _ => {
            format!("by the node's administrator: {}", super::machine::command(site, change))
        }
    }
}

/// `--memory` sets a limit below that of the cgroup in which apptainer is started, and cannot raise that.
fn memory_of(site: &Site, memory: Bytes) -> String {
    let size = binary(memory).to_uppercase();
    match site.manager {
        Some(Manager::Slurm) => format!("sbatch --mem={size} ..."),
        _ if site.own_limit => format!("apptainer exec --memory {size} ..."),
        _ => format!(
            "where apptainer is started, a memory limit of {size}: --mem={size} of the job, \
             MemoryMax={size} of the unit"
        ),
    }
}

pub(super) fn bubblewrap(site: &Site, change: &Change) -> String {
    let path = &site.path;
    match (change, site.manager) {
        (Change::Size(_) | Change::Mode | Change::Writable, Some(Manager::Flatpak)) => {
            "flatpak override --user --device=shm APP: the host's own /dev/shm".to_owned()
        }
        (Change::Size(size) | Change::Both { shm: size, .. }, _) => {
            format!("bwrap --perms 1777 --size {} --tmpfs {path} ...", size.0)
        }
        (Change::Mode | Change::Writable | Change::Executable, _) => {
            format!("bwrap --perms 1777 --tmpfs {path} ...")
        }
        _ => format!("on the host: {}", super::machine::command(site, change)),
    }
}

/// Functions there may mount nothing.
pub(super) fn lambda(change: &Change) -> String {
    match change {
        Change::Memory(memory) => {
            format!("the function's memory size: {} MB", mebibytes(*memory))
        }
        Change::Unlimited(_) | Change::Sysctl(..) => {
            "AWS Lambda sets it, and takes no other value".to_owned()
        }
        _ => "AWS Lambda has no /dev/shm, and none can be mounted: use pipes, threads or memfd_create() instead (in Python \
              multiprocessing.Process with Pipe: Pool, Queue and Lock need a /dev/shm)"
            .to_owned(),
    }
}

pub(super) fn gitpod(site: &Site, change: &Change) -> String {
    let path = &site.path;
    let mount = |options: &str| {
        format!("in the workspace: sudo mount -t tmpfs -o mode=1777,{options} tmpfs {path}")
    };
    match change {
        Change::Size(size) => mount(&format!("size={}", binary(*size))),
        Change::Both { shm, memory } => format!(
            "{}\nand {}",
            gitpod(site, &Change::Memory(*memory)),
            gitpod(site, &Change::Size(*shm))
        ),
        Change::Executable => mount(&format!("exec,size={}", binary(site.size()))),
        Change::Memory(_) => "a larger class of workspace".to_owned(),
        Change::Mode | Change::Writable | Change::Inodes => {
            format!("in the workspace: sudo {}", super::machine::command(site, change))
        }
        Change::Unlimited(_) | Change::Sysctl(..) => "Gitpod sets it for all workspaces".to_owned(),
    }
}

/// Its users are root in it by sudo, and have no command line of Podman's to change.
pub(super) fn toolbox(site: &Site, change: &Change) -> String {
    let path = &site.path;
    match change {
        Change::Both { shm, memory } => format!(
            "{}\nand {}",
            toolbox(site, &Change::Memory(*memory)),
            toolbox(site, &Change::Size(*shm))
        ),
        Change::Sysctl(..) => format!(
            "on the host, whose IPC namespace it is: {}",
            super::machine::command(site, change)
        ),
        Change::Memory(memory) => {
            format!(
                "for the user's programs: {}",
                super::machine::command(site, &Change::Memory(*memory))
            )
        }
        Change::Size(size) if matches!(site.origin, Origin::Folder | Origin::Missing) => format!(
            "in the toolbox: sudo mkdir -p {path} && sudo mount -t tmpfs -o mode=1777,size={} tmpfs {path}",
            binary(*size)
        ),
        Change::Unlimited(ulimit) => {
            format!("on the host, before it is entered: ulimit {} unlimited", ulimit.option())
        }
        _ => format!(
            "in the toolbox: sudo {}\nor use the host's: /run/host{path}",
            super::machine::command(site, change)
        ),
    }
}

/// Applications there may mount nothing.
pub(super) fn android(change: &Change) -> String {
    match change {
        Change::Size(_) | Change::Mode | Change::Writable | Change::Both { .. } => {
            "use memfd_create() or ASharedMemory_create(): applications cannot mount a tmpfs\n\
             or, for programs in proot: proot --bind=FOLDER:/dev/shm --sysvipc ..."
                .to_owned()
        }
        _ => "Android sets it; applications cannot change it".to_owned(),
    }
}

/// The mechanism, with no product's option.
pub(super) fn unknown(site: &Site, change: &Change) -> String {
    let path = &site.path;
    let make =
        if site.origin == Origin::Missing { format!("mkdir -p {path} && ") } else { String::new() };
    let mount = |options: &str| {
        format!("for whoever starts it: {make}mount -t tmpfs -o {options} tmpfs {path}")
    };
    let limit = |memory: Bytes| {
        format!("a memory limit of {} for this container's cgroup", binary(memory).to_uppercase())
    };
    match change {
        Change::Size(size) => mount(&format!("mode=1777,size={}", binary(*size))),
        Change::Memory(memory) => limit(*memory),
        Change::Both { shm, memory } => {
            format!(
                "{}\nand {}",
                limit(*memory),
                mount(&format!("mode=1777,size={}", binary(*shm)))
            )
        }
        Change::Mode => mount("mode=1777"),
        Change::Writable => mount("rw"),
        Change::Executable => mount("exec"),
        Change::Inodes => mount(&site.more_inodes()),
        Change::Unlimited(ulimit) => {
            format!("before it starts: ulimit {} unlimited", ulimit.option())
        }
        Change::Sysctl(name, value) => {
            format!("in its IPC namespace: sysctl -w {}", super::assignment(name, value))
        }
    }
}
