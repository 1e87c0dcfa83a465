//! The options of ls.

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs, TargetArgs};

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
List shared memory and the processes that hold it

Lists files in /dev/shm (also unlinked ones that are mapped or open), System V
segments, memfds and anonymous shared mappings: how much memory each takes,
which processes have it mapped or open, and what nobody holds. With --path
another folder than /dev/shm, only the files there are listed. It needs no
privileges, and says what it cannot see without them.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter ls                          the largest first
  shmeter ls --pid 1                  the target, from a debug container
  shmeter ls --format json | jq '.objects[] | select(.held_by == \"nobody\")'

Exit codes:
  0    done
  2    usage error
  3    the process cannot be examined
  4    the output cannot be written";

/// Options of ls.
#[derive(Debug, Args)]
#[command(mut_args(|arg| match arg.get_id().as_str() {
    "pid" => arg
        .help("List for another process (/dev/shm, IPC namespace)")
        .long_help(
            "List for another process (/dev/shm, IPC namespace)\n\n\
             The /dev/shm of the process is read through /proc/PID/root. For a pod\n\
             use the plugin: kubectl shmeter POD -- ls.",
        ),
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
