//! Lines of a thirteenth sample of threads: those that were told wrongly, generally or not at all at the first try, each
//! with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM};

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
];

#[test]
fn what_a_thirteenth_sample_showed_is_told_by_the_entry_that_knows_it() {
    judge(LINES);
}
