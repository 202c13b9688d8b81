"""A library in someone else's store: its files, texts and stamps as records, kept beside the passages."""

from tritonqa.library.store.records.base import FILE, STAMPS, TEXT, Records, packed, unpacked
from tritonqa.library.store.records.entries import Entry
from tritonqa.library.store.records.files import Files
from tritonqa.library.store.records.lease import Lease
from tritonqa.library.store.records.writer import RecordsWriter

__all__ = [
    "FILE",
    "STAMPS",
    "TEXT",
    "Entry",
    "Files",
    "Lease",
    "Records",
    "RecordsWriter",
    "packed",
    "unpacked",
]
