//! `--version --verbose`: which build this is.

use std::path::Path;
use std::process::Command;

use crate::builds::builds;

fn said(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn is_commit(text: &str) -> bool {
    let hash = text.strip_suffix("-changed").unwrap_or(text);
    hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[test]
fn with_verbose_the_version_has_commit_target_and_c_library() {
    for build in builds() {
        let text = said(&build.path, &["--version", "--verbose"]);
        let (first, rest) = text.split_once('\n').unwrap();
        assert_eq!(first, concat!("shmeter ", env!("CARGO_PKG_VERSION")));
        let values: Vec<(&str, &str)> =
            rest.lines().map(|line| line.split_once(": ").unwrap()).collect();
        let [("commit", commit), ("target", target), ("libc", library)] = values[..] else {
            panic!("{text}");
        };
        assert!(is_commit(commit) || commit.starts_with("unknown ("), "{text}");
        let environment = if cfg!(target_env = "musl") { "musl" } else { "gnu" };
        assert_eq!(target, format!("{}-unknown-linux-{environment}", std::env::consts::ARCH));
        assert!(library.ends_with(", static"), "{text}");
        let number = library.strip_prefix("glibc ").is_some_and(|rest| rest.starts_with("2."));
        assert_eq!(number, cfg!(target_env = "gnu"), "{text}");
    }
}

#[test]
fn verbose_may_stand_before_the_version_too() {
    let program = Path::new(env!("CARGO_BIN_EXE_shmeter"));
    let text = said(program, &["--version", "--verbose"]);
    for arguments in [["--verbose", "--version"], ["-V", "--verbose"], ["--verbose", "-V"]] {
        assert_eq!(said(program, &arguments), text);
    }
    assert_eq!(text.lines().next(), said(program, &["--version"]).lines().next());
}
