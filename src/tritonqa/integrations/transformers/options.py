"""The pipeline's options, with its names and defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypedDict

from tritonqa.checks import check_fields, flag, whole_number
from tritonqa.errors import InputError
from tritonqa.features import Windowing
from tritonqa.features.options import LEAST_ROOM

_LONGEST, _STRIDE = 384, 128

_POSITIVE = ("top_k", "max_answer_len", "batch_size", "max_seq_len", "max_question_len")
_GONE = {
    "topk": "say top_k",
    "padding": "windows are never padded; leave it out",
    "num_workers": "the reader's streams overlap tokenising and running; leave it out",
    "tokenizer": "a reader holds its own tokenizer; leave it out",
    "device": "the engine decides; leave it out, or give engine=",
    "device_map": "the engine decides; leave it out, or give engine=",
    "framework": "give engine= instead",
    "dtype": "give precision= instead",
    "torch_dtype": "give precision= instead",
    "trust_remote_code": "a checkpoint's own code is never run; leave it out, and name a checkpoint "
    "that transformers supports by itself",
    "model_kwargs": "no model of PyTorch is made here; leave it out, or give engine= and precision=",
    "config": "a reader holds its own configuration; leave it out",
    "feature_extractor": "texts alone are read; leave it out",
    "image_processor": "texts alone are read; leave it out",
    "processor": "a reader holds its own tokenizer; leave it out",
    "use_fast": "the tokenizer is always a fast one; leave it out",
    "use_auth_token": "give token= instead",
    "local_files_only": "what was exported once is never looked for on the network; leave it out",
    "cache_dir": "set HF_HOME for the Hub's downloads instead",
    "pipeline_class": "there is one pipeline; leave it out",
}
_DONE_ANYWAY: dict[str, object] = {
    "trust_remote_code": False,
    "local_files_only": False,
    "padding": False,
    "use_fast": True,
    "model_kwargs": {},
    "device_map": "auto",
    "dtype": "auto",
    "torch_dtype": "auto",
}


class Changes(TypedDict, total=False):
    """Options to change, by name; None leaves one as it is."""

    top_k: int | None
    handle_impossible_answer: bool | None
    doc_stride: int | None
    max_answer_len: int | None
    max_seq_len: int | None
    max_question_len: int | None
    align_to_words: bool | None
    batch_size: int | None


@dataclass(frozen=True, slots=True)
class Options:
    """How many answers and which, and how a context is cut; lengths are in tokens.

    handle_impossible_answer lets "no answer" compete; align_to_words widens an answer to whole words.
    max_seq_len is the reader's or 384, whichever is less; doc_stride, the overlap of two windows, is half of
    it up to 128. The whole question is kept where it fits, or max_question_len tokens of it. batch_size is
    taken and changes nothing: an engine groups windows as it likes best.
    """

    top_k: int = 1
    handle_impossible_answer: bool = False
    doc_stride: int | None = None
    max_answer_len: int = 15
    max_seq_len: int | None = None
    max_question_len: int | None = None
    align_to_words: bool = True
    batch_size: int = 1

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, flag, "handle_impossible_answer", "align_to_words")
        check_fields(self, whole_number, *_POSITIVE, least=1)
        check_fields(self, whole_number, "doc_stride", least=0)

    def changed(self, changes: Changes) -> Options:
        """Return these options with the changes that are not None; raises InputError, also for a name."""
        known = {field.name for field in fields(self)}
        for name, value in changes.items():
            if name not in known:
                if name in _GONE and (value is None or value == _DONE_ANYWAY.get(name)):
                    continue
                remedy = _GONE.get(name, f"there are {', '.join(sorted(known))}")
                raise InputError(f"option {name} is unknown: {remedy}")
        given = {name: value for name, value in changes.items() if name in known and value is not None}
        return replace(self, **given)  # type: ignore[arg-type]

    def windowing(self, longest: int) -> Windowing:
        """Return how to cut, for a reader whose windows are `longest` tokens unless asked otherwise.

        Raises InputError when doc_stride leaves no room for a question.
        """
        length = min(longest, _LONGEST) if self.max_seq_len is None else self.max_seq_len
        stride = min(length // 2, _STRIDE) if self.doc_stride is None else self.doc_stride
        room = length - stride - LEAST_ROOM
        if room < 1:
            raise InputError(
                f"doc_stride ({stride}) must be at least {LEAST_ROOM + 1} below max_seq_len ({length})"
            )
        return Windowing(length, stride, min(self.max_question_len or room, room))
