//! What was typed. What it means is decided in `command`.

mod run;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::capacity::{Kind, Method};
use crate::units::Bytes;
use crate::workload::bench::Test;
use crate::workload::fill::Until;

pub use run::{RunArgs, RunFormat, RunStep, RunUntil};

/// How much shared memory can this container really use, and what stops it?
#[derive(Debug, Parser)]
#[command(name = "shmeter", bin_name = "shmeter", version, about = ABOUT, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of inspect, which is what happens without a subcommand.
    #[command(flatten)]
    pub inspect: InspectArgs,
}

/// The options of an inspect, if that is what was typed, and typed well. Making the parsers of all
/// commands takes longer than an inspect reads, so here is only that one; what it does not take, help
/// included, is for the whole [`Cli`].
#[must_use]
pub fn inspect_alone(arguments: &[OsString]) -> Option<InspectArgs> {
    let word = arguments.get(1).map_or("-", |word| word.to_str().unwrap_or_default());
    let rest = match word {
        "inspect" => arguments.get(1..)?,
        option if option.starts_with('-') => arguments,
        _ => return None,
    };
    let command = InspectArgs::augment_args(clap::Command::new("shmeter")).disable_help_flag(true);
    let matches = command.try_get_matches_from(rest).ok()?;
    InspectArgs::from_arg_matches(&matches).ok()
}

/// What it is for, in one line.
pub const PURPOSE: &str = "how much shared memory a container can really use, and what stops it";

const ABOUT: &str = "\
How much shared memory can this container really use, and what stops it?
Says for each way to get shared memory how many bytes still fit, which limit
binds, and what happens there. Without a command it does what inspect does.";

const ABOUT_CAPTURE: &str = "\
`shmeter inspect --from FILE` gives the same answer from it on any machine. It
holds limits, mounts, the names and sizes of processes in the same cgroup, and,
where shared memory is in use, the mappings of processes: look at it before you
publish it.";

/// Shown below the help, and in the man page.
pub const EXAMPLES: &str = "\
Examples:
  shmeter                             what fits here, what stops it, what then
  shmeter inspect --explain           every limit, and the file that tells it
  shmeter inspect --pid 1             the target, from a debug container
  shmeter inspect --require 1Gi       exit 1 if less is usable
  shmeter ls                          what is in use, and who holds it
  shmeter fill                        fill it, safely: is that true?
  shmeter compare                     System V beside POSIX, probed here
  shmeter bench --quick               how fast is it?
  shmeter run                         all of that, with one result
  shmeter report --format html DIR    results as a page
  shmeter capture > bug.json          all that was read, for a bug report
  shmeter inspect --from bug.json     the same answer, anywhere

Exit codes:
  0 nothing failed (warnings may be there)   1 a check failed, or a finding says
  fail   2 wrong use   3 cannot tell: a needed fact could not be read   4 the
  machine refused   130 interrupted";

const EXAMPLES_INSPECT: &str = "\
Examples:
  shmeter inspect                     what fits here, what stops it, what then
  shmeter inspect --explain           every limit, and the file that tells it
  shmeter inspect --pid 1             the target, from a debug container
  shmeter inspect --require 1Gi       exit 1 if less is usable
  shmeter inspect --measure           limits that no file shows, too
  shmeter inspect --from bug.json     the same, from a capture

Exit codes:
  0 nothing failed (warnings may be there)   1 a check failed, or a finding says
  fail   2 wrong use   3 cannot tell: a needed fact could not be read   4 the
  machine refused   130 interrupted";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say how much still fits, what stops it, what happens then
    #[command(after_help = EXAMPLES_INSPECT)]
    Inspect(InspectArgs),
    /// Show what shared memory there is, and who holds it
    #[command(after_help = EXAMPLES_LS)]
    Ls(LsArgs),
    /// Fill shared memory until something stops it: is inspect right?
    #[command(after_help = EXAMPLES_FILL)]
    Fill(FillArgs),
    /// Show what differs here between System V, POSIX and others
    #[command(after_help = EXAMPLES_COMPARE)]
    Compare(CompareArgs),
    /// Measure how fast shared memory is, alone and between processes
    #[command(after_help = EXAMPLES_BENCH)]
    Bench(BenchArgs),
    /// Inspect, compare, bench and fill in one go, with one result
    #[command(after_help = run::EXAMPLES)]
    Run(RunArgs),
    /// Say what documents and journals tell, one run or many
    #[command(after_help = EXAMPLES_REPORT)]
    Report(ReportArgs),
    /// Write all that an inspect reads as one JSON document
    #[command(after_help = ABOUT_CAPTURE)]
    Capture(CaptureArgs),
    /// Write the man page or shell completions to stdout
    Generate(GenerateArgs),
}

