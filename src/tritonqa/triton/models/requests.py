"""A request's inputs and parameters → its asks and their options."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from itertools import accumulate
from typing import Any, TypeAlias

from tritonqa.checks import whole_number
from tritonqa.errors import InputError
from tritonqa.protocol.contract import OPTIONS, PASSAGE_COUNTS, PASSAGES, QUESTION
from tritonqa.protocol.tensors import Array
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.repository.options import Limits

Inputs: TypeAlias = Callable[[str], Array | None]
"""Gives an input by name, None where the request lacks it; texts are UTF-8 bytes."""

_DECODING = tuple(item.name for item in fields(Decoding))


def read_asks(inputs: Inputs, limits: Limits) -> list[Ask]:
    """Read the questions, each with its passages; raises InputError that names the field."""
    questions, passages = read_texts(inputs, QUESTION), read_texts(inputs, PASSAGES)
    if not questions:
        raise InputError(f"{QUESTION} is missing; give one or several")
    counts = _counts(inputs(PASSAGE_COUNTS), len(questions), len(passages))
    limits.check(questions, passages)
    ends = accumulate(counts)
    return [
        Ask.of(question, passages[end - count : end])
        for question, count, end in zip(questions, counts, ends, strict=True)
    ]


def read_options(inputs: Inputs, given: Mapping[str, Any], decoding: Decoding) -> Decoding:
    """Read the options off a request's parameters and its optional input; raises InputError."""
    if inputs(OPTIONS) is not None:
        try:
            record = json.loads("".join(read_texts(inputs, OPTIONS)))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{OPTIONS} must be a JSON object: {error}") from error
        if not isinstance(record, dict):
            raise InputError(f"{OPTIONS} must be a JSON object, not {record!r:.40}")
        given = {**given, **record}
    if unknown := given.keys() - _DECODING:
        raise InputError(f"option {min(unknown)} is unknown; the options are {', '.join(_DECODING)}")
    return replace(decoding, **given) if given else decoding


def take_deadline(timeout: int, given: dict[str, Any], most: float) -> float:
    """Take what Triton's generate adds out of a request's parameters: timeout, priority, the request's id.

    Returns the seconds that its asks may wait: its timeout, in microseconds, but most at most. Raises
    InputError for priority, which nothing here heeds; elsewhere Triton keeps it to itself.
    """
    given.pop("id", None)
    if given.pop("priority", 0):
        raise InputError("priority is not heeded: asks take turns, a window each; leave it out", "priority")
    wanted = whole_number("timeout", given.pop("timeout", timeout), least=0)
    return min(wanted / 1e6, most) if wanted else most


def read_texts(inputs: Inputs, name: str) -> list[str]:
    """Read the texts of an input; raises InputError where it is missing or not UTF-8."""
    array = inputs(name)
    if array is None:
        raise InputError(f"{name} is missing; give a question and its passages")
    try:
        return [item.decode("utf-8") for item in array.reshape(-1)]
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8: {error}") from error


def _counts(given: Array | None, questions: int, passages: int) -> list[int]:
    """Read how many passages each question has: one question has all."""
    if given is None:
        if questions != 1:
            raise InputError(
                f"{QUESTION} must be one text, not {questions}; "
                f"{PASSAGE_COUNTS} says whose passages are whose"
            )
        return [passages]
    counts: list[int] = given.reshape(-1)[: questions + 1].tolist()
    if len(counts) != questions or min(counts, default=0) < 0 or sum(counts) != passages:
        raise InputError(
            f"{PASSAGE_COUNTS} must be one for each question, {questions}, and add up to {passages} "
            f"passages, not {counts!r:.40}"
        )
    return counts
