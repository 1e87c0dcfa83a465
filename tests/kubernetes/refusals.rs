//! `kubectl shmeter`: what it says, and how it ends, where something is in the way.

use serde_json::{Value, json};

use crate::cluster::{Cluster, ended, pod, usual_pod, waiting};

fn forbidden(message: &str) -> Value {
    json!({"code": 403, "reason": "Forbidden", "message": message})
}

/// A cluster that refuses this verb so.
fn refusing(verb: &str, refusal: Value) -> Cluster {
    let mut case = json!({"pod": usual_pod(), "states": [ended(1, "Error")]});
    case["refuse"][verb] = refusal;
    Cluster::of(case)
}

#[test]
fn wrong_use_is_one_line_and_asks_no_cluster() {
    for (typed, told) in [
        ("", "which pod?"),
        ("web db", "one pod at a time"),
        ("web inspect", "comes after --: -- inspect"),
        ("web --explain", "unknown option --explain"),
        ("web --profile sysadmin", "auto, general or restricted"),
        ("web --timeout 0", "--timeout takes seconds"),
        ("web --timeout ten", "--timeout takes seconds"),
        ("web --name Look", "--name Look"),
        ("web -n", "-n needs a value"),
    ] {
        let cluster = Cluster::usual(&pod());
        let said = cluster.plugin(typed);
        said.explains(2, &[told]);
        assert_eq!((said.err.lines().count(), cluster.calls().len()), (1, 0), "{typed}");
    }
}

#[test]
fn a_pod_or_container_that_is_not_there_is_told() {
    let cluster = Cluster::usual(&usual_pod());
    cluster.plugin("nosuch").explains(2, &["pods \"nosuch\" not found", "-n NAMESPACE"]);
    cluster.plugin("web -c db").explains(2, &["no container db; it has: app"]);
    assert!(cluster.started().is_empty());
}

#[test]
fn a_pod_or_container_that_does_not_run_gets_no_container() {
    let mut gone = usual_pod();
    gone["status"]["phase"] = json!("Succeeded");
    let mut going = usual_pod();
    going["metadata"]["deletionTimestamp"] = json!("2026-11-24T12:00:00Z");
    let mut crashing = usual_pod();
    crashing["status"]["containerStatuses"][0]["state"] = waiting("CrashLoopBackOff", "back-off");
    // What a kill left in /dev/shm leaves no memory to start in: as cgroup v2 has it, and v1.
    let mut starved = crashing.clone();
    starved["status"]["containerStatuses"][0]["lastState"] =
        json!({"terminated": {"exitCode": 128, "reason": "StartError", "message": "no memory"}});
    let mut starved_on_v1 = crashing.clone();
    starved_on_v1["status"]["containerStatuses"][0]["state"] =
        waiting("RunContainerError", "container init was OOM-killed (memory limit too low?)");
    let mut killed = crashing.clone();
    killed["status"]["containerStatuses"][0]["lastState"] = ended(137, "OOMKilled");
    let mut limitless = killed.clone();
    let volumes = limitless["spec"]["volumes"].as_array_mut().unwrap();
    for volume in volumes.iter_mut().filter(|volume| volume["emptyDir"].is_object()) {
        volume["emptyDir"] = json!({"medium": "Memory"});
    }
    let mut pending = usual_pod();
    pending["status"] = json!({"phase": "Pending"});
    for (pod, told) in [
        (gone, "not running (Succeeded)"),
        (going, "being deleted"),
        (crashing, "not running (waiting, CrashLoopBackOff): there is nothing to look at; kubectl"),
        (
            starved,
            "(waiting, CrashLoopBackOff; before: StartError): there is nothing to look at; its",
        ),
        (starved_on_v1, "nothing can start there, and files in an emptyDir on /dev/shm stay until"),
        (killed, "256Mi sizeLimit under a limit of 512Mi. Fix: a larger resources.limits.memory;"),
        (limitless, "no sizeLimit under a limit of 512Mi. Fix: sizeLimit: 384Mi (three quarters"),
        (pending, "not running (Pending)"),
    ] {
        let cluster = Cluster::usual(&pod);
        cluster.plugin("web").explains(4, &[told]);
        assert!(cluster.started().is_empty(), "{told}");
    }
}

