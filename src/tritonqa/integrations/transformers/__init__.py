"""The face of the question-answering pipeline that transformers removed, over a tritonqa reader.

A call's arguments become asks, asks flow as in any reader, and their logits are scored by the pipeline's old
definition instead of ours.
"""

from tritonqa.integrations.transformers.options import Options
from tritonqa.integrations.transformers.question_answering import QuestionAnsweringPipeline, pipeline

__all__ = ["Options", "QuestionAnsweringPipeline", "pipeline"]
