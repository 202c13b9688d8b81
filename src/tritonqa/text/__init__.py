"""What people write: a question and the passages that may answer it."""

from tritonqa.text.ask import Ask
from tritonqa.text.check import checked_text

__all__ = ["Ask", "checked_text"]
