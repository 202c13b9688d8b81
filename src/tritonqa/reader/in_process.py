"""A reader in this process: prepare, flow, finish."""

from __future__ import annotations

import weakref
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from tokenizers import Tokenizer

from tritonqa.answers import Answers, Calibration, rank
from tritonqa.arrays import FloatArray
from tritonqa.bundle import Bundle
from tritonqa.engine import Engine, Flow
from tritonqa.engine.flow import MAX_WAITING
from tritonqa.features import Prepared, Template, TextTokenizer, Windowing, prepare
from tritonqa.forks import ForkGuard
from tritonqa.progress import Step
from tritonqa.reader.backend import StartAsk
from tritonqa.reader.stream import result_of
from tritonqa.spans import Decoding, decode
from tritonqa.text import Ask


class InProcess:
    """Start asks; each future holds its answers once the ask's last window has run."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        engine: Engine,
        calibration: Calibration | None = None,
        windowing: Windowing | None = None,
        decoding: Decoding | None = None,
        max_waiting: int | None = None,
        positions: int | None = None,
        fingerprint: str = "",
    ) -> None:
        """Put the parts of a reader together; options not given are the defaults.

        max_waiting bounds the windows that wait; as many as the engine takes at once always may, and what
        ask_many looks ahead where it is not given. positions is how many tokens the model takes, None where
        that is not known; fingerprint is the bundle's.
        """
        self._fork = ForkGuard()
        self.template = Template.of(tokenizer)
        self.tokenizer = TextTokenizer(tokenizer)
        self.calibration = calibration
        self.windowing = windowing or Windowing()
        self.decoding = decoding or Decoding()
        self.positions = positions
        self.fingerprint = fingerprint
        at_once = engine.streams * engine.grouping.max_windows
        self.lookahead = 4 * at_once
        self.flow = Flow(engine, max(max_waiting or max(MAX_WAITING, self.lookahead), at_once))
        # At exit the flow ends itself, and is waited for.
        weakref.finalize(self, self.flow.stop).atexit = False

    @classmethod
    def of(
        cls,
        bundle: Bundle,
        engine: Engine,
        windowing: Windowing | None = None,
        decoding: Decoding | None = None,
        max_waiting: int | None = None,
    ) -> InProcess:
        """Put a bundle's reader together on an open engine; options not given are the bundle's."""
        manifest = bundle.manifest
        return cls(
            bundle.tokenizer(),
            engine,
            manifest.calibration if engine.name != "toy" else None,
            windowing or manifest.windowing,
            decoding or Decoding(max_answer_tokens=manifest.max_answer_tokens),
            max_waiting,
            manifest.positions,
            bundle.fingerprint(),
        )

    def start(
        self,
        ask: Ask,
        options: Decoding,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        step: Step | None = None,
    ) -> Future[Answers]:
        """Prepare an ask and let its windows flow; timeout, deadline and step are the flow's."""
        self._fork.check()
        prepared = self.prepare(ask)
        finish = partial(self._finish, prepared, options)
        return self.flow.submit(prepared.windows, finish, timeout=timeout, deadline=deadline, step=step)

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Start an ask and wait for it; an interrupt of the wait drops it."""
        return result_of(self.start(ask, options, step=step))

    def stream(self) -> AbstractContextManager[StartAsk]:
        """Give what starts many asks; all asks share the flow alike."""
        return nullcontext(self.start)

    def prepare(self, ask: Ask, windowing: Windowing | None = None) -> Prepared:
        """Cut an ask into windows, by the reader's own windowing or another."""
        return prepare(ask, self.tokenizer, self.template, windowing or self.windowing)

    def close(self) -> None:
        """Stop the streams."""
        self.flow.close()

    def _finish(self, prepared: Prepared, options: Decoding, logits: list[FloatArray]) -> Answers:
        evidence = decode(prepared.windows, logits, options)
        return rank(prepared, evidence, self.calibration, options)
