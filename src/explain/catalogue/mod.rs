//! The messages, one entry each: what is printed, what it means, and where that was verified.
//!
//! An entry's patterns are as short as they can be without meaning something else, since words around a message
//! change with versions. Its example is a line as somebody met it, or as the source forms it.

mod addresses;
mod alike;
mod apache;
mod boost;
mod browsers;
mod calls;
mod cameras;
mod containers;
mod databases;
mod db2;
mod desktop;
mod drivers;
mod fabrics;
mod general;
mod hugepages;
mod joblib;
mod kernel;
mod kubernetes;
mod libraries;
mod loader;
mod machines;
mod messaging;
mod mpi;
mod mpich;
mod nccl;
mod oracle;
mod php;
mod podman;
mod pools;
mod postgresql;
mod proxies;
mod python;
mod ray;
mod resources;
mod runtimes;
mod sandboxes;
mod science;
mod servers;
mod serving;
mod signals;
mod sound;
mod sqlite;
mod training;
mod vendors;

use super::Entry;

const ALL: [&[Entry]; 52] = [
    postgresql::ENTRIES,
    oracle::ENTRIES,
    db2::ENTRIES,
    vendors::ENTRIES,
    databases::ENTRIES,
    sqlite::ENTRIES,
    training::ENTRIES,
    nccl::ENTRIES,
    serving::ENTRIES,
    ray::ENTRIES,
    python::ENTRIES,
    php::ENTRIES,
    runtimes::ENTRIES,
    servers::ENTRIES,
    proxies::ENTRIES,
    apache::ENTRIES,
    mpi::ENTRIES,
    mpich::ENTRIES,
    fabrics::ENTRIES,
    messaging::ENTRIES,
    libraries::ENTRIES,
    boost::ENTRIES,
    science::ENTRIES,
    browsers::ENTRIES,
    desktop::ENTRIES,
    sound::ENTRIES,
    cameras::ENTRIES,
    machines::ENTRIES,
    hugepages::ENTRIES,
    containers::ENTRIES,
    kubernetes::ENTRIES,
    podman::ENTRIES,
    sandboxes::ENTRIES,
    joblib::ENTRIES,
    kernel::ENTRIES,
    signals::supervisors::ENTRIES,
    signals::programs::ENTRIES,
    loader::ENTRIES,
    pools::ENTRIES,
    drivers::ENTRIES,
    addresses::ENTRIES,
    alike::ENTRIES,
    resources::ENTRIES,
    calls::sysv::ENTRIES,
    calls::semaphores::ENTRIES,
    calls::posix::ENTRIES,
    calls::memory::ENTRIES,
    calls::files::ENTRIES,
    calls::settings::ENTRIES,
    calls::words::ENTRIES,
    calls::unknown::ENTRIES,
    general::ENTRIES,
];

/// Every entry, in the order of the catalogue.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ALL.into_iter().flatten()
}
