//! sysinfo, a well-kept crate for host facts, held against the kernel's own numbers: where it is
//! right, and where it is not what a container needs.

use shmeter::facts::meminfo::parse_meminfo;

#[test]
fn sysinfo_and_the_kernel_agree_on_the_memory_of_the_machine() {
    let system = sysinfo::System::new_with_specifics(
        sysinfo::RefreshKind::nothing()
            .with_memory(sysinfo::MemoryRefreshKind::nothing().with_ram().with_swap()),
    )
    .unwrap();
    let text = std::fs::read_to_string("/proc/meminfo").unwrap();
    let kernel = parse_meminfo(&text).unwrap();
    assert_eq!(system.total_memory(), kernel.total.0);
    assert_eq!(system.total_swap(), kernel.swap_total.0);
}

#[test]
fn sysinfo_names_the_kernel_that_a_capture_names() {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    assert_eq!(sysinfo::System::kernel_version().unwrap(), release.trim());
}
