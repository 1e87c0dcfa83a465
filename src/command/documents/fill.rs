//! The document of a fill: a session, its story told line by line, and the code that it exits with.

use super::announce;
use super::teller::{Tell, Teller};
use crate::command::{Code, Failure};
use crate::fill::Request;
use crate::fill::session::{Finished, Session, SessionError};
use crate::fill::supervisor::SpawnError;
use crate::report::fill::FillDocument;

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Failure {
        match error {
            SessionError::Probe(error) => error.into(),
            SessionError::Hidden(error) => error.into(),
            SessionError::Plan(_) => Failure::new(Code::Usage, error),
            SessionError::Spawn(SpawnError::Interrupted) => Failure::new(Code::Interrupted, error),
            SessionError::NotFillable { .. } | SessionError::Spawn(_) => {
                Failure::new(Code::Refused, error)
            }
        }
    }
}

/// Looks whether it can be, and plans it; `measure`: hidden limits are measured before.
pub(in crate::command) fn prepare(request: Request, measure: bool) -> Result<Session, Failure> {
    let mut announce = announce;
    Ok(Session::prepare(request, if measure { Some(&mut announce) } else { None })?)
}

/// Fills; `tell` hears each line of the journal, and what stands in `warned` is not said again. The code is
/// what a fill exits with.
pub(in crate::command) fn document<'a>(
    session: Session,
    tell: Option<Tell<'a>>,
    warned: &'a mut Vec<String>,
) -> Result<(FillDocument, Code), Failure> {
    let mut teller = Teller::new(tell, warned);
    let Finished { request, plan, prediction, facts, outcome, had_segment } =
        session.fill(&mut teller)?;
    let document = FillDocument::new(&request, &plan, prediction.as_ref(), &facts, &outcome);
    teller.end(&document);
    let code = match document.agrees {
        _ if document.interrupted => Code::Interrupted,
        _ if !had_segment => Code::Refused,
        Some(false) => Code::CheckFailed,
        _ => Code::Done,
    };
    Ok((document, code))
}
