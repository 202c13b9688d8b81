"""Templates → pages; whatever is put into them is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.templating import Jinja2Templates

from tritonqa.web.plain import plain

ROOT = Path(__file__).parent


def page(request: Request, name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Return a page."""
    return _templates().TemplateResponse(request, name, dict(values), status)


@cache
def _templates() -> Jinja2Templates:
    loader = FileSystemLoader(ROOT / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["plain"] = plain
    return Jinja2Templates(env=environment)
