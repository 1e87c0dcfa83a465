//! What was typed behind `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Color;
use crate::units::Bytes;

/// Shown below the help of run.
pub(crate) const EXAMPLES: &str = "\
Steps: inspect, compare, bench, fill (posix by touch and by write, sysv by
touch, memfd by write). What the budgets do not hold is skipped and named.

Examples:
  shmeter run                         all of it, within about a minute
  shmeter run --only inspect,fill --budget-size 1Gi
  shmeter run --skip bench --label team=a --format json > result.json
  shmeter run --until limit --journal /tmp/run.jsonl
                                      into OOM kills, and keep the story

Exit codes:
  0 nothing is wrong   1 inspect says fail, or a fill ended otherwise than
  predicted   2 wrong use   3 cannot tell   4 the machine refused
  130 interrupted; what was done so far is told";

/// Options of run.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Only these steps, such as inspect,fill
    #[arg(long, value_name = "STEP,...", value_enum, value_delimiter = ',')]
    #[arg(hide_possible_values = true, conflicts_with = "skip")]
    pub(crate) only: Vec<RunStep>,
    /// Leave these steps out
    #[arg(long, value_name = "STEP,...", value_enum, value_delimiter = ',')]
    #[arg(hide_possible_values = true)]
    pub(crate) skip: Vec<RunStep>,
    /// Time for all of it: 90s, 2m
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) budget: Duration,
    /// Bytes that a fill takes at most (default: 4Gi)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) budget_size: Option<Bytes>,
    /// Go to the limit: nobody else uses this memory
    #[arg(long)]
    pub(crate) exclusive: bool,
    /// Fill and bench although others would be hit
    #[arg(long)]
    pub(crate) force: bool,
    /// safe, or limit (may kill)
    #[arg(long, value_enum, default_value_t = RunUntil::Safe, hide_possible_values = true)]
    pub(crate) until: RunUntil,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// A word of your own in the result
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    pub(crate) labels: Vec<(String, String)>,
    /// Note each step before and after it happens
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) journal: Option<PathBuf>,
    /// An existing file for a summary
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) termination_log: Option<PathBuf>,
    /// text, json or jsonl; text on a terminal
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) format: Option<RunFormat>,
    /// auto, always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
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
    let time = time.map_err(|error| format!("{error}; write 90s or 2m"))?;
    let day = Duration::from_secs(86_400);
    let fits = (Duration::from_secs(1)..=day).contains(&time);
    fits.then_some(time).ok_or_else(|| "a budget has from a second to a day".to_owned())
}

fn size(text: &str) -> Result<Bytes, String> {
    let size: Bytes = text.parse().map_err(|error: crate::units::SizeError| error.to_string())?;
    let enough = size >= Bytes::mib(1);
    enough.then_some(size).ok_or_else(|| "a fill needs 1Mi at least".to_owned())
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        _ => Err("a label is KEY=VALUE, such as memory=512m".to_owned()),
    }
}
