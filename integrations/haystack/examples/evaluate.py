"""Haystack's evaluators and ours over the same answers.

python evaluate.py
"""

from __future__ import annotations

from bm25_reader import build
from documents import DOCUMENTS
from haystack import Document
from haystack.components.evaluators import (
    AnswerExactMatchEvaluator,
    DocumentMRREvaluator,
    DocumentRecallEvaluator,
)
from tritonqa.evaluate.scores import exact, f1

ASKS = {
    "When did the library open?": ("1895", DOCUMENTS[0]),
    "Who laid out the garden?": ("Gertrude Jekyll", DOCUMENTS[1]),
    "Where is the pump repaired?": ("Bremen", DOCUMENTS[2]),
    "When does the train leave?": ("at nine", DOCUMENTS[3]),
}


def scores() -> dict[str, float]:
    """Ask all questions, and score what was retrieved and what was answered."""
    pipeline = build()
    retrieved: list[list[Document]] = []
    answered: list[str] = []
    for query in ASKS:
        inputs = {"retriever": {"query": query}, "reader": {"query": query, "no_answer": False}}
        done = pipeline.run(inputs, include_outputs_from={"retriever"})
        retrieved.append(done["retriever"]["documents"])
        answered.append(done["reader"]["answers"][0].data)
    truths, wanted = [truth for truth, _ in ASKS.values()], [[document] for _, document in ASKS.values()]
    return {
        "haystack: recall": DocumentRecallEvaluator().run(wanted, retrieved)["score"],
        "haystack: reciprocal rank": DocumentMRREvaluator().run(wanted, retrieved)["score"],
        "haystack: exact match": AnswerExactMatchEvaluator().run(truths, answered)["score"],
        "tritonqa: exact match": sum(map(exact, truths, answered)) / len(truths),
        "tritonqa: F1": sum(map(f1, truths, answered)) / len(truths),
    }


if __name__ == "__main__":
    for name, score in scores().items():
        print(f"{score:.2f}  {name}")
