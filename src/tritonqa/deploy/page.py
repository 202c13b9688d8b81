"""The page's deployment: `tritonqa web` over a library on a disk of its own, its reader the servers."""

from __future__ import annotations

from collections.abc import Sequence

from tritonqa.deploy import milvus
from tritonqa.deploy.options import DeployOptions
from tritonqa.deploy.pod import Record, labels, locked, metadata, secret, unprivileged
from tritonqa.web.options import WebOptions

PORT = WebOptions().port
PLACE = "/library"
ENVIRONMENT = {"HOME": "/tmp", "XDG_DATA_HOME": PLACE}  # what is uploaded stays on the disk


def command(reader: str, library: str | None = None, names: Sequence[str] = ()) -> list[str]:
    """Return the command that serves the page over a library at an address, or in a folder on its disk."""
    where = ["--host", "0.0.0.0", "--port", str(PORT), *(part for name in names for part in ("--name", name))]
    return ["tritonqa", "web", "--library", library or f"{PLACE}/index", "--reader", reader, *where]


def page(options: DeployOptions) -> list[Record]:
    """Describe the page, its disk and its name. One runs: a library has one writer."""
    reader = f"grpc://{options.name}-servers:{options.place.grpc_port}"
    library = milvus.library(options, f"{options.name}-milvus") if options.milvus else None
    health = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 5, "timeoutSeconds": 3}
    own = {
        "name": "web",
        "image": options.image,
        "command": command(reader, library, _names(options)),
        "ports": [{"name": "http", "containerPort": PORT}],
        "env": [
            *({"name": name, "value": value} for name, value in ENVIRONMENT.items()),
            {"name": "TRITONQA_SEVERAL", "value": "1"},  # servers may join the first
            {"name": "NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
            secret("TRITONQA_WEB_TOKEN", f"{options.name}-web"),
        ],
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        "securityContext": locked(),
        "volumeMounts": [{"name": "library", "mountPath": PLACE}, {"name": "tmp", "mountPath": "/tmp"}],
        "startupProbe": {**health, "failureThreshold": 60},
        "readinessProbe": health,
        "livenessProbe": {**health, "failureThreshold": 6},
    }
    claim = {"persistentVolumeClaim": {"claimName": f"{options.name}-library"}}
    pod = {
        "securityContext": unprivileged(),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "containers": [own],
        "volumes": [{"name": "library", **claim}, {"name": "tmp", "emptyDir": {}}],
    }
    return [_claim(options), _deployment(options, pod), _service(options)]


def _names(options: DeployOptions) -> list[str]:
    """Return the names of the page's Service, as short and as long as one may write them, and web_name."""
    place = f"{options.name}-web.$(NAMESPACE)"
    own = [f"{options.name}-web", place, f"{place}.svc", f"{place}.svc.cluster.local"]
    return own if options.web_name is None else [*own, options.web_name]


def _claim(options: DeployOptions) -> Record:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(options, "-library", "web"),
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": options.storage}}},
    }


def _deployment(options: DeployOptions, pod: Record) -> Record:
    chosen = labels(options, "web")
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(options, "-web", "web"),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": chosen},
            "strategy": {"type": "Recreate"},
            "template": {"metadata": {"labels": chosen}, "spec": pod},
        },
    }


def _service(options: DeployOptions) -> Record:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(options, "-web", "web"),
        "spec": {
            "selector": labels(options, "web"),
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    }
