//! Findings about Fast DDS, which finds its peers by the network and sends them data by /dev/shm.

use super::{Finding, Severity, finding};
use crate::capacity::advice::Site;
use crate::facts::{Facts, Runtime};

/// Peers that are found, and do not see each other's files or may not open them: no data arrives, and no error
/// tells of it.
pub(super) fn dds_peers(facts: &Facts) -> Option<Finding> {
    let dds = facts.dds.as_ref()?;
    let path = &facts.shm.asked;
    let user = facts.process.user().map(|user| user.uid);
    let (message, together) = match (&dds.foreign, user) {
        (Some(file), Some(user)) => (
            format!(
                "{} belongs to user {}, and this process runs as user {user}: Fast DDS (ROS 2) finds a peer of another \
                 user, but one of the two may not write to the other's files in {path}, and no data arrives.",
                file.name, file.owner
            ),
            format!(
                "run all that take part as one user{}",
                of_engine(facts, &format!("--user {}", file.owner))
            ),
        ),
        _ if dds.machine_network && !shares_the_machines(facts) => (
            format!(
                "the network is the machine's, and {path} is not: Fast DDS (ROS 2) finds peers by the network, and sends \
                 data by {path} to those with the same addresses. Outside of this container its files are not seen, \
                 so no data arrives there."
            ),
            if Site::of(facts).pod {
                "the machine's /dev/shm for all that take part, and one user: hostIPC: true beside hostNetwork: true"
                    .to_owned()
            } else {
                format!(
                    "one /dev/shm for all that take part, and one user{}",
                    of_engine(facts, "--ipc=host")
                )
            },
        ),
        _ => return None,
    };
    let without = "or without shared memory, in each: FASTDDS_BUILTIN_TRANSPORTS=UDPv4 (older releases, such as ROS 2 Foxy's, take \
                   a profile in XML: useBuiltinTransports false, and a transport of type UDPv4)";
    finding("dds-peers", Severity::Warn, message, format!("{together}\n{without}"))
}

/// Whether what is in /dev/shm is seen on the machine too.
fn shares_the_machines(facts: &Facts) -> bool {
    !facts.runtime.runtime.is_container()
        || facts.runtime.machine_ipc != Some(false)
        || Site::of(facts).origin.is_of_the_host()
}

/// The option, where a container is run by hand.
fn of_engine(facts: &Facts, option: &str) -> String {
    match facts.runtime.runtime {
        Runtime::Podman => format!(": podman run {option} ..."),
        Runtime::Docker | Runtime::Oci => format!(": docker run {option} ..."),
        _ => String::new(),
    }
}
