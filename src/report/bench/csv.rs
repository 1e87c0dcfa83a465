//! The figures for spreadsheets.

use std::fmt::Write as _;

use super::{BenchDocument, text};
use crate::stats::Summary;

/// A line a figure, with a head.
pub fn csv(document: &BenchDocument) -> String {
    let mut out = String::from(
        "test,kind,op,procs,bytes,unit,median,ci95_low,ci95_high,min,max,runs,p50_ns,p99_ns,p999_ns,max_ns\n",
    );
    for figure in &document.results {
        let Summary { median, min, max, runs, ci95: [low, high], .. } = figure.summary;
        let unit = text::unit(figure.unit);
        let _ = write!(
            out,
            "{},{},{},{},{},{unit},{median},{low},{high},{min},{max},{runs}",
            figure.case.test.word(),
            figure.kind.word(),
            figure.case.op,
            figure.case.procs,
            figure.case.bytes
        );
        match figure.percentiles {
            Some(p) => {
                let _ = writeln!(out, ",{},{},{},{}", p.p50, p.p99, p.p999, p.max);
            }
            None => out.push_str(",,,,\n"),
        }
    }
    out
}
