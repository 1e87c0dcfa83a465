//! `kubectl shmeter` where the words of the cluster attack: line breaks, quotes, `$(…)`, what steers a terminal.

use serde_json::{Value, json};

use crate::cluster::{Cluster, Said, ended, project, push, running, usual_pod, waiting};

/// What an attacker writes where a word is due. Each tries to bring a volume, root and a limit into the
/// profile, to run something, or to steer the terminal.
const ATTACKS: [&str; 5] = [
    "x\nmount app token true\nuid app 0\ngid app 0\npod-limit 1Ti\nvolume shm Memory 1Ki\nid app containerd://00",
    "x\"\nmount \"app\" \"token\" \"true\"\nuid \"app\" \"0\"\npod-limit \"1Ti\"\nvolume \"shm\" \"Memory\" \"1Ki\"\n\"",
    "\",\"securityContext\":{\"privileged\":true},\"x\":\"\n{\"privileged\":true}\nprivileged: true",
    "x'\"`touch owned`$(touch owned);touch owned\\",
    "\u{1b}]0;owned\u{7}\u{9b}31m\r\u{202e}\u{2066}\u{61c}\u{2028}\u{2029}\u{85}\u{ad}\u{200b}\u{2060}\u{feff}\u{e0041}x",
];

/// What must not reach a terminal.
fn steers(c: char) -> bool {
    c != '\n' && c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// All that it said may stand on a terminal, and nothing was run.
fn harmless(said: &Said, attack: &str) {
    assert!(!said.err.contains(steers), "{attack:?}: {:?}", said.err);
    assert!(!project().join("owned").exists(), "{attack:?}");
}

/// Writes an attack into one place of a pod.
type Place = (&'static str, fn(&mut Value, &str));

const PLACES: [Place; 22] = [
    ("annotation", |pod, word| {
        pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = json!(word);
    }),
    ("other annotation and label", |pod, word| {
        pod["metadata"]["annotations"][word] = json!(word);
        pod["metadata"]["labels"] = json!({word: word});
    }),
    ("uid of the pod", |pod, word| pod["metadata"]["uid"] = json!(word)),
    ("container name", |pod, word| {
        push(&mut pod["spec"]["containers"], json!({"name": word, "image": "x", "resources": {}}));
    }),
    ("container image", |pod, word| pod["spec"]["containers"][0]["image"] = json!(word)),
    ("memory limit", |pod, word| {
        let more = json!({"name": "more", "image": "x", "resources": {"limits": {"memory": word}}});
        push(&mut pod["spec"]["containers"], more);
    }),
    ("user", |pod, word| {
        let more = json!({"name": "more", "image": "x", "securityContext": {"runAsUser": word, "runAsGroup": word}});
        push(&mut pod["spec"]["containers"], more);
    }),
    ("mounted volume", |pod, word| {
        let mount = json!({"name": word, "mountPath": "/x", "readOnly": true});
        push(&mut pod["spec"]["containers"][0]["volumeMounts"], mount);
    }),
    ("mount path", |pod, word| {
        let mount = json!({"name": "token", "mountPath": word});
        push(&mut pod["spec"]["containers"][0]["volumeMounts"], mount);
    }),
    ("read-only", |pod, word| {
        let mount = json!({"name": "token", "mountPath": "/x", "readOnly": word});
        push(&mut pod["spec"]["containers"][0]["volumeMounts"], mount);
    }),
    ("volume name", |pod, word| {
        push(&mut pod["spec"]["volumes"], json!({"name": word, "emptyDir": {"medium": "Memory"}}));
    }),
    ("volume medium and size", |pod, word| {
        let volume = json!({"name": "more", "emptyDir": {"medium": word, "sizeLimit": word}});
        push(&mut pod["spec"]["volumes"], volume);
    }),
    ("node", |pod, word| pod["spec"]["nodeName"] = json!(word)),
    ("init container", |pod, word| {
        let init = json!({"name": word, "image": "x", "resources": {"limits": {"memory": "1Mi"}}});
        pod["spec"]["initContainers"] = json!([init]);
    }),
    ("sidecar", |pod, word| {
        pod["spec"]["initContainers"] =
            json!([{"name": word, "image": "x", "restartPolicy": word}]);
    }),
    ("ephemeral container", |pod, word| {
        pod["spec"]["ephemeralContainers"] = json!([{"name": word, "image": "x"}]);
    }),
    ("state", |pod, word| {
        pod["status"]["containerStatuses"][0]["state"][word] = json!({"reason": word});
    }),
    ("reason", |pod, word| {
        let last = json!({"terminated": {"exitCode": 1, "reason": word, "message": word}});
        pod["status"]["containerStatuses"][0]["lastState"] = last;
    }),
    ("time of its end", |pod, word| {
        let last = json!({"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": word}});
        pod["status"]["containerStatuses"][0]["lastState"] = last;
    }),
    ("container ID", |pod, word| {
        pod["status"]["containerStatuses"][0]["containerID"] = json!(word)
    }),
    ("status of another one", |pod, word| {
        let mut status = running(word);
        status["restartCount"] = json!(word);
        status["user"] = json!({"linux": {"uid": word, "gid": word}});
        push(&mut pod["status"]["containerStatuses"], status);
    }),
    ("limit of the pod", |pod, word| {
        pod["spec"]["overhead"] = json!({"memory": word});
        pod["spec"]["securityContext"] = json!({"runAsUser": word, "runAsGroup": word});
    }),
];

/// kubectl itself debugs no pod in which these are any words.
const NUMBERS: [&str; 7] = [
    "time of its end",
    "memory limit",
    "user",
    "read-only",
    "volume medium and size",
    "limit of the pod",
    "status of another one",
];

/// Pods with all attacks in one place, and with one attack in all places that may hold words.
fn attacked() -> Vec<(String, Value)> {
    let whole = ATTACKS.concat();
    let mut pods: Vec<(String, Value)> = Vec::new();
    for (place, write) in PLACES {
        let mut pod = usual_pod();
        write(&mut pod, &whole);
        pods.push((place.to_owned(), pod));
    }
    for attack in ATTACKS {
        let mut pod = usual_pod();
        for (_, write) in PLACES.iter().filter(|(place, _)| !NUMBERS.contains(place)) {
            write(&mut pod, attack);
        }
        pods.push((format!("all places, {attack:?}"), pod));
    }
    pods
}

#[test]
fn no_word_of_a_pod_changes_the_container_that_is_started() {
    let started = |pod: &Value| {
        let cluster = Cluster::usual(pod);
        let said = cluster.plugin("web --name look --force");
        let mut container = cluster.started().pop().unwrap_or_default();
        // kubectl has them in any order, and where the pod runs is no fact of the profile.
        if let Some(env) = container.get_mut("env").and_then(Value::as_array_mut) {
            env.retain(|one| one["name"] != "NODE_NAME");
            env.sort_by_key(|one| one["name"].to_string());
        }
        (container, said)
    };
    let (expected, _) = started(&usual_pod());
    for (place, pod) in attacked() {
        let (container, said) = started(&pod);
        harmless(&said, &place);
        if said.code == Some(4) && NUMBERS.contains(&place.as_str()) {
            assert!(said.err.contains("could not be started: error: "), "{place}: {said:?}");
            assert!(container.is_null(), "{place}");
            continue;
        }
        assert_eq!(said.code, Some(0), "{place}: {said:?}");
        assert_eq!(container, expected, "{place}");
    }
}

#[test]
fn no_word_of_a_pod_is_told_as_another_fact() {
    for (place, pod) in attacked() {
        let said = Cluster::usual(&pod).plugin("web --via api");
        assert_eq!(said.code, Some(0), "{place}: {said:?}");
        let told = "web/app: /dev/shm is volume shm (emptyDir, Memory, 256Mi sizeLimit); memory limit: 512Mi\n";
        assert!(said.out.starts_with(told), "{place}: {}", said.out);
        assert!(!said.out.contains("1048576.0 MiB"), "{place}: {said:?}");
        assert!(!said.out.contains(steers), "{place}: {:?}", said.out);
        harmless(&said, &place);
    }
}

#[test]
fn what_the_cluster_says_cannot_steer_a_terminal() {
    let whole = ATTACKS.concat();
    let attack = whole.as_str();
    let refusal = |code: u16, reason: &str| json!({"code": code, "reason": reason, "message": format!("no: {attack}")});
    for verb in ["get", "patch", "log", "metrics"] {
        let refused = json!({"pod": usual_pod(), "states": [ended(0, "Completed")], "refuse": {verb: refusal(403, "Forbidden")}});
        harmless(&Cluster::of(refused).plugin("web"), attack);
    }
    for state in [
        waiting(&format!("CreateContainer{attack}"), attack),
        waiting("ImagePullBackOff", attack),
        waiting(attack, attack),
        ended(128, "StartError"),
        json!({"terminated": {"exitCode": 137, "reason": attack, "message": attack}}),
    ] {
        let said = Cluster::new(&usual_pod(), &[state]).plugin("web --timeout 1");
        harmless(&said, attack);
        assert_ne!(said.code, Some(0), "{said:?}");
    }
    let mut gone = usual_pod();
    gone["status"]["phase"] = json!(attack);
    harmless(&Cluster::usual(&gone).plugin("web"), attack);
    let mut on_a_node = usual_pod();
    on_a_node["status"]["containerStatuses"][0]["containerID"] =
        json!(format!("containerd://{}", "0".repeat(64)));
    for more in [
        json!({"job_states": ["refused"], "event": attack}),
        json!({"job_states": [{"phase": "Failed", "reason": attack, "message": attack}]}),
        json!({"job_states": [waiting(&format!("CreateContainer{attack}"), attack)]}),
        json!({"job_states": [ended(0, "Completed")], "refuse": {"create-job": refusal(400, "BadRequest")}}),
        json!({"job_states": [ended(0, "Completed")], "refuse": {"delete-job": refusal(400, "BadRequest")}}),
    ] {
        let mut case = json!({"pod": on_a_node, "log": "x\n", "metrics": null});
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        harmless(&Cluster::of(case).plugin("web --via node --timeout 1"), attack);
    }
}

#[test]
fn letters_of_every_language_stay() {
    let message = "拒绝: политика, ñ, é, ß, ह, 🚫";
    let refused = json!({"code": 403, "reason": "Forbidden", "message": message});
    let case = json!({"pod": usual_pod(), "refuse": {"patch": refused}});
    Cluster::of(case).plugin("web").explains(4, &[message]);
}

#[test]
fn an_exit_code_is_a_number() {
    for code in
        [json!("0\n0"), json!("a[$(touch owned)]"), json!(-1), json!(1e300), json!("0 Completed x")]
    {
        let state = json!({"terminated": {"exitCode": code, "reason": "Completed"}});
        let said = Cluster::new(&usual_pod(), std::slice::from_ref(&state)).plugin("web");
        said.explains(3, &["makes no sense"]);
        harmless(&said, &code.to_string());
    }
}

#[test]
fn a_usage_beyond_all_numbers_leaves_no_room() {
    // 2^64 and its like come round to nothing where they are counted in 64 bits.
    for used in [
        "18446744073709551616",
        "18446744073709551615",
        "99999999999E",
        "16Ei",
        "9223372036854775807E",
    ] {
        let case = json!({"pod": usual_pod(), "states": [ended(0, "Completed")], "metrics": {"containers": {"app": used}}});
        let cluster = Cluster::of(case);
        assert_eq!(cluster.plugin("web").code, Some(3), "{used}");
        assert!(cluster.started().is_empty(), "{used}");
    }
    let mut pod = usual_pod();
    pod["spec"]["containers"][0]["resources"] = json!({"limits": {"memory": "99999999999999E"}});
    let said = Cluster::usual(&pod).plugin("web --via api");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.contains('-') || !said.out.contains("left: -"), "{said:?}");
}

