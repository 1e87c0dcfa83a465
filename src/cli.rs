//! What was typed. What it means is decided in `command`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::units::Bytes;

/// How much shared memory can this container really use, by which API, and what stops it?
///
/// Without a subcommand it does what `inspect` does.
#[derive(Debug, Parser)]
#[command(name = "shmeter", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of inspect, which is what happens without a subcommand.
    #[command(flatten)]
    pub inspect: InspectArgs,
}

const EXAMPLES: &str = "\
Examples:
  shmeter                             what fits here, what stops it, what then
  shmeter inspect --explain           every limit, and the file that tells it
  shmeter inspect --pid 1             the target, from a debug container
  shmeter inspect --require 1Gi       exit 1 if less is usable (for init containers)
  shmeter capture > bug.json          all that was read, for a bug report
  shmeter inspect --from bug.json     the same answer, anywhere

Exit codes:
  0 nothing is wrong   1 a check failed   2 wrong use   3 a needed fact could not
  be read   4 the machine refused   130 interrupted";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say how much shared memory still fits, what stops it, and what happens then
    #[command(after_help = EXAMPLES)]
    Inspect(InspectArgs),
    /// Write all that an inspect reads as one JSON document to stdout
    ///
    /// `shmeter inspect --from FILE` gives the same answer from it on any machine. It holds
    /// limits, mounts, the names and sizes of processes in the same cgroup, and, where shared
    /// memory is in use, the mappings of processes: look at it before you publish it.
    Capture(CaptureArgs),
    /// Write the man page or shell completions to stdout
    Generate(GenerateArgs),
    /// Fill one segment to the edge; `inspect --measure` starts it.
    #[command(hide = true)]
    EdgeWorker(EdgeArgs),
}

/// Options of inspect.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Another container's process: its /dev/shm and its cgroup, through /proc/PID/root
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR")]
    pub path: Option<String>,
    /// A capture instead of this machine (`-`: stdin)
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Exit 1 if posix has less than this (256Mi, 1.5Gi, 64m)
    #[arg(long, value_name = "SIZE")]
    pub require: Option<Bytes>,
    /// The emptyDir sizeLimit that was asked for; exit 1 if it did not take effect
    #[arg(long, value_name = "SIZE")]
    pub size_limit: Option<Bytes>,
    /// Fill to the edge, safely, and give it back: finds limits that cannot be seen
    #[arg(long, conflicts_with_all = ["from", "pid"])]
    pub measure: bool,
    /// Every ceiling, with the file that tells it (text only)
    #[arg(long)]
    pub explain: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// When to colour text
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Options of capture.
#[derive(Debug, Args)]
pub struct CaptureArgs {
    /// Another container's process
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR")]
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

/// Options of the edge worker.
#[derive(Debug, Args)]
pub struct EdgeArgs {
    /// Never fill more than this.
    #[arg(long)]
    pub most: Bytes,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For dashboards
    Openmetrics,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
