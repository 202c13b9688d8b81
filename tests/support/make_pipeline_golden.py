"""Run transformers 4.57.6's pipeline on real asks and write what it answers, for tests/data.

    python -m tests.support.make_pipeline_golden CHECKPOINT SQUAD_1.1 SQUAD_2.0

in an environment of its own with transformers==4.57.6 and torch==2.13.0. CHECKPOINT is a BERT for question
answering, the files are SQuAD's. The pipeline scores the checkpoint's fp32 logits rounded to 24 bits; the
same logits are kept, so that tests can hold another scorer to the same numbers without the weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import pipeline
from transformers.data import SquadExample

from tests.support.pipeline_golden import (
    BAD,
    CASES,
    FORMS,
    LOGITS,
    Example,
    Floats,
    Pair,
    call,
    coarse,
    key,
    save,
)

DATA = Path(__file__).parent.parent / "data"
LONGEST_CONTEXT = 620  # characters

# options, how many of the asks get them, and whether they are given at construction
OPTIONS: list[tuple[dict[str, Any], int, bool]] = [
    ({}, 400, False),
    ({"handle_impossible_answer": True}, 100, False),
    ({"top_k": 3}, 80, False),
    ({"top_k": 3}, 20, True),
    ({"top_k": 20}, 40, False),
    ({"top_k": 5, "handle_impossible_answer": True}, 80, False),
    ({"max_answer_len": 3}, 60, False),
    ({"max_answer_len": 1, "top_k": 4}, 40, False),
    ({"max_answer_len": 60, "top_k": 2}, 40, True),
    ({"align_to_words": False}, 80, False),
    ({"align_to_words": False, "top_k": 4, "handle_impossible_answer": True}, 60, False),
    ({"align_to_words": False, "top_k": 2, "max_answer_len": 5}, 40, True),
    ({"batch_size": 8, "top_k": 2}, 20, False),
    ({"max_seq_len": 96}, 16, False),
    ({"max_seq_len": 96, "doc_stride": 10, "top_k": 3}, 16, True),
    ({"max_seq_len": 80, "doc_stride": 40, "handle_impossible_answer": True, "max_answer_len": 8}, 16, False),
    ({"max_seq_len": 64, "doc_stride": 0, "align_to_words": False, "top_k": 2}, 10, False),
    ({"max_question_len": 5}, 20, False),
    ({"max_question_len": 8, "top_k": 2}, 10, True),
]
ON_LONG: list[dict[str, Any]] = [
    {},
    {"top_k": 3},
    {"handle_impossible_answer": True, "top_k": 2},
    {"align_to_words": False, "top_k": 3, "max_answer_len": 30},
    {"batch_size": 4},
]


def asks(file: Path, count: int) -> list[Pair]:
    """Take asks of short contexts, five each, from all over the file."""
    articles = json.loads(gzip.decompress(file.read_bytes()))["data"]
    paragraphs = [p for a in articles for p in a["paragraphs"] if len(p["context"]) < LONGEST_CONTEXT]
    chosen = paragraphs[:: len(paragraphs) // (count // 4)]
    return [(qa["question"], p["context"]) for p in chosen for qa in p["qas"][:5]][:count]


def long_asks(file: Path, documents: int) -> Iterator[Pair]:
    """Give asks of documents that are several paragraphs of an article, one from its end and one inside."""
    articles = json.loads(gzip.decompress(file.read_bytes()))["data"]
    for article in articles[:documents]:
        paragraphs = article["paragraphs"][:5]
        document = "\n".join(paragraph["context"] for paragraph in paragraphs)
        for paragraph in (paragraphs[-1], paragraphs[1]):
            yield paragraph["qas"][0]["question"], document


class Kept:
    """Hook on the model that rounds its logits and keeps them by window."""

    def __init__(self) -> None:
        self.logits: dict[int, Floats] = {}

    def __call__(self, model: Any, args: Any, inputs: dict[str, Any], output: Any) -> Any:
        both = torch.stack((output.start_logits, output.end_logits), dim=1).numpy()  # [batch, 2, length]
        for row, (ids, mask, types) in enumerate(
            zip(inputs["input_ids"], inputs["attention_mask"], inputs["token_type_ids"], strict=True)
        ):
            length = int(mask.sum())
            passage = np.flatnonzero(types[:length].numpy())[:-1]
            places = np.concatenate(([0], passage))
            kept = self.logits.setdefault(key(ids[:length].tolist()), coarse(both[row][:, places]))
            both[row][:, places] = kept
        output.start_logits, output.end_logits = torch.from_numpy(both[:, 0]), torch.from_numpy(both[:, 1])
        return output


def example(question: str, context: str) -> SquadExample:
    """Make transformers' own example."""
    return SquadExample(None, question, context, None, None, None)


