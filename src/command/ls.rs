//! `shmeter ls`: who holds shared memory here.

use super::inspect::Subject;
use super::{Code, Failure, print};
use crate::cli::{LsArgs, LsFormat};
use crate::probe::{Live, Target, holdings};
use crate::report::ls::{LsDocument, text};

/// Looks, and prints.
pub fn run(args: &LsArgs) -> Result<Code, Failure> {
    let path = args.path.clone().unwrap_or_else(|| Target::DEFAULT_PATH.to_owned());
    let live = Live::default();
    let subject = Subject::of(&live, args.pid, args.container.as_ref())?;
    let found = holdings(&live, &Target { pid: subject.pid, path });
    let document = LsDocument::new(&found.map_err(super::inspect::failure)?);
    subject.is_still_there(&live)?;
    let text = match args.format {
        LsFormat::Text => text::render(&document),
        LsFormat::Json => super::json(&document)?,
    };
    print(&text, args.color)?;
    Ok(Code::Done)
}
