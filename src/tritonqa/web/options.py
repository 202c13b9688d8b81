"""Where the page is served, and what it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tritonqa.checks import bearer, check_fields, number, text, whole_number
from tritonqa.errors import InputError
from tritonqa.hosts import is_loopback
from tritonqa.web.door.keys import Key, key_of

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_ORIGIN = re.compile(r"https?://[a-z0-9.\[\]:-]+")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request and all of them together may use up.

    body_megabytes bounds a JSON body and nesting its depth; upload_megabytes and files bound one upload. Of
    asks, running are answered at once, and waiting may stand in line; more are told to come back (503),
    and so are those that the library has not answered within seconds.
    attempts wrong tokens a minute from one address are let through to be refused, more are held off (429).
    """

    body_megabytes: float = 12.0
    nesting: int = 32
    upload_megabytes: float = 256.0
    files: int = 100
    running: int = 4
    waiting: int = 128
    seconds: float = 30.0
    attempts: int = 20

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, number, "body_megabytes", "upload_megabytes", "seconds", above=0)
        check_fields(self, whole_number, "nesting", "files", "running", "waiting", "attempts", least=1)


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Where to listen (port 0: any that is free), and what callers must show: the token or one of keys.

    names are those by which others reach it (qa.example), beside its addresses. cors are the origins of other
    sites whose pages may ask here (https://app.example).
    """

    host: str = "127.0.0.1"
    port: int = 8080
    token: str | None = field(default=None, repr=False)
    keys: tuple[Key, ...] = ()
    names: tuple[str, ...] = ()
    cors: tuple[str, ...] = ()
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        """Raise InputError by name; without a token, for an address that others can reach."""
        check_fields(self, text, "host", "token")
        check_fields(self, whole_number, "port", least=0, most=65_535)
        for name in self.names:
            if not _HOST.fullmatch(name):
                raise InputError(f"name {name!r:.80} is no host; write it without scheme and port", "names")
        for origin in self.cors:
            if not _ORIGIN.fullmatch(origin):
                raise InputError(
                    f"cors {origin!r:.80} is no origin; write it as browsers send it, like https://app.example",
                    "cors",
                )
        if self.token is not None:
            bearer("token", self.token)
        if not self.every_key and not is_loopback(self.host):
            raise InputError(
                f"host {self.host} can be reached by others; give --token or --keys, or leave --host away",
                "token",
            )

    @property
    def every_key(self) -> tuple[Key, ...]:
        """Return the keys, the token among them."""
        return self.keys if self.token is None else (key_of("token", self.token), *self.keys)
