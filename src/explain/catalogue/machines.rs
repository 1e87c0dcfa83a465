//! QEMU, libvirt, Android, DPDK.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "qemu-backing-store",
        application: "QEMU",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "unable to map backing store for guest RAM",
            "os_mem_prealloc: Insufficient free host memory",
            "preallocate memory: Bad address",
        ],
        text: "The file of the guest's memory could not be mapped or filled: too few huge pages \
               where it lies in /dev/hugepages, a full /dev/shm where it lies there, or memory.",
        not: "Which one, mem-path on its command line tells (memoryBacking in libvirt), not the line itself.",
        fix: Fix::HugePages,
        source: "qemu system/physmem.c (file_ram_alloc)",
        example: "qemu-system-ppc64: unable to map backing store for guest RAM: Cannot allocate \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "firecracker-memory",
        application: "Firecracker",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "VmFd(Error(12))",
            "Cannot create VMM*Error(12)",
            "Cannot create VMM*(os error 12)",
        ],
        text: "The kernel had no memory for a virtual machine (KVM_CREATE_VM, ENOMEM): the host's memory is used up, or \
               the limit of its cgroup.",
        not: "Not shared memory, and not the size of /dev/shm.",
        fix: Fix::Memory,
        source: "https://github.com/firecracker-microvm/firecracker/issues/835",
        example: "Cannot create VMM.: Vm(VmFd(Error(12)))",
        ..Entry::REST
    },
    Entry {
        id: "vhost-user-not-shared",
        application: "Cloud Hypervisor",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["VhostUserMemoryRegion(NoMemoryRegion)"],
        text: "A vhost-user device needs the guest's memory shared with the program behind it, and it is private.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "--memory size=1G,shared=on, or hugepages=on.",
        source: "https://github.com/cloud-hypervisor/cloud-hypervisor/issues/848",
        example: "Failed to activate device: VhostUserSetup(VhostUserMemoryRegion(NoMemoryRegion))",
        ..Entry::REST
    },
    Entry {
        id: "qemu-guest-memory",
        application: "QEMU",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["cannot set up guest memory*{ENOMEM}"],
        text: "mmap of the guest's memory was refused: more than strict overcommit, ulimit -v or \
               the machine (less than the guest is to have) allows.",
        not: "Not the size of /dev/shm: this memory has no file.",
        fix: Fix::Setting,
        setting: "A smaller -m, or a machine with more memory.",
        source: "qemu system/physmem.c (ram_block_add)",
        example: "qemu-system-aarch64: cannot set up guest memory 'mach-virt.ram': Cannot \
                  allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "qemu-kvm-fault",
        application: "QEMU",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["kvm run failed Bad address"],
        text: "The kernel could not get a page of the guest's memory. Where it lies in /dev/shm \
               (memory-backend-file, as virtiofs and Kata have it) the host's /dev/shm is full; \
               with huge pages there were none left.",
        not: "Not the guest, and it names no cause.",
        setting: "df /dev/shm on the host; mount -o remount,size=90% /dev/shm there.",
        source: "qemu accel/kvm/kvm-all.c, https://github.com/zTrix/qemu-compose/pull/26",
        example: "error: kvm run failed Bad address",
        ..Entry::REST
    },
    Entry {
        id: "libvirt-shared-memory",
        application: "libvirt",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "virtiofs requires shared memory",
            "'virtiofs' requires shared memory",
            "vhost-user*requires shared memory",
        ],
        text: "The virtual machine's memory is not shared with its file server: its definition has \
               to say so.",
        not: "Not /dev/shm of a container, and not a size.",
        fix: Fix::Setting,
        setting: "In the domain: <memoryBacking><source type='memfd'/><access \
                  mode='shared'/></memoryBacking>.",
        source: "https://libvirt.org/kbase/virtiofs.html, \
                 https://github.com/vagrant-libvirt/vagrant-libvirt/issues/1460",
        example: "Call to virDomainAttachDeviceFlags failed: unsupported configuration: 'virtiofs' \
                  requires shared memory",
        ..Entry::REST
    },
    Entry {
        id: "virtiofsd-memory",
        application: "virtiofsd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "Waiting for daemon failed: HandleRequest(InvalidParam)",
            "QueueWriter(FindMemoryRegion)",
        ],
        text: "QEMU was started without memory that it shares with virtiofsd, or got some later that it does not share (a \
               memory-backend-ram that was plugged in).",
        not: "Not a size of /dev/shm.",
        fix: Fix::Setting,
        setting: "qemu -object memory-backend-memfd,id=mem,size=8G,share=on -machine memory-backend=mem; share=on for what is plugged \
                  in too.",
        source: "https://github.com/virtio-win/kvm-guest-drivers-windows/issues/875",
        example: "[2023-08-02T19:33:01Z ERROR virtiofsd] Waiting for daemon failed: \
                  HandleRequest(InvalidParam)",
        ..Entry::REST
    },
    Entry {
        id: "android-ashmem",
        application: "Android in a container (redroid, Waydroid, Anbox)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Unable to open ashmem device", "ashmem*No such file or directory"],
        text: "The kernel has no ashmem, Android's shared memory of old (removed in Linux 5.18), \
               and this Android still wants it.",
        not: "Not /dev/shm, and not a size.",
        fix: Fix::Setting,
        setting: "androidboot.use_memfd=1, with an Android that knows it (11 and later); else a \
                  kernel with the module.",
        source: "https://github.com/remote-android/redroid-doc/issues/189",
        example: "07-09 15:02:23.227 46134 46289 E ashmem  : Unable to open ashmem device \
                  /dev/ashmem83abc979-9bf2-4f50-a03a-0d97748ffbb3 (error = No such file or \
                  directory)",
        ..Entry::REST
    },
    Entry {
        id: "dpdk-huge-pages",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "EAL: Not enough memory available on socket",
            "EAL: FATAL: Cannot get hugepage information",
            "EAL: Cannot get hugepage information",
            "EAL: FATAL: Cannot init memory",
            "EAL: Cannot init memory",
            "EAL:*No free*hugepages reported",
            "EAL:*No available*hugepages reported",
            "not enough free huge pages",
            "Could not allocate packet MBuf pools",
            // mtcp mtcp/src/memory_mgt.c (MPCreate)
            "MPCreate*Can't allocate memory for mempool",
        ],
        text: "DPDK takes its memory from huge pages: there are too few free (other processes, or \
               rtemap_* files that an ended one left in /dev/hugepages), the container's hugetlb limit \
               gives it none, or no hugetlbfs is mounted there. \"No free ... \
               reported\" and \"No available ... reported\" name one size and are harmless if another one has some.",
        not: "Not the size of /dev/shm, and not ordinary memory.",
        fix: Fix::HugePages,
        setting: "vm.nr_hugepages on the host, and -v /dev/hugepages:/dev/hugepages; --no-huge for \
                  a test.",
        source: "dpdk lib/eal/linux/eal_hugepage_info.c, \
                 https://github.com/omec-project/ngic-rtc/issues/94",
        example: "EAL: Not enough memory available on socket 0! Requested: 4096MB, available: 32MB",
        ..Entry::REST
    },
    Entry {
        id: "dpdk-address",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::Memory,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "EAL: Cannot get a virtual area",
            "EAL: Could not map memory from primary process",
            "sync_existing(): Cannot open '/dev/hugepages",
        ],
        text: "DPDK could not map its memory. \"Cannot get a virtual area\": address space (ulimit \
               -v, 32 bits, strict overcommit). \"from primary process\" and \"/dev/hugepages\": \
               this container has not the primary's /dev/hugepages and /var/run/dpdk, or address \
               randomisation moved things.",
        not: "Not the size of /dev/shm.",
        setting: "-v /dev/hugepages:/dev/hugepages -v /var/run/dpdk:/var/run/dpdk for both; \
                  --legacy-mem or less --socket-mem for the first.",
        source: "dpdk lib/eal/common/eal_common_memory.c, \
                 https://github.com/spdk/spdk/issues/1343, \
                 https://github.com/sdnfv/openNetVM/issues/274",
        example: "EAL: Cannot get a virtual area: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "ivshmem-file",
        application: "Looking Glass, Scream (IVSHMEM)",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "shared memory file: /dev/uio",
            "shared memory device: /dev/",
            "shared memory file: /dev/shm/",
            "/dev/shm/looking-glass*denied",
            "/dev/kvmfr",
            "/dev/shm/scream*denied",
        ],
        text: "Memory that is shared with a virtual machine could not be opened or mapped: the \
               file is libvirt's (its owner is qemu's user), is made anew at each start of the \
               machine, or the size is not the one of its definition.",
        not: "Not a full /dev/shm.",
        fix: Fix::Permission,
        setting: "The owner by systemd-tmpfiles (f /dev/shm/looking-glass 0660 USER kvm -), and \
                  the same size on both sides.",
        source: "https://looking-glass.io/docs/stable/ivshmem_shm/, \
                 https://github.com/duncanthrax/scream/issues/112",
        example: "Failed to map the shared memory file: /dev/uio1",
        ..Entry::REST
    },
    Entry {
        id: "dpdk-hugetlbfs",
        application: "DPDK, SPDK, VPP",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["but no mounted hugetlbfs found for that size"],
        text: "There are huge pages, but no hugetlbfs is mounted where the program runs: a container has \
               none unless it is given one.",
        not: "Not the number of huge pages, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "docker run -v /dev/hugepages:/dev/hugepages ...; in Kubernetes an emptyDir with medium: \
                  HugePages, and hugepages-2Mi in the limits. On a machine: mount -t hugetlbfs none \
                  /dev/hugepages.",
        source: "dpdk lib/eal/linux/eal_hugepage_info.c (hugepage_info_init)",
        example: "EAL: 8 hugepages of size 2097152 reserved, but no mounted hugetlbfs found for that size",
        ..Entry::REST
    },
    Entry {
        id: "looking-glass-file",
        application: "Looking Glass",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["ivshmemOpenDev*Failed to open: /dev/shm/"],
        text: "The client may not open the file that QEMU made in /dev/shm, or it is not there; the next line \
               says which. It belongs to QEMU's user, and a security module may guard it.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "A line in /etc/tmpfiles.d that makes it for your user and the group kvm: f /dev/shm/looking-glass \
                  0660 USER kvm -; SELinux and AppArmor have to allow it to QEMU.",
        source: "https://github.com/T-vK/MobilePassThrough/issues/16, https://looking-glass.io/docs",
        example: "    77258811 [E]            ivshmem.c:172  | ivshmemOpenDev                 | Failed to open: \
                  /dev/shm/looking-glass",
        ..Entry::REST
    },
    Entry {
        id: "looking-glass-frame",
        application: "Looking Glass",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Maximum frame size of*maximum space available"],
        text: "The device of shared memory (ivshmem) of the virtual machine is too small for the resolution of its \
               screen.",
        not: "Not the size of /dev/shm on the host.",
        fix: Fix::Setting,
        setting: "A larger size (64M, 128M) of the ivshmem device in the definition of the machine, and its file \
                  in /dev/shm made anew.",
        source: "https://github.com/gnif/LookingGlass/issues/547",
        example: "  3448328331 [E]                app.c:272  | captureStart                   | Maximum frame size of \
                  14745600 bytes excceds maximum space available",
        ..Entry::REST
    },
    Entry {
        id: "android-ashmem-region",
        application: "Android apps",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["ashmem_create_region failed"],
        text: "An app could not make a region of ashmem, as for a large picture: it has too many open files, or \
               too much memory already.",
        not: "Not /dev/shm: Android has none.",
        fix: Fix::Setting,
        setting: "A fault of the app as a rule: pictures or cursors that it does not close.",
        source: "https://github.com/visnkmr/backgroundappslist/issues/742",
        example: "java.lang.RuntimeException: ashmem_create_region failed",
        ..Entry::REST
    },
    Entry {
        id: "libvirt-memlock",
        application: "libvirt, KubeVirt",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["cannot limit locked memory of process*to*{EPERM}"],
        text: "libvirt has to raise the limit on locked memory (RLIMIT_MEMLOCK) of QEMU, for devices that are passed through (VFIO), \
               and may not: it has no CAP_SYS_RESOURCE, and the hard limit is lower.",
        not: "Not the size of /dev/shm, and no lack of memory.",
        fix: Fix::Memlock,
        setting: "Of libvirtd on a machine: LimitMEMLOCK=infinity in its unit. In KubeVirt a version that sets it for the launcher \
                  (https://github.com/kubevirt/kubevirt/pull/17857), or fewer devices with a vIOMMU.",
        source: "libvirt src/util/virprocess.c, https://github.com/kubevirt/kubevirt/issues/17805",
        example: "internal error: cannot limit locked memory of process 111 to 18253611008: Operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "qemu-backend-missing",
        application: "QEMU, libvirt",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Memory backend '*' not found"],
        text: "The guest's memory was not made as its definition says: libvirt's <hugepages><page size=...> names a size of page that the \
               host does not have, or the memory's size is no multiple of it.",
        not: "Not too few huge pages, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "A size that virsh freepages --all lists (2048 or 1048576 KiB), or <hugepages/> without <page>.",
        source: "qemu system/vl.c (qemu_resolve_machine_memdev), https://github.com/karmab/kcli/issues/707",
        example: "qemu-kvm: Memory backend 'pc.ram' not found",
        ..Entry::REST
    },
];
