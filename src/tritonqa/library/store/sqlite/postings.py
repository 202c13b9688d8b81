"""Terms → the passages that hold them, as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from tritonqa.library.store.sqlite.segments import Arrays


def key_of(term: str) -> int:
    """Return the number by which a term is looked up; two terms in 2^64 share one."""
    return int.from_bytes(blake2b(term.encode("utf-8"), digest_size=8).digest(), "little")


def index(passages: Iterable[tuple[int, Sequence[str]]]) -> Arrays:
    """Return the segment of passages, given as (id, terms), by ids ascending.

    ids [n], lengths [n] in terms; keys [t] of terms, ascending, with offsets [t + 1] into rows (a passage's
    place among ids) and counts (how often the term stands in it).
    """
    ids: list[int] = []
    lengths: list[int] = []
    known: dict[str, int] = {}
    keys: list[int] = []
    rows: list[int] = []
    counts: list[int] = []
    for row, (number, terms) in enumerate(passages):
        ids.append(number)
        lengths.append(len(terms))
        for term, count in Counter(terms).items():
            if term not in known:
                known[term] = key_of(term)
            keys.append(known[term])
            rows.append(row)
            counts.append(min(count, 255))
    flat = np.array(keys, np.uint64)
    return _packed(
        np.array(ids, np.int64),
        np.array(lengths, np.int32),
        flat,
        np.array(rows, np.int32),
        np.array(counts, np.uint8),
    )


def merge(segments: Sequence[Arrays], keep: npt.NDArray[np.int64]) -> Arrays:
    """Return one segment of several, without the passages that are not to be kept."""
    ids = np.concatenate([np.asarray(segment["ids"]) for segment in segments])
    lengths = np.concatenate([np.asarray(segment["lengths"]) for segment in segments])
    starts = np.cumsum([0, *(len(segment["ids"]) for segment in segments[:-1])])
    flat = np.concatenate([np.repeat(segment["keys"], np.diff(segment["offsets"])) for segment in segments])
    rows = np.concatenate(
        [segment["rows"] + np.int32(start) for segment, start in zip(segments, starts, strict=True)]
    )
    counts = np.concatenate([np.asarray(segment["counts"]) for segment in segments])
    order = np.argsort(ids, kind="stable")
    kept = order[np.isin(ids[order], keep)]
    place = np.full(len(ids), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    there = place[rows] >= 0
    return _packed(ids[kept], lengths[kept], flat[there], place[rows[there]], counts[there])


def _packed(
    ids: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int32],
    flat: npt.NDArray[np.uint64],
    rows: npt.NDArray[np.int32],
    counts: npt.NDArray[np.uint8],
) -> Arrays:
    order = np.lexsort((rows, flat))
    keys, first = np.unique(flat[order], return_index=True)
    offsets = np.append(first, len(flat)).astype(np.int64)
    return {
        "ids": ids,
        "lengths": lengths,
        "keys": keys,
        "offsets": offsets,
        "rows": rows[order],
        "counts": counts[order],
    }
