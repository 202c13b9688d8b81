"""Ask → windows."""

from __future__ import annotations

from dataclasses import dataclass

from tritonqa.features.options import Windowing
from tritonqa.features.template import Template
from tritonqa.features.tokenize import TextTokenizer, Tokens
from tritonqa.features.window import Window
from tritonqa.text import Ask


@dataclass(frozen=True, slots=True)
class Prepared:
    """An ask with its windows, in order of passages; question_cut says if the question was shortened."""

    ask: Ask
    windows: tuple[Window, ...]
    question_cut: bool


def prepare(ask: Ask, tokenizer: TextTokenizer, template: Template, windowing: Windowing) -> Prepared:
    """Cut an ask into windows as the model's own tokenizer would cut each pair.

    Only the passage is cut into windows; a question longer than windowing.max_question loses its end. A text
    given several times is read once, as the first of its passages: it is one piece of evidence.
    """
    question = tokenizer.ids_of(ask.question)
    cut = len(question) > windowing.max_question
    question = question[: windowing.max_question]
    room = windowing.max_length - template.special - len(question)
    distinct = {text: i for i, text in reversed([*enumerate(ask.passages)])}
    distinct = dict(sorted(distinct.items(), key=lambda item: item[1]))
    windows = [
        Window(template, question, tokens, passage, start, stop)
        for passage, tokens in zip(distinct.values(), tokenizer.tokenise_all(list(distinct)), strict=True)
        for start, stop in ranges(tokens, room, windowing.stride)
    ]
    return Prepared(ask, tuple(windows), cut)


def ranges(tokens: Tokens, room: int, stride: int) -> list[tuple[int, int]]:
    """Cut n tokens into ranges of at most room tokens that overlap by stride tokens."""
    if not len(tokens):
        return []
    step = room - stride
    count = 1 + max(0, -(-(len(tokens) - room) // step))
    return [(i * step, min(i * step + room, len(tokens))) for i in range(count)]
