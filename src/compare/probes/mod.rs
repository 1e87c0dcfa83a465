//! The probes: each does one thing to a piece of shared memory and says what came of it.

mod counts;
mod memory;
mod names;

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, waitpid};

use super::{Cell, Column, Job};
use crate::capacity::Kind;
use crate::sys::cpu::twin;
use crate::sys::own;

/// One row of the table that is probed.
pub(crate) struct Row {
    /// Its name in JSON.
    pub(crate) id: &'static str,
    /// What it asks, for people.
    pub(crate) title: &'static str,
    probe: fn(&Job) -> Result<Cell, Errno>,
}

const fn row(id: &'static str, title: &'static str, probe: fn(&Job) -> Result<Cell, Errno>) -> Row {
    Row { id, title, probe }
}

/// All rows that are probed, in the order of the table.
pub(crate) const ROWS: [Row; 23] = [
    row("largest", "largest segment made", memory::largest),
    row("name-visible", "another process finds it", names::name_visible),
    row("survives-exit", "survives creator's exit", names::survives_exit),
    row("survives-sigkill", "survives creator's SIGKILL", names::survives_kill),
    row("removed-in-use", "removed while mapped", names::removed_in_use),
    row("found-after-removal", "found after removal", names::found_after_removal),
    row("mapped-after-removal", "mapped after removal", names::mapped_after_removal),
    row("grow", "grows while mapped", memory::grow),
    row("shrink", "touch after shrinking", memory::shrink),
    row("sparse", "memory used on creation", memory::sparse),
    row("other-user-opens", "another user opens it", names::other_user_opens),
    row("other-user-removes", "another user removes it", names::other_user_removes),
    row("read-only", "store to a read-only map", memory::read_only),
    row("executable", "mapped executable", memory::executable),
    row("fork", "a fork shares it", memory::fork_shares),
    row("seals", "store after a write seal", memory::seals),
    row("huge", "huge pages", memory::huge),
    row("numa", "bound to a NUMA node", memory::numa),
    row("mlock", "mlock of 256 KiB", memory::mlock),
    row("shm-lock", "SHM_LOCK", memory::shm_lock),
    row("in-df", "counts in df", counts::in_df),
    row("in-ipcs", "counts in ipcs", counts::in_ipcs),
    row("in-cgroup", "cgroup of who touches", counts::in_cgroup),
];

/// Runs one probe.
#[must_use]
pub(crate) fn probe(job: &Job) -> Cell {
    let row = ROWS.iter().find(|row| row.id == job.row);
    row.map_or_else(
        || Cell::none("there is no such row"),
        |row| (row.probe)(job).unwrap_or_else(Cell::refused),
    )
}

fn yes_or(result: Result<(), Errno>) -> Cell {
    result.map_or_else(Cell::refused, |()| Cell::said("yes"))
}

fn no_name() -> Cell {
    Cell::none("it has no name")
}

/// Ends the process; the code is the number of the errno, which fits into one.
fn exit_with(errno: Errno) -> ! {
    std::process::exit(std::io::Error::from(errno).raw_os_error().unwrap_or(255))
}

/// What becomes of a second process that does `work`: yes where it ends by itself.
fn in_twin(work: impl FnOnce() -> Result<(), Errno>) -> Result<Cell, Errno> {
    let pid = twin(|| {
        if let Err(errno) = work() {
            exit_with(errno);
        }
    })?;
    Ok(match waitpid(pid, None)? {
        WaitStatus::Exited(_, 0) => Cell::said("yes"),
        WaitStatus::Exited(_, number) => Cell::refused(Errno::from_raw(number)),
        WaitStatus::Signaled(_, signal, _) => Cell::signal(signal),
        _ => Cell::none("it neither ended nor was killed"),
    })
}

/// A second process as another user; only root can be one.
fn as_other_user(work: impl FnOnce() -> Result<(), Errno>) -> Result<Cell, Errno> {
    if own::user() != Some(0) {
        return Ok(Cell::none("only root can try this as another user"));
    }
    in_twin(|| {
        let (nobody, nogroup) =
            (nix::unistd::Uid::from_raw(65_533), nix::unistd::Gid::from_raw(65_533));
        nix::unistd::setgroups(&[])?;
        nix::unistd::setresgid(nogroup, nogroup, nogroup)?;
        nix::unistd::setresuid(nobody, nobody, nobody)?;
        work()
    })
}

/// The kind of a column, as the capacity model knows it.
#[must_use]
pub(crate) const fn kind(column: Column) -> Kind {
    match column {
        Column::Posix | Column::Crate => Kind::Posix,
        Column::Sysv => Kind::Sysv,
        Column::Memfd => Kind::Memfd,
        Column::Anon => Kind::Anon,
    }
}
