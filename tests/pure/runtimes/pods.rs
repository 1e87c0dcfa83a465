//! Pods: emptyDirs with and without a size, the node's own /dev/shm, disks.

use super::*;

const EMPTYDIR: &str = "16 11 0:200 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=1048576k,noswap";
const NO_ENGINES: [&str; 4] = ["docker", "podman", "--shm-size", "--tmpfs"];

#[test]
fn a_pod_s_default_is_told_with_a_volume() {
    // containerd binds the sandbox's without flags, CRI-O with them.
    let containerd = "16 11 0:56 / /dev/shm rw,relatime - tmpfs shm rw,size=65536k";
    for shm in [SHM_64M, containerd] {
        let said = Container::pod(shm).said();
        assert_eq!(said.who(), ("kubernetes", "runtime"), "{shm}");
        assert!(said.fix("runtime-default").contains("emptyDir: {medium: Memory, sizeLimit: 1Gi}"));
        said.lacks(&NO_ENGINES).lacks(&["hostipc", "hostpath"]);
    }
}

#[test]
fn an_emptydir_is_one_with_and_without_a_size_and_a_limit() {
    let old = "16 11 0:200 / /dev/shm rw,relatime - tmpfs tmpfs rw";
    let sub = "16 11 0:200 /sub /dev/shm rw,relatime - tmpfs tmpfs rw,size=1048576k,noswap";
    for (shm, limit) in [(EMPTYDIR, GIB), (EMPTYDIR, 512 * MIB), (old, GIB), (sub, GIB)] {
        let said = Container::pod(shm).size(GIB, GIB).limit(limit, 16 * MIB).said();
        assert_eq!(said.who(), ("kubernetes", "emptydir"), "{shm}");
        assert!(said.fix("kill-before-enospc").contains("the volume's sizeLimit"));
        said.lacks(&NO_ENGINES).lacks(&["hostipc", "hostpath"]);
    }
}

#[test]
fn a_node_s_own_is_told_as_hostpath_or_hostipc() {
    let container = Container::pod(HOSTS).size(16 * GIB, 16 * GIB).limit(GIB, 16 * MIB);
    let path = container.said();
    assert_eq!(path.who(), ("kubernetes", "hostpath"));
    assert!(path.fix("kill-before-enospc").starts_with("instead of the hostPath"));
    path.lacks(&NO_ENGINES).lacks(&["hostipc"]);
    let ipc = container.ipc(MACHINE).said();
    assert_eq!(ipc.who(), ("kubernetes", "host-ipc"));
    assert!(ipc.fix("kill-before-enospc").starts_with("without hostIPC: true"));
}

#[test]
fn a_pod_without_any_limit_may_take_the_node_s_memory() {
    for shm in [EMPTYDIR, HOSTS] {
        let said = Container::pod(shm).size(7 * GIB, 7 * GIB).said();
        let fix = said.fix("host-wide");
        assert!(fix.contains("sizeLimit: 1Gi") && fix.contains("limits: {memory:"), "{fix}");
        assert!(said.words().contains("evicts pods"), "{}", said.words());
    }
}

#[test]
fn a_disk_is_told_by_what_is_mounted() {
    for (root, origin) in [
        ("/var/lib/kubelet/pods/a/volumes/kubernetes.io~empty-dir/shm", "emptydir-disk"),
        ("/var/lib/kubelet/pods/a/volumes/kubernetes.io~csi/pvc/mount", "volume"),
        ("/srv/shm", "hostpath"),
    ] {
        let shm = format!("16 11 8:1 {root} /dev/shm rw,relatime - ext4 /dev/sda1 rw");
        let said = Container::pod(&shm).place(statfs(EXT4, GIB, GIB)).said();
        assert_eq!((said.who(), said.verdict()), (("kubernetes", origin), "fail"));
        assert!(said.fix("not-shared-memory").contains("medium: Memory"));
    }
}

