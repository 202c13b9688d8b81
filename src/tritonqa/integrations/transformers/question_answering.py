"""pipeline("question-answering"), over a reader."""

from __future__ import annotations

import warnings
from concurrent.futures import Future
from dataclasses import asdict
from functools import partial
from os import PathLike, fspath
from typing import Any, TypeAlias, Unpack

from tritonqa.client.address import is_address
from tritonqa.engine.base import require_length
from tritonqa.errors import InputError
from tritonqa.features import Windowing
from tritonqa.integrations.transformers.arguments import asked
from tritonqa.integrations.transformers.merge import Result, result
from tritonqa.integrations.transformers.options import Changes, Options
from tritonqa.reader.find import PACKAGED
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import at_revision, load_in_process
from tritonqa.reader.pickling import check_picklable, lasting
from tritonqa.reader.stream import in_order, result_of
from tritonqa.text import Ask

TASK = "question-answering"

Loaded: TypeAlias = tuple[str, dict[str, Any]]
"""A reader's name, and how it was opened."""


class QuestionAnsweringPipeline:
    """Answer as transformers 4.57's pipeline did: its arguments, its scores, its dictionaries."""

    def __init__(self, backend: InProcess, options: Options, loaded: Loaded | None = None) -> None:
        """Take a reader that is open, and the options of calls that give none; raises InputError.

        loaded is how pipeline() opened it, by which it is pickled and copied.
        """
        self._backend = backend
        self._loaded = loaded
        self._options = options
        self._windowing(options)

    def __call__(
        self,
        *inputs: Any,
        question: str | list[str] | None = None,
        context: str | list[str] | None = None,
        data: Any = None,
        X: Any = None,
        **options: Unpack[Changes],
    ) -> Any:
        """Answer one ask, a list of them, or a generator of them; data and X are older names of inputs.

        Returns {"score", "start", "end", "answer"} for an ask, or for top_k above 1 a list of these; a list
        of such results for several asks, and an iterator of them, in order, for a generator.
        Raises InputError that names the field or option, EngineError.
        """
        chosen = self._options.changed(options)
        inputs += tuple(given for given in (data, X) if given is not None)
        start = partial(self._start, chosen, self._windowing(chosen))
        asks = asked(inputs, question, context)
        if isinstance(asks, Ask):
            return result_of(start(asks))
        results = in_order(asks, start, self._backend.lookahead)
        return list(results) if isinstance(asks, list) else results

    def _windowing(self, options: Options) -> Windowing:
        if options.max_seq_len is not None:
            require_length(options.max_seq_len, self._backend.positions, "max_seq_len")
        return options.windowing(self._backend.windowing.max_length)

    def _start(self, options: Options, windowing: Windowing, ask: Ask) -> Future[Result]:
        prepared = self._backend.prepare(ask, windowing)
        if prepared.question_cut and options.max_question_len is None:
            warnings.warn("a question is longer than its window holds and lost its end", stacklevel=3)
        return self._backend.flow.submit(prepared.windows, partial(result, options, prepared))

    def close(self) -> None:
        """Stop the engine's streams."""
        self._backend.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the reader's name and the options; see Reader."""
        name, options = self._loaded or (None, {})
        check_picklable("pipeline", name, options)
        return partial(pipeline, **options, **asdict(self._options)), (TASK, name)

    def __enter__(self) -> QuestionAnsweringPipeline:
        """Use the pipeline in a with block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the pipeline."""
        self.close()


def pipeline(
    task: str = TASK,
    model: str | PathLike[str] | None = None,
    *,
    engine: str | None = None,
    precision: str | None = None,
    revision: str | None = None,
    token: str | None = None,
    **options: Unpack[Changes],
) -> QuestionAnsweringPipeline:
    """Open what takes the place of the pipeline that transformers removed.

    model is any reader that runs in process, by name; without one, the packaged reader. Options given here
    are those of every call that does not give its own. revision and token are for a model of the Hub.
    Raises InputError for another task or option, else as Reader.load does.
    """
    if task != TASK:
        raise InputError(f"task {task!r} is unknown; there is {TASK!r}")
    if model is not None and options.get("tokenizer") == model:
        del options["tokenizer"]  # type: ignore[typeddict-item]
    chosen = Options().changed(options)
    name = PACKAGED if model is None else model
    if not isinstance(name, str | PathLike):
        raise InputError(f"model must be the name or folder of a reader, not a {type(name).__name__}")
    name = at_revision(fspath(name), revision)
    if is_address(name):
        raise InputError(
            f"model {name!r} sends answers, and the pipeline's scores are made of logits; "
            "name a reader that runs in process, or ask that one with Reader.load"
        )
    backend = load_in_process(name, engine, precision, token=token)
    loaded = (lasting(name), {"engine": engine, "precision": precision, "token": token})
    try:
        return QuestionAnsweringPipeline(backend, chosen, loaded)
    except InputError:
        backend.close()
        raise
