"""A bundle → Triton's model repository, all or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tritonqa.bundle import Bundle
from tritonqa.engine.precision import of_file
from tritonqa.errors import BundleError, InputError
from tritonqa.staging import folder_beside
from tritonqa.triton.repository.configs import logits_config, model_file, reader_config, updated_parameters
from tritonqa.triton.repository.options import MODEL_FILES, Models
from tritonqa.triton.repository.own import model_py, own_models, versions
from tritonqa.triton.repository.schema import ModelConfig, read_parameters, to_pbtxt, with_parameters


def build(
    bundle: Bundle,
    repository: Path,
    models: Models | None = None,
) -> None:
    """Write the models reader and, where it is wanted, logits; both hold what they run.

    Raises BundleError when the folder exists, the bundle lacks the format that logits needs, or the disk
    refuses, InputError for what this bundle can't do; nothing half-written stays.
    """
    wanted = models or Models()
    check_target(repository)
    check_fit(bundle, wanted)
    with _staged(repository) as staged:
        _write_model(staged, reader_config(bundle, wanted), bundle)
        if wanted.logits is not None:
            _write_model(staged, logits_config(bundle, wanted, wanted.logits), bundle, wanted.precision)
        staged.rename(repository)


def check_target(repository: Path) -> None:
    """Raise BundleError when the folder exists, MissingExtra without what writes configurations."""
    import tritonqa.protocol.protobuf  # noqa: F401

    if repository.exists():
        raise BundleError(f"{repository} exists already; choose another folder or remove it first")


def check_fit(bundle: Bundle, models: Models) -> None:
    """Raise InputError for a precision that the bundle lacks, and for lengths that its model refuses."""
    known = sorted({run.name for item in bundle.manifest.formats for run in of_file(item.precision)})
    if models.precision is not None and models.precision not in known:
        raise InputError(
            f"precision {models.precision!r} is none of this reader's: {', '.join(known)}", "precision"
        )
    longest = bundle.manifest.windowing.max_length
    if models.warmup != Models().warmup and (length := max(models.warmup, default=0)) > longest:
        raise InputError(f"warmup must be lengths of at most {longest} tokens for this reader, not {length}")


@contextmanager
def next_version(bundle: Bundle, repository: Path) -> Iterator[int]:
    """Write the bundle as the next version of each of the repository's own_models, and of no other.

    Gives its number; the running server takes it up when told to load the models. Where the block fails all
    is as before. Of config.pbtxt it changes only what that says of the bundle. Raises BundleError, for a
    damaged file of the bundle too.
    """
    for item in bundle.manifest.formats:
        bundle.verify(bundle.path(item.file))
    models = own_models(repository)
    if not models:
        raise BundleError(f"{repository} is no repository of tritonqa's; build one with tritonqa serve")
    number = 1 + max(version for model in models for version in versions(model))
    with ExitStack() as undo:
        for model, name in models.items():
            with _staged(model / str(number)) as staged:
                _write_python(staged, name, bundle)
                staged.rename(model / str(number))
            undo.callback(shutil.rmtree, model / str(number), ignore_errors=True)
            undo.callback(_write_config, model, _renew(model / "config.pbtxt", bundle))
        yield number
        undo.pop_all()


def _renew(file: Path, bundle: Bundle) -> str:
    """Say in a model's configuration what it runs now; return what that was before."""
    before = file.read_text(encoding="utf-8")
    _write_config(file.parent, with_parameters(before, updated_parameters(read_parameters(file), bundle)))
    return before


def _write_config(model: Path, text: str) -> None:
    with _staged(model / "config.pbtxt") as staged:
        staged.write_text(text, encoding="utf-8")
        staged.replace(model / "config.pbtxt")


@contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """Give a folder beside the target to write in; what is not renamed into place is removed."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with folder_beside(target) as folder:
            yield folder / target.name
    except OSError as error:
        raise BundleError(f"{target} could not be written: {error.strerror or error}") from error


def _write_model(repository: Path, config: ModelConfig, bundle: Bundle, precision: str | None = None) -> None:
    place = repository / config.name / "1"
    if config.backend == "python":
        _write_python(place, config.name, bundle)
    else:
        place.mkdir(parents=True)
        item = model_file(bundle, config.backend, precision)
        _link(str(bundle.path(item.file)), str(place / MODEL_FILES[config.backend][1]))
        for part in item.parts:  # weights beside a graph, which names them without a folder
            _link(str(bundle.path(part.file)), str(place / Path(part.file).name))
    _write_config(place.parent, to_pbtxt(config))


def _write_python(place: Path, name: str, bundle: Bundle) -> None:
    place.mkdir(parents=True)
    (place / "model.py").write_text(model_py(name), encoding="utf-8")
    shutil.copytree(bundle.folder, place / "bundle", copy_function=_link)


def _link(source: str, target: str) -> None:
    """Hard-link where the file system can, for weights are large and never changed; copy elsewhere."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
