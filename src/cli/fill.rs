//! The options of fill.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs};
use crate::capacity::{Kind, Method};
use crate::fill::Until;

/// Shown below the help of fill.
pub(super) const EXAMPLES: &str = "\
Alone in a container it fills until ENOSPC or SIGBUS, and stops where an OOM
kill or a throttle would come next, also under limits that no file shows.
Where others may use the same memory (a pod, a volume) it takes half of what
is free; where others are seen it takes nothing without a size.
With pages of 16 or 64 KiB (some arm64 kernels) that is tested under emulation
only.
To only fill fast, take --method populate: 1.3 times as fast as touch where it
was measured. --huge is 3 to 12 times as fast where huge pages are granted: by
huge=within_size or always on the mount, or shmem_enabled for sysv and memfd.

Examples:
  shmeter fill                        posix, by touching, safely
  shmeter fill --kind memfd --method write --procs 4
  shmeter fill --until 512Mi          at most so much
  shmeter fill --exclusive            to the limit in a pod of its own
  shmeter fill --until limit --journal /tmp/fill.jsonl
                                      into the OOM kill, and keep the story

Exit codes:
  0 as predicted, or it gave way to others   1 it ended otherwise
  2 wrong use, or others would be hit: give a size, or --force
  3 cannot tell   4 the machine refused: no segment could be made
  130 interrupted";

/// Options of fill.
#[derive(Debug, Args)]
pub struct FillArgs {
    /// posix, sysv, memfd or anon
    #[arg(long, value_enum, default_value = "posix", hide_possible_values = true)]
    pub(crate) kind: Kind,
    /// write, fallocate, touch or populate
    #[arg(long, value_enum, default_value = "touch", hide_possible_values = true)]
    pub(crate) method: Method,
    /// Processes, each with its own segment
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) procs: u32,
    /// safe, limit (may kill), or a size
    #[arg(long, value_name = "END", default_value = "safe")]
    #[arg(value_parser = until, allow_negative_numbers = true)]
    pub(crate) until: Until,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// Feel hidden limits first, and predict from that
    #[arg(long)]
    pub(crate) measure: bool,
    /// Go to the limit: nobody else uses this memory
    #[arg(long)]
    pub(crate) exclusive: bool,
    /// Fill although others would be hit
    #[arg(long)]
    pub(crate) force: bool,
    /// Note each step before and after it happens
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) journal: Option<PathBuf>,
    /// Ask for huge pages; tells whether they came
    #[arg(long)]
    pub(crate) huge: bool,
    /// How the OOM killer weighs the workers
    #[arg(long, value_name = "N", default_value_t = 1000, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(i32).range(-1000..=1000))]
    pub(crate) oom_score_adj: i32,
    #[command(flatten)]
    pub(crate) output: OutputArgs<FillFormat>,
}

/// How a fill prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FillFormat {
    #[default]
    Text,
    Json,
    Jsonl,
}

impl Forms for FillFormat {
    fn help() -> String {
        "text, json, or jsonl (the journal)".to_owned()
    }
}

fn until(text: &str) -> Result<Until, String> {
    match text {
        "safe" => Ok(Until::Safe),
        "limit" => Ok(Until::Limit),
        size => size
            .parse()
            .map(Until::Bytes)
            .map_err(|error: crate::units::SizeError| format!("{error}; or safe, or limit")),
    }
}
