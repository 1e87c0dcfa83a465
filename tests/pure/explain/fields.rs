//! Lines of public threads of many fields, by which the catalogue was widened: calls and their errors, who watches
//! over processes, and look-alikes.

use super::threads::{ALIKE, AMBIGUOUS, DENIED, Line, MEMORY, NOTHING, SHM, SYSV, judge, line};

const LINES: &[Line] = &[
    line(
        "osvenskan/posix_ipc#6",
        "posix_ipc.ExistentialError: Shared memory with the specified name already exists",
        DENIED,
    ),
    line("jorisvink/kore#44", "kore: kore_worker_init(): shmget() Invalid argument", SYSV),
    line(
        "marbits-icm/marbits-public#127",
        "-bash: cannot create temp file for here-document: No space left on device",
        ALIKE,
    ),
    line(
        "mhx/dwarfs#50",
        "*** Signal 7 (SIGBUS) (0x7f3559c9b000) received by PID 5233 (pthread TID 0x7f35853eb700) (linux TID 5254) (code: nonexistent physical address), stack trace: ***",
        AMBIGUOUS,
    ),
    line(
        "jnr/jffi#46",
        "Getting an error /tmp/jffi6958730225063734044.so: failed to map segment from shared object",
        ALIKE,
    ),
    line(
        "moby/moby#18948",
        "bash: error while loading shared libraries: libtinfo.so.5: cannot stat shared object: Permission denied",
        ALIKE,
    ),
    line(
        "hpcflow/matflow#300",
        "Bundle#208 start failed: libmwcontainers.so: failed to map segment from shared object: Cannot allocate memory",
        MEMORY,
    ),
    line(
        "eProsima/Fast-DDS#1606",
        "[RTPS_TRANSPORT_SHM Error] Failed to create segment 9b177afabb4e750b: boost::interprocess_exception::library_error -> Function compute_per_allocation_extra_size",
        AMBIGUOUS,
    ),
    line(
        "alibaba/GraphScope#2672",
        "failed: Not enough memory: Failed to allocate memory of size 10467840, total available memory size are 4294967296, and 4285825152 are already in use in \"client.CreateBlob(size * sizeof(T), buffer_)\"",
        ALIKE,
    ),
    line("baresip/baresip#511", "  Major opcode of failed request:  132 (MIT-SHM)", DENIED),
    line(
        "canonical/snapcraft#4745",
        "Log: apparmor=\"DENIED\" operation=\"mknod\" class=\"file\" profile=\"snap.gpsbabel.gpsbabelfe\" name=\"/dev/shm/.org.chromium.Chromium.YQN0cG\" pid=3475",
        DENIED,
    ),
    line(
        "dockerfile/mariadb#12",
        "[1668002.926214] Out of memory: Kill process 16765 (mysqld) score 176 or sacrifice child",
        MEMORY,
    ),
    line(
        "MariaDB/mariadb-docker#570",
        "mysqld: io_uring_queue_init() failed with ENOMEM: try larger memory locked limit",
        MEMORY,
    ),
    line(
        "alibaba/GraphScope#2490",
        "mpirun noticed that process rank 0 with PID 61 on node gs-engine-sbfjpl-0 exited on signal 9 (Killed).",
        MEMORY,
    ),
    line(
        "sous-chefs/apache2#127",
        "SSLSessionCache: 'shmcb' session cache not supported (known names: ). Maybe you need to load the appropriate socache module (mod_socache_shmcb?).",
        ALIKE,
    ),
    line(
        "ptitSeb/box64#1429",
        "shm_semaphores_init: semctl init error: Invalid argument - trying again",
        ALIKE,
    ),
    line(
        "vllm-project/vllm#2719",
        "RuntimeError: unable to open shared memory object </torch_1_2004494542_0> in read-write mode: Permission denied (13)",
        DENIED,
    ),
    line("dosemu2/dosemu2#936", "mmap(): Opération non permise", DENIED),
    line("dosemu2/dosemu2#936", "ERROR: shared memory map failed, exiting", DENIED),
    line("LMMS/lmms#1468", "setShmKey: failed getting shared memory", AMBIGUOUS),
    line(
        "raspberrypi/linux#3318",
        "[    2.404626] [vc_sm_connected_init]: failed to initialize shared memory service",
        ALIKE,
    ),
    line(
        "pimoroni/hyperpixel4#40",
        "error: bcm2835_init: gpio mmap failed: Cannot allocate memory",
        ALIKE,
    ),
    line("shikokuchuo/mori#14", "##[error]Bash exited with code '135'.", AMBIGUOUS),
    line(
        "neutrinolabs/xrdp#2065",
        "[20211130-10:51:00] [ERROR] Can't attach to shared memory id 32787 from id 32780 [Invalid argument]",
        DENIED,
    ),
    line(
        "owasp-modsecurity/ModSecurity#1306",
        "nginx: [emerg] \"proxy_pass\" directive Failed to allocate shared memory (1): Invalid argument in /etc/nginx/nginx.conf:80",
        SYSV,
    ),
    line(
        "microsoft/WSL#2068",
        "Failed to initialize instances shared memory: \"QSharedMemory::attach (shmctl): permission denied\"",
        DENIED,
    ),
    line(
        "variar/klogg#511",
        "SingleApplication:  1 \"QSharedMemory::attach (shmget): permission denied\"",
        DENIED,
    ),
    line("OpenSIPS/opensips#3552", "ERROR:dialog:shm_str_dup: no shared memory left", ALIKE),
    line(
        "vozlt/nginx-module-vts#95",
        "2017/08/14 08:55:53 [error] 71#71: *1214089 shm_add_node::ngx_slab_alloc_locked() failed: used_size[617070], used_node[251] while logging request",
        ALIKE,
    ),
    line(
        "omega8cc/boa#157",
        "Nginx Server...:[emerg]: zero size shared memory zone \"uploads\"",
        ALIKE,
    ),
    line(
        "ZoeyVid/NPMplus#3094",
        "nginx: [emerg] zone \"upstream_goaccess\" is too small in /usr/local/nginx/conf/conf.d/goaccess.conf:2",
        ALIKE,
    ),
    line("zhblue/hustoj#522", "mount:/dev/shm/hustoj/home/run10/dev:permission denied.", DENIED),
    line(
        "coreos/bugs#2427",
        "/run/torcx/bin/docker: Error response from daemon: mounting shm tmpfs: no space left on device.",
        ALIKE,
    ),
    line(
        "k3s-io/k3s#2980",
        "container init caused: rootfs_linux.go:59: mounting \\\"/run/k3s/containerd/io.containerd.grpc.v1.cri/sandboxes/7de4/shm\\\" to rootfs at \\\"/run/k3s/rootfs/dev/shm\\\" caused: no space left on device: unknown",
        ALIKE,
    ),
    line(
        "qdrant/qdrant#1885",
        "Failed to lock deleted flags for quantized mmap segment in memory: Cannot allocate memory (os error 12)",
        MEMORY,
    ),
    line("jnwatson/py-lmdb#228", "lmdb.Error: ./data_L/lmdb/Set5: Function not implemented", ALIKE),
    line(
        "DakuTree/manga-tracker#68",
        "2016-09-12T16:55:09.276687Z 0 [ERROR] InnoDB: Cannot allocate memory for the buffer pool",
        MEMORY,
    ),
    line(
        "deepseek-ai/DeepEP#143",
        "msm-h200-2:4009:4658 [0] misc/ibvwrap.cc:190 NCCL WARN Call to ibv_create_cq failed with error Cannot allocate memory",
        MEMORY,
    ),
    line(
        "vllm-project/vllm#18831",
        "NCCL WARN Error while attaching to shared memory segment /dev/shm/nccl- (size 192814336), error: No such file or directory (2)",
        ALIKE,
    ),
    line("microsoft/WSL#3794", "shared memfd open() failed: Function not implemented", ALIKE),
    line(
        "ValveSoftware/steam-for-linux#9032",
        "Failed to open fsync shared memory file; make sure no stale wineserver instances are running without WINEFSYNC.",
        ALIKE,
    ),
    line("mozilla/geckodriver#1453", "Browser process stopped: signal: 7", SHM),
    line("GlobalArrays/ga#160", "=   KILLED BY SIGNAL: 7 (Bus error)", SHM),
    line(
        "parthenon-hpc-lab/athenapk#14",
        "  System call: unlink(2) /var/folders/lz/T//ompi.Bens-MacBook-Pro.501/pid.89453/1/vader_segment.Bens-MacBook-Pro.501.bdf40001.6",
        ALIKE,
    ),
    line(
        "autobase-tech/autobase#602",
        "HINT:  This error usually means that PostgreSQL's request for a shared memory segment exceeded available memory, swap space, or huge pages.",
        MEMORY,
    ),
    line(
        "pipelinedb/pipelinedb#1279",
        "LOG:  continuous query scheduler process (PID 62) was terminated by signal 7: Bus error",
        AMBIGUOUS,
    ),
    line(
        "dimagi/commcare-cloud#94",
        "IpcMemoryCreate: shmget(key=5432001, size=415776768, 03600) failed: Invalid argument",
        SYSV,
    ),
    line(
        "krakjoe/apcu#314",
        "[09-Jul-2018 09:18:07] NOTICE: PHP message: PHP Fatal error:  PHP Startup: apc_mmap: mmap failed: in Unknown on line 0",
        MEMORY,
    ),
    line(
        "termux/termux-packages#2234",
        "Fri Mar  9 21:48:22 2018 (547731073688): Fatal Error Unable to allocate shared memory segment of 134217728 bytes: unknown: No such file or directory (2)",
        ALIKE,
    ),
    line(
        "CGATOxford/CGATPipelines#53",
        "Shared memory error: 4, errno: Cannot allocate memory(12)",
        MEMORY,
    ),
    line("webanck/docker-wine-steam#12", "shm_open() failed: No such file or directory", DENIED),
    line("spdk/spdk#1343", "EAL: Cannot get a virtual area: Cannot allocate memory", MEMORY),
    line("sdnfv/openNetVM#274", "EAL: FATAL: Cannot init memory", MEMORY),
    line(
        "eclipse-iceoryx/iceoryx#1763",
        "2022-10-27 10:43:29.818 [ Error ]: ICEORYX error! POSH__SHM_APP_MAPP_ERR",
        DENIED,
    ),
    line(
        "eclipse-cyclonedds/cyclonedds#1026",
        "No server for unix domain socket \"/tmp/roudi\"",
        ALIKE,
    ),
    line("0x1fff/docker-informix#5", "oninit: Fatal error in shared memory creation", SYSV),
    line(
        "oven-sh/bun#19596",
        "mmap(0x2de5e000000, 1073741824, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x2de5e000000",
        NOTHING,
    ),
    line("termux/libandroid-shmem#11", "make: gcc: Function not implemented", NOTHING),
    line(
        "apptainer/singularity#296",
        "ERROR  : Could not obtain shared lock on /tmp/.singularity-session-11788.32.2113519: Resource temporarily unavailable",
        NOTHING,
    ),
    line(
        "openwrt/packages#1010",
        "Sun Mar  8 20:48:31 2015 (26900): Fatal Error Unable to allocate shared memory segment of 8388608 bytes: unknown: Numerical result out of range (34)",
        ALIKE,
    ),
];

#[test]
fn what_was_met_in_other_fields_is_told_rightly() {
    judge(LINES);
}
