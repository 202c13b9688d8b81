from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tritonqa.library.document import Document, Row, Section
from tritonqa.library.passages import Splitting, split
from tritonqa.library.passages.sentences import sentences

PIECES = st.lists(
    st.sampled_from(
        ["Ada wrote it. ", "Dr. No? ", "\n\n", "東京。", "word ", "😀", "e\u0301 ", "x" * 300, "हिन्दी। ", " "]
    ),
    max_size=80,
)


@settings(deadline=None, max_examples=40)
@given(PIECES.map("".join))
def test_sentences_are_the_whole_text(text: str) -> None:
    ranges = list(sentences(text, 0, len(text)))
    assert "".join(text[start:end] for start, end in ranges) == text


@settings(deadline=None, max_examples=40)
@given(PIECES.map("".join), st.data())
def test_passages_hold_every_character_at_its_place(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)) | {0, len(text)})
    sections = tuple(
        Section(start, end, (str(start),)) for start, end in zip(cuts, cuts[1:], strict=False) if start < end
    )
    sizes = Splitting(full=12, most=20, overlap=4)
    passages = list(split(Document(text, "text", sections=sections), sizes))
    held: set[int] = set()
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        held.update(range(passage.start, passage.end))
    assert all(at in held for at, letter in enumerate(text) if not letter.isspace())
    for one, following in zip(passages, passages[1:], strict=False):
        assert one.start < following.start and one.end <= following.end


def test_passages_are_of_the_length_that_is_wanted() -> None:
    text = " ".join(f"Sentence number {i} says a little about nothing much." for i in range(200))
    passages = list(split(Document(text, "text")))
    words = [len(passage.text.split()) for passage in passages]
    assert all(100 <= count <= 200 for count in words[:-1]) and max(words) <= 200
    assert all(b.start < a.end for a, b in zip(passages, passages[1:], strict=False)), "they overlap"


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "Dr. A. Smith came. He left."
    assert [text[s:e].strip() for s, e in sentences(text, 0, len(text))] == ["Dr. A. Smith came.", "He left."]


def test_rows_are_searched_with_their_headers() -> None:
    text = "Name,Price\nPump,40\nHose,7\n"
    headers = ("Name", "Price")
    rows = (
        Row(0, 10, 1, (), ((0, 4), (5, 10))),
        Row(11, 18, 2, headers, ((11, 15), (16, 18))),
        Row(19, 25, 3, headers, ((19, 23), (24, 25))),
    )
    (passage,) = split(Document(text, "csv", rows=rows))
    assert "Name: Pump; Price: 40" in passage.described and passage.text == text
