"""Terms → the passages that hold them, as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.library.store.bm25 import MOST_COUNT
from tritonqa.library.store.sqlite.segments import Arrays

Keys: TypeAlias = npt.NDArray[np.uint64]
Rows: TypeAlias = npt.NDArray[np.int32]
Counts: TypeAlias = npt.NDArray[np.uint8]


class Postings(NamedTuple):
    """Which term stands how often in which row, as three arrays [p]; small types, for there are millions."""

    terms: Rows
    rows: Rows
    counts: Counts


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
            counts.append(min(count, MOST_COUNT))
    found, numbers = np.unique(np.array(keys, np.uint64), return_inverse=True)
    return _packed(
        np.array(ids, np.int64),
        np.array(lengths, np.int32),
        found,
        Postings(numbers.astype(np.int32), np.array(rows, np.int32), np.array(counts, np.uint8)),
    )


def merge(segments: Sequence[Arrays], keep: npt.NDArray[np.int64]) -> Arrays:
    """Return one segment of several, without the passages that are not to be kept.

    Each segment's postings are in order already: its share of a term's place is known by counting, and
    nothing but what is new is in memory beside one segment.
    """
    segments = sorted(segments, key=lambda segment: tuple(segment["ids"][:1]))
    ids = np.concatenate([np.asarray(segment["ids"]) for segment in segments])
    lengths = np.concatenate([np.asarray(segment["lengths"]) for segment in segments])
    keys = np.unique(np.concatenate([np.asarray(segment["keys"]) for segment in segments]))
    order = np.argsort(ids, kind="stable")
    kept = order[np.isin(ids[order], keep)]
    place = np.full(len(ids), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    ends = np.cumsum([len(segment["ids"]) for segment in segments])
    places = np.split(place, ends[:-1])
    held = [_held(segment, keys, rows) for segment, rows in zip(segments, places, strict=True)]
    joined = _joined(segments, places, held)
    whole = np.sum(held, axis=0)
    if np.any(order[1:] < order[:-1]):  # passages of one segment lie between another's
        terms = np.repeat(np.arange(len(keys), dtype=np.int32), whole)
        return _packed(ids[kept], lengths[kept], keys, Postings(terms, *joined))
    return _segment(ids[kept], lengths[kept], keys, whole, *joined)


def _held(segment: Arrays, keys: Keys, place: Rows) -> Rows:
    """Count a segment's postings of each key [t] whose rows have a place [n], not -1."""
    found = np.zeros(len(keys), np.int32)
    if len(segment["rows"]):
        there = place[segment["rows"]] >= 0
        found[np.searchsorted(keys, segment["keys"])] = np.add.reduceat(there, segment["offsets"][:-1])
    return found


def _joined(segments: Sequence[Arrays], places: Sequence[Rows], held: Sequence[Rows]) -> tuple[Rows, Counts]:
    """Return rows and counts of all segments' postings by term, and of a term by segment."""
    whole: Rows = np.asarray(np.sum(held, axis=0, dtype=np.int32))
    rows, counts = np.empty(int(whole.sum()), np.int32), np.empty(int(whole.sum()), np.uint8)
    following = _before(whole)  # of each term, where its next posting goes
    for segment, place, many in zip(segments, places, held, strict=True):
        placed = place[segment["rows"]]
        there = placed >= 0
        at = np.repeat(following - _before(many), many) + np.arange(many.sum(), dtype=np.int32)
        rows[at], counts[at] = placed[there], segment["counts"][there]
        following += many
    return rows, counts


def _before(counts: Rows) -> Rows:
    """Return the sum of those before each."""
    return np.cumsum(counts, dtype=np.int32) - counts


def _packed(ids: npt.NDArray[np.int64], lengths: Rows, keys: Keys, postings: Postings) -> Arrays:
    """Sort postings by term and row."""
    order = np.argsort(postings.terms.astype(np.int64) * len(ids) + postings.rows, kind="stable")
    held = np.bincount(postings.terms, minlength=len(keys))
    return _segment(ids, lengths, keys, held, postings.rows[order], postings.counts[order])


def _segment(
    ids: npt.NDArray[np.int64],
    lengths: Rows,
    keys: Keys,
    held: npt.NDArray[Any],
    rows: Rows,
    counts: Counts,
) -> Arrays:
    """Name the arrays of postings in order, of which each key has so many; of keys without any nothing."""
    return {
        "ids": ids,
        "lengths": lengths,
        "keys": keys[held > 0],
        "offsets": np.cumsum(np.append(0, held[held > 0])),
        "rows": rows,
        "counts": counts,
    }
