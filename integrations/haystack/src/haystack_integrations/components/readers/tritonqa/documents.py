"""Documents → those that hold text."""

from __future__ import annotations

from collections.abc import Iterable

from haystack import Document, logging

from tritonqa.errors import InputError
from tritonqa.text import checked_text

logger = logging.getLogger(__name__)


def readable(documents: Iterable[Document] | None) -> list[Document]:
    """
    Return the documents that a reader can read, and warn of the others by their ids.

    :param documents:
        Documents of any store; `None` is none at all.
    :returns:
        Those whose content is text that is not blank and can be encoded.
    :raises InputError:
        If one is not a Document.
    """
    found = []
    for place, document in enumerate(documents or ()):
        if not isinstance(document, Document):
            raise InputError(
                f"documents[{place}] must be a Document, not {type(document).__name__}", "documents"
            )
        if reason := _unreadable(document):
            logger.warning("Document {id} is left out: {reason}", id=document.id, reason=reason)
        else:
            found.append(document)
    return found


def _unreadable(document: Document) -> str:
    if document.content is None:
        return "it has no content"
    if not document.content.strip():
        return "its content is blank"
    try:
        checked_text(document.content, "its content")
    except InputError as error:
        return str(error)
    return ""
