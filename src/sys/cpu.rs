//! CPUs and processes of a measurement: where a process runs, and a second one of its kind.

use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::unistd::{ForkResult, Pid, fork};

use super::own;

/// The CPUs that this process may run on, in order.
pub(crate) fn allowed() -> Result<Vec<usize>, Errno> {
    let set = sched_getaffinity(Pid::from_raw(0))?;
    Ok((0..CpuSet::count()).filter(|cpu| set.is_set(*cpu) == Ok(true)).collect())
}

/// Keeps this process on one CPU.
///
/// # Errors
/// When that is not among the allowed ones.
pub(crate) fn pin(cpu: usize) -> Result<(), Errno> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    sched_setaffinity(Pid::from_raw(0), &set)
}

/// What the kernel counted of this thread so far (getrusage(2)).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Page faults.
    pub(crate) faults: u64,
    /// How often the scheduler took its CPU away.
    pub(crate) preempted: u64,
}

/// What the kernel counted of this thread so far; nothing where it does not tell.
pub(crate) fn usage() -> Usage {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    getrusage(UsageWho::RUSAGE_THREAD).map_or_else(
        |_| Usage::default(),
        |usage| Usage {
            faults: count(usage.minor_page_faults())
                .saturating_add(count(usage.major_page_faults())),
            preempted: count(usage.involuntary_context_switches()),
        },
    )
}

/// Makes this process and those that it starts the OOM killer's choice, if memory ends in spite of
/// all care: nobody else is to die for a measurement. More than that nobody needs a right for.
pub(crate) fn go_first_when_memory_ends() {
    let _ = own::set_oom_score_adj(1000);
}

/// A second process that has the same mappings, does `work`, and ends; it dies with this one.
///
/// Must be called by a process of one thread: another one could hold a lock of C's memory
/// allocator at this moment, which the copy would then wait for without end.
///
/// # Errors
/// When there is no room for a process, or this one has more than one thread.
pub(crate) fn twin(work: impl FnOnce()) -> Result<Pid, Errno> {
    let parent = own::number();
    if own::threads().is_some_and(|threads| threads > 1) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: there is one thread, as was just seen (and as every caller has, where that cannot be
    // seen), so the copy is whole.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            if own::die_with(parent) {
                work();
            }
            // SAFETY: ends the copy at once, without what its parent has still to write.
            unsafe { libc::_exit(0) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_runs_where_it_is_pinned_to() {
        let all = allowed().unwrap();
        let before = sched_getaffinity(Pid::from_raw(0)).unwrap();
        pin(all[all.len() - 1]).unwrap();
        assert_eq!(allowed().unwrap(), all[all.len() - 1..]);
        sched_setaffinity(Pid::from_raw(0), &before).unwrap();
        assert!(pin(CpuSet::count() - 1).is_err());
    }
}
