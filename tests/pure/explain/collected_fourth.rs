//! Lines that two testers collected, as those of `collected`: those that were told wrongly or not specifically at the
//! first try.

use super::threads::{ALIKE, AMBIGUOUS, DENIED, Line, MEMORY, SHM, SYSV, judge, line};

const LINES: &[Line] = &[
    line(
        "eclipse-ecal/ecal#2037",
        "shm_open failed to OPEN memory file (memfile::os::AllocFile): /ecal_e469624b errno: No such file or directory",
        DENIED,
    ),
    line(
        "podman-container-tools/podman#16119",
        "Error: failed to open 16384 locks in /libpod_rootless_lock_1000: numerical result out of range",
        ALIKE,
    ),
    line(
        "eProsima/Fast-DDS#2829",
        "2022-07-11 14:33:48.281 [DATASHARING_PAYLOADPOOL Error] Failed to create segment fast_datasharing_01.0f.00.4b.1a.23.11.28.01.00.00.00_0.0.1f.3: Segment size is too large: 9605520720 (max is 4294967295). Please reduce the maximum size of the history -> Function init_shared_segment",
        ALIKE,
    ),
    line(
        "dmf-mxl/mxl#300",
        "[2025-12-21 23:34:37.980] [console] [error] [flow.cpp:52] Failed to create flow : Shared memory segment does not meet the minimum size requirements.: Cannot allocate memory",
        SHM,
    ),
    line(
        "haikuports/haikuports#11124",
        "(70023)This function has not been implemented on this platform: AH00001: unable to create or access scoreboard \"/var/shared_memory/WebKit/httpd.scoreboard\" (name-based shared memory failure)",
        ALIKE,
    ),
    line(
        "psmoveservice/PSMoveService#322",
        "[2017-01-05 17:06:18.113]: EXCEPTION - PSMoveService - boost::interprocess::intermodule_singleton initialization failed",
        ALIKE,
    ),
    line("https://savagetaylor.com/TIL/TA40846.html", "shmget: Not enough space (errno:12)", SYSV),
    line(
        "build2/bpkg#2",
        "bpkg-stage: error while loading shared libraries: /usr/local/lib/libbutl-stage-0.13.so: cannot allocate memory in static TLS block",
        ALIKE,
    ),
    line(
        "jackaudio/jack2#240",
        "Sun Dec 11 17:53:20 2016: ERROR: Allocate: can't check in named futex name = jack_sem.system err = Permission denied",
        DENIED,
    ),
    line(
        "Open-Wine-Components/umu-launcher#489",
        "fsync: warning: a previous shm file /wine-26ce2e-fsync was not properly removed",
        ALIKE,
    ),
    line(
        "haproxy/haproxy#800",
        "haproxy: [ALERT] 217/182124 (62369) : Unable to allocate SSL session cache.",
        MEMORY,
    ),
    line(
        "litedb-org/LiteDB#1918",
        "System.IO.IOException: The system cannot open the device or file specified. : 'Global\\\\A4BC81403E0F366B89A06D796FC65AC91A2AEF11.Mutex'",
        ALIKE,
    ),
    line(
        "cburgmer/json-path-comparison#156",
        "[0.005s][warning][perf,memops] Cannot use file /tmp/hsperfdata_root/29104 because it is locked by another process (errno = 11)",
        ALIKE,
    ),
    line(
        "dropbox/goebpf#45",
        "LoadElf() failed: loadAndCreateMaps() failed: map.Create() failed: ebpf_create_map() failed: Operation not permitted",
        ALIKE,
    ),
    line(
        "arkime/arkime#261",
        "main.c:451 moloch_mlockall_init(): WARNING: memlock in limits.conf must be unlimited or at least 4000000, currently 64",
        MEMORY,
    ),
    line(
        "varnishcache/varnish-cache#2417",
        "Info: Child (19827) said Assert error in VSMW_New(), vsmw.c line 291:\nInfo: Child (19827) said   Condition(fd >= 0) not true.\nInfo: Child (19827) said   errno = 13 (Permission denied)",
        DENIED,
    ),
    line(
        "eclipse-openj9/openj9#15515",
        "JVMSHRC162E The wait for the creation mutex while opening shared memory has timed out",
        ALIKE,
    ),
    line(
        "T-vK/MobilePassThrough#16",
        "    77258811 [E]            ivshmem.c:172  | ivshmemOpenDev                 | Failed to open: /dev/shm/looking-glass\n    77258826 [E]            ivshmem.c:173  | ivshmemOpenDev                 | Permission denied",
        DENIED,
    ),
    line(
        "gnif/LookingGlass#547",
        "  3448328331 [E]                app.c:272  | captureStart                   | Maximum frame size of 14745600 bytes excceds maximum space available",
        ALIKE,
    ),
    line(
        "swoole/swoole-src#5225",
        "Swoole\\Table::set(): failed to set('36998'), unable to allocate memory",
        ALIKE,
    ),
    line("elast0ny/shared_memory#40", "Error: MapOpenFailed(22)", DENIED),
    line(
        "visnkmr/backgroundappslist#1817",
        "android.database.sqlite.SQLiteDiskIOException: disk I/O error (code 4874 SQLITE_IOERR_SHMSIZE)",
        ALIKE,
    ),
    line(
        "apptainer/singularity#5157",
        "WARNING: Skipping /dev/shm/dist bind mount: /dev is already mounted",
        DENIED,
    ),
    line(
        "pmodels/armci-mpi#33",
        "[31] ARMCI assert fail in gmr_create() [src/gmr.c:109]: \"alloc_slices[alloc_me].base != NULL\"",
        ALIKE,
    ),
    line(
        "ibm-messaging/mq-docker#2",
        "  shmmax              33554432 bytes                     IBM>=268435456    WARN",
        SYSV,
    ),
    line(
        "arangodb/arangodb#5325",
        "ERROR {memory} process is near the maximum number of memory mappings. current: 127997, maximum: 128000. it may be sensible to increase the maximum number of mappings per process",
        MEMORY,
    ),
    line(
        "visnkmr/backgroundappslist#742",
        "java.lang.RuntimeException: ashmem_create_region failed",
        ALIKE,
    ),
    line("nasa/cFE#12", "Your queue depth may be too large", ALIKE),
    line(
        "Starcounter/Starcounter#2860",
        "ScErrOutOfSharedStorageAbort (SCERR8012): The transaction was aborted because of a failure to allocate shared storage memory",
        ALIKE,
    ),
    line(
        "ValveSoftware/steam-for-linux#3639",
        "[1221/132646:WARNING:shared_memory_posix.cc(386)] Shared memory creation failed; out of file descriptors",
        ALIKE,
    ),
    line(
        "ROCm/rocm_smi_lib#88",
        "347: Failed to initialize RSMI device mutex after 5 seconds. Previous execution may not have shutdown cleanly. To fix problem, stop all rocm_smi programs, and then delete the rocm_smi* shared memory files in /dev/shm.: Success",
        ALIKE,
    ),
    line("ValveSoftware/steam-for-linux#9514", "Error 75 getting shared memory size", ALIKE),
    line(
        "ocaml-multicore/eio#80",
        "Unix.Unix_error(Unix.ENOMEM, \"io_uring_register_buffers\", \"\")",
        MEMORY,
    ),
    line("ofiwg/libfabric#6437", "fi_mr_reg failed, ret is:-12, Cannot allocate memory", MEMORY),
    line(
        "termux/termux-packages#5651",
        "2020/08/05 12:03:24 kid4| FATAL: Ipc::Mem::Segment: Cannot fake shared segments in SMP config (Fake segment creation)",
        ALIKE,
    ),
    line(
        "triton-inference-server/server#5798",
        "[StatusCode.INVALID_ARGUMENT] failed to register CUDA shared memory region 'output0_data': failed to open CUDA IPC handle: invalid resource handle",
        ALIKE,
    ),
    line(
        "manticoresoftware/manticoresearch#3253",
        "WARNING: rt: table tbl failed to load disk chunk after RAM save: disk chunk var/data//tbl/tbl.165: prealloc failed: failed to mmap file 'var/data//tbl/tbl.165.spa': Cannot allocate memory (length=4437816)",
        MEMORY,
    ),
    line(
        "CypherpunkArmory/UserLAnd#1121",
        "Cannot create shm registry segment (Permission denied)",
        DENIED,
    ),
    line(
        "microsoft/weston-mirror#45",
        "rdp_allocate_shared_memory: Failed to open \"/mnt/shared_memory/{29210c3e-35f4-47de-8654-c05accc20ab7}\" with error: File exists",
        ALIKE,
    ),
    line(
        "Qihoo360/QConf#66",
        "2017/05/15 01:59:57 - [pid: 29640][FATAL ERROR][qconf_agent.cc 155] - Failed to init share memory!",
        ALIKE,
    ),
    line(
        "owasp-modsecurity/ModSecurity#1306",
        "nginx: [emerg] \"proxy_pass\" directive Failed to allocate shared memory (1): Invalid argument in /etc/nginx/nginx.conf:80",
        SYSV,
    ),
    line(
        "kaneplusplus/bigmemory#81",
        " *** caught bus error ***\naddress 0x7fa154ffc000, cause 'non-existent physical address'\n\nTraceback:\n 1: .Call(`_bigmemory_CreateSharedMatrix`, row, col, colnames, rownames,     typeLength, ini, separated)",
        SHM,
    ),
    line("iberianpig/xSwipe#1", "Can't access shared memory area. SHMConfig disabled?", ALIKE),
    line(
        "http://blog.moellenkamp.org/solaris/2021/02/20/out-of-shared-memory-ids.html",
        "ORA-27125: unable to create shared memory segment\nSVR4 Error: 28: No space left on device",
        SYSV,
    ),
    line(
        "eProsima/Fast-DDS#1970",
        "2021-05-18 15:02:13.669 [RTPS_TRANSPORT_SHM Error] Failed to create segment fca0182b6b6d5908: File exists -> Function compute_per_allocation_extra_size",
        DENIED,
    ),
    line(
        "versatica/OverSIP#27",
        "CRIT: <launcher> the process already has the maximum number of files and message queues open (Errno::EMFILE: Too many open files - mq_open)",
        ALIKE,
    ),
    line(
        "open-mpi/ompi#6468",
        "Failed to create a completion queue (CQ):\n\nHostname: node423\nRequested CQE: 16384\nError:    Cannot allocate memory\n\nCheck the CQE attribute",
        MEMORY,
    ),
    line(
        "IDEALLab/EngiBench#180",
        "OSError: [Errno 28] No space left on device: '/tmp/tmpzo20nluh/libadflow.so'",
        ALIKE,
    ),
    line(
        "flatpak/flatpak#4726",
        "Failed to write file “/run/user/1000/.flatpak/3739882875/info.W6K0G1”: write() failed: No space left on device",
        ALIKE,
    ),
    line(
        "microsoft/WSL#8996",
        "- Setup snap \"joplin-desktop\" (28) security profiles for auto-connections (cannot obtain mount security snippets for snap \"joplin-desktop\": shared-memory plug with \"private: true\" cannot be connected if \"/dev/shm\" is a symlink)",
        DENIED,
    ),
    line(
        "microsoft/wslg#827",
        "[11:40:36.158] rdp_allocate_shared_memory: Failed to open \"/mnt/shared_memory/{7961255c-5555-41c7-a030-405562599c63}\" with error: Input/output error",
        ALIKE,
    ),
    line(
        "ansible/ansible#74641",
        "ERROR! Unable to use multiprocessing, this is normally caused by lack of access to /dev/shm: [Errno 38] Function not implemented",
        DENIED,
    ),
    line(
        "podman-container-tools/podman#18943",
        "Error: OCI permission denied: crun: open /proc/sys/kernel/shmmax: Permission denied",
        DENIED,
    ),
    line("moby/moby#10176", "sysctl: setting key \"kernel.shmmax\": Read-only file system", DENIED),
    line(
        "lxc/lxc#3033",
        "lxc nesting 20190605210402.453 ERROR    conf - conf.c:setup_sysctl_parameters:2652 - Permission denied - Failed to setup sysctl parameters kernel.shmmax to 1073741824",
        DENIED,
    ),
    line("docker-library/cassandra#203", "mbind: Operation not permitted", ALIKE),
    line("docker-library/official-images#5902", "set_mempolicy: Operation not permitted", ALIKE),
    line("Altinity/ClickHouse#568", "get_mempolicy: Operation not permitted", ALIKE),
    line(
        "ratt-ru/CubiCal#200",
        "FileExistsError: [Errno 17] File exists: '/dev/shm/cubical.20234'",
        DENIED,
    ),
    line(
        "ratt-ru/CubiCal#200",
        "mkdir: cannot create directory '/dev/shm/cubical': File exists",
        DENIED,
    ),
    line(
        "cockpit-project/starter-kit#585",
        "[43:43:0101/120000.000000:ERROR:broker_posix.cc(46)] Received unexpected number of handles",
        AMBIGUOUS,
    ),
    line(
        "openSUSE/obs-build#854",
        "[   37s] RangeError: WebAssembly.Instance(): Out of memory: wasm memory",
        MEMORY,
    ),
    line("muccc/gr-iridium#39", "jack server is not running or cannot be started", ALIKE),
    line(
        "systemd/systemd#30540",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        ALIKE,
    ),
    line(
        "pterodactyl/panel#3541",
        "Could not install packages due to an OSError: [Errno 28] No space left on device",
        ALIKE,
    ),
    line("gnudatalanguage/gdl#1880", "Server: mq_open (server): Too many open files", ALIKE),
];

#[test]
fn of_lines_that_two_testers_collected_nothing_wrong_is_said_and_most_is_said_specifically() {
    judge(LINES);
}