/// Options of inspect.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Another process: its /dev/shm and its cgroup
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
    /// A capture instead of this machine (`-`: stdin)
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub from: Option<PathBuf>,
    /// Exit 1 if posix has less (256Mi, 1.5Gi, 64m)
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    pub require: Option<Bytes>,
    /// Exit 1 if this emptyDir sizeLimit was not applied
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    pub size_limit: Option<Bytes>,
    /// Find hidden limits: fill until memory runs short
    #[arg(long, conflicts_with_all = ["from", "pid"])]
    pub measure: bool,
    /// Every ceiling, with the file that tells it
    #[arg(long)]
    pub explain: bool,
    /// text, json or openmetrics
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true)]
    pub format: Format,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
}

/// Shown below the help of ls.
const EXAMPLES_LS: &str = "\
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
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
    /// text or json
    #[arg(long, value_enum, default_value_t = LsFormat::Text, hide_possible_values = true)]
    pub format: LsFormat,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
}

/// How ls prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsFormat {
    #[allow(missing_docs)]
    Text,
    #[allow(missing_docs)]
    Json,
}

/// Shown below the help of fill.
const EXAMPLES_FILL: &str = "\
It goes into ENOSPC and SIGBUS, which kill nobody, and stops where a kill or a
throttle would come next, also under limits that no file shows.

Examples:
  shmeter fill                        posix, by touching, safely
  shmeter fill --kind memfd --method write --procs 4
  shmeter fill --until 512Mi          does so much fit?
  shmeter fill --until limit --journal /tmp/fill.jsonl
                                      into the OOM kill, and keep the story

Exit codes:
  0 as predicted   1 it ended otherwise   2 wrong use, or others would be hit
  (see --force)   3 cannot tell   4 the machine refused: no segment could be
  made   130 interrupted";

/// Options of fill.
#[derive(Debug, Args)]
pub struct FillArgs {
    /// posix, sysv, memfd or anon
    #[arg(long, value_enum, default_value = "posix", hide_possible_values = true)]
    pub kind: Kind,
    /// write, fallocate, touch or populate
    #[arg(long, value_enum, default_value = "touch", hide_possible_values = true)]
    pub method: Method,
    /// Processes, each with its own segment
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub procs: u32,
    /// safe, limit (may kill), or a size
    #[arg(long, value_name = "END", default_value = "safe")]
    #[arg(value_parser = until, allow_negative_numbers = true)]
    pub until: Until,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
    /// Feel hidden limits first, and predict from that
    #[arg(long)]
    pub measure: bool,
    /// Fill although others would be hit
    #[arg(long)]
    pub force: bool,
    /// Note each step before and after it happens
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub journal: Option<PathBuf>,
    /// Ask for huge pages; tells whether they came
    #[arg(long)]
    pub huge: bool,
    /// How the OOM killer weighs the workers
    #[arg(long, value_name = "N", default_value_t = 1000, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(i32).range(-1000..=1000))]
    pub oom_score_adj: i32,
    /// text, json, or jsonl (the journal)
    #[arg(long, value_enum, default_value_t = FillFormat::Text, hide_possible_values = true)]
    pub format: FillFormat,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
}

/// Shown below the help of compare.
const EXAMPLES_COMPARE: &str = "\
Columns: posix (shm_open), sysv (shmget), memfd, anon (MAP_ANONYMOUS), and the
crate shared_memory. Each cell is what a probe saw on this machine just now.

Examples:
  shmeter compare                     the table
  shmeter compare --format markdown   for a page
  docker run ... shmeter compare      what that container is allowed

Exit codes:
  0 done   2 wrong use   3 cannot tell   4 the machine refused
  130 interrupted";

/// Options of compare.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
    /// Leave out what costs are
    #[arg(long)]
    pub no_cost: bool,
    /// text, json or markdown
    #[arg(long, value_enum, default_value_t = CompareFormat::Text, hide_possible_values = true)]
    pub format: CompareFormat,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
}

/// How a compare prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    #[allow(missing_docs)]
    Text,
    #[allow(missing_docs)]
    Json,
    #[allow(missing_docs)]
    Markdown,
}

/// Shown below the help of bench.
const EXAMPLES_BENCH: &str = "\
Tests:
  bandwidth   fill, write, read, copy; -nt: with stores past the caches
  fault       the first touch of a page, and of a huge one
  ping-pong   there and back: spin, spin-64B, futex, futex-one-cpu
  ring        messages from one process to another, 8 B to 1 MiB
  lifecycle   make, size, map, touch, unmap, remove

It uses at most half of what inspect says still fits.

