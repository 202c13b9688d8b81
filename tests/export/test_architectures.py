"""Every architecture: the windows of its own tokenizer, the answers of torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import checkpoints
from tritonqa import Reader
from tritonqa.datasets import load_squad
from tritonqa.export import ExportOptions, export
from tritonqa.features import Template, TextTokenizer, Window, prepare
from tritonqa.text import Ask

TYPED = ("bert", "electra", "mobilebert", "albert")


@pytest.mark.parametrize("architecture", checkpoints.SHAPES)
def test_exported_and_asked(architecture: str, asks: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = checkpoints.make(architecture, tmp_path / "checkpoint")
    bundle = export(folder, tmp_path / "bundle", ExportOptions(asks=asks))
    assert ("token_type_ids" in bundle.manifest.inputs) == (architecture in TYPED)
    parity = bundle.manifest.formats[0].parity
    assert parity["same_answers"] == 1 and parity["max_difference"] < 1e-4
    fast = AutoTokenizer.from_pretrained(folder)
    tokenizer = bundle.tokenizer()
    template, texts, windowing = Template.of(tokenizer), TextTokenizer(tokenizer), bundle.manifest.windowing
    several = False
    for example in load_squad(asks).examples:
        given = fast(
            example.question,
            example.context,
            truncation="only_second",
            max_length=windowing.max_length,
            stride=windowing.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        windows = prepare(Ask.of(example.question, example.context), texts, template, windowing).windows
        assert [window.ids.tolist() for window in windows] == given["input_ids"]
        assert [offsets(w, example.context) for w in windows] == [
            [
                trimmed(pair, example.context)
                for pair, part in zip(row, given.sequence_ids(i), strict=True)
                if part == 1
            ]
            for i, row in enumerate(given["offset_mapping"])
        ]
        several = several or len(windows) > 1
    assert several
    with Reader.load(str(tmp_path / "bundle")) as reader:
        for example in load_squad(asks).examples:
            for answer in reader.ask(example.question, example.context, top_k=3, no_answer_threshold=1.0):
                assert example.context[answer.start : answer.end] == answer.text


def offsets(window: Window, context: str) -> list[tuple[int, int]]:
    tokens = window.tokens
    both = zip(
        tokens.starts[window.start : window.stop], tokens.ends[window.start : window.stop], strict=True
    )
    return [trimmed((int(start), int(end)), context) for start, end in both]


def trimmed(pair: tuple[int, int], context: str) -> tuple[int, int]:
    """Leave out the spaces before a word, as tokenizers that trim do."""
    start, end = pair
    return end - len(context[start:end].lstrip()), end
