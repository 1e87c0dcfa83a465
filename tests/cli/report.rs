//! What a report tells of documents, journals and logs: cut at every byte, mixed with other lines,
//! from hostile hands, in every format. The fixtures are told of in tests/reports/README.md.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use shmeter::report::journal::Story;
use shmeter::report::pages::{html, markdown, text};
use shmeter::runs::Runs;
use shmeter::runs::reader::{Reader, read};

const FORMATS: [&str; 6] = ["text", "markdown", "html", "svg", "csv", "json"];

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reports").join(name)
}

fn journal(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).unwrap()
}

/// The document at the end of a journal.
fn document(name: &str) -> Value {
    let text = journal(name);
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    last["document"].clone()
}

fn report(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_shmeter"))
        .arg("report")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // What it prints may fill the pipe before all was written.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn told(arguments: &[&str], input: &[u8]) -> String {
    let output = report(arguments, input);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {err}");
    String::from_utf8(output.stdout).unwrap()
}

/// Calls `check` with each cut of a journal, the lines that are whole there, and what was found:
/// the same as reading the cut text, without reading all that is before it again and again.
fn each_cut(text: &str, mut check: impl FnMut(usize, &[Value], Runs)) {
    let mut before = Reader::default();
    before.file("cut");
    let mut whole: Vec<Value> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        for end in 0..line.len() {
            let mut reader = before.clone();
            reader.line(&line.as_bytes()[..end]);
            if end + 1 == line.len() {
                // A line counts once it is whole, with or without its end.
                whole.push(serde_json::from_str(line).unwrap());
            }
            check(start + end, &whole, reader.finish());
        }
        before.line(line.as_bytes());
        start += line.len();
    }
    check(text.len(), &whole, before.finish());
}

/// What the lines of a run's journal tell, told by hand.
fn last_known(lines: &[Value]) -> (String, Option<(u64, u64)>) {
    let steps = lines[0]["steps"].as_array().unwrap().len();
    let (mut state, mut over, mut bytes) = ("cut off before its first step".to_owned(), 0, None);
    for line in &lines[1..] {
        let step = line["step"].as_str().unwrap_or_default();
        match line["event"].as_str().unwrap() {
            "before" => {
                state = format!("cut off in step {step} ({over} of {steps} steps were over)");
                bytes = None;
            }
            "after" => {
                over += 1;
                state = format!("cut off after step {step} ({over} of {steps} steps were over)");
                bytes = None;
            }
            "progress" => {
                let line = &line["line"];
                let (least, most) = bytes.unwrap_or((0, 0));
                let least = line["bytes"].as_u64().unwrap_or(0).max(least);
                let most = line["to_bytes"].as_u64().unwrap_or(0).max(most);
                bytes = Some((least, most));
            }
            "end" => state = "finished".to_owned(),
            other => panic!("{other}"),
        }
    }
    (state, bytes.map(|(least, most)| (least, most.max(least))))
}

fn bench(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/benches").join(name)
}

/// A report of two benches, of which the second one has copies of posix at half the speed.
fn of_benches(options: &[&str]) -> String {
    let files = ["before.json", "after.json"].map(bench);
    let files = files.each_ref().map(|file| file.to_str().unwrap());
    told(&[&files, options].concat(), b"")
}

#[test]
fn two_benches_are_compared_figure_by_figure_what_changed_most_first() {
    let document: Value = serde_json::from_str(&of_benches(&["--format", "json"])).unwrap();
    let benches = document["benches"].as_array().unwrap();
    assert_eq!(benches.len(), 1);
    assert_eq!((&benches[0]["before"], &benches[0]["after"]), (&json!("before"), &json!("after")));
    let figures = benches[0]["figures"].as_array().unwrap();
    let raw: Value = serde_json::from_slice(&std::fs::read(bench("after.json")).unwrap()).unwrap();
    assert_eq!(figures.len(), raw["results"].as_array().unwrap().len());
    // The medians in the file are rounded.
    let ratio = figures[0]["ratio"].as_f64().unwrap();
    assert!((ratio - 0.5).abs() < 1e-6, "{ratio}");
    assert!(figures[0]["figure"].as_str().unwrap().starts_with("copy, posix"), "{}", figures[0]);
    // What changed stands before what may not have, and each part is sorted.
    let order: Vec<(u8, f64)> = figures
        .iter()
        .filter(|one| !one["differs"].is_null())
        .map(|one| (u8::from(one["differs"] == false), one["ratio"].as_f64().unwrap().ln().abs()))
        .collect();
    let sorted = order
        .windows(2)
        .all(|two| two[0].0 < two[1].0 || two[0].0 == two[1].0 && two[0].1 >= two[1].1);
    assert!(sorted, "{order:?}");
    let few = figures.iter().find(|one| one["figure"] == "lifecycle whole, posix").unwrap();
    assert_eq!((&few["ci95"], &few["differs"]), (&Value::Null, &Value::Null));

    let text = of_benches(&[]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("2 runs: ") && lines[0].contains(" within noise"), "{text}");
    let copy = lines.iter().find(|line| line.starts_with("  copy, posix, ")).unwrap();
    assert!(copy.contains("GiB/s, × 0.50 (0.") && copy.ends_with(", slower"), "{copy}");
    assert!(text.contains("ping-pong futex, memfd: ") && text.contains("faster"), "{text}");
    assert!(text.contains("only in before: 1 figure of lifecycle"), "{text}");
}

