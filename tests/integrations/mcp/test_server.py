"""The tools as an assistant sees them, through the SDK's own client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.gated import GatedReader
from tritonqa import Library, Reader
from tritonqa.errors import InputError
from tritonqa.integrations.mcp import make_server
from tritonqa.integrations.mcp.http import behind_token, serve_http

mcp = pytest.importorskip("mcp", reason="needs tritonqa[mcp]")
WARRANTY = {"question": "When does the warranty end?"}
CHESS = {"question": "Who won the chess match in Oslo?"}
TEXT = "The warranty ends on 3 May 2031. It covers parts and labour.\n\nAda Lovelace signed it in London."
SEVERAL = [f"Clause {number}. {TEXT}" for number in range(5)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "warranty.txt").write_text(TEXT, encoding="utf-8")
    with Library(folder / "notes.library") as made:
        made.add([folder / "warranty.txt"], vectors=False)
        yield made


def call(server: Any, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        async with mcp.Client(server) as client:
            return await work(client)

    return asyncio.run(run())


def test_ask_quotes_a_document(library: Library, reader: Reader) -> None:
    found = call(
        make_server(reader, library),
        lambda c: c.call_tool("ask", WARRANTY),
    )
    record = found.structured_content
    (answer,) = record["answers"][:1]
    assert answer["text"] == "3 May 2031" == TEXT[answer["start"] : answer["end"]]
    assert answer["document"].endswith("warranty.txt") and record["searched"]["files"] == 1
    text = call(make_server(reader, library), lambda c: c.read_resource(answer["resource"]))
    assert text.contents[0].text[answer["start"] : answer["end"]] == answer["text"]


def test_what_is_not_there_is_no_answer(library: Library, reader: Reader) -> None:
    found = call(
        make_server(reader, library),
        lambda c: c.call_tool("ask", CHESS),
    )
    assert found.structured_content["answers"] == []
    assert found.structured_content["no_answer_probability"] > 0.5


def test_what_is_out_of_scope_is_not_searched(library: Library, toy: Reader) -> None:
    found = call(make_server(toy, library), lambda c: c.call_tool("ask", {**WARRANTY, "scope": ["*.pdf"]}))
    assert found.structured_content["searched"]["passages"] == 0 and not found.structured_content["answers"]


def test_lists_that_hold_nothing_are_as_if_they_were_not_given(library: Library, toy: Reader) -> None:
    none: dict[str, Any] = {"scope": [], "passages": [], "where": {}}
    found = call(make_server(toy, library), lambda c: c.call_tool("ask", {**WARRANTY, **none}))
    assert found.structured_content["searched"]["passages"] > 0


def test_documents_can_be_chosen_by_what_they_say_of_themselves(tmp_path: Path, toy: Reader) -> None:
    (tmp_path / "a.md").write_text(f"---\nauthor: Ada\ndate: 2024\n---\n{TEXT}", encoding="utf-8")
    with Library(tmp_path / "x.library") as made:
        made.add([tmp_path / "a.md"], vectors=False)
        server = make_server(toy, made)

        def called(tool: str, arguments: dict[str, Any]) -> Any:
            return call(server, lambda c: c.call_tool(tool, arguments)).structured_content

        cases = (({"where": {"author": "ada"}}, 1), ({"since": "2025"}, 0), ({"until": "2024"}, 1))
        for given, found in cases:
            assert called("ask", {**WARRANTY, **given})["searched"]["files"] == found
            assert bool(called("search", {"query": "warranty", **given})["passages"]) == bool(found)
        wrong = call(server, lambda c: c.call_tool("ask", {**WARRANTY, "since": "soon"}))
        assert wrong.is_error and "since must be a date" in wrong.content[0].text


def test_ask_reads_passages_without_a_library(reader: Reader) -> None:
    arguments = {"question": "Who signed it?", "passages": [TEXT]}
    found = call(make_server(reader), lambda c: c.call_tool("ask", arguments))
    assert found.structured_content["answers"][0]["text"] == "Ada Lovelace"
    refused = call(make_server(reader), lambda c: c.call_tool("ask", {"question": "Who?"}))
    assert refused.is_error and "passages are missing" in refused.content[0].text


def test_verify_quotes_and_search(library: Library, reader: Reader) -> None:
    server = make_server(reader, library)
    text = 'It says "The warranty ends on 3 May 2031" and "covers parts and labor only for a year of use".'
    found = call(server, lambda c: c.call_tool("verify_quotes", {"text": text})).structured_content
    assert found["quotations"][0]["status"] == "verified" and not found["all_verified"]
    nothing = call(server, lambda c: c.call_tool("verify_quotes", {"text": "It ends on 3 May 2032."}))
    assert nothing.is_error and "text quotes nothing" in nothing.content[0].text
    passages = call(server, lambda c: c.call_tool("search", {"query": "warranty"})).structured_content[
        "passages"
    ]
    assert TEXT[passages[0]["start"] : passages[0]["end"]] == passages[0]["text"]


def test_tools_state_their_schemas(library: Library, reader: Reader) -> None:
    tools = call(make_server(reader, library), lambda c: c.list_tools()).tools
    assert sorted(tool.name for tool in tools) == ["ask", "search", "verify_quotes"]
    assert all(tool.output_schema and tool.annotations.read_only_hint for tool in tools)
    listed = call(make_server(reader, library), lambda c: c.read_resource("tritonqa://documents"))
    assert json.loads(listed.contents[0].text)[0]["document"].endswith("warranty.txt")


def test_the_protocol_is_kept(library: Library, toy: Reader) -> None:
    """What the inspector looks at: schemas that hold, lists, templates, and each thing that is not there."""
    from mcp import MCPError

    async def look(client: Any) -> None:
        for tool in (await client.list_tools()).tools:
            Draft202012Validator.check_schema(tool.input_schema)
            Draft202012Validator.check_schema(tool.output_schema)
            assert tool.title and tool.description and tool.input_schema["type"] == "object"
        (listed,) = (await client.list_resources()).resources
        assert str(listed.uri) == "tritonqa://documents" and listed.mime_type == "application/json"
        templates = (await client.list_resource_templates()).resource_templates
        assert sorted(one.name for one in templates) == ["document", "page"]
        for uri in ("tritonqa://documents/nothing", "tritonqa://documents/nothing/pages/1", "nothing://x"):
            with pytest.raises(MCPError, match="nothing"):
                await client.read_resource(uri)
        unknown = await client.call_tool("nothing", {})
        assert unknown.is_error and "nothing" in unknown.content[0].text
        for wrong in ({}, {"question": 5}, {"question": " "}, {"question": "Who?", "top_k": 0}):
            refused = await client.call_tool("ask", wrong)
            field = "top_k" if "top_k" in wrong else "question"
            assert refused.is_error and field in refused.content[0].text
        assert (await client.call_tool("search", {"query": "warranty"})).structured_content["passages"]

    call(make_server(toy, library), look)


@pytest.mark.filterwarnings("ignore:ping is removed")
def test_a_client_of_an_older_protocol_pings_and_asks(toy: Reader) -> None:
    async def run() -> Any:
        async with mcp.Client(make_server(toy), mode="legacy") as client:
            await client.send_ping()
            return await client.call_tool("ask", {"question": "Who signed it?", "passages": [TEXT]})

    assert asyncio.run(run()).structured_content["searched"] == {"passages": 1}


def test_answers_link_to_their_sources(library: Library, reader: Reader) -> None:
    found = call(make_server(reader, library), lambda c: c.call_tool("ask", WARRANTY))
    text, link = found.content
    assert json.loads(text.text) == found.structured_content
    assert link.type == "resource_link" and link.name == "warranty.txt"
    assert str(link.uri) == found.structured_content["answers"][0]["resource"]


def test_an_ask_tells_its_progress(toy: Reader) -> None:
    told: list[tuple[float, float | None]] = []

    async def hear(done: float, total: float | None, message: str | None) -> None:
        told.append((done, total))

    arguments = {"question": "Who signed it?", "passages": SEVERAL}
    call(make_server(toy), lambda c: c.call_tool("ask", arguments, progress_callback=hear))
    assert told[-1] == (5, 5) and [done for done, _ in told] == [1, 2, 3, 4, 5]


def test_an_ask_that_is_cancelled_is_not_read_on() -> None:
    slow = GatedReader()

    async def give_up(client: Any) -> int:
        arguments = {"question": "Who signed it?", "passages": SEVERAL}
        asking = asyncio.ensure_future(client.call_tool("ask", arguments))
        await asyncio.to_thread(slow.until_it_reads)
        asking.cancel()
        return await asyncio.to_thread(slow.let_go)

    assert call(make_server(slow), give_up) == 1


def test_the_command_over_stdio(library: Library) -> None:
    from mcp import StdioServerParameters, stdio_client

    code = "from tritonqa.cli.main import main; main()"
    arguments = ["-c", code, "mcp", "--library", str(library.path), "--engine", "toy"]
    server = StdioServerParameters(command=sys.executable, args=arguments)
    tools = call(stdio_client(server), lambda c: c.list_tools()).tools
    assert "ask" in [tool.name for tool in tools]


@pytest.mark.parametrize(("given", "status"), [(None, 401), ("Bearer wrong", 401), ("Bearer secret", 200)])
def test_http_wants_the_token(given: str | None, status: int) -> None:
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"authorization", given.encode())] if given else []
    guarded = behind_token(app, "secret")
    asyncio.run(guarded({"type": "http", "headers": headers}, None, send))
    assert sent[0]["status"] == status


@pytest.mark.parametrize("token", ["", " ", "two words", "né"])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="token must"):
        serve_http(None, "0.0.0.0", 0, token)
    with pytest.raises(InputError, match="token is missing"):
        serve_http(None, "0.0.0.0", 0, None)
