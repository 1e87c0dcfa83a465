//! The options that several commands share.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::facts::container::ContainerId;

/// Whom a command looks at.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// Another process: its /dev/shm and its cgroup
    #[arg(long, value_name = "PID", allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) pid: Option<u32>,
    /// A container from outside, by its ID (--pid=host)
    #[arg(long, value_name = "ID", conflicts_with_all = ["pid"])]
    pub(crate) container: Option<ContainerId>,
    /// A folder instead of /dev/shm
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) path: Option<String>,
}

/// The forms in which a command prints.
pub trait Forms: ValueEnum + Default + Send + Sync + 'static {
    /// What the help says of them.
    fn help() -> String {
        choices::<Self>()
    }
}

/// How a command prints.
#[derive(Debug, Args)]
pub struct OutputArgs<F: Forms> {
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, help = F::help())]
    pub(crate) format: F,
    /// auto (a terminal), always or never
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(crate) color: Color,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
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
