//! Lines of a thirteenth to a fifteenth sample of threads: those that were told wrongly, generally or not at all at the first try, each
//! with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM, SYSV};

const LINES: &[Told] = &[
    told(
        "NVIDIA/nccl#473",
        "# nThread 1 nGpus 4 minBytes 8 maxBytes 134217728 step: 2(factor) warmup iters: 5 iters: 20 validation: 1 \n#\n# Using devices\n#   Rank  0 Pid   1688 on    fastmoe device  0 [0x18] GeForce RTX 2080 Ti\n#   Rank  1 Pid   1688 on    fastmoe device  1 [0x3b] GeForce RTX 2080 Ti\n#   Rank  2 Pid   1688 on    fastmoe device  2 [0x86] GeForce RTX 2080 Ti\n#   Rank  3 Pid   1688 on    fastmoe device  3 [0xaf] GeForce RTX 2080 Ti\nfastmoe: Test NCCL failure common.cu:777 'unhandled system error'",
        "nccl-system-error",
        AMBIGUOUS,
    ),
    told(
        "nalepae/pandarallel#277",
        "OSError: [Errno 28] No space left on device\n\nFilesystem      Size  Used Avail Use% Mounted on\noverlay         1.8T  260G  1.5T  15% /\ntmpfs            64M     0   64M   0% /dev\nshm              64M   64M     0 100% /dev/shm\n/dev/nvme1n1    1.8T  260G  1.5T  15% /app",
        "df-dev-shm-full",
        SHM,
    ),
    told(
        "mlcommons/storage#768",
        "  File \"mlpstorage_py/checkpointing/streaming_checkpoint.py\", line 415, in save\n    shm.unlink()\n  File \"/usr/lib/python3.12/multiprocessing/shared_memory.py\", line 243, in unlink\n    _posixshmem.shm_unlink(self._name)\nFileNotFoundError: [Errno 2] No such file or directory: '/ckpt_452136_0_1783755003328000'",
        "python-unlinked-before",
        DENIED,
    ),
    told(
        "colbymchenry/codegraph#448",
        "Failed to open SQLite via the built-in node:sqlite module.\nCodeGraph requires node:sqlite (Node.js 22.5+).\nUnderlying error: disk I/O error",
        "sqlite-io",
        AMBIGUOUS,
    ),
    told(
        "redis/docker-library-redis#14",
        "WARNING overcommit_memory is set to 0! Background save may fail under low memory condition. To fix this issue add 'vm.overcommit_memory = 1' to /etc/sysctl.conf and then reboot or run the command 'sysctl vm.overcommit_memory=1' for this to take effect.",
        "redis-overcommit",
        ALIKE,
    ),
    told(
        "puppeteer/puppeteer#10153",
        "ProtocolError: Protocol error (Target.setAutoAttach): Target closed\n--\nat new Callback (/var/www/html/node_modules/puppeteer-core/lib/cjs/puppeteer/common/Connection.js:61:35)\nat CallbackRegistry.create (/var/www/html/node_modules/puppeteer-core/lib/cjs/puppeteer/common/Connection.js:106:26)\nat Connection._rawSend (/var/www/html/node_modules/puppeteer-core/lib/cjs/puppeteer/common/Connection.js:216:26)\nat Connection.send (/var/www/html/node_modules/puppeteer-core/lib/cjs/puppeteer/common/Connection.js:210:21)\nat ChromeTargetManager.initialize (/var/www/html/node_modules/puppeteer-core/lib/cjs/puppeteer/common/ChromeTargetManager.js:242:82)",
        "browser-gone",
        AMBIGUOUS,
    ),
    told(
        "containers/buildah#4423",
        "Copying blob 5f9d3dcf5281 done  \nCopying blob d319b2b962b0 done\nError: creating build container: writing blob: adding layer with blob \"sha256:d53af960dcd80f95604f7ef40b93628610408aabe0418903b52966373e28be6e\": creating layer with ID \"b9b22bf8e1ef93e618f0d1502a9792948f2864cdc083f60c16f1db82f030e855\": no space left on device",
        "docker-disk",
        ALIKE,
    ),
    told(
        "openhotel/openhotel#796",
        "openhotel-server  | error: Uncaught (in worker \"\") (in promise) Error: Failed to launch the browser process! undefined\nopenhotel-server  | /app/server/chrome/linux-135.0.7049.114/chrome-linux64/chrome: error while loading shared libraries: libgobject-2.0.so.0: cannot open shared object file: No such file or directory\nopenhotel-server  |\nopenhotel-server  |\nopenhotel-server  | TROUBLESHOOTING: https://pptr.dev/troubleshooting",
        "library-missing",
        ALIKE,
    ),
    told(
        "jessfraz/dockerfiles#292",
        "[1:1711:0822/123817.526967:ERROR:bus.cc(422)] Failed to connect to the bus: Failed to connect to socket /var/run/dbus/system_bus_socket: No such file or directory\n[1:1685:0822/123913.749894:ERROR:crash_handler_host_linux.cc(436)] Failed to write crash dump for pid 1693\nCannot upload crash dump: failed to open\n[1:1685:0822/123913.766061:ERROR:crash_handler_host_linux.cc(436)] Failed to write crash dump for pid 1693\n[1:1685:0822/123913.771872:ERROR:crash_handler_host_linux.cc(436)] Failed to write crash dump for pid 1693",
        "chrome-child-died",
        AMBIGUOUS,
    ),
    told(
        "dbeaver/dbeaver#10500",
        "(DBeaver:67864): Gdk-ERROR **: 11:16:01.474: The program 'DBeaver' received an X Window System error.\nThis probably reflects a bug in the program.\nThe error was 'BadAlloc (insufficient resources for operation)'.\n  (Details: serial 102710 error_code 11 request_code 131 (MIT-SHM) minor_code 5)",
        "x11-shm-alloc",
        MEMORY,
    ),
    told(
        "TigerVNC/tigervnc#1630",
        "Image: Failed to create SHM image, falling back to Xlib image",
        "tigervnc-shm-image",
        ALIKE,
    ),
    told(
        "karmab/kcli#707",
        "# virsh start ocp4d-bootstrap\nerror: Failed to start domain 'ocp4d-bootstrap'\nerror: internal error: process exited while connecting to monitor: 2024-08-13T13:12:38.598261Z qemu-kvm: Memory backend 'pc.ram' not found",
        "qemu-backend-missing",
        ALIKE,
    ),
    told(
        "blakeblackshear/frigate#3457",
        "[2022-07-11 19:27:11] ws4py                          INFO    : Managing websocket [Local => 127.0.0.1:8082 | Remote => 127.0.0.1:51612]\n\nFatal Python error: Fatal Python error: Bus errorBus error\n\n\n\n\nThread 0xThread 0xb35b9460b35b9460 (most recent call first):",
        "python-bus",
        AMBIGUOUS,
    ),
    told(
        "jjmartres/Zabbix#131",
        "zabbix_server [7613]: [file:'selfmon.c',line:380] lock failed: [22] Invalid argument\nzabbix_server [7612]: [file:'selfmon.c',line:380] lock failed: [22] Invalid argument\nzabbix_server [7592]: [file:'log.c',line:238] lock failed: [22] Invalid argument\nzabbix_server [7593]: [file:'log.c',line:238] lock failed: [22] Invalid argumentzabbix_server [7594]: ",
        "zabbix-lock",
        ALIKE,
    ),
    told(
        "NVIDIA/nccl-tests#14",
        "NCCL failure common.cu:874 'unhandled system error'\ne66aa18dc444:3171:3171 [0] misc/ibvwrap.cu:61 WARN Failed to open libibverbs.so[.1]\ne66aa18dc444:3171:3171 [0] include/socket.h:311 WARN Socket creation failed : Address family not supported by protocol",
        "nccl-no-socket",
        ALIKE,
    ),
    told(
        "alex-sherman/unsync#21",
        "  \"errorMessage\": \"[Errno 38] Function not implemented\",\n  \"errorType\": \"OSError\",\n  \"stackTrace\": [\n    \"  File \\\"/var/task/lambda_function.py\\\", line 7, in lambda_handler\\n    thesync.main()\\n\",\n    \"  File \\\"/var/task/thesync.py\\\", line 13, in main\\n    compute_some(),\\n\",",
        "python-lambda",
        DENIED,
    ),
    told(
        "jax-ml/jax#14560",
        ">>> jax.pmap(lambda x: jax.lax.pmean(x, 'i'), axis_name='i')(y)\nBus error (core dumped)",
        "jax-bus",
        SHM,
    ),
    told(
        "scikit-learn-contrib/skope-rules#18",
        "TerminatedWorkerError: A worker process managed by the executor was unexpectedly terminated. This could be caused by a segmentation fault while calling the function or by an excessive memory usage causing the Operating System to kill the worker. The exit codes of the workers are {SIGABRT(-6)}",
        "joblib-worker-fault",
        ALIKE,
    ),
    told(
        "cloudnative-pg/cloudnative-pg#714",
        "{\"level\":\"error\",\"ts\":1662668796.8657594,\"msg\":\"PostgreSQL process exited with errors\",\"logging_pod\":\"cloudnative-pg-01-2\",\"error\":\"signal: bus error (core dumped)\",\"stacktrace\":\"github.com/cloudnative-pg/cloudnative-pg/internal/cmd/manager/instance/run/lifecycle.(*PostgresLifecycle).Start\\n\\tinternal/cmd/manager/instance/run/lifecycle/lifecycle.go:99\\nsigs.k8s.io/controller-runtime/pkg/manager.(*runnableGroup).reconcile.func1\\n\\tpkg/mod/sigs.k8s.io/controller-runtime@v0.12.3/pkg/manager/runnable_group.go:219\"}",
        "postgresql-initdb-bus",
        MEMORY,
    ),
    told(
        "opensearch-project/dashboards-maps#592",
        "We detected that the Electron Renderer process just crashed.\n\nWe have failed the current spec but will continue running the next spec.\n\nThis can happen for a number of different reasons.\n\nIf you're running lots of tests on a memory intense application.\n  - Try increasing the CPU/memory on the machine you're running on.\n  - Try enabling experimentalMemoryManagement in your config file.\n  - Try lowering numTestsKeptInMemory in your config file during 'cypress open'.",
        "cypress-renderer-crash",
        MEMORY,
    ),
    told(
        "holos-run/holos#97",
        "2024-04-03 17:02:47.173 UTC [202508] FATAL:  could not write lock file \"postmaster.pid\": No space left on device",
        "postgresql-extend",
        ALIKE,
    ),
    told(
        "jouve/charts#84",
        "time=\"2025/07/22 11:14:45\" level=debug msg=\"[db] deleted messages is 278.000000% of total size, reclaim space\"\ntime=\"2025/07/22 11:14:45\" level=error msg=\"[db] VACUUM: disk I/O error (6410)\"",
        "sqlite-no-temporary",
        ALIKE,
    ),
    told(
        "89luca89/distrobox#671",
        "$ distrobox enter\nContainer my-distrobox is not running.\nStarting container my-distrobox\nrun this command to follow along:\n\n podman logs -f my-distrobox\n\nError: unable to start container \"9c9d2eba2dc93066e02506f60bc4ff4e640b12f9d792442a8e62e15e2ae52025\": crun: openat2 `dev/shm`: No such file or directory: OCI runtime attempted to invoke a command that was not found",
        "crun-no-dev-shm",
        ALIKE,
    ),
    told(
        "ZoneMinder/zmdockerfiles#55",
        "Memory map file '/dev/shm/zm.mmap.1' does not exist. zmc might not be running.\nno memkey in zmMemInvalidate",
        "zoneminder-no-file",
        ALIKE,
    ),
    told(
        "ros-controls/ros2_controllers#1389",
        "[ros2_control_node-19] [ERROR] [1732535679.279340867] [joint_trajectory_controller_top]: Caught exception in callback for transition 10\n[ros2_control_node-19] [ERROR] [1732535679.279449259] [joint_trajectory_controller_top]: Original error: Resource temporarily unavailable\n[ros2_control_node-19] [WARN] [1732535679.279520632] [joint_trajectory_controller_top]: Error occurred while doing error handling.\n[ros2_control_node-19] [ERROR] [1732535679.279555908] [controller_manager]: After configuring, controller 'joint_trajectory_controller_top' is in state 'unconfigured' , expected inactive.",
        "ros2-control-memlock",
        MEMORY,
    ),
    told(
        "eclipse-openj9/openj9#1419",
        "01:51:38.216 0x23c8a00 omrport.0      *   ** ASSERTION FAILED ** at ../../omr/port/linux/omrvmem.c:694: ((params->startAddress <= params->endAddress))",
        "openj9-huge-pages",
        ALIKE,
    ),
    told(
        "nullclaw/nullclaw#269",
        "warning(memory_sqlite): sqlite schema migration failed (rc=10, sql=CREATE TABLE/FTS/triggers): disk I/O error\nwarning(memory): memory backend 'sqlite' init failed: error.MigrationFailed\nwarning(memory): sqlite migration failed for /root/.nullclaw/workspace/memory.db\nwarning(memory): common causes: database locked/read-only, corrupt sqlite file, or sqlite build without FTS5\nwarning(memory): hint: stop other nullclaw processes; if needed, back up/remove the db file and retry",
        "sqlite-io",
        AMBIGUOUS,
    ),
    told(
        "jlesage/docker-dupeguru#2",
        "X11 MIT Shared Memory Attach failed:\n  Is your DISPLAY=:0 on a remote machine?\n  Suggestion, use: x11vnc -display :0 ... for local display :0",
        "x11-mit-shm",
        DENIED,
    ),
    told(
        "jessfraz/dockerfiles#360",
        "(firefox:1): Gdk-ERROR **: The program 'firefox' received an X Window System error.\nThis probably reflects a bug in the program.\nThe error was 'BadValue (integer parameter out of range for operation)'.\n  (Details: serial 335 error_code 2 request_code 130 (unknown) minor_code 3)\n  (Note to programmers: normally, X errors are reported asynchronously;\n   that is, you will receive the error a while after causing it.\n   To debug your program, run it with the GDK_SYNCHRONIZE environment\n   variable to change this behavior. You can then get a meaningful\n   backtrace from your debugger if you break on the gdk_x_error() function.)\nExceptionHandler::GenerateDump cloned child 89",
        "x11-mit-shm",
        DENIED,
    ),
    told(
        "CoatiSoftware/Sourcetrail#918",
        "#2  0x00007fffef80081d in __gnu_cxx::__verbose_terminate_handler () at /build/gcc/src/gcc/libstdc++-v3/libsupc++/vterminate.cc:95\n#3  0x00007fffef80d4da in __cxxabiv1::__terminate (handler=<optimized out>) at /build/gcc/src/gcc/libstdc++-v3/libsupc++/eh_terminate.cc:47\n#4  0x00007fffef80d537 in std::terminate () at /build/gcc/src/gcc/libstdc++-v3/libsupc++/eh_terminate.cc:57\n#5  0x00007fffef80d78e in __cxxabiv1::__cxa_throw (obj=obj@entry=0x7fffd0006290, tinfo=tinfo@entry=0x555555da8300 <typeinfo for boost::interprocess::interprocess_exception>, dest=dest@entry=0x55555597fa40 <boost::interprocess::interprocess_exception::~interprocess_exception()>) at /build/gcc/src/gcc/libstdc++-v3/libsupc++/eh_throw.cc:95\n#6  0x0000555555986e2e in boost::interprocess::shared_memory_object::priv_open_or_create (perm=..., mode=boost::interprocess::read_write, filename=<optimized out>",
        "boost-what",
        AMBIGUOUS,
    ),
    told(
        "bitnami/charts#24050",
        "popen failure: Cannot allocate memory\ninitdb: error: program \"postgres\" is needed by initdb but was not found in the same directory as \"/opt/bitnami/postgresql/bin/initdb\"",
        "postgresql-popen",
        ALIKE,
    ),
    told(
        "openucx/ucx#4657",
        "[b1232:77724:0:78357] Caught signal 11 (Segmentation fault: address not mapped to object at address 0x580)\n==== backtrace (tid:  78357) ====\n 0 0x0000000000050b95 ucs_debug_print_backtrace()  /build-result/src/hpcx-v2.6.0-gcc-MLNX_OFED_LINUX-4.7-1.0.0.1-redhat7.7-x86_64/ucx-v1.8.x/src/ucs/debug/debug.c:625\n 1 0x00000000000392ad __GI_getenv()  :0\n 2 0x0000000000030e1e __dcigettext()  :0\n 3 0x000000000008cc3e __GI___strerror_r()  :0\n 4 0x000000000008cb7f strerror()  ???:0\n 5 0x0000000000059f88 ucs_sysv_shmget_format_error()  /build-result/src/hpcx-v2.6.0-gcc-MLNX_OFED_LINUX-4.7-1.0.0.1-redhat7.7-x86_64/ucx-v1.8.x/src/ucs/sys/sys.c:702\n 6 0x0000000000059f88 ucs_sysv_alloc()  /build-result/src/hpcx-v2.6.0-gcc-MLNX_OFED_LINUX-4.7-1.0.0.1-redhat7.7-x86_64/ucx-v1.8.x/src/ucs/sys/sys.c:768",
        "ucx-shmget-crash",
        SYSV,
    ),
    told(
        "dgraph-io/badger#2287",
        "badger 2026/05/25 18:45:27 ERROR: writeRequests: while opening file: /tmp/59afbd42-0850-4222-b5f9-5a185fcbfd81/000348.vlog err: cannot allocate memory\nwhile mmapping /tmp/59afbd42-0850-4222-b5f9-5a185fcbfd81/000348.vlog with size: 8388608",
        "badger-mmap",
        MEMORY,
    ),
    told(
        "getpaseo/paseo#1016",
        "./Paseo-0.1.75-x86_64.AppImage\n[21334:0514/122048.129827:ERROR:media/gpu/vaapi/vaapi_wrapper.cc:1662] Installed VAAPI version is too old. min supported version: 1.17 installed version: 1.14\n[21366:0514/122048.460712:ERROR:base/memory/platform_shared_memory_region_posix.cc:214] Creating shared memory in /dev/shm/.org.chromium.Chromium.TsCj7y failed: No such file or directory (2)\n[21366:0514/122048.460876:ERROR:base/memory/platform_shared_memory_region_posix.cc:217] Unable to access(W_OK|X_OK) /dev/shm: No such file or directory (2)\n[21366:0514/122048.460927:FATAL:base/memory/platform_shared_memory_region_posix.cc:219] This is frequently caused by incorrect permissions on /dev/shm.  Try 'sudo chmod 1777 /dev/shm' to fix.\nError: ERR_FAILED (-2) loading 'paseo://app/'",
        "chrome-shm-missing",
        DENIED,
    ),
    told(
        "ZoneMinder/zoneminder#3091",
        "11/30/20 00:00:52.535882 zma_m2[1129966].DB1-zm_monitor.cpp/597 [Unable to map file /dev/shm/zm.mmap.2 (12678168 bytes) to locked memory, trying unlocked]\n11/30/20 00:00:52.535893 zma_m2[1129966].DB1-zm_monitor.cpp/600 [Mapped file /dev/shm/zm.mmap.2 (12678168 bytes) to unlocked memory]\n11/30/20 00:00:52.535939 zma_m2[1129966].DB1-zm_monitor.cpp/499 [Waiting for capture daemon shared_data(1) last_write_index(50), last_write_time(0)]",
        "zoneminder-unlocked",
        ALIKE,
    ),
    told(
        "joblib/joblib#867",
        "  File \"D:\\Anaconda3\\lib\\site-packages\\sklearn\\externals\\joblib\\numpy_pickle.py\", line 289, in save\n    wrapper.write_array(obj, self)\n  File \"D:\\Anaconda3\\lib\\site-packages\\sklearn\\externals\\joblib\\numpy_pickle.py\", line 104, in write_array\n    pickler.file_handle.write(chunk.tostring('C'))\nOSError: [Errno 28] No space left on device\n\"\"\"\n\nThe above exception was the direct cause of the following exception:\n\nPicklingError                             Traceback (most recent call last)",
        "joblib-windows",
        ALIKE,
    ),
    told(
        "ray-project/ray#2917",
        "Reducing object store memory because /dev/shm has only 245919744 bytes available. You may be able to free up space by deleting files in /dev/shm. If you are inside a Docker container, you may need to pass an argument with the flag '--shm-size' to 'docker run'.",
        "ray-store-reduced",
        SHM,
    ),
    told(
        "kserve/modelmesh-serving#78",
        "model_lifecycle.cc:596] failed to load 'python_backend_model__isvc-bdae6e6fbc' version 1: Internal: Unable to initialize shared memory key 'triton_python_backend_shm_region_1' to requested size (67108864 bytes). If you are running Triton inside docker, use '--shm-size' flag to control the shared memory region size. Each Python backend model instance requires at least 64MBs of shared memory. Error: No such file or directory",
        "triton-server-key-size",
        AMBIGUOUS,
    ),
    told(
        "ashishtiwari1993/elastic-docker#2",
        "es01  | {\"@timestamp\":\"2023-07-27T23:20:35.976Z\", \"log.level\": \"INFO\", \"message\":\"closed\", \"ecs.version\": \"1.2.0\",\"service.name\":\"ES_ECS\",\"event.dataset\":\"elasticsearch.server\",\"process.thread.name\":\"Thread-0\",\"log.logger\":\"org.elasticsearch.node.Node\",\"elasticsearch.node.name\":\"es01\",\"elasticsearch.cluster.name\":\"docker-cluster\"}\nes01  | {\"@timestamp\":\"2023-07-27T23:20:35.978Z\", \"log.level\": \"INFO\", \"message\":\"Native controller process has stopped - no new native processes can be started\", \"ecs.version\": \"1.2.0\",\"service.name\":\"ES_ECS\",\"event.dataset\":\"elasticsearch.server\",\"process.thread.name\":\"ml-cpp-log-tail-thread\",\"log.logger\":\"org.elasticsearch.xpack.ml.process.NativeController\",\"elasticsearch.node.name\":\"es01\",\"elasticsearch.cluster.name\":\"docker-cluster\"}\nes01  |\nes01  | ERROR: [1] bootstrap checks failed. You must address the points described in the following [1] lines before starting Elasticsearch.\nes01 exited with code 78",
        "elasticsearch-bootstrap",
        AMBIGUOUS,
    ),
    told(
        "specklesystems/speckle-server#947",
        "Streamed 37633 objects from stream 069dcc48fb (size: 54.843866 MB)\n/speckle-server/node_modules/puppeteer/lib/cjs/puppeteer/common/Page.js:325\n        this.emit('error', new Error('Page crashed!'));\n                           ^\n\nError: Page crashed!\n    at Page._onTargetCrashed (/speckle-server/node_modules/puppeteer/lib/cjs/puppeteer/common/Page.js:325:28)\n    at /speckle-server/node_modules/puppeteer/lib/cjs/puppeteer/common/Page.js:155:57\n    at /speckle-server/node_modules/puppeteer/lib/cjs/vendor/mitt/src/index.js:51:62\n    at Array.map (<anonymous>)",
        "browser-page-crash",
        AMBIGUOUS,
    ),
    told(
        "xpf0000/FlyEnv#183",
        "[Fri Feb 07 23:37:44.838349 2025] [core:emerg] [pid 8577] (2)No such file or directory: AH00023: Couldn't create the mpm-accept mutex (file /private/var/run/mpm-accept-0.8577)\n(2)No such file or directory: could not create accept mutex\nAH00015: Unable to open logs",
        "apache-mutex-file",
        ALIKE,
    ),
];

#[test]
fn what_a_thirteenth_sample_showed_is_told_by_the_entry_that_knows_it() {
    judge(LINES);
}
