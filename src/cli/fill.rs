//! The options of fill.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs, Words};
use crate::capacity::{Kind, Method};
use crate::fill::Until;

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Fill shared memory and compare the result with the prediction

Starts processes that fill a segment each until a limit stops them. The report
says which limit that was, with the counters of the kernel as proof, and how
fast it went. Nothing is left behind.

Alone in a container it fills until ENOSPC or SIGBUS, and stops where an OOM
kill or throttling would come next. Where others may use the same memory (a pod,
a volume) it takes half of what is free. Where others are seen it needs a size
(--until SIZE). With pages of 16 or 64 KiB (some arm64 kernels) this has been
tested under emulation only.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter fill                        posix, by touching, carefully
  shmeter fill --kind memfd --method write --procs 4
  shmeter fill --until 512Mi          at most 512 MiB
  shmeter fill --exclusive            up to the limit, in a pod of its own
  shmeter fill --until limit --journal /tmp/fill.jsonl
                                      into an OOM kill, with a journal

Exit codes:
  0    it ended as predicted, or gave way to others
  1    it ended otherwise than predicted
  2    usage error, or others would be affected: give a size, or --force
  3    a needed fact cannot be read
  4    refused by the system: no segment could be created
  130  interrupted";

/// Options of fill.
#[derive(Debug, Args)]
pub struct FillArgs {
    /// posix, sysv, memfd or anon
    #[arg(long, value_enum, default_value = "posix", hide_possible_values = true)]
    pub(crate) kind: Kind,
    /// write, fallocate, touch or populate
    ///
    /// touch stores to each page of a mapping. populate (MADV_POPULATE_WRITE,
    /// since Linux 5.14) is faster. sysv and anon have no file, and so no
    /// write and no fallocate.
    #[arg(long, value_enum, default_value = "touch", hide_possible_values = true)]
    #[arg(verbatim_doc_comment)]
    pub(crate) method: Method,
    /// Processes, each with its own segment
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) procs: u32,
    /// When to stop: safe, limit or a size
    ///
    /// safe: at ENOSPC or SIGBUS, or where an OOM kill or throttling would
    /// come next. It does not swap.
    /// limit: when the kernel stops it, also by an OOM kill. The OOM killer
    /// is told to prefer the processes of shmeter.
    /// SIZE: after SIZE bytes, such as 512Mi, and before that as safe does.
    /// The exit code says whether it ended as predicted. To check whether
    /// SIZE fits use inspect --require SIZE.
    #[arg(long, value_name = "END", default_value = "safe", hide_possible_values = true)]
    #[arg(value_parser = UNTIL, allow_negative_numbers = true, verbatim_doc_comment)]
    pub(crate) until: Until,
    /// Use this folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    /// Find hidden limits first, and predict from them
    #[arg(long)]
    pub(crate) measure: bool,
    /// Fill up to the limit: nobody else uses this memory
    #[arg(long)]
    pub(crate) exclusive: bool,
    /// Fill even if others are affected
    ///
    /// Others are affected where they use the same tmpfs, IPC namespace or
    /// memory limit, or where the fill takes the memory of the machine.
    #[arg(long, verbatim_doc_comment)]
    pub(crate) force: bool,
    /// Write a journal: a line before and after each step
    ///
    /// Where an OOM kill takes the whole container, shmeter report FILE shows
    /// how far the fill came.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, verbatim_doc_comment)]
    pub(crate) journal: Option<PathBuf>,
    /// Ask for huge pages, and report if granted
    ///
    /// They are granted by huge=within_size or huge=always on the mount, and
    /// by shmem_enabled for sysv and memfd. A fill is then 3 to 12 times as
    /// fast.
    #[arg(long, verbatim_doc_comment)]
    pub(crate) huge: bool,
    /// oom_score_adj of the workers
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
        "Format: text, json or jsonl (journal)".to_owned()
    }
}

const UNTIL: Words<Until> = Words { parse: until, words: &["safe", "limit"] };

fn until(text: &str) -> Result<Until, String> {
    match text {
        "safe" => Ok(Until::Safe),
        "limit" => Ok(Until::Limit),
        size => size.parse().map(Until::Bytes).map_err(|error: crate::units::SizeError| {
            format!("{error}; other values are safe and limit")
        }),
    }
}
