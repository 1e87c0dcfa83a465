//! A release is told of in many files: they name the same version, files, targets and steps.

use std::collections::BTreeSet;
use std::path::Path;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What stands in quotes between the line that begins with `from` and the next one that begins with `to`.
fn quoted(text: &str, from: &str, to: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with(from));
    let first = lines.clone().take(1);
    let rest = lines.skip(1).take_while(|line| !line.starts_with(to));
    let lines: Vec<&str> = first.chain(rest).collect();
    lines.join("\n").split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The versions that follow `before` in a text.
fn versions(text: &str, before: &str) -> Vec<String> {
    let rests = text.split(before).skip(1);
    let versions = rests.map(|rest| rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.'));
    let versions = versions.map(|version| version.collect::<String>());
    versions
        .map(|version| version.trim_end_matches('.').to_owned())
        .filter(|v| !v.is_empty())
        .collect()
}

#[test]
fn what_names_a_version_names_that_of_cargo() {
    let mut seen = 0;
    let named: [(&str, &[&str]); 4] = [
        (
            "docs/install.md",
            &["shmeter-", "shmeter_", "shmeter:", "scripts/release ", "--release "],
        ),
        ("docs/kubernetes.md", &["registry.example/shmeter:", "newTag: "]),
        ("docs/contract.md", &["\"version\": \""]),
        ("fuzz/Cargo.lock", &["name = \"shmeter\"\nversion = \""]),
    ];
    for (name, words) in named {
        for word in words {
            let found = versions(&text(name), word);
            assert!(!found.is_empty(), "{name} has no {word}");
            found.iter().for_each(|version| assert_eq!(version, VERSION, "{name}: {word}"));
            seen += found.len();
        }
    }
    assert!(seen > 30, "{seen}");
    let headings = text("CHANGELOG.md");
    let newest = headings.lines().find(|line| line.starts_with("## ")).unwrap().to_owned();
    let newest: Vec<&str> = newest.split(' ').skip(1).collect();
    assert!(newest == ["Unreleased"] || newest.first() == Some(&VERSION), "{newest:?}");
}

#[test]
fn binstall_and_krew_look_where_a_release_is_published() {
    let cargo = text("Cargo.toml");
    let section = cargo.split("[package.metadata.binstall]").nth(1).unwrap();
    let binstall = |key: &str| quoted(section, key, "").remove(0);
    let names = |text: &str| {
        text.replace("{ name }", "shmeter").replace("{ version }", "V").replace("{ target }", "T")
    };
    let folder = names(&binstall("bin-dir")).replace("/{ bin }", "");
    assert_eq!(
        names(&binstall("pkg-url")),
        format!("{{ repo }}/releases/download/vV/{folder}.tar.gz")
    );
    let release = text("scripts/release");
    let name = release.lines().find_map(|line| line.trim().strip_prefix("name=")).unwrap();
    assert_eq!(name.replace("$version", "V").replace("$target", "T"), folder);

    let krew = text("packaging/krew.yaml").replace("@VERSION@", "V");
    let plugin = release.lines().find_map(|line| line.strip_prefix("plugin=")).unwrap();
    let plugin = plugin.replace("$version", "V");
    for line in [
        format!("uri: @URL@/releases/download/vV/{plugin}.tar.gz"),
        format!("- {{from: {plugin}/kubectl-shmeter, to: .}}"),
        "bin: kubectl-shmeter".to_owned(),
        "version: vV".to_owned(),
    ] {
        assert!(krew.lines().any(|has| has.trim() == line), "{line}");
    }
    // All that is to be filled in is.
    for word in krew.split('@').skip(1).step_by(2) {
        assert!(release.contains(&format!("s|@{word}@|")), "{word}");
    }
}

#[test]
fn every_target_of_a_release_is_static_and_its_licences_are_checked() {
    let release = text("scripts/release");
    let archs = release.lines().find(|line| line.starts_with("version='' archs=(")).unwrap();
    let archs = archs.split(['(', ')']).nth(1).unwrap().split(' ');
    let targets: BTreeSet<String> = archs.map(|arch| format!("{arch}-unknown-linux-gnu")).collect();
    assert_eq!(targets.len(), 2);
    let of_docs = quoted(&text("Cargo.toml"), "targets = [", "");
    assert_eq!(of_docs.into_iter().collect::<BTreeSet<_>>(), targets);
    let checked = quoted(&text("deny.toml"), "targets = [", "");
    let settings = text(".cargo/config.toml");
    for target in &targets {
        assert!(checked.contains(target), "deny.toml: {target}");
        let flags = quoted(&settings, &format!("[target.{target}]"), "[");
        assert!(flags.contains(&"target-feature=+crt-static".to_owned()), "{target}: {flags:?}");
    }
}

#[test]
fn every_step_of_the_workflow_is_one_of_the_script() {
    let workflow = text(".github/workflows/ci.yml");
    let script = text("scripts/ci");
    // Anything else would be tried by nobody.
    let runs: Vec<&str> = workflow.lines().filter(|line| line.contains("run:")).collect();
    let mut steps = BTreeSet::new();
    for run in runs {
        let step = run.strip_prefix("      - run: scripts/ci ").unwrap_or_else(|| panic!("{run}"));
        assert!(
            script.lines().any(|line| {
                let line = line.strip_prefix("    ");
                line.is_some_and(|line| line.split(')').next() == Some(step) && line.contains(')'))
            }),
            "scripts/ci has no {step}"
        );
        steps.insert(step);
    }
    let told = script.lines().skip_while(|line| !line.starts_with("Does one step"));
    let told = told.take_while(|line| *line != "TEXT").filter_map(|line| line.strip_prefix("  "));
    let told: BTreeSet<&str> = told
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(told, steps);
}

#[test]
fn what_the_debian_package_holds_is_there_or_is_made() {
    let cargo = text("Cargo.toml");
    let section = cargo.split("[package.metadata.deb]").nth(1).unwrap();
    let mut sources: Vec<String> =
        quoted(section, "assets = [", "]").into_iter().step_by(3).collect();
    sources.extend(quoted(section, "license-file", "").into_iter().take(1));
    sources.extend(quoted(section, "changelog", "").into_iter().take(1));
    assert!(sources.len() > 8, "{sources:?}");
    let release = text("scripts/release");
    for source in sources {
        if let Some(made) = source.strip_prefix("dist/.files/") {
            assert!(release.contains(&format!(">\"$files/{made}\"")), "{made}");
        } else if source != "target/release/shmeter" {
            assert!(!text(&source).is_empty(), "{source}");
        }
    }
}

#[test]
fn what_the_crate_includes_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let include = quoted(&text("Cargo.toml"), "include = [", "]");
    assert!(include.len() > 5, "{include:?}");
    for pattern in include {
        let path = pattern.strip_prefix('/').unwrap_or_else(|| panic!("{pattern} is anywhere"));
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let (start, end) = name.split_once('*').unwrap_or((name, ""));
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(names.any(|name| name.starts_with(start) && name.ends_with(end)), "{pattern}");
    }
}
