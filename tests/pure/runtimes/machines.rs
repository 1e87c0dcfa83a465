//! System containers, jobs of clusters, and machines without a container.

use shmeter::facts::Reading;

use super::*;

const NO_ENGINES: [&str; 6] = ["docker", "podman", "--shm-size", "ipc=", "emptydir", "--memory="];

/// The mounts of a machine, but for /dev/shm.
const MACHINE_MOUNTS: [&str; 3] = [
    "9 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw",
    "11 9 0:5 / /dev rw - devtmpfs devtmpfs rw,size=4096k,mode=755",
    "13 9 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup2 rw,nsdelegate",
];

fn machine(shm: &str) -> Container {
    let container =
        Container::new(&MACHINE_MOUNTS, &[shm]).file("/proc/self/cgroup", "0::/user.slice\n");
    let machine = container
        .machine
        .without("/sys/fs/cgroup/cgroup.type")
        .without("/sys/fs/cgroup/memory.max")
        .level("/sys/fs/cgroup/user.slice", "max", 0)
        .link("/proc/self/ns/ipc", MACHINE);
    Container { machine }
}

#[test]
fn a_full_machine_is_told_to_remount() {
    let said = machine(HOSTS).size(4 * GIB, 0).said();
    assert_eq!((said.who(), said.verdict()), (("none", "machine"), "fail"));
    let fix = said.fix("shm-full");
    assert!(fix.contains("shmeter ls\n") && fix.contains("mount -o remount,size="), "{fix}");
    assert!(!said.finds("host-wide"), "the size binds");
    said.lacks(&NO_ENGINES);
}

#[test]
fn a_unit_s_own_file_system_is_changed_in_the_unit() {
    let shm =
        "16 11 0:60 / /dev/shm rw,nodev - tmpfs tmpfs rw,size=65536k,nr_inodes=409600,mode=755";
    let container =
        machine(shm).file("/proc/self/cgroup", "0::/system.slice/app.service\n").size(64 * MIB, 0);
    let machine = container.machine.level("/sys/fs/cgroup/system.slice", "max", 0);
    let machine = machine.level("/sys/fs/cgroup/system.slice/app.service", "max", 0);
    let said = Container { machine }.said();
    assert_eq!(said.who(), ("none", "tmpfs"));
    assert!(said.fix("shm-full").contains("TemporaryFileSystem=/dev/shm:size=1g,mode=1777"));
}

#[test]
fn small_limits_of_system_v_are_told_with_sysctl() {
    let container = machine(HOSTS).size(4 * GIB, 4 * GIB);
    let said = container.file("/proc/sys/kernel/shmmax", "33554432\n").said();
    assert!(said.fix("sysv-limit").contains("sysctl -w kernel.shmmax="), "{}", said.words());
    said.lacks(&NO_ENGINES);
    let said = Container::docker(SHM_64M).file("/proc/sys/kernel/shmall", "4096\n").said();
    assert!(said.fix("sysv-limit").contains("--sysctl kernel.shmall="), "{}", said.words());
    assert!(!Container::docker(SHM_64M).said().finds("sysv-limit"));
}

#[test]
fn lxc_and_its_managers_have_words_of_their_own() {
    let mounts = |root: &str| {
        [
            format!("9 8 0:40 / / rw,relatime,idmapped - {root} rw"),
            "11 9 0:41 / /dev rw,relatime - tmpfs none rw,size=492k,mode=755,uid=100000".to_owned(),
            "13 9 0:26 / /sys/fs/cgroup rw - cgroup2 none rw".to_owned(),
        ]
    };
    let shm = "16 11 0:45 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw,uid=100000,inode64";
    let full = |root: &str, more: &str| {
        let own = mounts(root);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        Container::new(&own, &[shm, more]).size(4 * GIB, 0).said()
    };
    let other = "40 9 0:70 / /mnt rw - tmpfs tmpfs rw";
    for (root, more, words) in [
        (
            "btrfs /dev/loop0",
            other,
            "in the container's LXC config: lxc.mount.entry = tmpfs dev/shm",
        ),
        (
            "ext4 /dev/mapper/pve-vm--101--disk--0",
            other,
            "in /etc/pve/lxc/CTID.conf: lxc.mount.entry",
        ),
        ("zfs rpool/data/subvol-101-disk-0", other, "in /etc/pve/lxc/CTID.conf: lxc.mount.entry"),
        (
            "btrfs x",
            "41 11 0:71 / /dev/incus rw - tmpfs tmpfs rw,size=100k",
            "incus config set NAME",
        ),
        (
            "btrfs x",
            "41 11 0:71 / /dev/.lxd-mounts rw - tmpfs tmpfs rw",
            "lxc config set NAME raw.lxc",
        ),
    ] {
        let said = full(root, more);
        assert_eq!(said.who(), ("lxc", "runtime"), "{root}");
        let fix = said.fix("shm-full");
        assert!(fix.contains(words) && fix.contains("mount -o remount,size="), "{fix}");
        said.lacks(&NO_ENGINES);
    }
}

