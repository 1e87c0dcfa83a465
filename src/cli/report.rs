//! The options of report.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Color;

/// Shown below the help of report.
pub(super) const EXAMPLES: &str = "\
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
    pub(crate) files: Vec<PathBuf>,
    /// text, markdown, html, svg, csv or json
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, hide_possible_values = true)]
    pub(crate) format: ReportFormat,
    /// svg: ladder, course, latency or kinds
    #[arg(long, value_enum, default_value_t = ChartChoice::Ladder, hide_possible_values = true)]
    pub(crate) chart: ChartChoice,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
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
    Course,
    Latency,
    Kinds,
}
