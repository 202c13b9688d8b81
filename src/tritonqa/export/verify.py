"""Engine and reference → how far apart they are on the same asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from tritonqa.answers import Answers, rank
from tritonqa.arrays import FloatArray
from tritonqa.datasets import Dataset, Example
from tritonqa.engine import Engine
from tritonqa.errors import EngineError, ExportError, TritonQAError
from tritonqa.evaluate import score
from tritonqa.export.options import Target
from tritonqa.features import Prepared, Template, TextTokenizer, Windowing, prepare
from tritonqa.spans import Decoding, decode
from tritonqa.text import Ask

Logits = list[list[FloatArray]]
_ALWAYS = Decoding(no_answer_threshold=1.0)


@dataclass(frozen=True, slots=True)
class Exam:
    """Asks with their windows and the reference's logits for them."""

    dataset: Dataset
    prepared: tuple[Prepared, ...]
    logits: Logits


def prepare_asks(
    examples: Sequence[Example], tokenizer: Tokenizer, windowing: Windowing
) -> tuple[Prepared, ...]:
    """Cut the asks of a dataset into windows."""
    template, texts = Template.of(tokenizer), TextTokenizer(tokenizer)
    return tuple(
        prepare(Ask.of(example.question, example.context), texts, template, windowing) for example in examples
    )


def logits_of(engine: Engine, prepared: Sequence[Prepared], step: Callable[[], None]) -> Logits:
    """Run all windows, each on all cores, and close the engine; calls step after each ask.

    One by one, for a model that is also compiled for many streams takes twice the memory. Raises EngineError.
    """
    try:
        found = []
        for item in prepared:
            found.append([engine.run([window], alone=True)[0] for window in item.windows])
            step()
        return found
    except TritonQAError:
        raise
    except Exception as error:
        raise EngineError(f"{engine.name} failed: {error}") from error
    finally:
        engine.close()


def parity(exam: Exam, logits: Logits) -> dict[str, float]:
    """Compare logits, and the answers they decode to.

    max_difference is the largest difference of a logit, as a share of the reference's largest.
    """
    pairs = [
        (w, g) for want, got in zip(exam.logits, logits, strict=True) for w, g in zip(want, got, strict=True)
    ]
    largest = max(float(np.abs(want).max()) for want, _ in pairs)
    apart = max(float(np.abs(want - got).max()) for want, got in pairs)
    same = [
        _place(ours) == _place(theirs)
        for ours, theirs in zip(answers(exam, exam.logits), answers(exam, logits), strict=True)
    ]
    return {
        "asks": len(same),
        "same_answers": round(sum(same) / len(same), 6),
        "max_difference": round(apart / max(largest, 1e-6), 9),
    }


def f1(exam: Exam, logits: Logits) -> float:
    """Score the answers: the official F1, at its best threshold where some asks have no answer."""
    found = dict(zip((e.id for e in exam.dataset.examples), answers(exam, logits), strict=True))
    texts = {key: item[0].text if item else "" for key, item in found.items()}
    nothing = {key: item.no_answer for key, item in found.items()}
    figures = score(exam.dataset, texts, nothing)
    return round(float(figures["best_f1" if exam.dataset.version == "2.0" else "f1"]), 4)


def answers(exam: Exam, logits: Logits) -> list[Answers]:
    """Decode logits into the answers a reader would give."""
    return [
        rank(item, decode(item.windows, found, _ALWAYS), None, _ALWAYS)
        for item, found in zip(exam.prepared, logits, strict=True)
    ]


def require_parity(name: str, target: Target, found: dict[str, float]) -> None:
    """Raise ExportError when a format is further from the reference than its precision allows."""
    apart, same = found["max_difference"], found["same_answers"]
    if target.tolerance is not None and not apart <= target.tolerance:
        raise ExportError(
            f"{name} is refused: a logit differs from torch's by {apart:.2g} of the largest, "
            f"more than {target.tolerance:.2g}"
        )
    if target.same_answers is not None and same < target.same_answers:
        raise ExportError(
            f"{name} is refused: {same:.2%} of its answers are torch's, less than {target.same_answers:.1%}"
        )


def require_f1(name: str, score: dict[str, float]) -> None:
    """Raise ExportError when a format loses more F1 than it may."""
    if score["reference"] - score["f1"] > score["max_loss"]:
        raise ExportError(
            f"{name} is refused: its F1 is {score['f1']:.2f}, the reference's {score['reference']:.2f}, "
            f"on {score['asks']:.0f} asks; at most {score['max_loss']:g} may be lost (--max-f1-loss)"
        )


def _place(found: Answers) -> tuple[int, int] | None:
    return (found[0].start, found[0].end) if found else None
