//! The fill document as a person reads it. Pure.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use super::FillDocument;
use crate::capacity::{Certainty, End, Source};
use crate::fill::outcome::course::Stretch;
use crate::fill::verdict::LimitOf;
use crate::report::style::{self, BAD, BOLD, CARE, DIM, GOOD, wrap};
use crate::units::{Bytes, speed, time};

/// The report that a tired person reads: the answer, what was predicted, how fast it went.
#[must_use]
pub fn render(document: &FillDocument) -> String {
    let mut out = String::new();
    answer(&mut out, document);
    beside(&mut out, document);
    evidence(&mut out, document);
    workers(&mut out, document);
    speeds(&mut out, document);
    out
}

fn answer(out: &mut String, document: &FillDocument) {
    let measured = &document.measured;
    let style = match (document.agrees, measured.ended_in) {
        (Some(false), _) => BAD,
        (_, end) if end.is_harmful() || end == End::Killed => CARE,
        _ => GOOD,
    };
    let procs = match document.procs {
        1 => "1 process".to_owned(),
        n => format!("{n} processes"),
    };
    // A size that was asked for: whether it fits is the answer.
    let asked = document.until.parse().map(Bytes).ok().filter(|asked| *asked > measured.bytes);
    let of = asked.map_or(String::new(), |asked| format!(" of {asked}"));
    let _ = writeln!(
        out,
        "{BOLD}{} by {}, {procs}{BOLD:#}: {style}{}{of} filled{style:#}",
        document.kind.word(),
        document.method.word(),
        measured.bytes
    );
    let then = if document.interrupted {
        "interrupted: this is what was filled until then".to_owned()
    } else {
        measured.ended_in.title().to_owned()
    };
    if asked.is_some() && measured.ended_in != End::Stopped && !document.interrupted {
        wrap(out, "             ", "             ", "it does not fit");
    }
    wrap(out, "  then       ", "             ", &then);
    if let Some(why) = &document.why {
        wrap(out, "             ", "             ", why);
    }
}

/// Predicted beside measured.
fn beside(out: &mut String, document: &FillDocument) {
    let measured = &document.measured;
    let Some(predicted) = &document.predicted else {
        let _ = writeln!(out, "  predicted  nothing: a needed fact could not be read");
        return;
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["", "bytes", "end", "what stops it"]);
    let most = if predicted.certainty == Certainty::AtMost { "<= " } else { "" };
    let binding = predicted.binding.map_or("-", Source::word);
    table.add_row([
        "  predicted",
        &format!("{most}{}", Bytes(predicted.bytes)),
        predicted.ends_in.word(),
        binding,
    ]);
    let told = limit_word(document);
    table.add_row(["  measured", &measured.bytes.to_string(), measured.ended_in.word(), &told]);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let _ = writeln!(out);
    style::table(out, "", DIM, &table);
    let (style, word) = match document.agrees {
        Some(true) => (GOOD, "as predicted"),
        Some(false) => (BAD, "not as predicted"),
        None => return,
    };
    let error = document.error_bytes.unwrap_or_default();
    let sign = if error < 0 { "-" } else { "+" };
    let error = Bytes(u64::try_from(error.unsigned_abs()).unwrap_or(u64::MAX));
    let held = measured.canary_bytes.saturating_add(measured.cache_bytes);
    let kept = if held > Bytes::ZERO {
        format!(", with {held} that canaries and file cache still held at the edge")
    } else {
        String::new()
    };
    let _ = writeln!(out, "  {style}{word}{style:#}");
    wrap(out, "             ", "             ", &format!("difference {sign}{error}{kept}"));
    if error_is_below(document) && measured.swap_cache_bytes > Bytes::ZERO {
        let twice = format!(
            "about {} of it were in memory and in swap at once: when swap is full, the kernel \
             frees neither",
            measured.swap_cache_bytes
        );
        wrap(out, "             ", "             ", &twice);
    }
    if predicted.swap_bytes > 0 {
        let more = format!(
            "swap would take up to {} more, slowly; a careful fill stops before that",
            Bytes(predicted.swap_bytes)
        );
        wrap(out, "             ", "             ", &more);
    }
}

/// Whether it came to a good part of a MiB less than predicted.
fn error_is_below(document: &FillDocument) -> bool {
    document.error_bytes.is_some_and(|error| error < -(1 << 19))
}

