//! Memory: how large, what becomes of a mapping as it grows and shrinks, rights, seals, locks.

use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::libc;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags};

use super::{in_twin, yes_or};
use crate::capacity::ceiling::Unit;
use crate::capacity::{Scope, assess};
use crate::compare::object::{self, Object, SIZE};
use crate::compare::{Cell, Column, Job, kind};
use crate::probe::{Live, Target, gather, size_of_default_huge_pages};
use crate::segment::errno;
use crate::sys::mapping::Mapping;
use crate::sys::system_v::SystemV;

/// By doubling, without touching it: what the call grants, not what memory there is.
pub(crate) fn largest(job: &Job) -> Result<Cell, Errno> {
    let mut granted = None;
    let mut why = None;
    let most = half_of_promises(job);
    for shift in 12..62_u32 {
        let Some(bytes) = NonZeroUsize::new(1 << shift) else { break };
        if most.is_some_and(|most| most.0 >> shift == 0) {
            let said = format!("at least {}", crate::units::Bytes(1 << shift.saturating_sub(1)));
            return Ok(Cell::said(said.replace(".0 ", " "))
                .because("more would take half of what others can still create".to_owned()));
        }
        let made = Object::make(job, bytes).and_then(|object| object.map(bytes));
        match made {
            Ok(_) => granted = Some(bytes),
            Err(errno) => {
                why = Some(errno);
                break;
            }
        }
    }
    let Some(granted) = granted else { return Err(why.unwrap_or(Errno::EINVAL)) };
    let bytes = crate::units::Bytes(u64::try_from(granted.get()).unwrap_or(u64::MAX));
    let cell = Cell::said(bytes.to_string().replace(".0 ", " "));
    Ok(match why {
        Some(errno) => cell.because(format!("twice as much: {errno:?}")),
        None => cell,
    })
}

/// Half of what the machine and the IPC namespace still promise, where a segment takes all of that
/// from others as soon as it is made.
fn half_of_promises(job: &Job) -> Option<crate::units::Bytes> {
    /// No machine has as much, so nobody misses it.
    const ENDLESS: crate::units::Bytes = crate::units::Bytes(1 << 50);
    let kind = kind(job.column);
    let facts =
        gather(&Live::without_attempts(), &Target { pid: None, path: job.folder.clone() }).ok()?;
    let capacity = assess(&facts).take(kind);
    let promised = capacity.ceilings.iter().filter(|ceiling| {
        ceiling.at_creation && ceiling.scope == Scope::All && ceiling.unit == Unit::Bytes
    });
    let least = promised.filter_map(|ceiling| ceiling.room.bytes()).min()?;
    (least < ENDLESS).then_some(crate::units::Bytes(least.0 / 2))
}

/// Twice as much as a piece has.
const MORE: NonZeroUsize = NonZeroUsize::new(SIZE.get() << 1).unwrap();

pub(crate) fn grow(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let mut mapping = object.map(SIZE)?;
    match (&object, object.file()) {
        (_, Some(file)) => {
            let bytes = u64::try_from(MORE.get()).map_err(|_| Errno::EFBIG)?;
            file.set_len(bytes).map_err(errno)?;
        }
        // A segment that is larger than it was made is none.
        (Object::Sysv(_), None) => {
            let found = SystemV::find(object::key(job.number), MORE);
            return Ok(found.map_or_else(Cell::refused, |_| Cell::said("yes")));
        }
        _ => {}
    }
    mapping.grow(MORE)?;
    in_twin(|| {
        mapping.touch(SIZE.get(), 7);
        Ok(())
    })
}

pub(crate) fn shrink(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let mapping = object.map(SIZE)?;
    let Some(file) = object.file() else { return Ok(Cell::none("its size is fixed")) };
    mapping.touch(0, 7);
    file.set_len(0).map_err(errno)?;
    in_twin(|| {
        mapping.touch(0, 7);
        Ok(())
    })
}

pub(crate) fn sparse(job: &Job) -> Result<Cell, Errno> {
    const LARGE: NonZeroUsize = NonZeroUsize::new(16 << 20).unwrap();
    let object = Object::make(job, LARGE)?;
    let mapping = object.map(LARGE)?;
    let taken = match object.file() {
        Some(file) => file.metadata().map_err(errno)?.blocks().saturating_mul(512),
        // Not RssShmem: it counts all that the process has of tmpfs, its own program perhaps, and each CPU
        // keeps some of it to itself.
        None => match mapping.resident() {
            // A kernel that does not tell says that all is there (mincore(2) since Linux 5.2, gVisor).
            Ok(bytes) if bytes == LARGE.get() => {
                return Ok(Cell::none("mincore(2) says that all is in memory"));
            }
            Ok(bytes) => u64::try_from(bytes).unwrap_or(u64::MAX),
            Err(errno) => return Ok(Cell::none(format!("mincore(2) fails: {errno:?}"))),
        },
    };
    Ok(match taken {
        0 => Cell::said("none"),
        bytes => Cell::said(crate::units::Bytes(bytes).to_string()),
    })
}

