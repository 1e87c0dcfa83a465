//! A capture: all that an inspect read, in one document, and the two ends of it.
//! `Recorder` makes one of another source; `Capture` is read like a machine.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{FileStat, Source};
use crate::facts::attempts::{Attempt, parse_attempt};
use crate::facts::{Attempts, Owner, ParseError, Reading, StatFs};

/// The format this program writes and reads.
pub const FORMAT: &str = "shmeter-capture/1";

/// All that an inspect reads, as `shmeter capture` writes it. Fields that older captures lack are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Capture {
    /// Name and version of this format.
    #[cfg_attr(test, schemars(extend("const" = FORMAT)))]
    pub format: String,
    /// The inspected process, where it is not the own one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The inspected folder, where it is not /dev/shm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Version of shmeter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The machine, for people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Release of the kernel.
    pub kernel_release: String,
    /// Bytes of a page.
    pub page_size: u64,
    /// Texts of files, by path. A path that is missing did not exist.
    pub files: BTreeMap<String, String>,
    /// Errors of paths that could not be read. Below /proc/PID/root a path that leads elsewhere is `EXDEV` or `ELOOP`, and
    /// a file system whose server does not answer within 2 s is `ETIMEDOUT`.
    #[serde(default)]
    pub unreadable: BTreeMap<String, String>,
    /// Targets of symbolic links.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Names in folders, where `files` does not tell them.
    #[serde(default)]
    pub folders: BTreeMap<String, Vec<String>>,
    /// Results of stat(2).
    #[serde(default)]
    pub stat: BTreeMap<String, FileStat>,
    /// Results of statfs(2).
    pub statfs: BTreeMap<String, StatFs>,
    /// Texts of files that were read a second time, to see whether they change.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub again: BTreeMap<String, String>,
    /// Owners and modes, by path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, OwnerRecord>,
    /// Result of making a segment, by kind: `made`, an errno, or SIGSYS.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attempts: BTreeMap<String, String>,
    /// Names of environment variables that were set and tell the runtime, without their values.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub variables: BTreeSet<String>,
    /// Whether counters that lag were brought up to date first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stirred: bool,
}

/// Owner and mode of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OwnerRecord {
    /// Octal, such as 1777.
    pub mode: String,
    pub uid: u32,
    pub gid: u32,
}

impl From<Owner> for OwnerRecord {
    fn from(Owner { uid, gid, mode }: Owner) -> OwnerRecord {
        OwnerRecord { mode: format!("{mode:04o}"), uid, gid }
    }
}

impl OwnerRecord {
    fn owner(&self) -> Reading<Owner> {
        match u32::from_str_radix(&self.mode, 8) {
            Ok(mode) => Reading::Known(Owner { uid: self.uid, gid: self.gid, mode }),
            Err(_) => Reading::Unknown(ParseError::new("a mode", &self.mode).to_string().into()),
        }
    }
}

/// Why a text is no capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// No JSON, or cut off, or a field of the wrong form.
    #[error("not a shmeter capture: {0}")]
    Form(#[from] serde_json::Error),
    /// JSON of something else, or of a later format.
    #[error("not a shmeter capture of a known format: `format` is {0}, not \"{FORMAT}\"")]
    Format(String),
}

impl Capture {
    /// Reads a capture's text.
    ///
    /// # Errors
    /// When it is not JSON, cut off, of another format, or a field is of the wrong form.
    pub fn parse(text: &str) -> Result<Capture, CaptureError> {
        #[derive(Deserialize)]
        struct Head {
            format: Option<serde_json::Value>,
        }
        let head: Head = serde_json::from_str(text)?;
        match head.format {
            Some(serde_json::Value::String(format)) if format == FORMAT => {
                Ok(serde_json::from_str(text)?)
            }
            Some(other) => {
                let shown: String = other.to_string().chars().take(60).collect();
                Err(CaptureError::Format(shown))
            }
            None => Err(CaptureError::Format("missing".to_owned())),
        }
    }

    fn or_unreadable<T>(&self, path: &str, value: Option<T>) -> Reading<T> {
        match value {
            Some(value) => Reading::Known(value),
            None => match self.unreadable.get(path) {
                Some(why) => Reading::Unknown(why.as_str().into()),
                None => Reading::Absent,
            },
        }
    }
}

impl Source for Capture {
    fn read(&self, path: &str) -> Reading<String> {
        let text = self.files.get(path).cloned();
        let release = || {
            let known = path == "/proc/sys/kernel/osrelease" && !self.kernel_release.is_empty();
            known.then(|| self.kernel_release.clone())
        };
        self.or_unreadable(path, text.or_else(release))
    }

    fn read_again(&self, path: &str) -> Reading<String> {
        self.again.get(path).cloned().map_or(Reading::Absent, Reading::Known)
    }

    fn stir(&self, _pages: u64) -> bool {
        self.stirred
    }

    fn attempts(&self, _folder: Option<&str>) -> Attempts {
        let of = |kind: &str| {
            let text = self.attempts.get(kind).cloned();
            text.map_or(Reading::Absent, Reading::Known).parse(parse_attempt)
        };
        Attempts { posix: of("posix"), sysv: of("sysv"), memfd: of("memfd"), anon: of("anon") }
    }

    fn owner(&self, path: &str) -> Reading<Owner> {
        match self.owners.get(path) {
            Some(record) => record.owner(),
            None => self.or_unreadable(path, None),
        }
    }

