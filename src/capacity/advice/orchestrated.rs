//! The fields of a pod's manifest, and of a task definition of ECS.

use super::{Change, Site, Ulimit, mebibytes, quantity};
use crate::capacity::origin::Origin;
use crate::facts::Manager;
use crate::units::Bytes;

pub(super) fn kubernetes(site: &Site, change: &Change) -> String {
    match change {
        Change::Size(size) if site.origin == Origin::Runtime => format!(
            "{}\n(an operator or a chart makes the pod: in its own fields, as it undoes others)",
            volume(site, *size)
        ),
        Change::Size(size) => volume(site, *size),
        Change::Memory(memory) => limits(*memory),
        Change::Both { shm, memory } => format!("{}\nand {}", limits(*memory), volume(site, *shm)),
        Change::Mode => match site.origin {
            Origin::Hostpath | Origin::HostIpc => format!("on the node: chmod 1777 {}", site.path),
            Origin::Volume => {
                "in the pod's spec: securityContext: {fsGroup: GID of the process}".to_owned()
            }
            // fsGroup is for volumes.
            _ => format!(
                "a volume of its own there, which has mode 1777 or 0777: {}\n\
                 where it is a volume already: securityContext: {{fsGroup: GID of the process}}",
                volume(site, site.size().clamp(Bytes::mib(64), Bytes::mib(1024)))
            ),
        },
        Change::Writable => "mount it writable: readOnly: false on the volumeMount".to_owned(),
        Change::Executable => {
            format!("a volume of its own there: {}", volume(site, site.size()))
        }
        Change::Inodes => "remove files there; an emptyDir has no field for inodes".to_owned(),
        Change::Unlimited(ulimit) => of_node(*ulimit),
        Change::Sysctl(name, value) if site.origin == Origin::HostIpc => {
            format!(
                "on the node, whose IPC namespace it is: sysctl -w {}",
                super::assignment(name, value)
            )
        }
        Change::Sysctl(name, value) => format!(
            "first on the node: the kubelet with --allowed-unsafe-sysctls={name}, without which the pod ends as \
             SysctlForbidden (OpenShift: a KubeletConfig with allowedUnsafeSysctls)\n\
             then in the pod's spec: securityContext: {{sysctls: [{{name: {name}, value: \"{value}\"}}]}}"
        ),
    }
}

fn limits(memory: Bytes) -> String {
    format!("resources: {{limits: {{memory: {}}}}}", quantity(memory))
}

fn volume(site: &Site, size: Bytes) -> String {
    let line =
        format!("- {{name: shm, emptyDir: {{medium: Memory, sizeLimit: {}}}}}", quantity(size));
    let path = &site.path;
    match site.origin {
        // pkg/volume/emptydir: SizeMemoryBackedVolumes, on since 1.22.
        Origin::Emptydir if site.unsized_mount && !site.kata => format!(
            "Kubernetes 1.22 or newer on the node, and the volume's sizeLimit, under spec.volumes:\n{line}\n\
             (an older kubelet gives the volume half of the node's memory, whatever its sizeLimit, and evicts a pod that \
             holds more)\n\
             until then, as root of a privileged container: mount -o remount,size={} {path}",
            super::binary(size)
        ),
        Origin::Emptydir => format!("the volume's sizeLimit, under spec.volumes:\n{line}"),
        Origin::HostIpc => {
            format!("without hostIPC: true, under spec.volumes, mounted at {path}:\n{line}")
        }
        Origin::Hostpath | Origin::Bind => {
            format!("instead of the hostPath, under spec.volumes, mounted at {path}:\n{line}")
        }
        Origin::EmptydirDisk | Origin::Volume => format!(
            "under spec.volumes, mounted at {path} (without the medium it is the node's disk):\n{line}"
        ),
        _ if site.kata => format!(
            "under spec.volumes, mounted at {path}:\n{line}\n(an old Kata ignores such a volume at /dev/shm, and keeps its \
             own: then upgrade it)"
        ),
        _ => format!("under spec.volumes, mounted at {path}:\n{line}"),
    }
}

/// A pod has no field for it: containers have what their runtime has. CAP_IPC_LOCK lifts the limit on locked memory, and a
/// user other than root gets no capability of a pod's.
fn of_node(ulimit: Ulimit) -> String {
    let node = format!(
        "on the node: {}=infinity for the container runtime (systemctl edit containerd or crio)",
        ulimit.directive()
    );
    match ulimit {
        Ulimit::Memlock => format!(
            "{node}\nor, where it runs as root in the container: securityContext: {{capabilities: {{add: [IPC_LOCK]}}}}"
        ),
        Ulimit::FileSize | Ulimit::Addresses => format!("{node};\na pod has no field for it"),
    }
}

/// Fargate takes no sharedMemorySize, and tmpfs since January 2026 (aws/containers-roadmap#736).
fn of_fargate(site: &Site, size: Bytes) -> String {
    format!(
        "linuxParameters: {{tmpfs: [{{containerPath: {}, size: {}}}]}} (MiB; Fargate takes it since January 2026, and no \
         sharedMemorySize)\nor {}",
        site.path,
        mebibytes(size),
        super::hosted::WITH_LESS
    )
}

/// ECS takes sizes in MiB.
pub(super) fn ecs(site: &Site, change: &Change) -> String {
    let shm = |size: Bytes| {
        if site.origin == Origin::Tmpfs {
            format!(
                "linuxParameters: {{tmpfs: [{{containerPath: {}, size: {}}}]}}",
                site.path,
                mebibytes(size)
            )
        } else {
            format!("linuxParameters: {{sharedMemorySize: {}}}", mebibytes(size))
        }
    };
    let tmpfs = |option: &str| {
        format!(
            "linuxParameters: {{tmpfs: [{{containerPath: {}, size: {}, mountOptions: [{option}]}}]}}",
            site.path,
            mebibytes(site.size())
        )
    };
    let fargate = site.manager == Some(Manager::Fargate);
    let fields = match change {
        Change::Size(size) if fargate => of_fargate(site, *size),
        Change::Both { shm, memory } if fargate => {
            format!("memory: {}, {}", mebibytes(*memory), of_fargate(site, *shm))
        }
        Change::Size(size) => format!("{} (MiB; Fargate takes tmpfs instead)", shm(*size)),
        Change::Memory(memory) => format!("memory: {} (MiB)", mebibytes(*memory)),
        Change::Both { shm: size, memory } => {
            format!(
                "memory: {}, {} (MiB; Fargate takes tmpfs instead)",
                mebibytes(*memory),
                shm(*size)
            )
        }
        Change::Mode => tmpfs("mode=1777"),
        Change::Executable => tmpfs("exec"),
        Change::Writable => format!("readOnly: false on the mount point {}", site.path),
        Change::Inodes => return "remove files there".to_owned(),
        Change::Unlimited(ulimit) if fargate => {
            return format!(
                "Fargate sets it ({}): a task there changes nofile only",
                ulimit.name()
            );
        }
        Change::Unlimited(ulimit) => {
            format!("ulimits: [{{name: {}, softLimit: -1, hardLimit: -1}}]", ulimit.name())
        }
        Change::Sysctl(name, value) => {
            format!("systemControls: [{{namespace: {name}, value: \"{value}\"}}]")
        }
    };
    match site.manager {
        Some(Manager::Batch) => format!("in the job definition's containerProperties: {fields}"),
        _ => format!("in the task's container definition: {fields}"),
    }
}
