//! PyTorch, Paddle, DeepSpeed and BytePS.

use crate::explain::{Certainty, Entry, Fix, Meaning};
use crate::units::Bytes;

const PYTORCH: Entry = Entry {
    application: "PyTorch",
    setting: "A DataLoader holds (num_workers x prefetch_factor + 1) batches. Fewer workers need \
              less; num_workers=0 none.",
    ..Entry::REST
};
const PADDLE: Entry = Entry { application: "PaddlePaddle", ..Entry::REST };

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "pytorch-worker-bus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "killed by signal: {SIGBUS}*out of shared memory",
            "DataLoader worker*is killed by signal: {SIGBUS}",
            "dataloader's workers are out of shared memory",
            "Unexpected bus error encountered in worker",
            "dataloader_*killed by signal: {SIGBUS}",
        ],
        unless: &["DataLoader process (pid"],
        text: "A DataLoader worker got SIGBUS when it copied a batch into a file in /dev/shm \
            (/torch_*): the file's size was set, but no page was left.",
        not: "Not GPU memory. A truncated file that the worker maps (a data set, LMDB, HDF5) \
              gives the same signal: if /dev/shm was not full, look there.",
        fix: Fix::ShmSize,
        enough: Bytes::mib(8192),
        source: "pytorch torch/csrc/DataLoader.cpp",
        example: "RuntimeError: DataLoader worker (pid 46794) is killed by signal: Bus error. It \
                  is possible that dataloader's workers are out of shared memory. Please try to \
                  raise your shared memory limit.",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-shm-enospc",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &[
            "unable to write to file </torch_",
            "unable to allocate shared memory(shm) for file",
            "unable to resize file </torch_",
            "</torch_*{ENOSPC}",
        ],
        text: "A tensor that is shared between processes did not fit into /dev/shm. Some versions \
               name another error (\"Success (0)\", \"Resource temporarily unavailable (11)\"): \
               they print an errno that was never set.",
        not: "Not the disk, and not GPU memory.",
        fix: Fix::ShmSize,
        enough: Bytes::mib(8192),
        source: "pytorch aten/src/ATen/MapAllocator.cpp",
        example: "RuntimeError: unable to write to file </torch_31911_952036340_6686>: No space \
                  left on device (28)",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-shm-nomem",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["unable to mmap*bytes from file </torch_"],
        text: "mmap of a shared tensor returned ENOMEM: too many mappings (vm.max_map_count, \
               65530 by default; each shared tensor is one), a limit on address space, or strict \
               overcommit.",
        not: "Not the size of /dev/shm: that fails before, or with a bus error.",
        fix: Fix::Setting,
        setting: "Share fewer and larger tensors; raise vm.max_map_count on the host.",
        source: "https://github.com/pytorch/pytorch/issues/87861",
        example: "RuntimeError: unable to mmap 29764 bytes from file \
                  </torch_10182_3020184674_63991>: Cannot allocate memory (12)",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-open-files",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "received 0 items of ancdata",
            "Too many open files. Communication with the workers is no longer possible",
            "shared memory object </torch_*Too many open files",
            "file </torch_*Too many open files",
        ],
        text: "Each tensor that is sent to another process holds a descriptor, and the limit of \
               open files (ulimit -n) is reached.",
        not: "Not the size of /dev/shm.",
        fix: Fix::OpenFiles,
        setting: "torch.multiprocessing.set_sharing_strategy('file_system') holds none.",
        source: "https://pytorch.org/docs/stable/multiprocessing.html#sharing-strategies",
        example: "RuntimeError: received 0 items of ancdata",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-shm-exists",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &["unable to open shared memory object </torch_*in read-write mode$"],
        text: "A shared tensor's file could not be made, and this version says no error. In a worker of the strategy \
               file_system (a frame _share_filename_) its name exists already, or the inodes are used up; otherwise it is \
               often the limit of open files: each shared tensor holds one.",
        not: "Not the bytes of /dev/shm: that is a bus error.",
        fix: Fix::Setting,
        setting: "With file_system: remove /dev/shm/torch_* while nothing runs, look at df -i /dev/shm, and use a newer \
                  PyTorch. Otherwise ulimit -n (docker run --ulimit nofile=65536:65536).",
        source: "pytorch aten/src/ATen/MapAllocator.cpp, torch/multiprocessing/reductions.py, \
                 https://github.com/pytorch/pytorch/issues/60626",
        example: "RuntimeError: unable to open shared memory object </torch_4094450_3914785142> in read-write mode",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-shm-open",
        meaning: Meaning::Permission,
        certainty: Certainty::Likely,
        patterns: &[
            "unable to open shared memory object </torch_",
            "torch_shm_manager*permission denied",
            "torch_shm_manager*Operation not permitted",
        ],
        unless: &["Too many open files", "</torch_*{ENOSPC}", "in read-write mode$"],
        text: "A shared tensor could not be opened. \"No such file or directory\": the process \
               that made it ended, or has another /dev/shm; where it was to be made, there \
               is no /dev/shm. \"Permission denied\": /dev/shm, or \
               the helper torch_shm_manager, may not be used. Without an error behind it (before \
               PyTorch 1.8) it is often the limit of open files: each shared tensor holds one.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Permission,
        setting: "ulimit -n (docker run --ulimit nofile=65536:65536), or \
                  torch.multiprocessing.set_sharing_strategy('file_system').",
        source: "pytorch aten/src/ATen/MapAllocator.cpp",
        example: "RuntimeError: unable to open shared memory object </torch_1437_1209> in \
                  read-write mode: Permission denied (13)",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-worker-killed",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["DataLoader worker*is killed by signal: {SIGKILL}"],
        text: "A DataLoader worker was killed, usually by the OOM killer: the container's memory \
            limit, which counts /dev/shm too, or the machine's memory. The kernel's log, or \
            oom_kill in memory.events, proves it.",
        not: "Not a full /dev/shm: that is a bus error. A larger /dev/shm does not help, it takes \
            the same memory.",
        fix: Fix::Memory,
        source: "pytorch torch/csrc/DataLoader.cpp",
        example: "RuntimeError: DataLoader worker (pid 4161) is killed by signal: Killed.",
        ..PYTORCH
    },
    Entry {
        id: "pytorch-worker-exited",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["DataLoader worker (pid*exited unexpectedly"],
        text: "A DataLoader worker is gone; why stands in the lines before, or in the kernel's \
               log: a bus error is /dev/shm, \"Killed\" is memory, an exception is the data set's \
               code.",
        not: "It names no cause.",
        source: "pytorch torch/utils/data/dataloader.py",
        example: "RuntimeError: DataLoader worker (pid(s) 1077205, 1077238) exited unexpectedly",
        ..PYTORCH
    },
    Entry {
        id: "paddle-worker-bus",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &[
            "Unexpected BUS error encountered in DataLoader worker",
            "It may be caused by insufficient shared storage space",
            "check the storage space of `/dev/shm`",
        ],
        text: "A DataLoader worker got SIGBUS when it wrote a batch into /dev/shm: no page was \
            left.",
        not: "Not GPU memory and not the disk.",
        fix: Fix::ShmSize,
        setting: "use_shared_memory=False does without; Paddle's segments can pile up over a run, \
                  so no size may do for ever.",
        source: "Paddle paddle/fluid/imperative/data_loader.cc",
        example: "ERROR: Unexpected BUS error encountered in DataLoader worker. This might be \
                  caused by insufficient shared memory (shm), please check whether \
                  use_shared_memory is set and storage space in /dev/shm is enough",
        ..PADDLE
    },
    Entry {
        id: "paddle-worker-died",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["DataLoader process (pid*exited is killed by signal"],
        text: "A DataLoader worker was killed by a signal. Paddle prints the advice about \
               /dev/shm only after SIGBUS; \"Killed\" is memory.",
        not: "The number that some versions print behind \"signal\" is none.",
        setting: "use_shared_memory=False does without shared memory.",
        source: "Paddle paddle/fluid/imperative/data_loader.cc",
        example: "SystemError: (Fatal) DataLoader process (pid 13388) exited is killed by signal: \
                  Killed.",
        ..PADDLE
    },
    Entry {
        id: "paddle-mmap",
        meaning: Meaning::Memory,
        certainty: Certainty::Ambiguous,
        patterns: &["Memory map failed when create shared memory"],
        text: "mmap of a batch failed: too many mappings (vm.max_map_count), a limit on address \
               space, or no memory.",
        not: "A full /dev/shm gives a bus error instead.",
        fix: Fix::Refused,
        setting: "use_shared_memory=False does without.",
        source: "https://github.com/PaddlePaddle/PaddleOCR/issues/3339",
        example: "RuntimeError: (Unavailable) Memory map failed when create shared memory.",
        ..PADDLE
    },
    Entry {
        id: "pytorch-unlink",
        application: "PyTorch",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "could not unlink the shared memory file /torch_",
            "could not unlink the shared memory file : </torch_",
        ],
        text: "A shared tensor's file in /dev/shm was gone when it was to be removed: \
               torch_shm_manager or another process had done so, or somebody cleaned /dev/shm. Met \
               with the sharing strategy file_system.",
        not: "Not a size.",
        fix: Fix::Setting,
        setting: "torch.multiprocessing.set_sharing_strategy(\"file_descriptor\"), with a higher \
                  ulimit -n.",
        source: "pytorch aten/src/ATen/MapAllocator.cpp, \
                 https://github.com/pytorch/pytorch/issues/30225",
        example: "what():  could not unlink the shared memory file /torch_30417_1951398734 (close \
                  at /opt/conda/TH/THAllocator.cpp:475)",
        ..Entry::REST
    },
    Entry {
        id: "pytorch-shm-manager",
        application: "PyTorch",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Likely,
        patterns: &[
            "error executing torch_shm_manager",
            "no response from torch_shm_manager",
            "Unable to find torch_shm_manager",
            "torch_shm_manager at \"",
        ],
        unless: &["{EACCES or 13}", "{EPERM or 1}", "{EMFILE or 24}"],
        text: "The helper program torch_shm_manager could not be started: it is not there or may \
               not be executed (a package that is not whole, noexec), a library is missing, TMPDIR \
               may not be written to (\"random directory\"), or there are too many processes.",
        not: "Not the size of /dev/shm.",
        fix: Fix::Setting,
        setting: "Start that file by hand: it tells. \
                  torch.multiprocessing.set_sharing_strategy(\"file_descriptor\") does without.",
        source: "pytorch torch/lib/libshm/core.cpp",
        example: "RuntimeError: error executing torch_shm_manager at \
                  \"/opt/conda/lib/python3.10/site-packages/torch/bin/torch_shm_manager\" at \
                  ../torch/lib/libshm/core.cpp:99",
        ..Entry::REST
    },
    Entry {
        id: "deepspeed-bus",
        application: "DeepSpeed",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Likely,
        patterns: &["exits with return code = -7"],
        text: "A process that DeepSpeed's launcher started got SIGBUS: as a rule NCCL's segments or the batches of a \
               DataLoader did not fit into /dev/shm, of which a container has 64 MiB by default.",
        not: "Not GPU memory, and not the memory limit: that would be -9.",
        fix: Fix::ShmSize,
        setting: "df /dev/shm while it runs.",
        source: "deepspeed deepspeed/launcher/launch.py (sigkill_handler), \
                 https://github.com/deepspeedai/DeepSpeed/issues/4002",
        example: "[ERROR] [launch.py:321:sigkill_handler] ['/usr/bin/python', '-u', 'train.py', '--local_rank=1'] \
                  exits with return code = -7",
        ..Entry::REST
    },
    Entry {
        id: "byteps-host-register",
        application: "BytePS",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &["byteps/common/shared_memory.cc*Check failed: e == cudaSuccess"],
        text: "BytePS made a segment in /dev/shm and mapped it, and cudaHostRegister, which locks it for the GPU, \
               was refused. \"invalid argument\": BytePS itself points to a full /dev/shm. \"OS call failed\" or \
               \"out of memory\": the limit on locked memory, or a driver that does not fit.",
        not: "Not System V shared memory, and not GPU memory.",
        fix: Fix::Tell,
        setting: "df /dev/shm while it runs; docker run --ulimit memlock=-1; a driver for that version of CUDA.",
        source: "byteps byteps/common/shared_memory.cc (openSharedMemory), \
                 https://github.com/bytedance/byteps/issues/83",
        example: "F byteps/common/shared_memory.cc:38] Check failed: e == cudaSuccess || e == \
                  cudaErrorCudartUnloading CUDA: OS call failed",
        ..Entry::REST
    },
    Entry {
        id: "mxnet-worker-timeout",
        application: "MXNet Gluon, GluonTS",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "Worker timed out after*This might be caused by",
            "Insufficient shared_memory if",
        ],
        text: "A worker of the DataLoader sent no batch in time: its transform is slow, or it died of a full /dev/shm, which \
               holds the batches.",
        not: "It does not know which of both.",
        setting: "df /dev/shm while it runs. num_workers=0 or thread_pool=True need none of it; a larger timeout helps a slow \
                  transform.",
        source: "mxnet python/mxnet/gluon/data/dataloader.py (_MultiWorkerIter)",
        example: "- Insufficient shared_memory if `timeout` is large enough.",
        ..Entry::REST
    },
];
