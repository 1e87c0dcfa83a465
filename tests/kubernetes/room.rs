//! `kubectl shmeter`: nothing is started where that could take the memory which the application needs.

use serde_json::{Value, json};

use crate::cluster::{
    Cluster, ended, pod, pod_with_shm, project, push, running, usual_pod, waiting,
};

/// A pod with a limit of 128Mi and 64Mi of shared memory.
fn small_pod() -> Value {
    let mut pod =
        pod_with_shm(json!({"emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}), "/dev/shm");
    pod["spec"]["containers"][0]["resources"] = json!({"limits": {"memory": "128Mi"}});
    pod
}

fn case(pod: &Value, more: Value) -> Cluster {
    let mut case =
        json!({"pod": pod, "states": [ended(0, "Completed")], "log": "what shmeter says\n"});
    case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Cluster::of(case)
}

/// The small pod, of whose limit `app` uses so much.
fn using(memory: &str) -> Cluster {
    case(&small_pod(), json!({"metrics": {"containers": {"app": memory}}}))
}

#[test]
fn a_pod_that_is_nearly_full_gets_no_container_and_the_commands_that_go_on_are_told() {
    let cluster = using("121Mi");
    let said = cluster.plugin("web -n shop");
    said.explains(
        3,
        &[
            "/dev/shm is volume shm (emptyDir, Memory, 64Mi sizeLimit); memory limit: 128Mi",
            "used: 121.0 MiB (metrics.k8s.io, ",
            "left: 7.0 MiB",
            "nothing was started",
            "    kubectl shmeter web -n shop --via node\n",
            "    kubectl shmeter web -n shop --force\n",
        ],
    );
    assert!(cluster.started().is_empty() && !cluster.asked().contains("create jobs"));
    for line in said.err.lines().skip(1) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn the_commands_that_are_told_do_what_they_say() {
    let typed = "web -c app --image reg/shmeter:1 -- ls --format json";
    let said = using("121Mi").plugin(typed);
    let told: Vec<&str> =
        said.err.lines().filter_map(|l| l.trim().strip_prefix("kubectl shmeter web")).collect();
    assert_eq!(
        told,
        [
            " -c app --image reg/shmeter:1 --via node -- ls --format json",
            " -c app --image reg/shmeter:1 --force -- ls --format json"
        ]
    );
    let forced = using("121Mi");
    assert_eq!(forced.plugin(&format!("web{}", told[1])).code, Some(0));
    assert_eq!(forced.started()[0]["args"], json!(["ls", "--format", "json", "--pid", "1"]));
    // What has to be in the pod cannot be done from outside: another command is told.
    let said = using("121Mi").plugin("web -- fill --until 1Mi");
    said.explains(3, &["kubectl shmeter web --via node\n", "web --force -- fill --until 1Mi\n"]);
    // Words are told as a shell takes them.
    let cluster = using("121Mi");
    let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
    let output = command.args(["web", "--", "ls", "--path", "/a b'$(c)"]).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains(r"--force -- ls --path '/a b'\''$(c)'"), "{err}");
}

#[test]
fn with_32_mib_left_a_container_is_started_and_with_less_none() {
    for (used, code) in [
        ("96Mi", 0),
        ("98304Ki", 0),
        ("98305Ki", 3),
        ("100663297", 3),
        ("97Mi", 3),
        ("999Gi", 3),
        ("1", 0),
    ] {
        for typed in ["web", "web --via ephemeral", "web -- fill --until 1Mi"] {
            let cluster = using(used);
            let said = cluster.plugin(typed);
            assert_eq!(
                (said.code, cluster.started().is_empty()),
                (Some(code), code == 3),
                "{used}: {said:?}"
            );
        }
    }
}

#[test]
fn a_pod_without_a_limit_is_not_asked_for_its_usage() {
    let mut one_without = small_pod();
    push(
        &mut one_without["spec"]["containers"],
        json!({"name": "log", "image": "l", "resources": {}}),
    );
    push(&mut one_without["status"]["containerStatuses"], running("log"));
    let mut starting = small_pod();
    starting["spec"]["initContainers"] = json!([{"name": "setup", "image": "s", "resources": {}}]);
    let mut nothing = small_pod();
    nothing["spec"]["containers"][0]["resources"] = json!({"limits": {"memory": "0"}});
    for (pod, told) in [
        (one_without, "no memory limit of its own: container log has none"),
        (starting, "container setup has none"),
        (nothing, "container app has none"),
        (pod(), "no memory limit of its own"),
    ] {
        let cluster = case(&pod, json!({"metrics": null}));
        let said = cluster.plugin("web -c app");
        assert_eq!((said.code, cluster.started().len()), (Some(0), 1), "{said:?}");
        assert!(said.err.contains(told), "{told}: {}", said.err);
        assert!(!cluster.asked().contains("get nodes/proxy"), "{:?}", cluster.asked());
    }
}

#[test]
fn the_limit_of_a_pod_is_what_the_kubelet_makes_of_it() {
    let limits = |limits: &str| json!({"limits": {"memory": limits}});
    let mut several = small_pod();
    several["spec"]["containers"][0]["resources"] = limits("0.5Gi");
    push(
        &mut several["spec"]["containers"],
        json!({"name": "log", "image": "l", "resources": limits("100M")}),
    );
    push(&mut several["status"]["containerStatuses"], running("log"));
    let mut sidecar = small_pod();
    sidecar["spec"]["initContainers"] = json!([
        {"name": "side", "image": "s", "restartPolicy": "Always", "resources": limits("32Mi")},
        {"name": "setup", "image": "s", "resources": limits("1Gi")},
    ]);
    sidecar["status"]["initContainerStatuses"] = json!([running("side")]);
    let mut of_the_pod = small_pod();
    of_the_pod["spec"]["resources"] = limits("96Mi");
    let mut overhead = small_pod();
    overhead["spec"]["overhead"] = json!({"memory": "120Mi", "cpu": "1"});
    let mut shrinking = small_pod();
    shrinking["status"]["containerStatuses"][0]["resources"] = limits("64Mi");
    for (pod, told) in [
        (small_pod(), "128.0 MiB"),
        (several, "607.4 MiB"),
        (sidecar, "1056.0 MiB"),
        (of_the_pod, "96.0 MiB"),
        (overhead, "248.0 MiB"),
        (shrinking, "64.0 MiB"),
    ] {
        let said = Cluster::usual(&pod).plugin("web --via api");
        assert!(
            said.out.contains(&format!("with all its containers: {told}")),
            "{told}: {}",
            said.out
        );
    }
}

#[test]
fn where_it_is_not_known_how_much_is_left_nothing_is_started() {
    let mut restarted = small_pod();
    restarted["status"]["containerStatuses"][0]["restartCount"] = json!(1);
    let mut debugged = small_pod();
    debugged["spec"]["ephemeralContainers"] = json!([{"name": "sh", "image": "busybox"}]);
    debugged["status"]["ephemeralContainerStatuses"] =
        json!([{"name": "sh", "state": {"running": {}}}]);
    let mut prepared = small_pod();
    prepared["spec"]["volumes"][1]["emptyDir"] = json!({"medium": "Memory"});
    prepared["spec"]["initContainers"] = json!([{"name": "setup", "image": "s",
        "resources": {"limits": {"memory": "1Mi"}}, "volumeMounts": [{"name": "shm", "mountPath": "/x"}]}]);
    let forbidden = json!({"code": 403, "reason": "Forbidden", "message": "pods.metrics.k8s.io \"web\" is forbidden"});
    let broken = json!({"code": 503, "reason": "ServiceUnavailable", "message": "the server is currently unable"});
    for (pod, more, told) in [
        (small_pod(), json!({"metrics": null}), "the cluster has none"),
        (small_pod(), json!({"refuse": {"metrics": forbidden}}), "you may not get pods there"),
        (small_pod(), json!({"refuse": {"metrics": broken}}), "it does not answer"),
        (small_pod(), json!({"metrics": {"age": 90}}), "more than a minute from"),
        (small_pod(), json!({"metrics": {"age": -90}}), "more than a minute from"),
        (small_pod(), json!({"metrics": {"time": "now"}}), "not known"),
        (
            small_pod(),
            json!({"metrics": {"containers": {"log": "1Mi"}}}),
            "does not name container app",
        ),
        (restarted, json!({}), "container app was started again"),
        (debugged, json!({}), "debug container sh runs too"),
        (prepared, json!({}), "container setup ended; what it left in shm is not told"),
    ] {
        let cluster = case(&pod, more);
        cluster.plugin("web").explains(3, &["not known", told, "nothing was started", "--force"]);
        assert!(cluster.started().is_empty(), "{told}");
    }
}

#[test]
fn what_ended_containers_can_have_left_in_memory_is_added() {
    let mut pod = usual_pod();
    pod["spec"]["initContainers"] = json!([{"name": "setup", "image": "s",
        "resources": {"limits": {"memory": "1Mi"}}, "volumeMounts": [{"name": "shm", "mountPath": "/x"}]}]);
    // 512Mi less 256Mi of the volume and 64 MiB of the pod's own /dev/shm.
    for (used, code) in [("160Mi", 0), ("161Mi", 3)] {
        let cluster = case(&pod, json!({"metrics": {"containers": {"app": used}}}));
        let said = cluster.plugin("web");
        assert_eq!(said.code, Some(code), "{said:?}");
        assert!(said.err.contains("with all that ended containers can have left"), "{}", said.err);
    }
    // What the plugin itself started before leaves nothing.
    let mut again = small_pod();
    again["spec"]["ephemeralContainers"] =
        json!([{"name": "shmeter-0a1b2c3d", "image": "shmeter"}]);
    assert_eq!(Cluster::usual(&again).plugin("web").code, Some(0));
}

#[test]
fn the_kubelets_own_figure_of_the_pod_counts_where_the_user_may_read_it() {
    let mut restarted = small_pod();
    restarted["status"]["containerStatuses"][0]["restartCount"] = json!(1);
    let mib = |mib: u64| json!({"summary": {"bytes": mib << 20}});
    for (more, code) in [
        (mib(60), 0),
        (mib(100), 3),
        (json!({"summary": {"bytes": 60 << 20, "age": 90}}), 3),
        (json!({"summary": {"bytes": 60 << 20, "uid": "another"}}), 3),
        (json!({"summary": {"whole": "no JSON"}}), 3),
        (json!({"summary": {"whole": "{\"pods\": 7}"}}), 3),
        (
            json!({"summary": {"whole": {"pods": [{"podRef": {"name": "web", "namespace": "shop", "uid": "6b0a"},
            "memory": {"time": "2026-11-27T09:00:00Z; id", "workingSetBytes": "$(id)"}}]}}}),
            3,
        ),
    ] {
        let cluster = case(&restarted, more.clone());
        let said = cluster.plugin("web");
        assert_eq!(
            (said.code, cluster.started().is_empty()),
            (Some(code), code == 3),
            "{more}: {said:?}"
        );
        assert_eq!(cluster.left_behind(), 0);
    }
}

#[test]
fn via_api_starts_nothing_and_tells_what_the_spec_alone_tells() {
    let mut pod = small_pod();
    pod["spec"]["volumes"][1]["emptyDir"]["sizeLimit"] = json!("1Gi");
    push(
        &mut pod["spec"]["containers"],
        json!({"name": "side", "image": "s", "resources": {"limits": {"memory": "32Mi"}},
               "volumeMounts": [{"name": "shm", "mountPath": "/data", "readOnly": true}]}),
    );
    let mut died = running("app");
    died["restartCount"] = json!(3);
    died["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-24T12:00:00Z"}});
    pod["status"]["containerStatuses"] = json!([died, running("side")]);
    // No rights but to get the pod.
    let cluster = case(&pod, json!({"metrics": null}));
    let said = cluster.plugin("web --via=api");
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    for words in [
        "web/app: /dev/shm is volume shm (emptyDir, Memory, 1Gi sizeLimit); memory limit: 128Mi\n",
        "its sizeLimit is not below the memory limit: a full one is an OOM kill\n",
        "fix: sizeLimit: 96Mi (three quarters of the limit), or a larger resources.limits.memory\n",
        "the same volume is mounted by: side (read-only)\n",
        "with all its containers: 160.0 MiB\n",
        "app was OOM-killed at 2026-11-24T12:00:00Z (exit code 137, restarted 3 times)",
        "outlives a restart and counts for the pod: kubectl logs web -c app --previous\n",
        "used: not known: ",
    ] {
        assert!(said.out.contains(words), "{words:?}: {}", said.out);
    }
    assert!(cluster.started().is_empty() && !cluster.asked().contains("create jobs"));
    // Also of a container that does not run.
    pod["status"]["containerStatuses"][0]["state"] = waiting("CrashLoopBackOff", "back-off");
    let said = case(&pod, json!({})).plugin("web --via api");
    assert_eq!((said.code, said.out.contains("was OOM-killed")), (Some(0), true), "{said:?}");
    Cluster::usual(&pod).plugin("web --via api -- ls").explains(2, &["starts no shmeter"]);
    Cluster::usual(&pod).plugin("web --via api --force").explains(2, &["no meaning there"]);
}

#[test]
fn the_way_can_be_set_for_all_calls_and_only_to_what_there_is() {
    let cluster = using("121Mi");
    let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
    let output = command.arg("web").env("SHMETER_VIA", "api").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
    let output =
        command.args(["web", "--via", "ephemeral"]).env("SHMETER_VIA", "node").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("kubectl shmeter web --via ephemeral --force\n"), "{err}");
    cluster.plugin("web --via ssh").explains(2, &["auto, ephemeral, node or api, not ssh"]);
}

