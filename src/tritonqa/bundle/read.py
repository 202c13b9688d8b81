"""Folder → Bundle, checked before anything is loaded."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenizers import Tokenizer

from tritonqa.bundle.manifest import CONFIG, MANIFEST, TOKENIZER, Format, Manifest
from tritonqa.digests import sha256
from tritonqa.engine.external import external_data
from tritonqa.errors import BundleError
from tritonqa.features.refusals import tokenizer_refusals

_REMEDY = "export or install the reader again"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder whose files are there, of the stated size, and inside it."""

    folder: Path
    manifest: Manifest

    def path(self, file: str) -> Path:
        """Return the path of a file of the bundle; raises BundleError when it leaves the folder."""
        path = self.folder / file
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.folder)):
            raise BundleError(f"bundle.json names {file}, which leaves the folder; do not use this bundle")
        return path

    def verify(self, path: Path) -> None:
        """Hold a model's file and its parts to the hashes of bundle.json; raises BundleError for another."""
        for item in self.manifest.formats:
            for part in item.pieces if self.path(item.file) == path else ():
                if sha256(self.path(part.file)) != part.sha256:
                    raise BundleError(f"{part.file} is damaged: its sha256 differs; {_REMEDY}")

    def fingerprint(self) -> str:
        """Hash what answers depend on in every format: weights, tokenizer, windows, calibration."""
        found = self.manifest
        weights = found.source or {item.file: item.sha256 for item in found.formats}
        calibration = found.calibration and asdict(found.calibration)
        parts = [weights, asdict(found.windowing), found.max_answer_tokens, calibration]
        parts.append(sha256(self.path(TOKENIZER)))
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    def tokenizer(self) -> Tokenizer:
        """Load the tokenizer; raises BundleError when it can't be read."""
        path = self.path(TOKENIZER)
        if not path.is_file():
            raise BundleError(f"{TOKENIZER} is missing in {self.folder}; {_REMEDY}")
        try:
            text = path.read_text(encoding="utf-8")  # the library opens no folder whose name is not UTF-8
        except (OSError, UnicodeDecodeError) as error:
            raise BundleError(f"{TOKENIZER} is damaged ({error}); {_REMEDY}") from error
        with tokenizer_refusals():
            return Tokenizer.from_str(text)


def read(folder: Path) -> Bundle:
    """Read and check a bundle's manifest and the size of its files.

    Raises BundleError for what is missing, truncated, too new or outside the folder.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError(
            f"{folder} is no reader: it holds no {MANIFEST}, nor a checkpoint's {CONFIG} and weights"
        )
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise BundleError(f"{MANIFEST} is damaged ({error}); {_REMEDY}") from error
    bundle = Bundle(folder, Manifest.from_dict(record))
    for item in bundle.manifest.formats:
        _check(bundle, item)
    return bundle


def _check(bundle: Bundle, item: Format) -> None:
    for part in item.pieces:
        path = bundle.path(part.file)
        if not path.is_file():
            raise BundleError(f"{part.file} is missing in {bundle.folder}; {_REMEDY}")
        size = path.stat().st_size
        if size != part.size:
            raise BundleError(f"{part.file} is damaged: {size} bytes instead of {part.size}; {_REMEDY}")
    if item.kind == "onnx":
        _check_weights(bundle, item)


def _check_weights(bundle: Bundle, item: Format) -> None:
    """Refuse an ONNX file whose weights lie in a file that the bundle does not list."""
    path = bundle.path(item.file)
    listed = {os.path.realpath(bundle.path(part.file)) for part in item.parts}
    for name in external_data(path):
        if os.path.realpath(path.parent / name) not in listed:
            raise BundleError(
                f"{item.file} reads its weights from {name!r}, which bundle.json does not list; "
                "do not use this bundle"
            )
