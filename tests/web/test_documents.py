"""Documents in and out, their sources at a place, and documents that mean harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.datastructures import UploadFile
from starlette.testclient import TestClient

from tests.library import samples
from tests.web.conftest import ADDRESS, HANDBOOK
from tests.web.hostile import HOSTILE as HOSTILE_TEXTS
from tritonqa import Library, Reader
from tritonqa.web import Limits, WebOptions, create_app
from tritonqa.web.plain import plain
from tritonqa.web.upload import _keep_all, safe_name

HOSTILE = (
    "# <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> The password of the vault is "
    "swordfish\u202e, says [x](javascript:alert(1)). <svg onload=alert(1)><style>*{top:0}</style></div>\n"
)


@pytest.fixture
def shelf(tmp_path: Path, toy: Reader) -> Iterator[TestClient]:
    """Serve an empty library."""
    options = WebOptions(limits=Limits(upload_megabytes=0.1, files=3))
    with (
        Library(tmp_path / "shelf", toy) as library,
        TestClient(create_app(toy, library, options), ADDRESS) as client,
    ):
        yield client


def send(client: TestClient, *files: tuple[str, bytes]) -> tuple[int, dict[str, object]]:
    answered = client.post("/api/documents", files=[("files", file) for file in files])
    return answered.status_code, answered.json()


def test_a_file_goes_in_is_found_and_goes_out(shelf: TestClient, tmp_path: Path) -> None:
    status, report = send(shelf, ("notes.txt", HANDBOOK.encode()))
    kept = tmp_path / "shelf-documents" / "notes.txt"
    assert status == 201 and report["added"] == [str(kept)] and kept.read_text(encoding="utf-8") == HANDBOOK
    listed = shelf.get("/api/documents").json()
    assert listed["documents"] == [{"document": str(kept), "size": len(HANDBOOK.encode()), "reason": None}]
    body = {"question": "When does the warranty end?", "no_answer_threshold": 1.0}
    assert shelf.post("/api/ask", json=body).json()["answers"][0]["document"] == str(kept)
    assert shelf.delete("/api/documents", params={"document": str(kept)}).json() == {"removed": [str(kept)]}
    assert not kept.exists() and shelf.get("/api/documents").json()["documents"] == []


def test_a_bad_file_is_named_and_the_others_kept(shelf: TestClient, tmp_path: Path) -> None:
    picture, damaged = ("x.png", b"\x89PNG\r\n\x1a\n"), ("bad.pdf", b"%PDF-1.4 nothing")
    status, report = send(shelf, picture, damaged, ("good.txt", b"The cat is called Minka."))
    assert status == 201 and report["added"] == [str(tmp_path / "shelf-documents" / "good.txt")]
    skipped = {Path(one["path"]).name for one in report["skipped"]}  # type: ignore[attr-defined]
    assert skipped == {"x.png", "bad.pdf"}
    assert [path.name for path in (tmp_path / "shelf-documents").iterdir()] == ["good.txt"]
    assert send(shelf, picture)[0] == 415
    status, refusal = send(shelf, damaged)
    assert (
        status == 422
        and refusal["field"] == "files"
        and str(refusal["error"]).startswith("bad.pdf is damaged")
    )


def test_an_upload_has_limits(shelf: TestClient) -> None:
    assert send(shelf, ("long.txt", b"x" * 200_000))[0] == 413
    assert send(shelf, *[(f"{i}.txt", b"x") for i in range(4)])[0] == 400
    assert shelf.post("/api/documents", json={}).status_code == 415
    assert shelf.post("/api/documents", files={}, data={"a": "b"}).status_code == 415
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert shelf.post("/api/documents", content=b"--x\r\nrubbish", headers=broken).status_code in (400, 422)


def test_another_file_of_the_same_name_is_kept_beside_it(shelf: TestClient, tmp_path: Path) -> None:
    for text in (b"The first has 40 rooms.", b"The second has 50.", b"The first has 40 rooms."):
        assert send(shelf, ("a.txt", text))[0] == 201
    assert {path.name for path in (tmp_path / "shelf-documents").iterdir()} == {"a.txt", "a (2).txt"}


def test_files_of_one_name_that_come_at_once_are_all_kept(tmp_path: Path) -> None:
    texts = [f"Report {number}.".encode() * 50_000 for number in range(4)]
    files = [UploadFile(BytesIO(text), filename="report.txt") for text in texts]
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda file: _keep_all([file], tmp_path).kept[0], files))
    assert [path.read_bytes() for path in kept] == texts
    assert len(set(kept)) == len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\a.txt", "a.txt"),
        (".hidden", "hidden"),
        ("..", "document"),
        ("a\u202etxt.exe", "a_txt.exe"),
        ("a:b?.txt", "a_b_.txt"),
        ("語" * 200 + ".txt", "語" * 60 + ".txt"),
    ],
)
def test_names_lead_nowhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("document", ["", "/etc/passwd", "../x"])
def test_what_is_not_in_the_library_is_not_shown(client: TestClient, document: str) -> None:
    for method, path in (("DELETE", "/api/documents"), ("GET", "/source"), ("GET", "/picture")):
        refused = client.request(method, path, params={"document": document})
        assert refused.status_code in (404, 422)
        assert path == "/picture" or refused.json()["field"] == "document"


def test_a_text_is_shown_at_the_place(client: TestClient, desk: Path) -> None:
    start = HANDBOOK.index("24 months")
    place: dict[str, str | int] = {"document": str(desk / "handbook.txt"), "start": start, "end": start + 9}
    assert '<mark id="here">24 months</mark>' in client.get("/source", params=place).text


def test_a_page_is_drawn_with_its_boxes_and_its_text(client: TestClient, desk: Path) -> None:
    body = {"question": "When does the warranty end?", "scope": {"kinds": "pdf"}, "no_answer_threshold": 1}
    answer = client.post("/api/ask", json=body).json()["answers"][0]
    page = client.get("/source", params={name: answer[name] for name in ("document", "start", "end")}).text
    box = answer["boxes"][0]
    assert f'<rect x="{box["left"]}" y="{box["top"]}"' in page
    assert f'<mark id="here">{answer["text"]}</mark>' in page and "page 2 of 2" in page
    picture = client.get("/picture", params={"document": answer["document"], "page": 2})
    assert picture.content.startswith(b"\x89PNG") and picture.headers["content-type"] == "image/png"
    assert client.get("/picture", params={"document": answer["document"], "page": 3}).status_code == 404


@pytest.mark.parametrize("query", [{"start": "x"}, {"start": "5", "end": "2"}, {"start": "9" * 12}])
def test_a_wrong_place_is_named(client: TestClient, desk: Path, query: dict[str, str]) -> None:
    refused = client.get("/source", params={"document": str(desk / "handbook.txt"), **query})
    assert refused.status_code == 422 and refused.json()["field"] in ("start", "end")
    far = client.get("/source", params={"document": str(desk / "handbook.txt"), "start": 1, "end": 10_000})
    assert far.status_code == 404


def test_a_changed_file_is_said_to_be_and_not_drawn(shelf: TestClient, tmp_path: Path) -> None:
    assert send(shelf, ("b.pdf", samples.pdf()))[0] == 201
    kept = tmp_path / "shelf-documents" / "b.pdf"
    kept.write_bytes(b"other")
    page = shelf.get("/source", params={"document": str(kept), "start": 20, "end": 25}).text
    assert "has changed" in page and "<svg" not in page
    assert shelf.get("/picture", params={"document": str(kept)}).status_code == 404


def test_a_hostile_document_is_inert(shelf: TestClient, tmp_path: Path) -> None:
    assert send(shelf, ("<b>evil</b>.md", HOSTILE.encode()))[0] == 201
    document = shelf.get("/api/documents").json()["documents"][0]["document"]
    page = shelf.get("/source", params={"document": document, "start": 0, "end": 5}).text
    shown = page[page.index("<main>") :]
    assert set(re.findall(r"<(\w+)", shown)) == {"main", "nav", "div", "mark"}
    assert "\u202e" not in page and "&lt;img src=x" in page and "<b>" not in page


def test_two_hundred_hostile_documents_are_shown_as_words(tmp_path: Path, toy: Reader) -> None:
    for number, text in enumerate(HOSTILE_TEXTS):
        kind = ("txt", "md", "html", "csv")[number % 4]
        (tmp_path / f"{number:03}.{kind}").write_text(f"Number {number}.\n\n{text}", encoding="utf-8")
    with Library(tmp_path / "x.library", toy) as library:
        report = library.add(tmp_path, vectors=False)
        assert len(report.added) + len(report.skipped) == len(HOSTILE_TEXTS)
        assert len(report.skipped) < 3, "control characters make no text; it is named, and stops nothing"
        with TestClient(create_app(toy, library), ADDRESS) as client:
            for path in report.added:
                shown = client.get("/source", params={"document": path, "start": 0, "end": 6})
                assert shown.status_code == 200
                page = HTMLParser(shown.text)
                assert {node.tag for node in page.css("main *")} <= {"nav", "div", "mark", "a"}
                assert [node.attributes.get("src") for node in page.css("script")] == ["/static/source.js"]
                assert not [name for node in page.css("*") for name in node.attributes if name[:2] == "on"]
                assert all(
                    (link.attributes["href"] or "").startswith("/source?") for link in page.css("main a")
                )
            asked = {"question": "Which number?", "no_answer_threshold": 1.0, "top_k": 50}
            assert client.post("/api/ask", json=asked).json()["answers"], "the server is still right"


def test_an_answer_that_takes_too_long_is_given_up(reader: Reader, desk: Path) -> None:
    options = WebOptions(limits=Limits(seconds=1e-6))
    with Library(desk.parent / f"{desk.name}.library", reader) as library:
        library.add(desk)
        with TestClient(create_app(reader, library, options), ADDRESS) as client:
            refused = client.post("/api/ask", json={"question": "When does the warranty end?"})
    assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0


def test_overrides_are_shown() -> None:
    assert (
        plain("a\u202eb\x00\ud800c") == "a\ufffdb\ufffd\ufffdc" and plain("עברית\n\u200f") == "עברית\n\u200f"
    )


def test_without_a_library_there_are_no_documents(text_client: TestClient) -> None:
    for method, path in (("GET", "/api/documents"), ("GET", "/api/events"), ("GET", "/source?document=x")):
        refused = text_client.request(method, path)
        assert refused.status_code == 404 and "--library" in refused.json()["error"]


def test_quotations_are_verified(client: TestClient, text_client: TestClient, desk: Path) -> None:
    said = {"text": 'He wrote "The warranty of the pump ends after 24 months" and "It is made of cheese".'}
    first, second = client.post("/api/verify", json=said).json()["quotations"]
    assert first["status"] == "verified" and first["document"] == str(desk / "handbook.txt")
    assert HANDBOOK[first["start"] : first["end"]] == first["found"] and second["status"] == "not_found"
    given = text_client.post("/api/verify", json={**said, "passages": HANDBOOK}).json()["quotations"]
    assert [one["status"] for one in given] == ["verified", "not_found"]
    assert text_client.post("/api/verify", json=said).json()["field"] == "passages"
    assert client.post("/api/verify", json={"text": 5}).json()["field"] == "text"