class Run:
    """The pipeline, and the cases put to it so far."""

    def __init__(self, checkpoint: Path) -> None:
        self.checkpoint = checkpoint
        self.kept = Kept()
        self.plain = self.opened()
        self.cases: list[dict[str, Any]] = []

    def opened(self, **options: Any) -> Any:
        """Construct a pipeline with options."""
        pipe = pipeline("question-answering", model=str(self.checkpoint), device=-1, **options)
        pipe.model.register_forward_hook(self.kept, with_kwargs=True)
        return pipe

    def cases_of(self, pairs: list[Pair], options: dict[str, Any], constructed: bool = False) -> None:
        """Ask one by one, or all in a list where options are the pipeline's own or make batches."""
        if constructed or "batch_size" in options:
            self.case(pairs, "dictionaries", options, constructed)
        else:
            for pair in pairs:
                self.case([pair], "keywords", options)

    def case(self, pairs: list[Pair], form: str, options: dict[str, Any], constructed: bool = False) -> None:
        """Call the pipeline and keep what it answers."""
        used = {name: value for name, value in options.items() if name != "max_question_len"}
        tokens = options.get("max_question_len")
        cut = [(beginning(self.plain.tokenizer, question, tokens), context) for question, context in pairs]
        args, kwargs = call(form, cut, example)
        result = self.opened(**used)(*args, **kwargs) if constructed else self.plain(*args, **kwargs, **used)
        if form.startswith("generator"):
            result = list(result)
        record = {"form": form, "options": options, "constructed": constructed, "result": result}
        self.cases.append({"pairs": pairs, **record})

    def error(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Name the error that a call raises."""
        own = [example(a.question_text, a.context_text) if isinstance(a, Example) else a for a in args]
        try:
            self.plain(*own, **kwargs)
        except Exception as error:  # noqa: BLE001 - its type is what is recorded
            return type(error).__name__
        return "none"


def main() -> None:
    """Run the cases and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("checkpoint", "squad", "squad2"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    run = Run(given.checkpoint)
    short = [*asks(given.squad, 260), *asks(given.squad2, 80)]
    long = list(long_asks(given.squad, 8))
    for options, count, constructed in OPTIONS:
        chosen = short[:: max(1, len(short) // count)][:count]
        run.cases_of(chosen, options, constructed)
    for options in ON_LONG:
        run.cases_of(long, options)
    for form in FORMS:
        run.case(short[7:10], form, {})
        run.case(short[11:13], form, {"top_k": 2})
    errors = {name: run.error(args, kwargs) for name, (args, kwargs) in BAD.items()}
    write(run.cases, errors, run.kept)


def beginning(tokenizer: Any, question: str, tokens: int | None) -> str:
    """Cut a question after so many tokens, which the pipeline only says that it does."""
    offsets = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    return question if tokens is None or len(offsets) <= tokens else question[: offsets[tokens - 1][1]]


def write(cases: list[dict[str, Any]], errors: dict[str, str], kept: Kept) -> None:
    """Write the cases, each text once, and the logits."""
    texts = sorted({text for case in cases for pair in case["pairs"] for text in pair})
    number = {text: i for i, text in enumerate(texts)}
    for case in cases:
        case["pairs"] = [[number[text] for text in pair] for pair in case["pairs"]]
    record = json.dumps({"texts": texts, "cases": cases, "errors": errors}, ensure_ascii=False)
    (DATA / CASES).write_bytes(gzip.compress(record.encode(), mtime=0))
    save(DATA / LOGITS, kept.logits)
    asked = {tuple(pair) for case in cases for pair in case["pairs"]}
    print(f"{len(cases)} calls, {len(asked)} asks, {len(kept.logits)} windows")  # noqa: T201


if __name__ == "__main__":
    main()
