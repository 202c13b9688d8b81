"""Arrays derived from the library's file, on disk: never the truth, and right to throw away."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]
Merge: TypeAlias = Callable[[Sequence[Arrays], npt.NDArray[np.int64]], Arrays]
"""Segments and the ids to keep of them → one segment."""

_LOADING = threading.Lock()  # numpy reads headers by ast, which two threads may not before Python 3.11.8
_LIST = "segments.json"
_FACTOR = 4  # a segment is merged with those after it once they are a quarter of it


class Opened(NamedTuple):
    """Segments as they were listed, and whether they hold all of the generation that was asked for."""

    segments: list[Arrays]
    whole: bool

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """Return the ids of all, sorted."""
        return np.sort(np.concatenate([np.zeros(0, np.int64), *(part["ids"] for part in self.segments)]))


class Segments:
    """A folder of segments, sets of arrays that never change; a list, replaced whole, names those that count.

    Each has an array `ids`, sorted. Readers map the files into memory; what a reader misses, or finds
    damaged, it makes from the library's file, so nothing here needs a lock but that there be one writer.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder, which need not exist."""
        self.folder = folder

    def open(self, generation: int | None = None) -> Opened:
        """Return the segments; none where they can't be read.

        They are whole where they are known to hold all of this generation and nothing else.
        """
        for _ in range(3):  # the writer may replace them between the list and its files
            try:
                listed = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
                if isinstance(listed, list):  # by an older tritonqa
                    listed = {"names": listed, "whole_at": None}
                whole = generation is not None and listed["whole_at"] == generation
                return Opened([self._load(name) for name in listed["names"]], whole)
            except FileNotFoundError:
                continue
            except (OSError, ValueError, TypeError, KeyError):
                break
        return Opened([], False)

    def publish(self, fresh: Arrays, keep: npt.NDArray[np.int64], merge: Merge, generation: int) -> None:
        """Add a segment, merge small ones, and drop from all what is not among the ids to keep (sorted)."""
        old = self.open().segments
        alike = [segment for segment in old if fresh.keys() <= segment.keys()]  # not by an older tritonqa
        whole = [segment for segment in alike if np.isin(segment["ids"], keep, assume_unique=True).all()]
        stale = [segment for segment in old if not any(segment is one for one in whole)]
        joined: list[Arrays] = [*stale, fresh]
        whole.sort(key=lambda segment: -len(segment["ids"]))
        while whole and len(whole[-1]["ids"]) < _FACTOR * sum(len(segment["ids"]) for segment in joined):
            joined.append(whole.pop())
        merged = merge(joined, keep)
        names = [str(segment["name"]) for segment in whole]
        if len(merged["ids"]):
            names.append(self._save(merged, generation))
        held = sum(len(segment["ids"]) for segment in (*whole, merged))
        self._list(names, generation if held == len(keep) else None)

    def clear(self) -> None:
        """Throw all segments away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _load(self, name: str) -> Arrays:
        folder = self.folder / name
        with _LOADING:
            arrays = {file.stem: np.load(file, mmap_mode="r") for file in folder.iterdir()}
        if "ids" not in arrays:
            raise FileNotFoundError(folder)
        return {**arrays, "name": np.array(name)}

    def _save(self, arrays: Arrays, generation: int) -> str:
        name, number = f"{generation:012d}", 0
        while (self.folder / name).exists():
            number += 1
            name = f"{generation:012d}-{number}"
        staged = self.folder / f".{name}"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for key, array in arrays.items():
            if key != "name":
                np.save(staged / f"{key}.npy", array)
        staged.rename(self.folder / name)
        return name

    def _list(self, names: list[str], whole_at: int | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = self.folder / f".{_LIST}"
        staged.write_text(json.dumps({"names": names, "whole_at": whole_at}), encoding="utf-8")
        os.replace(staged, self.folder / _LIST)
        for other in self.folder.iterdir():
            if other.is_dir() and other.name not in names:
                shutil.rmtree(other, ignore_errors=True)
