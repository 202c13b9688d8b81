"""KServe v2 over HTTP: a JSON header, then raw tensors."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from http.client import BadStatusLine
from time import monotonic
from typing import Any, TypeAlias

from tritonqa import tracing
from tritonqa.client.address import Address
from tritonqa.client.base import Cancel, Client, Reply, Silence
from tritonqa.client.connection import METADATA_TIMEOUT, Connection
from tritonqa.client.keepalive import socket_options
from tritonqa.client.proxy import Proxy, proxy_of
from tritonqa.errors import EngineError, InputError, MissingExtra, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.error_lines import from_line
from tritonqa.protocol.http import HEADER, request, response

try:
    import urllib3
    from urllib3.connection import HTTPConnection
except ImportError as error:
    raise MissingExtra("urllib3", "triton") from error

Pool: TypeAlias = "urllib3.HTTPConnectionPool | urllib3.ProxyManager"

CONNECTIONS = 32
_BESIDE = 2  # for whether a server is well, when all calls have one
_FOR_NOW = (429, 502, 503, 504)  # a proxy's or an ingress's words for a server that is away: tried again
_HINTS = {
    401: "; give a token with connection=Connection(headers=…) or TRITONQA_TOKEN",
    403: "; give a token with connection=Connection(headers=…) or TRITONQA_TOKEN",
    404: "; name the path as well where an ingress has one: http://host/path",
    407: "; write the proxy as http://user:password@host:port",
}


class HttpClient(Client):
    """A pool of connections that are kept open, a thread for each call under way."""

    def __init__(
        self, address: Address, connection: Connection | None = None, *, direct: bool = False
    ) -> None:
        """Make the pool; it connects with the first call, direct: whatever proxy the environment names."""
        self._address = address
        how = connection or Connection()
        self._patience = min(METADATA_TIMEOUT, how.timeout)
        self._headers, self._compression = dict(how.headers), how.compression
        named = {"server_hostname": address.name} if address.name and address.secure else {}
        if address.name:
            self._headers.setdefault("Host", address.name)
        tls = {"ca_certs": how.ca, "cert_file": how.certificate, "key_file": how.key}
        self._proxy = None if direct else proxy_of(address)
        self._open = partial(
            _pool,
            address,
            self._proxy,
            socket_options=[*HTTPConnection.default_socket_options, *socket_options(how.timeout)],
            **named,
            **{name: str(path) for name, path in tls.items() if path and address.secure},
        )
        self._pool, self._is_closed = self._open(), False
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="tritonqa-http")

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call; see Client."""
        try:
            traced, until = copy_context().run, None if timeout is None else monotonic() + timeout
            sent = self._threads.submit(traced, self._infer_and_reply, call, reply, until)
        except RuntimeError as error:  # a pool's word for one that was shut down
            raise self._was_closed() from error
        sent.add_done_callback(partial(self._end, reply))
        return sent.cancel

    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait; see Client."""
        header, body = request(call, timeout)
        headers = {HEADER: str(header), "Content-Type": "application/octet-stream"}
        if self._compression:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        found = self._send("POST", f"/v2/models/{call.model}/infer", body, headers, timeout)
        return response(found.data, found.headers.get(HEADER))

    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; see Client."""
        return self._object(f"/v2/models/{model}/config")

    def version(self) -> str:
        """Return the version of Triton; see Client."""
        return str(self._object("/v2").get("version", "unknown"))

    def ready(self, timeout: float) -> bool:
        """Say whether the server takes calls; see Client."""
        try:
            self._send("GET", "/v2/health/ready", timeout=timeout)
        except (Unavailable, Timeout):
            raise
        except TritonQAError:
            return False
        return True

    def json(
        self, method: str, path: str, timeout: float = METADATA_TIMEOUT, record: object | None = None
    ) -> Any:
        """Call one of Triton's other endpoints, with a record as JSON; return what its JSON says.

        None where it is empty.
        """
        body = None if record is None else json.dumps(record).encode("utf-8")
        data = self._send(method, path, body, timeout=timeout).data
        try:
            return json.loads(data) if data else None
        except (ValueError, RecursionError) as error:
            raise EngineError(f"{self._address} is no Triton: its answer is not JSON") from error

    def close(self) -> None:
        """Let calls under way end, then close the connections."""
        self._is_closed = True
        self._threads.shutdown(cancel_futures=True)
        if isinstance(self._pool, urllib3.ProxyManager):
            self._pool.clear()
        else:
            self._pool.close()

    def _infer_and_reply(self, call: Call, reply: Reply, until: float | None) -> None:
        found: Tensors | Exception
        left = None if until is None else until - monotonic()
        try:
            if left is not None and left <= 0:
                raise Timeout(f"{self._address} gave no answer in time")
            found = self.infer(call, left)
        except Exception as error:  # noqa: BLE001 - who waits for the reply must see it
            found = error
        reply(found)

    def _end(self, reply: Reply, sent: Future[None]) -> None:
        """Answer a call that still waited for a thread when all was closed."""
        if sent.cancelled() and self._is_closed:
            reply(self._was_closed())

    def _object(self, path: str) -> dict[str, Any]:
        found = self.json("GET", path, self._patience)
        if not isinstance(found, dict):
            raise EngineError(f"{self._address} is no Triton: it says {found!r:.40} at {path}")
        return found

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float | None = None,
    ) -> urllib3.BaseHTTPResponse:
        pool = self._pool
        try:
            found = pool.request(
                method,
                (str(self._address) if self._proxy else self._address.path) + path,
                body=body,
                headers=self._headers | tracing.headers() | (headers or {}),
                timeout=timeout,
                pool_timeout=timeout,
                retries=False,
            )
        except urllib3.exceptions.ClosedPoolError as error:
            raise self._was_closed() from error
        except urllib3.exceptions.ReadTimeoutError as error:
            self._leave(pool)
            raise Silence(f"{self._address} gave no answer in time") from error
        except urllib3.exceptions.EmptyPoolError as error:
            raise Timeout(f"{self._address} gave no answer in time") from error
        except urllib3.exceptions.SSLError as error:
            raise Unavailable(
                f"no agreement on encryption or certificates with {self._address}: {error}"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            if any(isinstance(part, BadStatusLine) for part in error.args):
                raise Unavailable(
                    f"what answers at {self._address} does not speak HTTP; "
                    f"if it is Triton's gRPC port, write grpc://{self._address.target}"
                ) from error
            raise self._unreachable(error) from error
        if found.status != 200:
            raise self._error_of(found)
        return found

    def _unreachable(self, error: Exception) -> Unavailable:
        if self._proxy is None:
            return Unavailable(f"nothing answers at {self._address}: {error}")
        return Unavailable(
            f"{self._address} can't be reached through {self._proxy}: {error}; "
            f"name {self._address.host} in no_proxy to go direct"
        )

    def _leave(self, pool: Pool) -> None:
        """Take new connections from now on: those that lie idle in the pool may be dead as well.

        The pool goes with the last call that is under way in it.
        """
        if self._pool is pool and not self._is_closed:
            self._pool = self._open()

    def _was_closed(self) -> Unavailable:
        return Unavailable(f"the connection to {self._address} was closed; load the reader again")

    def _error_of(self, found: urllib3.BaseHTTPResponse) -> TritonQAError:
        try:
            line = str(json.loads(found.data)["error"])
        except (ValueError, KeyError, TypeError, RecursionError):
            through = f", through {self._proxy}," if self._proxy else ""
            told = f"{self._address}{through} answered {found.status} and is no Triton"
            return (Unavailable if found.status in _FOR_NOW else EngineError)(
                told + _HINTS.get(found.status, "")
            )
        kinds: dict[int, Callable[[str], TritonQAError]] = {400: InputError, 503: Unavailable}
        told = f"{self._address} answered {found.status}: "
        return from_line(line, kinds.get(found.status, lambda line: EngineError(told + line)))


def _pool(address: Address, proxy: Proxy | None, **how: Any) -> Pool:
    if proxy is None:
        return urllib3.connection_from_url(
            str(address), maxsize=CONNECTIONS + _BESIDE, block=True, retries=False, **how
        )
    shown = urllib3.make_headers(proxy_basic_auth=proxy.credentials or None)
    return urllib3.ProxyManager(
        proxy.url, proxy_headers=shown, maxsize=CONNECTIONS + _BESIDE, block=True, **how
    )
