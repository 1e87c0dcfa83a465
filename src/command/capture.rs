//! `shmeter capture`: what an inspect reads, as one document.

use super::subject::{self, Subject};
use super::{Code, Failure, print};
use crate::cli::{CaptureArgs, Color};
use crate::probe::{Live, Recorder, Target, gather, release};

/// Prints the capture.
pub fn run(args: &CaptureArgs) -> Result<Code, Failure> {
    let path = subject::folder(args.target.path.as_ref());
    let live = Live::default();
    let subject = Subject::of(&live, args.target.pid, args.target.container.as_ref())?;
    let recorder = Recorder::new(&live);
    gather(&recorder, &Target { pid: subject.pid, path })?;
    subject.is_still_there(&live)?;
    let release = release(&recorder);
    let mut capture = recorder.into_capture();
    capture.pid = subject.pid;
    capture.path.clone_from(&args.target.path);
    capture.kernel_release = release.known().map_or("", |text| text.trim()).to_owned();
    capture.environment = [
        ("os", sysinfo::System::long_os_version()),
        ("kernel", sysinfo::System::kernel_long_version()),
        ("cpu_arch", Ok(sysinfo::System::cpu_arch())),
        ("distribution", Ok(sysinfo::System::distribution_id())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value.ok()?)))
    .collect();
    print(&super::json(&capture)?, Color::Never)?;
    Ok(Code::Done)
}
