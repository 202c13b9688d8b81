"""Milvus in one pod: its own etcd inside, its data on one disk."""

from __future__ import annotations

from tritonqa.deploy.options import DeployOptions
from tritonqa.deploy.pod import Record, labels, metadata

IMAGE = "milvusdb/milvus:v2.6.4"
COMMAND = ["milvus", "run", "standalone"]
ENVIRONMENT = {
    "ETCD_USE_EMBED": "true",
    "ETCD_DATA_DIR": "/var/lib/milvus/etcd",
    "COMMON_STORAGETYPE": "local",
    "DEPLOY_MODE": "STANDALONE",
}
PORT, HEALTH_PORT = 19_530, 9_091
PLACE = "/var/lib/milvus"


def library(options: DeployOptions, host: str) -> str:
    """Return the address of the library in it."""
    return f"milvus://{host}:{PORT}/{options.name.replace('-', '_')}"


def milvus(options: DeployOptions) -> list[Record]:
    """Describe the pod, its disk and its name in the cluster."""
    health = {"httpGet": {"path": "/healthz", "port": HEALTH_PORT}, "periodSeconds": 10, "timeoutSeconds": 5}
    own = {
        "name": "milvus",
        "image": IMAGE,
        "command": COMMAND,
        "env": [{"name": name, "value": value} for name, value in ENVIRONMENT.items()],
        "ports": [{"name": "grpc", "containerPort": PORT}],
        "resources": {"requests": {"cpu": "1", "memory": "4Gi"}, "limits": {"memory": "8Gi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "data", "mountPath": PLACE}],
        "startupProbe": {**health, "failureThreshold": 30},
        "readinessProbe": health,
        "livenessProbe": {**health, "failureThreshold": 6},
    }
    return [_service(options), _set(options, own), _network(options)]


def _service(options: DeployOptions) -> Record:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(options, "-milvus", "milvus"),
        "spec": {
            "selector": labels(options, "milvus"),
            "ports": [{"name": "grpc", "port": PORT, "targetPort": "grpc"}],
        },
    }


def _set(options: DeployOptions, own: Record) -> Record:
    chosen = labels(options, "milvus")
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": options.storage}}}
    pod = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [own],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata(options, "-milvus", "milvus"),
        "spec": {
            "replicas": 1,
            "serviceName": f"{options.name}-milvus",
            "selector": {"matchLabels": chosen},
            "template": {"metadata": {"labels": chosen}, "spec": pod},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
        },
    }


def _network(options: DeployOptions) -> Record:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(options, "-milvus", "milvus"),
        "spec": {
            "podSelector": {"matchLabels": labels(options, "milvus")},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": PORT}]}],
            "egress": [],
        },
    }
