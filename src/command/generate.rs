//! `shmeter generate`: man page and completions, out of the parser's own definition, and JSON Schemas.

use std::io::Write;

use clap::CommandFactory;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::{Code, Failure};
use crate::cli::{Cli, Color, EXAMPLES, Generate, GenerateArgs, PURPOSE};
use crate::schema;

/// Prints what was asked for.
pub fn run(args: &GenerateArgs) -> Result<Code, Failure> {
    let mut command = Cli::command();
    let mut bytes = Vec::new();
    match &args.what {
        Generate::Schema { name: Some(name), .. } => {
            let found = schema::SCHEMAS.iter().find(|(one, _)| one == name);
            bytes.extend_from_slice(found.map_or("", |(_, text)| text).as_bytes());
        }
        Generate::Schema { name: None, .. } => {
            schema::names()
                .for_each(|name| bytes.extend_from_slice(format!("{name}\n").as_bytes()));
        }
        Generate::Man => {
            man(command, &mut bytes).map_err(|error| Failure::new(Code::Refused, error))?;
        }
        Generate::Completions { shell } => {
            clap_complete::generate(*shell, &mut command, "shmeter", &mut bytes);
        }
    }
    super::print(&String::from_utf8_lossy(&bytes), Color::Never)?;
    Ok(Code::Done)
}

/// One page for all of it: each subcommand's options stand below its name.
fn man(command: clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    let page = clap_mangen::Man::new(command.clone().about(PURPOSE));
    page.render_title(out)?;
    page.render_name_section(out)?;
    synopsis(&command).to_writer(out)?;
    clap_mangen::Man::new(command.clone()).render_description_section(out)?;
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for sub in command.get_subcommands() {
        roff.control("TP", []);
        roff.text([bold(sub.get_name())]);
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        roff.text([roman(format!("{about}."))]);
    }
    roff.to_writer(out)?;
    // Those of inspect are those without a command.
    for sub in command.get_subcommands().filter(|sub| sub.get_arguments().next().is_some()) {
        let mut roff = Roff::new();
        roff.control("SH", [&*format!("OPTIONS OF {}", sub.get_name().to_uppercase())]);
        roff.to_writer(out)?;
        let mut options = Vec::new();
        clap_mangen::Man::new(sub.clone()).render_options_section(&mut options)?;
        let options = String::from_utf8_lossy(&options);
        out.write_all(options.replacen(".SH OPTIONS\n", "", 1).as_bytes())?;
    }
    let (examples, _) = sections(EXAMPLES);
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    lines(&mut roff, examples);
    roff.control("SH", ["EXIT STATUS"]);
    for sub in command.get_subcommands() {
        let text = sub.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let (_, codes) = sections(&text);
        if !codes.is_empty() {
            roff.control("SS", [sub.get_name()]);
            lines(&mut roff, codes);
        }
    }
    roff.to_writer(out)
}

/// The examples and the exit codes of what stands below a help.
fn sections(text: &str) -> (&str, &str) {
    text.split_once("\n\n").unwrap_or((text, ""))
}

/// The lines below a title, as they are.
fn lines(roff: &mut Roff, text: &str) {
    roff.control("nf", []);
    for line in text.lines().skip(1) {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

/// Each command with its options and what their values are called.
fn synopsis(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    let mut usages = vec![("shmeter".to_owned(), command)];
    for sub in command.get_subcommands() {
        let name = format!("shmeter {}", sub.get_name());
        let below = sub.get_subcommands().map(|one| (format!("{name} {}", one.get_name()), one));
        let below: Vec<_> = below.collect();
        if below.is_empty() { usages.push((name, sub)) } else { usages.extend(below) }
    }
    for (at, (name, command)) in usages.into_iter().enumerate() {
        if at > 0 {
            roff.control("br", []);
        }
        let mut text = vec![bold(name)];
        command.get_arguments().for_each(|arg| usage(&mut text, arg));
        roff.text(text);
    }
    roff
}

/// `[--name VALUE]`, `[--flag]`, `NAME` or `[NAME]...`.
fn usage(text: &mut Vec<Inline>, arg: &clap::Arg) {
    if matches!(arg.get_id().as_str(), "help" | "version" | "verbose") {
        return;
    }
    let needed = arg.is_required_set();
    text.push(roman(if needed { " " } else { " [" }));
    if let Some(long) = arg.get_long() {
        text.push(bold(format!("--{long}")));
    }
    if arg.get_action().takes_values() {
        let names = arg.get_value_names().unwrap_or_default();
        let name =
            names.first().map_or_else(|| arg.get_id().as_str().to_uppercase(), ToString::to_string);
        text.push(roman(if arg.get_long().is_some() { " " } else { "" }));
        text.push(italic(name));
    }
    text.push(roman(if needed { "" } else { "]" }));
    let many = matches!(arg.get_action(), clap::ArgAction::Append);
    text.push(roman(if many { "..." } else { "" }));
}
