//! The options of bench.

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs};
use crate::bench::Test;
use crate::bench::pair::Pair;
use crate::capacity::Kind;
use crate::units::Bytes;

/// Shown below the help of bench.
pub(super) const EXAMPLES: &str = "\
Tests:
  bandwidth   fill, write, read, copy; -nt: with stores past the caches
  fault       the first touch of a page, cold, just freed (-warm), and huge
  ping-pong   there and back: spin, spin-64B, futex, futex-one-cpu
  ring        messages from one process to another, 8 B to 1 MiB; the receiver
              looks at once (-spin) or waits 4 us (-backoff, -batched)
  lifecycle   make, size, map, touch, unmap, remove

It uses at most half of what inspect says still fits. By default the second
process runs on another core that shares the last cache. --pair smt takes the
other thread of the first core, cache a core of the same socket that shares no
cache with the first, socket a core of another socket.

Examples:
  shmeter bench --quick               all tests and kinds, in about a minute
  shmeter bench bandwidth --bytes 256Mi --kind posix
  shmeter bench ping-pong ring --cpus 0,2
  shmeter bench --format csv > bench.csv

Exit codes:
  0 done   2 wrong use   3 cannot tell what is safe   4 the machine refused
  130 interrupted; what was measured so far is printed";

/// Options of bench.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Which tests, or all
    #[arg(value_name = "TEST", default_value = "all", value_parser = test)]
    pub(crate) tests: Vec<TestChoice>,
    /// posix, sysv, memfd, anon; without it all
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) kind: Vec<Kind>,
    /// Processes for bandwidth: 1, 2, 4 ... up to N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) procs: Option<u32>,
    /// CPUs to run on, such as 0,2-3
    #[arg(long, value_name = "LIST")]
    pub(crate) cpus: Option<String>,
    /// The second CPU: smt, core, cache, socket (see below)
    #[arg(long, value_name = "PAIR", value_parser = pair, conflicts_with = "cpus")]
    pub(crate) pair: Option<Pair>,
    /// Memory for bandwidth (default: by the caches)
    #[arg(long, value_name = "SIZE")]
    pub(crate) bytes: Option<Bytes>,
    /// How often; fewer than 6 give no interval
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,
    /// Fewer sizes; takes about a minute
    #[arg(long)]
    pub(crate) quick: bool,
    /// Measure although others use this shared memory
    #[arg(long)]
    pub(crate) force: bool,
    /// Nobody else uses this shared memory
    #[arg(long)]
    pub(crate) exclusive: bool,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs<BenchFormat>,
}

/// One test, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestChoice(pub Option<Test>);

fn test(text: &str) -> Result<TestChoice, String> {
    if text == "all" {
        return Ok(TestChoice(None));
    }
    let found = Test::ALL.into_iter().find(|test| test.word() == text);
    found
        .map(|test| TestChoice(Some(test)))
        .ok_or_else(|| "a test is all, bandwidth, fault, ping-pong, ring or lifecycle".to_owned())
}

fn pair(text: &str) -> Result<Pair, String> {
    let found = Pair::ALL.into_iter().find(|pair| pair.word() == text);
    found.ok_or_else(|| "a pair is smt, core, cache or socket".to_owned())
}

/// How a bench prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    #[default]
    Text,
    Json,
    Csv,
    Markdown,
}

impl Forms for BenchFormat {}
