//! An application under observation: how much shared memory it takes, who of it holds that, what fails and why.
//! Samples come to peaks, signals to incidents, and both to a verdict and to what the application needs: all
//! that is pure. `command` starts one and hears of its ends, `sampler` looks many times a second.

mod command;
pub mod due;
pub mod events;
pub mod exit;
pub mod groups;
pub mod incident;
pub mod likely;
mod looker;
pub mod names;
pub mod needed;
mod notes;
mod observer;
pub mod peaks;
mod relay;
mod sampler;
pub mod seen;
pub mod shortage;
mod teller;
mod tracer;
pub mod verdict;

pub(crate) use command::{Asked, Observed, Trace, run};
pub(crate) use looker::Seen;
pub(crate) use notes::Notes;
pub(crate) use observer::{Observer, View};
pub(crate) use relay::Ear;
