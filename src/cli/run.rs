//! What was typed behind `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Color;
use crate::units::Bytes;

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Run inspect, compare, bench and fill, with one result

The steps are inspect, compare, bench and fill (posix by touch and by write,
sysv by touch, memfd by write). Steps that do not fit into the budget are
skipped, and the result names them.

On a terminal the result is a report. Elsewhere, such as in a log, it is a
journal in JSON Lines: each step is written before and after it happens, so that
it shows how far a run came that was killed. shmeter report shows it.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter run                         all steps, in about a minute
  shmeter run --only inspect,fill --budget-size 1Gi
  shmeter run --skip bench --label team=a --format json > result.json
  shmeter run | shmeter report -      the report, not on a terminal
  shmeter run --until limit --journal /tmp/run.jsonl
                                      into OOM kills, with a journal

Exit codes:
  0    no check failed, and fills ended as predicted
  1    inspect found a failure, or a fill ended otherwise than predicted
  2    usage error
  3    a needed fact cannot be read, or no step was done
  4    a step was refused by the system
  130  interrupted; what was done so far is reported";

/// Options of run.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Run only these steps, such as inspect,fill
    #[arg(long, value_name = "STEP,...", value_enum, value_delimiter = ',')]
    #[arg(hide_possible_values = true, conflicts_with = "skip")]
    pub(crate) only: Vec<RunStep>,
    /// Skip these steps
    #[arg(long, value_name = "STEP,...", value_enum, value_delimiter = ',')]
    #[arg(hide_possible_values = true)]
    pub(crate) skip: Vec<RunStep>,
    /// Time for all steps: 90s, 2m
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) budget: Duration,
    /// Most that a fill or a bench takes [default: 4Gi]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) budget_size: Option<Bytes>,
    /// Fill to the limit: nobody else uses this memory
    #[arg(long)]
    pub(crate) exclusive: bool,
    /// Fill and bench even if others are affected
    #[arg(long)]
    pub(crate) force: bool,
    /// When fills stop: safe or limit
    ///
    /// safe: at ENOSPC or SIGBUS, or where an OOM kill or throttling would
    /// come next.
    /// limit: when the kernel stops it, also by an OOM kill.
    #[arg(long, value_enum, default_value_t = RunUntil::Safe, hide_possible_values = true)]
    #[arg(value_name = "END", verbatim_doc_comment)]
    pub(crate) until: RunUntil,
    /// Use this folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// Add a label to the result; may be repeated
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    pub(crate) labels: Vec<(String, String)>,
    /// Write the journal to a file too
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) journal: Option<PathBuf>,
    /// Write a summary to this existing file
    ///
    /// Kubernetes shows the file as the termination message of the container.
    /// Without the option the file is $TERMINATION_LOG, or
    /// /dev/termination-log if that exists.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, verbatim_doc_comment)]
    pub(crate) termination_log: Option<PathBuf>,
    /// Format: text, json or jsonl (journal)
    ///
    /// The default is text on a terminal, and jsonl elsewhere.
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) format: Option<RunFormat>,
    /// Colors: auto, always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    #[arg(value_name = "WHEN")]
    pub(crate) color: Color,
}

/// A step that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunStep {
    Inspect,
    Compare,
    Bench,
    Fill,
}

/// How far fills go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunUntil {
    Safe,
    Limit,
}

/// How a run prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    Text,
    Json,
    Jsonl,
}

/// A bare number counts seconds.
fn time(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map(Duration::from_secs);
    let time = seconds.or_else(|_| humantime::parse_duration(text));
    let time = time.map_err(|error| format!("{error}; examples are 90s and 2m"))?;
    let day = Duration::from_secs(86_400);
    let fits = (Duration::from_secs(1)..=day).contains(&time);
    fits.then_some(time).ok_or_else(|| "a budget is between 1s and 24h".to_owned())
}

fn size(text: &str) -> Result<Bytes, String> {
    let size: Bytes = text.parse().map_err(|error: crate::units::SizeError| error.to_string())?;
    let enough = size >= Bytes::mib(1);
    enough.then_some(size).ok_or_else(|| "a fill needs 1Mi or more".to_owned())
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        _ => Err("a label is KEY=VALUE, such as memory=512m".to_owned()),
    }
}
