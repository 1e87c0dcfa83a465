//! Containers by the ID that their runtime gave them, as it stands in the names of their cgroups.

mod init;

pub use init::parse_family;
pub(crate) use init::{Member, NoInit, choose_init};

use super::cgroup::LONGEST_PATH;

/// Digits of a container's ID: Docker's, containerd's for Kubernetes and CRI-O's.
const DIGITS: usize = 64;

/// So many tell one container from all others, as `docker ps` shows them.
const FEWEST_DIGITS: usize = 12;

/// What a pod's status has before the ID.
const RUNTIMES: [&str; 3] = ["containerd", "docker", "cri-o"];

/// A container's ID, or the first digits of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerId(String);

impl std::fmt::Display for ContainerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for ContainerId {
    type Err = String;

    fn from_str(text: &str) -> Result<ContainerId, String> {
        let digits = match text.split_once("://") {
            None => text,
            Some((runtime, digits)) if RUNTIMES.contains(&runtime) => digits,
            Some(_) => {
                return Err("a runtime before :// is containerd, docker or cri-o".to_owned());
            }
        };
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !hex || !(FEWEST_DIGITS..=DIGITS).contains(&digits.len()) {
            return Err(format!(
                "a container's ID has {FEWEST_DIGITS} to {DIGITS} hexadecimal digits; \
                 docker inspect -f '{{{{.Id}}}}' NAME prints it"
            ));
        }
        Ok(ContainerId(digits.to_ascii_lowercase()))
    }
}

/// A container in whose cgroup, or below it, a process is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// All digits of its ID.
    pub id: String,
    /// Containers that it is in itself.
    pub depth: usize,
}

impl ContainerId {
    /// The container in the text of /proc/PID/cgroup that has this ID.
    #[must_use]
    pub fn find(&self, cgroup: &str) -> Option<Found> {
        let paths = cgroup.lines().filter_map(|line| line.splitn(3, ':').nth(2));
        let found = paths.filter(|path| path.len() <= LONGEST_PATH).filter_map(|path| {
            let ids = path.split('/').filter_map(id_of);
            let mut numbered = ids.enumerate().filter(|(_, id)| id.starts_with(&self.0));
            numbered.next().map(|(depth, id)| Found { id: id.to_owned(), depth })
        });
        // Whoever may make cgroups below its own can call one as it likes: the outermost counts.
        found.min_by_key(|found| found.depth)
    }
}

/// The ID in a cgroup's name: `ID`, `cri-containerd-ID.scope`, `docker-ID.scope`, `crio-ID`,
/// `SLICE:cri-containerd:ID`. Not that of conmon, which waits for a container outside of it.
fn id_of(name: &str) -> Option<&str> {
    let scope = name.strip_suffix(".scope").unwrap_or(name);
    let (before, id) = scope.rsplit_once(['-', ':']).unwrap_or(("", scope));
    (is_id(id) && !before.contains("conmon")).then_some(id)
}

