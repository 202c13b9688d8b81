"""tritonqa inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tritonqa.bundle import Bundle, read
from tritonqa.bundle.manifest import MANIFEST
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.client import parse_addresses
from tritonqa.client.address import is_address
from tritonqa.export.checkpoint import open_checkpoint
from tritonqa.reader.find import find_bundle
from tritonqa.reader.remote import Remote


@click.command()
@click.argument("source")
@as_json
def inspect(source: str, as_json: bool) -> None:
    """Say what SOURCE is: a bundle (folder, model package, Hub id), a checkpoint, or a reader on a Triton.

    Every file of a bundle is hashed and compared with its record; nothing is loaded or run.
    """
    folder = Path(source)
    if is_address(source):
        record = _server(source)
    elif folder.exists() and not (folder / MANIFEST).is_file():
        record = _checkpoint(folder)
    else:
        record = _bundle(read(folder) if folder.is_dir() else find_bundle(source))
    show(record, as_json, _lines(record))


def _bundle(bundle: Bundle) -> dict[str, Any]:
    for item in bundle.manifest.formats:
        bundle.verify(bundle.path(item.file))
    return {"kind": "bundle", "folder": str(bundle.folder), **bundle.manifest.to_dict()}


def _server(url: str) -> dict[str, Any]:
    remote = Remote(parse_addresses(url))
    try:
        return {"kind": "server", "address": url, **remote.about()}
    finally:
        remote.close()


def _checkpoint(folder: Path) -> dict[str, Any]:
    found = open_checkpoint(folder)
    weights = [{"file": name, "size": (folder / name).stat().st_size} for name in found.weights]
    keys = (
        "model_type",
        "vocab_size",
        "hidden_size",
        "num_hidden_layers",
        "max_position_embeddings",
        "dtype",
    )
    known = {key: found.config[key] for key in keys if key in found.config}
    return {
        "kind": "checkpoint",
        "folder": str(folder),
        "architecture": found.architecture,
        **known,
        "weights": weights,
        "sha256": found.digest(),
    }


def _lines(record: dict[str, Any], indent: str = "") -> list[str]:
    """Lay a record out as indented lines, one value a line; what is not known is left out."""
    lines: list[str] = []
    for key, value in record.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}", *_lines(value, indent + "  ")] if value else []
        elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            for item in value:
                lines += [f"{indent}{key}", *_lines(item, indent + "  ")]
        elif isinstance(value, list | tuple):
            lines += [f"{indent}{key:24} {', '.join(map(str, value))}"] if value else []
        elif value is None:
            lines += [f"{indent}{key:24} none"] if key == "calibration" else []
        else:
            lines.append(f"{indent}{key:24} {value}")
    return lines
