//! `kubectl shmeter --via node`: a Job that looks from outside, asked for beforehand and gone afterwards.

use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::cluster::{Cluster, Said, ended, project, usual_pod, waiting};
use crate::manifests::{NEWEST, passes};

const ID: &str = "containerd://4f1c0000aaaa1111bbbb2222cccc3333dddd4444eeee5555ffff666677778888";

fn pod_on(node: &str) -> Value {
    let mut pod = usual_pod();
    pod["spec"]["nodeName"] = json!(node);
    pod["status"]["containerStatuses"][0]["containerID"] = json!(ID);
    pod
}

fn case(more: Value) -> Cluster {
    let mut case = json!({"pod": pod_on("node-1"), "log": "what shmeter says\n", "metrics": null,
                          "job_states": [waiting("ContainerCreating", ""), ended(0, "Completed")]});
    case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Cluster::of(case)
}

/// The names that were made and deleted.
fn names(cluster: &Cluster) -> (Vec<String>, Vec<String>) {
    let jobs = cluster.jobs();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let made = jobs.iter().filter(|job| !job["made"].is_null());
    let gone = jobs.iter().filter(|job| !job["deleted"].is_null());
    (
        made.map(|job| text(&job["made"]["metadata"]["name"])).collect(),
        gone.map(|job| text(&job["deleted"])).collect(),
    )
}

/// It started a Job and deleted it.
fn cleans_up(cluster: &Cluster) {
    let (made, gone) = names(cluster);
    assert_eq!((made.len(), &made, cluster.left_behind()), (1, &gone, 0));
}

#[test]
fn a_job_looks_from_outside_and_is_deleted_afterwards() {
    let cluster = case(json!({}));
    let said = cluster.plugin("web --via node");
    assert_eq!((said.code, said.out.as_str()), (Some(0), "what shmeter says\n"), "{said:?}");
    cleans_up(&cluster);
    let job = cluster.jobs().remove(0);
    assert_eq!(job["namespace"], "shop");
    let spec = &job["made"]["spec"];
    for (field, value) in
        [("backoffLimit", 0), ("ttlSecondsAfterFinished", 60), ("activeDeadlineSeconds", 300)]
    {
        assert_eq!(spec[field], value, "{field}");
    }
    let pod = &spec["template"]["spec"];
    assert_eq!((&pod["hostPID"], &pod["nodeName"]), (&json!(true), &json!("node-1")));
    assert_eq!(pod["tolerations"], json!([{"operator": "Exists"}]));
    assert_eq!(pod["automountServiceAccountToken"], false);
    let container = &pod["containers"][0];
    assert_eq!(container["args"], json!(["inspect", "--container", ID, "--size-limit", "256Mi"]));
    assert_eq!(container["imagePullPolicy"], "IfNotPresent");
    assert_eq!(
        container["securityContext"]["capabilities"],
        json!({"drop": ["ALL"], "add": ["SYS_PTRACE", "DAC_READ_SEARCH"]})
    );
    assert_eq!(container["securityContext"]["appArmorProfile"], json!({"type": "Unconfined"}));
    assert_eq!(container["securityContext"]["seLinuxOptions"], json!({"type": "spc_t"}));
    assert!(container["securityContext"]["privileged"].is_null());
    // Nothing of the node but that, and not to be written.
    assert_eq!(
        container["volumeMounts"],
        json!([{"name": "cgroup", "mountPath": "/host/cgroup", "readOnly": true,
            "recursiveReadOnly": "IfPossible"}])
    );
    assert_eq!(
        pod["volumes"],
        json!([{"name": "cgroup", "hostPath": {"path": "/sys/fs/cgroup", "type": "Directory"}}])
    );
    assert_eq!(container["resources"]["limits"], json!({"memory": "64Mi"}));
    assert_eq!(passes(&job["made"].to_string(), NEWEST), Ok(()));
    // The pod got nothing.
    assert!(cluster.started().is_empty());
    let order: Vec<String> = cluster.asked_in_order();
    let at = |what: &str| order.iter().position(|asked| asked == what).unwrap();
    assert!(
        at("may create jobs in shop") < at("dry-run pods")
            && at("dry-run jobs") < at("create jobs"),
        "{order:?}"
    );
}