#[test]
fn charts_of_two_benches_have_one_scale_and_come_first() {
    let page = of_benches(&["--format", "html"]);
    let chart = page.find("benches compared").unwrap();
    assert!(chart < page.find("<table").unwrap(), "the chart stands behind a table");
    // Without --chart it is the one that there is anything for.
    let usual = of_benches(&["--format", "svg"]);
    assert_eq!(usual, of_benches(&["--format", "svg", "--chart", "changes"]));
    assert!(usual.contains("benches compared"));
    // The bar of posix, and half of it in the run with half the speed.
    let kinds = of_benches(&["--format", "svg", "--chart", "kinds"]);
    let bars: Vec<f64> = kinds
        .split("<rect class=\"bind\"")
        .skip(1)
        .map(|bar| {
            bar.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        })
        .collect();
    assert_eq!(bars.len(), 4, "posix and memfd of two runs: {bars:?}");
    assert!((bars[2] - bars[0] / 2.0).abs() < 1.0, "{bars:?}");
    assert!((bars[3] - bars[1]).abs() < bars[1] / 20.0, "{bars:?}");
}

#[test]
fn what_shmeter_says_on_stderr_is_not_counted_as_a_line_of_others() {
    let fill = journal("fill-a.jsonl");
    let (first, rest) = fill.split_once('\n').unwrap();
    let log = |line: &str| {
        let lines = [first, line].into_iter().chain(rest.lines());
        lines.map(|line| format!("[pod/a/shmeter] {line}\n")).collect::<String>()
    };
    let note = |text: &str| {
        let document: Value =
            serde_json::from_str(&told(&["-", "--format", "json"], text.as_bytes())).unwrap();
        document["other_lines"].clone()
    };
    assert_eq!(note(&log("shmeter: filling up to the edge of memory")), 0);
    assert_eq!(note(&log("nginx: filling up to the edge of memory")), 1);
}

#[test]
fn a_run_cut_at_any_byte_names_its_last_known_state_and_nothing_more() {
    // One that was put together to hold every step, and one as a container wrote it.
    for (name, least) in [("run-a.jsonl", 40), ("../journals/run-docker.jsonl", 100)] {
        let states = cut_at_any_byte(&journal(name));
        assert!(states > least, "{name}: {states}");
    }
}

/// Holds every beginning of a run's journal against what its lines tell; how many told something new.
fn cut_at_any_byte(text: &str) -> usize {
    let mut last: Option<Runs> = None;
    let mut states = 0;
    each_cut(text, |end, lines, found| {
        if lines.is_empty() {
            assert!(found.runs.is_empty(), "{end}");
            return;
        }
        let [run] = found.runs.as_slice() else { panic!("{end}: {} runs", found.runs.len()) };
        let (state, bytes) = last_known(lines);
        assert_eq!(run.state(), state, "{end}");
        let cut = run.cut().map(|(_, cut)| (cut.at_least, cut.at_most));
        assert_eq!(cut, bytes, "{end}");
        let has =
            |part: &str| lines.iter().any(|line| line["event"] == "after" && line["step"] == part);
        let parts = [run.inspect.is_some(), run.compare.is_some(), run.bench.is_some()];
        assert_eq!(parts, ["inspect", "compare", "bench"].map(has), "{end}");
        // Only what changed is worth printing again.
        let changed = last.as_ref().is_none_or(|last| last.runs != found.runs);
        if changed {
            states += 1;
            let page = text::render(&found);
            if state != "finished" {
                assert!(page.contains("cut off"), "{end}: {page}");
                assert!(flat(&page).contains(&state), "{end}: {page}");
            }
            if let Some((least, most)) = bytes {
                assert!(flat(&page).contains(&format!("{least} to {most} bytes")), "{page}");
            }
            assert!(html::render(&found).ends_with("</html>\n"));
            assert!(!markdown::render(&found).is_empty());
        }
        last = Some(found);
    });
    states
}

