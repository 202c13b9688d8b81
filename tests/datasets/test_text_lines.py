from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.datasets.rows import text_lines
from tritonqa.errors import InputError


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
def test_one_a_line(tmp_path: Path, mark: bytes) -> None:
    file = tmp_path / "asked.txt"
    file.write_bytes(mark + "Who?\r\n\n  \t\n Wann öffnet es? \n".encode())
    assert text_lines(file, "questions") == ["Who?", "Wann öffnet es?"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"questions .*asked\.txt can't be read: No such file or directory; give a text file in UTF-8"),
        (b"caf\xe9", r"questions .*asked\.txt can't be read: 'utf-8' codec can't decode"),
        (b"\xef\xbb\xbf \n\n", r"questions .*asked\.txt holds none; give one a line"),
    ],
    ids=["missing", "Latin-1", "blank"],
)
def test_what_holds_none_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "asked.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        text_lines(file, "questions")
