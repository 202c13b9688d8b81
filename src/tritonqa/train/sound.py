"""Examples → those that can be learnt from."""

from __future__ import annotations

from collections.abc import Sequence

from tritonqa.datasets import Example
from tritonqa.errors import InputError
from tritonqa.train.label import problem

_NAMED = 5


def sound(examples: Sequence[Example], skip_bad: bool = False) -> list[Example]:
    """Check where every answer stands; questions whose answers do not stand there are refused, or left out.

    Raises InputError that counts the bad questions and names the first of them, before anything is learnt.
    """
    judged = [(example, problem(example)) for example in examples]
    bad = [f"question {example.id}: {wrong}" for example, wrong in judged if wrong]
    if bad and not skip_bad:
        more = f"; and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
        raise InputError(
            f"answers of {len(bad)} of {len(examples)} questions are not where they should be "
            f"({'; '.join(bad[:_NAMED])}{more}); mend them, or leave these questions out (--skip-bad)"
        )
    return [example for example, wrong in judged if not wrong]
