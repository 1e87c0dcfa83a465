//! `shmeter generate`: man page and completions, out of the parser's own definition.

use clap::CommandFactory;

use super::{Code, Failure};
use crate::cli::{Cli, Color, Generate, GenerateArgs};

/// Prints what was asked for.
pub fn run(args: &GenerateArgs) -> Result<Code, Failure> {
    let mut command = Cli::command();
    let mut bytes = Vec::new();
    match args.what {
        Generate::Man => clap_mangen::Man::new(command)
            .render(&mut bytes)
            .map_err(|error| Failure::new(Code::Refused, error))?,
        Generate::Completions { shell } => {
            clap_complete::generate(shell, &mut command, "shmeter", &mut bytes);
        }
    }
    super::print(&String::from_utf8_lossy(&bytes), Color::Never)?;
    Ok(Code::Done)
}
