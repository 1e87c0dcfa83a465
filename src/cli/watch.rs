//! The options of watch.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Color;

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Run a command, and report what shared memory it used and needs

Runs a command, samples the shared memory in use, and reports on stderr when it
ends how much it used, which of its processes failed and why, and which size it
needs. stdin, stdout and stderr are the command's own. Without a command it
shows what is in use now: a screen on a terminal, else a line of JSON a second.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter watch -- python train.py    peak, verdict, and the size to set
  shmeter watch --trace signals -- ./app
                                      after a bus error: which file, and why
  shmeter watch --scan -- ./app       explain the messages that it prints, too
  shmeter watch --report w.json -- ./app
  shmeter watch --wait-all -- ./start-daemon
  shmeter watch                       live, until Ctrl-C
  shmeter watch --pid 1 | jq .posix.bytes

Exit codes of watch with a command:
  that of the command, or 128 and the number of the signal that ended it
  125  watch itself failed
  126  the command cannot be run
  127  the command is not found

Exit codes of watch without a command:
  0    done
  2    usage error
  3    the process cannot be examined
  4    the output cannot be written
  130  interrupted";

/// Options of watch.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// The command and its arguments; none: what is in use now
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    #[arg(value_hint = clap::ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    /// Show another process (/dev/shm and cgroup)
    #[arg(long, value_name = "PID", allow_negative_numbers = true, conflicts_with = "command")]
    #[arg(value_parser = super::common::pid)]
    pub(crate) pid: Option<u32>,
    /// Time between two samples: 1ms to 10s
    #[arg(long, value_name = "TIME", default_value = "10ms", value_parser = every)]
    pub(crate) every: Duration,
    /// off, or signals: find the file of SIGBUS
    #[arg(long, value_enum, default_value_t = WatchTrace::Off, hide_possible_values = true)]
    #[arg(requires = "command")]
    pub(crate) trace: WatchTrace,
    /// Look for known messages on its stderr
    #[arg(long, requires = "command")]
    pub(crate) scan: bool,
    /// Wait for all of its processes
    #[arg(long, requires = "command")]
    pub(crate) wait_all: bool,
    /// Write the result as JSON
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "command")]
    pub(crate) report: Option<PathBuf>,
    /// Write what happens at once, as JSON Lines
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "command")]
    pub(crate) journal: Option<PathBuf>,
    /// text, json or jsonl
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) format: Option<WatchFormat>,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(crate) color: Color,
}

/// What of its processes is traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchTrace {
    Off,
    Signals,
}

/// How watch prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    Text,
    Json,
    Jsonl,
}

fn every(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text);
    let time = time.map_err(|error| format!("{error}; write 10ms or 1s"))?;
    let fits = (Duration::from_millis(1)..=Duration::from_secs(10)).contains(&time);
    fits.then_some(time).ok_or_else(|| "between samples there are 1ms to 10s".to_owned())
}
