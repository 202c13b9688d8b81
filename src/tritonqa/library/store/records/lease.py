"""One writer at a time, by a record that says who and until when."""

from __future__ import annotations

import secrets
import time

from tritonqa.errors import Busy
from tritonqa.library.store.records.base import STAMPS, Records

_SECONDS = 120.0  # after which a writer that was killed is one no more


class Lease:
    """Taken, held on to while there is work, and given back.

    Such stores can't compare and set: of two that take it in the same instant the later one has it, and the
    other is told before it writes next.
    """

    def __init__(self, records: Records) -> None:
        """Take the records in which it stands."""
        self._records = records
        self._name = secrets.token_hex(8)
        self._until = 0.0

    def take(self) -> None:
        """Become the writer; raises Busy where another is."""
        held = self._records.get(STAMPS, "writer")
        if held and held["until"] > time.time():
            raise self._other()
        self._write()
        self.still_mine()

    def still_mine(self) -> None:
        """Raise Busy where another has taken over; hold on for as long again."""
        held = self._records.get(STAMPS, "writer")
        if held is None or held["name"] != self._name:
            raise self._other()
        if held["until"] - time.time() < _SECONDS / 2:
            self._write()

    def give_back(self) -> None:
        """Let another write; one that has taken over goes on."""
        held = self._records.get(STAMPS, "writer")
        if held is not None and held["name"] == self._name:
            self._records.delete(STAMPS, ["writer"])

    def _write(self) -> None:
        self._records.put(STAMPS, "writer", {"name": self._name, "until": time.time() + _SECONDS})

    def _other(self) -> Busy:
        return Busy(
            f"another process is writing to {self._records.shown}; wait until it is done, or, if it "
            f"was killed, {_SECONDS:.0f} seconds"
        )
