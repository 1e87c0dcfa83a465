//! Filling shared memory. A `session` goes from the `request` to the `outcome`: the `plan` says how much is
//! taken, with whom it `spare`s and how near it goes to the `edge` of memory, and the `prediction` says what
//! will come of it (all pure). `spawn` starts the program itself again for each `worker`, the `supervisor`
//! holds them, and `lead` releases them together, at a `pace` that others bear, while an `observer` is told.
//! A `stand_in` takes the OOM kill that would hit somebody else once a worker is dead. What they do is counted in
//! a `ledger` that outlives them; from that the `verdict` (pure) says how it ended.
//! `hidden_limits` are measured by a fill too.

pub(crate) mod edge;
pub mod hidden_limits;
pub mod lead;
pub mod ledger;
pub(crate) mod observer;
pub mod outcome;
mod pace;
pub mod plan;
pub(crate) mod prediction;
pub mod request;
pub(crate) mod session;
pub(crate) mod spare;
pub(crate) mod spawn;
mod stand_in;
pub(crate) mod supervisor;
pub mod verdict;
pub(crate) mod worker;

pub use plan::Plan;
pub use prediction::FillPrediction;
pub use request::{Budget, PlanError, Request, Until};
