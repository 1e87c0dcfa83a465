//! Filling shared memory: what is planned and predicted (`plan`, pure), whom it spares (`spare`, pure), how
//! the edge is approached (`edge`, pure), the way from a request to what it came to (`session`), how a team of processes is led there (`run`) and what it came to
//! the edge is approached (`edge`, pure), the way from a request to what it came to (`session`), how a team of
//! processes is led there (`run`) and what it came to (`outcome`).
//! at once, and what they do is counted in memory that outlives them (`ledger`), from which the end is
//! judged (`verdict`, pure).

pub mod edge;
pub mod hidden;
pub mod ledger;
pub mod outcome;
pub mod plan;
pub mod prediction;
pub mod request;
pub mod run;
pub mod session;
pub mod spare;
pub mod supervisor;
pub mod verdict;
pub mod worker;

pub use plan::Plan;
pub use prediction::FillPrediction;
pub use request::{Budget, PlanError, Request, Until};
