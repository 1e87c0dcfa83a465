//! The manifests: rendered by a real kubectl, held against the schemas of Kubernetes, and against
//! what docs/kubernetes.md says of them.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::cluster::{Cluster, project, tool, usual_pod};

/// The folders that `kubectl apply -k` takes, and the first version of Kubernetes they are for.
const RENDERED: [(&str, &str); 5] = [
    ("base", "1.27.0"),
    ("overlays/shm-sized", "1.27.0"),
    ("overlays/shm-unsized", "1.27.0"),
    ("overlays/fleet", "1.29.0"),
    ("overlays/node-pool", "1.29.0"),
];

/// Those that run once on each of several nodes.
const FLEETS: [&str; 2] = ["overlays/fleet", "overlays/node-pool"];

pub const NEWEST: &str = "1.37.0";

fn folder() -> PathBuf {
    project().join("scripts/kubernetes")
}

fn with_input(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What `kubectl kustomize` makes of a folder.
fn rendered(folder: &Path) -> String {
    said(Command::new(tool("kubectl")).arg("kustomize").arg(folder).output().unwrap())
}

/// YAML as JSON, every document of it.
fn documents(yaml: &str) -> Vec<Value> {
    let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
    let json = said(with_input(Command::new(tool("python")).args(["-c", script]), yaml));
    serde_json::from_str(&json).unwrap()
}

/// The one Job in a folder.
fn job(name: &str) -> Value {
    let mut documents = documents(&rendered(&folder().join(name)));
    assert_eq!((documents.len(), &documents[0]["kind"]), (1, &json!("Job")), "{name}");
    documents.remove(0)
}

/// Does a manifest pass the strict schemas of a version?
pub fn passes(manifest: &str, version: &str) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), manifest).unwrap();
    let mut command = Command::new(tool("kubernetes-validate"));
    let output = command.args(["--strict", "-k", version]).arg(file.path()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&text).into_owned()) }
}

#[test]
fn every_folder_renders_to_what_the_schemas_of_kubernetes_allow() {
    for (name, first) in RENDERED {
        let manifest = rendered(&folder().join(name));
        for version in [first, NEWEST] {
            assert_eq!(passes(&manifest, version), Ok(()), "{name}, {version}");
        }
    }
    let role = std::fs::read_to_string(folder().join("debug/role.yaml")).unwrap();
    assert_eq!(passes(&role, NEWEST), Ok(()));
}

#[test]
fn the_schemas_find_a_misspelt_field_and_a_wrong_type() {
    let manifest = rendered(&folder().join("base"));
    for (right, wrong) in [
        ("backoffLimit: 0", "backofLimit: 0"),
        ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: 1"),
        ("restartPolicy: Never", "restartPolice: Never"),
    ] {
        assert!(manifest.contains(right), "{right}");
        assert!(passes(&manifest.replace(right, wrong), NEWEST).is_err(), "{wrong}");
    }
    // And a version that did not know a field yet refuses it.
    assert!(passes(&rendered(&folder().join("overlays/fleet")), "1.25.0").is_err());
}

#[test]
fn the_profile_for_kubectl_debug_is_a_part_of_an_ephemeral_container() {
    let text = std::fs::read_to_string(folder().join("debug/shm-volume.yaml")).unwrap();
    let mut container = documents(&text).remove(0);
    // kubectl refuses a profile that sets these.
    for field in ["name", "image", "command", "lifecycle", "volumeDevices"] {
        assert!(container[field].is_null(), "{field}");
    }
    container["name"] = json!("look");
    container["image"] = json!("shmeter");
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "app", "image": "app"}], "ephemeralContainers": [container],
                 "volumes": [{"name": "shm", "emptyDir": {}}]},
    });
    assert_eq!(passes(&pod.to_string(), NEWEST), Ok(()));
    pod["spec"]["ephemeralContainers"][0]["volumeMounts"][0]["path"] = json!("/dev/shm");
    assert!(passes(&pod.to_string(), NEWEST).is_err());
}

