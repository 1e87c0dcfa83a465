//! How a result looks: the document for programs, text for people, OpenMetrics for dashboards.
//! Pure: it returns strings, and must not compute what `capacity` should.
#![forbid(unsafe_code)]

pub mod bench;
pub(crate) mod charts;
pub mod compare;
pub(crate) mod escape;
pub mod explain;
pub mod fill;
pub mod inspect;
pub mod journal;
pub mod ls;
pub mod pages;
pub mod run;
pub(crate) mod style;
pub mod watch;

pub use bench::BenchDocument;
pub use compare::CompareDocument;
pub use fill::FillDocument;
pub use inspect::Document;

/// What belongs to the same key, in the order of the first of each.
fn grouped<K: PartialEq, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in pairs {
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, values)) => values.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    groups
}
