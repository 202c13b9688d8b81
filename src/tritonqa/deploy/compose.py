"""Options → a Compose file for one machine: the server, Prometheus, Grafana; the page, Milvus."""

from __future__ import annotations

import shlex
from typing import Any

from tritonqa.deploy import arguments, milvus
from tritonqa.deploy.options import DeployOptions
from tritonqa.deploy.pod import SHARED_MEMORY, USER, Record, ending
from tritonqa.errors import InputError

_PROMETHEUS, _GRAFANA = "prom/prometheus:v3.5.0", "grafana/grafana:12.1.0"


def compose(options: DeployOptions) -> dict[str, list[Record]]:
    """Describe the services and what Prometheus scrapes, by the name of the file that holds them.

    Raises InputError for what a single machine has not: several servers, and who sends asks elsewhere.
    """
    if (options.replicas, options.most) != (DeployOptions().replicas, DeployOptions().most):
        raise InputError(
            "replicas are for kubernetes and kserve: on one machine one server has all cores", "replicas"
        )
    if options.serving.grace:
        raise InputError(
            "grace is for kubernetes and kserve: on one machine asks go nowhere else meanwhile",
            "grace",
        )
    services = {"reader": reader(options), "prometheus": _prometheus(), "grafana": _grafana()}
    if options.web:
        services["web"] = _web(options)
    if options.milvus:
        services["milvus"] = _milvus()
    volumes: Record = {} if options.serves_image else {"repository": {}}
    volumes |= {"library": {}} if options.web else {}
    volumes |= {"milvus": {}} if options.milvus else {}
    record = {"name": options.name, "services": services, **({"volumes": volumes} if volumes else {})}
    return {"compose": [record], "prometheus": [_scraped(options)]}


def reader(options: DeployOptions) -> Record:
    """Describe the server, reachable from this machine alone."""
    place = options.place
    gpus = {"driver": "nvidia", "count": options.gpus, "capabilities": ["gpu"]}
    limits = {"cpus": str(options.cpus), "memory": _bytes(options.memory)}
    wanted: Record = {"limits": limits} | ({"reservations": {"devices": [gpus]}} if options.gpus else {})
    return {
        "image": options.image,
        **_built(options),
        "command": arguments.server(options),
        "init": True,
        **_locked(),
        "environment": {"HOME": "/tmp", "TRITONQA_ADMIN": "${TRITONQA_ADMIN:-}"},
        "ports": [
            f"127.0.0.1:{port}:{port}" for port in (place.http_port, place.grpc_port, place.metrics_port)
        ],
        "shm_size": _bytes(SHARED_MEMORY),
        "stop_grace_period": f"{ending(options)}s",
        "deploy": {"resources": wanted},
        "healthcheck": _health(
            f"{place.http_port}/v2/health/ready", start_period=f"{int(options.serving.start_timeout)}s"
        ),
    }


def _built(options: DeployOptions) -> Record:
    """Write a repository other than the image's own at each start, so that it is of these options."""
    if options.serves_image:
        return {}
    line = f'{arguments.writing(options)} && exec {shlex.join(arguments.ENTRYPOINT)} "$@"'
    return {
        "entrypoint": ["sh", "-c", line.replace("$", "$$"), "sh"],
        "volumes": ["repository:/repository"],
    }


def _web(options: DeployOptions) -> Record:
    from tritonqa.deploy.page import ENVIRONMENT, PLACE, PORT, command

    library = milvus.library(options, "milvus") if options.milvus else None
    names = [] if options.web_name is None else [options.web_name]
    return {
        "image": options.image,
        "entrypoint": command(f"grpc://reader:{options.place.grpc_port}", library, names),
        **_locked(),
        "environment": {**ENVIRONMENT, "TRITONQA_WEB_TOKEN": "${TRITONQA_WEB_TOKEN:?give callers a token}"},
        "ports": [f"127.0.0.1:{PORT}:{PORT}"],
        "volumes": [f"library:{PLACE}"],
        "healthcheck": _health(f"{PORT}/healthz", start_period="60s"),  # the image's own asks for a Triton
        "depends_on": {"reader": {"condition": "service_healthy"}},
    }


def _milvus() -> Record:
    return {
        "image": milvus.IMAGE,
        "command": milvus.COMMAND,
        "environment": milvus.ENVIRONMENT,
        "volumes": [f"milvus:{milvus.PLACE}"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "restart": "unless-stopped",
    }


def _prometheus() -> Record:
    return {
        "image": _PROMETHEUS,
        "ports": ["127.0.0.1:9090:9090"],
        "volumes": ["./prometheus.yaml:/etc/prometheus/prometheus.yml:ro"],
        "depends_on": ["reader"],
        "restart": "unless-stopped",
    }


def _grafana() -> Record:
    return {
        "image": _GRAFANA,
        "ports": ["127.0.0.1:3000:3000"],
        "environment": {"GF_ANALYTICS_REPORTING_ENABLED": "false", "GF_ANALYTICS_CHECK_FOR_UPDATES": "false"},
        "volumes": [
            "./grafana/provisioning:/etc/grafana/provisioning:ro",
            "./grafana/dashboards:/var/lib/grafana/dashboards:ro",
        ],
        "depends_on": ["prometheus"],
        "restart": "unless-stopped",
    }


def _scraped(options: DeployOptions) -> Record:
    target = f"reader:{options.place.metrics_port}"
    return {
        "global": {"scrape_interval": "5s"},
        "scrape_configs": [{"job_name": "tritonqa", "static_configs": [{"targets": [target]}]}],
    }


def _health(place: str, start_period: str) -> Record:
    ask = ["CMD", "curl", "--fail", "--silent", f"http://127.0.0.1:{place}"]
    return {"test": ask, "interval": "10s", "timeout": "3s", "start_period": start_period}


def _locked() -> dict[str, Any]:
    return {
        "user": f"{USER}:{USER}",
        "read_only": True,
        "tmpfs": ["/tmp"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "restart": "unless-stopped",
    }


def _bytes(quantity: str) -> str:
    """Write Kubernetes' 2Gi as Compose's 2g; powers of ten become plain bytes."""
    units = {"Ki": "k", "Mi": "m", "Gi": "g", "": "b"}
    number = quantity.rstrip("EPTGMKi")
    unit = quantity[len(number) :]
    if unit in units and number.isdigit():
        return f"{number}{units[unit]}"
    powers = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
    powers |= {"Ti": 2**40, "P": 10**15, "Pi": 2**50, "E": 10**18, "Ei": 2**60}
    return f"{int(float(number) * powers[unit])}b"
