//! The message that Kubernetes keeps of a container that ended, however it ended.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::command::{Code, Failure};
use crate::report::run::RunDocument;
use crate::report::run::summary::{UnderWay, summary};

/// Where Kubernetes mounts the file, unless a pod's `terminationMessagePath` says otherwise.
const DEFAULT: &str = "/dev/termination-log";

/// The file, if there is one.
pub(super) struct Termination {
    file: Option<File>,
}

impl Termination {
    /// The file that was asked for, or that the variable names, or the usual one where it exists.
    /// None is made: Kubernetes reads only the one that it made itself.
    pub(super) fn open(asked: Option<&Path>) -> Result<Termination, Failure> {
        let variable = std::env::var_os("TERMINATION_LOG").filter(|path| !path.is_empty());
        let named = asked.map(Path::to_owned).or_else(|| variable.map(PathBuf::from));
        let Some(path) = named else {
            return Ok(Termination { file: open(Path::new(DEFAULT)).ok() });
        };
        let file = open(&path).map_err(|error| {
            let why = format!(
                "cannot write the termination message into {}: {error}; the file has to exist",
                path.display()
            );
            Failure::new(Code::Usage, why)
        })?;
        Ok(Termination { file: Some(file) })
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
        if let Err(error) = done {
            crate::command::say(&format!("cannot write the termination message: {error}"));
            self.file = None;
        }
    }
}

/// A file, and no pipe that would keep us waiting.
fn open(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(std::io::Error::other("it is no regular file"))
}
