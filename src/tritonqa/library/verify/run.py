"""A text and documents → a verdict on each quotation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tritonqa.library.document import Document
from tritonqa.library.verify.find import REACH, Wanted, places, wanted
from tritonqa.library.verify.nearest import NEAR, Anchors, Near, nearest
from tritonqa.library.verify.normalise import hyphenated, normalise
from tritonqa.library.verify.quotation import Quotation, Quoted, Status


def verify(quoted: Sequence[Quoted], documents: Iterable[tuple[str, Document]]) -> tuple[Quotation, ...]:
    """Look for quotations in documents, given with their names one at a time; nothing of one is kept.

    Returns a verdict each: the first document that says it word for word, in normal form (see normalise); or
    the nearest words of all documents; or that none says it.
    """
    search = _Search(quoted)
    for name, document in documents:
        search.look_into(name, document)
        if search.done():
            break
    return tuple(search.verdicts)


class _Search:
    """The quotations, and the best that was found of each so far."""

    def __init__(self, quoted: Sequence[Quoted]) -> None:
        self.sought = [wanted(one.text) for one in quoted]
        self.verdicts = [Quotation(one.text, "not_found") for one in quoted]
        self.nearness = [NEAR] * len(quoted)

    def done(self) -> bool:
        return all(verdict.status == "verified" for verdict in self.verdicts)

    def look_into(self, name: str, document: Document) -> None:
        markdown = document.kind == "markdown"
        forms = [normalise(document.text, markdown=markdown)]
        if hyphenated(document.text):
            forms.append(normalise(document.text, hyphens=True, markdown=markdown))
        anchors: Anchors | None = None
        for index, sought in enumerate(self.sought):
            if self.verdicts[index].status == "verified":
                continue
            for form in forms:
                if exact := places(sought, form):
                    self._keep(index, name, document, form.original(*exact), "verified", 1.0)
                    break
            else:
                anchors = anchors or Anchors(forms[0].text)
                if near := _nearest(sought, anchors, self.nearness[index]):
                    place = forms[0].original(near.start, near.end)
                    self._keep(index, name, document, place, "repaired", near.similarity)

    def _keep(
        self,
        index: int,
        name: str,
        document: Document,
        place: tuple[int, int],
        status: Status,
        nearness: float,
    ) -> None:
        start, end = place
        page = document.page(start)
        self.nearness[index] = nearness
        self.verdicts[index] = Quotation(
            self.verdicts[index].text,
            status,
            document.text[start:end],
            name,
            page.number if page else None,
            start,
            end,
            page.ocr if page else False,
        )


def _nearest(sought: Wanted, document: Anchors, least: float) -> Near | None:
    """Return the nearest words to a quotation; of one with omissions, from its first fragment to its last."""
    if len(sought.fragments) < 2:
        return nearest(sought.whole[0], document, least)
    found: list[Near] = []
    for fragment in sought.fragments:
        near = nearest(fragment, document, least)
        if near is None or (found and not 0 <= near.start - found[-1].end <= REACH):
            return None
        found.append(near)
    return Near(min(one.similarity for one in found), found[0].start, found[-1].end)
