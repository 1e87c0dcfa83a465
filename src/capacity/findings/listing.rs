//! The command that shows who holds shared memory.

use crate::facts::Facts;

/// What stands before a command that is to work in the IPC namespace that was looked at: numbers of segments and
/// semaphores mean others in that of whoever pastes it.
pub(super) fn in_its_ipc(facts: &Facts) -> String {
    facts.pid.map_or_else(String::new, |pid| format!("nsenter -t {pid} -i "))
}

/// The command that lists them. What a name in /dev/shm leads to is not the same from everywhere, so
/// only that one says how to remove it.
pub(super) fn ls(facts: &Facts) -> String {
    let mut command = "shmeter ls".to_owned();
    if let Some(pid) = facts.pid {
        command.push_str(&format!(" --pid {pid}"));
    }
    let path = &facts.shm.asked;
    if path != "/dev/shm" && !path.contains(char::is_control) {
        command.push_str(&format!(" --path '{}'", path.replace('\'', "'\\''")));
    }
    command
}
