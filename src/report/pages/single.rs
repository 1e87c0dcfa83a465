//! One run: the answer, predicted beside measured, what was found, where it ran.

use super::blocks::{Block, Cell, Mark, Table, Tone, cell};
use super::tables::{ceilings, compared, figures};
use super::watched;
use crate::report::charts::Chart;
use crate::runs::papers::{Fill, Inspect};
use crate::runs::words::{self, at_most, size};
use crate::runs::{Fate, KINDS, Run};
use crate::units::Bytes;

/// The blocks of the only run.
pub(crate) fn alone(run: &Run) -> Vec<Block> {
    let warnings = run.bench.iter().flat_map(|bench| &bench.warnings);
    let warnings = warnings.map(|warning| Block::Note(format!("warning: {warning}")));
    let mut blocks = blocks(run, 0);
    // Behind the figures that they are about.
    let at = blocks.iter().position(|block| matches!(block, Block::Fold(..)));
    let behind = blocks.split_off(at.unwrap_or(blocks.len()));
    blocks.extend(warnings.chain(behind));
    blocks
}

/// The blocks of a run, which is the `at`th, without what its bench warns of.
pub(crate) fn blocks(run: &Run, at: usize) -> Vec<Block> {
    let mut blocks = vec![answer(run), Block::Rows(rows(run))];
    blocks.extend(fills(run));
    let found = run.inspect.as_ref().map(findings).unwrap_or_default();
    let (notes, urgent): (Vec<Block>, Vec<Block>) = found.into_iter().partition(is_note);
    blocks.extend(urgent);
    blocks.push(Block::Charts(vec![at], &Chart::ALL));
    blocks.extend(notes);
    blocks.extend(run.inspect.as_ref().map(kinds));
    if let Some(bench) = &run.bench {
        blocks.extend(figures(bench));
    }
    if let Some(inspect) = &run.inspect {
        blocks.push(Block::Fold("every ceiling of /dev/shm".to_owned(), vec![ceilings(inspect)]));
    }
    blocks.extend(compared(run));
    let environment = environment(run);
    if !environment.is_empty() {
        blocks.push(Block::Fold("environment".to_owned(), vec![Block::Rows(environment)]));
    }
    blocks
}

/// The answer in a line.
pub(crate) fn answer(run: &Run) -> Block {
    let cut = run.is_cut_off();
    let verdict = run.verdict();
    let mut tone = Tone::of(verdict);
    let usable = run.posix().map(|posix| (posix, posix.available_bytes.count()));
    let headline = match (usable, run.fills.first()) {
        (Some((posix, Some(bytes))), _) => {
            format!("{}{} usable", posix.at_most(), Bytes(bytes))
        }
        (Some(_), _) => {
            tone = Tone::Bad;
            let findings = run.inspect.iter().flat_map(|inspect| &inspect.findings);
            match findings.into_iter().any(|one| one.id.text() == Some("not-shared-memory")) {
                true => "no shared memory".to_owned(),
                false => "cannot tell how much is usable".to_owned(),
            }
        }
        (None, Some(fill)) => {
            tone = match fill.agrees.truth() {
                Some(true) => Tone::Good,
                Some(false) => Tone::Bad,
                None => Tone::Care,
            };
            filled(fill)
        }
        (None, None) if run.watch.is_some() => {
            let watch = run.watch.as_ref();
            tone = watch.map_or(tone, watched::tone);
            watch.map(watched::headline).unwrap_or_default()
        }
        (None, None) if cut => run.state(),
        (None, None) => match (&run.bench, &run.compare) {
            (Some(bench), _) => format!("{} figures of speed", bench.results.len()),
            (None, Some(compare)) => format!("{} questions compared", compare.rows.len()),
            (None, None) => "no step has a result".to_owned(),
        },
    };
    let badge = match (cut, run.interrupted) {
        (true, _) if run.watch.is_some() => "unfinished",
        (true, _) => "cut off",
        (false, true) => "interrupted",
        (false, false) => verdict.unwrap_or_default(),
    };
    if cut && tone != Tone::Bad {
        tone = Tone::Care;
    }
    Block::Answer { title: run.title.clone(), headline, tone, badge: badge.to_owned() }
}

fn filled(fill: &Fill) -> String {
    match fill.filled() {
        Some(filled) => format!("{}: {filled} filled", fill.name()),
        None => "a fill without a number of bytes".to_owned(),
    }
}

fn rows(run: &Run) -> Vec<(String, String)> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    if run.is_cut_off() {
        rows.push(("state", run.state()));
    }
    if let Some((_, cut)) = run.cut() {
        rows.push(("cut off", words::between(cut)));
        let group = if cut.oom_group {
            "; memory.oom.group was 1: an OOM kill takes all of the container"
        } else {
            ""
        };
        rows.push(("", format!("end: {}{group}", cut.end.unwrap_or("unknown"))));
    }
    if let (None, [fill]) = (&run.inspect, run.fills.as_slice()) {
        rows.extend(fill.end().map(|end| ("then", words::end(end))));
        rows.extend(fill.why.text().map(|why| ("", why.to_owned())));
    }
    rows.extend(run.watch.iter().flat_map(watched::rows));
    rows.extend(capacity(run));
    let told = |(name, why): (&str, &str)| format!("{name}: {why}");
    for step in &run.steps {
        match &step.fate {
            Fate::Failed(why) => rows.push(("failed", told((&step.name, why)))),
            Fate::Skipped(why) => rows.push(("skipped", told((&step.name, why)))),
            _ => {}
        }
    }
    let place = place(run);
    if !place.is_empty() {
        rows.push(("where", place));
    }
    rows.into_iter().map(|(name, said)| (name.to_owned(), said)).collect()
}

