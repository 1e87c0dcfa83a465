//! What the init system of a host does with shared memory.

use super::Source;
use crate::facts::rights::User;
use crate::facts::systemd::{is_person, removes_ipc};
use crate::facts::{IpcFacts, Reading};

/// The user whose segments systemd removes at logout: the process's own, or for root somebody's whose
/// segment is there (RemoveIPC, logind.conf(5)).
pub(super) fn removes_ipc_of(
    source: &dyn Source,
    target: Option<u32>,
    user: Option<&User>,
    ipc: &IpcFacts,
) -> Option<u32> {
    const FOLDERS: [&str; 3] = ["/usr/lib/systemd", "/etc/systemd", "/run/systemd"];
    let init = source.read("/proc/1/comm");
    if target.is_some() || init.known().is_none_or(|name| name.trim() != "systemd") {
        return None;
    }
    let own = user.map(|user| user.uid).filter(|uid| is_person(*uid));
    let others = || {
        let segments = ipc.segments.known()?;
        segments.iter().map(|segment| segment.owner).find(|owner| is_person(*owner))
    };
    let whose = own.or_else(others)?;
    // Where logind runs, it has a folder for those who are logged in.
    let Reading::Known(_) = source.list("/run/systemd/users") else { return None };
    let mut texts = Vec::new();
    for folder in FOLDERS {
        let main = source.read(&format!("{folder}/logind.conf"));
        texts.extend(main.known().cloned());
    }
    for folder in FOLDERS {
        let folder = format!("{folder}/logind.conf.d");
        let names = source.list(&folder);
        let mut names: Vec<&String> = names.known().into_iter().flatten().collect();
        names.sort();
        for name in names.into_iter().filter(|name| name.ends_with(".conf")) {
            texts.extend(source.read(&format!("{folder}/{name}")).known().cloned());
        }
    }
    // It is the default.
    removes_ipc(texts.iter().map(String::as_str)).unwrap_or(true).then_some(whose)
}
