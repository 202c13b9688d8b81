"""A checkpoint that `tritonqa export --triton` made a repository of, served by a real Triton."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support import checkpoints
from tests.support.serving import command, same, served
from tritonqa import Reader
from tritonqa.datasets import load_squad
from tritonqa.triton.runtime.layout import Runtime


def test_answers_are_those_of_the_bundle_in_process(runtime: Runtime, data: Path, tmp_path: Path) -> None:
    checkpoint = checkpoints.make("roberta", tmp_path / "checkpoint")  # no token types, two separators
    bundle, repository = str(tmp_path / "bundle"), str(tmp_path / "repository")
    asks = str(data / "squad-heldout-sample.json.gz")
    done = subprocess.run(
        command("export", str(checkpoint), "-o", bundle, "--asks", asks, "--triton", repository),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    examples = load_squad(Path(asks)).examples[:20]
    with (
        served(tmp_path / "state", "--repository", repository) as place,
        Reader.load(bundle) as ours,
        Reader.load(place.grpc) as grpc,
        Reader.load(place.http) as http,
        Reader.load(bundle, engine=place.grpc) as split,
    ):
        for example in examples:
            asked = (example.question, example.context)
            known = ours.ask(*asked, top_k=2)
            assert known
            for reader in (grpc, http, split):
                same(known, reader.ask(*asked, top_k=2))
