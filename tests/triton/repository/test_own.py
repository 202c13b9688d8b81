"""What is ours in a repository, beside models of its owner's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.errors import BundleError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.repository.own import own_models
from tritonqa.triton.repository.write import build, next_version

CONFIG = 'name: "theirs"\nbackend: "python"\nmax_batch_size: 0\n'
CODE = "class TritonPythonModel: ...\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    build(find_bundle(PACKAGED), folder, Models(logits=LogitsOptions()))
    return folder


def theirs(repository: Path, config: str = CONFIG, code: str = CODE, version: str = "7") -> Path:
    place = repository / "theirs" / version
    place.mkdir(parents=True)
    (place / "model.py").write_text(code, encoding="utf-8")
    (place.parent / "config.pbtxt").write_text(config, encoding="utf-8")
    return place.parent


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("config", "code"),
    [
        (CONFIG, CODE),
        ("no configuration {", CODE),
        (CONFIG, "from tritonqa.triton.models.reader import TritonPythonModel\n"),
        ("ours", "from tritonqa.triton.models.reader import TritonPythonModel as Ours\n" + CODE),
        (CONFIG, "ours"),
    ],
    ids=["plain", "unreadable", "imports ours", "our configuration", "our code"],
)
def test_an_update_leaves_models_of_others_alone(repository: Path, config: str, code: str) -> None:
    reader = repository / "reader"
    ours = {"config": reader / "config.pbtxt", "code": reader / "1" / "model.py"}
    given = [
        ours[kind].read_text() if text == "ours" else text
        for kind, text in zip(ours, (config, code), strict=True)
    ]
    place = theirs(repository, *given)
    before = content(place)
    assert [path.name for path in own_models(repository)] == ["logits", "reader"]
    with next_version(find_bundle(PACKAGED), repository) as version:
        assert version == 2  # whatever numbers theirs has
    assert content(place) == before
    assert (reader / "2" / "model.py").read_bytes() == (reader / "1" / "model.py").read_bytes()


def test_a_model_of_ours_that_was_renamed_is_ours_still(repository: Path) -> None:
    (repository / "reader").rename(repository / "reader_de")
    with next_version(find_bundle(PACKAGED), repository):
        pass
    code = (repository / "reader_de" / "2" / "model.py").read_text()
    assert "from tritonqa.triton.models.reader import" in code


def test_a_repository_without_models_of_ours_is_none_of_ours(tmp_path: Path) -> None:
    place = theirs(tmp_path / "repository", version="1")
    before = content(place)
    with pytest.raises(BundleError, match="is no repository of tritonqa's"):
        next_version(find_bundle(PACKAGED), tmp_path / "repository").__enter__()
    assert content(place) == before
