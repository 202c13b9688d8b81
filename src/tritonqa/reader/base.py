"""What Reader and AsyncReader share: a place that answers, and how it is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from os import PathLike, fspath
from typing import Any, Self, Unpack

from tritonqa.answers import Answers, Calibration
from tritonqa.errors import InputError
from tritonqa.reader.backend import Backend, StartAsk
from tritonqa.reader.find import PACKAGED
from tritonqa.reader.load import Loading, load
from tritonqa.reader.pickling import check_picklable, lasting
from tritonqa.spans import Decoding
from tritonqa.text import Ask


class BaseReader:
    """A backend, opened by name."""

    def __init__(self, backend: Backend | None = None) -> None:
        """Load the packaged reader, or take one that is open."""
        if isinstance(backend, str | PathLike):
            raise InputError(
                f"backend must be one that is open; open it by name with {type(self).__name__}.load"
            )
        self.backend = backend or load(PACKAGED)
        self._loaded: tuple[str | None, Loading] = (None if backend else PACKAGED, {})

    @property
    def calibration(self) -> Calibration | None:
        """Say what makes scores probabilities here; None where nothing does, or a Triton keeps it."""
        return self.backend.calibration

    @property
    def fingerprint(self) -> str:
        """Tell weights, tokenizer, windows and calibration from others; empty where that is not known."""
        return self.backend.fingerprint

    @classmethod
    def load(cls, name: str | PathLike[str] = PACKAGED, **options: Unpack[Loading]) -> Self:
        """Load a reader by name: a bundle's folder, an installed model package, or the address of a Triton.

        Also a checkpoint: its folder, or a Hub id, exported into the user's cache when it is first loaded.
        Options: engine and precision (chosen for this machine otherwise), windowing, decoding (the bundle's
        otherwise), connection (to a Triton), revision and token (of a Hub id).
        Raises BundleError, EngineError, MissingExtra, InputError, Unavailable.
        """
        if not isinstance(name, str | PathLike):
            raise InputError(f"name must be text or a path, not {type(name).__name__}")
        reader = cls(load(fspath(name), **options))
        reader._loaded = (lasting(fspath(name)), options)
        return reader

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the name: the reader is loaded again where it arrives. Raises InputError."""
        name, options = self._loaded
        check_picklable("reader", name, options)
        return _load, (type(self), name, options)


def _load(kind: type[BaseReader], name: str, options: Loading) -> BaseReader:
    return kind.load(name, **options)


def start_row(start: StartAsk, row: Any, options: Decoding) -> Future[Answers]:
    """Start one of a stream's asks; raises InputError for what is none.

    A row may have options of its own as a third part.
    """
    if not isinstance(row, Sequence) or isinstance(row, str | bytes) or len(row) not in (2, 3):
        raise InputError(f"each of asks must be a pair (question, passages), not {repr(row):.80}")
    question, passages, *own = row
    for changes in own:
        if not isinstance(changes, Mapping):
            raise InputError(f"options of an ask must be a mapping, not {repr(changes):.80}", "options")
        options = options.changed(**changes)
    return start(Ask.of(question, passages), options)
