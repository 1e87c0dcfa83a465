//! Lines that somebody collected who knew nothing of the catalogue. What it did not know of them, or told wrongly,
//! was mended since (results/2026-11-27-vm-2cpu/public-reports.md).

use super::threads::{ALIKE, AMBIGUOUS, DENIED, Line, MEMORY, NOTHING, SHM, SYSV, judge, line};

const LINES: &[Line] = &[
    line(
        "helm/charts#24458",
        " Message:             Usage of EmptyDir volume \"dshm\" exceeds the limit \"1Gi\".",
        SHM,
    ),
    line("TrunkRecorder/trunk-recorder#880", "shmget (2): No space left on device", SYSV),
    line(
        "monome/norns#1596",
        "cannot lock down 107350048 byte memory area (cannot allocate memory)",
        MEMORY,
    ),
    line(
        "www.nxhelp.com/2011/10/db21015e-on-redhat-5-6/",
        "\"Maximum system queue limit exceeded\"\nDIA8559C A message queue limit has been exceeded.\nCALLED : OS, -, msgget OSERR: ENOSPC (28)",
        ALIKE,
    ),
    line("blakeblackshear/frigate#528", "Fatal Python error: Bus error", AMBIGUOUS),
    line(
        "GIScience/openrouteservice#1088",
        "# Native memory allocation (mmap) failed to map 16384 bytes for committing reserved memory.",
        MEMORY,
    ),
    line(
        "eclipse-openj9/openj9#20239",
        "Unhandled exception\nType=Bus error vmState=0x000501ff",
        AMBIGUOUS,
    ),
    line(
        "namhyung/uftrace#371",
        "m@m:~/git/uftrace$ ./uftrace -L.  ../test_pointer_arg\nBus error (core dumped)",
        AMBIGUOUS,
    ),
    line(
        "F-Stack/f-stack#274",
        "EAL: No free hugepages reported in hugepages-1048576kB\nEAL: No free hugepages reported in hugepages-2048kB\nEAL: FATAL: Cannot get hugepage information.",
        MEMORY,
    ),
    line(
        "NVIDIA/nccl#1589",
        "g148:14937:69361 [0] misc/shmutils.cc:129 NCCL WARN Error while attaching to shared memory segment /dev/shm/nccl-glnlGK (size 14156128), error: No such file or directory (2)",
        DENIED,
    ),
    line(
        "akka/akka-core#20779",
        "InternalError: a fault occurred in a recent unsafe memory access operation in compiled Java code",
        AMBIGUOUS,
    ),
    line(
        "bluek8s/kubedirector#356",
        "memory: usage 524288kB, limit 524288kB, failcnt 0\n[5193605.506956] Memory cgroup out of memory: Kill process 62685 (bash) score 0 or sacrifice child",
        MEMORY,
    ),
    line(
        "www-01.ibm.com/support/docview.wss?uid=swg21238293",
        "shmat: [22]: operating system error\n    Logbackup failed - function write to",
        SYSV,
    ),
    line(
        "dgraph-io/badger#1801",
        "unexpected fault address 0x7f25fb57a000\nfatal error: fault\n[signal SIGBUS: bus error code=0x2 addr=0x7f25fb57a000 pc=0x46c58e]",
        AMBIGUOUS,
    ),
    line(
        "duncan3dc/fork-helper#7",
        "Warning: shmop_open(): unable to attach or create shared memory segment 'No space left on device'",
        SYSV,
    ),
    line(
        "csienslab/icLibFuzzer#1",
        "[PARENT ERROR] write to file /dev/shm/libfuzzer_core_17 failed with error code 28",
        SHM,
    ),
    line(
        "notify-rs/notify#103",
        "error: Io(Error { repr: Os { code: 28, message: \"No space left on device\" } })",
        AMBIGUOUS,
    ),
    line(
        "stored public file id 57137434498 (Ubuntu Forums, 'I cannot delete software', 2015-07-11)",
        "Paketlisten werden gelesen... Fehler!\nE: Schreibfehler - write (28: Auf dem Gerät ist kein Speicherplatz mehr verfügbar)\nE: E/A-Fehler beim Speichern des Quell-Zwischenspeichers",
        ALIKE,
    ),
    line(
        "OpenIDC/liboauth2#18",
        "[Sun Dec 20 03:45:03.522921 2020] [oauth2:error] [pid 8085] oauth2_ipc_sema_post_config: sem_open() failed to create named semaphore /zzo-sema-8085.0x564b89a996e0: No space left on device (28)",
        SHM,
    ),
    line(
        "owasp-modsecurity/ModSecurity#951",
        "Message: Geo Lookup: Failed to lock proc mutex: Permission denied",
        ALIKE,
    ),
    line(
        "topic.alibabacloud.com/a/ora-27102-handling-of-outofmemory-errors_1_46_32754727.html",
        "ORA-27102: out of memory\nLinux-ia64 Error: 28: No space left on device",
        &["sysv", "ambiguous"],
    ),
    line("zevv/duc#163", "MDB_MAP_FULL: Environment mapsize limit reached", ALIKE),
    line(
        "opiproject/opi-poc#224",
        "EAL: 1024 hugepages of size 2097152 reserved, but no mounted hugetlbfs found for that size\nEAL: FATAL: Cannot get hugepage information.",
        MEMORY,
    ),
    line(
        "www.stechies.com/eginit-escreateshared-failed-infoegglobalarea/",
        "*** ERROR => EgInit: EsCreateShared() failed. info='EG_GLOBAL_AREA',\n  blocks=274, rc=1\n*** DISPATCHER EMERGENCY SHUTDOWN ***",
        AMBIGUOUS,
    ),
    line(
        "Circuitscape/Circuitscape.jl#212",
        "SystemError: shm_open() failed for /jl012860jn8tnNvpT9HocMhDHR4S: Too many open files",
        ALIKE,
    ),
    line("s5z/zsim#38", "gm_create failed shmget: Invalid argument", SYSV),
    line("zTrix/qemu-compose#26", "kvm run failed Bad address", AMBIGUOUS),
    line(
        "KumKeeHyun/perisco#3",
        "loading objects: field FentrySockRecvmsg: program fentry_sock_recvmsg: map server_map: map create: operation not permitted (MEMLOCK may be too low, consider rlimit.RemoveMemlock)",
        ALIKE,
    ),
    line(
        "jnwatson/py-lmdb#161",
        "Bus error (core dumped)\nThread 1 \"python3\" received signal SIGBUS, Bus error.\nmdb_page_alloc (num=num@entry=1, mp=mp@entry=0x7fffffffbdc0, mc=<optimized out>) at lib/mdb.c:2301",
        AMBIGUOUS,
    ),
    line(
        "NVIDIA/nccl-tests#206",
        "misc/ibvwrap.cc:278 NCCL WARN Call to ibv_reg_mr_iova2 failed with error Cannot allocate memory",
        MEMORY,
    ),
    line(
        "QMCPACK/qmcpack#5557",
        "cudaAssert: cudaErrorMemoryAllocation out of memory, file /home/yeluo/opt/qmcpack/src/Platforms/CUDA/MemManageCUDA.hpp, line 74",
        ALIKE,
    ),
    line(
        "akka/akka-samples#83",
        "[info] io.aeron.exceptions.RegistrationException: IllegalStateException : Insufficient usable storage for new log of length=50335744 in /dev/shm (tmpfs)",
        SHM,
    ),
    line(
        "stored public file id 56900108361 (Ubuntu Forums, 'problem running motion with 3 cam', 201",
        "libv4l2: error turning on stream: Aucun espace disponible sur le périphérique",
        ALIKE,
    ),
    line("googleapis/google-cloud-php#1008", "shm_put_var(): not enough shared memory left", ALIKE),
    line(
        "rafatosta/zapzap#758",
        "[18704:18789:0630/091642.388681:ERROR:platform_shared_memory_region_posix.cc(217)] Creating shared memory in /dev/shm/.org.chromium.Chromium.J8BYYR failed: Permission denied (13)",
        DENIED,
    ),
    line(
        "webanck/docker-wine-steam#12",
        "shm_open() failed: No such file or directory\nALSA lib pulse.c:243:(pulse_connect) PulseAudio: Unable to connect: Protocol error",
        DENIED,
    ),
    line(
        "voxpupuli/puppet-redis#105",
        "17662:M 28 Aug 12:39:14.595 # Can't save in background: fork: Cannot allocate memory",
        MEMORY,
    ),
    line(
        "stored public file id 11427148123 (blog post 2020-09-16)",
        "bash: cannot create temp file for here-document: 장치에 남은 공간이 없음",
        ALIKE,
    ),
    line(
        "wolfcw/libfaketime#519",
        "libfaketime: In lock_for_stat(), ft_sem_lock failed: Invalid argument",
        ALIKE,
    ),
    line(
        "www.modb.pro/db/2029852572992479232",
        "FATAL: pre-existing shared memory block (key 2048, ID 1328250881) is still in use\nHINT: Terminate any old server processes associated with data directory \"/data\".",
        ALIKE,
    ),
    line(
        "gammu/gammu#556",
        "gammu-smsd-monitor[6437]: Failed to allocate shared memory segment!, Error 2: No such file or directory",
        DENIED,
    ),
    line(
        "OpenSIPS/opensips#1272",
        "ERROR:core:fm_malloc: not enough free shm memory (0 bytes left, need 48), please increase the \"-m\" command line parameter!\nFeb  2 15:10:31 DB-MobiCall /sbin/opensips[533]: ERROR:usrloc:shm_str_dup: no shared memory left",
        ALIKE,
    ),
    line(
        "maxchk/puppet-varnish#144",
        "Running VCC-compiler failed, exited with 2\n\nVCL compilation failed",
        AMBIGUOUS,
    ),
    line(
        "stored public file id 38438455151 (HackTricks, French, PID namespaces)",
        "bash: fork: Impossible d'allouer de la mémoire",
        MEMORY,
    ),
    line(
        "joyzoursky/docker-python-chromedriver#26",
        "selenium.common.exceptions.WebDriverException: Message: unknown error: session deleted because of page crash",
        AMBIGUOUS,
    ),
    line(
        "Qihoo360/QConf#66",
        "2017/05/15 01:59:57 - [pid: 29640][FATAL ERROR][qconf_agent.cc 155] - Failed to init share memory!",
        ALIKE,
    ),
    line(
        "kometchtech/docker-build#4",
        "SIGBUS received; this is most likely due to filling up the filesystem where cache resides.\nCache file deleted.\nkresd can not recover reliably by itself, exiting.",
        SHM,
    ),
    line(
        "jamesyc/TimeCapsuleSMB#40",
        "06:11:57.612 tdb(/mnt/Memory/samba4/locks/locking.tdb): expand_file to 1740800 failed (No space left on device)\n06:11:57.612 PANIC (pid 9630): could not store share mode entry: NT_STATUS_UNSUCCESSFUL",
        ALIKE,
    ),
    line(
        "hpc/mpifileutils#585",
        "#   Local host:  nnf-dm-worker-xj45m\n#   System call: unlink(2) /dev/shm/vader_segment.nnf-dm-worker-xj45m.8d600001.7\n#   Error:       Operation not permitted (errno 1)",
        ALIKE,
    ),
    line(
        "omega8cc/boa#157",
        "Nginx Server...:[emerg]: zero size shared memory zone \"uploads\"",
        ALIKE,
    ),
    line(
        "nytimes/nginx-vod-module-docker#10",
        "nginx: [alert] mmap(MAP_ANON|MAP_SHARED, 2147483648) failed (12: Out of memory)",
        MEMORY,
    ),
    line("supercollider/supercollider#3127", "Exception in World_New: Permission denied", DENIED),
    line(
        "openwrt/packages#1301",
        "FATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-cfmetadata.shm): (13) Permission denied",
        DENIED,
    ),
    line(
        "stephane-caron/vulp#27",
        "[error] Cannot open shared memory \"tester\": file already exists. Is the spine already running? Did it not exit properly? If not, run ``bazel run @vulp//tools/shm:clean -- tester``",
        &["permission", "ambiguous"],
    ),
    line(
        "INSPIRE-MIF/helpdesk-validator#1174",
        "2025/03/17 14:32:19| FATAL: xcalloc: Unable to allocate 1073741816 blocks of 432 bytes!",
        MEMORY,
    ),
    line(
        "termux/termux-packages#2234",
        "Fri Mar  9 21:48:22 2018 (547731073688): Fatal Error Unable to allocate shared memory segment of 134217728 bytes: unknown: No such file or directory (2)",
        ALIKE,
    ),
    line(
        "stored public file id 48488230078 (README, トラブルシューティング)",
        "inotify_add_watch: デバイスに空き領域がありません",
        ALIKE,
    ),
    line(
        "python/cpython#93253",
        "    sl = self._semlock = _multiprocessing.SemLock(\nOSError: [Errno 28] No space left on device",
        SHM,
    ),
    line(
        "oe-alliance/oe-alliance-core#688",
        "  tdb(/var/lib/samba/smbXsrv_version_global.tdb): tdb_open_ex: tdb_new_database failed for /var/lib/samba/smbXsrv_version_global.tdb: Invalid argument",
        ALIKE,
    ),
    line(
        "openshift/openshift-tools#3959",
        "347:20190301:114017.244 [file:dbconfig.c,line:89] zbx_mem_realloc(): out of memory (requested 824008 bytes)\n347:20190301:114017.244 [file:dbconfig.c,line:89] zbx_mem_realloc(): please increase CacheSize configuration parameter",
        ALIKE,
    ),
    line(
        "stored public file id 43269700936 (blog post 'Ubuntu22.04 设置无法打开')",
        "总线错误 (核心已转储)",
        AMBIGUOUS,
    ),
    line(
        "MTES-MCT/monitorfish#3907",
        "PSQLException: ERROR: out of shared memory\n  Hint: You might need to increase max_locks_per_transaction.",
        ALIKE,
    ),
    line(
        "eProsima/Fast-DDS#5737",
        "[RTPS_TRANSPORT_SHM Error] Failed init_port fastrtps_port7425: open_and_lock_file failed -> Function open_port_internal",
        ALIKE,
    ),
    line(
        "virtual-dba.com/blog/resolving-sql0930n-memory-errors-after-upgrade/",
        "MESSAGE : ZRC=0x850F0005=-2062614523=SQLO_NOSEG  \n          \"No Storage Available for allocation\"  \n          DIA8305C Memory allocation failure occurred.",
        SYSV,
    ),
    line(
        "openucx/ucx#1037",
        "[1475682365.444036] [pod9:11912:0]       mm_posix.c:88   UCX  ERROR Not enough memory to write total of 4208440835 bytes. Please check that /dev/shm or the directory you specified has more available memory.",
        SHM,
    ),
    line(
        "envoyproxy/envoy#4032",
        "panic: cannot open shared memory region /envoy_shared_memory_160 check user permissions",
        DENIED,
    ),
    line(
        "bnnanet/serviceman#5",
        "could not open shared memory segment \"/PostgreSQL.2818577498\": No such file or directory",
        DENIED,
    ),
    line(
        "friendica/friendica#8200",
        "PHP Warning: sem_get(): failed for key 0x6602b303: No space left on device in /path/to/friendica/src/Core/Lock/SemaphoreLock.php on line 41",
        ALIKE,
    ),
    line(
        "eclipse-iceoryx/iceoryx#2287",
        "While setting the acquired shared memory to zero a fatal SIGBUS signal appeared caused by memset. The shared memory object with the following properties [ name = root, sizeInBytes = 149264720, access mode = AccessMode::READ_WRITE, open mode = OpenMode::PURGE_AND_CREATE, baseAddressHint = (nil), permissions = 0 ] maybe requires more memory than it is currently available in the system.",
        SHM,
    ),
    line(
        "kamailio/kamailio#156",
        "ERROR: db_mysql [km_res.c:81]: db_mysql_get_columns(): no private memory left\nERROR: <core> [db_row.c:116]: db_allocate_row(): no private memory left",
        ALIKE,
    ),
    line(
        "vllm-project/vllm#27313",
        "(EngineCore_DP0 pid=77352) INFO 10-22 09:43:49 [shm_broadcast.py:466] No available shared memory broadcast block found in 60 seconds. This typically happens when some processes are hanging or d",
        ALIKE,
    ),
    line(
        "MicrosoftDocs/WSL#39",
        "[-]  SYSTEM ERROR : shmget() failed\n    Stop location : setup_shm(), afl-showmap.c:134\n       OS message : Invalid argument",
        SYSV,
    ),
    line(
        "Medical-Event-Data-Standard/MIMIC_IV_MEDS#20",
        "OpenBLAS blas_thread_init: RLIMIT_NPROC 128 current, 128 max\nOpenBLAS blas_thread_init: pthread_create failed for thread 32 of 56: Resource temporarily unavailable",
        ALIKE,
    ),
    line(
        "NethServer/dev#6281",
        "[core:emerg] [pid 4545] (28)No space left on device: AH00023: Couldn't create the ssl-cache mutex",
        ALIKE,
    ),
    line(
        "testnet0/testnet#7",
        "library initialization failed - unable to allocate file descriptor table - out of memory",
        ALIKE,
    ),
    line("CMU-SAFARI/DAMOV#14", "gm create failed shmget: Cannot allocate memory", MEMORY),
    line(
        "ZoneMinder/zoneminder#3149",
        "2021-02-09 12:22:16.146996 zma_m6[5058].ERR-zm_monitor.cpp/501 [Shared data not initialised by capture daemon for monitor Patio]",
        SHM,
    ),
    line(
        "JuliaLang/julia#40389",
        "Please ensure requested size is within system limits.\nIf not, increase system limits and try again.\nERROR: SystemError: shm_open() failed for /jl006840nyAd39ZoCOUGp54GDHlL: Permission denied",
        DENIED,
    ),
    line(
        "pauleve/docker-mtgo#1",
        "X Error of failed request:  BadAccess (attempt to access private resource denied)\n  Major opcode of failed request:  130 (MIT-SHM)\n  Minor opcode of failed request:  1 (X_ShmAttach)",
        DENIED,
    ),
    line(
        "pi-hole/docker-pi-hole#1167",
        "[2022-08-18 11:32:21.722 195460M] WARN: Could not fallocate() in realloc_shm() (/__w/FTL/FTL/src/shmem.c:763): No space left on device\n[2022-08-18 11:32:21.722 195460M] FATAL: realloc_shm(): Failed to resize \"FTL-queries\" (20) to 66748416: No space left on device (28)",
        &["shm-size", "ambiguous"],
    ),
];

