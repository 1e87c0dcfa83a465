//! Help, version, man page, completions.

use super::kept::Transcript;

pub const NAMES: [&str; 3] = ["help", "man", "completions"];

const COMMANDS: [&str; 12] = [
    "", "inspect", "ls", "watch", "explain", "fill", "compare", "bench", "run", "report",
    "capture", "generate",
];

#[test]
fn every_help_page_is_as_it_was() {
    let mut said = Transcript::default();
    for command in COMMANDS {
        said.run(format!("{command} --help").trim_start());
        said.run(format!("{command} -h").trim_start());
    }
    for line in [
        "help",
        "help fill",
        "generate man --help",
        "generate completions --help",
        "generate schema --help",
        "generate schema",
        "generate help completions",
        "--version",
        "-V",
    ] {
        said.run(line);
    }
    said.check("help");
}

#[test]
fn the_man_page_is_as_it_was() {
    let mut said = Transcript::default();
    said.run("generate man");
    said.check("man");
}

#[test]
fn the_completions_are_as_they_were() {
    let mut said = Transcript::default();
    said.run("generate completions bash");
    said.check("completions");
}
