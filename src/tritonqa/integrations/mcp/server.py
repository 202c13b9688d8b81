"""A reader, and a library where there is one → an MCP server with its tools and resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeAlias

from tritonqa import __version__
from tritonqa.errors import InputError, MissingExtra, TritonQAError
from tritonqa.integrations.mcp.documents import SCHEME, listing, read, resource_of
from tritonqa.integrations.mcp.results import AskResult, SearchResult, VerifyResult, asked
from tritonqa.library.aio import ask as ask_library
from tritonqa.library.answer.ask import Asking
from tritonqa.library.library import Library
from tritonqa.library.store import Scope
from tritonqa.library.verify import quotations, verify
from tritonqa.progress import Step
from tritonqa.reader import AsyncReader, Reader
from tritonqa.reader.followed import Followed

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context
    from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
    from mcp.types import CallToolResult, ToolAnnotations
    from pydantic import Field
except ImportError as error:
    raise MissingExtra("mcp", "mcp") from error

Question: TypeAlias = Annotated[str, Field(description="A question in plain words.")]
Passages: TypeAlias = Annotated[
    list[str] | None, Field(description="Texts to answer from; the library's documents where none are given.")
]
Documents: TypeAlias = Annotated[
    list[str] | None,
    Field(description='Patterns of paths that may be used ("contracts/*.pdf"); all where none are given.'),
]
Where: TypeAlias = Annotated[
    dict[str, str] | None,
    Field(
        description="Patterns of what documents that may be used say of themselves, by name: "
        '{"author": "*Lovelace*"}; also date, keyword, language.'
    ),
]
Since: TypeAlias = Annotated[
    str | None, Field(description="Only documents of this date or after: 2024, 2024-05 or 2024-05-31.")
]
Until: TypeAlias = Annotated[str | None, Field(description="Only documents of this date or before.")]
TopK: TypeAlias = Annotated[int, Field(description="Quotations at most.", ge=1, le=50)]
Query: TypeAlias = Annotated[str, Field(description="Words or a question.")]
Count: TypeAlias = Annotated[int, Field(description="Passages at most.", ge=1, le=100)]
Text: TypeAlias = Annotated[str, Field(description="A text with quotations, in marks or as blocks.")]

_LOOKS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

_INSTRUCTIONS = (
    "Answers are verbatim quotations with their place and a probability, never generated text. An empty list "
    "of answers means that what was searched does not answer the question: say so, and do not make one up."
)


@contextmanager
def telling() -> Iterator[None]:
    """Let an assistant read our errors: the SDK hides those that it does not know."""
    try:
        yield
    except TritonQAError as error:
        raise ToolError(str(error)) from error


@contextmanager
def finding() -> Iterator[None]:
    """Do the same for a resource, which may not be there."""
    try:
        yield
    except InputError as error:
        raise ResourceNotFoundError(str(error)) from error
    except TritonQAError as error:
        raise ResourceError(str(error)) from error


def make_server(reader: Reader, library: Library | None = None) -> MCPServer[Any]:
    """Make the server: ask, and with a library search, verify_quotes and its documents.

    An ask tells its progress, and a caller who cancels it ends it.
    """
    server = MCPServer("tritonqa", version=__version__, instructions=_INSTRUCTIONS)
    awaited = AsyncReader(reader.backend)

    @server.tool(annotations=_LOOKS, title="Ask")
    async def ask(
        question: Question,
        context: Context,
        passages: Passages = None,
        scope: Documents = None,
        where: Where = None,
        since: Since = None,
        until: Until = None,
        top_k: TopK = 3,
    ) -> Annotated[CallToolResult, AskResult]:
        """Answer a question with verbatim quotations, or say that nothing that was searched answers it."""

        async def answer(step: Step) -> dict[str, Any]:
            if passages:
                found = await awaited.ask(question, passages, step=step, top_k=top_k)
                return {**found.to_dict(), "searched": {"passages": len(passages)}}
            asking, within = Asking(top_k), _scope(scope, where, since, until)
            cited = await ask_library(_library(library), awaited, question, asking, scope=within, step=step)
            return cited.to_dict()

        with telling(), Followed(answer) as work:
            async for done, total in work:
                await context.report_progress(done, total)
            return asked(work.result())

    if library is not None:
        _add_library(server, library)
    return server


def _add_library(server: MCPServer[Any], library: Library) -> None:
    """Add the tools and resources that need documents."""

    @server.tool(annotations=_LOOKS, title="Search passages")
    @telling()
    def search(
        query: Query,
        k: Count = 10,
        scope: Documents = None,
        where: Where = None,
        since: Since = None,
        until: Until = None,
    ) -> SearchResult:
        """Find the passages that say most about something, without answering."""
        return {
            "passages": [
                {
                    "text": hit.text,
                    "score": hit.score,
                    "document": hit.document,
                    "page": hit.page,
                    "start": hit.start,
                    "end": hit.end,
                    "resource": resource_of(hit.document, hit.page),
                }
                for hit in library.search(query, k=k, scope=_scope(scope, where, since, until))
            ]
        }

    @server.tool(annotations=_LOOKS, title="Verify quotations")
    @telling()
    def verify_quotes(text: Text) -> VerifyResult:
        """Look for every quotation of a text in the documents: verified, repaired, or not found."""
        sought = quotations(text)
        if not sought:
            raise InputError("text quotes nothing; put what is to be verified in quotation marks", "text")
        found = verify(sought, library.documents(one.text for one in sought))
        verdicts: Any = [one.to_dict() for one in found]
        return {"quotations": verdicts, "all_verified": all(one.status == "verified" for one in found)}

    @server.resource(SCHEME, name="documents", mime_type="application/json")
    @finding()
    def documents() -> str:
        """List the documents, each with the address of its text."""
        return json.dumps(listing(library), ensure_ascii=False)

    @server.resource(SCHEME + "/{name}", name="document", mime_type="text/plain")
    @finding()
    def document(name: str) -> str:
        """Read a document's text as it was indexed; answers' characters count in it."""
        return read(library, name)

    @server.resource(SCHEME + "/{name}/pages/{page}", name="page", mime_type="text/plain")
    @finding()
    def page(name: str, page: int) -> str:
        """Read one page of a document."""
        return read(library, name, page)


def _library(library: Library | None) -> Library:
    if library is None:
        raise InputError(
            "passages are missing: this server has no library; give texts to answer from", "passages"
        )
    return library


def _scope(
    documents: list[str] | None, where: dict[str, str] | None, since: str | None, until: str | None
) -> Scope | None:
    if not (documents or where or since or until):
        return None
    return Scope.of(documents or "*", where=where, since=since or "", until=until or "")
