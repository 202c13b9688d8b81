"""Larger readers of tritonqa, kept as what they have over their encoder."""

from pathlib import Path


def path(*, pages: bool = False) -> Path:
    """Return the file of what the reader has learnt; pages: the one that reads Natural Questions' pages."""
    return Path(__file__).parent / ("pages.safetensors" if pages else "delta.safetensors")