pub(crate) fn read_only(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let mapping = object.map_as(SIZE, ProtFlags::PROT_READ)?;
    in_twin(|| {
        mapping.touch(0, 7);
        Ok(())
    })
}

pub(crate) fn executable(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let rights = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE | ProtFlags::PROT_EXEC;
    object.map_as(SIZE, rights).map(|_| Cell::said("yes"))
}

pub(crate) fn fork_shares(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let mapping = object.map(SIZE)?;
    let done = in_twin(|| {
        mapping.touch(0, 5);
        Ok(())
    })?;
    let mut seen = [0];
    mapping.get(0, &mut seen);
    Ok(if seen == [5] { done } else { Cell::said("no") })
}

pub(crate) fn seals(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    let Some(file) = object.file() else { return Ok(Cell::none("it has no descriptor")) };
    match fcntl(file, FcntlArg::F_ADD_SEALS(SealFlag::F_SEAL_WRITE)) {
        Ok(_) => {}
        // A file on a tmpfs says so too (memfd_add_seals, mm/memfd.c), but a memfd was made to take them.
        Err(errno @ (Errno::EPERM | Errno::ENOSYS)) if job.column == Column::Memfd => {
            return Err(errno);
        }
        Err(errno) => return Ok(Cell { said: "takes none".to_owned(), ..Cell::refused(errno) }),
    }
    let written = nix::unistd::write(file, b"x").map(|_| ());
    Ok(match written {
        Ok(()) => Cell::said("written"),
        Err(errno) => Cell::refused(errno),
    })
}

/// Bytes of a huge page of the pool that is taken where none is named: 2 MiB with pages of 4 KiB, 32 MiB with
/// 16 KiB, 512 MiB with 64 KiB. A file on hugetlbfs has no other lengths than multiples.
fn default_huge_page() -> NonZeroUsize {
    const USUAL: NonZeroUsize = NonZeroUsize::new(2 << 20).unwrap();
    let bytes = size_of_default_huge_pages(&Live::default());
    let bytes = bytes.and_then(|bytes| usize::try_from(bytes.0).ok());
    bytes.and_then(NonZeroUsize::new).unwrap_or(USUAL)
}

pub(crate) fn huge(job: &Job) -> Result<Cell, Errno> {
    let page = default_huge_page();
    // Mapped, but not touched: without a pool that is refused already.
    match job.column {
        Column::Posix | Column::Crate => {
            let mount =
                gather(&Live::without_attempts(), &Target { pid: None, path: job.folder.clone() });
            let options = mount.ok().and_then(|facts| facts.shm.mount.known().cloned());
            let options = options.map(|mount| mount.super_options).unwrap_or_default();
            let policy = options.split(',').find_map(|option| option.strip_prefix("huge="));
            Ok(match policy {
                None | Some("never") => {
                    Cell::said("no").because("the tmpfs is mounted without huge=")
                }
                Some(policy) => Cell::said(format!("huge={policy}")),
            })
        }
        Column::Sysv => {
            let segment = SystemV::make_as(object::key(job.number), page, libc::SHM_HUGETLB)?;
            segment.attach(None).map(|_| Cell::said("SHM_HUGETLB"))
        }
        Column::Memfd => {
            let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_HUGETLB;
            let file = std::fs::File::from(memfd_create(c"shmeter", flags)?);
            let bytes = u64::try_from(page.get()).map_err(|_| Errno::EFBIG)?;
            file.set_len(bytes).map_err(errno)?;
            let rights = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
            Mapping::with(Some(&file), page, rights, MapFlags::empty())
                .map(|_| Cell::said("MFD_HUGETLB"))
        }
        Column::Anon => {
            let rights = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
            Mapping::with(None, page, rights, MapFlags::MAP_HUGETLB)
                .map(|_| Cell::said("MAP_HUGETLB"))
        }
    }
}

pub(crate) fn numa(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    object.map(SIZE)?.bind_to_first_node().map(|()| Cell::said("yes"))
}

pub(crate) fn mlock(job: &Job) -> Result<Cell, Errno> {
    let object = Object::make(job, SIZE)?;
    object.map(SIZE)?.lock().map(|()| Cell::said("yes"))
}

pub(crate) fn shm_lock(job: &Job) -> Result<Cell, Errno> {
    match &Object::make(job, SIZE)? {
        Object::Sysv(segment) => Ok(yes_or(segment.lock())),
        _ => Ok(Cell::none("only System V has it")),
    }
}
