"""A checkpoint's folder → a verified bundle."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from tritonqa.bundle import Bundle, Manifest, commit, read, staged
from tritonqa.bundle.manifest import CONFIG, TOKENIZER
from tritonqa.errors import MissingExtra
from tritonqa.export.checkpoint import open_checkpoint
from tritonqa.export.options import ExportOptions, Report, silent

_LIBRARIES = ("torch", "transformers", "safetensors", "onnx", "onnxscript")


def export(
    source: Path, folder: Path, options: ExportOptions | None = None, report: Report = silent
) -> Bundle:
    """Export a checkpoint's folder to a new bundle, verified against torch; refused, nothing is left.

    report(stage, done, total) is called as the work goes on. Raises InputError, ExportError, BundleError,
    MissingExtra.
    """
    for library in _LIBRARIES:
        if not find_spec(library):
            raise MissingExtra(library, "export")
    from tritonqa.export.make import make
    from tritonqa.export.workshop import Workshop

    options = options or ExportOptions()
    checkpoint = open_checkpoint(source)
    with staged(folder) as stage:
        report("loading", 0, 1)
        shop = Workshop(checkpoint, options, report)
        report("loading", 1, 1)
        (stage / TOKENIZER).write_text(shop.tokenizer.to_str(), encoding="utf-8")
        shutil.copyfile(checkpoint.folder / CONFIG, stage / CONFIG)
        manifest = Manifest(
            name=options.name or folder.name,
            formats=tuple(make(shop, stage, name) for name in dict.fromkeys(options.formats)),
            architecture=checkpoint.architecture,
            inputs=shop.model.inputs,
            licence=options.licence,
            source={"folder": checkpoint.folder.resolve().name, "sha256": checkpoint.digest()},
            windowing=shop.windowing,
        )
        commit(stage, folder, manifest)
    return read(folder)
