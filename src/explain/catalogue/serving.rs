//! vLLM, SGLang, TensorRT-LLM, Text Generation Inference, Triton.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const VLLM: Entry = Entry { application: "vLLM", ..Entry::REST };
const TRITON: Entry = Entry { application: "Triton Inference Server", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "vllm-shm-space",
        versions: "0.24 and later",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["Insufficient space in /dev/shm"],
        text: "vLLM looked at the free space of /dev/shm before it made its ring buffers (tensor \
               parallel) or its tier of KV offload, and it is too little. Nothing was written \
               yet.",
        not: "Not GPU memory. Files that a killed run left (/dev/shm/vllm_offload_*, psm_*) count \
              too.",
        fix: Fix::ShmSize,
        setting: "The ring buffer takes 160 to 240 MiB; an offload tier its own size and more. \
                  With --ipc=host the host's /dev/shm counts.",
        source: "https://github.com/vllm-project/vllm/pull/48879",
        example: "RuntimeError: Insufficient space in /dev/shm: 16379 MiB required, 15900 MiB \
                  free",
        ..VLLM
    },
    Entry {
        id: "vllm-populate",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["[Errno 14] Bad address"],
        after: &["madvise", "vllm_offload", "shared_offload_region"],
        text: "MADV_POPULATE_WRITE on a mapping in /dev/shm returned EFAULT: no page was left \
               there. vLLM fills its KV offload tier that way.",
        not: "Not a wrong pointer, and not GPU memory.",
        fix: Fix::ShmSize,
        setting: "The tier needs about 1.92 times its size for a moment; lower \
                  --kv-offloading-size.",
        source: "https://github.com/vllm-project/vllm/issues/54014, madvise(2)",
        example: "    self.mmap_obj.madvise(MADV_POPULATE_WRITE) OSError: [Errno 14] Bad address",
        ..VLLM
    },
    Entry {
        id: "vllm-broadcast-block",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &["No available shared memory broadcast block found"],
        text: "The ring buffer between the engine and its workers is full because a worker does \
               not read it: it is busy (it compiles, it loads), hangs, or died.",
        not: "Not the size of /dev/shm: the buffer exists and is as large as it should be.",
        fix: Fix::Setting,
        setting: "Look for the worker's own error before it; where it repeats without one, for a \
                  hang in NCCL.",
        source: "vllm vllm/distributed/device_communicators/shm_broadcast.py",
        example: "(EngineCore_DP0 pid=77352) INFO 10-22 09:43:49 [shm_broadcast.py:466] No \
                  available shared memory broadcast block found in 60 seconds. This typically \
                  happens when some processes are hanging or doing some time-consuming work",
        ..VLLM
    },
    Entry {
        id: "vllm-engine-dead",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["EngineDeadError: EngineCore encountered an issue"],
        text: "The engine's process is gone; why stands before it. Before version 0.24 a full \
               /dev/shm killed it by a bus error without a word, often under load with images.",
        not: "It names no cause.",
        setting: "Look for \"Bus error\", \"Killed\" or \"NCCL WARN\" before it.",
        source: "https://github.com/vllm-project/vllm/pull/48879",
        example: "vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. See \
                  stack trace (above) for the root cause.",
        ..VLLM
    },
    Entry {
        id: "sglang-hicache",
        application: "SGLang",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "Not enough host memory available. Requesting",
            "Please reduce the size of the hierarchical cache",
        ],
        text: "The hierarchical KV cache does not fit into free host memory; SGLang leaves 10 GB \
               of it alone. It reads the machine's memory, not the container's limit.",
        not: "Not the size of /dev/shm: that cache is ordinary pinned memory. Not GPU memory.",
        fix: Fix::Memory,
        setting: "Lower --hicache-ratio or --hicache-size; each rank asks for its own.",
        source: "sglang python/sglang/srt/mem_cache/memory_pool_host.py",
        example: "ValueError: Not enough host memory available. Requesting 214.75 GB but only \
                  have 183.20 GB free. Please reduce the size of the hierarchical cache.",
        ..Entry::REST
    },
    Entry {
        id: "sglang-child-died",
        application: "SGLang",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["Received sigquit from a child process. It usually means the child failed"],
        text: "A scheduler or tokenizer process of SGLang failed; why stands in its own lines. \
               \"/dev/shm/nccl-\" there is a full /dev/shm.",
        not: "It names no cause.",
        source: "https://github.com/sgl-project/sglang/issues/5096",
        example: "[2025-04-05 00:01:19] Received sigquit from a child process. It usually means \
                  the child failed.",
        ..Entry::REST
    },
    Entry {
        id: "triton-language-shared",
        application: "GPU kernels (Triton language, TensorRT-LLM, CUDA)",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "out of resource: shared memory",
            "uses too much shared data (0x",
            "Hardware limit:*Reducing block sizes",
            "Shared memory requested exceeds device resources",
        ],
        text: "The shared memory of a GPU's multiprocessor (some 48 to 228 KiB) is too small for \
               a kernel.",
        not: "Not /dev/shm, not System V, not the container: no --shm-size helps.",
        fix: Fix::Setting,
        setting: "Smaller blocks or fewer stages (num_stages), or a GPU with more.",
        source: "https://github.com/InternLM/lmdeploy/issues/3992, jaxlib gpu/triton_kernels.cc",
        example: "triton.runtime.errors.OutOfResources: out of resource: shared memory, Required: \
                  131088, Hardware limit: 101376. Reducing block sizes or `num_stages` may help.",
        ..Entry::REST
    },
    Entry {
        id: "tensorrt-llm-mpi",
        application: "TensorRT-LLM",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "TllmException*Assertion failed: Failed: MPI error",
            "[TensorRT-LLM][ERROR]*MPI error",
        ],
        text: "An MPI call between the ranks failed. Messages of Open MPI, UCX or NCCL before it \
               tell why; a /dev/shm of 64 MiB is a usual cause with several GPUs.",
        not: "It names no cause.",
        setting: "Look for \"Bus error\", \"UCX  ERROR\" or \"NCCL WARN\" before it.",
        source: "https://github.com/NVIDIA/TensorRT-LLM/issues/1826",
        example: "terminate called after throwing an instance of \
                  'tensorrt_llm::common::TllmException' what(): [TensorRT-LLM][ERROR] Assertion \
                  failed: Failed: MPI error",
        ..Entry::REST
    },
    Entry {
        id: "triton-server-pool",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "Failed to increase the shared memory pool size",
            "Unable to initialize shared memory key*{ENOSPC}",
            "because it run out of shared memory. Increase the shared memory size",
            "'--shm-size' flag to control the shared memory region size",
        ],
        text: "The Python backend could not make or grow its region in /dev/shm: no space was \
               left.",
        not: "Not GPU memory; \"cuda_memory_pool\" in the same log is another pool.",
        fix: Fix::ShmSize,
        setting: "Each instance of a Python model takes 1 MiB at least (64 MiB before 23.x), and more for large tensors: fewer \
                  instances, or a smaller start (--backend-config=python,shm-default-byte-size=1048576), need less.",
        source: "python_backend src/shm_manager.cc",
        example: "Thread [0] had error: Failed to increase the shared memory pool size for key \
                  'triton_python_backend_shm_region_2' to 671088640 bytes.",
        ..TRITON
    },
    Entry {
        id: "triton-cuda-ipc",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["failed to open CUDA IPC handle"],
        text: "The server could not open memory of a GPU that the client shares: both have to see the same GPU, in the \
               same order, and be two processes of one machine. WSL 2 has no CUDA IPC.",
        not: "Not /dev/shm and not a size: this is memory of the GPU.",
        fix: Fix::Setting,
        setting: "Give both containers the same GPU (--gpus, NVIDIA_VISIBLE_DEVICES), or use system shared memory.",
        source: "https://github.com/triton-inference-server/server/issues/6872, \
                 https://github.com/triton-inference-server/server/issues/5798",
        example: "failed to register CUDA shared memory region 'output_0': failed to open CUDA IPC handle: invalid \
                  argument",
        ..TRITON
    },
    Entry {
        id: "triton-region-unknown",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &["Unable to find*shared memory region: '"],
        text: "A request names a region that this server does not have in its list: it was registered under another name or not \
               at all, was unregistered by another client, or the server was started anew since.",
        not: "Not a size; and not another /dev/shm: then it could not be registered (\"Unable to open\").",
        fix: Fix::Setting,
        setting: "Register it before the request, under just that name, and again after a restart of the server. \
                  curl HOST:8000/v2/systemsharedmemory/status lists what it has.",
        source: "triton-inference-server/server src/shared_memory_manager.cc (GetMemoryInfo), \
                 https://github.com/triton-inference-server/server/issues/6112",
        example: "[StatusCode.INVALID_ARGUMENT] Unable to find shared memory region: 'encoder_input0'",
        ..TRITON
    },
    Entry {
        id: "triton-server-region",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "Unable to open shared memory region",
            "failed to register*shared memory region",
        ],
        unless: &["CUDA IPC"],
        text: "The server does not see the region that a client made: the two have different \
               /dev/shm (two containers, or a container and its host), or the client removed it \
               before.",
        not: "Not a size.",
        fix: Fix::SameIpc,
        source: "https://github.com/triton-inference-server/server/issues/2296",
        example: "error: failed to register input shared memory region: Unable to open shared \
                  memory region: '/input_simple'",
        ..TRITON
    },
    Entry {
        id: "triton-client-region",
        meaning: Meaning::Permission,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "unable to create shared memory region",
            "unable to initialize the shared memory size",
            "unable to get shared memory descriptor",
        ],
        text: "The client could not make its region in /dev/shm: one of that name is there (of a \
               run that was killed, or of another user), or /dev/shm may not be written to.",
        not: "A size that does not fit gives a bus error when it is filled.",
        fix: Fix::Permission,
        setting: "`shmeter ls` shows it; rm /dev/shm/NAME removes it.",
        source: "https://github.com/triton-inference-server/server/issues/3509",
        example: "error: unable to create shared memory region \"/yolov5_input\"",
        ..TRITON
    },
    Entry {
        id: "triton-server-key-size",
        patterns: &[
            "Unable to initialize shared memory key*requires at least 64MBs of shared memory",
        ],
        instead_of: &["words-missing", "words-failed"],
        text: "The Python backend could not make its region in /dev/shm, of which each instance takes 64 MiB. Versions up to 23.01 name \
               the wrong error behind it, such as \"No such file or directory\".",
        not: "Not GPU memory, and as a rule no file that is missing.",
        fix: Fix::ShmSize,
        setting: "64 MiB for each instance of a Python model, and more for large tensors; fewer instances need less.",
        source: "python_backend src/shm_manager.cc, https://github.com/boostorg/interprocess/commit/c4a0467",
        example: "Internal: Unable to initialize shared memory key 'triton_python_backend_shm_region_1' to requested size (67108864 \
                  bytes). If you are running Triton inside docker, use '--shm-size' flag to control the shared memory region size. Each \
                  Python backend model instance requires at least 64MBs of shared memory. Error: No such file or directory",
        ..TRITON
    },
    Entry {
        id: "triton-server-key",
        certainty: Certainty::Ambiguous,
        patterns: &["Unable to initialize shared memory key"],
        unless: &["Unable to initialize shared memory key*{ENOSPC}", "requires at least 64MBs"],
        instead_of: &["words-missing", "words-failed"],
        text: "The Python backend could not make its region in /dev/shm; the error behind it tells why. \"No space left\", or none: \
               /dev/shm is full (each instance takes 1 MiB, 64 MiB before 23.x). \"File exists\" and \"No such file\" come where \
               two servers share one /dev/shm and one prefix.",
        not: "Not GPU memory.",
        setting: "A larger /dev/shm (docker run --shm-size); for two servers another --backend-config=python,shm-region-prefix-name=NAME \
                  each.",
        source: "https://github.com/triton-inference-server/tensorrtllm_backend/issues/562",
        example: "UNAVAILABLE: Internal: Unable to initialize shared memory key \
                  'triton_python_backend_shm_region_2' to requested size (1048576 bytes). Error: \
                  File exists",
        ..TRITON
    },
    Entry {
        id: "tgi-signal-bus",
        application: "Text Generation Inference",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["signaled to shutdown with signal 7"],
        text: "A process of the server got SIGBUS: a mapping in /dev/shm did not fit, of a shard mostly a segment of NCCL.",
        not: "Not GPU memory, and not the memory limit: that is signal 9.",
        fix: Fix::ShmSize,
        setting: "The documentation asks for 1 GB; NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "text-generation-inference launcher/src/main.rs, \
                 https://github.com/IBM/text-generation-inference/pull/34",
        example: "ERROR text_generation_launcher: Shard process was signaled to shutdown with \
                  signal 7 rank=1",
        ..Entry::REST
    },
    Entry {
        id: "tgi-signal-kill",
        application: "Text Generation Inference",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["signaled to shutdown with signal 9"],
        text: "A shard was killed, as a rule by the OOM killer: loading the model takes memory of \
               the host before it is on the GPU.",
        not: "Not the size of /dev/shm (that is signal 7), and not GPU memory.",
        fix: Fix::Memory,
        source: "text-generation-inference launcher/src/main.rs",
        example: "ERROR shard-manager: text_generation_launcher: Shard process was signaled to \
                  shutdown with signal 9 rank=0",
        ..Entry::REST
    },
    Entry {
        id: "triton-stub",
        patterns: &[
            "Failed to initialize stub, stub process exited unexpectedly",
            "Stub process*is not healthy",
        ],
        text: "The process of a Python model ended: an error of its own (a missing module, another \
               Python version), the OOM killer, or a bus error because /dev/shm is too small.",
        not: "It names no cause.",
        setting: "--log-verbose=1, and start triton_python_backend_stub with the model by hand; df \
                  /dev/shm while it loads.",
        source: "https://github.com/triton-inference-server/server/issues/3094, \
                 https://github.com/triton-inference-server/server/issues/6901",
        example: "Internal: Failed to initialize stub, stub process exited unexpectedly: encoder_0",
        ..TRITON
    },
    Entry {
        id: "vllm-ring-buffer",
        patterns: &["'ShmRingBuffer' object has no attribute 'shared_memory'"],
        text: "An error after the error: the ring buffer's block in /dev/shm was not made or not \
               found; the traceback before it tells why. \"[Errno 28]\" is a full /dev/shm, \
               \"[Errno 2]\" another /dev/shm or a worker that came too late.",
        not: "Not an attribute that is missing in vLLM.",
        setting: "Look for the first traceback of each worker.",
        source: "vllm vllm/distributed/device_communicators/shm_broadcast.py, \
                 https://github.com/vllm-project/vllm/issues/24580",
        example: "AttributeError: 'ShmRingBuffer' object has no attribute 'shared_memory'",
        ..VLLM
    },
    Entry {
        id: "sglang-scheduler-bus",
        application: "SGLang",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["scheduler died during initialization (exit code: -7)"],
        text: "The scheduler of a rank got SIGBUS (exit code -7): its files and those of NCCL did not fit into /dev/shm, or \
               what killed runs left there (psm_*, sgl_shm_*) fills it.",
        not: "Not the GPU's memory, and no OOM kill: that is -9.",
        fix: Fix::ShmSize,
        setting: "Remove what is left there while nothing runs (shmeter ls).",
        source: "sglang python/sglang/srt/entrypoints/engine.py",
        example: "RuntimeError: Rank 0 scheduler died during initialization (exit code: -7). If you see OOM",
        ..Entry::REST
    },
    Entry {
        id: "vllm-ray-worker-bus",
        application: "vLLM with Ray workers",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["(RayWorker*SIGBUS received", "(RayWorker*Bus error"],
        instead_of: &["python-bus", "bus-error"],
        text: "A worker of tensor parallelism touched a page of NCCL's segments in /dev/shm, and the kernel had none for it: \
               /dev/shm is full.",
        not: "Not the memory of the GPU.",
        fix: Fix::ShmSize,
        setting: "NCCL_SHM_DISABLE=1 does without, and is slower.",
        source: "https://github.com/vllm-project/vllm/issues/789, https://github.com/vllm-project/vllm/issues/1091, \
                 https://github.com/vllm-project/vllm/issues/1771",
        example: "(RayWorker pid=8814) *** SIGBUS received at time=1692000000 on cpu 12 ***",
        ..Entry::REST
    },
];