#[test]
fn a_look_at_segments_needs_a_right_more_and_ends_with_shmeters_code() {
    let cluster = case(json!({"job_states": [ended(1, "Error")]}));
    let said =
        cluster.plugin("web --via node --node-namespace tools --timeout 60 -- ls --format \"json");
    assert_eq!((said.code, said.out.as_str()), (Some(1), "what shmeter says\n"), "{said:?}");
    let job = cluster.jobs().remove(0);
    assert_eq!(job["namespace"], "tools");
    let container = &job["made"]["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["args"], json!(["ls", "--format", "\"json", "--container", ID]));
    assert_eq!(container["securityContext"]["capabilities"]["add"][2], "SYS_ADMIN");
    assert!(cluster.asked().contains("may delete jobs in tools"), "{:?}", cluster.asked());
    cleans_up(&cluster);
}

#[test]
fn it_is_never_taken_unless_it_is_typed() {
    let cluster = case(json!({}));
    cluster.plugin("web").explains(3, &["kubectl shmeter web --via node\n"]);
    assert!(cluster.jobs().is_empty());
    let mut command = cluster.command(project().join("scripts/kubectl-shmeter"));
    let said = Said::from(command.arg("web").env("SHMETER_VIA", "node").output().unwrap());
    assert_eq!(said.code, Some(0), "{said:?}");
    cleans_up(&cluster);
    // What has to be in the pod is not looked for on the node.
    for typed in ["fill", "run", "bench", "compare"] {
        let cluster = case(json!({}));
        cluster.plugin(&format!("web --via node -- {typed}")).explains(2, &["looks from outside"]);
        assert!(cluster.calls().is_empty());
    }
}

#[test]
fn who_refuses_it_is_told_in_one_line_and_nothing_was_made() {
    let refuse = |what: &str, message: &str| json!({"refuse": {what: {"code": 403, "reason": "Forbidden", "message": message}}});
    let security = "pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostPID=true)";
    let cannot = "pods is forbidden: User \"jane\" cannot create resource \"pods\" in API group \"\" in the namespace \"shop\"";
    for (more, told) in [
        (
            refuse("create-pod", security),
            "Pod Security of namespace shop forbids it; --node-namespace NS",
        ),
        (
            json!({"refuse": {"create-pod": {"code": 403, "reason": "Forbidden", "message": cannot}},
                   "warning": "would violate PodSecurity \\\"restricted:latest\\\": hostPID"}),
            "Pod Security of namespace shop forbids it",
        ),
        (
            refuse(
                "create-pod",
                "admission webhook \"warden-validating.common-webhooks.networking.gke.io\" denied the request: \
                GKE Warden rejected the request because it violates one or more constraints.\n{\"[denied by autogke-disallow-hostnamespaces]\":[]}",
            ),
            "GKE Autopilot lets no pod look at its node: ",
        ),
        (
            refuse(
                "create-pod",
                "pods \"x\" is forbidden: unable to validate against any security context constraint: []",
            ),
            "OpenShift's security context constraints forbid it",
        ),
        (
            refuse("create-job-dry", "exceeded quota: q, requested: count/jobs.batch=1"),
            "the quota of namespace shop is used up",
        ),
        (
            refuse("create-job-dry", "admission webhook \"x\" denied it\u{1b}[2J"),
            "the cluster refuses a pod that looks at its node",
        ),
        (json!({"may_not": ["create jobs"]}), "you may not create jobs in namespace shop"),
        (json!({"may_not": ["delete jobs"]}), "you may not delete jobs in namespace shop"),
        (json!({"may_not": ["get pods/log"]}), "you may not get pods/log in namespace shop"),
        (json!({"pod": pod_on("fargate-ip-10-0-0-1.ec2.internal")}), "is Fargate's"),
        (json!({"pod": pod_on("virtual-node-aci-linux")}), "is virtual"),
    ] {
        let cluster = case(more);
        let said = cluster.plugin("web --via node");
        said.explains(4, &[told]);
        let last: Vec<&str> =
            said.err.lines().filter(|line| line.starts_with("kubectl shmeter: ")).skip(1).collect();
        assert_eq!(last.len(), 1, "{}", said.err);
        assert!(
            !said.err.contains('\u{1b}') && said.err.ends_with(&format!("{}\n", last[0])),
            "{said:?}"
        );
        assert!(!cluster.asked().contains("create jobs") && cluster.jobs().is_empty(), "{told}");
    }
}

