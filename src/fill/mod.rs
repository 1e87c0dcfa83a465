//! Filling shared memory: what is planned and predicted (`plan`, pure), whom it spares (`spare`, pure), how
//! the edge is approached (`edge`, pure), the way from a request to what it came to (`session`), how a team of processes is led there (`run`) and what it came to
//! the edge is approached (`edge`, pure), the way from a request to what it came to (`session`), how a team of
//! processes is led there (`run`) and what it came to (`outcome`).
//! at once, and what they do is counted in memory that outlives them (`ledger`), from which the end is
//! judged (`verdict`, pure).

pub(crate) mod edge;
pub mod hidden;
pub mod ledger;
pub(crate) mod observer;
pub mod outcome;
mod pace;
pub mod plan;
pub(crate) mod prediction;
pub mod request;
pub mod run;
pub(crate) mod session;
pub(crate) mod spare;
pub(crate) mod spawn;
pub(crate) mod supervisor;
pub mod verdict;
pub(crate) mod worker;

pub use plan::Plan;
pub use prediction::FillPrediction;
pub use request::{Budget, PlanError, Request, Until};
