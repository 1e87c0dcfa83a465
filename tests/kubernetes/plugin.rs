//! `kubectl shmeter`: the container it starts for each kind of pod, and what it gives back.

use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::cluster::{
    Cluster, Said, ended, pod, pod_with_shm, project, running, usual_pod, waiting,
};
use crate::manifests::blocks;

/// The one container that the plugin starts in `pod`, and what it said.
fn start(pod: &Value, arguments: &str) -> (Value, Said) {
    let cluster = Cluster::usual(pod);
    let said = cluster.plugin(arguments);
    assert_eq!((said.code, said.out.as_str()), (Some(0), "what shmeter says\n"), "{said:?}");
    let mut started = cluster.started();
    assert_eq!((started.len(), cluster.left_behind()), (1, 0), "{started:?}");
    (started.remove(0), said)
}

fn arguments(container: &Value) -> Vec<&str> {
    container["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

fn memory(size_limit: &str) -> Value {
    json!({"emptyDir": {"medium": "Memory", "sizeLimit": size_limit}})
}

#[test]
fn it_looks_at_the_target_with_its_size_limit_as_root_with_sys_ptrace() {
    let (container, said) = start(&usual_pod(), "web");
    assert_eq!(arguments(&container), ["inspect", "--size-limit", "256Mi", "--pid", "1"]);
    assert_eq!(container["targetContainerName"], "app");
    assert_eq!(
        container["securityContext"],
        json!({"runAsUser": 0, "runAsNonRoot": false, "capabilities": {"add": ["SYS_PTRACE"]}})
    );
    assert_eq!(container["volumeMounts"], json!([{"name": "shm", "mountPath": "/dev/shm"}]));
    assert_eq!(
        (&container["image"], &container["imagePullPolicy"]),
        (&json!("shmeter"), &json!("IfNotPresent"))
    );
    for (name, value) in [("NODE_NAME", "node-1"), ("POD_NAME", "web"), ("POD_NAMESPACE", "shop")] {
        let variables = container["env"].as_array().unwrap();
        assert!(variables.contains(&json!({"name": name, "value": value})), "{variables:?}");
    }
    assert!(
        said.err.contains("volume shm (emptyDir, Memory, 256Mi sizeLimit); memory limit: 512Mi"),
        "{}",
        said.err
    );
}

#[test]
fn a_pod_without_a_volume_on_dev_shm_gets_no_mount_and_no_size_limit() {
    let (container, said) = start(&pod(), "web");
    assert_eq!(arguments(&container), ["inspect", "--pid", "1"]);
    assert_eq!(container["volumeMounts"], Value::Null);
    assert!(
        said.err.contains("/dev/shm is the pod's own") && said.err.contains("limit: none"),
        "{}",
        said.err
    );
}

#[test]
fn only_a_size_limit_that_makes_shared_memory_is_checked() {
    for (volume, told) in [
        (json!({"emptyDir": {"medium": "Memory"}}), "no sizeLimit"),
        (memory("0"), "no sizeLimit"),
        (json!({"emptyDir": {"sizeLimit": "256Mi"}}), "the node's disk"),
        (json!({"emptyDir": {}}), "the node's disk"),
        (json!({"persistentVolumeClaim": {"claimName": "c"}}), "/dev/shm is volume shm;"),
    ] {
        let (container, said) = start(&pod_with_shm(volume.clone(), "/dev/shm"), "web");
        assert_eq!(arguments(&container), ["inspect", "--pid", "1"], "{volume}");
        assert_eq!(container["volumeMounts"], json!([{"name": "shm", "mountPath": "/dev/shm"}]));
        assert!(said.err.contains(told), "{told}: {}", said.err);
    }
}

#[test]
fn a_volume_is_mounted_as_the_target_has_it_but_whole() {
    let mut slash = pod_with_shm(memory("1Gi"), "/dev/shm/");
    slash["spec"]["containers"][0]["volumeMounts"][1]["subPath"] = json!("cache");
    slash["spec"]["containers"][0]["volumeMounts"][1]["readOnly"] = json!(true);
    let (container, _) = start(&slash, "web");
    assert_eq!(
        container["volumeMounts"],
        json!([{"name": "shm", "mountPath": "/dev/shm", "readOnly": true}])
    );
    let (elsewhere, _) = start(&pod_with_shm(memory("1Gi"), "/dev/shm2"), "web");
    assert_eq!(elsewhere["volumeMounts"], Value::Null);
    assert_eq!(arguments(&elsewhere), ["inspect", "--pid", "1"]);
}

/// `web` with a proxy that comes first and has no shared memory, and a sidecar that has.
fn pod_of_several() -> Value {
    let mut pod = usual_pod();
    let app = pod["spec"]["containers"][0].clone();
    pod["spec"]["containers"] = json!([{"name": "proxy", "image": "p", "resources": {}}, app]);
    pod["spec"]["initContainers"] = json!([
        {"name": "setup", "image": "s", "resources": {}},
        {"name": "side", "image": "s", "restartPolicy": "Always", "resources": {"limits": {"memory": "1Gi"}},
         "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}]},
    ]);
    pod["status"]["containerStatuses"] = json!([running("proxy"), running("app")]);
    pod["status"]["initContainerStatuses"] = json!([running("side")]);
    pod
}

#[test]
fn the_container_is_the_one_named_or_the_default_or_the_first() {
    let mut pod = pod_of_several();
    for (typed, target, limit) in [
        ("web", "proxy", "none"),
        ("web -c app", "app", "512Mi"),
        ("web -capp", "app", "512Mi"),
        ("web -c=side", "side", "1Gi"),
    ] {
        let (container, said) = start(&pod, typed);
        assert_eq!(container["targetContainerName"], target, "{typed}");
        assert_eq!(container["volumeMounts"].is_null(), target == "proxy", "{typed}");
        assert!(said.err.contains(&format!("memory limit: {limit}")), "{typed}: {}", said.err);
    }
    pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = json!("app");
    assert_eq!(start(&pod, "pod/web").0["targetContainerName"], "app");
}

#[test]
fn the_limit_of_the_pod_is_told_where_the_container_has_none() {
    let mut pod = pod();
    pod["spec"]["resources"] = json!({"limits": {"memory": "3Gi"}});
    assert!(start(&pod, "web").1.err.contains("memory limit: 3Gi"));
}

#[test]
fn options_that_were_given_are_left_alone() {
    for (typed, expected) in [
        ("-- --explain", "inspect --explain --size-limit 256Mi --pid 1"),
        ("-- inspect --pid 7 --size-limit=1Gi", "inspect --pid 7 --size-limit=1Gi"),
        ("-- inspect --path /cache", "inspect --path /cache --pid 1"),
        ("-- capture", "capture --pid 1"),
        ("-- ls --format json", "ls --format json --pid 1"),
        ("-- fill --until 100Mi", "fill --until 100Mi"),
        ("-- run --budget 60s", "run --budget 60s"),
    ] {
        let (container, _) = start(&usual_pod(), &format!("web {typed}"));
        assert_eq!(arguments(&container).join(" "), expected, "{typed}");
    }
}

#[test]
fn what_only_uses_shared_memory_runs_without_rights_as_the_applications_user() {
    let mut pod = usual_pod();
    let without = |user: u64, group: u64| {
        json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": true,
               "runAsGroup": group, "runAsNonRoot": true, "runAsUser": user,
               "seccompProfile": {"type": "RuntimeDefault"}})
    };
    assert_eq!(start(&pod, "web -- fill").0["securityContext"], without(65534, 65534));
    pod["spec"]["securityContext"] = json!({"runAsUser": 1_000_650_000, "runAsGroup": 7});
    assert_eq!(start(&pod, "web -- run").0["securityContext"], without(1_000_650_000, 7));
    pod["spec"]["containers"][0]["securityContext"] = json!({"runAsUser": 1000});
    assert_eq!(start(&pod, "web -- bench").0["securityContext"], without(1000, 7));
    // What the node says counts most: an image's own user is in no spec.
    pod["status"]["containerStatuses"][0]["user"] = json!({"linux": {"uid": 999, "gid": 998}});
    assert_eq!(start(&pod, "web -- fill").0["securityContext"], without(999, 998));
    pod["status"]["containerStatuses"][0]["user"] = json!({"linux": {"uid": 0, "gid": 0}});
    let (container, said) = start(&pod, "web -- fill --until limit");
    assert_eq!(container["securityContext"], without(65534, 65534));
    assert!(said.err.contains("may kill the application"), "{}", said.err);
}

#[test]
fn where_processes_are_shared_it_does_not_take_the_first_one_for_the_target() {
    for field in ["shareProcessNamespace", "hostPID"] {
        let mut pod = usual_pod();
        pod["spec"][field] = json!(true);
        let (container, said) = start(&pod, "web");
        assert_eq!(arguments(&container), ["inspect", "--size-limit", "256Mi"], "{field}");
        assert!(said.err.contains("--pid PID") && said.err.contains("512Mi"), "{}", said.err);
    }
}

#[test]
fn where_processes_are_shared_the_container_is_found_by_its_id() {
    let id = format!("containerd://{}", "0a".repeat(32));
    let mut pod = usual_pod();
    pod["spec"]["shareProcessNamespace"] = json!(true);
    pod["status"]["containerStatuses"][0]["containerID"] = json!(id);
    let (container, _) = start(&pod, "web");
    let words = ["inspect", "--size-limit", "256Mi", "--container", id.as_str()];
    assert_eq!(arguments(&container), words);
}

#[test]
fn it_ends_with_the_exit_code_of_shmeter_after_printing_what_it_said() {
    for code in [0, 1, 2, 3, 4, 130] {
        let states =
            [json!({"running": {"startedAt": "2026-11-24T12:00:00Z"}}), ended(code, "Error")];
        let said = Cluster::new(&usual_pod(), &states).plugin("web");
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(code.into()), "what shmeter says\n"),
            "{said:?}"
        );
    }
    let said = Cluster::new(&usual_pod(), &[ended(137, "OOMKilled")]).plugin("web -- fill");
    assert_eq!((said.code, said.out.as_str()), (Some(137), "what shmeter says\n"), "{said:?}");
    assert!(said.err.contains("was killed (exit code 137, OOMKilled)"), "{}", said.err);
}

