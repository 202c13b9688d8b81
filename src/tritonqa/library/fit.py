"""A library, and questions about its documents → a judge fitted to them, and what that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from tritonqa.answers import Answers
from tritonqa.datasets import Example
from tritonqa.errors import InputError
from tritonqa.evaluate import exact
from tritonqa.evaluate.language import Language
from tritonqa.library.answer.ask import Prepared, candidates_of
from tritonqa.library.answer.judge import Judge, features
from tritonqa.library.answer.learn import Observed, Verdict, crossed, judged, learn
from tritonqa.library.evaluate import FALSE_REFUSALS, holds, refusal_curve
from tritonqa.library.store.scope import AnyScope, Without
from tritonqa.progress import Step

LEAST = 20
"""Questions with an answer that a fit takes."""

RIDGE = 1.0
_DEEP = 100  # passages among which those are looked for that hold an answer
_TRIES = 4  # at hiding all of them

Prepare: TypeAlias = Callable[[str, int, AnyScope | None], Prepared]
Read: TypeAlias = Callable[[Prepared], Answers | None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Figures of a judge before and after, each question's from a fit on others; kept says which is in force.

    questions were answered from the library, and hidden of them asked again without the documents that
    answer them (or have no answer). Figures: exact, in percent; refused@10, of those to refuse what share is
    at a threshold that refuses a tenth of the others; log_loss of the probability that there is an answer.
    """

    questions: int
    hidden: int
    before: dict[str, float]
    after: dict[str, float]
    kept: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def fit(
    prepare: Prepare,
    read: Read,
    examples: Sequence[Example],
    judge: Judge,
    passages: int,
    language: Language,
    step: Step | None,
) -> tuple[Judge, Fitted]:
    """Fit a judge, starting from another.

    The fit is kept where it is right no less often and knows better when to refuse. The other must not know
    these questions. Raises InputError for fewer than LEAST questions that have an answer, and where next to
    none can be asked of the library, or of it without what answers them.
    """
    answerable = sum(bool(example.answers) for example in examples)
    if answerable < LEAST:
        raise InputError(f"a fit takes {LEAST} questions with an answer at least; the file has {answerable}")
    seen: list[Observed] = []
    for done, example in enumerate(sorted(examples, key=lambda one: not one.answers), 1):  # even in each fold
        seen += _observed(prepare, read, done, example, passages, language)
        if step is not None:
            step(done, len(examples))
    if not any(not one.gone and any(right for _, right in one.answers) for one in seen):
        raise InputError("the library answers none of these questions; give questions about its documents")
    gone = sum(one.gone for one in seen)
    for name, count in (("answered from the library", len(seen) - gone), ("that should be refused", gone)):
        if count < LEAST // 2:
            raise InputError(
                f"of these questions {count} can be asked {name}, and a fit takes {LEAST // 2}; "
                "add more, also ones without an answer"
            )
    kind = "hybrid" if any(known["dense"] for one in seen for known, _ in one.answers) else "lexical"
    model = getattr(judge, kind)
    fresh = partial(learn, before=model, ridge=RIDGE)
    before, after = figures(judged(seen, model)), figures(crossed(seen, fresh))
    better = after["log_loss"] < before["log_loss"] and after["exact"] >= before["exact"]
    return replace(judge, **{kind: fresh(seen)}), Fitted(len(seen) - gone, gone, before, after, better)


def _observed(
    prepare: Prepare, read: Read, number: int, example: Example, passages: int, language: Language
) -> Iterator[Observed]:
    """Ask, and ask again without every document that holds an answer."""
    if example.answers:
        prepared = prepare(example.question, passages, None)
        yield from _asked(read, number, example, prepared, language, gone=False)
    hidden = frozenset[Any]()
    for _ in range(_TRIES if example.answers else 1):
        scope = Without(hidden) if hidden else None
        holding = [
            stored
            for _, stored in prepare(example.question, _DEEP, scope).found
            if holds(stored.text, example.answers, language)
        ]
        if not holding:
            prepared = prepare(example.question, passages, scope)
            yield from _asked(read, number, example, prepared, language, gone=True)
            return
        hidden |= {file.path for stored in holding for file in stored.files}


def _asked(
    read: Read, number: int, example: Example, prepared: Prepared, language: Language, *, gone: bool
) -> Iterator[Observed]:
    answers = read(prepared)
    if answers is None:
        return
    found = [
        (features(one, answers.no_answer), any(exact(gold, one.text, language) for gold in example.answers))
        for one in candidates_of(answers, prepared)
    ]
    if found:
        yield Observed(number, gone, found)


def figures(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Return what Fitted says of a judge."""
    gone = np.array([one.gone for one in verdicts])
    odds = np.array([one.odds for one in verdicts])
    curve = refusal_curve(1 / (1 + np.exp(np.clip(odds, -500, 500))), ~gone)
    return {
        "exact": 100 * float(np.mean([one.right for one in verdicts if not one.gone])),
        "refused@10": max(one["refused"] for one in curve if one["false_refusals"] <= FALSE_REFUSALS),
        "log_loss": float(np.mean(np.logaddexp(0, np.where(gone, odds, -odds)))),
    }
