"""Losses that were tried beside the likelihood of the right span; README.md says what each gave."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, kl_div, log_softmax

from tritonqa.train.objective import Objective, Target, likelihood


def weighted_nulls(weight: float) -> Objective:
    """Count windows without an answer weight times as much as those with one."""

    def loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
        weights = torch.where(target.first == 0, weight, 1.0)
        each = sum(
            cross_entropy(logits, right, reduction="none")
            for logits, right in zip(_logits(model, inputs), (target.first, target.last), strict=True)
        )
        return (each * weights).sum() / weights.sum() / 2

    return loss


def margin(weight: float) -> Objective:
    """Add the cross-entropy of answerable or not, by how far the best span stands above the null."""

    def loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
        start, end = _logits(model, inputs)
        best = start[:, 1:].amax(1) + end[:, 1:].amax(1) - start[:, 0] - end[:, 0]
        said = binary_cross_entropy_with_logits(best / 2, (target.first > 0).float())
        spans = cross_entropy(start, target.first) + cross_entropy(end, target.last)
        return spans / 2 + weight * said

    return loss


def r_drop(weight: float) -> Objective:
    """Hold two passes with other dropouts to each other (R-Drop, Liang et al. 2021)."""

    def loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
        one, two = _logits(model, inputs), _logits(model, inputs)
        spans = sum(
            cross_entropy(logits, right)
            for logits, right in zip((*one, *two), (target.first, target.last) * 2, strict=True)
        )
        apart = sum(_divergence(a, b) + _divergence(b, a) for a, b in zip(one, two, strict=True))
        return spans / 4 + weight * apart / 4

    return loss


def mean_teacher(weight: float) -> Objective:
    """Learn from the average of the weights so far as well (Tarvainen and Valpola 2017)."""

    def loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
        return _taught(weight, model, average.eval(), inputs, target)

    return loss


def taught(weight: float, teacher: Any) -> Objective:
    """Learn from a teacher as well (Hinton et al. 2015)."""

    def loss(model: Any, average: Any, inputs: dict[str, Any], target: Target) -> Any:
        return _taught(weight, model, teacher, inputs, target)

    return loss


def _taught(weight: float, model: Any, teacher: Any, inputs: dict[str, Any], target: Target) -> Any:
    with torch.no_grad():
        said = _logits(teacher, inputs)
    own = _logits(model, inputs)
    spans = sum(
        cross_entropy(logits, right) for logits, right in zip(own, (target.first, target.last), strict=True)
    )
    apart = sum(_divergence(a, b) for a, b in zip(own, said, strict=True))
    return (1 - weight) * spans / 2 + weight * apart / 2


OBJECTIVES = {
    "likelihood": lambda weight: likelihood,
    "weighted nulls": weighted_nulls,
    "margin": margin,
    "r-drop": r_drop,
    "mean teacher": mean_teacher,
}


def _logits(model: Any, inputs: dict[str, Any]) -> tuple[Any, Any]:
    """Return start and end logits in fp32, those of padding out of reach."""
    out, hidden = model(**inputs), inputs["attention_mask"] == 0
    start, end = (logits.float().masked_fill(hidden, -1e4) for logits in (out.start_logits, out.end_logits))
    return start, end


def _divergence(own: Any, taught: Any) -> Any:
    return kl_div(log_softmax(own, 1), log_softmax(taught, 1), log_target=True, reduction="batchmean")
