"""Which models of a repository are ours: beside them may lie models of its owner's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tritonqa import __version__
from tritonqa.protocol import parameters
from tritonqa.triton.repository.schema import read_parameters

MODEL_PY = '''\
"""The model {name}, written by tritonqa {version}: its code is tritonqa.triton.models.{name}."""

import os
import sys

# The python backend of the pip runtime was built for numpy 1.26, which must be found before any other.
sys.path[:0] = filter(None, [os.environ.get("TRITONQA_STUB_PATH")])

from tritonqa.triton.models.{name} import TritonPythonModel  # noqa: E402

__all__ = ["TritonPythonModel"]
'''
_OURS = re.compile(
    r'"""The model \w+, written by tritonqa .*^from tritonqa\.triton\.models\.(\w+) import TritonPythonModel',
    re.DOTALL | re.MULTILINE,
)


def model_py(name: str) -> str:
    """Write the model.py whose code is that of our model of this name."""
    return MODEL_PY.format(name=name, version=__version__)


def own_models(repository: Path) -> Mapping[Path, str]:
    """Find the models on the python backend that we wrote: folder → which of our models its code is.

    Ours has our parameter in its configuration, and a newest version whose model.py begins with our mark.
    """
    found = {}
    for config in sorted(repository.glob("*/config.pbtxt")):
        if parameters.TRITONQA not in read_parameters(config):
            continue
        code = config.parent / str(max(versions(config.parent), default=0)) / "model.py"
        if code.is_file() and (ours := _OURS.match(code.read_text(encoding="utf-8", errors="replace"))):
            found[config.parent] = ours[1]
    return found


def versions(model: Path) -> list[int]:
    """List the numbers of a model's versions."""
    return [int(path.name) for path in model.iterdir() if path.name.isdecimal()]
