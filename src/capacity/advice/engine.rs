//! The options of Docker and Podman, and of what runs containers with the same ones.

use super::{Change, Site, Ulimit, assignment, binary};
use crate::capacity::origin::Origin;
use crate::facts::{Manager, Runtime};
use crate::units::Bytes;

/// Docker's, and where no mark tells which engine it is, those that Docker and Podman share.
pub(super) fn docker(site: &Site, change: &Change) -> String {
    if site.manager == Some(Manager::Buildkit)
        && !matches!(
            change,
            Change::Size(_) | Change::Memory(_) | Change::Both { .. } | Change::Unlimited(_)
        )
    {
        return format!(
            "not in a build, which has no option for it: in a container ({})",
            DOCKER.line(site, change).replace('\n', " ")
        );
    }
    let words = match (site.runtime, site.manager) {
        (_, Some(Manager::Buildkit)) => BUILD,
        (Runtime::Containerd, _) => CONTAINERD,
        (Runtime::Docker, _) => DOCKER,
        _ => EITHER,
    };
    let mut lines = vec![words.line(site, change)];
    if words.composes {
        lines.extend(compose(site, change));
    }
    let grows = match change {
        Change::Size(shm) | Change::Both { shm, .. } => site.size.is_none_or(|now| now < *shm),
        _ => false,
    };
    if site.origin == Origin::ShmSize && grows {
        lines.push(
            "(a container keeps the size that it was made with: make it anew, in Compose: up -d --force-recreate)"
                .to_owned(),
        );
    }
    // A tmpfs at /dev/shm may be a service's: those are mounted so.
    let of_service = !needs_own_mount(site) || site.origin == Origin::Tmpfs && site.is_dev_shm();
    if site.runtime == Runtime::Docker && words.composes && of_service {
        lines.extend(of_swarm(change));
    }
    if of_service
        && needs_own_mount(site)
        && matches!(change, Change::Size(_) | Change::Both { .. })
    {
        lines.push(format!("(in place of what is mounted at {} now)", site.path));
    }
    // A build without BuildKit leaves no mark of its own.
    if let Change::Size(size) = change
        && grows
        && site.runtime == Runtime::Docker
        && words.composes
        && !needs_own_mount(site)
    {
        lines.push(format!(
            "(for the steps of a build: docker build --shm-size={0}, in Compose build: {{shm_size: {0}}})",
            binary(*size)
        ));
    }
    if let Change::Size(size) = change
        && site.mounts
        && site.manager != Some(Manager::Buildkit)
        && matches!(site.origin, Origin::Runtime | Origin::ShmSize | Origin::Tmpfs)
    {
        lines.push(format!(
            "(this container may mount: until then, inside, as root: mount -o remount,size={} {})",
            binary(*size),
            site.path
        ));
    }
    if matches!((site.manager, change), (Some(Manager::Buildkit), Change::Size(_))) {
        lines.push("(BuildKit takes it since buildx 0.7; older ones ignore it)".to_owned());
    }
    if site.runtime == Runtime::Oci && site.manager.is_none() {
        lines.extend(bundle(site, change));
    }
    lines.join("\n")
}

/// What runc, crun or runsc reads, where no engine writes it.
fn bundle(site: &Site, change: &Change) -> Option<String> {
    let shm = |size: Bytes| format!("the mount at {}, options: size={}", site.path, binary(size));
    let limit = |memory: Bytes| format!("linux.resources.memory.limit: {}", memory.0);
    let keys = match change {
        Change::Size(size) => shm(*size),
        Change::Memory(memory) => limit(*memory),
        Change::Both { shm: size, memory } => format!("{}; {}", limit(*memory), shm(*size)),
        _ => return None,
    };
    Some(format!("or in a bundle's config.json: {keys}"))
}

/// Podman's; in a pod the pod's own count.
pub(super) fn podman(site: &Site, change: &Change) -> String {
    if site.runtime == Runtime::Buildah {
        return buildah(site, change);
    }
    let pod = site.manager == Some(Manager::PodmanPod);
    match change {
        Change::Size(size) if pod && !needs_own_mount(site) => format!(
            "podman pod create --shm-size={} ...\n\
             (a container of a pod has the pod's /dev/shm: its own --shm-size is ignored)",
            shm_size(site, *size)
        ),
        Change::Writable => {
            "podman run without --read-only, or with --read-only-tmpfs=true, and with no \
                             :ro on a volume at /dev/shm"
                .to_owned()
        }
        Change::Size(size) if !needs_own_mount(site) => {
            format!(
                "{}\nor in a quadlet, [Container]: ShmSize={1}\n(a container of a pod has the pod's: podman pod \
                 create --shm-size={1}, or in a quadlet, [Pod]: PodmanArgs=--shm-size={1})",
                PODMAN.line(site, change),
                shm_size(site, *size)
            )
        }
        _ => PODMAN.line(site, change),
    }
}

