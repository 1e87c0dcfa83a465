//! Containers by the ID that their runtime gave them, as it stands in the names of their cgroups.

use std::collections::BTreeSet;

use super::ParseError;
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
                return Err("before :// a runtime is known: containerd, docker or cri-o".to_owned());
            }
        };
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !hex || !(FEWEST_DIGITS..=DIGITS).contains(&digits.len()) {
            return Err(format!(
                "a container's ID has {FEWEST_DIGITS} to {DIGITS} hexadecimal digits"
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
    let hex = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (id.len() == DIGITS && hex && !before.contains("conmon")).then_some(id)
}

/// A process of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub pid: u32,
    /// Its container.
    pub found: Found,
    /// Its parent's number, 0 where that is not seen.
    pub parent: u32,
    /// Its number in each PID namespace, the reader's first; empty where the kernel tells none.
    pub numbers: Vec<u32>,
    /// When it started, in ticks since the machine did.
    pub started: u64,
}

/// Reads the parent and the numbers of /proc/PID/status.
#[must_use]
pub fn parse_family(status: &str) -> (u32, Vec<u32>) {
    let line = |key: &str| status.lines().find_map(|line| line.strip_prefix(key));
    let numbers = line("NSpid:").unwrap_or_default().split_whitespace();
    (
        line("PPid:").and_then(|rest| rest.trim().parse().ok()).unwrap_or(0),
        numbers.map_while(|word| word.parse().ok()).collect(),
    )
}

/// Reads the start of /proc/PID/stat, whose second field is a name that may hold anything.
///
/// # Errors
/// When it is not there.
pub fn parse_start(stat: &str) -> Result<u64, ParseError> {
    let rest = stat.rsplit_once(')').map(|(_, rest)| rest);
    // The 22nd of all fields (proc_pid_stat(5)); the first two are before the bracket.
    let field = rest.and_then(|rest| rest.split_whitespace().nth(19));
    field
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| ParseError::new("the start of a process", stat))
}

/// Why no process stands for a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoInit {
    /// Nobody is in it.
    Nobody,
    /// The digits are those of so many containers.
    Several(usize),
}

/// The first process of the container: number 1 of its PID namespace, or else the eldest of those
/// whose parent is outside (an exec's is too, and began later).
///
/// # Errors
/// When there is none, or when the digits are those of several containers.
pub fn choose_init(mut members: Vec<Member>) -> Result<u32, NoInit> {
    let outermost = members.iter().map(|member| member.found.depth).min();
    members.retain(|member| Some(member.found.depth) == outermost);
    let ids: BTreeSet<&str> = members.iter().map(|member| member.found.id.as_str()).collect();
    if ids.len() > 1 {
        return Err(NoInit::Several(ids.len()));
    }
    let pids: BTreeSet<u32> = members.iter().map(|member| member.pid).collect();
    let first = members.iter().min_by_key(|member| {
        let one = member.numbers.len() > 1 && member.numbers.last() == Some(&1);
        // A namespace that a process of the container made has a number more.
        let namespaces = if one { member.numbers.len() } else { usize::MAX };
        (namespaces, pids.contains(&member.parent), member.started, member.pid)
    });
    first.map(|member| member.pid).ok_or(NoInit::Nobody)
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

    fn member(pid: u32, parent: u32, numbers: &[u32], started: u64) -> Member {
        let found = Found { id: ID.to_owned(), depth: 0 };
        Member { pid, found, parent, numbers: numbers.to_vec(), started }
    }

    #[test]
    fn number_1_of_its_pid_namespace_stands_for_a_container() {
        let init = member(500, 400, &[500, 1], 9000);
        let child = member(501, 500, &[501, 7], 9001);
        let exec = member(620, 400, &[620, 8], 9900);
        // It made a namespace of its own, and has number 1 in that.
        let nested = member(700, 501, &[700, 20, 1], 100);
        let all = vec![exec, nested, child, init];
        assert_eq!(choose_init(all), Ok(500));
    }

    #[test]
    fn without_a_pid_namespace_it_is_the_eldest_whose_parent_is_outside() {
        let init = member(500, 400, &[500], 9000);
        let child = member(40, 500, &[40], 8000);
        let exec = member(620, 400, &[620], 9900);
        assert_eq!(choose_init(vec![exec.clone(), child, init.clone()]), Ok(500));
        // A kernel before 4.1 tells no numbers.
        let old = |mut member: Member| {
            member.numbers.clear();
            member
        };
        assert_eq!(choose_init(vec![old(exec), old(init)]), Ok(500));
        // Process 1 of the reader's own namespace is no container's.
        assert_eq!(choose_init(vec![member(9, 1, &[9], 5), member(8, 9, &[8], 4)]), Ok(9));
    }

    #[test]
    fn a_cgroup_that_a_container_made_and_named_after_another_one_does_not_count() {
        let mut posing = member(9, 400, &[9, 1], 1);
        posing.found.depth = 1;
        assert_eq!(choose_init(vec![posing, member(500, 400, &[500, 1], 9000)]), Ok(500));
        let path = format!("0::/docker/{OTHER}/{ID}");
        assert_eq!(id(ID).find(&path).unwrap().depth, 1);
    }

    #[test]
    fn digits_of_two_containers_are_not_guessed() {
        let mut other = member(9, 400, &[9, 1], 1);
        other.found.id = OTHER.to_owned();
        assert_eq!(choose_init(vec![other, member(5, 4, &[5, 1], 2)]), Err(NoInit::Several(2)));
        assert_eq!(choose_init(Vec::new()), Err(NoInit::Nobody));
    }

    #[test]
    fn parents_numbers_and_starts_are_read_whatever_a_process_calls_itself() {
        let status = "Name:\tPPid:\t9\nPPid:\t400\nNSpid:\t500\t1\n";
        assert_eq!(parse_family(status), (400, vec![500, 1]));
        assert_eq!(parse_family("garbage"), (0, Vec::new()));
        let stat = "500 (a) 1 2 (b) S 400 500 500 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 7777 10";
        assert_eq!(parse_start(stat), Ok(7777));
        assert!(parse_start("500 (a)").is_err());
    }
}
