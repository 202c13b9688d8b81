"""What the tokenizers library says of a tokenizer that does not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tritonqa.errors import BundleError


@contextmanager
def tokenizer_refusals() -> Iterator[None]:
    """Turn the library's bare Exception, as for an unknown token that is not there, into a BundleError."""
    try:
        yield
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise BundleError(
            f"tokenizer.json is damaged ({error}); export or install the reader again"
        ) from error
