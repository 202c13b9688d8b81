"""Start and end logits → scored spans: pure functions, numpy, no text."""

from tritonqa.spans.decode import Evidence, Span, decode
from tritonqa.spans.options import AskOptions, Decoding

__all__ = ["AskOptions", "Decoding", "Evidence", "Span", "decode"]
