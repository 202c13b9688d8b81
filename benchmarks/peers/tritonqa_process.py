"""tritonqa in process, in fp32 as the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tritonqa import Reader
from tritonqa.export import ExportOptions, export

AT_ONCE = 16


def bundle(folder: Path) -> Path:
    """Return where the exported checkpoint is, for both peers that read it."""
    return folder.parent / "tritonqa-bundle"


def prepare(checkpoint: Path, folder: Path) -> None:
    """Export the checkpoint."""
    if not bundle(folder).exists():
        export(checkpoint, bundle(folder), ExportOptions(("onnx",), compared=20))


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Load it."""
    with Reader.load(str(bundle(folder))) as reader:
        yield lambda question, context: reader.ask(question, context, no_answer_threshold=1.0)[0].text
