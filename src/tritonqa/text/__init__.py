"""What people write: a question and the passages that may answer it."""

from tritonqa.text.ask import Ask
from tritonqa.text.check import checked_text
from tritonqa.text.marks import behind_marks

__all__ = ["Ask", "behind_marks", "checked_text"]
