//! Looks for Fast DDS: the variable that ROS 2 sets, and its files in /dev/shm.

use super::Source;
use super::rights::MOST_FILES;
use crate::facts::dds::{Dds, is_of_a_machine, is_of_dds};
use crate::facts::rights::User;
use crate::facts::{ForeignFile, ShmPath};

/// Set by ROS 2's setup.bash, and in its images.
const VARIABLE: &str = "ROS_DISTRO";

/// What is seen of it; `folder`: where its files may lie. `own`: it is the process that looks.
pub(super) fn dds(
    source: &dyn Source,
    folder: Option<&str>,
    shm: &ShmPath,
    user: Option<&User>,
    own: bool,
) -> Option<Dds> {
    let names = folder.map(|folder| source.list(folder));
    let names = names.as_ref().and_then(|names| names.known()).map_or(&[][..], Vec::as_slice);
    let files: Vec<&String> =
        names.iter().filter(|name| is_of_dds(name)).take(MOST_FILES).collect();
    if files.is_empty() && !(own && source.is_set(VARIABLE)) {
        return None;
    }
    let foreign = files.into_iter().find_map(|name| {
        let file = source.owner(&format!("{}/{name}", folder?));
        let owner = file.known()?.uid;
        let name = format!("{}/{name}", shm.asked);
        (owner != user?.uid).then_some(ForeignFile { name, owner })
    });
    let devices = source.read("/proc/self/net/dev");
    let machine_network = own && devices.known().is_some_and(|text| is_of_a_machine(text));
    Some(Dds { machine_network, foreign })
}
