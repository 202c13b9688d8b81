from __future__ import annotations

from pathlib import Path

import tritonqa
from tritonqa.export import ExportOptions, export


def test_a_graph_names_no_folder_of_the_machine(bert: Path, asks: Path, tmp_path: Path) -> None:
    bundle = export(bert, tmp_path / "bundle", ExportOptions(asks=asks))
    written = bundle.path("onnx/model.onnx").read_bytes()
    assert str(Path(tritonqa.__file__).parent.parent).encode() not in written
    assert b"site-packages" not in written
