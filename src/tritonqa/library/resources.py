"""What a library and its narrower views share: store, reader and encoder, each opened when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from tritonqa.errors import LibraryError, TritonQAError
from tritonqa.library import encoder as encoders
from tritonqa.library.encoder import Encoder
from tritonqa.library.store import Store
from tritonqa.library.store.open import Place, open_store
from tritonqa.reader import Reader
from tritonqa.reader.in_process import InProcess

Opens: TypeAlias = str | PathLike[str] | Callable[[], Reader]
"""A reader's name, or what opens it."""


class Resources:
    """Opened once, by whichever thread comes first; closed together, but for a reader that was given open."""

    def __init__(self, place: Place, reader: Reader | Opens | None) -> None:
        """Name the place, and the reader as Library does."""
        self.place = place
        self.shown = str(place) if isinstance(place, Path) else place.shown
        self.given = reader
        self._reader: Reader | None = reader if isinstance(reader, Reader) else None
        self._store: Store | None = None
        self._lock = threading.RLock()
        self._reading = threading.Lock()
        self._coming: Future[Reader] | None = None

    @property
    def reader(self) -> Reader:
        """Open the reader, or wait for the one that was begun; raises what opening it does."""
        with self._reading:
            if self._reader is None:
                coming, self._coming = self._coming, None
                self._reader = self._load() if coming is None else coming.result()
            return self._reader

    def begin(self) -> None:
        """Start opening the reader and the encoder in other threads, unless they are open."""
        with self._reading:
            if self._reader is None and self._coming is None:
                pool = ThreadPoolExecutor(2, "tritonqa-load")
                self._coming = pool.submit(self._load)
                pool.submit(encoders.find)  # what it raises is raised again where the encoder is asked for
                pool.shutdown(wait=False)

    def _load(self) -> Reader:
        assert not isinstance(self.given, Reader)
        if callable(self.given):
            reader = self.given()
        else:
            reader = Reader() if self.given is None else Reader.load(self.given)
        if isinstance(reader.backend, InProcess):
            reader.backend.flow.engine.prepare(alone=False)  # for the many windows that come at once
        return reader

    @property
    def encoder(self) -> Encoder | None:
        """Open the encoder that is installed, if any, and hold it to the one that the library was made with.

        Raises LibraryError for another one.
        """
        found = self.any_encoder
        made = self._store.encoder if self._store is not None else ""
        if found is not None and made and made != found.name:
            raise LibraryError(
                f"{self.shown} has vectors of {made}, but the encoder here is {found.name}; "
                f"renew them with: tritonqa library rebuild {self.shown}"
            )
        return found

    @property
    def any_encoder(self) -> Encoder | None:
        """Open the encoder that is installed, whatever the library was made with."""
        return encoders.find()

    def store(self, *, create: bool = False, renewing: bool = False) -> Store:
        """Open the store; create makes it where there is none, renewing opens one of another analyser.

        Raises LibraryError.
        """
        with self._lock:
            if self._store is None:
                self._store = open_store(self.place, create=create, renewing=renewing)
            return self._store

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the names of what is open: it is opened again where they arrive."""
        return Resources, (self.place, self.given)

    def close(self) -> None:
        """Let go of all that was opened here."""
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None
        with self._reading:
            if self._coming is not None:
                with suppress(TritonQAError):
                    self._coming.result().close()
            if self._reader is not None and self._reader is not self.given:
                self._reader.close()
            self._coming, self._reader = None, self.given if isinstance(self.given, Reader) else None
