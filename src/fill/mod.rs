//! Filling shared memory: what is planned and foretold (`plan`, pure), whom it spares (`spare`, pure), how
//! the edge is approached (`edge`, pure), how the team is led there (`run`), and what each worker does
//! (`worker`).

pub mod edge;
pub mod outcome;
pub mod plan;
pub mod run;
pub mod spare;
pub mod worker;

pub use plan::{Budget, Forecast, Plan, Request, Until};
