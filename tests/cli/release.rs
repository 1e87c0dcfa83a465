//! The scripts of a release: what they say of themselves, what they refuse, and the images that they write.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::skip;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(line: &str) -> Output {
    let mut words = line.split(' ');
    let program = root().join(words.next().unwrap());
    Command::new(program).args(words).env_remove("GITHUB_REF_NAME").output().unwrap()
}

#[test]
fn each_script_of_a_release_says_what_it_is_for_in_80_columns() {
    for name in [
        "scripts/release",
        "scripts/ci",
        "scripts/ci-workflow",
        "scripts/try-install",
        "scripts/reproducible",
        "packaging/clean-debian",
        "packaging/images",
        "packaging/pack",
        "packaging/third-party",
    ] {
        let output = script(&format!("{name} --help"));
        assert_eq!(output.status.code(), Some(0), "{name}");
        let help = String::from_utf8(output.stdout).unwrap();
        let first = help.lines().next().unwrap();
        assert!(first.starts_with("Usage: ") && first.contains(name), "{first}");
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn what_no_release_can_be_made_of_is_refused_in_one_line() {
    for (line, words) in [
        ("scripts/release", "which version?"),
        ("scripts/release 0.0.0", "not 0.0.0"),
        ("scripts/release 1.0.0 1.0.0", "one version"),
        ("scripts/release --only riscv64 1.0.0", "--only needs x86_64 or aarch64"),
        ("scripts/release --only", "--only needs x86_64 or aarch64"),
        ("scripts/release --all 1.0.0", "unknown option --all"),
        ("scripts/ci", "which step?"),
        ("scripts/ci nothing", "no step nothing"),
        ("scripts/ci-workflow nothing", "unknown argument nothing"),
        ("scripts/ci-workflow --only", "--only needs steps"),
        ("scripts/try-install --only", "--only needs a text"),
        ("scripts/try-install --nothing", "unknown option --nothing"),
    ] {
        let output = script(line);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}: {error}");
        assert_eq!(error.lines().count(), 1, "{line}: {error}");
        assert!(error.contains(words), "{line}: {error}");
        assert!(output.stdout.is_empty(), "{line}");
    }
}

#[test]
fn a_release_needs_a_tag_and_a_date() {
    for step in ["release", "publish"] {
        let output = script(&format!("scripts/ci {step}"));
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains("the tag GITHUB_REF_NAME"), "{error}");
    }
}

/// `packaging/images` of two files that are no binaries, into this folder.
fn images(folder: &Path) -> Vec<PathBuf> {
    std::fs::create_dir(folder).unwrap();
    for arch in ["amd64", "arm64"] {
        std::fs::write(folder.join(arch), arch.repeat(99)).unwrap();
    }
    let out = folder.join("out");
    std::fs::create_dir(&out).unwrap();
    let mut command = Command::new(root().join("packaging/images"));
    command.env("SOURCE_DATE_EPOCH", "1700000000").arg(&out).args(["1.2.3", "revision", "source"]);
    for arch in ["amd64", "arm64"] {
        command.arg(format!("{arch}={}", folder.join(arch).display()));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn unpacked(archive: &Path, folder: &Path) -> PathBuf {
    let folder = folder.join("unpacked");
    std::fs::create_dir_all(&folder).unwrap();
    let status = Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&folder).status();
    assert!(status.unwrap().success());
    folder
}

fn document(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_same_binaries_make_the_same_images() {
    let test = "the_same_binaries_make_the_same_images";
    if !skip::has(test, &["jq", "--version"], "jq") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (one, other) = (images(&place.path().join("a")), images(&place.path().join("other")));
    let names: Vec<&str> =
        one.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    let expected = ["docker-amd64.tar.gz", "docker-arm64.tar.gz", "oci.tar"];
    assert_eq!(names, expected.map(|name| format!("shmeter-1.2.3-{name}")));
    for (one, other) in one.iter().zip(&other) {
        let same = std::fs::read(one).unwrap() == std::fs::read(other).unwrap();
        assert!(same, "{}", one.display());
    }
}

#[test]
fn the_layout_has_an_image_for_each_machine() {
    let test = "the_layout_has_an_image_for_each_machine";
    if !skip::has(test, &["jq", "--version"], "jq") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let files = images(&place.path().join("a"));
    let layout = unpacked(files.last().unwrap(), place.path());
    let blob = |of: &serde_json::Value| {
        let digest = of["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
        let path = layout.join("blobs/sha256").join(digest);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), of["size"].as_u64().unwrap());
        path
    };
    let top = document(&layout.join("index.json"));
    assert_eq!(top["manifests"].as_array().unwrap().len(), 1);
    assert_eq!(top["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"], "1.2.3");
    let index = document(&blob(&top["manifests"][0]));
    let machines = index["manifests"].as_array().unwrap();
    for (machine, arch) in machines.iter().zip(["amd64", "arm64"]) {
        assert_eq!(machine["platform"]["architecture"], arch);
        let manifest = document(&blob(machine));
        let config = document(&blob(&manifest["config"]));
        assert_eq!(config["architecture"], arch);
        assert_eq!(config["config"]["Entrypoint"], serde_json::json!(["/shmeter"]));
        assert_eq!(config["config"]["User"], "65534:65534");
        assert_eq!(config["config"]["Labels"]["org.opencontainers.image.version"], "1.2.3");
        let folder = place.path().join(arch);
        let layer = unpacked(&blob(&manifest["layers"][0]), &folder);
        assert_eq!(std::fs::read_to_string(layer.join("shmeter")).unwrap(), arch.repeat(99));
    }
    assert_eq!(machines.len(), 2);
}
