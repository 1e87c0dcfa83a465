//! Parse, run, exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use shmeter::{cli::Cli, command};

fn main() -> ExitCode {
    // clap prints its own errors and exits with 2.
    let cli = Cli::parse();
    let code = match command::run(&cli) {
        Ok(code) => code,
        Err(failure) => {
            // Where stderr is gone too, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "shmeter: {failure}");
            failure.code
        }
    };
    ExitCode::from(u8::from(code))
}
