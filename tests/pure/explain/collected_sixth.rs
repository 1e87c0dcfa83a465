//! Lines that a tester collected, as those of `collected_fifth`: those that were told wrongly, generally, twice or not
//! at all at the first try, each with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM, SYSV};
use super::{found, ids};
use shmeter::explain::Certainty;

/// Told wrongly at the first try.
const WRONG: &[Told] = &[
    told(
        "https://www.cursor-distribution.de/en/ibm-software/support-db2/index.php?option=com_ibmbuglist&view=bugdetail&type=DB2&get_bug=IT19442&Itemid=1175",
        "Unable to allocate 56832 MB in a single segment, 14 segments were required. Possible causes may include an improper setting for the shmmax Linux kernel tuneable, or a system-wide limit on the segment size.",
        "db2-several-segments",
        SYSV,
    ),
    told(
        "Entware/Prehistoric-Entware#143",
        "FATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-cf__metadata.shm): (2) No such file or directory",
        "squid-no-dev-shm",
        DENIED,
    ),
    told(
        "Jiefei-Wang/SharedObject#6",
        "Error in C_createSharedMemory(x, dataInfo) : \n  error in recording a shared memory info",
        "r-sharedobject-index",
        ALIKE,
    ),
    told(
        "corbinlc/GNURootDebian#256",
        "Gdk-WARNING **: shmget failed: error 13 (Permission denied)",
        "gdk-shmget",
        DENIED,
    ),
    told(
        "dinkel/docker-openldap#1",
        "slapd: error while loading shared libraries: cannot restore segment prot after reloc: Permission denied",
        "library-relocation",
        ALIKE,
    ),
    told(
        "hassio-addons/app-tasmoadmin#251",
        "(\"failed to open stdout fifo: error creating fifo /var/run/docker/containerd/ac0654aab281f48cca2293d898441a6298b2f41671af6d2d3be7aff630a8995e/init-stdout: no space left on device\")",
        "path-full",
        ALIKE,
    ),
];

/// Not known at the first try.
const UNKNOWN: &[Told] = &[
    told(
        "zabbix/zabbix-docker#579",
        "__zbx_mem_realloc(): please increase CacheSize configuration",
        "zabbix-cache",
        ALIKE,
    ),
    told(
        "sdnfv/openNetVM#162",
        "PANIC in rte_eth_dev_shared_data_prepare():\nCannot allocate ethdev shared data",
        "dpdk-ethdev-shared",
        MEMORY,
    ),
    told(
        "jbangdev/jbang#243",
        "][0.007s][error][cds] Unable to map CDS archive -- os::vm_allocation_granularity() expected: 65536 actual: 4096",
        "java-cds-archive",
        ALIKE,
    ),
    told(
        "ZoneMinder/zoneminder#669",
        "Memory map file '/dev/shm/zm.mmap.6' should have been 896 but was instead 0 zmwatch.pl",
        "zoneminder-mmap-size",
        AMBIGUOUS,
    ),
    told(
        "moby/moby#16902",
        "Jul  5 13:32:57 ip-172-31-7-125 dockerd[4144]: time=\"2019-07-05T15:32:57.508877419+02:00\" level=warning msg=\"51d1d1bda80e2ec6415585db4e7cb0e7145944381c1a11801ea78ab1781041ec cleanup: failed to unmount IPC: umount /var/lib/docker/containers/51d1d1bda80e2ec6415585db4e7cb0e7145944381c1a11801ea78ab1781041ec/mounts/shm, flags: 0x2: no such file or directory\"",
        "docker-ipc-unmount",
        ALIKE,
    ),
    told(
        "roddhjav/apparmor.d#913",
        "ALLOWED fbwrap file_receive owner @{att}/dev/shm/@{uuid} comm=WaylandProxy requested_mask=r denied_mask=r",
        "apparmor-complain",
        ALIKE,
    ),
    told(
        "google/honggfuzz#239",
        "[Tue Dec 25 02:56:21.921494 2018] [proxy:crit] [pid 70263:tid 140737107441408] (22)Invalid argument: AH02478: failed to create proxy mutex",
        "apache-mutex-kind",
        ALIKE,
    ),
    told(
        "nalepae/pandarallel#143",
        "OSError: It seems you use Memory File System and you don't have enough available space in `dev/shm`. You can either call pandarallel.initalize with `use_memory_fs=False`, or you can  increase the size of `dev/shm` as described here:",
        "pandarallel-memory-fs",
        SHM,
    ),
    told(
        "bytedance/byteps#83",
        "[2019-08-14 23:17:42.137107: F byteps/common/shared_memory.cc:38] Check failed: e == cudaSuccess || e == cudaErrorCudartUnloading CUDA: ",
        "byteps-host-register",
        AMBIGUOUS,
    ),
    told(
        "OpenSIPS/opensips#1439",
        "/sbin/opensips[32057]: ERROR:core:fm_malloc: not enough free pkg memory (63119536 bytes left, need 18424), please increase the \"-M\" command line parameter!",
        "server-private-memory",
        ALIKE,
    ),
    told(
        "dotnet/runtime#85556",
        "GC heap initialization failed with error 0x8007000E\nFailed to create CoreCLR, HRESULT: 0x8007000E",
        "dotnet-gc-reserve",
        MEMORY,
    ),
    told(
        "jax-ml/jax#17320",
        "jaxlib.xla_extension.XlaRuntimeError due to failed: Shared memory requested exceeds device resources",
        "triton-language-shared",
        ALIKE,
    ),
];

