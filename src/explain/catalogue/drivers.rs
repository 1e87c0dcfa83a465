//! Memory that a driver of the kernel or of a virtual machine needs: contiguous for devices, pinned, low, or at an
//! address that the device reaches.

use crate::explain::{Certainty, Entry, Fix, Meaning};

const DRIVER: Entry = Entry {
    meaning: Meaning::Memory,
    certainty: Certainty::Likely,
    fix: Fix::Setting,
    ..Entry::REST
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "alsa-buffer",
        application: "ALSA (PipeWire, PulseAudio)",
        patterns: &["set_hw_params: {ENOMEM}", "snd_pcm_hw_params*{ENOMEM}"],
        text: "The kernel's driver of the sound card got no contiguous memory for its buffer (DMA): memory is \
               fragmented, or that kernel has a fault (5.17 with some cards).",
        not: "Not shared memory, no ulimit, and not the memory limit of a container: the driver asks, not the \
              program.",
        setting: "echo 1 > /proc/sys/vm/compact_memory (as root, on the host) makes larger free pieces; else \
                  another kernel. dmesg shows the driver's own message.",
        source: "pipewire spa/plugins/alsa/alsa-pcm.c (snd_pcm_hw_params), \
                 https://github.com/pipewire-debian/pipewire-debian/issues/53",
        example: "pipewire[1036652]: spa.alsa: set_hw_params: Cannot allocate memory",
        ..DRIVER
    },
    Entry {
        id: "camera-buffers",
        application: "libcamera, rpicam-apps, V4L2",
        patterns: &[
            "Unable to request * buffers: {ENOMEM}",
            "VIDIOC_REQBUFS*{ENOMEM or 12}",
            "dmaHeap allocation failure for",
            "failed to allocate capture buffers",
        ],
        text: "The kernel has no contiguous memory (CMA) left for the camera's buffers: the reserve is too small \
               for that size and number, or other devices and programs hold it.",
        not: "Not shared memory, no ulimit, and not the memory limit of a container.",
        setting: "grep Cma /proc/meminfo shows the reserve. A larger one: cma=256M on the kernel's command line \
                  (Raspberry Pi: dtoverlay=vc4-kms-v3d,cma-256 in config.txt). Or fewer or smaller buffers \
                  (--buffer-count). After \"Could not open any dmaHeap device\": the right to read /dev/dma_heap.",
        source: "rpicam-apps core/dma_heaps.cpp, libcamera src/libcamera/v4l2_videodevice.cpp, \
                 https://github.com/raspberrypi/rpicam-apps/issues/707, \
                 https://github.com/raspberrypi/rpicam-apps/issues/718",
        example: "ERROR V4L2 v4l2_videodevice.cpp:1241 /dev/video0[12:cap]: Unable to request 1 buffers: Cannot \
                  allocate memory",
        ..DRIVER
    },
    Entry {
        id: "kernel-cma",
        application: "Linux kernel",
        certainty: Certainty::Sure,
        patterns: &["alloc failed, req-size:", "dma_alloc_coherent of size"],
        text: "A driver asked for contiguous memory, and the kernel's reserve for that (CMA) has no free piece of \
               that size: it is too small, in use, or fragmented.",
        not: "Not shared memory, no ulimit, and not the memory limit of a container.",
        setting: "grep Cma /proc/meminfo shows the reserve; cma=256M on the kernel's command line makes it larger.",
        source: "linux mm/cma.c (cma_alloc), drivers/media/common/videobuf2/videobuf2-dma-contig.c, \
                 https://github.com/sailfish-on-dontbeevil/droid-config-pinephone/issues/55",
        example: "[ 9102.105091] cma: cma_alloc: alloc failed, req-size: 1846 pages, ret: -12",
        ..DRIVER
    },
    Entry {
        id: "vfio-locked",
        application: "QEMU (VFIO)",
        patterns: &["VFIO_MAP_DMA*{ENOMEM or 12}", "VFIO_MAP_DMA*: -12", "vfio_dma_map(*= -12"],
        text: "A device that is passed through needs all memory of the guest locked, and the limit on locked \
               memory (ulimit -l, RLIMIT_MEMLOCK) is less than that.",
        not: "Not the machine's memory, although it says so, and not /dev/shm.",
        fix: Fix::Memlock,
        setting: "libvirt sets it itself; of a domain with more devices: <memtune><hard_limit>.",
        source: "linux drivers/vfio/vfio_iommu_type1.c (vfio_pin_pages_remote), qemu hw/vfio/container.c",
        example: "qemu-system-x86_64: -device vfio-pci,host=0b:00.0: VFIO_MAP_DMA failed: Cannot allocate memory",
        ..DRIVER
    },
    Entry {
        id: "vfio-address",
        application: "QEMU (VFIO)",
        meaning: Meaning::NotSharedMemory,
        patterns: &["VFIO_MAP_DMA*: -22", "VFIO_MAP_DMA failed: {EINVAL}", "vfio_dma_map(*= -22"],
        text: "A region of the guest lies at an address that the IOMMU cannot reach: with a large number of \
               physical address bits the guest puts devices such as ivshmem very high.",
        not: "Not a size, and not the limit on locked memory.",
        setting: "-cpu host,host-phys-bits-limit=39 (libvirt: <maxphysaddr mode='passthrough' limit='39'/> in \
                  <cpu>); dmesg shows how many bits the IOMMU has.",
        source: "linux drivers/vfio/vfio_iommu_type1.c, https://github.com/gnif/LookingGlass/issues/1184",
        example: "qemu-system-x86_64: -device vfio-pci,host=0b:00.0: VFIO_MAP_DMA failed: -22",
        ..DRIVER
    },
    Entry {
        id: "vfio-bad-address",
        application: "QEMU (VFIO)",
        meaning: Meaning::Ambiguous,
        certainty: Certainty::Ambiguous,
        patterns: &[
            "VFIO_MAP_DMA failed: Bad address",
            "VFIO_MAP_DMA*: -14",
            "vfio_dma_map(*= -14",
        ],
        text: "The guest's memory is to be locked for a device, and the kernel could not get a page of it. With \
               memory that is shared (a file in /dev/shm, memory_backing_dir or huge pages) that file system has \
               no room for all of it. Else it is a region that has no pages, as that of another device.",
        not: "Not the limit on locked memory: that is \"Cannot allocate memory\".",
        fix: Fix::Tell,
        setting: "df of the file system of the guest's memory (libvirt: memory_backing_dir in qemu.conf, /dev/shm \
                  or /dev/hugepages), which has to hold all of it; <source type='memfd'/> in <memoryBacking> needs \
                  none.",
        source: "https://github.com/virtio-win/kvm-guest-drivers-windows/issues/573, qemu hw/vfio/container.c",
        example: "qemu-system-x86_64: -device vfio-pci,host=0000:0b:00.0,id=hostdev3: VFIO_MAP_DMA failed: Bad \
                  address",
        ..DRIVER
    },
    Entry {
        id: "kvmfr-remap",
        application: "Looking Glass (kvmfr)",
        meaning: Meaning::NotSharedMemory,
        patterns: &["kvmfr_pci_probe: failed to remap pages"],
        text: "The module kvmfr in a guest could not map the device of shared memory (ivshmem): it lies at an \
               address that is too high, as the guest has too many physical address bits.",
        not: "Not a size, and not the file in /dev/shm on the host.",
        setting: "Fewer bits for that guest: -cpu host,host-phys-bits-limit=39 (libvirt: <maxphysaddr \
                  mode='passthrough' limit='39'/> in <cpu>).",
        source: "LookingGlass module/kvmfr.c (kvmfr_pci_probe), https://github.com/gnif/LookingGlass/issues/1175",
        example: "kvmfr: kvmfr_pci_probe: failed to remap pages! ret = -22",
        ..DRIVER
    },
    Entry {
        id: "looking-glass-no-device",
        application: "Looking Glass",
        meaning: Meaning::NotSharedMemory,
        patterns: &[
            "Unable to enumerate the device, is it attached?",
            "Failed to open the IVSHMEM device",
        ],
        text: "The program in the Windows guest found no device of shared memory (ivshmem): the machine's \
               definition has none, or its driver is not installed in the guest.",
        not: "Not a size, and not the file in /dev/shm on the host.",
        setting: "The device ivshmem-plain in the definition of the machine, and the ivshmem driver (virtio-win) \
                  in Windows' device manager.",
        source: "LookingGlass host/platform/Windows/src/ivshmem.c, https://github.com/gnif/LookingGlass/issues/403",
        example: "  4214137131 [E]            ivshmem.c:72   | ivshmemOpen                    | Unable to \
                  enumerate the device, is it attached?: 0x00000103",
        ..DRIVER
    },
    Entry {
        id: "virtualbox-low-memory",
        application: "VirtualBox",
        certainty: Certainty::Sure,
        patterns: &["VERR_NO_LOW_MEMORY", "memory with low physical backing"],
        text: "VirtualBox needs memory of the host below 4 GiB for a machine, and the host's kernel has none that \
               is free: it is in use or fragmented.",
        not: "Not shared memory, and no ulimit.",
        setting: "echo 3 > /proc/sys/vm/drop_caches (as root, on the host) frees some; else fewer machines, or a \
                  restart of the host.",
        source: "virtualbox include/iprt/err.h, https://github.com/Orange-Cyberdefense/GOAD/issues/274",
        example: "VBoxManage: error: Out of memory condition when allocating memory with low physical backing. \
                  (VERR_NO_LOW_MEMORY)",
        ..DRIVER
    },
    Entry {
        id: "virtualbox-memory",
        application: "VirtualBox",
        patterns: &[
            "VERR_NO_MEMORY",
            "Unable to allocate and lock memory. The virtual machine",
            "HostMemoryLow",
        ],
        text: "The host has not so much memory free as the virtual machine is to have: VirtualBox locks it.",
        not: "Not shared memory, and not the disk.",
        setting: "Close programs on the host, or give the machine less memory (VBoxManage modifyvm NAME --memory \
                  2048).",
        source: "virtualbox src/VBox/VMM (HostMemoryLow), https://github.com/xdissent/ievms/issues/257, \
                 https://github.com/rapid7/metasploitable3/issues/204",
        example: "Unable to allocate and lock memory. The virtual machine will be paused. Please close \
                  applications to free up memory or close the VM. Error ID: HostMemoryLow",
        ..DRIVER
    },
    Entry {
        id: "cuda-ipc",
        application: "CUDA",
        meaning: Meaning::NotSharedMemory,
        patterns: &["Unable to map CUDA IPC memory", "cudaErrorDeviceUninitialized"],
        text: "Memory of a GPU that another process shares (CUDA IPC) could not be opened, or another call had no \
               context. Error 201 is \"invalid device context\": the process has none on that GPU, or the handle \
               is its own.",
        not: "Not shared memory of the machine, not /dev/shm, and not a size.",
        setting: "Let the process use the GPU before it opens the handle (cudaSetDevice, cudaFree(0)), and open a \
                  handle in another process than the one that made it.",
        source: "https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html, bpftime \
                 runtime/src/bpf_map/gpu, https://github.com/eunomia-bpf/bpftime/issues/488, \
                 https://github.com/NVIDIA/DALI/issues/4817",
        example: "[error][2617448] Unable to map CUDA IPC memory for shared array map, error=201",
        ..DRIVER
    },
    Entry {
        id: "ucx-gpu-ipc",
        application: "UCX",
        meaning: Meaning::NotSharedMemory,
        patterns: &["failed to open ipc mem handle"],
        text: "UCX could not open memory of a GPU that another rank shares. \"Element already exists\": it is open \
               already in this process, a fault of older versions.",
        not: "Not /dev/shm and not a size: this is memory of the GPU.",
        setting: "UCX_TLS=^cuda_ipc (on AMD ^rocm_ipc) does without; else a newer UCX.",
        source: "ucx src/uct/cuda/cuda_ipc/cuda_ipc_cache.c, https://github.com/openucx/ucx/issues/3192",
        example: "cuda_ipc_cache.c:154  UCX Fatal: dest:5221: failed to open ipc mem handle. addr:0x7f7647415c00 \
                  len:89088 (Element already exists)",
        ..DRIVER
    },
];
