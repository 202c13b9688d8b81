"""Tensors to and from a Triton elsewhere: the only room that speaks its protocols."""

from typing import TYPE_CHECKING

from tritonqa.lazy import lazily

if TYPE_CHECKING:
    from tritonqa.client.address import Address, named, parse_addresses
    from tritonqa.client.base import Client
    from tritonqa.client.connect import connect
    from tritonqa.client.connection import Connection
else:
    __getattr__ = lazily(
        __name__,
        {
            **dict.fromkeys(("Address", "named", "parse_addresses"), "address"),
            "Client": "base",
            "Connection": "connection",
            "connect": "connect",
        },
    )

__all__ = ["Address", "Client", "Connection", "connect", "named", "parse_addresses"]
