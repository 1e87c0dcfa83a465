//! SIGBUS and SIGKILL, as those print them who watch over processes: container engines, systemd, Slurm, servers.

use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(in crate::explain::catalogue) const ENTRIES: &[Entry] = &[
    Entry {
        id: "container-exit-135",
        application: "Docker, Kubernetes, CI runners",
        patterns: &[
            "exited with code 135",
            "exited with code '135'",
            "Exited (135)",
            "exit code 135",
            "exit code: 135",
            "exitCode: 135",
            "exitCode=135",
            "\"ExitCode\": 135",
            "\"exitCode\": 135",
            "\"exitCode\":135",
            "Exit Code:*135$",
            "exit status 135",
            "completed with exit code 135",
        ],
        unless: &["child process exited with exit code"],
        text: "135 is 128 + 7: the container's process got SIGBUS, a page of a mapped file could \
               not be had. Usual causes in containers: a full /dev/shm (64 MiB by default), huge \
               pages beyond the container's limit (PostgreSQL), a full volume below a mapped file, \
               or a file that was truncated.",
        not: "Not the memory limit: that is 137.",
        setting: "df /dev/shm while it runs: at 100 % it was that, and a larger one helps \
                  (--shm-size). grep Huge /proc/meminfo on the node: if there are huge pages, \
                  switch them off in the program. Else df of its volumes.",
        source: "signal(7), https://github.com/shikokuchuo/mori/issues/14",
        example: "worker_1  | exited with code 135",
        ..Entry::REST
    },
    Entry {
        id: "container-exit-137",
        application: "Docker, Kubernetes, CI runners",
        patterns: &[
            "exited with code 137",
            "exited with code '137'",
            "Exited (137)",
            "exit code 137",
            "exit code: 137",
            "exitCode: 137",
            "exitCode=137",
            "\"ExitCode\": 137",
            "\"exitCode\": 137",
            "\"exitCode\":137",
            "Exit Code:*137$",
            "exit status 137",
            "completed with exit code 137",
            "Container killed on request. Exit code is 137",
        ],
        unless: &["OOMKilled", "exceeding memory limits"],
        text: "137 is 128 + 9: the container's process got SIGKILL. Usually the OOM killer: the \
               memory limit, which counts what is in /dev/shm, or the machine's memory. `docker \
               stop` after its grace period, a failed liveness probe and an eviction send it too.",
        not: "Not a full /dev/shm: that is 135 or \"No space left on device\". A larger /dev/shm \
              does not help, it takes the same memory.",
        fix: Fix::Memory,
        setting: "It was the memory limit if `docker inspect` says OOMKilled true, the pod's last \
                  state says OOMKilled, or oom_kill in memory.events grew; the machine's memory if \
                  only the kernel's log says so.",
        source: "signal(7), linux mm/oom_kill.c",
        example: "db_1 exited with code 137",
        ..Entry::REST
    },
    Entry {
        id: "systemd-bus",
        application: "systemd",
        patterns: &["status=7/BUS", "code=dumped, status=7"],
        text: "A unit's process got SIGBUS: a page of a mapped file could not be had: a full \
               /dev/shm or other tmpfs, a full disk below a mapped file, a truncated file, or huge \
               pages beyond their limit.",
        not: "Not a lack of memory as such: that is 9/KILL with the result oom-kill.",
        setting: "df /dev/shm and df of the unit's folders; coredumpctl info shows which mapping \
                  it was.",
        source: "systemd.exec(5), signal(7)",
        example: "squid.service: Main process exited, code=dumped, status=7/BUS",
        ..Entry::REST
    },
    Entry {
        id: "systemd-kill",
        application: "systemd",
        patterns: &["status=9/KILL"],
        text: "A unit's process got SIGKILL: from the OOM killer (then the result is oom-kill), \
               from systemd itself after TimeoutStopSec or WatchdogSec, or from somebody.",
        not: "Not a full /dev/shm.",
        fix: Fix::Memory,
        setting: "journalctl -k | grep -i oom, and \"Failed with result\" in the next line: \
                  oom-kill, timeout or signal.",
        source: "systemd.exec(5), systemd.service(5)",
        example: "mariadb.service: Main process exited, code=killed, status=9/KILL",
        ..Entry::REST
    },
    Entry {
        id: "slurm-task-bus",
        application: "Slurm",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["srun: error: *task*Bus error", "slurmstepd: error: *Bus error"],
        text: "A task got SIGBUS: a page of a mapped file could not be had. In a parallel program \
               that is usually a segment in the node's /dev/shm that did not fit, often because \
               files of earlier jobs fill it.",
        not: "Not the job's memory limit: that kills. A truncated file that the program maps gives \
              the same signal.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm on that node; `shmeter ls` shows what nobody holds.",
        source: "signal(7), slurm src/srun/libsrun",
        example: "srun: error: node042: tasks 3,7: Bus error (core dumped)",
        ..Entry::REST
    },
    Entry {
        id: "slurm-task-killed",
        application: "Slurm",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["srun: error: *task*: Killed", "srun: error: *task*Exited with exit code 137"],
        text: "A task got SIGKILL, as a rule from the OOM killer: the job's memory, with what it \
               keeps in /dev/shm.",
        not: "Not a full /dev/shm.",
        fix: Fix::Memory,
        setting: "sbatch --mem or --mem-per-cpu; sacct -o MaxRSS,State tells.",
        source: "slurm src/srun/libsrun, signal(7)",
        example: "srun: error: c12-3: task 5: Killed",
        ..Entry::REST
    },
    Entry {
        id: "openmpi-killed",
        application: "Open MPI",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["exited on signal 9 (Killed)"],
        text: "A rank got SIGKILL, as a rule from the OOM killer: the job's, the container's or \
               the machine's memory.",
        not: "Not the size of /dev/shm: that is signal 7.",
        fix: Fix::Memory,
        setting: "Fewer ranks on the node, or more memory.",
        source: "ompi orte/tools/orterun, https://github.com/alibaba/GraphScope/issues/2490",
        example: "mpirun noticed that process rank 0 with PID 61 on node gs-engine-sbfjpl-0 exited \
                  on signal 9 (Killed).",
        ..Entry::REST
    },
    Entry {
        id: "torchrun-bus",
        application: "PyTorch (torchrun)",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Signal 7 (SIGBUS) received by PID", "exitcode  : -7", "failed (exitcode: -7)"],
        text: "A rank got SIGBUS: a tensor that is shared between processes, or a segment of NCCL, \
               did not fit into /dev/shm.",
        not: "Not GPU memory, and not the memory limit: that is -9.",
        fix: Fix::ShmSize,
        setting: "Fewer num_workers; NCCL_SHM_DISABLE=1 does without NCCL's part.",
        source: "pytorch torch/distributed/elastic/multiprocessing/errors/__init__.py",
        example: "traceback : Signal 7 (SIGBUS) received by PID 2281",
        ..Entry::REST
    },
    Entry {
        id: "torchrun-killed",
        application: "PyTorch (torchrun)",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Signal 9 (SIGKILL) received by PID",
            "exitcode  : -9",
            "failed (exitcode: -9)",
        ],
        text: "A rank got SIGKILL, as a rule from the OOM killer: the memory limit, which counts \
               /dev/shm, or the machine's memory. Loading a model takes host memory in each rank.",
        not: "Not GPU memory, and not the size of /dev/shm: that is -7.",
        fix: Fix::Memory,
        setting: "Fewer num_workers, low_cpu_mem_usage, fewer ranks on the node.",
        source: "pytorch torch/distributed/elastic/multiprocessing/errors/__init__.py",
        example: "traceback : Signal 9 (SIGKILL) received by PID 2281",
        ..Entry::REST
    },
    Entry {
        id: "celery-killed",
        application: "Celery, billiard",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Worker exited prematurely: signal 9", "exited with 'signal 9 (SIGKILL)'"],
        text: "A worker got SIGKILL, as a rule from the OOM killer: the memory limit of the \
               container, or the machine's memory.",
        not: "Not the size of /dev/shm: that is signal 7.",
        fix: Fix::Memory,
        setting: "worker_max_memory_per_child, fewer --concurrency, or a higher limit.",
        source: "billiard billiard/pool.py",
        example: "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 \
                  (SIGKILL) Job: 12.",
        ..Entry::REST
    },
    Entry {
        id: "celery-bus",
        application: "Celery, billiard",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["Worker exited prematurely: signal 7", "exited with 'signal 7 (SIGBUS)'"],
        text: "A worker got SIGBUS: a page of a mapped file could not be had, usually one in \
               /dev/shm that was full.",
        not: "Not the memory limit: that is signal 9.",
        fix: Fix::ShmSize,
        source: "billiard billiard/pool.py, signal(7)",
        example: "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 7 \
                  (SIGBUS) Job: 3.",
        ..Entry::REST
    },
    Entry {
        id: "dask-killed",
        application: "Dask",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &[
            "Worker process * was killed by signal 9",
            "KilledWorker",
            "Worker exceeded*memory budget",
            "memory budget. Restarting",
        ],
        text: "A worker got SIGKILL: from Dask's nanny at 95 % of its memory limit, or from the \
               OOM killer.",
        not: "Not the size of /dev/shm: that is signal 7.",
        fix: Fix::Memory,
        setting: "A larger --memory-limit, smaller chunks, fewer workers.",
        source: "distributed distributed/nanny.py, distributed/worker_memory.py",
        example: "distributed.nanny.memory - WARNING - Worker tcp://127.0.0.1:41513 (pid=77) \
                  exceeded 95% memory budget. Restarting...",
        ..Entry::REST
    },
    Entry {
        id: "uwsgi-killed",
        application: "uWSGI",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["died, killed by signal 9"],
        text: "A worker got SIGKILL: from the OOM killer (the memory limit), or from uWSGI itself \
               after \"HARAKIRI\" or --evil-reload-on-rss, which then stand before it.",
        not: "Not the size of /dev/shm: that is signal 7.",
        fix: Fix::Memory,
        source: "uwsgi core/master.c",
        example: "DAMN ! worker 2 (pid: 31) died, killed by signal 9 :( trying respawn ...",
        ..Entry::REST
    },
    Entry {
        id: "worker-bus",
        application: "uWSGI, Gunicorn, nginx, PHP-FPM",
        patterns: &[
            "died, killed by signal 7",
            "was sent SIGBUS!",
            "terminated due to signal 7",
            "worker process * exited on signal 7",
            "child * exited on signal 7",
        ],
        text: "A worker got SIGBUS: a page of a mapped file could not be had. Causes: a file that \
               was replaced or cut while it was mapped (a deployment), a full file system below a \
               cache, or a full /dev/shm.",
        not: "Not the memory limit: that is signal 9.",
        setting: "df /dev/shm and df of the folders of caches (opcache.file_cache, sessions, \
                  uploads).",
        source: "signal(7), php-src sapi/fpm/fpm/fpm_children.c",
        example: "[22-Mar-2024 10:01:12] WARNING: [pool www] child 71 exited on signal 7 (SIGBUS) \
                  after 12.103846 seconds from start",
        ..Entry::REST
    },
    Entry {
        id: "worker-killed",
        application: "nginx, PHP-FPM",
        patterns: &["worker process * exited on signal 9", "child * exited on signal 9"],
        text: "A worker got SIGKILL: from the OOM killer (the memory limit or the machine's \
               memory), or from the master after a time limit (request_terminate_timeout), which \
               then stands before it.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memory,
        setting: "oom_kill in memory.events, or the kernel's log, tells.",
        source: "php-src sapi/fpm/fpm/fpm_children.c, nginx src/os/unix/ngx_process.c",
        example: "[22-Mar-2024 10:01:12] WARNING: [pool www] child 71 exited on signal 9 (SIGKILL) \
                  after 3.2 seconds from start",
        ..Entry::REST
    },
    Entry {
        id: "apache-bus",
        application: "Apache httpd",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["exit signal Bus error (7)"],
        text: "A child got SIGBUS, as a rule because a file that it had mapped to send it was cut \
               or replaced, also on NFS.",
        not: "Not the size of /dev/shm, unless a module keeps its cache there.",
        fix: Fix::Setting,
        setting: "EnableMMAP Off and EnableSendfile Off for folders that change, or on network \
                  file systems.",
        source: "https://httpd.apache.org/docs/2.4/mod/core.html#enablemmap",
        example: "[core:notice] [pid 1] AH00052: child pid 812 exit signal Bus error (7)",
        ..Entry::REST
    },
    Entry {
        id: "airflow-killed",
        application: "Airflow",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["Negsignal.SIGKILL"],
        text: "The task's process got SIGKILL, as a rule from the OOM killer: the memory of the \
               worker's container.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memory,
        setting: "A higher memory limit of the worker, fewer tasks at once.",
        source: "https://airflow.apache.org/docs/apache-airflow/stable/troubleshooting.html",
        example: "INFO - Task exited with return code Negsignal.SIGKILL",
        ..Entry::REST
    },
    Entry {
        id: "spark-memory",
        application: "Spark, YARN",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Container killed by YARN for exceeding memory limits",
            "is running beyond physical memory limits",
            "is running beyond virtual memory limits",
        ],
        text: "The container used more memory than YARN gives it; Python workers and off-heap \
               memory count.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Memory,
        setting: "spark.executor.memoryOverhead.",
        source: "spark resource-managers/yarn (YarnAllocator.scala)",
        example: "ExecutorLostFailure (executor 4 exited): Container killed by YARN for exceeding \
                  memory limits. 5.6 GB of 5.5 GB physical memory used.",
        ..Entry::REST
    },
];
