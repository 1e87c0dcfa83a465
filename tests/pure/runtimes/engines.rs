//! Docker, Podman and what runs containers as they do.

use shmeter::probe::capture::OwnerRecord;

use super::*;

const NO_PODS: [&str; 3] = ["emptydir", "sizelimit", "hostipc"];

#[test]
fn docker_s_default_is_told_with_docker_s_option() {
    let said = Container::docker(SHM_64M).said();
    assert_eq!(said.who(), ("docker", "runtime"));
    assert!(said.fix("runtime-default").starts_with("docker run --shm-size=1g ..."));
    said.lacks(&NO_PODS).lacks(&["podman", "ipc="]);
}

#[test]
fn a_size_that_somebody_set_is_no_default() {
    let said = Container::docker(&SHM_64M.replace("65536k", "262144k")).size(256 * MIB, 256 * MIB);
    let said = said.said();
    assert_eq!((said.who(), said.verdict()), (("docker", "shm-size"), "ok"));
}

#[test]
fn beside_a_tmpfs_shm_size_is_not_advised() {
    for shm in [
        "16 11 0:56 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw",
        "16 11 0:56 / /dev/shm rw,nosuid,nodev,relatime - tmpfs tmpfs rw", // exec
        "16 11 0:56 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=524288k", // a volume of type tmpfs
        "16 11 0:56 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=524288k,mode=755",
    ] {
        let said =
            Container::docker(shm).size(512 * MIB, 512 * MIB).limit(256 * MIB, 16 * MIB).said();
        assert_eq!(said.who(), ("docker", "tmpfs"), "{shm}");
        let fix = said.fix("kill-before-enospc");
        assert!(fix.contains("--tmpfs /dev/shm:size=176m"), "{fix}");
        assert!(fix.contains("tmpfs: [\"/dev/shm:size=176m\"]"), "{fix}");
        said.lacks(&["--shm-size=", "shm_size", "ipc=host"]);
    }
}

#[test]
fn a_bind_of_the_host_s_is_known_by_its_mount_and_ipc_host_by_the_namespace() {
    let of_openrc = "16 11 0:20 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw";
    let hardened = "16 11 0:24 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,inode64";
    let in_fstab = "16 11 0:24 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=8388608k";
    for shm in [HOSTS, of_openrc, hardened, in_fstab] {
        let container = Container::docker(shm).size(8 * GIB, 8 * GIB).limit(256 * MIB, 16 * MIB);
        let bound = container.said();
        assert_eq!(bound.who(), ("docker", "bind"), "{shm}");
        bound.lacks(&["ipc=host"]);
        assert!(
            bound.fix("kill-before-enospc").contains("without the mount of the host's /dev/shm")
        );
        let host = container.ipc(MACHINE).said();
        assert_eq!(host.who(), ("docker", "host-ipc"), "{shm}");
        assert!(host.fix("kill-before-enospc").contains("without --ipc=host"));
    }
}

#[test]
fn with_the_host_s_namespace_a_tmpfs_with_a_size_is_still_a_tmpfs() {
    let shm = "16 11 0:56 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=524288k";
    let said = Container::docker(shm).ipc(MACHINE).size(512 * MIB, 512 * MIB).said();
    assert_eq!(said.who(), ("docker", "tmpfs"));
}

#[test]
fn inside_of_another_runtime_the_host_s_namespace_is_another_one() {
    // Docker in LXC or in Docker with --ipc=host: the namespace is not the machine's.
    let said = Container::docker(HOSTS).ipc("ipc:[4026534000]").size(8 * GIB, 8 * GIB).said();
    assert_eq!(said.who(), ("docker", "bind"));
}

#[test]
fn without_ipc_a_plain_folder_is_told_so() {
    let said = Container::docker("17 11 0:58 / /dev/mqueue rw - mqueue mqueue rw").said();
    assert_eq!(said.who(), ("docker", "folder"));
    assert!(said.fix("not-shared-memory").contains("without --ipc=none"));
}

#[test]
fn podman_is_told_in_its_own_words() {
    let env = "15 9 0:60 /containers/overlay-containers/0f/userdata/.containerenv \
               /run/.containerenv rw,nosuid,nodev,relatime - tmpfs tmpfs rw,uid=1042";
    for size in ["64000k,uid=1042,gid=1042", "65536k"] {
        let shm = SHM_64M.replace("65536k", size);
        let total = if size.starts_with("64000") { 65_536_000 } else { 64 * MIB };
        let said = Container::oci(&[env, &shm]).size(total, total).said();
        assert_eq!(said.who(), ("podman", "runtime"));
        let fix = said.fix("runtime-default");
        assert!(fix.starts_with("podman run --shm-size=1g ...\n"), "{fix}");
        assert!(fix.contains("ShmSize=1g"), "{fix}");
        said.lacks(&NO_PODS).lacks(&["docker", "compose"]);
    }
}

