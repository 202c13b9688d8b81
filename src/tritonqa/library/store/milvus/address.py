"""milvus://host:19530/collection → where a library is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TypeGuard
from urllib.parse import unquote, urlsplit

from tritonqa.errors import InputError

SCHEMES = {"milvus": "http", "milvuss": "https"}
PORT = 19530
TOKEN = "MILVUS_TOKEN"


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A Milvus and the collection whose name all of the library's collections begin with.

    token is "user:password" or an API key; it is never written out.
    """

    uri: str
    collection: str
    shown: str
    token: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> MilvusAddress:
        """Read milvus://[user:password@]host[:port]/collection, milvuss:// for TLS; raises InputError.

        Without a user the token is that of MILVUS_TOKEN, if it is set.
        """
        try:
            parts = urlsplit(text)
            port = parts.port or PORT
        except ValueError as error:
            raise InputError(f"{_hidden(text)!r} is no address of a Milvus: {error}", "path") from error
        collection = parts.path.strip("/")
        if parts.scheme not in SCHEMES or not parts.hostname or parts.query or parts.fragment:
            raise InputError(
                f"{_hidden(text)!r} is no address of a Milvus; write milvus://host:{PORT}/collection", "path"
            )
        if not re.fullmatch(r"[A-Za-z_]\w{0,200}", collection, re.ASCII):
            raise InputError(
                f"{_hidden(text)!r} names no collection; it must be letters, digits and _, after the host",
                "path",
            )
        token = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        uri = f"{SCHEMES[parts.scheme]}://{host}:{port}"
        shown = f"{parts.scheme}://{host}:{port}/{collection}"
        return cls(uri, collection, shown, token or os.environ.get(TOKEN, ""))


def is_milvus(path: object) -> TypeGuard[str]:
    """Say whether a library's path is the address of a Milvus."""
    return isinstance(path, str) and path.partition("://")[0].lower() in SCHEMES and "://" in path


def _hidden(text: str) -> str:
    """Return an address without its password."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:…@", text)
