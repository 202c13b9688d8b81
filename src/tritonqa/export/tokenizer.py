"""Checkpoint → tokenizer, converted where it is a slow one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers import Tokenizer
from transformers import AutoTokenizer

from tritonqa.errors import BundleError, ExportError, first_line
from tritonqa.export.checkpoint import Checkpoint
from tritonqa.features import Prepared, Template, Windowing
from tritonqa.features.offsets import lost_characters

_PROBE = "In Amsterdam, since 1895: don't (over 32+) e-mail x_y@z.nl!"  # of letters that every vocabulary has
_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")


def load_tokenizer(checkpoint: Checkpoint) -> Any:
    """Load transformers' own fast tokenizer; raises ExportError where there is none and none can be made."""
    if not any(path.is_file() for pattern in _FILES for path in checkpoint.folder.glob(pattern)):
        raise ExportError(f"the tokenizer is missing: there is none of {', '.join(_FILES)}")
    try:
        fast = AutoTokenizer.from_pretrained(
            checkpoint.folder, use_fast=True, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # transformers raises what its many converters raise
        raise ExportError(
            f"the tokenizer is missing or can't be converted ({first_line(error)}); add its tokenizer.json"
        ) from error
    if not getattr(fast, "is_fast", False):
        raise ExportError(
            f"{type(fast).__name__} can't be converted to a fast tokenizer; add its tokenizer.json"
        )
    return fast


def bundled_tokenizer(fast: Any, vocabulary: int) -> Tokenizer:
    """Copy the tokenizer without padding and truncation, as a bundle keeps it.

    Raises ExportError for token ids that the model does not know and for a template it could not serve.
    """
    tokenizer = Tokenizer.from_str(fast.backend_tokenizer.to_str())
    try:
        Template.of(tokenizer)
    except BundleError as error:
        raise ExportError(f"the tokenizer does not fit extractive reading: {error}") from error
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)
    if largest < 0:
        raise ExportError("the tokenizer has no vocabulary; add the checkpoint's tokenizer.json")
    if largest >= vocabulary:
        raise ExportError(
            f"the tokenizer has token id {largest}, but config.json a vocab_size of {vocabulary}; "
            "tokenizer and model do not belong together"
        )
    if lost := lost_characters(tokenizer, _PROBE):
        raise ExportError(f"the tokenizer's offsets leave out {lost[:20]!r} of {_PROBE!r}: answers would too")
    return tokenizer


def check_windows(fast: Any, prepared: Sequence[Prepared], windowing: Windowing, typed: bool) -> None:
    """Compare windows with those that transformers gives for the pair; raises ExportError at the first other.

    Token types are compared for models that take them; for others tokenizers gives later windows other ones.
    """
    for item in prepared:
        if item.question_cut:
            continue
        given = fast(
            item.ask.question,
            item.ask.passages[0],
            truncation="only_second",
            max_length=windowing.max_length,
            stride=windowing.stride,
            return_overflowing_tokens=True,
            return_token_type_ids=True,
        )
        same = [window.ids.tolist() for window in item.windows] == given["input_ids"]
        types = [window.type_ids.tolist() for window in item.windows] == given["token_type_ids"]
        if not same or (typed and not types):
            raise ExportError(
                f"the windows of {item.ask.question!r} are not those of the checkpoint's own tokenizer; "
                "its template or truncation is of a kind that is not supported"
            )
