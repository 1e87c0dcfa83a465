//! The options of ls.

use clap::{Args, ValueEnum};

use super::Color;
use crate::facts::container::ContainerId;

/// Shown below the help of ls.
pub(super) const EXAMPLES: &str = "\
Files in /dev/shm, also those without a name that are mapped or open, System V
segments, memfds and anonymous shared mappings: what each really takes, who has
it mapped or open, and what nobody holds. It needs no rights, and says what it
could not see without them.

Examples:
  shmeter ls                          the largest first
  shmeter ls --pid 1                  the target, from a debug container
  shmeter ls --format json | jq '.objects[] | select(.held_by == \"nobody\")'

Exit codes:
  0 done   2 wrong use   3 cannot tell: the process may not be looked into";

/// Options of ls.
#[derive(Debug, Args)]
pub struct LsArgs {
    /// Another process: its /dev/shm, its IPC namespace
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) pid: Option<u32>,
    /// A container from outside, by its ID (--pid=host)
    #[arg(long, value_name = "ID", conflicts_with_all = ["pid"])]
    pub(crate) container: Option<ContainerId>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// text or json
    #[arg(long, value_enum, default_value_t = LsFormat::Text, hide_possible_values = true)]
    pub(crate) format: LsFormat,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub(crate) color: Color,
}

/// How ls prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum LsFormat {
    Text,
    Json,
}
