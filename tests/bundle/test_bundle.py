from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tritonqa import Reader
from tritonqa.bundle import Manifest, commit, read, staged
from tritonqa.errors import BundleError
from tritonqa.reader.find import PACKAGED, find_bundle


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_bundle(PACKAGED).folder, tmp_path / "bundle"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def change(folder: Path, **values: object) -> None:
    path = folder / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def write(folder: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Copy files, name in the bundle → where it is now, to a new bundle."""
    with staged(folder) as stage:
        for name, source in files.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, stage / name)
        commit(stage, folder, manifest)


def test_written_and_read_again(tmp_path: Path) -> None:
    bundle = find_bundle(PACKAGED)
    names = ["tokenizer.json", "config.json", *(f.file for f in bundle.manifest.formats)]
    write(tmp_path / "new", bundle.manifest, {name: bundle.path(name) for name in names})
    assert read(tmp_path / "new").manifest == bundle.manifest
    with pytest.raises(BundleError, match="exists already"):
        write(tmp_path / "new", bundle.manifest, {})
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        write(tmp_path / "new", find_bundle(PACKAGED).manifest, {"tokenizer.json": tmp_path / "absent"})
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_write_that_the_disk_refuses_leaves_nothing(tmp_path: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from tests.bundle.test_bundle import write
from tritonqa.errors import BundleError
from tritonqa.reader.find import PACKAGED, find_bundle

bundle = find_bundle(PACKAGED)
names = ["tokenizer.json", "config.json", *(f.file for f in bundle.manifest.formats)]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))
try:
    write(Path(sys.argv[1]), bundle.manifest, {name: bundle.path(name) for name in names})
except BundleError as error:
    print(error)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "new")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout == f"{tmp_path / 'new'} could not be written: File too large\n", done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "bundle.json").unlink(), "holds no bundle.json"),
        (lambda f: (f / "bundle.json").write_text("{"), "bundle.json is damaged"),
        (lambda f: change(f, format=99), "newer than 1; upgrade"),
        (lambda f: change(f, formats=None), "field formats is missing"),
        (lambda f: change(f, windowing={"stride": "x"}), "field windowing is not valid"),
        (lambda f: (f / "bundle.json").write_text("[" * 100_000), "bundle.json is damaged"),
        (lambda f: change(f, formats=3), "field formats is not valid"),
        (lambda f: change(f, formats=[3]), "field formats is not valid"),
        (lambda f: change(f, formats=[{"file": 3}]), "field formats is not valid: file is 3"),
        (lambda f: change(f, decoding="x"), "field decoding is not valid"),
        (lambda f: change(f, decoding={"max_answer_tokens": "x"}), "max_answer_tokens is no number"),
        (lambda f: change(f, calibration={"answerable_slope": "x"}), "field calibration is not valid"),
        (lambda f: (f / "onnx/model.int8.onnx").write_bytes(b"x"), "model.int8.onnx is damaged: 1 bytes"),
        (lambda f: flip(f / "onnx/model.int8.onnx"), "model.int8.onnx is damaged: its sha256 differs"),
        (lambda f: (f / "onnx/model.int8.onnx").unlink(), "model.int8.onnx is missing"),
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json is missing"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "tokenizer.json is damaged"),
        (lambda f: (f / "tokenizer.json").write_bytes(b"\xff"), "tokenizer.json is damaged"),
        (
            lambda f: change(
                f, formats=[{"file": "../x", "kind": "onnx", "precision": "int8", "size": 1, "sha256": ""}]
            ),
            "leaves the folder",
        ),
    ],
)
def test_a_bad_bundle_says_what_is_wrong(copy: Path, damage: object, message: str) -> None:
    damage(copy)  # type: ignore[operator]
    with pytest.raises(BundleError, match=message):
        Reader.load(str(copy))


@pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")
def test_the_tokenizer_of_a_folder_whose_name_is_not_utf8_is_read(copy: Path) -> None:
    odd = copy.rename(copy.with_name("bundle\udcff"))
    assert read(odd).tokenizer().get_vocab_size() > 0