#[test]
fn a_host_that_runs_lxcfs_is_no_container_of_it() {
    let container = machine(HOSTS).size(64 * MIB, 0);
    let served = "30 9 0:44 / /var/lib/lxcfs rw,nosuid,nodev,relatime - fuse.lxcfs lxcfs rw";
    let lines: Vec<&str> = MACHINE_MOUNTS.iter().copied().chain([HOSTS, served]).collect();
    let said = Container { machine: container.machine.mounts(&lines) }.said();
    assert_eq!(said.who(), ("none", "machine"));
    assert!(said.fix("shm-full").contains("as root: mount -o remount,size="));
    said.lacks(&["lxc", "container"]);
}

#[test]
fn docker_in_lxc_is_docker() {
    // lxcfs may be bound into the inner container.
    let lxcfs = "30 10 0:44 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw";
    let said = Container::oci(&[OF_DOCKER, lxcfs, SHM_64M]).said();
    assert_eq!(said.who(), ("docker", "runtime"));
    let path = "0::/lxc.payload.101/docker/0a0b\n";
    let said = Container::docker(SHM_64M).file("/proc/self/cgroup", path).said();
    assert_eq!(said.who().0, "docker");
}

#[test]
fn nspawn_gives_a_tenth_of_the_memory() {
    let own = [
        "9 8 8:1 /var/lib/machines/m / rw - ext4 /dev/sda1 rw",
        "11 9 0:41 / /dev rw,nosuid - tmpfs tmpfs rw,size=4096k,mode=755",
        "13 9 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
    ];
    let shm =
        "16 11 0:45 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw,size=800000k,nr_inodes=409600";
    let said = Container::new(&own, &[shm]).size(800_000 << 10, 0).said();
    assert_eq!(said.who(), ("nspawn", "runtime"));
    assert!(said.fix("shm-full").contains("systemd-nspawn --tmpfs=/dev/shm:size="));
    said.lacks(&NO_ENGINES);
}

#[test]
fn bubblewrap_and_flatpak_have_a_folder_unless_told_otherwise() {
    let own = [
        "9 8 0:66 /newroot / rw,nosuid,nodev,relatime - tmpfs tmpfs rw,uid=1000",
        "11 9 0:67 / /dev rw,nosuid,nodev - tmpfs tmpfs rw,mode=755",
    ];
    let said = Container::new(&own, &[]).said();
    assert_eq!(said.who(), ("bubblewrap", "folder"));
    assert!(said.fix("not-shared-memory").starts_with("bwrap --perms 1777 --size "));
    said.lacks(&NO_ENGINES);
    let said = Container::new(&own, &[]).exists("/.flatpak-info").said();
    assert!(said.fix("not-shared-memory").contains("--device=shm"));
}

