"""What all requests share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import platformdirs
from starlette.requests import Request

from tritonqa.library.library import Library
from tritonqa.reader import AsyncReader, Reader
from tritonqa.web.door.token import SEES
from tritonqa.web.indexing import Indexer
from tritonqa.web.metrics import Metrics
from tritonqa.web.options import WebOptions
from tritonqa.web.refusal import Refusal
from tritonqa.web.workers import Line, Workers


@dataclass(frozen=True, slots=True)
class Service:
    """A reader, a library if there is one, the line of those who ask, and the library's turns among them."""

    reader: AsyncReader
    indexer: Indexer | None
    options: WebOptions
    line: Line
    turns: asyncio.Semaphore
    workers: Workers
    looks: Workers
    metrics: Metrics = field(default_factory=Metrics)

    @classmethod
    def of(cls, reader: Reader, library: Library | None, options: WebOptions) -> Service:
        """Put together what answers; library is one that is open, or none."""
        limits = options.limits
        line = Line(limits.running + limits.waiting)
        turns, workers = asyncio.Semaphore(limits.running), Workers(limits.running, line)
        looks = Workers(limits.running, Line(limits.running + limits.waiting))
        indexer = Indexer(library) if library is not None else None
        return cls(AsyncReader(reader.backend), indexer, options, line, turns, workers, looks)

    @property
    def writer(self) -> Indexer:
        """Return what writes to the library; raises Refusal 404 where there is none."""
        if self.indexer is None:
            raise Refusal(404, "there is no library here; start tritonqa web with --library DIR")
        return self.indexer

    def library(self, request: Request) -> Library:
        """Return what a caller may see of the library; raises Refusal 404 where there is none."""
        scope = request.scope.get(SEES)
        return self.writer.library if scope is None else self.writer.library.seen_by(scope)

    def changed(self, request: Request) -> Indexer:
        """Return what writes to the library for who may; raises Refusal 403 for who may see a part alone."""
        need_all(request)
        return self.writer

    @property
    def uploads(self) -> Path:
        """Return the folder that keeps what was dropped on the page: beside the library, or the user's."""
        path = self.writer.library.path
        if isinstance(path, str):
            path = Path(platformdirs.user_data_dir("tritonqa")) / path.rpartition("/")[2]
        return path.with_name(f"{path.name}-documents")

    def close(self) -> None:
        """End the threads; reader and library are their owner's to close."""
        for one in (self.indexer, self.workers, self.looks):
            if one is not None:
                one.close()


def may_change(request: Request) -> bool:
    """Tell whether a caller sees all of the library, and may change it."""
    return request.scope.get(SEES) is None


def need_all(request: Request) -> None:
    """Raise Refusal 403 for who may see a part of the library alone."""
    if not may_change(request):
        raise Refusal(403, "this key is for asking: it can't change, follow or count the library", "token")


def service_of(request: Request) -> Service:
    """Return what an application's requests share."""
    return cast(Service, request.app.state.service)
