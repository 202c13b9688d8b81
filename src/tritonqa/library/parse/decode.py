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
_NO_TEXT = "is not text, or in an encoding that is not known; give a text file in UTF-8"
_SHIFTED = ("iso2022", "hz", "utf-7")  # bytes of ASCII that mean other characters
_MANY, _FEW = 0.4, 0.05  # shares of bytes
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text: by its byte order mark, as UTF-8, as declared, or as detected; newlines as they are.

    What is declared comes before UTF-8 where its bytes are ASCII's, as those of Japanese mail.

    Of UTF-8 that is cut or mixed with another encoding, what can't be read is U+FFFD.
    Raises DocumentError for what is no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data, encoding)
    sample = data[:_SAMPLE]
    if wide := _wide(sample):
        return _strict(data, wide)
    if _binary(sample):
        raise DocumentError(_NO_TEXT)
    said = _declared(declared)
    shifted = bool(said) and codecs.lookup(said[-1]).name.startswith(_SHIFTED)
    for known in (*said, "utf-8") if shifted else ("utf-8", *said):
        try:
            return data.decode(known)
        except (UnicodeDecodeError, LookupError):
            continue
    text = data.decode("utf-8", "replace")
    unread, ascii_only = text.count("\ufffd"), len(text.encode("ascii", "ignore"))
    if len(text) - ascii_only >= 2 * unread:
        return text
    return _strict(data, _detected(_whole_lines(sample) if len(data) > len(sample) else data))


def _declared(encoding: str | None) -> tuple[str, ...]:
    """Return what to try for a declared encoding: Latin-1 is read as Windows-1252 first, as browsers do."""
    if encoding is None:
        return ()
    try:
        latin = codecs.lookup(encoding).name in ("iso8859-1", "ascii")
    except LookupError:
        return ()
    return ("cp1252", encoding) if latin else (encoding,)


def _whole_lines(sample: bytes) -> bytes:
    """Cut a sample where no character of several bytes is cut, if it has lines."""
    return sample[: sample.rfind(b"\n") + 1] or sample


def _wide(sample: bytes) -> str | None:
    """Return which UTF-16 without its mark this is: every other byte is zero where most letters are Latin."""
    half = max(len(sample) // 2, 1)
    zeros = (sample[0::2].count(0) / half, sample[1::2].count(0) / half)
    if max(zeros) < _MANY or min(zeros) > _FEW:
        return None
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def _binary(sample: bytes) -> bool:
    """Tell whether there are zeros, or more control characters than a text has."""
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return 0 in sample or controls > _FEW * len(sample)


def _detected(sample: bytes) -> str:
    try:
        from charset_normalizer import from_bytes
    except ImportError as error:
        raise MissingExtra("charset-normalizer", "library") from error
    best = from_bytes(sample).best()
    if best is None:
        raise DocumentError(_NO_TEXT)
    return best.encoding


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not {encoding.upper()} at byte {error.start}; save it as UTF-8") from error
