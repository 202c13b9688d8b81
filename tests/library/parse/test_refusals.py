from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tritonqa.errors import DocumentError, InputError
from tritonqa.library.parse import ParseOptions, parse, parse_apart
from tritonqa.library.parse import source as sources

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these files")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "is an old Office file"),
        ("perfect.doc", b"\xffWPC" + bytes(99), "is a WordPerfect file"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(99), "is an image"),
        ("broken.docx", b"PK\x03\x04" + bytes(99), "is a damaged zip file"),
        ("page.docx", b"nothing of the sort", "is named .docx but holds something else"),
        ("noise.txt", bytes(range(256)) * 9, "is not text"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n", "is damaged and can't be read as PDF"),
        ("program", b"\x7fELF" + bytes(99), "is a program"),
        ("half.txt", b"\xff\xfea", "is not UTF-16"),
        ("cloud.docx", b"", "is empty; download it"),
        ("cloud.pdf", bytes(5000), "is empty; download it"),
        ("sheet.gsheet", b'{"url": "https://docs.google.com/x"}', "is a link to what is elsewhere"),
        ("none.zip", b"PK\x05\x06" + bytes(18), "is an archive"),
    ],
)
def test_what_can_t_be_read_is_named_with_its_reason(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        parse(path)
    assert str(caught.value).startswith(f"{path} {reason}")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Grüße aus Köln, schöne Wärme für alle Räume und Flüsse", "windows-1252"),
        ("Договор гарантии насоса заканчивается через два года после покупки. " * 3, "koi8-r"),
        ("日本語の文書をここに書きます。とても良い天気です。", "shift_jis"),
        ("plain words", "utf-16-le"),
        ("🔥 wärme", "utf-8-sig"),
    ],
)
def test_encodings_are_detected(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(text.encode(encoding))
    assert parse(path).text == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße aus Köln, schöne Wärme".encode()[:-4], "Grüße aus Köln, schöne W\ufffd"),
        ("日本語の文書をここに書きます。".encode()[:-1], "日本語の文書をここに書きます\ufffd"),
        (b"caf\xc3\xa9 opens at 9, caf\xe9 closes at 17:30", "café opens at 9, caf\ufffd closes at 17:30"),
    ],
    ids=["cut", "cut within three bytes", "of two encodings"],
)
def test_what_is_utf_8_but_for_some_bytes_keeps_its_letters(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(data)
    document = parse(path)
    assert document.text == text
    assert document.notes == ("1 of its characters is unknown, shown as U+FFFD",)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@posix
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_fifo, "is a pipe, not a file"),
        (_socket, "can't be read"),
        (Path.mkdir, "is a folder, not a file"),
        (lambda path: path.symlink_to(path), "can't be read: too many levels of symbolic links"),
        (lambda path: path.symlink_to(path.parent / "gone"), "does not exist"),
        (lambda path: path.symlink_to("/dev/zero"), "is a device, not a file"),
    ],
)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "one.txt"
    make(path)
    for read in (parse, parse_apart):
        with pytest.raises(DocumentError, match=reason):
            read(path)


@posix
def test_a_name_that_is_not_utf_8_is_read_and_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("words", encoding="utf-8")
    document = parse_apart(path)
    assert (document.text, document.title) == ("words", "caf\ufffd")
    path.unlink()
    with pytest.raises(DocumentError, match="caf\ufffd.txt does not exist"):
        parse(path)


def test_a_file_that_changes_while_it_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.txt"
    path.write_text("words", encoding="utf-8")
    check = sources._check

    def grow(status: os.stat_result, options: ParseOptions) -> None:
        check(status, options)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(" and more")

    monkeypatch.setattr(sources, "_check", grow)
    with pytest.raises(DocumentError, match="changed while it was read"):
        parse(path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(3 << 20)
    with pytest.raises(DocumentError, match="has 3 MB, more than the limit of 2"):
        parse(path, ParseOptions(file_megabytes=2))


def test_a_limit_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(InputError, match="seconds must be above 0, not 0"):
        ParseOptions(seconds=0)


def test_an_empty_file_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    assert parse(path).notes == ("holds no text",)
