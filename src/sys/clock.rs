//! Raw readings of the two clocks that cost little: the kernel's monotonic one, and the CPU's counter.

/// Nanoseconds of CLOCK_MONOTONIC, which every process of a machine shares.
#[must_use]
pub(crate) fn now() -> u64 {
    let clock = nix::time::ClockId::CLOCK_MONOTONIC;
    let Ok(time) = nix::time::clock_gettime(clock) else { return 0 };
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec()).unwrap_or(0))
}

/// The CPU's own counter: the time stamp counter of x86, or the generic timer of aarch64; 0 elsewhere. It is
/// read only after all earlier loads are done (lfence): alone it may be read before a payload has come.
#[cfg(target_arch = "x86_64")]
#[inline]
#[must_use]
pub(crate) fn cpu_ticks() -> u64 {
    // SAFETY: every x86-64 has it (SSE2), and it touches no memory.
    unsafe { core::arch::x86_64::_mm_lfence() };
    // SAFETY: reads a register; every x86-64 has it, and Linux lets processes read it.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// The CPU's own counter: the time stamp counter of x86, or the generic timer of aarch64; 0 elsewhere. It is
/// read only after all earlier loads are done (dsb, isb): alone it may be read before a payload has come.
#[cfg(target_arch = "aarch64")]
#[inline]
#[must_use]
pub(crate) fn cpu_ticks() -> u64 {
    let ticks: u64;
    // SAFETY: reads a register that Linux lets processes read; touches no memory. The compiler is not told so,
    // and moves no access across it.
    unsafe {
        core::arch::asm!("dsb ishld", "isb", "mrs {}, cntvct_el0", out(reg) ticks, options(nostack))
    };
    ticks
}

/// The CPU's own counter: the time stamp counter of x86, or the generic timer of aarch64; 0 elsewhere.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[must_use]
pub(crate) fn cpu_ticks() -> u64 {
    0
}