#[test]
fn whatever_becomes_of_the_job_it_is_deleted() {
    for (more, code, told) in [
        (
            json!({"job_states": [waiting("ErrImageNeverPull", "not present")]}),
            4,
            "on node node-1: not present",
        ),
        (
            json!({"job_states": [waiting("CreateContainerConfigError", "x")]}),
            4,
            "cannot start (CreateContainerConfigError)",
        ),
        (
            json!({"job_states": [ended(128, "StartError")]}),
            4,
            "could not be started on node node-1",
        ),
        (
            json!({"job_states": [{"phase": "Failed", "reason": "OutOfpods", "message": "too many"}]}),
            4,
            "does not take the pod (OutOfpods)",
        ),
        (
            json!({"job_states": ["refused"], "event": "Error creating: pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\""}),
            4,
            "Pod Security of namespace shop forbids it",
        ),
        (
            json!({"job_states": ["refused"]}),
            3,
            "no end after 2 s (not started); the Job is deleted",
        ),
        (
            json!({"job_states": [{"running": {}}]}),
            3,
            "no end after 2 s (running); the Job is deleted",
        ),
    ] {
        let cluster = case(more);
        cluster.plugin("web --via node --timeout 2").explains(code, &[told]);
        cleans_up(&cluster);
    }
    // The answer was lost, and it may have been made all the same.
    let lost = json!({"refuse": {"create-job": {"code": 500, "reason": "InternalError", "message": "timed out"}}});
    let cluster = case(lost);
    cluster.plugin("web --via node --name look").explains(4, &["timed out"]);
    assert_eq!(names(&cluster).1, ["look"]);
    // But not another one's of the same name.
    let taken = json!({"refuse": {"create-job": {"code": 409, "reason": "AlreadyExists", "message": "jobs.batch \"look\" already exists"}}});
    let cluster = case(taken);
    cluster.plugin("web --via node --name look").explains(2, &["take another --name"]);
    assert!(cluster.jobs().is_empty());
    let stays = json!({"refuse": {"delete-job": {"code": 500, "reason": "InternalError", "message": "timed out"}}});
    let said = case(stays).plugin("web --via node --name look");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("kubectl delete job look -n shop"), "{}", said.err);
}

#[test]
fn an_interrupted_look_deletes_its_job() {
    use std::os::unix::process::CommandExt;
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let cluster = case(json!({"job_states": [{"running": {}}]}));
        // Tests that run in the background may have interrupts ignored: `env` undoes that.
        let mut command = cluster.command("env");
        command.arg("--default-signal=INT").arg(project().join("scripts/kubectl-shmeter"));
        let child = command.args(["web", "--via", "node"]).process_group(0).spawn().unwrap();
        let waits = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            cluster.asked().contains("list pods")
        });
        assert!(waits, "{:?}", cluster.asked());
        killpg(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        let said = Said::from(child.wait_with_output().unwrap());
        said.explains(code, &["interrupted; the Job shmeter-"]);
        cleans_up(&cluster);
    }
}
