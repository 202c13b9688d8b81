"""A reader that is pickled or copied is loaded again by its name, or says why it can't be."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.wait import PATIENCE
from tritonqa import AsyncReader, Decoding, Library, Reader, pipeline
from tritonqa.client import Connection
from tritonqa.errors import InputError
from tritonqa.integrations.transformers import QuestionAnsweringPipeline
from tritonqa.reader.find import find_bundle

ASK = ("Who wrote it?", "Ada Lovelace wrote it.")


@pytest.mark.parametrize("again", [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy, copy.copy])
def test_loaded_again_by_name(again: Any) -> None:
    with (
        Reader.load(engine="toy", decoding=Decoding(no_answer_threshold=1.0)) as reader,
        again(reader) as other,
    ):
        assert other.backend is not reader.backend
        assert other.ask(*ASK) == reader.ask(*ASK) and len(other.ask(*ASK)) == 1


def test_the_async_reader_too() -> None:
    async def ask() -> str:
        async with AsyncReader.load(engine="toy") as reader, pickle.loads(pickle.dumps(reader)) as other:
            found = await other.ask(*ASK, no_answer_threshold=1.0)
            return str(found[0].text)

    assert asyncio.run(ask()) in ASK[1]


def test_the_pipeline_too() -> None:
    with pipeline(engine="toy", top_k=2, handle_impossible_answer=True) as answer:
        with pickle.loads(pickle.dumps(answer)) as other:
            assert isinstance(other, QuestionAnsweringPipeline)
            assert other(*ASK) == answer(*ASK) and len(other(*ASK)) == 2


def test_a_folder_is_found_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(find_bundle("tritonqa-minilm").folder, tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    with Reader.load("mine", engine="toy") as reader:
        pickled = pickle.dumps(reader)
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).ask('Who?', 'Ada did.').question)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickled, cwd="/", capture_output=True, check=False
    )
    assert done.stdout.strip() == b"Who?", done.stderr


def test_a_library_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ada Lovelace wrote it.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Grace Hopper wrote it.", encoding="utf-8")
    with Reader.load(engine="toy") as reader, Library(tmp_path / "library", reader) as library:
        library.add(tmp_path / "a.txt", vectors=False)
        library.add(tmp_path / "b.txt", vectors=False)
        narrow = pickle.loads(pickle.dumps(library.within("a.txt")))
        found = narrow.ask("Who wrote it?", no_answer_threshold=1.0)
        assert Path(found[0].document).name == "a.txt"
        assert len(copy.deepcopy(library).files()) == 2


def test_what_was_given_open_says_so(toy: Reader) -> None:
    for one in (toy, AsyncReader(toy.backend), QuestionAnsweringPipeline(toy.backend, pipeline_options())):  # type: ignore[arg-type]
        with pytest.raises(InputError, match="can't be pickled or copied; load it where it is used, by name"):
            pickle.dumps(one)


def test_secrets_are_not_written(toy: Reader, tmp_path: Path) -> None:
    connection = Connection(headers={"authorization": "Bearer hidden"})
    toy._loaded = ("grpc://host", {"connection": connection})
    with pytest.raises(InputError, match="headers, which may be secret .* TRITONQA_TOKEN"):
        copy.deepcopy(toy)
    toy._loaded = ("owner/name", {"token": "hidden"})
    with pytest.raises(InputError, match="holds a token, and secrets are not pickled"):
        pickle.dumps(toy)
    from tritonqa.library.parse import ParseOptions

    with pytest.raises(InputError, match="passwords"):
        pickle.dumps(Library(tmp_path, toy, options=ParseOptions(passwords=("hidden",))))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_pool_of_processes_takes_a_reader() -> None:
    code = (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from functools import partial\n"
        "from tritonqa import Reader\n"
        "def asked(reader, text): return reader.ask('Who?', text, no_answer_threshold=1)[0].text in text\n"
        "if __name__ == '__main__':\n"
        "    reader = Reader.load(engine='toy')\n"
        "    with ProcessPoolExecutor(1, get_context('spawn')) as pool:\n"
        "        print(list(pool.map(partial(asked, reader), ['Ada did.'])))\n"
    )
    file = Path(os.environ.get("TMPDIR", "/tmp")) / f"tritonqa-pool-{os.getpid()}.py"
    file.write_text(code)
    try:
        done = subprocess.run(
            [sys.executable, file], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    finally:
        file.unlink()
    assert done.stdout == "[True]\n", done.stderr


def pipeline_options() -> Any:
    from tritonqa.integrations.transformers import Options

    return Options()
