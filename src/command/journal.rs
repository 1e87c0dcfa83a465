//! A journal on disk, on stdout, or both: each line is written before anything else happens.

use std::fs::{File, OpenOptions};
use std::io::Seek;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use super::{Code, Failure, output, print, say};
use crate::cli::Color;

/// Where the lines go.
pub(super) struct Journal {
    file: Option<Kept>,
    /// To stdout too.
    lines: bool,
    /// The code of the first that was lost on stdout.
    lost: Option<Code>,
}

/// The file.
struct Kept {
    path: PathBuf,
    file: File,
    /// Bytes of the lines that are whole.
    whole: u64,
    /// The code of the first that was lost.
    lost: Option<Code>,
}

impl Journal {
    /// A new one; what the file held before is gone. `message`: the file of the termination message.
    pub(super) fn new(
        path: Option<&Path>,
        lines: bool,
        message: Option<&File>,
    ) -> Result<Journal, Failure> {
        let file = path.map(|path| Kept::open(path, message)).transpose()?;
        Ok(Journal { file, lines, lost: None })
    }

    /// Writes a line that ends as lines do. One that is lost is told, and no reason to stop.
    pub(super) fn write(&mut self, line: &str) {
        if let Some(file) = self.file.as_mut().filter(|file| goes_on(file.lost)) {
            file.write(line);
        }
        if self.lines
            && goes_on(self.lost)
            && let Err(failure) = print(line, Color::Never)
        {
            first(&mut self.lost, &failure);
        }
    }

    /// What a command comes to that would have come to this: lines that were lost are told already.
    pub(super) fn end(&self, code: Code) -> Code {
        let lost = self.file.as_ref().and_then(|file| file.lost).or(self.lost);
        if code == Code::Done { lost.unwrap_or(code) } else { code }
    }
}

impl Kept {
    fn open(path: &Path, message: Option<&File>) -> Result<Kept, Failure> {
        let cannot = |why: &dyn std::fmt::Display| {
            let why = format!("cannot write the journal {}: {why}", path.display());
            Failure::new(Code::Usage, why)
        };
        // Without a wait for somebody who reads a pipe, and cut only once it is known to be none of the others.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).custom_flags(libc::O_NONBLOCK);
        let file = options.open(path).map_err(|error| {
            let pipe = std::fs::metadata(path).is_ok_and(|file| file.file_type().is_fifo());
            match error.raw_os_error().map(Errno::from_raw) {
                Some(Errno::ENXIO) if pipe => cannot(&"no process has that pipe open for reading"),
                _ => cannot(&error),
            }
        })?;
        if let Some(other) = output::taken(file.as_fd()) {
            return Err(cannot(&format!("{other} goes there; --format jsonl prints it on stdout")));
        }
        if message.is_some_and(|message| output::is_same(file.as_fd(), message.as_fd())) {
            return Err(cannot(&"the termination message goes there"));
        }
        if output::is_file(file.as_fd()) {
            file.set_len(0).map_err(|error| cannot(&error))?;
        }
        Ok(Kept { path: path.to_owned(), file, whole: 0, lost: None })
    }

    fn write(&mut self, line: &str) {
        match output::write(self.file.as_fd(), line.as_bytes()) {
            Ok(()) => {
                let length = u64::try_from(line.len()).unwrap_or(0);
                self.whole = self.whole.saturating_add(length);
            }
            Err(errno) => {
                let what = format!("the journal {}", self.path.display());
                first(&mut self.lost, &output::lost(&what, errno));
                // The next one, for which there may be room again, begins where this one did.
                let _ = self.file.set_len(self.whole);
                let _ = self.file.seek(std::io::SeekFrom::Start(self.whole));
            }
        }
    }
}

/// Whether it is worth a try: there may be room again, but who took nothing is not waited for again.
fn goes_on(lost: Option<Code>) -> bool {
    lost != Some(Code::Interrupted)
}

/// Tells the first that is lost.
fn first(lost: &mut Option<Code>, failure: &Failure) {
    if lost.is_none() {
        say(&format!("{failure}; continuing"));
        *lost = Some(failure.code);
    }
}
