//! Typed to done: one file a subcommand. The only place that knows what was typed, that prints,
//! and that chooses an exit code.

mod bench;
mod capture;
mod compare;
mod documents;
mod explain;
mod fill;
mod generate;
mod inspect;
mod journal;
mod ls;
mod output;
mod report;
mod run;
#[cfg(test)]
mod schemas;
mod subject;
mod version;
mod watch;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nix::errno::Errno;
use serde::Serialize;

use crate::cli::{Cli, Color, Command, inspect_alone};
use crate::fill::worker::{self, Job};
use crate::plain::{plain, plain_json};
use crate::sys;
use crate::units::Bytes;

// What the properties in `fuzz/` hold for: all that is printed of a text, without a machine.
pub use explain::explained;
pub use inspect::of_capture as inspect_capture;
pub use report::{runs_of, told as report_runs};

/// Exit codes (docs/contract.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Done, and nothing is wrong.
    Done,
    /// A check failed.
    CheckFailed,
    /// A usage error.
    Usage,
    /// A needed fact could not be read.
    CannotTell,
    /// Refused by the system.
    Refused,
    /// A signal asked for an end.
    Interrupted,
    /// That of a command that was run, or why it was not.
    Exit(u8),
}

impl From<Code> for u8 {
    fn from(code: Code) -> u8 {
        match code {
            Code::Done => 0,
            Code::CheckFailed => 1,
            Code::Usage => 2,
            Code::CannotTell => 3,
            Code::Refused => 4,
            Code::Interrupted => 130,
            Code::Exit(code) => code,
        }
    }
}

/// Why a command could not do its work: one line, and an exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) message: String,
    /// What to exit with.
    pub code: Code,
}

impl Failure {
    /// A failure with this code.
    pub(crate) fn new(code: Code, message: impl fmt::Display) -> Failure {
        Failure { message: message.to_string(), code }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One line that steers no terminal, whatever a file name or a kernel text had in it.
        f.write_str(&plain(&self.message))
    }
}

/// Parses, does, and says on stderr what went wrong; returns the code to exit with.
#[must_use]
pub fn start(arguments: &[OsString]) -> Code {
    enough_stack(STACK).and_then(|()| parse_and_do(arguments)).unwrap_or_else(|failure| {
        // Where stderr is gone too, the exit code still tells.
        let _ = writeln!(io::stderr(), "shmeter: {failure}");
        failure.code
    })
}

// Apart: its frame may be larger than a stack that is too small.
#[inline(never)]
fn parse_and_do(arguments: &[OsString]) -> Result<Code, Failure> {
    // Not for people, so it is in no help and no completion.
    let word = arguments.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    let job = arguments.get(2).and_then(|job| job.to_str());
    if word == worker::SUBCOMMAND {
        work(job)
    } else if word == crate::bench::SUBCOMMAND {
        bench::lead(job)
    } else if word == crate::compare::SUBCOMMAND {
        compare::probe(job)
    } else if let Some(args) = inspect_alone(arguments) {
        inspect::run(&args)
    } else {
        match typed(arguments) {
            Ok(Typed::Command(cli)) => run(&cli),
            Ok(Typed::Help(text)) => print(&text, Color::Auto).map(|()| Code::Done),
            // Every other code is the command's.
            Err(failure) if word == "watch" => Err(Failure { code: watch::FAILED, ..failure }),
            Err(failure) => Err(failure),
        }
    }
}

/// Bytes of stack without which no command gets far.
const STACK: u64 = 96 << 10;

/// Refuses where the stack has less: beyond its end is SIGSEGV.
fn enough_stack(bytes: u64) -> Result<(), Failure> {
    let has = sys::limits::stack();
    if has >= bytes {
        return Ok(());
    }
    let (has, bytes) = (Bytes(has), Bytes(bytes));
    let why = format!("a stack of {has} is too small (ulimit -s): raise that limit to {bytes}");
    Err(Failure::new(Code::Refused, why))
}

/// What was typed.
#[derive(Debug)]
pub enum Typed {
    Command(Box<Cli>),
    /// Help or the version, to be shown.
    Help(String),
}

/// Parses what was typed.
///
/// # Errors
/// When it is no command, in one line that says why.
pub fn typed(arguments: &[OsString]) -> Result<Typed, Failure> {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => Ok(Typed::Command(cli.into())),
        Err(error) if error.use_stderr() => {
            let word = arguments.get(1).and_then(|word| word.to_str()).unwrap_or_default();
            Err(Failure::new(Code::Usage, usage_error(&error, word)))
        }
        Err(asked)
            if asked.kind() == ErrorKind::DisplayVersion
                && arguments.iter().any(|word| word == "--verbose") =>
        {
            Ok(Typed::Help(version::verbose()))
        }
        Err(asked) => Ok(Typed::Help(asked.render().ansi().to_string())),
    }
}

