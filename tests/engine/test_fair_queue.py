from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.support.byte_tokenizer import windows
from tritonqa.engine.base import Grouping
from tritonqa.engine.fair_queue import _LOOK, FairQueue
from tritonqa.engine.job import Job

MAX_JOINED, SHARE = 8, 2
LENGTHS = st.integers(1, 150)


def job(length: int, deadline: float | None = None) -> Job[int]:
    return Job(windows("x" * length), len, deadline)


@dataclass
class Modelled:
    """An ask as the model keeps it: its windows that wait."""

    job: Job[int]
    left: list[int]

    @property
    def weight(self) -> int:
        return min(len(self.left), SHARE)


class FairQueueIsThatOfAList(RuleBasedStateMachine):
    """The queue does what a plain list of asks would, which counts everything anew at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue(MAX_JOINED)
        self.model: list[Modelled] = []

    @property
    def weight(self) -> int:
        return sum(one.weight for one in self.model)

    @rule(length=LENGTHS, late=st.booleans())
    def enter(self, length: int, late: bool) -> None:
        one = job(length, -1.0 if late else None)
        room = not self.model or self.weight + min(one.left, SHARE) <= MAX_JOINED
        assert self.queue.has_room(one) == room
        if room:
            self.queue.enter(one)
            self.model.append(Modelled(one, list(range(one.left))))

    @rule(
        most=st.integers(1, 4),
        tokens=st.one_of(st.none(), st.integers(1, 60)),
        alike=st.one_of(st.none(), st.integers(1, 16)),
        streams=st.integers(1, 3),
    )
    def take(self, most: int, tokens: int | None, alike: int | None, streams: int) -> None:
        group: list[tuple[Job[int], int]] = []
        lengths: list[int] = []
        share = ceil(sum(len(one.left) for one in self.model) / streams)
        gave = True
        while gave:
            gave = False
            for one in list(self.model):
                length = len(one.job.windows[one.left[0]]) if one.left else 0
                fits = tokens is None or sum(lengths) + length <= tokens
                same = alike is None or {ceil(n / alike) for n in lengths} <= {ceil(length / alike)}
                if len(group) < min(most, share) and (not group or (fits and same)):
                    group.append((one.job, one.left.pop(0)))
                    lengths.append(length)
                    self.model.remove(one)
                    self.model += [one] if one.left else []
                    gave = True
        assert self.queue.take(Grouping(most, tokens, alike), streams) == group

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(self.model))
        self.queue.leave(gone.job)
        self.queue.leave(gone.job)
        self.model.remove(gone)

    @rule()
    def late(self) -> None:
        late = {one.job for one in self.model if one.job.until is not None}
        assert set(self.queue.late(monotonic())) == late
        assert not self.queue.late(monotonic())
        for one in late:
            self.queue.leave(one)
        self.model = [one for one in self.model if one.job not in late]

    @rule()
    def clear(self) -> None:
        assert self.queue.clear() == [one.job for one in self.model]
        self.model = []

    @invariant()
    def counts(self) -> None:
        assert self.queue.windows == sum(len(one.left) for one in self.model)
        assert self.queue.full == (self.weight >= MAX_JOINED)


TestFairQueue = FairQueueIsThatOfAList.TestCase


@given(st.lists(LENGTHS, max_size=6))
def test_done_asks_are_let_go_before_their_deadline(lengths: list[int]) -> None:
    queue = FairQueue(1000)
    for length in lengths:
        queue.enter(job(length, 60.0))
    while queue.windows:
        queue.take(Grouping())
    assert not [kept for _, _, kept in queue._deadlines if kept() is not None]


def test_looks_past_so_many_asks_and_no_more() -> None:
    for others, together in ((_LOOK - 1, 2), (_LOOK, 1)):
        queue = FairQueue(1000)
        first, *between, last = job(1), *(job(15) for _ in range(others)), job(1)
        for one in (first, *between, last):
            queue.enter(one)
        assert queue.take(Grouping(2, same_length=4)) == [(first, 0), (last, 0)][:together]
        assert queue.take(Grouping()) == [(between[0], 0)]
