//! The corpus of `fuzz/` once more, with the properties that its targets hold, where there is no engine. A fault that
//! fuzzing found is a file there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::fuzzed::{TARGETS, kernel_files::PARSERS};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn replay(target: &str) {
    let (_, hold) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let files = files(&folder().join(target));
    assert!(!files.is_empty());
    // An empty input, too.
    hold(b"");
    let mut broken = Vec::new();
    for file in files {
        let data = std::fs::read(&file).unwrap();
        if std::panic::catch_unwind(|| hold(&data)).is_err() {
            broken.push(file);
        }
    }
    assert!(broken.is_empty(), "see above what does not hold for {broken:#?}");
}

#[test]
fn every_file_of_the_corpus_of_kernel_files_holds() {
    replay("kernel_files");
}

#[test]
fn every_capture_of_the_corpus_holds() {
    replay("capture");
}

#[test]
fn every_log_of_the_corpus_holds() {
    replay("report");
}

#[test]
fn every_text_of_the_corpus_of_explain_holds() {
    replay("explain");
}

#[test]
fn every_size_of_the_corpus_holds() {
    replay("sizes");
}

#[test]
fn every_argument_of_the_corpus_holds() {
    replay("arguments");
}

#[test]
fn each_target_has_a_corpus_and_each_parser_a_file_in_it() {
    let names = files(&folder()).into_iter().map(|file| file.file_name().unwrap().to_owned());
    let names: BTreeSet<String> = names.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(names, TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect());
    let first = |file: &PathBuf| {
        let data = std::fs::read(file).unwrap();
        let line = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    };
    let known: BTreeSet<String> = files(&folder().join("kernel_files")).iter().map(first).collect();
    for (parser, _) in PARSERS {
        assert!(known.contains(parser), "no file of the corpus is for {parser}");
    }
}
