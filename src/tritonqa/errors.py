"""The errors of tritonqa.

TritonQAError
├── InputError        what was asked can't be answered: names the field and the remedy
│   └── DocumentError a document can't be read: says why in one sentence
├── LibraryError      a library is missing, damaged, too new, or in use by another writer
│   └── Busy          another process is writing to it
├── BundleError       a reader on disk is missing, damaged, unsafe or too new
├── ExportError       a checkpoint can't become a bundle
├── TrainingError     a reader can't learn from what it is given
├── OutputError       a result can't be written
├── EngineError       the model could not be run
│   ├── Unavailable   nothing answers at that place
│   ├── Timeout       no answer in the time given
│   ├── Overloaded    more windows wait than the flow takes
│   └── ServerError   a Triton can't be run here
│       └── Stopped   it was told to stop before it was ready
└── MissingExtra      a library is not installed (also an ImportError)
"""

from __future__ import annotations

import os


class TritonQAError(Exception):
    """Root of all errors of tritonqa."""


class InputError(TritonQAError, ValueError):
    """Raised for what was given: says which field is wrong and how to mend it; field is its name alone."""

    def __init__(self, message: str = "", field: str | None = None) -> None:
        """Take the sentence, and the field where the error is that of one."""
        super().__init__(message)
        self.field = field


class DocumentError(InputError):
    """Raised for a document that can't be read: says why, and what to do: the path, then the reason."""

    def __init__(self, reason: str, path: os.PathLike[str] | None = None) -> None:
        """Keep the reason by itself, for lists that name the path beside it."""
        shown = os.fsencode(path).decode("utf-8", "replace") if path is not None else "the document"
        super().__init__(f"{shown} {reason}")
        self.reason, self.path = reason, path

    def __reduce__(self) -> tuple[object, ...]:
        """Keep both between processes."""
        return type(self), (self.reason, self.path)


class LibraryError(TritonQAError):
    """Raised for what is wrong with a library of documents; says what to do."""


class Busy(LibraryError):
    """Raised when another process is writing to a library."""


class BundleError(TritonQAError):
    """Raised for what is wrong with a reader on disk."""


class ExportError(TritonQAError):
    """Raised when a checkpoint can't be exported."""


class TrainingError(TritonQAError):
    """Raised when training can't go on."""


class OutputError(TritonQAError):
    """Raised when a result can't be written to where it was wanted."""


class EngineError(TritonQAError):
    """Raised when the model can't be run."""


class Unavailable(EngineError):
    """Raised when nothing answers at a place, or it was closed."""


class Timeout(EngineError):
    """Raised when no answer came in the time given."""


class Overloaded(EngineError):
    """Raised when more windows wait than the flow takes."""


class ServerError(EngineError):
    """Raised when a Triton can't be run here; says why, and what to do."""


class Stopped(ServerError):
    """Raised when a server was told to stop before it was ready."""


class MissingExtra(TritonQAError, ImportError):
    """Raised for a library that is not installed; says which extra of tritonqa brings it."""

    def __init__(self, library: str, extra: str) -> None:
        """Name the library that is missing and the extra that brings it."""
        super().__init__(f"{library} is not installed; install it with: pip install 'tritonqa[{extra}]'")
        self.library = library
        self.extra = extra

    def __reduce__(self) -> tuple[object, ...]:
        """Keep both between processes."""
        return type(self), (self.library, self.extra)


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says; its kind where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
