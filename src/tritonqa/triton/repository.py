"""A bundle → Triton's model repository, all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from tritonqa import __version__
from tritonqa.bundle import Bundle
from tritonqa.errors import BundleError
from tritonqa.reader.remote import MODEL, PROTOCOL
from tritonqa.spans import Decoding
from tritonqa.triton.config import ModelConfig, Port, to_pbtxt

MODEL_PY = '''\
"""The model {name}, written by tritonqa {version}: its code is tritonqa.triton.models.{name}."""

import os
import sys

# The python backend of the pip runtime was built for numpy 1.26, which must be found before any other.
sys.path[:0] = filter(None, [os.environ.get("TRITONQA_STUB_PATH")])

from tritonqa.triton.models.{name} import TritonPythonModel  # noqa: E402

__all__ = ["TritonPythonModel"]
'''


def reader_config(bundle: Bundle) -> ModelConfig:
    """Describe the model reader."""
    decoding = Decoding(max_answer_tokens=bundle.manifest.max_answer_tokens)
    return ModelConfig(
        name=MODEL,
        backend="python",
        input=(
            Port("question", "TYPE_STRING", (1,)),
            Port("passages", "TYPE_STRING", (-1,)),
            Port("options", "TYPE_STRING", (1,), optional=True),
        ),
        output=(
            Port("answers", "TYPE_STRING", (1,)),
            Port("text", "TYPE_STRING", (-1,)),
            Port("score", "TYPE_FP32", (-1,)),
            Port("start", "TYPE_INT32", (-1,)),
            Port("end", "TYPE_INT32", (-1,)),
            Port("passage", "TYPE_INT32", (-1,)),
            Port("no_answer", "TYPE_FP32", (1,)),
            Port("calibrated", "TYPE_BOOL", (1,)),
            Port("question_cut", "TYPE_BOOL", (1,)),
        ),
        parameters={
            "tritonqa": PROTOCOL,
            "tritonqa_version": __version__,
            "bundle": f"{bundle.manifest.name} {bundle.manifest.version}",
            "decoding": json.dumps(asdict(decoding)),
        },
    )


def build(bundle: Bundle, repository: Path, version: int = 1) -> None:
    """Write the repository's models; raises BundleError when the folder exists or the disk refuses."""
    if repository.exists():
        raise BundleError(f"{repository} exists already; choose another folder or remove it first")
    try:
        repository.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{repository.name}-", dir=repository.parent) as name:
            staged = Path(name) / repository.name
            _write_model(staged / MODEL, reader_config(bundle), bundle, version)
            staged.rename(repository)
    except OSError as error:
        raise BundleError(f"{repository} could not be written: {error.strerror or error}") from error


def _write_model(folder: Path, config: ModelConfig, bundle: Bundle, version: int) -> None:
    place = folder / str(version)
    place.mkdir(parents=True)
    (folder / "config.pbtxt").write_text(to_pbtxt(config), encoding="utf-8")
    (place / "model.py").write_text(MODEL_PY.format(name=config.name, version=__version__), encoding="utf-8")
    shutil.copytree(bundle.folder, place / "bundle", copy_function=_link)


def _link(source: str, target: str) -> None:
    """Hard-link where the file system can, for weights are large and never changed; copy elsewhere."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
