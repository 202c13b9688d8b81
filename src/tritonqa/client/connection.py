"""How to connect: encryption, headers, patience."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from tritonqa.checks import check_fields, flag, number, path, whole_number
from tritonqa.client.pem import check_authorities, check_pair
from tritonqa.errors import InputError

_FILES = ("TRITONQA_CA", "TRITONQA_CERTIFICATE", "TRITONQA_KEY")
TOKEN = "TRITONQA_TOKEN"
METADATA_TIMEOUT = 10.0  # seconds at most for what a server says of itself
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Connection:
    """What a connection to a server is made with.

    ca: PEM file of the authorities to trust, the system's otherwise; certificate and key: PEM files that show
    the server who asks (mutual TLS); headers: sent with every call, for authentication; compression: gzip for
    what is sent; timeout: seconds for an ask, with all its tries; retries: tries after the first, for calls
    that were not answered, with growing random pauses; several: look a host's name up again and again though
    it has one address yet, for servers that join.
    """

    ca: str | PathLike[str] | None = None
    certificate: str | PathLike[str] | None = None
    key: str | PathLike[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    compression: bool = False
    timeout: float = 60.0
    retries: int = 8
    several: bool = False

    def __post_init__(self) -> None:
        """Raise InputError for what does not go together, by name."""
        check_fields(self, path, "ca", "certificate", "key")
        if (self.certificate is None) != (self.key is None):
            raise InputError("certificate and key go together; give both or neither", "certificate")
        check_fields(self, flag, "compression", "several")
        check_fields(self, number, "timeout", above=0, most=_DAY, unit="seconds")
        check_fields(self, whole_number, "retries", least=0)
        self._check_headers()

    @classmethod
    def from_environment(cls) -> Connection:
        """Read TRITONQA_CA, TRITONQA_CERTIFICATE, TRITONQA_KEY (files) and TRITONQA_TOKEN (bearer token).

        TRITONQA_SEVERAL, where it is not empty, sets several.
        """
        ca, certificate, key = (Path(os.environ[name]) if os.environ.get(name) else None for name in _FILES)
        token = os.environ.get(TOKEN)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return cls(ca, certificate, key, headers, several=bool(os.environ.get("TRITONQA_SEVERAL")))

    def check_files(self) -> None:
        """Raise InputError for PEM files that are none, by name."""
        if self.ca is not None:
            check_authorities("ca", self.ca)
        if self.certificate is not None and self.key is not None:
            check_pair(self.certificate, self.key)

    def read(self, name: str) -> bytes | None:
        """Read one of the PEM files; raises InputError that names it."""
        path = getattr(self, name)
        try:
            return Path(path).read_bytes() if path else None
        except OSError as error:
            raise InputError(f"{name} {path} can't be read: {error.strerror}", name) from error

    def _check_headers(self) -> None:
        if not isinstance(self.headers, Mapping):
            raise InputError(f"headers must be names with their values, not {self.headers!r:.40}", "headers")
        for name, value in self.headers.items():
            if not (isinstance(name, str) and isinstance(value, str)):
                raise InputError(f"headers must be text, not {name!r:.40}: {type(value).__name__}", "headers")
            if not name.isascii() or not value.isascii() or not (name + value).isprintable():
                raise InputError(f"header {name!r:.40} must be printable ASCII", "headers")
