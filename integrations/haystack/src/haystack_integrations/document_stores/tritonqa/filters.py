"""Documents → those that filters match."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from haystack import Document
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter

from haystack_integrations.document_stores.tritonqa.records import document_of
from tritonqa.library.store.base import File, View


def matching(view: View, filters: dict[str, Any] | None) -> Iterator[tuple[File, Document]]:
    """
    Yield a library's files as documents, those that match filters.

    :param view:
        A view of the library.
    :param filters:
        As Haystack has them; all documents without.
    :returns:
        Files with their documents.
    :raises FilterError:
        If the filters are none.
    """
    documents = ((file, document_of(view, file, record)) for file, record in view.metas())
    return (one for one in documents if not filters or document_matches_filter(filters, one[1]))


def matching_paths(view: View, filters: dict[str, Any]) -> Iterator[Path]:
    """
    Yield the paths of the files that match filters; no content is read that they don't ask for.

    :param view:
        A view of the library.
    :param filters:
        As Haystack has them.
    :returns:
        Paths.
    :raises FilterError:
        If the filters are none.
    """
    whole = "content" in _fields(filters)
    for file, record in view.metas():
        bare = record and not whole
        document = Document.from_dict(json.loads(record)) if bare else document_of(view, file, record)
        if document_matches_filter(filters, document):
            yield file.path


def _fields(filters: dict[str, Any]) -> set[str]:
    nested = (_fields(one) for one in filters.get("conditions", ()))
    return {str(filters.get("field", ""))}.union(*nested)


def check_filters(filters: dict[str, Any] | None) -> None:
    """
    Refuse what are no filters, also where there is no document to hold against them.

    :param filters:
        As Haystack has them.
    :raises FilterError:
        If the filters are none.
    """
    if filters and not filters.keys() & {"operator", "conditions"}:
        raise FilterError(f"filters {sorted(filters)} have no operator; see Haystack's metadata filtering")
    if filters:
        document_matches_filter(filters, Document(id="none"))
