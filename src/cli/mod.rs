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

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::capacity::{Kind, Method};
use crate::schema;
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

// The about of each command is `about`, its first line, in -h and in lists, and all of it in --help.
#[derive(Debug, Parser)]
#[command(name = "shmeter", bin_name = "shmeter", version, about = first(ABOUT))]
#[command(long_about = ABOUT, after_long_help = EXAMPLES)]
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
    let help = "With --version: show commit, target and C library";
    Arg::new("verbose").long("verbose").action(ArgAction::SetTrue).requires("version").help(help)
}

/// The first line of a text.
fn first(text: &'static str) -> &'static str {
    text.lines().next().unwrap_or_default()
}

/// What it is for, in one line.
pub const PURPOSE: &str = "how much shared memory a container can really use, and what limits it";

const ABOUT: &str = "\
Show how much shared memory this container can really use, and what limits it

For each kind of shared memory shmeter reports how many bytes still fit, which
limit applies, and what happens when it is reached. Without a command it runs
inspect.";

const ABOUT_CAPTURE: &str = "\
Write everything that inspect reads as one JSON document

shmeter inspect --from FILE gives the same answer from it on any machine. The
document holds limits, mounts, names and sizes of processes in the same cgroup
and, where shared memory is in use, mappings of processes. Look at it before you
publish it.";

const EXAMPLES_CAPTURE: &str = "\
Examples:
  shmeter capture > bug.json          to attach to a bug report
  shmeter inspect --from bug.json     the same answer, on any machine

Exit codes:
  0    done
  2    usage error
  3    the process cannot be examined
  4    the output cannot be written";

const EXAMPLES_GENERATE: &str = "\
Examples:
  shmeter generate man > shmeter.1
  shmeter generate completions bash > /etc/bash_completion.d/shmeter
  shmeter generate schema inspect > inspect.schema.json

Exit codes:
  0    done
  2    usage error
  4    the output cannot be written";

/// What `--help` says after the options, and the man page.
pub const EXAMPLES: &str = "\
Examples:
  shmeter                             what fits here, and what limits it
  shmeter inspect --explain           every limit, and where it was read
  shmeter inspect --pid 1             the target, from a debug container
  shmeter inspect --require 1Gi       exit with 1 if less fits
  shmeter ls                          what is in use, and who holds it
  shmeter watch -- ./app              what it uses, why it failed
  shmeter explain <app.log            what its error messages mean
  shmeter fill                        is the prediction right?
  shmeter compare                     System V beside POSIX, probed here
  shmeter bench --quick               how fast is it?
  shmeter run                         all of that, with one result
  shmeter report --format html DIR    results as a web page
  shmeter capture > bug.json          everything inspect reads, in one file
  shmeter inspect --from bug.json     the same answer, on any machine

Exit codes:
  0    no check failed; there may be warnings
  1    a check failed, or a finding has severity fail
  2    usage error
  3    a needed fact cannot be read
  4    refused by the system
  130  interrupted
Each command lists its own: shmeter COMMAND --help";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(about = first(inspect::ABOUT), long_about = inspect::ABOUT)]
    #[command(after_long_help = inspect::EXAMPLES)]
    Inspect(InspectArgs),
    #[command(about = first(ls::ABOUT), long_about = ls::ABOUT, after_long_help = ls::EXAMPLES)]
    Ls(LsArgs),
    #[command(about = first(watch::ABOUT), long_about = watch::ABOUT)]
    #[command(after_long_help = watch::EXAMPLES)]
    Watch(WatchArgs),
    #[command(about = first(explain::ABOUT), long_about = explain::ABOUT)]
    #[command(after_long_help = explain::EXAMPLES)]
    Explain(ExplainArgs),
    #[command(about = first(fill::ABOUT), long_about = fill::ABOUT)]
    #[command(after_long_help = fill::EXAMPLES)]
    Fill(FillArgs),
    #[command(about = first(compare::ABOUT), long_about = compare::ABOUT)]
    #[command(after_long_help = compare::EXAMPLES)]
    Compare(CompareArgs),
    #[command(about = first(bench::ABOUT), long_about = bench::ABOUT)]
    #[command(after_long_help = bench::EXAMPLES)]
    Bench(BenchArgs),
    #[command(about = first(run::ABOUT), long_about = run::ABOUT, after_long_help = run::EXAMPLES)]
    Run(RunArgs),
    #[command(about = first(report::ABOUT), long_about = report::ABOUT)]
    #[command(after_long_help = report::EXAMPLES)]
    Report(ReportArgs),
    #[command(about = first(ABOUT_CAPTURE), long_about = ABOUT_CAPTURE)]
    #[command(after_long_help = EXAMPLES_CAPTURE)]
    Capture(CaptureArgs),
    /// Print the man page, shell completions or JSON Schemas
    #[command(after_long_help = EXAMPLES_GENERATE)]
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
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The JSON Schema of a document or of the lines of a journal
    Schema {
        /// Name of the schema; without it the names are printed
        #[arg(value_parser = PossibleValuesParser::new(schema::names()), hide_possible_values = true)]
        name: Option<String>,
        /// Print the names of all schemas
        #[arg(long, conflicts_with = "name")]
        list: bool,
    },
}
