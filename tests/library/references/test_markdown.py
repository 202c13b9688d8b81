from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.library.references.samples import CONTEXT, answer, answers, citation
from tritonqa.library.answer import Status
from tritonqa.library.references import references
from tritonqa.library.verify import quotations

TEXT = st.text(st.sampled_from("ab 1.)(*_`~<>[]!#$&;|\\-+=\n\"'é漢:/"), min_size=1, max_size=40)


def rendered(text: str) -> str:
    """Return the text of the quotation that a reader of the Markdown sees."""
    parser, found, inside = MarkdownIt("gfm-like", {"linkify": False}), [], 0
    for token in parser.parse(text):
        inside += token.nesting if token.type.startswith("blockquote") else 0
        assert not token.type.startswith(("heading", "list", "fence", "code", "html")) or not inside
        if inside and token.type == "inline":
            for child in token.children or ():
                assert child.type in ("text", "text_special", "softbreak", "link_open", "link_close"), child
                found.append(" " if child.type == "softbreak" else child.content)
            found.append(" ")
    return "".join(found)


def test_an_answer_stands_in_its_sentences_with_its_source() -> None:
    assert references(answers(answer())) == (
        "### When does the warranty end?\n"
        "\n"
        "**24 months** (74%)\n"
        "\n"
        "> The pump is new. The warranty of the pump ends after 24 months.\n"
        ">\n"
        "> — [handbook.pdf, page 12 (printed ix)](<file:///desk/handbook.pdf#page=12>)\n"
    )


def test_every_place_and_what_became_of_it_is_named() -> None:
    cell = citation("/desk/a b.xlsx", page=None, page_label=None, address="B3", status=Status.CHANGED)
    found = references(answers(answer(cell, citation())))
    assert "[a b.xlsx, cell B3](<file:///desk/a%20b.xlsx>), changed since it was indexed; [handbook" in found
    assert "(74%)" in found and found.count(">\n") == 1


def test_no_name_or_label_leaves_the_line_of_its_source() -> None:
    odd = citation("/desk/a\n\n# b.pdf", page_label="i\n\n- x")
    last = references(answers(answer(odd))).splitlines()[-1]
    assert last.startswith(
        "> — [a # b.pdf, page 12 (printed i - x)](<file:///desk/a%0A%0A%23%20b.pdf#page=12>)"
    )


def test_what_is_not_there_is_said_with_what_was_searched() -> None:
    assert references(answers()).endswith(
        "Not in these documents (97%): searched 5120 passages of 214 files.\n"
    )


@given(TEXT)
@example("# no heading\n1. no list\n- no list\n+ nor this\n> no quotation\n=\n--")
@example("snake_case *stars* <b>tags</b> [link](x) ![image](y) &amp; $5 and $6 `code` \\* ~~gone~~ a|b")
def test_whatever_a_document_holds_is_shown_as_it_is(context: str) -> None:
    seen = rendered(references(answers(answer(context=context))))
    assert " ".join(seen.split()).startswith(" ".join(context.split()))


def test_what_is_written_is_a_quotation_to_verify() -> None:
    (quoted,) = quotations(references(answers(answer())))
    assert quoted.text == CONTEXT
