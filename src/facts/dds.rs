//! Fast DDS, the middleware of ROS 2: who takes part sends data to others at the same addresses by files in /dev/shm.

use super::ForeignFile;

/// Names of its files begin so (SharedMemGlobal.hpp, SharedMemSegment.hpp, DataSharingPayloadPool.hpp).
const FILES: [&str; 3] = ["fastrtps_", "fastdds_", "fast_datasharing_"];

/// What is seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dds {
    /// The network seems to be the machine's, which processes in other /dev/shm share.
    pub machine_network: bool,
    /// A file of it that belongs to another user than the process.
    pub foreign: Option<ForeignFile>,
}

/// Whether a file in /dev/shm is one of it.
#[must_use]
pub(crate) fn is_of_dds(name: &str) -> bool {
    let name = name.strip_prefix("sem.").unwrap_or(name);
    FILES.iter().any(|start| name.starts_with(start))
}

/// Whether /proc/PID/net/dev shows what only a machine has: its cards by the names that systemd gives them, and
/// the bridges and ends of pairs for its containers, which call their own ends eth0.
#[must_use]
pub(crate) fn is_of_a_machine(net_dev: &str) -> bool {
    const OF_A_MACHINE: [&str; 8] = ["br-", "cni", "docker", "en", "podman", "veth", "virbr", "wl"];
    let names = net_dev.lines().filter_map(|line| line.split_once(':'));
    names
        .map(|(name, _)| name.trim())
        .any(|name| OF_A_MACHINE.iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_network_has_cards_and_bridges() {
        let of = |names: &[&str]| {
            let lines = names.iter().map(|name| format!("{name:>6}: 1 2 0 0 0 0 0 0 3 4 0\n"));
            let head = "Inter-|   Receive |  Transmit\n face |bytes packets|bytes\n".to_owned();
            is_of_a_machine(&(head + &lines.collect::<String>()))
        };
        assert!(of(&["lo", "enp3s0", "docker0"]));
        assert!(of(&["lo", "eth0", "docker0"]));
        assert!(of(&["lo", "wlp2s0"]));
        assert!(!of(&["lo", "eth0"]));
        assert!(!of(&["lo"]));
        assert!(!is_of_a_machine(""));
    }

    #[test]
    fn its_files_are_known_by_their_names() {
        assert!(is_of_dds("fastrtps_port7412"));
        assert!(is_of_dds("sem.fastdds_port7413_mutex"));
        assert!(!is_of_dds("torch_1_2_3"));
    }
}
