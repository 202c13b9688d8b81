"""What the tokenizers library says of a tokenizer that does not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tritonqa.errors import BundleError

_PANIC = "PanicException"  # of what the library is written in; no Exception, and no module gives its name


@contextmanager
def tokenizer_refusals() -> Iterator[None]:
    """Turn the library's bare Exception, as for an unknown token that is not there, into a BundleError.

    Its panic, as for a template that names a token that is not there, becomes one too.
    """
    try:
        yield
    except BaseException as error:
        if type(error) is not Exception and type(error).__name__ != _PANIC:
            raise
        raise BundleError(
            f"tokenizer.json is damaged ({error}); export or install the reader again"
        ) from error