#[test]
fn the_role_allows_what_the_plugin_asks_for_and_no_more() {
    let cluster = Cluster::usual(&usual_pod());
    assert_eq!(cluster.plugin("web").code, Some(0));
    let text = std::fs::read_to_string(folder().join("debug/role.yaml")).unwrap();
    let role = documents(&text).remove(0);
    let mut allowed = BTreeSet::new();
    for rule in role["rules"].as_array().unwrap() {
        for (resource, verb) in pairs(&rule["resources"], &rule["verbs"]) {
            let group = rule["apiGroups"][0].as_str().unwrap();
            let dot = if group.is_empty() { "" } else { "." };
            allowed.insert(format!("{verb} {resource}{dot}{group}"));
        }
    }
    assert_eq!(cluster.asked(), allowed);
}

/// Each of one list with each of another.
fn pairs<'a>(one: &'a Value, other: &'a Value) -> Vec<(&'a str, &'a str)> {
    let words = |list: &'a Value| list.as_array().unwrap().iter().filter_map(Value::as_str);
    words(one).flat_map(|first| words(other).map(move |second| (first, second))).collect()
}

#[test]
fn every_job_passes_pod_securitys_level_restricted() {
    for (name, _) in RENDERED {
        let job = job(name);
        let spec = &job["spec"]["template"]["spec"];
        for field in ["hostNetwork", "hostPID", "hostIPC", "initContainers"] {
            assert!(spec[field].is_null(), "{name}: {field}");
        }
        assert_eq!(spec["securityContext"]["runAsNonRoot"], true, "{name}");
        assert_ne!(spec["securityContext"]["runAsUser"], 0, "{name}");
        assert_eq!(spec["securityContext"]["seccompProfile"]["type"], "RuntimeDefault", "{name}");
        let containers = spec["containers"].as_array().unwrap();
        assert_eq!(containers.len(), 1, "{name}");
        assert_eq!(
            containers[0]["securityContext"],
            json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}}),
            "{name}"
        );
        for volume in spec["volumes"].as_array().into_iter().flatten() {
            assert!(volume["emptyDir"].is_object(), "{name}: {volume}");
        }
        assert_eq!(spec["automountServiceAccountToken"], false, "{name}");
    }
}

#[test]
fn every_job_runs_once_and_keeps_its_results() {
    for (name, _) in RENDERED {
        let job = job(name);
        let spec = &job["spec"]["template"]["spec"];
        assert_eq!(spec["restartPolicy"], "Never", "{name}");
        assert_eq!(job["spec"]["backoffLimit"] == 0, !FLEETS.contains(&name), "{name}");
        assert!(job["spec"]["activeDeadlineSeconds"].is_u64(), "{name}");
        let container = &spec["containers"][0];
        assert_eq!(container["args"][0], "run", "{name}");
        assert_eq!(container["terminationMessagePolicy"], "FallbackToLogsOnError", "{name}");
        assert_eq!(container["terminationMessagePath"], "/dev/termination-log", "{name}");
        assert!(container["resources"]["limits"]["memory"].is_string(), "{name}");
        let from: Vec<(&str, &str)> = container["env"]
            .as_array()
            .unwrap()
            .iter()
            .map(|variable| {
                let field = &variable["valueFrom"]["fieldRef"]["fieldPath"];
                (variable["name"].as_str().unwrap(), field.as_str().unwrap())
            })
            .collect();
        assert_eq!(
            from,
            [
                ("NODE_NAME", "spec.nodeName"),
                ("POD_NAME", "metadata.name"),
                ("POD_NAMESPACE", "metadata.namespace")
            ],
            "{name}"
        );
    }
}

#[test]
fn the_overlays_differ_in_what_is_on_dev_shm() {
    for (name, on_shm) in [
        ("base", None),
        ("overlays/shm-sized", Some(json!({"medium": "Memory", "sizeLimit": "256Mi"}))),
        ("overlays/shm-unsized", Some(json!({"medium": "Memory"}))),
        ("overlays/fleet", None),
        ("overlays/node-pool", None),
    ] {
        let job = job(name);
        let spec = &job["spec"]["template"]["spec"];
        assert_eq!(spec["volumes"][0].get("emptyDir"), on_shm.as_ref(), "{name}");
        let container = &spec["containers"][0];
        let mounts = on_shm.map(|_| json!([{"name": "shm", "mountPath": "/dev/shm"}]));
        assert_eq!(container.get("volumeMounts"), mounts.as_ref(), "{name}");
        // What is found stands in the result; a label with a size would be wrong once the size is changed.
        assert_eq!(container["args"], json!(["run", "--exclusive", "--budget", "60s"]), "{name}");
    }
}

