//! What README.md and docs/ name is there: commands, their options, scripts, and files that are linked.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const PAGES: [&str; 9] = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/accuracy.md",
    "docs/contract.md",
    "docs/explain.md",
    "docs/guide.md",
    "docs/install.md",
    "docs/kubernetes.md",
    "docs/sizing.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

fn help(words: &[&str]) -> Option<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_shmeter")).args(words).arg("--help").output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// The text of code: spans, and lines of blocks.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            block = !block;
        } else if block {
            found.push(line.trim_start().trim_start_matches("$ ").to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The options of each call of shmeter, as `docker run`, `kubectl` and pipes have them too.
fn calls(code: &[String]) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    // What the plugin says.
    for text in code.iter().filter(|text| !text.starts_with("shmeter could not")) {
        for part in text.split(['|', '&', ';', '#']) {
            let words: Vec<&str> = part.split_whitespace().collect();
            let Some(at) = words.iter().position(|word| *word == "shmeter" || *word == "/shmeter")
            else {
                continue;
            };
            // What kubectl and scripts are given is theirs.
            if words[..at].iter().any(|word| *word == "kubectl" || word.starts_with("scripts/")) {
                continue;
            }
            let rest = &words[at.saturating_add(1)..];
            let command = rest.first().filter(|word| word.bytes().all(|b| b.is_ascii_lowercase()));
            let options = rest.iter().filter(|word| word.starts_with("--"));
            let options = options.map(|word| word.split('=').next().unwrap().to_owned());
            found.push((
                command.map_or(String::new(), |word| (*word).to_owned()),
                options.collect(),
            ));
        }
    }
    found
}

#[test]
fn every_command_and_option_in_the_documents_is_there() {
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut seen = 0_usize;
    for name in PAGES {
        for (command, options) in calls(&code(&page(name))) {
            let words: Vec<&str> = if command.is_empty() { vec![] } else { vec![&command] };
            let told = known.entry(command.clone()).or_insert_with(|| help(&words));
            let told = told.as_ref().unwrap_or_else(|| panic!("{name}: shmeter {command}"));
            for option in options {
                assert!(told.contains(&option), "{name}: shmeter {command} has no {option}");
                seen = seen.saturating_add(1);
            }
        }
    }
    assert!(seen > 3 && known.len() > 8, "{seen} options of {} commands", known.len());
}

/// What the plugin for kubectl says of itself.
fn plugin_help() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/kubectl-shmeter");
    let output = Command::new(script).arg("--help").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_option_that_the_contract_promises_is_there() {
    let (mut told, mut command, mut seen) = (String::new(), String::new(), 0_usize);
    for line in page("docs/contract.md").lines() {
        if let Some(rest) = line.strip_prefix("## ") {
            let name = rest.strip_prefix("`shmeter ").unwrap_or_default();
            let word = |c: char| !c.is_ascii_lowercase();
            name.split(word).next().unwrap().clone_into(&mut command);
            // Where no command is named, it is what happens without one.
            told = match rest.starts_with("`kubectl shmeter ") {
                true => plugin_help(),
                false => help(&[if command.is_empty() { "inspect" } else { &command }]).unwrap(),
            };
        }
        for span in line.split('`').skip(1).step_by(2).filter(|span| span.starts_with("--")) {
            for option in span.split_whitespace().filter(|word| word.starts_with("--")) {
                let option = option.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
                assert!(told.contains(option), "shmeter {command} has no {option}: {line}");
                seen = seen.saturating_add(1);
            }
        }
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn the_readme_is_short() {
    let lines = page("README.md").lines().count();
    assert!(lines <= 150, "{lines} lines: docs/guide.md has room");
}

/// The options that a command has, by its help.
fn options_of(command: &str) -> Vec<String> {
    let help = help(&[command]).unwrap();
    let words = help.lines().filter_map(|line| line.trim_start().split([' ', ',']).next());
    let is_option = |word: &&str| {
        word.starts_with("--") && word.bytes().all(|b| b == b'-' || b.is_ascii_lowercase())
    };
    words.filter(is_option).map(str::to_owned).collect()
}

#[test]
fn the_guide_has_each_option_of_each_command_and_no_other_in_its_section() {
    let text = page("docs/guide.md");
    let commands = [
        "inspect", "explain", "watch", "ls", "fill", "compare", "bench", "run", "report", "capture",
    ];
    for command in commands {
        let title = format!("`{command}`\n");
        let section = text.split("\n## ").find(|section| {
            section
                .split_once('\n')
                .is_some_and(|(first, _)| format!("{first}\n").ends_with(&title))
        });
        let section = section.unwrap_or_else(|| panic!("no section of {command}"));
        let known = options_of(command);
        assert!(known.len() > 2, "{command}: {known:?}");
        let named: Vec<&str> = section
            .lines()
            .filter(|line| line.starts_with("| `--"))
            .flat_map(|line| line.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
            .map(|span| span.split([' ', '=']).next().unwrap())
            .collect();
        for option in &named {
            assert!(known.iter().any(|one| one == option), "shmeter {command} has no {option}");
        }
        // What every command has stands once, in the section of inspect.
        for option in known.iter().filter(|option| *option != "--color") {
            assert!(section.contains(&format!("`{option}")), "{command}: no word of {option}");
        }
    }
}

/// What a heading is linked by.
fn anchors(text: &str) -> impl Iterator<Item = String> + '_ {
    let titles = text.lines().filter_map(|line| line.strip_prefix('#'));
    titles.map(|title| {
        let title = title.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[test]
fn every_script_and_every_linked_file_is_there() {
    let mut seen = 0_usize;
    for name in PAGES {
        let text = page(name);
        let folder = root().join(name);
        let folder = folder.parent().unwrap();
        let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for link in links.filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { root().join(name) } else { folder.join(file) };
            assert!(file.exists(), "{name} links {link}");
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&file).unwrap();
                assert!(anchors(&text).any(|one| one == anchor), "{name} links {link}");
            }
            seen = seen.saturating_add(1);
        }
        for text in code(&text) {
            let scripts = text.split(|c: char| c.is_whitespace() || "\"()$".contains(c));
            for script in scripts.filter(|word| word.starts_with("scripts/")) {
                let script = script.trim_end_matches([',', '.', ';']);
                assert!(root().join(script).exists(), "{name} names {script}");
                seen = seen.saturating_add(1);
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn what_the_document_of_kubernetes_names_is_there() {
    let text = page("docs/kubernetes.md");
    assert!(text.matches("```sh\n").count() >= 4);
    let words = text.split(|c: char| c.is_whitespace() || "`()=".contains(c));
    let named: Vec<&str> = words.filter(|word| word.starts_with("scripts/")).collect();
    assert!(named.len() >= 6, "{named:?}");
    for path in named {
        assert!(root().join(path.trim_end_matches([';', ':', ','])).exists(), "{path}");
    }
    let overlays = std::fs::read_dir(root().join("scripts/kubernetes/overlays")).unwrap();
    let overlays = overlays.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut rows: Vec<String> = overlays.map(|name| format!("overlays/{name}")).collect();
    rows.push("base".to_owned());
    assert!(rows.len() >= 4, "{rows:?}");
    for name in rows {
        assert!(text.contains(&format!("| `{name}` |")), "{name} has no row");
    }
}
