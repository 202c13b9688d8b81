"""GET, POST and DELETE /api/documents: what the library holds, and what it is to hold."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from tritonqa.errors import InputError
from tritonqa.web.indexing import State
from tritonqa.web.json_response import json_response
from tritonqa.web.query import query_number
from tritonqa.web.refusal import Refusal
from tritonqa.web.service import Service, may_change, service_of
from tritonqa.web.upload import Upload, receive

_LISTED = 1000


class Documents(HTTPEndpoint):
    """The address, by methods."""

    async def get(self, request: Request) -> Response:
        """List."""
        return await listed(request)

    async def post(self, request: Request) -> Response:
        """Add."""
        return await added(request)

    async def delete(self, request: Request) -> Response:
        """Remove."""
        return await removed(request)


async def listed(request: Request) -> Response:
    """List documents by path: limit of them, after offset; and how far indexing is."""
    service = service_of(request)
    library = service.library(request)
    limit = query_number(request, "limit", _LISTED)
    offset = query_number(request, "offset", 0)

    def look() -> dict[str, Any]:
        files = library.files()
        some = files[offset : offset + limit]
        documents = [{"document": str(f.path), "size": f.size, "reason": f.reason or None} for f in some]
        return {"documents": documents, **library.status().to_dict()}

    held = await service.looks.run(look)
    state = service.writer.state if may_change(request) else State()
    return json_response({**held, "indexing": state.to_dict()})


async def added(request: Request) -> Response:
    """Keep the files of a form and index them; say which could not be read, and why.

    What can't be read is not kept. 415 where none is of a kind that is known, 422 where none can be read.
    """
    service = service_of(request)
    writer = service.changed(request)
    upload = await receive(request, service.uploads, service.options.limits)
    if not upload.kept:
        _, reason = upload.refused[0]
        raise Refusal(415, f"{upload.refused[0][0]} {reason}", "files")
    report = await asyncio.wrap_future(writer.add(upload.kept))
    await service.looks.run(_drop, service, upload, [path for path, _ in report.skipped])
    record = report.to_dict()
    record["skipped"] += [{"path": name, "reason": reason} for name, reason in upload.refused]
    if not set(map(str, upload.kept)) - {path for path, _ in report.skipped}:
        path, reason = report.skipped[0]
        raise Refusal(422, f"{Path(path).name} {reason}", "files")
    return json_response(record, 201)


async def removed(request: Request) -> Response:
    """Forget a document; a file that was uploaded is deleted, any other stays where it is."""
    service = service_of(request)
    writer = service.changed(request)
    document = request.query_params.get("document")
    if not document:
        raise InputError("document is missing; give its path: ?document=PATH", "document")
    known = {str(file.path) for file in await service.looks.run(writer.library.files)}
    if document not in known:
        raise Refusal(404, "the library holds no such document", "document")
    gone = await asyncio.wrap_future(writer.remove([document]))
    await service.looks.run(_delete_upload, service, Path(document))
    return json_response({"removed": gone})


def _drop(service: Service, upload: Upload, unreadable: list[str]) -> None:
    """Let go of uploads that can't be read, so that they are neither kept nor listed."""
    bad = [path for path in upload.kept if str(path) in unreadable]
    if bad:
        service.writer.remove([str(path) for path in bad]).result()
        for path in bad:
            _delete_upload(service, path)


def _delete_upload(service: Service, path: Path) -> None:
    if path.parent == service.uploads:
        path.unlink(missing_ok=True)
