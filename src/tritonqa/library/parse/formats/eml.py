"""Mail and saved web pages (MHTML), by the standard library."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from tritonqa.library.document import Document
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.web import write_html
from tritonqa.library.parse.writer import Writer

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_WORDS = ("text/plain", "text/html")


def read(source: Source, options: ParseOptions) -> Document:
    """Return the headers that people read, and the body: its plain text, or else what its HTML shows."""
    message = message_from_bytes(source.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    writer = Writer()
    for name in _HEADERS:
        if value := " ".join(str(message.get(name, "")).split()):
            writer.line()
            writer.write(f"{name}: {value}")
    writer.describe("author", _people(message, "From"))
    writer.describe("recipient", _people(message, "To", "Cc"))
    writer.describe("date", str(message.get("Date", "")))
    writer.line(2)
    title = str(message.get("Subject", ""))
    if body := _body(message):
        shown = _write(writer, body)
        title = title or shown
    for part in message.iter_attachments() if message.is_multipart() else ():
        if part.get_filename():
            writer.notes.append(f"attachment {part.get_filename()} is not read")
        elif part.get_content_type() == "message/rfc822":
            writer.notes.append("a message in it is not read")
        elif part.get_content_type() in _WORDS and not part.is_attachment():  # as behind a picture
            writer.line(2)
            _write(writer, part)
    return writer.document("eml", title)


def _body(message: EmailMessage) -> MIMEPart | None:
    """Return the plain text, or the HTML where that is missing or blank."""
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    return html if html is not None and (plain is None or not _text(plain).strip()) else plain


def _write(writer: Writer, part: MIMEPart) -> str:
    """Write a part's words; return the title of HTML."""
    if part.get_content_type() == "text/html":
        return write_html(writer, _text(part))
    writer.write(_text(part))
    return ""


def _people(message: EmailMessage, *names: str) -> list[str]:
    """Return who stands in headers, each with name and address."""
    headers = (header for name in names for header in message.get_all(name, ()))
    return [str(one) for header in headers for one in getattr(header, "addresses", (header,))]


def _text(part: MIMEPart) -> str:
    data = part.get_payload(decode=True)
    text = decode(data if isinstance(data, bytes) else b"", part.get_content_charset())
    return text.replace("\r\n", "\n")