#[test]
fn an_application_that_the_start_killed_is_told() {
    let mut killed = running("app");
    killed["restartCount"] = json!(1);
    killed["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-27T12:00:00Z"}});
    let mut down = running("app");
    down["state"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-27T12:00:00Z"}});
    let failed =
        json!({"terminated": {"exitCode": 128, "reason": "StartError", "message": "no memory"}});
    for (after, told) in [
        (
            &killed,
            "since shmeter was started, container app was OOM-killed: kubectl logs web -c app --previous",
        ),
        (&down, "container app was OOM-killed"),
        (&running("app"), "no other container of the pod was killed by the try"),
    ] {
        let more = json!({"states": [failed], "after": [after], "metrics": {"containers": {"app": "121Mi"}}});
        let cluster = case(&small_pod(), more);
        cluster.plugin("web --force").explains(4, &[told, "could not be started in the pod"]);
    }
    // A start that went well may have killed all the same.
    let cluster = case(&small_pod(), json!({"after": [killed]}));
    let said = cluster.plugin("web");
    assert_eq!((said.code, said.out.as_str()), (Some(0), "what shmeter says\n"), "{said:?}");
    assert!(said.err.contains("container app was OOM-killed"), "{}", said.err);
    // An old kill is not this start's.
    let mut before = small_pod();
    before["status"]["containerStatuses"] = json!([killed]);
    let said = case(&before, json!({"after": [killed]})).plugin("web --force");
    assert!(!said.err.contains("since shmeter was started"), "{}", said.err);
}

