"""Rankings and what is relevant → the figures of retrieval."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log2

CUTS = (1, 5, 10, 20, 100)


def recall(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the share of what is relevant that stands among the first k."""
    return sum(one in relevant for one in ranking[:k]) / len(relevant)


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """Return 1 over the rank of the first that is relevant; 0 where none is."""
    return next((1 / rank for rank, one in enumerate(ranking, 1) if one in relevant), 0.0)


def ndcg(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first k (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / log2(rank + 1) for rank, one in enumerate(ranking[:k], 1) if one in relevant)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(len(relevant), k) + 1))
    return gain / best


def retrieval_figures(
    rankings: Sequence[Sequence[str]], relevant: Sequence[Collection[str]], cuts: Sequence[int] = CUTS
) -> dict[str, float]:
    """Return recall@k, mrr and ndcg@10, from 0 to 1, over the questions that have something relevant."""
    pairs = [(ranking, wanted) for ranking, wanted in zip(rankings, relevant, strict=True) if wanted]
    if not pairs:
        return {}
    found = {f"recall@{k}": sum(recall(r, w, k) for r, w in pairs) / len(pairs) for k in cuts}
    found["mrr"] = sum(reciprocal_rank(r, w) for r, w in pairs) / len(pairs)
    found["ndcg@10"] = sum(ndcg(r, w, 10) for r, w in pairs) / len(pairs)
    return found
