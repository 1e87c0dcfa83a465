use super::*;
use crate::facts::Hosted;

const RUNTIMES: [Runtime; 18] = [
    Runtime::Docker,
    Runtime::Podman,
    Runtime::Buildah,
    Runtime::Kubernetes,
    Runtime::Containerd,
    Runtime::Oci,
    Runtime::Lxc,
    Runtime::Nspawn,
    Runtime::Bubblewrap,
    Runtime::Apptainer,
    Runtime::Gvisor,
    Runtime::Ecs,
    Runtime::Slurm,
    Runtime::Snap,
    Runtime::Wsl,
    Runtime::Android,
    Runtime::None,
    Runtime::Unknown,
];

fn changes() -> Vec<Change> {
    let (shm, memory) = (Bytes::mib(1024), Bytes::mib(2048));
    vec![
        Change::Size(shm),
        Change::Memory(memory),
        Change::Both { shm, memory },
        Change::Mode,
        Change::Writable,
        Change::Executable,
        Change::Inodes,
        Change::Unlimited(Ulimit::Memlock),
        Change::Unlimited(Ulimit::FileSize),
        Change::Unlimited(Ulimit::Addresses),
        Change::Sysctl("kernel.shmmax", "1073741824".to_owned()),
        Change::Sysctl("kernel.sem", "32000 1024000000 500 32000".to_owned()),
    ]
}

fn site(runtime: Runtime, origin: Origin) -> Site {
    let pod = runtime == Runtime::Kubernetes;
    Site {
        runtime,
        manager: None,
        origin,
        pod,
        path: "/dev/shm".to_owned(),
        own_ipc: true,
        v1: false,
        own_limit: false,
        kata: false,
        foreign_sysctl: false,
        mounts_nothing: false,
        mounts: false,
        limited: true,
        size: None,
        unsized_mount: false,
        inodes: 0,
        fixed: Vec::new(),
    }
}

#[test]
fn every_runtime_has_words_for_every_change_and_uses_no_other_s() {
    for runtime in RUNTIMES {
        for origin in [Origin::Runtime, Origin::Tmpfs, Origin::Bind, Origin::Missing] {
            for change in changes() {
                let words = fix(&site(runtime, origin), &change);
                assert!(!words.is_empty() && words.lines().all(|line| !line.trim().is_empty()));
                let docker = words.to_lowercase().contains("docker");
                let may = matches!(runtime, Runtime::Docker | Runtime::Oci | Runtime::Gvisor);
                assert!(may || !docker, "{runtime:?} {change:?}: {words}");
                let pod = words.contains("emptyDir") || words.contains("kubelet");
                assert!(!pod || runtime == Runtime::Kubernetes, "{runtime:?}: {words}");
            }
        }
    }
}