#[test]
fn a_fleet_has_one_pod_a_node_and_one_that_fails_ends_no_other() {
    for name in FLEETS {
        has_one_pod_a_node(&job(name));
    }
}

fn has_one_pod_a_node(job: &Value) {
    let spec = &job["spec"];
    assert_eq!(
        (&spec["completionMode"], &spec["completions"]),
        (&json!("Indexed"), &spec["parallelism"])
    );
    assert_eq!((&spec["backoffLimitPerIndex"], &spec["backoffLimit"]), (&json!(0), &Value::Null));
    let template = &spec["template"];
    let spread = &template["spec"]["topologySpreadConstraints"][0];
    assert_eq!(
        (&spread["maxSkew"], &spread["whenUnsatisfiable"]),
        (&json!(1), &json!("DoNotSchedule"))
    );
    let apart = &template["spec"]["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        [0];
    for rule in [spread, apart] {
        assert_eq!(rule["topologyKey"], "kubernetes.io/hostname");
        // A selector that does not select the Job's own pods would keep nothing apart.
        let wanted = rule["labelSelector"]["matchLabels"].as_object().unwrap();
        assert!(wanted.contains_key("app.kubernetes.io/component"));
        for (key, value) in wanted {
            assert_eq!(&template["metadata"]["labels"][key], value, "{key}");
        }
    }
    assert_eq!(
        template["spec"]["tolerations"],
        json!([{"operator": "Exists", "effect": "NoSchedule"}])
    );
}

#[test]
fn the_fleet_of_a_pool_is_the_fleet_on_the_nodes_with_its_label() {
    let (mut fleet, mut pool) = (job("overlays/fleet"), job("overlays/node-pool"));
    assert_eq!(pool["metadata"]["name"], "shmeter-fleet-pool");
    assert_eq!(
        pool["spec"]["template"]["spec"]["nodeSelector"].take(),
        json!({"kubernetes.io/os": "linux", "pool": "gpu"})
    );
    for job in [&mut fleet, &mut pool] {
        job["metadata"]["name"].take();
        job["spec"]["template"]["spec"]["nodeSelector"].take();
    }
    assert_eq!(pool, fleet);
}

#[test]
fn the_fleets_size_comes_in_as_the_document_says() {
    let manifest = rendered(&folder().join("overlays/fleet"));
    let mut command = Command::new(tool("kubectl"));
    command.args(["patch", "--local", "-f", "-", "--type=merge", "-o", "yaml", "-p"]);
    command.arg("{\"spec\":{\"completions\":7,\"parallelism\":7}}").env("KUBECONFIG", "/dev/null");
    let sized = said(with_input(&mut command, &manifest));
    assert_eq!(passes(&sized, NEWEST), Ok(()));
    let job = documents(&sized).remove(0);
    assert_eq!((&job["spec"]["completions"], &job["spec"]["parallelism"]), (&json!(7), &json!(7)));
    assert_eq!(job["spec"]["backoffLimitPerIndex"], 0);
}

/// The code blocks of docs/kubernetes.md in one language.
pub fn blocks(language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project().join("docs/kubernetes.md")).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    let found = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    found.map(str::to_owned).collect()
}

/// The YAML of docs/kubernetes.md, by the comment in its first line.
fn examples(title: &str) -> Vec<String> {
    let mut blocks = blocks("yaml");
    blocks.retain(|block| block.starts_with(&format!("# {title}")));
    assert!(!blocks.is_empty(), "{title}");
    blocks
}

