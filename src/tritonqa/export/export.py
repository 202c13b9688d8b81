"""A checkpoint or a bundle → a verified bundle."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tritonqa.bundle import Bundle, Format, Manifest, commit, extend, read, staged
from tritonqa.bundle.manifest import CONFIG, MANIFEST, TOKENIZER
from tritonqa.errors import ExportError, InputError, MissingExtra
from tritonqa.export.checkpoint import Checkpoint, open_checkpoint
from tritonqa.export.hub import HubName, download, is_hub_name
from tritonqa.export.options import FORMATS, UNKNOWN, ExportOptions
from tritonqa.progress import Report, silent

if TYPE_CHECKING:
    from tritonqa.export.sources.base import Source

_LIBRARIES = ("torch", "transformers", "safetensors", "onnx", "onnxscript")


def export(
    source: str | Path,
    folder: Path,
    options: ExportOptions | None = None,
    report: Report = silent,
    token: str | None = None,
) -> Bundle:
    """Export a checkpoint to a new bundle, or add formats to a bundle; refused, nothing is left.

    source is a folder, or a Hub id: owner/name or owner/name@revision. A bundle may be its own target:
    formats are added in place. report(stage, done, total) is told how far it is. token is for the Hub.
    Raises InputError, ExportError, BundleError, MissingExtra, Unavailable where the Hub can't be reached.
    """
    for library in _LIBRARIES:
        if not find_spec(library):
            raise MissingExtra(library, "torch")
    options = options or ExportOptions()
    place = Path(source)
    if (place / MANIFEST).is_file():
        return _add(read(place), folder, options, report)
    if place.exists() or not is_hub_name(str(source)):
        checkpoint = open_checkpoint(place)
        return _new(checkpoint, folder, options, report, {"folder": place.resolve().name})
    name = HubName.parse(str(source))
    found = download(name, report, token)
    if options.licence == UNKNOWN and found.licence:
        options = replace(options, licence=found.licence)
    options = replace(options, name=options.name or name.id)
    origin = {"hub": name.id, "revision": found.revision}
    return _new(open_checkpoint(found.folder), folder, options, report, origin)


def _new(
    checkpoint: Checkpoint, folder: Path, options: ExportOptions, report: Report, origin: Mapping[str, str]
) -> Bundle:
    with staged(folder) as stage:
        from tritonqa.export.build import build
        from tritonqa.export.sources.checkpoint import CheckpointSource

        report("loading", 0, 1)
        source = CheckpointSource(checkpoint, options, report)
        report("loading", 1, 1)
        (stage / TOKENIZER).write_text(source.tokenizer.to_str(), encoding="utf-8")
        shutil.copyfile(checkpoint.folder / CONFIG, stage / CONFIG)
        manifest = Manifest(
            name=options.name or folder.name,
            formats=build(source, stage, _with_onnx(options.formats)),
            architecture=checkpoint.architecture,
            inputs=source.inputs,
            positions=source.positions,
            answer_types=source.answer_types,
            licence=options.licence,
            source={**origin, "sha256": checkpoint.digest()},
            windowing=source.windowing,
        )
        _remove_intermediate(stage, manifest.formats)
        commit(stage, folder, manifest)
    return read(folder)


def _add(bundle: Bundle, folder: Path, options: ExportOptions, report: Report) -> Bundle:
    in_place = folder.exists() and folder.samefile(bundle.folder)
    known = {item.file for item in bundle.manifest.formats}
    for name in options.formats:
        if FORMATS[name].file in known:
            raise ExportError(f"{bundle.folder} has {name} already ({FORMATS[name].file})")
    length = bundle.manifest.windowing.max_length
    if options.max_length not in (None, length):
        raise InputError(
            f"max_length of {bundle.folder} is {length}, for all its formats; "
            "export its checkpoint for another",
            "max_length",
        )
    with staged(folder, extended=in_place) as stage:
        from tritonqa.export.build import build

        source = _source(bundle, options, report)
        added = build(source, stage, _with_onnx(options.formats, known))
        manifest = replace(
            bundle.manifest,
            name=options.name or bundle.manifest.name,
            formats=(*bundle.manifest.formats, *added),
            licence=bundle.manifest.licence if options.licence == UNKNOWN else options.licence,
        )
        _remove_intermediate(stage, added)
        if in_place:
            extend(stage, folder, manifest)
        else:
            shutil.copytree(bundle.folder, stage, dirs_exist_ok=True)
            commit(stage, folder, manifest)
    return read(folder)


def _with_onnx(names: Sequence[str], known: Collection[str] = ()) -> Sequence[str]:
    """Add the fp32 ONNX, which TensorRT's scripts read, where they are to come without."""
    if "tensorrt" not in names or "onnx" in names or FORMATS["onnx"].file in known:
        return names
    return ("onnx", *names)


def _source(bundle: Bundle, options: ExportOptions, report: Report) -> Source:
    if any(item.kind == "safetensors" for item in bundle.manifest.formats):
        from tritonqa.export.sources.checkpoint import CheckpointSource

        return CheckpointSource(open_checkpoint(bundle.folder), options, report, bundle)
    from tritonqa.export.sources.bundle import BundleSource

    return BundleSource(bundle, options, report)


def _remove_intermediate(stage: Path, formats: Sequence[Format]) -> None:
    """Remove the fp32 ONNX where it was only a step on the way."""
    file = FORMATS["onnx"].file
    if file not in {item.file for item in formats}:
        for path in (stage / file).parent.glob(f"{Path(file).name}*"):
            path.unlink()