#[test]
fn under_pod_security_it_goes_on_without_rights_as_the_same_user() {
    let mut pod = usual_pod();
    pod["spec"]["securityContext"] =
        json!({"runAsUser": 1000, "runAsGroup": 1000, "runAsNonRoot": true});
    let case = json!({"pod": pod, "states": [ended(0, "Completed")], "pod_security": "restricted", "log": "seen\n"});
    let cluster = Cluster::of(case.clone());
    let said = cluster.plugin("web");
    assert_eq!((said.code, said.out.as_str()), (Some(0), "seen\n"), "{said:?}");
    assert!(said.err.contains("going on as restricted"), "{}", said.err);
    let started = cluster.started();
    assert_eq!(started[0]["args"], json!(["inspect", "--size-limit", "256Mi", "--pid", "1"]));
    assert_eq!((started.len(), &started[0]["securityContext"]["runAsUser"]), (1, &json!(1000)));

    let cluster = Cluster::of(case);
    cluster.plugin("web --profile general").explains(
        4,
        &["violates PodSecurity \"restricted:latest\"", "runAsUser=0", "--profile restricted"],
    );
    assert!(cluster.started().is_empty());
}

#[test]
fn without_rights_and_without_the_user_it_counts_no_limit_and_says_so() {
    let case = json!({"pod": usual_pod(), "states": [ended(0, "Completed")], "pod_security": "restricted"});
    let cluster = Cluster::of(case);
    let said = cluster.plugin("web --profile=restricted");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(cluster.started()[0]["args"], json!(["inspect", "--size-limit", "256Mi"]));
    assert!(
        said.err.contains("does not count its memory limit (512Mi), or only the whole pod's"),
        "{}",
        said.err
    );
}

