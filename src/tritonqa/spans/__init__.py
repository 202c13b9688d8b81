"""Start and end logits → scored spans: pure functions, numpy, no text."""

from tritonqa.spans.decode import Evidence, Span, decode
from tritonqa.spans.options import Decoding

__all__ = ["Decoding", "Evidence", "Span", "decode"]
