//! The options of explain.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs};

/// Shown below the help of explain.
pub(super) const EXAMPLES: &str = "\
Finds known messages of applications in a text or a log of any size and says
what each means, what it does not mean, what holds here, and what to do. Runs
best in the container that failed; --from takes what was seen there.

Examples:
  shmeter explain \"Bus error (core dumped)\"
  kubectl logs pod/web | shmeter explain
  shmeter explain <train.log
  shmeter explain --from bug.json <train.log
  shmeter explain --list              every known message, with its source

Exit codes:
  0 a message is known   2 wrong use   3 none is known";

/// Options of explain.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// What was printed (`-` or none: stdin)
    #[arg(value_name = "TEXT", conflicts_with = "list")]
    pub(crate) text: Vec<OsString>,
    /// A capture or an inspect document, not here
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "list")]
    pub(crate) from: Option<PathBuf>,
    /// Every known message, with its source
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
