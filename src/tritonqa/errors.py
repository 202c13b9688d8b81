"""Every error that tritonqa raises.

TritonQAError
├── InputError        what was asked can't be answered: names the field and the remedy
│   └── DocumentError a document can't be read: says why in one sentence
├── BundleError       a reader on disk is missing, damaged, unsafe or too new
├── ExportError       a checkpoint can't become a bundle
├── OutputError       a result can't be written
├── EngineError       the model could not be run
│   ├── Unavailable   nothing answers at that place
│   ├── Timeout       no answer in the time given
│   └── Overloaded    more windows wait than the flow takes
└── MissingExtra      a library is not installed (also an ImportError)
"""

from __future__ import annotations

import os


class TritonQAError(Exception):
    """Root of all errors of tritonqa."""


class InputError(TritonQAError, ValueError):
    """Say which field of the input is wrong and how to mend it."""


class DocumentError(InputError):
    """Say why a document can't be read, and what to do: the path, then the reason."""

    def __init__(self, reason: str, path: os.PathLike[str] | None = None) -> None:
        """Keep the reason by itself, for lists that name the path beside it."""
        shown = os.fsencode(path).decode("utf-8", "replace") if path is not None else "the document"
        super().__init__(f"{shown} {reason}")
        self.reason = reason


class BundleError(TritonQAError):
    """Say what is wrong with a reader on disk."""


class ExportError(TritonQAError):
    """Say why a checkpoint could not be exported."""


class OutputError(TritonQAError):
    """Raised when a result can't be written to where it was wanted."""


class EngineError(TritonQAError):
    """Say why the model could not be run."""


class Unavailable(EngineError):
    """Say that nothing answers at a place, or that it was closed."""


class Timeout(EngineError):
    """Say that no answer came in the time given."""


class Overloaded(EngineError):
    """Say that more windows wait than the flow takes."""


class MissingExtra(TritonQAError, ImportError):
    """Say which extra of tritonqa installs a missing library."""

    def __init__(self, library: str, extra: str) -> None:
        """Name the library that is missing and the extra that brings it."""
        super().__init__(f"{library} is not installed; install it with: pip install 'tritonqa[{extra}]'")
        self.library = library
        self.extra = extra
