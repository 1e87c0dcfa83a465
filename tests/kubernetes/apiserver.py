#!/usr/bin/env python3
"""A stand-in for the API server of Kubernetes, for one pod: what a real kubectl needs of it.

It knows the pod of the case, takes ephemeral containers, refuses as API servers do where the case
says so, and moves the new container through the states of the case, one a look at the pod.

  apiserver.py CASE.json PORT_FILE

CASE: {"pod": {...},             the pod as `kubectl get pod -o json` shows it
       "refuse": {"get"|"patch"|"log": {"code": 403, "reason": "Forbidden", "message": "..."}},
       "pod_security": "restricted",  what the namespace enforces
       "states": [{...}, ...],   of the new container: state of an ephemeralContainerStatus;
                                 "evicted", "deleted": what becomes of the pod; "broken",
                                 "hangs": what becomes of the server
       "log": "...",             what the container wrote
       "seen": "FILE"}           where the containers go that it was asked to start, one a line;
                                 FILE.asked: what was asked for, as "VERB RESOURCE"
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

RESOURCES = [
    {"name": name, "singularName": "pod", "namespaced": True, "kind": "Pod", "verbs": ["get", "list", "patch"]}
    for name in ("pods", "pods/ephemeralcontainers", "pods/log")
]
DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": RESOURCES},
}


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

    def answer(self, method, path, query, body):
        verb = {"GET": "get", "PATCH": "patch"}.get(method)
        namespace = f'/api/v1/namespaces/{self.pod["metadata"]["namespace"]}'
        base = f"{namespace}/pods/{self.name}"
        if path == namespace:  # kubectl looks whether it exists when a pod does not
            return 200, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": path.rsplit("/", 1)[-1]}}
        if path == f"{base}/log":
            verb = "log"
        if path not in (base, f"{base}/log", f"{base}/ephemeralcontainers"):
            name = path.rsplit("/", 1)[-1]
            return refusal(404, "NotFound", f'pods "{name}" not found', name)
        part = path[len(base) + 1:]
        with open(self.case["seen"] + ".asked", "a", encoding="utf-8") as asked:
            asked.write(f'{"get" if verb == "log" else verb} pods{"/" if part else ""}{part}\n')
        if verb in self.case.get("refuse", {}):
            held = self.case["refuse"][verb]
            return refusal(held["code"], held["reason"], held["message"], held.get("name", self.name),
                           held.get("causes", ()))
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

        def reply(self, body):
            url = urlparse(self.path)
            if url.path in DISCOVERY:
                code, answer = 200, DISCOVERY[url.path]
            else:
                code, answer = pod.answer(self.command, url.path, parse_qs(url.query), body)
            plain = isinstance(answer, str)
            data = (answer if plain else json.dumps(answer)).encode()
            self.send_response(code)
            self.send_header("Content-Type", "text/plain" if plain else "application/json")
            self.send_header("Content-Length", str(len(data)))
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
