"""What people write: a question and the passages that may answer it."""

from tritonqa.text.ask import Ask
from tritonqa.text.check import checked_text
from tritonqa.text.graphemes import whole_graphemes
from tritonqa.text.passage import Given, Passage, Passages, Row
from tritonqa.text.sentence import sentence_around

__all__ = [
    "Ask",
    "Given",
    "Passage",
    "Passages",
    "Row",
    "checked_text",
    "sentence_around",
    "whole_graphemes",
]
