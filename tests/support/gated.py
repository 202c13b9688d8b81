"""A toy engine that runs when it is told, for what happens to an ask meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tests.support.byte_tokenizer import byte_tokenizer
from tests.support.wait import PATIENCE, eventually
from tritonqa import Reader
from tritonqa.arrays import FloatArray
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.features import Window
from tritonqa.reader.in_process import InProcess


class Gated(ToyEngine):
    """Holds each call until the gate is open, and counts the windows it was given."""

    streams = 1

    def __init__(self) -> None:
        self.gate, self.begun = threading.Event(), 0

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        self.begun += len(windows)
        assert self.gate.wait(PATIENCE)
        return super().run(windows, alone=alone)


class GatedReader(Reader):
    """A reader on one."""

    def __init__(self) -> None:
        self.engine = Gated()
        self.local = InProcess(byte_tokenizer(), self.engine)
        super().__init__(self.local)

    def until_it_reads(self) -> None:
        """Wait until windows run and others wait."""
        eventually(lambda: self.engine.begun and self.local.flow.waiting)

    def let_go(self) -> int:
        """Wait until no window waits any more, open the gate, and say how many windows ran in all."""
        eventually(lambda: not self.local.flow.waiting)
        self.engine.gate.set()
        self.close()
        return self.engine.begun
