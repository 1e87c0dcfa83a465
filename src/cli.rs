//! What was typed. What it means is decided in `command`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::units::Bytes;

/// How much shared memory can this container really use, and what stops it?
#[derive(Debug, Parser)]
#[command(name = "shmeter", bin_name = "shmeter", version, about, long_about = ABOUT, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of inspect, which is what happens without a subcommand.
    #[command(flatten)]
    pub inspect: InspectArgs,
}

const ABOUT: &str = "\
How much shared memory can this container really use, and what stops it?
Says for each way to get shared memory how many bytes still fit, which limit
binds, and what happens there. Without a command it does what inspect does.";

const ABOUT_CAPTURE: &str = "\
`shmeter inspect --from FILE` gives the same answer from it on any machine. It
holds limits, mounts, the names and sizes of processes in the same cgroup, and,
where shared memory is in use, the mappings of processes: look at it before you
publish it.";

/// Shown below the help, and in the man page.
pub const EXAMPLES: &str = "\
Examples:
  shmeter                             what fits here, what stops it, what then
  shmeter inspect --explain           every limit, and the file that tells it
  shmeter inspect --pid 1             the target, from a debug container
  shmeter inspect --require 1Gi       exit 1 if less is usable
  shmeter capture > bug.json          all that was read, for a bug report
  shmeter inspect --from bug.json     the same answer, anywhere

Exit codes:
  0 nothing failed (warnings may be there)   1 a check failed, or a finding says
  fail   2 wrong use   3 cannot tell: a needed fact could not be read   4 the
  machine refused   130 interrupted";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say how much still fits, what stops it, what happens then
    #[command(after_help = EXAMPLES)]
    Inspect(InspectArgs),
    /// Write all that an inspect reads as one JSON document
    #[command(after_help = ABOUT_CAPTURE)]
    Capture(CaptureArgs),
    /// Write the man page or shell completions to stdout
    Generate(GenerateArgs),
}

/// Options of inspect.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Another process: its /dev/shm and its cgroup
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
    /// A capture instead of this machine (`-`: stdin)
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub from: Option<PathBuf>,
    /// Exit 1 if posix has less (256Mi, 1.5Gi, 64m)
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    pub require: Option<Bytes>,
    /// Exit 1 if this emptyDir sizeLimit was not applied
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    pub size_limit: Option<Bytes>,
    /// Find hidden limits: fill until memory runs short
    #[arg(long, conflicts_with_all = ["from", "pid"])]
    pub measure: bool,
    /// Every ceiling, with the file that tells it
    #[arg(long)]
    pub explain: bool,
    /// text, json or openmetrics
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true)]
    pub format: Format,
    /// auto (on a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
}

/// Options of capture.
#[derive(Debug, Args)]
pub struct CaptureArgs {
    /// Another process: its /dev/shm and its cgroup
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
}

/// Options of generate.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to generate.
    #[command(subcommand)]
    pub what: Generate,
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// The man page, in roff
    Man,
    /// Completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[allow(missing_docs)]
    Text,
    #[allow(missing_docs)]
    Json,
    #[allow(missing_docs)]
    Openmetrics,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[allow(missing_docs)]
    Auto,
    #[allow(missing_docs)]
    Always,
    #[allow(missing_docs)]
    Never,
}
