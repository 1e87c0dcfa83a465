//! Arguments: a NUL byte stands between two of them, as in /proc/PID/cmdline.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use shmeter::cli::{Command, inspect_alone};
use shmeter::command::{Code, Typed, typed};

use super::shown;

pub fn hold(data: &[u8]) {
    let words = data.split(|byte| *byte == 0).map(|word| OsStr::from_bytes(word).to_owned());
    let words: Vec<OsString> = std::iter::once(OsString::from("shmeter")).chain(words).collect();
    let alone = inspect_alone(&words);
    match typed(&words) {
        Ok(Typed::Command(cli)) => {
            // What is parsed alone is parsed so among all commands.
            let whole = match &cli.command {
                None => Some(&cli.inspect),
                Some(Command::Inspect(args)) => Some(args),
                Some(_) => None,
            };
            if let Some(alone) = alone {
                assert_eq!(format!("{:?}", Some(&alone)), format!("{whole:?}"));
            }
        }
        Ok(Typed::Help(text)) => {
            assert!(alone.is_none(), "help was asked for");
            let text = shown::without_styles(&text);
            text.lines().for_each(|line| assert!(line.chars().count() <= 80, "{line}"));
        }
        Err(failure) => {
            assert!(alone.is_none(), "{failure}");
            shown::is_one_line(&failure.to_string());
            assert_eq!(failure.code, Code::Usage, "{failure}");
            assert!(!failure.to_string().starts_with("error: "), "{failure}");
        }
    }
}
