//! The options that several commands share.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Args, ValueEnum};

use crate::facts::container::ContainerId;

/// Which process or container a command looks at.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// Examine another process (/dev/shm and cgroup)
    ///
    /// The /dev/shm of the process is read through /proc/PID/root. For a pod
    /// use the plugin: kubectl shmeter POD.
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = pid, verbatim_doc_comment)]
    pub(crate) pid: Option<u32>,
    /// Examine a container from the host, by its ID
    ///
    /// ID has 12 to 64 hexadecimal digits, as docker ps prints it. A runtime
    /// may stand before it: containerd://, docker:// or cri-o://. shmeter has
    /// to see the processes of the host (docker run --pid=host).
    #[arg(long, value_name = "ID", conflicts_with_all = ["pid"], verbatim_doc_comment)]
    pub(crate) container: Option<ContainerId>,
    /// Use this folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
}

/// The formats in which a command prints.
pub trait Forms: ValueEnum + Default + Send + Sync + 'static {
    /// What the help says of them.
    fn help() -> String {
        format!("Format: {}", choices::<Self>())
    }
}

/// How a command prints.
#[derive(Debug, Args)]
pub struct OutputArgs<F: Forms> {
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help = F::help())]
    pub(crate) format: F,
    /// Colors: auto, always or never
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    Always,
    Never,
}

/// A parser of values whose words shells complete.
#[derive(Clone)]
pub(super) struct Words<T: 'static> {
    pub parse: fn(&str) -> Result<T, String>,
    pub words: &'static [&'static str],
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Words<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        TypedValueParser::parse_ref(&self.parse, command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().copied().map(PossibleValue::new)))
    }
}

pub(super) fn pid(text: &str) -> Result<u32, String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    let may_be_pod =
        text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_name);
    match text.parse() {
        Ok(pid) if pid > 0 => Ok(pid),
        Err(_) if may_be_pod => {
            Err(format!("a PID is a number; for a pod: kubectl shmeter {text}"))
        }
        _ => Err("a PID is a number from 1 on".to_owned()),
    }
}

/// The words that may be typed, as one sentence lists them.
fn choices<F: ValueEnum>() -> String {
    let words = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let words: Vec<PossibleValue> = words.collect();
    let words: Vec<&str> = words.iter().map(PossibleValue::get_name).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
