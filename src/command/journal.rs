//! A journal on disk, on stdout, or both: each line is written before anything else happens.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::{Code, Failure, print};
use crate::cli::Color;

/// Where the lines go.
pub(super) struct Journal {
    file: Option<File>,
    /// To stdout too.
    lines: bool,
    broken: bool,
}

impl Journal {
    /// A new one; what the file held before is gone.
    pub(super) fn new(path: Option<&Path>, lines: bool) -> Result<Journal, Failure> {
        let file = path.map(|path| {
            File::create(path).map_err(|error| {
                let why = format!("cannot write the journal {}: {error}", path.display());
                Failure::new(Code::Usage, why)
            })
        });
        Ok(Journal { file: file.transpose()?, lines, broken: false })
    }

    /// Writes a line that ends as lines do.
    pub(super) fn write(&mut self, line: &str) {
        let kept = self
            .file
            .as_mut()
            .is_none_or(|file| file.write_all(line.as_bytes()).and_then(|()| file.flush()).is_ok());
        if !kept && !self.broken {
            super::say("cannot write to the journal any more; the rest goes on");
            self.broken = true;
        }
        if self.lines {
            // A reader that went away is no reason to stop.
            let _ = print(line, Color::Never);
        }
    }
}
