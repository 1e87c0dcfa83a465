//! What of a cgroup's usage memory.stat can account for. The rest are pages that CPUs have charged ahead.

use crate::units::Bytes;

/// Figures of memory.stat of which each page that is charged is in one (Documentation/admin-guide/cgroup-v2.rst).
/// zswap, shmem and vmalloc are inside of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    anon: Option<u64>,
    file: Option<u64>,
    /// Since Linux 5.18; before, its largest parts.
    kernel: Option<u64>,
    slab: Option<u64>,
    kernel_stack: Option<u64>,
    pagetables: Option<u64>,
    percpu: Option<u64>,
    sock: Option<u64>,
    /// Only where huge pages are charged.
    hugetlb: Option<u64>,
    /// v1; what the kernel needs is in a file of its own.
    rss: Option<u64>,
    cache: Option<u64>,
}

impl Counted {
    /// Takes a figure, if it is one of these.
    pub(super) fn note(&mut self, key: &str, value: u64) {
        let place = match key {
            "anon" => &mut self.anon,
            "file" => &mut self.file,
            "kernel" => &mut self.kernel,
            "slab" => &mut self.slab,
            "kernel_stack" => &mut self.kernel_stack,
            "pagetables" => &mut self.pagetables,
            "percpu" => &mut self.percpu,
            "sock" => &mut self.sock,
            "hugetlb" => &mut self.hugetlb,
            "rss" => &mut self.rss,
            "cache" => &mut self.cache,
            _ => return,
        };
        *place = Some(value);
    }

    /// The sum; `None` where a figure is missing that belongs to it.
    pub(super) fn sum(&self) -> Option<Bytes> {
        if let (Some(rss), Some(cache)) = (self.rss, self.cache) {
            return Some(Bytes(rss).saturating_add(Bytes(cache)));
        }
        let kernel = match self.kernel {
            Some(kernel) => kernel,
            None => [
                self.slab?,
                self.kernel_stack?,
                self.pagetables.unwrap_or(0),
                self.percpu.unwrap_or(0),
            ]
            .into_iter()
            .fold(0, u64::saturating_add),
        };
        let others =
            [self.anon?, self.file?, kernel, self.sock.unwrap_or(0), self.hugetlb.unwrap_or(0)];
        Some(Bytes(others.into_iter().fold(0, u64::saturating_add)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(figures: &[(&str, u64)]) -> Option<u64> {
        let mut counted = Counted::default();
        figures.iter().for_each(|(key, value)| counted.note(key, *value));
        counted.sum().map(|bytes| bytes.0)
    }

    #[test]
    fn each_page_is_counted_once_and_nothing_is_said_where_a_figure_is_missing() {
        let new = [("anon", 1), ("file", 2), ("kernel", 4), ("slab", 3), ("sock", 8), ("shmem", 2)];
        assert_eq!(sum(&new), Some(15));
        let old = [("anon", 1), ("file", 2), ("slab", 4), ("kernel_stack", 8), ("pagetables", 16)];
        assert_eq!(sum(&old), Some(31));
        assert_eq!(sum(&[("rss", 1), ("cache", 2), ("mapped_file", 9)]), Some(3));
        assert_eq!(sum(&[("anon", 1), ("file", 2), ("slab_reclaimable", 4)]), None);
        assert_eq!(sum(&[("file", 2), ("kernel", 4)]), None);
    }
}
