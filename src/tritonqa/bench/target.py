"""What is measured: a reader, and over what it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tritonqa.client import Connection
from tritonqa.client.address import is_address
from tritonqa.errors import InputError
from tritonqa.reader.backend import Backend
from tritonqa.reader.find import PACKAGED
from tritonqa.reader.load import load

OVER = ("process", "grpc", "http")
_TIMEOUT = 30.0  # seconds for an answer


@dataclass(frozen=True, slots=True)
class Target:
    """A reader by its name, asked in process, at its address, or over a protocol of a server started for it.

    engine and precision are chosen for this machine where they are not given. address is where a reader
    answers that a server was started for.
    """

    reader: str = PACKAGED
    engine: str | None = None
    precision: str | None = None
    over: str = OVER[0]
    address: str | None = None

    def __post_init__(self) -> None:
        """Raise InputError for what does not go together, by name."""
        if self.over not in OVER:
            raise InputError(f"over {self.over!r} is unknown; choose one of {', '.join(OVER)}")
        if is_address(self.reader) and (self.engine or self.precision or self.over != OVER[0]):
            raise InputError(
                f"engine, precision and over go with a reader that is loaded here; {self.reader} runs its own"
            )

    def __str__(self) -> str:
        """Name the target in one line."""
        chosen = "/".join(filter(None, (self.engine, self.precision)))
        words = {"on": chosen, "over": "" if self.over == OVER[0] else self.over}
        return " ".join([self.reader, *(f"{name} {word}" for name, word in words.items() if word)])

    @property
    def url(self) -> str | None:
        """The address that is asked; None in process."""
        return self.address or (self.reader if is_address(self.reader) else None)

    def open(self) -> Backend:
        """Open the reader; asks are sent once, for a try that fails is what is to be seen."""
        if self.url is None:
            return load(self.reader, engine=self.engine, precision=self.precision)
        connection = replace(Connection.from_environment(), retries=0, timeout=_TIMEOUT)
        return load(self.url, connection=connection)
