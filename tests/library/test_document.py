from __future__ import annotations

from tritonqa.library.document import Page, page_at


def test_the_page_on_which_a_character_stands() -> None:
    ends = (0, 4, 4, 9)  # the first page is empty, and the third
    pages = [Page(i, str(i), ends[i - 1] if i else 0, end) for i, end in enumerate(ends)]
    found = [page_at(pages, at) for at in range(-1, 11)]
    assert [page and page.number for page in found] == [None, *[1] * 4, *[3] * 5, None, None]
    assert page_at((), 0) is None