#[test]
fn a_size_for_what_is_missing_obeys_the_limit_too() {
    let shm = "16 11 8:1 /srv/shm /dev/shm rw,relatime - ext4 /dev/sda1 rw";
    let container = Container::pod(shm).place(statfs(EXT4, GIB, GIB)).limit(64 * MIB, 0);
    let said = container.said();
    assert!(said.fix("not-shared-memory").contains("sizeLimit: 47Mi"), "{}", said.words());
}

#[test]
fn a_kubelet_is_known_wherever_it_keeps_its_pods() {
    for root in [
        "/var/lib/kubelet/pods/aa/etc-hosts",
        "/pods/aa/etc-hosts", // a partition of its own
        "/var/snap/microk8s/common/var/lib/kubelet/pods/aa/etc-hosts",
        "/docker/volumes/f0/_data/lib/kubelet/pods/aa/etc-hosts", // kind
        "/var/lib/k0s/kubelet/pods/aa/etc-hosts",
    ] {
        let line = format!("20 9 8:1 {root} /etc/hosts rw - ext4 /dev/sda1 rw");
        assert_eq!(Container::oci(&[&line, SHM_64M]).said().who().0, "kubernetes", "{root}");
    }
    let secret =
        "21 9 0:90 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs rw,size=9k";
    assert_eq!(Container::oci(&[secret, SHM_64M]).said().who().0, "kubernetes");
    let set = Container::oci(&[SHM_64M]).variable("KUBERNETES_SERVICE_HOST");
    assert_eq!(set.said().who().0, "kubernetes");
}

#[test]
fn a_volume_in_memory_at_another_place_is_told() {
    let other = "17 9 0:201 / /dshm rw,relatime - tmpfs tmpfs rw,size=2097152k,noswap";
    let secret =
        "18 9 0:90 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs rw,size=9k";
    let said = Container::oci(&[OF_A_POD, SHM_64M, other, secret]).said();
    assert!(said.words().contains("2.0 GiB is mounted at /dshm"), "{}", said.words());
    assert!(said.fix("memory-volume-elsewhere").contains("mountPath: /dev/shm"));
    assert!(!Container::oci(&[OF_A_POD, SHM_64M, secret]).said().finds("memory-volume-elsewhere"));
    let both = Container::oci(&[OF_A_POD, EMPTYDIR, other]).size(GIB, GIB).said();
    assert!(!both.finds("memory-volume-elsewhere"));
}

#[test]
fn what_others_hold_of_a_volume_is_not_counted_for_the_size() {
    // 40 MiB are in use, of which this container pays for 8.
    let container =
        Container::pod(EMPTYDIR).size(GIB, GIB - 40 * MIB).limit(64 * MIB, 12 * MIB).shmem(8 * MIB);
    let said = container.said();
    assert!(said.finds("shared-volume"), "{}", said.words());
    // The limit leaves 64 - 12 + 8 MiB, three quarters of that are 45.
    assert!(said.fix("kill-before-enospc").contains("sizeLimit: 44Mi"), "{}", said.words());
    let alone = Container::pod(EMPTYDIR).size(GIB, GIB - 40 * MIB).limit(256 * MIB, 48 * MIB);
    assert!(!alone.shmem(40 * MIB).said().finds("shared-volume"));
}

