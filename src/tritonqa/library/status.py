"""What a library holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tritonqa.library.index.report import Noted, Skipped
from tritonqa.library.store import EVERYTHING, AnyScope, Store


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """Files read and files unreadable with their reasons, passages, and those that words alone find as yet.

    notes say of files that were read what could not be ("page 3 has no text layer"), or was by OCR. encoder
    is the one that made the vectors, bytes what the library takes on disk, generation counts its changes.
    fitted_on questions its judge was fitted; 0 where the packaged one judges.
    """

    files: int
    passages: int
    without_vectors: int
    encoder: str
    bytes: int
    generation: int
    unreadable: tuple[Skipped, ...]
    notes: tuple[Noted, ...] = ()
    fitted_on: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the status as JSON has it."""
        lists = {name: [one._asdict() for one in getattr(self, name)] for name in ("unreadable", "notes")}
        return asdict(self) | lists


def status(store: Store, scope: AnyScope = EVERYTHING) -> LibraryStatus:
    """Look at what a scope lets be seen of a library."""
    with store.read(scope) as view:
        counts, without_vectors = view.counts(), view.without_vector()
        unreadable = tuple(Skipped(str(file.path), file.reason) for file in view.unreadable())
        notes = tuple(Noted(str(file.path), note) for file, said in view.notes() for note in said)
        generation = view.generation
    return LibraryStatus(
        counts.files,
        counts.passages,
        without_vectors,
        store.encoder,
        store.bytes,
        generation,
        unreadable,
        notes,
    )
