//! Lines of public reports whose settings were rebuilt, and of a sample of threads: those that were told wrongly,
//! generally or not at all at the first try, each with the one entry that tells it.

use super::collected_fifth::{Told, judge, told};
use super::threads::{ALIKE, AMBIGUOUS, DENIED, MEMORY, SHM, SYSV};

const LINES: &[Told] = &[
    told(
        "ClangBuiltLinux/continuous-integration2#353",
        "Checking PROT_EXEC mmap in /dev/shm...Operation not permitted\n/dev/shm must be not mounted noexec",
        "uml-noexec",
        DENIED,
    ),
    told(
        "containers/podman#2556",
        "Error: failed to mount shm tmpfs \"/home/demo/.local/share/containers/storage/vfs-containers/34be/userdata/shm\": operation not permitted",
        "podman-shm-not-permitted",
        DENIED,
    ),
    told(
        "aws/aws-parallelcluster#4261",
        "Program received signal SIGBUS: Access to an undefined portion of a memory object.",
        "fortran-sigbus",
        AMBIGUOUS,
    ),
    told(
        "apptainer/apptainer#769",
        "[1665612809.408366] [sh03-01n71:20358:0]       mm_posix.c:194  UCX  ERROR open(file_name=/proc/20353/fd/18 flags=0x0) failed: No such file or directory",
        "ucx-proc-link",
        DENIED,
    ),
    told(
        "moneroexamples/openmonero#147",
        "2019-04-28 23:29:21.504 E Error locking page at 0x7f23b4089000: Cannot allocate memory, subsequent mlock errors will be silenced",
        "mlock-refused",
        MEMORY,
    ),
    told(
        "mtcp-stack/mtcp#281",
        "[  MPCreate: 173] Can't allocate memory for mempool!",
        "dpdk-huge-pages",
        MEMORY,
    ),
];

/// Of a third sample of reports.
const MORE: &[Told] = &[
    told(
        "sap-tutorials/Tutorials#3318",
        "docker: Error response from daemon: oci runtime error: write sysctl key kernel.shmmni: write /proc/sys/kernel/shmmni: invalid argument.",
        "proc-sys-value",
        SYSV,
    ),
    told(
        "https://juejin.cn/post/6896708241951031304",
        "RuntimeError: DataLoader worker (pid 180) exited unexpectedly with exit code 1. Details are lost due to multiprocessing.",
        "pytorch-worker-exited",
        AMBIGUOUS,
    ),
    told(
        "joblib/joblib#882",
        "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/app']",
        "python-no-temporary",
        ALIKE,
    ),
    told(
        "NVIDIA/nccl#1518",
        "[1] misc/shmutils.cc:103 NCCL WARN Cuda failure 'invalid argument'",
        "nccl-shm-register",
        AMBIGUOUS,
    ),
];

#[test]
fn what_more_reports_showed_is_told_by_the_entry_that_knows_it() {
    judge(MORE);
}

const OF_THREADS: &[Told] = &[
    told(
        "NVIDIA/nccl#1400",
        "[1723337199.099229] [ai-worker03:1382 :0]     tl_shm_team.c:617  TL_SHM ERROR Child failed to attach to shmseg, errno: Invalid argument",
        "shmat-gone",
        DENIED,
    ),
    told(
        "horovod/horovod#566",
        "[gcrgpu1172:04092] Read -1, expected 102400, errno = 38",
        "openmpi-cma-missing",
        ALIKE,
    ),
    told(
        "profjsb/deepCR#13",
        "    mm = mmap.mmap(fid.fileno(), bytes, access=acc, offset=start)\nOSError: [Errno 38] Function not implemented",
        "python-mmap-enosys",
        ALIKE,
    ),
    told(
        "pmodels/mpich#529",
        "1: MPID_nem_delete_shm_region(898).:\n1: MPIU_SHMW_Seg_detach(736).......: unable to remove shared memory -\nunlink No such file or directory",
        "mpich-unlink",
        ALIKE,
    ),
    told(
        "asciidoctor/asciidoctor-diagram#94",
        "'Cannot allocate memory' (errno=12); Cannot allocate large pages, falling back to regular pages",
        "java-large-pages",
        MEMORY,
    ),
    told(
        "stephengpope/thepopebot#135",
        "SqliteError: disk I/O error\n  code: 'SQLITE_IOERR_SHMOPEN'",
        "sqlite-shm-file",
        ALIKE,
    ),
    told(
        "accetto/ubuntu-vnc-xfce#2",
        "Gah. Your tab just crashed.",
        "firefox-tab-crash",
        AMBIGUOUS,
    ),
    told(
        "dotnet/coreclr#16912",
        "System.AggregateException: One or more errors occurred. (The system cannot open the device or file specified) ---> System.IO.IOException: The system cannot open the device or file specified\n   at System.Threading.Mutex.CreateMutexCore(Boolean initiallyOwned, String name, Boolean& createdNew)",
        "dotnet-named-mutex",
        ALIKE,
    ),
    told(
        "openclimatefix-archives/nowcasting_dataset#158",
        "    metadata = storage._share_filename_()\nRuntimeError: unable to open shared memory object </torch_4094450_3914785142> in read-write mode",
        "pytorch-shm-exists",
        DENIED,
    ),
    told(
        "intel/oneapi-containers#42",
        "Program terminated with signal 7, Bus error.",
        "gdb-sigbus",
        AMBIGUOUS,
    ),
    told(
        "sgl-project/sglang#28089",
        "RuntimeError: Rank 0 scheduler died during initialization (exit code: -7)",
        "sglang-scheduler-bus",
        SHM,
    ),
];