#[test]
fn the_commands_to_copy_are_quoted_as_a_shell_takes_them() {
    let cluster = Cluster::new(&usual_pod(), &[json!({"running": {}})]);
    let odd = cluster.copy_of_config("a b'$(touch owned);c\u{202e}");
    let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
    command.args(["web", "--name", "look", "--timeout", "1", "--kubeconfig"]).arg(&odd);
    let said = Said::from(command.output().unwrap());
    said.explains(3, &["no end after 1 s"]);
    harmless(&said, "a kubeconfig");
    let told = said.err.split("it goes on in the pod: ").nth(1).unwrap();
    // A shell makes the same words of it: with another program in kubectl's place, it tells them.
    let shell = format!("kubectl() {{ printf '%s\\n' \"$@\"; }}; {told}");
    let words = std::process::Command::new("bash").args(["-c", &shell]).output().unwrap();
    assert_eq!(
        String::from_utf8(words.stdout).unwrap().lines().collect::<Vec<_>>(),
        ["logs", "web", "-c", "look", "--kubeconfig", odd.to_str().unwrap()]
    );
}

#[test]
fn what_is_typed_with_control_characters_is_refused_before_anything_is_asked() {
    for word in ["/x\ny", "/x\u{1b}[2J"] {
        let cluster = Cluster::usual(&usual_pod());
        let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
        let said = Said::from(command.args(["web", "--", "ls", "--path", word]).output().unwrap());
        said.explains(2, &["control characters"]);
        assert!(cluster.calls().is_empty() && !said.err.contains(steers), "{said:?}");
    }
}