/// Told only as any program's at the first try.
const GENERAL: &[Told] = &[
    told(
        "nalepae/pandarallel#127",
        "  File \"/anaconda/lib/python3.6/site-packages/pandarallel/pandarallel.py\", line 120, in wrapper\n    pickle.dump(result, file)\nOSError: [Errno 28] No space left on device",
        "pandarallel-full",
        SHM,
    ),
    told(
        "openucx/ucx#5280",
        "sys.c:762 UCX mm_sysv.c:75 UCX ERROR shmget(size=262144 flags=0x7b0) for user allocation failed",
        "ucx-shmget",
        SYSV,
    ),
    told(
        "blakeblackshear/frigate#142",
        "./run.sh: line 7:    18 Bus error               (core dumped) python3.7 -u detect_objects.py",
        "frigate-bus",
        SHM,
    ),
    told(
        "siderolabs/talos#439",
        "host \\\"/dev/shm\\\" is not available for host ipc: stat /dev/shm: no such file or directory",
        "cri-host-ipc",
        DENIED,
    ),
    told(
        "ravermeister/gitlab#4",
        "Error : [execute] sysctl: permission denied on key \"kernel.shmmax\"",
        "gitlab-sysctl",
        DENIED,
    ),
    told("deepspeedai/DeepSpeed#4002", "exits with return code = -7", "deepspeed-bus", SHM),
    told(
        "ossec/ossec-hids#1615",
        "2018/12/28 10:58:17 ossec-syscheckd: ERROR: Unable to add directory to real time monitoring: '/usr/share/nginx/html/ep/web/protected/runtime/lala_cached/ca/40'. -1 No space left on device",
        "inotify-watches",
        ALIKE,
    ),
    told(
        "microsoft/playwright#8578",
        "[open: Navigation failed because page crashed!",
        "browser-page-crash",
        AMBIGUOUS,
    ),
];

/// Told by their entry, and by a general one after it, at the first try; or by one of any program.
const TWICE: &[Told] = &[
    told(
        "gitlabhq/gitlabhq#9584",
        "2015-08-26_02:32:31.17436 FATAL:  could not create shared memory segment: Invalid argument\n2015-08-26_02:34:26.47654 DETAIL:  Failed system call was shmget(key=5432001, size=832028672, 03600).",
        "postgresql-shmmax",
        SYSV,
    ),
    told(
        "meefik/linuxdeploy#474",
        "'FATAL: could not create shared memory segment: Function not implemented\nDETAIL: Failed system call was shmget(key=1, size=40,03600).",
        "shmget-enosys",
        DENIED,
    ),
    told(
        "onaio/onadata#206",
        "DatabaseError: out of shared memory\nHINT:  You might need to increase max_locks_per_transaction.",
        "postgresql-lock-table",
        ALIKE,
    ),
    told(
        "NVIDIA/nccl#328",
        "node08:27106:27302 [0] include/shm.h:27 NCCL WARN Call to shm_open failed : Permission denied",
        "nccl-shm-denied",
        DENIED,
    ),
    told(
        "varnishcache/varnish-cache#4193",
        "mlock() of VSM failed: Out of memory (12)",
        "varnish-mlock",
        MEMORY,
    ),
    told(
        "logsearch/logsearch-boshrelease#181",
        "[2015-09-14 06:33:51,181][WARN ][bootstrap                ] Unable to lock JVM memory (ENOMEM). This can result in part of the JVM being swapped out. Increase RLIMIT_MEMLOCK (ulimit).",
        "elasticsearch-memory-lock",
        MEMORY,
    ),
    told(
        "pires/kubernetes-elasticsearch-cluster#229",
        "[2018-09-13T20:29:34,587][WARN ][o.e.b.JNANatives         ] Unable to lock JVM Memory: error=12, reason=Out of memory",
        "elasticsearch-memory-lock",
        MEMORY,
    ),
];