/// A worker of a team; it says in the ledger how it fared.
fn work(job: Option<&str>) -> Result<Code, Failure> {
    let job: Option<Job> = job.and_then(|job| serde_json::from_str(job).ok());
    let job = job.ok_or_else(|| {
        Failure::new(Code::Usage, "this command is internal: fill starts its workers with it")
    })?;
    Ok(if worker::work(&job) == 0 { Code::Done } else { Code::Refused })
}

/// What is wrong, in one line, and what was meant where that is known; `word` is the first one that was typed.
fn usage_error(error: &clap::Error, word: &str) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let what = "say what to generate: man, completions SHELL or schema NAME";
        return format!("{what} (see shmeter generate --help)");
    }
    let whole = Cli::command();
    let known = whole.find_subcommand(word);
    let text = meant(error, known.unwrap_or(&whole)).unwrap_or_else(|| one_line(error));
    let word = if known.is_some() { format!("{word} ") } else { String::new() };
    format!("{text} (see shmeter {word}--help)")
}

/// The error where what was meant is known.
fn meant(error: &clap::Error, command: &clap::Command) -> Option<String> {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(said)) => Some(said.as_str()),
        _ => None,
    };
    let find = |id: &str| command.get_arguments().find(|arg| arg.get_id().as_str() == id);
    match error.kind() {
        ErrorKind::MissingRequiredArgument if find("files").is_some() => Some(
            "report needs a FILE: a document, a journal, a log or a folder of them (`-`: stdin)"
                .to_owned(),
        ),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => {
            let typed = said(ContextKind::InvalidArg).or(said(ContextKind::InvalidSubcommand))?;
            let unexpected = format!("unexpected argument '{typed}' found");
            if typed.parse::<u32>().is_ok() && find("pid").is_some() {
                return Some(format!("{unexpected}; for a process: --pid {typed}"));
            }
            let form = typed.strip_prefix("--")?;
            let Some(format) = find("format") else {
                let always = form == "json" && command.get_name() == "capture";
                return always.then(|| format!("{unexpected}; capture always prints JSON"));
            };
            let forms = format.get_possible_values();
            let known = forms.iter().any(|one| one.get_name() == form);
            known.then(|| format!("{unexpected}; write --format {form}"))
        }
        _ => None,
    }
}

/// What clap says over several lines, without its usage.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().take_while(|line| {
        !line.starts_with("Usage:") && !line.starts_with("For more information")
    });
    let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = lines.join("; ");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

/// Does what was typed.
fn run(cli: &Cli) -> Result<Code, Failure> {
    match &cli.command {
        None => inspect::run(&cli.inspect),
        Some(Command::Inspect(args)) => inspect::run(args),
        Some(Command::Ls(args)) => ls::run(args),
        Some(Command::Watch(args)) => watch::run(args),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Fill(args)) => fill::run(args),
        Some(Command::Compare(args)) => compare::run(args),
        Some(Command::Bench(args)) => bench::run(args),
        Some(Command::Run(args)) => run::run(args),
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Capture(args)) => capture::run(args),
        Some(Command::Generate(args)) => generate::run(args),
    }
}

/// A document as JSON, with its end of line.
fn json(document: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document)
        .map_err(|error| Failure::new(Code::Refused, format!("cannot write JSON: {error}")))?;
    Ok(plain_json(text))
}

/// A progress bar over so many parts, on a terminal only.
fn bar(template: &str, parts: u64) -> Option<ProgressBar> {
    if !io::stderr().is_terminal() {
        return None;
    }
    let bar = ProgressBar::with_draw_target(Some(parts), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_position(0);
    Some(bar)
}

/// Says something beside the result.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "shmeter: {}", plain(text));
}

/// Writes to stdout. A reader that went away is no error.
fn print(text: &str, color: Color) -> Result<(), Failure> {
    let choice = match color {
        Color::Auto => anstream::AutoStream::choice(&io::stdout()),
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let plain;
    let text = if choice == anstream::ColorChoice::Never {
        plain = anstream::adapter::strip_str(text).to_string();
        &plain
    } else {
        text
    };
    // Not through `std::io::stdout`, which takes a closed stdout for a good one.
    match output::write(io::stdout().as_fd(), text.as_bytes()) {
        Ok(()) | Err(Errno::EPIPE) => Ok(()),
        Err(errno) => Err(output::lost("to stdout", errno)),
    }
}
