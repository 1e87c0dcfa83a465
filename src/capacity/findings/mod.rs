//! What is worth telling a person, and the fix to paste.
//! Must not know how a report looks.

use serde::Serialize;

use super::ceiling::{Ceiling, Source};
use super::end::Method;
use super::predict::tightest;
use super::{ByKind, Capacity, Kind};
use crate::facts::Facts;
use crate::units::Bytes;

mod dds;
mod full;
mod kernel;
mod limits;
mod listing;
mod memory;
pub(crate) mod namespace;
mod place;
pub(crate) mod requirement;
mod rights;
mod sandbox;
mod size;
mod volume;

/// How severe a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Useful to know.
    Info,
    /// A problem under load.
    Warn,
    /// A problem now.
    Fail,
}

/// Something the user should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// A word for scripts: docs/contract.md lists them.
    pub id: &'static str,
    /// How severe it is.
    pub severity: Severity,
    /// What is wrong, and why it matters.
    pub message: String,
    /// What to do, ready to be pasted; null where nothing can be done.
    pub fix: Option<String>,
}

/// What was asked of an inspect beside the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Kinds that must have so much.
    pub require: ByKind<Option<Bytes>>,
    /// What the application needs of memory beside its shared memory.
    pub app_memory: Option<Bytes>,
    /// The emptyDir sizeLimit that was meant to apply.
    pub size_limit: Option<Bytes>,
}

/// Every finding, the worst first.
#[must_use]
pub(crate) fn findings(
    facts: &Facts,
    capacities: &ByKind<Capacity>,
    asked: &Asked,
) -> Vec<Finding> {
    let posix = &capacities[Kind::Posix];
    let candidates = [
        // What is there has no room of memory that is known: a memfd has.
        place::not_shared_memory(facts, &capacities[Kind::Memfd], asked),
        place::read_only(facts),
        rights::cannot_create(facts, posix),
        rights::refused(facts, &capacities[Kind::Sysv]),
        rights::refused(facts, &capacities[Kind::Memfd]),
        rights::refused(facts, &capacities[Kind::Anon]),
        full::shm_full(facts, posix, asked),
        requirement::not_met(facts, capacities, asked, Kind::Posix),
        requirement::not_met(facts, capacities, asked, Kind::Sysv),
        requirement::not_met(facts, capacities, asked, Kind::Memfd),
        requirement::not_met(facts, capacities, asked, Kind::Anon),
        place::size_not_applied(facts, posix, asked),
        place::wrong_view(facts),
        size::file_size_limit(facts, posix),
        // What fails now comes before what may.
        limits::sysv_exhausted(facts, &capacities[Kind::Sysv]),
        limits::semaphores_spent(facts),
        limits::huge_pages_refused(facts),
        namespace::sysv_limit(facts, capacities),
        dds::dds_peers(facts),
        size::runtime_default(facts, posix, asked),
        size::kill_before_enospc(facts, posix, asked)
            .or_else(|| size::kill_beside(facts, posix, asked)),
        sandbox::sandboxed_kernel(facts),
        volume::elsewhere(facts),
        volume::shared(facts),
        volume::of_the_host(facts),
        volume::of_the_sandbox(facts),
        memory::oom_group(facts, posix),
        memory::bystander(facts, posix),
        memory::throttled(facts, posix),
        memory::one_big_fallocate(facts, posix),
        memory::commit_limit(facts, posix),
        memory::host_wide(facts, posix, asked),
        df_overstates(facts, posix),
        place::inodes_low(facts),
        place::leftover(facts),
        limits::address_limit(facts, posix),
        limits::semaphores(facts),
        limits::map_count(facts),
        limits::huge_pages_low(facts),
        limits::remove_ipc(facts),
        rights::protected_regular(facts),
        // Nearly everybody has these: what is one of /dev/shm itself comes first.
        rights::noexec(facts, posix, asked),
        kernel::no_memory_controller(facts),
        memory::hidden_ancestors(facts, posix),
        limits::memlock(facts, posix),
    ];
    let mut findings: Vec<Finding> = candidates.into_iter().flatten().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn finding(
    id: &'static str,
    severity: Severity,
    message: String,
    fix: impl Into<Option<String>>,
) -> Option<Finding> {
    Some(Finding { id, severity, message, fix: fix.into() })
}

/// The room under the limits of memory alone, the tmpfs left aside.
#[must_use]
pub(crate) fn memory_room(capacity: &Capacity) -> Option<Bytes> {
    let of_memory = |ceiling: &Ceiling| {
        matches!(ceiling.source, Source::CgroupMemory | Source::CgroupHigh | Source::HostMemory)
    };
    tightest(&capacity.ceilings, Method::Write, 1, of_memory)?.1.bytes()
}

/// By how much df is off, where that is worth telling.
#[must_use]
pub(crate) fn df_excess(facts: &Facts, posix: &Capacity) -> Option<Bytes> {
    let shown = facts.shm.statfs.known()?.available();
    if posix.binding().is_some_and(|ceiling| ceiling.source == Source::RlimitFsize) {
        return None; // df is right over several files
    }
    // What is written is not mapped.
    let of_mappings = posix.binding().is_some_and(|ceiling| ceiling.source == Source::RlimitAs);
    let method = if of_mappings { Method::Write } else { Method::Touch };
    let available = posix.reach(method)?.available?;
    let excess = shown.saturating_sub(available);
    (excess > available.tolerance()).then_some(excess)
}

fn df_overstates(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    let excess = df_excess(facts, posix)?;
    let shown = facts.shm.statfs.known()?.available();
    let of_mappings = posix.binding()?.source == Source::RlimitAs;
    let binding = if of_mappings {
        let rest = |ceiling: &Ceiling| ceiling.source != Source::RlimitAs;
        tightest(&posix.ceilings, Method::Write, 1, rest)?.0
    } else {
        posix.binding()?
    };
    let by = binding.source.title();
    finding(
        "df-overstates",
        Severity::Info,
        format!("df shows {shown} as free, {excess} more than fit: {by} is reached first."),
        None,
    )
}
