//! What of systemd decides over shared memory: whether it removes a user's segments at logout.

/// Users above this are people (SYS_UID_MAX of systemd and login.defs).
pub(crate) const LAST_SYSTEM_USER: u32 = 999;
/// nobody, whose segments stay.
pub(crate) const NOBODY: u32 = 65534;

/// `RemoveIPC` of the texts of logind.conf and its drop-ins, the last one wins; `None` where none tells.
#[must_use]
pub(crate) fn removes_ipc<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<bool> {
    let lines = texts.into_iter().flat_map(str::lines);
    let values = lines.filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "RemoveIPC").then(|| value.trim().to_ascii_lowercase())
    });
    values
        .filter_map(|value| match value.as_str() {
            "yes" | "y" | "true" | "t" | "on" | "1" => Some(true),
            "no" | "n" | "false" | "f" | "off" | "0" => Some(false),
            _ => None,
        })
        .last()
}

/// Whether systemd counts a user among people.
#[must_use]
pub(crate) const fn is_person(uid: u32) -> bool {
    uid > LAST_SYSTEM_USER && uid != NOBODY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_setting_wins_and_a_comment_sets_nothing() {
        assert_eq!(removes_ipc(["[Login]\n#RemoveIPC=no\n"]), None);
        assert_eq!(removes_ipc(["RemoveIPC = no\n", "[Login]\nRemoveIPC=yes"]), Some(true));
        assert_eq!(removes_ipc(["RemoveIPC=off\nRemoveIPC=perhaps\n"]), Some(false));
        assert!(is_person(1000) && !is_person(999) && !is_person(NOBODY));
    }
}
