//! Java, Node.js, .NET.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const JAVA: Entry = Entry { application: "Java", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "java-heap",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "java.lang.OutOfMemoryError: Java heap space",
            "OutOfMemoryError: GC overhead limit",
            "OutOfMemoryError: Metaspace",
            "OutOfMemoryError: Direct buffer memory",
            "Cannot reserve*bytes of direct buffer memory",
        ],
        text: "A limit of the virtual machine itself (-Xmx, -XX:MaxMetaspaceSize, \
               -XX:MaxDirectMemorySize) is reached.",
        not: "Not /dev/shm, and not the container's limit: that kills without a message.",
        fix: Fix::Setting,
        setting: "Raise that option, within the container's memory limit.",
        source: "openjdk src/hotspot/share/gc/shared/memAllocator.cpp",
        example: "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space",
        ..JAVA
    },
    Entry {
        id: "java-mmap",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "java.lang.OutOfMemoryError: Map failed",
            "java.io.IOException: Map failed",
            "Native memory allocation (mmap) failed to map",
        ],
        text: "mmap was refused: too many mappings (vm.max_map_count), a limit on address space, \
               strict overcommit, or no memory.",
        not: "Not the size of /dev/shm: a mapping there is created nevertheless, and fails when \
            it is touched.",
        fix: Fix::Setting,
        setting: "With many mappings (wc -l /proc/PID/maps near 65530) raise vm.max_map_count on the host; \
                  else ulimit -v, vm.overcommit_memory, and the memory limit.",
        source: "openjdk src/java.base/unix/native/libnio/ch/UnixFileDispatcherImpl.c, \
                 https://www.elastic.co/docs/deploy-manage/deploy/self-managed/vm-max-map-count",
        example: "Caused by: java.lang.OutOfMemoryError: Map failed",
        ..JAVA
    },
    Entry {
        id: "java-no-memory",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "There is insufficient memory for the Java Runtime Environment to continue",
            "os::commit_memory(*failed",
            "Cannot allocate memory' (errno=12)",
            "Not enough space' (errno=12)",
        ],
        unless: &["Cannot allocate large pages, falling back"],
        text: "The virtual machine asked the kernel for memory and was refused: strict overcommit, \
               ulimit -v, vm.max_map_count, the number of threads, or the machine's memory.",
        not: "Not the heap's limit (-Xmx), and not /dev/shm.",
        fix: Fix::Refused,
        setting: "A smaller -Xmx and fewer threads; the hs_err_pid file tells what was asked for. Where the process has as many mappings as \
                  vm.max_map_count allows (OpenSearch, Elasticsearch): sysctl -w vm.max_map_count=1048576 on the host.",
        source: "openjdk src/hotspot/os/linux/os_linux.cpp",
        example: "# There is insufficient memory for the Java Runtime Environment to continue.",
        ..JAVA
    },
    Entry {
        id: "java-large-pages",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Failed to reserve large pages memory",
            "Failed to reserve and commit memory with given huge page",
            "UseLargePages*fall*back",
            "Cannot allocate large pages, falling back",
            "Failed to attach shared memory. (error",
            "Failed to reserve shared memory. error",
            "Failed to reserve shared memory (errno",
            "Failed to reserve shared memory. (err",
        ],
        text: "-XX:+UseLargePages is on, and there are too few huge pages, or (UseSHM) shmget was refused: with \
               error 12 there are too few huge pages, with 1 there is no right to them (CAP_IPC_LOCK, \
               vm.hugetlb_shm_group), with 28 kernel.shmall or shmmni is reached, with 22 kernel.shmmax. It goes \
               on with ordinary pages.",
        not: "Not the size of /dev/shm, and no failure.",
        fix: Fix::HugePages,
        setting: "vm.nr_hugepages on the host and the container's hugetlb limit; or \
                  -XX:-UseLargePages.",
        source: "openjdk src/hotspot/os/linux/os_linux.cpp",
        example: "OpenJDK 64-Bit Server VM warning: Failed to reserve large pages memory req_addr: \
                  0x00000006c0000000 bytes: 4294967296 (errno = 12).",
        ..JAVA
    },
    Entry {
        id: "java-unsafe-access",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "a fault occurred in a recent unsafe memory access",
            "a fault occurred in an unsafe memory access",
        ],
        text: "A page of a mapped file could not be allocated (SIGBUS, which Java turns into this \
            error): its file system is full, or the file was truncated. Aeron, Chronicle, Kafka, \
            Lucene and zip files map files.",
        not: "Not the heap. It is /dev/shm only if the file lies there.",
        setting: "The stack below it names the file's owner; df of that folder tells.",
        source: "openjdk src/hotspot/share/runtime/javaThread.cpp",
        example: "java.lang.InternalError: a fault occurred in a recent unsafe memory access \
                  operation in compiled Java code",
        ..JAVA
    },
    Entry {
        id: "java-sigbus",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["SIGBUS (0x7) at pc=", "si_signo: 7 (SIGBUS)"],
        text: "The virtual machine died of SIGBUS, as a rule since a page of a mapped file could not be had: its file \
            system was full, or the file was truncated. The problematic frame tells whose: PerfMemory or PerfLongVariant is \
            hsperfdata in a full /tmp, C [libNAME.so] that library.",
        not: "Not the heap. It is /dev/shm only if the mapped file lies there.",
        setting: "df of /tmp and of the disk below it. With PerfMemory or PerfLongVariant in the frame, or V [libjvm.so+...] without a name, \
                  -XX:+PerfDisableSharedMem does without hsperfdata. With Unsafe_ or Copy:: there it is a file that the program maps: df of its folder. With a library: df of the files that it maps, and a newer \
                  version of it.",
        source: "https://github.com/bazelbuild/bazel/issues/3236, \
                 https://github.com/camunda/camunda/issues/8099",
        example: "#  SIGBUS (0x7) at pc=0x00007f50e1e9df2e, pid=29, tid=0x00007f50c3afa700",
        ..JAVA
    },
    Entry {
        id: "node-heap",
        application: "Node.js",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["JavaScript heap out of memory", "Reached heap limit Allocation failed"],
        text: "The limit of the JavaScript heap is reached.",
        not: "Not /dev/shm, and not the container's limit: that kills without a message.",
        fix: Fix::Setting,
        setting: "NODE_OPTIONS=--max-old-space-size=4096, within the container's memory limit.",
        source: "node src/node_errors.cc, v8 src/heap/heap.cc",
        example: "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of \
                  memory",
        ..Entry::REST
    },
    Entry {
        id: "dotnet-named-maps",
        application: ".NET",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Named maps are not supported"],
        text: ".NET has no memory-mapped files with names on Linux: a program written for Windows \
               uses them.",
        not: "Not a limit, and nothing that can be set.",
        fix: Fix::Setting,
        setting: "MemoryMappedFile.CreateFromFile on a file, in /dev/shm for instance.",
        source: "dotnet/runtime src/libraries/System.IO.MemoryMappedFiles, \
                 https://github.com/dotnet/corefx/issues/20091",
        example: "System.PlatformNotSupportedException: Named maps are not supported.",
        ..Entry::REST
    },
    Entry {
        id: "openj9-cache-size",
        application: "Eclipse OpenJ9 (Java)",
        meaning: Meaning::Sysv,
        certainty: Certainty::Likely,
        patterns: &["JVMSHRC026E", "Please check your SHMMAX and SHMMIN settings"],
        text: "The cache of classes (-Xshareclasses, not persistent) is one System V segment, and it is \
               larger than one may be: kernel.shmmax on Linux, kern.sysv.shmmax on macOS (4 MiB).",
        not: "Not the size of /dev/shm and not the heap. With -Xshareclasses:nonfatal Java goes on without the cache.",
        fix: Fix::Sysv,
        setting: "A smaller -Xscmx, or a persistent cache (-Xshareclasses:persistent), which is a file; nonfatal beside it starts Java \
                  in any case.",
        source: "https://github.com/eclipse-openj9/openj9/issues/13016",
        example: "JVMSHRC026E Cannot create cache of requested size: Please check your SHMMAX and SHMMIN \
                  settings",
        ..Entry::REST
    },
    Entry {
        id: "openj9-cache",
        application: "Eclipse OpenJ9 (Java)",
        patterns: &["JVMSHRC659E", "JVMSHRC840E", "JVMSHRC337E Platform error message"],
        unless: &["shmget", "shmat", "semget"],
        text: "The cache of classes (-Xshareclasses) could not be made or opened. The lines around it \
               name the error of the system: \"Invalid argument\" is kernel.shmmax, \"No space left\" \
               kernel.shmmni or shmall, \"Permission denied\" another user's cache or folder \
               (javasharedresources).",
        not: "Not the size of /dev/shm and not the heap. With -Xshareclasses:nonfatal Java goes on without the cache.",
        setting: "-Xshareclasses:listAllCaches and destroy show and remove caches; -Xshareclasses:none \
                  does without.",
        source: "https://github.com/eclipse-openj9/openj9/issues/13016",
        example: "JVMSHRC659E An error has occurred while opening shared memory",
        ..Entry::REST
    },
    Entry {
        id: "java-perf-file",
        application: "Java",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Cannot use file*hsperfdata*locked by another process"],
        text: "Two JVMs in different containers share /tmp and have the same process id: the second one has no \
               file for jps and jstat, and goes on without.",
        not: "A warning. Not /dev/shm, and not a lack of memory.",
        fix: Fix::Setting,
        setting: "A /tmp of its own for each container, or -XX:-UsePerfData.",
        source: "openjdk src/hotspot/os/posix/perfMemory_posix.cpp, \
                 https://github.com/cburgmer/json-path-comparison/issues/156",
        example: "[0.005s][warning][perf,memops] Cannot use file /tmp/hsperfdata_root/29104 because it is locked by \
                  another process (errno = 11)",
        ..Entry::REST
    },
    Entry {
        id: "openj9-cache-lock",
        application: "Eclipse OpenJ9 (Java)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["JVMSHRC162E"],
        text: "Another JVM held the lock of the shared class cache for too long, or died with it: many start at \
               once, or the machine is very slow.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "Start again; java -Xshareclasses:name=NAME,destroy, or -Xshareclasses:none.",
        source: "https://github.com/eclipse-openj9/openj9/issues/15515",
        example: "JVMSHRC162E The wait for the creation mutex while opening shared memory has timed out",
        ..Entry::REST
    },
    Entry {
        id: "dotnet-named-mutex",
        application: ".NET",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "The system cannot open the device or file specified. : '",
            "System.Threading.Mutex.CreateMutexCore(",
            "System.Threading.Mutex.CreateMutexWithGuaranteedCleanup(",
        ],
        text: "A named mutex of .NET is a file in /tmp/.dotnet (shm and lockfiles), and it could not be opened: \
               /tmp may not be written to (it needs mode 1777), these folders are another user's, or a cleaner of \
               /tmp removed them while the program ran.",
        not: "Not /dev/shm, and not a size. TMPDIR does not move them.",
        fix: Fix::Setting,
        setting: "ls -ld /tmp /tmp/.dotnet shows owner and mode: chmod 1777 /tmp as root, and remove a \
                  /tmp/.dotnet of another user while no .NET program runs. Exclude /tmp/.dotnet from what cleans \
                  /tmp (tmpfiles.d: x /tmp/.dotnet), then start the program again.",
        source: "dotnet runtime src/coreclr/pal/src/include/pal/sharedmemory.h (gSharedFilesPath), \
                 https://github.com/dotnet/runtime/issues/36823, https://github.com/litedb-org/LiteDB/issues/1918",
        example: "System.IO.IOException: The system cannot open the device or file specified. : \
                  'Global\\A4BC81403E0F366B89A06D796FC65AC91A2AEF11.Mutex'",
        ..Entry::REST
    },
    Entry {
        id: "go-mlock",
        application: "Go programs",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "runtime: mlock of signal stack failed",
            "runtime: increase the mlock limit",
            "fatal error: mlock failed",
        ],
        text: "A program built with Go 1.14 locks the stacks of its signal handlers on kernels that may have a \
               fault (5.2 to 5.4.1, by their number), and the limit on locked memory (ulimit -l, 64 KiB in many \
               containers) is less than that.",
        not: "Not the machine's memory, not /dev/shm, and no fault of the program.",
        fix: Fix::Memlock,
        setting: "Or a newer kernel, or the program built with a newer Go.",
        source: "go src/runtime/os_linux_x86.go (mlockGsignal), https://github.com/cortexlabs/cortex/issues/1809",
        example: "irma_1    | runtime: mlock of signal stack failed: 12",
        ..Entry::REST
    },
    Entry {
        id: "java-cds-archive",
        application: "Java",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["Unable to map CDS archive -- os::vm_allocation_granularity()"],
        text: "The archive of classes (classes.jsa) that came with this Java was made for another page size (64 KiB \
               of some builds for arm64), and is not used. Java goes on, and starts a little slower.",
        not: "Not a lack of memory, no shared memory and no failure. Scripts that read the first line that Java \
              prints may fail because of it.",
        fix: Fix::Setting,
        setting: "java -Xshare:dump makes an archive for this machine; -Xshare:off uses none.",
        source: "openjdk metaspaceShared.cpp (MetaspaceShared::map_archive), \
                 https://github.com/jbangdev/jbang/issues/243",
        example: "[0.004s][error][cds] Unable to map CDS archive -- os::vm_allocation_granularity() expected: 65536 \
                  actual: 4096",
        ..Entry::REST
    },
    Entry {
        id: "dotnet-gc-reserve",
        application: ".NET",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "GC heap initialization failed with error 0x8007000E",
            "for the regions range failed, do you have a virtual memory limit",
        ],
        text: "The garbage collector of .NET reserves a large range of addresses when it starts (256 GiB or more), \
               and was refused: ulimit -v, strict overcommit, or a system with few addresses (Android with proot, \
               some arm64 boards).",
        not: "Not /dev/shm. The range is no memory yet: a higher memory limit does not help.",
        fix: Fix::Refused,
        setting: "DOTNET_GCHeapHardLimit=1C0000000 (bytes, hexadecimal) makes it reserve less; so may \
                  DOTNET_gcServer=0.",
        source: "dotnet/runtime src/coreclr/gc, https://github.com/dotnet/runtime/issues/85556",
        example: "error : GC heap initialization failed with error 0x8007000E",
        ..Entry::REST
    },
    Entry {
        id: "dotnet-writable-mapping",
        application: ".NET",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["The RW block to unmap was not found"],
        text: "The runtime maps its code twice, once to write and once to run it, and one of these mappings failed: there are as \
               many as a process may have (vm.max_map_count, 65530 by default), or its address space is limited.",
        not: "Not the size of /dev/shm: these mappings are of a memfd.",
        fix: Fix::Setting,
        setting: "wc -l /proc/PID/maps; sysctl -w vm.max_map_count=262144 on the host. DOTNET_EnableWriteXorExecute=0 \
                  needs no second mapping.",
        source: "dotnet/runtime src/coreclr/utilcode/executableallocator.cpp, \
                 https://github.com/dotnet/runtime/issues/80580",
        example: "Fatal error. The RW block to unmap was not found",
        ..Entry::REST
    },
    Entry {
        id: "java-file-enospc",
        application: "Java, Spark, Hadoop",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "java.io.IOException:*{ENOSPC}",
            "java.nio.file.FileSystemException: /*{ENOSPC}",
        ],
        unless: &["/dev/shm"],
        instead_of: &["errno-28"],
        text: "A file that a Java program writes found no space; the frames below name the program's part, and seldom the file. Spark keeps \
               shuffle files in spark.local.dir (/tmp by default), build tools and servers theirs in /tmp or their own folder.",
        not: "As a rule not /dev/shm: Java keeps files there only if it is told to.",
        fix: Fix::Disk,
        setting: "df and df -i of that folder. Spark: a larger disk for spark.local.dir (in Kubernetes a volume named \
                  spark-local-dir-1; spark.kubernetes.local.dirs.tmpfs=true makes it memory). Others: -Djava.io.tmpdir=DIR.",
        source: "https://spark.apache.org/docs/latest/configuration.html (spark.local.dir), \
                 https://github.com/koordinator-sh/koordinator/issues/1004",
        example: "java.io.IOException: No space left on device\n        at java.base/java.io.FileOutputStream.writeBytes(Native Method)",
        ..Entry::REST
    },
    Entry {
        id: "numpy-memory",
        application: "NumPy",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "_ArrayMemoryError: Unable to allocate",
            "MemoryError: Unable to allocate*for an array with shape",
        ],
        instead_of: &["errno-12"],
        text: "The array was not promised: it is larger than memory and swap (vm.overcommit_memory = 0 refuses that), or a limit on \
               address space is reached (ulimit -v).",
        not: "Not /dev/shm. A memory limit of a container does not refuse, it kills.",
        fix: Fix::Refused,
        setting: "A smaller type (float32) or pieces (numpy.memmap, chunks of a file).",
        source: "numpy numpy/_core/_exceptions.py, proc_sys_vm(5)",
        example: "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,)",
        ..Entry::REST
    },
    Entry {
        id: "dotnet-access-violation",
        application: ".NET",
        patterns: &["System.AccessViolationException: Attempted to read or write protected memory"],
        text: "The runtime got SIGSEGV or SIGBUS in memory that is not its own. With MemoryMappedFile or UnmanagedMemoryStream in the frames it \
               is a page of a mapped file that could not be had: the file is in /dev/shm, which is small or full, or it was truncated.",
        not: "It names no cause: a fault of native code looks alike.",
        setting: "df /dev/shm while it runs; shmeter watch --trace signals -- COMMAND names the file.",
        source: "dotnet/runtime src/coreclr/pal/src/exception/signal.cpp, \
                 https://github.com/dotnet/vscode-csharp/issues/7119",
        example: "Fatal error. System.AccessViolationException: Attempted to read or write protected memory. This is often an indication that \
                  other memory is corrupt.",
        ..Entry::REST
    },
    Entry {
        id: "openj9-huge-pages",
        application: "OpenJ9",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["ASSERTION FAILED*omrvmem.c"],
        text: "Older versions of OpenJ9 take the machine's huge pages by themselves, and fail where these are of 1 GiB.",
        not: "Not /dev/shm, and no lack of memory.",
        fix: Fix::Setting,
        setting: "A newer OpenJ9; or without huge pages (-Xlp:objectheap:pagesize=4K).",
        source: "omr port/linux/omrvmem.c, https://github.com/eclipse-openj9/openj9/issues/1419",
        example: "omrport.0      *   ** ASSERTION FAILED ** at ../../omr/port/linux/omrvmem.c:694: ((params->startAddress <= \
                  params->endAddress))",
        ..Entry::REST
    },
    Entry {
        id: "java-zgc-tmpfs",
        application: "Java (ZGC)",
        meaning: Meaning::Permission,
        certainty: Certainty::Sure,
        patterns: &["Failed to find an accessible tmpfs filesystem"],
        text: "ZGC keeps the heap in a memfd, or where the kernel has none, in a file on a tmpfs: /dev/shm or /run/shm, and neither is there \
               with the right to write.",
        not: "Not a size.",
        fix: Fix::Mount,
        setting: "Or -XX:AllocateHeapAt=FOLDER on another tmpfs, or another collector (-XX:+UseG1GC).",
        source: "openjdk src/hotspot/os/linux/gc/z (zMountPoint, zPhysicalMemoryBacking), \
                 https://github.com/cloudcaptainsh/cloudcaptain/issues/273",
        example: "[0.004s][error][gc] Failed to find an accessible tmpfs filesystem",
        ..JAVA
    },
    Entry {
        id: "openj9-cache-map",
        application: "Eclipse OpenJ9 (Java)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["JVMSHRC245E"],
        instead_of: &["openj9-cache"],
        text: "The file of a persistent cache of classes (-Xshareclasses) could not be mapped; \"Not enough memory\" is the address space \
               (ulimit -v) or memory.",
        not: "Not kernel.shmmax, and not the size of /dev/shm: the file lies in javasharedresources.",
        fix: Fix::Refused,
        setting: "A smaller -Xscmx, or -Xshareclasses:none.",
        source: "openj9 runtime/shared_common/OSCachemmap.cpp, https://github.com/SDL-Hercules-390/hyperion/issues/801",
        example: "JVMSHRC245E Error mapping shared class cache file",
        ..Entry::REST
    },
];