#[test]
fn the_log_reaches_stdout_byte_for_byte() {
    let log = "{\"schema\": \"shmeter.inspect/1\"}\n\u{1b}[1mbold\u{1b}[0m\tno line end";
    let cluster =
        Cluster::of(json!({"pod": usual_pod(), "states": [ended(0, "Completed")], "log": log}));
    let said = cluster.plugin("web -- inspect --format json");
    assert_eq!((said.code, said.out.as_str()), (Some(0), log));
}

#[test]
fn every_call_of_kubectl_goes_to_the_same_place() {
    let cluster = Cluster::usual(&usual_pod());
    let said =
        cluster.plugin("--namespace=shop web --context stand-in --image reg/shmeter:1 --name look");
    assert_eq!(said.code, Some(0), "{said:?}");
    let calls = cluster.calls();
    for call in &calls {
        assert!(call.starts_with("--namespace shop --context stand-in "), "{call}");
    }
    let verbs: Vec<&str> = calls.iter().filter_map(|call| call.split(' ').nth(4)).collect();
    // The pod, its usage, then the container.
    assert_eq!(verbs[..3], ["get", "get", "debug"]);
    assert_eq!(verbs.last(), Some(&"logs"));
    assert!(calls[2].contains("--profile=general") && calls[2].contains("--quiet"), "{}", calls[2]);
    assert_eq!(
        (&cluster.started()[0]["image"], &cluster.started()[0]["name"]),
        (&json!("reg/shmeter:1"), &json!("look"))
    );
}

