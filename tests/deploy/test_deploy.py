"""What is written is held to the schemas of Kubernetes, KServe, the Prometheus operator and Compose."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tritonqa.cli.main import cli
from tritonqa.deploy import DeployOptions, deploy
from tritonqa.deploy.arguments import ENTRYPOINT, MADE, builder
from tritonqa.deploy.options import TARGETS
from tritonqa.errors import InputError, OutputError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import Limits, LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.server.options import Serving

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
SCHEMAS = ROOT / "tests" / "data" / "deploy"
OTHER = Models(Limits(waiting=64), None, engine="openvino", warmup=(16, 32), cache=True)
PLAIN = DeployOptions()
FULL = DeployOptions(
    name="qa", namespace="answers", image="registry/qa:1", replicas=3, most=9, queue_seconds=0.25, cpus=4,
    memory="3Gi", gpus=1, web=True, web_name="qa.example", milvus=True, storage="1Ti", models=OTHER,
    serving=Serving(http_port=9000, grpc_port=9001, metrics_port=9002, drain_timeout=60, grace=7.5),
)  # fmt: skip


def objects(target: str, folder: Path, options: DeployOptions) -> list[dict[str, Any]]:
    paths = deploy(target, folder, options)
    return [each for path in paths if path.parent == folder for each in yaml.safe_load_all(path.read_text())]


def of_kind(kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    return next(each for each in found if each["kind"] == kind)


@pytest.mark.parametrize("version", ["1.30", "1.37"])
@pytest.mark.parametrize("options", [PLAIN, FULL], ids=["plain", "full"])
def test_kubernetes_knows_every_object(tmp_path: Path, options: DeployOptions, version: str) -> None:
    kubernetes = pytest.importorskip("kubernetes_validate")
    found = objects("kubernetes", tmp_path, options)
    for each in found:
        if each["kind"] != "PodMonitor":
            kubernetes.validate(each, version, strict=True)
    assert len(found) == (7 if options is PLAIN else 13)


def test_the_prometheus_operator_knows_the_monitor(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    monitor = of_kind("PodMonitor", objects("kubernetes", tmp_path, FULL))
    schema = json.loads((SCHEMAS / "podmonitor-0.80.1.json").read_text())
    jsonschema.validate(monitor, schema)
    assert set(monitor["spec"]["podMetricsEndpoints"][0]) <= set(
        schema["$defs"]["PodMetricsEndpoint"]["properties"]
    )


@pytest.mark.parametrize(
    "options", [PLAIN, replace(FULL, web=False, models=PLAIN.models)], ids=["plain", "full"]
)
def test_kserve_knows_every_object(tmp_path: Path, options: DeployOptions) -> None:
    kubernetes, jsonschema = pytest.importorskip("kubernetes_validate"), pytest.importorskip("jsonschema")
    from referencing import Registry, Resource

    of = Path(kubernetes.__file__).parent / "kubernetes-json-schema" / "v1.37.0-local-strict"
    core = Resource.from_contents(json.loads((of / "_definitions.json").read_text()))
    registry = Registry().with_resource("kubernetes.json", core)
    schema = json.loads((SCHEMAS / "kserve-0.21.0.json").read_text())
    found = objects("kserve", tmp_path, options)
    for kind in ("ServingRuntime", "InferenceService"):
        one = {**schema[kind], "$defs": schema["$defs"]}
        validator = jsonschema.Draft202012Validator(one, registry=registry)
        each = of_kind(kind, found)
        validator.validate(each)
        each["spec"]["typo"] = 1
        assert not validator.is_valid(each)
    service = of_kind("InferenceService", found)["spec"]["predictor"]["model"]
    assert service["protocolVersion"] == "v2" and service["runtime"] == options.name


@pytest.mark.parametrize(
    "options",
    [PLAIN, replace(FULL, replicas=2, most=10, memory="1500M", serving=replace(FULL.serving, grace=0.0))],
    ids=["plain", "full"],
)
def test_compose_knows_the_file(tmp_path: Path, options: DeployOptions) -> None:
    deploy("compose", tmp_path, options)
    text = (tmp_path / "compose.yaml").read_text()
    compose = pytest.importorskip("compose_spec")
    compose.PyCompose.from_yaml(text)
    services = yaml.safe_load(text)["services"]
    for service in services.values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")
        for volume in service.get("volumes", ()):
            if volume.startswith("./"):
                assert (tmp_path / volume.partition(":")[0]).exists()
    made = re.search(r"^RUN mkdir (.*) && chown 1000:1000 \1$", DOCKERFILE.read_text(), re.MULTILINE)
    for name in {"reader", "web"} & services.keys():
        service = services[name]
        assert service["cap_drop"] == ["ALL"] and service["read_only"] and service["user"] == "1000:1000"
        # the image's own check asks port 8000; a volume is of who owns its folder in the image
        assert any(port.split(":")[1] in service["healthcheck"]["test"][-1] for port in service["ports"])
        for volume in service.get("volumes", ()):
            assert made and volume.split(":")[1] in made[1].split()


def test_compose_writes_other_models_at_each_start(tmp_path: Path) -> None:
    options = replace(PLAIN, models=replace(OTHER, engine=None))
    deploy("compose", tmp_path, options)
    shell, flag, line, name = yaml.safe_load((tmp_path / "compose.yaml").read_text())["services"]["reader"][
        "entrypoint"
    ]
    words = shlex.split(line.replace("$$", "$"))
    assert [shell, flag, name] == ["sh", "-c", "sh"] and words[:4] == ["rm", "-rf", MADE, "&&"]
    assert words[4:] == [*builder(options), "&&", "exec", *ENTRYPOINT, "$@"]


def test_the_page_goes_by_the_names_of_its_service_and_ingress_and_its_token_goes_to_no_triton(
    tmp_path: Path,
) -> None:
    pages = [one for one in objects("kubernetes", tmp_path, FULL) if one["metadata"]["name"] == "qa-web"]
    (own,) = of_kind("Deployment", pages)["spec"]["template"]["spec"]["containers"]
    names = [word for before, word in pairwise(own["command"]) if before == "--name"]
    place = "qa-web.$(NAMESPACE)"
    assert names == ["qa-web", place, f"{place}.svc", f"{place}.svc.cluster.local", "qa.example"]
    known = {one["name"] for one in own["env"]}
    assert {"TRITONQA_WEB_TOKEN", "NAMESPACE", "TRITONQA_SEVERAL"} <= known and "TRITONQA_TOKEN" not in known
    deploy("compose", tmp_path, DeployOptions(web=True, web_name="qa.example"))
    page = yaml.safe_load((tmp_path / "compose.yaml").read_text())["services"]["web"]
    assert page["entrypoint"][-2:] == ["--name", "qa.example"]


def test_pods_are_locked_and_end_in_time(tmp_path: Path) -> None:
    spec = of_kind("Deployment", objects("kubernetes", tmp_path, FULL))["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] and spec["terminationGracePeriodSeconds"] > 60 + 8
    for container in (*spec["containers"], *spec["initContainers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    (server,) = spec["containers"]
    assert server["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", "8"]  # the grace, whole seconds
    assert {"name": "shm", "mountPath": "/dev/shm"} in server["volumeMounts"]
    assert "--exit-timeout-secs=60" in server["args"] and "--http-address=0.0.0.0" in server["args"]
    assert server["resources"]["limits"]["nvidia.com/gpu"] == "1"


def test_a_first_container_may_run_again(tmp_path: Path) -> None:
    pod = of_kind("Deployment", objects("kubernetes", tmp_path, FULL))["spec"]["template"]["spec"]
    (first,) = pod["initContainers"]
    assert first["command"][:2] == ["sh", "-c"]
    assert shlex.split(first["command"][2]) == ["rm", "-rf", MADE, "&&", *builder(FULL)]


def test_the_page_s_library_is_in_the_milvus_where_there_is_one(tmp_path: Path) -> None:
    text = "".join(path.read_text() for path in deploy("kubernetes", tmp_path, FULL))
    assert "milvus://qa-milvus:19530/qa" in text and "grpc://qa-servers:9001" in text


@pytest.mark.parametrize("target", TARGETS)
def test_no_secret_is_written(tmp_path: Path, target: str) -> None:
    deploy(target, tmp_path, PLAIN)
    text = "".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    assert "TRITONQA_ADMIN" in text and "kind: Secret" not in text
    assert not re.search(r"(?<!secretKeyRef:\n)^ *(token|password): *\S", text, re.MULTILINE)


def test_the_server_is_built_as_serve_builds_it(tmp_path: Path) -> None:
    models = replace(OTHER, logits=LogitsOptions(instances=2, max_batch_size=4))
    line = builder(replace(PLAIN, models=models))[1:]
    made = [str(tmp_path / "made") if word == MADE else word for word in line]
    result = CliRunner().invoke(cli, made, catch_exceptions=False)
    assert result.exit_code == 0
    build(find_bundle(PACKAGED), tmp_path / "built", models)
    for path in (tmp_path / "built").rglob("config.pbtxt"):
        assert path.read_text() == (tmp_path / "made" / path.relative_to(tmp_path / "built")).read_text()


@pytest.mark.parametrize("target", TARGETS)
def test_the_examples_are_what_the_command_writes(tmp_path: Path, target: str) -> None:
    written = deploy(target, tmp_path, PLAIN)
    example = ROOT / "deploy" / target
    assert {path.relative_to(tmp_path) for path in written} == {
        path.relative_to(example) for path in example.rglob("*.*") if path.is_file()
    }
    for path in written:
        assert path.read_text() == (example / path.relative_to(tmp_path)).read_text(), path


def test_what_was_written_earlier_is_replaced_and_other_files_are_not(tmp_path: Path) -> None:
    deploy("kubernetes", tmp_path, FULL)
    deploy("kubernetes", tmp_path, PLAIN)
    assert not (tmp_path / "web.yaml").exists()
    (tmp_path / "old.yaml").write_bytes(b"name: caf\xe9\n")
    deploy("compose", tmp_path, PLAIN)
    assert (tmp_path / "service.yaml").exists() and (tmp_path / "compose.yaml").exists()
    (tmp_path / "service.yaml").write_text("kind: Mine\n")
    with pytest.raises(OutputError, match="service.yaml is not of `tritonqa deploy`"):
        deploy("kubernetes", tmp_path, FULL)
    assert (tmp_path / "service.yaml").read_text() == "kind: Mine\n" and not (tmp_path / "web.yaml").exists()


@pytest.mark.parametrize(
    ("target", "arguments", "message"),
    [
        ("kubernetes", ["--name", "Q A"], "--name must be small letters"),
        ("kubernetes", ["--memory", "much"], "--memory must be a size such as 2Gi"),
        (
            "kubernetes",
            ["--replicas", "5", "--max-replicas", "2"],
            "--max-replicas must be at least replicas",
        ),
        ("kubernetes", ["--queue-seconds", "0"], "queue-seconds must be seconds above 0"),
        ("kserve", ["--cache"], "KServe serves the image's own repository"),
        ("kserve", ["--web"], "web needs the Service of kubernetes"),
        ("compose", ["--replicas", "3"], "replicas are for kubernetes and kserve"),
        ("compose", ["--grace", "5"], "grace is for kubernetes and kserve"),
        ("compose", [str(ROOT)], "is on this machine alone"),
    ],
)
def test_what_can_not_be_deployed_is_said(
    tmp_path: Path, target: str, arguments: list[str], message: str
) -> None:
    result = CliRunner().invoke(cli, ["deploy", target, str(tmp_path / "d"), *arguments])
    assert isinstance(result.exception, InputError) and message in str(result.exception)
    assert not (tmp_path / "d").exists()
