//! What shmeter says today, to the letter: help, errors, documents and exit codes. What is kept
//! depends on nothing of the machine. `SHMETER_RENEW=1 cargo test --test cli goldens` writes it anew.

mod captures;
mod documents;
mod errors;
mod explain;
mod help;
pub mod kept;
mod reports;
mod shapes;

use std::collections::BTreeSet;

/// The names of all files that the tests here keep.
fn names() -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    names.extend(help::NAMES.map(str::to_owned));
    names.extend(errors::TABLE.map(|(name, _)| name.to_owned()));
    names.extend(errors::OTHERS.map(str::to_owned));
    names.extend(captures::names());
    names.extend(explain::NAMES.map(str::to_owned));
    names.extend(reports::CASES.map(|(name, _)| name.to_owned()));
    names.extend(reports::OTHERS.map(str::to_owned));
    names.extend(documents::NAMES.map(str::to_owned));
    names.extend(shapes::NAMES.map(str::to_owned));
    names
}

#[test]
fn nothing_is_kept_that_no_test_looks_at() {
    let known = names();
    let left: Vec<String> =
        kept::files().into_iter().filter(|name| !known.contains(name)).collect();
    if kept::renews() {
        left.iter().for_each(|name| std::fs::remove_file(kept::path(name)).unwrap());
    } else {
        assert_eq!(left, Vec::<String>::new(), "{}", kept::HOW_TO_RENEW);
    }
}
