//! What the pure core costs (a capture parsed, capacities assessed, a report rendered) and what the
//! operations cost that fills and benches are made of. `cargo bench --bench core`.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::num::NonZeroUsize;

use criterion::{Criterion, criterion_group, criterion_main};

use shmeter::capacity::{Kind, assess};
use shmeter::fill::ledger::Ledger;
use shmeter::probe::{Capture, Target, gather};
use shmeter::report::inspect::{Document, text};
use shmeter::segment::{Order, Segment};
use shmeter::stats::Summary;
use shmeter::sys::mapping::Mapping;
use shmeter::sys::stream::Stream;

const CAPTURE: &str = "tests/captures";

fn core(c: &mut Criterion) {
    let mut files: Vec<_> = std::fs::read_dir(CAPTURE)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with(".truth.json"))
        .collect();
    files.sort();
    let json = std::fs::read_to_string(files.first().unwrap()).unwrap();
    let capture = Capture::parse(&json).unwrap();
    let facts = gather(&capture, &Target::default()).unwrap();
    let capacities = assess(&facts);
    c.bench_function("parse a capture", |b| b.iter(|| Capture::parse(black_box(&json)).unwrap()));
    c.bench_function("gather facts", |b| b.iter(|| gather(&capture, &Target::default()).unwrap()));
    c.bench_function("assess capacities", |b| b.iter(|| assess(black_box(&facts))));
    c.bench_function("render a report", |b| {
        b.iter(|| text::render(&Document::new(&facts, &capacities, &Default::default()), true))
    });
    let samples: Vec<f64> = (0..1000).map(|n| f64::from(n * 7919 % 1000)).collect();
    c.bench_function("summarise 1000 samples", |b| b.iter(|| Summary::of(black_box(&samples))));
}

fn operations(c: &mut Criterion) {
    for kind in Kind::ALL {
        let folder = "/dev/shm".to_owned();
        let order = Order { kind, folder, key: 0, number: 0, huge: None, unit: 4096 };
        c.bench_function(&format!("make and drop a {} segment", kind.word()), |b| {
            b.iter(|| match order.make(64 << 10).unwrap() {
                Segment::File(file) => {
                    file.set_len(64 << 10).unwrap();
                    drop(file);
                }
                Segment::Whole(mapping) => drop(mapping),
            })
        });
    }
    let mapping = Mapping::anonymous(NonZeroUsize::new(1 << 20).unwrap(), None).unwrap();
    let mut message = [7_u8; 64];
    c.bench_function("put and get a message of 64 bytes", |b| {
        b.iter(|| {
            mapping.put(4096, black_box(&message));
            mapping.get(4096, &mut message);
        })
    });
    c.bench_function("read 1 MiB", |b| b.iter(|| mapping.stream(Stream::Read, 0, 1 << 20)));
    let ledger = Ledger::create(1).unwrap();
    let slot = ledger.slot(0).unwrap();
    let mut heard = 0;
    c.bench_function("note and hear a step", |b| {
        b.iter(|| {
            slot.note(black_box(100));
            slot.hear(&mut heard, |time| {
                black_box(time);
            });
        })
    });
}

criterion_group!(benches, core, operations);
criterion_main!(benches);