/// What stopped it, as far as that was seen.
fn limit_word(document: &FillDocument) -> String {
    let word = document.measured.binding.map_or("-", Source::word);
    match document.evidence.limit_of {
        Some(LimitOf::Ancestor) => format!("{word} (above the own cgroup)"),
        Some(LimitOf::AncestorOrMachine) => "a limit above, or the machine".to_owned(),
        _ => word.to_owned(),
    }
}

fn evidence(out: &mut String, document: &FillDocument) {
    let told = &document.evidence;
    let counts = [
        ("oom_kill", told.oom_kill),
        ("oom", told.oom),
        ("limit hit", told.max),
        ("high", told.high),
        ("limits above hit", told.ancestors),
    ];
    let mut grown: Vec<String> = counts
        .into_iter()
        .filter_map(|(name, count)| Some(format!("{name} +{}", count.filter(|n| *n > 0)?)))
        .collect();
    if told.stand_in_killed {
        grown.push(
            "one of these kills took a process that shmeter keeps for that, in place of another"
                .to_owned(),
        );
    }
    if !grown.is_empty() {
        wrap(out, "  counters   ", "             ", &grown.join(", "));
    }
}

/// The workers, where they did not all end alike.
fn workers(out: &mut String, document: &FillDocument) {
    let workers = &document.measured.workers;
    let alike =
        workers.iter().all(|worker| Some(worker.ended_in) == workers.first().map(|w| w.ended_in));
    if workers.len() < 2 || alike {
        return;
    }
    let mut ends: Vec<End> = Vec::new();
    for worker in workers {
        if !ends.contains(&worker.ended_in) {
            ends.push(worker.ended_in);
        }
    }
    // Not by who was first: two runs of the same fill read the same.
    ends.sort_by_key(|end| (*end != document.measured.ended_in, end.word()));
    let of = |end: End| {
        let bytes = || workers.iter().filter(|w| w.ended_in == end).map(|worker| worker.bytes);
        let (least, most) = (bytes().min().unwrap_or_default(), bytes().max().unwrap_or_default());
        let range = if least == most { most.to_string() } else { format!("{least} to {most}") };
        format!("{} {} ({range})", bytes().count(), end.word())
    };
    let each: Vec<String> = ends.into_iter().map(of).collect();
    wrap(out, "  workers    ", "             ", &each.join(", "));
}

fn speeds(out: &mut String, document: &FillDocument) {
    if document.step_latency_ns.steps == 0 {
        return;
    }
    let latency = &document.step_latency_ns;
    let mut took = format!("{} in {:.2} s", speed(document.bytes_per_second), document.seconds);
    if document.held_up_seconds > 0.05 {
        let _ = write!(took, ", held up by the kernel for {:.1} s", document.held_up_seconds);
    }
    let _ = writeln!(out);
    wrap(out, "  speed      ", "             ", &took);
    match document.huge_bytes {
        Some(Bytes::ZERO) => wrap(out, "  huge pages ", "             ", "not granted"),
        Some(bytes) => wrap(out, "  huge pages ", "             ", &format!("{bytes} granted")),
        None => {}
    }
    let steps = format!(
        "p50 {}, p99 {}, p99.9 {}, max {}",
        time(latency.p50),
        time(latency.p99),
        time(latency.p999),
        time(latency.max)
    );
    wrap(out, "  each step  ", "             ", &steps);
    chart(out, &document.course);
}

/// Speed over the fill level: a mark a stretch.
fn chart(out: &mut String, course: &[Stretch]) {
    const MARKS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let rates = course.iter().map(|stretch| stretch.bytes_per_second);
    let (fastest, slowest) =
        (rates.clone().fold(0.0, f64::max), rates.clone().fold(f64::MAX, f64::min));
    if course.len() < 4 || fastest <= 0.0 {
        return;
    }
    let marks: String = rates
        .map(|rate| {
            let share = rate / fastest;
            let at = MARKS.iter().zip(1_u8..).filter(|(_, n)| share * 8.0 >= f64::from(*n)).count();
            MARKS.get(at.saturating_sub(1)).copied().unwrap_or("▁")
        })
        .collect();
    let end = course.last().map_or(0, |stretch| stretch.bytes);
    let _ = writeln!(out, "  over level {marks}");
    let _ = writeln!(
        out,
        "             {DIM}0 to {}; fastest {}, slowest {}{DIM:#}",
        Bytes(end),
        speed(fastest),
        speed(slowest)
    );
}

