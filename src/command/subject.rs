//! Whom a command looks at, and what is said where that cannot be read.

use super::{Code, Failure};
use crate::facts::Facts;
use crate::facts::container::ContainerId;
use crate::probe::{Live, ProbeError, Target, enter_ipc, find_container, gather, is_of_container};

/// Whom a command looks at.
pub(super) struct Subject<'a> {
    /// Another process, or the one that looks.
    pub(super) pid: Option<u32>,
    container: Option<&'a ContainerId>,
    /// This process went into its IPC namespace, in which the shell that called it is not.
    pub(super) entered_ipc: bool,
}

impl<'a> Subject<'a> {
    /// The process asked for, or the one that stands for a container.
    pub(super) fn of(
        live: &Live,
        pid: Option<u32>,
        container: Option<&'a ContainerId>,
    ) -> Result<Subject<'a>, Failure> {
        let Some(id) = container else {
            return Ok(Subject { pid, container, entered_ipc: false });
        };
        let pid = find_container(live, id)?;
        let entered_ipc = enter_ipc(live, pid);
        Ok(Subject { pid: Some(pid), container, entered_ipc })
    }

    /// What was read after a container's end may be another process's.
    pub(super) fn is_still_there(&self, live: &Live) -> Result<(), Failure> {
        match (self.pid, self.container) {
            (Some(pid), Some(id)) if !is_of_container(live, pid, id) => {
                Err(ProbeError::ContainerEnded(id.to_string()).into())
            }
            _ => Ok(()),
        }
    }
}

/// The folder that was asked for, or the usual one.
pub(super) fn folder(path: Option<&String>) -> String {
    path.cloned().unwrap_or_else(|| Target::DEFAULT_PATH.to_owned())
}

/// What is known of this process' machine and folder now.
pub(super) fn facts(folder: &str) -> Result<Facts, Failure> {
    let target = Target { pid: None, path: folder.to_owned() };
    Ok(gather(&Live::default(), &target)?)
}

/// A wrong folder is a usage error; all else is a fact that cannot be read.
impl From<ProbeError> for Failure {
    fn from(error: ProbeError) -> Failure {
        let code = match error {
            ProbeError::Path { .. } => Code::Usage,
            _ => Code::CannotTell,
        };
        Failure::new(code, error)
    }
}