/// Of a third sample of threads.
const LAST: &[Told] = &[
    told(
        "salu133445/musegan#92",
        "    sa_array = sa.create(name, loaded['shape'], dtype)\nFileExistsError: [Errno 17] File exists: 'train_x_lpd_5_phr'",
        "python-sharedarray-exists",
        DENIED,
    ),
    told(
        "NVIDIA/ai-cloud-validation#643",
        "mm_iface failed to allocate receive FIFO",
        "ucx-receive-fifo",
        SHM,
    ),
    told(
        "oracle/docker-images#458",
        "A database XE container needs at least 1 GB of shared memory (/dev/shm).",
        "oracle-xe-image",
        SHM,
    ),
    told(
        "nextcloud/docker#1965",
        "The OPcache buffer is nearly full. To assure that all scripts can be hold in cache, it is recommended",
        "nextcloud-opcache",
        ALIKE,
    ),
    told(
        "swaywm/sway#6490",
        "warning: Can't open file /dev/shm/mako-LikKLi (deleted) during file-backed mapping note processing",
        "gdb-deleted-mapping",
        ALIKE,
    ),
    told(
        "sickcodes/Docker-OSX#95",
        "docker: Error response from daemon: error gathering device information while adding custom device \"/dev/shm\": not a device node.",
        "docker-device-shm",
        ALIKE,
    ),
    told(
        "openshift/openshift-tools#2894",
        "please increase CacheSize configuration parameter",
        "zabbix-cache",
        ALIKE,
    ),
    told(
        "kamailio/kamailio#399",
        "Nov 17 14:47:24 pleisse /usr/sbin/kamailio[35833]: ERROR: tm [uac.c:296]: t_uac_prepare(): t_uac: short of cell shmem",
        "kamailio-pool",
        ALIKE,
    ),
    told(
        "owasp-modsecurity/ModSecurity-nginx#127",
        "modsecurity_rules_file directive failed to attach shared memory",
        "modsecurity-log-segment",
        SYSV,
    ),
    told(
        "cloudfoundry/cf-mysql-release#181",
        "2017-08-22 8:22:53 140295123512064 [Warning] mysqld: Disk is full writing '/var/vcap/data/mysql/tmp/#sql_41a0_0.MAD' (Errcode: 28 \"No space left on device\"). Waiting for someone to free space...",
        "disk-full-named",
        ALIKE,
    ),
    told(
        "FirebirdSQL/firebird#7348",
        "internal Firebird consistency check (Incorrect attempt to release shared memory)",
        "firebird-tip-cache",
        ALIKE,
    ),
];

#[test]
fn what_a_third_sample_showed_is_told_by_the_entry_that_knows_it() {
    judge(LAST);
}

#[test]
fn what_threads_showed_is_told_by_the_entry_that_knows_it() {
    judge(OF_THREADS);
}

#[test]
fn what_reports_showed_is_told_by_the_entry_that_knows_it() {
    judge(LINES);
}
