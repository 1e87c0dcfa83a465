//! A capture: all that an inspect read, in one document, and the two ends of it.
//! `Recorder` makes one of another source; `Capture` is read like a machine.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{FileStat, Source};
use crate::facts::{Reading, StatFs};

/// The format this program writes and reads.
pub const FORMAT: &str = "shmeter-capture/1";

/// The document. Fields that older captures lack are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// [`FORMAT`].
    pub format: String,
    /// The process it was made of, where that is not the one that looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The folder it was made of, where that is not /dev/shm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Which program made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the machine is; for the reader of a bug report only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// The kernel's release.
    pub kernel_release: String,
    /// Bytes a page.
    pub page_size: u64,
    /// Texts of files. A path that is missing here did not exist.
    pub files: BTreeMap<String, String>,
    /// Paths that could not be read, and the error.
    #[serde(default)]
    pub unreadable: BTreeMap<String, String>,
    /// Symbolic links.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// Names in folders, where the paths of `files` do not tell them.
    #[serde(default)]
    pub folders: BTreeMap<String, Vec<String>>,
    /// stat(2).
    #[serde(default)]
    pub stat: BTreeMap<String, FileStat>,
    /// statfs(2).
    pub statfs: BTreeMap<String, StatFs>,
    /// Variables that were set in the environment of the process that looked, of those that tell a runtime.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub variables: BTreeSet<String>,
}

/// Why a text is no capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// No JSON, or cut off, or a field of the wrong form.
    #[error("it is no shmeter capture: {0}")]
    Form(#[from] serde_json::Error),
    /// JSON of something else, or of a later format.
    #[error("it is no shmeter capture of a known format: `format` is {0}, not \"{FORMAT}\"")]
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
