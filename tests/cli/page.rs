//! The page in a browser: nothing is wider than the window on a phone or on a screen, light or
//! dark, folded or not, and the console stays silent. Where there is chromium scripts/test runs them;
//! by hand: `cargo test --test cli page -- --include-ignored`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Loads a page at both widths, light and dark, unfolds everything, and says how wide it is.
const WRAPPER: &str = r#"<!doctype html><meta charset="utf-8"><body><script>
const seen = [];
function frame(width, scheme) {
  return new Promise(done => {
    const one = document.createElement("iframe");
    one.style = `border:0;height:900px;width:${width}px;color-scheme:${scheme}`;
    one.src = "PAGE";
    one.onload = () => {
      const doc = one.contentDocument, root = doc.documentElement;
      doc.querySelectorAll("details").forEach(fold => fold.open = true);
      const ink = one.contentWindow.getComputedStyle(doc.body || root);
      seen.push({width, scheme, wide: root.scrollWidth, high: root.scrollHeight,
        ground: ink.backgroundColor, scripts: doc.scripts.length, charts: doc.querySelectorAll("svg").length,
        said: (doc.querySelector("h1") || doc.querySelector("title") || root).textContent});
      done();
    };
    document.body.append(one);
  });
}
(async () => {
  for (const width of [400, 1400]) for (const scheme of ["light", "dark"]) await frame(width, scheme);
  document.body.textContent = JSON.stringify(seen);
})();
</script></body>"#;

struct Seen {
    frames: Vec<Value>,
    console: Vec<String>,
}

fn look(folder: &Path, page: &str) -> Seen {
    let wrapper = folder.join("wrapper.html");
    std::fs::write(&wrapper, WRAPPER.replace("PAGE", page)).unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args([
            "--allow-file-access-from-files",
            "--enable-logging=stderr",
            "--window-size=1600,1000",
        ])
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", wrapper.display()))
        .output()
        .expect("chromium is missing: scripts/test installs it");
    let dom = String::from_utf8_lossy(&output.stdout);
    let text = dom.split("<body>").nth(1).and_then(|rest| rest.split("</body>").next());
    let text = text.unwrap_or_else(|| panic!("no page: {dom}")).trim();
    let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    let frames = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    let console = errors.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned);
    Seen { frames, console: console.collect() }
}

fn page(folder: &Path, files: &[PathBuf], format: &[&str]) -> Seen {
    let output = Command::new(env!("CARGO_BIN_EXE_shmeter"))
        .arg("report")
        .args(files)
        .args(format)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let name = if format.contains(&"svg") { "page.svg" } else { "page.html" };
    std::fs::write(folder.join(name), output.stdout).unwrap();
    look(folder, name)
}

fn fixtures(names: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    names.iter().map(|name| folder.join(name)).collect()
}

fn holds(seen: &Seen, charts: u64) {
    assert_eq!(seen.frames.len(), 4);
    assert_eq!(seen.console, Vec::<String>::new());
    for frame in &seen.frames {
        assert!(frame["wide"].as_u64() <= frame["width"].as_u64(), "{frame}");
        assert!(frame["high"].as_u64() > Some(400), "{frame}");
        assert_eq!(frame["scripts"], 0, "{frame}");
        assert!(frame["charts"].as_u64() >= Some(charts), "{frame}");
    }
    assert_ne!(seen.frames[0]["ground"], seen.frames[1]["ground"], "dark is not light");
}

#[test]
#[ignore = "needs Chromium"]
fn one_run_fits_a_phone_and_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let seen = page(folder.path(), &fixtures(&["run-a.jsonl"]), &["--format", "html"]);
    holds(&seen, 5);
    assert_eq!(seen.frames[0]["said"], "at most 253.9 MiB usable");
}

#[test]
#[ignore = "needs Chromium"]
fn many_runs_fit_a_phone_and_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["run-a.jsonl", "run-b.jsonl", "run-c.jsonl", "fill-a.jsonl", "inspect-c.json"];
    holds(&page(folder.path(), &fixtures(&files), &["--format", "html"]), 10);
}

#[test]
#[ignore = "needs Chromium"]
fn a_run_with_names_that_never_end_still_fits() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(&fixtures(&["run-a.jsonl"])[0]).unwrap();
    let long = "x".repeat(600);
    let text = text.replace("shmeter-a", &long).replace("\"1g\"", &format!("\"{long}</style>\""));
    let file = folder.path().join("long.jsonl");
    std::fs::write(&file, text).unwrap();
    holds(&page(folder.path(), &[file], &["--format", "html"]), 5);
}

#[test]
#[ignore = "needs Chromium"]
fn marks_that_may_not_stand_in_xml_break_no_svg() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(&fixtures(&["run-a.jsonl"])[0]).unwrap();
    let text = text.replace("\"1g\"", "\"</svg>&<\\u0000\\u001b\\uffff\\\"]]>\"");
    let file = folder.path().join("marks.jsonl");
    std::fs::write(&file, text).unwrap();
    let seen = page(folder.path(), &[file], &["--format", "svg"]);
    assert!(
        seen.frames[0]["said"].as_str().unwrap().contains("253.9 MiB usable"),
        "{}",
        seen.frames[0]
    );
    assert_eq!(seen.frames[0]["charts"], 1, "{}", seen.frames[0]);
}

#[test]
#[ignore = "needs Chromium"]
fn a_fleet_fits_a_phone_and_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(&fixtures(&["run-a.jsonl"])[0]).unwrap();
    let mut log = String::new();
    for n in 0..40 {
        let kernel = if n < 3 { "5.15.0" } else { "6.12.0" };
        let run = text.replace("6.18.44-fc-v769", kernel);
        log += &run.replace("\"node\":null", &format!("\"node\":\"node-{n}\""));
    }
    let file = folder.path().join("fleet.log");
    std::fs::write(&file, log).unwrap();
    let seen = page(folder.path(), &[file], &["--format", "html"]);
    holds(&seen, 0);
    assert_eq!(seen.frames[0]["said"], "2 groups: 37 runs are the same, 3 differ");
}

#[test]
#[ignore = "needs Chromium"]
fn each_svg_is_read_without_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for chart in ["ladder", "course", "latency", "kinds"] {
        let format = ["--format", "svg", "--chart", chart];
        let seen = page(folder.path(), &fixtures(&["run-a.jsonl", "run-b.jsonl"]), &format);
        assert_eq!(seen.console, Vec::<String>::new());
        for frame in &seen.frames {
            // A browser puts an error's text where the file is not well-formed.
            assert!(!frame["said"].as_str().unwrap().contains("error"), "{frame}");
            assert!(frame["high"].as_u64() > Some(100) && frame["charts"] == 1, "{frame}");
        }
    }
}

#[test]
#[ignore = "needs Chromium"]
fn an_overflow_and_an_error_would_be_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let page = "<body><div style='width:900px'>x</div><script>console.error('loud')</script>";
    std::fs::write(folder.path().join("page.html"), page).unwrap();
    let seen = look(folder.path(), "page.html");
    assert!(seen.frames[0]["wide"].as_u64() >= Some(900), "{}", seen.frames[0]);
    assert!(seen.console.iter().any(|line| line.contains("loud")), "{:?}", seen.console);
}