#[test]
fn kubectl_finds_it_as_its_plugin() {
    let cluster = Cluster::new(&usual_pod(), &[ended(1, "Error")]);
    let kubectl = project().join("tests/kubernetes/kubectl");
    let said = Said::from(
        cluster
            .command(kubectl)
            .args(["shmeter", "web", "-n", "shop", "--", "ls"])
            .output()
            .unwrap(),
    );
    assert_eq!((said.code, said.out.as_str()), (Some(1), "what shmeter says\n"), "{said:?}");
    assert_eq!(arguments(&cluster.started()[0]), ["ls", "--pid", "1"]);
}

#[test]
fn the_commands_in_the_document_work_as_they_stand_there() {
    let blocks = blocks("sh");
    let mut tried = 0;
    for line in blocks.iter().flat_map(|block| block.lines()) {
        let command = line.split('#').next().unwrap().trim();
        let Some(typed) = command.strip_prefix("kubectl shmeter ") else { continue };
        let mut pod = usual_pod();
        pod["status"]["containerStatuses"][0]["containerID"] =
            json!(format!("containerd://{}", "0".repeat(64)));
        let cluster = Cluster::of(json!({
            "pod": pod, "states": [ended(0, "Completed")], "job_states": [ended(0, "Completed")],
            "workloads": {"deployments/web": {"selector": {"matchLabels": {"app": "web"}}}},
            "log": "what shmeter says\n",
        }));
        let said = cluster.plugin(typed);
        let told = if typed.contains("--via api") { "web/app: " } else { "what shmeter says\n" };
        assert_eq!((said.code, said.out.starts_with(told)), (Some(0), true), "{command}: {said:?}");
        tried += 1;
    }
    assert!(tried >= 5, "{tried}");
}

