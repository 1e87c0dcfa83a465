//! `shmeter explain`: what the messages of an application mean, and what holds here.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;

use super::documents::inspect;
use super::{Code, Failure, json, output, print, subject};
use crate::capacity::findings::Asked;
use crate::cli::{ExplainArgs, ExplainFormat};
use crate::explain::here::Here;
use crate::explain::scan::{Found, Scanner};
use crate::facts::Facts;
use crate::probe::{Capture, Target, gather};
use crate::report::explain::{CatalogueDocument, ExplainDocument, text};
use crate::sys;

/// A capture has some 30 KiB, one with the mappings of many processes a few MiB.
const LARGEST: u64 = 256 << 20;

/// Bytes of a log that are read at once.
const PIECE: usize = 128 << 10;

/// Explains, and prints; exit 3 where no message is known.
pub fn run(args: &ExplainArgs) -> Result<Code, Failure> {
    let (format, color) = (args.output.format, args.output.color);
    if args.list {
        let document = CatalogueDocument::new();
        let text = match format {
            ExplainFormat::Text => text::list(&document),
            ExplainFormat::Json => json(&document)?,
        };
        return print(&text, color).map(|()| Code::Done);
    }
    let found = found(args)?;
    if found.matches.is_empty() {
        let told = match format {
            ExplainFormat::Json => print(&told(&found, None, format)?, color),
            ExplainFormat::Text => Ok(()),
        };
        return output::finish(told, Err(unknown(args)));
    }
    let here = here(args)?;
    print(&told(&found, here.as_ref(), format)?, color)?;
    Ok(Code::Done)
}

/// What it prints of a text, where an inspect or a watch said so.
///
/// # Errors
/// When the catalogue cannot be searched for.
pub fn explained(
    bytes: &[u8],
    document: Option<&str>,
    format: ExplainFormat,
) -> Result<String, Failure> {
    let mut scanner = scanner()?;
    scanner.feed(bytes);
    let here = document.and_then(|text| match Kind::of(text) {
        Kind::Watch => Here::of_watch(text),
        _ => Here::of(text),
    });
    told(&scanner.finish(), here.as_ref(), format)
}

fn told(found: &Found, here: Option<&Here>, format: ExplainFormat) -> Result<String, Failure> {
    let document = ExplainDocument::new(found, here);
    match format {
        ExplainFormat::Text => Ok(text::render(&document)),
        ExplainFormat::Json => json(&document),
    }
}

fn scanner() -> Result<Scanner, Failure> {
    Scanner::new().map_err(|error| Failure::new(Code::Refused, format!("no catalogue: {error}")))
}

/// The messages in what was typed, or in what comes from stdin.
fn found(args: &ExplainArgs) -> Result<Found, Failure> {
    let mut scanner = scanner()?;
    if !is_stdin(args) {
        for (at, word) in args.text.iter().enumerate() {
            if at > 0 {
                scanner.feed(b" ");
            }
            scanner.feed(word.as_encoded_bytes());
        }
        return Ok(scanner.finish());
    }
    let mut stdin = std::io::stdin().lock();
    if args.from.as_ref().is_some_and(|file| file.as_os_str() == "-") {
        let why = "stdin cannot be both the text and the file of --from: give the text as an argument, or \
             that file by its name";
        return Err(Failure::new(Code::Usage, why));
    }
    if args.text.is_empty() && stdin.is_terminal() {
        let why = "a text is missing: give the message as an argument, or pipe a log into it (see \
            shmeter explain --help)";
        return Err(Failure::new(Code::Usage, why));
    }
    sys::signals::end_on_signals();
    let mut piece = vec![0; PIECE];
    loop {
        match stdin.read(&mut piece) {
            Ok(0) => return Ok(scanner.finish()),
            Ok(count) => scanner.feed(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Failure::new(Code::Usage, format!("cannot read stdin: {error}")));
            }
        }
    }
}

fn is_stdin(args: &ExplainArgs) -> bool {
    match args.text.as_slice() {
        [] => true,
        [word] => word == "-",
        _ => false,
    }
}

/// What to try where nothing is known.
fn unknown(args: &ExplainArgs) -> Failure {
    let file = match args.text.as_slice() {
        [word] if word != "-" && Path::new(word).is_file() => {
            " (TEXT is the text itself; to read that file: shmeter explain <FILE)"
        }
        _ => "",
    };
    Failure::new(
        Code::CannotTell,
        format!(
            "no known message found{file}: give the whole log, as the cause is often some lines \
             before the last one; `shmeter inspect` shows what fits here, `shmeter explain \
             --list` the known messages"
        ),
    )
}

/// What holds here, or where a file was made; none where that cannot be read.
fn here(args: &ExplainArgs) -> Result<Option<Here>, Failure> {
    let Some(file) = &args.from else {
        return subject::facts(Target::DEFAULT_PATH).map_or(Ok(None), |facts| of_facts(&facts));
    };
    let name = if file.as_os_str() == "-" { "stdin".into() } else { file.display().to_string() };
    let fault = |code, error: &dyn std::fmt::Display| {
        Failure::new(code, format!("cannot use {name}: {error}"))
    };
    let text = read(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => fault(Code::CannotTell, &error),
        _ => fault(Code::Usage, &error),
    })?;
    match Kind::of(&text) {
        Kind::Inspect => Ok(Here::of(&text)),
        Kind::Watch => Ok(Here::of_watch(&text)),
        Kind::Capture => {
            let capture = Capture::parse(&text).map_err(|error| fault(Code::CannotTell, &error))?;
            let path = subject::folder(capture.path.as_ref());
            of_facts(&gather(&capture, &Target { pid: capture.pid, path })?)
        }
        Kind::Other => Err(fault(
            Code::CannotTell,
            &"neither a capture, a document of inspect, nor a report of watch",
        )),
    }
}

fn of_facts(facts: &Facts) -> Result<Option<Here>, Failure> {
    let document = json(&inspect::document(facts, &Asked::default(), None)?)?;
    Ok(Here::of(&document).map(|here| here.with(facts)))
}

fn read(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        sys::signals::end_on_signals();
        std::io::stdin().lock().take(LARGEST).read_to_string(&mut text)?;
    } else {
        File::open(file)?.take(LARGEST).read_to_string(&mut text)?;
    }
    Ok(text)
}

/// What tells what holds somewhere else.
enum Kind {
    Capture,
    Inspect,
    Watch,
    /// Nothing that is read yet.
    Other,
}

impl Kind {
    /// By what a document says that it is.
    fn of(text: &str) -> Kind {
        #[derive(serde::Deserialize)]
        struct Name {
            schema: Option<String>,
            format: Option<String>,
        }
        let name: Option<Name> = serde_json::from_str(text).ok();
        let name = name.map(|name| (name.schema, name.format));
        match name {
            Some((Some(schema), _)) if schema == crate::schema::INSPECT => Kind::Inspect,
            Some((Some(schema), _)) if schema == crate::schema::WATCH => Kind::Watch,
            Some((_, Some(format))) if format.starts_with("shmeter-capture/") => Kind::Capture,
            _ => Kind::Other,
        }
    }
}
