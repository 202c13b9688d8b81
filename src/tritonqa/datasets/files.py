"""File → its text, UTF-8, or UTF-16 with its mark, also gzip, whatever the name says; text → its JSON."""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from tritonqa.errors import InputError

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """Read a whole file; raises InputError that says why it can't be read."""
    try:
        raw = path.read_bytes()
        if raw.startswith(_GZIP):
            raw = gzip.decompress(raw)
        return raw.decode("utf-16" if raw.startswith(_UTF_16) else "utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        why = (isinstance(error, OSError) and error.strerror) or error
        raise InputError(
            f"{path} can't be read ({why}); give JSON, JSON lines, CSV or TSV in UTF-8, also .gz"
        ) from error


def parsed(text: str | bytes) -> Any:
    """Return the value that JSON is; raises InputError that ends a sentence which begins with its place."""
    try:
        return json.loads(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8; encode it as UTF-8") from error
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise InputError(f"is not JSON: {error.msg}, {line}column {error.colno}") from error
    except RecursionError as error:
        raise InputError("is nested too deep") from error
    except ValueError as error:  # Python refuses thousands of digits: reading them takes time squared
        raise InputError("holds a number of too many digits to be read") from error
