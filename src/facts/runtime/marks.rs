//! The marks of each runtime, the innermost first: what runs inside of another one leaves its own.
//! Sources: the runtimes' code and mountinfo of their containers.

use super::{Hosted, Manager, Runtime, at, hosted, is_of_a_kubelet};
use crate::facts::mountinfo::Mount;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signs<'a> {
    /// The process's mounts.
    pub mounts: &'a [Mount],
    /// /proc/PID/cgroup.
    pub cgroup: &'a str,
    /// The kernel's release.
    pub release: &'a str,
    /// /proc/version.
    pub version: &'a str,
    /// /run/.containerenv, which Podman, Buildah and CRI-O write.
    pub containerenv: &'a str,
    /// /run/systemd/container: what an init process was told that it runs in.
    pub container: &'a str,
    /// Files of [`Signs::FILES`] that exist.
    pub files: Vec<&'static str>,
    /// Variables of [`Signs::variables`] that are set.
    pub variables: Vec<&'static str>,
    /// The PID namespace is the machine's own; `None` where that cannot be told.
    pub machine_pids: Option<bool>,
    /// There are cgroups above that cannot be seen.
    pub hidden_ancestors: bool,
}

impl Signs<'_> {
    /// Files whose existence tells a runtime.
    pub(crate) const FILES: [&'static str; 8] = [
        "/.dockerenv",
        "/.flatpak-info",
        "/.singularity.d",
        "/dev/incus/sock",
        "/dev/lxd/sock",
        "/run/.containerenv",
        "/run/.toolboxenv",
        "/system/build.prop",
    ];

    /// Variables whose presence tells one.
    const VARIABLES: [&'static str; 20] = [
        "APPTAINER_CONTAINER",
        "AWS_BATCH_JOB_ID",
        "AWS_LAMBDA_FUNCTION_NAME",
        "CODESPACES",
        "COOLIFY_RESOURCE_UUID",
        "DISTROBOX_ENTER_PATH",
        "DOKKU_APP_TYPE",
        "ECS_CONTAINER_METADATA_URI_V4",
        "FLATPAK_ID",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "GITPOD_WORKSPACE_ID",
        "JUPYTERHUB_SERVICE_PREFIX",
        "KUBERNETES_SERVICE_HOST",
        "NOMAD_ALLOC_ID",
        "REMOTE_CONTAINERS",
        "SINGULARITY_CONTAINER",
        "SLURM_JOB_ID",
        "SNAP_NAME",
        "TERMUX_VERSION",
    ];

    /// All variables that are looked for.
    pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
        Signs::VARIABLES.into_iter().chain(hosted::MARKS.into_iter().map(|(variable, _)| variable))
    }

    /// What runs it.
    pub(crate) fn runtime(&self) -> Runtime {
        let marks: [(bool, Runtime); 19] = [
            (self.is_gvisor(), Runtime::Gvisor),
            // Firecracker's guests of its own, in which nothing can be mounted.
            (self.is_set("AWS_LAMBDA_FUNCTION_NAME"), Runtime::Unknown),
            // It is given to the process itself, whatever its image holds of other runtimes.
            (self.is_called_apptainer(), Runtime::Apptainer),
            (is_of_a_kubelet(self.mounts), Runtime::Kubernetes),
            (self.cgroup.contains("/ecs/") || self.cgroup.contains("ecstasks"), Runtime::Ecs),
            (self.is_set("ECS_CONTAINER_METADATA_URI_V4"), Runtime::Ecs),
            (self.is_docker(), Runtime::Docker),
            (self.is_pod(), Runtime::Kubernetes),
            (self.is_buildah(), Runtime::Buildah),
            (self.is_podman(), Runtime::Podman),
            (self.is_nspawn(), Runtime::Nspawn),
            (self.is_lxc(), Runtime::Lxc),
            (self.is_apptainer(), Runtime::Apptainer),
            (self.is_bubblewrap(), Runtime::Bubblewrap),
            (self.cgroup.contains("docker"), Runtime::Docker),
            (self.is_containerd(), Runtime::Containerd),
            (self.is_oci(), Runtime::Oci),
            (self.is_android(), Runtime::Android),
            (self.is_snap(), Runtime::Snap),
        ];
        let told = marks.into_iter().find_map(|(told, runtime)| told.then_some(runtime));
        told.unwrap_or_else(|| self.without_container())
    }

    /// Who gives that runtime its orders.
    pub(crate) fn manager(&self, runtime: Runtime) -> Option<Manager> {
        let marks = [
            (self.is_set("AWS_LAMBDA_FUNCTION_NAME"), Manager::Lambda),
            (self.is_set("GITPOD_WORKSPACE_ID"), Manager::Gitpod),
        ];
        let service = || self.hosted().map(Manager::Hosted);
        let told = marks.into_iter().find_map(|(told, manager)| told.then_some(manager));
        told.or_else(service).or_else(|| self.of_engine(runtime))
    }

    /// The service that runs it.
    fn hosted(&self) -> Option<Hosted> {
        let set = |(variable, service): (&str, Hosted)| self.is_set(variable).then_some(service);
        let found = hosted::MARKS.into_iter().find_map(set);
        found.filter(|service| *service != Hosted::CloudRun || !self.is_pod())
    }

    /// Who gives a runtime its orders where that is no service.
    fn of_engine(&self, runtime: Runtime) -> Option<Manager> {
        let engine = matches!(runtime, Runtime::Docker | Runtime::Oci | Runtime::Podman);
        let marks = [
            (runtime == Runtime::Podman && self.is_toolbox(), Manager::Toolbox),
            (runtime == Runtime::Lxc && self.has("/dev/incus", "incus"), Manager::Incus),
            (runtime == Runtime::Lxc && self.has("/dev/lxd", "lxd"), Manager::Lxd),
            (runtime == Runtime::Lxc && self.is_proxmox(), Manager::Proxmox),
            (runtime == Runtime::Podman && self.is_podman_pod(), Manager::PodmanPod),
            (runtime == Runtime::Ecs && self.is_fargate(), Manager::Fargate),
            (self.is_set("FLATPAK_ID") || self.exists("/.flatpak-info"), Manager::Flatpak),
            (runtime == Runtime::Ecs && self.is_set("AWS_BATCH_JOB_ID"), Manager::Batch),
            (engine && self.is_build(), Manager::Buildkit),
            (engine && self.is_set("GITHUB_ACTIONS"), Manager::GithubActions),
            (engine && self.is_set("GITLAB_CI"), Manager::GitlabCi),
            (
                (engine || runtime == Runtime::Containerd) && self.is_set("NOMAD_ALLOC_ID"),
                Manager::Nomad,
            ),
            (engine && self.is_set("REMOTE_CONTAINERS"), Manager::DevContainer),
            (engine && self.is_set("CODESPACES"), Manager::DevContainer),
            (
                (engine || runtime == Runtime::Kubernetes)
                    && self.is_set("JUPYTERHUB_SERVICE_PREFIX"),
                Manager::JupyterHub,
            ),
            (engine && self.is_set("COOLIFY_RESOURCE_UUID"), Manager::Coolify),
            (engine && self.is_set("DOKKU_APP_TYPE"), Manager::Dokku),
            (self.is_slurm(), Manager::Slurm),
            (!runtime.is_container() && self.is_unit(), Manager::SystemdUnit),
        ];
        marks.into_iter().find_map(|(told, manager)| told.then_some(manager))
    }

    fn without_container(&self) -> Runtime {
        let root = at(self.mounts, "/").map_or("", |root| root.fstype.as_str());
        let machine = self.machine_pids == Some(true)
            || super::is_of_a_machine(self.mounts)
            || self.machine_pids.is_none() && root != "overlay";
        match machine {
            _ if self.is_slurm() => Runtime::Slurm,
            _ if self.hidden_ancestors && self.machine_pids != Some(true) => Runtime::Unknown,
            _ if self.release.to_ascii_lowercase().contains("microsoft") => Runtime::Wsl,
            true => Runtime::None,
            false => Runtime::Unknown,
        }
    }

    /// A machine that was made of an image may still have the image's: there they say nothing.
    fn exists(&self, file: &str) -> bool {
        let machine = super::is_of_a_machine(self.mounts) && !self.hidden_ancestors;
        self.files.contains(&file) && !machine
    }

    fn is_set(&self, variable: &str) -> bool {
        self.variables.contains(&variable)
    }

    fn any(&self, told: impl Fn(&Mount) -> bool) -> bool {
        self.mounts.iter().any(told)
    }

    /// Its containers' cgroups are called /ecs/TASK/TASK-NUMBER, those of ECS on EC2 /ecs/TASK/CONTAINER.
    fn is_fargate(&self) -> bool {
        let mut paths = self.cgroup.lines().filter_map(|line| line.split_once("/ecs/"));
        paths.any(|(_, path)| {
            let (task, container) = path.split_once('/').unwrap_or_default();
            let number = container.strip_prefix(task).and_then(|rest| rest.strip_prefix('-'));
            !task.is_empty()
                && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        })
    }

    pub(crate) fn is_pod(&self) -> bool {
        self.cgroup.contains("kubepods")
            || self.is_set("KUBERNETES_SERVICE_HOST")
            || self.any(|mount| {
                mount.point.starts_with("/run/secrets/kubernetes.io/")
                    || mount.point.starts_with("/var/run/secrets/kubernetes.io/")
                    || mount.root.contains("/kubelet/pods/") && mount.point.starts_with("/etc/")
            })
    }

    /// Docker mounts the container's own /etc/hosts out of `containers/ID`, its builder out of
    /// `buildkit/executor`.
    fn is_docker(&self) -> bool {
        let of_docker = |mount: &Mount| {
            let own = matches!(mount.point.as_str(), "/etc/hosts" | "/etc/resolv.conf")
                && (own_file(&mount.root) || mount.root.contains("buildkit/executor"));
            own || mount.point == "/" && mount.super_options.contains("/var/lib/docker/")
        };
        self.exists("/.dockerenv") || self.any(of_docker)
    }

    fn is_build(&self) -> bool {
        self.cgroup.contains("/buildkit/")
            || self.any(|mount| mount.root.contains("buildkit/executor"))
    }

    fn is_podman(&self) -> bool {
        self.exists("/run/.containerenv")
            || self.any(|mount| mount.point == "/run/.containerenv")
            || self.cgroup.contains("libpod")
    }

    /// Toolbx writes a file, and both give the process what it was entered with.
    fn is_toolbox(&self) -> bool {
        self.exists("/run/.toolboxenv") || self.is_set("DISTROBOX_ENTER_PATH")
    }

    fn is_buildah(&self) -> bool {
        self.containerenv.contains("engine=\"buildah")
            || self.any(|m| m.point == "/run/.containerenv" && m.root.contains("/buildah"))
    }

    /// A pod's containers have /etc/hosts of the one that holds the pod, where it has a network; without systemd
    /// their cgroups lie in the pod's.
    fn is_podman_pod(&self) -> bool {
        let in_pod = |path: &str| {
            let rest = path.split_once("/libpod_parent/").map(|(_, rest)| rest);
            rest.is_some_and(|rest| !rest.starts_with("libpod-") && rest.contains("/libpod-"))
        };
        let of_cgroups = |mount: &Mount| mount.fstype.starts_with("cgroup") && in_pod(&mount.root);
        let folder = |point: &str| {
            let (folder, _) = at(self.mounts, point)?.root.rsplit_once("/userdata/")?;
            folder.rsplit_once('/').map(|(_, id)| id)
        };
        self.cgroup.contains("libpod_pod")
            || self.cgroup.lines().any(in_pod)
            || self.any(of_cgroups)
            || matches!((folder("/run/.containerenv"), folder("/etc/hosts")), (Some(own), Some(other)) if own != other)
    }

    fn is_lxc(&self) -> bool {
        /// What LXC mounts as /dev holds no more than 500 KiB.
        const DEV: u64 = 1 << 20;
        let small = |dev: &Mount| {
            dev.fstype == "tmpfs"
                && dev.source == "none"
                && dev.size_option().is_some_and(|size| size.0 < DEV)
        };
        self.container.trim() == "lxc"
            || at(self.mounts, "/dev").is_some_and(small)
            || self.any(|mount| mount.root.ends_with("/.lxc-boot-id"))
            || self.has("/dev/incus", "incus")
            || self.has("/dev/lxd", "lxd")
            || ["/lxc/", "lxc.payload"].into_iter().any(|mark| self.cgroup.contains(mark))
            || self.is_served_by_lxcfs() && !self.is_oci() && !self.is_slurm()
    }

    /// Its files lie over /proc; where it runs, on the host, it is mounted in /var/lib.
    fn is_served_by_lxcfs(&self) -> bool {
        self.any(|mount| mount.fstype == "fuse.lxcfs" && mount.point.starts_with("/proc/"))
    }

    /// A socket or a folder of that name in /dev, or its mounts beside it.
    fn has(&self, place: &str, name: &str) -> bool {
        let other = format!("/dev/.{name}-mounts");
        self.exists(if name == "incus" { "/dev/incus/sock" } else { "/dev/lxd/sock" })
            || self.any(|mount| mount.point == place || mount.point == other)
    }

    fn is_proxmox(&self) -> bool {
        at(self.mounts, "/").is_some_and(|root| {
            ["/pve-", "/subvol-", "/vm-"].into_iter().any(|mark| root.source.contains(mark))
        })
    }

    /// It propagates mounts from a folder of its own, and gives /dev/shm a tenth of the memory and 400k
    /// inodes (shared/mount-util.h).
    fn is_nspawn(&self) -> bool {
        let shm = |mount: &Mount| {
            mount.point == "/dev/shm"
                && mount.option("nr_inodes") == Some("409600")
                && at(self.mounts, "/dev").is_some_and(|dev| dev.fstype == "tmpfs")
        };
        self.container.trim() == "systemd-nspawn"
            || self.cgroup.contains("systemd-nspawn")
            || self.any(|mount| mount.root.contains("/systemd/nspawn/") || shm(mount))
    }

    /// Its root file system takes no set-user-ID programs and no devices.
    fn is_apptainer(&self) -> bool {
        let root = |root: &Mount| {
            let has = |flag: &str| root.options.split(',').any(|option| option == flag);
            let image = ["overlay", "squashfs", "fuse.squashfuse", "fuse.fuse-overlayfs"]
                .into_iter()
                .any(|name| root.fstype.starts_with(name));
            image && has("nosuid") && has("nodev")
        };
        let session = |mount: &Mount| {
            mount.super_options.contains("/mnt/session/")
                || mount.point.starts_with("/.singularity")
        };
        self.exists("/.singularity.d")
            || self.is_called_apptainer()
            || self.any(session)
            || !self.is_oci() && at(self.mounts, "/").is_some_and(root)
    }

    fn is_called_apptainer(&self) -> bool {
        self.is_set("APPTAINER_CONTAINER") || self.is_set("SINGULARITY_CONTAINER")
    }

    /// Its root is the folder `newroot` on a tmpfs.
    fn is_bubblewrap(&self) -> bool {
        let root = at(self.mounts, "/");
        root.is_some_and(|root| root.fstype == "tmpfs" && root.root == "/newroot")
            || self.exists("/.flatpak-info")
            || self.is_set("FLATPAK_ID")
    }

    fn is_containerd(&self) -> bool {
        self.any(|mount| {
            mount.point == "/" && mount.super_options.contains("io.containerd.")
                || mount.point.starts_with("/etc/") && mount.root.contains("/nerdctl/")
        })
    }

    /// /dev as the runtime specification's default has it (runc, crun, runsc).
    fn is_oci(&self) -> bool {
        at(self.mounts, "/dev").is_some_and(|dev| {
            dev.fstype == "tmpfs"
                && dev.option("size") == Some("65536k")
                && dev.option("mode") == Some("755")
        })
    }

    fn is_android(&self) -> bool {
        let of_android = |mount: &Mount| {
            mount.point == "/apex" || mount.point == "/" && mount.source.starts_with("/dev/block/")
        };
        self.is_set("TERMUX_VERSION") || self.exists("/system/build.prop") || self.any(of_android)
    }

    fn is_snap(&self) -> bool {
        let snap = |mount: &Mount| mount.point == "/var/lib/snapd/hostfs";
        self.is_set("SNAP_NAME") && self.any(snap)
    }

    fn is_slurm(&self) -> bool {
        self.cgroup.contains("/slurm")
            || self.cgroup.contains("slurmstepd")
            || self.is_set("SLURM_JOB_ID")
    }

    fn is_gvisor(&self) -> bool {
        self.version.contains(GVISOR) || self.version.contains("-gvisor ")
    }

    /// A service, and no session of a user.
    fn is_unit(&self) -> bool {
        let last = |path: &str| path.rsplit('/').next().is_some_and(|n| n.ends_with(".service"));
        let paths = self.cgroup.lines().filter_map(|line| line.splitn(3, ':').nth(2));
        paths.filter(|path| path.contains("/system.slice/")).any(last)
    }
}

/// The build that gVisor calls itself, whatever its release: 4.4.0, and 4.19.0-gvisor of late.
const GVISOR: &str = "#1 SMP Sun Jan 10 15:06:54 PST 2016";

/// A file right in the folder of a container of Docker: `…/containers/ID/hosts`.
fn own_file(root: &str) -> bool {
    root.rsplit('/').nth(2) == Some("containers")
}
