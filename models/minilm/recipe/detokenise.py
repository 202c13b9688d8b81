"""Penn-style text, "( 1986 -- 1987 )" → text as people write it, with its answers' places."""

from __future__ import annotations

import re
from dataclasses import replace

from tritonqa.datasets import Example

_JOINED = re.compile(
    r"""(?P<dash>\ --\ (?=\d)|(?<=\d)\ --\ )     # 1986 -- 1987
      | (?P<long>\ --\ )                         # a clause -- as here -- between
      | (?P<open>``\ ?)                          # `` quoted ''
      | (?P<close>\ ?'')
      | (?P<left>(?<=[(\[])\ )                   # ( 1986
      | (?P<right>\ (?=[)\],.;:?!%]))            # 1987 ) ,
      | (?P<clitic>\ (?=(?:'s|n't|'re|'ve|'ll|'d|'m|')\b|'\ ))  # John 's
    """,
    re.VERBOSE,
)
_FORMS = {"dash": "–", "long": " – ", "open": '"', "close": '"'}


def detokenise(example: Example) -> Example:
    """Write a context as people do; left as it is where an answer would not stand where it did."""
    places = zip(example.starts, example.answers, strict=True)
    if any(start < 0 or start + len(text) > len(example.context) for start, text in places):
        return example
    pieces: list[str] = []
    moved: list[int] = []  # of each character of the old text, and of its end, in the new one
    at = size = 0
    for found in _JOINED.finditer(example.context):
        moved += range(size, size + found.start() - at)
        pieces += (example.context[at : found.start()], _FORMS.get(found.lastgroup or "", ""))
        size += found.start() - at
        moved += [size] * (found.end() - found.start())
        size += len(pieces[-1])
        at = found.end()
    moved += range(size, size + len(example.context) - at + 1)
    pieces.append(example.context[at:])
    context = "".join(pieces)
    starts = tuple(moved[start] for start in example.starts)
    ends = [moved[s + len(t)] for s, t in zip(example.starts, example.answers, strict=True)]
    answers = tuple(context[start:end] for start, end in zip(starts, ends, strict=True))
    if any(_letters(new) != _letters(old) for new, old in zip(answers, example.answers, strict=True)):
        return example
    if any(answer != answer.strip() for answer in answers):
        return example
    return replace(example, context=context, answers=answers, starts=starts)


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
