//! Which cgroups a process is in, and how their paths lie to each other.

use super::LONGEST_PATH;

/// One line of /proc/PID/cgroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Controllers of a version 1 hierarchy; empty for the unified one.
    pub controllers: Vec<String>,
    /// The path, relative to the reader's cgroup namespace.
    pub path: CgroupPath,
}

/// A cgroup's path relative to a namespace's root: so many levels up, then names down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CgroupPath {
    /// Levels above the namespace's root (`/../..` is two).
    pub up: usize,
    /// Names from there.
    pub names: Vec<String>,
}

impl CgroupPath {
    /// Reads a path such as `/docker/abc`, `/../sibling` or `/gone (deleted)`.
    #[must_use]
    pub fn parse(text: &str) -> CgroupPath {
        let text = text.strip_suffix(" (deleted)").unwrap_or(text);
        let mut path = CgroupPath::default();
        for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part != ".." {
                path.names.push(part.to_owned());
            } else if path.names.pop().is_none() {
                path.up = path.up.saturating_add(1);
            }
        }
        path
    }

    /// The names that lead from `root` down to this path, when it lies at or below it.
    /// `None` when it lies elsewhere; `Some(Err(n))` when it lies below, but the names of the
    /// first `n` levels cannot be known from here (a mount of a level above the namespace).
    #[must_use]
    pub fn below(&self, root: &CgroupPath) -> Option<Result<&[String], usize>> {
        if self.up == root.up {
            return self.names.strip_prefix(root.names.as_slice()).map(Ok);
        }
        let unnamed = root.up.checked_sub(self.up)?;
        root.names.is_empty().then_some(Err(unnamed))
    }
}

impl std::fmt::Display for CgroupPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.up == 0 && self.names.is_empty() {
            return f.write_str("/");
        }
        for _ in 0..self.up {
            f.write_str("/..")?;
        }
        self.names.iter().try_for_each(|name| write!(f, "/{name}"))
    }
}

/// Reads /proc/PID/cgroup: `4:memory,hugetlb:/docker/a:b` and `0::/x`. A line that is not of
/// this form is left out; a cgroup's name may hold colons.
#[must_use]
pub fn parse_memberships(text: &str) -> Vec<Membership> {
    text.lines()
        .filter(|line| line.len() <= LONGEST_PATH)
        .filter_map(|line| {
            let mut fields = line.splitn(3, ':');
            let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
            path.starts_with('/').then(|| Membership {
                controllers: controllers
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
                path: CgroupPath::parse(path),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cgroup_name_may_hold_colons_and_a_deleted_one_is_named_as_before() {
        let lines = parse_memberships("4:memory,hugetlb:/a:b/c (deleted)\n0::/../x\nnonsense\n");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].controllers, ["memory", "hugetlb"]);
        assert_eq!(lines[0].path.names, ["a:b", "c"]);
        assert_eq!((lines[1].path.up, lines[1].path.names.len()), (1, 1));
        assert_eq!(lines[1].path.to_string(), "/../x");
    }

    #[test]
    fn a_path_is_below_another_only_at_a_name_boundary() {
        let path = |text| CgroupPath::parse(text);
        assert_eq!(path("/docker/abcd").below(&path("/docker/abc")), None);
        assert_eq!(path("/docker/abc").below(&path("/docker/abc")), Some(Ok(&[][..])));
        assert_eq!(
            path("/docker/abc/x").below(&path("/docker/abc")),
            Some(Ok(&["x".to_owned()][..]))
        );
        assert_eq!(path("/../x").below(&path("/")), None);
        assert_eq!(path("/../x").below(&path("/../x")), Some(Ok(&[][..])));
        assert_eq!(path("/").below(&path("/../..")), Some(Err(2)));
    }
}