#[test]
fn apptainer_and_pyxis_in_a_job_are_told_apart() {
    let job = "0::/system.slice/slurmstepd.scope/job_77/step_0/user/task_0\n";
    let own = [
        "9 8 0:50 / / ro,nosuid,nodev,relatime - overlay overlay ro,lowerdir=/l",
        "11 9 0:5 / /dev rw,nosuid - devtmpfs devtmpfs rw,size=4096k,mode=755",
        "13 9 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
    ];
    let contained =
        "16 11 0:54 / /dev/shm rw,nosuid,nodev,relatime - tmpfs tmpfs rw,size=65536k,uid=7";
    let said = Container::new(&own, &[contained]).file("/proc/self/cgroup", job).said();
    assert_eq!(said.who(), ("apptainer", "runtime"));
    assert!(said.fix("runtime-default").contains("sessiondir max size\" 1024"));
    said.lacks(&NO_ENGINES);
    let said = Container::new(&own, &[HOSTS]).size(4 * GIB, 0).said();
    assert_eq!(said.who(), ("apptainer", "bind"));
    // Since 1.4 a contained run's has no size, and belongs to the user; /dev is a folder of the session's.
    let session = [
        "9 8 0:43 / / rw,nodev,relatime - overlay overlay ro,lowerdir=/var/lib/apptainer/mnt/session/l",
        "11 9 0:42 /dev /dev rw,nosuid,relatime - tmpfs tmpfs rw,size=65536k,uid=7,gid=7",
        "13 9 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
    ];
    let unsized_shm = "16 11 0:47 / /dev/shm rw,nosuid,nodev,relatime - tmpfs tmpfs rw,uid=7,gid=7";
    let contained = Container::new(&session, &[unsized_shm]).size(4 * GIB, 4 * GIB);
    let said = contained.variable("APPTAINER_CONTAINER").exists("/run/.containerenv").said();
    assert_eq!(said.who(), ("apptainer", "runtime"));
    assert!(!said.finds("host-shm"), "{}", said.words());
    // Without --contain all of /dev is the node's, whatever size it has there.
    let nodes = [
        "9 8 0:43 / / rw,nodev,relatime - overlay overlay ro,lowerdir=/var/lib/apptainer/mnt/session/l",
        "11 9 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334524k,mode=755",
    ];
    let shm = "16 11 0:27 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684096k";
    let said = Container::new(&nodes, &[shm]).size(23 * GIB, 23 * GIB).said();
    assert_eq!(said.who(), ("apptainer", "bind"));
    // enroot binds the node's /dev/shm with noexec, into a root file system without flags.
    let enroot = [
        "9 8 8:3 /enroot/data/x / rw,relatime - ext4 /dev/nvme0n1 rw",
        "11 9 0:5 / /dev rw,nosuid,noexec - devtmpfs devtmpfs rw,size=4096k,mode=755",
    ];
    let shm = "16 11 0:24 / /dev/shm rw,nosuid,nodev,noexec - tmpfs tmpfs rw,inode64";
    let said = Container::new(&enroot, &[shm]).variable("SLURM_JOB_ID").size(4 * GIB, 0).said();
    assert_eq!(said.who(), ("slurm", "machine"));
    said.lacks(&NO_ENGINES);
}

#[test]
fn windows_linux_and_android_are_machines() {
    let said =
        machine(HOSTS).file("/proc/sys/kernel/osrelease", "5.15.1-microsoft-standard-WSL2\n");
    assert_eq!(said.said().who(), ("wsl", "machine"));
    let own = [
        "9 1 254:1 / / ro,relatime - erofs /dev/block/dm-1 ro",
        "11 9 0:20 / /dev rw,nosuid,relatime - tmpfs tmpfs rw,mode=755",
    ];
    let android = Container::new(&own, &[]);
    let machine = android.machine.without_statfs("/dev/shm");
    let said = Container { machine }.said();
    assert_eq!(said.who(), ("android", "missing"));
    let fix = said.fix("not-shared-memory");
    assert!(
        fix.contains("memfd_create()") && fix.contains("proot --bind=FOLDER:/dev/shm"),
        "{fix}"
    );
    said.lacks(&NO_ENGINES);
}

#[test]
fn a_chroot_without_dev_shm_is_to_have_one_mounted() {
    let container = machine("40 9 0:70 / /mnt rw - tmpfs tmpfs rw,size=9k");
    let machine = container.machine.without_statfs("/dev/shm");
    let said = Container { machine }.said();
    assert_eq!(said.who(), ("none", "missing"));
    assert!(
        said.fix("not-shared-memory").contains("mount -t tmpfs -o mode=1777,nosuid,nodev,size=")
    );
    said.lacks(&NO_ENGINES);
}

#[test]
fn what_runs_it_is_not_guessed() {
    let own =
        ["9 8 0:50 / / rw,relatime - overlay overlay rw", "11 9 0:41 / /dev rw - tmpfs dev rw"];
    let shm = "16 11 0:56 / /dev/shm rw,relatime - tmpfs shm rw,size=65536k";
    let said = Container::new(&own, &[shm]).said();
    assert_eq!(said.who(), ("unknown", "runtime"));
    assert!(
        said.fix("runtime-default").contains("mount -t tmpfs -o mode=1777,size=1g tmpfs /dev/shm")
    );
    said.lacks(&NO_ENGINES);
}

