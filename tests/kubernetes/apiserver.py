#!/usr/bin/env python3
"""A stand-in for the API server of Kubernetes, for one pod: what a real kubectl needs of it.

It knows the pod of the case, takes ephemeral containers and Jobs, refuses as API servers do where the
case says so, and moves the new container through the states of the case, one a look at the pod.

  apiserver.py CASE.json PORT_FILE

CASE: {"pod": {...},             the pod as `kubectl get pod -o json` shows it
       "refuse": {VERB: {"code": 403, "reason": "Forbidden", "message": "..."}},
                                 get, patch, log; metrics, summary; create-pod (a dry run),
                                 create-job-dry, create-job, delete-job
       "may_not": ["create jobs", ...],  what `kubectl auth can-i` is to answer with no
       "pod_security": "restricted",  what the namespace enforces
       "metrics": {"age": 5, "containers": {"app": "10Mi"}} or null where there are none
                                 (default: 5 s old, 10Mi for each container)
       "summary": {"age": 5, "bytes": 0, "uid": "...", "whole": "..."},  of the kubelet
       "workloads": {"deployments/web": {...}},  what has pods, by its selector
       "pods": [{...}, ...],     more pods, for a list
       "states": [{...}, ...],   of the new container: state of an ephemeralContainerStatus;
                                 "evicted", "deleted": what becomes of the pod; "broken",
                                 "hangs": what becomes of the server
       "after": {...},           the status of the pod's containers once one more was started
       "job_states": [{...}],    of the Job's container; "refused": its pod is not made;
                                 {"phase": "Failed", "reason": "..."}: the node does not take it
       "warning": "...",         beside the answer to a Job
       "log": "...",             what the container wrote
       "seen": "FILE"}           where the containers go that it was asked to start, one a line;
                                 FILE.asked: what was asked for, as "VERB RESOURCE";
                                 FILE.jobs: the Jobs that were made and deleted
"""

import datetime
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse



def resource(name, kind, verbs=("get", "list", "create", "delete"), singular=""):
    return {"name": name, "singularName": singular or kind.lower(), "namespaced": kind != "Node", "kind": kind,
            "verbs": list(verbs)}


CORE = [resource(name, "Pod", ("get", "list", "patch", "create"), "pod")
        for name in ("pods", "pods/ephemeralcontainers", "pods/log")]
CORE += [resource("services", "Service"), resource("events", "Event"), resource("nodes", "Node")]
GROUPS = {
    "apps/v1": [resource(kind.lower() + "s", kind) for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")],
    "batch/v1": [resource("jobs", "Job")],
    "authorization.k8s.io/v1": [{**resource("selfsubjectaccessreviews", "SelfSubjectAccessReview"), "namespaced": False}],
    "metrics.k8s.io/v1beta1": [resource("pods", "PodMetrics", ("get", "list"), "pod")],
}


def discovery(case):
    """What kinds there are."""
    groups = [name for name in GROUPS if not name.startswith("metrics") or case.get("metrics", {}) is not None]
    found = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": CORE},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": name.split("/")[0], "versions": [{"groupVersion": name, "version": name.split("/")[1]}],
             "preferredVersion": {"groupVersion": name, "version": name.split("/")[1]}} for name in groups]},
    }
    for name in groups:
        found[f"/apis/{name}"] = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name,
                                  "resources": GROUPS[name]}
    return found


