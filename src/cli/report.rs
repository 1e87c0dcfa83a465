//! The options of report.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Color;

/// What `--help` says before the options.
pub(super) const ABOUT: &str = "\
Show results: documents, journals and logs of one run or many

FILE is a document (--format json) or a journal of inspect, fill, compare, bench
or run, also one that was cut off; a log in which other programs write too, such
as kubectl logs prints it (also with --prefix and --timestamps); or a folder of
such files. `-` is stdin. A file is one run, until a document or a step comes a
second time.

One run is shown in full, a few runs side by side, and many runs as groups with
the same answers. Of two or more benches each figure is compared. A run is
called by its node or pod, else by its file. csv and json have each run, with
its file.";

/// What `--help` says after the options.
pub(super) const EXAMPLES: &str = "\
Examples:
  shmeter report /tmp/fill.jsonl      how far did it come?
  shmeter report results/ --format html > report.html
  shmeter report a.json b.json        side by side
  kubectl logs -l app=shmeter --prefix --tail=-1 | shmeter report -
  shmeter report run.json --format svg --chart course > course.svg

Exit codes:
  0    done
  2    usage error, or a file cannot be read
  3    there is nothing to report
  4    the output cannot be written
  130  interrupted";

/// Options of report.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Documents, journals, logs and folders (`-`: stdin)
    #[arg(value_name = "FILE", required = true, value_hint = clap::ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    /// text, markdown, html, svg, csv or json
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, hide_possible_values = true)]
    pub(crate) format: ReportFormat,
    /// Chart of svg: ladder, changes, kinds, latency or course
    ///
    /// ladder: what df shows, each limit, and where fills ended.
    /// changes: ratios of the figures of two benches.
    /// kinds: the kinds of shared memory compared.
    /// latency: percentiles of times.
    /// course: speed of a fill by fill level.
    /// Without the option it is the first of these that there is data for.
    #[arg(long, value_enum, hide_possible_values = true, verbatim_doc_comment)]
    pub(crate) chart: Option<ChartChoice>,
    /// Colors: auto, always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    #[arg(value_name = "WHEN")]
    pub(crate) color: Color,
}

/// How a report prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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
pub enum ChartChoice {
    Ladder,
    Changes,
    Kinds,
    Latency,
    Course,
}
