//! The message that Kubernetes keeps of a container that ended, however it ended.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::command::{Code, Failure, output, say};
use crate::report::run::RunDocument;
use crate::report::run::summary::{UnderWay, summary};

/// Where Kubernetes mounts the file, unless a pod's `terminationMessagePath` says otherwise.
const DEFAULT: &str = "/dev/termination-log";

/// The file, if there is one.
pub(super) struct Termination {
    file: Option<File>,
    /// Somebody asked for it.
    asked: bool,
    /// The code of the first message that was lost.
    lost: Option<Code>,
}

impl Termination {
    /// The file that was asked for, or that the variable names, or the usual one where it exists.
    /// None is made: Kubernetes reads only the one that it made itself.
    pub(super) fn open(asked: Option<&Path>) -> Result<Termination, Failure> {
        let variable = std::env::var_os("TERMINATION_LOG").filter(|path| !path.is_empty());
        let named = asked.map(Path::to_owned).or_else(|| variable.map(PathBuf::from));
        let Some(path) = named else {
            let file = open(Path::new(DEFAULT)).ok();
            return Ok(Termination { file, asked: false, lost: None });
        };
        let cannot = |why: &dyn std::fmt::Display| {
            let path = path.display();
            let why = format!("cannot write the termination message into {path}: {why}");
            Failure::new(Code::Usage, why)
        };
        let file = open(&path).map_err(|error| cannot(&format!("{error}; the file must exist")))?;
        if let Some(other) = output::taken(file.as_fd()) {
            return Err(cannot(&format!("{other} goes there")));
        }
        Ok(Termination { file: Some(file), asked: true, lost: None })
    }

    pub(super) const fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// Puts what is known into the file, in place of what it held.
    pub(super) fn write(&mut self, document: &RunDocument, under_way: Option<UnderWay<'_>>) {
        let Some(file) = &mut self.file else { return };
        let text = summary(document, under_way);
        let length = u64::try_from(text.len()).unwrap_or(0);
        // Shortened after that: there is no moment at which it holds nothing.
        let done = file
            .rewind()
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.set_len(length));
        if let (Err(error), None) = (done, self.lost) {
            say(&format!("cannot write the termination message: {error}; continuing"));
            self.lost = Some(Code::Refused);
        }
    }

    /// What a command comes to that would have come to this: a message that was lost is told already.
    pub(super) fn end(&self, code: Code) -> Code {
        let lost = self.lost.filter(|_| self.asked && code == Code::Done);
        lost.unwrap_or(code)
    }
}

/// A file, and no pipe that would keep us waiting.
fn open(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(std::io::Error::other("not a regular file"))
}
