from __future__ import annotations

import pytest

from tritonqa.library.parse.decode import decode

JAPANESE = "この製品の保証期間は二十四か月です。日曜日は休みです。\n"


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp"])
@pytest.mark.parametrize("before", ["", "x"])
def test_a_long_text_of_characters_of_several_bytes_is_read(encoding: str, before: str) -> None:
    text = before + JAPANESE * (300_000 // len(JAPANESE.encode(encoding)))
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["iso-2022-jp", "utf-7"])
def test_characters_written_in_bytes_of_ascii_are_read_as_declared(encoding: str) -> None:
    assert decode(JAPANESE.encode(encoding), encoding) == JAPANESE
    assert decode(JAPANESE.encode(), encoding) == JAPANESE


@pytest.mark.parametrize("declared", ["iso-8859-1", "latin-1", "us-ascii"])
def test_latin_1_is_read_as_browsers_read_it(declared: str) -> None:
    assert decode("don\u2019t \u2013 \u00e9".encode("cp1252"), declared) == "don\u2019t \u2013 \u00e9"
    assert decode("\u017e".encode("iso-8859-2"), "iso-8859-2") == "\u017e"
