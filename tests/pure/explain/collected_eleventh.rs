//! Lines of a sixteenth and a seventeenth sample of threads, and of reports: those that were told wrongly, generally or not at all at the first try, each
//! with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM};

const LINES: &[Told] = &[
    told(
        "eProsima/Fast-DDS#3852",
        "[RTPS_MSG_OUT Error] error: couldn't generate segment_name -> Function init",
        "fastdds-lock-file",
        ALIKE,
    ),
    told(
        "weprovide/valet-plus#45",
        "PHP Fatal error:  PHP Startup: apc_mmap: ftruncate failed: in Unknown on line 0",
        "php-apc-file",
        AMBIGUOUS,
    ),
    told(
        "jackaudio/jack2#537",
        "/dev/shm/jack_db/__db.001: Permission denied\ncannot open DB environment: Permission denied",
        "jack-database",
        DENIED,
    ),
    told(
        "spdk/spdk#597",
        "Thread 1 \"perf\" received signal SIGBUS, Bus error.\n0x00005555555a4211 in alloc_seg (ms=0x20000002e000, addr=0x200000200000, socket_id=0, hi=0x5555558831d8 <internal_config+248>, list_idx=0, seg_idx=0) at /spdk/dpdk/lib/librte_eal/linuxapp/eal/eal_memalloc.c:722\n722\t\t*(volatile int *)addr = *(volatile int *)addr;",
        "dpdk-huge-page-bus",
        ALIKE,
    ),
    told(
        "spdk/spdk#2077",
        "00:04:27.704  [2021-08-09 03:40:07.266747] trace.c: 188:spdk_trace_init: *ERROR*: could not shm_open spdk_trace\n00:04:27.704  [2021-08-09 03:40:07.266827] trace.c: 189:spdk_trace_init: *ERROR*: errno=13 Permission denied",
        "spdk-trace-file",
        DENIED,
    ),
    told(
        "pmodels/mpich#3268",
        "INTERNAL ERROR: invalid error code ffffffff (Ring Index out of range) in MPIDU_shm_seg_commit:566\nAbort(1617807) on node 1 (rank 1 in comm 0): Fatal error in PMPI_Init_thread: Other MPI error, error stack:\nMPIR_Init_thread(555).........:\nMPID_Init(351)................:\nMPIDI_POSIX_mpi_init_hook(125):\nMPIDU_shm_seg_commit(566).....:",
        "mpich-segment-commit",
        AMBIGUOUS,
    ),
    told(
        "openucx/ucx#919",
        "15:01:06 [1470744066.560371] [hpc-test-node:3245 :4]       mm_posix.c:435  UCX  ERROR Error returned from open in attach. No such file or directory. File name is: /proc/3245/fd/37\n15:01:06 [1470744066.560385] [hpc-test-node:3245 :4]          mm_ep.c:76   UCX  ERROR failed to connect to remote peer with mm. remote mm_id: 13937168875822",
        "ucx-proc-link",
        DENIED,
    ),
    told(
        "eclipse-iceoryx/iceoryx#1334",
        "1969-12-31 19:32:55.606 [ Error ]: Request publisher received no valid publisher port from RouDi.\n1969-12-31 19:32:55.608 [Warning]: Service '22:rcl_interfaces/msg/Log7:/rosout4:data1:01:01:01:01:01:01:01:01:01:0' could not be created. RouDi did not find a writable shared memory segment for the current user. Try using another user or adapt RouDi's config.\n1969-12-31 19:32:55.610 [Warning]: ICEORYX error! POSH__RUNTIME_NO_WRITABLE_SHM_SEGMENT",
        "iceoryx-no-writable-segment",
        DENIED,
    ),
    told(
        "stuporglue/mailreader#6",
        "/dev/zero: Cannot allocate memory\nFailed creating file mapping\nPHP Fatal error:  Failed creating file mapping in Unknown on line 0\nPHP Fatal error:  XCache: Cannot create shm in Unknown on line 0",
        "php-xcache",
        MEMORY,
    ),
    told(
        "mhardcastle/ddf-pipeline#150",
        "OSError: [Errno 17] File exists: 'file:///dev/shm/ddf.71849/DeconvListIslands/int:30034:d/str:Island:a'",
        "python-sharedarray-exists",
        DENIED,
    ),
    told(
        "vllm-project/vllm#859",
        "(RayWorker pid=3554640) *** SIGBUS received at time=1692931519 on cpu 133 ***\n(RayWorker pid=3554640) PC: @     0x7f60c5616291  (unknown)  __memset_avx2_erms\n(RayWorker pid=3554640)     @     0x7f60c60a8cf0  (unknown)  (unknown)\n(RayWorker pid=3554640) Fatal Python error: Bus error",
        "vllm-ray-worker-bus",
        SHM,
    ),
    told(
        "cmu-delphi/covidcast-indicators#1827",
        "'memcpy' resulted in a SIGBUS (no shared memory left)",
        "bettermc-sigbus",
        SHM,
    ),
    told(
        "yugabyte/yugabyte-db#28816",
        "* thread #1, name = 'postgres', stop reason = signal SIGBUS\n  * frame #0: 0x000055a3ecec456f postgres`PGSharedMemoryCreate(size=1073741824, port=<unavailable>, shim=0x00007fff026450a8) at pg_shmem.c:754:2\n    frame #1: 0x000055a3ecf7540c postgres`CreateSharedMemoryAndSemaphores(port=5432) at ipci.c:179:12",
        "postgresql-huge-page-bus",
        ALIKE,
    ),
    told(
        "openucx/ucx#6264",
        "[1615301881.513420] [node12:233522:0]          ib_md.c:349  UCX  ERROR ibv_reg_mr(address=0x2b5b0c000000, length=8404992, access=0xf) failed: Cannot allocate memory\n[33059.091472] mlx5_core 0000:41:00.0: mlx5_cmd_out_err:800:(pid 233522): CREATE_MKEY(0x200) op_mod(0x0) failed, status limits exceeded(0x8), syndrome (0x18af6), err(-12)",
        "mlx5-keys",
        ALIKE,
    ),
    told(
        "googleapis/google-auth-library-php#597",
        "PHP Warning:  shm_put_var(): Not enough shared memory left in /srv/vendor/google/auth/src/Cache/SysVCacheItemPool.php on line 231",
        "php-sysvshm-full",
        ALIKE,
    ),
    told(
        "eProsima/Fast-DDS#3475",
        "WARNING: topic [/foo] does not appear to be published yet",
        "ros2-not-published",
        AMBIGUOUS,
    ),
    told(
        "Voxelum/x-minecraft-launcher#1142",
        "[105123:0602/204021.512319:ERROR:platform_shared_memory_region_posix.cc(214)] Creating shared memory in /dev/shm/.org.chromium.Chromium.Yf2ghS failed: No such process (3)",
        "chrome-sandbox-shm",
        DENIED,
    ),
    told(
        "ThilinaRajapakse/simpletransformers#1461",
        "\"errorMessage\": \"[Errno 38] Function not implemented\"",
        "python-lambda",
        DENIED,
    ),
    told(
        "SigProfilerSuite/SigProfilerExtractor#95",
        "/usr/lib/python3.8/site-packages/joblib/_multiprocessing_helpers.py:45: UserWarning: [Errno 28] No space left on device.  joblib will operate in serial mode\n  warnings.warn('%s.  joblib will operate in serial mode' % (e,))",
        "joblib-serial-full",
        SHM,
    ),
    told(
        "Pyomo/pyomo#3977",
        "[ERROR] PermissionError: [Errno 13] Permission denied\nTraceback (most recent call last):\n  File \"/var/task/pyomo/common/tee.py\", line 40, in <module>\n    lock = multiprocessing.Lock()\n  File \"/var/lang/lib/python3.10/multiprocessing/context.py\", line 68, in Lock\n    return Lock(ctx=self.get_context())\n  File \"/var/lang/lib/python3.10/multiprocessing/synchronize.py\", line 162, in __init__\n    SemLock.__init__(self, SEMAPHORE, 1, 1, ctx=ctx)\n  File \"/var/lang/lib/python3.10/multiprocessing/synchronize.py\", line 57, in __init__\n    sl = self._semlock = _multiprocessing.SemLock(",
        "python-lambda-lock",
        DENIED,
    ),
    told(
        "NVIDIA/cudf#22233",
        "mpool.c:281  UCX  ERROR Failed to allocate memory pool (name=mm_recv_desc) chunk: Out of memory",
        "ucx-memory-pool",
        AMBIGUOUS,
    ),
    told(
        "jackaudio/jack2#381",
        "JACK server starting in realtime mode with priority 10\nself-connect-mode is \"Don't restrict self connect requests\"\nCannot lock down 82274202 byte memory area (Cannot allocate memory)\nBus error (core dumped)",
        "jack-bus",
        SHM,
    ),
    told(
        "suchja/wine#8",
        "X Error of failed request:  BadValue (integer parameter out of range for operation)\n  Major opcode of failed request:  130 (MIT-SHM)\n  Minor opcode of failed request:  3 (X_ShmPutImage)\n  Value in failed request:  0x140\n  Serial number of failed request:  221\n  Current serial number in output stream:  221",
        "x11-put-image",
        ALIKE,
    ),
    told(
        "OpenSIPS/opensips#1165",
        "Sep 25 16:35:15 ip-10-10-54-192 b7eb9a40d224[2809]: Sep 25 08:35:15 [3309] ERROR:core:fm_malloc: not enough free shm memory (1056530544 bytes left, need 360), please increase the \"-m\" command line parameter!",
        "opensips-left",
        ALIKE,
    ),
    told(
        "eclipse-iceoryx/iceoryx#314",
        "[ Error ]: There is no shared memory available to allocate from! Terminating!",
        "iceoryx-no-writable-segment",
        DENIED,
    ),
    told(
        "OpenDDS/OpenDDS#2799",
        "2021-07-02 15:35:04.123@LM_ERROR@exceeded max number of segments = 1, base = 155832320, offset = 16781312\n2021-07-02 15:35:04.124@LM_ERROR@(16263|16263) ERROR: ShmemSendStrategy for link 0x6589ff0 failed to allocate 6656103 bytes for data\n2021-07-02 15:35:04.125@LM_WARNING@(16263|16263) WARNING: Problem detected in send buffer management: send_bytes: Cannot allocate memory.",
        "opendds-pool",
        ALIKE,
    ),
    told(
        "termux/termux-packages#3364",
        "W: [pulseaudio] core.c: Failed to allocate shared posix-shm memory pool. Falling back to a normal memory pool.",
        "pulseaudio-pool",
        ALIKE,
    ),
    told(
        "cloudcaptainsh/cloudcaptain#273",
        "[0.004s][error][gc] Failed to find an accessible tmpfs filesystem\n[0.004s][error][gc] Use -XX:AllocateHeapAt to specify the path to a tmpfs filesystem\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.",
        "java-zgc-tmpfs",
        DENIED,
    ),
    told(
        "spdk/spdk#810",
        "bdev_malloc.c: 419:create_malloc_disk: *ERROR*: malloc_buf spdk_zmalloc() failed",
        "dpdk-memory-pool",
        MEMORY,
    ),
    told(
        "arighi/virtme-ng#334",
        "thread 'vring_worker' panicked at virtiofsd-1.13.2/src/vhost_user.rs:271:18:\ncalled `Result::unwrap()` on an `Err` value: QueueWriter(FindMemoryRegion)\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "virtiofsd-memory",
        ALIKE,
    ),
    told(
        "ray-project/ray#8196",
        "There is not enough space to create this object, so evicting 3 objects to free up 1048576 bytes. The number of bytes in use (before this eviction) is 104857600.",
        "ray-plasma-full",
        ALIKE,
    ),
    told(
        "horovod/horovod#1381",
        "A system call failed during shared memory initialization that should\nnot have.  It is likely that your MPI job will now either abort or\nexperience performance degradation.\n\n  Local host:  heinzel101\n  System call: open(2)\n  Error:       No such file or directory (errno 2)",
        "openmpi-open-missing",
        DENIED,
    ),
    told(
        "aws/amazon-sagemaker-examples#3506",
        "Unable to initialize shared memory key 'triton_python_backend_shm_region_2' to requested size",
        "triton-server-key",
        AMBIGUOUS,
    ),
    told(
        "SDL-Hercules-390/hyperion#801",
        "JVMSHRC245E Error mapping shared class cache file\nJVMSHRC336E Port layer error code = -155\nJVMSHRC337E Platform error message: EDC5132I Not enough memory.\nJVMSHRC840E Failed to start up the shared cache.",
        "openj9-cache-map",
        MEMORY,
    ),
    told(
        "podman-container-tools/podman#1235",
        "ERRO[0000] Could not get runtime: error initializing SHM locking: no such file or directory",
        "podman-locks",
        DENIED,
    ),
    told(
        "trampgeek/jobeinabox#4",
        "ImportError: /usr/local/lib/python3.6/dist-packages/numpy/random/_bit_generator.cpython-36m-x86_64-linux-gnu.so: failed to map segment from shared object",
        "noexec-map-elsewhere",
        ALIKE,
    ),
    told(
        "Unidata/ldm-docker#45",
        "20171120T203001.858358Z uldbutil[454] ERROR uldb.c:1071:sm_setShmId() Permission denied\n20171120T203001.858410Z uldbutil[454] ERROR uldb.c:1071:sm_setShmId() Couldn't get shared-memory segment identifier\n20171120T203001.858414Z uldbutil[454] ERROR uldb.c:1095:sm_attach() Couldn't get shared-memory segment\n20171120T203001.858417Z uldbutil[454] ERROR uldb.c:1176:sm_init() Couldn't attach shared-memory segment",
        "ldm-uldb",
        DENIED,
    ),
];

#[test]
fn what_a_sixteenth_sample_showed_is_told_by_the_entry_that_knows_it() {
    judge(LINES);
}
