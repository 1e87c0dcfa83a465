//! OpenMetrics text: limit, used and available per kind and ceiling.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;

use super::{CeilingRow, Document, Segment, Verdict};
use crate::capacity::ceiling;
use crate::facts::Reading;
use crate::plain::plain;
use crate::stats;
use crate::units::{Bytes, Limit};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KindLabels {
    mount: String,
    kind: &'static str,
    certainty: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MethodLabels {
    mount: String,
    kind: &'static str,
    method: &'static str,
    ends_in: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CeilingLabels {
    mount: String,
    kind: &'static str,
    ceiling: &'static str,
    origin: String,
    unit: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct MountLabels {
    mount: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct FindingLabels {
    mount: String,
    id: &'static str,
    severity: &'static str,
}

type Gauges<L> = Family<L, Gauge<f64, AtomicU64>>;

fn float(bytes: Bytes) -> f64 {
    stats::float(bytes.0)
}

fn limit(limit: Limit) -> f64 {
    limit.bytes().map_or(f64::INFINITY, float)
}

/// What is said of segments.
#[derive(Default)]
struct Segments {
    available: Gauges<KindLabels>,
    by_method: Gauges<MethodLabels>,
    limits: Gauges<CeilingLabels>,
    used: Gauges<CeilingLabels>,
    headroom: Gauges<CeilingLabels>,
}

impl Segments {
    fn take(&self, mount: &str, kind: &'static str, segment: &Segment) {
        if let Some(bytes) = segment.available_bytes {
            let certainty = segment.certainty.word();
            let labels = KindLabels { mount: plain(mount).into_owned(), kind, certainty };
            self.available.get_or_create(&labels).set(float(bytes));
        }
        let methods = &segment.methods;
        for (method, row) in [
            ("write", methods.write),
            ("fallocate", methods.fallocate),
            ("touch", methods.touch),
            ("populate", methods.populate),
        ] {
            if let Some(row) = row
                && let (Some(bytes), Some(end)) = (row.available_bytes, row.ends_in)
            {
                let labels = MethodLabels {
                    mount: plain(mount).into_owned(),
                    kind,
                    method,
                    ends_in: end.word(),
                };
                self.by_method.get_or_create(&labels).set(float(bytes));
            }
        }
        for ceiling in &segment.ceilings {
            self.take_ceiling(mount, kind, ceiling);
        }
    }

    fn take_ceiling(&self, mount: &str, kind: &'static str, ceiling: &CeilingRow) {
        let labels = CeilingLabels {
            mount: plain(mount).into_owned(),
            kind,
            ceiling: ceiling.source.word(),
            origin: plain(&ceiling.origin).into_owned(),
            unit: match ceiling.unit {
                ceiling::Unit::Bytes => "bytes",
                ceiling::Unit::Inodes => "inodes",
                ceiling::Unit::Segments => "segments",
            },
        };
        if let Reading::Known(value) = ceiling.limit.0 {
            self.limits.get_or_create(&labels).set(limit(value));
        }
        if let Some(bytes) = ceiling.used_bytes {
            self.used.get_or_create(&labels).set(float(bytes));
        }
        if let Reading::Known(value) = ceiling.headroom_bytes.0 {
            self.headroom.get_or_create(&labels).set(limit(value));
        }
    }

    fn register(self, registry: &mut Registry) {
        let help = "Bytes that one process can still fill by touching one segment";
        registry.register_with_unit("available", help, Unit::Bytes, self.available);
        let help = "Bytes that a method can still fill, and how it ends";
        registry.register_with_unit("method_available", help, Unit::Bytes, self.by_method);
        registry.register("limit", "A ceiling's limit, in its unit", self.limits);
        registry.register("used", "Used part of a ceiling, in its unit", self.used);
        let help = "Bytes of shared memory that fit under a ceiling";
        registry.register_with_unit("headroom", help, Unit::Bytes, self.headroom);
    }
}

/// The metrics, the samples of each sorted. Unlimited is `inf`; what is unknown is left out.
pub fn render(document: &Document) -> String {
    let mut registry = Registry::with_prefix("shmeter");
    let segments = Segments::default();
    for (kind, segment) in document.segments.each() {
        segments.take(&document.subject.mount, kind.word(), segment);
    }
    segments.register(&mut registry);
    register_rest(&mut registry, document);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = encode(&mut text, &registry);
    sorted(&text)
}

/// The same text with the samples of each family in order: the encoder's own changes each time.
fn sorted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut samples: Vec<&str> = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with('#') {
            samples.sort_unstable();
            out.extend(samples.drain(..));
            out.push_str(line);
        } else {
            samples.push(line);
        }
    }
    out
}

fn register_rest(registry: &mut Registry, document: &Document) {
    let mount = || plain(&document.subject.mount).into_owned();
    let total = Gauges::<MountLabels>::default();
    let free = Gauges::<MountLabels>::default();
    let verdict = Gauges::<MountLabels>::default();
    let findings = Gauges::<FindingLabels>::default();
    let labels = MountLabels { mount: mount() };
    if let (Some(all), Some(available)) = (document.df.total_bytes, document.df.available_bytes) {
        total.get_or_create(&labels).set(float(all));
        free.get_or_create(&labels).set(float(available));
    }
    verdict.get_or_create(&labels).set(match document.verdict {
        Verdict::Ok => 0.0,
        Verdict::Warn => 1.0,
        Verdict::Fail => 2.0,
    });
    for finding in &document.findings {
        let severity = match finding.severity {
            crate::capacity::findings::Severity::Info => "info",
            crate::capacity::findings::Severity::Warn => "warn",
            crate::capacity::findings::Severity::Fail => "fail",
        };
        let labels = FindingLabels { mount: mount(), id: finding.id, severity };
        findings.get_or_create(&labels).set(1.0);
    }
    registry.register_with_unit("df_size", "Size that df shows", Unit::Bytes, total);
    registry.register_with_unit("df_available", "Free bytes that df shows", Unit::Bytes, free);
    registry.register("verdict", "0 ok, 1 warn, 2 fail", verdict);
    registry.register("finding", "1 for each finding", findings);
}