#[test]
fn where_even_a_container_without_rights_is_refused_it_says_what_else_there_is() {
    let message = "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": hostPath volumes (volume \"host\")";
    let cluster = refusing("patch", forbidden(message));
    let said = cluster.plugin("web");
    said.explains(
        4,
        &["hostPath volumes", "does not allow this container: 'kubectl cp' and 'kubectl exec'"],
    );
    let tries = cluster.calls().iter().filter(|call| call.starts_with("debug ")).count();
    assert_eq!(tries, 2, "{:?}", cluster.calls());
    let message = "pods \"web\" is forbidden: static pods do not support ephemeral containers";
    refusing("patch", forbidden(message))
        .plugin("web")
        .explains(4, &["static pods", "kubectl exec"]);
}

#[test]
fn missing_rights_are_named() {
    let cannot = |verb: &str, resource: &str| {
        forbidden(&format!(
            "pods \"web\" is forbidden: User \"jane\" cannot {verb} resource \"{resource}\" \
             in API group \"\" in the namespace \"shop\""
        ))
    };
    refusing("get", cannot("get", "pods"))
        .plugin("web")
        .explains(4, &["User \"jane\" cannot get resource", "the right to get pods"]);
    refusing("patch", cannot("patch", "pods/ephemeralcontainers"))
        .plugin("web")
        .explains(4, &["cannot patch resource \"pods/ephemeralcontainers\"", "debug/role.yaml"]);
    refusing("log", cannot("get", "pods/log")).plugin("web --name look").explains(
        3,
        &["ended with exit code 1", "the right to get pods/log", "kubectl logs web -c look"],
    );
    let unreachable = json!({"code": 500, "reason": "InternalError", "message": "dial tcp: lookup node-1: no such host"});
    let said = refusing("log", unreachable).plugin("web --name look");
    said.explains(3, &["cannot be read: ", "lookup node-1: no such host; later: kubectl logs"]);
    assert!(!said.err.contains("you need the right"), "{}", said.err);
}

#[test]
fn a_name_that_was_used_is_refused_before_anything_starts() {
    let mut pod = usual_pod();
    pod["spec"]["ephemeralContainers"] = json!([{"name": "look", "image": "shmeter"}]);
    let cluster = Cluster::usual(&pod);
    cluster
        .plugin("web --name look")
        .explains(2, &["has a container look already", "another --name"]);
    cluster.plugin("web --name app").explains(2, &["has a container app already"]);
    assert!(cluster.started().is_empty());
    // Without a name there is a new one each time.
    assert_eq!(cluster.plugin("web").code, Some(0));
    assert_eq!(cluster.plugin("web").code, Some(0));
    let started = cluster.started();
    assert_ne!(started[0]["name"], started[1]["name"]);
    assert!(started[0]["name"].as_str().unwrap().starts_with("shmeter-"));
}

#[test]
fn a_name_that_somebody_else_took_meanwhile_is_told() {
    let message = "Forbidden: existing ephemeral containers \"look\" may not be changed";
    let cause = json!({"reason": "FieldValueForbidden", "message": message, "field": "spec.ephemeralContainers"});
    let whole = format!("Pod \"web\" is invalid: spec.ephemeralContainers: {message}");
    refusing(
        "patch",
        json!({"code": 422, "reason": "Invalid", "message": whole, "causes": [cause]}),
    )
    .plugin("web --name look")
    .explains(2, &["may not be changed", "another --name"]);
}

#[test]
fn other_refusals_keep_the_clusters_words_without_control_characters() {
    let message = "admission webhook \"guard\" denied the request: \u{1b}]0;owned\u{7}no debugging";
    let said = refusing("patch", forbidden(message)).plugin("web");
    said.explains(
        4,
        &["could not be started", "webhook \"guard\" denied the request: ]0;ownedno debugging"],
    );
    assert!(!said.err.contains(['\u{1b}', '\u{7}']), "{:?}", said.err);
    refusing("patch", json!({"code": 404, "reason": "NotFound", "message": "the server could not find the requested resource", "name": ""}))
        .plugin("web")
        .explains(4, &["ephemeral containers are disabled for this cluster", "before 1.23"]);
}

#[test]
fn a_cluster_that_does_not_answer_is_told_in_one_line() {
    let cluster = Cluster::usual(&usual_pod());
    let said = cluster.plugin("web --server http://127.0.0.1:9");
    said.explains(
        4,
        &["the pod cannot be read", "connection to the server 127.0.0.1:9 was refused"],
    );
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[test]
fn an_old_kubectl_is_told() {
    let cluster = Cluster::usual(&usual_pod());
    let script = crate::cluster::project().join("scripts/kubectl-shmeter");
    let mut command = cluster.command(script);
    let said = command.arg("web").env("SHMETER_OLD_KUBECTL", "1").output().unwrap();
    crate::cluster::Said::from(said)
        .explains(4, &["unknown flag: --custom", "kubectl 1.31 or later"]);
}

#[test]
fn a_container_that_cannot_start_is_told_with_the_reason() {
    for (state, told) in [
        (
            waiting("ImagePullBackOff", "Back-off pulling image \"shmeter\""),
            "on node node-1: Back-off pulling image",
        ),
        (
            waiting("ErrImageNeverPull", "Container image \"shmeter\" is not present"),
            "name another one with --image",
        ),
        (waiting("InvalidImageName", "couldn't parse image name"), "couldn't parse image name"),
        (
            waiting(
                "CreateContainerConfigError",
                "container has runAsNonRoot and image will run as root",
            ),
            "cannot start (CreateContainerConfigError): container has runAsNonRoot",
        ),
        (
            json!({"terminated": {"exitCode": 128, "reason": "StartError", "message": "failed to create\ncontainer"}}),
            "until it is freed",
        ),
        (
            // As containerd 1.6 has it on cgroup v1, where all memory is used up.
            waiting("RunContainerError", "container init was OOM-killed (memory limit too low?)"),
            "init was OOM-killed (memory limit too low?); where shared memory uses up",
        ),
    ] {
        // A first failed pull is tried again by the node; only the back-off is an end.
        let states = [waiting("ErrImagePull", "failed to pull"), state];
        Cluster::new(&usual_pod(), &states).plugin("web --timeout 30").explains(4, &[told]);
    }
}

#[test]
fn it_waits_no_longer_than_it_was_told() {
    let states = [json!({"running": {"startedAt": "2026-11-24T12:00:00Z"}})];
    let said = Cluster::new(&usual_pod(), &states).plugin("web -n shop --timeout 1 --name look");
    said.explains(3, &["no end after 1 s (running)", "kubectl logs web -c look -n shop"]);
    let said = Cluster::new(&usual_pod(), &[]).plugin("web --timeout 1");
    said.explains(3, &["no end after 1 s (not started)"]);
    // A kubectl that fails for a while is asked again; its words are told at the end.
    let broken = Cluster::new(&usual_pod(), &[json!("broken")]).plugin("web --timeout 1");
    broken.explains(3, &["no end after 1 s (", "etcdserver: request timed out"]);
    let hangs = Cluster::new(&usual_pod(), &[json!("hangs")]).plugin("web --timeout 1");
    hangs.explains(3, &["no end after 1 s (", "Unable to connect to the server"]);
    let mends = Cluster::new(&usual_pod(), &[json!("broken"), ended(0, "Completed")]);
    assert_eq!(mends.plugin("web").code, Some(0));
}

#[test]
fn a_pod_that_ends_first_is_told() {
    let running = json!({"running": {"startedAt": "2026-11-24T12:00:00Z"}});
    let evicted = Cluster::new(&usual_pod(), &[running.clone(), json!("evicted")]);
    evicted.plugin("web").explains(3, &["pod web ended (Failed) before shmeter did"]);
    let deleted = Cluster::new(&usual_pod(), &[running, json!("deleted")]);
    deleted.plugin("web").explains(3, &["pod web was deleted before shmeter ended"]);
}
