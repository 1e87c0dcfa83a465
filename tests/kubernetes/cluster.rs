//! What the tests share: the tools, pods, and a stand-in cluster of one pod.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program that `tests/kubernetes/tools` got: `kubectl`, `python` or `kubernetes-validate`.
pub fn tool(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let output = Command::new(project().join("tests/kubernetes/tools")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
    });
    folder.join("bin").join(name)
}

/// A running pod `web` in `shop` whose only container is `app`, as `kubectl get -o json` shows it.
pub fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "uid": "6b0a", "annotations": {}},
        "spec": {
            "nodeName": "node-1", "restartPolicy": "Always", "securityContext": {},
            "containers": [{
                "name": "app", "image": "app:1", "resources": {},
                "volumeMounts": [{"name": "token", "mountPath": "/var/run/secrets", "readOnly": true}],
            }],
            "volumes": [{"name": "token", "projected": {"sources": []}}],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [running("app")],
        },
    })
}

/// The status of a container that runs.
pub fn running(name: &str) -> Value {
    json!({"name": name, "ready": true, "restartCount": 0, "image": "app:1", "imageID": "",
           "state": {"running": {"startedAt": "2026-11-24T12:00:00Z"}}})
}

/// The pod with `volume` (a volume's source) as `shm` at `path` in `app`.
pub fn pod_with_shm(volume: Value, path: &str) -> Value {
    let mut pod = pod();
    push(&mut pod["spec"]["volumes"], merged(json!({"name": "shm"}), volume));
    push(
        &mut pod["spec"]["containers"][0]["volumeMounts"],
        json!({"name": "shm", "mountPath": path}),
    );
    pod
}

/// The pod most tests look at: 256Mi of shared memory under a limit of 512Mi.
pub fn usual_pod() -> Value {
    let mut pod =
        pod_with_shm(json!({"emptyDir": {"medium": "Memory", "sizeLimit": "256Mi"}}), "/dev/shm");
    pod["spec"]["containers"][0]["resources"] = json!({"limits": {"memory": "512Mi"}});
    pod
}

/// One more of a list.
pub fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

fn merged(mut one: Value, other: Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}

/// The state of a container that ended.
pub fn ended(code: u8, reason: &str) -> Value {
    json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": "2026-11-24T12:00:00Z"}})
}

/// The state of a container that has not started.
pub fn waiting(reason: &str, message: &str) -> Value {
    json!({"waiting": {"reason": reason, "message": message}})
}

/// A stand-in API server with one pod, a kubectl that writes down its calls, and the plugin.
pub struct Cluster {
    folder: TempDir,
    server: Child,
}

impl Cluster {
    /// A cluster with this pod whose ephemeral container goes through `states`.
    pub fn new(pod: &Value, states: &[Value]) -> Self {
        Self::of(json!({"pod": pod, "states": states, "log": "what shmeter says\n"}))
    }

    /// A cluster whose new container ends with 0 soon.
    pub fn usual(pod: &Value) -> Self {
        Self::new(pod, &[waiting("ContainerCreating", ""), ended(0, "Completed")])
    }

    /// A cluster as `apiserver.py` takes it.
    pub fn of(case: Value) -> Self {
        let folder = tempfile::Builder::new().prefix("shmeter-kube-").tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        let case = merged(case, json!({"seen": folder.path().join("seen")}));
        std::fs::write(folder.path().join("case.json"), case.to_string()).unwrap();
        let port = folder.path().join("port");
        let server = Command::new(tool("python"))
            .arg(project().join("tests/kubernetes/apiserver.py"))
            .args([folder.path().join("case.json"), port.clone()])
            .spawn()
            .unwrap();
        let cluster = Self { folder, server };
        let listening = (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            port.exists()
        });
        assert!(listening, "the stand-in API server did not start");
        let address = std::fs::read_to_string(port).unwrap();
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "stand-in",
            "clusters": [{"name": "c", "cluster": {"server": format!("http://127.0.0.1:{address}")}}],
            "contexts": [{"name": "stand-in", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
            "users": [{"name": "u", "user": {}}],
        });
        std::fs::write(cluster.folder.path().join("config"), config.to_string()).unwrap();
        cluster
    }

    /// A command that finds the plugin, the stand-in kubectl and this cluster.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut path = OsString::from(project().join("tests/kubernetes"));
        path.push(":");
        path.push(project().join("scripts"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        let mut command = Command::new(program);
        command
            .env("PATH", path)
            .env("KUBECONFIG", self.folder.path().join("config"))
            .env("KUBECACHEDIR", self.folder.path().join("cache"))
            .env("TMPDIR", self.folder.path().join("tmp"))
            .env("SHMETER_KUBECTL", tool("kubectl"))
            .env("SHMETER_CALLS", self.folder.path().join("calls"))
            .env_remove("SHMETER_IMAGE")
            .env_remove("SHMETER_VIA")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The configuration of kubectl once more, in a file of that name.
    pub fn copy_of_config(&self, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        std::fs::copy(self.folder.path().join("config"), &copy).unwrap();
        copy
    }

    /// What `kubectl-shmeter` with these arguments says.
    pub fn plugin(&self, arguments: &str) -> Said {
        let script = project().join("scripts/kubectl-shmeter");
        Said::from(self.command(script).args(arguments.split_whitespace()).output().unwrap())
    }

    /// The calls of kubectl so far.
    pub fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The ephemeral containers that the cluster was asked to start and did.
    pub fn started(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("seen")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What the cluster was asked for, each as a Role would allow it: "get pods".
    pub fn asked(&self) -> BTreeSet<String> {
        let text =
            std::fs::read_to_string(self.folder.path().join("seen.asked")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The same in the order in which it was asked for.
    pub fn asked_in_order(&self) -> Vec<String> {
        self.lines("seen.asked")
    }

    /// The Jobs that were made and deleted, each with its namespace.
    pub fn jobs(&self) -> Vec<Value> {
        self.lines("seen.jobs").iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The labels by which pods were listed.
    pub fn labels(&self) -> Vec<String> {
        self.lines("seen.labels")
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Files that the plugin left in its folder for temporary ones.
    pub fn left_behind(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("tmp")).unwrap().count()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// It ended with `code` and an explanation that holds all of `words`; nothing on stdout.
    pub fn explains(&self, code: i32, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing in:\n{}", self.err);
        }
    }
}