/// The Job that an overlay of the document makes, in a folder beside `scripts`.
fn job_of_example(title: &str) -> Value {
    let place = tempfile::tempdir().unwrap();
    let copied =
        Command::new("cp").arg("-r").arg(project().join("scripts")).arg(place.path()).status();
    assert!(copied.unwrap().success());
    let mine = place.path().join("mine");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(mine.join("kustomization.yaml"), examples(title).remove(0)).unwrap();
    let manifest = rendered(&mine);
    assert_eq!(passes(&manifest, NEWEST), Ok(()), "{title}");
    documents(&manifest).remove(0)
}

#[test]
fn every_example_in_the_document_is_of_a_known_sort() {
    let known = ["# mine/", "# pool/", "# pod.yaml", "# .github/"];
    for block in blocks("yaml") {
        assert!(known.iter().any(|start| block.starts_with(start)), "{block}");
    }
}

#[test]
fn the_overlay_in_the_document_makes_a_job_with_that_image_and_those_sizes() {
    let spec = job_of_example("mine/")["spec"]["template"]["spec"].take();
    assert_eq!(spec["containers"][0]["image"], "registry.example/shmeter:0.2.0");
    assert_eq!(spec["containers"][0]["resources"]["limits"]["memory"], "2Gi");
    assert_eq!(spec["volumes"][0]["emptyDir"]["sizeLimit"], "1Gi");
}

#[test]
fn the_overlay_of_a_pool_in_the_document_makes_a_fleet_on_those_nodes() {
    let job = job_of_example("pool/");
    has_one_pod_a_node(&job);
    assert_eq!(job["spec"]["completions"], 8);
    let spec = &job["spec"]["template"]["spec"];
    let nodes = json!({"kubernetes.io/os": "linux", "cloud.google.com/gke-nodepool": "gpu"});
    assert_eq!(spec["nodeSelector"], nodes);
    assert_eq!(spec["containers"][0]["resources"]["requests"]["memory"], "2Gi");
    assert_eq!(spec["containers"][0]["image"], "registry.example/shmeter:0.2.0");
    assert_eq!(spec["containers"][0]["resources"]["limits"]["memory"], "2Gi");
    let mounts = json!([{"name": "shm", "mountPath": "/dev/shm"}]);
    assert_eq!(spec["containers"][0]["volumeMounts"], mounts);
    assert_eq!(spec["volumes"][0]["emptyDir"]["sizeLimit"], "1Gi");
    // The document asks for its result by this name.
    let name = job["metadata"]["name"].as_str().unwrap();
    assert!(blocks("sh").iter().any(|block| block.contains(&format!("job/{name}\n"))), "{name}");
}

#[test]
fn the_pods_in_the_document_share_one_volume_and_shmeter_takes_their_arguments() {
    let mut checked = 0;
    for example in examples("pod.yaml") {
        assert_eq!(passes(&example, NEWEST), Ok(()), "{example}");
        let pod = documents(&example).remove(0);
        let spec = &pod["spec"];
        let volume = json!([{"name": "shm", "mountPath": "/dev/shm"}]);
        for container in all_containers(spec) {
            assert_eq!(container["volumeMounts"], volume, "{example}");
            assert!(container["resources"]["limits"]["memory"].is_string(), "{example}");
        }
        let first = &spec["initContainers"][0];
        let words: Vec<&str> = match first["command"][2].as_str() {
            Some(line) => line
                .split("shmeter ")
                .nth(1)
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .split(' ')
                .collect(),
            None => first["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect(),
        };
        let output =
            Command::new(env!("CARGO_BIN_EXE_shmeter")).args(&words).arg("--help").output();
        let output = output.unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        checked += 1;
    }
    assert_eq!(checked, 2);
}

/// Init containers and containers.
fn all_containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers"].into_iter().flat_map(|list| spec[list].as_array().unwrap())
}

#[test]
fn shmeter_takes_the_arguments_of_every_job() {
    for (name, _) in RENDERED {
        let job = job(name);
        let words = job["spec"]["template"]["spec"]["containers"][0]["args"].as_array().unwrap();
        let words = words.iter().map(|word| word.as_str().unwrap());
        let shmeter = env!("CARGO_BIN_EXE_shmeter");
        let output = Command::new(shmeter).args(words).arg("--help").output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
