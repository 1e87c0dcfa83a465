//! The kernel's log, systemd, Slurm, SELinux and AppArmor.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "kernel-oom-cgroup",
        application: "Linux kernel",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["Memory cgroup out of memory: Kill", "oom-kill:constraint=CONSTRAINT_MEMCG"],
        text: "A memory limit was reached, and the kernel killed a process. Shared memory counts \
               against that limit; shmem-rss in the line is the part that this process had \
               mapped, and files in /dev/shm that nobody maps count too.",
        not: "Not a full /dev/shm. Where shmem-rss is small and /dev/shm is nearly empty, shared \
              memory was not the cause.",
        fix: Fix::Memory,
        setting: "Files in /dev/shm and System V segments survive the kill: `shmeter ls`.",
        source: "linux mm/oom_kill.c (__oom_kill_process)",
        example: "[337533.314412] Memory cgroup out of memory: Killed process 23793 (leaker) \
                  total-vm:2623712kB, anon-rss:506500kB, file-rss:1268kB, shmem-rss:0kB",
        ..Entry::REST
    },
    Entry {
        id: "kernel-oom-host",
        application: "Linux kernel",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Out of memory: Killed process",
            "Out of memory: Kill process",
            "oom-kill:constraint=CONSTRAINT_NONE",
        ],
        unless: &["Memory cgroup out of memory"],
        text: "The whole machine ran out of memory, and the kernel killed a process. Files in \
            /dev/shm and System V segments count as memory, no matter who created them.",
        not: "Not the limit of a container, and not a full /dev/shm.",
        fix: Fix::Memory,
        source: "linux mm/oom_kill.c (out_of_memory)",
        example: "[ 1584.087068] Out of memory: Killed process 3070 (java) total-vm:7104156kB, \
                  anon-rss:3415228kB, file-rss:0kB, shmem-rss:0kB",
        ..Entry::REST
    },
    Entry {
        id: "kernel-oom-invoked",
        application: "Linux kernel",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "invoked oom-killer",
            "Out of memory and no killable processes",
            "oom_reaper: reaped process",
            "oom-kill:constraint=CONSTRAINT_CPUSET",
            "oom-kill:constraint=CONSTRAINT_MEMORY_POLICY",
            "killed as a result of limit of",
        ],
        text: "The kernel looked for a process to kill because memory ran out: a container's limit \
               if the lines after it say \"Memory cgroup out of memory\", else the machine's. The \
               report lists shmem: memory of /dev/shm and System V segments. shmem-rss is the part \
               that the killed process had mapped.",
        not: "Not a full /dev/shm.",
        fix: Fix::Memory,
        setting: "Files in /dev/shm survive the kill: `shmeter ls`.",
        source: "linux mm/oom_kill.c (dump_header, oom_reap_task)",
        example: "[ 1584.086871] java invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), \
                  order=0, oom_score_adj=985",
        ..Entry::REST
    },
    Entry {
        id: "kernel-hwpoison",
        application: "Linux kernel",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["due to hardware memory corruption", "Memory failure: 0x*recovery action"],
        text: "The machine's memory is broken: the kernel took a page away, and a process that \
               used it got SIGBUS.",
        not: "Not a full /dev/shm and not a limit.",
        fix: Fix::Setting,
        setting: "The machine needs another memory module.",
        source: "linux mm/memory-failure.c (kill_proc)",
        example: "Memory failure: 0x4a5b3f: Sending SIGBUS to python3:8123 due to hardware memory \
                  corruption",
        ..Entry::REST
    },
    Entry {
        id: "systemd-oom",
        application: "systemd",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Failed with result 'oom-kill'",
            "of this unit has been killed by the OOM killer",
            "systemd-oomd killed",
        ],
        text: "The OOM killer, or systemd-oomd, ended a process of that unit: its memory limit \
               (MemoryMax), or the machine's memory. What the unit keeps in /dev/shm counts.",
        not: "Not a full /dev/shm.",
        fix: Fix::Memory,
        setting: "systemctl show -p MemoryMax,MemoryPeak UNIT.",
        source: "systemd src/core/unit.c",
        example: "postgresql.service: A process of this unit has been killed by the OOM killer.",
        ..Entry::REST
    },
    Entry {
        id: "slurm-oom",
        application: "Slurm",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "slurmstepd*oom-kill event",
            "slurmstepd*oom_kill event",
            "Exceeded job memory limit",
            "Exceeded step memory limit",
            "srun: error:*Out Of Memory",
            "due to cgroup out-of-memory handler",
        ],
        text: "The job reached its memory limit, and the kernel killed a process of it. Files \
               that the job made in /dev/shm count against that limit.",
        not: "Not a full /dev/shm: that is a bus error or \"No space left on device\".",
        fix: Fix::Memory,
        setting: "sbatch --mem or --mem-per-cpu. Files that a job left in /dev/shm are removed by \
                  nobody unless the cluster does so: `shmeter ls`.",
        source: "slurm src/plugins/task/cgroup/task_cgroup_memory.c",
        example: "slurmstepd: error: Detected 1 oom_kill event in StepId=6767023.0. Some of the \
                  step tasks have been OOM Killed.",
        ..Entry::REST
    },
    Entry {
        id: "selinux-denied",
        application: "SELinux, AppArmor",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "avc:*denied*tmpfs*shm",
            "avc:*denied*/dev/shm",
            "apparmor=\"DENIED\"*/dev/shm",
            "DENIED*file_*/dev/shm*denied_mask",
        ],
        text: "The security module denied access to a file in /dev/shm.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "SELinux: the volume's label (:z, :Z). AppArmor: a rule for /dev/shm in the profile that the \
                  line names; a snap (profile=\"snap.NAME\") needs `shared-memory` with private: true in \
                  its plugs, or files of the form /dev/shm/snap.NAME.*.",
        source: "https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label",
        example: "audit: type=1400 audit(1612345678.123:99): apparmor=\"DENIED\" \
                  operation=\"open\" profile=\"snap.x\" name=\"/dev/shm/sem.kq9Xw\" pid=1",
        ..Entry::REST
    },
    Entry {
        id: "apparmor-complain",
        application: "AppArmor",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["apparmor=\"ALLOWED\"*/dev/shm", "ALLOWED*file_*/dev/shm*requested_mask"],
        text: "The profile is in complain mode and has no rule for this file in /dev/shm: AppArmor writes it down \
               and lets the program go on. Nothing was refused.",
        not: "Not why something failed, and not a size.",
        fix: Fix::Setting,
        setting: "Before the profile is enforced, a rule in it, such as `owner /dev/shm/** rw,`.",
        source: "apparmor.d pkg/logs (aa-log), https://github.com/roddhjav/apparmor.d/issues/913",
        example: "ALLOWED steam file_inherit owner /dev/shm/u1000-Shm_9f comm=steam requested_mask=rw denied_mask=rw",
        ..Entry::REST
    },
    Entry {
        id: "selinux-tmpfs",
        application: "SELinux",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &["avc:*denied*{*}*dev=\"tmpfs\""],
        unless: &["shm"],
        text: "SELinux denied access to a file on a tmpfs: /dev/shm, /run, /tmp or another one. \
               name= and path= in the line tell which.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "The volume's label (:z, :Z), or container-selinux; ausearch -m avc shows the \
                  path.",
        source: "https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label",
        example: "type=AVC msg=audit(1612345678.123:99): avc:  denied  { write } for  pid=77 \
                  comm=\"app\" name=\"sock\" dev=\"tmpfs\" ino=33",
        ..Entry::REST
    },
    Entry {
        id: "systemd-dev-shm-mount",
        application: "systemd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Cannot create mount unit for API file system"],
        text: "systemd mounts this one itself, and takes no mount unit for it.",
        not: "Nothing is full or missing.",
        fix: Fix::Setting,
        setting: "In /etc/fstab: tmpfs /dev/shm tmpfs defaults,size=1g 0 0, then mount -o remount /dev/shm.",
        source: "systemd src/core/mount.c (mount_is_extrinsic, mount_point_is_api)",
        example: "dev-shm.mount: Cannot create mount unit for API file system /dev/shm",
        ..Entry::REST
    },
    Entry {
        id: "hugetlbfs-option",
        application: "Linux kernel",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "hugetlbfs: Bad mount option",
            "hugetlbfs: Unsupported page size",
            "hugetlbfs: Bad value",
        ],
        text: "A hugetlbfs was mounted with an option that the kernel does not know, or a page size that the machine \
               does not have: pagesize=2M.",
        not: "Not too few huge pages.",
        fix: Fix::Setting,
        setting: "The option of whoever mounts it (a kubelet: a newer one).",
        source: "linux fs/hugetlbfs/inode.c",
        example: "hugetlbfs: Bad mount option: \"pageSize=2Mi\"",
        ..Entry::REST
    },
    Entry {
        id: "kernel-bad-page-map",
        application: "Linux",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["BUG: Bad page map in process", "BUG: Bad page state in process"],
        text: "The kernel found a page mapped as it must not be: a fault of the kernel or of a module that maps memory (the line \
               with mmap: names whose), or broken RAM.",
        not: "No limit, no size, and nothing that a container can set.",
        fix: Fix::Setting,
        setting: "A newer kernel or module; without such a module test the RAM (memtest86+).",
        source: "linux mm/memory.c (print_bad_pte), https://github.com/nutanix/libvfio-user/issues/29",
        example: "BUG: Bad page map in process gpio-pci-idio-1  pte:80000001bcea0027 pmd:22f4c4067",
        ..Entry::REST
    },
];
