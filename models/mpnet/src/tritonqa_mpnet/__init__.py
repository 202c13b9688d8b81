"""A larger reader of tritonqa, kept as what it has over its encoder."""

from pathlib import Path


def path() -> Path:
    """Return the file of what the reader has learnt."""
    return Path(__file__).parent / "delta.safetensors"
