"""Clients that each wait for their answer before they ask again."""

from __future__ import annotations

import threading
from time import perf_counter

from tritonqa.bench.round import POLL, Round, wait_until
from tritonqa.bench.samples import Recorder, Samples

_PAUSE = 0.02  # seconds that a client who got an error waits
_PATIENCE = 2.0  # seconds for asks under way when the round was stopped


def closed_loop(this: Round) -> Samples:
    """Let as many threads as there are clients ask, until the round is over and all have their answers."""
    recorder, options = Recorder(this.begin), this.backend.decoding

    def client() -> None:
        wait_until(this.begin, this, recorder)
        while (due := perf_counter()) < this.end and not this.over(recorder):
            number = next(this.numbers)
            try:
                recorder.answered(number, due, due, this.backend.answer(this.workload[number], options))
            except Exception as error:  # noqa: BLE001 - counted, whatever it is
                recorder.failed(number, due, due, error)
                this.stop.wait(_PAUSE)

    names = [f"tritonqa-client-{i}" for i in range(this.load.clients or 0)]
    threads = [threading.Thread(target=client, name=name, daemon=True) for name in names]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not this.stop.wait(POLL):
        this.tick(this.passed())
    passed = this.passed()
    for thread in threads:
        thread.join(_PATIENCE)
    return recorder.samples(passed)
