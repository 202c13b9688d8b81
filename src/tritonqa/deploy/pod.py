"""The server's container and its pod: what Kubernetes and KServe share."""

from __future__ import annotations

from math import ceil
from typing import Any, TypeAlias

from tritonqa.deploy import arguments
from tritonqa.deploy.options import DeployOptions

Record: TypeAlias = dict[str, Any]

SHARED_MEMORY = "256Mi"
USER = 1000
_LEAVING = 5  # seconds in which a cluster learns that a pod gets no more asks, where no grace was given
_MARGIN = 5
_PROBE = 5  # seconds between probes


def labels(options: DeployOptions, component: str = "reader") -> dict[str, str]:
    """Return what the parts of a deployment are told apart by."""
    return {"app.kubernetes.io/name": options.name, "app.kubernetes.io/component": component}


def metadata(options: DeployOptions, name: str = "", component: str = "reader") -> Record:
    """Name an object and what it belongs to."""
    named = {"name": f"{options.name}{name}", "labels": labels(options, component)}
    return named | ({"namespace": options.namespace} if options.namespace else {})


def leaving(options: DeployOptions) -> int:
    """Return the seconds before the end in which a pod is left and still answers: the grace of `serve`."""
    return ceil(options.serving.grace) or _LEAVING


def ending(options: DeployOptions) -> int:
    """Return the seconds a pod has to end: to be left, to answer what is under way, and a few more."""
    return leaving(options) + ceil(options.serving.drain_timeout) + _MARGIN


def container(options: DeployOptions, name: str = "reader") -> Record:
    """Describe the container of the server."""
    ports = {"http": options.place.http_port, "grpc": options.place.grpc_port}
    return {
        "name": name,
        "image": options.image,
        "args": arguments.server(options),
        "ports": [
            {"name": port, "containerPort": number}
            for port, number in {**ports, "metrics": options.place.metrics_port}.items()
        ],
        "env": [
            {"name": "HOME", "value": "/tmp"},
            secret("TRITONQA_ADMIN", options.secret, optional=True),
        ],
        "resources": resources(options),
        "securityContext": locked(),
        "volumeMounts": mounts(options),
        "startupProbe": probe("ready", int(options.serving.start_timeout / _PROBE)),
        "readinessProbe": probe("ready", 1),
        "livenessProbe": probe("live", 6),
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", str(leaving(options))]}}},
    }


def builders(options: DeployOptions) -> list[Record]:
    """Describe the container that writes the repository first; none where the image's own is served."""
    if options.serves_image:
        return []
    return [
        {
            "name": "repository",
            "image": options.image,
            "command": ["sh", "-c", arguments.writing(options)],
            "env": [{"name": "HOME", "value": "/tmp"}],
            "resources": resources(options, gpus=False),
            "securityContext": locked(),
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, _REPOSITORY],
        }
    ]


def volumes(options: DeployOptions) -> list[Record]:
    """Describe what a server may write to: memory that processes share, and two folders that go with it."""
    shared = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": SHARED_MEMORY}}
    own = [] if options.serves_image else [{"name": "repository", "emptyDir": {}}]
    return [shared, {"name": "tmp", "emptyDir": {}}, *own]


def mounts(options: DeployOptions) -> list[Record]:
    """Say where the server finds its volumes."""
    places = {"shm": "/dev/shm", "tmp": "/tmp"}
    own = [] if options.serves_image else [{**_REPOSITORY, "readOnly": True}]
    return [*({"name": name, "mountPath": path} for name, path in places.items()), *own]


def secret(variable: str, name: str, *, optional: bool = False) -> Record:
    """Take an environment variable from the key token of a Secret."""
    source = {"name": name, "key": "token", **({"optional": True} if optional else {})}
    return {"name": variable, "valueFrom": {"secretKeyRef": source}}


def resources(options: DeployOptions, *, gpus: bool = True) -> Record:
    """Ask for as much as may be used: the engine runs a stream for each core that it sees."""
    known = {"cpu": str(options.cpus), "memory": options.memory}
    more = {"nvidia.com/gpu": str(options.gpus)} if gpus and options.gpus else {}
    return {"requests": {**known, **more}, "limits": {**known, **more}}


def locked() -> Record:
    """Let a container write nowhere but to its volumes, and gain no rights."""
    return {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


def unprivileged() -> Record:
    """Run a pod as a user that owns nothing on its node."""
    return {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        "fsGroup": USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def probe(state: str, failures: int) -> Record:
    """Ask Triton whether it is live or ready."""
    path = {"path": f"/v2/health/{state}", "port": "http"}
    return {
        "httpGet": path,
        "periodSeconds": _PROBE,
        "timeoutSeconds": 3,
        "failureThreshold": max(1, failures),
    }


_REPOSITORY: Record = {"name": "repository", "mountPath": "/repository"}