/// A build takes sizes and limits, and no mounts. With chroot isolation it takes none of them.
fn buildah(site: &Site, change: &Change) -> String {
    let isolated = match site.origin {
        Origin::HostIpc | Origin::Bind => "--isolation=oci ",
        _ => "",
    };
    match change {
        // containers/buildah#1595
        Change::Size(size) => format!(
            "buildah build {isolated}--shm-size={0} ... (or podman build {isolated}--shm-size={0} ...)\n\
             (rootless builds ignore it before Buildah 1.9 and Podman 1.4)",
            binary(*size)
        ),
        Change::Both { shm, memory } => format!(
            "buildah build {isolated}{} --shm-size={} ...",
            memory_option(*memory),
            binary(*shm)
        ),
        Change::Memory(memory) => {
            format!("buildah build {isolated}{} ...", memory_option(*memory))
        }
        Change::Unlimited(_) => BUILDAH.line(site, change),
        _ => format!(
            "not in a build, which has no option for it: in a container ({})",
            PODMAN.line(site, change).replace('\n', " ")
        ),
    }
}

/// The engine's own /dev/shm is not what is seen: something was mounted over it.
pub(super) fn needs_own_mount(site: &Site) -> bool {
    matches!(site.origin, Origin::Tmpfs | Origin::Other) || !site.is_dev_shm()
}

/// How an engine is called.
#[derive(Clone, Copy)]
struct Engine {
    /// What stands before the options.
    before: &'static str,
    /// A file of Compose may say it instead.
    composes: bool,
}

const DOCKER: Engine = Engine { before: "docker run ", composes: true };
const PODMAN: Engine = Engine { before: "podman run ", composes: false };
const BUILD: Engine = Engine { before: "docker build ", composes: false };
const BUILDAH: Engine = Engine { before: "buildah build ", composes: false };
const CONTAINERD: Engine = Engine { before: "nerdctl run ", composes: false };
const EITHER: Engine = Engine { before: "with Docker or Podman: run ", composes: true };

impl Engine {
    fn line(self, site: &Site, change: &Change) -> String {
        match change {
            Change::Size(size) => self.with(site, &[shm_option(site, *size)]),
            Change::Memory(memory) => self.options(&[memory_option(*memory)]),
            Change::Both { shm, memory } => {
                self.with(site, &[memory_option(*memory), shm_option(site, *shm)])
            }
            Change::Mode => self.tmpfs_or(site, "mode=1777", "chmod 1777"),
            Change::Executable => self.options(&[kept(site, "exec")]),
            Change::Inodes => self.options(&[kept(site, &site.more_inodes())]),
            // With --read-only some versions make their own private one read-only too.
            Change::Writable if matches!(site.origin, Origin::Runtime | Origin::ShmSize) => {
                let shareable = self.options(&["--ipc=shareable".to_owned()]);
                format!("{shareable}\nor {}", self.options(&[kept(site, "rw")]))
            }
            Change::Writable => {
                format!("{}without :ro (or readonly) on the volume at {}", self.before, site.path)
            }
            Change::Unlimited(ulimit) => self.ulimit(site, *ulimit),
            Change::Sysctl(name, value) if site.origin == Origin::HostIpc => {
                format!(
                    "on the host, whose IPC namespace it is: sysctl -w {}",
                    assignment(name, value)
                )
            }
            Change::Sysctl(name, value) => {
                self.options(&[format!("--sysctl {}", assignment(name, value))])
            }
        }
    }

    fn options(self, options: &[String]) -> String {
        format!("{}{} ...", self.before, options.join(" "))
    }

    /// The options, and what must not stand beside them.
    fn with(self, site: &Site, options: &[String]) -> String {
        let options = self.options(options);
        let without = match site.origin {
            Origin::HostIpc => "without --ipc=host, which ignores a size",
            Origin::Bind if site.own_ipc => "without the mount of the host's /dev/shm",
            Origin::Bind => "without --ipc=host and without a mount of the host's /dev/shm",
            Origin::Volume => "without the volume at /dev/shm",
            // Old versions made none themselves.
            Origin::Folder | Origin::Missing
                if site.is_dev_shm() && site.runtime == Runtime::Podman =>
            {
                "without --ipc=none; or with --tmpfs /dev/shm:mode=1777,size=SIZE"
            }
            Origin::Folder | Origin::Missing if site.is_dev_shm() => "without --ipc=none",
            _ => return options,
        };
        format!("{options}\n{without}")
    }