#[cfg(test)]
mod tests {
    use super::super::Wall;
    use super::*;
    use crate::capacity::neighbours::Word;
    use crate::capacity::{Kind, Method};
    use crate::fill::verdict::{Evidence, WorkerOutcome};
    use crate::report::fill::{Latency, Measured, Predicted, SCHEMA};

    fn document(procs: u32) -> FillDocument {
        let worker = |n: u32| WorkerOutcome {
            bytes: Bytes::mib(u64::from(n)),
            ended_in: if n == 0 { End::OomKill } else { End::Stopped },
            signal: (n == 0).then_some(9),
        };
        let stretch = |n: u32| Stretch {
            bytes: u64::from(n.saturating_add(1)) << 20,
            bytes_per_second: if n < 60 { 2e9 } else { 1e7 },
        };
        FillDocument {
            schema: SCHEMA,
            version: "0",
            kind: Kind::Posix,
            method: Method::Fallocate,
            procs,
            until: "limit".into(),
            folder: "/dev/shm".into(),
            predicted: Some(Predicted {
                bytes: 1 << 40,
                ends_in: End::OomKill,
                binding: Some(Source::CgroupMemory),
                certainty: Certainty::AtMost,
                swap_bytes: 0,
            }),
            neighbours: Word::Alone,
            wall: Wall::Reached,
            measured: Measured {
                bytes: Bytes::mib(1000),
                canary_bytes: Bytes::mib(3),
                cache_bytes: Bytes::mib(100),
                swap_cache_bytes: Bytes::mib(4),
                program_bytes: Bytes::ZERO,
                ended_in: End::OomKill,
                binding: Some(Source::CgroupMemory),
                workers: (0..procs).map(worker).collect(),
            },
            error_bytes: Some(-5_000_000),
            agrees: Some(false),
            evidence: Evidence {
                oom_kill: Some(1),
                oom: Some(12),
                max: Some(123_456),
                high: Some(7),
                ancestors: Some(99),
                machine_oom_kill: Some(1),
                stand_in_killed: false,
                limit_of: Some(LimitOf::Ancestor),
            },
            seconds: 12.5,
            bytes_per_second: 1e8,
            step_latency_ns: Latency {
                p50: 900,
                p99: 45_100,
                p999: 1_200_000,
                max: 2_000_000_000,
                steps: 9,
            },
            course: (0..64).map(stretch).collect(),
            held_up_seconds: 8.1,
            watch_seconds: 0.0,
            huge_bytes: Some(Bytes::ZERO),
            why: Some("the size of /dev/shm was changed meanwhile: 64.0 MiB to 32.0 MiB".into()),
            interrupted: false,
        }
    }

    #[test]
    fn a_report_fits_into_80_columns_however_many_workers_there_were() {
        for procs in [1, 2, 256] {
            let text = anstream::adapter::strip_str(&render(&document(procs))).to_string();
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
            for told in
                ["not as predicted", "-4.8 MiB", "at once", "not granted", "held up", "changed"]
            {
                assert!(text.contains(told), "{told}: {text}");
            }
            assert!(text.contains("900 ns, p99 45.1 us, p99.9 1.2 ms, max 2.0 s"), "{text}");
        }
    }

    #[test]
    fn the_end_of_the_team_stands_first_whoever_it_was() {
        let mut out = String::new();
        let mut document = document(3);
        document.measured.workers.reverse();
        workers(&mut out, &document);
        assert_eq!(out, "  workers    1 oom-kill (0 B), 2 stopped (1.0 MiB to 2.0 MiB)\n");
    }

    #[test]
    fn the_chart_shows_where_it_got_slow() {
        let mut out = String::new();
        chart(&mut out, &document(1).course);
        let marks = out.lines().next().unwrap_or_default();
        assert!(marks.ends_with("████▁▁▁▁"), "{marks}");
        let mut none = String::new();
        chart(&mut none, &[]);
        assert!(none.is_empty());
    }
}
