//! Lines that a third one collected, as those of `collected`: those that were not told specifically at the first try.

use super::threads::{ALIKE, AMBIGUOUS, DENIED, Line, MEMORY, SYSV, judge, line};

const LINES: &[Line] = &[
    line("spdk/spdk#757", "EAL: Couldn't get fd on hugepage file", DENIED),
    line(
        "openebs/mayastor#626",
        "EAL: No available hugepages reported in hugepages-1048576kB",
        MEMORY,
    ),
    line(
        "FDio/vpp#1344",
        "May 24 04:10:44 localhost vpp<span class=\"error\">[9143]</span>: dpdk_config: not enough free huge pages",
        MEMORY,
    ),
    line(
        "FDio/vpp#2698",
        "Feb 14 12:52:53 tqt100 vnet<span class=\"error\">[4903]</span>: clib_mem_vm_ext_alloc: ftruncate: Invalid argument",
        AMBIGUOUS,
    ),
    line(
        "marty90/DPDK-Dump#2",
        "  Cause: Cannot create cluster_mem_pool. Errno: 12 [ENOMEM: 12, ENOSPC: 28,E_RTE_NO_CONFIG: 1002, E_RTE_SECONDARY: 1001, EINVAL: 22, EEXIST: 17]",
        MEMORY,
    ),
    line(
        "ntop/PF_RING#317",
        "Feb  5 15:38:04 iPilot-APM ZC[25455]: error mmap'ing hugepage /mnt/huge/pfring_zc_98: Cannot allocate memory",
        MEMORY,
    ),
    line(
        "mschlenstedt/Loxberry#634",
        "[Tue Mar 06 06:10:44.791307 2018] [mpm_prefork:emerg] [pid 601] (43)Identifier removed: AH00144: couldn't grab the accept mutex",
        ALIKE,
    ),
    line(
        "gramineproject/examples#13",
        "[P1:T1:httpd] warning: Unsupported system call semget",
        ALIKE,
    ),
    line(
        "oracle/docker-images#222",
        "ORA-27106: system pages not available to allocate memory",
        MEMORY,
    ),
    line(
        "elastic/elasticsearch#22485",
        "memory locking requested for elasticsearch process but memory is not locked",
        MEMORY,
    ),
    line(
        "kata-containers/kata-containers#10341",
        "Sep 23 03:01:22 ubuntu2204 kata[1779636]: time=\"2024-09-23T03:01:22.533334533-07:00\" level=error msg=\"qemu-system-x86_64: unable to map backing store for guest RAM: Cannot allocate memory\" name=containerd-shim-v2 pid=1779636 qemuPid=1779646 sandbox=test-ubuntu1 source=virtcontainers/hypervisor subsystem=qemu",
        MEMORY,
    ),
    line(
        "kubevirt/user-guide#509",
        "unsupported configuration: hugepages is not supported with memfd memory source",
        ALIKE,
    ),
    line("jackaudio/jack2#214", "jack_shm_lock_registry fails...", DENIED),
    line(
        "marazmista/radeon-profile#8",
        "X Error: BadAccess (attempt to access private resource denied) 10",
        AMBIGUOUS,
    ),
    line(
        "psychon/x11rb#736",
        "X11Error { error_kind: Value, error_code: 2, sequence: 7, bad_value: 0, minor_opcode: 4, major_opcode: 130, extension_name: Some(\"MIT-SHM\"), request_name: Some(\"GetImage\") })",
        ALIKE,
    ),
    line(
        "OpenRefine/OpenRefine#333",
        "Java HotSpot(TM) 64-Bit Server VM warning: Failed to reserve shared memory (errno = 28)",
        MEMORY,
    ),
    line(
        "adoptium/adoptium-support#626",
        "OpenJDK 64-Bit Server VM warning: Failed to reserve and commit memory using large pages. req_addr: 0x0000000080000000 bytes: 2147483648",
        MEMORY,
    ),
    line(
        "x4e/PaperBin#23",
        "[0.024s][error][gc] Failed to commit memory (Not enough space)",
        MEMORY,
    ),
    line(
        "eclipse-openj9/openj9#2289",
        "JVMJ9GC088I Requested objectheap page size 2M could not be satisfied; using 4K instead",
        MEMORY,
    ),
    line(
        "osvenskan/posix_ipc#42",
        "OSError: This process already has the maximum number of files open",
        ALIKE,
    ),
    line(
        "sirupsen/sysvmq#7",
        "Invalid argument - Failed sending message to queue (Errno::EINVAL)",
        ALIKE,
    ),
    line(
        "kubernetes/kubernetes#100487",
        "  Warning  CgroupOOM  28s                kubelet            Cgroup OOM encountered, victim process: stress, pid: 470521",
        MEMORY,
    ),
    line(
        "pmodels/mpich#7530",
        "Process id 3257 Caught SIGBUS at 0x7efbb4f62000 nonexistent physical address",
        AMBIGUOUS,
    ),
    line(
        "Laobei2012/Nginx-limit-traffic-rate-module#11",
        "2017/11/28 09:52:35 [alert] 103990#0: shared memory zone \"rate\" was locked by 49547",
        ALIKE,
    ),
    line(
        "lockc-project/lockc#82",
        "Oct 14 12:12:36 lockc-control-plane-0 lockcd[3887]: libbpf: map 'processes': failed to create: Cannot allocate memory(-12)",
        ALIKE,
    ),
    line(
        "triton-inference-server/server#6872",
        "error: Unable to init infer data manager: failed to register CUDA shared memory region 'output_0': failed to open CUDA IPC handle: invalid argument",
        ALIKE,
    ),
    line(
        "hashicorp/docker-vault#53",
        "Error initializing core: Failed to lock memory: cannot allocate memory",
        MEMORY,
    ),
    line(
        "delphix/appliance-build#71",
        "    docker: Error response from daemon: oci runtime error: container_linux.go:265: starting container process caused \"process_linux.go:368: container init caused \\\"rootfs_linux.go:57: mounting \\\\\\\"/var/lib/docker/containers/cf46734cb251f78e84b33e1ce222dbfda6f59b73f102ea0f2a072b327cb3e1af/shm\\\\\\\" to rootfs \\\\\\\"/var/lib/docker/overlay2/88fa4f0902de66da3647b57c9f5027ec13c4ed8f9a02e4217e39e5b59195119b/merged\\\\\\\" at \\\\\\\"/dev/shm\\\\\\\" caused \\\\\\\"evalSymlinksInScope: too many links in /var/lib/docker/overlay2/88fa4f0902de66da3647b57c9f5027ec13c4ed8f9a02e4217e39e5b59195119b/merged/dev/shm\\\\\\\"\\\"\".",
        DENIED,
    ),
    line("firecracker-microvm/firecracker#835", "Cannot create VMM.: Vm(VmFd(Error(12)))", MEMORY),
    line(
        "cloud-hypervisor/cloud-hypervisor#848",
        "thread 'vcpu3' panicked at 'Failed to activate device: VhostUserSetup(VhostUserMemoryRegion(NoMemoryRegion))', src/libcore/result.rs:1188:5",
        ALIKE,
    ),
    line(
        "xmrig/xmrig#1411",
        "[2019-12-13 11:31:17.975]  **rx   failed to allocate RandomX dataset using 1GB pages**",
        MEMORY,
    ),
    line(
        "WyvernTKC/cpuminer-gr-avx2#35",
        "[2021-10-10 14:59:11] Huge Pages allocation failed.",
        MEMORY,
    ),
    line("FredTingaud/quick-bench-back-end#32", "Permission error mapping pages.", ALIKE),
    line(
        "async-profiler/async-profiler#875",
        "[WARN] perf_event mmap failed: Operation not permitted",
        ALIKE,
    ),
    line(
        "ronf/asyncssh#115",
        "gpg-agent[95514]: failed to unprotect the secret key: Cannot allocate memory",
        ALIKE,
    ),
    line(
        "novacoin-project/novacoin#374",
        "terminate called after throwing an instance of 'boost::interprocess::interprocess_exception'",
        AMBIGUOUS,
    ),
    line(
        "nautilus-fuzz/nautilus#17",
        "thread 'fuzzer_1' panicked at 'shm_id \"No space left on device\"', forksrv/src/lib.rs:205:17",
        SYSV,
    ),
    line(
        "pi-hole/pi-hole#6060",
        "2025-03-06 20:58:10.562 ERROR Failed to unlock SHM lock: Operation not permitted in api_history_clients() (/app/src/api/history.c:105)",
        ALIKE,
    ),
    line("nodejs/node#1666", "Error: watch ENOSPC", ALIKE),
    line(
        "pgpool/pgpool2#6",
        "pid 51116: FATAL:  could not create shared memory for request size: 6144",
        SYSV,
    ),
    line(
        "ZoneMinder/zoneminder#250",
        "Can't get shared memory id '7a6d0001', 1: No such file or directory",
        DENIED,
    ),
    line(
        "simongog/sdsl-lite#131",
        "  what():  hugepage_allocator could not allocate hugepages: Cannot allocate memory",
        MEMORY,
    ),
    line(
        "ensky0/tildaz#189",
        "Wayland protocol error: object=1 code=1 message=invalid arguments for wl_shm#5.create_pool",
        ALIKE,
    ),
];

#[test]
fn of_lines_that_a_third_one_collected_nothing_wrong_is_said_and_most_is_said_specifically() {
    judge(LINES);
}