/// Whether a text is a whole ID, as runtimes write it.
fn is_id(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The container of Docker that a process with this memory cgroup is in.
///
/// Only the places where Docker itself puts its containers count, `/docker/ID` and
/// `….slice/docker-ID.scope`: below its own cgroup a container could make others that are named so.
#[must_use]
pub fn of_docker(path: &str) -> Option<&str> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let first = parts.next()?;
    let id = if first == "docker" {
        parts.next()?
    } else {
        let after = std::iter::once(first).chain(parts).find(|part| !part.ends_with(".slice"))?;
        after.strip_prefix("docker-")?.strip_suffix(".scope")?
    };
    is_id(id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4f1c0000aaaa1111bbbb2222cccc3333dddd4444eeee5555ffff666677778888";
    const OTHER: &str = "4f1c0000aaaa9999bbbb2222cccc3333dddd4444eeee5555ffff666677778888";

    fn id(text: &str) -> ContainerId {
        text.parse().unwrap()
    }

    #[test]
    fn an_id_is_taken_as_docker_and_the_status_of_a_pod_write_it() {
        for text in [ID, &ID[..12], &format!("containerd://{ID}"), &format!("cri-o://{ID}")] {
            assert!(ID.starts_with(&id(text).to_string()), "{text}");
        }
        assert_eq!(id(&format!("docker://{}", ID.to_uppercase())).to_string(), ID);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        let long = format!("{ID}0");
        for text in [
            "",
            "web",
            "4f1c0000aaa",
            &long,
            "4f1c0000aaaa/..",
            "4f1c0000aaaa\n",
            "../../4f1c0000aaaa",
            "0x4f1c0000aaaa",
            "ｆｆｆｆｆｆｆｆｆｆｆｆ",
            "containerd://",
            "file://4f1c0000aaaa",
            "4f1c0000aaaa*",
        ] {
            assert!(text.parse::<ContainerId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_container_is_found_in_the_cgroup_names_of_every_runtime() {
        for path in [
            format!("0::/system.slice/docker-{ID}.scope"),
            format!("12:pids:/x\n4:memory:/docker/{ID}\n0::/"),
            format!("0::/kubepods/burstable/pod1-2/{ID}"),
            format!("0::/kubepods.slice/kubepods-pod1_2.slice/cri-containerd-{ID}.scope"),
            format!("0::/kubepods.slice/kubepods-pod1_2.slice/crio-{ID}.scope/container"),
            format!("4:memory:/system.slice/kubepods-pod1.slice:cri-containerd:{ID}"),
            format!("0::/../../podx/{ID}/sub/group"),
        ] {
            for wanted in [ID, &ID[..12]] {
                let found = id(wanted).find(&path).unwrap();
                assert_eq!((found.id.as_str(), found.depth), (ID, 0), "{path}");
            }
        }
    }

    #[test]
    fn what_only_resembles_a_container_is_none() {
        let half = &ID[..63];
        for path in [
            "0::/".to_owned(),
            String::new(),
            format!("0::/machine.slice/libpod-conmon-{ID}.scope"),
            format!("0::/crio-conmon-{ID}"),
            format!("0::/docker/{half}"),
            format!("0::/docker/{ID}0"),
            format!("0::/docker/x{ID}"),
            format!("0::/docker/{}", ID.to_uppercase()),
            // The last digits of a pod's own number.
            "0::/kubepods/pod6b0a1234-aaaa-bbbb-cccc-4f1c0000aaaa/x".to_owned(),
            "\u{0}\u{0}::/::/docker".to_owned(),
        ] {
            assert_eq!(id(&ID[..12]).find(&path), None, "{path}");
        }
    }

    #[test]
    fn a_cgroup_that_a_container_made_and_named_after_another_one_is_inside_of_it() {
        let path = format!("0::/docker/{OTHER}/{ID}");
        assert_eq!(id(ID).find(&path).unwrap().depth, 1);
    }

    #[test]
    fn where_docker_puts_a_container_its_number_is_found() {
        for path in [
            "/docker/ID",
            "/system.slice/docker-ID.scope",
            "/a.slice/a-b.slice/docker-ID.scope",
            "/docker/ID/system.slice/x.service",
        ] {
            let path = path.replace("ID", ID);
            assert_eq!(of_docker(&path), Some(ID), "{path}");
        }
    }

    #[test]
    fn a_path_that_a_container_could_have_made_itself_names_none() {
        for path in [
            "/",
            "",
            "/../ID",
            "/docker",
            "/docker/",
            "/docker/ID; reboot",
            "/docker/IDa",
            "/docker/$(reboot)",
            "/docker-ID.scope/x",
            "/machine.slice/libpod-ID.scope/docker/ID",
            "/kubepods/pod1/ID",
            "/user.slice/x.service/docker-ID.scope",
        ] {
            let path = path.replace("ID", ID);
            let scope = path.starts_with("/docker-");
            assert_eq!(of_docker(&path).is_some(), scope, "{path}");
        }
        let upper = format!("/docker/{}", ID.to_uppercase());
        assert_eq!(of_docker(&upper), None);
    }
}