#[test]
fn the_profile_to_use_by_hand_is_the_one_it_makes() {
    let (by_plugin, _) = start(&usual_pod(), "web");
    let blocks = blocks("sh");
    let typed = blocks.iter().find(|block| block.starts_with("kubectl debug")).unwrap();
    let cluster = Cluster::usual(&usual_pod());
    let said = Said::from(
        cluster.command("bash").arg("-ec").arg(typed).current_dir(project()).output().unwrap(),
    );
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.ends_with("what shmeter says\n"), "{said:?}");
    let by_hand = cluster.started().remove(0);
    for field in ["securityContext", "volumeMounts", "targetContainerName", "image"] {
        assert_eq!(by_hand[field], by_plugin[field], "{field}");
    }
}

/// Starts the plugin in a process group of its own, as a terminal does. Tests that run in the
/// background may have interrupts ignored, which a script cannot undo: `env` does.
fn in_the_foreground(cluster: &Cluster) -> std::process::Child {
    use std::os::unix::process::CommandExt;
    let mut command = cluster.command("env");
    command.arg("--default-signal=INT").arg(project().join("scripts/kubectl-shmeter"));
    command.args(["web", "--name", "look"]).process_group(0).spawn().unwrap()
}

#[test]
fn an_interrupt_ends_it_with_130_and_tells_where_the_answer_will_be() {
    let cluster =
        Cluster::new(&usual_pod(), &[json!({"running": {"startedAt": "2026-11-24T12:00:00Z"}})]);
    let child = in_the_foreground(&cluster);
    // Three looks: the pod, and twice the container that was started in between.
    let waits = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        cluster.calls().len() >= 4
    });
    assert!(waits, "{:?}", cluster.calls());
    killpg(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let said = Said::from(child.wait_with_output().unwrap());
    said.explains(130, &["interrupted", "kubectl logs web -c look"]);
    assert_eq!(cluster.left_behind(), 0);
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let log = "line\n".repeat(200_000);
    let cluster =
        Cluster::of(json!({"pod": usual_pod(), "states": [ended(0, "Completed")], "log": log}));
    let mut command = cluster.command("bash");
    command
        .args(["-o", "pipefail", "-c", "kubectl-shmeter web | head -n 1"])
        .stdout(Stdio::piped());
    let said = Said::from(command.output().unwrap());
    assert_eq!((said.code, said.out.as_str()), (Some(0), "line\n"), "{said:?}");
}

#[test]
fn what_kubectl_complains_about_beside_the_answer_changes_nothing() {
    let cluster = Cluster::usual(&usual_pod());
    let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
    let said = Said::from(command.arg("web").env("SHMETER_NOISE", "1").output().unwrap());
    assert_eq!((said.code, said.out.as_str()), (Some(0), "what shmeter says\n"), "{said:?}");
    assert_eq!(
        arguments(&cluster.started()[0]),
        ["inspect", "--size-limit", "256Mi", "--pid", "1"]
    );
}

#[test]
fn the_help_fits_80_columns_and_asks_no_cluster() {
    let cluster = Cluster::new(&pod(), &[waiting("never", "")]);
    let said = cluster.plugin("--help");
    assert_eq!((said.code, cluster.calls().len()), (Some(0), 0));
    assert!(said.out.starts_with("Usage: kubectl shmeter POD"));
    for line in said.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
