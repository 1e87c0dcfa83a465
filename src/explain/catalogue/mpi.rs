//! Open MPI, PMIx.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const OPEN_MPI: Entry = Entry { application: "Open MPI", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "openmpi-backing-file",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "It appears as if there is not enough space for /dev/shm",
            "/dev/shm/*the shared-memory backing",
        ],
        text: "Open MPI looked at the free space of /dev/shm before it made a segment, and it is \
               too little. The lines \"Space Requested\" and \"Space Available\" below it tell \
               both.",
        not: "Not memory.",
        fix: Fix::ShmSize,
        setting: "--mca btl ^sm (or ^vader) does without, and is slower.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt",
        example: "It appears as if there is not enough space for \
                  /dev/shm/sm_segment.c8f6b1.1000.5a2c0001.0 (the shared-memory backing",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-backing-disk",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "It appears as if there is not enough space for /",
            "/ompi.*the shared-memory backing",
        ],
        unless: &["/dev/shm"],
        text: "Open MPI keeps the file of a shared segment in its session folder, at the path that \
               the message names, and the file system of that path has too little free space. The \
               lines \"Space Requested\" and \"Space Available\" below it tell both.",
        not: "Not the size of /dev/shm, and not memory.",
        fix: Fix::Disk,
        setting: "TMPDIR, or --mca orte_tmpdir_base (5.0: --prtemca prte_tmpdir_base), on a file \
                  system with room; --mca shmem posix uses /dev/shm instead.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt, shmem_mmap_module.c",
        example: "It appears as if there is not enough space for \
                  /tmp/ompi.node7.2041/pid.311/1/vader_segment.node7.5a2c0001.3 (the \
                  shared-memory backing",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-backing-cut",
        patterns: &["It appears as if there is not enough space for", "the shared-memory backing"],
        unless: &["not enough space for /", "/dev/shm/", "/ompi."],
        text: "Open MPI looked at the free space for the file of a shared segment, and it is too \
               little. The path, in the next line or the one before, tells where: /dev/shm, or its \
               session folder in /tmp, which is a disk as a rule.",
        not: "Not memory.",
        setting: "df of that path.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt",
        example: "[c12:07311] It appears as if there is not enough space for",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-sharedfp",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "mca_sharedfp_sm_file_open: Error, unable to open file for mmap",
            "mca_sharedfp_sm_file_open: Error, unable to",
            "mca_sharedfp_sm*Error",
        ],
        text: "The component of MPI-IO that keeps a shared file pointer in a file of the session \
               folder could not make, map or open it: the folder (in /tmp, or TMPDIR) is missing, \
               full, not writable, not the same for all ranks, or the name is too long (a \
               semaphore on macOS).",
        not: "Not the size of /dev/shm: the file is a few bytes large.",
        fix: Fix::Setting,
        setting: "--mca sharedfp ^sm (lockedfile or individual do it), or TMPDIR on a file system \
                  of the node.",
        source: "ompi ompi/mca/sharedfp/sm/sharedfp_sm_file_open.c, \
                 https://github.com/open-mpi/ompi/issues/980",
        example: "[n41:28280] mca_sharedfp_sm_file_open: Error, unable to open file for mmap: \
                  /tmp/ompi.n41.17674/jf.0/4086174241/out_10.h5_cid-5-28280.sm",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-requested-elsewhere",
        patterns: &["Space Requested:*B"],
        text: "What Open MPI asked for at a path that the lines before it name: its session folder \
               in /tmp, which is a disk as a rule, or /dev/shm.",
        not: "Not memory.",
        setting: "df of that path.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt",
        example: "  Space Requested: 4194312 B",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-requested",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Space Requested:*B"],
        after: &["space for /dev/shm", "/dev/shm/*the shared-memory backing"],
        text: "What Open MPI asked for in /dev/shm.",
        not: "Not memory.",
        fix: Fix::ShmSize,
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt",
        example: "not enough space for /dev/shm/sm_segment.c8f6b1.0 Space Requested: 16777216 B",
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
        id: "openmpi-system-call",
        patterns: &["A system call failed during shared memory init"],
        text: "Open MPI could not make, map or remove a file of shared memory; the lines \"System \
               call:\" and \"Error:\" below it tell which call, which file and why. unlink with \
               \"No such file\" is harmless.",
        not: "It names no limit by itself.",
        setting: "Read the next lines: \"No space left\" is the file system of the path, \
                  \"Permission denied\" a leftover of another user.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt, \
                 https://github.com/open-mpi/ompi/issues/7393",
        example: "1: A system call failed during shared memory initialization that should",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-open",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "System call: open(2)",
            "System call: shm_open(2)",
            "System call: mmap(2)",
            "System call: ftruncate(2)",
        ],
        text: "A file of shared memory, in /dev/shm or in the session folder below TMPDIR, could \
               not be made or mapped; \"Error:\" in the next line tells why. \"Permission denied\" \
               and \"File exists\": a job that was killed, of another user, left one of that name. \
               \"No space left\": that file system is full.",
        not: "Not memory.",
        fix: Fix::Permission,
        setting: "Remove leftovers (/dev/shm/vader_segment.*, sm_segment.*) while nothing runs; \
                  `shmeter ls` shows them.",
        source: "ompi opal/mca/shmem/mmap/help-opal-shmem-mmap.txt, \
                 https://github.com/open-mpi/ompi/issues/7308",
        example: "System call: open(2) /dev/shm/vader_segment.savbu-usnic-a.58f00001.1",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-unlink",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["System call: unlink(2)"],
        unless: &["{EPERM or 1}", "{EACCES or 13}"],
        text: "A file of shared memory could not be removed. The line \"Error:\" below it tells why. \"No \
               such file\": it was gone already; the result is right, the message a fault of Open MPI 3 \
               and 4. \"Operation not permitted\": it is another user's, and /dev/shm is a sticky folder: \
               a rank that changed its user, or an earlier job's.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "The same user from start to end; its owner or root removes what is left. TMPDIR=/tmp (a \
                  short path, macOS), or a newer version, for the first.",
        source: "https://github.com/open-mpi/ompi/issues/6518, \
                 https://github.com/open-mpi/ompi/issues/7393",
        example: "System call: unlink(2) /dev/shm/osc_rdma.guppy01.fd690001.4",
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
        setting: "If /dev/shm has room: Open MPI before 3.1 keeps them in its session folder (df $TMPDIR /tmp; TMPDIR=/dev/shm, or \
                  --mca orte_tmpdir_base DIR). --mca btl ^sm (or ^vader) does without, and is slower.",
        source: "ompi opal/util/stacktrace.c, https://github.com/ofiwg/libfabric/issues/9422",
        example: "[fd7fd1d78666:03983] Signal code: Non-existant physical address (2)",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-cma-missing",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Read -1, expected*errno = 38",
            "CMA read -1, expected*errno = 38",
            "CMA wrote -1, expected*errno = 38",
        ],
        text: "process_vm_readv is not there (errno 38 is ENOSYS): the kernel was built without \
               CONFIG_CROSS_MEMORY_ATTACH, or a sandbox or filter says so (WSL 1, gVisor).",
        not: "Not the size of /dev/shm, and no missing right: SYS_PTRACE does not help.",
        fix: Fix::Setting,
        setting: "OMPI_MCA_btl_vader_single_copy_mechanism=none (5.0: OMPI_MCA_smsc=^cma).",
        source: "ompi opal/mca/btl/vader/btl_vader_get.c, process_vm_readv(2), \
                 https://github.com/horovod/horovod/issues/566",
        example: "[gcrgpu1172:04092] Read -1, expected 102400, errno = 38",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-cma",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Read -1, expected*errno =",
            "CMA read -1, expected",
            "CMA wrote -1, expected",
            "CMA support is not available due to restrictive ptrace",
        ],
        unless: &["errno = 38"],
        text: "process_vm_readv was refused (errno 1 is EPERM: another user, yama, or Docker's \
               seccomp profile, which older versions have): a rank may not read another one's memory.",
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
        id: "pmix-gds-shmem",
        application: "PMIx (Open MPI, Slurm)",
        patterns: &[
            "PMIX ERROR: NO-MEM in file gds_shmem",
            "PMIX ERROR*in file gds_shmem",
            "PMIX ERROR: NO-MEM in file",
        ],
        text: "PMIx could not map its store of job data at the address it wanted, or its session \
               folder (TMPDIR, /tmp) is full.",
        not: "Not a lack of memory as such, although it says so.",
        setting: "PMIX_MCA_gds=hash does without; df of the session folder tells whether it was \
                  full.",
        source: "https://github.com/openpmix/openpmix/issues/3032",
        example: "[compute-dy-nodes-1:22845] PMIX ERROR: NO-MEM in file gds_shmem.c at line 1909",
        ..Entry::REST
    },
    Entry {
        id: "openmpi-completion-queue",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Failed to create a completion queue (CQ)", "Error: *{ENOMEM}"],
        after: &["Failed to create a completion queue (CQ)"],
        text: "A queue of the network card takes locked memory, and the limit on it (ulimit -l, \
               RLIMIT_MEMLOCK) is reached: \"Error: Cannot allocate memory\" in the lines below says so.",
        not: "Not a lack of memory, no limit of the container on it, and not the size of /dev/shm.",
        fix: Fix::Memlock,
        setting: "On a cluster also for the daemons that start the jobs (slurmd, sshd).",
        source: "https://github.com/open-mpi/ompi/issues/6468, ibv_create_cq(3)",
        example: "Failed to create a completion queue (CQ): Hostname: node423 Requested CQE: 16384 Error: Cannot \
                  allocate memory",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-xpmem-segment",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "Could not generate an xpmem segment id",
            "help-btl-vader.txt / xpmem-make-failed",
        ],
        text: "XPMEM lets ranks read each other's memory, and its device /dev/xpmem is missing here or may not be opened: \
               the kernel module is not loaded, or the container has not got the device. It falls back on another way \
               to copy: a warning only.",
        not: "No failure, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "modprobe xpmem on the host, and docker run --device /dev/xpmem; or without the warning: \
                  --mca btl_vader_single_copy_mechanism cma, or none (5.0: --mca smsc ^xpmem).",
        source: "ompi opal/mca/btl/vader/help-btl-vader.txt, https://github.com/hpc/xpmem/issues/46",
        example: "WARNING: Could not generate an xpmem segment id for this process' address space.",
        ..OPEN_MPI
    },
    Entry {
        id: "openmpi-open-missing",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["Error:*{ENOENT} (errno 2)"],
        after: &["System call: open(2)", "System call: shm_open(2)"],
        instead_of: &["openmpi-open"],
        text: "A file of shared memory was not found: the rank that made it has ended, or the ranks see another /dev/shm or another session \
               folder (TMPDIR), as in containers of their own; or that folder was removed.",
        not: "Not memory, no size, and no leftovers.",
        fix: Fix::SameIpc,
        setting: "Look whether another rank failed first. All ranks of a node in one container, or with one IPC namespace and one TMPDIR.",
        source: "ompi opal/mca/shmem/mmap/shmem_mmap_module.c, https://github.com/horovod/horovod/issues/1381",
        example: "  System call: open(2)\n  Error:       No such file or directory (errno 2)",
        ..OPEN_MPI
    },
];
