//! The fields of who starts an engine's containers for others: CI systems, Nomad, Coolify and the like. Most take the
//! options of `docker run`; the others have fields of their own.

use super::engine::{kept, memory_option, needs_own_mount, shm_option};
use super::{Change, Site, Ulimit, assignment, binary, mebibytes, quantity};
use crate::capacity::origin::Origin;
use crate::facts::{Manager, Runtime};
use crate::units::Bytes;

/// The field, where it has one for this.
pub(super) fn managed(site: &Site, change: &Change) -> Option<String> {
    let manager = site.manager?;
    match manager {
        Manager::GitlabCi => return gitlab(site, change),
        Manager::Nomad => return nomad(site, change),
        Manager::JupyterHub if site.pod => return kube_spawner(site, change),
        Manager::JupyterHub => return docker_spawner(site, change),
        _ => {}
    }
    let options = options(site, change)?;
    let line = options.join(" ");
    Some(match manager {
        // A comma would end a value in braces.
        Manager::GithubActions if line.contains([',', '"', ' ']) => {
            format!("in the workflow: container: {{options: '{line}'}}")
        }
        Manager::GithubActions => format!("in the workflow: container: {{options: {line}}}"),
        Manager::Coolify => format!("in Coolify, Custom Docker Options: {line}"),
        Manager::Dokku => format!("dokku docker-options:add APP deploy '{line}'"),
        Manager::DevContainer => {
            let arguments = options.iter().flat_map(|option| match option.split_once(' ') {
                Some((option, value)) => vec![option, value],
                None => vec![option.as_str()],
            });
            let quoted: Vec<String> =
                arguments.map(|one| format!("\"{}\"", one.replace('"', ""))).collect();
            format!("in devcontainer.json: \"runArgs\": [{}]", quoted.join(", "))
        }
        _ => return None,
    })
}

/// What `docker run` takes.
fn options(site: &Site, change: &Change) -> Option<Vec<String>> {
    Some(match change {
        Change::Size(size) => vec![shm_option(site, *size)],
        Change::Memory(memory) => vec![memory_option(*memory)],
        Change::Both { shm, memory } => vec![memory_option(*memory), shm_option(site, *shm)],
        Change::Mode => vec![kept(site, "mode=1777")],
        Change::Executable => vec![kept(site, "exec")],
        Change::Inodes => vec![kept(site, &site.more_inodes())],
        Change::Unlimited(Ulimit::Addresses) | Change::Writable => return None,
        Change::Unlimited(ulimit) => vec![format!("--ulimit {}=-1", ulimit.name())],
        Change::Sysctl(..) if site.origin == Origin::HostIpc => return None,
        Change::Sysctl(name, value) => vec![format!("--sysctl {}", assignment(name, value))],
    })
}

/// The runner's configuration.
fn gitlab(site: &Site, change: &Change) -> Option<String> {
    let tmpfs = |options: &str| format!("tmpfs = {{\"{}\" = \"{options}\"}}", site.path);
    let size = |size| match needs_own_mount(site) {
        true => tmpfs(&format!("size={}", binary(size))),
        false => format!("shm_size = {}", mebibytes(size).saturating_mul(1 << 20)),
    };
    let fields = match change {
        Change::Size(shm) => {
            return Some(format!(
                "in the runner's config.toml, [runners.docker]: {}\non runners of others, as gitlab.com's: {}",
                size(*shm),
                super::hosted::WITH_LESS
            ));
        }
        Change::Memory(memory) => format!("memory = \"{}\"", binary(*memory)),
        Change::Both { shm, memory } => {
            format!("memory = \"{}\", {}", binary(*memory), size(*shm))
        }
        Change::Mode => tmpfs(&format!("mode=1777,size={}", binary(site.size()))),
        Change::Executable => tmpfs(&format!("exec,size={}", binary(site.size()))),
        Change::Unlimited(ulimit) if *ulimit != Ulimit::Addresses => {
            format!("ulimit = {{\"{}\" = \"-1\"}}", ulimit.name())
        }
        Change::Sysctl(name, value) if site.origin != Origin::HostIpc => {
            format!("sysctls = {{\"{name}\" = \"{value}\"}}")
        }
        _ => return None,
    };
    Some(format!("in the runner's config.toml, [runners.docker]: {fields}"))
}

/// JupyterHub's chart for Kubernetes. Where the volume is there already, it is changed as any pod's.
fn kube_spawner(site: &Site, change: &Change) -> Option<String> {
    let volume = |size: Bytes| {
        format!(
            "storage: {{extraVolumes: [{{name: shm, emptyDir: {{medium: Memory, sizeLimit: {}}}}}], extraVolumeMounts: \
             [{{name: shm, mountPath: {}}}]}}",
            quantity(size),
            site.path
        )
    };
    let memory =
        |memory: Bytes| format!("memory: {{limit: {}}}", quantity(memory).trim_end_matches('i'));
    let fields = match change {
        Change::Size(size) => volume(*size),
        Change::Memory(limit) => memory(*limit),
        Change::Both { shm, memory: limit } => format!("{}, {}", memory(*limit), volume(*shm)),
        _ => return None,
    };
    Some(format!(
        "in the values of JupyterHub's chart: singleuser: {{{fields}}}\n\
         (without the chart: c.KubeSpawner.volumes, volume_mounts and mem_limit)"
    ))
}