def ago(seconds):
    return datetime.datetime.fromtimestamp(time.time() - seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def refusal(code, reason, message, name="", causes=()):
    return code, {
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason,
        "message": message,
        "details": {"name": name, "kind": "pods" if reason != "Invalid" else "Pod", "causes": list(causes)},
    }


def violations(container):
    """What Pod Security's level `restricted` has against a container, in its own words."""
    name, security = container["name"], container.get("securityContext", {})
    capabilities = security.get("capabilities", {})
    found = []
    if security.get("allowPrivilegeEscalation") is not False:
        found.append(f'allowPrivilegeEscalation != false (container "{name}" must set '
                     "securityContext.allowPrivilegeEscalation=false)")
    if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
        found.append(f'unrestricted capabilities (container "{name}" must set securityContext.capabilities.drop=["ALL"])')
    if security.get("runAsNonRoot") is not True:
        found.append(f'runAsNonRoot != true (pod or container "{name}" must set securityContext.runAsNonRoot=true)')
    if security.get("runAsUser") == 0:
        found.append(f'runAsUser=0 (container "{name}" must not set runAsUser=0)')
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        found.append(f'seccompProfile (pod or container "{name}" must set securityContext.seccompProfile.type to '
                     '"RuntimeDefault" or "Localhost")')
    return found


class Pod:
    """The pod of the case, and what an API server holds against a change of it."""

    def __init__(self, case):
        self.case = case
        self.pod = case["pod"]
        self.name = self.pod["metadata"]["name"]
        self.states = list(case.get("states", []))
        self.started = []
        self.job = None
        self.job_states = list(case.get("job_states", []))

    def note(self, what, name=".asked"):
        with open(self.case["seen"] + name, "a", encoding="utf-8") as file:
            file.write(what + "\n")

    def held(self, verb):
        """The refusal of the case for that, or None."""
        held = self.case.get("refuse", {}).get(verb)
        return held and refusal(held["code"], held["reason"], held["message"], held.get("name", self.name),
                                held.get("causes", ()))

    def get(self):
        if self.started:
            state = self.states.pop(0) if len(self.states) > 1 else (self.states or [None])[0]
            if state == "deleted":
                return refusal(404, "NotFound", f'pods "{self.name}" not found', self.name)
            if state == "hangs":
                time.sleep(20)
                return 200, self.pod
            if state == "broken":
                return refusal(500, "InternalError", "etcdserver: request timed out", self.name)
            if state == "evicted":
                self.pod["status"]["phase"] = "Failed"
            elif state is not None:
                status = self.pod["status"].setdefault("ephemeralContainerStatuses", [])
                status[:] = [s for s in status if s["name"] != self.started[-1]]
                if "after" in self.case:
                    self.pod["status"]["containerStatuses"] = self.case["after"]
                status.append({"name": self.started[-1], "state": state, "ready": False, "restartCount": 0,
                               "image": "shmeter", "imageID": ""})
        return 200, self.pod

    def patch(self, change):
        old = {c["name"]: c for c in self.pod["spec"].get("ephemeralContainers", [])}
        spec = self.pod["spec"]
        names = [c["name"] for c in spec["containers"] + spec.get("initContainers", [])]
        for container in change.get("spec", {}).get("ephemeralContainers", []):
            name = container["name"]
            if name in old:
                return self.invalid("spec.ephemeralContainers", "FieldValueForbidden",
                                    f'Forbidden: existing ephemeral containers "{name}" may not be changed')
            target = container.get("targetContainerName")
            if target and target not in names:
                return self.invalid("spec.ephemeralContainers[0].targetContainerName", "FieldValueNotFound",
                                    f'Not found: "{target}"')
            for number, mount in enumerate(container.get("volumeMounts", [])):
                if mount.get("subPath"):
                    return self.invalid(f"spec.ephemeralContainers[0].volumeMounts[{number}].subPath",
                                        "FieldValueForbidden", "Forbidden: cannot be set for an Ephemeral Container")
                if mount["name"] not in [v["name"] for v in self.pod["spec"].get("volumes", [])]:
                    return self.invalid(f"spec.ephemeralContainers[0].volumeMounts[{number}].name",
                                        "FieldValueNotFound", f'Not found: "{mount["name"]}"')
            against = violations(container) if "pod_security" in self.case else []
            if against:
                return refusal(403, "Forbidden", f'pods "{self.name}" is forbidden: violates PodSecurity '
                               f'"restricted:latest": {", ".join(against)}', self.name)
            with open(self.case["seen"], "a", encoding="utf-8") as seen:
                seen.write(json.dumps(container) + "\n")
            self.pod["spec"].setdefault("ephemeralContainers", []).append(container)
            self.started.append(name)
        return 200, self.pod

    def invalid(self, field, reason, message):
        cause = {"reason": reason, "message": message, "field": field}
        return refusal(422, "Invalid", f'Pod "{self.name}" is invalid: {field}: {message}', self.name, [cause])

    def metrics(self):
        self.note("get pods.metrics.k8s.io")
        told = self.case.get("metrics", {})
        containers = told.get("containers", {c["name"]: "10Mi" for c in self.pod["spec"]["containers"]
                                             + [c for c in self.pod["spec"].get("initContainers", [])
                                                if c.get("restartPolicy")]})
        return self.held("metrics") or (200, {
            "kind": "PodMetrics", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {"name": self.name},
            "timestamp": told.get("time", ago(told.get("age", 5))), "window": "15s",
            "containers": [{"name": name, "usage": {"cpu": "1m", "memory": used}} for name, used in containers.items()]})

    def summary(self):
        self.note("get nodes/proxy")
        told = self.case.get("summary")
        if told is None:
            return self.held("summary") or refusal(403, "Forbidden", 'nodes "node-1" is forbidden: User "jane" cannot get '
                                                   'resource "nodes/proxy" in API group "" at the cluster scope', "node-1")
        if "whole" in told:
            return 200, told["whole"]
        meta = self.pod["metadata"]
        memory = {"time": ago(told.get("age", 5)), "usageBytes": told["bytes"] * 2, "workingSetBytes": told["bytes"]}
        other = {"podRef": {"name": self.name, "namespace": "other", "uid": "x"}, "memory": {**memory, "workingSetBytes": 1}}
        own = {"podRef": {"name": self.name, "namespace": meta["namespace"], "uid": told.get("uid", meta["uid"])},
               "memory": memory, "containers": [{"name": "app", "memory": memory}]}
        return 200, {"node": {"nodeName": "node-1", "memory": memory}, "pods": [other, own]}

    def workload(self, kind, name):
        self.note(f"get {kind}")
        found = self.case.get("workloads", {}).get(f"{kind}/{name}")
        if found is None:
            return refusal(404, "NotFound", f'{kind} "{name}" not found', name)
        group = {"services": "v1", "jobs": "batch/v1"}.get(kind, "apps/v1")
        kinds = {"services": "Service", "jobs": "Job", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet"}
        return 200, {"apiVersion": group, "kind": kinds.get(kind, "Deployment"), "metadata": {"name": name}, "spec": found}

    def jobs(self, method, path, query, body):
        """Jobs, dry runs of them and of their pods, and the one pod of the one Job."""
        dry = "dryRun" in query
        if method == "POST" and path.endswith("/pods"):
            self.note("dry-run pods" if dry else "create pods")
            return self.held("create-pod") or (201, body)
        if method == "POST":
            self.note("dry-run jobs" if dry else "create jobs")
            held = self.held("create-job-dry" if dry else "create-job")
            if held:
                return held
            if not dry:
                self.job = body
                self.note(json.dumps({"made": body, "namespace": path.split("/")[5]}), ".jobs")
            return 201, body
        if method == "DELETE":
            self.note("delete jobs")
            self.note(json.dumps({"deleted": path.rsplit("/", 1)[-1], "namespace": path.split("/")[5]}), ".jobs")
            return self.held("delete-job") or (200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})
        self.note("list pods")
        if self.job is None:
            return 200, []
        state = self.job_states.pop(0) if len(self.job_states) > 1 else (self.job_states or [None])[0]
        if state == "refused":
            return 200, []
        name = self.job["metadata"]["name"] + "-x1y2z"
        status = state if state and "phase" in state else {"phase": "Pending"}
        if state and "phase" not in state:
            status = {"phase": "Running", "containerStatuses": [{"name": "shmeter", "state": state}]}
        return 200, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": path.split("/")[4]},
                      "spec": self.job["spec"]["template"]["spec"], "status": status}]

    def other(self, method, path, query, body):
        """What is not about the pod itself; None where it is."""
        parts = path.split("/")
        if path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
            asked = body["spec"]["resourceAttributes"]
            what = f'{asked["verb"]} {asked["resource"]}' + (f'/{asked["subresource"]}' if asked.get("subresource") else "")
            self.note(f'may {what} in {asked["namespace"]}')
            return 201, {**body, "status": {"allowed": what not in self.case.get("may_not", [])}}
        if path.startswith("/apis/metrics.k8s.io/"):
            return self.metrics()
        if path.endswith("/proxy/stats/summary"):
            return self.summary()
        if path.startswith("/apis/batch/v1/") and method != "GET" or method == "POST":
            return self.jobs(method, path, query, body)
        if path.startswith("/apis/") or parts[-2:-1] == ["services"]:
            return self.workload(*parts[-2:])
        if path.endswith("/events"):
            self.note("list events")
            held = self.case.get("event")
            items = [{"kind": "Event", "apiVersion": "v1", "reason": "FailedCreate", "message": held}] if held else []
            return 200, {"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": items}
        if path.endswith("/pods"):
            labels = query.get("labelSelector", [""])[0]
            if labels.startswith("job-name="):
                code, items = self.jobs(method, path, query, body)
            else:
                self.note("list pods")
                self.note(labels, ".labels")
                code, items = 200, self.case.get("pods", []) + [self.pod]
            return code, {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}
        if path.endswith("/log") and self.job is not None:
            self.note("get pods/log")
            return 200, self.case.get("log", "")
        return None

    def answer(self, method, path, query, body):
        verb = {"GET": "get", "PATCH": "patch"}.get(method)
        namespace = f'/api/v1/namespaces/{self.pod["metadata"]["namespace"]}'
        base = f"{namespace}/pods/{self.name}"
        if path == namespace:  # kubectl looks whether it exists when a pod does not
            return 200, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": path.rsplit("/", 1)[-1]}}
        other = self.other(method, path, query, body)
        if other is not None:
            return other
        if path == f"{base}/log":
            verb = "log"
        if path not in (base, f"{base}/log", f"{base}/ephemeralcontainers"):
            name = path.rsplit("/", 1)[-1]
            if self.job is not None and name.startswith(self.job["metadata"]["name"]):
                return 200, self.jobs("GET", path, query, body)[1][0]
            return refusal(404, "NotFound", f'pods "{name}" not found', name)
        part = path[len(base) + 1:]
        self.note(f'{"get" if verb == "log" else verb} pods{"/" if part else ""}{part}')
        held = self.held(verb)
        if held:
            return held
        if verb == "log":
            if query.get("container") != self.started[-1:]:
                return refusal(400, "BadRequest", f"container {query.get('container')} is not valid for pod {self.name}")
            return 200, self.case.get("log", "")
        return self.get() if verb == "get" else self.patch(body)


def handler(pod):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(None)

        def do_PATCH(self):
            self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_POST(self):
            self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_DELETE(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.reply(None)

        def reply(self, body):
            url = urlparse(self.path)
            found = discovery(pod.case)
            if url.path in found:
                code, answer = 200, found[url.path]
            else:
                code, answer = pod.answer(self.command, url.path, parse_qs(url.query), body)
            plain = isinstance(answer, str)
            data = (answer if plain else json.dumps(answer)).encode()
            self.send_response(code)
            self.send_header("Content-Type", "text/plain" if plain else "application/json")
            self.send_header("Content-Length", str(len(data)))
            if self.command == "POST" and "warning" in pod.case and url.path.endswith("/jobs"):
                self.send_header("Warning", f'299 - "{pod.case["warning"]}"')
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    return Handler


def main():
    with open(sys.argv[1], encoding="utf-8") as case:
        pod = Pod(json.load(case))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(pod))
    with open(sys.argv[2] + ".new", "w", encoding="utf-8") as port:
        port.write(str(server.server_address[1]))
    os.rename(sys.argv[2] + ".new", sys.argv[2])
    server.serve_forever()


main()
