//! UCX, libfabric, PSM and locked memory for network cards.

use crate::explain::{CALL, Certainty, Entry, Fix, Meaning};

const UCX: Entry = Entry { application: "UCX", ..Entry::REST };
const LIBFABRIC: Entry = Entry { application: "libfabric", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "ucx-posix-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "Please check that /dev/shm or the directory you specified has more available memory",
        ],
        text: "UCX writes a segment in /dev/shm once before it maps it, and write returned \
               ENOSPC.",
        not: "Not memory, although it says so.",
        fix: Fix::ShmSize,
        setting: "UCX_TLS=^posix uses System V instead.",
        source: "ucx src/uct/sm/mm/posix/mm_posix.c (uct_posix_test_mem)",
        example: "[1475682365.444036] [pod9:11912:0]       mm_posix.c:88   UCX  ERROR Not enough \
                  memory to write total of 4208440835 bytes. Please check that /dev/shm or the \
                  directory you specified has more available memory.",
        ..UCX
    },
    Entry {
        id: "ucx-proc-link",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "UCX*open(file_name=/proc/*/fd/*failed: {ENOENT}",
            "UCX*open(file_name=/proc/*/fd/*failed: {EACCES}",
            "UCX*open(file_name=/proc/*/fd/*failed: {EPERM}",
            "UCX*open in attach*{ENOENT}*/proc/*/fd/",
            "UCX*open in attach*{EACCES}*/proc/*/fd/",
        ],
        text: "UCX opens the segment of another rank by /proc/PID/fd, which needs one PID namespace, and rights over that \
               process. Ranks in containers of their own have neither: each start of Apptainer without setuid makes \
               a user namespace, and Docker a PID namespace.",
        not: "Not a size: the segment is there.",
        fix: Fix::Setting,
        setting: "UCX_POSIX_USE_PROC_LINK=n, which opens it by its name in /dev/shm; or UCX_TLS=sysv,cma,tcp. All ranks of a \
                  node in one container, as apptainer exec --sharens (1.3) or instance start make it, have both.",
        source: "ucx src/uct/sm/mm/posix/mm_posix.c (uct_posix_procfs_open), \
                 https://github.com/openucx/ucx/issues/4224",
        example: "[1665612809.408366] [n71:20358:0]       mm_posix.c:194  UCX  ERROR open(file_name=/proc/20353/fd/18 \
                  flags=0x0) failed: No such file or directory",
        ..UCX
    },
    Entry {
        id: "ucx-shmget-enospc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &["shmget(size=*failed: {ENOSPC}", "shmget(size=*failed: Invalid argument"],
        instead_of: &["errno-12"],
        text: "shmget was refused: with ENOSPC kernel.shmmni segments exist already, or all \
               together would exceed kernel.shmall; with EINVAL one segment exceeds \
               kernel.shmmax.",
        not: "Not the disk and not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "UCX_TLS=^sysv does without. Segments that killed jobs left count: `shmeter ls`, \
                  `ipcs -m`.",
        source: "ucx src/ucs/sys/sys.c (ucs_sysv_shmget_format_error)",
        example: "[1559604268.039990] [HOSTNAME:25458:0]            sys.c:619  UCX  ERROR \
                  shmget(size=4263936 flags=0x7b0) for mm_recv_desc failed: No space left on \
                  device, please check shared memory limits by 'ipcs -l'",
        ..UCX
    },
    Entry {
        id: "ucx-shmget-eperm",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "shmget(size=*failed: Operation not permitted",
            "check for CAP_IPC_LOCK privilege for using SHM_HUGETLB",
        ],
        text: "shmget with huge pages was refused: it needs CAP_IPC_LOCK or the group of \
               vm.hugetlb_shm_group. UCX then takes ordinary pages.",
        not: "Not a limit on System V shared memory, although it points to ipcs.",
        fix: Fix::Setting,
        setting: "UCX_SYSV_HUGETLB_MODE=n.",
        source: "ucx src/ucs/sys/sys.c (ucs_sysv_shmget_error_check_EPERM)",
        example: "sys.c:619  UCX  ERROR shmget(size=1044381696 flags=0xfb0) for uct_test failed: \
                  Operation not permitted, please check shared memory limits by 'ipcs -l'",
        ..UCX
    },
    Entry {
        id: "ucx-bus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "Caught signal 7 (Bus error: nonexistent physical address)",
            "Bus error: nonexistent physical address",
        ],
        text: "A process that uses UCX got SIGBUS: a page of a mapped file could not be \
            allocated, usually one in /dev/shm.",
        not: "Not memory as such. The backtrace below it names the mapping; a truncated file of \
              the program gives the same signal.",
        fix: Fix::ShmSize,
        source: "ucx src/ucs/debug/debug.c, https://github.com/ROCm/rocm-systems/pull/3700",
        example: "[node1:1234 :0:1234] Caught signal 7 (Bus error: nonexistent physical address)",
        ..UCX
    },
    Entry {
        id: "ucx-posix-memory",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "uct_iface_open(posix/memory) failed: Out of memory",
            "using md posix*Out of memory",
            "with mm for*using md posix",
        ],
        text: "UCX could not get its receive buffers in /dev/shm.",
        not: "Not memory, although it says so.",
        fix: Fix::ShmSize,
        setting: "UCX_TLS=^posix uses System V instead.",
        source: "https://github.com/ROCm/rocm-systems/pull/3700",
        example: "ucp_worker.c:1413 UCX  ERROR uct_iface_open(posix/memory) failed: Out of memory",
        ..UCX
    },
    Entry {
        id: "ucx-sysv-memory",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "using md sysv*Out of memory",
            "uct_iface_open(sysv/memory) failed: Out of memory",
        ],
        instead_of: &["errno-12"],
        text: "UCX could not get a System V segment; the line with shmget before it tells which \
               limit.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "UCX_TLS=^sysv does without.",
        source: "https://github.com/openucx/ucx/issues/3668",
        example: "uct_mem.c:155  UCX  ERROR   failed to allocate 134217752 bytes using md sysv \
                  for mm_recv_desc: Out of memory",
        ..UCX
    },
    Entry {
        id: "ucx-memory-pool",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["UCX*Failed to allocate memory pool"],
        instead_of: &["errno-12"],
        names_no_error: true,
        text: "A pool of UCX's buffers got no memory; the lines above it name the call that was refused, and by which limit: a full \
               /dev/shm, System V segments, locked memory or huge pages.",
        not: "It names no limit by itself, although it says \"Out of memory\".",
        setting: "UCX_LOG_LEVEL=info shows the calls.",
        source: "ucx src/ucs/datastruct/mpool.c, https://github.com/NVIDIA/cudf/issues/22233",
        example: "mpool.c:226  UCX  ERROR Failed to allocate memory pool (name=mm_recv_desc) chunk: Out of memory",
        ..UCX
    },
    Entry {
        id: "libfabric-shm-space",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["Not enough available space in /dev/shm"],
        text: "The shm provider looked at the free space of /dev/shm, which has to hold one \
               region for each CPU of the machine, and is not used. Another provider takes its \
               place, or none is left (FI_ENOSPC).",
        not: "Not memory.",
        fix: Fix::ShmSize,
        setting: "FI_PROVIDER=^shm does without.",
        source: "libfabric prov/shm/src/smr_init.c (smr_shm_space_check)",
        example: "libfabric:3120:1700000000::shm:core:smr_shm_space_check():119<warn> Not enough \
                  available space in /dev/shm.",
        ..LIBFABRIC
    },
    Entry {
        id: "libfabric-shm-open",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "smr_*shm_open error",
            "sm2_*shm_open error",
            "libfabric*shm_open error",
            "Failed ftruncate of sm2_mmaps file",
        ],
        unless: &["shm_open error*{ENOSPC}"],
        text: "The shm provider could not open a region in /dev/shm: a killed process left one of \
               that name (errno 17), the other process ended or has another /dev/shm, or there is none (errno 2), \
               or it may not be written to (errno 13).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "Remove the leftovers while nothing runs: `shmeter ls` shows them.",
        source: "libfabric prov/shm/src/smr_util.c, \
                 https://github.com/ofiwg/libfabric/issues/6476",
        example: "libfabric:62787:shm:ep_ctrl:smr_create():164<warn> shm_open error",
        ..LIBFABRIC
    },
    Entry {
        id: "psm-shm",
        application: "PSM, PSM2, PSM3",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "Unable to allocate shared memory for intra-node messaging",
            "Delete stale shared memory files in /dev/shm",
            "Error setting size of shared memory object to",
        ],
        text: "A process got SIGBUS or SIGSEGV when it touched its region in /dev/shm. Either no page was left: \
               killed jobs leave theirs (psm_shm*, psm2_shm*, psm3_shm*). Or another job at the same time uses a \
               file of the same name, as two sruns in one allocation do that have the same key.",
        not: "Not memory.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm while it runs tells which. If it has room: a key of its own for each job \
                  (OMPI_MCA_orte_precondition_transports). `shmeter ls` shows what nobody holds. \
                  With no job of yours there, rm /dev/shm/psm*_shm* removes it. PSM3_DEVICES=self,nic, PSM2_DEVICES=self,hfi \
                  or PSM_DEVICES=self,ipath does without.",
        source: "libfabric prov/psm3/psm3/ptl_am/am_reqrep_shmem.c (amsh_mmap_fault), \
                 https://github.com/open-mpi/ompi/issues/5008",
        example: "node292: Unable to allocate shared memory for intra-node messaging.",
        ..Entry::REST
    },
    Entry {
        id: "psm-remote",
        application: "PSM2, PSM3",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "opening remote shared memory object in shm_open",
            "PSM could not set up shared memory segment",
        ],
        text: "The region of another rank was not found: that rank ended first, or runs in a \
               container with its own /dev/shm.",
        not: "Not the size of /dev/shm.",
        fix: Fix::SameIpc,
        setting: "PSM2_DEVICES=self,hfi (PSM3_DEVICES=self,nic) does without.",
        source: "libfabric prov/psm3/psm3/ptl_am/am_reqrep_shmem.c, \
                 https://github.com/cornelisnetworks/opa-psm2/issues/42",
        example: "Error opening remote shared memory object in shm_open: No such file or \
                  directory (err=9)",
        ..Entry::REST
    },
    Entry {
        id: "ucx-shmget",
        meaning: Meaning::Sysv,
        certainty: Certainty::Ambiguous,
        patterns: &["UCX*shmget(size=*failed", "mm_sysv.c*shmget(size=*failed"],
        unless: &[
            "{ENOSPC}",
            "{EINVAL}",
            "{EPERM}",
            "{EACCES}",
            "{ENOMEM}",
            "{EMFILE}",
            "{ENOSYS}",
            "CAP_IPC_LOCK",
        ],
        text: "shmget was refused, and the line does not say why: kernel.shmmni or shmall is reached, the segment \
               exceeds kernel.shmmax, or there are no huge pages (flags with 0x800 in them, such as 0xfb0, ask for \
               some).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "`ipcs -l` and `ipcs -m -u` show the limits and what is in use. UCX_TLS=^sysv does without; \
                  UCX_SYSV_HUGETLB_MODE=n takes ordinary pages.",
        source: "ucx src/ucs/sys/sys.c (ucs_sysv_alloc), https://github.com/openucx/ucx/issues/5280",
        example: "sys.c:762  UCX  ERROR shmget(size=2097152 flags=0xfb0) for mm_recv_desc failed",
        ..UCX
    },
    Entry {
        id: "ucx-shmget-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["shmget(size=*failed: {EACCES}"],
        text: "UCX asks for a private segment (IPC_PRIVATE), which has no key and no other owner: a sandbox or a \
               security module forbids System V shared memory.",
        not: "Not a leftover, and no limit, although it points to ipcs.",
        fix: Fix::Setting,
        setting: "UCX_TLS=^sysv does without; dmesg | grep -i denied names the module.",
        source: "ucx src/ucs/sys/sys.c (ucs_sysv_alloc)",
        example: "sys.c:619  UCX  ERROR shmget(size=65536 flags=0x7b0) for mm_recv_desc failed: Permission denied, \
                  please check shared memory limits by 'ipcs -l'",
        ..UCX
    },
    Entry {
        id: "ucx-receive-fifo",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["mm_iface failed to allocate receive FIFO"],
        text: "A rank could not get the segment in which others put messages for it: /dev/shm is too small for all ranks of the \
               node; with the transport sysv kernel.shmmni or shmall.",
        not: "Not the memory of GPUs or cards, though a segmentation fault may follow.",
        fix: Fix::ShmSize,
        setting: "UCX_TLS without posix and sysv does without, and is slower.",
        source: "ucx src/uct/sm/mm/base/mm_iface.c, https://github.com/NVIDIA/ai-cloud-validation/issues/643",
        example: "[1690] mm_iface.c:825 UCX ERROR mm_iface failed to allocate receive FIFO",
        ..UCX
    },
    Entry {
        id: "perftest-memory-region",
        application: "perftest (ib_write_bw and others)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Couldn't allocate MR", "failed to create mr"],
        text: "ibv_reg_mr could not register the buffer: RDMA locks it in memory, and the limit on locked memory \
               (RLIMIT_MEMLOCK, ulimit -l) is less.",
        not: "Not the size of /dev/shm, and no lack of memory.",
        fix: Fix::Memlock,
        setting: "With huge pages or GPU memory also: that there are such, and nvidia-peermem.",
        source: "perftest src/perftest_resources.c, ibv_reg_mr(3), https://github.com/zrlio/softiwarp/issues/23",
        example: "Couldn't allocate MR\nfailed to create mr\nFailed to create MR",
        ..Entry::REST
    },
    Entry {
        id: "ibv-reg-mr",
        application: CALL,
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "ibv_reg_mr failed",
            "ibv_reg_mr() failed",
            "ibv_reg_mr*{ENOMEM}",
            "ibv_reg_mr*returned NULL",
        ],
        unless: &["{EINVAL}", "{EFAULT}", "{EOPNOTSUPP}", "{EPERM}", "{EACCES}"],
        text: "ibv_reg_mr locks a buffer in memory, and was refused: as a rule the limit on locked memory (RLIMIT_MEMLOCK, \
               ulimit -l) is less. Where that is unlimited, the device has no room for more regions.",
        not: "Not the size of /dev/shm, and no lack of memory.",
        fix: Fix::Memlock,
        setting: "If an error is named: EINVAL or EFAULT is a buffer that cannot be registered, such as GPU memory without \
                  nvidia-peermem.",
        source: "ibv_reg_mr(3), linux drivers/infiniband/core/umem.c",
        example: "[1] rdma.c:88 ibv_reg_mr failed",
        ..Entry::REST
    },
    Entry {
        id: "ucx-cma-refused",
        application: "UCX",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "process_vm_readv*delivered*{EPERM or 1}",
            "process_vm_writev*delivered*{EPERM or 1}",
            "process_vm_readv*{EPERM or 1}",
            "process_vm_writev*{EPERM or 1}",
        ],
        text: "A process may not read another one's memory (process_vm_readv): Yama's ptrace_scope, a container without \
               SYS_PTRACE, or another user.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "UCX_TLS=^cma does without; or docker run --cap-add=SYS_PTRACE, sysctl kernel.yama.ptrace_scope=0 on the \
                  host. Apptainer with user namespaces: --sharens. Newer UCX tries it first.",
        source: "ucx src/uct/sm/scopy/cma/cma_ep.c, https://github.com/openucx/ucx/issues/3545",
        example: "process_vm_readv delivered 0 instead of 480960, error message Operation not permitted",
        ..Entry::REST
    },
    Entry {
        id: "ucx-no-resources",
        application: "MPICH on UCX",
        patterns: &[
            "ucx function returned with failed status*No resources are available to initiate the operation",
        ],
        text: "UCX found no transport that could be opened, or had no room for it: a small /dev/shm where many ranks share a \
               node (as a rule in containers and pods), System V's limits, or a network device that is missing.",
        not: "It names no cause.",
        setting: "UCX_LOG_LEVEL=info names what failed. With many ranks in a container give /dev/shm more (some MiB a rank); \
                  UCX_TLS=^posix,sysv does without shared memory.",
        source: "mpich src/mpid/ch4/netmod/ucx/ucx_init.c (init_worker), https://github.com/pmodels/mpich/issues/7321",
        example: "init_worker(48)...............:  ucx function returned with failed status(ucx_init.c 48 init_worker No resources \
                  are available to initiate the operation)",
        ..Entry::REST
    },
    Entry {
        id: "mlx5-uar-limit",
        application: "mlx5 (NVIDIA, Mellanox)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["ALLOC_UAR*limits exceeded", "ibv_open_device(mlx5_*) failed: {ENOMEM}"],
        instead_of: &["errno-12"],
        text: "The network card has no more doorbell pages (UAR) for another process: many ranks on the node each open it.",
        not: "No memory, no limit of a process, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "More of them: mlxconfig -d DEVICE set PF_LOG_BAR_SIZE=8 and a restart of the machine; or fewer ranks.",
        source: "linux drivers/net/ethernet/mellanox/mlx5/core/uar.c, https://github.com/openucx/ucx/issues/6049, \
                 https://github.com/open-mpi/ompi/issues/6854",
        example: "mlx5_core 0000:61:00.0: mlx5_cmd_check:795:(pid 53945): ALLOC_UAR(0x802) op_mod(0x0) failed, status limits \
                  exceeded(0x8), syndrome (0x5a7939)",
        ..Entry::REST
    },
    Entry {
        id: "ucx-shmget-crash",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["ucs_sysv_shmget_format_error"],
        instead_of: &["words-unknown", "words-failed"],
        text: "shmget was refused, and UCX (1.8) crashed as it put that into words: the signal is not the cause.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Sysv,
        setting: "UCX_TLS=^sysv does without; ipcs -m shows what killed jobs left. A newer UCX says the error.",
        source: "ucx src/ucs/sys/sys.c, https://github.com/openucx/ucx/issues/4657",
        example: " 5 0x0000000000059f88 ucs_sysv_shmget_format_error()  ucx-v1.8.x/src/ucs/sys/sys.c:702",
        ..UCX
    },
    Entry {
        id: "mlx5-keys",
        application: "Mellanox (mlx5)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["CREATE_MKEY(*limits exceeded"],
        instead_of: &["rdma-locked", "ibv-reg-mr"],
        text: "The network card has no room for more regions of registered memory: too many of them, as of many small buffers that a \
               cache of registrations keeps.",
        not: "Not the limit on locked memory (ulimit -l), and no size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Fewer registrations: UCX_IB_RCACHE_MAX_REGIONS=N, larger buffers, or fewer processes on the node.",
        source: "linux drivers/net/ethernet/mellanox/mlx5/core/cmd.c, https://github.com/openucx/ucx/issues/6264",
        example: "mlx5_core 0000:41:00.0: mlx5_cmd_out_err:800:(pid 4711): CREATE_MKEY(0x200) op_mod(0x0) failed, status limits \
                  exceeded(0x8), syndrome (0x18af6), err(-12)",
        ..Entry::REST
    },
];