#[test]
fn a_container_of_a_podman_pod_has_the_pod_s_size() {
    let env = "15 9 0:60 /c/overlay-containers/0f/userdata/.containerenv /run/.containerenv rw - tmpfs tmpfs rw";
    let hosts = "14 9 0:60 /c/overlay-containers/1e/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw";
    let shm = SHM_64M.replace("65536k", "64000k");
    let said = Container::oci(&[env, hosts, &shm]).size(65_536_000, 65_536_000).said();
    assert!(said.fix("runtime-default").starts_with("podman pod create --shm-size=1g ..."));
    let same = hosts.replace("1e", "0f");
    let said = Container::oci(&[env, &same, &shm]).size(65_536_000, 65_536_000).said();
    assert!(said.fix("runtime-default").starts_with("podman run "));
}

#[test]
fn a_podman_pod_without_a_network_is_known_by_its_cgroup() {
    let env = "15 9 0:60 /c/overlay-containers/0f/userdata/.containerenv /run/.containerenv rw - tmpfs tmpfs rw";
    let hosts = "14 9 0:60 /c/overlay-containers/0f/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw";
    let shm = SHM_64M.replace("65536k", "49152k");
    let cgroup = |path: &str| {
        let own = format!("30 13 0:32 {path} /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory");
        let said = Container::oci(&[env, hosts, &own, &shm]).size(48 * MIB, 48 * MIB);
        said.required(&[(Kind::Posix, 128 * MIB)]).fix("require-not-met").to_owned()
    };
    let pod = cgroup("/libpod_parent/81399e51/libpod-b930d18b");
    assert!(pod.starts_with("podman pod create --shm-size=128m ..."), "{pod}");
    assert!(cgroup("/libpod_parent/libpod-b930d18b").starts_with("podman run "));
}

#[test]
fn a_build_s_default_is_the_builder_s() {
    let env =
        "15 9 0:60 /var/tmp/buildah77/run/.containerenv /run/.containerenv rw - tmpfs tmpfs rw";
    let said = Container::oci(&[env, SHM_64M]).said();
    assert_eq!(said.who(), ("buildah", "runtime"));
    assert!(said.fix("runtime-default").starts_with("buildah build --shm-size=1g"));
    let named = Container::oci(&[SHM_64M]).file("/run/.containerenv", "engine=\"buildah-1.33\"\n");
    assert_eq!(named.said().who(), ("buildah", "runtime"));
}

#[test]
fn an_engine_that_left_no_mark_is_told_what_both_have() {
    let said = Container::oci(&[SHM_64M]).said();
    assert_eq!(said.who(), ("oci", "runtime"));
    let fix = said.fix("runtime-default");
    assert!(fix.contains("with Docker or Podman: run --shm-size=1g"), "{fix}");
    assert!(fix.contains("config.json: the mount at /dev/shm, options: size=1g"), "{fix}");
}

#[test]
fn a_file_of_docker_and_one_of_podman_tell_which_it_is() {
    assert_eq!(Container::oci(&[SHM_64M]).exists("/.dockerenv").said().who().0, "docker");
    assert_eq!(Container::oci(&[SHM_64M]).exists("/run/.containerenv").said().who().0, "podman");
}

#[test]
fn a_pipeline_gets_the_field_of_its_service() {
    let said = Container::docker(SHM_64M).variable("GITHUB_ACTIONS").said();
    assert!(said.fix("runtime-default").contains("container: {options: --shm-size=1g}"));
    let said = Container::docker(SHM_64M).variable("GITLAB_CI").said();
    assert!(said.fix("runtime-default").contains("shm_size = 1073741824"));
}

#[test]
fn ecs_takes_fields_of_its_task_definition() {
    let container = Container::docker(SHM_64M).file("/proc/self/cgroup", "0::/ecs/0af3/9bd1\n");
    let said = container.said();
    assert_eq!(said.who(), ("ecs", "runtime"));
    assert!(said.fix("runtime-default").contains("linuxParameters: {sharedMemorySize: 1024}"));
    said.lacks(&["docker", "--shm-size", "emptydir"]);
    let said = Container::docker(SHM_64M).variable("ECS_CONTAINER_METADATA_URI_V4").said();
    assert_eq!(said.who().0, "ecs");
}

