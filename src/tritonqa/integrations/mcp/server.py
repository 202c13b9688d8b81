"""A reader, and a library where there is one → an MCP server with its tools and resources."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeAlias, TypeVar

from tritonqa import __version__
from tritonqa.errors import InputError, MissingExtra, TritonQAError
from tritonqa.integrations.mcp.documents import SCHEME, listing, read, resource_of
from tritonqa.integrations.mcp.results import AskResult, SearchResult, VerifyResult, quoted
from tritonqa.library.library import Library
from tritonqa.library.store import Scope
from tritonqa.library.verify import quotations, verify
from tritonqa.reader import Reader

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations
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
TopK: TypeAlias = Annotated[int, Field(description="Quotations at most.", ge=1, le=50)]
Query: TypeAlias = Annotated[str, Field(description="Words or a question.")]
Count: TypeAlias = Annotated[int, Field(description="Passages at most.", ge=1, le=100)]
Text: TypeAlias = Annotated[str, Field(description="A text with quotations, in marks or as blocks.")]

P = ParamSpec("P")
T = TypeVar("T")
_LOOKS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

_INSTRUCTIONS = (
    "Answers are verbatim quotations with their place and a probability, never generated text. An empty list "
    "of answers means that what was searched does not answer the question: say so, and do not make one up."
)


def telling(tool: Callable[P, T]) -> Callable[P, T]:
    """Let an assistant read our errors: the SDK hides those that it does not know."""

    @wraps(tool)
    def told(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return tool(*arguments, **named)
        except TritonQAError as error:
            raise ToolError(str(error)) from error

    return told


def make_server(reader: Reader, library: Library | None = None) -> MCPServer[Any]:
    """Make the server: ask, and with a library search, verify_quotes and its documents."""
    server = MCPServer("tritonqa", version=__version__, instructions=_INSTRUCTIONS)

    @server.tool(annotations=_LOOKS, title="Ask")
    @telling
    def ask(
        question: Question,
        passages: Passages = None,
        documents: Documents = None,
        top_k: TopK = 3,
    ) -> AskResult:
        """Answer a question with verbatim quotations, or say that nothing that was searched answers it."""
        if passages is not None:
            record = reader.ask(question, passages, top_k=top_k).to_dict()
            searched: dict[str, Any] = {"passages": len(passages)}
        else:
            found = _library(library).ask(question, top_k=top_k, scope=_scope(documents))
            record = found.to_dict()
            searched = record["searched"]
        answers = [
            quoted(a, resource_of(a["document"], a["page"]) if "document" in a else None)
            for a in record["answers"]
        ]
        return {
            "question": question,
            "answers": answers,
            "no_answer_probability": record["no_answer"],
            "calibrated": record["calibrated"],
            "searched": searched,
        }

    if library is not None:
        _add_library(server, library)
    return server


def _add_library(server: MCPServer[Any], library: Library) -> None:
    """Add the tools and resources that need documents."""

    @server.tool(annotations=_LOOKS, title="Search passages")
    @telling
    def search(query: Query, k: Count = 10) -> SearchResult:
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
                for hit in library.search(query, k=k)
            ]
        }

    @server.tool(annotations=_LOOKS, title="Verify quotations")
    @telling
    def verify_quotes(text: Text) -> VerifyResult:
        """Look for every quotation of a text in the documents: verified, repaired, or not found."""
        sought = quotations(text)
        found = verify(sought, library.documents(one.text for one in sought))
        verdicts: Any = [one.to_dict() for one in found]
        return {"quotations": verdicts, "all_verified": all(one.status == "verified" for one in found)}

    @server.resource(SCHEME, name="documents", mime_type="application/json")
    def documents() -> str:
        """List the documents, each with the address of its text."""
        return json.dumps(listing(library), ensure_ascii=False)

    @server.resource(SCHEME + "/{name}", name="document", mime_type="text/plain")
    def document(name: str) -> str:
        """Read a document's text as it was indexed; answers' characters count in it."""
        return read(library, name)

    @server.resource(SCHEME + "/{name}/pages/{page}", name="page", mime_type="text/plain")
    def page(name: str, page: int) -> str:
        """Read one page of a document."""
        return read(library, name, page)


def _library(library: Library | None) -> Library:
    if library is None:
        raise InputError(
            "passages are missing: this server has no library; give texts to answer from", "passages"
        )
    return library


def _scope(documents: list[str] | None) -> Scope | None:
    return None if documents is None else Scope.of(documents, ())
