//! The options of compare.

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs};

/// Shown below the help of compare.
pub(super) const EXAMPLES: &str = "\
Columns: posix (shm_open), sysv (shmget), memfd, anon (MAP_ANONYMOUS), and the
crate shared_memory. Each cell is what a probe saw on this machine just now.

Examples:
  shmeter compare                     the table
  shmeter compare --format markdown   for a page
  docker run ... shmeter compare      what that container is allowed

Exit codes:
  0 done   2 wrong use   3 cannot tell   4 the machine refused
  130 interrupted";

/// Options of compare.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// Leave out what costs are
    #[arg(long)]
    pub(crate) no_cost: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs<CompareFormat>,
}

/// How a compare prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    #[default]
    Text,
    Json,
    Markdown,
}

impl Forms for CompareFormat {}
