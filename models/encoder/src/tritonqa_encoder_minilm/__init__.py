"""The packaged encoder of tritonqa's libraries."""

from pathlib import Path


def path() -> Path:
    """Return the folder of the encoder."""
    return Path(__file__).parent / "encoder"
