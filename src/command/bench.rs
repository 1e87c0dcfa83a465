//! `shmeter bench`: plan, measure, report.

use std::io::Write;

use super::documents::bench::document;
use super::{Code, Failure, output, print, subject};
use crate::bench::plan::Request;
use crate::bench::{self as workload, Job, Line, Test};
use crate::capacity::Kind;
use crate::cli::{BenchArgs, BenchFormat};
use crate::facts::cpu::parse_list;
use crate::report::bench;

/// Measures and reports.
pub fn run(args: &BenchArgs) -> Result<Code, Failure> {
    let document = document(&request(args)?, None)?;
    let text = match args.output.format {
        BenchFormat::Text => bench::text::render(&document),
        BenchFormat::Markdown => bench::text::markdown(&document),
        BenchFormat::Csv => bench::csv(&document),
        BenchFormat::Json => super::json(&document)?,
    };
    let code = if document.interrupted { Code::Interrupted } else { Code::Done };
    output::finish(print(&text, args.output.color), Ok(code))
}

fn request(args: &BenchArgs) -> Result<Request, Failure> {
    let cpus = match &args.cpus {
        None => Vec::new(),
        Some(list) => match parse_list(list) {
            cpus if cpus.is_empty() => {
                let why = format!("--cpus {list:?} names no CPU; examples are 0,2 and 0-3");
                return Err(Failure::new(Code::Usage, why));
            }
            cpus => cpus,
        },
    };
    let all = args.tests.iter().any(|test| test.0.is_none());
    let chosen = |test: &Test| all || args.tests.iter().any(|asked| asked.0 == Some(*test));
    Ok(Request {
        tests: Test::ALL.into_iter().filter(chosen).collect(),
        kinds: if args.kind.is_empty() { Kind::ALL.to_vec() } else { args.kind.clone() },
        procs: args.procs,
        cpus,
        pair: args.pair,
        bytes: args.bytes,
        rounds: args.rounds,
        most: None,
        sized: args.bytes.is_some(),
        exclusive: args.exclusive,
        force: args.force,
        quick: args.quick,
        folder: subject::folder(args.path.as_ref()),
    })
}

/// The process that measures; its lines go to stdout.
pub(crate) fn lead(job: Option<&str>) -> Result<Code, Failure> {
    let job: Option<Job> = job.and_then(|job| serde_json::from_str(job).ok());
    let job = job.ok_or_else(|| {
        Failure::new(Code::Usage, "this command is internal: bench starts its processes with it")
    })?;
    let mut out = std::io::stdout().lock();
    let mut tell = |line: &Line| {
        if let Ok(text) = serde_json::to_string(line) {
            let _ = writeln!(out, "{text}");
            let _ = out.flush();
        }
    };
    Ok(if workload::lead(&job, &mut tell) == 0 { Code::Done } else { Code::Refused })
}
