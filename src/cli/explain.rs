//! The options of explain.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs};

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Explain error messages of applications

Finds known messages in a text or a log of any size. For each it says what the
message means, what it does not mean, how it compares with the limits here, and
what to do. Run it in the container that failed, or pass a capture of it, or
the report of shmeter watch, with --from.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter explain \"Bus error (core dumped)\"
  kubectl logs pod/web | shmeter explain
  shmeter explain <train.log
  shmeter explain --from bug.json <train.log
  shmeter watch --report w.json -- ./app 2>app.log
  shmeter explain --from w.json <app.log
  shmeter explain --list              print every known message

Exit codes:
  0    a message is known
  2    usage error
  3    no message is known
  4    the output cannot be written
  130  interrupted";

/// Options of explain.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The message (`-` or none: read stdin)
    #[arg(value_name = "TEXT", conflicts_with = "list")]
    pub(crate) text: Vec<OsString>,
    /// Use a capture, an inspect document or a watch report
    ///
    /// Without it the limits of this machine are used.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "list")]
    pub(crate) from: Option<PathBuf>,
    /// Print every known message and its source
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs<ExplainFormat>,
}

/// How explain prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    #[default]
    Text,
    Json,
}

impl Forms for ExplainFormat {}
