"""What people write: a question and the passages that may answer it."""

from tritonqa.text.ask import Ask
from tritonqa.text.check import checked_text
from tritonqa.text.graphemes import end_of_grapheme

__all__ = ["Ask", "end_of_grapheme", "checked_text"]