#[test]
fn what_an_earlier_run_left_counts_against_the_limit_of_the_parent() {
    // As a node sees it: the container has no limit of its own, the pod has, and an ended one's files count there.
    let stat = |bytes: u64| {
        format!("anon 0\nfile {bytes}\nshmem {bytes}\ninactive_file 0\nactive_file 0\n")
    };
    let seen = |of_pod: u64| {
        let mut container = Container::pod(EMPTYDIR)
            .size(GIB, GIB - 120 * MIB)
            .file("/proc/self/cgroup", "0::/pod/app\n")
            .file("/sys/fs/cgroup/pod/app/memory.stat", &stat(MIB))
            .file("/sys/fs/cgroup/pod/memory.stat", &stat(of_pod));
        container.machine = container
            .machine
            .level("/sys/fs/cgroup/pod/app", "max", 2 * MIB)
            .level("/sys/fs/cgroup/pod", &(128 * MIB).to_string(), of_pod + MIB);
        container
            .file("/sys/fs/cgroup/pod/app/memory.stat", &stat(MIB))
            .file("/sys/fs/cgroup/pod/memory.stat", &stat(of_pod))
            .said()
    };
    let counted = seen(120 * MIB);
    let words = counted.words();
    assert!(words.contains("count against the parent's memory limit of 128.0 MiB"), "{words}");
    assert!(counted.fix("shared-volume").contains("delete the pod"), "{words}");
    // What another pod holds does not.
    let words = seen(MIB).words().to_owned();
    assert!(words.contains("charged to other memory limits"), "{words}");
}

#[test]
fn an_application_beside_pause_is_not_at_the_wrong_place() {
    // shareProcessNamespace: process 1 is /pause, which has the sandbox's.
    let pause = "30 29 0:44 / / rw - overlay overlay rw\n31 30 0:45 / /dev rw - tmpfs tmpfs rw\n\
                 32 31 0:41 / /dev/shm rw,relatime - tmpfs shm rw,size=65536k\n";
    let container = Container::pod(EMPTYDIR)
        .size(GIB, GIB)
        .file("/proc/1/mountinfo", pause)
        .file("/proc/self/status", "Name:\tx\nState:\tR\nPid:\t17\nUid:\t0\t0\t0\t0\n");
    assert!(!container.said().finds("wrong-view"));
    // A debug container has the sandbox's, and the target a volume.
    let target = "30 29 0:44 / / rw - overlay overlay rw\n31 30 0:45 / /dev rw - tmpfs tmpfs rw\n\
                  32 31 0:99 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=1048576k,noswap\n";
    let debug = Container::pod(SHM_64M)
        .file("/proc/1/mountinfo", target)
        .file("/proc/self/status", "Name:\tx\nState:\tR\nPid:\t17\nUid:\t0\t0\t0\t0\n");
    assert!(debug.said().finds("wrong-view"));
}

#[test]
fn huge_pages_that_a_pod_may_not_use_are_told_before_sizes() {
    let with = |limit: &str| {
        let mut container = Container::pod(SHM_64M);
        container.machine = container.machine.pool(2048, 512, 512, 0);
        let file = |name: &str| format!("/sys/fs/cgroup/hugetlb.2MB.{name}");
        let container = container.file(&file("max"), limit).file(&file("rsvd.max"), "max\n");
        container.file(&file("current"), "0\n").said()
    };
    let said = with("0\n");
    assert_eq!(said.0["findings"][0]["id"], "huge-pages-refused", "{}", said.words());
    let fix = said.fix("huge-pages-refused");
    assert!(fix.contains("huge_pages = off") && fix.contains("hugepages-2Mi: 1Gi"), "{fix}");
    for limit in ["2097152\n", "max\n"] {
        assert!(!with(limit).finds("huge-pages-refused"), "{limit}");
    }
}

#[test]
fn a_volume_larger_than_its_sizelimit_is_an_older_kubelet_s() {
    let old = "16 11 0:200 / /dev/shm rw,relatime - tmpfs tmpfs rw";
    let container = Container::pod(old).size(32 * GIB, 32 * GIB);
    let facts = container.machine.facts();
    let asked = Asked { size_limit: Some(Bytes(4 * GIB)), ..Asked::default() };
    let document = Document::new(&facts, &assess(&facts), &asked);
    let said = Said(serde_json::to_value(document).unwrap());
    let fix = said.fix("size-not-applied");
    assert!(said.words().contains("before Kubernetes 1.22"), "{}", said.words());
    assert!(fix.contains("kubectl get node -o wide") && fix.contains("limits.memory"), "{fix}");
}

