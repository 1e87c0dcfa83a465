//! Which process stands for a container.

use std::collections::BTreeSet;

use super::Found;

/// A process of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub pid: u32,
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

/// Why no process stands for a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoInit {
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
pub(crate) fn choose_init(mut members: Vec<Member>) -> Result<u32, NoInit> {
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
    }

    #[test]
    fn digits_of_two_containers_are_not_guessed() {
        let mut other = member(9, 400, &[9, 1], 1);
        other.found.id = OTHER.to_owned();
        assert_eq!(choose_init(vec![other, member(5, 4, &[5, 1], 2)]), Err(NoInit::Several(2)));
        assert_eq!(choose_init(Vec::new()), Err(NoInit::Nobody));
    }

    #[test]
    fn parents_and_numbers_are_read_whatever_a_process_calls_itself() {
        let status = "Name:\tPPid:\t9\nPPid:\t400\nNSpid:\t500\t1\n";
        assert_eq!(parse_family(status), (400, vec![500, 1]));
        assert_eq!(parse_family("garbage"), (0, Vec::new()));
    }
}
