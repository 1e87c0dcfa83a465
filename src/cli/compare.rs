//! The options of compare.

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs};

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Compare the kinds of shared memory on this machine

Each cell is the result of a probe that ran just now. The columns are posix
(shm_open), sysv (shmget), memfd (memfd_create), anon (MAP_ANONYMOUS), and the
Rust crate shared_memory.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter compare                     print the table
  shmeter compare --format markdown   print it for a web page
  docker run ... shmeter compare      see what that container may do

Exit codes:
  0    done
  2    usage error
  3    no probe had a result
  4    refused by the system
  130  interrupted";

/// Options of compare.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Use this folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// Do not measure how long calls take
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
