"""What the golden run and its tests share: the forms of a call, and how windows' logits are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Pair: TypeAlias = tuple[str, str]
Call: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]
Floats: TypeAlias = npt.NDArray[np.float32]

CASES = "pipeline-golden.json.gz"
LOGITS = "pipeline-logits.npz"


class Example:
    """What the pipeline read of a SquadExample."""

    def __init__(self, question: str, context: str) -> None:
        self.question_text = question
        self.context_text = context


def call(form: str, pairs: Sequence[Pair], example: Callable[[str, str], Any]) -> Call:
    """Put pairs of question and context into a call's arguments, in one of FORMS."""
    dicts = [{"question": question, "context": context} for question, context in pairs]
    lists = {"question": [question for question, _ in pairs], "context": [context for _, context in pairs]}
    forms: dict[str, Call] = {
        "keywords": ((), dicts[0]),
        "two texts": (pairs[0], {}),
        "dictionary": ((dicts[0],), {}),
        "list of one": ((dicts[:1],), {}),
        "dictionaries": ((dicts,), {}),
        "dictionaries apart": (tuple(dicts), {}),
        "tuple of dictionaries": ((tuple(dicts),), {}),
        "dictionary of lists": ((lists,), {}),
        "dictionary of lists of one": (({name: texts[:1] for name, texts in lists.items()},), {}),
        "lists": ((), lists),
        "lists of one": ((), {name: texts[:1] for name, texts in lists.items()}),
        "questions on one context": ((), {"question": lists["question"], "context": pairs[0][1]}),
        "examples": (([example(*pair) for pair in pairs],), {}),
        "examples apart": (tuple(example(*pair) for pair in pairs), {}),
        "generator": ((stream(dicts),), {}),
        "generator of examples": ((stream([example(*pair) for pair in pairs]),), {}),
        "iterator": ((iter(dicts),), {}),
        "data": ((), {"data": dicts}),
        "X": ((), {"X": dicts}),
        "nothing": (([],), {}),
    }
    return forms[form]


def stream(items: Sequence[Any]) -> Iterator[Any]:
    """Give the items as a generator."""
    yield from items


FORMS = (
    "keywords",
    "two texts",
    "dictionary",
    "list of one",
    "dictionaries",
    "dictionaries apart",
    "tuple of dictionaries",
    "dictionary of lists",
    "dictionary of lists of one",
    "lists",
    "lists of one",
    "questions on one context",
    "examples",
    "examples apart",
    "generator",
    "generator of examples",
    "iterator",
    "data",
    "X",
    "nothing",
)

Q, C = "Who wrote it?", "Ada wrote it."
BAD: dict[str, Call] = {
    "no arguments": ((), {}),
    "question alone": ((), {"question": Q}),
    "question None": ((), {"question": None, "context": C}),
    "question empty": ((), {"question": "", "context": C}),
    "context empty": ((), {"question": Q, "context": ""}),
    "one of the questions empty": ((), {"question": [Q, ""], "context": C}),
    "contexts for one question": ((), {"question": Q, "context": [C]}),
    "tuple of questions": ((), {"question": (Q, Q), "context": C}),
    "fewer contexts than questions": ((), {"question": [Q, Q], "context": [C]}),
    "number": ((3,), {}),
    "None": ((None,), {}),
    "one text": ((Q,), {}),
    "three texts": ((Q, C, C), {}),
    "lone example": ((Example(Q, C),), {}),
    "dictionary's question None": (({"question": None, "context": C},), {}),
    "dictionary's context empty": (({"question": Q, "context": ""},), {}),
    "dictionary's question a number": (({"question": 3, "context": C},), {}),
    "dictionary without context": (({"question": Q},), {}),
    "number among dictionaries": (([{"question": Q, "context": C}, 3],), {}),
    "top_k 0": ((Q, C), {"top_k": 0}),
    "top_k -1": ((Q, C), {"top_k": -1}),
    "max_answer_len 0": ((Q, C), {"max_answer_len": 0}),
    "doc_stride above max_seq_len": ((Q, C), {"doc_stride": 385}),
    "doc_stride above a given max_seq_len": ((Q, C), {"doc_stride": 70, "max_seq_len": 64}),
    "batch_size 0": ((Q, C), {"batch_size": 0}),
}


def key(ids: Sequence[int]) -> int:
    """Name a window by its token ids."""
    return int.from_bytes(hashlib.blake2b(np.asarray(ids, np.int32).tobytes(), digest_size=8).digest(), "big")


def coarse(logits: Floats) -> Floats:
    """Round to the 24 bits that are kept."""
    bits = np.ascontiguousarray(logits, np.float32).view(np.uint32)
    return ((bits + np.uint32(0x80)) & np.uint32(0xFFFFFF00)).view(np.float32)


def save(file: Path, logits: Mapping[int, Floats]) -> None:
    """Write each window's coarse logits [2, 1 + passage], the null's first, as planes of bytes."""
    flat = np.concatenate([both.ravel() for both in logits.values()]).view(np.uint32)
    planes = np.stack([(flat >> shift).astype(np.uint8) for shift in (24, 16, 8)])
    keys = np.array(list(logits), np.uint64)
    np.savez_compressed(
        file, keys=keys, lengths=np.array([both.shape[1] for both in logits.values()]), planes=planes
    )


def load(file: Path) -> dict[int, Floats]:
    """Read what save() wrote."""
    with np.load(file) as kept:
        high, middle, low = kept["planes"].astype(np.uint32)
        flat = (high << 24 | middle << 16 | low << 8).view(np.float32)
        stops = np.cumsum(2 * kept["lengths"])
        parts = np.split(flat, stops[:-1])
        return {int(name): part.reshape(2, -1) for name, part in zip(kept["keys"], parts, strict=True)}