#[test]
fn a_volume_that_the_kubelet_gave_no_size_needs_a_newer_kubelet_first() {
    let shm = "16 11 0:200 / /dev/shm rw,relatime - tmpfs tmpfs rw";
    let container = Container::pod(shm).size(4 * GIB, 4 * GIB);
    let larger = container.required(&[(Kind::Posix, 5 * GIB)]);
    let fix = larger.fix("require-not-met");
    assert!(fix.contains("Kubernetes 1.22 or newer on the node"), "{fix}");
    assert!(fix.contains("mount -o remount,size=5g /dev/shm"), "{fix}");
    let smaller = container.limit(GIB, 16 * MIB).said();
    assert!(smaller.fix("kill-before-enospc").starts_with("Kubernetes 1.22 or newer"));
    // One that has a size got it from a newer one.
    let sized = Container::pod(EMPTYDIR).size(GIB, GIB).required(&[(Kind::Posix, 5 * GIB)]);
    assert!(!sized.fix("require-not-met").contains("1.22"));
}

#[test]
fn two_volumes_are_not_advised_for_one_place() {
    let said = Container::pod(SHM_64M).limit(GIB, 20 * MIB).said();
    let size = |id: &str| {
        let (_, rest) = said.fix(id).split_once("sizeLimit: ").unwrap();
        rest.split_once('}').unwrap().0.to_owned()
    };
    assert_eq!(size("noexec"), size("runtime-default"));
}

#[test]
fn the_node_comes_before_the_pod_s_sysctl() {
    let said =
        Container::pod(SHM_64M).limit(GIB, 20 * MIB).file("/proc/sys/kernel/shmmax", "33554432\n");
    let said = said.said();
    let fix = said.fix("sysv-limit");
    let (kubelet, pod) = (
        fix.find("--allowed-unsafe-sysctls=").unwrap(),
        fix.find("securityContext: {sysctls:").unwrap(),
    );
    assert!(kubelet < pod && fix.contains("SysctlForbidden"), "{fix}");
}

#[test]
fn a_notebook_of_jupyterhub_is_told_its_hub_s_fields() {
    let pod = Container::pod(SHM_64M).variable("JUPYTERHUB_SERVICE_PREFIX").said();
    let fix = pod.fix("runtime-default");
    assert!(fix.contains("singleuser: {storage: {extraVolumes: "), "{fix}");
    let docker = Container::docker(SHM_64M).variable("JUPYTERHUB_SERVICE_PREFIX").said();
    let fix = docker.fix("runtime-default");
    assert!(fix.contains("c.DockerSpawner.extra_host_config = {\"shm_size\": \"1g\"}"), "{fix}");
}

#[test]
fn gvisor_shows_no_size_of_a_volume_whose_kubelet_is_new() {
    let shm = "16 11 0:200 / /dev/shm rw - tmpfs none rw";
    let version = "Linux version 4.19.0-gvisor #1 SMP Sun Jan 10 15:06:54 PST 2016";
    let said = Container::pod(shm).file("/proc/version", version).size(4 * GIB, 0).said();
    assert_eq!(said.who(), ("gvisor", "emptydir"));
    said.lacks(&["1.22"]);
}

#[test]
fn two_settings_of_a_pod_are_one_list() {
    let said = Container::pod(SHM_64M).file("/proc/sys/kernel/shmmax", "33554432\n");
    let said = said.file("/proc/sys/kernel/shmall", "4096\n").limit(GIB, 20 * MIB).said();
    let fix = said.fix("sysv-limit");
    assert_eq!(fix.matches("securityContext: {sysctls:").count(), 1, "{fix}");
    assert!(fix.contains("kernel.shmmax") && fix.contains("beside it: kernel.shmall="), "{fix}");
}