#[test]
fn gvisor_is_named_and_its_memory_is_no_machine_s() {
    let own = [
        "18 17 0:19 / / rw - overlay none rw",
        "21 18 0:21 / /dev rw - tmpfs none rw,mode=0755",
        "25 21 0:25 / /dev/shm rw,noexec - tmpfs none rw,mode=1777,size=2147483648",
    ];
    let version = "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n";
    let container = Container::new(&own, &[]).file("/proc/version", version);
    let container = container.size(2 * GIB, 2 * GIB);
    let machine = container.machine.meminfo(2 * GIB, GIB, 0);
    let said = Container { machine }.said();
    assert_eq!(said.who().0, "gvisor");
    assert!(said.finds("sandboxed-kernel") && !said.finds("host-wide"), "{}", said.words());
}

#[test]
fn a_job_does_not_change_the_node_s_size() {
    let job = |size: u64, free: u64| {
        let container = machine(HOSTS).size(size, free).variable("SLURM_JOB_ID");
        let container =
            container.file("/proc/self/cgroup", "0::/system.slice/slurmstepd.scope/job_7\n");
        let machine = container.machine.level("/sys/fs/cgroup/system.slice", "max", 0);
        let machine = machine.level("/sys/fs/cgroup/system.slice/slurmstepd.scope", "max", 0);
        let folder = "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7";
        Container { machine: machine.level(folder, &(256 * MIB).to_string(), MIB) }.said()
    };
    let said = job(4 * GIB, 4 * GIB);
    assert_eq!(said.who(), ("slurm", "machine"));
    let fix = said.fix("kill-before-enospc");
    assert!(fix.starts_with("sbatch --mem=") && !fix.contains("remount"), "{fix}");
    let fix = job(64 * MIB, 0).fix("shm-full").to_owned();
    assert!(fix.contains("by the node's administrator: mount -o remount,size=176m"), "{fix}");
}

#[test]
fn a_link_that_leads_nowhere_is_told_with_its_end() {
    let container = machine("40 9 0:70 / /mnt rw - tmpfs tmpfs rw,size=9k");
    let machine = container.machine.without_statfs("/dev/shm").link("/dev/shm", "/run/shm");
    let container = Container { machine };
    let said = container.said();
    assert_eq!(said.who(), ("none", "missing"));
    assert!(said.words().contains("/dev/shm is a link to /run/shm, which does not exist"));
    let fix = said.fix("not-shared-memory");
    assert!(fix.contains("mount -t tmpfs") && fix.ends_with(" tmpfs /run/shm"), "{fix}");
    let said = container.variable("SINGULARITY_CONTAINER").said();
    assert_eq!(said.fix("not-shared-memory"), "apptainer exec --bind /run/shm ...");
}

#[test]
fn apptainer_raises_no_limit_that_is_not_its_own() {
    let session = [
        "9 8 0:43 / / rw,nodev,relatime - overlay overlay ro,lowerdir=/var/lib/apptainer/mnt/session/l",
        "11 9 0:42 /dev /dev rw,nosuid,relatime - tmpfs tmpfs rw,size=65536k,uid=7,gid=7",
        "13 9 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
    ];
    let shm = "16 11 0:47 / /dev/shm rw,nosuid,nodev,relatime - tmpfs tmpfs rw,uid=7,gid=7";
    let asked = [(Kind::Posix, 384 * MIB)];
    let in_cgroup = |path: &str| {
        let container = Container::new(&session, &[shm]).size(4 * GIB, 4 * GIB);
        let container = container.file("/proc/self/cgroup", &format!("0::{path}\n"));
        let machine = container.machine.without("/sys/fs/cgroup/cgroup.type");
        let machine = machine.without("/sys/fs/cgroup/memory.max");
        let folder = format!("/sys/fs/cgroup{path}");
        Container { machine: machine.level(&folder, &(256 * MIB).to_string(), MIB) }
            .variable("APPTAINER_CONTAINER")
            .required(&asked)
            .fix("require-not-met")
            .to_owned()
    };
    let own = in_cgroup("/apptainer-77.scope");
    assert!(own.starts_with("apptainer exec --memory 5"), "{own}");
    let other = in_cgroup("/job_7");
    assert!(other.contains("a memory limit of 5") && !other.contains("apptainer exec"), "{other}");
}

