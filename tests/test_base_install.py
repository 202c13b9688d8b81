"""What `pip install tritonqa` brings: no deep-learning framework, and nothing of an extra."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

BIG = {"torch", "tensorflow", "jax", "transformers", "nncf", "tritonclient", "matplotlib"}


def needed(name: str, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """Name what a distribution needs here with these extras, not what that needs in turn."""
    for line in requires(name) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield canonicalize_name(requirement.name)


def brought(name: str) -> set[str]:
    """Name all that installing a distribution brings."""
    found, queue = set[str](), [name]
    while queue:
        new = set(needed(queue.pop())) - found
        found |= new
        queue += new
    return found


def test_the_base_install_is_light() -> None:
    found = brought("tritonqa")
    assert "tokenizers" in found and not found & BIG


@pytest.mark.parametrize(("extra", "library"), [("triton", "tritonclient"), ("evaluate", "matplotlib")])
def test_an_extra_brings_its_library(extra: str, library: str) -> None:
    assert library in needed("tritonqa", frozenset({extra}))