/// Of programs that the ones above leave out.
const OTHERS: &[Line] = &[
    line(
        "drawdb-io/drawdb#360",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----",
        ALIKE,
    ),
    line(
        "MariaDB/mariadb-docker#454",
        "mysqld: io_uring_queue_init() failed with ENOMEM: try larger memory locked limit",
        MEMORY,
    ),
    line(
        "game-ci/unity-builder#840",
        "Error:  Requested 1073741824 bytes, but only 67108864 bytes available\nError:  Insufficient shared memory available - if using Docker, please run the container with --shm-size=1025M",
        SHM,
    ),
    line(
        "Kicksecure/security-misc#69",
        "dev-shm.mount: Cannot create mount unit for API file system /dev/shm",
        ALIKE,
    ),
    line(
        "cri-o/cri-o#1453",
        "FATA[0000] removing the pod sandbox \"1bf62f11be134c6793628db4e75d65b93b9499c2d64fcf172a9c8b70b6f4bab3\" failed: rpc error: code = Unknown desc = failed to remove pod sandbox 1bf62f11be134c6793628db4e75d65b93b9499c2d64fcf172a9c8b70b6f4bab3: remove /var/run/containers/storage/overlay-containers/1bf62f11be134c6793628db4e75d65b93b9499c2d64fcf172a9c8b70b6f4bab3/userdata/shm: device or resource busy ",
        ALIKE,
    ),
    line(
        "SeisSol/SeisSol#691",
        "Assertion failed in file ../../src/mpid/ch4/src/intel/ch4_shm_coll.c at line 2246",
        AMBIGUOUS,
    ),
    line(
        "futel/asteriskserver#86",
        "[Jul 13 00:39:18] WARNING[32311][C-000008ba] res_agi.c: Failed to fork(): Cannot allocate memory",
        MEMORY,
    ),
    line(
        "vooon/ntpd_driver#10",
        "[FATAL] [1771674095.597136430] [shm_driver]: SHM(2) shmget(0x4e545032, 96, 666) fail: Permission denied",
        DENIED,
    ),
    line(
        "remote-android/redroid-doc#189",
        "07-09 15:02:23.227 46134 46289 E ashmem  : Unable to open ashmem device /dev/ashmem83abc979-9bf2-4f50-a03a-0d97748ffbb3 (error = No such file or directory) and /dev/ashmem(error = No such file or directory)",
        ALIKE,
    ),
    line(
        "docker-library/elasticsearch#154",
        "[2017-01-12T10:20:09,941][WARN ][o.e.b.JNANatives         ] Unable to lock JVM Memory: error=12, reason=Out of memory\n[2017-01-12T10:20:09,944][WARN ][o.e.b.JNANatives         ] This can result in part of the JVM being swapped out.\n[2017-01-12T10:20:09,944][WARN ][o.e.b.JNANatives         ] Increase RLIMIT_MEMLOCK, soft limit: 65536, hard limit: 65536",
        MEMORY,
    ),
    line("brunoherbelin/vimix#107", "Sending new shm area failed: Broken pipe", ALIKE),
    line(
        "microsoft/mssql-scripter#186",
        "Error details: Microsoft.SqlServer.Management.Common.ConnectionFailureException: Failed to connect to server localhost. ---> System.Data.SqlClient.SqlException: A connection was successfully established with the server, but then an error occurred during the login process. (provider: Shared Memory Provider, error: 0 - No process is on the other end of the pipe.) ---> System.ComponentModel.Win32Exception: No process is on the other end of the pipe",
        ALIKE,
    ),
    line(
        "Project-OSRM/osrm-backend#952",
        "[info] allocating shared memory of 20933050 bytes\n[warn] caught exception: Invalid argument, code 21\n[warn] caught exception: Invalid argument",
        NOTHING,
    ),
    line(
        "docker-archive/compose-cli#1590",
        "The new 'docker compose' command is currently experimental. To provide feedback or request new features please open issues at https://github.com/docker/compose-cli\nstrconv.ParseInt: parsing \"512mb\": invalid syntax",
        ALIKE,
    ),
    line(
        "istio/istio#11189",
        "[2019-01-23 14:58:36.707][28][critical][assert] external/envoy/source/server/hot_restart_impl.cc:62] panic: cannot open shared memory region /envoy_shared_memory_0 check user permissions. Error: File exists",
        DENIED,
    ),
    line(
        "google-deepmind/jax_privacy#10",
        "Original error: RESOURCE_EXHAUSTED: Failed to allocate request for 176.00MiB (184549376B) on device ordinal 0",
        ALIKE,
    ),
    line(
        "gluster/glusterfs#2203",
        "[2021/02/26 10:24:17.895402,  0, pid=728, effective(0, 0), real(0, 0)] ../../lib/util/fault.c:80(fault_report)\n  INTERNAL ERROR: Signal 7 in pid 728 (4.11.6-Ubuntu)",
        AMBIGUOUS,
    ),
    line(
        "Ravenports/ravensource#153",
        "Failed to create shared memory file /WK2SharedMemory.2415940274: Permission denied\nFailed to create shared memory file /WK2SharedMemory.1672060095: Permission denied",
        DENIED,
    ),
    line("kubernetes/kubernetes#52337", "hugetlbfs: Bad mount option: \"pageSize=2Mi\"", ALIKE),
    line(
        "Project-MONAI/MONAI#701",
        "reduction.py\", line 161, in recvfds\n    len(ancdata))\nRuntimeError: received 0 items of ancdata",
        ALIKE,
    ),
    line(
        "laruence/yac#82",
        "PHP Fatal error:  Shared memory allocator startup failed at 'mmap': Cannot allocate memory in Unknown on line 0\nPHP Fatal error:  Unable to start yac module in Unknown on line 0",
        &["memory", "ambiguous"],
    ),
    line(
        "mozilla/geckodriver#285",
        "firefox_1  | [Parent 191] WARNING: pipe error (56): Connection reset by peer: file /home/worker/workspace/build/src/ipc/chromium/src/chrome/common/ipc_channel_\nfirefox_1  | ###!!! [Parent][MessageChannel] Error: (msgtype=0x2C0082,name=PBrowser::Msg_Destroy) Channel error: cannot send/recv",
        AMBIGUOUS,
    ),
    line(
        "horovod/horovod#300",
        "[96c7e3d99641:24984] Read -1, expected 122880, errno = 1\n[96c7e3d99641:24986] Read -1, expected 122880, errno = 1",
        ALIKE,
    ),
    line(
        "moul/travis-docker#17",
        "Bus error - the host /dev/shm or /tmp mount likely just ran out of space",
        SHM,
    ),
    line(
        "spdk/spdk#162",
        "qemu-system-x86_64: -object memory-backend-file,id=mem,size=4G,mem-path=/dev/hugepages,share=on: unable to map backing store for guest RAM: Cannot allocate memory",
        MEMORY,
    ),
    line(
        "yahoo/TensorFlowOnSpark#134",
        "17/11/25 18:23:24 ERROR YarnClusterScheduler: Lost executor 9 on harrisburg.cs.colostate.edu: Container killed by YARN for exceeding memory limits. 7.2 GB of 4.2 GB virtual memory used. Consider boosting spark.yarn.executor.memoryOverhead.",
        MEMORY,
    ),
    line(
        "triton-inference-server/server#6195",
        "UNAVAILABLE: Internal: Unable to initialize shared memory key 'triton_python_backend_shm_region_3' to requested size (67108864 bytes). If you are running Triton inside docker, use '--shm-size' flag to control the shared memory region size. Each Python backend model instance requires at least 64MBs of shared memory. Error: No space left on device ",
        SHM,
    ),
    line(
        "kaneplusplus/bigmemory#19",
        "Error: memory could not be allocated for instance of type big.matrix",
        AMBIGUOUS,
    ),
    line(
        "apptainer/singularity#1571",
        "dcp_recv(165)...................: Internal MPI error!  Cannot read from remote process\n Two workarounds have been identified for this issue:\n 1) Enable ptrace for non-root users with:",
        ALIKE,
    ),
    line(
        "mpi4py/shmem4py#28",
        "MPIDI_OFI_init_local(604): \ncreate_vni_context(982)..: OFI endpoint open failed (ofi_init.c:982:create_vni_context:Cannot allocate memory)\n28463ef361be:rank0.python: Failed to get eth0 (unit 0) cpu set",
        MEMORY,
    ),
    line(
        "hafs-community/HAFS#101",
        "slurmstepd: error: Detected 1 oom-kill event(s) in step 3495064.0 cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.\nsrun: error: Orion-01-01: task 4: Out Of Memory",
        MEMORY,
    ),
    line(
        "www.codeblueprint.co.uk/2017/05/11/dear-btrfs.html",
        "[  459.834935] systemd-journald[706]: Failed to rotate /var/log/journal/dae9a2341321bbb6224dafc6561f8eb1/system.journal: No space left on device\n[  459.841371] systemd-journald[706]: Failed to rotate /var/log/journal/dae9a2341321bbb6224dafc6561f8eb1/user-1000.journal: No space left on device\n[  459.841551] systemd-journald[706]: Failed to write entry (24 items, 750 bytes), ignoring: Input/output error",
        ALIKE,
    ),
    line(
        "blindsidenetworks/scalelite#397",
        "[alert] 869#869: *4201234 could not allocate new session in SSL session shared cache \"ScaleliteSSL\" while SSL handshaking, client: xxx.xxx.xxx.xxx, server: 0.0.0.0:443",
        ALIKE,
    ),
    line(
        "FirebirdSQL/firebird#7347",
        "MappingIpc: Cannot initialize the shared memory region\n\tShared memory area is probably already created by another engine instance in another Windows session",
        AMBIGUOUS,
    ),
    line(
        "erlang/otp#5072",
        "Slogan: temp_alloc: Cannot reallocate 34359738368 bytes of memory (of type \"estack\")",
        MEMORY,
    ),
    line(
        "podman-container-tools/podman#12233",
        "Error: error allocating lock for new container: no space left on device",
        ALIKE,
    ),
    line(
        "rook/rook#6279",
        "2020-09-17 00:30:12.819947 D | exec:  stderr: 2020-09-17T00:30:12.145+0000 7f0c17632f40 -1 bdev(0x56212de88700 /var/lib/ceph/osd/ceph-0//block) _aio_start io_setup(2) failed with EAGAIN; try increasing /proc/sys/fs/aio-max-nr\n2020-09-17 00:30:12.819955 D | exec:  stderr: 2020-09-17T00:30:12.145+0000 7f0c17632f40 -1 bluestore(/var/lib/ceph/osd/ceph-0/) _minimal_open_bluefs add block device(/var/lib/ceph/osd/ceph-0//block) returned: (11) Resource temporarily unavailable",
        ALIKE,
    ),
    line(
        "genuinetools/img#242",
        "#11 5.749 error An unexpected error occurred: \"https://registry.yarnpkg.com/webpack/-/webpack-4.11.0.tgz: ENOSPC: no space left on device, write\".",
        AMBIGUOUS,
    ),
    line(
        "ClickHouse/ClickHouse#43864",
        "ru.yandex.clickhouse.except.ClickHouseUnknownException: ClickHouse exception, code: 1002, host: 10.90.120.143, port: 8123; Code: 173. DB::ErrnoException: FiberStack: cannot protect guard page, errno: 12, strerror: Cannot allocate memory: While executing Remote. (CANNOT_ALLOCATE_MEMORY)\nIt looks like that the process is near the limit on number of virtual memory mappings.\nCurrent number of mappings (/proc/self/maps): 65531.",
        MEMORY,
    ),
    line(
        "blogs.oracle.com/mandalika/entry/peoplesoft_fixing_msgget_no_space",
        "113954.ben15!PSSAMSRV.29746.1.0: LIBTUX_CAT:681: ERROR: Failure to create message queue\n113954.ben15!PSSAMSRV.29746.1.0: LIBTUX_CAT:248: ERROR: System init function failed, Uunixerr = : \n                   msgget: No space left on device",
        ALIKE,
    ),
];

#[test]
fn of_lines_that_somebody_else_collected_nothing_wrong_is_said_and_most_is_said_specifically() {
    judge(LINES);
    judge(OTHERS);
}
