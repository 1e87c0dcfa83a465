//! Lines of reports that nobody had read when the catalogue was made: what it did not know of them was added since.

use super::threads::{ALIKE, AMBIGUOUS, DENIED, Line, MEMORY, NOTHING, SHM, SYSV, judge, line};

const LINES: &[Line] = &[
    line(
        "bitnami/charts#3111",
        "ERROR: could not resize shared memory segment \"/PostgreSQL.497503474\" to 16777216 bytes: No space left on device",
        SHM,
    ),
    line(
        "CrunchyData/postgres-operator#2783",
        "2021-10-15 14:07:01.404 UTC [125412] ERROR:  could not resize shared memory segment \"/PostgreSQL.1516396529\" to 4194304 bytes: No space left on device",
        SHM,
    ),
    line(
        "sapcc/helm-charts#5147",
        "ERROR: during \"GET /keppel/v1/accounts/<redacted>/repositories\": pq: could not resize shared memory segment \"/PostgreSQL.710526079\" to 4194304 bytes: No space left on device",
        SHM,
    ),
    line(
        "freeipa/freeipa-container#544",
        "snmp_collator_create_semaphore - Failed to create semaphore for stats file (/dev/shm/sem.slapd..) (Permission denied)",
        DENIED,
    ),
    line(
        "friendica/friendica#8200",
        "NOTICE: PHP message: PHP Warning: sem_get(): failed for key 0x6602b303: No space left on device in /path/to/friendica/src/Core/Lock/SemaphoreLock.php on line 41",
        ALIKE,
    ),
    line(
        "NethServer/dev#6281",
        "[core:emerg] [pid 4545] (28)No space left on device: AH00023: Couldn't create the ssl-cache mutex",
        ALIKE,
    ),
    line(
        "KloxoNGCommunity/kloxong#33",
        "[core:emerg] [pid ***] [util_mutex.c(394):] [AH00023: Couldn't create the rewrite-map mutex ]",
        ALIKE,
    ),
    line("ecmwf/eckit#51", "semget failed: No space left on device", ALIKE),
    line(
        "aws/amazon-ecs-agent#2324",
        "WARNING: failed to open shm: Permission denied: file /builds/worker/workspace/build/src/ipc/chromium/src/base/shared_memory_posix.cc, line 250",
        DENIED,
    ),
    line("adieuadieu/serverless-chrome#136", "Received signal 7 BUS_ADRERR 7fa8bc903000", SHM),
    line("NVIDIA/Megatron-LM#878", "OSError: [Errno 28] No space left on device", AMBIGUOUS),
    line(
        "Plachtaa/VITS-fast-fine-tuning#397",
        "/root/miniconda3/envs/vits/lib/python3.8/site-packages/joblib/_multiprocessing_helpers.py:46: UserWarning: [Errno 28] No space left on device.  joblib will operate in serial mode",
        SHM,
    ),
    line(
        "pangeo-data/pangeo-docker-images#258",
        "RuntimeError: unable to write to file </torch_1394_2747491098>",
        SHM,
    ),
    line(
        "pangeo-data/pangeo-docker-images#258",
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
        SHM,
    ),
    line("wscherphof/oracle-12c#28", "ORA-00845: MEMORY_TARGET not supported on this system", SHM),
    line(
        "oracle/docker-images#1730",
        "SQL> ORA-27104: system-defined limits for shared memory was misconfigured",
        SYSV,
    ),
    line(
        "MaksymBilenko/docker-oracle-12c#140",
        "ORA-27101: shared memory realm does not exist",
        ALIKE,
    ),
    line(
        "MaksymBilenko/docker-oracle-12c#140",
        "[WARNING] [DBT-11217] Unable to check available shared memory on specified node(s) (699630acd0fc).",
        ALIKE,
    ),
    line(
        "apptainer/singularity#5927",
        "slurmstepd: error: Detected 2 oom-kill event(s) in StepId=2858515.batch cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.",
        MEMORY,
    ),
    line("flatpak/flatpak#6399", "FATAL: Crash: shm_open failed", DENIED),
    line(
        "flatpak/flatpak#6399",
        "F: Not sharing \"/dev/shm\" with sandbox: Path \"/dev\" is reserved by Flatpak",
        DENIED,
    ),
    line(
        "flatpak/flatpak#2267",
        "[3:1226/082309.838357:FATAL:platform_shared_memory_region_posix.cc(227)] This is frequently caused by incorrect permissions on /dev/shm.  Try 'sudo chmod 1777 /dev/shm' to fix.",
        DENIED,
    ),
    line(
        "flatpak/flatpak#2267",
        "bwrap: Can't mount tmpfs on /newroot/dev/shm: No such file or directory",
        DENIED,
    ),
    line(
        "InftyAI/llmaz#238",
        "2025-01-14 03:08:29,081\tWARNING services.py:2022 -- WARNING: The object store is using /tmp instead of /dev/shm because /dev/shm has only 67108864 bytes available. This will harm performance! You may be able to free up space by deleting files in /dev/shm.",
        SHM,
    ),
    line(
        "alumae/kiirkirjutaja#5",
        "ValueError: The configured object store size (11.81114368 GB) exceeds /dev/shm size (11.8111232 GB). This will harm performance. Consider deleting files in /dev/shm or increasing its size with --shm-size in Docker.",
        SHM,
    ),
    line(
        "bnnanet/serviceman#5",
        "could not open shared memory segment \"/PostgreSQL.2818577498\": No such file or directory",
        DENIED,
    ),
    line("dosemu2/dosemu2#2159", "mmap(): Operation not permitted", DENIED),
    line(
        "dosemu2/dosemu2#2159",
        "ERROR: shared memory map failed 0xffffffffffffffff 0x7fcf6d070000, exiting",
        DENIED,
    ),
    line(
        "bambulab/BambuStudio#1638",
        "(Details: serial 316 error_code 10 request_code 130 (MIT-SHM) minor_code 1)",
        DENIED,
    ),
    line("jessfraz/dockerfiles#359", "Major opcode of failed request:  130 (MIT-SHM)", DENIED),
    line(
        "pytorch/ci-infra#490",
        "[2026-04-22 21:34:20] mt-l-x86iavx512-45-172-t4-4-csmpw-runner-g4sfw-workflow:202016:202235 [0] misc/shmutils.cc:88 NCCL WARN Error: failed to extend /dev/shm/nccl-WU88OE to 9637892 bytes, error: No space left on device (28)",
        SHM,
    ),
    line(
        "pytorch/ci-infra#490",
        "[2026-04-22 21:34:20] mt-l-x86iavx512-45-172-t4-4-csmpw-runner-g4sfw-workflow:202016:202235 [0] misc/shmutils.cc:132 NCCL WARN Error while creating shared memory segment /dev/shm/nccl-WU88OE (size 9637888), error: No space left on device (28)",
        SHM,
    ),
    line(
        "dmlc/xgboost#5963",
        "7635c25c81cd:41588:41837 [0] include/shm.h:28 NCCL WARN Call to posix_fallocate failed : No space left on device",
        SHM,
    ),
    line("open-mpi/ompi#4948", "Read -1, expected 131072, errno =1", ALIKE),
    line(
        "open-mpi/ompi#12146",
        "[nid200305:346908] create_and_attach: unable to create shared memory BTL coordinating structure :: size 134217728",
        ALIKE,
    ),
    line("buildbuddy-io/buildbuddy#8150", "session deleted because of page crash", AMBIGUOUS),
    line(
        "Shippable/support#2250",
        "RuntimeError: unknown error: session deleted because of page crash from tab crashed",
        AMBIGUOUS,
    ),
    line("zTrix/qemu-compose#26", "kvm run failed Bad address", AMBIGUOUS),
    line(
        "yadayada/acd_cli#535",
        "    SemLock.__init__(self, SEMAPHORE, 1, 1, ctx=ctx)\n  File \"/usr/lib64/python3.4/multiprocessing/synchronize.py\", line 60, in __init__\n    unlink_now)\nPermissionError: [Errno 13] Permission denied",
        DENIED,
    ),
    line("microsoft/WSL#1134", "shmget: function not implemented", DENIED),
    line("bitnami/bitnami-docker-postgresql#209", "running bootstrap script ... Bus error", MEMORY),
    line(
        "CrunchyData/postgres-operator#3126",
        "sh: line 1:   153 Bus error               (core dumped) \"/usr/pgsql-13/bin/postgres\" --boot -x0 -F -c max_connections=100 -c shared_buffers=1000 -c dynamic_shared_memory_type=posix < \"/dev/null\" > \"/dev/null\" 2>&1",
        MEMORY,
    ),
    line(
        "sysrepo/sysrepo#1947",
        "[ERR]: SR: Failed to open shared memory (Function not implemented).",
        DENIED,
    ),
    line(
        "devrt/ros-devcontainer-vscode#6",
        "ERROR: for ros-devcontainer-vscode_xserver_1  Cannot start service xserver: /dev/shm is noshm is not mounted, but must be for --ipc=host",
        DENIED,
    ),
    line(
        "sickcodes/Docker-OSX#533",
        "(qemu) qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory",
        MEMORY,
    ),
    line(
        "bryansteiner/gpu-passthrough-tutorial#33",
        "unable to map backing store for guest RAM: Cannot allocate memory",
        MEMORY,
    ),
    line(
        "zabbix/zabbix-docker#1076",
        "zbx_shmem_realloc(): out of memory (requested 16 bytes)",
        ALIKE,
    ),
    line(
        "zabbix/zabbix-docker#580",
        "__zbx_mem_realloc(): out of memory (requested 32056 bytes)",
        ALIKE,
    ),
    line(
        "podman-container-tools/podman#14376",
        "Error: failed to mount shm tmpfs \"/home/sam/.local/share/containers/storage/overlay-containers/32cdd71ace7e7f3b403282b61eaa7927197769d8f8f93370a5880cb3c4fa7e4a/userdata/shm\": invalid argument",
        DENIED,
    ),
    line(
        "termux/termux-packages#8938",
        "FileNotFoundError: [Errno 2] No such file or directory: '/dev/shm'",
        DENIED,
    ),
    line(
        "termux/termux-packages#8938",
        "ImportError: cannot import name 'SemLock' from '_multiprocessing' (/data/data/com.termux/files/usr/lib/python3.10/lib-dynload/_multiprocessing.cpython-310.so)",
        ALIKE,
    ),
    line(
        "moul/travis-docker#11",
        "Bus error - the host /dev/shm or /tmp mount likely just ran out of space",
        SHM,
    ),
    line(
        "docker/compose#1339",
        "docker-compose: error while loading shared libraries: libz.so.1: failed to map segment from shared object: Operation not permitted",
        ALIKE,
    ),
    line(
        "termux/proot#79",
        "  File \"/usr/lib/python2.7/multiprocessing/synchronize.py\", line 75, in __init__\n    sl = self._semlock = _multiprocessing.SemLock(kind, value, maxvalue)\nOSError: [Errno 13] Permission denied",
        DENIED,
    ),
    line("ZoneMinder/zoneminder#1924", "umount: /dev/shm: must be superuser to unmount", DENIED),
    line("wscherphof/oracle-12c#8", "umount: /dev: target is busy.", NOTHING),
    line(
        "SeleniumHQ/docker-selenium#431",
        "org.openqa.selenium.WebDriverException: unknown error: session deleted because of page crash from unknown error: cannot determine loading status",
        AMBIGUOUS,
    ),
    line(
        "vllm-project/vllm#1710",
        "2023-11-18 03:39:16,283 WARNING services.py:1996 -- WARNING: The object store is using /tmp instead of /dev/shm because /dev/shm has only 67108864 bytes available. This will harm performance!",
        SHM,
    ),
    line("vllm-project/vllm#1771", "Fatal python error:Bus error", AMBIGUOUS),
    line("theroyallab/tabbyAPI#387", "[Errno 28] No space left on device.", AMBIGUOUS),
    line(
        "gpustack/gpustack#5014",
        "[2026-03-25 05:44:29,435 W 39 39] (raylet) store_runner.cc:83: System memory request exceeds memory available in /dev/shm. The request is for 10200547328 bytes, and the amount available is 9663676416 bytes.",
        SHM,
    ),
    line(
        "qTox/qTox#2366",
        "(qtox:1270): Gdk-WARNING **: shmget failed: error 28 (No space left on device)",
        SYSV,
    ),
    line("TrunkRecorder/trunk-recorder#880", "shmget (2): No space left on device", SYSV),
    line(
        "csienslab/icLibFuzzer#1",
        "[PARENT ERROR] write to file /dev/shm/libfuzzer_core_17 failed with error code 28",
        SHM,
    ),
    line(
        "sclorg/postgresql-container#97",
        "waiting for server to start....FATAL:  could not create shared memory segment: Invalid argument",
        SYSV,
    ),
    line(
        "sclorg/postgresql-container#97",
        "HINT:  This error usually means that PostgreSQL's request for a shared memory segment exceeded your kernel's SHMMAX parameter.",
        SYSV,
    ),
    line(
        "oracle/docker-images#901",
        "[DBT-11207] Specified SGA size is greater than the shmmax on the system",
        SYSV,
    ),
    line("moby/moby#10176", "/proc/sys/kernel/shmmax: Read-only file system", DENIED),
    line("github/gh-aw-firewall#972", "OSError: [Errno 30] Read-only file system", NOTHING),
    line(
        "lxc/lxc-ci#692",
        "Error: failed to get new shm lock manager: failed to create 2048 locks in /libpod_lock: no such file or directory",
        DENIED,
    ),
    line(
        "gvenzl/oci-oracle-free#70",
        "ORA-27104: system-defined limits for shared memory was misconfigured",
        SYSV,
    ),
    line(
        "DaemonEngine/Daemon#735",
        "Warn: SV_LocateGameData: Shared memory region too small",
        NOTHING,
    ),
    line(
        "canonical/lxd#4323",
        "error: Failed to setup device: mkdir /var/lib/lxd/devices/containerName/disk./dev/shm.dev-shm: no such file or directory",
        NOTHING,
    ),
    line(
        "tpokorra/lxc-scripts#9",
        "No such file or directory - failed to mount 'tmpfs' on '/usr/lib/x86_64-linux-gnu/lxc//dev/shm'",
        DENIED,
    ),
    line(
        "oracle/docker-images#314",
        "ORA-04031: unable to allocate 1015832 bytes of shared memory (\"shared pool\",\"unknown object\",\"PDB Dynamic He\",\"Alloc/Free SWRF Metric CHBs\")",
        ALIKE,
    ),
    line(
        "NVIDIA/nccl#606",
        "nccl-tests:286:301 [1] include/shm.h:28 NCCL WARN Call to posix_fallocate failed : No space left on device",
        SHM,
    ),
    line(
        "vooon/ntpd_driver#10",
        "[FATAL] [1771674095.597136430] [shm_driver]: SHM(2) shmget(0x4e545032, 96, 666) fail: Permission denied",
        DENIED,
    ),
    line(
        "mit-biomimetics/Cheetah-Software#1",
        "[ERROR] SharedMemoryObject::attach shm_open(development-simulator) failed: No such file or directory",
        DENIED,
    ),
    line(
        "pmahoney/process_shared#13",
        "~/.gem/ruby/2.1.0/gems/process_shared-0.2.0/lib/process_shared/posix/errno.rb:28:in `block (2 levels) in error_check': Invalid argument - error in mmap (Errno::EINVAL)",
        ALIKE,
    ),
    line("OpenDDS/OpenDDS#792", "(77853|140735954015168) shmget: Invalid argument", SYSV),
    line(
        "yugabyte/yugabyte-db#18908",
        "ERROR:  Error at shmat for shared memory segment with id '1212500'. Invalid argument",
        DENIED,
    ),
    line(
        "yugabyte/yugabyte-db#8078",
        "F0417 14:51:03.899958 18525 tablet_server.cc:147] Check failed: _s.ok() Bad status: IO error (yb/util/shared_mem.cc:61): Error mapping shared memory segment: errno=1: Operation not permitted",
        DENIED,
    ),
    line(
        "yugabyte/yugabyte-db#888",
        "running bootstrap script ... 2019-02-21 22:04:32.333 PST [88712] FATAL: could not get shared memory segment: Invalid argument",
        SYSV,
    ),
    line(
        "stingergraph/stinger#49",
        "ERROR: shmmap 91: mmap error [Cannot allocate memory]. Try resizing STINGER to be smaller (see README.md).",
        MEMORY,
    ),
    line(
        "OpenAMP/libmetal#112",
        "metal: warning: failed to mlock shmem - Cannot allocate memory",
        MEMORY,
    ),
    line(
        "Kong/kong#5203",
        "Could not write to shm after 6 tries (no memory), it is either fragmented or cannot allocate more memory",
        ALIKE,
    ),
    line(
        "facebook/CacheLib#380",
        "  what():  Unable to create shared memory segment: name: shm_cache, size: 108095602688, addr: (null). msg: Failed to create segment with key -626102863, size 108095602688, flags 1974: 无效的参数",
        SYSV,
    ),
    line(
        "owasp-modsecurity/ModSecurity#1306",
        "nginx: [emerg] \"proxy_pass\" directive Failed to allocate shared memory (1): Invalid argument in /etc/nginx/nginx.conf:80",
        SYSV,
    ),
    line(
        "stephane-caron/vulp#27",
        "[2023-05-22 15:36:48.084] [error] Cannot open shared memory \"tester\": file already exists. Is the spine already running? Did it not exit properly?",
        &["permission", "ambiguous"],
    ),
    line(
        "microsoft/weston-mirror#45",
        "rdp_allocate_shared_memory: Failed to open \"/mnt/shared_memory/{29210c3e-35f4-47de-8654-c05accc20ab7}\" with error: File exists",
        ALIKE,
    ),
    line("kyriosli/node-shared-cache#11", "Error: cache initialized with different size", ALIKE),
    line("babun/babun#314", "ipcs: msgctl: Function not implemented", DENIED),
    line(
        "squid-cache/squid#1783",
        "2024/04/17 21:11:57| FATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-cache_mem_map_filenos.shm): (63) File name too long",
        ALIKE,
    ),
    line(
        "mosaicml/streaming#767",
        "File exists: '/000000_epoch_shape' when using the ddp strategy from pytorch lightning",
        DENIED,
    ),
    line("akersting/bettermc#3", "[1] \"'shm_open' failed with 'File name too long'\"", ALIKE),
    line(
        "emersion/xdg-desktop-portal-wlr#299",
        "Mar 23 17:21:56 arch xdg-desktop-portal-wlr[15741]: 2024/03/23 17:21:56 [ERROR] - xdg-desktop-portal-wlr: unsupported wl_shm format 0x34324742",
        ALIKE,
    ),
    line(
        "coderaiser/cloudcmd#440",
        "ExitCode:137,\nFinishedAt:\"2025-05-30T21:45:11.910895562Z\",\nOOMKilled:false,",
        AMBIGUOUS,
    ),
    line(
        "owasp-modsecurity/ModSecurity#674",
        "NGINX and mlogc \" Failed to create global mutex: No space left on device \"",
        ALIKE,
    ),
    line(
        "chrome-php/chrome#389",
        "WARNING:discardable_shared_memory_manager.cc(197)] Less than 64MB of free space in temporary directory for shared memory files: 62",
        SHM,
    ),
    line("axboe/fio#1441", "error: failed to setup shm segment", SYSV),
];

#[test]
fn of_reports_that_were_read_later_nothing_wrong_is_said_and_most_is_said_specifically() {
    judge(LINES);
}
