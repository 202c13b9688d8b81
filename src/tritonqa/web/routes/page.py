"""GET /: the page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.library.parse import kinds
from tritonqa.web.pages import page
from tritonqa.web.service import may_change, service_of


async def index(request: Request) -> Response:
    """Show the question box."""
    service = service_of(request)
    library = service.indexer and str(service.indexer.library.path)
    limits = service.options.limits
    values = {"library": library, "may_change": may_change(request), "kinds": list(kinds())}
    return page(request, "index.html", {**values, "upload_megabytes": limits.upload_megabytes})
