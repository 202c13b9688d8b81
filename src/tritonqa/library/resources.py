"""What a library and its narrower views share: store, reader and encoder, each opened when first needed."""

from __future__ import annotations

import threading
from os import PathLike
from pathlib import Path
from typing import Any

from tritonqa.errors import LibraryError
from tritonqa.library import encoder as encoders
from tritonqa.library.encoder import Encoder
from tritonqa.library.store import Store
from tritonqa.library.store.open import Place, open_store
from tritonqa.reader import Reader


class Resources:
    """Opened once, by whichever thread comes first; closed together, but for a reader that was given open."""

    def __init__(self, place: Place, reader: Reader | str | PathLike[str] | None) -> None:
        """Name the place, and the reader as Library does."""
        self.place = place
        self.shown = str(place) if isinstance(place, Path) else place.shown
        self.given = reader
        self._reader: Reader | None = reader if isinstance(reader, Reader) else None
        self._store: Store | None = None
        self._lock = threading.RLock()

    @property
    def reader(self) -> Reader:
        """Open the reader."""
        with self._lock:
            if self._reader is None:
                given = self.given
                assert not isinstance(given, Reader)
                self._reader = Reader() if given is None else Reader.load(given)
            return self._reader

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
        with self._lock:
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
            if self._reader is not None and self._reader is not self.given:
                self._reader.close()
            self._store = None
            self._reader = self.given if isinstance(self.given, Reader) else None
