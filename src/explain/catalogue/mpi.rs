//! Open MPI, MPICH, UCX, libfabric and PSM.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const OPEN_MPI: Entry = Entry { application: "Open MPI", ..Entry::REST };
const UCX: Entry = Entry { application: "UCX", ..Entry::REST };
const LIBFABRIC: Entry = Entry { application: "libfabric", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "openmpi-backing-file",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["It appears as if there is not enough space for", "the shared-memory backing"],
        text: "Open MPI looked at the free space of its session folder or /dev/shm before it made \
               a segment, and it is too little. The lines \"Space Requested\" and \"Space \
               Available\" below it tell both; the path tells where.",
        not: "Not memory. If the path lies in /tmp, it is the disk.",
        fix: Fix::ShmSize,
        setting: "--mca btl ^sm (or ^vader) does without, and is slower.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt",
        example: "It appears as if there is not enough space for \
                  /dev/shm/sm_segment.c8f6b1.1000.5a2c0001.0 (the shared-memory backing",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-requested",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Space Requested:*B"],
        text: "What Open MPI asked for in its session folder or /dev/shm.",
        not: "Not memory.",
        fix: Fix::ShmSize,
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt",
        example: "  Space Requested: 16777216 B",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-could-be-created",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["an error occurred while determining whether or not*could be created"],
        text: "Open MPI could not look at the folder of its backing file: it does not exist, may \
               not be written to, or is too small. It goes on without shared memory.",
        not: "Often harmless.",
        fix: Fix::Permission,
        setting: "--mca shmem posix, or TMPDIR on a file system that may be written to.",
        source: "https://github.com/open-mpi/ompi/issues/12784",
        example: "[archlinux:61650] shmem: mmap: an error occurred while determining whether or \
                  not /tmp/ompi.archlinux.1000/jf.0/4292542464/shared_mem_cuda_pool.archlinux \
                  could be created.",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-bus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "Signal code: Non-existant physical address",
            "Signal code: Non-existent physical address",
            "Signal: Bus error (7)",
            "exited on signal 7 (Bus error)",
        ],
        text: "A rank got SIGBUS: a page of a mapped file could not be allocated. In an MPI \
            program that is usually a segment in /dev/shm that did not fit.",
        not: "Not memory as such. A frame in the backtrace that maps a file of its own (HDF5, \
              NetCDF) points to a truncated file instead.",
        fix: Fix::ShmSize,
        setting: "--mca btl ^sm (or ^vader) does without, and is slower.",
        source: "ompi opal/util/stacktrace.c, https://github.com/ofiwg/libfabric/issues/9422",
        example: "[fd7fd1d78666:03983] Signal code: Non-existant physical address (2)",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-cma",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Read -1, expected*errno =", "CMA read -1, expected", "CMA wrote -1, expected"],
        text: "process_vm_readv was refused (errno 1 is EPERM: another user, yama, or Docker's \
               profile before Linux 4.8): a rank may not read another one's memory.",
        not: "Not the size of /dev/shm, and not a read from a file. Results are right: it falls \
              back to copying.",
        fix: Fix::Setting,
        setting: "docker run --cap-add=SYS_PTRACE, or --mca btl_vader_single_copy_mechanism none \
                  (5.0: --mca smsc ^cma).",
        source: "ompi opal/mca/smsc/cma/smsc_cma_module.c",
        example: "[a8c9914754d2:00040] Read -1, expected 131072, errno = 1",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-session-file",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["unable to create shared memory BTL coordinating"],
        text: "A file in Open MPI's session folder, below TMPDIR or /tmp, could not be made: the \
               folder is missing, or its file system is too small. The line before names it.",
        not: "Not /dev/shm, unless TMPDIR is there.",
        fix: Fix::Setting,
        setting: "A TMPDIR that all ranks see, with room for the size in the line.",
        source: "ompi opal/mca/common/sm/common_sm.c, \
                 https://github.com/open-mpi/ompi/issues/12146",
        example: "[mpi012:28580] create_and_attach: unable to create shared memory BTL \
                  coordinating structure :: size 134217728",
        ..OPEN_MPI
    },
    Entry {
        id: "openshmem-segment",
        application: "OpenSHMEM (Open MPI)",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["plugin in the \"sshmem\" framework failed to"],
        text: "The symmetric heap could not be made; \"Specific error\" below it names the call's \
               error. With mmap that is memory, with sysv kernel.shmmax and shmall.",
        not: "It names no limit by itself.",
        setting: "SHMEM_SYMMETRIC_SIZE sets the size.",
        source: "ompi oshmem/mca/sshmem/base/help-oshmem-sshmem.txt",
        example: "The OpenSHMEM \"(mmap)\" plugin in the \"sshmem\" framework failed to allocate \
                  a shared memory segment via the system call.",
        ..Entry::REST
    },
    Entry {
        id: "mpich-bus",
        application: "MPICH",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["EXIT STRING: Bus error (signal 7)"],
        text: "A rank got SIGBUS. MPICH keeps the queues between ranks of a node in /dev/shm \
               (mpich_shm_*) and does not reserve them: a page did not fit.",
        not: "Not memory as such. A truncated file that the program maps gives the same signal.",
        fix: Fix::ShmSize,
        setting: "MPIR_CVAR_NOLOCAL=1 does without, and is slower.",
        source: "https://github.com/pmodels/mpich/issues/4631",
        example: "YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Bus error (signal 7)",
        ..Entry::REST
    },
    Entry {
        id: "mpich-shm",
        application: "MPICH",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "unable to allocate shared memory",
            "unable to attach to shared memory",
            "unable to open shared memory object*(errno ",
            "unable to resize the shared memory object*(errno ",
        ],
        unless: &["shared memory(shm) for file", "</torch_", "for intra-node messaging"],
        text: "A segment for the ranks of a node could not be allocated; the call and its errno \
            stand behind it: 28 (ENOSPC) is a full /dev/shm, shmmni or shmall, 13 (EACCES) a \
            /dev/shm that may not be written to, 12 (ENOMEM) memory.",
        not: "It names no limit by itself.",
        setting: "MPIR_CVAR_NOLOCAL=1 does without, and is slower.",
        source: "mpich src/mpi/errhan/errnames.txt",
        example: "MPID_Init(1516).........:  MPIDU_Init_shm_init(180): unable to allocate shared \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "pmix-dstore",
        application: "PMIx (Open MPI, Slurm)",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "OUT-OF-RESOURCE in file gds_d",
            "OUT-OF-RESOURCE in file dstore_",
            "ERROR in file gds_dstore",
        ],
        text: "PMIx could not make or open its store of job data, files that it maps from its \
               session folder (TMPDIR, /tmp or /dev/shm): the folder is full, may not be written \
               to, or is not the same inside and outside of the container.",
        not: "Not memory.",
        setting: "PMIX_MCA_gds=hash does without; bind the session folder into the container.",
        source: "https://github.com/apptainer/singularity/issues/5195",
        example: "[lxbk0609:07143] PMIX ERROR: OUT-OF-RESOURCE in file gds_dstore.c at line 1017",
        ..Entry::REST
    },
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
        id: "ucx-shmget-enospc",
        meaning: Meaning::Sysv,
        certainty: Certainty::Sure,
        patterns: &["shmget(size=*failed: {ENOSPC}", "shmget(size=*failed: Invalid argument"],
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
        patterns: &["shm_open error", "Failed ftruncate of sm2_mmaps file"],
        unless: &["shm_open error*{ENOSPC}"],
        text: "The shm provider could not open a region in /dev/shm: a killed process left one of \
               that name (errno 17), the other process ended or has another /dev/shm (errno 2), \
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
        application: "PSM2, PSM3",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to allocate shared memory for intra-node messaging",
            "Delete stale shared memory files in /dev/shm",
            "Error setting size of shared memory object to",
        ],
        text: "A process got SIGBUS or SIGSEGV when it touched its region in /dev/shm: no page \
            was left. Killed jobs leave theirs (psm2_shm*, psm3_shm*).",
        not: "Not memory.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what nobody holds. PSM3_DEVICES=self,nic does without.",
        source: "libfabric prov/psm3/psm3/ptl_am/am_reqrep_shmem.c (amsh_mmap_fault)",
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
];
