"""Passages without vectors → vectors."""

from __future__ import annotations

from tritonqa.library.encoder import Encoder
from tritonqa.library.store.base import Writer
from tritonqa.progress import Step

_AT_ONCE = 64  # passages between two commits: what a kill can cost


def embed(writer: Writer, encoder: Encoder, total: int, step: Step | None = None) -> int:
    """Make the vectors that are missing and return how many; what is done stays done if this ends early."""
    done = 0
    while rows := writer.without_vector(_AT_ONCE):
        vectors = encoder.encode([text for _, text in rows])
        writer.add_vectors([number for number, _ in rows], vectors, encoder.name)
        done += len(rows)
        if step is not None:
            step(done, max(total, done))
    return done
