//! MPICH, Intel MPI.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "mpich-unlink",
        application: "MPICH 3",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "MPIU_SHMW_Seg_detach(*unable to remove shared memory",
            "unable to remove shared memory - unlink",
        ],
        text: "Two ranks that sent each other large messages at the same time both removed the segment of that exchange: \
               the second one finds no file.",
        not: "Nothing is full, and no limit is reached.",
        fix: Fix::Setting,
        setting: "A newer MPICH (4, with ch4); MPIR_CVAR_NOLOCAL=1 does without shared memory, and is slower.",
        source: "mpich src/util/wrappers/mpiu_shm_wrappers.h (MPIU_SHMW_Seg_detach), \
                 https://github.com/pmodels/mpich/issues/529",
        example: "MPIU_SHMW_Seg_detach(736).............: unable to remove shared memory - unlink No such file or directory",
        ..Entry::REST
    },
    Entry {
        id: "mpich-bus",
        application: "MPICH",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "EXIT STRING: Bus error (signal 7)",
            "KILLED BY SIGNAL: 7 (Bus error)",
            // The frame of a debugger below its line about the signal.
            "in MPIDI_POSIX_eager_init",
            " MPIDI_POSIX_eager_init (",
        ],
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
        id: "hydra-killed",
        application: "MPICH, Intel MPI",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["EXIT STRING: Killed (signal 9)", "KILLED BY SIGNAL: 9 (Killed)"],
        text: "A rank was killed, as a rule by the OOM killer: the job's or the machine's memory.",
        not: "Not the size of /dev/shm: that is signal 7.",
        fix: Fix::Memory,
        source: "mpich src/pm/hydra",
        example: "=   KILLED BY SIGNAL: 9 (Killed)",
        ..Entry::REST
    },
    Entry {
        id: "mpich-shm",
        application: "MPICH",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "MPI*unable to allocate shared memory",
            "MPI*unable to attach to shared memory",
            "MPI*unable to open shared memory object*(errno ",
            "MPI*unable to resize the shared memory object*(errno ",
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
        id: "intel-mpi-shm-heap",
        application: "Intel MPI",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["ch4_shm_coll.c", "I_MPI_SHM_HEAP"],
        text: "Intel MPI's collectives in shared memory failed, as a rule because its heap in /dev/shm is used up: \
               I_MPI_SHM_HEAP_VSIZE sets how large it is, and /dev/shm has to hold it for each rank of a node.",
        not: "Not kernel.shmmax.",
        fix: Fix::ShmSize,
        setting: "I_MPI_SHM_HEAP_VSIZE=4096 (MiB), or I_MPI_COLL_INTRANODE=pt2pt without them.",
        source: "https://www.intel.com/content/www/us/en/docs/mpi-library/developer-reference-linux/ (shared memory \
                 control)",
        example: "Assertion failed in file ../../src/mpid/ch4/src/intel/ch4_shm_coll.c at line 2246",
        ..Entry::REST
    },
    Entry {
        id: "intel-mpi-remote-read",
        application: "Intel MPI, MPICH",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Cannot read from remote process"],
        text: "A rank may not read another one's memory (process_vm_readv): Yama's ptrace_scope, a container \
               without SYS_PTRACE, or PID namespaces of their own.",
        not: "Not a size, and not /dev/shm.",
        fix: Fix::Setting,
        setting: "I_MPI_SHM_LMT=shm; or sysctl kernel.yama.ptrace_scope=0, docker run --cap-add=SYS_PTRACE.",
        source: "process_vm_readv(2), ptrace(2) on Yama",
        example: "dcp_recv(165): Internal MPI error!  Cannot read from remote process",
        ..Entry::REST
    },
    Entry {
        id: "mpich-no-shared-domain",
        application: "MPICH",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["processes are not in the same shared memory domain"],
        text: "MPI_Win_allocate_shared was called for ranks that share no memory: they are on several nodes, or this build \
               has no shared memory (ch3:sock, ch4 with its own switched off for a fabric, MPIR_CVAR_NOLOCAL).",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Take a communicator of one node: MPI_Comm_split_type with MPI_COMM_TYPE_SHARED. Where it is one node, \
                  another build of MPICH.",
        source: "mpich src/mpid/ch4/generic/mpidig/mpidig_win.c, https://github.com/pmodels/mpich/issues/7381",
        example: "MPIDIG_mpi_win_allocate_shared(941): processes are not in the same shared memory domain",
        ..Entry::REST
    },
    Entry {
        id: "mpich-segment-key",
        application: "Intel MPI, MPICH",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["MPIDI_CH3I_Seg_commit(*PMI_KVS_Get returned"],
        text: "A rank asked the launcher (by PMI) for the name of the shared segment, and got no answer: launcher and PMI library \
               do not fit together.",
        not: "Not the size of /dev/shm, and no limit.",
        fix: Fix::Setting,
        setting: "With mpirun unset I_MPI_PMI_LIBRARY; with Slurm srun --mpi=pmi2 and its libpmi2. In a container the same MPI inside \
                  and outside.",
        source: "mpich src/mpid/ch3/channels/nemesis/src/mpid_nem_init.c, \
                 https://github.com/apptainer/singularity/issues/5118",
        example: "MPIDI_CH3I_Seg_commit(427): PMI_KVS_Get returned 4",
        ..Entry::REST
    },
    Entry {
        id: "mpich-segment-commit",
        application: "MPICH",
        certainty: Certainty::Ambiguous,
        meaning: Meaning::Ambiguous,
        patterns: &["MPIDU_shm_seg_commit"],
        text: "The segment in which the ranks of a node meet could not be made or attached: a full or missing /dev/shm, or ranks that \
               do not see each other's (containers of their own); with a build for System V kernel.shmmax or shmall.",
        not: "It names no limit by itself.",
        setting: "All ranks of a node in one container, or with one IPC namespace. A newer MPICH: 3.3's start with System V segments had a \
                  fault of its own.",
        source: "mpich src/mpid/common/shm/mpidu_shm_alloc.c, https://github.com/pmodels/mpich/issues/3268",
        example: "INTERNAL ERROR: invalid error code ffffffff (Ring Index out of range) in MPIDU_shm_seg_commit:566",
        ..Entry::REST
    },
];