    fn tmpfs_or(self, site: &Site, option: &str, command: &str) -> String {
        match site.origin {
            Origin::Bind | Origin::HostIpc | Origin::Volume => {
                format!("on the host, of the folder that is mounted there: {command}")
            }
            Origin::Folder => format!("{command} {}", site.path),
            _ => {
                let options = self.options(&[kept(site, option)]);
                format!("{options}\nor as root, inside, at each start: {command} {}", site.path)
            }
        }
    }

    fn ulimit(self, site: &Site, ulimit: Ulimit) -> String {
        let shell = format!("or in a shell: ulimit {} unlimited", ulimit.option());
        match ulimit {
            // Docker knows no such option; a container has what the daemon's has.
            Ulimit::Addresses => format!("ulimit {} unlimited, where it is set", ulimit.option()),
            _ => {
                let option = self.options(&[format!("--ulimit {}=-1", ulimit.name())]);
                if site.lifts(ulimit) { format!("{option}\n{shell}") } else { option }
            }
        }
    }
}

pub(super) fn memory_option(memory: Bytes) -> String {
    format!("--memory={}", binary(memory))
}

/// A tmpfs at the place takes its own option: beside it `--shm-size` has no effect.
pub(super) fn shm_option(site: &Site, size: Bytes) -> String {
    if needs_own_mount(site) {
        tmpfs(&site.path, &format!("size={}", binary(size)))
    } else {
        format!("--shm-size={}", shm_size(site, size))
    }
}

/// Where the size now is one of decimal units, `1g` was taken as 10^9, as some versions of Podman do: then in bytes.
fn shm_size(site: &Site, size: Bytes) -> String {
    const PAGE: u64 = 1 << 16;
    let is_of = |unit: u64, now: Bytes| {
        let over = now.0.checked_rem(unit).unwrap_or(0);
        now.0 > PAGE && over.min(unit.saturating_sub(over)) < PAGE
    };
    let is_decimal = |now: Bytes| is_of(10_000_000, now) && !is_of(1 << 20, now);
    if site.runtime == Runtime::Podman && site.size.is_some_and(is_decimal) {
        format!("{}b", size.0)
    } else {
        binary(size)
    }
}

fn tmpfs(path: &str, options: &str) -> String {
    format!("--tmpfs {path}:{options}")
}

/// A tmpfs as large as the one that is there.
pub(super) fn kept(site: &Site, option: &str) -> String {
    tmpfs(&site.path, &format!("{option},size={}", binary(site.size())))
}

fn compose(site: &Site, change: &Change) -> Option<String> {
    let shm = |size: Bytes| {
        if needs_own_mount(site) {
            format!("tmpfs: [\"{}:size={}\"]", site.path, binary(size))
        } else {
            format!("shm_size: {}", binary(size))
        }
    };
    let fields = match change {
        Change::Size(size) => shm(*size),
        Change::Memory(memory) => format!("mem_limit: {}", binary(*memory)),
        Change::Both { shm: size, memory } => {
            format!("{}, mem_limit: {}", shm(*size), binary(*memory))
        }
        Change::Unlimited(ulimit) if *ulimit != Ulimit::Addresses => {
            format!("ulimits: {{{}: -1}}", ulimit.name())
        }
        _ => return None,
    };
    Some(format!("or in Compose: {fields}"))
}

/// Services of a swarm take no `shm_size`.
fn of_swarm(change: &Change) -> Option<String> {
    let shm =
        |size: Bytes| format!("--mount type=tmpfs,target=/dev/shm,tmpfs-size={}", binary(size));
    let limit = |memory: Bytes| format!("--limit-memory={}", binary(memory));
    let options = match change {
        Change::Size(size) => shm(*size),
        Change::Memory(memory) => limit(*memory),
        Change::Both { shm: size, memory } => format!("{} {}", limit(*memory), shm(*size)),
        // docker/cli opts/ulimit.go: of services since 20.10.
        Change::Unlimited(ulimit) if *ulimit != Ulimit::Addresses => {
            format!("--ulimit {}=-1 (Docker 20.10 and later)", ulimit.name())
        }
        _ => return None,
    };
    Some(format!("or for a swarm's service: {options}"))
}
