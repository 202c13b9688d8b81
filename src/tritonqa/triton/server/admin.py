"""What only the server's owner may do: list, load and unload its models."""

from __future__ import annotations

from typing import Any

from tritonqa.client import Address, Connection
from tritonqa.client.http import HttpClient
from tritonqa.errors import TritonQAError
from tritonqa.protocol.contract import ADMIN_HEADER


class Admin:
    """A connection that shows the server's secret."""

    def __init__(self, address: Address, secret: str) -> None:
        """Connect with the first call, past any proxy: it is this machine's own server."""
        self._client = HttpClient(address, Connection(headers={ADMIN_HEADER: secret}), direct=True)

    def answers_as(self, name: str) -> bool:
        """Say whether the server of this name is ready, and not another one at its port."""
        try:
            if self._client.json("GET", "/v2", timeout=2)["name"] != name:
                return False
            self._client.json("GET", "/v2/health/ready", timeout=2)
        except TritonQAError:
            return False
        return True

    def models(self) -> list[dict[str, Any]]:
        """List the repository's models as Triton does: name, version, state, reason."""
        found: list[dict[str, Any]] = self._client.json("POST", "/v2/repository/index")
        return found

    def load(self, model: str, parameters: dict[str, str] | None = None, timeout: float = 120) -> None:
        """Load a model anew; what it served until then goes on until the new version is ready.

        parameters may bring its configuration and its files in place of the repository's.
        """
        record = {"parameters": parameters} if parameters else None
        self._client.json("POST", f"/v2/repository/models/{model}/load", timeout, record)

    def unload(self, model: str) -> None:
        """Take no more asks for a model; those under way are answered."""
        self._client.json("POST", f"/v2/repository/models/{model}/unload", timeout=120)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
