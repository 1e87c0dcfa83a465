//! `shmeter generate`: man page and completions, out of the parser's own definition.

use std::io::Write;

use clap::CommandFactory;
use clap_mangen::roff::{Roff, roman};

use super::{Code, Failure};
use crate::cli::{Cli, Color, EXAMPLES, Generate, GenerateArgs, PURPOSE};

/// Prints what was asked for.
pub fn run(args: &GenerateArgs) -> Result<Code, Failure> {
    let mut command = Cli::command();
    let mut bytes = Vec::new();
    match args.what {
        Generate::Man => {
            man(command, &mut bytes).map_err(|error| Failure::new(Code::Refused, error))?;
        }
        Generate::Completions { shell } => {
            clap_complete::generate(shell, &mut command, "shmeter", &mut bytes);
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
    page.render_synopsis_section(out)?;
    clap_mangen::Man::new(command.clone()).render_description_section(out)?;
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for sub in command.get_subcommands() {
        roff.control("TP", []);
        roff.text([clap_mangen::roff::bold(sub.get_name())]);
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        let stop = if about.ends_with('?') { "" } else { "." };
        roff.text([roman(format!("{about}{stop}"))]);
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
    let (examples, codes) = EXAMPLES.split_once("\n\n").unwrap_or((EXAMPLES, ""));
    let mut roff = Roff::new();
    for (title, text) in [("EXAMPLES", examples), ("EXIT STATUS", codes)] {
        roff.control("SH", [title]);
        roff.control("nf", []);
        for line in text.lines().skip(1) {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff.to_writer(out)
}
