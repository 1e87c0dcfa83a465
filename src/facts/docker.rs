//! Which container of Docker a process is in, by the path of its cgroup.

/// The container that a process with this memory cgroup is in.
///
/// Only the places where Docker itself puts its containers count, `/docker/ID` and
/// `….slice/docker-ID.scope`: below its own cgroup a container could make others that are named so.
#[must_use]
pub fn container(path: &str) -> Option<&str> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let first = parts.next()?;
    let id = if first == "docker" {
        parts.next()?
    } else {
        let after = std::iter::once(first).chain(parts).find(|part| !part.ends_with(".slice"))?;
        after.strip_prefix("docker-")?.strip_suffix(".scope")?
    };
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (id.len() == 64 && id.bytes().all(hex)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn where_docker_puts_a_container_its_number_is_found() {
        for path in [
            "/docker/ID",
            "/system.slice/docker-ID.scope",
            "/a.slice/a-b.slice/docker-ID.scope",
            "/docker/ID/system.slice/x.service",
        ] {
            let path = path.replace("ID", ID);
            assert_eq!(container(&path), Some(ID), "{path}");
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
            assert_eq!(container(&path).is_some(), scope, "{path}");
        }
        let upper = format!("/docker/{}", ID.to_uppercase());
        assert_eq!(container(&upper), None);
    }
}
