//! iceoryx, iceoryx2, Fast DDS, Cyclone DDS, Connext, zenoh, Aeron.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const ICEORYX: Entry = Entry { application: "iceoryx (Cyclone DDS, rmw_iceoryx)", ..Entry::REST };
const ICEORYX2: Entry = Entry { application: "iceoryx2", ..Entry::REST };
const FAST_DDS: Entry = Entry { application: "Fast DDS (ROS 2)", ..Entry::REST };
const ZENOH: Entry = Entry { application: "zenoh (rmw_zenoh)", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "iceoryx-sigbus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "fatal SIGBUS signal appeared caused by memset",
            "hared memory object with the following properties*maybe requires more memory",
        ],
        text: "RouDi fills its segments in /dev/shm with zeros when it starts, and a page was not \
            to be had: /dev/shm is too small.",
        not: "Not the machine's memory, although it says \"available in the system\".",
        fix: Fix::ShmSize,
        setting: "With built-in settings 149,264,720 and 66,761,736 bytes (2.0); smaller pools in \
                  roudi_config.toml need less.",
        source: "iceoryx iceoryx_hoofs/posix/ipc/source/posix_shared_memory_object.cpp",
        example: "While setting the acquired shared memory to zero a fatal SIGBUS signal appeared \
                  caused by memset. The shared memory object with the following properties [ name \
                  = root, sizeInBytes = 149264720, access mode = AccessMode::READ_WRITE, open \
                  mode = OpenMode::PURGE_AND_CREATE, baseAddressHint = (nil), permissions = 0 ] \
                  maybe requires more memory than it is currently available in the system.",
        ..ICEORYX
    },
    Entry {
        id: "iceoryx-pool",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "MEMPOOL_GETCHUNK_POOL_IS_RUNNING_OUT_OF_CHUNKS",
            "Mempool [*has no more space left",
            "MemoryManager: unable to acquire a chunk",
        ],
        text: "A pool inside iceoryx's segment has no free chunk: subscribers hold too many, or \
               the pool has too few.",
        not: "Not /dev/shm: the segment was made in full when RouDi started.",
        fix: Fix::Setting,
        setting: "More chunks in roudi_config.toml (and then a larger /dev/shm), or shorter \
                  queues and histories.",
        source: "https://github.com/eclipse-cyclonedds/cyclonedds/issues/1026",
        example: "[ghost_connector_can-11] Mempool [m_chunkSize = 32936, numberOfChunks = 32768, \
                  used_chunks = 32768 ] has no more space left",
        ..ICEORYX
    },
    Entry {
        id: "iceoryx-open",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to create shared memory with the following properties",
            "Unable to create a shared memory object with the following properties",
            "[Error]: Shared Memory does not exist",
            "No permission to modify, truncate or access the shared memory",
            "POSH__SHM_APP_MAPP_ERR",
            "iox_shm_open }*[ 2 ]",
            "posix::SharedMemory::open*[ 2 ]",
        ],
        text: "A segment could not be opened or made; the line before it names the error. \"No \
               such file\": RouDi runs elsewhere, with another /dev/shm or another version's \
               names. \"Permission denied\": another user made it.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        setting: "One RouDi and one /dev/shm for all: --ipc=container:... or a shared volume.",
        source: "iceoryx iceoryx_hoofs/posix/ipc/source/posix_shared_memory.cpp, \
                 https://github.com/eclipse-iceoryx/iceoryx/issues/2497",
        example: "1970-01-01 00:23:21.660 [Error]: Unable to create shared memory with the \
                  following properties [ name = iox1_0_i_management, access mode = \
                  AccessMode::ReadWrite, open mode = OpenMode::OpenExisting, mode = 0o0, \
                  sizeInBytes = 36520928 ]",
        ..ICEORYX
    },
    Entry {
        id: "iceoryx-no-writable-segment",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "RouDi did not find a writable shared memory segment for the current user",
            "NO_WRITABLE_SHM_SEGMENT",
            "There is no shared memory available to allocate from! Terminating!",
        ],
        text: "None of RouDi's segments may be written to by the groups of this user: each has a group for its writers, without \
               a configuration that of the user who started RouDi.",
        not: "Not a size, and no limit.",
        fix: Fix::Setting,
        setting: "Run it as the user of RouDi, or in the group that roudi_config.toml names (writer = ...), or name one of its \
                  groups there.",
        source: "iceoryx iceoryx_posh/source/runtime/posh_runtime_impl.cpp (REQUEST_PUBLISHER_NO_WRITABLE_SHM_SEGMENT), \
                 https://github.com/eclipse-iceoryx/iceoryx/issues/1334",
        example: "[Warning]: ICEORYX error! POSH__RUNTIME_NO_WRITABLE_SHM_SEGMENT",
        ..ICEORYX
    },
    Entry {
        id: "iceoryx-no-roudi",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "RouDi not found - waiting",
            "No server for unix domain socket \"/tmp/roudi",
            "Timeout registering at RouDi",
            "No server for unix domain socket \"/tmp/iceoryx",
        ],
        text: "RouDi, the daemon that makes the segments, does not answer: it does not run, starts \
               later, or runs in a container with another /tmp or /dev/shm.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Start iox-roudi first. Between containers share /tmp (its socket) and /dev/shm: docker run --ipc=container:NAME -v \
                  FOLDER:/tmp, in Kubernetes one pod with a volume at each.",
        source: "https://github.com/eclipse-iceoryx/iceoryx/issues/2531, \
                 https://github.com/eclipse-cyclonedds/cyclonedds/issues/1026",
        example: "2026-06-05 10:01:12.123 [Warning]: RouDi not found - waiting ...",
        ..ICEORYX
    },
    Entry {
        id: "iceoryx2-zeroing",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "was raised while zeroing the memory",
            "SharedMemoryCreationError::InsufficientMemory",
        ],
        text: "iceoryx2 fills a segment in /dev/shm with zeros when it makes it, and got SIGBUS: \
            no page was left.",
        not: "Not the machine's memory as such.",
        fix: Fix::ShmSize,
        setting: "Smaller or fewer samples: history, queue and loan limits of the service.",
        source: "iceoryx2 iceoryx2-bb/posix/src/shared_memory.rs",
        example: "Unable to create shared memory since a signal Bus was raised while zeroing the \
                  memory. Is enough memory available on the system?",
        ..ICEORYX2
    },
    Entry {
        id: "iceoryx2-sigbus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["SIGBUS"],
        after: &["iceoryx2_cal::", "iceoryx2_bb", "iceoryx2::"],
        text: "iceoryx2 touched a segment in /dev/shm and no page was left. Segments of processes \
               that were killed stay there.",
        not: "Not the disk and not memory as such.",
        fix: Fix::ShmSize,
        setting: "`shmeter ls` shows what nobody holds; iceoryx2 removes dead nodes' segments as \
                  others start.",
        source: "iceoryx2 FAQ.md (Encountered A SIGBUS Signal), \
                 https://github.com/eclipse-iceoryx/iceoryx2/issues/624",
        example: "thread 'main' in iceoryx2_cal::dynamic_storage::posix_shared_memory received \
                  signal SIGBUS, Bus error.",
        ..ICEORYX2
    },
    Entry {
        id: "iceoryx2-denied",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &[
            "Unable to create shared memory due to insufficient permissions",
            "Unable to open shared memory due to insufficient permissions",
        ],
        text: "shm_open returned EACCES: another user's segment, or a /dev/shm that may not be \
               written to.",
        not: "Not a size.",
        fix: Fix::Permission,
        source: "iceoryx2 iceoryx2-bb/posix/src/shared_memory.rs",
        example: "[E] SharedMemoryBuilder { name: FileName { value: iox2_7e3 } } | Unable to open \
                  shared memory due to insufficient permissions.",
        ..ICEORYX2
    },
    Entry {
        id: "fastdds-lock-file",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["open_and_lock_file failed", "couldn't generate segment_name"],
        text: "A lock file of Fast DDS in /dev/shm (fastrtps_*_el) could not be made, opened or locked: a process that was \
               killed, or runs as another user (root in one container), left it, or this user may not write to /dev/shm.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "`fastdds shm clean`, or remove /dev/shm/fastrtps_* (fastdds_*) while nothing \
                  runs; the same user everywhere.",
        source: "Fast-DDS src/cpp/utils/shared_memory/RobustExclusiveLock.hpp, \
                 https://github.com/eProsima/Fast-DDS/issues/2003",
        example: "2022-07-07 04:11:59.303 [RTPS_TRANSPORT_SHM Error] Failed init_port \
                  fastrtps_port7412: open_and_lock_file failed -> Function open_port_internal",
        ..FAST_DDS
    },
    Entry {
        id: "fastdds-segment",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "RTPS_TRANSPORT_SHM Error] Failed to create segment",
            "RTPS_TRANSPORT_SHM Error] Failed init_port",
            "DATASHARING_PAYLOADPOOL Error] Failed to create segment",
            "RTPS_TRANSPORT_SHM Warning] Failed to create port segment",
            "Failed to create Shared Memory Manager for domain",
        ],
        unless: &[
            "open_and_lock_file failed",
            "Failed to create segment*{ENOSPC}",
            "Segment size is too large",
            "Failed to create segment*{EEXIST}",
            "Failed to create segment*{EACCES}",
            "Failed to create segment*{ENOENT}",
        ],
        text: "A segment in /dev/shm could not be made or opened; the words behind its name tell why. It goes on \
               over UDP.",
        not: "It names no size: one that is too large is created nevertheless, and ends in a bus \
            error.",
        fix: Fix::Permission,
        setting: "FASTDDS_BUILTIN_TRANSPORTS=UDPv4 does without.",
        source: "Fast-DDS src/cpp/rtps/transport/shared_mem/SharedMemManager.hpp, \
                 https://github.com/eProsima/Fast-DDS/issues/1606",
        example: "[RTPS_MSG_OUT Error] Failed to create Shared Memory Manager for domain 0 -> Function init",
        ..FAST_DDS
    },
    Entry {
        id: "ros2-not-published",
        application: "ROS 2",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["WARNING: topic [*] does not appear to be published yet"],
        text: "No publisher of that topic was found, or not yet. Between containers: another ROS_DOMAIN_ID or RMW_IMPLEMENTATION, or a \
               network that lets no multicast through. Where `ros2 topic list` shows it and no data comes, Fast DDS finds its \
               peers by the network and sends by /dev/shm, which another container has not, or whose files are another user's.",
        not: "It names no size.",
        fix: Fix::Setting,
        setting: "docker run --network=host --ipc=host for all that take part, and one user; or without shared memory, in each: \
                  FASTDDS_BUILTIN_TRANSPORTS=UDPv4. Files of another user go by rm /dev/shm/fastrtps_* while nothing runs.",
        source: "ros2cli ros2topic/ros2topic/verb/echo.py, https://github.com/eProsima/Fast-DDS/issues/3475, \
                 https://github.com/eProsima/Fast-DDS/issues/5396",
        example: "WARNING: topic [/chatter] does not appear to be published yet",
        ..FAST_DDS
    },
    Entry {
        id: "fastdds-segment-refused",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "SHM Error] Failed to create segment*{EEXIST}",
            "SHM Error] Failed to create segment*{EACCES}",
            "SHM Error] Failed to create segment*{ENOENT}",
            "DATASHARING_PAYLOADPOOL Error] Failed to create segment*{EEXIST}",
            "DATASHARING_PAYLOADPOOL Error] Failed to create segment*{EACCES}",
            "DATASHARING_PAYLOADPOOL Error] Failed to create segment*{ENOENT}",
        ],
        text: "A segment in /dev/shm could not be made. \"File exists\": a process that was killed left one of that \
               name. \"Permission denied\": it is another user's, or /dev/shm may not be written to. \"No such file or \
               directory\": there is no /dev/shm. It goes on over UDP.",
        not: "Not a size: a segment that is too large is created nevertheless, and ends in a bus error.",
        fix: Fix::Permission,
        setting: "`fastdds shm clean` removes leftovers; FASTDDS_BUILTIN_TRANSPORTS=UDPv4 does without.",
        source: "Fast-DDS src/cpp/rtps/transport/shared_mem/SharedMemManager.hpp, \
                 https://github.com/eProsima/Fast-DDS/issues/1606, https://github.com/eProsima/Fast-DDS/issues/1970",
        example: "2020-11-27 12:58:53.966 [RTPS_TRANSPORT_SHM Error] Failed to create segment \
                  fastrtps_b2468d3c0628a222: No such file or directory -> Function Segment",
        ..FAST_DDS
    },
    Entry {
        id: "fastdds-segment-large",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Segment size is too large: *(max is"],
        text: "The history of a writer with data sharing takes one segment, and Fast DDS makes none \
               of more than 4 GiB. The size of a sample times the depth of the history exceeds that.",
        not: "Not the size of /dev/shm, and no limit of the kernel.",
        fix: Fix::Setting,
        setting: "A smaller depth or max_samples of the history, a bound for the type, or data_sharing OFF.",
        source: "https://github.com/eProsima/Fast-DDS/issues/2829",
        example: "[DATASHARING_PAYLOADPOOL Error] Failed to create segment fast_datasharing_01.0f.00_0.0.1f.3: \
                  Segment size is too large: 9605520720 (max is 4294967295). Please reduce the maximum size of \
                  the history -> Function init_shared_segment",
        ..FAST_DDS
    },
    Entry {
        id: "fastdds-segment-full",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["Failed to create segment fast*{ENOSPC}"],
        text: "A segment of Fast DDS in /dev/shm got ENOSPC.",
        not: "Not the disk.",
        fix: Fix::ShmSize,
        setting: "Smaller segment_size in the profile; `fastdds shm clean` removes leftovers.",
        source: "Fast-DDS src/cpp/rtps/transport/shared_mem/SharedMemManager.hpp",
        example: "[RTPS_TRANSPORT_SHM Error] Failed to create segment fastdds_5b1f83b2b6a1d1f0: \
                  No space left on device -> Function compute_per_allocation",
        ..FAST_DDS
    },
    Entry {
        id: "connext-semget",
        application: "RTI Connext DDS",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "OS semget() failure",
            "failed to initialize shared memory resource mutex for key",
        ],
        text: "A System V semaphore could not be made: kernel.sem is exhausted (ENOSPC, 0X1C), or \
               another user owns it (EACCES).",
        not: "Not the size of /dev/shm and not shmmni: semaphores have limits of their own.",
        fix: Fix::Semaphores,
        setting: "`ipcs -s` shows those that killed processes left; ipcrm -s removes them.",
        source: "https://community.rti.com/content/forum-topic/failure-creating-domain-participant",
        example: "[D0001|ENABLE]RTIOsapiSharedMemoryMutex_create:OS semget() failure, error 0X1C",
        ..Entry::REST
    },
    Entry {
        id: "connext-shmget",
        application: "RTI Connext DDS",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &[
            "failed to initialize shared memory resource segment for key",
            "OS shmget() failure",
            "Unusable shared memory transport",
        ],
        text: "The number or size of System V segments is limited: kernel.shmmax, shmall or \
               shmmni. Version 5.2 and later go on without shared memory, earlier ones make no \
               participant.",
        not: "Not the size of /dev/shm: Connext uses System V shared memory.",
        fix: Fix::Sysv,
        setting: "Smaller recv_buffer_size of the shared memory transport, or UDP only.",
        source: "https://community.rti.com/kb/osx510",
        example: "[D0061|ENABLE]NDDS_Transport_Shmem_create_recvresource_rrEA:failed to \
                  initialize shared memory resource segment for key 0x405971",
        ..Entry::REST
    },
    Entry {
        id: "zenoh-mlock",
        versions: "1.6 and later",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to create POSIX shm segment: OS error 12",
            "Unable to open POSIX shm segment: OS error 12",
            "Unable to create POSIX shm segment: OS error 11",
        ],
        text: "zenoh locks its segments (mlock), and the limit on locked memory (ulimit -l, \
               RLIMIT_MEMLOCK; 64 KiB or 8 MiB by default) is reached.",
        not: "Not the size of /dev/shm, and not memory, although error 12 says so.",
        fix: Fix::Memlock,
        setting: "A smaller transport/shared_memory/transport_optimization/pool_size.",
        source: "zenoh commons/zenoh-shm/src/shm/unix.rs (SegmentImpl::map), \
                 https://github.com/eclipse-zenoh/zenoh/issues/2478",
        example: "2025-12-09T01:57:48.867678Z ERROR ThreadId(06) \
                  zenohc::shm::protocol_implementations::posix::posix_shm_provider: Unable to \
                  create POSIX shm segment: OS error 12 at \
                  /root/.cargo/git/checkouts/zenoh-cc237f2570fab813/b81e253/commons/zenoh-shm/src/posix_shm/segment.rs:84.",
        ..ZENOH
    },
    Entry {
        id: "zenoh-open-files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["POSIX shm segment: OS error 24", "POSIX shm segment: OS error 23"],
        text: "Each segment holds a descriptor, and the limit of open files is reached.",
        not: "Not the size of /dev/shm.",
        fix: Fix::OpenFiles,
        source: "https://github.com/eclipse-zenoh/zenoh/issues/2653",
        example: "DEBUG zenoh_transport::unicast::universal::rx: Error receiving SHM buffer: \
                  Unable to open POSIX shm segment: OS error 24",
        ..ZENOH
    },
    Entry {
        id: "zenoh-segment",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "POSIX shm segment: OS error 2",
            "POSIX shm segment: OS error 13",
            "POSIX shm segment: OS error 17",
        ],
        text: "A segment in /dev/shm could not be opened: it is missing (2: another /dev/shm), \
               forbidden (13) or there already (17).",
        not: "Not the size of /dev/shm.",
        fix: Fix::SameIpc,
        source: "zenoh commons/zenoh-shm/src/posix_shm/segment.rs",
        example: "WARN zenoh_shm: Unable to open POSIX shm segment: OS error 2 at \
                  commons/zenoh-shm/src/posix_shm/segment.rs:95.",
        ..ZENOH
    },
    Entry {
        id: "zenoh-pool",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "SharedMemoryManager does not have sufficient free memory",
            "Failed to allocate a SHM buffer, even after GCing",
        ],
        text: "zenoh's own pool is full or fragmented.",
        not: "Not /dev/shm: the pool was made in full before.",
        fix: Fix::Setting,
        setting: "A larger pool (transport/shared_memory/transport_optimization/pool_size in the configuration; \
                  rmw_zenoh: ZENOH_SHM_ALLOC_SIZE), and then a larger /dev/shm and ulimit -l.",
        source: "https://github.com/ros2/rmw_zenoh/issues/349",
        example: "  WARN ThreadId(06) zenoh_shm: SharedMemoryManager does not have sufficient \
                  free memory to allocate 5000010 bytes, try de-fragmenting! at",
        ..ZENOH
    },
    Entry {
        id: "aeron-storage",
        application: "Aeron",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["insufficient usable storage for new log of length"],
        text: "The media driver keeps its logs in aeron.dir, by default /dev/shm/aeron-USER, and \
               looked at the free space before it made one.",
        not: "The archive's disk only where aeron.dir is there: the end of the line names the file system. With usable=0 \
              beside free space the folder was removed meanwhile.",
        fix: Fix::ShmSize,
        setting: "A log takes three terms: smaller term buffers (term-length) need less.",
        source: "Aeron aeron-driver FileStoreLogFactory.java",
        example: "io.aeron.exceptions.RegistrationException: ERROR - insufficient usable storage \
                  for new log of length=50335744 usable=31219712 in /dev/shm (shm)",
        ..Entry::REST
    },
    Entry {
        id: "kresd-sigbus",
        application: "Knot Resolver",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["most likely due to filling up the filesystem where cache resides"],
        text: "The cache is a mapped file, and a page of its file system could not be allocated. In \
               containers the cache is often put on a tmpfs.",
        not: "Not memory as such.",
        fix: Fix::ShmSize,
        setting: "cache.size below the size of the file system that it lies in.",
        source: "https://github.com/kometchtech/docker-build/issues/4",
        example: "SIGBUS received; this is most likely due to filling up the filesystem where \
                  cache resides.",
        ..Entry::REST
    },
    Entry {
        id: "mxl-segment",
        application: "MXL",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Shared memory segment does not meet the minimum size"],
        text: "A flow is a file in the folder of the MXL domain (-d), as a rule a tmpfs such as /dev/shm, and \
               its file system has too little room: posix_fallocate was refused.",
        not: "Not the machine's memory, although the line says \"Cannot allocate memory\".",
        fix: Fix::ShmSize,
        setting: "df of the domain's folder: another tmpfs than /dev/shm gets its size from mount -o remount,size=2g.",
        source: "https://github.com/dmf-mxl/mxl/pull/300",
        example: "[error] [flow.cpp:52] Failed to create flow : Shared memory segment does not meet the minimum \
                  size requirements.: Cannot allocate memory",
        ..Entry::REST
    },
    Entry {
        id: "iceoryx2-corrupted-state",
        application: "iceoryx2",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["ServiceInCorruptedState", "ServiceState(Corrupted)"],
        text: "A process that ended left only a part of a service's files: in /tmp/iceoryx2 and in /dev/shm (iox2_*), which \
               belong together.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "End all that use it, then remove /tmp/iceoryx2 and /dev/shm/iox2_* together; in the program \
                  Node::cleanup_dead_nodes(). Newer versions clean up better.",
        source: "iceoryx2 iceoryx2/src/service/builder, https://github.com/eclipse-iceoryx/iceoryx2/issues/619",
        example: "PublishSubscribeOpenOrCreateError::PublishSubscribeOpenError(ServiceInCorruptedState)",
        ..Entry::REST
    },
    Entry {
        id: "opendds-pool",
        application: "OpenDDS",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "ShmemSendStrategy for link*failed to allocate",
            "exceeded max number of segments =",
        ],
        instead_of: &["errno-12"],
        text: "The pool of OpenDDS's shmem transport, 16 MiB by default, has no room for the sample.",
        not: "Not memory, although a line says so, and not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "A larger pool_size (bytes) in the [transport/...] section with transport_type=shmem, for all that take part.",
        source: "OpenDDS dds/DCPS/transport/shmem/ShmemSendStrategy.cpp, https://github.com/OpenDDS/OpenDDS/issues/2799",
        example: "ERROR: ShmemSendStrategy for link 0x6589ff0 failed to allocate 6656103 bytes for data",
        ..Entry::REST
    },
];
