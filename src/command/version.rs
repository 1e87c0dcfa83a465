//! `shmeter --version --verbose`: which build is this?

use std::env::consts::{ARCH, OS};

use crate::sys::c_library;

/// Of the commit that it was built from; `scripts/release-binary` sets it.
const COMMIT: Option<&str> = option_env!("SHMETER_COMMIT");

const ENVIRONMENT: &str = if cfg!(target_env = "musl") { "musl" } else { "gnu" };

const LINKED: &str = if cfg!(target_feature = "crt-static") { "static" } else { "dynamic" };

/// The version, and where this build comes from.
pub fn verbose() -> String {
    let commit = COMMIT.unwrap_or("unknown (not built by scripts/release-binary)");
    let library = match c_library::version() {
        Some(version) => format!("glibc {version}"),
        None => ENVIRONMENT.to_owned(),
    };
    format!(
        "shmeter {}\ncommit: {commit}\ntarget: {ARCH}-unknown-{OS}-{ENVIRONMENT}\nlibc: {library}, {LINKED}\n",
        env!("CARGO_PKG_VERSION")
    )
}
