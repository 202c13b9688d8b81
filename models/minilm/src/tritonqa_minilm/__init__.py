"""The packaged reader of tritonqa."""

from pathlib import Path


def path() -> Path:
    """Return the folder of the bundle."""
    return Path(__file__).parent / "bundle"
