//! `shmeter report`: what documents and journals tell, one run or many beside each other.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::{Code, Failure, json, print};
use crate::cli::{ChartChoice, ReportArgs, ReportFormat};
use crate::report::charts::Chart;
use crate::report::pages::json::ReportDocument;
use crate::report::pages::{csv, html, markdown, svg, text};
use crate::runs::Runs;
use crate::runs::reader::Reader;

/// Bytes of a line; a document of bench in one line has a hundredth of that.
const LONGEST: u64 = 32 << 20;

/// Prints the report; exit 3 where nothing tells anything.
pub fn run(args: &ReportArgs) -> Result<Code, Failure> {
    let runs = gather(&args.files)?;
    if runs.runs.is_empty() {
        let notes = runs.notes.join("; ");
        return Err(Failure::new(Code::CannotTell, format!("nothing to report: {notes}")));
    }
    print(&told(&runs, args.format, args.chart)?, args.color)?;
    Ok(Code::Done)
}

/// What it prints of these runs.
///
/// # Errors
/// When no run has what the chart shows.
pub fn told(
    runs: &Runs,
    format: ReportFormat,
    choice: Option<ChartChoice>,
) -> Result<String, Failure> {
    Ok(match format {
        ReportFormat::Text => text::render(runs),
        ReportFormat::Markdown => markdown::render(runs),
        ReportFormat::Html => html::render(runs),
        ReportFormat::Csv => csv::render(runs).map_err(|why| Failure::new(Code::Refused, why))?,
        ReportFormat::Json => json(&ReportDocument::new(runs))?,
        ReportFormat::Svg => {
            let chosen = choice.map(|choice| [chart(choice)]);
            let charts = chosen.as_ref().map_or(Chart::USUAL, |chart| chart.as_slice());
            svg::render(runs, charts).ok_or_else(|| {
                let needs: Vec<&str> = charts.iter().map(|chart| chart.needs()).collect();
                Failure::new(Code::CannotTell, format!("no chart: {}", needs.join("; ")))
            })?
        }
    })
}

/// The runs of one text.
///
/// # Errors
/// When it cannot be read to its end.
pub fn runs_of(name: &str, from: impl BufRead) -> std::io::Result<Runs> {
    let mut reader = Reader::default();
    reader.file(name);
    read(&mut reader, from)?;
    Ok(reader.finish())
}

const fn chart(choice: ChartChoice) -> Chart {
    match choice {
        ChartChoice::Ladder => Chart::Ladder,
        ChartChoice::Course => Chart::Course,
        ChartChoice::Latency => Chart::Latency,
        ChartChoice::Kinds => Chart::Kinds,
        ChartChoice::Changes => Chart::Changes,
    }
}

/// All runs of these files.
fn gather(files: &[PathBuf]) -> Result<Runs, Failure> {
    let mut reader = Reader::default();
    let mut empty = Vec::new();
    for file in files {
        let failed = |error: std::io::Error| {
            Failure::new(Code::Usage, format!("cannot read {}: {error}", file.display()))
        };
        if file.as_os_str() == "-" {
            crate::sys::signals::end_on_signals();
            reader.file("stdin");
            read(&mut reader, std::io::stdin().lock()).map_err(failed)?;
        } else if file.is_dir() {
            let folder = file;
            let within = within(folder, 1).map_err(failed)?;
            if within.is_empty() {
                empty.push(format!("{} has no files in it", folder.display()));
            }
            for file in within {
                self::file(&mut reader, &file)?;
            }
        } else {
            self::file(&mut reader, file)?;
        }
    }
    let mut runs = reader.finish();
    runs.notes.extend(empty);
    Ok(runs)
}

/// The files of a folder and of the folders in it, so deep, in the order of their names.
fn within(folder: &Path, depth: usize) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        if path.is_file() {
            files.push(path);
        } else if depth > 0 && path.is_dir() {
            files.extend(within(&path, depth.saturating_sub(1))?);
        }
    }
    Ok(files)
}

fn file(reader: &mut Reader, path: &Path) -> Result<(), Failure> {
    reader.file(&path.display().to_string());
    File::open(path).and_then(|file| read(reader, BufReader::with_capacity(1 << 16, file))).map_err(
        |error| Failure::new(Code::Usage, format!("cannot read {}: {error}", path.display())),
    )
}

/// Line by line: what is no line of ours is never held.
fn read(reader: &mut Reader, mut from: impl BufRead) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = from.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if count == 0 {
            return Ok(());
        }
        let whole = line.ends_with(b"\n");
        if whole || u64::try_from(count).unwrap_or(LONGEST) < LONGEST {
            reader.line(&line);
            continue;
        }
        reader.long_line();
        from.skip_until(b'\n')?;
    }
}