/// What stops it, what then, and what df says.
fn capacity(run: &Run) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let (Some(inspect), Some(posix)) = (&run.inspect, run.posix()) else { return rows };
    if let Some(ceiling) = words::binding(posix) {
        let limit = match ceiling.unit.text() {
            None | Some("bytes") => format!(", {}", size(&ceiling.limit)),
            Some(_) => String::new(),
        };
        rows.push(("stops at", format!("{}{limit}", words::source(ceiling.source.word()))));
    }
    let touch = posix.methods.get("touch").and_then(|row| row.ends_in.text());
    if let Some(touch) = touch {
        rows.push(("then", words::end(touch)));
    }
    let df = &inspect.df;
    if df.total_bytes.count().is_some() {
        let over = match df.overstates_bytes.count() {
            Some(over) => format!(": {} more than really fit", Bytes(over)),
            None => String::new(),
        };
        let (free, total) = (size(&df.available_bytes), size(&df.total_bytes));
        rows.push(("df says", format!("{free} free of {total}{over}")));
    }
    if let Some(why) = posix.why.text() {
        rows.push(("certainty", format!("{}: {why}", posix.certainty.word())));
    }
    rows
}

fn place(run: &Run) -> String {
    let e = &run.environment;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(run.kernel().map(|kernel| format!("Linux {kernel}")));
    parts.extend(e.container.text().map(str::to_owned));
    if let Some(cpus) = e.cpus.count() {
        parts.push(format!("{cpus} CPUs"));
    }
    parts.extend(e.memory_bytes.count().map(|bytes| Bytes(bytes).to_string()));
    parts.extend(e.labels.iter().map(|(key, value)| format!("{key}={value}")));
    parts.join(", ")
}

/// Predicted beside measured.
pub(crate) fn fills(run: &Run) -> Option<Block> {
    if run.fills.is_empty() {
        return None;
    }
    let rows = run.fills.iter().map(|fill| {
        let (predicted, expected) = match &fill.predicted {
            Some(predicted) => {
                (at_most(&predicted.bytes, &predicted.certainty), predicted.ends_in.word())
            }
            None => ("-".to_owned(), "-"),
        };
        let measured = fill.filled().unwrap_or_else(|| "-".to_owned());
        let (agrees, mark) = match (&fill.cut, fill.agrees.truth()) {
            (Some(_), _) => ("cut off", Mark::None),
            (None, Some(true)) => ("yes", Mark::None),
            (None, Some(false)) => ("no", Mark::Strong),
            (None, None) => ("-", Mark::None),
        };
        let end = fill.end().unwrap_or("unknown");
        let mut row: Vec<Cell> =
            [fill.name().as_str(), &predicted, expected, &measured, end].map(cell).into();
        row.push(Cell { text: agrees.to_owned(), mark });
        row
    });
    Some(Block::Table(Table {
        title: "fills: predicted and measured".to_owned(),
        head: ["fill", "predicted", "end", "measured", "end", "as predicted"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    }))
}

fn findings(inspect: &Inspect) -> Vec<Block> {
    let found = |finding: &crate::runs::papers::Finding| Block::Finding {
        severity: finding.severity.word().to_owned(),
        id: finding.id.word().to_owned(),
        message: finding.message.word().to_owned(),
        fix: finding.fix.text().map(str::to_owned),
    };
    // The row about df has said it already.
    let told = |id: &str| id != "df-overstates";
    inspect.findings.iter().filter(|finding| told(finding.id.word())).map(found).collect()
}

fn is_note(block: &Block) -> bool {
    matches!(block, Block::Finding { severity, .. } if !matches!(severity.as_str(), "fail" | "warn"))
}

fn kinds(inspect: &Inspect) -> Block {
    let end = |segment: &crate::runs::papers::Segment, method: &str| {
        segment.methods.get(method).map_or("-".to_owned(), |row| row.ends_in.to_string())
    };
    let rows = KINDS.iter().filter_map(|kind| {
        let segment = inspect.segments.get(*kind)?;
        Some(
            [
                (*kind).to_owned(),
                at_most(&segment.available_bytes, &segment.certainty),
                segment.binding.to_string(),
                end(segment, "write"),
                end(segment, "touch"),
            ]
            .map(cell)
            .into(),
        )
    });
    Block::Table(Table {
        title: "kinds".to_owned(),
        head: ["kind", "usable", "stopped by", "if written", "if touched"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    })
}

fn environment(run: &Run) -> Vec<(String, String)> {
    let e = &run.environment;
    let mut rows: Vec<(String, String)> = vec![("from".to_owned(), run.source.clone())];
    let fields = [
        ("shmeter", &e.version),
        ("time", &e.time),
        ("hostname", &e.hostname),
        ("node", &e.node),
        ("namespace", &e.namespace),
        ("pod", &e.pod),
        ("container", &e.container),
        ("CPU", &e.cpu),
        ("CPUs", &e.cpus),
        ("page size", &e.page_size),
    ];
    rows.extend(run.kernel().map(|kernel| ("kernel".to_owned(), kernel.to_owned())));
    let told = fields.iter().filter(|(_, value)| value.to_string() != "-");
    rows.extend(told.map(|(name, value)| ((*name).to_owned(), value.to_string())));
    if let Some(memory) = e.memory_bytes.count() {
        rows.push(("memory".to_owned(), Bytes(memory).to_string()));
    }
    if let Some(inspect) = &run.inspect {
        let subject = &inspect.subject;
        rows.push(("folder".to_owned(), subject.mount.to_string()));
        rows.push(("mount options".to_owned(), subject.mount_options.to_string()));
        rows.push(("cgroup".to_owned(), inspect.cgroup.version.to_string()));
    }
    rows.extend(e.labels.iter().map(|(key, value)| (format!("label {key}"), value.to_string())));
    rows
}
