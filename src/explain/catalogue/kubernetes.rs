//! Kubernetes: evictions, kills, settings that a pod may not have.

use super::containers::NOT_OOM;
use crate::explain::{Certainty, Entry, Fix, Meaning};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        id: "kubernetes-oomkilled",
        application: "Kubernetes, Docker",
        meaning: Meaning::Memory,
        certainty: Certainty::Likely,
        patterns: &["OOMKilled"],
        unless: NOT_OOM,
        text: "The container reached its memory limit. What it holds in /dev/shm (an emptyDir \
               with medium: Memory) counts; of an emptyDir it stays charged to the pod after the \
               container restarts, so that every restart can end the same way.",
        not: "Not a full /dev/shm: that is a bus error or \"No space left on device\".",
        fix: Fix::Memory,
        setting: "An emptyDir with a sizeLimit safely below the memory limit turns the kill into \
                  an error. Delete the pod to free it.",
        source: "https://github.com/kubernetes/kubernetes/issues/128339",
        example: "      Reason:       OOMKilled",
        ..Entry::REST
    },
    Entry {
        id: "kubernetes-emptydir-evicted",
        application: "Kubernetes",
        meaning: Meaning::ShmSize,
        certainty: Certainty::Sure,
        patterns: &["Usage of EmptyDir volume*exceeds the limit"],
        text: "The kubelet evicted the pod, as a volume held more than its sizeLimit, which the line names. With medium: Memory \
               that is a kubelet before Kubernetes 1.22, which makes the volume no smaller than half of the node's memory; since then \
               its file system is as large as sizeLimit, and the line means a volume on the node's disk.",
        not: "Not the memory limit, and no OOM kill.",
        fix: Fix::Setting,
        setting: "A larger sizeLimit than the line names (for one in memory below the memory limit), for example twice as much; \
                  medium: Memory where it is meant as shared memory.",
        source: "kubernetes pkg/kubelet/eviction/eviction_manager.go",
        example: "Usage of EmptyDir volume \"dshm\" exceeds the limit \"1Gi\".",
        ..Entry::REST
    },
    Entry {
        id: "kubernetes-cgroup-oom",
        application: "Kubernetes",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &["Cgroup OOM encountered", "CgroupOOM"],
        text: "A cgroup of the pod reached its memory limit, and the kernel killed the process that the event names. \
               Files in an emptyDir with medium: Memory count too.",
        not: "Not a full /dev/shm: that is ENOSPC or a bus error.",
        fix: Fix::Memory,
        setting: "The limit is resources.limits.memory of the container, or of the pod.",
        source: "kubernetes pkg/kubelet/oom, https://github.com/kubernetes/kubernetes/pull/100487",
        example: "  Warning  CgroupOOM  28s  kubelet  Cgroup OOM encountered, victim process: stress, pid: 470521",
        ..Entry::REST
    },
    Entry {
        id: "kubernetes-evicted-memory",
        application: "Kubernetes",
        meaning: Meaning::Memory,
        certainty: Certainty::Sure,
        patterns: &[
            "The node was low on resource: memory",
            "The node had condition: [MemoryPressure]",
            "Threshold quantity*memory.available",
        ],
        text: "The node's memory ran short, and the kubelet evicted the pod. Files in an emptyDir \
               with medium: Memory count as the pod's memory.",
        not: "Not the pod's own limit, and not a full /dev/shm.",
        fix: Fix::Memory,
        setting: "A request of memory near to what the pod uses makes it one of the last; a \
                  sizeLimit bounds the volume.",
        source: "kubernetes pkg/kubelet/eviction/helpers.go",
        example: "The node was low on resource: memory. Container worker was using 3817844Ki, \
                  which exceeds its request of 0.",
        ..Entry::REST
    },
    Entry {
        id: "kubernetes-evicted-disk",
        application: "Kubernetes",
        meaning: Meaning::NotSharedMemory,
        certainty: Certainty::Sure,
        patterns: &[
            "The node was low on resource: ephemeral-storage",
            "The node had condition: [DiskPressure]",
            "exceeded its local ephemeral storage limit",
            "ephemeral local storage usage exceeds the total limit",
            "The node was low on resource: inodes",
        ],
        text: "The kubelet evicted the pod for what it wrote to the node's disk (its layer, logs, \
               emptyDir without medium: Memory).",
        not: "Not shared memory: a volume with medium: Memory counts as memory.",
        fix: Fix::Setting,
        setting: "Where the limit was exceeded: a higher limits.ephemeral-storage, or write less. Where the node was low: a larger disk of the \
                  node (of the kubelet's and the runtime's folders), or requests.ephemeral-storage, so that pods are placed by it.",
        source: "kubernetes pkg/kubelet/eviction/eviction_manager.go",
        example: "Pod ephemeral local storage usage exceeds the total limit of containers 2Gi.",
        ..Entry::REST
    },
];