/// What the source of each says, as far as no line was collected.
const SIBLINGS: &[Told] = &[
    told(
        "squid-cache/squid",
        "FATAL: Ipc::Mem::Segment::open failed to shm_open(/squid-cf__metadata.shm): (2) No such file or directory",
        "squid-shm",
        DENIED,
    ),
    told(
        "APAR IT19442",
        "FUNCTION: DB2 UDB, SQO Memory Management, sqloGetSharedMemoryFromOs, probe:2026\nDATA #1 : <preformatted>\nUnable to allocate 56832 MB in a single segment, 14 segments\nwere required.",
        "db2-several-segments",
        SYSV,
    ),
    told(
        "NVIDIA/nccl",
        "NCCL WARN Error while creating shared memory segment /dev/shm/nccl-4Qx7aB (size 9637888), error: No such file or directory (2)",
        "nccl-no-dev-shm",
        DENIED,
    ),
    told(
        "zabbix/zabbix",
        "  7:20220102:101112.314 [file:dbconfig.c,line:101] __zbx_shmem_malloc(): please increase HistoryCacheSize configuration parameter",
        "zabbix-cache",
        ALIKE,
    ),
    told(
        "containers/podman",
        "bash: error while loading shared libraries: /lib64/libc.so.6: cannot apply additional memory protection after relocation: Permission denied",
        "library-relocation",
        ALIKE,
    ),
    told(
        "openucx/ucx",
        "sys.c:619  UCX  ERROR shmget(size=4096 flags=0xfb0) for mm_recv_desc failed: Permission denied",
        "ucx-shmget-denied",
        DENIED,
    ),
    told(
        "apache/httpd",
        "[core:emerg] [pid 7] (22)Invalid argument: AH00024: Couldn't set permissions on the rewrite-map mutex; check User and Group directives",
        "apache-mutex-owner",
        ALIKE,
    ),
    told(
        "apparmor",
        "audit: type=1400 audit(1612345678.123:99): apparmor=\"ALLOWED\" operation=\"open\" profile=\"app\" name=\"/dev/shm/x\" pid=1",
        "apparmor-complain",
        ALIKE,
    ),
    told(
        "wazuh/wazuh",
        "wazuh-syscheckd: ERROR: Unable to add directory to real time monitoring: '/srv/a'. -1 28",
        "inotify-watches",
        ALIKE,
    ),
    told("SharedObject", "Error: error in record a shared memory", "r-sharedobject-index", ALIKE),
];

#[test]
fn what_was_told_wrongly_is_told_by_the_entry_that_knows_it() {
    judge(WRONG);
}

#[test]
fn what_was_not_known_is_told_by_an_entry_of_its_own() {
    judge(UNKNOWN);
}

#[test]
fn what_was_told_generally_is_told_by_the_entry_of_its_application() {
    judge(GENERAL);
}

#[test]
fn what_was_told_twice_is_told_once() {
    judge(TWICE);
}

#[test]
fn what_the_same_source_prints_is_told_too() {
    judge(SIBLINGS);
}

/// What is advised for a line, where nothing is known of where it happened.
fn fix(text: &str) -> String {
    let found = found(text);
    let one = found.matches.first().unwrap();
    shmeter::explain::fix::fix(one.entry, None, one.details())
}

#[test]
fn what_was_to_be_made_and_is_missing_is_not_the_other_process() {
    for line in [
        "FATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-x.shm): (2) No such file or directory",
        "NCCL WARN Error while creating shared memory segment /dev/shm/nccl-x (size 9), error: No such file or directory (2)",
        "Unable to access(W_OK|X_OK) /dev/shm: No such file or directory (2)",
        "cannot create shared memory object: No such file or directory",
        "shm_open failed: No such file or directory",
        "ERROR:  could not open shared memory segment \"/PostgreSQL.1450751626\": No such file or directory",
        "[RTPS_TRANSPORT_SHM Error] Failed to create segment f1: No such file or directory -> Function x",
    ] {
        let fix = fix(line);
        assert!(fix.contains("tmpfs"), "{line}: {fix}");
    }
}

#[test]
fn a_pool_of_the_application_is_not_mended_by_a_larger_dev_shm() {
    for one in WRONG.iter().chain(UNKNOWN).filter(|one| one.meaning == ALIKE) {
        let fix = fix(one.text);
        assert!(!fix.contains("--shm-size") && !fix.contains("--memory"), "{}: {fix}", one.thread);
    }
}

#[test]
fn no_entry_is_sure_of_a_key_where_the_segment_may_be_private() {
    for line in ["shmget: Permission denied", "shmget failed: errno 17"] {
        let found = found(line);
        assert_eq!(ids(line), ["shmget-denied"]);
        assert_eq!(found.matches[0].entry.certainty, Certainty::Likely, "{line}");
        assert!(found.matches[0].entry.text.contains("IPC_PRIVATE"), "{line}");
    }
}
