//! The messages, one entry each: what is printed, what it means, and where that was verified.
//!
//! An entry's patterns are as short as they can be without meaning something else, since words around a message
//! change with versions. Its example is a line as somebody met it, or as the source forms it.

mod alike;
mod browsers;
mod calls;
mod containers;
mod databases;
mod desktop;
mod general;
mod messaging;
mod mpi;
mod python;
mod servers;
mod serving;
mod training;

use super::Entry;

const ALL: [&[Entry]; 13] = [
    databases::ENTRIES,
    training::ENTRIES,
    serving::ENTRIES,
    python::ENTRIES,
    servers::ENTRIES,
    mpi::ENTRIES,
    messaging::ENTRIES,
    browsers::ENTRIES,
    desktop::ENTRIES,
    containers::ENTRIES,
    alike::ENTRIES,
    calls::ENTRIES,
    general::ENTRIES,
];

/// Every entry, in the order of the catalogue.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ALL.into_iter().flatten()
}
