"""Folder → Checkpoint: what may be read of it, checked before anything is loaded."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritonqa.bundle.manifest import MANIFEST
from tritonqa.digests import sha256
from tritonqa.errors import ExportError, InputError

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5")

_OTHER = "use one of the architectures that the documentation lists"
_NOT_EXPORTED = {
    "longformer": f"where it attends to all depends on the text, which no graph holds; {_OTHER}",
    "led": f"where it attends to all depends on the text, which no graph holds; {_OTHER}",
    "mbart": f"its texts begin with no special token, and a reader's null stands there; {_OTHER}",
    "funnel": f"it pools its tokens by lengths that a graph must fix; {_OTHER}",
    "canine": f"it reads characters and has no tokenizer; {_OTHER}",
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with a config and safetensors weights, no links that leave it and no code to run."""

    folder: Path
    config: dict[str, Any]
    weights: tuple[str, ...]

    @property
    def architecture(self) -> str:
        """Name the class of the model."""
        return str((self.config.get("architectures") or [self.config["model_type"]])[0])

    def digest(self) -> str:
        """Hash the weights: of one file its SHA-256, of several the SHA-256 of theirs in order."""
        hashes = [sha256(self.folder / name) for name in self.weights]
        if len(hashes) == 1:
            return hashes[0]
        return hashlib.sha256("".join(hashes).encode()).hexdigest()


def is_checkpoint(folder: Path) -> bool:
    """Say whether a folder holds a checkpoint that is no bundle: a config, and weights of whatever kind."""
    if (folder / MANIFEST).is_file() or not (folder / CONFIG).is_file():
        return False
    return any(path.suffix in (".safetensors", *_PICKLES) for path in folder.iterdir())


def open_checkpoint(folder: Path) -> Checkpoint:
    """Check a checkpoint's folder.

    Raises InputError where there is none, ExportError that names what is missing, damaged or unsafe.
    """
    if folder.is_file():
        kind = "an archive; unpack it" if folder.suffix in _ARCHIVES else "a file; give its folder"
        raise InputError(f"{folder} is {kind}, not a checkpoint's folder")
    if not folder.is_dir():
        raise InputError(
            f"{folder} is no folder; give a checkpoint's folder, a bundle's, or owner/name of a Hub"
        )
    _refuse_links(folder)
    config = _json(folder, CONFIG)
    for name in (CONFIG, "tokenizer_config.json"):
        if (folder / name).is_file() and "auto_map" in _json(folder, name):
            raise ExportError(
                f"{name} asks to run code of its own (auto_map); remote code is never run: "
                "use a checkpoint that transformers supports by itself"
            )
    if (folder / "adapter_config.json").is_file():
        raise ExportError("adapter_config.json makes this an adapter; merge it into its base model first")
    if "quantization_config" in config:
        raise ExportError("config.json has quantization_config; give the checkpoint before it was quantised")
    if not isinstance(config.get("model_type"), str):
        raise ExportError("config.json names no model_type; without it the architecture is not known")
    _refuse_architecture(config)
    return Checkpoint(folder, config, _weights(folder))


def _refuse_architecture(config: dict[str, Any]) -> None:
    """Refuse at once what is known not to export, or not to read pairs as a reader does."""
    kind = config["model_type"]
    reason = _NOT_EXPORTED.get(kind)
    if kind == "big_bird" and config.get("attention_type", "block_sparse") == "block_sparse":
        reason = "sparse attention draws blocks at random; set attention_type to original_full in config.json"
    if reason is not None:
        raise ExportError(f"a checkpoint of {kind} can't be exported: {reason}")


def _refuse_links(folder: Path) -> None:
    """Refuse links that leave the folder; in a Hub cache they may lead to its blobs."""
    root = Path(os.path.realpath(folder))
    if root.parent.name == "snapshots":
        root = root.parent.parent
    for path in folder.rglob("*"):
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
            raise ExportError(
                f"{path.relative_to(folder)} is a link that leaves the folder; it is not followed"
            )


def _weights(folder: Path) -> tuple[str, ...]:
    if (folder / WEIGHTS).is_file():
        return (WEIGHTS,)
    if (folder / INDEX).is_file():
        mapping = _json(folder, INDEX).get("weight_map")
        names = sorted(set(mapping.values())) if isinstance(mapping, dict) else []
        for name in names:
            if name != Path(name).name:
                raise ExportError(
                    f"{INDEX} names {name!r}, which leaves the folder; do not use this checkpoint"
                )
            if not (folder / name).is_file():
                raise ExportError(
                    f"{name} is missing, though {INDEX} names it; download the checkpoint again"
                )
        if names:
            return tuple(names)
        raise ExportError(f"{INDEX} has no weight_map; download the checkpoint again")
    pickles = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLES)
    if pickles:
        raise ExportError(
            f"the weights are only in {pickles[0]}, which can run code when it is loaded; "
            f"use a revision that has {WEIGHTS}"
        )
    raise ExportError(f"{folder} holds no weights: {WEIGHTS} is missing")


def _json(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        raise ExportError(f"{name} is missing in {folder}; is this a checkpoint?")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ExportError(f"{name} is damaged ({error}); download the checkpoint again") from error
    if not isinstance(record, dict):
        raise ExportError(f"{name} holds no JSON object; download the checkpoint again")
    return record
