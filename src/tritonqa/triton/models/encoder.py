"""The model logits by its name of tritonqa 0.1: repositories written then import it from here."""

from tritonqa.triton.models.logits import TritonPythonModel

__all__ = ["TritonPythonModel"]
