//! Names: who finds, opens and removes a piece of shared memory, and what is left without one.

use nix::errno::Errno;
use nix::sys::signal::{Signal, raise};
use nix::sys::wait::{WaitStatus, waitpid};

use super::{as_other_user, exit_with, in_twin, no_name, yes_or};
use crate::compare::object::{self, Object, SIZE, find};
use crate::compare::{Cell, Column, Job};
use crate::segment::errno;
use crate::sys::cpu::twin;
use crate::sys::mapping::Mapping;
use crate::sys::own;
use crate::sys::system_v::SystemV;

pub(crate) fn name_visible(job: &Job) -> Result<Cell, Errno> {
    let _object = Object::make(job, SIZE)?;
    if find(job).is_none() {
        return Ok(no_name());
    }
    in_twin(|| find(job).unwrap_or(Err(Errno::ENOENT)))
}

/// Makes one in a second process that then ends in some way; whether it is found afterwards.
fn survives(job: &Job, end: impl FnOnce()) -> Result<Cell, Errno> {
    let pid = twin(|| match Object::make(job, SIZE) {
        Ok(object) => {
            std::mem::forget(object);
            end();
        }
        Err(errno) => exit_with(errno),
    })?;
    if let WaitStatus::Exited(_, number @ 1..) = waitpid(pid, None)? {
        return Err(Errno::from_raw(number));
    }
    Ok(match find(job) {
        None => Cell::none("it has no name to look for"),
        Some(Ok(())) => Cell::said("yes"),
        Some(Err(Errno::ENOENT)) => Cell::said("no"),
        Some(Err(errno)) => Cell::refused(errno),
    })
}

pub(crate) fn survives_exit(job: &Job) -> Result<Cell, Errno> {
    survives(job, || {})
}

pub(crate) fn survives_kill(job: &Job) -> Result<Cell, Errno> {
    survives(job, || {
        let _ = raise(Signal::SIGKILL);
    })
}

pub(crate) fn removed_in_use(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let mapping = object.map(SIZE)?;
    mapping.touch(0, 7);
    match object.remove() {
        None => return Ok(no_name()),
        Some(removed) => removed?,
    }
    let mut kept = [0];
    mapping.get(0, &mut kept);
    in_twin(|| {
        mapping.touch(SIZE.get() / 2, 7);
        Ok(())
    })
    .map(|cell| if kept == [7] && cell.said == "yes" { Cell::said("stays usable") } else { cell })
}

pub(crate) fn found_after_removal(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let _mapping = object.map(SIZE)?;
    match object.remove() {
        None => return Ok(no_name()),
        Some(removed) => removed?,
    }
    Ok(find(job).map_or_else(no_name, yes_or))
}

pub(crate) fn mapped_after_removal(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let first = object.map(SIZE)?;
    first.touch(0, 9);
    match object.remove() {
        None if job.column == Column::Anon => return Ok(no_name()),
        None => {}
        Some(removed) => removed?,
    }
    let again = match &object {
        Object::Sysv(_) => object.map(SIZE)?,
        _ => {
            let Some(file) = object.file() else { return Ok(no_name()) };
            let file = own::reopen(file).map_err(errno)?;
            Mapping::of_file(&file, 0, SIZE, None)?
        }
    };
    let mut seen = [0];
    again.get(0, &mut seen);
    let by = if job.column == Column::Sysv { "by id" } else { "by descriptor" };
    Ok(Cell::said(if seen == [9] { by } else { "other memory" }))
}

pub(crate) fn other_user_opens(job: &Job) -> Result<Cell, Errno> {
    let _object = Object::make(job, SIZE)?;
    if find(job).is_none() {
        return Ok(no_name());
    }
    as_other_user(|| match job.column {
        // Its number can be looked up by anybody: what counts is whether it can be attached.
        Column::Sysv => {
            let found = SystemV::find(object::key(job.number), SIZE)?;
            let attached = found.attach(None).map(|_| ());
            std::mem::forget(found);
            attached
        }
        _ => find(job).unwrap_or(Err(Errno::ENOENT)),
    })
}

pub(crate) fn other_user_removes(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    if find(job).is_none() {
        return Ok(no_name());
    }
    as_other_user(|| object.remove().unwrap_or(Err(Errno::ENOENT)))
}
