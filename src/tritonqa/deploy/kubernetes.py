"""Options → the objects of Kubernetes, a file each."""

from __future__ import annotations

from tritonqa.deploy.milvus import milvus
from tritonqa.deploy.options import DeployOptions
from tritonqa.deploy.pod import (
    Record,
    builders,
    container,
    ending,
    labels,
    metadata,
    unprivileged,
    volumes,
)

QUEUE = "tritonqa_queue_seconds_per_ask"


def kubernetes(options: DeployOptions) -> dict[str, list[Record]]:
    """Describe all objects, by the name of the file that holds them."""
    found = {
        "deployment": [deployment(options)],
        "service": [service(options), service(options, headless=True)],
        "scaling": [scaler(options), budget(options)],
        "network": [network(options)],
        "monitoring": [monitor(options)],
    }
    if options.web:
        from tritonqa.deploy.page import page

        found["web"] = page(options)
    if options.milvus:
        found["milvus"] = milvus(options)
    return found


def deployment(options: DeployOptions) -> Record:
    """Run the servers, one more before one less, on different machines where there are."""
    chosen = {"matchLabels": labels(options)}
    pod = {
        "securityContext": unprivileged(),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": ending(options),
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": chosen,
            }
        ],
        "initContainers": builders(options),
        "containers": [container(options)],
        "volumes": volumes(options),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(options),
        "spec": {
            "selector": chosen,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {
                "metadata": {"labels": labels(options)},
                "spec": {k: v for k, v in pod.items() if v != []},
            },
        },
    }


def service(options: DeployOptions, *, headless: bool = False) -> Record:
    """Name the servers: one address for all, or headless, an address each, for clients that balance."""
    ports = {"http": options.place.http_port, "grpc": options.place.grpc_port}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(options, "-servers" if headless else ""),
        "spec": {
            **({"clusterIP": "None"} if headless else {}),
            "selector": labels(options),
            "ports": [
                {"name": name, "port": port, "targetPort": name, "appProtocol": "kubernetes.io/h2c"}
                if name == "grpc"
                else {"name": name, "port": port, "targetPort": name}
                for name, port in ports.items()
            ],
        },
    }


def scaler(options: DeployOptions) -> Record:
    """Keep the mean time that asks wait below a bound; without that metric, cores from being full."""
    milliseconds = max(1, round(1000 * options.queue_seconds))
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(options),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": options.name},
            "minReplicas": options.replicas,
            "maxReplicas": options.most,
            "metrics": [
                {
                    "type": "Pods",
                    "pods": {
                        "metric": {"name": QUEUE},
                        "target": {"type": "AverageValue", "averageValue": f"{milliseconds}m"},
                    },
                },
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}},
                },
            ],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
        },
    }


def budget(options: DeployOptions) -> Record:
    """Let maintenance take one server at a time."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(options),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels(options)}},
    }


def network(options: DeployOptions) -> Record:
    """Let clients of this namespace in, and monitoring; let nothing out."""
    ports = [{"port": options.place.http_port}, {"port": options.place.grpc_port}]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(options),
        "spec": {
            "podSelector": {"matchLabels": labels(options)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [
                {"from": [{"podSelector": {}}], "ports": ports},
                {
                    "from": [
                        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
                    ],
                    "ports": [{"port": options.place.metrics_port}],
                },
            ],
            "egress": [],
        },
    }


def monitor(options: DeployOptions) -> Record:
    """Let the Prometheus operator scrape each server."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": metadata(options),
        "spec": {
            "selector": {"matchLabels": labels(options)},
            "podMetricsEndpoints": [{"port": "metrics", "path": "/metrics", "interval": "10s"}],
        },
    }


def adapter(options: DeployOptions) -> Record:
    """Values for the Helm chart of prometheus-adapter: the metric that the scaler looks at."""
    waited, begun = (
        f"sum(rate({name}{{<<.LabelMatchers>>}}[1m])) by (<<.GroupBy>>)"
        for name in ("tritonqa_queue_seconds", "tritonqa_asks_begun")
    )
    rule = {
        "seriesQuery": 'tritonqa_queue_seconds{namespace!="",pod!=""}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}},
        "name": {"as": QUEUE},
        "metricsQuery": f"{waited} / clamp_min({begun}, 0.001)",
    }
    return {"rules": {"custom": [rule]}}
