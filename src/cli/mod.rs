//! What was typed. What it means is decided in `command`.

mod bench;
mod common;
mod compare;
mod explain;
mod fill;
mod inspect;
mod ls;
mod report;
mod run;
mod watch;

use clap::{Arg, ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::capacity::{Kind, Method};
use common::TargetArgs;

pub use bench::{BenchArgs, BenchFormat, TestChoice};
pub use common::Color;
pub use compare::{CompareArgs, CompareFormat};
pub use explain::{ExplainArgs, ExplainFormat};
pub use fill::{FillArgs, FillFormat};
pub use inspect::{Format, InspectArgs, inspect_alone};
pub use ls::{LsArgs, LsFormat};
pub use report::{ChartChoice, ReportArgs, ReportFormat};
pub use run::{RunArgs, RunFormat, RunStep, RunUntil};
pub use watch::{WatchArgs, WatchFormat, WatchTrace};

/// How much shared memory can this container really use, and what stops it?
#[derive(Debug, Parser)]
#[command(name = "shmeter", bin_name = "shmeter", version, about = ABOUT, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, arg = verbose())]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of inspect, which is what happens without a subcommand.
    #[command(flatten)]
    pub inspect: InspectArgs,
}

/// Parsing ends at `--version`, whatever stands behind it: so there is no field that holds this one.
fn verbose() -> Arg {
    let help = "With --version: commit, target and C library too";
    Arg::new("verbose").long("verbose").action(ArgAction::SetTrue).requires("version").help(help)
}

/// What it is for, in one line.
pub const PURPOSE: &str = "how much shared memory a container can really use, and what stops it";

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
  shmeter ls                          what is in use, and who holds it
  shmeter watch -- ./app              what it takes, why it failed
  shmeter explain <app.log            what its messages mean
  shmeter fill                        fill it, safely: is that true?
  shmeter compare                     System V beside POSIX, probed here
  shmeter bench --quick               how fast is it?
  shmeter run                         all of that, with one result
  shmeter report --format html DIR    results as a page
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
    #[command(after_help = inspect::EXAMPLES)]
    Inspect(InspectArgs),
    /// Show what shared memory there is, and who holds it
    #[command(after_help = ls::EXAMPLES)]
    Ls(LsArgs),
    /// Run a command, and say what shared memory it took and needs
    #[command(after_help = watch::EXAMPLES)]
    Watch(WatchArgs),
    /// Say what an application's messages mean, and what holds here
    #[command(after_help = explain::EXAMPLES)]
    Explain(ExplainArgs),
    /// Fill shared memory until something stops it: is inspect right?
    #[command(after_help = fill::EXAMPLES)]
    Fill(FillArgs),
    /// Show what differs here between System V, POSIX and others
    #[command(after_help = compare::EXAMPLES)]
    Compare(CompareArgs),
    /// Measure how fast shared memory is, alone and between processes
    #[command(after_help = bench::EXAMPLES)]
    Bench(BenchArgs),
    /// Inspect, compare, bench and fill in one go, with one result
    #[command(after_help = run::EXAMPLES)]
    Run(RunArgs),
    /// Say what documents and journals tell, one run or many
    #[command(after_help = report::EXAMPLES)]
    Report(ReportArgs),
    /// Write all that an inspect reads as one JSON document
    #[command(after_help = ABOUT_CAPTURE)]
    Capture(CaptureArgs),
    /// Write the man page or shell completions to stdout
    Generate(GenerateArgs),
}

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &Kind::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.word()))
    }
}

impl ValueEnum for Method {
    fn value_variants<'a>() -> &'a [Self] {
        &Method::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.word()))
    }
}

/// Options of capture.
#[derive(Debug, Args)]
pub struct CaptureArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
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
