"""The seam: JSON by kind and name."""

from __future__ import annotations

import base64
import json
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

FILE, TEXT, STAMPS = "file", "text", "stamps"


class Records(ABC):
    """Records by kind and name; one is what it was or what it becomes. shown names the store in messages."""

    shown: str

    @abstractmethod
    def put(self, kind: str, name: str, value: Any) -> None:
        """Write a record in place of what has its name."""

    @abstractmethod
    def get(self, kind: str, name: str) -> Any:
        """Return a record, None where there is none."""

    @abstractmethod
    def all(self, kind: str) -> Iterator[Any]:
        """Give all records of a kind."""

    @abstractmethod
    def delete(self, kind: str, names: Iterable[str]) -> None:
        """Forget records."""


def packed(value: Any) -> str:
    """Write JSON as short ASCII."""
    return base64.b85encode(zlib.compress(json.dumps(value).encode())).decode()


def unpacked(body: str) -> Any:
    """Read what packed wrote."""
    return json.loads(zlib.decompress(base64.b85decode(body)))
