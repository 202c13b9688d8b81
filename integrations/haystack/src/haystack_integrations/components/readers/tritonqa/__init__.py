"""Extractive question answering with calibrated scores, as a component of Haystack."""

from haystack_integrations.components.readers.tritonqa.reader import TritonQAReader

__all__ = ["TritonQAReader"]
