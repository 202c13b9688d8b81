"""The checkpoint of tritonqa's packaged reader."""

from pathlib import Path


def path() -> Path:
    """Return the folder of the checkpoint."""
    return Path(__file__).parent / "checkpoint"
