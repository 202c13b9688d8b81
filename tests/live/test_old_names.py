"""A repository as tritonqa 0.1 wrote it, its model of logits named encoder, is served and asked as ever."""

from __future__ import annotations

from pathlib import Path

from tests.support.serving import PASSAGE, QUESTION
from tritonqa import Reader
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server


def test_the_old_name_of_logits_is_served_and_found(runtime: Runtime, tmp_path: Path) -> None:
    models = Models(logits=LogitsOptions(rate_limit=1), engine="toy", warmup=())
    build(find_bundle(PACKAGED), tmp_path / "r", models)
    with_old_name(tmp_path / "r")
    ports = Serving(http_port=0, grpc_port=0, metrics_port=0)
    with Server.start(runtime, tmp_path / "r", ports) as server:
        with (
            Reader.load(str(server.http)) as reader,
            Reader.load(engine=str(server.grpc)) as remote,
        ):
            found = [asked.ask(QUESTION, PASSAGE, no_answer_threshold=1.0)[0] for asked in (reader, remote)]
        assert found[0].text == found[1].text
        assert {model["name"] for model in server.admin.models()} == {"reader", "encoder"}


def with_old_name(repository: Path) -> None:
    (repository / "logits").rename(repository / "encoder")
    for file in (repository / "encoder" / "config.pbtxt", repository / "encoder" / "1" / "model.py"):
        text = file.read_text(encoding="utf-8")
        old = text.replace('"logits"', '"encoder"').replace("models.logits", "models.encoder")
        file.write_text(old, encoding="utf-8")