Examples:
  shmeter bench --quick               all tests and kinds, within a minute
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
    pub tests: Vec<TestChoice>,
    /// posix, sysv, memfd, anon; without it all
    #[arg(long, value_enum, hide_possible_values = true)]
    pub kind: Vec<Kind>,
    /// Processes for bandwidth: 1, 2, 4 ... up to N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub procs: Option<u32>,
    /// CPUs to run on, such as 0,2-3
    #[arg(long, value_name = "LIST")]
    pub cpus: Option<String>,
    /// Memory for bandwidth (default: by the caches)
    #[arg(long, value_name = "SIZE")]
    pub bytes: Option<Bytes>,
    /// How often; fewer than 6 give no interval
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// Fewer sizes; ends within a minute
    #[arg(long)]
    pub quick: bool,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
    /// text, json, csv or markdown
    #[arg(long, value_enum, default_value_t = BenchFormat::Text, hide_possible_values = true)]
    pub format: BenchFormat,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
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

/// How a bench prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BenchFormat {
    #[allow(missing_docs)]
    Text,
    #[allow(missing_docs)]
    Json,
    #[allow(missing_docs)]
    Csv,
    #[allow(missing_docs)]
    Markdown,
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

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        &Kind::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.word()))
    }
}

impl ValueEnum for Method {
    fn value_variants<'a>() -> &'a [Self] {
        &Method::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.word()))
    }
}

/// Shown below the help of report.
const EXAMPLES_REPORT: &str = "\
FILE: documents (--format json) and journals of inspect, fill, compare, bench
and run, cut-off ones too; logs in which others write as well, as kubectl logs
has them (also with --prefix, --timestamps); folders; `-` is stdin. What stands
in one file is one run, until something comes a second time.

Examples:
  shmeter report /tmp/fill.jsonl      how far did it come?
  shmeter report results/ --format html > report.html
  shmeter report a.json b.json        beside each other
  kubectl logs -l app=shmeter --prefix --tail=-1 | shmeter report -
  shmeter report run.json --format svg --chart course > course.svg

Exit codes:
  0 done   2 a file cannot be read   3 nothing in it tells anything";

/// Options of report.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Documents, journals, logs, folders (`-`: stdin)
    #[arg(value_name = "FILE", required = true, value_hint = clap::ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// text, markdown, html, svg, csv or json
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, hide_possible_values = true)]
    pub format: ReportFormat,
    /// svg: ladder, course, latency or kinds
    #[arg(long, value_enum, default_value_t = ChartChoice::Ladder, hide_possible_values = true)]
    pub chart: ChartChoice,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    pub color: Color,
}

/// How a report prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ReportFormat {
    Text,
    Markdown,
    Html,
    Svg,
    Csv,
    Json,
}

/// Which chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ChartChoice {
    Ladder,
    Course,
    Latency,
    Kinds,
}

/// Options of capture.
#[derive(Debug, Args)]
pub struct CaptureArgs {
    /// Another process: its /dev/shm and its cgroup
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub pid: Option<u32>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub path: Option<String>,
}

/// Options of generate.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to generate.
    #[command(subcommand)]
    pub what: Generate,
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// The man page, in roff
    Man,
    /// Completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[allow(missing_docs)]
    Text,
    #[allow(missing_docs)]
    Json,
    #[allow(missing_docs)]
    Openmetrics,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[allow(missing_docs)]
    Auto,
    #[allow(missing_docs)]
    Always,
    #[allow(missing_docs)]
    Never,
}

/// How a fill prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FillFormat {
    #[allow(missing_docs)]
    Text,
    #[allow(missing_docs)]
    Json,
    #[allow(missing_docs)]
    Jsonl,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inspect_is_parsed_alone_as_it_is_among_all_commands() {
        for typed in [
            "",
            "inspect",
            "--explain --color never",
            "inspect --pid 7 --path /x --require 1Gi --size-limit=64Mi --format json",
            "--from - --format openmetrics",
            "inspect --measure",
        ] {
            let words = ["shmeter"].into_iter().chain(typed.split_whitespace());
            let words: Vec<OsString> = words.map(OsString::from).collect();
            let whole = Cli::try_parse_from(&words).unwrap();
            let whole = match whole.command {
                Some(Command::Inspect(args)) => args,
                other => {
                    assert!(other.is_none(), "{typed}");
                    whole.inspect
                }
            };
            assert_eq!(format!("{:?}", inspect_alone(&words)), format!("{:?}", Some(whole)));
        }
    }

    #[test]
    fn all_else_is_for_the_whole_parser() {
        for typed in ["--help", "-V", "fill", "inspect --nonsense", "--explain fill", "--pid 0"] {
            let words = ["shmeter"].into_iter().chain(typed.split_whitespace());
            let words: Vec<OsString> = words.map(OsString::from).collect();
            assert!(inspect_alone(&words).is_none(), "{typed}");
        }
    }
}
