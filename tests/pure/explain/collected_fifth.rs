//! Lines that a tester collected, as those of `collected_fourth`: those that were told wrongly, generally or not at all
//! at the first try, each with the one entry that tells it.

use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM, SYSV};
use super::{ids, meanings};

/// A line, the one entry that tells it, and its meaning.
pub(super) struct Told {
    pub(super) thread: &'static str,
    pub(super) text: &'static str,
    entry: &'static str,
    pub(super) meaning: &'static [&'static str],
}

pub(super) const fn told(
    thread: &'static str,
    text: &'static str,
    entry: &'static str,
    meaning: &'static [&'static str],
) -> Told {
    Told { thread, text, entry, meaning }
}

/// Told wrongly at the first try.
const WRONG: &[Told] = &[
    told(
        "kamailio/kamailio#1513",
        "Apr 28 13:36:11 kamailio-c2 kamailio2[49808]: ERROR: <core> [sip_msg_clone.c:498]: sip_msg_shm_clone(): cannot allocate memory\nApr 28 13:36:11 kamailio-c2 kamailio2[49808]: ERROR: <core> [mem/q_malloc.c:292]: qm_find_free(): qm_find_free(0x809132000, 3976); Free fragment not found!\nApr 28 13:36:11 kamailio-c2 kamailio2[49808]: ERROR: <core> [mem/q_malloc.c:425]: qm_malloc(): qm_malloc(0x809132000, 3976) called from core: sip_msg_clone.c: sip_msg_shm_clone(495), module: core; Free fragment not found!",
        "kamailio-fragment",
        ALIKE,
    ),
    told(
        "http://www-01.ibm.com/support/docview.wss?rs=0&q1=SQL1220N&uid=swg21217932",
        "06/02/2005 11:45:48 0 0 SQL1220N The database manager shared memory set cannot be allocated.\nFUNCTION: DB2 UDB, SQO Memory Management, sqloAllocateSharedMemory, probe:2000\nMESSAGE : ZRC=0x870F00B4=-2029059916=SQLO_NO_INSTANCE \"No instance available.\"\nError generating ftok key for shared memory.",
        "db2-ftok",
        ALIKE,
    ),
    told(
        "unbit/uwsgi#922",
        "unable to allocate 18446744072142524416 bytes (17592186042921MB)\nmmap(): Cannot allocate memory [core/utils.c line 2225]",
        "uwsgi-memory",
        MEMORY,
    ),
    told(
        "AlternC/AlternC#636",
        "Error: Mailbox INBOX: mmap(size=755661208) failed with file /var/mail/alternc_index/user@domain.example/.INBOX/dovecot.index.cache: Cannot allocate memory",
        "dovecot-vsz-limit",
        MEMORY,
    ),
    told(
        "open-mpi/ompi#5008",
        "catalyst285: Unable to allocate shared memory for intra-node messaging.\ncatalyst285: Delete stale shared memory files in /dev/shm",
        "psm-shm",
        SHM,
    ),
    told(
        "giampaolo/pyftpdlib#496",
        "  File \"/usr/lib/python3.6/multiprocessing/synchronize.py\", line 162, in __init__\n    SemLock.__init__(self, SEMAPHORE, 1, 1, ctx=ctx)\n  File \"/usr/lib/python3.6/multiprocessing/synchronize.py\", line 59, in __init__\n    unlink_now)\nOSError: [Errno 38] Function not implemented",
        "python-semlock-missing",
        DENIED,
    ),
    told(
        "dotnet/runtime#36823",
        "System.IO.IOException: The system cannot open the device or file specified. : 'PSReadLineHistoryFile_1525368525'\n   at System.Threading.Mutex.CreateMutexCore(Boolean initiallyOwned, String name, Boolean& createdNew)",
        "dotnet-named-mutex",
        ALIKE,
    ),
    told(
        "https://infocenter.sybase.com/help/topic/com.sybase.infocenter.dc35890.1600/doc/html/jon1265068889138.html",
        "os create region: shmat \"xx\": invalid argument",
        "sybase-create-shmat",
        SYSV,
    ),
    told(
        "kaneplusplus/bigmemory#89",
        "Error in big.matrix(nrow = 65 * 16 * 1e+06, ncol = 5, type = \"double\",  : \n  Error: memory could not be allocated for instance of type big.matrix",
        "r-bigmemory-allocate",
        AMBIGUOUS,
    ),
    told(
        "prometheus/prometheus#4392",
        "level=error ts=2018-10-28T13:00:02.73656226Z caller=db.go:305 component=tsdb msg=\"compaction failed\" err=\"reload blocks: open block /mnt/storage/prometheus/metrics2/01CTXC4Z59TK1K0WBKFYDNKD1F: mmap files: mmap: cannot allocate memory\"",
        "prometheus-mmap",
        MEMORY,
    ),
    told(
        "uwsampa/grappa#148",
        "E0227 19:52:38.147748 11703 LocaleSharedMemory.cpp:188] Allocation of 532480 bytes with alignment 4096 failed with 776080 free, 104857600 total.",
        "grappa-region",
        ALIKE,
    ),
    told(
        "docker-solr/docker-solr#273",
        "OpenJDK 64-Bit Server VM warning: Failed to reserve shared memory. (error = 1)\nOpenJDK 64-Bit Server VM warning: Failed to reserve shared memory. (error = 12)",
        "java-large-pages",
        MEMORY,
    ),
    told(
        "pipewire-debian/pipewire-debian#53",
        "Apr 02 06:33:37 failbot pipewire[1036652]: spa.alsa: set_hw_params: Cannot allocate memory\nApr 02 06:33:37 failbot pipewire[1036652]: pw.node: (alsa_output.pci-0000_2a_00.3.analog-stereo-42) suspended -> error (Start err>",
        "alsa-buffer",
        MEMORY,
    ),
    told(
        "dreamland-mud/dreamland_code#332",
        "[Mar 04 02:31:58]:N: Loading DbContext: fenia:objects...\nBDB2055 Lock table is out of available lock entries\n[Mar 04 02:32:06]:E: Dbc::get: Cannot allocate memory:",
        "bdb-lock-table",
        ALIKE,
    ),
    told(
        "raspberrypi/rpicam-apps#718",
        "[23:50:08.514187869] [4304] ERROR V4L2 v4l2_videodevice.cpp:1241 /dev/video0[12:cap]: Unable to request 1 buffers: Cannot allocate memory\nERROR: *** failed to allocate capture buffers ***",
        "camera-buffers",
        MEMORY,
    ),
    told(
        "electron/electron#30758",
        "[327241:0827/214511.475208:FATAL:platform_shared_memory_region_posix.cc(255)] This is frequently caused by incorrect permissions on /dev/shm. Try 'sudo chmod 1777 /dev/shm' to fix.",
        "chrome-shm-denied",
        DENIED,
    ),
    told(
        "ukrbublik/shm-typed-array#8",
        "Error: Too many open files\n    at Object.get (/Users/ymr/kaochong/klive-teacher/teacher-package/node_modules/shm-typed-array/index.js:108:16)",
        "node-shm-typed-array",
        ALIKE,
    ),
    told(
        "spdk/spdk#922",
        "EAL: eal_memalloc_alloc_seg_bulk(): couldn't find suitable memseg_list\nEAL: FATAL: Cannot init memory",
        "dpdk-memseg-lists",
        ALIKE,
    ),
    told(
        "klaussilveira/SimpleSHM#7",
        "PHP Warning: shmop_close(): no shared memory segment with an id of [0]",
        "php-shmop-id",
        ALIKE,
    ),
];

