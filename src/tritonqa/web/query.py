"""An address's query → its values."""

from __future__ import annotations

from starlette.requests import Request

from tritonqa.checks import whole_number


def query_number(request: Request, name: str, default: int) -> int:
    """Return a whole number from 0 on; raises InputError for anything else, however long."""
    given = request.query_params.get(name)
    if given is None:
        return default
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else given
    return whole_number(name, number, 0)
