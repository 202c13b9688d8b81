"""Bytes → str, in the encoding that they are in."""

from __future__ import annotations

import codecs

from tritonqa.errors import DocumentError, MissingExtra

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 18  # bytes that tell the encoding
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text: by its byte order mark, as UTF-8, as declared, or as detected; newlines as they are.

    Raises DocumentError for what is no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding)
    if _binary(data):
        raise DocumentError("is not text, or in an encoding that is not known; give a text file in UTF-8")
    for known in ("utf-8", declared or "utf-8"):
        try:
            return data.decode(known)
        except (UnicodeDecodeError, LookupError):
            continue
    return _strict(data, _detected(data[:_SAMPLE]))


def _binary(data: bytes) -> bool:
    """Tell whether control characters that no text holds stand in it, UTF-16 without its mark excepted."""
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > 0 and controls > len(sample) // 1000 and not _wide(sample)


def _wide(sample: bytes) -> bool:
    """Tell whether every other byte is mostly zero, as UTF-16 has it for Latin scripts."""
    half = max(len(sample) // 2, 1)
    zeros = (sample[0::2].count(0) / half, sample[1::2].count(0) / half)
    return max(zeros) > 0.4 and min(zeros) < 0.05


def _detected(sample: bytes) -> str:
    if _wide(sample):
        return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
    try:
        from charset_normalizer import from_bytes
    except ImportError as error:
        raise MissingExtra("charset-normalizer", "library") from error
    best = from_bytes(sample).best()
    if best is None:
        raise DocumentError("is not text, or in an encoding that is not known; give a text file in UTF-8")
    return best.encoding


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not {encoding.upper()} at byte {error.start}; save it as UTF-8") from error