/// Not known at the first try.
const UNKNOWN: &[Told] = &[
    told(
        "gnif/LookingGlass#1175",
        "kvmfr: kvmfr_pci_probe: failed to remap pages! ret = -22",
        "kvmfr-remap",
        ALIKE,
    ),
    told("xdissent/ievms#257", "Error: VERR_NO_MEMORY", "virtualbox-memory", MEMORY),
    told(
        "Orange-Cyberdefense/GOAD#274",
        "VBoxManage: error: Out of memory condition when allocating memory with low physical backing. (VERR_NO_LOW_MEMORY)",
        "virtualbox-low-memory",
        MEMORY,
    ),
    told(
        "rapid7/metasploitable3#204",
        "Unable to allocate and lock memory. The virtual machine will be paused. Please close applications to free up memory or close the VM. Error ID: Host Memory Low, Severity: Non-Fatal Error",
        "virtualbox-memory",
        MEMORY,
    ),
    told(
        "docker-mailserver/docker-mailserver#974",
        "May 17 17:23:20 mail dovecot: lmtp(xx@xxx.xx): Fatal: master: service(lmtp): child 25980 returned error 83 (Out of memory (service lmtp { vsz_limit=256 MB }, you may need to increase it) - set CORE_OUTOFMEM=1 environment to get core dump)",
        "dovecot-vsz-limit",
        MEMORY,
    ),
    told(
        "mailcow/mailcow-dockerized#2669",
        "imap(nick@domain.ltd)<24166><>: Fatal: block_alloc(268435456): Out of memory",
        "dovecot-vsz-limit",
        MEMORY,
    ),
    told(
        "QwikDev/partytown#689",
        "RangeError: Array buffer allocation failed",
        "js-array-buffer",
        MEMORY,
    ),
    told(
        "https://ipajama.tistory.com/524",
        "21:45:30 IBM Informix Dynamic Server Started.\n21:45:30 size of resident + virtual segments 10443875920 + 4831838208 > 9663676416\ntotal allowed by configuration parameter SHMTOTAL",
        "informix-shmtotal",
        ALIKE,
    ),
    told(
        "https://community.sap.com:443/t5/technology-blogs-by-members/hana-stopped-unexpectedly-due-to-the-accidental-deletion-of-shared-memory/ba-p/13300754",
        "[79877]{-1}[-1/-1] 2016-02-24 01:15:07.912168 f NameServer\nTREXNameServer.cpp(03342) : shared memory lock\n'/tmp/.hdb_ABC_30_lock'was deleted -> stopping instance ...",
        "hana-lock-file",
        ALIKE,
    ),
    told(
        "kaneplusplus/bigmemory#112",
        "libc++abi: terminating with uncaught exception of type boost::interprocess::interprocess_exception: Interrupted system call\nAbort",
        "boost-interrupted",
        ALIKE,
    ),
    told(
        "greenrobot/greenDAO#1080",
        "Could not allocate CursorWindow '/data/user/0/com.wedo.wedotalk/databases/mldb-157109' of size 2097152 due to error -12.\nandroid.database.CursorWindow.nativeCreate(Native Method)",
        "android-cursor-window",
        MEMORY,
    ),
    told(
        "aya-rs/aya#609",
        "Error: map error\n\nCaused by:\n    0: failed to create map `AYA_LOG_BUF` with code -1\n    1: Operation not permitted (os error 1)",
        "bpf-aya",
        ALIKE,
    ),
    told(
        "gnif/LookingGlass#403",
        "  4214137131 [E]            ivshmem.c:72   | ivshmemOpen                    | Unable to enumerate the device, is it attached?: 0x00000103\n  4214138392 [E]                app.c:450  | app_main                       | Failed to open the IVSHMEM device",
        "looking-glass-no-device",
        ALIKE,
    ),
    told(
        "gnif/LookingGlass#1184",
        "qemu-system-x86_64: VFIO_MAP_DMA failed: -22",
        "vfio-address",
        ALIKE,
    ),
    told(
        "tarantool/tarantool#3633",
        "Failed to allocate 138301 bytes in slab allocator for memtx_tuple",
        "tarantool-memtx",
        ALIKE,
    ),
    told(
        "https://cat.totvs.com.br/eConsultor/Cadastros/kbase_Det.aspx?kbid=18301",
        "Shared memory in use by another process. (1260)\nSYSTEM ERROR: unable to <acc/cr> semaphore set <db>:<ch>, errno 22. (551)",
        "openedge-in-use",
        ALIKE,
    ),
    told(
        "OpenIDC/mod_auth_openidc#397",
        "[Wed Oct 17 01:03:22.100973 2018] [auth_openidc:warn] [pid 1676:tid 140480511694592] [client ] oidc_cache_set: could NOT store 263 bytes in shm cache backend for key < key >",
        "openidc-cache",
        ALIKE,
    ),
    told(
        "OpenIDC/mod_auth_openidc#1099",
        "[Mon Sep 04 13:18:19.676990 2023] [auth_openidc:error] [pid 6816176:tid 515] oidc_cache_mutex_lock: apr_global_mutex_lock() failed: Permission denied (13)",
        "mutex-denied",
        ALIKE,
    ),
    told("cherokee/webserver#560", "Could initialize SHM", "cherokee-shm", DENIED),
    told(
        "wwmm/easyeffects#337",
        "Cannot send block reference with non-registered memfd ID",
        "pulseaudio-memfd",
        ALIKE,
    ),
    told(
        "virtio-win/kvm-guest-drivers-windows#573",
        "qemu-system-x86_64: -device vfio-pci,host=0000:0b:00.0,id=hostdev3,bus=pci.4,addr=0x0: VFIO_MAP_DMA failed: Bad address\nvfio 0000:0b:00.0: failed to setup container for group 17: memory listener initialization failed: Region pc.ram: vfio_dma_map(0x560a3b6ed880, 0x100000000, 0x180000000, 0x7f6a47fff000) = -14 (Bad address)",
        "vfio-bad-address",
        AMBIGUOUS,
    ),
    told(
        "FrodeSolheim/fs-uae#85",
        "NATMEM: 320M area failed to allocate, err=9 (Z3=64M,RTG=16M)\nNATMEM: retrying 1..\nNATMEM: No special area could be allocated (2)!",
        "uae-natmem",
        MEMORY,
    ),
    told(
        "llvm/llvm-project#212764",
        "==545814==ERROR: AddressSanitizer: out of memory: failed to allocate 0xe000 (57344) bytes of Create (error code: 12)\nERROR: Failed to mmap",
        "sanitizer-memory",
        MEMORY,
    ),
    told(
        "microsoft/WSL#1812",
        "rpmdb: BDB2034 unable to allocate memory for mutex; resize mutex region",
        "bdb-mutex-region",
        ALIKE,
    ),
    told(
        "raspberrypi/rpicam-apps#707",
        "dmaHeap allocation failure for rpicam-apps0\nERROR: *** failed to allocate capture buffers for stream ***",
        "camera-buffers",
        MEMORY,
    ),
    told(
        "sailfish-on-dontbeevil/droid-config-pinephone#55",
        "[ 9102.105091] cma: cma_alloc: alloc failed, req-size: 1846 pages, ret: -12\n[ 9102.105150] sun6i-csi 1cb0000.csi: dma_alloc_coherent of size 7561216 failed",
        "kernel-cma",
        MEMORY,
    ),
    told(
        "jellyfin/jellyfin#15036",
        "The path `/tmp/jellyfin` has insufficient free space. Required: at least 2GB.",
        "jellyfin-space",
        ALIKE,
    ),
    told(
        "https://support.nagios.com/kb/print-139.html",
        "ndo2db: Error: max retries exceeded sending message to queue. Kernel queue parameters may neeed to be tuned. See README.",
        "ndo-message-queue",
        ALIKE,
    ),
    told(
        "SSSD/sssd#5369",
        "(2020-10-14 15:58:16): [sssd] [svc_child_info] (0x0040): Child [14647] ('nss':'nss') terminated with signal [7]",
        "sssd-cache-bus",
        ALIKE,
    ),
    told(
        "eunomia-bpf/bpftime#488",
        "[2025-11-03 15:02:47][error][2617448] Unable to map CUDA IPC memory for shared array map, error=201",
        "cuda-ipc",
        ALIKE,
    ),
    told(
        "NVIDIA/DALI#4817",
        "RuntimeError: CUDA runtime API error cudaErrorDeviceUninitialized (201):\ninvalid device context",
        "cuda-ipc",
        ALIKE,
    ),
    told(
        "openucx/ucx#3192",
        "cuda_ipc_cache.c:154  UCX Fatal: dest:5221: failed to open ipc mem handle. addr:0x7f7647415c00 len:89088 (Element already exists)",
        "ucx-gpu-ipc",
        ALIKE,
    ),
    told(
        "https://public.dhe.ibm.com/software/webserver/appserv/library/v50/com.ibm.support.was50.doc.zip",
        "MSGS0101E: Start Queue Manager command failed with exit code: 71\n| Component :- xcsRequestMutexSem\n| Major Errorcode :- xecL_W_SEM_OWNER_DIED\n| Probe Description :- AMQ6125: An internal WebSphere MQ error has occurred.",
        "ibm-mq-semaphore",
        ALIKE,
    ),
];

