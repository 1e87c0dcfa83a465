//! Who made the mount, and what is advised: containers of every runtime, as their files show them.

mod engines;
mod machines;
mod pods;
mod sizes;

use serde_json::Value;
use shmeter::capacity::findings::Asked;
use shmeter::capacity::{ByKind, Kind, assess};
use shmeter::facts::StatFs;
use shmeter::report::Document;
use shmeter::units::Bytes;

use crate::machine::*;

/// /proc/self/ns/ipc of the machine itself, and one of another.
const MACHINE: &str = "ipc:[4026531839]";
const OWN: &str = "ipc:[4026533111]";

/// The mounts of a container of Docker, but for /dev/shm.
const OCI: [&str; 4] = [
    "9 8 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w",
    "10 9 0:51 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw",
    "11 9 0:52 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755",
    "13 9 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup2 rw,nsdelegate",
];
const OF_DOCKER: &str =
    "20 9 254:0 /var/lib/docker/containers/0a/hosts /etc/hosts rw,relatime - ext4 /dev/vda rw";
const OF_A_POD: &str =
    "20 9 259:1 /var/lib/kubelet/pods/aaaa/etc-hosts /etc/hosts rw - ext4 /dev/nvme0n1p1 rw";

/// /dev/shm as runtimes mount it.
const SHM_64M: &str =
    "16 11 0:56 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k";
/// /dev/shm of a host with systemd.
const HOSTS: &str = "16 11 0:24 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw,inode64";

/// A container of these mounts, in a cgroup namespace of its own on cgroup v2.
struct Container {
    machine: Machine,
}

impl Container {
    fn new(own: &[&str], more: &[&str]) -> Container {
        let lines: Vec<&str> = own.iter().chain(more).copied().collect();
        let machine = Machine::bare()
            .mounts(&lines)
            .file("/proc/self/cgroup", "0::/\n")
            .level("/sys/fs/cgroup", "max", 20 * MIB)
            .statfs("/dev/shm", statfs(TMPFS, 64 * MIB, 64 * MIB))
            .link("/proc/self/ns/ipc", OWN);
        Container { machine }
    }

    fn oci(more: &[&str]) -> Container {
        Container::new(&OCI, more)
    }

    fn docker(shm: &str) -> Container {
        Container::oci(&[OF_DOCKER, shm])
    }

    fn pod(shm: &str) -> Container {
        Container::oci(&[OF_A_POD, shm])
    }

    fn ipc(mut self, link: &str) -> Container {
        self.machine = self.machine.link("/proc/self/ns/ipc", link);
        self
    }

    fn size(mut self, total: u64, free: u64) -> Container {
        self.machine = self.machine.statfs("/dev/shm", statfs(TMPFS, total, free));
        self
    }

    fn place(mut self, place: StatFs) -> Container {
        self.machine = self.machine.statfs("/dev/shm", place);
        self
    }

    fn limit(mut self, max: u64, used: u64) -> Container {
        self.machine = self.machine.level("/sys/fs/cgroup", &max.to_string(), used);
        self
    }

    fn shmem(mut self, bytes: u64) -> Container {
        let stat = format!("anon 0\nfile {bytes}\nshmem {bytes}\ninactive_file 0\nactive_file 0\n");
        self.machine = self.machine.file("/sys/fs/cgroup/memory.stat", &stat);
        self
    }

    fn file(mut self, path: &str, text: &str) -> Container {
        self.machine = self.machine.file(path, text);
        self
    }

    fn exists(mut self, path: &str) -> Container {
        self.machine = self.machine.statfs(path, statfs(EXT4, GIB, GIB));
        self
    }

    fn variable(mut self, name: &str) -> Container {
        self.machine.0.variables.insert(name.to_owned());
        self
    }

    fn said(&self) -> Said {
        self.required(&[])
    }

    /// With what is required of kinds, and what the application needs beside.
    fn required(&self, require: &[(Kind, u64)]) -> Said {
        self.asked(require, None)
    }

    fn asked(&self, require: &[(Kind, u64)], app: Option<u64>) -> Said {
        let of = |kind| require.iter().find(|(one, _)| *one == kind).map(|(_, size)| Bytes(*size));
        let asked =
            Asked { require: ByKind::new(of), app_memory: app.map(Bytes), ..Asked::default() };
        let facts = self.machine.facts();
        let document = Document::new(&facts, &assess(&facts), &asked);
        Said(serde_json::to_value(document).unwrap())
    }
}

/// What an inspect says.
struct Said(Value);

impl Said {
    fn who(&self) -> (&str, &str) {
        let subject = &self.0["subject"];
        (subject["runtime"].as_str().unwrap(), subject["origin"].as_str().unwrap())
    }

    fn verdict(&self) -> &str {
        self.0["verdict"].as_str().unwrap()
    }

    fn finds(&self, id: &str) -> bool {
        finds(&self.0, id)
    }

    fn fix(&self, id: &str) -> &str {
        let all = self.0["findings"].as_array().unwrap();
        let finding = all.iter().find(|finding| finding["id"] == id);
        let finding = finding.unwrap_or_else(|| panic!("no {id} in {all:#?}"));
        finding["fix"].as_str().unwrap_or_else(|| panic!("no fix of {id}: {finding}"))
    }

    /// All messages and fixes.
    fn words(&self) -> String {
        self.0["findings"].to_string()
    }

    /// That no word of another runtime is in it.
    fn lacks(&self, words: &[&str]) -> &Said {
        for word in words {
            assert!(!self.words().to_lowercase().contains(word), "{word} in {}", self.words());
        }
        self
    }
}
