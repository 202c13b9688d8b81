from __future__ import annotations

import random

import pytest

from tritonqa.evaluate.retrieval import retrieval_figures

ir_measures = pytest.importorskip("ir_measures")


@pytest.mark.parametrize("seed", range(5))
def test_figures_are_those_of_ir_measures(seed: int) -> None:
    draw = random.Random(seed)
    passages = [f"p{i}" for i in range(50)]
    rankings = [draw.sample(passages, 30) for _ in range(40)]
    relevant = [set(draw.sample(passages, draw.randint(1, 12))) for _ in rankings]
    run = [
        ir_measures.ScoredDoc(str(q), one, float(-rank))
        for q, ranking in enumerate(rankings)
        for rank, one in enumerate(ranking)
    ]
    qrels = [ir_measures.Qrel(str(q), one, 1) for q, wanted in enumerate(relevant) for one in wanted]
    names = {"recall@1": "R@1", "recall@5": "R@5", "recall@20": "R@20", "mrr": "RR", "ndcg@10": "nDCG@10"}
    measures = {name: ir_measures.parse_measure(theirs) for name, theirs in names.items()}
    theirs = ir_measures.calc_aggregate(list(measures.values()), qrels, run)
    ours = retrieval_figures(rankings, relevant)
    for name, measure in measures.items():
        assert ours[name] == pytest.approx(theirs[measure], abs=1e-9)


def test_questions_without_a_relevant_passage_are_left_out() -> None:
    assert retrieval_figures([["a"], ["b"]], [{"a"}, set()])["recall@1"] == 1.0
    assert retrieval_figures([["a"]], [set()]) == {}