/// Told by an entry of any program at the first try.
const GENERAL: &[Told] = &[
    told(
        "AsahiLinux/muvm#172",
        "X Error of failed request:  BadValue (integer parameter out of range for operation)\n  Major opcode of failed request:  130 (MIT-SHM)\n  Minor opcode of failed request:  3 (X_ShmPutImage)\n  Value in failed request:  0x760",
        "x11-put-image",
        ALIKE,
    ),
    told(
        "unbit/uwsgi#2042",
        "lock engine: ipcsem\nuwsgi_lock_ipcsem_init()/semget(): No space left on device [core/lock.c line 519]\nuwsgi_ipcsem_clear()/semctl(): Invalid argument [core/lock.c line 643]",
        "uwsgi-semaphores",
        ALIKE,
    ),
    told(
        "sourcegraph/scip-clang#180",
        "[18:26:41 debug] driver    : initializing driver options\n[18:26:41 debug] driver    : creating queues for IPC\n[18:26:41 error] driver    : driver caught exception No space left on device",
        "scip-clang-queues",
        SHM,
    ),
    told(
        "https://userapps.support.sap.com/sap/support/knowledge/en/3028979",
        "e Memory ptl_shm.cpp(00468) : ShmSystem::create (size=67108864) - No space left on device\ne Memory ShmAllocator.cpp(00167) :shared memory allocation failed: exception 1: no.71000004 (Basis/SharedMemory/impl/ptl_shm.cpp:479)\nShmSystem::create (size=67108864) -No space left on device",
        "hana-segment",
        SYSV,
    ),
    told(
        "cortexlabs/cortex#1809",
        "runtime: mlock of signal stack failed: 12\nruntime: increase the mlock limit (ulimit -l) or\nruntime: update your kernel to 5.3.15+, 5.4.2+, or 5.5+\nfatal error: mlock failed",
        "go-mlock",
        MEMORY,
    ),
    told(
        "libuv/libuv#3376",
        "(libuv) msgget(): EDC5133I No space left on device. (errno2=0x07050305)",
        "zos-msgget",
        ALIKE,
    ),
    told("AFLplusplus/AFLplusplus#2833", "shmget failed for futex", "afl-futex", SYSV),
    told(
        "tarantool/tarantool#512",
        "2014-09-17 16:44:03.079 [10754] main/101/app.lua F> failed to preallocate 1073741824 bytes: Cannot allocate memory",
        "tarantool-preallocate",
        MEMORY,
    ),
    told(
        "tarantool/tarantool#99",
        "2013-10-24 12:36:57.823 [26369] 1/sched salloc.cc:156 E> mmap: No space left on device\n2013-10-24 12:36:57.825 [26369] 1/sched exception.cc:102 E> ClientError at /home/buildslave/slave/STABLE_CentOS_6_3_amd64_RelWithDebInfo_rpm/build/RPM/BUILD/tarantool-1.5.1-124-g82ad01c-src/src/salloc.cc:361, Failed to allocate 79 bytes in slab allocator for tuple",
        "tarantool-memtx",
        ALIKE,
    ),
    told(
        "NixOS/nixpkgs#104553",
        "Nov 25 22:50:06 nixos pipewire-pulse[961]: Failed to mlock memory 0x7fd93c124000 32832: This is not a problem but for best performance, consider increasing RLIMIT_MEMLOCK",
        "pipewire-mlock",
        MEMORY,
    ),
    told(
        "google/sanitizers#1467",
        "==70588==ERROR: AddressSanitizer failed to allocate 0xdfff0001000 (15392894357504) bytes at address 2008fff7000 (errno: 12)\n==70588==ReserveShadowMemoryRange failed while trying to map 0xdfff0001000 bytes. Perhaps you're using ulimit -v",
        "sanitizer-memory",
        MEMORY,
    ),
    told(
        "LightnigFast/Project-Lightning#24",
        "[338762:0809/160631.130600:ERROR:base/memory/platform_shared_memory_region_posix.cc:214] Creating shared memory in /tmp/.org.chromium.Chromium.J63aWd failed: No such process (3)\n[338762:0809/160631.130636:ERROR:base/memory/platform_shared_memory_region_posix.cc:217] Unable to access(W_OK|X_OK) /tmp: No such process (3)",
        "chrome-sandbox-shm",
        DENIED,
    ),
    told(
        "AFLplusplus/LibAFL#2298",
        "called `Result::unwrap()` on an `Err` value: OsError(Os { code: 24, kind: Uncategorized, message: \"Too many open files\" }, \"Failed to shm_open map with id [47, 108, 105, 98, 97, 102, 108, 95",
        "libafl-files",
        ALIKE,
    ),
    told(
        "php/php-src#14537",
        "Warning: shmop_open(): Unable to attach or create shared memory segment \"No error\" in C:\\work\\ct\\cluster\\test.php on line 11",
        "php-shmop-windows",
        ALIKE,
    ),
    told(
        "SSSD/sssd#5370",
        "(2020-10-14 16:05:59): [nss] [sss_mmap_cache_init] (0x0020): Failed to allocate file /var/lib/sss/mc/passwd: 28(No space left on device)\n(2020-10-14 16:05:59): [nss] [setup_memcaches] (0x0020): Failed to initialize passwd mmap cache: 'No space left on device'",
        "sssd-cache-full",
        ALIKE,
    ),
    told(
        "ablab/spades#610",
        " ERROR   General                 (mmapped_reader.hpp        :  52)   mmap(2) failed. Reason: Cannot allocate memory. Error code: 12",
        "spades-mmap",
        MEMORY,
    ),
    told(
        "ydb-platform/ydb#12671",
        "<main>: Error: yql/essentials/minikql/aligned_page_pool.cpp:496: Mmap failed to allocate 131072 bytes: Cannot allocate memory",
        "ydb-mmap",
        MEMORY,
    ),
];

/// Each is told by its entry and by no other one.
pub(super) fn judge(lines: &[Told]) {
    let wrong: Vec<_> = lines
        .iter()
        .filter(|one| {
            ids(one.text) != [one.entry]
                || !meanings(one.text).iter().all(|meaning| one.meaning.contains(meaning))
        })
        .map(|one| (one.thread, one.entry, ids(one.text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), lines.len());
}

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