#[test]
fn a_volume_on_a_disk_is_to_be_removed() {
    let shm =
        "16 11 8:48 /var/lib/docker/volumes/shm/_data /dev/shm rw,relatime - ext4 /dev/sdd rw";
    let said = Container::docker(shm).place(statfs(EXT4, GIB, GIB)).said();
    assert_eq!((said.who(), said.verdict()), (("docker", "volume"), "fail"));
    assert!(said.fix("not-shared-memory").contains("without the volume at /dev/shm"));
    said.lacks(&["ipc=none"]);
}

#[test]
fn a_folder_of_the_host_s_disk_is_not_the_host_s_shared_memory() {
    let shm = "16 11 254:0 /srv/shm /dev/shm rw,relatime - ext4 /dev/vda rw";
    let said = Container::docker(shm).place(statfs(EXT4, 100 * GIB, 80 * GIB)).said();
    assert_eq!((said.who(), said.verdict()), (("docker", "volume"), "fail"));
    assert!(!said.finds("host-shm") && !said.finds("shared-volume"), "{}", said.words());
    let fix = said.fix("not-shared-memory");
    assert!(
        fix.contains("--shm-size=1g") && fix.contains("without the volume at /dev/shm"),
        "{fix}"
    );
    said.lacks(&["host's /dev/shm"]);
}

#[test]
fn what_a_container_writes_itself_changes_words_and_no_number() {
    let plain = Container::oci(&[SHM_64M]).limit(256 * MIB, MIB).said();
    let forged = Container::oci(&[SHM_64M])
        .limit(256 * MIB, MIB)
        .exists("/.singularity.d")
        .file("/run/systemd/container", "lxc\n")
        .file("/run/.containerenv", "engine=\"buildah-\u{1b}[31m\"\n")
        .file("/proc/version", "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n")
        .said();
    assert_eq!(forged.0["segments"], plain.0["segments"]);
    assert_eq!(forged.0["df"], plain.0["df"]);
    assert!(!forged.words().contains("u001b"), "{}", forged.words());
}

#[test]
fn semaphores_that_are_used_up_are_removed_before_more_are_allowed() {
    let list = "key semid perms nsems uid\n0 1 600 1 33\n0 2 600 1 33\n";
    let spent = |container: Container| {
        container
            .file("/proc/sys/kernel/sem", "32000\t1024000000\t500\t2\n")
            .file("/proc/sysvipc/sem", list)
            .said()
    };
    let said = spent(Container::docker(SHM_64M));
    let fix = said.fix("semaphores");
    assert!(
        fix.starts_with("to see who owns them: ipcs -s\n") && fix.contains("ipcrm -s"),
        "{fix}"
    );
    let more =
        "or to allow more: docker run --sysctl kernel.sem=\"32000 1024000000 500 32000\" ...";
    assert!(fix.contains(more), "{fix}");
    // /proc/sys is not writable in a container.
    assert!(!fix.contains("sysctl -w"), "{fix}");
    let said = spent(Container::docker(HOSTS).ipc(MACHINE));
    assert!(said.fix("semaphores").contains("on the host, whose IPC namespace it is: sysctl -w"));
    // What is as large already is no advice.
    let all = "key semid perms nsems uid\n".to_owned() + &"0 1 600 1 33\n".repeat(32_000);
    let full = Container::docker(SHM_64M)
        .file("/proc/sys/kernel/sem", "32000\t1024000000\t500\t32000\n")
        .file("/proc/sysvipc/sem", &all)
        .said();
    assert!(full.fix("semaphores").ends_with("ipcrm -s SEMID"), "{}", full.fix("semaphores"));
}

#[test]
fn who_shares_the_host_s_on_purpose_is_told_a_memory_limit_and_keeps_it() {
    let container = Container::docker(HOSTS).ipc(MACHINE).size(8 * GIB, 8 * GIB);
    let container = Container { machine: container.machine.meminfo(8 * GIB, 8 * GIB, 0) };
    let said = container.said();
    assert_eq!(said.who(), ("docker", "host-ipc"));
    // A figure would kill what needs more, so that it takes one of whoever knows the program.
    let fix = said.fix("host-wide");
    assert!(fix.contains("--app-memory") && !fix.contains("without"), "{fix}");
    assert!(!fix.contains("--memory="), "{fix}");
    let fix = container.asked(&[], Some(GIB)).fix("host-wide").to_owned();
    assert!(fix.starts_with("docker run --memory=") && !fix.contains("without"), "{fix}");
}

#[test]
fn the_machine_of_docker_desktop_is_a_virtual_one() {
    let of = |release: &str| {
        let container = Container::docker(HOSTS).ipc(MACHINE);
        let container =
            Container { machine: container.machine.file("/proc/sys/kernel/osrelease", release) };
        container.said().words()
    };
    assert!(of("6.10.14-linuxkit\n").contains("that of Docker Desktop's virtual machine"));
    assert!(of("5.15.90.1-microsoft-standard-WSL2\n").contains("that of WSL's virtual machine"));
    assert!(of("6.12.0-amd64\n").contains("that of the machine (--ipc=host)"));
}

