//! Lines of a twelfth sample of threads: those that were told wrongly, generally or not at all at the first try, each
//! with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY};

const LINES: &[Told] = &[
    told(
        "pmodels/mpich#7321",
        "Abort(138537231) on node 11: Fatal error in internal_Init_thread: Other MPI error, error stack:\ninternal_Init_thread(71)......: MPI_Init_thread(argc=(nil), argv=(nil), required=3, provided=0x7ffd00676930) failed\nMPII_Init_thread(280).........: \nMPIR_init_comm_world(34)......: \nMPIR_Comm_commit(794).........: \nMPIR_Comm_commit_internal(579): \nMPID_Comm_commit_pre_hook(151): \nMPIDI_world_pre_init(668).....: \nMPIDI_UCX_init_world(275).....: \ninit_worker(48)...............:  ucx function returned with failed status(ucx_init.c 48 init_worker No resources are available to initiate the operation)",
        "ucx-no-resources",
        AMBIGUOUS,
    ),
    told(
        "apptainer/singularity#5118",
        "Fatal error in MPI_Init: Other MPI error, error stack:\nMPIR_Init_thread(805).....: fail failed\nMPID_Init(1783)...........: channel initialization failed\nMPIDI_CH3_Init(126).......: fail failed\nMPID_nem_init_ckpt(836)...: fail failed\nMPIDI_CH3I_Seg_commit(427): PMI_KVS_Get returned 4",
        "mpich-segment-key",
        ALIKE,
    ),
    told(
        "eclipse-iceoryx/iceoryx2#619",
        "PublishSubscribeOpenOrCreateError::PublishSubscribeOpenError(ServiceInCorruptedState)",
        "iceoryx2-corrupted-state",
        ALIKE,
    ),
    told(
        "jincod/dotnetcore-buildpack#32",
        ".heroku/dotnet/sdk/2.1.101/Roslyn/Microsoft.CSharp.Core.targets(84,5): \nerror MSB3883: Unexpected exception:\nSystem.AggregateException: One or more errors occurred. (The system cannot open the device or file specified. [src/Models/Models.csproj]\n) ---> System.IO.IOException: The system cannot open the device or file specified. [src/Models/Models.csproj]\nat System.IO.__Error.WinIOError(Int32 errorCode, String maybeFullPath) [src/Models/Models.csproj]\nat System.Threading.Mutex.MutexTryCodeHelper.MutexTryCode(Object userData) [src/Models/Models.csproj]\nat System.Runtime.CompilerServices.RuntimeHelpers.ExecuteCodeWithGuaranteedCleanup(TryCode code, CleanupCode backoutCode, Object userData) [src/Models/Models.csproj]\nat System.Threading.Mutex.CreateMutexWithGuaranteedCleanup(Boolean initiallyOwned, String name, Boolean& createdNew, SECURITY_ATTRIBUTES secAttrs) [src/Models/Models.csproj]",
        "dotnet-named-mutex",
        ALIKE,
    ),
    told(
        "dgraph-io/badger#246",
        "Unable to mmap RDWR log file: cannot allocate memory",
        "badger-mmap",
        MEMORY,
    ),
    told(
        "kubevirt/kubevirt#17805",
        "cannot limit locked memory of process to 18253611008: Operation not permitted",
        "libvirt-memlock",
        MEMORY,
    ),
    told(
        "mgoltzsche/podman-static#4",
        "failed to get new shm lock manager: failed to create 2048 locks in /libpod_lock: no such file or directory",
        "podman-locks-no-shm",
        DENIED,
    ),
    told(
        "kamailio/kamailio#3065",
        "kamailio[5384]: ERROR: <core> [core/mem/q_malloc.c:297]: qm_find_free(): qm_find_free(0x7fe8943bc000, 40632); Free fragment not found!\nkamailio[5384]: ERROR: <core> [core/mem/q_malloc.c:430]: qm_malloc(): qm_malloc(0x7fe8943bc000, 40632) called from uac: uac_send.c: uac_send_info_clone(105), module: uac; Free fragment not found!",
        "kamailio-fragment",
        ALIKE,
    ),
    told(
        "openucx/ucx#6049",
        "[1608298882.555115] [b2294:54275:0]          ib_md.c:1678 UCX  ERROR ibv_open_device(mlx5_0) failed: Cannot allocate memory\n[2605244.823409] mlx5_core 0000:61:00.0: mlx5_cmd_check:795:(pid 53945): ALLOC_UAR(0x802) op_mod(0x0) failed, status limits exceeded(0x8), syndrome (0x5a7939)",
        "mlx5-uar-limit",
        ALIKE,
    ),
    told(
        "linuxserver/docker-baseimage-guacgui#15",
        "shared memfd open() failed: Function not implemented\nConnection failure: Connection refused\npa_context_connect() failed: Connection refused",
        "pulse-no-server",
        ALIKE,
    ),
    told(
        "mozilla/geckodriver#1676",
        "[Parent 13179, Gecko_IOThread] WARNING: pipe error (83): Connection reset by peer: file /builds/worker/workspace/build/src/ipc/chromium/src/chrome/common/ipc_channel_posix.cc, line 358\nA content process crashed and MOZ_CRASHREPORTER_SHUTDOWN is set, shutting down\n1579490633964   Marionette  INFO    Stopped listening on port 34265",
        "firefox-content-crash",
        AMBIGUOUS,
    ),
    told(
        "ray-project/ray#2249",
        "pyarrow.lib.ArrowIOError: Could not connect to socket /tmp/plasma_store56046954\n/ray/thirdparty/build/arrow/cpp/src/plasma/store.cc:855 Check failed: scanned == 1",
        "ray-plasma-float",
        ALIKE,
    ),
    told(
        "timberio/timber-python#17",
        "[Errno 38] Function not implemented: OSError\nTraceback (most recent call last):\n  File \"/var/task/now_python_wsgi/handler.py\", line 130, in now_handler\n    wsgi_module = import_module(wsgi_module_name)\n  File \"/var/lang/lib/python3.6/importlib/__init__.py\", line 126, in import_module\n    return _bootstrap._gcd_import(name[level:], package, level)",
        "python-lambda-log",
        DENIED,
    ),
    told(
        "plasma-umass/scalene#231",
        "/usr/lib/python3.9/multiprocessing/resource_tracker.py:96: UserWarning: resource_tracker: process died unexpectedly, relaunching.  Some resources might leak.         \n  warnings.warn('resource_tracker: process died unexpectedly, '",
        "python-tracker-relaunched",
        ALIKE,
    ),
    told(
        "triton-inference-server/server#6112",
        "Unable to find shared memory region: 'encoder_input0'",
        "triton-region-unknown",
        ALIKE,
    ),
    told(
        "MaksymBilenko/docker-oracle-12c#31",
        "DBCA_PROGRESS : 1%\nDBCA_PROGRESS : 2%\nORA-00821: Specified value of sga_target 768M is too small, needs to be at least 1096M\nORA-01078: failure in processing system parameters",
        "oracle-sga-too-small",
        ALIKE,
    ),
    told(
        "rogerbinns/apsw#173",
        ">>> c.execute(\"pragma journal_mode=WAL\").fetchall()\n[('wal',)]\n>>> c.execute(\"create table x (data text)\").fetchall()\nTraceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\n  File \"src/cursor.c\", line 231, in resetcursor\napsw.IOError: IOError: disk I/O error",
        "sqlite-wal-file-system",
        ALIKE,
    ),
    told(
        "openresty/lua-nginx-module#615",
        "nginx: [emerg] invalid lua shared dict size \"1k\" in ./conf/nginx.conf:32",
        "openresty-dict-size",
        ALIKE,
    ),
    told(
        "borisdayma/dalle-mini#185",
        "RuntimeError: :0: cudaFuncSetAttribute(kernel_entry, cudaFuncAttributeMaxDynamicSharedMemorySize, integer_cast<int32_t>(launch_configs[0].smemSizeInBytes)): out of memory",
        "cuda-allocation",
        ALIKE,
    ),
];

#[test]
fn what_a_twelfth_sample_showed_is_told_by_the_entry_that_knows_it() {
    judge(LINES);
}
