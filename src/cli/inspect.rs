//! The options of inspect, which is what happens without a command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, FromArgMatches, ValueEnum};

use super::common::{Forms, OutputArgs, TargetArgs};
use crate::capacity::Kind;
use crate::units::{Bytes, SizeError};

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Show how much shared memory fits, and what limits it

For each kind of shared memory inspect reports how many bytes still fit, which
limit applies, what happens when it is reached, and what to change.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter inspect                     what fits here, and what limits it
  shmeter inspect --explain           every limit, and where it was read
  shmeter inspect --pid 1             the target, from a debug container
  shmeter inspect --require 1Gi       exit with 1 if less fits
  shmeter inspect --require 1Gi --app-memory 2Gi    do both fit?
  shmeter -q --require 1Gi && exec app    start app only if it fits
  shmeter inspect --measure           find limits that no file shows
  shmeter inspect --from bug.json     inspect a capture

Exit codes:
  0    no check failed; there may be warnings
  1    a check failed, or a finding has severity fail
  2    usage error, or --measure could hit others
  3    a needed fact cannot be read
  4    refused by the system
  130  interrupted";

/// Options of inspect.
#[derive(Debug, Args)]
pub struct InspectArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Read a capture, not this machine (`-`: stdin)
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    #[arg(conflicts_with = "container")]
    pub(crate) from: Option<PathBuf>,
    /// Exit with 1 if less fits (SIZE or KIND=SIZE)
    ///
    /// KIND is posix (the default), sysv, memfd or anon. The option may be
    /// given once for each kind.
    /// SIZE is a number of bytes with a suffix of Kubernetes or Docker:
    /// 268435456, 256Mi, 256M (10^6), 1.5Gi, 64m (Docker: MiB).
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true, verbatim_doc_comment)]
    pub(crate) require: Vec<Requirement>,
    /// Other memory that the application needs
    ///
    /// Heap, caches and all that is not shared memory. With it, --require
    /// asks whether the memory limit holds both, and fixes leave room for
    /// both.
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true, verbatim_doc_comment)]
    pub(crate) app_memory: Option<Bytes>,
    /// Exit with 1 if this sizeLimit was not applied
    ///
    /// SIZE is the sizeLimit of the emptyDir volume in the pod's spec.
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    pub(crate) size_limit: Option<Bytes>,
    /// Find hidden limits by a fill up to the edge
    ///
    /// Fills until the kernel begins to reclaim memory, and then frees
    /// everything. The kernel may drop file cache, also of other containers.
    /// Where every limit is visible, nothing is filled. Beside an application
    /// in the same container it is refused: for that moment the application
    /// would get no memory.
    #[arg(long, conflicts_with_all = ["from", "pid", "container"], verbatim_doc_comment)]
    pub(crate) measure: bool,
    /// Measure even beside other processes
    #[arg(long, requires = "measure")]
    pub(crate) exclusive: bool,
    /// Show every limit, and where it was read
    #[arg(long)]
    pub(crate) explain: bool,
    /// Print nothing if the exit code is 0
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs<Format>,
}

/// So much of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub kind: Kind,
    pub size: Bytes,
}

impl FromStr for Requirement {
    type Err = String;

    /// `SIZE` of posix, or `KIND=SIZE`.
    fn from_str(text: &str) -> Result<Requirement, String> {
        let (kind, size) = match text.split_once('=') {
            None => (Kind::Posix, text),
            Some((word, size)) => {
                let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word);
                let kind = kind.ok_or("a kind is posix, sysv, memfd or anon")?;
                (kind, size)
            }
        };
        let size = size.parse().map_err(|error: SizeError| error.to_string())?;
        Ok(Requirement { kind, size })
    }
}

/// How an inspect prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
    Openmetrics,
}

impl Forms for Format {}

/// The options of an inspect, if that is what was typed, and typed well. Making the parsers of all
/// commands takes longer than an inspect reads, so here is only that one; what it does not take, help
/// included, is for the whole [`super::Cli`].
#[must_use]
pub fn inspect_alone(arguments: &[OsString]) -> Option<InspectArgs> {
    let word = arguments.get(1).map_or("-", |word| word.to_str().unwrap_or_default());
    let rest = match word {
        "inspect" => arguments.get(1..)?,
        option if option.starts_with('-') => arguments,
        _ => return None,
    };
    let command = InspectArgs::augment_args(clap::Command::new("shmeter")).disable_help_flag(true);
    let matches = command.try_get_matches_from(rest).ok()?;
    InspectArgs::from_arg_matches(&matches).ok()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::{Cli, Command};
    use super::*;

    #[test]
    fn an_inspect_is_parsed_alone_as_it_is_among_all_commands() {
        for typed in [
            "",
            "inspect",
            "--explain --color never",
            "inspect --pid 7 --path /x --require 1Gi --size-limit=64Mi --format json",
            "--from - --format openmetrics",
            "--container docker://0123456789ab --explain",
            "inspect --measure",
            "inspect --measure --exclusive",
            "--require sysv=1Gi --require 64m --app-memory 1.5Gi",
        ] {
            let words = ["shmeter"].into_iter().chain(typed.split_whitespace());
            let words: Vec<OsString> = words.map(OsString::from).collect();
            let whole = Cli::try_parse_from(&words).unwrap();
            let whole = match whole.command {
                Some(Command::Inspect(args)) => args,
                other => {
                    assert!(other.is_none(), "{typed}");
                    whole.inspect
                }
            };
            assert_eq!(format!("{:?}", inspect_alone(&words)), format!("{:?}", Some(whole)));
        }
    }

    #[test]
    fn all_else_is_for_the_whole_parser() {
        for typed in [
            "--help",
            "-V",
            "fill",
            "inspect --nonsense",
            "--explain fill",
            "--pid 0",
            "--container x",
        ] {
            let words = ["shmeter"].into_iter().chain(typed.split_whitespace());
            let words: Vec<OsString> = words.map(OsString::from).collect();
            assert!(inspect_alone(&words).is_none(), "{typed}");
        }
    }
}