/// JupyterHub's spawner for Docker passes on what docker-py's create_host_config() takes.
fn docker_spawner(site: &Site, change: &Change) -> Option<String> {
    let tmpfs = |options: &str| format!("\"tmpfs\": {{\"{}\": \"{options}\"}}", site.path);
    let size = |size| match needs_own_mount(site) {
        true => tmpfs(&format!("size={}", binary(size))),
        false => format!("\"shm_size\": \"{}\"", binary(size)),
    };
    let memory =
        |memory| format!("c.DockerSpawner.mem_limit = \"{}\"", binary(memory).to_uppercase());
    let host = |fields: String| format!("c.DockerSpawner.extra_host_config = {{{fields}}}");
    let lines = match change {
        Change::Size(shm) => host(size(*shm)),
        Change::Memory(limit) => memory(*limit),
        Change::Both { shm, memory: limit } => {
            format!("{}\nand {}", memory(*limit), host(size(*shm)))
        }
        Change::Mode => host(tmpfs(&format!("mode=1777,size={}", binary(site.size())))),
        Change::Executable => host(tmpfs(&format!("exec,size={}", binary(site.size())))),
        Change::Unlimited(ulimit) if *ulimit != Ulimit::Addresses => host(format!(
            "\"ulimits\": [{{\"name\": \"{}\", \"soft\": -1, \"hard\": -1}}]",
            ulimit.name()
        )),
        Change::Sysctl(name, value) if site.origin != Origin::HostIpc => {
            host(format!("\"sysctls\": {{\"{name}\": \"{value}\"}}"))
        }
        _ => return None,
    };
    Some(format!("in jupyterhub_config.py: {lines}"))
}

/// A task of Nomad, by its driver for Docker, Podman or containerd.
fn nomad(site: &Site, change: &Change) -> Option<String> {
    let podman = site.runtime == Runtime::Podman;
    let containerd = site.runtime == Runtime::Containerd;
    let shm = |size| match (needs_own_mount(site), podman) {
        // nomad-driver-containerd, README: shm_size
        _ if containerd => format!("config {{shm_size = \"{}\"}}", binary(size).to_uppercase()),
        (true, true) => format!("config {{tmpfs = [\"{}:size={}\"]}}", site.path, binary(size)),
        (true, false) => format!(
            "config {{mount {{type = \"tmpfs\", target = \"{}\", tmpfs_options {{size = {}}}}}}}",
            site.path,
            mebibytes(size).saturating_mul(1 << 20)
        ),
        (false, true) => format!("config {{shm_size = \"{}\"}}", binary(size)),
        (false, false) => {
            format!("config {{shm_size = {}}}", mebibytes(size).saturating_mul(1 << 20))
        }
    };
    let memory = |memory| format!("resources {{memory = {}}}", mebibytes(memory));
    let fields = match change {
        Change::Size(size) => shm(*size),
        Change::Memory(bytes) => memory(*bytes),
        Change::Both { shm: size, memory: bytes } => format!("{}, {}", memory(*bytes), shm(*size)),
        Change::Mode | Change::Executable | Change::Inodes | Change::Unlimited(_) if containerd => {
            return Some(
                "Nomad's containerd driver has no field for it: use another folder or driver"
                    .to_owned(),
            );
        }
        Change::Mode if !podman => format!(
            "config {{mount {{type = \"tmpfs\", target = \"{}\", tmpfs_options {{size = {}, mode = 1023}}}}}} (1777 in octal)",
            site.path,
            site.size().0
        ),
        Change::Mode | Change::Executable | Change::Inodes if podman => {
            let option = match change {
                Change::Mode => "mode=1777".to_owned(),
                Change::Executable => "exec".to_owned(),
                _ => site.more_inodes(),
            };
            format!("config {{tmpfs = [\"{}:{option},size={}\"]}}", site.path, binary(site.size()))
        }
        Change::Executable | Change::Inodes => {
            return Some(
                "Nomad's docker driver has no field for it: use another folder".to_owned(),
            );
        }
        Change::Unlimited(ulimit) if *ulimit != Ulimit::Addresses => {
            format!("config {{ulimit {{{} = \"-1\"}}}}", ulimit.name())
        }
        Change::Sysctl(name, value) if site.origin != Origin::HostIpc => {
            format!("config {{sysctl = {{\"{name}\" = \"{value}\"}}}}")
        }
        _ => return None,
    };
    Some(format!("in the task of Nomad: {fields}"))
}
