//! `shmeter ls`: who holds shared memory here.

use super::subject::{self, Subject};
use super::{Code, Failure, print};
use crate::cli::{LsArgs, LsFormat};
use crate::probe::{Live, Target, Unheld, holdings};
use crate::report::ls::{LsDocument, text};

/// Looks, and prints.
pub fn run(args: &LsArgs) -> Result<Code, Failure> {
    let path = subject::folder(args.target.path.as_ref());
    let live = Live::default();
    let subject = Subject::of(&live, args.target.pid, args.target.container.as_ref())?;
    let is_usual = path == Target::DEFAULT_PATH;
    let target = Target { pid: subject.pid, path };
    let mut found = holdings(&live, &target, Unheld::Ask)?;
    if !is_usual {
        // Memory without a file is in no folder, and is listed with /dev/shm.
        found.keep_files();
    }
    // A command to remove a segment is typed where shmeter was started.
    found.other_ipc |= subject.entered_ipc;
    let document = LsDocument::new(&found);
    subject.is_still_there(&live)?;
    let text = match args.output.format {
        LsFormat::Text => text::render(&document),
        LsFormat::Json => super::json(&document)?,
    };
    print(&text, args.output.color)?;
    Ok(Code::Done)
}