#[test]
fn without_system_v_wsl_1_is_told_apart_from_a_filter() {
    let refused = |release: &str| {
        let container = machine(HOSTS).file("/proc/sys/kernel/osrelease", release);
        let mut machine = container.machine;
        machine.0.attempts.insert("sysv".into(), "ENOSYS".into());
        Container { machine }.said()
    };
    let said = refused("4.4.0-19041-Microsoft\n");
    assert_eq!(said.who().0, "wsl");
    assert_eq!(said.fix("cannot-create"), "use WSL 2: wsl --set-version DISTRIBUTION 2");
    assert!(refused("6.1.0-1-amd64\n").fix("cannot-create").contains("seccomp"));
}

#[test]
fn a_kernel_that_is_older_than_memfd_is_no_filter() {
    let refused = |release: &str| {
        let container = machine(HOSTS).file("/proc/sys/kernel/osrelease", release);
        let mut machine = container.machine;
        machine.0.attempts.insert("memfd".into(), "ENOSYS".into());
        Container { machine }.said().words()
    };
    let old = refused("2.6.32.12\n");
    assert!(
        old.contains("kernels before Linux 3.17 have none") && !old.contains("seccomp"),
        "{old}"
    );
    let new = refused("4.18.0\n");
    assert!(new.contains("seccomp filter") && !new.contains("docker run"), "{new}");
}

#[test]
fn a_limit_that_is_not_there_is_not_raised_for_a_full_machine() {
    let said = machine(HOSTS).size(4 * GIB, 0).said();
    let fix = said.fix("shm-full");
    assert!(fix.contains("mount -o remount,size=") && !fix.contains("MemoryMax"), "{fix}");
}

#[test]
fn a_machine_s_read_only_one_is_kept_writable() {
    let said = machine(&HOSTS.replace("rw,", "ro,")).said();
    let fix = said.fix("read-only");
    assert!(
        fix.starts_with("as root: mount -o remount,rw /dev/shm\n") && fix.contains("fstab"),
        "{fix}"
    );
}

#[test]
fn what_lies_in_the_place_of_the_folder_is_removed_first() {
    let container = machine(HOSTS);
    let facts = {
        let mut facts = container.machine.facts();
        facts.shm.is_folder = false;
        facts
    };
    let document = Document::new(&facts, &assess(&facts), &Asked::default());
    let said = Said(serde_json::to_value(document).unwrap());
    let fix = said.fix("not-shared-memory");
    assert!(fix.starts_with("as root: rm /dev/shm && mkdir -m 1777 /dev/shm\nthen "), "{fix}");
}

#[test]
fn where_a_link_leads_is_one_word_of_the_command_that_is_advised() {
    let container = machine(HOSTS);
    let mut facts = container.machine.facts();
    facts.shm.resolved = "/tmp/$(reboot); x'".to_owned();
    for (is_folder, begin) in [
        (false, "as root: rm '/tmp/$(reboot); x'\\''' && mkdir -m 1777 '/tmp/$(reboot); x'\\'''\n"),
        (true, "as root: mkdir -p '/tmp/$(reboot); x'\\''' && mount "),
    ] {
        facts.shm.is_folder = is_folder;
        if is_folder {
            facts.shm.statfs = Reading::Absent;
        }
        let document = Document::new(&facts, &assess(&facts), &Asked::default());
        let said = Said(serde_json::to_value(document).unwrap());
        let fix = said.fix("not-shared-memory");
        assert!(fix.starts_with(begin), "{fix}");
    }
}

#[test]
fn a_capture_keeps_that_the_folder_is_none() {
    let owner = |path: &str| {
        let mut container = machine(HOSTS);
        let owners = format!(r#"{{"{path}": {{"mode": "644", "uid": 0, "gid": 0}}}}"#);
        container.machine.0.owners = serde_json::from_str(&owners).unwrap();
        container.said()
    };
    assert!(owner("/dev/shm").words().contains("is not a directory"));
    assert!(!owner("/dev/shm/.").words().contains("is not a directory"));
    // An old one holds no owner.
    assert!(!machine(HOSTS).said().words().contains("is not a directory"));
}