#[test]
fn a_build_is_told_since_when_its_option_counts() {
    let hosts =
        "20 9 254:0 /var/lib/docker/buildkit/executor/hosts /etc/hosts rw - ext4 /dev/vda rw";
    let said = Container::oci(&[hosts, SHM_64M]).said();
    assert_eq!(said.who(), ("docker", "runtime"));
    let fix = said.fix("runtime-default");
    assert!(fix.starts_with("docker build --shm-size=1g ...\n(BuildKit takes it since"), "{fix}");
}

#[test]
fn a_small_shmmax_comes_before_a_default_size() {
    let said = Container::docker(SHM_64M).file("/proc/sys/kernel/shmmax", "33554432\n").said();
    assert_eq!(said.0["findings"][0]["id"], "sysv-limit", "{}", said.words());
    assert!(said.fix("sysv-limit").starts_with("docker run --sysctl kernel.shmmax="));
}

#[test]
fn a_tmpfs_may_be_a_service_s() {
    let shm = "16 11 0:56 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=65536k";
    let said = Container::docker(shm).said();
    let fix = said.fix("runtime-default");
    assert!(fix.contains("--mount type=tmpfs,target=/dev/shm,tmpfs-size=1g"), "{fix}");
    assert!(fix.contains("in place of what is mounted at /dev/shm now"), "{fix}");
}

#[test]
fn the_size_of_a_build_is_told_apart_from_that_of_a_service() {
    let said = Container::docker(SHM_64M).said();
    let fix = said.fix("runtime-default");
    assert!(fix.contains("or in Compose: shm_size: 1g\n"), "{fix}");
    assert!(fix.contains("(for the steps of a build: docker build --shm-size=1g"), "{fix}");
    // A build that is killed for memory is not one that a smaller size helps.
    let smaller = Container::docker(SHM_64M).size(GIB, GIB).limit(512 * MIB, 16 * MIB).said();
    assert!(!smaller.fix("kill-before-enospc").contains("steps of a build"));
}

#[test]
fn peers_of_fast_dds_are_found_by_the_network_and_do_not_see_another_dev_shm() {
    let net = |names: &[&str]| -> String {
        let lines =
            names.iter().map(|name| format!("{name:>6}: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
        "Inter-| Receive\n face |bytes\n".to_owned() + &lines.collect::<String>()
    };
    let ros = |names: &[&str], ipc: &str| {
        let container = Container::docker(SHM_64M).variable("ROS_DISTRO").ipc(ipc);
        container.file("/proc/self/net/dev", &net(names))
    };
    let host = ["lo", "eth0", "docker0"];
    let said = ros(&host, OWN).said();
    assert_eq!(said.0["findings"][0]["id"], "dds-peers", "{}", said.words());
    let fix = said.fix("dds-peers");
    assert!(fix.contains("docker run --ipc=host"), "{fix}");
    assert!(fix.contains("FASTDDS_BUILTIN_TRANSPORTS=UDPv4"), "{fix}");
    assert!(!ros(&["lo", "eth0"], OWN).said().finds("dds-peers"), "a network of its own");
    assert!(!ros(&host, MACHINE).said().finds("dds-peers"), "the machine's /dev/shm");
    let without = Container::docker(SHM_64M).ipc(OWN).file("/proc/self/net/dev", &net(&host));
    assert!(!without.said().finds("dds-peers"), "nothing tells of ROS");
}

#[test]
fn a_peer_of_fast_dds_that_is_another_user_is_told() {
    let owned = |owner| {
        let user = "Name:\tapp\nState:\tS (sleeping)\nPid:\t100\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n\
                    Groups:\t\nVmSize:\t 3200 kB\nCapEff:\t00000000a80425fb\n";
        let mut container = Container::docker(SHM_64M).size(64 * MIB, 63 * MIB);
        container =
            container.file("/proc/self/status", user).file("/dev/shm/fastrtps_port7412", "");
        let record = OwnerRecord { mode: "644".to_owned(), uid: owner, gid: owner };
        container.machine.0.owners.insert("/dev/shm/fastrtps_port7412".to_owned(), record);
        container.said()
    };
    let said = owned(1000);
    assert!(said.words().contains("/dev/shm/fastrtps_port7412 belongs to user 1000"));
    assert!(said.fix("dds-peers").contains("docker run --user 1000 ..."));
    assert!(!owned(0).finds("dds-peers"));
}
