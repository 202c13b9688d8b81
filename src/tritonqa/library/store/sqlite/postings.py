"""Terms → the passages that hold them, as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tritonqa.library.store.sqlite.segments import Arrays


class Postings(NamedTuple):
    """Which term stands how often in which row, as three arrays [p]; small types, for there are millions."""

    terms: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint8]


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
    found, numbers = np.unique(np.array(keys, np.uint64), return_inverse=True)
    return _packed(
        np.array(ids, np.int64),
        np.array(lengths, np.int32),
        found,
        Postings(numbers.astype(np.int32), np.array(rows, np.int32), np.array(counts, np.uint8)),
    )


def merge(segments: Sequence[Arrays], keep: npt.NDArray[np.int64]) -> Arrays:
    """Return one segment of several, without the passages that are not to be kept."""
    ids = np.concatenate([np.asarray(segment["ids"]) for segment in segments])
    lengths = np.concatenate([np.asarray(segment["lengths"]) for segment in segments])
    keys = np.unique(np.concatenate([np.asarray(segment["keys"]) for segment in segments]))
    order = np.argsort(ids, kind="stable")
    kept = order[np.isin(ids[order], keep)]
    place = np.full(len(ids), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    starts = np.cumsum([0, *(len(segment["ids"]) for segment in segments)])
    parts = [
        _kept(segment, keys, place[start:end])
        for segment, start, end in zip(segments, starts[:-1], starts[1:], strict=True)
    ]
    joined = Postings(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    return _packed(ids[kept], lengths[kept], keys, joined)


def _kept(segment: Arrays, keys: npt.NDArray[np.uint64], place: npt.NDArray[np.int32]) -> Postings:
    """Return a segment's postings by the new numbers of terms and rows, place [n], -1 for what goes."""
    numbers = np.searchsorted(keys, segment["keys"]).astype(np.int32)
    terms, rows = np.repeat(numbers, np.diff(segment["offsets"])), place[segment["rows"]]
    there = rows >= 0
    return Postings(terms[there], rows[there], segment["counts"][there])


def _packed(
    ids: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int32],
    keys: npt.NDArray[np.uint64],
    postings: Postings,
) -> Arrays:
    """Sort postings by term and row; of terms that none holds any more nothing stays."""
    order = np.argsort(postings.terms.astype(np.int64) * len(ids) + postings.rows, kind="stable")
    held = np.bincount(postings.terms, minlength=len(keys))
    return {
        "ids": ids,
        "lengths": lengths,
        "keys": keys[held > 0],
        "offsets": np.cumsum(np.append(0, held[held > 0])),
        "rows": postings.rows[order],
        "counts": postings.counts[order],
    }