    fn link(&self, path: &str) -> Reading<String> {
        self.or_unreadable(path, self.links.get(path).cloned())
    }

    fn list(&self, path: &str) -> Reading<Vec<String>> {
        if let Some(names) = self.folders.get(path) {
            return Reading::Known(names.clone());
        }
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let names: BTreeSet<&str> = self
            .files
            .range(prefix.clone()..)
            .take_while(|(file, _)| file.starts_with(&prefix))
            .filter_map(|(file, _)| file.get(prefix.len()..)?.split('/').next())
            .collect();
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        self.or_unreadable(path, (!names.is_empty()).then_some(names))
    }

    fn statfs(&self, path: &str) -> Reading<StatFs> {
        self.or_unreadable(path, self.statfs.get(path).copied())
    }

    fn stat(&self, path: &str) -> Reading<FileStat> {
        self.or_unreadable(path, self.stat.get(path).copied())
    }

    fn is_set(&self, variable: &str) -> bool {
        self.variables.contains(variable)
    }

    fn page_size(&self) -> u64 {
        self.page_size
    }

    fn is_capture(&self) -> bool {
        true
    }
}

/// Passes every look through to another source and writes down what it saw.
#[derive(Debug)]
pub struct Recorder<'a, S> {
    source: &'a S,
    capture: RefCell<Capture>,
}

impl<'a, S: Source> Recorder<'a, S> {
    /// A recorder of `source` that has seen nothing yet.
    pub(crate) fn new(source: &'a S) -> Self {
        let capture = Capture {
            format: FORMAT.to_owned(),
            pid: None,
            path: None,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            environment: BTreeMap::new(),
            kernel_release: String::new(),
            page_size: source.page_size(),
            files: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            links: BTreeMap::new(),
            folders: BTreeMap::new(),
            stat: BTreeMap::new(),
            statfs: BTreeMap::new(),
            again: BTreeMap::new(),
            owners: BTreeMap::new(),
            attempts: BTreeMap::new(),
            stirred: false,
            variables: BTreeSet::new(),
        };
        Recorder { source, capture: RefCell::new(capture) }
    }

    pub(crate) fn into_capture(self) -> Capture {
        self.capture.into_inner()
    }

    fn note<T: Clone>(
        &self,
        path: &str,
        reading: Reading<T>,
        place: impl FnOnce(&mut Capture) -> &mut BTreeMap<String, T>,
    ) -> Reading<T> {
        let mut capture = self.capture.borrow_mut();
        match &reading {
            Reading::Known(value) => {
                place(&mut capture).insert(path.to_owned(), value.clone());
            }
            Reading::Unknown(why) => {
                capture.unreadable.insert(path.to_owned(), why.to_string());
            }
            Reading::Absent => {}
        }
        reading
    }
}

impl<S: Source> Source for Recorder<'_, S> {
    fn read(&self, path: &str) -> Reading<String> {
        self.note(path, self.source.read(path), |capture| &mut capture.files)
    }

    fn read_again(&self, path: &str) -> Reading<String> {
        let text = self.source.read_again(path);
        if let Reading::Known(text) = &text {
            self.capture.borrow_mut().again.insert(path.to_owned(), text.clone());
        }
        text
    }

    fn stir(&self, pages: u64) -> bool {
        let stirred = self.source.stir(pages);
        self.capture.borrow_mut().stirred |= stirred;
        stirred
    }

    fn attempts(&self, folder: Option<&str>) -> Attempts {
        let attempts = self.source.attempts(folder);
        let mut capture = self.capture.borrow_mut();
        let mut note = |kind: &str, attempt: &Reading<Attempt>| {
            if let Reading::Known(attempt) = attempt {
                capture.attempts.insert(kind.to_owned(), attempt.to_string());
            }
        };
        note("posix", &attempts.posix);
        note("sysv", &attempts.sysv);
        note("memfd", &attempts.memfd);
        note("anon", &attempts.anon);
        attempts
    }

    fn owner(&self, path: &str) -> Reading<Owner> {
        let owner = self.source.owner(path);
        if let Reading::Known(owner) = owner {
            self.capture.borrow_mut().owners.insert(path.to_owned(), owner.into());
        }
        owner
    }

    fn link(&self, path: &str) -> Reading<String> {
        self.note(path, self.source.link(path), |capture| &mut capture.links)
    }

    fn list(&self, path: &str) -> Reading<Vec<String>> {
        self.note(path, self.source.list(path), |capture| &mut capture.folders)
    }

    fn statfs(&self, path: &str) -> Reading<StatFs> {
        self.note(path, self.source.statfs(path), |capture| &mut capture.statfs)
    }

    fn stat(&self, path: &str) -> Reading<FileStat> {
        self.note(path, self.source.stat(path), |capture| &mut capture.stat)
    }

    fn verify(&self, folder: &str, mount: u64) -> bool {
        self.source.verify(folder, mount)
    }

    fn is_set(&self, variable: &str) -> bool {
        let set = self.source.is_set(variable);
        if set {
            self.capture.borrow_mut().variables.insert(variable.to_owned());
        }
        set
    }

    fn page_size(&self) -> u64 {
        self.source.page_size()
    }

    fn is_capture(&self) -> bool {
        self.source.is_capture()
    }
}
