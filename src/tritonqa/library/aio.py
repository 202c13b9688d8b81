"""Library.ask, awaited."""

from __future__ import annotations

from asyncio import to_thread

from tritonqa.library.answer import CitedAnswers
from tritonqa.library.answer.ask import Asking, finish
from tritonqa.library.answer.cite import Citer
from tritonqa.library.library import Library
from tritonqa.library.store import Scope
from tritonqa.progress import Step
from tritonqa.reader import AsyncReader
from tritonqa.tracing import span


async def ask(
    library: Library,
    reader: AsyncReader,
    question: str,
    asking: Asking,
    *,
    scope: Scope | None = None,
    step: Step | None = None,
) -> CitedAnswers:
    """Answer a question as Library.ask does; cancelling the task drops the passages that are not read yet."""
    prepared = await to_thread(library.prepare, question, asking.passages, scope)
    read = None
    if prepared.found:
        with span("tritonqa.read"):
            read = await reader.ask(
                prepared.question, prepared.passages, step=step, **prepared.options(asking.top_k)
            )
    return await to_thread(finish, prepared, read, Citer(library.options), asking)
