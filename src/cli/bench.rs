//! The options of bench.

use clap::{Args, ValueEnum};

use super::common::{Forms, OutputArgs, Words};
use crate::bench::Test;
use crate::bench::pair::Pair;
use crate::capacity::Kind;
use crate::units::{Bytes, SizeError};

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Measure the speed of shared memory

Tests:
  bandwidth   fill, write, read and copy; -nt: non-temporal stores, which bypass
              the caches
  fault       first touch of a page: cold, freed just before (-warm), and huge
  ping-pong   round trip between two processes: spin, spin-64B, futex,
              futex-one-cpu
  ring        messages from one process to another, 8 B to 1 MiB; the receiver
              polls without a pause (-spin) or every 4 us (-backoff, -batched)
  lifecycle   create, size, map, touch, unmap and remove a segment

bench uses at most half of what still fits. Each figure is the median of all
rounds.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter bench --quick               all tests and kinds, in about a minute
  shmeter bench bandwidth --bytes 256Mi --kind posix
  shmeter bench ping-pong ring --cpus 0,2
  shmeter bench --format csv > bench.csv
  shmeter report before.json after.json
                                      compare two benches

Exit codes:
  0    done
  2    usage error, or others would be affected: give --bytes, or --force
  3    not known how much can be used safely
  4    refused by the system
  130  interrupted; what was measured so far is printed";

/// Options of bench.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Tests: bandwidth, fault, ping-pong, ring, lifecycle
    #[arg(value_name = "TEST", default_value = "all", value_parser = TEST)]
    #[arg(hide_possible_values = true)]
    pub(crate) tests: Vec<TestChoice>,
    /// posix, sysv, memfd or anon [default: all]
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) kind: Vec<Kind>,
    /// Run bandwidth with 1, 2, 4 ... up to N processes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) procs: Option<u32>,
    /// CPUs to run on, such as 0,2-3
    #[arg(long, value_name = "LIST")]
    pub(crate) cpus: Option<String>,
    /// Choose the second CPU: smt, core, cache or socket
    ///
    /// smt: the other thread of the first core.
    /// core: another core that shares the last-level cache (the default).
    /// cache: a core of the same socket that shares no cache.
    /// socket: a core of another socket.
    #[arg(long, value_name = "PAIR", value_parser = PAIR, conflicts_with = "cpus")]
    #[arg(hide_possible_values = true, verbatim_doc_comment)]
    pub(crate) pair: Option<Pair>,
    /// Memory for bandwidth, 64Ki or more
    ///
    /// A multiple of 64Ki is used. The default depends on the caches.
    #[arg(long, value_name = "SIZE", value_parser = bytes, allow_negative_numbers = true)]
    pub(crate) bytes: Option<Bytes>,
    /// Rounds; fewer than 6 give no interval
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,
    /// Measure fewer sizes, in about a minute
    #[arg(long)]
    pub(crate) quick: bool,
    /// Measure even if others are affected
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not spare others: nobody else uses this memory
    #[arg(long)]
    pub(crate) exclusive: bool,
    /// Use this folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs<BenchFormat>,
}

/// One test, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestChoice(pub Option<Test>);

const TEST: Words<TestChoice> =
    Words { parse: test, words: &["all", "bandwidth", "fault", "ping-pong", "ring", "lifecycle"] };

const PAIR: Words<Pair> = Words { parse: pair, words: &["smt", "core", "cache", "socket"] };

/// The least that bandwidth is measured with, and what its memory is a multiple of.
const LEAST: Bytes = Bytes::kib(64);

fn bytes(text: &str) -> Result<Bytes, String> {
    let bytes: Bytes = text.parse().map_err(|error: SizeError| error.to_string())?;
    let enough = bytes >= LEAST;
    enough.then_some(bytes).ok_or_else(|| "bandwidth needs 64Ki or more".to_owned())
}

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
