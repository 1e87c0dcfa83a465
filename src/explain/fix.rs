//! What to do: in the words of the container that was looked at where those are known, else of each runtime.

use super::here::Here;
use super::{Certainty, Details, Entry, Fix, Refusal};

/// What mends it, and what the application itself has to set.
#[must_use]
pub fn fix(entry: &Entry, here: Option<&Here>, details: Details) -> String {
    let known = here.and_then(|here| here.fix(entry, details));
    let is_certain = entry.certainty != Certainty::Ambiguous;
    let setting_first = match entry.fix {
        // What an application that is known does without such a limit, before the list that says how to find it.
        Fix::Refused => known.is_none() && is_certain,
        Fix::HugePages => is_certain,
        // What tells which cause it was, before what mends one of them.
        Fix::Tell => true,
        _ => false,
    };
    let first = known.unwrap_or_else(|| words(entry.fix, details.refusal).to_owned());
    let mut parts = [first.as_str(), entry.setting];
    if setting_first {
        parts.reverse();
    }
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// What mends it anywhere.
const fn words(fix: Fix, refusal: Option<Refusal>) -> &'static str {
    match fix {
        Fix::ShmSize => {
            "A larger /dev/shm: docker or podman run --shm-size=1g, shm_size: 1g in Compose, in Kubernetes an emptyDir \
             with medium: Memory and a sizeLimit, mounted on /dev/shm. Keep it below the memory limit."
        }
        Fix::Sysv => {
            "Raise the limit that is reached: kernel.shmmax (bytes of a segment), kernel.shmall (pages of all together) or \
             kernel.shmmni (their number). docker or podman run --sysctl kernel.shmmax=BYTES; in Kubernetes \
             securityContext.sysctls; on a machine, or with --ipc=host, sysctl -w there."
        }
        Fix::Sysctl => {
            "docker or podman run --sysctl kernel.shmmax=BYTES (kernel.shmall, kernel.shmmni, kernel.sem); in Kubernetes \
             securityContext.sysctls; with --ipc=host, or on a machine, sysctl -w there as root."
        }
        Fix::Memory => {
            "Raise the memory limit (docker run --memory, resources.limits.memory), or use less: heap, workers, files in /dev/shm."
        }
        Fix::Refused => {
            "Find out which limit refused it, where the program runs. A memory limit does not: it kills.\n\
             - address space: ulimit -v says unlimited, or a limit (RLIMIT_AS)\n\
             - overcommit: sysctl vm.overcommit_memory; 2 refuses what exceeds CommitLimit (grep Commit \
             /proc/meminfo), 0 a request that is larger than all memory and swap\n\
             - number of mappings: wc -l /proc/PID/maps, against sysctl vm.max_map_count\n\
             - 32 bits: getconf LONG_BIT, file PROGRAM; such a process has 2 to 4 GiB of addresses\n\
             - locked memory: ulimit -l (RLIMIT_MEMLOCK), with mlock, mlockall or MAP_LOCKED\n\
             - huge pages: grep Huge /proc/meminfo, where it asks for them\n\
             - a driver's contiguous memory: dmesg, grep Cma /proc/meminfo"
        }
        Fix::Memlock => {
            "docker or podman run --ulimit memlock=-1; LimitMEMLOCK=infinity in a systemd unit. A pod has the limit of \
             its container runtime's unit, or CAP_IPC_LOCK."
        }
        Fix::OpenFiles => "docker or podman run --ulimit nofile=65536:65536; ulimit -n in a shell.",
        Fix::Mount => {
            "Mount a tmpfs on /dev/shm: docker run without --ipc=none, in a chroot mkdir -p /dev/shm && mount -t \
             tmpfs -o mode=1777 shm /dev/shm."
        }
        Fix::Permission => match refusal {
            Some(Refusal::Denied) => {
                "Look at ls -ld /dev/shm (it needs mode 1777) and at the owner of the file (ls -l /dev/shm). Where both are \
                 right, a security module denies it: dmesg | grep -i denied."
            }
            Some(Refusal::Missing) => {
                "Where it was to be made (create, O_CREAT), there is no /dev/shm: mount a tmpfs there (mode 1777). Where it \
                 was to be opened, find out why it is gone: the program that makes it failed first (see its messages), it has \
                 another /dev/shm (run both with --ipc=container:NAME, or in one pod), or systemd removed it when its user \
                 logged out (RemoveIPC=no in /etc/systemd/logind.conf)."
            }
            Some(Refusal::Exists) => {
                "Another instance runs, or one that was killed left it: shmeter ls shows who holds it. Remove it only where \
                 nobody does."
            }
            None => {
                "Look at ls -ld /dev/shm (it needs mode 1777) and at the owner of the file; remove what a killed process left."
            }
        },
        Fix::Exec => {
            "docker run --tmpfs /dev/shm:rw,exec,size=1g, or mount -o remount,exec /dev/shm; an emptyDir has no noexec."
        }
        Fix::SameIpc => {
            "Run both in one IPC namespace and with one /dev/shm: docker run --ipc=container:NAME (the other one with \
             --ipc=shareable), --ipc=host with a process of the host; in Kubernetes one pod."
        }
        Fix::Semaphores => {
            "docker or podman run --sysctl \"kernel.sem=32000 1024000000 500 32000\"; remove sets that nobody uses (ipcs -s, ipcrm -s ID)."
        }
        Fix::HugePages => {
            "Reserve huge pages on the machine: sysctl vm.nr_hugepages=NUMBER (of 1 GiB: hugepagesz=1G hugepages=NUMBER \
             on the kernel's command line), and give the container some (resources.limits.hugepages-2Mi in Kubernetes). Or \
             use none."
        }
        Fix::Disk => {
            "Free or enlarge the file system of the path that the message names (df, df -i)."
        }
        Fix::Tell | Fix::Setting => "",
    }
}
