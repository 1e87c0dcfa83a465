//! Lines of a further sample of threads: those that were told wrongly, generally or not at all at the first try, each
//! with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM};

const LINES: &[Told] = &[
    told(
        "moby/moby#4981",
        "open(\"/dev/shm/Intel_MPI_LECnRQ\", O_RDWR|O_CREAT|O_EXCL, 0600) = 12\nlseek(12, 262847, SEEK_SET)             = 262847\nwrite(12, \"\\0\", 1)                      = -1 ENOSPC (No space left on device)\nclose(12)                               = 0",
        "strace-dev-shm-full",
        SHM,
    ),
    told(
        "pmodels/mpich#7381",
        "mpi4py.MPI.Exception: Other MPI error, error stack:\ninternal_Win_allocate_shared_c(262): MPI_Win_allocate_shared_c(size=10, disp_unit=1, MPI_INFO_NULL, MPI_COMM_WORLD, baseptr=0x7ffc2d491a10, win=0x7f4b3f52f1d0) failed\nMPID_Win_allocate_shared(125)......:\nMPIDIG_mpi_win_allocate_shared(941): processes are not in the same shared memory domain",
        "mpich-no-shared-domain",
        ALIKE,
    ),
    told(
        "zrlio/softiwarp#23",
        " rdma_cm QPs\t : OFF\n Data ex. method : Ethernet\n---------------------------------------------------------------------------------------\nCouldn't allocate MR\nfailed to create mr\nFailed to create MR\nSegmentation fault (core dumped)",
        "perftest-memory-region",
        MEMORY,
    ),
    told(
        "openucx/ucx#3545",
        "process_vm_readv delivered 0 instead of 480960, error message Operation not permitted",
        "ucx-cma-refused",
        ALIKE,
    ),
    told(
        "hpc/xpmem#46",
        "   WARNING: Could not generate an xpmem segment id for this process'\n   address space.\n   The vader shared memory BTL will fall back on another single-copy\n   mechanism if one is available. This may result in lower performance.\n   Local host: lib-server-03\n   Error code: 2 (No such file or directory)\n[lib-server-03:1297333] 127 more processes have sent help message help-btl-vader.txt / xpmem-make-failed",
        "openmpi-xpmem-segment",
        ALIKE,
    ),
    told(
        "apptainer/singularity#875",
        "  File \"/opt/anaconda2/lib/python2.7/multiprocessing/queues.py\", line 354, in __init__\n    self._rlock = Lock()\n  File \"/opt/anaconda2/lib/python2.7/multiprocessing/synchronize.py\", line 147, in __init__\n    SemLock.__init__(self, SEMAPHORE, 1, 1)\n  File \"/opt/anaconda2/lib/python2.7/multiprocessing/synchronize.py\", line 75, in __init__\n    sl = self._semlock = _",
        "python-semlock",
        AMBIGUOUS,
    ),
    told(
        "dotnet/runtime#80580",
        "Fatal error. The RW block to unmap was not found\n   at System.Reactive.Concurrency.DefaultScheduler.Schedule[[System.ValueTuple`2[[System.Reactive.Concurrency.LocalScheduler, System.Reactive, Version=5.0.0.0, Culture=neutral, PublicKeyToken=94bc3704cddfc263],[System.Reactive.Disposables.SingleAssignmentDisposable, System.Reactive, Version=5.0.0.0, Culture=neutral, PublicKeyToken=94bc3704cddfc263]], System.Private.CoreLib, Version=7.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e]]",
        "dotnet-writable-mapping",
        MEMORY,
    ),
    told(
        "Jiefei-Wang/SharedObject#8",
        "Error in C_createSharedMemory(x, dataInfo) :\n  An error has occured in allocating shared memory: File exists",
        "r-sharedobject-exists",
        DENIED,
    ),
    told(
        "wmww/gtk-layer-shell#130",
        "[3728042.422]  -> wl_shm@6.create_pool(new id wl_shm_pool@28, fd 9, 621801600)\n[3728042.432]  -> wl_shm_pool@28.create_buffer(new id wl_buffer@29, 0, 100, 1554504, 400, 0)\n\n(test-create-subsurface:32450): Gdk-CRITICAL **: 13:24:18.804: ../gdk/wayland/gdkdisplay-wayland.c:1399: Unable to create Cairo image surface: invalid value (typically too big) for the size of the input (surface, pattern, etc.)",
        "gtk-surface-too-large",
        ALIKE,
    ),
    told("jackaudio/jack2#213", "shm registry full", "jack-registry-full", ALIKE),
    told(
        "fzwoch/obs-gstreamer#12",
        "error: Failed waiting on fd activity",
        "gstreamer-shmsink-poll",
        ALIKE,
    ),
    told(
        "nutanix/libvfio-user#29",
        "[2065774.775141] BUG: Bad page map in process gpio-pci-idio-1  pte:80000001bcea0027 pmd:22f4c4067\n[2065774.775980] page:ffffddd2c6f3a800 refcount:0 mapcount:-1 mapping:dead000000000400 index:0xa0 compound_mapcount: -1\n[2065774.776641] hugetlbfs_aops name:\"qemu_back_mem.mem.NGh5A4\"\n[2065774.777329] flags: 0x2ffff8000000000()\n[2065774.779350] page dumped because: bad pte\n[2065774.780608] file:00000000-0000-0000-0000-000000000000 fault:0x0 mmap:libmuser_mmap [muser] readpage:0x0\n[2065774.781307] CPU: 4 PID: 96138 Comm: gpio-pci-idio-1 Tainted: G           O      5.4.0-rc8+ #11",
        "kernel-bad-page-map",
        ALIKE,
    ),
    told(
        "F-Stack/f-stack#357",
        "EAL:no free hugepages reported in hugepages-1048576KB",
        "dpdk-huge-pages",
        MEMORY,
    ),
    told(
        "containerd/containerd#6911",
        "{\"file\":\"github.com/opencontainers/runc/utils.go:62\",\"func\":\"main.fatalWithCode\",\"level\":\"error\",\"msg\":\"runc create failed: unable to start container process: error during container init: er\nror mounting \\\"/home/wanglei01/opt/open/go_project/containerd_upstream/bin/run/containerd/io.containerd.grpc.v1.cri/sandboxes/ab8749035cbfcad346798a9d7ed7782e5d7f84719adf4ab8964e3ac176aaf185\n/shm\\\" to rootfs at \\\"/dev/shm\\\": mount /proc/self/fd/6:/dev/shm (via /proc/self/fd/8), flags: 0x5021: operation not permitted\",\"time\":\"2022-05-09T23:10:26+08:00\"}",
        "shm-bind-refused",
        ALIKE,
    ),
    told(
        "termux/libandroid-shmem#10",
        "Undefined reference/symbol : shm_open\nUndefined reference/symbol : shm_unlink",
        "shm-open-undefined",
        ALIKE,
    ),
    told(
        "actions/runner-images#10699",
        "System.IO.IOException: No space left on device : '/home/runner/runners/2.319.1/_diag/Worker_20240929-071716-utc.log'\n   at System.IO.RandomAccess.WriteAtOffset(SafeFileHandle handle, ReadOnlySpan`1 buffer, Int64 fileOffset)\n   at System.IO.Strategies.BufferedFileStreamStrategy.FlushWrite()\n   at System.IO.StreamWriter.Flush(Boolean flushStream, Boolean flushEncoder)",
        "path-full",
        ALIKE,
    ),
    told(
        "gvenzl/oci-oracle-xe#71",
        "CONTAINER: machine has high CPU count: 36\nCONTAINER: increasing SGA_TARGET to 1.5GB.\nCONTAINER: done increasing SGA_TARGET.\nCONTAINER: starting up Oracle Database...\nORA-47500: XE edition memory parameter invalid or not specified",
        "oracle-edition-memory",
        ALIKE,
    ),
    told(
        "tinyhumansai/openhuman#2206",
        "disk I/O error: Error code 4874: I/O error within the xShmMap method (trying to resize an existing shared-memory segment)",
        "sqlite-shm-size",
        ALIKE,
    ),
    told(
        "kamailio/kamailio#1895",
        "ERROR: <core> [core/tcp_main.c:973]: tcpconn_new(): mem. allocation failure\nERROR: <core> [core/tcp_main.c:4042]: handle_new_connect(): tcpconn_new failed, closing socket\nERROR: uac [uac_reg.c:533]: reg_ht_add(): no more shm\nERROR: uac [uac_reg.c:1347]: uac_reg_load_db(): Error adding reg to htable",
        "kamailio-pool",
        ALIKE,
    ),
    told(
        "dwyl/learn-postgresql#125",
        "ERROR:  could not extend file \"base/16511/16540\": wrote only 4096 of 8192 bytes at block 13986\nHINT:  Check free disk space.\nWARNING:  terminating connection because of crash of another server process\nDETAIL:  The postmaster has commanded this server process to roll back the current transaction and exit, because another server process exited abnormally and possibly corrupted shared memory.\nHINT:  In a moment you should be able to reconnect to the database and repeat your command.\nFATAL:  server conn crashed?\nserver closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\nconnection to server was lost",
        "postgresql-extend",
        ALIKE,
    ),
];

#[test]
fn what_an_eleventh_sample_showed_is_told_by_the_entry_that_knows_it() {
    judge(LINES);
}