/// Without the line ends and margins of 80 columns.
fn flat(page: &str) -> String {
    let plain = anstream::adapter::strip_str(page).to_string();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_fill_cut_at_any_byte_says_what_its_story_says() {
    let text = journal("fill-a.jsonl");
    each_cut(&text, |end, lines, found| {
        let story = Story::read(&text[..end]);
        if story.start.is_none() {
            assert!(found.runs.is_empty(), "{end}");
            return;
        }
        let run = &found.runs[0];
        if let Some(document) = &story.document {
            assert_eq!(run.fills[0].bytes(), document["measured"]["bytes"].as_u64());
            assert_eq!(run.state(), "finished");
            return;
        }
        let (_, cut) = run.cut().unwrap();
        assert_eq!(cut.at_least, story.at_least, "{end}");
        assert_eq!(cut.at_most, story.at_most.unwrap_or(0).max(story.at_least), "{end}");
        assert_eq!(run.state(), "cut off in fill posix touch");
        assert!(lines.len() < text.lines().count());
    });
}

#[test]
fn the_program_never_fails_on_a_cut_journal() {
    let text = journal("run-b.jsonl");
    let first = text.lines().next().unwrap().len();
    for end in (0..text.len()).step_by(text.len() / 30) {
        for format in ["text", "html", "csv"] {
            let output = report(&["-", "--format", format], &text.as_bytes()[..end]);
            let code = if end < first { 3 } else { 0 };
            assert_eq!(output.status.code(), Some(code), "{format} at {end}");
        }
    }
}

#[test]
fn a_kill_that_was_foretold_and_takes_everything_is_named() {
    let text = journal("fill-a.jsonl").replace("\"oom_group\":false", "\"oom_group\":true");
    let lines: Vec<&str> = text.lines().collect();
    let all = told(&["-"], lines[..lines.len() - 1].join("\n").as_bytes());
    assert!(all.contains("end: oom-kill") && all.contains("memory.oom.group was 1"), "{all}");
    let early = told(&["-"], lines[..4].join("\n").as_bytes());
    assert!(early.contains("end: unknown"), "{early}");
}

#[test]
fn a_run_whose_first_lines_are_lost_tells_no_number_of_steps() {
    let text = journal("run-a.jsonl");
    let late: Vec<&str> = text.lines().skip(2).take(20).collect();
    let page = flat(&told(&["-"], late.join("\n").as_bytes()));
    assert!(page.contains("cut off in step fill posix touch cut off"), "{page}");
    assert!(!page.contains("steps were over"), "{page}");
}

#[test]
fn lines_of_others_and_what_kubectl_puts_before_lines_change_nothing() {
    let run = |text: &str| {
        let mut runs = read("x", text.as_bytes()).runs;
        runs.iter_mut().for_each(|run| run.source.clear());
        runs.iter_mut().for_each(|run| run.title.clear());
        runs
    };
    let (a, b) = (journal("run-a.jsonl"), journal("run-b.jsonl"));
    let plain = [run(&a), run(&b)].concat();
    let stamped: String = a
        .lines()
        .map(|line| format!("2026-11-24T22:00:00.123456789Z {line}\r\nI1124 {{\"level\":\"x\"}}\n"))
        .collect();
    assert_eq!(run(&stamped), plain[..1]);
    // Two pods whose lines alternate.
    let mut mixed = String::new();
    let (mut one, mut two) = (a.lines(), b.lines());
    loop {
        let pair = (one.next(), two.next());
        for (pod, line) in [("a", pair.0), ("b", pair.1)] {
            if let Some(line) = line {
                mixed += &format!("[pod/x-{pod}/main] 2026-11-24T22:00:00Z {line}\n");
            }
        }
        if pair == (None, None) {
            break;
        }
        mixed += "Bus error {\n[1, 2]\n{\"level\":\"info\",\"event\":\"start\"}\n";
    }
    let mut found = run(&mixed);
    found.sort_by_key(|run| run.environment.hostname.to_string());
    assert_eq!(found, plain);
    // One after the other, in one file.
    assert_eq!(run(&format!("{a}{b}")), plain);
}

#[test]
fn documents_of_one_file_are_one_run_until_one_comes_again() {
    let inspect = journal("inspect-c.json");
    let fill = serde_json::to_string_pretty(&document("fill-a.jsonl")).unwrap();
    let log = format!("starting\n{inspect}\nnoise\n{fill}\nbye\n");
    let found = read("log", log.as_bytes());
    assert_eq!(found.runs.len(), 1);
    assert!(found.runs[0].inspect.is_some() && found.runs[0].fills.len() == 1);
    assert_eq!(found.other_lines, 3);
    let twice = read("log", format!("{log}{inspect}").as_bytes());
    assert_eq!(twice.runs.len(), 2);
    assert_eq!(twice.runs[1].title, "log #2");
}

#[test]
fn documents_of_later_versions_are_read_and_unknown_ones_named() {
    let mut later = document("run-a.jsonl");
    later["version"] = json!("9.0.0");
    later["inspect"]["news"] = json!({"deep": [1, 2, 3]});
    later["inspect"]["segments"]["posix"]["binding"] = json!("a-new-ceiling");
    later["fill"][0]["measured"]["ended_in"] = json!("a-new-end");
    later["inspect"]["df"]["total_bytes"] = json!({"not": "a number"});
    let page = told(&["-"], later.to_string().as_bytes());
    assert!(page.contains("a-new-ceiling") && page.contains("a-new-end"), "{page}");
    let unknown = format!(
        "{}\n{{\"schema\":\"shmeter.dream/7\",\"x\":1}}\n{{\"schema\":\"shmeter.bench/1\",\"results\":3}}\n",
        document("run-a.jsonl")
    );
    let page = flat(&told(&["-"], unknown.as_bytes()));
    assert!(page.contains("unknown form shmeter.dream/7: skipped"), "{page}");
    assert!(page.contains("damaged shmeter.bench/1"), "{page}");
    assert!(page.contains("253.9 MiB usable"), "{page}");
}

#[test]
fn a_folder_is_read_one_level_deep_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &str, to: &str| {
        let to = folder.path().join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(fixture(from), to).unwrap();
    };
    copy("run-b.jsonl", "z.jsonl");
    copy("run-a.jsonl", "m/a.jsonl");
    copy("run-c.jsonl", "a.jsonl");
    copy("run-c.jsonl", "m/deep/never.jsonl");
    std::fs::write(folder.path().join("noise.bin"), [0xff_u8; 5000]).unwrap();
    let path = folder.path().to_str().unwrap();
    let document: Value = serde_json::from_str(&told(&[path, "--format", "json"], b"")).unwrap();
    assert_eq!(document["schema"], "shmeter.report/1");
    let files: Vec<&str> = document["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["file"].as_str().unwrap())
        .collect();
    let names: Vec<&str> = files.iter().map(|file| file.strip_prefix(path).unwrap()).collect();
    assert_eq!(names, ["/a.jsonl", "/m/a.jsonl", "/z.jsonl"]);
    assert!(document["notes"][0].as_str().unwrap().contains("noise.bin has no document"));
}

#[test]
fn exit_codes_tell_a_missing_file_from_one_that_tells_nothing() {
    assert_eq!(report(&["/nonexistent"], b"").status.code(), Some(2));
    for nothing in ["", "\n\n", "noise\n", "{}", "{\"event\":\"end\"}", "[{\"schema\":3}]"] {
        let output = report(&["-"], nothing.as_bytes());
        assert_eq!(output.status.code(), Some(3), "{nothing}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("nothing to report"));
    }
    let inspect = fixture("inspect-c.json");
    let inspect = inspect.to_str().unwrap();
    let output = report(&[inspect, "--format", "svg", "--chart", "course"], b"");
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("needs a document of fill"));
}

#[test]
fn a_line_longer_than_any_document_is_passed_over() {
    let mut text = vec![b'x'; 33 << 20];
    text.extend(b"\n");
    text.extend(journal("fill-a.jsonl").bytes());
    let page = flat(&told(&["-"], &text));
    assert!(page.contains("too long") && page.contains("254.3 MiB filled"), "{page}");
}

#[test]
fn a_run_within_a_run_is_passed_over_however_deep_it_goes() {
    let open = "{\"schema\":\"shmeter.run/1\",\"inspect\":";
    let deep = format!("{}{{}}{}", open.repeat(100_000), "}".repeat(100_000));
    let page = flat(&told(&["-"], deep.as_bytes()));
    assert!(page.contains("stdin has a run within a run: skipped"), "{page}");
    // Named late, beside a part that is ours.
    let mut run = document("run-a.jsonl");
    run["compare"] = json!({"a": 1, "schema": "shmeter.run/1"});
    let found = read("x", run.to_string().as_bytes());
    assert_eq!(found.notes, ["x has a run within a run: skipped"]);
    assert!(found.runs.len() == 1 && found.runs[0].inspect.is_some());
}

/// A line each.
fn json_lines(of: impl IntoIterator<Item = Value>) -> String {
    of.into_iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn of_a_run_with_more_than_anybody_reads_a_note_says_what_is_left_out() {
    let fill = |n: u32| json!({"schema": "shmeter.fill/1", "kind": n.to_string()});
    let before = |n: u32| json!({"event": "before", "step": n.to_string()});
    let planned: Vec<String> = (0..300).map(|n| n.to_string()).collect();
    let start = json!({"event": "start", "schema": "shmeter.run/1", "steps": planned});
    let rows: Vec<Value> = planned.iter().map(|step| json!({"step": step})).collect();
    let all: Vec<Value> = (0..300).map(fill).collect();
    let whole = json!({"schema": "shmeter.run/1", "steps": rows, "fill": all});
    // A fill that is left out as it begins is counted once, and its document is no other fill's.
    let plan = journal("fill-a.jsonl").lines().next().unwrap().to_owned();
    let began = |n: u32| {
        let line = serde_json::from_str::<Value>(&plan).unwrap();
        [
            json!({"event": "progress", "step": "s", "line": line}),
            json!({"event": "after", "step": "s", "document": fill(n)}),
        ]
    };
    let fills = "x has a run with more than 256 fills: 44 left out";
    let steps = "x has a run with more than 256 steps: 44 left out";
    for (name, text, notes) in [
        ("fills", json_lines((0..300).map(fill)), vec![fills]),
        ("steps", json_lines((0..300).map(before)), vec![steps]),
        ("planned", json_lines([start]), vec![steps]),
        ("whole", json_lines([whole.clone()]), vec![steps, fills]),
        (
            "its end",
            json_lines((0..300).map(before).chain([json!({"event": "end", "document": whole})])),
            vec![steps, fills],
        ),
        ("began", json_lines((0..300).flat_map(began)), vec![fills]),
    ] {
        let found = read("x", text.as_bytes());
        assert_eq!(found.notes, notes, "{name}");
        assert_eq!(found.runs.len(), 1, "{name}");
        let run = &found.runs[0];
        assert!(run.fills.len().max(run.steps.len()) == 256, "{name}");
        let last = run.fills.last().map_or("255", |fill| fill.kind.word());
        assert_eq!(last, "255", "{name}");
    }
    let results: Vec<Value> = (0..5000_u32).map(|n| json!({"op": n.to_string()})).collect();
    let bench = json!({"schema": "shmeter.bench/1", "results": results});
    let found = read("x", bench.to_string().as_bytes());
    assert_eq!(found.notes, ["x has a run with more than 4096 figures of bench: 904 left out"]);
    assert_eq!(found.runs[0].bench.as_ref().unwrap().results.len(), 4096);
}

/// The number before these words.
fn number_before(text: &str, words: &str) -> usize {
    let before = text.split(words).next().filter(|before| before.len() < text.len());
    let digits = before.and_then(|before| before.split_whitespace().next_back());
    digits.map_or(0, |digits| digits.parse().unwrap())
}

#[test]
fn a_log_of_300_000_pods_takes_no_more_than_300_mib() {
    let folder = tempfile::tempdir().unwrap();
    let start = journal("run-a.jsonl").lines().next().unwrap().to_owned();
    let whole = r#"{"schema":"shmeter.inspect/1","verdict":"ok"}"#;
    let step = r#"{"event":"before","step":"inspect"}"#;
    // Lines of others are no runs, and neither is a document of which only the first line is there.
    for (line, runs, format) in [
        (start.as_str(), 300_000, "text"),
        (start.as_str(), 300_000, "json"),
        (step, 300_000, "text"),
        ("{", 1, "text"),
        (r#"{"level":"info"}"#, 1, "text"),
    ] {
        let (log, page) = (folder.path().join("log"), folder.path().join("page"));
        let mut text = String::new();
        for pod in 0..300_000 {
            text += &format!("[pod/shmeter-{pod:06}/shmeter] {line}\n");
        }
        if runs == 1 {
            text += &format!("[pod/one/shmeter] {whole}\n");
        }
        std::fs::write(&log, text).unwrap();
        let script = format!("ulimit -v 307200; exec \"$0\" report --format {format} log >page");
        let mut command = Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_shmeter")]).current_dir(folder.path());
        let output = command.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{line} {format}: {} {err}", output.status);
        let page = std::fs::read_to_string(&page).unwrap();
        if format == "text" {
            let page = flat(&page);
            let told = number_before(&page, " runs: ").max(1);
            let left_out = number_before(&page, " more runs are left out");
            assert_eq!(told + left_out, runs, "{page}");
            assert!(runs == 1 || told > 50_000, "{page}");
        }
    }
}

#[test]
fn of_more_open_runs_than_can_be_held_the_longest_silent_are_over_and_a_note_counts_them() {
    let large = "x".repeat(1 << 20);
    let line = |pod: usize, schema: &str| {
        json!({"schema": schema, "left out": if schema == "shmeter.inspect/1" { &large } else { "" }})
            .to_string()
            .replace('{', &format!("[pod/p-{pod}/c] {{"))
            + "\n"
    };
    let mut text: String = (0..40).map(|pod| line(pod, "shmeter.inspect/1")).collect();
    text += &line(39, "shmeter.compare/1");
    text += &line(0, "shmeter.compare/1");
    let found = read("x", text.as_bytes());
    let of = |pod: &str| -> Vec<_> {
        let runs = found.runs.iter().filter(|run| run.source == format!("x pod/{pod}/c"));
        runs.map(|run| run.title.clone()).collect()
    };
    assert_eq!(of("p-39"), ["p-39/c"], "it went on with its run");
    assert_eq!(of("p-0"), ["p-0/c", "p-0/c (2)"], "its run was over");
    assert_eq!(found.runs.len(), 41);
    let [note] = found.notes.as_slice() else { panic!("{:?}", found.notes) };
    assert!(note.contains("too many writers at once"), "{note}");
    let silent = number_before(note, " runs may be shown incomplete");
    assert!((10..40).contains(&silent), "{note}");
}

#[test]
fn figures_of_one_case_stand_in_one_row_in_the_order_of_cases() {
    let figure = |kind: &str, op: &str, procs: u32, median: f64| {
        json!({"test": "ring", "kind": kind, "op": op, "procs": procs, "bytes": 4096,
            "unit": "GiB/s", "median": median})
    };
    let bench = json!({"schema": "shmeter.bench/1", "results": [
        figure("posix", "z", 2, 1.0), figure("posix", "a", 2, 2.0), figure("memfd", "z", 2, 3.0),
        figure("posix", "z", 4, 4.0), figure("posix", "z", 2, 9.0), figure("dream", "z", 2, 9.0),
    ]});
    let page = told(&["-", "--format", "markdown"], bench.to_string().as_bytes());
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ring")).collect();
    assert_eq!(
        rows,
        [
            "| ring z | 4.0 KiB | 2 | 1.0 GiB/s | - | 3.0 GiB/s | - |",
            "| ring a | 4.0 KiB | 2 | 2.0 GiB/s | - | - | - |",
            "| ring z | 4.0 KiB | 4 | 4.0 GiB/s | - | - | - |",
        ],
        "{page}"
    );
}

#[test]
fn labels_that_each_run_has_for_itself_make_no_columns_without_end() {
    let run = |n: u32| {
        let labels: serde_json::Map<String, Value> =
            (0..24).map(|k| (format!("k{n}-{k}"), json!("v"))).collect();
        json!({"schema": "shmeter.run/1", "environment": {"labels": labels}})
    };
    let text = json_lines((0..100).map(run));
    let found = read("x", text.as_bytes());
    // 24 of each, and the state.
    assert_eq!(
        found.notes,
        ["the runs have 2145 more facts than the first 256: no columns for these"]
    );
    let rows = told(&["-", "--format", "csv"], text.as_bytes());
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 258);
    assert_eq!(reader.records().count(), 100);
}

/// A journal as a container runtime keeps it: lines cut into parts of so many bytes, between which the
/// other stream writes.
fn in_parts(text: &str, most: usize) -> Vec<u8> {
    let mut log = Vec::new();
    for line in text.lines() {
        let parts: Vec<&[u8]> = line.as_bytes().chunks(most).collect();
        for (at, part) in parts.iter().enumerate() {
            let tag = if at + 1 == parts.len() { "F" } else { "P" };
            log.extend(format!("2026-11-24T22:00:00.123456789Z stdout {tag} ").bytes());
            log.extend(*part);
            log.extend(b"\n2026-11-24T22:00:00.2Z stderr P half a\n");
        }
        log.extend(b"2026-11-24T22:00:00.3Z stderr F  word\n");
    }
    log
}

#[test]
fn lines_that_a_container_runtime_cut_into_parts_are_put_together() {
    let whole = journal("../journals/run-docker.jsonl");
    // A cut may fall within a letter.
    let marked = whole.replace("\"hostname\":\"", "\"hostname\":\"\u{e9}\u{e9}\u{e9}\u{e9}");
    assert_ne!(whole, marked);
    for text in [&whole, &marked] {
        let plain = read("x", text.as_bytes());
        assert_eq!(plain.runs[0].state(), "finished");
        for most in [16 << 10, 97, 96, 10] {
            let found = read("x", &in_parts(text, most));
            assert_eq!(found.runs, plain.runs, "{most}");
            assert_eq!(found.notes, plain.notes, "{most}");
            assert_eq!(usize::try_from(found.other_lines).unwrap(), text.lines().count(), "{most}");
        }
    }
}

#[test]
fn a_log_that_ends_within_a_line_in_parts_tells_what_the_cut_line_tells() {
    let whole = journal("../journals/run-docker.jsonl");
    let cut: String = whole.lines().take(12).map(|line| format!("{line}\n")).collect();
    let mut text = cut.clone();
    text += "2026-11-24T22:00:00Z stdout P {\"event\":\"before\",\"step\":\"ne\n";
    let (plain, found) = (read("x", cut.as_bytes()), read("x", text.as_bytes()));
    assert_eq!(found.runs, plain.runs);
    assert_eq!(found.other_lines, plain.other_lines + 1);
    // All of it was there but its end.
    text += "2026-11-24T22:00:00Z stdout P w\"}\n";
    let found = read("x", text.as_bytes());
    assert!(found.runs[0].state().starts_with("cut off in step new"), "{}", found.runs[0].state());
    // Nothing of it is left for the next file.
    let mut reader = Reader::default();
    reader.file("a");
    reader.line(b"2026-11-24T22:00:00Z stdout P {\"ev");
    reader.file("b");
    reader.line(b"2026-11-24T22:00:00Z stdout F ent\":\"before\",\"step\":\"x\"}");
    assert_eq!(reader.finish().runs, []);
}

#[test]
fn parts_that_come_to_more_than_any_line_are_passed_over() {
    let mut text = Vec::new();
    for _ in 0..33 {
        text.extend(b"2026-11-24T22:00:00Z stdout P {");
        text.extend(vec![b'x'; 1 << 20]);
        text.push(b'\n');
    }
    text.extend(b"2026-11-24T22:00:00Z stdout F }\n");
    text.extend(in_parts(&journal("fill-a.jsonl"), 97));
    let found = read("x", &text);
    assert_eq!(found.notes, ["x has a line that is too long: skipped"]);
    assert_eq!(found.runs[0].fills.len(), 1);
}

/// A run in whose every text somebody tried something.
fn hostile() -> String {
    let evil = "<script>alert(1)</script>\u{1b}[31m|`*_\"'&\u{202e}\r\n=HYPERLINK(\"x\")";
    let mut run = document("run-a.jsonl");
    fn everywhere(value: &mut Value, evil: &str) {
        match value {
            Value::String(text) if !text.starts_with("shmeter.") => *text += evil,
            Value::Array(list) => list.iter_mut().for_each(|one| everywhere(one, evil)),
            Value::Object(map) => map.values_mut().for_each(|one| everywhere(one, evil)),
            _ => {}
        }
    }
    everywhere(&mut run, evil);
    run["environment"]["labels"] = json!({"=1+1": "=1+1", "<b>": evil, "@x": "-2"});
    run["fill"][0]["course"] = json!([{"bytes": -1, "bytes_per_second": 1e308},
        {"bytes": u64::MAX, "bytes_per_second": -1e308}, {"bytes": 5, "bytes_per_second": 0}]);
    run["fill"][1]["measured"]["bytes"] = json!(u64::MAX);
    run["fill"][1]["step_latency_ns"] = json!({"p50": u64::MAX, "p99": 1, "p999": 0, "max": -3});
    run["inspect"]["df"]["available_bytes"] = json!(u64::MAX);
    run.to_string()
}

#[test]
fn nothing_in_a_document_breaks_a_format() {
    let evil = hostile();
    let two = format!("{evil}\n{}\n", document("run-b.jsonl"));
    for input in [&evil, &two] {
        for format in FORMATS {
            let page = told(&["-", "--format", format], input.as_bytes());
            for c in page.chars() {
                assert!(
                    !c.is_control() || c == '\n' || (c == '\r' && format == "csv"),
                    "{format}: {c:?}"
                );
            }
            // Programs get texts as they are.
            assert!(format == "json" || !page.contains('\u{202e}'), "{format}");
            match format {
                "html" | "svg" | "markdown" => {
                    // What stands in a fence to be pasted is no HTML.
                    let outside: Vec<&str> = page.split("```").step_by(2).collect();
                    let low = outside.join("").to_lowercase();
                    assert!(!low.contains("<script") && !low.contains("<b>alert"), "{format}");
                }
                "csv" => {
                    let mut reader =
                        csv::ReaderBuilder::new().has_headers(false).from_reader(page.as_bytes());
                    let rows: Vec<csv::StringRecord> =
                        reader.records().map(Result::unwrap).collect();
                    for cell in rows.iter().flatten() {
                        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
                    }
                }
                "json" => drop(serde_json::from_str::<Value>(&page).unwrap()),
                _ => {}
            }
        }
        for chart in ["course", "latency", "kinds"] {
            let page = told(&["-", "--format", "svg", "--chart", chart], input.as_bytes());
            assert!(
                !page.contains("<script") && !page.contains("NaN") && !page.contains("inf"),
                "{chart}"
            );
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(60))]
    #[test]
    fn damage_anywhere_gives_a_report_or_nothing(
        damage in proptest::collection::vec((0_usize..70_000, proptest::num::u8::ANY), 1..30),
        cut in 0_usize..80_000,
    ) {
        let mut text = journal("run-a.jsonl").into_bytes();
        for (at, byte) in damage {
            text[at] = byte;
        }
        text.truncate(cut);
        let found = read("damaged", &text);
        let page = text::render(&found);
        proptest::prop_assert_eq!(page.is_empty(), found.runs.is_empty() && found.notes.is_empty());
        proptest::prop_assert!(html::render(&found).ends_with("</html>\n"));
        proptest::prop_assert!(found.runs.is_empty() || markdown::render(&found).starts_with("## "));
    }
}

#[test]
fn text_fits_80_columns() {
    let folder = fixture("");
    let each = ["run-a.jsonl", "run-b.jsonl", "fill-a.jsonl", "inspect-c.json"].map(fixture);
    let all: Vec<&Path> = each.iter().map(PathBuf::as_path).chain([folder.as_path()]).collect();
    for path in all {
        let page = told(&[path.to_str().unwrap()], b"");
        for line in page.lines().filter(|line| !line.contains("fix:")) {
            assert!(line.chars().count() <= 80, "{}: {line}", path.display());
        }
    }
}

#[test]
fn runs_beside_each_other_say_what_differs() {
    let folder = fixture("");
    let page = flat(&told(&[folder.to_str().unwrap(), "--format", "markdown"], b""));
    assert!(page.contains("64.0 MiB to 253.9 MiB usable"), "{page}");
    let paths = ["run-a.jsonl", "run-b.jsonl", "run-c.jsonl"]
        .map(|name| fixture(name).display().to_string());
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let page = flat(&told(&paths, b""));
    assert!(page.contains("*cgroup-memory") && page.contains("kernel 6.18"), "{page}");
    let rows = told(&[&paths[..], &["--format", "csv"]].concat(), b"");
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let usable = reader.headers().unwrap().iter().position(|id| id == "usable").unwrap();
    let values: Vec<String> = reader.records().map(|row| row.unwrap()[usable].to_owned()).collect();
    assert_eq!(values, ["266215424", "67108864", "134217728"]);
}

#[test]
fn a_fleet_is_grouped_by_its_answers_and_the_few_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let whole = document("run-a.jsonl");
    for n in 0..200_u64 {
        let mut run = json!({"schema": "shmeter.run/1", "environment": whole["environment"],
            "inspect": whole["inspect"], "verdict": "ok", "interrupted": false});
        run["environment"]["node"] = json!(format!("node-{n:03}"));
        // A little different everywhere, as on real nodes.
        run["inspect"]["segments"]["posix"]["available_bytes"] = json!(266_215_424 - n * 4096);
        if n == 17 {
            run["inspect"]["df"]["total_bytes"] = json!(64 << 20);
            run["verdict"] = json!("fail");
        }
        if n % 50 == 3 {
            run["environment"]["kernel"] = json!("5.15.0");
        }
        std::fs::write(folder.path().join(format!("{n:03}.json")), run.to_string()).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let document: Value = serde_json::from_str(&told(&[path, "--format", "json"], b"")).unwrap();
    let groups = document["groups"].as_array().unwrap();
    let sizes: Vec<usize> =
        groups.iter().map(|group| group["runs"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [1, 4, 195], "{groups:?}");
    assert_eq!(groups[0]["runs"][0], "node-017");
    assert_eq!(groups[0]["values"]["df size"], "64.0 MiB");
    assert_eq!(groups[1]["values"]["kernel"], "5.15.0");
    let page = told(&[path], b"");
    assert!(
        page.contains("200 runs: 3 groups: 195 runs are the same, 5 differ (1 fail, 199 ok)"),
        "{page}"
    );
    assert!(page.contains("1 of 200: node-017"), "{page}");
    assert!(flat(&page).contains("* df size 64.0 MiB (most: 1.0 GiB)"), "{page}");
    assert!(flat(&page).contains("usable <= 253.1 MiB to 253.9 MiB"), "{page}");
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_node_that_is_only_slow_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let whole = document("run-a.jsonl");
    for n in 0..50_u64 {
        let mut run = json!({"schema": "shmeter.run/1", "environment": whole["environment"],
            "inspect": whole["inspect"], "fill": whole["fill"], "verdict": "ok", "interrupted": false});
        run["environment"]["node"] = json!(format!("node-{n:02}"));
        let speed = if n == 7 { 900_000_000 } else { 3_000_000_000 + n * 10_000_000 };
        run["fill"][0]["bytes_per_second"] = json!(speed);
        std::fs::write(folder.path().join(format!("{n:02}.json")), run.to_string()).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    let page = told(&[path], b"");
    assert!(flat(&page).contains("all the same, 1 is far from the median in what it"), "{page}");
    assert!(flat(&page).contains("node-07 fill posix"), "{page}");
    let document: Value = serde_json::from_str(&told(&[path, "--format", "json"], b"")).unwrap();
    let far = document["far"].as_array().unwrap();
    assert_eq!((far.len(), &far[0]["run"]), (1, &json!("node-07")), "{far:?}");
    assert!((0.27..0.30).contains(&far[0]["ratio"].as_f64().unwrap()), "{far:?}");
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn two_runs_are_before_and_after_and_neither_is_odd() {
    let files = ["run-b.jsonl", "run-a.jsonl"].map(|name| fixture(name).display().to_string());
    let both: Vec<&str> = files.iter().map(String::as_str).collect();
    let text = told(&both, b"");
    assert!(text.starts_with("2 runs: usable 64.0 MiB → 253.9 MiB ("), "{text}");
    assert!(text.contains("what differs") && !text.contains('*'), "{text}");
    // A single fill is no benchmark.
    assert!(!text.contains("speed\n") && !text.contains(" step p99"), "{text}");
    let page = told(&[&both[..], &["--format", "markdown"]].concat(), b"");
    let (before, after) = page.split_once("<summary>speed of each fill").unwrap();
    assert!(!before.contains("fill posix touch speed"), "{before}");
    assert!(after.contains("| fill posix touch speed |"), "{after}");
    let same = told(&[both[1], both[1]], b"");
    assert!(same.starts_with("2 runs: usable 253.9 MiB in both ("), "{same}");
    // Of three there is a most.
    let three = [fixture("run-c.jsonl").display().to_string(), files[1].clone()];
    let three: Vec<&str> = both.iter().copied().chain(three.iter().map(String::as_str)).collect();
    assert!(told(&three, b"").contains("*: differs from most"));
}

/// A bench of bandwidth with so many bytes, that warns of this.
fn warned(folder: &Path, name: &str, bytes: u64, warnings: &[&str]) -> String {
    let text = std::fs::read_to_string(bench("before.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["warnings"] = json!(warnings);
    for figure in document["results"].as_array_mut().unwrap() {
        if figure["test"] == "bandwidth" {
            figure["bytes"] = json!(bytes);
        }
    }
    let file = folder.join(name);
    std::fs::write(&file, document.to_string()).unwrap();
    file.display().to_string()
}

#[test]
fn what_benches_warn_of_and_why_figures_are_in_one_only_is_told_in_each_form() {
    let folder = tempfile::tempdir().unwrap();
    let low = "other work had a CPU for 88 % of the time";
    let one = warned(folder.path(), "old.json", 64 << 20, &[low, "5 of 24 medians are wide"]);
    let other = warned(folder.path(), "new.json", 32 << 20, &["32.0 MiB are used", low]);
    for format in ["text", "markdown", "html"] {
        let page = flat(&told(&[&one, &other, "--format", format], b""));
        for (said, times) in [
            (format!("warning (old, new): {low}"), 1),
            ("warning (old): 5 of 24 medians are wide".to_owned(), 1),
            ("warning (new): 32.0 MiB are used".to_owned(), 1),
            (low.to_owned(), 1),
            ("only in old: 8 figures of bandwidth".to_owned(), 1),
            ("only in new: 8 figures of bandwidth".to_owned(), 1),
            (
                "bandwidth: old measured 64.0 MiB, new 32.0 MiB: measure both with --bytes 32Mi"
                    .to_owned(),
                1,
            ),
        ] {
            assert_eq!(page.matches(&said).count(), times, "{format}: {said}: {page}");
        }
        let page = flat(&told(&[&one, "--format", format], b""));
        assert_eq!(page.matches(&format!("warning: {low}")).count(), 1, "{format}: {page}");
    }
}

/// Runs in files of their own, with the same labels and no node: `n`.log, of which those that `is_odd` have
/// another size.
fn logs(count: u32, is_odd: impl Fn(u32) -> bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let whole = document("run-a.jsonl");
    for n in 0..count {
        let mut run = json!({"schema": "shmeter.run/1", "environment": whole["environment"],
            "inspect": whole["inspect"], "verdict": "ok", "interrupted": false});
        if is_odd(n) {
            run["inspect"]["df"]["total_bytes"] = json!(64 << 20);
        }
        std::fs::write(folder.path().join(format!("node-{n:03}.log")), run.to_string()).unwrap();
    }
    folder
}

#[test]
fn runs_of_a_fleet_whose_node_is_not_known_are_called_by_their_files() {
    let folder = logs(100, |n| n % 10 == 7);
    let path = folder.path().to_str().unwrap();
    let odd: Vec<String> = (0..10).map(|n| format!("node-0{n}7.log")).collect();
    let text = told(&[path], b"");
    assert!(flat(&text).contains(&format!("10 of 100: {} ", odd.join(", "))), "{text}");
    assert!(
        flat(&text).contains(
            "90 of 100: node-000.log, node-001.log, node-002.log, node-003.log, and 86 more: \
             --format csv lists every run"
        ),
        "{text}"
    );
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for format in ["markdown", "html"] {
        let page = told(&[path, "--format", format], b"").replace('\\', "");
        assert!(page.contains(&odd.join(", ")), "{format}: {page}");
    }
}

#[test]
fn up_to_32_names_of_a_group_are_listed_and_csv_is_named_for_more() {
    let listed = |page: &str| flat(page).matches(".log").count();
    let folder = logs(80, |n| n < 32);
    let page = told(&[folder.path().to_str().unwrap()], b"");
    assert_eq!(listed(&page), 32 + 4, "{page}");
    let folder = logs(80, |n| n < 33);
    let page = told(&[folder.path().to_str().unwrap()], b"");
    assert!(flat(&page).contains("node-031.log, and 1 more: --format csv lists"), "{page}");
}
