"""Examples of several files → the same, no two of one id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from tritonqa.datasets import Example


def distinct(examples: Sequence[Example]) -> list[Example]:
    """Give each of several examples of one id its own: files without ids are numbered each from 1."""
    taken, found = {example.id for example in examples}, list[Example]()
    seen: set[str] = set()
    for example in examples:
        if example.id in seen:
            free = (f"{example.id}-{number}" for number in count(2))
            example = replace(example, id=next(name for name in free if name not in taken))
            taken.add(example.id)
        seen.add(example.id)
        found.append(example)
    return found
