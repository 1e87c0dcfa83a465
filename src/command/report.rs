//! `shmeter report`: what a fill's journal tells.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use super::{Code, Failure, print};
use crate::cli::{Color, ReportArgs};
use crate::report::journal::Story;
use crate::units::Bytes;

/// More than any journal of a fill has.
const LARGEST: u64 = 1 << 30;

/// Prints a few lines a journal; exit 3 where one tells nothing.
pub fn run(args: &ReportArgs) -> Result<Code, Failure> {
    let mut text = String::new();
    let mut code = Code::Done;
    for file in &args.files {
        let story = Story::read(&read(file)?);
        let _ = write!(text, "{}: ", file.display());
        if !tell(&mut text, &story) {
            code = Code::CannotTell;
        }
    }
    print(&text, Color::Never)?;
    Ok(code)
}

/// What is known; whether there is anything.
fn tell(out: &mut String, story: &Story) -> bool {
    let Some(start) = &story.start else {
        let _ = writeln!(out, "holds no journal of a fill");
        return false;
    };
    let processes = if start.procs == 1 { "process" } else { "processes" };
    let _ = writeln!(
        out,
        "{} by {}, {} {processes}, until {}",
        start.kind.word(),
        start.method.word(),
        start.procs,
        start.until
    );
    if let Some(predicted) = &start.predicted {
        let _ = writeln!(
            out,
            "  predicted  {} ({} bytes), then {}",
            Bytes(predicted.bytes),
            predicted.bytes,
            predicted.ends_in.word()
        );
    }
    let bytes = story.document.as_ref().and_then(|d| d.pointer("/measured/bytes")?.as_u64());
    let end = story.end().map_or("unknown", crate::capacity::End::word);
    match (bytes, story.at_most) {
        (Some(bytes), _) => {
            let _ = writeln!(out, "  measured   {} ({bytes} bytes), then {end}", Bytes(bytes));
        }
        (None, most) => {
            let most = most.unwrap_or(story.at_least);
            let _ = writeln!(
                out,
                "  cut off    between {} and {} ({} to {most} bytes), end: {end}",
                Bytes(story.at_least),
                Bytes(most),
                story.at_least
            );
            if start.oom_group {
                let _ = writeln!(
                    out,
                    "             memory.oom.group was 1: an OOM kill takes all of the container"
                );
            }
        }
    }
    true
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let done = if file.as_os_str() == "-" {
        crate::sys::start::end_on_signals();
        std::io::stdin().lock().take(LARGEST).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
    };
    done.map_err(|error| {
        Failure::new(Code::Usage, format!("cannot read {}: {error}", file.display()))
    })?;
    // A cut-off journal may end within a letter.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
