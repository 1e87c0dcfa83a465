//! The options of ls.

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs, TargetArgs};

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
#[command(mut_args(|arg| match arg.get_id().as_str() {
    "pid" => arg.help("Another process: its /dev/shm, its IPC namespace"),
    _ => arg,
}))]
pub struct LsArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs<LsFormat>,
}

/// How ls prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LsFormat {
    #[default]
    Text,
    Json,
}

impl Forms for LsFormat {}
