//! How each document comes about, whoever asked for it: the command itself, or `run`.

pub(super) mod bench;
pub(super) mod compare;
pub(super) mod fill;
pub(super) mod inspect;
mod teller;

use super::{Code, Failure, say};
use crate::fill::hidden_limits::{MeasureError, Plan};

/// Says what measuring hidden limits is about to do to others.
fn announce(plan: Option<&Plan>) {
    let Some(plan) = plan else {
        return say("every limit is visible: there is nothing to measure");
    };
    say(&format!("filling up to {} to find the limit; the kernel may drop file cache", plan.most));
    if plan.all_or_none {
        say("memory.oom.group is 1: if an OOM kill happens all the same, it ends the whole \
             container");
    }
}

impl From<MeasureError> for Failure {
    fn from(error: MeasureError) -> Failure {
        let code = match error {
            MeasureError::Interrupted => Code::Interrupted,
            MeasureError::Shared(_) => Code::Usage,
            _ => Code::Refused,
        };
        Failure::new(code, error)
    }
}
