//! Huge pages: too few, or none given.

use crate::explain::{CALL, Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "dpdk-huge-page-file",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Couldn't get fd on hugepage file", "eal_memalloc*open*hugepages*{EACCES}"],
        text: "A file in hugetlbfs could not be opened or made: the user may not write there, or files of \
               another user (rtemap_*, or *map_0) are left. There may be enough huge pages.",
        not: "Not the number of huge pages, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Run it as root, or give the folder to its user (chown /dev/hugepages, or --huge-dir); \
                  remove the files that an ended process left there.",
        source: "dpdk lib/eal/linux/eal_memalloc.c, https://github.com/spdk/spdk/issues/757",
        example: "EAL: Couldn't get fd on hugepage file",
        ..Entry::REST
    },
    Entry {
        id: "dpdk-huge-page-bus",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["alloc_seg*eal_memalloc.c"],
        instead_of: &["gdb-sigbus", "bus-error"],
        text: "DPDK touches each huge page that it takes, and one was refused: the container's limit on huge pages (hugetlb) or the \
               pool is used up. Mapping it went well, so the process gets SIGBUS.",
        not: "Not the size of /dev/shm, and not the memory limit.",
        fix: Fix::HugePages,
        setting: "In Kubernetes resources.limits: {hugepages-2Mi: ...} for all that it takes (-m, --socket-mem, SPDK -s), or take less.",
        source: "dpdk lib/eal/linux/eal_memalloc.c (alloc_seg), https://github.com/spdk/spdk/issues/597",
        example: "0x00005555555a4211 in alloc_seg (ms=0x20000002e000, addr=0x200000200000, socket_id=0) at \
                  /usr/src/dpdk/lib/librte_eal/linuxapp/eal/eal_memalloc.c:722",
        ..Entry::REST
    },
    Entry {
        id: "spdk-trace-file",
        application: "SPDK",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["could not shm_open spdk_trace"],
        text: "SPDK keeps its trace in a file of /dev/shm, one for each name and number of a process (-i): the line below it tells the \
               error. Permission denied (13): another user's is there, which fs.protected_regular keeps even root from opening.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Remove /dev/shm/*_trace.* of programs that have ended, as their owner or root; or another number: -i ID.",
        source: "spdk lib/trace/trace.c, https://github.com/spdk/spdk/issues/2077, https://github.com/spdk/spdk/issues/2483",
        example: "trace.c: 188:spdk_trace_init: *ERROR*: could not shm_open spdk_trace",
        ..Entry::REST
    },
    Entry {
        id: "dpdk-memory-pool",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Cannot create*mem_pool*12",
            "Cannot create*mempool*12",
            "Cannot create*mbuf pool",
            "Cannot init mbuf pool",
            "Creation of mbuf mempool*failed",
            "malloc_buf spdk_zmalloc() failed",
            "malloc_buf spdk_dma_zmalloc() failed",
        ],
        text: "DPDK could not make a pool of buffers, or SPDK a bdev of memory: too few free huge pages on that NUMA node \
               (ENOMEM, 12). A list of error numbers in brackets is a legend.",
        not: "Not the size of /dev/shm, not a disk, and not ordinary memory.",
        fix: Fix::HugePages,
        setting: "Or fewer and smaller buffers, and -m or --socket-mem (SPDK: -s) as large as what is reserved.",
        source: "dpdk lib/mempool/rte_mempool.c, https://github.com/marty90/DPDK-Dump/issues/2",
        example: "  Cause: Cannot create cluster_mem_pool. Errno: 12 [ENOMEM: 12, ENOSPC: 28]",
        ..Entry::REST
    },
    Entry {
        id: "libvirt-huge-memfd",
        application: "libvirt, KubeVirt",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["hugepages is not supported with memfd memory source"],
        text: "The kernel or QEMU makes no memfd of huge pages: that takes Linux 4.14 or newer.",
        not: "Not the number of huge pages, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "A newer kernel on the host; or no huge pages for that machine.",
        source: "libvirt src/qemu/qemu_validate.c, https://github.com/kubevirt/user-guide/issues/509",
        example: "unsupported configuration: hugepages is not supported with memfd memory source",
        ..Entry::REST
    },
    Entry {
        id: "oracle-huge-pages",
        application: "Oracle Database",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["ORA-27106"],
        text: "use_large_pages is ONLY, and there are too few free huge pages for the SGA, or the limit on \
               locked memory is below it.",
        not: "Not the size of /dev/shm.",
        fix: Fix::HugePages,
        setting: "use_large_pages=TRUE takes what there is; ulimit -l above the SGA.",
        source: "Oracle Database Error Messages, ORA-27106",
        example: "ORA-27106: system pages not available to allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "java-large-pages-commit",
        application: "Java",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Failed to reserve and commit memory using large pages"],
        text: "-XX:+UseLargePages is on, and the system has not so many large pages in one piece (on \
               Windows: memory is fragmented, or the user has no right to lock pages). Java goes on with \
               ordinary pages.",
        not: "Not the size of /dev/shm, and no failure.",
        fix: Fix::HugePages,
        setting: "Or -XX:-UseLargePages.",
        source: "openjdk src/hotspot/os, https://github.com/adoptium/adoptium-support/issues/626",
        example: "OpenJDK 64-Bit Server VM warning: Failed to reserve and commit memory using large pages. \
                  req_addr: 0x0000000080000000 bytes: 2147483648",
        ..Entry::REST
    },
    Entry {
        id: "java-zgc-commit",
        application: "Java (ZGC)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["[gc]*Failed to commit memory", "Forced to lower max Java heap size"],
        text: "ZGC could not get its heap: with -XX:+UseLargePages too few huge pages; else memory, or the \
               tmpfs that -XX:AllocateHeapAt names.",
        not: "Not the size of /dev/shm: as a rule the heap is a memfd, which has none.",
        fix: Fix::HugePages,
        setting: "Huge pages for the whole heap (-Xmx), or -XX:-UseLargePages; and a heap below the memory \
                  limit.",
        source: "openjdk src/hotspot/os/linux/gc/z/zPhysicalMemoryBacking_linux.cpp",
        example: "[0.024s][error][gc] Failed to commit memory (Not enough space)",
        ..Entry::REST
    },
    Entry {
        id: "openj9-page-size",
        application: "Java (OpenJ9)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["JVMJ9GC088I", "JVMJ9GC089I"],
        text: "Huge pages were asked for (-Xlp), and are not there, or may not be used: too few of them, \
               ulimit -l, kernel.shmmax, or a group that vm.hugetlb_shm_group does not name. Java goes on \
               with the page size that the message names.",
        not: "Not the size of /dev/shm, and no failure.",
        fix: Fix::HugePages,
        setting: "vm.hugetlb_shm_group with the user's group, ulimit -l and kernel.shmmax above the heap.",
        source: "openj9 runtime/nls/j9gc/j9gc.nls, https://github.com/eclipse-openj9/openj9/issues/2289",
        example: "JVMJ9GC088I Requested objectheap page size 2M could not be satisfied; using 4K instead",
        ..Entry::REST
    },
    Entry {
        id: "miner-huge-pages",
        application: "miners (XMRig, cpuminer)",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["failed to allocate RandomX dataset using", "Huge Pages allocation failed"],
        text: "There are too few huge pages of that size. The program goes on without, and is slower.",
        not: "Not the size of /dev/shm.",
        fix: Fix::HugePages,
        source: "https://xmrig.com/docs/miner/hugepages",
        example: "[2019-12-13 11:31:17.975]  **rx   failed to allocate RandomX dataset using 1GB pages**",
        ..Entry::REST
    },
    Entry {
        id: "huge-pages-enomem",
        application: CALL,
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "huge page*{ENOMEM or 12}",
            "hugepage*{ENOMEM or 12}",
            "huge_page*{ENOMEM or 12}",
            "hugetlb*{ENOMEM or 12}",
            "HugeTLB*{ENOMEM or 12}",
            "{ENOMEM}*hugepage",
            "{ENOMEM}*huge page",
        ],
        text: "Huge pages were asked for, and too few are free: none are reserved, others use them (free less \
               those that are promised, HugePages_Free and HugePages_Rsvd in /proc/meminfo), or the container's \
               hugetlb limit gives it none.",
        not: "Not the memory limit, and not the size of /dev/shm.",
        fix: Fix::HugePages,
        source: "mmap(2) (MAP_HUGETLB), linux mm/hugetlb.c (hugetlb_acct_memory)",
        example: "error mmap'ing hugepage /mnt/huge/pfring_zc_98: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "dpdk-ethdev-shared",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Cannot allocate ethdev shared data", "Cannot lookup ethdev shared data"],
        text: "DPDK keeps the table of its ports in huge pages, and could not reserve it: no huge page is free on \
               the NUMA node of its main core (newer versions take any node), or set_mempolicy was refused in the \
               container. A secondary process says so where the primary one does not run or has another \
               --file-prefix.",
        not: "Not the size of /dev/shm, and not the network card.",
        fix: Fix::HugePages,
        setting: "Of one node: echo NUMBER > /sys/devices/system/node/nodeN/hugepages/hugepages-2048kB/nr_hugepages. \
                  Remove rtemap_* that ended processes left in /dev/hugepages.",
        source: "dpdk lib/ethdev/ethdev_private.c (eth_dev_shared_data_prepare), \
                 https://github.com/sdnfv/openNetVM/issues/162",
        example: "ETHDEV: Cannot allocate ethdev shared data",
        ..Entry::REST
    },
    Entry {
        id: "libvirt-hugetlbfs",
        application: "libvirt",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Unable to find any usable hugetlbfs mount",
            "hugetlbfs filesystem is not mounted",
        ],
        text: "The guest is to have huge pages, and libvirt found no hugetlbfs of that page size mounted when it started.",
        not: "Not /dev/shm.",
        fix: Fix::HugePages,
        setting: "Mount one (systemctl start dev-hugepages.mount, or mount -t hugetlbfs -o pagesize=1G none /dev/hugepages1G), name it in \
                  hugetlbfs_mount of /etc/libvirt/qemu.conf, and restart libvirtd.",
        source: "libvirt src/qemu/qemu_conf.c, src/util/virfile.c",
        example: "error: internal error: Unable to find any usable hugetlbfs mount for 1048576 KiB",
        ..Entry::REST
    },
];