#[test]
fn words_of_the_cluster_cannot_pass_for_facts() {
    let mut pod = small_pod();
    pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] =
        json!("app\npod-limit 1Ti\nlimit app 1Ti");
    pod["status"]["containerStatuses"][0]["containerID"] = json!("containerd://a$(id)\nnode x");
    pod["status"]["containerStatuses"][0]["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled\npod-limit 1Ti\u{1b}[2J", "finishedAt": "x"}});
    pod["spec"]["containers"][0]["volumeMounts"][0]["mountPath"] = json!("/x\npod-limit 1Ti");
    let cluster = case(&pod, json!({"metrics": {"containers": {"app": "121Mi", "x\nyes 1": "1"}}}));
    let said = cluster.plugin("web");
    said.explains(3, &["with all its containers: 128.0 MiB", "left: 7.0 MiB"]);
    assert!(!said.err.contains(['\u{1b}', '$']), "{said:?}");
    cluster.plugin("web --via node").explains(4, &["does not tell its node and container ID"]);
}

#[test]
fn a_workload_or_a_selector_stands_for_a_pod_that_runs_and_is_ready() {
    let mut pod = small_pod();
    pod["status"]["conditions"] = json!([{"type": "Ready", "status": "True"}]);
    let other = |name: &str, phase: &str, more: Value| {
        let mut other = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {},
                               "status": {"phase": phase, "conditions": [{"type": "Ready", "status": "True"}]}});
        other["metadata"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        other
    };
    let labels = json!({"selector": {"matchLabels": {"app": "web"},
        "matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}, {"key": "old", "operator": "DoesNotExist"}]}});
    let more = json!({
        "workloads": {"deployments/web": labels, "statefulsets/web": labels, "jobs/web": labels, "daemonsets/web": labels,
                      "services/web": {"selector": {"app": "web"}}, "services/none": {"clusterIP": "None"},
                      "deployments/bad": {"selector": {"matchLabels": {"a": "b\nc = d"}}}},
        "pods": [other("old", "Succeeded", json!({})), other("going", "Running", json!({"deletionTimestamp": "2026-11-24T12:00:00Z"}))],
    });
    for typed in [
        "deploy/web",
        "deployments.apps/web",
        "sts/web",
        "job/web",
        "ds/web",
        "svc/web",
        "-l app=web",
        "--selector=app=web",
    ] {
        let cluster = case(&pod, more.clone());
        let said = cluster.plugin(typed);
        assert_eq!((said.code, cluster.started().len()), (Some(0), 1), "{typed}: {said:?}");
        assert!(said.err.contains("pod web, one of 3; name another one"), "{typed}: {}", said.err);
        let sent = cluster.labels();
        let expected = if typed.contains('/') && !typed.starts_with("svc") {
            "app=web,tier in (a,b),!old"
        } else {
            "app=web"
        };
        assert_eq!(sent, [expected], "{typed}");
    }
    let cluster = case(&pod, more);
    for (typed, code, told) in [
        ("deploy/nosuch", 2, "not found"),
        ("svc/none", 4, "selects no pods"),
        ("deploy/bad", 4, "selects no pods"),
        ("cm/web", 2, "nothing that has pods"),
        ("web -l app=web", 2, "not both"),
        ("deploy/we$b", 2, "names have letters"),
    ] {
        cluster.plugin(typed).explains(code, &[told]);
    }
    assert!(cluster.started().is_empty());
}

#[test]
fn a_leftover_is_removed_in_its_container_and_who_else_may_hold_it_is_named() {
    let mut pod = usual_pod();
    push(
        &mut pod["spec"]["containers"],
        json!({"name": "side", "image": "s", "volumeMounts": [{"name": "shm", "mountPath": "/data"}]}),
    );
    push(&mut pod["status"]["containerStatuses"], running("side"));
    let remove = "kubectl exec web -n shop -c app -- rm -- FILE";
    for (log, typed, told) in [
        ("/dev/shm: 1 MiB in 1 file, 1 MiB held by nobody\n", "ls", true),
        ("\"held_by\": \"nobody\"\n", "ls --format json", true),
        ("\"held_by\": \"unknown\"\n", "ls --format json", true),
        ("/dev/shm: 1 MiB in 1 file, 1 MiB held by no process visible here\n", "ls", true),
        ("\"totals\": {\"nobody\": {}}\n", "ls --format json", false),
        ("1 MiB are held by no process that is visible from here: /dev/shm/x.\n", "inspect", true),
        ("all is well\n", "inspect", false),
        ("nobody\n", "fill", false),
    ] {
        let said = case(&pod, json!({"log": log})).plugin(&format!("web -n shop -- {typed}"));
        assert_eq!((said.code, said.out.as_str()), (Some(0), log), "{said:?}");
        assert_eq!(said.err.contains(remove), told, "{log}: {}", said.err);
        let side = "processes of side are not seen from app";
        assert_eq!(said.err.contains(side), told, "{log}: {}", said.err);
    }
}