#[test]
fn sizes_are_written_as_each_runtime_takes_them() {
    let size = Change::Size(Bytes::mib(1024));
    for (runtime, origin, words) in [
        (Runtime::Docker, Origin::ShmSize, "docker run --shm-size=1g ..."),
        (Runtime::Podman, Origin::Tmpfs, "podman run --tmpfs /dev/shm:size=1g ..."),
        (Runtime::Kubernetes, Origin::Runtime, "sizeLimit: 1Gi"),
        (Runtime::Ecs, Origin::Runtime, "sharedMemorySize: 1024}"),
        (Runtime::Bubblewrap, Origin::Folder, "--size 1073741824 --tmpfs /dev/shm"),
        (Runtime::None, Origin::Machine, "mount -o remount,size=1g /dev/shm"),
        (Runtime::Apptainer, Origin::Runtime, "\"sessiondir max size\" 1024"),
    ] {
        let found = fix(&Site { size: Some(Bytes::mib(64)), ..site(runtime, origin) }, &size);
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn lxc_s_limit_is_written_for_the_cgroups_that_are_there() {
    let limit = Change::Memory(Bytes::mib(512));
    let v2 = site(Runtime::Lxc, Origin::Runtime);
    assert!(fix(&v2, &limit).contains("lxc.cgroup2.memory.max = 512M"), "{}", fix(&v2, &limit));
    let v1 = Site { v1: true, ..v2 };
    let words = fix(&v1, &limit);
    assert!(words.contains("lxc.cgroup.memory.limit_in_bytes = 512M"), "{words}");
}

#[test]
fn a_mode_is_1777_wherever_it_can_be_said() {
    for runtime in RUNTIMES.into_iter().filter(|one| *one != Runtime::Android) {
        for origin in [Origin::Runtime, Origin::Tmpfs, Origin::Machine] {
            let words = fix(&site(runtime, origin), &Change::Mode);
            assert!(words.contains("1777"), "{runtime:?} {origin:?}: {words}");
        }
    }
}

#[test]
fn beside_a_tmpfs_and_with_the_host_s_namespace_no_ignored_option_is_advised() {
    let both = Change::Both { shm: Bytes::mib(512), memory: Bytes::mib(1024) };
    let words = fix(&site(Runtime::Docker, Origin::Tmpfs), &both);
    assert!(words.starts_with("docker run --memory=1g --tmpfs /dev/shm:size=512m ..."), "{words}");
    assert!(!words.contains("shm-size") && !words.contains("shm_size"), "{words}");
    let change = Change::Sysctl("kernel.shmmax", "7".to_owned());
    let words = fix(&site(Runtime::Docker, Origin::HostIpc), &change);
    assert_eq!(words, "on the host, whose IPC namespace it is: sysctl -w kernel.shmmax=7");
}

#[test]
fn a_folder_that_was_asked_for_gets_a_file_system_of_its_own() {
    let asked = Site { path: "/cache".to_owned(), ..site(Runtime::Docker, Origin::Other) };
    let words = fix(&asked, &Change::Size(Bytes::mib(1024)));
    assert!(words.contains("--tmpfs /cache:size=1g"), "{words}");
}

#[test]
fn whole_gib_are_written_as_such() {
    assert_eq!((binary(Bytes::mib(2048)), binary(Bytes::mib(1536))), ("2g".into(), "1536m".into()));
    assert_eq!(quantity(Bytes(1)), "1Mi");
}

#[test]
fn where_a_size_was_taken_in_decimals_it_is_given_in_bytes() {
    let mut site = site(Runtime::Podman, Origin::ShmSize);
    let told = |site: &Site| fix(site, &Change::Size(Bytes::mib(1024)));
    // Podman's own default, and 1 GiB, are of binary units.
    for size in [65_536_000, 1 << 30, 250 << 20] {
        site.size = Some(Bytes(size));
        assert!(told(&site).contains("--shm-size=1g"), "{size}: {}", told(&site));
    }
    for size in [999_997_440, 1_000_001_536, 500_002_816] {
        site.size = Some(Bytes(size));
        assert!(told(&site).contains("--shm-size=1073741824b"), "{size}: {}", told(&site));
    }
    site.manager = Some(Manager::PodmanPod);
    assert!(told(&site).contains("pod create --shm-size=1073741824b"), "{}", told(&site));
    (site.runtime, site.manager) = (Runtime::Docker, None);
    assert!(told(&site).contains("--shm-size=1g"));
}

#[test]
fn where_no_command_line_can_be_changed_a_fix_is_whole_and_of_the_place() {
    let mut site = site(Runtime::Podman, Origin::HostIpc);
    let both = Change::Both { shm: Bytes::mib(1024), memory: Bytes::mib(2048) };
    for manager in [Manager::Toolbox, Manager::Gitpod] {
        site.manager = Some(manager);
        let told = fix(&site, &both);
        assert!(told.contains("size=1g") && told.contains("\nand "), "{told}");
    }
    site.manager = Some(Manager::Toolbox);
    let told = fix(&site, &Change::Sysctl("kernel.shmmax", "1073741824".to_owned()));
    assert!(told.starts_with("on the host") && !told.contains("/dev/shm"), "{told}");
    (site.runtime, site.manager) = (Runtime::Lxc, Some(Manager::Incus));
    let sem = Change::Sysctl("kernel.sem", "250 32000 100 1024".to_owned());
    let wanted = "incus config set NAME linux.sysctl.kernel.sem=\"250 32000 100 1024\"";
    assert_eq!(fix(&site, &sem), wanted);
}

#[test]
fn a_service_that_takes_no_size_gets_no_command_line() {
    let site = Site {
        manager: Some(Manager::Hosted(Hosted::Heroku)),
        ..site(Runtime::Docker, Origin::Runtime)
    };
    for change in changes() {
        let told = fix(&site, &change);
        assert!(!told.contains("docker") && !told.contains("emptyDir"), "{told}");
    }
    let told = fix(&site, &Change::Size(Bytes::mib(1024)));
    assert!(told.starts_with("Heroku takes no size: ") && told.contains("--disable-dev-shm-usage"));
    for (service, words) in [
        (Hosted::Railway, "the service's variable: RAILWAY_SHM_SIZE_BYTES=1073741824"),
        (Hosted::AzureMl, "in the job's YAML: resources: {shm_size: 1g}"),
    ] {
        let site = Site { manager: Some(Manager::Hosted(service)), ..site.clone() };
        assert_eq!(fix(&site, &Change::Size(Bytes::mib(1024))), words);
    }
}

#[test]
fn fargate_takes_a_tmpfs_and_no_size_of_shared_memory() {
    let site = Site { manager: Some(Manager::Fargate), ..site(Runtime::Ecs, Origin::Runtime) };
    for change in [
        Change::Size(Bytes::mib(256)),
        Change::Both { shm: Bytes::mib(256), memory: Bytes::mib(512) },
    ] {
        let told = fix(&site, &change);
        assert!(told.contains("tmpfs: [{containerPath: /dev/shm, size: 256}]"), "{told}");
        assert!(!told.contains("sharedMemorySize: "), "{told}");
    }
}

#[test]
fn more_inodes_are_twice_as_many_and_a_million_at_least() {
    for (inodes, option) in [(0, "1m"), (409_600, "1m"), (1_019_000, "2m"), (8_200_000, "16m")] {
        let site = Site { inodes, ..site(Runtime::None, Origin::Machine) };
        let told = fix(&site, &Change::Inodes);
        assert!(told.contains(&format!("remount,nr_inodes={option} /dev/shm")), "{told}");
    }
}

#[test]
fn no_ulimit_is_advised_where_the_hard_limit_stands() {
    for (ulimit, option) in [(Ulimit::Memlock, "ulimit -l"), (Ulimit::FileSize, "ulimit -f")] {
        for runtime in [Runtime::None, Runtime::Slurm, Runtime::Docker, Runtime::Apptainer] {
            let free = site(runtime, Origin::Machine);
            let lift = Change::Unlimited(ulimit);
            assert!(fix(&free, &lift).contains(option));
            let bound = Site { fixed: vec![ulimit], ..free };
            let told = fix(&bound, &lift);
            assert!(!told.contains(option), "{told}");
        }
    }
    let bound = Site { fixed: vec![Ulimit::Addresses], ..site(Runtime::None, Origin::Machine) };
    let told = fix(&bound, &Change::Unlimited(Ulimit::Addresses));
    assert!(told.contains("USER - as unlimited"), "{told}");
}

#[test]
fn who_starts_an_engine_s_containers_is_told_in_its_own_words() {
    let size = Change::Size(Bytes::mib(1024));
    let exec = Change::Executable;
    let memlock = Change::Unlimited(Ulimit::Memlock);
    for (manager, change, words) in [
        (Manager::GithubActions, &size, "in the workflow: container: {options: --shm-size=1g}"),
        (
            Manager::GithubActions,
            &exec,
            "in the workflow: container: {options: '--tmpfs /dev/shm:exec,size=64m'}",
        ),
        (
            Manager::GitlabCi,
            &memlock,
            "in the runner's config.toml, [runners.docker]: ulimit = {\"memlock\" = \"-1\"}",
        ),
        (Manager::Nomad, &size, "in the task of Nomad: config {shm_size = 1073741824}"),
        (Manager::Nomad, &memlock, "in the task of Nomad: config {ulimit {memlock = \"-1\"}}"),
        (Manager::Coolify, &size, "in Coolify, Custom Docker Options: --shm-size=1g"),
        (
            Manager::JupyterHub,
            &size,
            "in jupyterhub_config.py: c.DockerSpawner.extra_host_config = {\"shm_size\": \"1g\"}",
        ),
        (Manager::Dokku, &size, "dokku docker-options:add APP deploy '--shm-size=1g'"),
        (
            Manager::DevContainer,
            &exec,
            "in devcontainer.json: \"runArgs\": [\"--tmpfs\", \"/dev/shm:exec,size=64m\"]",
        ),
    ] {
        let site = Site { manager: Some(manager), ..site(Runtime::Docker, Origin::Runtime) };
        assert_eq!(fix(&site, change), words);
    }
}

#[test]
fn root_of_a_user_namespace_sets_no_sysctl_of_old_kernels() {
    let shmmax = Change::Sysctl("kernel.shmmax", "7".to_owned());
    for runtime in [Runtime::Podman, Runtime::Lxc, Runtime::Docker] {
        let site = Site { foreign_sysctl: true, ..site(runtime, Origin::Runtime) };
        let told = fix(&site, &shmmax);
        assert!(told.contains("nsenter -i -t PID sysctl -w kernel.shmmax=7"), "{told}");
        assert!(!told.contains("--sysctl ") && !told.contains("config set"), "{told}");
    }
}

#[test]
fn a_build_takes_no_mounts() {
    let site = site(Runtime::Buildah, Origin::Runtime);
    for change in [Change::Executable, Change::Mode, Change::Inodes, Change::Writable] {
        let told = fix(&site, &change);
        assert!(!told.contains("buildah build") && told.contains("podman run"), "{told}");
    }
    let chroot = Site { origin: Origin::HostIpc, ..site };
    let told = fix(&chroot, &Change::Memory(Bytes::mib(1024)));
    assert_eq!(told, "buildah build --isolation=oci --memory=1g ...");
}

#[test]
fn kata_s_guest_has_no_kubelet_to_blame_for_a_volume_without_a_size() {
    let pod = Site { unsized_mount: true, ..site(Runtime::Kubernetes, Origin::Emptydir) };
    let size = Change::Size(Bytes::mib(1024));
    assert!(fix(&pod, &size).contains("1.22"));
    assert!(!fix(&Site { kata: true, ..pod }, &size).contains("1.22"));
}
