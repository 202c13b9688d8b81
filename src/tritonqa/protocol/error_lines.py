"""Errors ↔ the one line of text that crosses the wire, the same over gRPC and HTTP.

The server writes the error's class before its message: "Overloaded: 512 windows wait already; …".
"""

from __future__ import annotations

from collections.abc import Callable

from tritonqa.errors import EngineError, InputError, Overloaded, Timeout, TritonQAError, Unavailable

_KINDS = {kind.__name__: kind for kind in (InputError, Unavailable, Timeout, Overloaded, EngineError)}
# Triton's own words, which come with codes too broad to tell these apart.
_TRITONS = {
    "exceeds maximum queue size": Overloaded,
    "request timeout expired": Timeout,
    "is not healthy": Unavailable,
    "no available versions": Unavailable,
    "is not found": Unavailable,
    "server is stopping": Unavailable,
}


def to_line(error: BaseException) -> str:
    """Write an error for the wire; one that is not ours says that the model failed."""
    kind = next((name for name, kind in _KINDS.items() if isinstance(error, kind)), None)
    return f"{kind}: {error}" if kind else f"EngineError: the model failed: {error!r}"


def from_line(line: str, otherwise: Callable[[str], TritonQAError] = EngineError) -> TritonQAError:
    """Read an error off the wire: ours by its class, Triton's own by its words, others as told."""
    line = line.partition("\n\nAt:")[0]  # where in the code; the server's log has it
    name, _, message = line.partition(": ")
    if name in _KINDS:
        return _KINDS[name](message)
    known = (kind for words, kind in _TRITONS.items() if words in line.lower())
    return next(known, otherwise)(line)
