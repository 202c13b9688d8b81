"""Texts → windows of token ids: pure functions, no model."""

from tritonqa.features.options import Windowing
from tritonqa.features.prepare import Prepared, prepare
from tritonqa.features.template import Template
from tritonqa.features.tokenize import TextTokenizer, Tokens
from tritonqa.features.window import Window

__all__ = ["Prepared", "Template", "TextTokenizer", "Tokens", "Window", "Windowing", "prepare"]
