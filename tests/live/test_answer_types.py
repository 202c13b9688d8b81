"""A reader of Natural Questions on a real Triton: its third output over both protocols, asks as ever."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support import checkpoints
from tests.support.serving import FREE
from tritonqa import Reader
from tritonqa.client import Address
from tritonqa.engine import Engine
from tritonqa.engine.answer_types import answer_type_logits
from tritonqa.engine.backends.remote import TritonEngine
from tritonqa.export import ExportOptions, export
from tritonqa.features import Template, TextTokenizer, prepare
from tritonqa.reader.find import find_bundle
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.server import Server

ASK = Ask.of("who keeps it", ["Ada keeps the light. " * n for n in (1, 1, 5)])


def test_types_are_the_same_as_in_process(runtime: Runtime, bert: Path, asks: Path, tmp_path: Path) -> None:
    source = checkpoints.with_answer_types(bert, tmp_path / "checkpoint")
    bundle = export(source, tmp_path / "bundle", ExportOptions(asks=asks))
    tokenizer = bundle.tokenizer()
    windows = prepare(
        ASK, TextTokenizer(tokenizer), Template.of(tokenizer), bundle.manifest.windowing
    ).windows
    build(find_bundle(str(bundle.folder)), tmp_path / "repository", Models(logits=LogitsOptions()))
    local = load_in_process(str(bundle.folder))
    with Server.start(runtime, tmp_path / "repository", FREE) as server:
        for place in (server.grpc, server.http):
            remote: Engine = TritonEngine(Address.parse(str(place)))
            for ours, theirs in zip(remote.run(windows), local.flow.engine.run(windows), strict=True):
                assert answer_type_logits(ours) is not None
                np.testing.assert_allclose(ours, theirs, atol=1e-3)
            remote.close()
            with Reader.load(str(place)) as served:
                answers = served.ask(ASK.question, ASK.passages, no_answer_threshold=1.0)
            here = local.start(ASK, local.decoding.changed(no_answer_threshold=1.0)).result()
            assert [(a.start, a.text) for a in answers] == [(a.start, a.text) for a in here]
            assert answers.no_answer == pytest.approx(here.no_answer, abs=1e-3)
    local.close()
