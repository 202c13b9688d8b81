from __future__ import annotations

import pytest

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.integrations.transformers.align import characters
from tritonqa.text import Ask


def windows(context: str, windowing: Windowing | None = None) -> tuple[Window, ...]:
    tokenizer = byte_tokenizer()
    prepared = prepare(
        Ask.of("q", context), TextTokenizer(tokenizer), Template.of(tokenizer), windowing or Windowing()
    )
    return prepared.windows


def span(window: Window, context: str, text: str) -> tuple[int, int]:
    """Find the tokens of a text that stands once in the context."""
    start = context.index(text)
    tokens = window.tokens
    inside = [
        i for i in range(len(tokens)) if start <= tokens.starts[i] and tokens.ends[i] <= start + len(text)
    ]
    return inside[0], inside[-1]


@pytest.mark.parametrize(
    ("context", "text", "widened"),
    [
        ("It has reading rooms here.", "ading ro", "reading rooms"),
        ("It has reading rooms here.", "rooms", "rooms"),
        ("Die Straße heißt Allee.", "traß", "Straße"),
        ("Он живёт в Москве сейчас.", "оскв", "Москве"),
        ("서울은 수도이다.", "울", "서울은"),
        ("東京は日本の首都です。", "日本", "日本"),
        ("彼はTokyoに住む。", "oky", "Tokyo"),
        ("彼はTokyoに住む。", "に", "に"),
        ("กรุงเทพเป็นเมืองหลวง", "เมือง", "เมือง"),
        ("A 👩‍👩‍👧 here", "👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_widens_to_words_where_a_script_has_spaces(context: str, text: str, widened: str) -> None:
    window = windows(context)[0]
    first, last = span(window, context, text)
    start, end = characters(window, first, last, context, align=False)
    assert context[start:end] == text
    start, end = characters(window, first, last, context, align=True)
    assert context[start:end] == widened


def test_stays_in_its_window() -> None:
    context = "x" * 100
    second = windows(context, Windowing(24, 4, 8))[1]
    middle = (second.start + second.stop) // 2
    assert characters(second, middle, middle, context, align=True) == (second.start, second.stop)
