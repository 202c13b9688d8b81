from __future__ import annotations

import pytest

from tritonqa.errors import first_line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("the one line"), "the one line"),
        (ValueError("\n  the first\nthe second\n"), "the first"),
        (ValueError("the first\r\nthe second"), "the first"),
        (KeyError("name"), "'name'"),
        (ValueError(), "ValueError"),
        (RuntimeError(""), "RuntimeError"),
        (OSError(" \n\t\n"), "OSError"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
    ids=["one", "blank before", "of Windows", "of a key", "nothing", "empty", "blank", "no Exception"],
)
def test_the_first_line_of_an_error(error: BaseException, line: str) -> None:
    assert first_line(error) == line
